//! The child seen from the gateway: started, asked, and started again when it dies. It is a process of its own because
//! candle takes its number of threads from the environment only, because 2 GB of weights are then the first thing that
//! a machine short of memory gets back, and because a crash in its kernels ends no show.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStderr, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::settings::GgufSettings;
use super::wire::{End, Order, Report, Task, line, read};

/// Orders on their way to the child's input, which it reads at once whatever else it does.
const ORDERS: usize = 64;
/// Before it is started again: doubled each time, from the first to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// For the child to end by itself.
const FAREWELL: Duration = Duration::from_secs(1);

/// Whether the child can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GgufState {
    /// The model is being loaded.
    Loading,
    Ready,
    /// It has died and will be started again.
    Down,
}

/// Handle to the child, which ends when the last handle is dropped.
#[derive(Debug)]
pub(super) struct Child {
    orders: mpsc::Sender<Order>,
    shared: Arc<Shared>,
    next: AtomicU64,
}

#[derive(Debug, Default)]
struct Shared {
    asked: Mutex<HashMap<u64, oneshot::Sender<End>>>,
    state: AtomicU8,
    /// The last line in which it said what is wrong, and why it ended.
    said: Mutex<String>,
    why: Mutex<String>,
}

impl Child {
    /// Starts it; must be called on a tokio runtime.
    pub fn start(settings: &GgufSettings) -> Self {
        let (orders, inbox) = mpsc::channel(ORDERS);
        let shared = Arc::new(Shared::default());
        crate::spawn("gguf", keep_running(settings.clone(), inbox, Arc::clone(&shared)));
        Self { orders, shared, next: AtomicU64::new(1) }
    }

    pub fn state(&self) -> GgufState {
        self.shared.state()
    }

    /// Why it ended the last time: its own words where it had any.
    pub fn why(&self) -> String {
        self.shared.why.lock().clone()
    }

    /// Tasks that are written or wait.
    pub fn busy(&self) -> usize {
        self.shared.asked.lock().len()
    }

    /// What became of the task, whose id is given here; `None` where the child cannot be asked or died over it. Dropped
    /// before its end, it is cancelled.
    pub async fn ask(&self, mut task: Task) -> Option<End> {
        if self.state() != GgufState::Ready {
            return None;
        }
        task.id = self.next.fetch_add(1, Ordering::Relaxed);
        let within = Duration::from_millis(task.within_ms);
        let (reply, answer) = oneshot::channel();
        self.shared.asked.lock().insert(task.id, reply);
        let asked = Asked { child: self, id: task.id };
        self.orders.try_send(Order::Write(task)).ok()?;
        let answer = tokio::time::timeout(within, answer).await;
        drop(asked);
        answer.map_or(Some(End::Late), Result::ok)
    }
}

/// A task that somebody waits for.
struct Asked<'a> {
    child: &'a Child,
    id: u64,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        let unanswered = self.child.shared.asked.lock().remove(&self.id).is_some();
        if unanswered {
            // Where the orders are full of others, the child finds out by the task's time limit.
            let _ = self.child.orders.try_send(Order::Cancel(self.id));
        }
    }
}

impl Shared {
    fn state(&self) -> GgufState {
        match self.state.load(Ordering::Acquire) {
            0 => GgufState::Loading,
            1 => GgufState::Ready,
            _ => GgufState::Down,
        }
    }

    fn set(&self, state: GgufState) {
        let state = match state {
            GgufState::Loading => 0,
            GgufState::Ready => 1,
            GgufState::Down => 2,
        };
        self.state.store(state, Ordering::Release);
    }
}

async fn keep_running(settings: GgufSettings, mut orders: mpsc::Receiver<Order>, shared: Arc<Shared>) {
    let mut pause = FIRST_PAUSE;
    loop {
        shared.set(GgufState::Loading);
        let begun = Instant::now();
        shared.said.lock().clear();
        let died = run(&settings, &mut orders, &shared).await;
        if let Err(status) = &died {
            let said = shared.said.lock().clone();
            *shared.why.lock() = if said.is_empty() { status.clone() } else { said };
        }
        shared.set(GgufState::Down);
        // Whoever waits for an answer learns at once that there will be none.
        shared.asked.lock().clear();
        let Err(why) = died else { return };
        if begun.elapsed() > LONGEST_PAUSE {
            pause = FIRST_PAUSE;
        }
        tracing::warn!(
            engine = super::NAME,
            why,
            ?pause,
            "the model's process has ended and is started again"
        );
        // What comes meanwhile is turned away by the state; what was on its way is forgotten.
        if closed_within(pause, &mut orders).await {
            return;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Waits, and takes orders that nobody will answer. True: the engine was dropped.
async fn closed_within(pause: Duration, orders: &mut mpsc::Receiver<Order>) -> bool {
    let forget = async { while orders.recv().await.is_some() {} };
    tokio::time::timeout(pause, forget).await.is_ok()
}

/// One life of the child. `Ok`: the engine was dropped.
async fn run(
    settings: &GgufSettings,
    orders: &mut mpsc::Receiver<Order>,
    shared: &Arc<Shared>,
) -> Result<(), String> {
    let (program, first) = &settings.child;
    let mut command = Command::new(program);
    // Ctrl-C in a terminal is for the gateway, which ends the child when it has ended itself.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command
        .args(first)
        .arg("--model")
        .arg(&settings.model)
        .args(["--context", &settings.context.to_string()])
        .env("CANDLE_NUM_THREADS", "1")
        .env("RAYON_NUM_THREADS", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
    let (Some(mut input), Some(output), Some(errors)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err("it has no input or output".into());
    };
    let told = crate::spawn_joined(log(errors, Arc::clone(shared)));
    let mut lines = BufReader::new(output).lines();
    loop {
        tokio::select! {
            said = lines.next_line() => match said {
                Ok(Some(said)) => take(&said, shared)?,
                Ok(None) => break,
                Err(error) => return Err(error.to_string()),
            },
            order = orders.recv() => {
                let Some(order) = order else {
                    // It ends with its input; one that does not is killed with the handle.
                    drop(input);
                    let _ = tokio::time::timeout(FAREWELL, child.wait()).await;
                    return Ok(());
                };
                input.write_all(line(&order).as_bytes()).await.map_err(|error| error.to_string())?;
            }
        }
    }
    let ended = child.wait().await;
    // Its last words, which may come after its end.
    let _ = tokio::time::timeout(FAREWELL, told).await;
    match ended {
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

fn take(said: &str, shared: &Shared) -> Result<(), String> {
    match read(said).ok_or_else(|| "it says what it should not".to_owned())? {
        Report::Ready => {
            shared.set(GgufState::Ready);
            tracing::info!(engine = super::NAME, "the model is loaded");
        }
        Report::Done { id, end } => {
            // Gone where it was cancelled meanwhile.
            if let Some(reply) = shared.asked.lock().remove(&id) {
                let _ = reply.send(end);
            }
        }
    }
    Ok(())
}

/// What the child has to say when it cannot do its work.
async fn log(errors: ChildStderr, shared: Arc<Shared>) {
    let mut lines = BufReader::new(errors).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        tracing::warn!(engine = super::NAME, "{line}");
        *shared.said.lock() = line;
    }
}

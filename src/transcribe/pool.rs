//! Worker threads that recognise for all rooms: finals first, and of each room's partials only the latest.
//!
//! A recogniser that panics takes its worker's present pass with it and nothing else. The worker makes itself another; until
//! that works it takes no passes, and when none works any more, who asks is told so instead of waiting.
//!
//! A pass that takes far longer than passes of its length do is told to give up. Where that is not noticed (a thread cannot be
//! ended from outside), who asked is answered all the same, and the worker takes no passes until it is back.

mod condition;
mod pace;
mod watch;
mod work;

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::{Ask, Hypothesis, Pass, TranscribeError, Transcriber, Until};
use crate::domain::RoomId;
use condition::Condition;
use pace::Pace;
pub use pace::Patience;
use watch::watch;
use work::{made, work};

/// Makes a worker's recogniser; called again after one has crashed.
pub type MakeTranscriber = dyn Fn() -> Result<Box<dyn Transcriber>, TranscribeError> + Send + Sync;

/// When the pool stops: how soon a pass that is to give up must have done so.
const LAST_GRACE: Duration = Duration::from_secs(2);

/// A pass that is done, with what it cost.
#[derive(Debug, Clone)]
pub struct Heard {
    pub hypothesis: Hypothesis,
    pub pass: Pass,
    pub waited: Duration,
    pub computed: Duration,
    /// When it was there.
    pub done: Instant,
}

pub type Reply = oneshot::Receiver<Result<Heard, TranscribeError>>;
type Answer = oneshot::Sender<Result<Heard, TranscribeError>>;

/// Handle to the workers. They stop when the last handle is dropped or [`Pool::stop`] is called.
pub struct Pool {
    shared: Arc<Shared>,
    /// The workers.
    threads: Mutex<Vec<JoinHandle<()>>>,
    watch: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    queues: Mutex<Queues>,
    work: Condvar,
    /// Told when a pass begins or is answered for, and when a thread is to end or has.
    news: Condvar,
    patience: Patience,
    workers: usize,
    /// Partials that may be computed at once: one worker stays free for finals wherever there are two.
    partial_limit: usize,
}

#[derive(Default)]
struct Queues {
    /// Never dropped while a recogniser works. A room submits one at a time, or waits for those before, so rooms bound it.
    finals: VecDeque<Job>,
    /// At most one a room.
    partials: VecDeque<Job>,
    partials_running: usize,
    /// What each worker computes, and whether it has ended.
    running: Vec<Option<Running>>,
    ended: Vec<bool>,
    pace: Pace,
    stopping: bool,
    stopped: bool,
    condition: Condition,
}

struct Running {
    until: Until,
    /// When it must have given up.
    at_last: Instant,
    /// None: it did not, and was answered.
    reply: Option<Answer>,
}

struct Job {
    room: RoomId,
    ask: Ask,
    queued: Instant,
    reply: Answer,
}

impl Pool {
    /// Starts `workers` threads and waits until each has its recogniser.
    pub fn start(workers: usize, make: Arc<MakeTranscriber>) -> Result<Self, TranscribeError> {
        Self::start_with(workers, make, Patience::default())
    }

    /// The same with another patience.
    pub fn start_with(
        workers: usize,
        make: Arc<MakeTranscriber>,
        patience: Patience,
    ) -> Result<Self, TranscribeError> {
        let workers = workers.max(1);
        let running = (0..workers).map(|_| None).collect();
        let shared = Arc::new(Shared {
            queues: Mutex::new(Queues { running, ended: vec![false; workers], ..Queues::default() }),
            work: Condvar::new(),
            news: Condvar::new(),
            patience,
            workers,
            partial_limit: workers.saturating_sub(1).max(1),
        });
        let mut threads = Vec::with_capacity(workers);
        for index in 0..workers {
            let (shared, make) = (Arc::clone(&shared), Arc::clone(&make));
            let transcriber = made(&*make)?;
            let thread = std::thread::Builder::new()
                .name(format!("transcribe-{index}"))
                .spawn(move || work(&shared, index, &*make, transcriber))
                .map_err(|e| no_thread(&e))?;
            threads.push(thread);
        }
        let watched = Arc::clone(&shared);
        let watch =
            std::thread::Builder::new().name("transcribe-watch".into()).spawn(move || watch(&watched));
        let watch = Mutex::new(Some(watch.map_err(|e| no_thread(&e))?));
        Ok(Self { shared, threads: Mutex::new(threads), watch })
    }

    /// A pool without recognisers: for a gateway that hears nobody. Whoever asks is told that none works.
    pub fn none() -> Self {
        let shared = Shared {
            queues: Mutex::default(),
            work: Condvar::new(),
            news: Condvar::new(),
            patience: Patience::default(),
            workers: 0,
            partial_limit: 0,
        };
        Self { shared: Arc::new(shared), threads: Mutex::default(), watch: Mutex::default() }
    }

    pub fn submit(&self, room: RoomId, ask: Ask) -> Reply {
        let (reply, receiver) = oneshot::channel();
        let mut queues = self.shared.queues.lock();
        let refused = if queues.stopping {
            Some(TranscribeError::Stopped)
        } else {
            (queues.condition.down() == self.shared.workers).then_some(TranscribeError::Down)
        };
        if let Some(error) = refused {
            drop(reply.send(Err(error)));
            return receiver;
        }
        let is_final = ask.is_final();
        let job = Job { room, ask, queued: Instant::now(), reply };
        if is_final {
            queues.finals.push_back(job);
        } else if let Some(older) = queues.partials.iter_mut().find(|j| j.room == job.room) {
            let older = std::mem::replace(older, job);
            drop(older.reply.send(Err(TranscribeError::Superseded)));
        } else {
            queues.partials.push_back(job);
        }
        drop(queues);
        // All: a worker that may not take partials could otherwise swallow the only wake-up.
        self.shared.work.notify_all();
        receiver
    }

    /// Jobs that wait for a worker.
    pub fn waiting(&self) -> usize {
        let (finals, partials) = self.depths();
        finals + partials
    }

    /// The same by kind: finals, partials.
    pub fn depths(&self) -> (usize, usize) {
        let queues = self.shared.queues.lock();
        (queues.finals.len(), queues.partials.len())
    }

    /// Workers that have a recogniser, or are about to have one.
    pub fn working(&self) -> usize {
        self.shared.workers - self.shared.queues.lock().condition.down()
    }

    /// What is wrong, in words for the operator: a worker without a recogniser, or crashes of the last minutes.
    pub fn trouble(&self) -> Option<String> {
        self.shared.queues.lock().condition.told(self.shared.workers, Instant::now())
    }

    /// Tells all that is under way to give up, and answers what waits: the time for it is over. Nothing is taken any more.
    pub fn give_up(&self) {
        let mut queues = self.shared.queues.lock();
        queues.stopping = true;
        queues.answer_all(|| TranscribeError::Stopped);
        let at_last = Instant::now() + LAST_GRACE;
        for pass in queues.running.iter_mut().flatten() {
            pass.until.give_up();
            pass.at_last = pass.at_last.min(at_last);
        }
        drop(queues);
        self.shared.work.notify_all();
        self.shared.news.notify_all();
    }

    /// Finishes the finals that wait, answers the rest with `Stopped`, and joins the threads; but for those that hang.
    pub fn stop(&self) {
        {
            let mut queues = self.shared.queues.lock();
            queues.stopping = true;
            for job in queues.partials.drain(..) {
                drop(job.reply.send(Err(TranscribeError::Stopped)));
            }
        }
        self.shared.work.notify_all();
        for (worker, thread) in self.threads.lock().drain(..).enumerate() {
            if !self.shared.ends(worker) {
                tracing::error!("a recogniser hangs and is left behind");
            } else if thread.join().is_err() {
                tracing::error!("a transcription thread had panicked");
            }
        }
        {
            let mut queues = self.shared.queues.lock();
            queues.stopped = true;
            // Where no recogniser worked, nobody has taken these.
            queues.answer_all(|| TranscribeError::Stopped);
        }
        self.shared.news.notify_all();
        if self.watch.lock().take().is_some_and(|watch| watch.join().is_err()) {
            tracing::error!("the recognisers' watch had panicked");
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Queues {
    fn answer_all(&mut self, with: impl Fn() -> TranscribeError) {
        for job in self.finals.drain(..).chain(self.partials.drain(..)) {
            drop(job.reply.send(Err(with())));
        }
    }
}

fn no_thread(error: &std::io::Error) -> TranscribeError {
    TranscribeError::Failed(format!("no thread: {error}"))
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;

//! The child: loads the model and writes what it is told to, at low priority and on one thread, until its input ends.
//! It is the gateway's own program, started with a word of its own (`gguf-worker`).

use std::collections::VecDeque;
use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use super::wire::{End, Order, Report, Task, line, read};
use super::writer::Writer;
use super::{GgufError, examples};

/// The gateway lets far fewer wait; a bound of the child's own, so that it has one.
const MOST_WAITING: usize = 64;
/// Of -20 to 19, 0 being the gateway's: the recogniser gets nine tenths of a core that both want.
const NICE: i32 = 10;

/// Serves the gateway on standard input and output until the input ends.
///
/// # Errors
/// The model cannot be loaded, or the environment would let it use more than one thread.
pub fn run(model: &Path, context: usize) -> Result<(), GgufError> {
    lower_priority();
    // Threads that wait for each other by spinning take the recogniser's cores (design/measured.md), so rather none.
    let threads = candle_core::utils::barrier_pool().n_workers() + 1;
    if threads > 1 {
        return Err(GgufError::Threads(threads));
    }
    let mut writer = Writer::load(model, context).map_err(|error| GgufError::Model(error.to_string()))?;
    writer.read_ahead(&examples::rules(), &examples::examples());
    let orders = read_orders()?;
    say(&Report::Ready)?;
    serve(writer, &orders, say)
}

fn serve(
    mut writer: Writer,
    orders: &Receiver<Order>,
    mut say: impl FnMut(&Report) -> Result<(), GgufError>,
) -> Result<(), GgufError> {
    let mut waiting: VecDeque<(Task, Instant)> = VecDeque::new();
    loop {
        let idle = writer.is_idle() && waiting.is_empty();
        let order =
            if idle { orders.recv().map_err(|_| TryRecvError::Disconnected) } else { orders.try_recv() };
        match order {
            Ok(Order::Write(task)) if waiting.len() >= MOST_WAITING => {
                say(&Report::Done { id: task.id, end: End::Failed("too many wait".into()) })?;
            }
            Ok(Order::Write(task)) => waiting.push_back((task, Instant::now())),
            Ok(Order::Cancel(id)) => {
                waiting.retain(|(task, _)| task.id != id);
                writer.cancel(id);
            }
            Err(TryRecvError::Disconnected) => return Ok(()),
            Err(TryRecvError::Empty) => {
                if writer.has_room()
                    && let Some((task, since)) = waiting.pop_front()
                {
                    if let Some(end) = begin(&mut writer, &task, since) {
                        say(&Report::Done { id: task.id, end })?;
                    }
                    // A prompt takes the time of many tokens: orders that came meanwhile may cancel what comes next.
                    continue;
                }
                for (id, end) in writer.step(Instant::now()) {
                    say(&Report::Done { id, end })?;
                }
            }
        }
    }
}

fn begin(writer: &mut Writer, task: &Task, since: Instant) -> Option<End> {
    if since.elapsed() >= Duration::from_millis(task.within_ms) {
        return Some(End::Late);
    }
    writer.begin(task, since)
}

fn read_orders() -> Result<Receiver<Order>, GgufError> {
    let (sender, orders) = sync_channel(MOST_WAITING);
    let read = move || {
        for line in std::io::stdin().lock().lines() {
            let Some(order) = line.ok().and_then(|line| read(&line)) else { break };
            if sender.send(order).is_err() {
                break;
            }
        }
    };
    std::thread::Builder::new().name("gguf-orders".into()).spawn(read)?;
    Ok(orders)
}

fn say(report: &Report) -> Result<(), GgufError> {
    let mut out = std::io::stdout().lock();
    out.write_all(line(report).as_bytes())?;
    Ok(out.flush()?)
}

#[cfg(unix)]
fn lower_priority() {
    use rustix::process::{getpriority_process, setpriority_process};
    // Whoever started the gateway at a still lower one meant it.
    let lowered = getpriority_process(None).and_then(|nice| setpriority_process(None, nice.max(NICE)));
    if let Err(error) = lowered {
        // The logs are the gateway's, which reads this.
        drop(writeln!(std::io::stderr(), "the model runs at the same priority as the recogniser: {error}"));
    }
}

#[cfg(not(unix))]
fn lower_priority() {}

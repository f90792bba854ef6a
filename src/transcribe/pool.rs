//! Worker threads that recognise for all rooms: finals first, and of each room's partials only the latest.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::{Ask, Hypothesis, Pass, TranscribeError, Transcriber};
use crate::domain::RoomId;

/// Makes a worker's recogniser; called again after one has crashed.
pub type MakeTranscriber = dyn Fn() -> Result<Box<dyn Transcriber>, TranscribeError> + Send + Sync;

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

/// Handle to the workers. They stop when the last handle is dropped or [`Pool::stop`] is called.
pub struct Pool {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared {
    queues: Mutex<Queues>,
    work: Condvar,
    /// Partials that may be computed at once: one worker stays free for finals wherever there are two.
    partial_limit: usize,
    /// Workers that have a recogniser.
    able: AtomicUsize,
}

#[derive(Default)]
struct Queues {
    /// Never dropped. A room submits one at a time, or waits for those before, so rooms bound it.
    finals: VecDeque<Job>,
    /// At most one a room.
    partials: VecDeque<Job>,
    partials_running: usize,
    stopping: bool,
}

struct Job {
    room: RoomId,
    ask: Ask,
    queued: Instant,
    reply: oneshot::Sender<Result<Heard, TranscribeError>>,
}

impl Pool {
    /// Starts `workers` threads and waits until each has its recogniser.
    pub fn start(workers: usize, make: Arc<MakeTranscriber>) -> Result<Self, TranscribeError> {
        let workers = workers.max(1);
        let shared = Arc::new(Shared {
            queues: Mutex::default(),
            work: Condvar::new(),
            partial_limit: workers.saturating_sub(1).max(1),
            able: AtomicUsize::new(workers),
        });
        let mut threads = Vec::with_capacity(workers);
        for index in 0..workers {
            let (shared, make) = (Arc::clone(&shared), Arc::clone(&make));
            let transcriber = make()?;
            let thread = std::thread::Builder::new()
                .name(format!("transcribe-{index}"))
                .spawn(move || work(&shared, &*make, transcriber))
                .map_err(|e| TranscribeError::Failed(format!("no thread: {e}")))?;
            threads.push(thread);
        }
        Ok(Self { shared, threads: Mutex::new(threads) })
    }

    pub fn submit(&self, room: RoomId, ask: Ask) -> Reply {
        let (reply, receiver) = oneshot::channel();
        let mut queues = self.shared.queues.lock();
        if queues.stopping {
            drop(reply.send(Err(TranscribeError::Stopped)));
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

    /// Workers that can recognise. One that has crashed cannot where its recogniser does not start again (the model's file is
    /// gone); it tries with each job.
    pub fn able(&self) -> usize {
        self.shared.able.load(Ordering::Relaxed)
    }

    /// Finishes the finals that wait, answers the rest with `Stopped`, and joins the threads.
    pub fn stop(&self) {
        {
            let mut queues = self.shared.queues.lock();
            queues.stopping = true;
            for job in queues.partials.drain(..) {
                drop(job.reply.send(Err(TranscribeError::Stopped)));
            }
        }
        self.shared.work.notify_all();
        for thread in self.threads.lock().drain(..) {
            if thread.join().is_err() {
                tracing::error!("a transcription thread had panicked");
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.stop();
    }
}

fn work(shared: &Shared, make: &MakeTranscriber, transcriber: Box<dyn Transcriber>) {
    let mut transcriber = Some(transcriber);
    while let Some(job) = next_job(shared) {
        if job.reply.is_closed() {
            done(shared, &job.ask);
            continue;
        }
        let waited = job.queued.elapsed();
        let begun = Instant::now();
        let result = match transcriber.as_mut() {
            Some(t) => catch_unwind(AssertUnwindSafe(|| t.transcribe(&job.ask)))
                .unwrap_or(Err(TranscribeError::Crashed)),
            None => Err(TranscribeError::Crashed),
        };
        if matches!(result, Err(TranscribeError::Crashed)) {
            tracing::error!(room = %job.room, "the recogniser crashed and is started again");
            let before = transcriber.is_some();
            transcriber = make().ok();
            match (before, transcriber.is_some()) {
                (true, false) => drop(shared.able.fetch_sub(1, Ordering::Relaxed)),
                (false, true) => drop(shared.able.fetch_add(1, Ordering::Relaxed)),
                _ => {}
            }
        }
        done(shared, &job.ask);
        let (pass, done_at) = (job.ask.pass, Instant::now());
        let computed = done_at.saturating_duration_since(begun);
        let heard = result.map(|hypothesis| Heard { hypothesis, pass, waited, computed, done: done_at });
        // Nobody waits for it any more if the utterance was cancelled.
        drop(job.reply.send(heard));
    }
}

fn next_job(shared: &Shared) -> Option<Job> {
    let mut queues = shared.queues.lock();
    loop {
        if let Some(job) = queues.finals.pop_front() {
            return Some(job);
        }
        if queues.stopping {
            return None;
        }
        if queues.partials_running < shared.partial_limit
            && let Some(job) = queues.partials.pop_front()
        {
            queues.partials_running += 1;
            return Some(job);
        }
        shared.work.wait(&mut queues);
    }
}

fn done(shared: &Shared, ask: &Ask) {
    if !ask.is_final() {
        shared.queues.lock().partials_running -= 1;
        shared.work.notify_all();
    }
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;

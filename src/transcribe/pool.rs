//! Worker threads that recognise for all rooms: finals first, and of each room's partials only the latest.
//!
//! A recogniser that panics takes its worker's present pass with it and nothing else. The worker makes itself another; until
//! that works it takes no passes, and when none works any more, who asks is told so instead of waiting.

mod condition;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::{Ask, Hypothesis, Pass, TranscribeError, Transcriber, panicked};
use crate::domain::RoomId;
use condition::Condition;

/// Makes a worker's recogniser; called again after one has crashed.
pub type MakeTranscriber = dyn Fn() -> Result<Box<dyn Transcriber>, TranscribeError> + Send + Sync;

/// Before a recogniser that could not be made is tried again: doubled each time, from the first to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

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
    stopping: bool,
    condition: Condition,
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
            workers,
            partial_limit: workers.saturating_sub(1).max(1),
        });
        let mut threads = Vec::with_capacity(workers);
        for index in 0..workers {
            let (shared, make) = (Arc::clone(&shared), Arc::clone(&make));
            let transcriber = made(&*make)?;
            let thread = std::thread::Builder::new()
                .name(format!("transcribe-{index}"))
                .spawn(move || work(&shared, &*make, transcriber))
                .map_err(|e| TranscribeError::Failed(format!("no thread: {e}")))?;
            threads.push(thread);
        }
        Ok(Self { shared, threads: Mutex::new(threads) })
    }

    /// A pool without recognisers: for a gateway that hears nobody. Whoever asks is told that none works.
    pub fn none() -> Self {
        let shared = Shared { queues: Mutex::default(), work: Condvar::new(), workers: 0, partial_limit: 0 };
        Self { shared: Arc::new(shared), threads: Mutex::default() }
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
        // Where no recogniser worked, nobody has taken these.
        self.shared.queues.lock().answer_all(|| TranscribeError::Stopped);
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

/// A new recogniser; the first pass, which is made here, may panic as any other.
fn made(make: &MakeTranscriber) -> Result<Box<dyn Transcriber>, TranscribeError> {
    catch_unwind(AssertUnwindSafe(make))
        .unwrap_or_else(|panic| Err(TranscribeError::Failed(panicked(&*panic))))
}

fn work(shared: &Shared, make: &MakeTranscriber, first: Box<dyn Transcriber>) {
    let mut next = Some(first);
    while let Some(mut transcriber) = next.take().or_else(|| another(shared, make)) {
        if !serve(shared, &mut *transcriber) {
            return;
        }
    }
}

/// Works until the recogniser crashes (true) or the pool stops (false).
fn serve(shared: &Shared, transcriber: &mut dyn Transcriber) -> bool {
    while let Some(job) = next_job(shared) {
        if job.reply.is_closed() {
            done(shared, &job.ask);
            continue;
        }
        let waited = job.queued.elapsed();
        let begun = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| transcriber.transcribe(&job.ask)));
        done(shared, &job.ask);
        let result = result.unwrap_or_else(|panic| {
            let why = panicked(&*panic);
            tracing::error!(room = %job.room, why, "the recogniser crashed and is started again");
            shared.queues.lock().condition.crashed(Instant::now(), why);
            Err(TranscribeError::Crashed)
        });
        let crashed = matches!(result, Err(TranscribeError::Crashed));
        let (pass, done_at) = (job.ask.pass, Instant::now());
        let computed = done_at.saturating_duration_since(begun);
        let heard = result.map(|hypothesis| Heard { hypothesis, pass, waited, computed, done: done_at });
        // Nobody waits for it any more if the utterance was cancelled.
        drop(job.reply.send(heard));
        if crashed {
            return true;
        }
    }
    false
}

/// A recogniser in the place of one that crashed, as soon as one can be made; none when the pool stops.
fn another(shared: &Shared, make: &MakeTranscriber) -> Option<Box<dyn Transcriber>> {
    let mut pause = FIRST_PAUSE;
    let mut failed = false;
    loop {
        let result = made(make);
        let mut queues = shared.queues.lock();
        match result {
            Ok(transcriber) => {
                if failed {
                    queues.condition.is_up();
                    tracing::info!("the recogniser works again");
                }
                return Some(transcriber);
            }
            Err(error) => {
                tracing::error!(%error, ?pause, "the recogniser cannot be started and is tried again");
                queues.condition.is_down(!failed, error.to_string());
                failed = true;
            }
        }
        let again = Instant::now() + pause;
        while Instant::now() < again {
            if queues.condition.down() == shared.workers {
                queues.answer_all(|| TranscribeError::Down);
            }
            if queues.stopping {
                return None;
            }
            shared.work.wait_until(&mut queues, again);
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
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

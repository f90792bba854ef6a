//! What a worker's thread does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::{Answer, Heard, Job, MakeTranscriber, Queues, Running, Shared};
use crate::domain::RoomId;
use crate::transcribe::{Ask, TranscribeError, Transcriber, Until, panicked};

/// Before a recogniser that could not be made is tried again: doubled each time, from the first to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A new recogniser; the first pass, which is made here, may panic as any other.
pub(super) fn made(make: &MakeTranscriber) -> Result<Box<dyn Transcriber>, TranscribeError> {
    catch_unwind(AssertUnwindSafe(make))
        .unwrap_or_else(|panic| Err(TranscribeError::Failed(panicked(&*panic))))
}

/// Tells that a worker has ended, however it does.
struct Ending<'a>(&'a Shared, usize);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if let Some(ended) = self.0.queues.lock().ended.get_mut(self.1) {
            *ended = true;
        }
        self.0.news.notify_all();
    }
}

pub(super) fn work(shared: &Shared, worker: usize, make: &MakeTranscriber, first: Box<dyn Transcriber>) {
    let _ending = Ending(shared, worker);
    let mut next = Some(first);
    while let Some(mut transcriber) = next.take().or_else(|| another(shared, make)) {
        if !serve(shared, worker, &mut *transcriber) {
            return;
        }
    }
}

/// Works until the recogniser crashes (true) or the pool stops (false).
fn serve(shared: &Shared, worker: usize, transcriber: &mut dyn Transcriber) -> bool {
    while let Some(Taken { room, ask, queued, until }) = next_job(shared, worker) {
        let begun = Instant::now();
        let waited = begun.saturating_duration_since(queued);
        let result = catch_unwind(AssertUnwindSafe(|| transcriber.transcribe(&ask, &until)));
        let done = Instant::now();
        let computed = done.saturating_duration_since(begun);
        let mut crashed = false;
        let result = match result {
            Ok(Err(error)) if until.is_over() => {
                tracing::error!(%room, %error, ?computed, "a pass took far too long and was interrupted");
                Err(TranscribeError::GaveUp)
            }
            Ok(result) => result,
            Err(panic) => {
                let why = panicked(&*panic);
                tracing::error!(%room, why, "the recogniser crashed and is started again");
                shared.queues.lock().condition.crashed(done, why);
                crashed = true;
                Err(TranscribeError::Crashed)
            }
        };
        let end = match &result {
            Ok(_) => End::Done(computed),
            Err(TranscribeError::GaveUp) => End::GaveUp,
            Err(_) => End::Failed,
        };
        let heard = result.map(|hypothesis| Heard { hypothesis, pass: ask.pass, waited, computed, done });
        if let Some(reply) = shared.end_pass(worker, &ask, end) {
            // Nobody waits for it any more if the utterance was cancelled.
            drop(reply.send(heard));
        }
        if crashed {
            return true;
        }
    }
    false
}

impl Shared {
    /// What the worker's pass is to be answered with; none where it was answered for meanwhile.
    fn end_pass(&self, worker: usize, ask: &Ask, end: End) -> Option<Answer> {
        let mut queues = self.queues.lock();
        if !ask.is_final() {
            queues.partials_running -= 1;
        }
        match end {
            End::Done(computed) => queues.pace.took(ask, computed),
            End::GaveUp if !queues.stopping => {
                queues.pace.was_exceeded(ask);
                queues.condition.gave_up(Instant::now());
            }
            End::GaveUp | End::Failed => {}
        }
        let reply = queues.running.get_mut(worker).and_then(Option::take).and_then(|pass| pass.reply);
        if reply.is_none() {
            queues.condition.is_free();
            tracing::info!("the recogniser that hung is back");
        }
        drop(queues);
        if !ask.is_final() {
            self.work.notify_all();
        }
        reply
    }
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

/// How a pass ended.
enum End {
    Done(Duration),
    GaveUp,
    Failed,
}

/// A job that a worker has begun.
struct Taken {
    room: RoomId,
    ask: Ask,
    queued: Instant,
    until: Until,
}

fn next_job(shared: &Shared, worker: usize) -> Option<Taken> {
    let mut queues = shared.queues.lock();
    loop {
        if let Some(job) = queues.finals.pop_front() {
            if let Some(taken) = begin(shared, &mut queues, worker, job) {
                return Some(taken);
            }
            continue;
        }
        if queues.stopping {
            return None;
        }
        if queues.partials_running < shared.partial_limit
            && let Some(job) = queues.partials.pop_front()
        {
            if let Some(taken) = begin(shared, &mut queues, worker, job) {
                queues.partials_running += 1;
                return Some(taken);
            }
            continue;
        }
        shared.work.wait(&mut queues);
    }
}

/// None where nobody waits for it any more.
fn begin(shared: &Shared, queues: &mut Queues, worker: usize, job: Job) -> Option<Taken> {
    let Job { room, ask, queued, reply } = job;
    if reply.is_closed() {
        return None;
    }
    let end = Instant::now() + queues.pace.limit(&ask, &shared.patience);
    let until = Until::at(end);
    let pass = Running { until: until.clone(), at_last: end + shared.patience.grace, reply: Some(reply) };
    if let Some(place) = queues.running.get_mut(worker) {
        *place = Some(pass);
    }
    shared.news.notify_all();
    Some(Taken { room, ask, queued, until })
}

//! Passes that do not end: a thread cannot be stopped from outside, but nobody has to wait for it.

use std::time::Instant;

use super::{Queues, Shared, TranscribeError};

/// Answers for recognisers that do not come back.
pub(super) fn watch(shared: &Shared) {
    let mut queues = shared.queues.lock();
    while !queues.stopped {
        let (found, next) = queues.find_stuck(Instant::now());
        if found {
            shared.news.notify_all();
        }
        match next {
            Some(next) => {
                shared.news.wait_until(&mut queues, next);
            }
            None => shared.news.wait(&mut queues),
        }
    }
}

impl Shared {
    /// Waits until the worker has ended. False: it hangs, and its pass was answered for.
    pub(super) fn ends(&self, worker: usize) -> bool {
        let mut queues = self.queues.lock();
        loop {
            if queues.ended.get(worker).copied().unwrap_or(true) {
                return true;
            }
            let pass = queues.running.get(worker).and_then(Option::as_ref);
            if pass.is_some_and(|pass| pass.reply.is_none()) {
                return false;
            }
            self.news.wait(&mut queues);
        }
    }
}

impl Queues {
    /// Answers for recognisers that should have given up by now: whether there were any, and when to look again.
    fn find_stuck(&mut self, now: Instant) -> (bool, Option<Instant>) {
        let Self { running, condition, .. } = self;
        let (mut found, mut next) = (false, None);
        for pass in running.iter_mut().flatten().filter(|pass| pass.reply.is_some()) {
            if now < pass.at_last {
                next = Some(next.map_or(pass.at_last, |next: Instant| next.min(pass.at_last)));
                continue;
            }
            tracing::error!("a recogniser hangs");
            found = true;
            condition.is_stuck();
            if let Some(reply) = pass.reply.take() {
                drop(reply.send(Err(TranscribeError::GaveUp)));
            }
        }
        if self.condition.down() == self.running.len() {
            self.answer_all(|| TranscribeError::Down);
        }
        (found, next)
    }
}

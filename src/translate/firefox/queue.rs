//! What waits for one translation thread: a bounded number of jobs, finals first.

use std::collections::VecDeque;

use parking_lot::{Condvar, Mutex};

/// Jobs for one thread.
pub struct Queue<T> {
    waiting: Mutex<Waiting<T>>,
    work: Condvar,
    limit: usize,
}

struct Waiting<T> {
    finals: VecDeque<T>,
    partials: VecDeque<T>,
    stopping: bool,
}

impl<T> Queue<T> {
    /// For at most `limit` jobs.
    pub fn new(limit: usize) -> Self {
        let waiting = Waiting { finals: VecDeque::new(), partials: VecDeque::new(), stopping: false };
        Self { waiting: Mutex::new(waiting), work: Condvar::new(), limit: limit.max(1) }
    }

    /// False where there is no room: the job is dropped. A final takes the place of the oldest partial, which is
    /// dropped in its stead.
    pub fn push(&self, job: T, is_final: bool) -> bool {
        let mut waiting = self.waiting.lock();
        if waiting.stopping {
            return false;
        }
        let full = waiting.finals.len() + waiting.partials.len() >= self.limit;
        if full && !(is_final && waiting.partials.pop_front().is_some()) {
            return false;
        }
        if is_final {
            waiting.finals.push_back(job);
        } else {
            waiting.partials.push_back(job);
        }
        drop(waiting);
        self.work.notify_one();
        true
    }

    /// The next job, waiting for one if need be; `None` when the queue was stopped.
    pub fn pop(&self) -> Option<T> {
        let mut waiting = self.waiting.lock();
        loop {
            if waiting.stopping {
                return None;
            }
            let next = waiting.finals.pop_front();
            if let Some(job) = next.or_else(|| waiting.partials.pop_front()) {
                return Some(job);
            }
            self.work.wait(&mut waiting);
        }
    }

    /// Ends the thread after the job at hand. What waits is dropped.
    pub fn stop(&self) {
        let mut waiting = self.waiting.lock();
        waiting.stopping = true;
        waiting.finals.clear();
        waiting.partials.clear();
        drop(waiting);
        self.work.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finals_come_first_and_displace_partials_when_it_is_full() {
        let queue = Queue::new(3);
        assert!(
            queue.push("partial 1", false) && queue.push("partial 2", false) && queue.push("final 1", true)
        );
        assert!(!queue.push("partial 3", false));
        assert!(queue.push("final 2", true));
        let order = [queue.pop(), queue.pop(), queue.pop()].map(Option::unwrap);
        assert_eq!(order, ["final 1", "final 2", "partial 2"]);
        assert!((0..3).all(|_| queue.push("final", true)));
        assert!(!queue.push("final", true));
        queue.stop();
        assert_eq!(queue.pop(), None);
        assert!(!queue.push("final", true));
    }
}

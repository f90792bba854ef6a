//! What a host has sent and nobody has heard yet. Bounded: the oldest audio goes first, and is counted.

use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::domain::{SAMPLE_RATE, samples_to_ms};

/// Audio that may wait, in samples: 30 s. Recognition that is further behind will not catch up.
const CAPACITY: usize = 30 * SAMPLE_RATE as usize;

#[derive(Debug, Clone, PartialEq)]
pub enum HostInput {
    /// 16 kHz mono.
    Audio(Vec<f32>),
    /// So many samples were lost here.
    Lost(usize),
    Finalize,
}

/// A queue between one host's socket and its hearing.
#[derive(Default)]
pub struct Inbox {
    state: Mutex<State>,
    arrived: Notify,
}

#[derive(Default)]
struct State {
    queue: VecDeque<HostInput>,
    waiting: usize,
    lost: u64,
    closed: bool,
}

impl Inbox {
    pub fn push(&self, input: HostInput) {
        let mut state = self.state.lock();
        if let HostInput::Audio(samples) = &input {
            state.waiting += samples.len();
        }
        state.queue.push_back(input);
        while state.waiting > CAPACITY {
            if !state.drop_oldest() {
                break;
            }
        }
        drop(state);
        self.arrived.notify_one();
    }

    /// No more will come.
    pub fn close(&self) {
        self.state.lock().closed = true;
        self.arrived.notify_one();
    }

    /// The next input; none after `close` when everything was taken.
    pub async fn next(&self) -> Option<HostInput> {
        loop {
            {
                let mut state = self.state.lock();
                if let Some(input) = state.queue.pop_front() {
                    if let HostInput::Audio(samples) = &input {
                        state.waiting -= samples.len();
                    }
                    return Some(input);
                }
                if state.closed {
                    return None;
                }
            }
            self.arrived.notified().await;
        }
    }

    /// Audio that waits, in ms.
    pub fn waiting_ms(&self) -> u64 {
        samples_to_ms(self.state.lock().waiting as u64)
    }

    pub fn lost_ms(&self) -> u64 {
        samples_to_ms(self.state.lock().lost)
    }
}

impl State {
    /// Replaces the oldest audio by a note of its length, so that time goes on. False if there is none.
    fn drop_oldest(&mut self) -> bool {
        let Some(at) = self.queue.iter().position(|input| matches!(input, HostInput::Audio(_))) else {
            return false;
        };
        let Some(HostInput::Audio(samples)) = self.queue.remove(at) else { return false };
        self.waiting -= samples.len();
        self.lost += samples.len() as u64;
        match at.checked_sub(1).and_then(|before| self.queue.get_mut(before)) {
            Some(HostInput::Lost(lost)) => *lost += samples.len(),
            _ => self.queue.insert(at, HostInput::Lost(samples.len())),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_audio_is_dropped_counted_and_its_time_kept() {
        let inbox = Inbox::default();
        for _ in 0..40 {
            inbox.push(HostInput::Audio(vec![0.1; SAMPLE_RATE as usize]));
        }
        inbox.push(HostInput::Finalize);
        inbox.close();
        assert_eq!(inbox.lost_ms(), 10_000);
        assert_eq!(inbox.next().await, Some(HostInput::Lost(10 * SAMPLE_RATE as usize)));
        let mut rest = Vec::new();
        while let Some(input) = inbox.next().await {
            rest.push(input);
        }
        assert_eq!(rest.len(), 31);
        assert_eq!(rest.last(), Some(&HostInput::Finalize));
    }
}

//! Voice activity for all rooms, on one thread.
//!
//! The model starts anew at each call, so every call repeats the last second: its state has settled by then.
//! 1 s of context and two new windows take about 2 ms, 3 % of a core a room.
//!
//! A call that panics costs its own answer: the model is made again before the next one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use super::{TranscribeError, panicked};

/// Requests that may wait; a room has one at a time, so this is a bound on rooms.
const QUEUE: usize = 256;
/// A model that could not be made is not tried again sooner: rooms ask each some ms.
const AGAIN: Duration = Duration::from_secs(1);

/// Speech probability of each whole window of 512 samples.
pub type Detector = Box<dyn FnMut(&[f32]) -> Result<Vec<f32>, TranscribeError>>;
/// Makes the thread's detector; called again after one has crashed.
pub type MakeDetector = dyn Fn() -> Result<Detector, TranscribeError> + Send;

struct Request {
    audio: Vec<f32>,
    reply: oneshot::Sender<Result<Vec<f32>, TranscribeError>>,
}

/// Handle to the thread; it ends with the last handle.
#[derive(Clone)]
pub struct VoiceActivity {
    requests: mpsc::Sender<Request>,
    trouble: Arc<Mutex<Option<String>>>,
}

impl VoiceActivity {
    /// Starts the thread, and waits until it has its detector.
    pub fn start(make: Box<MakeDetector>) -> Result<Self, TranscribeError> {
        let (requests, mut queue) = mpsc::channel::<Request>(QUEUE);
        let trouble = Arc::new(Mutex::new(None));
        let (told, (ready, begun)) = (Arc::clone(&trouble), std::sync::mpsc::sync_channel(1));
        std::thread::Builder::new()
            .name("voice".into())
            .spawn(move || {
                let mut worker = Worker { make, detector: None, tried: None, told };
                let made = worker.detector().map(drop);
                let go_on = made.is_ok();
                drop(ready.send(made));
                while let Some(request) = queue.blocking_recv().filter(|_| go_on) {
                    // A host that left no longer waits for its answer.
                    drop(request.reply.send(worker.judge(&request.audio)));
                }
            })
            .map_err(|e| TranscribeError::Failed(format!("no thread: {e}")))?;
        begun.recv().unwrap_or(Err(TranscribeError::Stopped))?;
        Ok(Self { requests, trouble })
    }

    /// One that hears nothing, for a gateway without hosts: who asks is told that it has stopped.
    pub fn none() -> Self {
        Self { requests: mpsc::channel(1).0, trouble: Arc::default() }
    }

    /// Speech probability of each whole window of 512 samples in `audio`.
    pub async fn probabilities(&self, audio: Vec<f32>) -> Result<Vec<f32>, TranscribeError> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request { audio, reply }).await.map_err(|_| TranscribeError::Stopped)?;
        answer.await.map_err(|_| TranscribeError::Stopped)?
    }

    /// Why nothing is taken for speech at present.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().clone()
    }
}

struct Worker {
    make: Box<MakeDetector>,
    detector: Option<Detector>,
    /// When one could not be made.
    tried: Option<Instant>,
    told: Arc<Mutex<Option<String>>>,
}

impl Worker {
    fn judge(&mut self, audio: &[f32]) -> Result<Vec<f32>, TranscribeError> {
        let detector = self.detector()?;
        let judged = catch_unwind(AssertUnwindSafe(|| detector(audio)));
        let judged = judged.unwrap_or_else(|panic| {
            tracing::error!(why = panicked(&*panic), "voice detection crashed and is started again");
            self.detector = None;
            Err(TranscribeError::Crashed)
        });
        *self.told.lock() = judged.as_ref().err().map(ToString::to_string);
        judged
    }

    fn detector(&mut self) -> Result<&mut Detector, TranscribeError> {
        if self.detector.is_none() {
            if self.tried.is_some_and(|tried| tried.elapsed() < AGAIN) {
                return Err(TranscribeError::Down);
            }
            let made = catch_unwind(AssertUnwindSafe(&self.make))
                .unwrap_or_else(|panic| Err(TranscribeError::Failed(panicked(&*panic))));
            self.tried = made.is_err().then(Instant::now);
            if let Err(error) = &made {
                tracing::error!(%error, "voice detection cannot be started and is tried again");
                *self.told.lock() = Some(error.to_string());
            }
            self.detector = Some(made?);
        }
        self.detector.as_mut().ok_or(TranscribeError::Down)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Says how many detectors there were before; one that hears something negative panics.
    fn voice(cannot_make: fn(usize) -> bool) -> Result<VoiceActivity, TranscribeError> {
        let made = AtomicUsize::new(0);
        VoiceActivity::start(Box::new(move || {
            let number = made.fetch_add(1, Ordering::SeqCst);
            if cannot_make(number) {
                return Err(TranscribeError::Failed("no memory".into()));
            }
            Ok(Box::new(move |audio| {
                assert!(audio[0] >= 0.0, "asked to");
                Ok(vec![number as f32])
            }))
        }))
    }

    #[tokio::test]
    async fn a_crash_costs_one_answer_and_the_next_is_of_a_new_model() {
        let voice = voice(|_| false).unwrap();
        assert_eq!(voice.probabilities(vec![0.0]).await.unwrap(), [0.0]);
        assert!(matches!(voice.probabilities(vec![-1.0]).await, Err(TranscribeError::Crashed)));
        assert!(voice.trouble().is_some());
        assert_eq!(voice.probabilities(vec![0.0]).await.unwrap(), [1.0]);
        assert_eq!(voice.trouble(), None);
    }

    #[tokio::test]
    async fn a_model_that_cannot_be_made_again_is_told_and_tried_later() {
        assert!(voice(|number| number == 0).is_err(), "at the start it is a mistake to put right first");
        let voice = voice(|number| number == 1).unwrap();
        assert!(voice.probabilities(vec![-1.0]).await.is_err());
        for _ in 0..2 {
            assert!(voice.probabilities(vec![0.0]).await.is_err());
            assert!(voice.trouble().unwrap().contains("no memory"));
        }
        tokio::time::sleep(AGAIN).await;
        assert_eq!(voice.probabilities(vec![0.0]).await.unwrap(), [2.0]);
        assert_eq!(voice.trouble(), None);
    }
}

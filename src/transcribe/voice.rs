//! Voice activity for all rooms, on one thread.
//!
//! The model starts anew at each call, so every call repeats the last second: its state has settled by then.
//! 1 s of context and two new windows take about 2 ms, 3 % of a core a room.

use tokio::sync::{mpsc, oneshot};

use super::TranscribeError;
use super::whisper::SileroVad;

/// Requests that may wait; a room has one at a time, so this is a bound on rooms.
const QUEUE: usize = 256;

struct Request {
    audio: Vec<f32>,
    reply: oneshot::Sender<Result<Vec<f32>, TranscribeError>>,
}

/// Handle to the thread; it ends with the last handle.
#[derive(Clone)]
pub struct VoiceActivity {
    requests: mpsc::Sender<Request>,
}

impl VoiceActivity {
    pub fn start(mut model: SileroVad) -> Result<Self, TranscribeError> {
        let (requests, mut queue) = mpsc::channel::<Request>(QUEUE);
        std::thread::Builder::new()
            .name("voice".into())
            .spawn(move || {
                while let Some(request) = queue.blocking_recv() {
                    let answer = model.probabilities(&request.audio).map(<[f32]>::to_vec);
                    // A host that left no longer waits for its answer.
                    drop(request.reply.send(answer));
                }
            })
            .map_err(|e| TranscribeError::Failed(format!("no thread: {e}")))?;
        Ok(Self { requests })
    }

    /// Speech probability of each whole window of 512 samples in `audio`.
    pub async fn probabilities(&self, audio: Vec<f32>) -> Result<Vec<f32>, TranscribeError> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request { audio, reply }).await.map_err(|_| TranscribeError::Stopped)?;
        answer.await.map_err(|_| TranscribeError::Stopped)?
    }
}

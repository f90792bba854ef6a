//! A room's sound, where the room keeps it: what is heard goes to the tape, which never waits.

use std::time::Duration;

use super::Rooms;
use super::room::Room;
use crate::config::RoomConfig;
use crate::domain::{Epoch, SAMPLE_RATE};
use crate::record::{AudioPart, Record, RecordError, Tape};

/// A disk that does not answer does not keep an operator waiting for longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a room's recording goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioState {
    /// What of the present show is silence since it could not be kept.
    pub lost_ms: u64,
    /// The same since the gateway began.
    pub lost_ever_ms: u64,
    /// What waits for the disk.
    pub waiting_ms: u64,
    /// Why nothing is being kept at present.
    pub trouble: Option<String>,
}

/// The tape of a room that has one.
pub(super) fn tape(config: &RoomConfig, record: &Record) -> Option<Tape> {
    if !config.keep_audio {
        return None;
    }
    record.tape(&config.id).unwrap_or_else(|error| {
        tracing::error!(room = %config.id, %error, "the sound cannot be kept");
        None
    })
}

impl Room {
    /// Keeps what was heard from `at_ms` on the show's clock and `samples_on` samples further, while the show is on.
    pub(super) fn keep_audio(&self, at_ms: u64, samples_on: u64, samples: &[f32]) {
        let Some(tape) = &self.tape else { return };
        let (epoch, ended) = {
            let state = self.state.lock();
            (state.show.epoch.clone(), state.show.ended)
        };
        // Whoever ends a show is not recorded any more, though the microphone may still be open.
        if !ended {
            tape.keep(&epoch, at_ms * u64::from(SAMPLE_RATE) / 1000 + samples_on, samples);
        }
    }

    /// None where the room keeps no sound.
    pub fn audio_state(&self) -> Option<AudioState> {
        if !self.config.keep_audio {
            return None;
        }
        Some(match &self.tape {
            Some(tape) => AudioState {
                lost_ms: tape.lost_ms(),
                lost_ever_ms: tape.lost_ever_ms(),
                waiting_ms: tape.waiting_ms(),
                trouble: tape.trouble(),
            },
            // The record could not be opened, which says why.
            None => AudioState {
                lost_ms: 0,
                lost_ever_ms: 0,
                waiting_ms: 0,
                trouble: self.engines.record.trouble(),
            },
        })
    }

    /// The files of a show's sound, in the order of the show.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub async fn audio(&self, epoch: &Epoch) -> Result<Vec<AudioPart>, RecordError> {
        self.engines.record.audio(&self.config.id, epoch).await
    }

    /// Waits until the tape has written what it was given.
    pub(super) async fn audio_settled(&self) {
        if let Some(tape) = &self.tape
            && tokio::time::timeout(PATIENCE, tape.settled()).await.is_err()
        {
            tracing::error!(room = %self.config.id, "the disk does not take the sound");
        }
    }
}

impl Rooms {
    /// Completes the files of all rooms.
    pub(super) async fn stop_tapes(&self) {
        let tapes = self.iter().filter_map(|room| room.tape.as_ref());
        futures_util::future::join_all(tapes.map(Tape::stop)).await;
    }
}

//! One host's connection, from its first frame to its close.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::pace::Pace;
use super::{Admitted, Refusal};
use crate::auth::Access;
use crate::decode::Decoder;
use crate::domain::samples_to_ms;
use crate::pipeline::hearing::hear;
use crate::pipeline::inbox::{HostInput, Inbox};
use crate::pipeline::{Allowance, Counted, HostGuard, Room};
use crate::protocol::close::CloseReason;
use crate::protocol::host::{HostMessage, HostReply};
use crate::transcribe::TranscribeError;

/// Replies that may wait for a host that reads slowly; partials beyond are dropped, finals wait.
const REPLIES: usize = 64;
/// How long a host may take to read one message.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the last finals may take after the host has left or the gateway is to stop.
const FINISHING: Duration = Duration::from_secs(30);
/// How long a close frame has until the connection is reset under it.
const LINGER: Duration = Duration::from_millis(300);
/// How long the other side may take to answer a close frame.
const CLOSING: Duration = Duration::from_secs(1);

const EXPIRED: &str = "the token has expired: come back with a new one";

type Hearing = JoinHandle<Result<f64, TranscribeError>>;

pub struct Session {
    room: Arc<Room>,
    guard: HostGuard,
    _slot: tokio::sync::OwnedSemaphorePermit,
    decoder: Decoder,
    channels: u32,
    pace: Pace,
    request_id: String,
    inbox: Arc<Inbox>,
    hearing: Hearing,
    replies: mpsc::Receiver<HostReply>,
    access: Access,
    frames: Allowance,
    _counted: Counted,
}

/// The other side takes nothing any more.
struct Gone;

/// How reading ended.
enum End {
    /// The host asked for it, or must go: the last results are still sent.
    Close(CloseReason, Option<HostReply>),
    /// The connection is gone.
    Lost,
    /// The hearing has ended by itself, which it never should.
    Failed,
}

impl Session {
    pub fn start(admitted: Admitted) -> Self {
        let Admitted { room, guard, slot, decoder, channels, settings, access, counted } = admitted;
        let inbox = Arc::new(Inbox::default());
        let (sender, replies) = mpsc::channel(REPLIES);
        let request_id = settings.request_id.clone();
        let hearing = hear(Arc::clone(&room), settings, Arc::clone(&inbox), sender);
        let limits = &room.engines.config.limits;
        let pace = Pace::new(Instant::now(), limits.audio_speed, limits.audio_burst);
        // Its result, a panic too, is awaited below.
        let underway = room.engines.hearings.begin();
        let hearing = crate::spawn_joined(async move {
            let _underway = underway;
            hearing.await
        });
        Self {
            room,
            guard,
            _slot: slot,
            decoder,
            channels,
            pace,
            request_id,
            inbox,
            hearing,
            replies,
            access,
            frames: Allowance::default(),
            _counted: counted,
        }
    }

    /// Runs until the host leaves or is sent away. None: the connection was lost.
    pub async fn run(mut self, mut socket: WebSocket) -> Option<CloseReason> {
        let end = self.read(&mut socket).await;
        self.inbox.push(HostInput::Audio(self.decoder.finish()));
        self.inbox.close();
        match end {
            End::Lost => {
                // The hearing finishes by itself; the room is free for the host to come back.
                crate::spawn("last finals", async move { drop(timeout(FINISHING, self.hearing).await) });
                None
            }
            End::Failed => {
                drop(send(&mut socket, &HostReply::error("internal", "the recogniser has failed")).await);
                close(socket, CloseReason::Internal).await;
                Some(CloseReason::Internal)
            }
            End::Close(reason, notice) => {
                let finished = timeout(FINISHING, self.finish(&mut socket)).await;
                let reason = if finished == Ok(true) { reason } else { CloseReason::Internal };
                if let Some(notice) = notice {
                    drop(send(&mut socket, &notice).await);
                }
                close(socket, reason).await;
                Some(reason)
            }
        }
    }

    async fn read(&mut self, socket: &mut WebSocket) -> End {
        let idle = self.room.engines.config.limits.host_idle;
        let stopping = self.room.engines.stopping.clone();
        let replaced = self.guard.replaced.clone();
        let mut expired = self.access.ended();
        loop {
            let message = tokio::select! {
                message = timeout(idle, socket.recv()) => message,
                Some(reply) = self.replies.recv() => {
                    if send(socket, &reply).await.is_err() {
                        return End::Lost;
                    }
                    continue;
                }
                _ = &mut self.hearing => return End::Failed,
                () = replaced.cancelled() => return refusal(CloseReason::HostPresent, "the host has come back elsewhere"),
                () = &mut expired => return refusal(CloseReason::Unauthorized, EXPIRED),
                () = stopping.cancelled() => return End::Close(CloseReason::Draining, None),
            };
            let message = match message {
                Err(_) => {
                    return refusal(
                        CloseReason::Idle,
                        "nothing was sent for too long: send audio or KeepAlive",
                    );
                }
                Ok(Some(Ok(Message::Close(_)))) => {
                    answer_close(socket).await;
                    return End::Lost;
                }
                Ok(None) => return End::Lost,
                Ok(Some(Err(error))) => {
                    return match CloseReason::of_failed_read(error.into_inner().as_ref()) {
                        Some(CloseReason::TooLarge) => refusal(
                            CloseReason::TooLarge,
                            "the message is too large: send audio in smaller frames",
                        ),
                        Some(reason) => refusal(reason, "these are no frames of a WebSocket"),
                        None => End::Lost,
                    };
                }
                Ok(Some(Ok(message))) => message,
            };
            if !self.room.engines.doors.host_message(&mut self.frames) {
                let told =
                    HostReply::error("too_many_messages", "frames come too fast: put more audio into each");
                return End::Close(CloseReason::TooMany, Some(told));
            }
            self.guard.seen(Instant::now());
            if let Some(end) = self.on_message(message) {
                return end;
            }
        }
    }

    fn on_message(&mut self, message: Message) -> Option<End> {
        match message {
            Message::Binary(bytes) => self.on_audio(&bytes),
            Message::Text(text) => match HostMessage::parse(&text) {
                Ok(HostMessage::KeepAlive) => None,
                Ok(HostMessage::Finalize) => {
                    self.inbox.push(HostInput::Finalize);
                    None
                }
                Ok(HostMessage::CloseStream) => Some(End::Close(CloseReason::Done, None)),
                Err(error) => Some(refusal(CloseReason::BadRequest, &error.to_string())),
            },
            _ => None,
        }
    }

    fn on_audio(&mut self, bytes: &[u8]) -> Option<End> {
        let samples = match self.decoder.push(bytes) {
            Ok(samples) => samples,
            Err(error) => {
                let reason = if error.code() == CloseReason::AudioTooFast.word() {
                    CloseReason::AudioTooFast
                } else {
                    CloseReason::BadRequest
                };
                return Some(End::Close(reason, Some(HostReply::error(error.code(), error.to_string()))));
            }
        };
        if samples.is_empty() {
            return None;
        }
        let length = Duration::from_millis(samples_to_ms(samples.len() as u64));
        if !self.pace.accept(Instant::now(), length) {
            return Some(refusal(
                CloseReason::AudioTooFast,
                "audio comes faster than it can be spoken: send it at real time, with its true sample rate",
            ));
        }
        self.inbox.push(HostInput::Audio(samples));
        None
    }

    /// Sends what is still to be said, and `Metadata`. False if the hearing failed.
    async fn finish(&mut self, socket: &mut WebSocket) -> bool {
        while let Some(reply) = self.replies.recv().await {
            if send(socket, &reply).await.is_err() {
                // Nobody reads any more; what was said is still heard to its end.
                self.replies.close();
            }
        }
        let Ok(Ok(duration)) = (&mut self.hearing).await else { return false };
        let (request_id, channels) = (self.request_id.clone(), self.channels);
        drop(send(socket, &HostReply::Metadata { request_id, duration, channels }).await);
        true
    }
}

fn refusal(reason: CloseReason, message: &str) -> End {
    End::Close(reason, Some(HostReply::error(reason.word(), message)))
}

async fn send(socket: &mut WebSocket, reply: &HostReply) -> Result<(), Gone> {
    let message = Message::text(reply.to_json());
    match timeout(PATIENCE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Gone),
    }
}

async fn close(mut socket: WebSocket, reason: CloseReason) {
    let frame = CloseFrame { code: reason.code(), reason: Utf8Bytes::from_static(reason.word()) };
    drop(timeout(CLOSING, socket.send(Message::Close(Some(frame)))).await);
    answer_close(&mut socket).await;
    if reason.breaks_off() {
        tokio::time::sleep(LINGER).await;
    }
}

/// Reads to the end: what answers a close frame is sent by the next read.
async fn answer_close(socket: &mut WebSocket) {
    let answered = async { while let Some(Ok(_)) = socket.recv().await {} };
    drop(timeout(CLOSING, answered).await);
}

/// Sends a host away that was not let in.
pub async fn refuse(mut socket: WebSocket, refusal: Refusal) {
    tracing::info!(code = refusal.code, message = %refusal.message, "host refused");
    drop(send(&mut socket, &HostReply::error(refusal.code, refusal.message)).await);
    close(socket, refusal.reason).await;
}

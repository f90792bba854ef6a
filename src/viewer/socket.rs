//! A viewer's WebSocket.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::timeout;

use super::asking::Asking;
use super::feed::Feed;
use super::{Leave, Wish, served};
use crate::domain::{Habits, Lang, Market};
use crate::pipeline::{Allowance, Room, What};
use crate::protocol::close::CloseReason;
use crate::protocol::viewer::{Notice, ViewerMessage};

/// When a viewer should come back after the gateway was stopped.
pub const RETRY_MS: u64 = 800;
/// How long a close frame has until the connection is reset under it.
const LINGER: Duration = Duration::from_millis(300);
/// How long a close frame may take; the socket of a slow viewer is full.
const CLOSING: Duration = Duration::from_secs(1);

pub async fn serve(mut socket: WebSocket, room: Arc<Room>, wish: Wish, from: IpAddr, leave: Leave) {
    // On the heap: most of a viewer's life is spent waiting, and tasks of 1,000 viewers lie beside each other.
    let reason = Box::pin(attend(&mut socket, &room, wish, from, leave.access.ended())).await;
    if let Some(reason) = reason {
        if reason != CloseReason::Draining {
            room.engines.doors.refused(What::Viewer, reason.word());
        }
        close(socket, reason).await;
    }
}

pub async fn refuse(socket: WebSocket, reason: CloseReason) {
    close(socket, reason).await;
}

/// Sends what comes until the viewer leaves (none) or is to be closed.
async fn attend(
    socket: &mut WebSocket,
    room: &Arc<Room>,
    wish: Wish,
    from: IpAddr,
    mut expired: BoxFuture<'static, ()>,
) -> Option<CloseReason> {
    let patience = room.engines.config.limits.slow_viewer;
    let draining = room.engines.draining.clone();
    let mut feed = Feed::open(room, wish).await;
    let mut asking = Asking::new(room, from);
    let mut messages = Allowance::default();
    loop {
        let message = tokio::select! {
            item = feed.next() => match item {
                Ok(item) => text(&item.body)?,
                Err(_) => return Some(CloseReason::SlowViewer),
            },
            notice = asking.next() => notice.to_json().into(),
            received = socket.recv() => match received {
                Some(Ok(_)) if !room.engines.doors.viewer_message(&mut messages, from) => {
                    let message = "Messages come too fast.".to_owned();
                    let told = Notice::Error { code: "too_many_messages", message }.to_json();
                    drop(timeout(CLOSING, socket.send(Message::text(told))).await);
                    return Some(CloseReason::TooMany);
                }
                Some(Ok(Message::Text(asked))) => match answer(&asked, room, &mut feed, &mut asking).await {
                    Some(notice) => notice.to_json().into(),
                    None => continue,
                },
                Some(Ok(Message::Close(_))) => {
                    answer_close(socket).await;
                    return None;
                }
                None => return None,
                Some(Err(error)) => return CloseReason::of_failed_read(error.into_inner().as_ref()),
                Some(Ok(_)) => continue,
            },
            () = &mut expired => return Some(CloseReason::Unauthorized),
            () = draining.cancelled() => {
                // What is published is still sent: the feed knows it, though its turn may not have come.
                while let Some(Ok(item)) = feed.next().now_or_never() {
                    let sent = timeout(CLOSING, socket.send(Message::Text(text(&item.body)?))).await;
                    if !matches!(sent, Ok(Ok(()))) {
                        break;
                    }
                }
                let drain = Notice::Drain { retry_ms: RETRY_MS }.to_json();
                drop(timeout(CLOSING, socket.send(Message::text(drain))).await);
                return Some(CloseReason::Draining);
            }
        };
        match timeout(patience, socket.send(Message::Text(message))).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return None,
            Err(_) => return Some(CloseReason::SlowViewer),
        }
    }
}

async fn answer(text: &str, room: &Arc<Room>, feed: &mut Feed, asking: &mut Asking) -> Option<Notice> {
    let bad = |message: &str| Some(Notice::Error { code: "bad_request", message: message.to_owned() });
    match serde_json::from_str(text) {
        Ok(ViewerMessage::Ping) => Some(Notice::Pong),
        Ok(ViewerMessage::Lang { lang }) => {
            let Ok(lang) = Lang::parse(&lang) else { return bad("That is not a language tag.") };
            let Market { currency, habits } = feed.market();
            let in_region = lang.region().map(|_| Habits::of_reader(None, Some(&lang), None, None));
            let wish = Wish {
                lang: served(room, &lang),
                currency: Some(currency),
                habits: in_region.unwrap_or(habits),
                from: None,
                country: feed.country(),
            };
            *feed = Feed::open(room, wish).await;
            None
        }
        Ok(ViewerMessage::Ask(body)) => {
            let notice = asking.ask(body, feed.lang().clone()).await;
            if let Notice::Refused { code, .. } = &notice {
                room.engines.doors.refused(What::Viewer, code);
            }
            Some(notice)
        }
        Ok(ViewerMessage::Follow { ids }) => match asking.follow(ids).await {
            true => None,
            false => bad("More inquiries than one connection may follow."),
        },
        Err(_) => bad("The message was not understood."),
    }
}

fn text(body: &bytes::Bytes) -> Option<Utf8Bytes> {
    // Ours, and UTF-8; the conversion shares the bytes.
    Utf8Bytes::try_from(body.clone()).ok()
}

async fn close(mut socket: WebSocket, reason: CloseReason) {
    let frame = CloseFrame { code: reason.code(), reason: Utf8Bytes::from_static(reason.word()) };
    drop(timeout(CLOSING, socket.send(Message::Close(Some(frame)))).await);
    answer_close(&mut socket).await;
    if reason.breaks_off() {
        tokio::time::sleep(LINGER).await;
    }
}

/// Reads to the end: the client's answer, so that the code is not lost in a reset; and what answers its own close frame is sent
/// by the next read.
async fn answer_close(socket: &mut WebSocket) {
    let answered = async { while let Some(Ok(_)) = socket.recv().await {} };
    drop(timeout(CLOSING, answered).await);
}

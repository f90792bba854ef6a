//! A viewer's WebSocket: its own task, which sleeps while the viewer is up with the show and says nothing.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::{OnUpgrade, Upgraded};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::asking::Asking;
use super::feed::Feed;
use super::hall::{Halls, Place};
use super::seat::{Attention, Seat};
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

/// Somebody who was let in.
pub struct Viewer {
    pub room: Arc<Room>,
    pub wish: Wish,
    pub from: IpAddr,
    pub leave: Leave,
    pub halls: Arc<Halls>,
}

/// What a request brings that is to become a WebSocket.
pub struct Handshake {
    pub halls: Arc<Halls>,
    /// Checked by axum, with the connection itself, of which axum would make a socket with buffers of its own; or the refusal.
    pub checked: Result<(WebSocketUpgrade, OnUpgrade), Box<Response>>,
}

impl<S: Send + Sync> FromRequestParts<S> for Handshake {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let halls = parts.extensions.get::<Arc<Halls>>().cloned().unwrap_or_default();
        // Before axum's extractor, which takes it out.
        let connection = parts.extensions.get::<OnUpgrade>().cloned();
        let checked = match (WebSocketUpgrade::from_request_parts(parts, state).await, connection) {
            (Ok(upgrade), Some(connection)) => Ok((upgrade, connection)),
            (Ok(_), None) => Err(Box::new(StatusCode::UPGRADE_REQUIRED.into_response())),
            (Err(rejection), _) => Err(Box::new(rejection.into_response())),
        };
        Ok(Self { halls, checked })
    }
}

/// Makes the connection a WebSocket, and `task` what is done with it.
pub fn upgrade<T: Future<Output = ()> + Send + 'static>(
    headers: &HeaderMap,
    protocol: Option<&HeaderValue>,
    upgraded: OnUpgrade,
    task: impl FnOnce(Upgraded) -> T + Send + 'static,
) -> Response {
    let key = headers.get(header::SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes).unwrap_or_default();
    crate::spawn("viewer", async move {
        if let Ok(io) = upgraded.await {
            task(io).await;
        }
    });
    let mut answer = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::try_from(derive_accept_key(key)) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    if let Some(protocol) = protocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol.clone());
    }
    answer
}

pub async fn serve(io: Upgraded, viewer: Box<Viewer>) {
    let seat = Seat::new(io);
    let doors = Arc::clone(&viewer.room.engines.doors);
    let reason = attend(&seat, viewer).await;
    seat.leave();
    if let Some(reason) = reason {
        if reason != CloseReason::Draining {
            doors.refused(What::Viewer, reason.word());
        }
        Box::pin(close(&seat, reason)).await;
    }
}

pub async fn refuse(io: Upgraded, reason: CloseReason) {
    close(&Seat::new(io), reason).await;
}

/// Sends what comes until the viewer leaves (none) or is to be closed.
async fn attend(seat: &Arc<Seat>, viewer: Box<Viewer>) -> Option<CloseReason> {
    let Viewer { room, wish, from, leave, halls } = *viewer;
    let patience = room.engines.config.limits.slow_viewer;
    let draining = room.engines.draining.clone();
    let mut expired = leave.access.ended();
    let mut asking = Asking::new(&room, from);
    let mut messages = Allowance::default();
    // What is rare is on the heap while it lasts: most of a viewer's life is spent waiting below.
    let entering = Box::pin(enter(seat, &room, wish, &halls));
    let Some(mut place) = draining.run_until_cancelled(entering).await else {
        return Some(CloseReason::Draining);
    };
    loop {
        if !settled(seat, patience).await.ok()? {
            return Some(CloseReason::SlowViewer);
        }
        match seat.catch_up() {
            Ok(true) => continue,
            Ok(false) => {}
            Err(_) => return Some(CloseReason::SlowViewer),
        }
        let said = tokio::select! {
            attention = seat.attention() => match attention {
                Attention::Called => continue,
                Attention::Said(said) => said,
            },
            notice = asking.next() => {
                seat.say(notice.to_json());
                continue;
            }
            () = &mut expired => return Some(CloseReason::Unauthorized),
            () = draining.cancelled() => {
                Box::pin(drain(seat)).await;
                return Some(CloseReason::Draining);
            }
        };
        match said {
            Ok(_) if !room.engines.doors.viewer_message(&mut messages, from) => {
                let message = "Messages come too fast.".to_owned();
                seat.say(Notice::Error { code: "too_many_messages", message }.to_json());
                return Some(CloseReason::TooMany);
            }
            Ok(Message::Text(said)) => match Box::pin(answer(&said, &room, seat, &mut asking)).await {
                Answer::Notice(notice) => seat.say(notice.to_json()),
                Answer::Elsewhere(wish) => {
                    drop(place);
                    place = Box::pin(enter(seat, &room, *wish, &halls)).await;
                }
                Answer::Nothing => {}
            },
            Ok(Message::Close(_)) => {
                Box::pin(answer_close(seat)).await;
                return None;
            }
            Ok(_) => {}
            Err(error) => return CloseReason::of_failed_read(&error),
        }
    }
}

/// Joins a language, and takes a place among those who watch it.
async fn enter(seat: &Arc<Seat>, room: &Arc<Room>, wish: Wish, halls: &Halls) -> Place {
    let (feed, (opening, live)) = Feed::open(room, wish).await;
    drop(live);
    let hall = halls.of(&room.config.id, feed.topic());
    seat.enter(feed, opening);
    let place = hall.place(seat);
    seat.look_back();
    place
}

/// Writes what waits. False if one piece of it takes longer than `patience`.
async fn settled(seat: &Seat, patience: Duration) -> std::io::Result<bool> {
    while !seat.is_settled() {
        // Mostly there is room; else a timer is worth its bytes.
        let written = poll_fn(|cx| Poll::Ready(seat.poll_write_some(cx))).await;
        let in_time = match written {
            Poll::Ready(written) => Ok(written),
            Poll::Pending => Box::pin(timeout(patience, seat.write_some())).await,
        };
        let Ok(written) = in_time else { return Ok(false) };
        written?;
    }
    Ok(true)
}

/// What is published is still sent, though its turn may not have come, and that the viewer is to come back.
async fn drain(seat: &Seat) {
    while seat.catch_up_with_all() == Ok(true) {
        if !matches!(settled(seat, CLOSING).await, Ok(true)) {
            return;
        }
    }
    seat.say(Notice::Drain { retry_ms: RETRY_MS }.to_json());
    drop(settled(seat, CLOSING).await);
}

/// What the viewer's words lead to.
enum Answer {
    Notice(Box<Notice>),
    /// It goes on in another language.
    Elsewhere(Box<Wish>),
    Nothing,
}

async fn answer(text: &str, room: &Arc<Room>, seat: &Seat, asking: &mut Asking) -> Answer {
    let told = |notice: Notice| Answer::Notice(Box::new(notice));
    let bad = |message: &str| told(Notice::Error { code: "bad_request", message: message.to_owned() });
    let Some((own, market, country)) =
        seat.with_feed(|feed| (feed.lang().clone(), feed.market(), feed.country()))
    else {
        return Answer::Nothing;
    };
    match serde_json::from_str(text) {
        Ok(ViewerMessage::Ping) => told(Notice::Pong),
        Ok(ViewerMessage::Lang { lang }) => {
            let Ok(lang) = Lang::parse(&lang) else { return bad("That is not a language tag.") };
            let Market { currency, habits } = market;
            let in_region = lang.region().map(|_| Habits::of_reader(None, Some(&lang), None, None));
            Answer::Elsewhere(Box::new(Wish {
                lang: served(room, &lang),
                currency: Some(currency),
                habits: in_region.unwrap_or(habits),
                from: None,
                country,
            }))
        }
        Ok(ViewerMessage::Ask(body)) => {
            let notice = asking.ask(body, own).await;
            if let Notice::Refused { code, .. } = &notice {
                room.engines.doors.refused(What::Viewer, code);
            }
            told(notice)
        }
        Ok(ViewerMessage::Follow { ids }) => match asking.follow(ids).await {
            true => Answer::Nothing,
            false => bad("More inquiries than one connection may follow."),
        },
        Err(_) => bad("The message was not understood."),
    }
}

async fn close(seat: &Seat, reason: CloseReason) {
    let reading = Utf8Bytes::from_static(reason.word());
    seat.close(CloseFrame { code: reason.code().into(), reason: reading });
    drop(timeout(CLOSING, settled(seat, CLOSING)).await);
    answer_close(seat).await;
    if reason.breaks_off() {
        tokio::time::sleep(LINGER).await;
    }
}

/// Reads to the end: the client's answer, so that the code is not lost in a reset; and what answers its own close frame is written.
async fn answer_close(seat: &Seat) {
    let answered = async {
        loop {
            if !settled(seat, CLOSING).await.unwrap_or(false) || seat.hear().await.is_err() {
                return drop(settled(seat, CLOSING).await);
            }
        }
    };
    drop(timeout(CLOSING, answered).await);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ten_thousand_viewers_have_each_stays_small() {
        fn of<A, B, T>(_: fn(A, B) -> T) -> usize {
            size_of::<T>()
        }
        // 10,000 viewers with 9 KB each: a task may be a ninth of it, and is 976 bytes. A future that is awaited without a box
        // makes it several times as large.
        let task = of::<Upgraded, Box<Viewer>, _>(serve);
        assert!(task <= 1_000, "{task} bytes");
        let seat = size_of::<Seat>();
        assert!(seat < 450, "{seat} bytes");
    }
}

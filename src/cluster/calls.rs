//! Requests that only a room's owner can answer, and their answers, in pieces that a server takes.
//!
//! A request travels to `tw.call.ROOM` as one or more messages of the same id, the head in the first. The answer comes to an
//! inbox of who asked: a head, pieces of the body, an end. After every few pieces the owner waits until they are taken, which
//! who asked says at `tw.taken.ID`: an answer may be long, and a page's live view has no end.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::{HeaderMap, Message, StatusCode, Subscriber};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::{Nats, PATIENCE, unreachable, word};
use crate::domain::RoomId;
use crate::protocol::nodes::{AnswerHead, CallHead};
use crate::publish::{Answer, Call, Incoming, Piece, Unreachable};

/// Bytes of a piece: a quarter of what a server takes by default.
const PIECE: usize = 256 * 1024;
/// Pieces on their way that nobody has taken yet.
const AHEAD: usize = 8;
/// Longest until an answer begins: an export may wait eight seconds for translations.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Longest between two pieces, and until a piece is taken.
const SILENCE: Duration = Duration::from_secs(60);
/// Requests whose body is still coming, and how long they may take.
const MOST_COMING: usize = 64;
const COMING: Duration = Duration::from_secs(20);
/// Largest body of a request: a picture.
const LARGEST_BODY: usize = 16 << 20;
/// Requests of other nodes that may wait here.
const WAITING: usize = 64;

/// What a message is: the name of a header, and its values.
const PART: &str = "Tw-Part";
const ID: &str = "Tw-Id";

pub async fn ask(nats: &Nats, room: &RoomId, call: Call) -> Result<Answer, Unreachable> {
    nats.streams()?;
    let id = hex::encode(rand::random::<[u8; 12]>());
    let inbox = nats.client.new_inbox();
    let mut answers = nats.client.subscribe(inbox.clone()).await.map_err(unreachable)?;
    let subject = format!("tw.call.{}", word(room));
    let head = serde_json::to_vec(&call.head).map_err(unreachable)?;
    send(nats, &subject, Some(&inbox), &id, "head", head.into()).await?;
    for piece in call.body.chunks(PIECE) {
        send(nats, &subject, Some(&inbox), &id, "data", call.body.slice_ref(piece)).await?;
    }
    send(nats, &subject, Some(&inbox), &id, "end", Bytes::new()).await?;
    let first = timeout(ANSWER_WITHIN, answers.next()).await;
    let first = first.map_err(|_| Unreachable("the room's owner does not answer".into()))?;
    let first = first.ok_or_else(|| Unreachable("no connection to NATS".into()))?;
    if first.status == Some(StatusCode::NO_RESPONDERS) {
        return Err(Unreachable("no node owns the room".into()));
    }
    let head: AnswerHead = serde_json::from_slice(&first.payload).map_err(unreachable)?;
    let (sender, body) = mpsc::channel(AHEAD);
    let taken = Taken { client: nats.client.clone(), subject: format!("tw.taken.{id}") };
    crate::spawn("answer of another node", take(answers, sender, taken));
    Ok(Answer { head, body })
}

/// Says what has been taken.
struct Taken {
    client: async_nats::Client,
    subject: String,
}

async fn take(mut answers: Subscriber, sender: mpsc::Sender<Result<Bytes, Unreachable>>, taken: Taken) {
    loop {
        let next = tokio::select! {
            next = timeout(SILENCE, answers.next()) => next,
            // Nobody wants the rest: the owner hears nothing more of it.
            () = sender.closed() => return,
        };
        let cut = || Err(Unreachable("the answer broke off".into()));
        let piece = match next {
            Ok(Some(message)) => match part(&message) {
                Some("end") => return,
                Some("data") => Ok(message.payload),
                _ => cut(),
            },
            Ok(None) | Err(_) => cut(),
        };
        let broken = piece.is_err();
        if sender.send(piece).await.is_err() || broken {
            return;
        }
        let told = taken.client.publish(taken.subject.clone(), Bytes::new());
        drop(timeout(PATIENCE, told).await);
    }
}

/// Everything that is asked about the room from now on.
pub async fn serve(nats: &Nats, room: &RoomId) -> mpsc::Receiver<Incoming> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let Ok(asked) = nats.client.subscribe(format!("tw.call.{}", word(room))).await else { return receiver };
    crate::spawn("calls of nodes", gather(nats.client.clone(), asked, sender));
    receiver
}

struct Coming {
    head: CallHead,
    body: BytesMut,
    since: Instant,
}

async fn gather(client: async_nats::Client, mut asked: Subscriber, sender: mpsc::Sender<Incoming>) {
    let mut coming: HashMap<String, Coming> = HashMap::new();
    loop {
        let message = tokio::select! {
            message = asked.next() => message,
            // This node owns the room no more.
            () = sender.closed() => return,
        };
        let Some(message) = message else { return };
        coming.retain(|_, call| call.since.elapsed() < COMING);
        let id =
            message.headers.as_ref().and_then(|headers| headers.get(ID)).map(|id| id.as_str().to_owned());
        let (Some(id), Some(part), Some(inbox)) = (id, part(&message), message.reply.clone()) else {
            continue;
        };
        match part {
            "head" if coming.len() < MOST_COMING => {
                if let Ok(head) = serde_json::from_slice(&message.payload) {
                    coming.insert(id, Coming { head, body: BytesMut::new(), since: Instant::now() });
                }
            }
            "data" => {
                let whole = coming.get(&id).map_or(0, |call| call.body.len()) + message.payload.len();
                if whole > LARGEST_BODY {
                    coming.remove(&id);
                } else if let Some(call) = coming.get_mut(&id) {
                    call.body.extend_from_slice(&message.payload);
                }
            }
            "end" => {
                let Some(Coming { head, body, .. }) = coming.remove(&id) else { continue };
                let (answer, pieces) = mpsc::channel(2);
                let incoming = Incoming { call: Call { head, body: body.freeze() }, answer };
                if sender.try_send(incoming).is_err() {
                    // Who asked waits in vain, and is told so by its own time limit.
                    tracing::warn!("more requests of other nodes than can be answered");
                    continue;
                }
                crate::spawn("answer to another node", reply(client.clone(), id, inbox.to_string(), pieces));
            }
            _ => {}
        }
    }
}

async fn reply(client: async_nats::Client, id: String, inbox: String, mut pieces: mpsc::Receiver<Piece>) {
    let Ok(mut taken) = client.subscribe(format!("tw.taken.{id}")).await else { return };
    let mut ahead = 0;
    while let Some(piece) = pieces.recv().await {
        let (part, payload) = match piece {
            Piece::Head(head) => ("head", serde_json::to_vec(&head).unwrap_or_default().into()),
            Piece::Body(bytes) => {
                for piece in bytes.chunks(PIECE) {
                    if ahead == AHEAD {
                        if !matches!(timeout(SILENCE, taken.next()).await, Ok(Some(_))) {
                            return;
                        }
                        ahead -= 1;
                    }
                    if publish(&client, &inbox, None, &id, "data", bytes.slice_ref(piece)).await.is_err() {
                        return;
                    }
                    ahead += 1;
                }
                continue;
            }
            Piece::End => ("end", Bytes::new()),
        };
        if publish(&client, &inbox, None, &id, part, payload).await.is_err() || part == "end" {
            return;
        }
    }
    drop(publish(&client, &inbox, None, &id, "cut", Bytes::new()).await);
}

async fn send(
    nats: &Nats,
    subject: &str,
    inbox: Option<&str>,
    id: &str,
    part: &str,
    payload: Bytes,
) -> Result<(), Unreachable> {
    publish(&nats.client, subject, inbox, id, part, payload).await
}

async fn publish(
    client: &async_nats::Client,
    subject: &str,
    inbox: Option<&str>,
    id: &str,
    part: &str,
    payload: Bytes,
) -> Result<(), Unreachable> {
    let mut headers = HeaderMap::new();
    headers.insert(ID, id);
    headers.insert(PART, part);
    let subject = subject.to_owned();
    let sent = async {
        match inbox {
            Some(inbox) => {
                client.publish_with_reply_and_headers(subject, inbox.to_owned(), headers, payload).await
            }
            None => client.publish_with_headers(subject, headers, payload).await,
        }
    };
    let sent = timeout(PATIENCE, sent).await;
    sent.map_err(|_| Unreachable("no connection to NATS".into()))?.map_err(unreachable)
}

fn part(message: &Message) -> Option<&str> {
    message.headers.as_ref()?.get(PART).map(|part| part.as_str())
}

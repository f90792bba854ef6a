//! A viewer who comes back with its place whenever its connection breaks.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::peer::{Peer, Stream};
use crate::show::{offset, text};

/// Between two tries while nobody answers.
const AGAIN: Duration = Duration::from_millis(30);

#[derive(Debug, Clone, Copy)]
pub enum Way {
    Socket,
    Events,
}

/// A connection of either kind.
enum Line {
    Socket(Peer),
    Events(Stream),
}

/// Reads until the show has ended: every event that has an offset, as it came.
pub async fn follow(lang: &'static str, way: Way, address: watch::Receiver<SocketAddr>) -> Vec<Value> {
    let mut read: Vec<Value> = Vec::new();
    loop {
        let at = *address.borrow();
        let Some(mut line) = Line::open(at, lang, way, read.last()).await else {
            tokio::time::sleep(AGAIN).await;
            continue;
        };
        let Some(hello) = line.next().await else { continue };
        assert_eq!(hello["type"], "hello");
        if let Some(last) = read.last() {
            assert_eq!(hello["recovered"], true, "what was read is not known any more: {hello} after {last}");
            assert_eq!((&hello["epoch"], offset(&hello)), (&last["epoch"], offset(last)));
        }
        while let Some(mut message) = line.next().await {
            if message["type"] != "hello" && message["offset"].is_u64() {
                let ended = message["type"] == "ended";
                // It may have come when the show had begun.
                message.as_object_mut().unwrap().remove("snapshot");
                read.push(message);
                if ended {
                    return read;
                }
            }
        }
    }
}

impl Line {
    async fn open(address: SocketAddr, lang: &str, way: Way, last: Option<&Value>) -> Option<Self> {
        let path = format!("/v1/rooms/r0/live?lang={lang}");
        match way {
            Way::Socket => {
                let place =
                    last.map(|last| format!("&epoch={}&offset={}", text(last, "epoch"), offset(last)));
                let url = format!("ws://{address}{path}{}", place.unwrap_or_default());
                Peer::try_open(url).await.ok().map(Self::Socket)
            }
            Way::Events => {
                let id = last.map(|last| format!("{}:{}", text(last, "epoch"), offset(last)));
                Stream::try_open(address, &path, id.as_deref()).await.ok().map(Self::Events)
            }
        }
    }

    async fn next(&mut self) -> Option<Value> {
        match self {
            Self::Socket(peer) => peer.next_if_open().await,
            Self::Events(stream) => {
                let event = stream.next_if_open().await?;
                if let Some(id) = &event.id {
                    let place = json!([event.data["epoch"], event.data["offset"].to_string()]);
                    let (epoch, offset) = id.split_once(':').unwrap();
                    assert_eq!(place, json!([epoch, offset]));
                }
                Some(event.data)
            }
        }
    }
}

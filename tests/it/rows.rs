//! Many viewers of one language: they sit on several rows, and nobody gets an event twice or misses one, whatever the others do.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use serde_json::Value;
use tokio::net::TcpSocket;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::gateway::{self, Gateway, Room};
use crate::peer::Peer;
use crate::process::Process;
use crate::show::{assert_unbroken, offset, offsets};

/// More than one row holds, where there is more than one core.
const VIEWERS: usize = 300;
const EVENTS: u64 = 60;

#[test]
fn on_several_rows_each_viewer_gets_each_event_once_while_others_come_and_go_and_change_their_language() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut steady = Vec::new();
        for _ in 0..VIEWERS {
            let mut viewer = room.viewer("es").await;
            assert_eq!(offset(&viewer.next().await), 0);
            steady.push(viewer);
        }
        let publish = async {
            for event in 0..EVENTS {
                room.pin(["HY-500", "HY-J20"][event as usize % 2]).await;
            }
        };
        tokio::join!(publish, wander(&room), come_and_go(&room));
        let all = join_all(steady.iter_mut().map(|viewer| viewer.until(|m| offset(m) == EVENTS))).await;
        for seen in &all {
            assert_eq!(seen, &all[0], "the same for everybody");
        }
        assert_unbroken(&offsets(&all[0]), 0);
    });
}

/// Goes from one language to the other; after each greeting the events follow each other.
async fn wander(room: &Room) {
    let mut viewer = room.viewer("es").await;
    let mut at = offset(&viewer.next().await);
    for lang in ["ru", "es", "ru", "ru", "es", "ru"] {
        viewer.say(&format!(r#"{{"type":"lang","lang":"{lang}"}}"#)).await;
        loop {
            let message: Value = viewer.next().await;
            if message["type"] == "hello" {
                at = offset(&message);
                assert_eq!(message["lang"], lang);
                break;
            }
            assert_eq!(offset(&message), at + 1, "{message}");
            at += 1;
        }
    }
    while at < EVENTS {
        let message = viewer.next().await;
        assert_eq!(offset(&message), at + 1, "{message}");
        at += 1;
    }
}

async fn come_and_go(room: &Room) {
    for _ in 0..20 {
        let mut come = join_all((0..5).map(|_| room.viewer("es"))).await;
        for viewer in &mut come {
            let hello = viewer.next().await;
            assert_unbroken(&offsets(&viewer.waiting()), offset(&hello));
        }
        come.into_iter().for_each(Peer::cut);
    }
}

/// Cards that are published before it is looked at again whether the slow viewer's socket takes more.
const STEP: u64 = 50;

#[test]
fn a_viewer_who_stops_reading_and_goes_on_in_time_has_missed_nothing() {
    gateway::run(async {
        // The program itself: it bounds what the system keeps for each connection.
        let mut process = Process::new("[limits]\nslow_viewer_ms = 60000");
        let room = process.start().await;
        let mut reader = room.viewer("es").await;
        assert_eq!(offset(&reader.next().await), 0);
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(65_536).unwrap();
        let stream = socket.connect(room.address).await.unwrap();
        let ours = stream.local_addr().unwrap().port();
        let live = format!("ws://{}/v1/rooms/{}/live?lang=es", room.address, room.name);
        let mut slow = client_async(live, stream).await.unwrap().0;
        // Until the system takes no more for it: then the rest is put off, and is still in the ring.
        let (mut held, mut published) = (0, Vec::<Value>::new());
        loop {
            for _ in 0..STEP {
                room.pin("HY-500").await;
                room.unpin().await;
            }
            let last = published.len() as u64 + 2 * STEP;
            let more = reader.until(|m| offset(m) == last).await;
            let bytes: usize = more.iter().map(|message| message.to_string().len()).sum();
            published.extend(more);
            let now = held_by_the_system(ours);
            if now < held + bytes / 2 {
                break;
            }
            held = now;
            assert!(published.len() < 10_000, "its socket takes anything: {held} bytes");
        }
        let mut seen = Vec::new();
        while seen.len() < published.len() {
            let next =
                tokio::time::timeout(Duration::from_secs(20), slow.next()).await.expect("nothing more came");
            let Some(Ok(Message::Text(text))) = next else { panic!("not a message: {next:?}") };
            let message: Value = serde_json::from_str(&text).unwrap();
            if message["type"] != "hello" {
                seen.push(message);
            }
        }
        assert_eq!(seen, published);
    });
}

/// Bytes on their way between two sockets of this machine, one of which has this port.
fn held_by_the_system(port: u16) -> usize {
    let port = format!(":{port:04X}");
    let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let of_ours = sockets
        .lines()
        .filter(|line| line.split_whitespace().skip(1).take(2).any(|end| end.ends_with(&port)));
    let queues = of_ours.flat_map(|line| line.split_whitespace().nth(4).unwrap().split(':'));
    queues.map(|bytes| usize::from_str_radix(bytes, 16).unwrap()).sum()
}

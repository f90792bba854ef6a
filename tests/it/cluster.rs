//! Nodes that find each other through a real nats-server: what is said at one is read at all, whoever is killed or cut off.

mod far;
mod network;
mod nodes;

use std::time::Duration;

use serde_json::{Value, json};

use crate::gateway::{self, Room};
use crate::peer::Peer;
use crate::show::{assert_unbroken, is_final, is_of, offset, offsets, text};
use crate::sound::{THERMOS_FIRST, tour};
use crate::talk::Asks;
use nodes::{Nats, cluster_state, joined, until};

const PRODUCTS: [&str; 5] = ["HY-500", "HY-J20", "HY-L80", "HY-B35", "HY-C10"];

/// A viewer's events and its place, whatever node it is at.
struct Reader {
    lang: &'static str,
    peer: Peer,
    epoch: String,
    read: Vec<Value>,
}

impl Reader {
    async fn at(room: &Room, lang: &'static str) -> Self {
        let mut peer = room.viewer(lang).await;
        let hello = peer.next().await;
        Self { lang, peer, epoch: text(&hello, "epoch").to_owned(), read: Vec::new() }
    }

    /// Goes on at another node, or at the same again.
    async fn moves_to(&mut self, room: &Room) {
        let last = self.read.last().map_or(0, offset);
        let place = format!("&epoch={}&offset={last}", self.epoch);
        let before = std::mem::replace(&mut self.peer, room.viewer_at(self.lang, &place).await);
        before.cut();
        let hello = self.peer.next().await;
        assert_eq!((&hello["recovered"], offset(&hello)), (&json!(true), last), "{hello}");
        assert_eq!(hello["epoch"], self.epoch.as_str());
    }

    /// Reads until the event of which `is_last` holds; what is not part of the show is passed over.
    async fn until(&mut self, is_last: impl Fn(&Value) -> bool) {
        loop {
            let mut message = self.peer.next().await;
            assert_ne!(message["type"], "hello", "greeted anew: {message} after {:?}", self.read.last());
            if message["offset"].is_u64() {
                message.as_object_mut().unwrap().remove("snapshot");
                let done = is_last(&message);
                self.read.push(message);
                if done {
                    return;
                }
            }
        }
    }

    fn check(&self) {
        assert_unbroken(&offsets(&self.read), 0);
    }
}

fn is_pin_of(sku: &str) -> impl Fn(&Value) -> bool {
    move |message| message["action"] == "pin" && message["sku"] == sku
}

#[test]
fn what_is_said_at_the_origin_is_read_at_the_edges_and_a_viewer_moves_between_them() {
    gateway::run(async {
        let _turn = gateway::speaking().await;
        let nats = Nats::start().await;
        let (_origin, at_origin) = nats.node("origin", "origin").await;
        let (_edge_a, at_a) = nats.node("edge.a", "edge").await;
        let (_edge_b, at_b) = nats.node("edge.b", "edge").await;
        for room in [&at_origin, &at_a, &at_b] {
            joined(room).await;
        }
        // In a language that nobody watches at the origin, which serves no viewers at all.
        let mut moving = Reader::at(&at_a, "pt-BR").await;
        let mut staying = Reader::at(&at_b, "pt-BR").await;
        let mut other = Reader::at(&at_b, "ru").await;
        let mut host = at_origin.speaker().await;
        host.speak_at_once(&tour(THERMOS_FIRST)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        moving.until(is_final).await;
        assert_ne!(text(&moving.read[0], "engine"), "source", "it was translated: {:?}", moving.read);
        let (_, code) = host.rest().await;
        assert_eq!(code, Some(1000));
        at_origin.pin(PRODUCTS[0]).await;
        moving.until(is_pin_of(PRODUCTS[0])).await;
        at_origin.pin(PRODUCTS[1]).await;
        at_origin.pin(PRODUCTS[2]).await;
        moving.moves_to(&at_b).await;
        moving.until(is_pin_of(PRODUCTS[2])).await;
        staying.until(is_pin_of(PRODUCTS[2])).await;
        other.until(is_pin_of(PRODUCTS[2])).await;
        for reader in [&moving, &staying, &other] {
            reader.check();
        }
        assert_eq!(moving.read, staying.read, "the same, event by event");
        assert_eq!(offsets(&other.read), offsets(&staying.read));
        let viewers =
            || async { crate::peer::http(at_origin.address, "GET", "/metrics", &[], "").await.body };
        // The origin knows who watches elsewhere.
        until("two are counted", || async { viewers().await.contains("lang=\"pt-BR\"} 2\n") }).await;
        // What a node does not do it says.
        assert_eq!(at_origin.viewer("es").await.rest().await.1, Some(4403));
        assert_eq!(at_a.speaker().await.rest().await.1, Some(4403));
        moving.peer.cut();
        staying.peer.cut();
        until("nobody reads Portuguese any more", || async {
            !viewers()
                .await
                .lines()
                .any(|line| line.starts_with("tradewind_viewers{") && line.contains("pt-BR"))
        })
        .await;
    });
}

/// The servers are away for so long while the show goes on.
async fn away(time: Duration) {
    let mut nats = Nats::start().await;
    let (_origin, at_origin) = nats.node("origin", "both").await;
    let (_edge, at_edge) = nats.node("edge", "edge").await;
    joined(&at_origin).await;
    joined(&at_edge).await;
    let mut here = Reader::at(&at_origin, "es").await;
    let mut there = Reader::at(&at_edge, "es").await;
    at_origin.pin(PRODUCTS[0]).await;
    here.until(is_pin_of(PRODUCTS[0])).await;
    there.until(is_pin_of(PRODUCTS[0])).await;
    nats.stop();
    until("the edge says so", || async { cluster_state(&at_edge).await["state"] == "degraded" }).await;
    let begun = std::time::Instant::now();
    let mut round = 0;
    while begun.elapsed() < time {
        let sku = PRODUCTS[1 + round % 4];
        at_origin.pin(sku).await;
        here.until(is_pin_of(sku)).await;
        round += 1;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    at_origin.unpin().await;
    here.until(|m| m["action"] == "unpin").await;
    // Whoever asks meanwhile is told to come again.
    let refused = at_edge.post("inquiries", r#"{"text":"How much?"}"#).await;
    assert_eq!((refused.status, &refused.json()["code"]), (503, &json!("unavailable")));
    nats.start_again().await;
    there.until(|m| m["action"] == "unpin").await;
    assert_eq!(here.read, there.read);
    here.check();
    until("all is well again", || async { cluster_state(&at_edge).await["state"] == "ready" }).await;
    assert_eq!(at_edge.post("inquiries", r#"{"text":"How much?"}"#).await.status, 201);
}

#[test]
fn while_the_servers_are_away_the_origins_viewers_read_on_and_everything_final_arrives_after() {
    gateway::run(away(Duration::from_secs(4)));
}

#[test]
#[ignore = "make test-cluster"]
fn the_servers_are_away_for_twenty_seconds() {
    gateway::run(away(Duration::from_secs(20)));
}

#[test]
fn viewers_of_an_edge_that_is_killed_go_on_at_another() {
    gateway::run(async {
        let nats = Nats::start().await;
        let (_origin, at_origin) = nats.node("origin", "both").await;
        let (mut edge_a, at_a) = nats.node("edge.a", "edge").await;
        let (_edge_b, at_b) = nats.node("edge.b", "edge").await;
        for room in [&at_origin, &at_a, &at_b] {
            joined(room).await;
        }
        let mut readers = [Reader::at(&at_a, "ar").await, Reader::at(&at_a, "ar").await];
        for sku in &PRODUCTS[..3] {
            at_origin.pin(sku).await;
        }
        readers[0].until(is_pin_of(PRODUCTS[2])).await;
        // The second has read less than there is.
        readers[1].until(is_pin_of(PRODUCTS[0])).await;
        edge_a.kill();
        at_origin.pin(PRODUCTS[3]).await;
        for reader in &mut readers {
            reader.moves_to(&at_b).await;
            reader.until(is_pin_of(PRODUCTS[3])).await;
            reader.check();
        }
        assert_eq!(readers[0].read, readers[1].read);
    });
}

#[test]
fn what_only_the_owner_can_do_is_done_through_an_edge() {
    gateway::run(async {
        let nats = Nats::start().await;
        let (_origin, at_origin) = nats.node("origin", "both").await;
        let (_edge, at_edge) = nats.node("edge", "edge").await;
        joined(&at_origin).await;
        joined(&at_edge).await;
        // The operator at the edge: pins, products, an export, and the live view of the console.
        at_edge.pin(PRODUCTS[0]).await;
        assert_eq!(at_origin.get("").await.json()["pinned"], PRODUCTS[0]);
        assert_eq!(at_edge.get("").await.json(), at_origin.get("").await.json());
        // In more pieces than one.
        let long = json!({ "sku": PRODUCTS[1], "remark": "x".repeat(700_000) }).to_string();
        assert_eq!(at_edge.post("pin", &long).await.status, 204);
        assert_eq!(at_origin.get("").await.json()["pinned"], PRODUCTS[1]);
        at_edge.pin(PRODUCTS[0]).await;
        let unknown = at_edge.post("pin", r#"{"sku":"NO-1"}"#).await;
        assert_eq!((unknown.status, &unknown.json()["code"]), (404, &json!("no_such_product")));
        assert_eq!(at_edge.get("/captions.json?lang=es").await.status, 200);
        let path = "/v1/rooms/r0/console";
        let mut console = crate::peer::Stream::open(at_edge.address, path, None).await;
        let state = console.until(is_of("state")).await.pop().unwrap();
        assert_eq!(state.data["pinned"], PRODUCTS[0]);

        // A shopper at the edge asks over the socket, and is answered there.
        let mut shopper = at_edge.viewer("en").await;
        assert_eq!(shopper.next().await["type"], "hello");
        let question = json!({ "text": "How long does it take?", "client_id": "0123456789abcdef-1" });
        let taken = shopper.ask(question.clone()).await;
        assert_eq!(
            (&taken["state"], &taken["client_id"]),
            (&json!("received"), &json!("0123456789abcdef-1"))
        );
        let asked = console.until(is_of("inquiry")).await.pop().unwrap();
        assert_eq!(asked.data["inquiry"]["text"], "How long does it take?");
        let id = text(&taken, "id").to_owned();
        let answer = at_edge.post(&format!("inquiries/{id}/answer"), r#"{"text":"七天内发货"}"#).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let brought = shopper.until(is_of("inquiry")).await.pop().unwrap();
        assert_eq!((&brought["id"], &brought["state"]), (&json!(id), &json!("answered")));
        assert_eq!(brought["answer"], "Shipped within 7 days.");
        // Asked again under its name it is the same; followed from another connection it is known.
        let again = shopper.ask(question).await;
        assert_eq!(again["id"], id.as_str());
        let mut other = at_edge.viewer("en").await;
        other.say(&json!({ "type": "follow", "ids": [id, "0".repeat(32)] }).to_string()).await;
        assert_eq!(other.until(is_of("inquiry")).await.pop().unwrap()["state"], "answered");
        assert_eq!(other.until(is_of("inquiry")).await.pop().unwrap()["state"], "unknown");
        let refused = shopper.ask(json!({ "text": "" })).await;
        assert_eq!((&refused["type"], &refused["code"]), (&json!("error"), &json!("empty_text")));
    });
}

#[test]
fn when_the_origin_is_killed_the_show_goes_on_at_another_in_the_same_epoch() {
    gateway::run(async {
        let _turn = gateway::speaking().await;
        let nats = Nats::start().await;
        let (mut first, at_first) = nats.node("origin.a", "both").await;
        joined(&at_first).await;
        let (_second, at_second) = nats.node("origin.b", "both").await;
        let (_edge, at_edge) = nats.node("edge", "edge").await;
        for room in [&at_second, &at_edge] {
            joined(room).await;
        }
        let mut reader = Reader::at(&at_edge, "es").await;
        let mut own = Reader::at(&at_first, "es").await;
        let sentence = tour(THERMOS_FIRST);
        let mut host = at_first.speaker().await;
        host.speak_at_once(&sentence).await;
        host.say(r#"{"type":"Finalize"}"#).await;
        reader.until(is_final).await;
        // While it lives and has a host, another host is refused at every node.
        let (messages, code) = at_second.speaker().await.rest().await;
        assert_eq!(code, Some(4409), "{messages:?}");
        at_first.pin(PRODUCTS[0]).await;
        reader.until(is_pin_of(PRODUCTS[0])).await;
        own.until(is_pin_of(PRODUCTS[0])).await;
        first.kill();

        // The host comes back as soon as it is let in; meanwhile it is told to try again.
        let mut host = loop {
            let mut host = at_second.speaker().await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            let open = host.try_say(r#"{"type":"KeepAlive"}"#).await.is_ok();
            if open && cluster_state(&at_second).await["rooms_owned"] == 1 {
                until("the host is in", || async { at_second.get("").await.json()["live"] == true }).await;
                break host;
            }
            let code = host.rest().await.1;
            assert!([Some(1001), Some(4409)].contains(&code), "{code:?}");
        };
        host.speak_at_once(&sentence).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        reader.until(is_final).await;
        own.moves_to(&at_second).await;
        own.until(is_final).await;
        at_edge.pin(PRODUCTS[1]).await;
        reader.until(is_pin_of(PRODUCTS[1])).await;
        own.until(is_pin_of(PRODUCTS[1])).await;
        reader.check();
        assert_eq!(reader.read, own.read);
        let segments: Vec<_> = reader.read.iter().filter_map(|m| m["segment"].as_u64()).collect();
        assert!(segments.is_sorted(), "{segments:?}");
        // What was said at the first is in the second's exports.
        let exported = at_second.get("/captions.json?lang=es").await.json();
        let finals = reader.read.iter().filter(|m| is_final(m)).count();
        assert_eq!(exported["captions"].as_array().unwrap().len(), finals);

        // The first comes back, and is one of those who read.
        let at_first = first.start().await;
        joined(&at_first).await;
        let mut back = Reader::at(&at_first, "es").await;
        at_first.pin(PRODUCTS[2]).await;
        back.peer.until(is_pin_of(PRODUCTS[2])).await;
        assert_eq!(cluster_state(&at_first).await["rooms_owned"], 0);
        reader.until(is_pin_of(PRODUCTS[2])).await;
        reader.check();
    });
}

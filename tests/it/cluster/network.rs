//! The network between nodes is delayed, loses packets and is cut. scripts/cluster.sh makes it: two ways to the servers, which are
//! in a namespace of their own; the second way is ours to cut.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::nodes::{Nats, cluster_state, joined, until};
use super::{PRODUCTS, Reader, is_pin_of};
use crate::gateway;

/// Longer than a node believes in a connection on which nothing comes, and than a lease.
const CUT: Duration = Duration::from_secs(12);
const WAY: &str = "tw2";

async fn servers() -> Nats {
    let namespace = std::env::var("TRADEWIND_NATS_NETNS").expect("to be run by scripts/cluster.sh");
    let way = |number| SocketAddr::from(([10, 213, number, 2], 4222));
    Nats::at(vec![way(1), way(2)], Some(namespace)).await
}

fn run(command: &[&str]) -> bool {
    Command::new(command[0]).args(&command[1..]).status().unwrap().success()
}

fn cut() {
    assert!(run(&["ip", "link", "set", WAY, "down"]));
}

fn mend() {
    assert!(run(&["ip", "link", "set", WAY, "up"]));
}

/// Whether the kernel can.
fn delay() -> bool {
    run(&["tc", "qdisc", "replace", "dev", WAY, "root", "netem", "delay", "80ms", "40ms", "loss", "5%"])
}

#[test]
#[ignore = "make test-cluster: network namespaces"]
fn an_edge_that_is_far_away_and_cut_off_gets_everything_final() {
    gateway::run(async {
        let nats = servers().await;
        let delayed = delay();
        let (_origin, at_origin) = nats.node_by(0, "origin", "both").await;
        let (_edge, at_edge) = nats.node_by(1, "edge", "edge").await;
        joined(&at_origin).await;
        joined(&at_edge).await;
        let mut here = Reader::at(&at_origin, "es").await;
        let mut there = Reader::at(&at_edge, "es").await;
        for round in 0..20 {
            let sku = PRODUCTS[round % 5];
            at_origin.pin(sku).await;
            here.until(is_pin_of(sku)).await;
        }
        there.until(|event| event["offset"] == 20).await;
        cut();
        until("the edge says so", || async { cluster_state(&at_edge).await["state"] == "degraded" }).await;
        for sku in &PRODUCTS[..4] {
            at_origin.pin(sku).await;
            here.until(is_pin_of(sku)).await;
            tokio::time::sleep(CUT / 4).await;
        }
        mend();
        there.until(|event| event["offset"] == 24).await;
        assert_eq!(here.read, there.read);
        here.check();
        assert_eq!(there.peer.waiting().iter().filter(|message| message["type"] == "hello").count(), 0);
        if delayed {
            assert!(run(&["tc", "qdisc", "del", "dev", WAY, "root"]));
        }
    });
}

#[test]
#[ignore = "make test-cluster: network namespaces"]
fn an_owner_that_was_cut_off_gives_the_room_up_when_it_comes_back() {
    gateway::run(async {
        let nats = servers().await;
        let (_first, at_first) = nats.node_by(1, "origin.a", "both").await;
        joined(&at_first).await;
        let (_second, at_second) = nats.node_by(0, "origin.b", "both").await;
        joined(&at_second).await;
        let mut cut_off = Reader::at(&at_first, "es").await;
        let mut other = Reader::at(&at_second, "es").await;
        at_first.pin(PRODUCTS[0]).await;
        cut_off.until(is_pin_of(PRODUCTS[0])).await;
        other.until(is_pin_of(PRODUCTS[0])).await;
        cut();
        // It goes on for its own viewers, and does not know that it is no owner any more.
        at_first.pin(PRODUCTS[1]).await;
        cut_off.until(is_pin_of(PRODUCTS[1])).await;
        until("the other has the room", || async { cluster_state(&at_second).await["rooms_owned"] == 1 })
            .await;
        at_second.pin(PRODUCTS[2]).await;
        other.until(is_pin_of(PRODUCTS[2])).await;
        mend();
        until("it gives the room up", || async { cluster_state(&at_first).await["rooms_owned"] == 0 }).await;
        // Its viewers are greeted anew and shown what the others have.
        let hello = loop {
            let message = cut_off.peer.next().await;
            if message["type"] == "hello" {
                break message;
            }
        };
        assert_eq!((&hello["recovered"], &hello["epoch"]), (&json!(false), &json!(other.epoch)));
        cut_off.peer.until(is_pin_of(PRODUCTS[2])).await;
        at_first.pin(PRODUCTS[3]).await;
        cut_off.peer.until(is_pin_of(PRODUCTS[3])).await;
        other.until(is_pin_of(PRODUCTS[3])).await;
        other.check();
    });
}

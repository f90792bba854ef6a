//! The end of a gateway, as SIGTERM begins it: what was said is heard, told to everybody, and then they go.

use std::time::Duration;

use serde_json::Value;

use crate::gateway::{self, Gateway};
use crate::hosts::refusal;
use crate::peer::{Peer, http};
use crate::show::{assert_unbroken, is_final, is_final_result, is_partial, offsets};
use crate::sound::{THERMOS_FIRST, TWO_SENTENCES, tour};

#[test]
fn a_gateway_that_stops_loses_no_final_of_a_host_and_a_hundred_viewers() {
    gateway::run(async {
        let mut gateway = Gateway::start("auth = \"off\"\n[transcribe]\nworkers = 1").await;
        let (room, other) = (gateway.room(), gateway.room());
        let _turn = gateway::speaking().await;
        let mut viewers = Vec::new();
        for n in 0..100 {
            let mut viewer = room.viewer(["zh", "es", "ru", "en"][n % 4]).await;
            assert_eq!(viewer.next().await["type"], "hello");
            viewers.push(viewer);
        }
        let mut events = room.sse("es", None).await;
        let mut host = room.speaker().await;
        // In the middle of a sentence: it is in the air when the gateway is told to stop.
        let said = tour(TWO_SENTENCES);
        let mut first = tokio::select! {
            first = viewers[0].until(is_partial) => first,
            () = host.speak(&said) => panic!("no partial in all that time"),
        };
        gateway.begin_stop();

        let (told, code) = host.rest().await;
        assert_eq!(code, Some(1001));
        let said: Vec<&Value> = told.iter().filter(|m| is_final_result(m)).collect();
        assert!(!said.is_empty(), "the utterance in the air is finished: {told:?}");
        let segments: Vec<_> = said.iter().map(|m| m["metadata"]["segment"].clone()).collect();
        for (n, viewer) in viewers.iter_mut().enumerate() {
            let (rest, code) = viewer.rest().await;
            assert_eq!(code, Some(1001), "viewer {n}");
            first.extend(rest);
            let finals: Vec<_> = first.iter().filter(|m| is_final(m)).map(|m| m["segment"].clone()).collect();
            assert_eq!(finals, segments, "viewer {n}: {first:?}");
            assert_unbroken(&offsets(&first), 0);
            let last = first.last().unwrap();
            assert!(last["type"] == "drain" && last["retry_ms"].is_u64(), "viewer {n}: {last}");
            first.clear();
        }
        let seen = events.until(|m| m["type"] == "drain").await;
        assert_eq!(seen.iter().filter(|event| is_final(&event.data)).count(), segments.len());
        let address = other.address;
        tokio::time::timeout(Duration::from_secs(10), gateway.stopped()).await.unwrap();
        assert!(tokio::net::TcpStream::connect(address).await.is_err(), "the port is free again");
    });
}

#[test]
fn while_a_host_finishes_no_new_one_is_let_in_and_readiness_says_so() {
    gateway::run(async {
        let mut gateway = Gateway::start("auth = \"off\"\n[transcribe]\nworkers = 1").await;
        let (room, other) = (gateway.room(), gateway.room());
        let _turn = gateway::speaking().await;
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS_FIRST)).await;
        room.until_with_host().await;
        gateway.begin_stop();
        // The last pass of the recogniser takes longer than these.
        let mut ready = http(room.address, "GET", "/readyz", &[], "").await;
        while ready.status == 200 {
            ready = http(room.address, "GET", "/readyz", &[], "").await;
        }
        assert_eq!((ready.status, &ready.json()["ready"]), (503, &serde_json::json!(false)));
        let late: &mut Peer = &mut other.speaker().await;
        assert_eq!(refusal(late).await, ("draining".to_owned(), Some(1001)));
        let (told, code) = host.rest().await;
        assert_eq!(code, Some(1001));
        assert!(told.iter().any(is_final_result), "{told:?}");
        gateway.stopped().await;
    });
}

#[test]
fn a_gateway_that_cannot_finish_in_time_stops_all_the_same() {
    gateway::run(async {
        let settings = "auth = \"off\"\n[transcribe]\nworkers = 1\n[limits]\nshutdown_ms = 400";
        let mut gateway = Gateway::start(settings).await;
        let room = gateway.room();
        let _turn = gateway::speaking().await;
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS_FIRST)).await;
        let mut viewer = room.viewer("zh").await;
        viewer.next().await;
        // Reads nothing and never answers: it must not hold the gateway.
        let _silent = tokio::net::TcpStream::connect(room.address).await.unwrap();
        gateway.begin_stop();
        tokio::time::timeout(Duration::from_secs(20), gateway.stopped()).await.unwrap();
        assert!(matches!(viewer.rest().await.1, Some(1001) | None));
    });
}

//! Each limit: what is refused, with which code or status, and that it is counted.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::Request;

use crate::gateway::{self, Gateway, Room};
use crate::peer::{Peer, http};
use crate::tokens::token;

/// Behind a proxy on this computer, with limits that are reached soon.
async fn narrow() -> &'static Gateway {
    static NARROW: OnceCell<Gateway> = OnceCell::const_new();
    let settings = "auth = \"token\"\n[transcribe]\nworkers = 1\nhosts = 8\n[limits]\nconnections_per_address = 3\n\
                    request_burst = 12\nrequests_per_second = 1\nviewer_messages_per_second = 1\n\
                    host_messages_per_second = 2\nheader_timeout_ms = 700\nbody_timeout_ms = 700\n\
                    origins = [\"https://desk.example\"]\nviewer_origins = [\"https://shop.example\"]";
    NARROW.get_or_init(|| Gateway::start(settings)).await
}

fn live(room: &Room, from: &str) -> Request<()> {
    let url = format!("ws://{}/v1/rooms/{}/live?lang=es", room.address, room.name);
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("x-forwarded-for", from.parse().unwrap());
    request
}

async fn refused(room: &Room, what: &str, reason: &str) -> u64 {
    let figures = http(room.address, "GET", "/metrics", &[], "").await.body;
    let name = format!("tradewind_refused_total{{what=\"{what}\",reason=\"{reason}\"}} ");
    let line = figures.lines().find_map(|line| line.strip_prefix(&name));
    line.map_or(0, |count| count.parse().unwrap())
}

/// What a raw connection answers to `bytes`, until it is closed.
async fn raw(room: &Room, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(room.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
    drop(read.expect("the connection was not closed"));
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn an_address_behind_a_proxy_may_watch_only_so_often_at_once() {
    gateway::run(async {
        let room = narrow().await.room();
        let before = refused(&room, "viewer", "too_many_connections").await;
        let mut here = Vec::new();
        for _ in 0..3 {
            let mut viewer = Peer::open(live(&room, "198.51.100.1")).await;
            assert_eq!(viewer.next().await["type"], "hello");
            here.push(viewer);
        }
        assert_eq!(Peer::open(live(&room, "198.51.100.1")).await.rest().await.1, Some(4429));
        let path = format!("/v1/rooms/{}/live?lang=es", room.name);
        let headers = [("accept", "text/event-stream"), ("x-forwarded-for", "198.51.100.1")];
        assert_eq!(http(room.address, "GET", &path, &headers, "").await.status, 429);
        assert_eq!(refused(&room, "viewer", "too_many_connections").await, before + 1);
        // What a client writes itself stands before what the proxy adds.
        let lying = Peer::open(live(&room, "203.0.113.9, 198.51.100.1")).await.rest().await;
        assert_eq!(lying.1, Some(4429));
        assert_eq!(Peer::open(live(&room, "198.51.100.2")).await.next().await["type"], "hello");
        here.pop().unwrap().cut();
        let let_in = async {
            // Who leaves is noticed a moment later.
            while Peer::open(live(&room, "198.51.100.1")).await.first().await != Some(json!("hello")) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), let_in).await.unwrap();
    });
}

#[test]
fn requests_of_an_address_have_a_rate_and_others_do_not_pay_for_it() {
    gateway::run(async {
        let room = narrow().await.room();
        let ask = |from: &'static str| async move {
            http(narrow().await.address, "GET", "/v1/rooms", &[("x-forwarded-for", from)], "").await
        };
        let mut last = ask("198.51.100.11").await;
        for _ in 0..100 {
            if last.status == 429 {
                break;
            }
            last = ask("198.51.100.11").await;
        }
        assert_eq!((last.status, &last.json()["code"]), (429, &json!("too_many_requests")));
        assert!(last.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
        assert_eq!(ask("198.51.100.12").await.status, 200);
        assert!(refused(&room, "request", "too_many_requests").await >= 1);
    });
}

#[test]
fn messages_have_a_rate() {
    gateway::run(async {
        let room = narrow().await.room();
        let mut viewer = Peer::open(live(&room, "198.51.100.21")).await;
        for _ in 0..40 {
            drop(viewer.try_say(r#"{"type":"ping"}"#).await);
        }
        let (told, code) = viewer.rest().await;
        assert_eq!(code, Some(4429));
        // Ten, and one more each second that this takes.
        assert!((10..39).contains(&told.iter().filter(|m| m["type"] == "pong").count()), "{told:?}");
        assert_eq!(told.last().unwrap()["code"], "too_many_messages");

        let host = token("host", &room.name, 4_000_000_000);
        let mut host = room.host(&format!("encoding=linear16&sample_rate=16000&token={host}")).await;
        for _ in 0..90 {
            drop(host.try_say(r#"{"type":"KeepAlive"}"#).await);
        }
        let (told, code) = host.rest().await;
        assert_eq!(code, Some(4429));
        assert!(told.iter().any(|m| m["code"] == "too_many_messages"), "{told:?}");
        assert!(refused(&room, "host", "too_many_connections").await >= 1);
        assert!(refused(&room, "viewer", "too_many_connections").await >= 1);
    });
}

#[test]
fn who_speaks_slowly_is_not_waited_for() {
    gateway::run(async {
        let room = narrow().await.room();
        let before = refused(&room, "connection", "header_timeout").await;
        assert_eq!(raw(&room, b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await, "", "half a head");
        let silent = raw(&room, b"").await;
        assert_eq!(silent, "", "nothing at all");
        assert!(refused(&room, "connection", "header_timeout").await >= before + 2);
        let host = room.address;
        let body = format!(
            "POST /v1/rooms/{}/inquiries HTTP/1.1\r\nhost: {host}\r\ncontent-length: 100\r\n\
             content-type: application/json\r\n\r\n{{\"text\":",
            room.name
        );
        let late = raw(&room, body.as_bytes()).await;
        assert!(late.starts_with("HTTP/1.1 408") && late.contains("body_timeout"), "{late}");
        assert!(refused(&room, "request", "body_timeout").await >= 1);
        let many: String = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect();
        let heads = raw(&room, format!("GET / HTTP/1.1\r\nhost: {host}\r\n{many}\r\n").as_bytes()).await;
        assert!(heads.starts_with("HTTP/1.1 431"), "{heads}");
        let long = "x".repeat(400_000);
        let head =
            raw(&room, format!("GET / HTTP/1.1\r\nhost: {host}\r\nx-long: {long}\r\n\r\n").as_bytes()).await;
        assert!(head.is_empty() || head.starts_with("HTTP/1.1 431"), "{head}");
        assert_eq!(refused(&room, "connection", "headers_too_large").await, 2);
    });
}

#[test]
fn bodies_and_messages_have_a_size() {
    gateway::run(async {
        let room = narrow().await.room();
        let large = json!({ "text": "x".repeat(20_000) }).to_string();
        assert_eq!(room.post("inquiries", &large).await.status, 413);
        assert!(refused(&room, "request", "too_large").await >= 1);
        let mut viewer = Peer::open(live(&room, "198.51.100.31")).await;
        viewer.next().await;
        viewer.send(&vec![0; 9_000]).await;
        assert!(matches!(viewer.rest().await.1, Some(1009) | None));
        assert!(refused(&room, "viewer", "message_too_large").await >= 1);
    });
}

#[test]
fn sockets_open_for_our_pages_and_listed_ones() {
    gateway::run(async {
        let room = narrow().await.room();
        let before = refused(&room, "request", "foreign_origin").await;
        let own = format!("http://{}", room.address);
        let hosts = format!("ws://{}/v1/listen?room={}", room.address, room.name);
        let from = |mut request: Request<()>, origin: &str| {
            request.headers_mut().insert("origin", origin.parse().unwrap());
            request
        };
        for (origin, speaks, watches) in [
            (own.as_str(), true, true),
            ("https://desk.example", true, false),
            ("https://shop.example", false, true),
            ("https://evil.example", false, false),
            ("null", false, false),
        ] {
            let listen = from(hosts.as_str().into_client_request().unwrap(), origin);
            match speaks {
                true => assert_eq!(
                    Peer::open(listen).await.rest().await.1,
                    Some(4401),
                    "{origin}: asks for a token"
                ),
                false => assert_eq!(Peer::refused(listen).await, 403, "{origin}"),
            }
            let watch = from(live(&room, "198.51.100.41"), origin);
            match watches {
                true => assert_eq!(Peer::open(watch).await.next().await["type"], "hello", "{origin}"),
                false => assert_eq!(Peer::refused(watch).await, 403, "{origin}"),
            }
        }
        assert_eq!(refused(&room, "request", "foreign_origin").await, before + 6);
    });
}

#[test]
fn without_a_proxy_each_connection_counts() {
    gateway::run(async {
        let settings =
            "auth = \"off\"\n[transcribe]\nworkers = 1\n[limits]\nproxies = []\nconnections_per_address = 3";
        let gateway = Gateway::start(settings).await;
        let room = gateway.room();
        let mut viewers = Vec::new();
        for _ in 0..3 {
            let mut viewer = room.viewer("es").await;
            viewer.next().await;
            viewers.push(viewer);
        }
        let turned_away = raw(&room, b"").await;
        assert!(
            turned_away.starts_with("HTTP/1.1 429") && turned_away.contains("retry-after"),
            "{turned_away}"
        );
        viewers.pop().unwrap().cut();
        let health = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", room.address);
        let let_in = async {
            while !raw(&room, health.as_bytes()).await.starts_with("HTTP/1.1 200") {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), let_in).await.unwrap();
        assert!(refused(&room, "connection", "too_many_from_address").await >= 1);
    });
}

#[test]
fn every_answer_has_its_security_headers() {
    gateway::run(async {
        let room = narrow().await.room();
        for path in ["/", "/host/r0", "/watch/r0", "/static/watch/main.js", "/v1/rooms", "/nowhere"] {
            let answer = http(room.address, "GET", path, &[], "").await;
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("referrer-policy"), "same-origin");
            assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
            assert!(answer.header("permissions-policy").contains("microphone=(self)"));
            assert_eq!(answer.header("strict-transport-security"), "", "not without TLS");
        }
    });
}

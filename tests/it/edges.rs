//! Everything else that answers: health, figures, pages, and who may ask from where.

use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::gateway::{self, Gateway};
use crate::peer::{Peer, http};

#[test]
fn health_readiness_and_figures_are_there() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        assert_eq!(http(room.address, "GET", "/healthz", &[], "").await.status, 200);
        let ready = http(room.address, "GET", "/readyz", &[], "").await;
        assert_eq!((ready.status, &ready.json()["ready"]), (200, &json!(true)));
        let languages = ready.json()["languages"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        for lang in ["zh", "en", "es", "ru", "ar", "vi"] {
            assert!(languages.iter().any(|l| l == lang), "{lang} in {languages:?}");
        }
        // Every engine that a chain names is ready, or says what it lacks: the tests' gateways have no further models.
        let body = ready.json();
        assert_eq!((&body["engines"]["phrasebook"], &body["min_tier"]), (&json!("ready"), &json!("usable")));
        for (engine, lacks) in
            [("firefox", "no model"), ("llm", "no endpoint"), ("gguf", "models fetch qwen")]
        {
            assert!(body["engines"][engine].as_str().unwrap().contains(lacks), "{engine}: {body}");
            assert_eq!(body["languages"]["en"][engine], "not here");
        }
        let mut viewer = room.viewer("ru").await;
        viewer.next().await;
        let metrics = http(room.address, "GET", "/metrics", &[], "").await;
        assert!(metrics.header("content-type").starts_with("application/openmetrics-text"));
        assert!(metrics.body.contains(&format!("tradewind_viewers{{room=\"{}\",lang=\"ru\"}} 1", room.name)));
        assert!(metrics.body.ends_with("# EOF\n"));
    });
}

#[test]
fn a_gateway_without_a_place_for_a_host_is_not_ready_until_one_is_free() {
    gateway::run(async {
        let gateway = Gateway::start("auth = \"off\"\n[transcribe]\nworkers = 1\nhosts = 1").await;
        let (room, address) = (gateway.room(), gateway.address);
        let ready = || async move {
            let answer = http(address, "GET", "/readyz", &[], "").await;
            let body = answer.json();
            (
                answer.status,
                body["ready"].as_bool().unwrap(),
                body["recognition"]["free_slots"].as_u64().unwrap(),
            )
        };
        assert_eq!(ready().await, (200, true, 1));
        let mut host = room.speaker().await;
        room.until_with_host().await;
        assert_eq!(ready().await, (503, false, 0));
        host.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(host.rest().await.1, Some(1000));
        room.until_without_host().await;
        assert_eq!(ready().await, (200, true, 1));
    });
}

#[test]
fn pages_are_served_and_guarded() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        for page in ["watch", "host"] {
            let answer = http(room.address, "GET", &format!("/{page}/{}", room.name), &[], "").await;
            assert_eq!(answer.status, 200);
            assert!(answer.header("content-type").starts_with("text/html"));
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(http(room.address, "GET", &format!("/{page}/nowhere"), &[], "").await.status, 404);
        }
        assert_eq!(http(room.address, "GET", "/static/../Cargo.toml", &[], "").await.status, 404);
        assert_eq!(http(room.address, "GET", "/nowhere", &[], "").await.status, 404);
    });
}

#[test]
fn mistakes_are_problem_details() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let unknown = room.post("pin", r#"{"sku":"NO-1"}"#).await;
        assert_eq!((unknown.status, unknown.header("content-type")), (404, "application/problem+json"));
        assert_eq!(unknown.json()["code"], "no_such_product");
        assert!(unknown.json()["detail"].is_string() && unknown.json()["status"] == 404);
        let broken = room.post("pin", "{").await;
        assert_eq!((broken.status, broken.header("content-type")), (400, "application/problem+json"));
        for path in ["/v1/rooms/nowhere", "/v1/rooms/nowhere/cards", "/v1/rooms/..%2Fetc"] {
            let answer = http(room.address, "GET", path, &[], "").await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (404, "application/problem+json"),
                "{path}"
            );
        }
        let (told, code) =
            Peer::open(&format!("ws://{}/v1/rooms/nowhere/live?lang=es", room.address)).await.rest().await;
        assert_eq!((told.len(), code), (0, Some(4404)));
        let events = [("accept", "text/event-stream")];
        assert_eq!(
            http(room.address, "GET", "/v1/rooms/nowhere/live?lang=es", &events, "").await.status,
            404
        );
    });
}

#[test]
fn another_sites_page_may_watch_but_neither_speak_nor_operate() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let own = format!("http://{}", room.address);
        let speak = |origin: &str| {
            let url = format!("ws://{}/v1/listen?room={}", room.address, room.name);
            let mut request = url.into_client_request().unwrap();
            request.headers_mut().insert("origin", origin.parse().unwrap());
            request
        };
        for foreign in ["https://evil.example", "null", &format!("{own}0")] {
            assert_eq!(Peer::refused(speak(foreign)).await, 403, "{foreign}");
            let path = format!("/v1/rooms/{}/pin", room.name);
            let headers = [("origin", foreign), ("content-type", "application/json")];
            let answer = http(room.address, "POST", &path, &headers, r#"{"sku":"HY-500"}"#).await;
            assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("foreign_origin")), "{foreign}");
        }
        assert_eq!(room.get("").await.json()["pinned"], json!(null));
        let mut host = Peer::open(speak(&own)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(host.rest().await.1, Some(1000));

        let url = format!("ws://{}/v1/rooms/{}/live?lang=es", room.address, room.name);
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("origin", "https://shop.example".parse().unwrap());
        assert_eq!(Peer::open(request).await.next().await["type"], "hello");
    });
}

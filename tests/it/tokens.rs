//! Tokens: who gets in with which, what ends with them, and that no secret is told.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;
use tokio::sync::OnceCell;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::gateway::{self, Gateway, Room, SECRET};
use crate::hosts::refusal;
use crate::peer::{Answer, Peer, Stream, http};
use crate::show::is_of;

/// Asks hosts for tokens, and in one room viewers too.
async fn guarded() -> (&'static Gateway, Room) {
    static GUARDED: OnceCell<Gateway> = OnceCell::const_new();
    let settings = "auth = \"token\"\n[transcribe]\nworkers = 1\nhosts = 8\n[[rooms]]\nid = \"private\"\n\
                    title = \"Buyers only\"\nviewers = \"token\"\ncatalogue = \"demo-catalogue.toml\"\n";
    let gateway = GUARDED.get_or_init(|| Gateway::start(settings)).await;
    (gateway, Room { address: gateway.address, name: "private".into() })
}

fn seconds_from_now(seconds: u64) -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + seconds
}

pub fn token(role: &str, room: &str, expires: u64) -> String {
    let claims = json!({ "role": role, "room": room, "exp": expires });
    encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

async fn with_token(room: &Room, method: &str, path: &str, token: Option<&str>, body: &str) -> Answer {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    http(room.address, method, &format!("/v1/rooms/{}{path}", room.name), &headers, body).await
}

#[test]
fn a_room_that_asks_its_viewers_for_a_token_shows_nothing_without_one() {
    gateway::run(async {
        let (_, room) = guarded().await;
        let far = seconds_from_now(3_600);
        let viewer = token("viewer", "private", far);
        for path in ["", "/cards?lang=es", "/flash", "/products.json", "/inquiries/x"] {
            let answer = with_token(&room, "GET", path, None, "").await;
            assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("unauthorized")), "{path}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
        let spelled = http(room.address, "GET", "/v1/rooms/priv%61te/cards?lang=es", &[], "").await;
        assert_eq!(spelled.status, 401, "the same name, spelled otherwise");
        for (given, status) in [
            (viewer.clone(), 200),
            (token("host", "private", far), 200),
            (token("operator", "*", far), 200),
            (token("viewer", "r0", far), 403),
            (token("viewer", "private", 1), 401),
        ] {
            assert_eq!(with_token(&room, "GET", "", Some(&given), "").await.status, status);
            let url = format!("/v1/rooms/private/cards?lang=es&token={given}");
            assert_eq!(http(room.address, "GET", &url, &[], "").await.status, status, "by the query");
        }
        let ask = json!({ "text": "¿Precio?", "lang": "es" }).to_string();
        assert_eq!(with_token(&room, "POST", "/inquiries", None, &ask).await.status, 401);
        assert_eq!(with_token(&room, "POST", "/inquiries", Some(&viewer), &ask).await.status, 201);
        assert_eq!(with_token(&room, "POST", "/pin", Some(&viewer), r#"{"sku":"HY-500"}"#).await.status, 403);
        let listed = http(room.address, "GET", "/v1/rooms", &[], "").await.body;
        assert!(listed.contains("\"r0\"") && !listed.contains("private"), "{listed}");
        assert_eq!(room.viewer("es").await.rest().await.1, Some(4401));
        let wrong = format!("&token={}", token("viewer", "r0", far));
        assert_eq!(room.viewer_at("es", &wrong).await.rest().await.1, Some(4403));
        let right = format!("&token={viewer}");
        assert_eq!(room.viewer_at("es", &right).await.next().await["type"], "hello");
        let url = format!("ws://{}/v1/rooms/private/live?lang=es", room.address);
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", format!("token, {viewer}").parse().unwrap());
        assert_eq!(Peer::open(request).await.next().await["type"], "hello", "as a browser sends it");
        let events = [("accept", "text/event-stream")];
        let stream = http(room.address, "GET", "/v1/rooms/private/live?lang=es", &events, "").await;
        assert_eq!(stream.status, 401);
    });
}

#[test]
fn what_a_private_room_showed_is_for_those_who_have_its_token() {
    gateway::run(async {
        let (gateway, room) = guarded().await;
        let viewer = token("viewer", "private", seconds_from_now(3_600));
        for path in
            ["/shows", "/captions.vtt?lang=es", "/captions.srt", "/captions.json", "/summary", "/pins"]
        {
            assert_eq!(with_token(&room, "GET", path, None, "").await.status, 401, "{path}");
        }
        assert_eq!(with_token(&room, "GET", "/shows", Some(&viewer), "").await.status, 200);
        assert_eq!(
            with_token(&room, "GET", "/summary", Some(&viewer), "").await.status,
            403,
            "an operator's"
        );
        // A page comes without a token: whose browser has one says so in each request.
        for page in ["/replay/private", "/replay/priv%61te", "/watch/private", "/preview/private/HY-500"] {
            let page = http(room.address, "GET", page, &[], "").await;
            assert_eq!(page.status, 200);
            assert!(!page.body.contains("ld+json") && !page.body.contains("Buyers only"), "{}", page.body);
        }
        let open = http(room.address, "GET", &format!("/replay/{}", gateway.room().name), &[], "").await;
        assert!(open.body.contains("ld+json"), "so that the test can fail: {}", open.body);
        let found = http(room.address, "GET", "/preview/HY-500", &[], "").await;
        assert!(!found.header("location").contains("private"), "{}", found.header("location"));
    });
}

#[test]
fn connections_end_when_their_token_does() {
    gateway::run(async {
        let (_, room) = guarded().await;
        let end = seconds_from_now(6);
        let (host_token, viewer) = (token("host", "private", end), token("viewer", "private", end));
        let mut host = room.host(&format!("encoding=linear16&sample_rate=16000&token={host_token}")).await;
        let mut socket = room.viewer_at("es", &format!("&token={viewer}")).await;
        let live = format!("/v1/rooms/private/live?lang=ru&token={viewer}");
        let mut events = Stream::open(room.address, &live, None).await;
        let console = format!("/v1/rooms/private/console?token={host_token}");
        let mut console = Stream::open(room.address, &console, None).await;
        assert_eq!(socket.next().await["type"], "hello");
        assert_eq!(events.next().await.data["type"], "hello");
        let is_last = |message: &serde_json::Value| message["code"] == "unauthorized";
        assert!(events.until(is_last).await.last().unwrap().data["message"].is_string());
        console.until(is_last).await;
        assert_eq!(socket.rest().await.1, Some(4401));
        let (told, code) = host.rest().await;
        assert_eq!(code, Some(4401), "{told:?}");
        assert!(told.iter().any(|m| m["type"] == "Error" && m["code"] == "unauthorized"), "{told:?}");
        assert!(told.iter().any(is_of("Metadata")), "what was said is heard to its end");
        assert!(seconds_from_now(0) >= end, "not before its time");
        let again = &mut room.host(&format!("token={host_token}")).await;
        assert_eq!(refusal(again).await, ("unauthorized".to_owned(), Some(4401)));
        assert_eq!(with_token(&room, "GET", "", Some(&viewer), "").await.status, 401);
    });
}

#[test]
fn operators_make_tokens_that_outlive_no_operator() {
    gateway::run(async {
        let (gateway, _) = guarded().await;
        let room = gateway.room();
        let end = seconds_from_now(3_600);
        let operator = token("operator", &room.name, end);
        let make = |given: Option<String>, body: &'static str| {
            let room = room.clone();
            async move { with_token(&room, "POST", "/tokens", given.as_deref(), body).await }
        };
        let host = r#"{"role":"host"}"#;
        for (given, body, status) in [
            (None, host, 401),
            (Some("nonsense".to_owned()), host, 401),
            (Some(token("viewer", &room.name, end)), host, 403),
            (Some(token("host", &room.name, end)), host, 403),
            (Some(token("host", &room.name, end)), r#"{"role":"operator"}"#, 403),
            (Some(token("viewer", &room.name, end)), r#"{"role":"viewer"}"#, 403),
            (Some(token("operator", "private", end)), host, 403),
            (Some(operator.clone()), r#"{"role":"root"}"#, 400),
            (Some(operator.clone()), r#"{"role":"host","expires_in_s":0}"#, 400),
            (Some(operator.clone()), r#"{"role":"host","room":"private"}"#, 400),
            (Some(operator.clone()), "{", 400),
        ] {
            let answer = make(given, body).await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (status, "application/problem+json"),
                "{body}"
            );
        }
        let made = make(Some(operator.clone()), r#"{"role":"host","expires_in_s":60}"#).await;
        assert_eq!((made.status, made.header("cache-control")), (201, "no-store"));
        let body = made.json();
        assert!(body["expires_at"].as_u64().unwrap() <= seconds_from_now(60));
        assert_eq!((&body["role"], &body["room"]), (&json!("host"), &json!(room.name)));
        assert_eq!(body["path"], format!("/host/{}", room.name));
        let mut host = room.host(&format!("token={}", body["token"].as_str().unwrap())).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(host.rest().await.1, Some(1000));
        let by_host = make(Some(token("host", &room.name, end)), r#"{"role":"viewer"}"#).await;
        assert_eq!((by_host.status, &by_host.json()["path"]), (201, &json!(format!("/watch/{}", room.name))));
        assert_eq!(by_host.json()["expires_at"], end);
        let capped = make(Some(operator), r#"{"role":"operator","expires_in_s":31000000}"#).await;
        assert_eq!(capped.json()["expires_at"], end, "nobody prolongs a leave by asking for the next");
        let open = Gateway::shared().await.room();
        let none = with_token(&open, "POST", "/tokens", None, r#"{"role":"host"}"#).await;
        assert_eq!((none.status, &none.json()["code"]), (409, &json!("no_signing_key")));
    });
}

#[test]
fn forged_and_foreign_tokens_are_refused_everywhere() {
    gateway::run(async {
        let (gateway, private) = guarded().await;
        let room = gateway.room();
        // {"alg":"none"}.{"role":"operator","room":"*","exp":4000000000}.
        let none = "eyJhbGciOiJub25lIn0.eyJyb2xlIjoib3BlcmF0b3IiLCJyb29tIjoiKiIsImV4cCI6NDAwMDAwMDAwMH0.";
        let other = encode(
            &Header::default(),
            &json!({ "role": "operator", "room": "*", "exp": 4_000_000_000_u64 }),
            &EncodingKey::from_secret(b"another secret, as long as the first one"),
        );
        for (forged, status, code) in [
            (none.to_owned(), 401, 4401),
            (other.unwrap(), 401, 4401),
            (token("operator", "*", 1), 401, 4401),
            (token("operator", "elsewhere", 4_000_000_000), 403, 4403),
        ] {
            let pin = with_token(&room, "POST", "/pin", Some(&forged), r#"{"sku":"HY-500"}"#).await;
            assert_eq!(pin.status, status, "{forged}");
            assert_eq!(with_token(&room, "POST", "/tokens", Some(&forged), "{}").await.status, status);
            let console = format!("/v1/rooms/{}/console?token={forged}", room.name);
            assert_eq!(http(room.address, "GET", &console, &[], "").await.status, status);
            assert_eq!(room.host(&format!("token={forged}")).await.rest().await.1, Some(code));
            assert_eq!(private.viewer_at("es", &format!("&token={forged}")).await.rest().await.1, Some(code));
        }
        assert_eq!(room.get("").await.json()["pinned"], json!(null));
    });
}

#[test]
fn where_nobody_is_asked_every_page_says_so_and_only_this_computer_is_served() {
    gateway::run(async {
        let open = Gateway::shared().await.room();
        let (guarded, _) = guarded().await;
        let pages = |room: &str| {
            [
                "/".to_owned(),
                format!("/watch/{room}"),
                format!("/host/{room}"),
                format!("/preview/{room}/HY-500"),
                format!("/replay/{room}"),
            ]
        };
        for page in pages(&open.name) {
            let shown = http(open.address, "GET", &page, &[], "").await;
            assert!(shown.body.contains("data-auth-off>"), "{page}");
            let quiet = http(guarded.address, "GET", &page.replace(&open.name, "r0"), &[], "").await;
            assert!(quiet.body.contains("data-auth-off hidden>"), "{page}");
            let kept = !page.starts_with("/replay/");
            assert!(
                !kept || shown.header("etag") != quiet.header("etag"),
                "a browser must not keep the other one"
            );
        }
        let (own, name) = (open.address.to_string(), format!("localhost:{}", open.address.port()));
        for (header, value, status) in [
            ("host", own.as_str(), 200),
            ("host", name.as_str(), 200),
            ("host", "live.example", 403),
            ("x-forwarded-for", "203.0.113.7", 403),
            ("x-forwarded-for", "127.0.0.1", 200),
        ] {
            let answer = asked(&open, header, value).await;
            assert_eq!(answer.0, status, "{header}: {value}");
            assert_eq!(answer.1.contains("auth_off_is_local"), status == 403, "{}", answer.1);
        }
    });
}

/// A request with exactly these headers.
async fn asked(room: &Room, header: &str, value: &str) -> (u16, String) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(room.address).await.unwrap();
    let host = if header == "host" { String::new() } else { format!("host: {}\r\n", room.address) };
    let request = format!(
        "GET /v1/rooms/{} HTTP/1.1\r\n{host}{header}: {value}\r\nconnection: close\r\n\r\n",
        room.name
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(Duration::from_secs(20), stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

//! What hosts send: formats that are understood, and what is refused with a reason.

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::gateway::{self, Gateway, Room, SECRET};
use crate::hosts::refusal;
use crate::peer::Peer;
use crate::show::{is_final_result, transcript};
use crate::sound::{THERMOS_FIRST, bytes, stereo_44_100, tour};

const CLOSE_STREAM: &str = r#"{"type":"CloseStream"}"#;

#[test]
fn recorders_and_files_are_understood_by_their_first_bytes() {
    gateway::run(async {
        let gateway = Gateway::shared().await;
        let (ogg, webm) = (data("tour-thermos.ogg"), data("tour-thermos.webm"));
        let mut wav = data("../../assets/tour-zh.wav");
        // A header that claims the whole tour, and its first sentence.
        wav.truncate(7 * 32_000);
        let stereo = bytes(&stereo_44_100(&tour(THERMOS_FIRST)));
        for (query, stream, word) in [
            ("encoding=opus", ogg.as_slice(), "500"),
            ("", &ogg, "500"),
            ("encoding=webm-opus", &webm, "500"),
            ("", &webm, "500"),
            ("", &wav, "直播间"),
            ("encoding=linear16&sample_rate=44100&channels=2", &stereo, "500"),
        ] {
            let _turn = gateway::speaking().await;
            let heard = heard(&gateway.room(), query, stream).await;
            assert!(heard.contains(word), "{query:?}: {heard:?}");
        }
    });
}

/// What a stream says, sent in pieces that end anywhere.
async fn heard(room: &Room, query: &str, stream: &[u8]) -> String {
    let mut host = room.host(query).await;
    for piece in stream.chunks(1_501) {
        host.send(piece).await;
    }
    host.say(CLOSE_STREAM).await;
    let (told, code) = host.rest().await;
    assert_eq!(code, Some(1000), "{query:?}: {told:?}");
    told.iter().filter(|m| is_final_result(m)).map(transcript).collect()
}

#[test]
fn nonsense_is_refused_and_the_room_lives_on() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut garbage = room.host("").await;
        garbage.send(&tour_of_noise()).await;
        assert_eq!(refusal(&mut garbage).await, ("unsupported_audio".to_owned(), Some(4400)));
        room.until_without_host().await;

        let mut broken = room.host("").await;
        let mut ogg = data("tour-thermos.ogg");
        let late = ogg.len() / 3;
        ogg[late..late + 4000].fill(0x55);
        broken.send(&ogg).await;
        broken.say(CLOSE_STREAM).await;
        let code = broken.rest().await.1;
        assert!(
            matches!(code, Some(1000 | 4400)),
            "a broken page is skipped or refused, not fatal: {code:?}"
        );
        room.until_without_host().await;

        let mut chatty = room.speaker().await;
        chatty.say("hello?").await;
        assert_eq!(refusal(&mut chatty).await, ("bad_request".to_owned(), Some(4400)));
        room.until_without_host().await;

        let mut large = room.speaker().await;
        large.send(&vec![0; 3 << 20]).await;
        let code = large.rest().await.1;
        assert!(matches!(code, Some(1009) | None), "too large a message ends the connection: {code:?}");
        room.until_without_host().await;

        let _turn = gateway::speaking().await;
        let heard = heard(&room, "encoding=linear16&sample_rate=16000", &bytes(&tour(THERMOS_FIRST))).await;
        assert!(heard.contains("500"), "{heard:?}");
    });
}

#[test]
fn a_bad_query_names_its_mistake() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        for query in [
            "encoding=mp3",
            "encoding=linear16&sample_rate=7",
            "encoding=linear16&channels=0",
            "language=%21%21",
            "interim_results=maybe",
        ] {
            assert_eq!(
                refusal(&mut room.host(query).await).await,
                ("bad_request".to_owned(), Some(4400)),
                "{query}"
            );
        }
        let mut nowhere = Peer::open(&format!("ws://{}/v1/listen", room.address)).await;
        assert_eq!(refusal(&mut nowhere).await, ("bad_request".to_owned(), Some(4400)));
        let mut elsewhere = Peer::open(&format!("ws://{}/v1/listen?room=nowhere", room.address)).await;
        assert_eq!(refusal(&mut elsewhere).await, ("no_such_room".to_owned(), Some(4404)));
    });
}

#[test]
fn tokens_open_their_room_in_every_way_that_clients_can_send_them() {
    gateway::run(async {
        let gateway = Gateway::start("auth = \"token\"\n[transcribe]\nworkers = 1").await;
        let (room, other) = (gateway.room(), gateway.room());
        let good = token(SECRET, &room.name);
        for (bad, code, why) in [
            (None, 4401, "unauthorized"),
            (Some("nonsense".to_owned()), 4401, "unauthorized"),
            (Some(token("another secret, as long as the first one", &room.name)), 4401, "unauthorized"),
            (Some(token(SECRET, &other.name)), 4403, "forbidden"),
        ] {
            let query = bad.as_ref().map_or(String::new(), |token| format!("token={token}"));
            assert_eq!(refusal(&mut room.host(&query).await).await, (why.to_owned(), Some(code)), "{bad:?}");
        }
        let url = format!("ws://{}/v1/listen?room={}", room.address, room.name);
        for (header, value) in [
            ("authorization", format!("Token {good}")),
            ("authorization", format!("Bearer {good}")),
            ("sec-websocket-protocol", format!("token, {good}")),
            ("x-none", String::new()),
        ] {
            let by_query = if value.is_empty() { format!("{url}&token={good}") } else { url.clone() };
            let mut request = by_query.as_str().into_client_request().unwrap();
            request.headers_mut().insert(header, value.parse().unwrap());
            let mut host = Peer::open(request).await;
            host.say(CLOSE_STREAM).await;
            assert_eq!(host.rest().await.1, Some(1000), "{header}: {value}");
            room.until_without_host().await;
        }
        assert_eq!(room.post("pin", r#"{"sku":"HY-500"}"#).await.status, 401, "operators need one too");
        assert_eq!(room.viewer("es").await.next().await["type"], "hello", "watching is free");
    });
}

fn token(secret: &str, room: &str) -> String {
    let claims = json!({ "role": "host", "room": room, "exp": 4_000_000_000_u64 });
    encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Bytes that are no audio container.
fn tour_of_noise() -> Vec<u8> {
    (0..50_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

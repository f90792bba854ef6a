//! The operator puts a caption right; everybody who watches, and who comes later, reads it.

use serde_json::{Value, json};

use crate::gateway::{self, Gateway, Room};
use crate::peer::{Answer, Stream};
use crate::show::{assert_unbroken, is_final, offset, offsets, text};
use crate::sound::{THERMOS, tour};

fn is_corrected(message: &Value) -> bool {
    is_final(message) && message["corrected"] == true
}

async fn correct(room: &Room, segment: u64, body: Value) -> Answer {
    room.post(&format!("captions/{segment}"), &body.to_string()).await
}

#[test]
fn a_corrected_caption_reaches_every_language_in_place_and_is_resumed_by_offset() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let _turn = gateway::speaking().await;
        let (mut spanish, mut mandarin) = (room.viewer("es").await, room.viewer("zh").await);
        let mut events = Stream::open(room.address, &format!("/v1/rooms/{}/console", room.name), None).await;
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        host.rest().await;
        let heard = mandarin.until(is_final).await.pop().unwrap();
        let (segment, rev) = (heard["segment"].as_u64().unwrap(), heard["rev"].as_u64().unwrap());
        assert!(heard.get("corrected").is_none());

        let answer = correct(
            &room,
            segment,
            json!({ "text": "最低起订量是七百个", "rev": rev, "epoch": heard["epoch"] }),
        )
        .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let now = answer.json();
        assert_eq!((&now["rev"], &now["corrected"]), (&json!(rev + 1), &json!(true)));

        let in_mandarin = mandarin.until(is_corrected).await.pop().unwrap();
        assert_eq!((&in_mandarin["segment"], &in_mandarin["rev"]), (&json!(segment), &json!(rev + 1)));
        assert_eq!(text(&in_mandarin, "text"), "最低起订量是七百个");
        assert_eq!(in_mandarin["start_ms"], heard["start_ms"]);
        let all = spanish.until(is_corrected).await;
        let in_spanish = all.last().unwrap();
        assert!(text(in_spanish, "text").contains("700"), "{in_spanish}");
        assert_eq!(in_spanish["fidelity"], "verified");
        assert_eq!(offset(in_spanish), offset(&in_mandarin), "one offset in all languages");
        assert_unbroken(&offsets(&all), 0);
        let told = events.until(|m| m["type"] == "final" && m["corrected"] == true).await;
        assert_eq!(told.last().unwrap().data["text"], "最低起订量是七百个");

        // One who was away gets the correction as what it has missed.
        let place = format!("&epoch={}&offset={}", text(in_spanish, "epoch"), offset(in_spanish) - 1);
        let mut back = room.viewer_at("es", &place).await;
        assert_eq!(back.next().await["recovered"], true);
        assert_eq!(&back.next().await, in_spanish);
        // One who comes later has both, the later one with the higher rev; and so over server-sent events.
        let mut late = room.sse("es", None).await;
        let seen = late.until(is_corrected).await;
        let revs: Vec<_> = seen
            .iter()
            .filter(|e| e.data["segment"] == segment && is_final(&e.data))
            .map(|e| &e.data["rev"])
            .collect();
        assert_eq!(revs.last(), Some(&&json!(rev + 1)));
        // A language that nobody watched before, and an operator who comes in.
        let fresh = room.viewer("ru").await.until(is_corrected).await.pop().unwrap();
        assert!(text(&fresh, "text").contains("700"), "{fresh}");
        let mut second = Stream::open(room.address, &format!("/v1/rooms/{}/console", room.name), None).await;
        let past = second.until(|m| m["segment"] == segment).await.pop().unwrap();
        assert_eq!((&past.data["type"], &past.data["text"]), (&json!("final"), &json!("最低起订量是七百个")));

        // Two operators: the second has read what is no more.
        let stale = correct(&room, segment, json!({ "text": "八百个", "rev": rev })).await;
        assert_eq!((stale.status, &stale.json()["code"]), (409, &json!("changed_meanwhile")));
        assert_eq!(stale.json()["caption"]["text"], "最低起订量是七百个");
        assert_eq!(stale.header("content-type"), "application/problem+json");
        for (segment, body, status, code) in [
            (segment, json!({ "text": "" }), 422, "empty_text"),
            (segment, json!({ "text": "五".repeat(1_001) }), 422, "text_too_long"),
            (9_999, json!({ "text": "五" }), 404, "no_such_caption"),
            (segment, json!({ "text": "五", "epoch": "another" }), 404, "no_such_caption"),
            (segment, json!({ "words": "五" }), 400, "bad_request"),
        ] {
            let refused = correct(&room, segment, body.clone()).await;
            assert_eq!((refused.status, refused.json()["code"].as_str()), (status, Some(code)), "{body}");
        }
        assert_eq!(room.post("captions/first", r#"{"text":"五"}"#).await.status, 404);
        // Nothing refused has become an event.
        room.pin("HY-C10").await;
        let next = mandarin.until(|m| m["sku"] == "HY-C10").await.pop().unwrap();
        assert_eq!(offset(&next), offset(&in_mandarin) + 1);
    });
}

#[test]
fn a_correction_needs_an_operators_token() {
    gateway::run(async {
        let gateway = Gateway::start("auth = \"token\"\n[transcribe]\nworkers = 1").await;
        let refused = correct(&gateway.room(), 1, json!({ "text": "五" })).await;
        assert_eq!((refused.status, &refused.json()["code"]), (401, &json!("unauthorized")));
    });
}

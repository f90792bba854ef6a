//! A show in figures: who watched, what was shown, asked and corrected.

use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::gateway::{self, Gateway, Room};
use crate::peer::{Peer, Stream};
use crate::show::{is_final, is_of};
use crate::sound::{THERMOS, tour};

async fn from(room: &Room, lang: &str, accepts: &str) -> Peer {
    let address = format!("ws://{}/v1/rooms/{}/live?lang={lang}", room.address, room.name);
    let mut request = address.into_client_request().unwrap();
    request.headers_mut().insert("accept-language", accepts.parse().unwrap());
    Peer::open(request).await
}

#[test]
fn a_show_is_told_in_figures_while_it_goes_on_and_when_it_is_over() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let _turn = gateway::speaking().await;
        let mut mexican = from(&room, "es", "es-MX,es;q=0.9,en-US;q=0.8").await;
        let mut russian = from(&room, "ru", "ru,en-US;q=0.9").await;
        drop((mexican.next().await, russian.next().await));
        let mut console = Stream::open(room.address, &format!("/v1/rooms/{}/console", room.name), None).await;
        let state = console.until(|m| m["viewers"]["es"] == 1).await.pop().unwrap().data;
        assert_eq!(
            state["countries"],
            json!({ "MX": 1 }),
            "of en-US behind one's own language nothing follows"
        );
        assert_eq!((&state["ended"], &state["viewers"]["ru"]), (&json!(false), &json!(1)));

        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        host.rest().await;
        let heard = mexican.until(is_final).await.pop().unwrap();
        mexican.say(r#"{"type":"ask","text":"¿Cuánto tarda?"}"#).await;
        mexican.until(is_of("inquiry")).await;
        let path = format!("captions/{}", heard["segment"]);
        assert_eq!(room.post(&path, r#"{"text":"最低起订量是七百个"}"#).await.status, 200);
        room.pin("HY-C10").await;
        russian.cut();
        assert_eq!(room.post("end", "").await.status, 204);
        mexican.until(is_of("ended")).await;

        let told = room.get("/summary").await;
        assert_eq!((told.status, told.header("cache-control")), (200, "no-store"));
        let told = told.json();
        assert_eq!((&told["ended"], &told["live"]), (&json!(true), &json!(false)));
        assert!(told["captions"].as_u64().unwrap() >= 1 && told["duration_ms"].as_u64().unwrap() > 1_000);
        assert_eq!(told["corrections"], 1);
        let viewers = &told["viewers"];
        assert_eq!((&viewers["peak"], &viewers["languages"]["ru"]["peak"]), (&json!(2), &json!(1)));
        assert_eq!(viewers["countries"], json!({ "MX": { "now": 1, "peak": 1 } }));
        assert_eq!(told["questions"], json!({ "total": 1, "open": 1 }));
        assert_eq!(told["reservations"], json!({ "total": 0, "pieces": 0, "cancelled": 0 }));
        let shown: Vec<_> = told["products"].as_array().unwrap().iter().map(|p| &p["sku"]).collect();
        assert!(shown.contains(&&json!("HY-C10")), "{told}");
        assert!(told["lag"]["total_ms"]["p50"].is_u64(), "{told}");

        // The next show begins with those who are here.
        let mut host = room.speaker().await;
        room.until_with_host().await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        let next = room.get("/summary").await.json();
        assert_ne!(next["epoch"], told["epoch"]);
        assert_eq!((&next["captions"], &next["viewers"]["peak"]), (&json!(0), &json!(1)));
        assert_eq!((&next["questions"]["total"], &next["lag"]["total_ms"]["p50"]), (&json!(0), &json!(null)));
    });
}

#[test]
fn figures_need_an_operators_token() {
    gateway::run(async {
        let gateway = Gateway::start("auth = \"token\"\n[transcribe]\nworkers = 1").await;
        assert_eq!(gateway.room().get("/summary").await.status, 401);
    });
}

//! A room's terms, changed while somebody speaks: what is translated next obeys them, and the report tells.

use axum::Json;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::gateway::{self, Gateway, Room, SECRET};
use crate::peer::{Answer, http};
use crate::show::{is_final, is_of, is_pin, text};
use crate::sound::tour;

/// "Welcome to our live room. I am Xiao Li, your host today; we are in our factory in Ningbo."
const WELCOME: [f64; 2] = [0.0, 7.0];
/// What is heard of it.
const NAME: &str = "主播小李";

#[test]
fn a_term_added_while_live_changes_the_next_translation_and_the_report_tells() {
    gateway::run(async {
        let gateway = with_engine().await;
        let room = gateway.room();
        let _turn = gateway::speaking().await;
        let (mut es, mut host) = (room.viewer("es").await, room.speaker().await);
        host.speak(&tour(WELCOME)).await;
        host.say(r#"{"type":"Finalize"}"#).await;
        let of_the_host = |m: &Value| is_final(m) && text(m, "source_text").contains("主播");
        let before = es.until(of_the_host).await.pop().unwrap();
        assert!(text(&before, "source_text").contains(NAME), "{before}");
        assert_eq!(text(&before, "text"), "Bienvenidos, soy Xiao Li, desde Ningbo.");

        let name = json!({ "forms": { "zh": NAME, "es": "su anfitriona Xiaoli" } });
        let live_room = json!({ "forms": { "zh": "直播间", "es": "sala en vivo" } });
        for term in [&name, &live_room] {
            let added = room.post("glossary", &term.to_string()).await;
            assert_eq!(added.status, 201, "{}", added.body);
        }
        host.speak(&tour(WELCOME)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        host.rest().await;
        let after = es.until(of_the_host).await.pop().unwrap();
        assert!(text(&after, "source_text").contains(NAME), "{after}");
        assert_eq!(text(&after, "text"), "Bienvenidos, soy su anfitriona Xiaoli, desde Ningbo.");

        room.post("end", "").await;
        es.until(is_of("ended")).await;
        let report = room.get("/glossary/report").await.json();
        assert_eq!((&report["epoch"], &report["live"]), (&after["epoch"], &json!(false)));
        let terms = report["terms"].as_array().unwrap();
        let of = |name: &str| terms.iter().find(|term| term["term"] == name).unwrap().clone();
        assert_eq!((&of(NAME)["heard"], &of(NAME)["repaired"]), (&json!(1), &json!(0)));
        assert_eq!(
            of(NAME)["translations"],
            json!([{ "engine": "llm", "lang": "es", "translated": 1, "obeyed": 1 }])
        );
        let missed = &of("直播间")["translations"][0];
        assert_eq!((&missed["translated"], &missed["obeyed"]), (&json!(1), &json!(0)));
        assert_eq!(missed["disobeyed"][0]["expected"], "sala en vivo");
        assert_eq!(missed["disobeyed"][0]["text"], after["text"]);
    });
}

#[test]
fn a_text_that_an_engine_made_for_a_card_is_marked_and_a_persons_is_not() {
    gateway::run(async {
        let gateway = with_engine().await;
        let room = gateway.room();
        let mut thermos = room.get("/products/HY-500").await.json();
        let written = text(&thermos["names"], "es").to_owned();
        let card = async |room: &Room| room.get("/cards?lang=es&sku=HY-500").await.json()[0].clone();
        let human = card(&room).await;
        assert_eq!((text(&human, "name"), human.get("name_engine")), (written.as_str(), None));
        assert_eq!(human["gaps"], json!([]));

        thermos["names"] = json!({ "zh": "不锈钢保温杯" });
        let changed = put(&room, "products/HY-500", &thermos).await;
        assert!(changed.status < 300, "{}", changed.body);
        // It is made in the background: not there at once on a busy machine.
        let made = loop {
            let card = card(&room).await;
            if card.get("name_engine").is_some() {
                break card;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        assert_eq!((text(&made, "name"), text(&made, "name_engine")), ("Termo de acero", "llm"));
        assert_eq!(made["gaps"][0]["engine"], "llm");
        let mut es = room.viewer("es").await;
        room.pin("HY-500").await;
        let pinned = es.until(is_pin).await.pop().unwrap();
        assert_eq!(
            (text(&pinned["card"], "name"), text(&pinned["card"], "name_engine")),
            ("Termo de acero", "llm")
        );

        thermos["names"] = json!({ "zh": "不锈钢保温杯", "es": "Botella térmica" });
        assert!(put(&room, "products/HY-500", &thermos).await.status < 300);
        let again = card(&room).await;
        assert_eq!((text(&again, "name"), again.get("name_engine")), ("Botella térmica", None));
    });
}

#[test]
fn terms_are_listed_changed_and_taken_out_and_nobody_overwrites_anothers_change() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let empty = room.get("/glossary").await;
        assert_eq!(empty.json()["terms"], json!([]));
        let term = json!({ "forms": { "zh": ["海风", "海峰"], "en": "Seabreeze" }, "protect": true });
        let added = room.post("glossary", &term.to_string()).await;
        assert_eq!((added.status, &added.json()["term"]), (201, &json!("海风")));
        assert_eq!(room.post("glossary", &term.to_string()).await.json()["code"], "term_exists");

        // Two consoles began with the same list.
        let seen = room.get("/glossary").await.header("etag").to_owned();
        let path = format!("/v1/rooms/{}/glossary/terms/{}", room.name, "%E6%B5%B7%E9%A3%8E");
        let json = ("content-type", "application/json");
        let change = |etag: String, body: Value| {
            let (path, address) = (path.clone(), room.address);
            async move { http(address, "PUT", &path, &[json, ("if-match", &etag)], &body.to_string()).await }
        };
        let mine = json!({ "forms": { "zh": "海风", "en": "Sea Breeze" }, "protect": true });
        assert_eq!(change(seen.clone(), mine.clone()).await.status, 200);
        let late = change(seen, mine).await;
        assert_eq!((late.status, &late.json()["code"]), (412, &json!("changed_meanwhile")));

        let bad =
            put(&room, "glossary", &json!({ "terms": [{ "forms": { "zh": "a|b", "es": "c" } }] })).await;
        assert_eq!((bad.status, &bad.json()["code"]), (422, &json!("bad_glossary")));
        assert_eq!(
            (&bad.json()["errors"][0]["row"], &bad.json()["errors"][0]["field"]),
            (&json!(1), &json!("forms.zh"))
        );
        let tsv = ("accept", "text/tab-separated-values");
        let list = format!("/v1/rooms/{}/glossary", room.name);
        let file = http(room.address, "GET", &list, &[tsv], "").await;
        assert!(file.body.contains("Sea Breeze") && file.body.starts_with("flags\t"), "{}", file.body);
        let back = [("content-type", "text/tab-separated-values")];
        assert_eq!(http(room.address, "PUT", &list, &back, &file.body).await.status, 200);
        assert_eq!(http(room.address, "DELETE", &path, &[], "").await.status, 204);
        assert_eq!(http(room.address, "DELETE", &path, &[], "").await.json()["code"], "no_such_term");
        assert_eq!(room.post("glossary", &"x".repeat(2 << 20)).await.status, 413);
    });
}

#[test]
fn only_operators_see_and_change_terms() {
    gateway::run(async {
        let gateway = Gateway::start("auth = \"token\"\n[transcribe]\nworkers = 1").await;
        let room = gateway.room();
        let term = r#"{"forms":{"zh":"杯","es":"vaso"}}"#;
        assert_eq!(room.post("glossary", term).await.status, 401);
        assert_eq!(room.get("/glossary").await.status, 401);
        assert_eq!(room.get("/glossary/report").await.status, 401);
        let claims = json!({ "role": "operator", "room": room.name, "exp": 4_000_000_000_u64 });
        let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
        let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
        let path = format!("/v1/rooms/{}/glossary", room.name);
        let headers = [("authorization", &*format!("Bearer {token}")), ("content-type", "application/json")];
        assert_eq!(http(room.address, "POST", &path, &headers, term).await.status, 201);
    });
}

/// A gateway whose Spanish comes from an endpoint that uses the words it is told to.
async fn with_engine() -> Gateway {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let chat = async |Json(asked): Json<Value>| {
        let prompt = asked["messages"].as_array().unwrap().last().unwrap()["content"].clone();
        let text = says(prompt.as_str().unwrap());
        Json(json!({ "choices": [{ "message": { "content": text }, "finish_reason": "stop" }] }))
    };
    let app = axum::Router::new().route("/v1/chat/completions", post(chat));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Gateway::start(&format!(
        "auth = \"off\"\n[transcribe]\nworkers = 1\n[llm]\nurl = \"http://{address}/v1\"\nmodel = \"any\"\n\
         [translate.chains]\nes = [\"llm\"]"
    ))
    .await
}

/// Takes over one word of a list of words; the other never.
fn says(prompt: &str) -> String {
    if prompt.ends_with("不锈钢保温杯") {
        return "Termo de acero.".into();
    }
    let told = prompt.lines().find_map(|line| line.strip_prefix(&format!("- {NAME} = ")));
    format!("Bienvenidos, soy {}, desde Ningbo.", told.unwrap_or("Xiao Li"))
}

async fn put(room: &Room, path: &str, body: &Value) -> Answer {
    let json = [("content-type", "application/json")];
    let path = format!("/v1/rooms/{}/{path}", room.name);
    http(room.address, "PUT", &path, &json, &body.to_string()).await
}

//! Shoppers ask, operators answer.

use serde_json::{Value, json};

use crate::gateway::{self, Gateway, Room, SECRET};
use crate::peer::{Answer, Peer, Stream, http};
use crate::show::{is_of, text};

/// What has to be in the Spanish for `七天内发货`.
const SEVEN_DAYS: &str = "7 días";

#[test]
fn a_question_is_kept_shown_in_the_hosts_language_answered_and_brought_back_to_who_asked() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut console = console(&room).await;
        let (mut asker, mut other) = (room.viewer("en").await, room.viewer("en").await);
        let id = asker
            .ask(json!({ "text": "The minimum order is 500 pieces.", "sku": "HY-500", "quantity": 2000,
                                   "contact": "ann@example.com", "client_id": "0123456789abcdef-1" }))
            .await;
        assert_eq!(id["state"], "received");
        assert_eq!(id["client_id"], "0123456789abcdef-1");
        assert!(id.get("contact").is_none() && id.get("answer").is_none());
        let id = text(&id, "id").to_owned();
        assert_eq!(id.len(), 32);

        let told = console.until(|m| m["type"] == "inquiry" && !m["inquiry"]["translation"].is_null()).await;
        let first = told.iter().find(|event| event.data["type"] == "inquiry").unwrap();
        assert_eq!(first.data["inquiry"]["id"], id.as_str(), "at once, and again with its translation");
        let listed = room.get("/inquiries").await.json();
        let inquiry = &listed["inquiries"][0];
        assert_eq!((&listed["total"], &listed["open"]), (&json!(1), &json!(1)));
        assert_eq!(inquiry, &told.last().unwrap().data["inquiry"]);
        assert_eq!(inquiry["text"], "The minimum order is 500 pieces.");
        assert_eq!(inquiry["product"], "不锈钢保温杯");
        assert_eq!((&inquiry["quantity"], &inquiry["contact"]), (&json!(2000), &json!("ann@example.com")));
        let translation = &inquiry["translation"];
        assert_eq!((&translation["lang"], &translation["fidelity"]), (&json!("zh"), &json!("verified")));
        assert!(text(translation, "text").contains("500"), "{translation}");

        let answered = room.answer(&id, "七天内发货").await;
        assert_eq!(answered.status, 200, "{}", answered.body);
        assert_eq!(answered.json()["answer"]["shown"]["text"], "Shipped within 7 days.");
        let brought = asker.until(is_of("inquiry")).await.pop().unwrap();
        assert_eq!((&brought["id"], &brought["state"]), (&json!(id), &json!("answered")));
        assert_eq!(brought["answer"], "Shipped within 7 days.");
        assert_eq!(
            (&brought["answer_source"], &brought["answer_lang"]),
            (&json!("七天内发货"), &json!("en"))
        );
        assert_eq!((&brought["engine"], &brought["fidelity"]), (&json!("phrasebook"), &json!("verified")));
        assert_eq!(brought["question"], "The minimum order is 500 pieces.");
        assert_eq!(room.get("/inquiries?open=true").await.json()["inquiries"], json!([]));

        // Nobody else is told.
        other.say(r#"{"type":"ping"}"#).await;
        let seen = other.until(is_of("pong")).await;
        assert!(seen.iter().all(|m| m["type"] != "inquiry"), "{seen:?}");
    });
}

#[test]
fn an_answer_that_comes_while_the_asker_is_away_waits_for_it() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut asker = room.viewer("es").await;
        let id = text(&asker.ask(json!({ "text": "¿Cuánto tarda?" })).await, "id").to_owned();
        asker.cut();
        assert_eq!(room.answer(&id, "七天内发货").await.status, 200);

        let mut again = room.viewer("es").await;
        again.say(&json!({ "type": "follow", "ids": [id, "0123"] }).to_string()).await;
        let brought = again.until(is_of("inquiry")).await.pop().unwrap();
        assert_eq!(brought["state"], "answered");
        assert!(text(&brought, "answer").contains(SEVEN_DAYS), "{brought}");
        let unknown = again.until(is_of("inquiry")).await.pop().unwrap();
        assert_eq!((&unknown["id"], &unknown["state"]), (&json!("0123"), &json!("unknown")));
        // An answer put right comes to those who follow.
        assert_eq!(room.answer(&id, "十五天内发货").await.status, 200);
        assert!(text(&again.until(is_of("inquiry")).await.pop().unwrap(), "answer").contains("15"));
        // The same without a socket.
        let state = room.get(&format!("/inquiries/{id}")).await;
        assert!(text(&state.json(), "answer").contains("15") && state.header("cache-control") == "no-store");
        assert_eq!(room.get("/inquiries/0123").await.json()["code"], "no_such_inquiry");
    });
}

#[test]
fn a_restart_keeps_questions_and_answers() {
    gateway::run(async {
        let folder = tempfile::tempdir().unwrap();
        let settings = format!(
            "auth = \"off\"\n[transcribe]\nworkers = 1\n[record]\ndir = {:?}",
            folder.path().to_str().unwrap()
        );
        let mut gateway = Gateway::start(&settings).await;
        let room = gateway.room();
        let mut asker = room.viewer("es").await;
        let first = text(&asker.ask(json!({ "text": "Uno" })).await, "id").to_owned();
        let second =
            text(&asker.ask(json!({ "text": "Dos", "contact": "+52 55 1234" })).await, "id").to_owned();
        assert_eq!(room.answer(&first, "七天内发货").await.status, 200);
        let before = settled(&room).await;
        drop(asker);
        gateway.begin_stop();
        gateway.stopped().await;

        let gateway = Gateway::start(&settings).await;
        let room = gateway.room();
        let after = settled(&room).await;
        assert_eq!(after, before);
        assert_eq!(after["inquiries"][0]["id"], second.as_str(), "the newest first");
        let mut again = room.viewer("es").await;
        again.say(&json!({ "type": "follow", "ids": [second] }).to_string()).await;
        assert_eq!(again.until(is_of("inquiry")).await.pop().unwrap()["state"], "received");
        assert_eq!(room.answer(&second, "七天内发货").await.status, 200);
        let brought = again.until(is_of("inquiry")).await.pop().unwrap();
        assert!(text(&brought, "answer").contains(SEVEN_DAYS), "{brought}");
    });
}

#[test]
fn one_viewer_cannot_ask_without_end_and_does_not_keep_others_from_asking() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut asker = room.viewer("es").await;
        for n in 0..3 {
            assert_eq!(asker.ask(json!({ "text": format!("{n}") })).await["state"], "received");
        }
        let refused = asker.ask(json!({ "text": "3", "client_id": "the-fourth-question" })).await;
        assert_eq!((&refused["type"], &refused["code"]), (&json!("error"), &json!("too_many_questions")));
        assert_eq!(refused["client_id"], "the-fourth-question");
        assert!((1..=20_000).contains(&refused["retry_ms"].as_u64().unwrap()), "{refused}");
        let mut other = room.viewer("es").await;
        assert_eq!(other.ask(json!({ "text": "yo" })).await["state"], "received");
        assert_eq!(room.get("/inquiries").await.json()["total"], 4);
        // One address has four times as much, over connections and requests together.
        let mut taken = 4;
        let last = loop {
            let answer = room.post("inquiries", &json!({ "text": format!("r{taken}") }).to_string()).await;
            if answer.status != 201 || taken > 40 {
                break answer;
            }
            taken += 1;
        };
        assert!(taken >= 12, "{taken}");
        assert_eq!((last.status, &last.json()["code"]), (429, &json!("too_many_questions")));
        assert!((1..=5).contains(&last.header("retry-after").parse::<u64>().unwrap()));
        // The address that a proxy here names is another one.
        let via = [("content-type", "application/json"), ("x-forwarded-for", "127.0.0.7")];
        let path = format!("/v1/rooms/{}/inquiries", room.name);
        let other = http(room.address, "POST", &path, &via, r#"{"text":"from elsewhere"}"#).await;
        assert_eq!(other.status, 201, "{}", other.body);
    });
}

#[test]
fn a_room_takes_so_many_questions_a_minute_and_no_more() {
    gateway::run(async {
        let limits = "auth = \"off\"\n[transcribe]\nworkers = 1\n[limits]\ninquiries_per_minute = 2";
        let gateway = Gateway::start(limits).await;
        let (room, other) = (gateway.room(), gateway.room());
        let mut askers = [room.viewer("es").await, room.viewer("es").await, room.viewer("es").await];
        let mut states = Vec::new();
        for asker in &mut askers {
            states.push(asker.ask(json!({ "text": "?" })).await);
        }
        assert_eq!(states[1]["state"], "received");
        assert_eq!(states[2]["code"], "too_many_questions");
        assert_eq!(other.viewer("es").await.ask(json!({ "text": "?" })).await["state"], "received");
    });
}

#[test]
fn what_cannot_be_a_question_is_refused_by_name_and_not_kept() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        for (question, code) in [
            (json!({ "text": " \u{202e}\n" }), "empty_text"),
            (json!({ "text": "ü".repeat(1001) }), "text_too_long"),
            (json!({ "text": "?", "contact": "x".repeat(201) }), "contact_too_long"),
            (json!({ "text": "?", "sku": "NO-1" }), "no_such_product"),
            (json!({ "text": "?", "sku": "<b>" }), "no_such_product"),
            (json!({ "text": "?", "quantity": 0 }), "bad_quantity"),
            (json!({ "text": "?", "client_id": "short" }), "bad_client_id"),
        ] {
            // Each on its own connection: not the rate is tried here.
            let refused = room.viewer("es").await.ask(question.clone()).await;
            assert_eq!((&refused["type"], &refused["code"]), (&json!("error"), &json!(code)), "{question}");
            let answer = room.post("inquiries", &question.to_string()).await;
            let status = if code == "no_such_product" { 404 } else { 422 };
            assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{question}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
        for broken in ["", "{", "[]", r#"{"text":7}"#, r#"{"sku":"HY-500"}"#] {
            assert_eq!(room.post("inquiries", broken).await.status, 400, "{broken}");
        }
        assert_eq!(room.post("inquiries", &"x".repeat(40_000)).await.status, 413);
        assert_eq!(room.get("/inquiries").await.json()["total"], 0);

        // As long as it may be, and all of it there.
        let longest = "ü".repeat(1000);
        assert_eq!(room.viewer("es").await.ask(json!({ "text": longest })).await["state"], "received");
        assert_eq!(room.get("/inquiries").await.json()["inquiries"][0]["text"], longest);

        let mut greedy = room.viewer("es").await;
        let ids: Vec<String> = (0..65).map(|n| format!("{n:032}")).collect();
        greedy.say(&json!({ "type": "follow", "ids": ids }).to_string()).await;
        assert_eq!(greedy.until(is_of("error")).await.pop().unwrap()["code"], "bad_request");
    });
}

#[test]
fn a_question_that_is_sent_again_is_kept_once() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let question = json!({ "text": "¿Hay en verde?", "client_id": "a-name-made-by-chance" });
        let mut asker = room.viewer("es").await;
        let first = asker.ask(question.clone()).await;
        asker.cut();
        let again = room.viewer("es").await.ask(question.clone()).await;
        assert_eq!(again["id"], first["id"]);
        let by_request = room.post("inquiries", &question.to_string()).await;
        assert_eq!((by_request.status, &by_request.json()["id"]), (201, &first["id"]));
        assert_eq!(room.get("/inquiries").await.json()["total"], 1);
        // Another question under the same name does not open the first one.
        let guess = json!({ "text": "?", "client_id": "a-name-made-by-chance" });
        let refused = room.viewer("es").await.ask(guess).await;
        assert_eq!(refused["code"], "client_id_used");
        assert!(refused.get("id").is_none());
    });
}

#[test]
fn markup_stays_text_and_a_table_has_no_formulas() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let evil = "<img src=x onerror=alert(1)>\n\"&amp;\"";
        let mut asker = room.viewer("es").await;
        let id = text(&asker.ask(json!({ "text": evil, "contact": "=1+1" })).await, "id").to_owned();
        let list = room.get("/inquiries").await;
        assert_eq!(list.header("content-type"), "application/json");
        assert_eq!(list.header("x-content-type-options"), "nosniff");
        assert_eq!(list.json()["inquiries"][0]["text"], evil);
        assert_eq!(room.answer(&id, "<script>七天</script>").await.status, 200);
        let brought = asker.until(is_of("inquiry")).await.pop().unwrap();
        assert_eq!(
            (&brought["question"], &brought["answer_source"]),
            (&json!(evil), &json!("<script>七天</script>"))
        );

        let table = room.get("/inquiries.csv").await;
        assert!(table.header("content-type").starts_with("text/csv"));
        assert!(table.header("content-disposition").starts_with("attachment"));
        let mut reader = csv::Reader::from_reader(table.body.trim_start_matches('\u{feff}').as_bytes());
        let headings = reader.headers().unwrap().clone();
        let row = reader.records().next().unwrap().unwrap();
        let cell = |name: &str| &row[headings.iter().position(|heading| heading == name).unwrap()];
        assert_eq!((cell("contact"), cell("question")), ("'=1+1", evil));
    });
}

#[test]
fn a_list_is_read_page_by_page() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        for n in 0..5 {
            assert_eq!(
                room.viewer("es").await.ask(json!({ "text": format!("{n}") })).await["state"],
                "received"
            );
        }
        let (mut texts, mut more) = (Vec::new(), String::new());
        loop {
            let page = room.get(&format!("/inquiries?limit=2{more}")).await.json();
            let listed = page["inquiries"].as_array().unwrap().clone();
            texts.extend(listed.iter().map(|inquiry| text(inquiry, "text").to_owned()));
            if page["more"] == false {
                break;
            }
            more = format!("&before={}", text(listed.last().unwrap(), "id"));
        }
        assert_eq!(texts, ["4", "3", "2", "1", "0"]);
        let epoch = text(&room.get("/inquiries").await.json()["inquiries"][0], "epoch").to_owned();
        let of = async |epoch: &str| {
            room.get(&format!("/inquiries?epoch={epoch}")).await.json()["inquiries"].clone()
        };
        assert_eq!(of(&epoch).await.as_array().unwrap().len(), 5);
        assert_eq!(of("another").await, json!([]));
        assert_eq!(room.get("/inquiries?before=%2F").await.status, 400);
    });
}

#[test]
fn only_operators_see_who_asked() {
    gateway::run(async {
        let gateway = Gateway::start("auth = \"token\"\n[transcribe]\nworkers = 1").await;
        let (room, other) = (gateway.room(), gateway.room());
        let asked = room.post("inquiries", r#"{"text":"?","contact":"ann@example.com"}"#).await;
        assert_eq!(asked.status, 201, "{}", asked.body);
        let id = text(&asked.json(), "id").to_owned();
        for path in ["/inquiries", "/inquiries.csv"] {
            let answer = room.get(path).await;
            assert_eq!((answer.status, answer.body.contains("ann@")), (401, false), "{path}");
        }
        assert_eq!(room.answer(&id, "七天内发货").await.status, 401);
        let state = room.get(&format!("/inquiries/{id}")).await;
        assert_eq!((state.status, state.body.contains("ann@")), (200, false));
        assert_eq!(other.get(&format!("/inquiries/{id}")).await.status, 404, "another room has it not");

        let claims = json!({ "role": "operator", "room": room.name, "exp": 4_000_000_000_u64 });
        let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
        let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
        let bearer = format!("Bearer {token}");
        let path = format!("/v1/rooms/{}/inquiries", room.name);
        let list = http(room.address, "GET", &path, &[("authorization", &bearer)], "").await;
        assert_eq!(list.json()["inquiries"][0]["contact"], "ann@example.com");
    });
}

async fn console(room: &Room) -> Stream {
    let mut console = Stream::open(room.address, &format!("/v1/rooms/{}/console", room.name), None).await;
    // Its first event: it listens.
    console.next().await;
    console
}

/// The list, when every inquiry has its translation.
async fn settled(room: &Room) -> Value {
    loop {
        let list = room.get("/inquiries").await.json();
        let all = list["inquiries"].as_array().unwrap().iter().all(|i| !i["translation"].is_null());
        if all {
            return list;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

trait Asks {
    /// Asks, and gives what is said to it.
    async fn ask(&mut self, question: Value) -> Value;
}

impl Asks for Peer {
    async fn ask(&mut self, mut question: Value) -> Value {
        question["type"] = json!("ask");
        self.say(&question.to_string()).await;
        self.until(|m| m["type"] == "inquiry" || m["type"] == "error").await.pop().unwrap()
    }
}

trait Answers {
    async fn answer(&self, id: &str, text: &str) -> Answer;
}

impl Answers for Room {
    async fn answer(&self, id: &str, text: &str) -> Answer {
        self.post(&format!("inquiries/{id}/answer"), &json!({ "text": text }).to_string()).await
    }
}

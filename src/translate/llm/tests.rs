//! The engine against endpoints that are good, slow, wrong, rude and dead.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;

use super::stub::{Reply, Stub};
use super::*;
use crate::translate::TranslateError::{Engine, Unavailable};
use crate::translate::testing;

const NEVER: Duration = Duration::from_secs(600);

fn settings(address: impl std::fmt::Display) -> LlmSettings {
    let endpoint = Endpoint::parse(&format!("http://{address}/v1")).unwrap();
    let breaker = BreakerSettings { failures: 3, pause: NEVER };
    LlmSettings { time_limit: Duration::from_secs(20), breaker, ..LlmSettings::new(endpoint, "small") }
}

fn llm(stub: &Stub) -> Llm {
    Llm::new(settings(stub.address)).unwrap()
}

fn request(text: &str, target: &str) -> Request {
    testing::request(text, "zh", target)
}

async fn es(llm: &Llm) -> Result<Option<String>, TranslateError> {
    Ok(llm.translate(&request("七天内发货", "es")).await?.map(|draft| draft.text))
}

fn say(text: &str) -> Reply {
    Reply::Say(text.into())
}

fn raw(status: &'static str, headers: &str, body: &str) -> Reply {
    Reply::Raw { status, headers: headers.into(), body: body.into() }
}

fn message(result: Result<Option<String>, TranslateError>) -> String {
    match result {
        Err(Engine { engine: "llm", message }) => message,
        other => panic!("{other:?}"),
    }
}

/// Waits until it holds; a test that hangs here has failed.
async fn until(holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap();
}

#[tokio::test]
async fn a_good_endpoint_is_asked_as_it_expects_and_its_answer_shown_bare() {
    let stub = Stub::start(|_, _| say("\"Envío en 7 días.\"")).await;
    let mut settings = settings(stub.address);
    settings.key = Some(ApiKey::new("sk-hunter2").unwrap());
    settings.extra = json!({"seed": 7, "stream": true}).as_object().unwrap().clone();
    let llm = Llm::new(settings).unwrap();
    let mut asked = request("七天内发货", "es");
    asked.context = ["一", "二", "大家好"].map(String::from).to_vec();
    let draft = llm.translate(&asked).await.unwrap().unwrap();
    assert_eq!((draft.text.as_str(), draft.engine, draft.coverage), ("Envío en 7 días.", "llm", 1.0));
    let (head, body) = stub.seen.requests.lock()[0].clone();
    assert!(head.starts_with("post /v1/chat/completions http/1.1\r\n"), "{head}");
    assert!(head.contains("authorization: bearer sk-hunter2\r\n"), "{head}");
    assert_eq!(body["model"], "small");
    assert_eq!(body["temperature"], 0);
    assert_eq!(body["stream"], false, "what is ours is not overwritten");
    assert_eq!(body["seed"], 7);
    assert_eq!(body["max_tokens"], 32 + 5 * 3);
    assert_eq!(body["messages"][1]["content"], "Translate from Simplified Chinese into Spanish:\n7天内发货");
    let system = body["messages"][0]["content"].as_str().unwrap();
    assert!(system.contains("not to be translated again: 二 大家好\n"), "{system}");
    assert_eq!(llm.state(), BreakerState::Closed);
}

#[tokio::test]
async fn partials_untrusted_languages_and_silence_are_declined_unasked() {
    let stub = Stub::start(|_, _| say("x")).await;
    let mut settings = settings(stub.address);
    settings.languages = Some(vec![Lang::parse("es").unwrap()]);
    let llm = Llm::new(settings).unwrap();
    let partial = Request { is_final: false, ..request("七天内发货", "es") };
    for asked in [partial, request("七天内发货", "sw"), request("七天内发货", "zh-Hant"), request("……", "es")]
    {
        assert_eq!(llm.translate(&asked).await.unwrap(), None);
    }
    assert_eq!(stub.asked(), 0);
}

#[tokio::test]
async fn answers_that_are_no_translation_are_declined_and_not_held_against_the_endpoint() {
    let cut =
        json!({"choices": [{"message": {"content": "Envío en"}, "finish_reason": "length"}]}).to_string();
    let answers = ["I'm sorry, I can't assist with that.", "uno\ndos", "", "<think>hm"];
    let stub =
        Stub::start(move |n, _| answers.get(n).map_or_else(|| raw("200 OK", "", &cut), |text| say(text)))
            .await;
    let llm = llm(&stub);
    for n in 0..5 {
        assert_eq!(es(&llm).await.unwrap(), None, "{n}");
    }
    assert_eq!((stub.asked(), llm.state()), (5, BreakerState::Closed));
}

#[tokio::test]
async fn a_slow_endpoint_is_given_up_and_its_work_cancelled() {
    let stub = Stub::start(|_, _| Reply::After(Duration::from_secs(3), Box::new(say("late")))).await;
    let mut settings = settings(stub.address);
    settings.time_limit = Duration::from_millis(100);
    let llm = Llm::new(settings).unwrap();
    for _ in 0..3 {
        assert!(message(es(&llm).await).contains("no answer within 100ms"));
    }
    until(|| stub.seen.hung_up.load(SeqCst) == 3).await;
    assert_eq!(stub.asked(), 3, "late requests are not repeated");
    assert!(matches!(es(&llm).await, Err(Unavailable { .. })));
    assert_eq!((stub.asked(), llm.state()), (3, BreakerState::Open));
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_is_cancelled_and_not_held_against_the_endpoint() {
    let stub = Stub::start(|_, _| Reply::After(NEVER, Box::new(say("late")))).await;
    let llm = llm(&stub);
    for n in 1..=6 {
        tokio::select! {
            _ = es(&llm) => panic!("it never answers"),
            () = until(|| stub.asked() == n) => {}
        }
    }
    until(|| stub.seen.hung_up.load(SeqCst) == 6).await;
    assert_eq!(llm.state(), BreakerState::Closed);
    assert_eq!(llm.slots.available_permits(), 4);
}

#[tokio::test]
async fn wrong_answers_are_errors_that_repeat_nothing_of_them() {
    let huge = "x".repeat(http::LONGEST_ANSWER + 1);
    let cases: Vec<(&'static str, String, &str)> = vec![
        ("200 OK", "<html>sk-hunter2</html>".into(), "no chat completion"),
        ("200 OK", json!({"choices": []}).to_string(), "no chat completion"),
        ("200 OK", json!({"error": "sk-hunter2"}).to_string(), "no chat completion"),
        ("200 OK", huge, "longer than"),
        ("401 Unauthorized", "Incorrect API key: sk-hunter2".into(), "status 401"),
        ("404 Not Found", "no such model".into(), "status 404"),
        ("302 Found", String::new(), "status 302"),
        ("400 Bad Request", "too long".into(), "status 400"),
    ];
    for (status, body, expected) in cases {
        let stub = Stub::start(move |_, _| raw(status, "Location: http://127.0.0.1:9/\r\n", &body)).await;
        let mut settings = settings(stub.address);
        settings.key = Some(ApiKey::new("sk-hunter2").unwrap());
        let llm = Llm::new(settings).unwrap();
        let said = message(es(&llm).await);
        assert!(said.contains(expected) && !said.contains("hunter2"), "{status}: {said}");
        assert_eq!(stub.asked(), 1, "{status}: asking again does not help");
    }
}

#[tokio::test]
async fn a_request_that_the_endpoint_cannot_stomach_says_nothing_about_the_others() {
    let stub = Stub::start(|_, _| raw("400 Bad Request", "", "")).await;
    let llm = llm(&stub);
    for _ in 0..5 {
        assert!(message(es(&llm).await).contains("status 400"));
    }
    assert_eq!((stub.asked(), llm.state()), (5, BreakerState::Closed));
}

#[tokio::test]
async fn passing_troubles_are_tried_once_more() {
    for first in [0, 1, 2] {
        let stub = Stub::start(move |n, _| match (n, first) {
            (0, 0) => Reply::Half,
            (0, 1) => raw("429 Too Many Requests", "Retry-After: 1\r\n", ""),
            (0, _) => raw("503 Service Unavailable", "", ""),
            _ => say("Envío en 7 días."),
        })
        .await;
        let llm = llm(&stub);
        assert_eq!(es(&llm).await.unwrap().as_deref(), Some("Envío en 7 días."), "{first}");
        assert_eq!((stub.asked(), llm.state()), (2, BreakerState::Closed), "{first}");
    }
}

#[tokio::test]
async fn an_endpoint_that_wants_to_be_left_alone_longer_than_we_have_is_left_alone() {
    let stub = Stub::start(|_, _| raw("429 Too Many Requests", "Retry-After: 30\r\n", "")).await;
    let mut settings = settings(stub.address);
    settings.breaker.pause = Duration::from_secs(10);
    let llm = Llm::new(settings).unwrap();
    assert!(message(es(&llm).await).contains("status 429"));
    for _ in 0..5 {
        assert!(matches!(es(&llm).await, Err(Unavailable { .. })));
    }
    assert_eq!((stub.asked(), llm.state()), (1, BreakerState::Open));
}

#[tokio::test]
async fn retries_end_with_their_budget() {
    let stub = Stub::start(|_, _| raw("500 Internal Server Error", "", "")).await;
    let mut settings = settings(stub.address);
    settings.breaker.failures = 1_000;
    let llm = Llm::new(settings).unwrap();
    for _ in 0..9 {
        assert!(message(es(&llm).await).contains("status 500"));
    }
    assert_eq!(stub.asked(), 9 + 1, "one retry in hand, the next after ten requests");
}

#[tokio::test]
async fn an_endpoint_that_always_fails_gets_probes_only_until_it_answers() {
    let stub =
        Stub::start(|n, _| if n < 6 { raw("500 Internal Server Error", "", "") } else { say("Hola.") }).await;
    let mut settings = settings(stub.address);
    settings.breaker.pause = Duration::from_millis(300);
    let llm = Llm::new(settings).unwrap();
    // Three failures, one of them tried twice.
    for _ in 0..3 {
        assert!(message(es(&llm).await).contains("status 500"));
    }
    let probes = async {
        for asked in [5, 6] {
            for _ in 0..5 {
                assert!(matches!(es(&llm).await, Err(Unavailable { .. })), "left alone after {asked}");
            }
            until(|| llm.state() == BreakerState::HalfOpen).await;
            assert!(message(es(&llm).await).contains("status 500"));
            assert_eq!(stub.asked(), asked);
        }
    };
    probes.await;
    until(|| llm.state() == BreakerState::HalfOpen).await;
    assert_eq!(es(&llm).await.unwrap().as_deref(), Some("Hola."));
    assert_eq!(llm.state(), BreakerState::Closed);
    assert_eq!(es(&llm).await.unwrap().as_deref(), Some("Hola."));
}

#[tokio::test]
async fn a_dead_endpoint_is_named_and_left_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let llm = Llm::new(settings(address)).unwrap();
    for _ in 0..3 {
        let said = message(es(&llm).await);
        assert!(said.contains("no connection") && said.contains("refused"), "{said}");
    }
    assert!(matches!(es(&llm).await, Err(Unavailable { .. })));
}

#[tokio::test]
async fn https_is_spoken_where_it_is_asked_for() {
    let stub = Stub::start(|_, _| say("in the clear")).await;
    let mut settings = settings(stub.address);
    settings.endpoint = Endpoint::parse(&format!("https://{}/v1", stub.address)).unwrap();
    settings.key = Some(ApiKey::new("sk-hunter2").unwrap());
    settings.time_limit = Duration::from_secs(2);
    let llm = Llm::new(settings).unwrap();
    // The stub waits for a request's end that never comes, or what it gets is none: either way nothing was said to it.
    assert!(llm.translate(&request("七天内发货", "es")).await.is_err());
    assert!(stub.seen.requests.lock().is_empty());
}

#[tokio::test]
async fn several_languages_are_worked_on_at_once_within_bounds() {
    let stub = Stub::start(|_, body| {
        let spanish = body["messages"][1]["content"].as_str().unwrap().contains("into Spanish");
        let said = if spanish { "Hola." } else { "Olá." };
        Reply::After(Duration::from_millis(100), Box::new(say(said)))
    })
    .await;
    let mut settings = settings(stub.address);
    (settings.concurrent, settings.waiting) = (2, 3);
    let llm = Arc::new(Llm::new(settings).unwrap());
    let ask = |tag: &'static str| {
        let llm = Arc::clone(&llm);
        async move { llm.translate(&request("大家好", tag)).await }
    };
    let tags = ["es", "pt-BR", "es", "pt-BR", "es", "pt-BR", "es"];
    let answers = futures_util::future::join_all(tags.map(ask)).await;
    let (mut shown, mut turned_away) = (0, 0);
    for (tag, answer) in tags.into_iter().zip(answers) {
        match answer {
            Ok(Some(draft)) => {
                assert_eq!(draft.text, if tag == "es" { "Hola." } else { "Olá." });
                shown += 1;
            }
            Err(Unavailable { why: "too many requests", .. }) => turned_away += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((shown, turned_away), (5, 2));
    assert_eq!(stub.seen.most.load(SeqCst), 2);
    assert_eq!((llm.slots.available_permits(), llm.places.available_permits()), (2, 5));
}

#[test]
fn the_names_that_people_gave_the_products_are_the_glossary() {
    let toml =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/config/demo-catalogue.toml")).unwrap();
    let catalogue = crate::catalogue::Catalogue::parse(&toml).unwrap();
    let (zh, es) = (Lang::parse("zh").unwrap(), Lang::parse("es-MX").unwrap());
    let names = product_names(&catalogue.products, &zh, &es);
    for product in catalogue.products.iter() {
        let pair = (product.names[&zh].as_str(), product.names[&Lang::parse("es").unwrap()].as_str());
        assert!(names.contains(&pair), "{pair:?}");
    }
    assert!(names.len() > catalogue.products.len(), "aliases too: {names:?}");
}

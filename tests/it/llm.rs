//! The `llm` engine against a real llama-server. `scripts/llama-server.sh MODEL.gguf` prints the address to name:
//!
//! TRADEWIND_LLM_URL=http://127.0.0.1:PORT/v1 cargo test --release --test it llm -- --ignored
//!
//! Any model will do, the smallest too: what is tested is the conversation with the server, not the wording.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tradewind::domain::Lang;
use tradewind::translate::{BreakerState, Endpoint, Llm, LlmSettings, Request, Translator};

/// A model that babbles until it is stopped takes half a minute over six of these: 3,600 tokens, or all its context has.
const LONG: &str = "大家好，欢迎来到我们宁波的工厂，今天给大家介绍一款不锈钢保温杯，容量五百毫升，可以保温十二个小时，\
                    一千个以上打九折，七天内发货，喜欢的朋友请点击下面的商品卡片，直接向我们询价";

fn base() -> String {
    std::env::var("TRADEWIND_LLM_URL").expect("TRADEWIND_LLM_URL names the server")
}

fn llm() -> Arc<Llm> {
    let mut settings = LlmSettings::new(Endpoint::parse(&base()).unwrap(), "any");
    settings.time_limit = Duration::from_secs(120);
    Arc::new(Llm::new(settings).unwrap())
}

fn request(text: &str, target: &str) -> Request {
    let lang = |tag| Lang::parse(tag).unwrap();
    Request { context: vec!["大家好".into()], ..Request::new(text, &lang("zh"), &lang(target)) }
}

/// Whether any of the server's slots is at work.
async fn is_working() -> bool {
    let host = base().trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let mut stream = TcpStream::connect(&host).await.unwrap();
    stream.write_all(format!("GET /slots HTTP/1.0\r\nHost: {host}\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let slots: serde_json::Value = serde_json::from_str(body).unwrap();
    slots.as_array().unwrap().iter().any(|slot| slot["is_processing"] == true)
}

/// Asks every one and a half seconds only: llama-server looks for clients that have gone after a second in which nothing
/// else happened, and these questions are something.
async fn until_working(wanted: bool) {
    let wait = async {
        while is_working().await != wanted {
            tokio::time::sleep(Duration::from_millis(if wanted { 10 } else { 1_500 })).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), wait).await.unwrap();
}

/// One after the other: the second looks at whether the server is at rest.
#[tokio::test]
#[ignore = "needs a server: scripts/llama-server.sh"]
async fn a_real_server_answers_several_languages_at_once_and_stops_when_nobody_waits() {
    let llm = llm();
    let ask = |tag: &'static str| {
        let llm = Arc::clone(&llm);
        async move {
            (tag, llm.translate(&request("七天内发货，单价两美元八十美分。", tag)).await)
        }
    };
    // Declined is an answer too: a base model babbles.
    for (tag, answer) in futures_util::future::join_all(["en", "es", "ru"].map(ask)).await {
        answer.unwrap_or_else(|error| panic!("{tag}: {error}"));
    }
    assert_eq!(llm.state(), BreakerState::Closed);

    until_working(false).await;
    let long = request(&LONG.repeat(6), "ru");
    tokio::select! {
        answer = llm.translate(&long) => panic!("done before it could be cancelled: {answer:?}"),
        () = until_working(true) => {}
    }
    until_working(false).await;
    assert_eq!(llm.state(), BreakerState::Closed);
}

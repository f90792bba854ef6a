//! The engine against children of every character; shell scripts stand for the child.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::glossary::Glossary;
use crate::translate::Request;

fn lang(tag: &str) -> Lang {
    Lang::parse(tag).unwrap()
}

fn request(text: &str, target: &str) -> Request {
    Request {
        text: text.into(),
        source: lang("zh"),
        target: lang(target),
        is_final: true,
        products: Arc::new([]),
        context: Vec::new(),
        glossary: Arc::default(),
    }
}

/// An engine whose child is `script`, which has `answer` to answer a line of input with.
fn engine(script: &str) -> Gguf {
    let answer = r#"answer() { id=${1#*\"id\":}; printf '{"done":{"id":%s,"end":%s}}\n' "${id%%,*}" "$2"; }"#;
    let script = format!("{answer}\n{script}");
    let mut settings = GgufSettings::new("/no/model".into(), vec![lang("es"), lang("pt")]).unwrap();
    settings.child = ("/bin/sh".into(), vec!["-c".into(), script, "child".into()]);
    settings.time_limit = Duration::from_secs(600);
    Gguf::start(settings)
}

/// One that does not wait long.
fn impatient(script: &str) -> Gguf {
    let mut engine = engine(script);
    engine.settings.time_limit = Duration::from_millis(300);
    engine
}

/// The answer of an engine that must not wait for its time limit.
async fn at_once(engine: &Gguf, asked: &Request) -> Result<Option<Draft>, TranslateError> {
    tokio::time::timeout(Duration::from_secs(60), engine.translate(asked)).await.unwrap()
}

async fn until(engine: &Gguf, state: GgufState) {
    let reached = async {
        while engine.child.state() != state {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reached).await.unwrap();
}

fn always(end: &str) -> String {
    format!("echo '\"ready\"'; while read -r line; do answer \"$line\" '{end}'; done")
}

#[tokio::test]
async fn what_the_model_writes_is_cleaned_and_remarks_are_not_used() {
    for (end, shown) in [
        (r#"{"whole":"Envío en 7 días."}"#, Some("Envío en 7 días.")),
        (r#"{"whole":"Spanish: \"Envío en 7 días.\""}"#, Some("Envío en 7 días.")),
        (r#"{"whole":"Here is the translation: Envío en 7 días."}"#, None),
        (r#"{"whole":"Envío.\nEn 7 días."}"#, None),
        (r#"{"whole":""}"#, None),
        (r#""cut_off""#, None),
    ] {
        let engine = engine(&always(end));
        until(&engine, GgufState::Ready).await;
        let draft = engine.translate(&request("七天内发货", "es")).await.unwrap();
        assert_eq!(draft.map(|draft| draft.text).as_deref(), shown, "{end}");
    }
}

#[tokio::test]
async fn partials_and_languages_that_were_not_measured_are_declined() {
    let engine = engine(&always(r#"{"whole":"x"}"#));
    until(&engine, GgufState::Ready).await;
    let partial = Request { is_final: false, ..request("七天内发货", "es") };
    assert_eq!(engine.translate(&partial).await.unwrap(), None);
    assert_eq!(engine.translate(&request("七天内发货", "ru")).await.unwrap(), None);
    assert_eq!(engine.translate(&request("……", "es")).await.unwrap(), None);
    let speaks = |target| engine.speaks(&lang("zh"), &lang(target));
    assert!(speaks("es") && speaks("pt-BR") && !speaks("ru") && !speaks("zh-Hant"));
}

#[tokio::test]
async fn who_asks_before_the_model_is_loaded_does_not_wait() {
    let engine = engine("sleep 60");
    assert_eq!(engine.readiness(), Readiness::Loading);
    let error = at_once(&engine, &request("七天内发货", "es")).await.unwrap_err();
    assert!(matches!(error, TranslateError::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn a_late_answer_and_one_nobody_waits_for_are_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard");
    let engine = impatient(&format!("echo '\"ready\"'; cat > '{}'", heard.display()));
    until(&engine, GgufState::Ready).await;
    let error = engine.translate(&request("七天内发货", "es")).await.unwrap_err();
    assert!(error.to_string().contains("late"), "{error}");
    let dropped =
        tokio::time::timeout(Duration::from_millis(50), engine.translate(&request("包邮", "es"))).await;
    assert!(dropped.is_err());
    has_line(&heard, r#"{"cancel":1}"#).await;
    has_line(&heard, r#"{"cancel":2}"#).await;
    assert_eq!(engine.child.busy(), 0);
}

#[tokio::test]
async fn when_too_many_wait_the_next_is_turned_away_at_once() {
    let mut engine = impatient("echo '\"ready\"'; cat > /dev/null");
    engine.settings.waiting = 1;
    until(&engine, GgufState::Ready).await;
    let asked: Vec<Request> = (1..=6).map(|days| request(&format!("{days}天内发货"), "es")).collect();
    let all = futures_util::future::join_all(asked.iter().map(|asked| engine.translate(asked))).await;
    let full =
        |answer: &&Result<_, TranslateError>| matches!(answer, Err(e) if e.to_string().contains("wait"));
    assert_eq!(all.iter().filter(full).count(), 1);
}

#[tokio::test]
async fn what_several_ask_for_at_once_is_written_once_and_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard");
    let script = format!(
        "echo '\"ready\"'; while read -r line; do echo order >> '{}'; answer \"$line\" '{{\"whole\":\"En 7 días.\"}}'; done",
        heard.display()
    );
    let engine = engine(&script);
    until(&engine, GgufState::Ready).await;
    let asked = request("七天内发货", "es");
    let all = futures_util::future::join_all((0..4).map(|_| engine.translate(&asked))).await;
    let later = engine.translate(&asked).await;
    for draft in all.into_iter().chain([later]) {
        assert_eq!(draft.unwrap().unwrap().text, "En 7 días.");
    }
    // Another language is another prompt.
    engine.translate(&request("七天内发货", "pt")).await.unwrap();
    assert_eq!(std::fs::read_to_string(&heard).unwrap().lines().count(), 2);
}

#[tokio::test]
async fn the_words_of_products_and_of_the_glossary_reach_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard");
    let engine = impatient(&format!("echo '\"ready\"'; cat > '{}'", heard.display()));
    until(&engine, GgufState::Ready).await;
    let glossary = Glossary::parse("flags\tzh\tes\n\t保温杯\ttermo de acero\n").unwrap();
    let asked = Request { glossary: Arc::new(glossary), ..request("保温杯七天内发货", "es") };
    engine.translate(&asked).await.unwrap_err();
    let told = std::fs::read_to_string(&heard).unwrap();
    assert!(told.contains("保温杯 = termo de acero"), "{told}");
    assert!(told.contains("Translate from Simplified Chinese into Spanish"), "{told}");
}

#[tokio::test]
async fn a_child_that_dies_or_babbles_is_started_again_and_nobody_waits_for_it() {
    for end in ["exit 3", "echo 'ggml_assert'; sleep 60", "kill -9 $$"] {
        let engine = engine(&format!("echo '\"ready\"'; read -r line; {end}"));
        until(&engine, GgufState::Ready).await;
        let error = at_once(&engine, &request("七天内发货", "es")).await.unwrap_err();
        assert!(matches!(error, TranslateError::Unavailable { .. }), "{end}: {error}");
        until(&engine, GgufState::Down).await;
        assert!(matches!(engine.readiness(), Readiness::Down(_)));
        until(&engine, GgufState::Ready).await;
    }
}

#[tokio::test]
async fn the_child_ends_with_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let ended = folder.path().join("ended");
    let engine = engine(&format!("echo '\"ready\"'; cat > /dev/null; echo ended > '{}'", ended.display()));
    until(&engine, GgufState::Ready).await;
    drop(engine);
    has_line(&ended, "ended").await;
}

async fn has_line(file: &Path, line: &str) {
    let found = async {
        while !std::fs::read_to_string(file).unwrap_or_default().lines().any(|l| l == line) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(10), found).await.is_ok(), "{line}");
}

//! What of the gateway does not work at present, for operators and `/readyz`. The shows go on: with the next engine, or without
//! what failed until it is back.

use serde_json::{Value, json};

use crate::pipeline::Engines;

/// Recognition: `ready`, or what is wrong with it.
pub(super) fn recognition(engines: &Engines) -> String {
    let silent = engines.voice.trouble().map(|why| format!("voice detection: {why}"));
    engines.pool.trouble().or(silent).unwrap_or_else(|| "ready".into())
}

/// For the console: `[{"part":"llm","detail":"…"}]`, empty while all is well.
pub(super) fn for_console(engines: &Engines) -> Value {
    let heard = [("recognition", engines.pool.trouble()), ("voice", engines.voice.trouble())];
    let translators = engines.route.all().iter();
    let translated = translators.map(|engine| (engine.name(), engines.route.trouble(engine.as_ref())));
    let told = heard.into_iter().chain(translated);
    told.filter_map(|(part, detail)| Some(json!({ "part": part, "detail": detail? }))).collect()
}

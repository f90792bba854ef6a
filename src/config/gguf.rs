//! The `[translate.gguf]` table: a small language model on this machine.

use std::time::Duration;

use anyhow::{Context, ensure};

use super::raw;
use crate::domain::Lang;

/// What is to be done with the model, before anybody knows where its file is.
#[derive(Debug, Clone)]
pub struct GgufConfig {
    pub enabled: bool,
    /// A name of `tradewind models list`, or the path of a GGUF file.
    pub model: String,
    /// Languages to translate into; `None`: those in which the packs say that it was measured to be of use.
    pub languages: Option<Vec<Lang>>,
    /// Tokens of a prompt with its answer.
    pub context: usize,
    /// Longest that one sentence may take.
    pub time_limit: Duration,
    /// Sentences that may wait while four are written.
    pub waiting: usize,
}

/// Under what the rules, the examples and a sentence with its answer take.
const LEAST_CONTEXT: usize = 512;
/// Of the route's limit, what is left to the engine where the file does not say: what the route cuts off is lost
/// without a word of why.
const SHARE: f64 = 0.9;

/// Checks the table. `engine_limit`: the route's, for any engine.
///
/// # Errors
/// What is wrong.
pub(super) fn check(raw: raw::Gguf, engine_limit: Duration) -> anyhow::Result<GgufConfig> {
    let languages = raw
        .languages
        .map(|tags| tags.iter().map(|tag| Ok(Lang::parse(tag)?)).collect::<anyhow::Result<Vec<_>>>())
        .transpose()
        .context("translate.gguf.languages")?;
    let time_limit = raw.time_limit_ms.map_or_else(|| engine_limit.mul_f64(SHARE), Duration::from_millis);
    ensure!(
        time_limit >= Duration::from_millis(90) && time_limit < engine_limit,
        "translate.gguf.time_limit_ms must be 90 or more and below translate.engine_limit_ms ({} ms)",
        engine_limit.as_millis()
    );
    let config = GgufConfig {
        enabled: raw.enabled.unwrap_or(true),
        model: raw.model.unwrap_or_else(|| "qwen".to_owned()),
        languages,
        context: raw.context.unwrap_or(1_024),
        time_limit,
        waiting: raw.waiting.unwrap_or(8),
    };
    ensure!(
        (LEAST_CONTEXT..=32_768).contains(&config.context),
        "translate.gguf.context must be {LEAST_CONTEXT} to 32768"
    );
    ensure!(config.waiting <= 56, "translate.gguf.waiting must be 0 to 56");
    ensure!(!config.model.trim().is_empty(), "translate.gguf.model is empty: it is a model's name or a file");
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> anyhow::Result<GgufConfig> {
        check(toml::from_str(text)?, Duration::from_secs(4))
    }

    #[test]
    fn without_a_table_the_model_is_used_where_it_is_there() {
        let config = parse("").unwrap();
        assert!(config.enabled && config.languages.is_none());
        assert_eq!((config.model.as_str(), config.time_limit), ("qwen", Duration::from_millis(3_600)));
        let all = parse(
            "enabled = false\nmodel = \"/models/x.gguf\"\nlanguages = [\"en\", \"pt-BR\"]\ncontext = 2048\n\
             time_limit_ms = 3000\nwaiting = 0",
        )
        .unwrap();
        assert_eq!((all.enabled, all.context, all.waiting), (false, 2_048, 0));
        assert_eq!(all.languages.unwrap().len(), 2);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, word) in [
            ("languages = [\"?\"]", "gguf.languages"),
            ("time_limit_ms = 4000", "below translate.engine_limit_ms (4000 ms)"),
            ("time_limit_ms = 1", "time_limit_ms"),
            ("context = 100", "gguf.context"),
            ("waiting = 100", "gguf.waiting"),
            ("model = \"\"", "gguf.model"),
            ("threads = 2", "threads"),
        ] {
            let error = format!("{:#}", parse(text).unwrap_err());
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}

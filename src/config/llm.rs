//! The `[llm]` table: an OpenAI-compatible endpoint. The key itself never stands in the file, only where it is.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use super::raw;
use crate::domain::Lang;
use crate::translate::{ApiKey, Endpoint, LlmSettings};

/// Fields of the request that are ours: a table of further ones must not change what the engine relies on.
const OWN: [&str; 6] = ["model", "messages", "max_tokens", "temperature", "stream", "n"];

/// Checks the table. `variable` looks into the environment, `base` is where a relative `key_file` begins.
///
/// # Errors
/// What is wrong, without the key.
pub(super) fn check(
    raw: raw::Llm,
    base: &Path,
    variable: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<LlmSettings> {
    let endpoint = Endpoint::parse(&raw.url).context("llm.url")?;
    ensure!(
        !raw.model.trim().is_empty(),
        "llm.model is empty: it is the name by which the endpoint knows the model"
    );
    let mut settings = LlmSettings::new(endpoint, raw.model.trim());
    ensure!(
        raw.key.is_none(),
        "llm.key: the key does not belong in this file; name the environment variable in key_env, or a file in key_file"
    );
    settings.key =
        key(raw.key_env.as_deref(), raw.key_file.map(|file| base.join(file)).as_deref(), variable)?;
    ensure!(
        settings.key.is_none() || !settings.endpoint.exposes_a_key(),
        "llm: the key would travel readable over the internet: use https"
    );
    if let Some(tags) = raw.languages {
        let languages = tags.iter().map(|tag| Ok(Lang::parse(tag)?)).collect::<anyhow::Result<Vec<_>>>();
        settings.languages = Some(languages.context("llm.languages")?);
    }
    if let Some(ms) = raw.time_limit_ms {
        ensure!((100..=60_000).contains(&ms), "llm.time_limit_ms must be 100 to 60000");
        settings.time_limit = Duration::from_millis(ms);
    }
    settings.concurrent = raw.concurrent.unwrap_or(settings.concurrent);
    settings.waiting = raw.waiting.unwrap_or(settings.waiting);
    ensure!((1..=256).contains(&settings.concurrent), "llm.concurrent must be 1 to 256");
    ensure!(settings.waiting <= 1_024, "llm.waiting must be 0 to 1024");
    settings.context = raw.context.unwrap_or(settings.context);
    settings.breaker.failures = raw.pause_after.unwrap_or(settings.breaker.failures);
    ensure!(settings.breaker.failures > 0, "llm.pause_after must be at least 1");
    settings.breaker.pause = raw.pause_ms.map_or(settings.breaker.pause, Duration::from_millis);
    for name in OWN {
        ensure!(!raw.extra.contains_key(name), "llm.extra.{name} is not yours to set");
    }
    settings.extra = raw.extra;
    Ok(settings)
}

fn key(
    variable_name: Option<&str>,
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Option<ApiKey>> {
    let (secret, from) = match (variable_name, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => bail!("llm has both key_env and key_file: one is enough"),
        (Some(name), None) => {
            let secret = variable(name).with_context(|| format!("llm.key_env: {name} is not set"))?;
            (secret, format!("llm.key_env: {name}"))
        }
        (None, Some(file)) => {
            let secret = std::fs::read_to_string(file)
                .with_context(|| format!("llm.key_file: cannot read {}", file.display()))?;
            (secret, format!("llm.key_file: {}", file.display()))
        }
    };
    ApiKey::new(&secret).context(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> anyhow::Result<LlmSettings> {
        let variable = |name: &str| (name == "LLM_KEY").then(|| "sk-hunter2\n".to_owned());
        check(toml::from_str(text)?, Path::new("/nowhere"), variable)
    }

    #[test]
    fn a_table_with_the_least_and_one_with_everything_are_read() {
        let least = parse("url = \"http://127.0.0.1:8080\"\nmodel = \"qwen\"").unwrap();
        assert!(least.key.is_none() && least.languages.is_none());
        let all = parse(
            "url = \"https://models.example/v1\"\nmodel = \"qwen\"\nkey_env = \"LLM_KEY\"\nlanguages = [\"es\", \"pt-BR\"]\n\
             time_limit_ms = 2000\nconcurrent = 8\nwaiting = 24\ncontext = 0\npause_after = 3\npause_ms = 1000\n\
             [extra.chat_template_kwargs]\nenable_thinking = false",
        )
        .unwrap();
        assert!(all.key.is_some());
        assert_eq!(all.time_limit, Duration::from_secs(2));
        assert_eq!((all.concurrent, all.waiting, all.context, all.breaker.failures), (8, 24, 0, 3));
        assert_eq!(all.extra["chat_template_kwargs"]["enable_thinking"], false);
    }

    #[test]
    fn mistakes_are_named_and_the_key_is_not() {
        let base = "model = \"qwen\"\nurl = \"https://models.example/v1\"\n";
        for (text, word) in [
            ("url = \"models.example\"\nmodel = \"m\"".to_owned(), "llm.url"),
            ("url = \"http://127.0.0.1\"\nmodel = \" \"".to_owned(), "llm.model"),
            (format!("{base}key = \"sk-hunter2\""), "does not belong in this file"),
            (format!("{base}api_key = \"sk-hunter2\""), "does not belong in this file"),
            (format!("{base}temperature = 1"), "temperature"),
            (format!("{base}key_env = \"NO_SUCH\""), "NO_SUCH is not set"),
            (format!("{base}key_file = \"key\""), "/nowhere/key"),
            (format!("{base}key_file = \"key\"\nkey_env = \"LLM_KEY\""), "both"),
            ("model = \"m\"\nurl = \"http://models.example/v1\"\nkey_env = \"LLM_KEY\"".to_owned(), "https"),
            (format!("{base}languages = [\"x\"]"), "llm.languages"),
            (format!("{base}time_limit_ms = 5"), "time_limit_ms"),
            (format!("{base}concurrent = 0"), "concurrent"),
            (format!("{base}extra = {{ stream = true }}"), "extra.stream"),
        ] {
            let error = format!("{:#}", parse(&text).unwrap_err());
            assert!(error.contains(word), "{text}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}

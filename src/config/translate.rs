//! The `[translate]` and `[llm]` tables: which engines there are, and how far each is trusted.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::{GgufConfig, gguf, llm, raw};
use crate::domain::Lang;
use crate::translate::firefox::FirefoxSettings;
use crate::translate::{ApertiumSettings, LlmSettings, RouteSettings, Tier};

/// How captions are translated.
#[derive(Debug, Clone)]
pub struct TranslateSettings {
    pub route: RouteSettings,
    pub firefox: FirefoxSettings,
    pub gguf: GgufConfig,
    /// `None`: it is left out even where it is installed.
    pub apertium: Option<ApertiumSettings>,
    /// Without it the engine is not there.
    pub llm: Option<LlmSettings>,
}

pub(super) fn check(
    raw: raw::Translate,
    llm: Option<raw::Llm>,
    base: &Path,
) -> anyhow::Result<TranslateSettings> {
    let mut route = RouteSettings::default();
    if let Some(ms) = raw.engine_limit_ms {
        ensure!((100..=60_000).contains(&ms), "translate.engine_limit_ms must be 100 to 60000");
        route.engine_limit = Duration::from_millis(ms);
    }
    if let Some(name) = raw.min_tier {
        route.min_tier = Tier::parse(&name).with_context(|| {
            format!("translate.min_tier must be \"verified\", \"usable\" or \"gist\", not {name:?}")
        })?;
    }
    for (tag, chain) in raw.chains {
        route.chains.insert(Lang::parse(&tag).context("translate.chains")?, chain);
    }
    let default = FirefoxSettings::default();
    let firefox = FirefoxSettings {
        threads: raw.firefox.threads.unwrap_or(default.threads),
        queue: raw.firefox.queue.unwrap_or(default.queue),
        max_models: raw.firefox.max_models.unwrap_or(default.max_models),
        ..default
    };
    ensure!((1..=64).contains(&firefox.threads), "translate.firefox.threads must be 1 to 64");
    ensure!((1..=4_096).contains(&firefox.queue), "translate.firefox.queue must be 1 to 4096");
    ensure!((1..=256).contains(&firefox.max_models), "translate.firefox.max_models must be 1 to 256");
    let apertium = apertium(raw.apertium, base)?;
    let llm = llm.map(|table| llm::check(table, base, |name| std::env::var(name).ok())).transpose()?;
    if let Some(llm) = &llm {
        ensure!(
            llm.time_limit < route.engine_limit,
            "llm.time_limit_ms must be below translate.engine_limit_ms ({} ms)",
            route.engine_limit.as_millis()
        );
    }
    let gguf = gguf::check(raw.gguf, route.engine_limit)?;
    Ok(TranslateSettings { route, firefox, gguf, apertium, llm })
}

fn apertium(raw: raw::Apertium, base: &Path) -> anyhow::Result<Option<ApertiumSettings>> {
    let default = ApertiumSettings::default();
    if let Some(root) = &raw.root {
        let root = base.join(root);
        ensure!(root.is_dir(), "translate.apertium.root: {} is no folder", root.display());
    }
    let settings = ApertiumSettings {
        root: raw.root.map_or(default.root, |root| base.join(root)),
        time_limit: raw.time_limit_ms.map_or(default.time_limit, Duration::from_millis),
        queue: raw.waiting.unwrap_or(default.queue),
    };
    let limit = settings.time_limit.as_millis();
    ensure!((50..=60_000).contains(&limit), "translate.apertium.time_limit_ms must be 50 to 60000");
    ensure!((1..=4_096).contains(&settings.queue), "translate.apertium.waiting must be 1 to 4096");
    Ok(raw.enabled.unwrap_or(true).then_some(settings))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> anyhow::Result<Option<ApertiumSettings>> {
        apertium(toml::from_str(text)?, Path::new(env!("CARGO_MANIFEST_DIR")))
    }

    #[test]
    fn apertium_is_looked_for_where_the_file_says_and_can_be_left_out() {
        assert_eq!(parse("").unwrap(), Some(ApertiumSettings::default()));
        let own = parse("root = \"tests\"\ntime_limit_ms = 500\nwaiting = 4").unwrap().unwrap();
        assert_eq!((own.time_limit, own.queue), (Duration::from_millis(500), 4));
        assert_eq!(own.root, Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"));
        assert_eq!(parse("enabled = false").unwrap(), None);
        for (text, word) in [
            ("root = \"nowhere\"", "translate.apertium.root"),
            ("time_limit_ms = 5", "time_limit_ms"),
            ("waiting = 0", "waiting"),
            ("folder = \"/\"", "folder"),
        ] {
            let error = format!("{:#}", parse(text).unwrap_err());
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}

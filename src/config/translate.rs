//! The `[translate]` and `[llm]` tables: which engines there are, and how far each is trusted.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::{GgufConfig, gguf, llm, raw};
use crate::domain::Lang;
use crate::translate::firefox::FirefoxSettings;
use crate::translate::{LlmSettings, RouteSettings, Tier};

/// How captions are translated.
#[derive(Debug, Clone)]
pub struct TranslateSettings {
    pub route: RouteSettings,
    pub firefox: FirefoxSettings,
    pub gguf: GgufConfig,
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
    let llm = llm.map(|table| llm::check(table, base, |name| std::env::var(name).ok())).transpose()?;
    if let Some(llm) = &llm {
        ensure!(
            llm.time_limit < route.engine_limit,
            "llm.time_limit_ms must be below translate.engine_limit_ms ({} ms)",
            route.engine_limit.as_millis()
        );
    }
    let gguf = gguf::check(raw.gguf, route.engine_limit)?;
    Ok(TranslateSettings { route, firefox, gguf, llm })
}

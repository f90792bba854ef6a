//! The engines that can work on this machine, with what the settings and the model folder give them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};

use crate::config::TranslateSettings;
use crate::domain::Lang;
use crate::models::firefox::{Installed, installed};
use crate::models::{Store, spec};
use crate::packs::{Pack, Packs};
use crate::translate::firefox::{Firefox, ModelFiles};
use crate::translate::gguf::{Gguf, GgufSettings};
use crate::translate::{Apertium, Llm, Phrasebook, Tier, Translator};

/// The engines that are here, and what the others lack.
pub struct Translators {
    pub engines: Vec<Arc<dyn Translator>>,
    /// By name, in words for the operator.
    pub missing: BTreeMap<&'static str, String>,
}

/// Starts every engine that has what it needs; the others are left out, as `/readyz` tells. Must be called on a tokio
/// runtime: some engines have tasks of their own.
///
/// # Errors
/// An engine that is configured cannot start.
pub fn translators(
    settings: &TranslateSettings,
    packs: &Arc<Packs>,
    models: &Path,
) -> anyhow::Result<Translators> {
    let mut engines: Vec<Arc<dyn Translator>> = vec![Arc::new(Phrasebook::new(Arc::clone(packs)))];
    let mut missing = BTreeMap::new();
    let directions = installed(models).context("the Firefox models cannot be read")?;
    if directions.is_empty() {
        missing.insert("firefox", "no model: `tradewind models fetch-firefox` or `models import`".to_owned());
    } else {
        let files = directions.iter().map(model_files).collect();
        let firefox = Firefox::start(files, &settings.firefox).context("the Firefox engine cannot start")?;
        engines.push(Arc::new(firefox));
    }
    match &settings.llm {
        Some(llm) => engines.push(Arc::new(Llm::new(llm.clone()).context("the llm engine cannot start")?)),
        None => drop(missing.insert("llm", "no endpoint: [llm] in the configuration".to_owned())),
    }
    match gguf(settings, packs, models)? {
        Ok(settings) => engines.push(Arc::new(Gguf::start(settings))),
        Err(lacks) => drop(missing.insert("gguf", lacks)),
    }
    match apertium(settings, packs) {
        Ok(apertium) => {
            tracing::info!(pairs = apertium.pairs().collect::<Vec<_>>().join(" "), "Apertium is installed");
            engines.push(Arc::new(apertium));
        }
        Err(lacks) => drop(missing.insert("apertium", lacks)),
    }
    Ok(Translators { engines, missing })
}

/// The `apertium` engine, or what is missing for it.
fn apertium(settings: &TranslateSettings, packs: &Arc<Packs>) -> Result<Apertium, String> {
    let settings = settings.apertium.as_ref().ok_or("switched off: translate.apertium.enabled")?;
    let lacks = "not installed: apt-get install apertium-spa-cat apertium-es-gl apertium-lex-tools cg3";
    Ok(Apertium::find(settings, packs).ok_or(lacks)?)
}

/// A model on the shelf as the engine takes it.
pub fn model_files(model: &Installed) -> ModelFiles {
    ModelFiles {
        from: model.pair.from().to_owned(),
        to: model.pair.to().to_owned(),
        model: model.model.clone(),
        source_vocab: model.source_vocab.clone(),
        target_vocab: model.target_vocab.clone(),
    }
}

/// What the `gguf` engine is to be started with, or what is missing for it.
fn gguf(
    settings: &TranslateSettings,
    packs: &Packs,
    models: &Path,
) -> anyhow::Result<Result<GgufSettings, String>> {
    let config = &settings.gguf;
    if !config.enabled {
        return Ok(Err("switched off: translate.gguf.enabled".to_owned()));
    }
    let languages = config.languages.clone().unwrap_or_else(|| measured("gguf", settings, packs));
    // 2 GB of memory that nobody would ask for anything.
    if languages.is_empty() {
        let tier = settings.route.min_tier.as_str();
        return Ok(Err(format!("measured {tier} in no language whose chain names it")));
    }
    let model = match spec::find(&config.model) {
        Some(spec) => match Store::new(models).found(spec) {
            Some(file) => file,
            None => return Ok(Err(format!("no model: `tradewind models fetch {}`", spec.name))),
        },
        None => PathBuf::from(&config.model),
    };
    ensure!(model.is_file(), "translate.gguf.model: {} is not there", model.display());
    let own = GgufSettings::new(model, languages).context("the gguf engine cannot start")?;
    Ok(Ok(GgufSettings {
        context: config.context,
        time_limit: config.time_limit,
        waiting: config.waiting,
        ..own
    }))
}

/// Languages in which the engine was measured to be good enough, among those that ask for it.
fn measured(engine: &str, settings: &TranslateSettings, packs: &Packs) -> Vec<Lang> {
    let route = &settings.route;
    let named =
        |pack: &Pack| route.chains.get(&pack.lang).unwrap_or(&pack.chain).iter().any(|name| name == engine);
    let good = |pack: &Pack| {
        pack.tiers.get(engine).and_then(|tier| Tier::parse(tier)).is_some_and(|tier| tier >= route.min_tier)
    };
    packs.iter().filter(|pack| named(pack) && good(pack)).map(|pack| pack.lang.clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use crate::config::Config;
    use crate::translate::Readiness;

    fn settings(text: &str) -> TranslateSettings {
        Config::parse(&format!("auth = \"off\"\n{text}"), Path::new(".")).unwrap().translate
    }

    fn packs() -> Arc<Packs> {
        Arc::new(Packs::builtin().unwrap())
    }

    fn lacks(text: &str, models: &Path) -> String {
        translators(&settings(text), &packs(), models).unwrap().missing.remove("gguf").unwrap()
    }

    #[tokio::test]
    async fn engines_without_what_they_need_are_named_with_what_they_lack() {
        let folder = tempfile::tempdir().unwrap();
        let found =
            translators(&settings("[translate.apertium]\nenabled = false"), &packs(), folder.path()).unwrap();
        assert_eq!(found.engines.iter().map(|engine| engine.name()).collect::<Vec<_>>(), ["phrasebook"]);
        let named: Vec<_> = found.missing.keys().copied().collect();
        assert_eq!(named, ["apertium", "firefox", "gguf", "llm"]);
        assert!(found.missing["gguf"].contains("models fetch qwen"), "{:?}", found.missing);
        let off = lacks("[translate.gguf]\nenabled = false", folder.path());
        assert!(off.contains("translate.gguf.enabled"), "{off}");
        // Nothing was measured as good as that, whatever files are there.
        let none = lacks("[translate]\nmin_tier = \"verified\"", folder.path());
        assert!(none.contains("verified in no language"), "{none}");
        let unnamed = lacks("[translate.chains]\nen = [\"phrasebook\"]", folder.path());
        assert!(unnamed.contains("usable in no language"), "{unnamed}");
        // Half a file, as of a copy that broke off.
        std::fs::write(folder.path().join(spec::find("qwen").unwrap().file), "GGUF").unwrap();
        assert!(lacks("", folder.path()).contains("models fetch qwen"));
    }

    #[tokio::test]
    async fn a_file_that_the_configuration_names_must_be_there() {
        let text = "[translate.gguf]\nmodel = \"/no/such.gguf\"";
        let error = translators(&settings(text), &packs(), Path::new("/none")).err().unwrap().to_string();
        assert!(error.contains("/no/such.gguf is not there"), "{error}");
    }

    #[tokio::test]
    async fn the_model_is_started_for_the_languages_it_was_measured_in() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::create(folder.path().join(spec::find("qwen").unwrap().file)).unwrap();
        file.set_len(spec::find("qwen").unwrap().bytes()).unwrap();
        let lang = |tag: &str| Lang::parse(tag).unwrap();
        let usable = gguf(&settings(""), &packs(), folder.path()).unwrap().unwrap();
        assert_eq!(usable.languages, [lang("en")]);
        let gist = settings("[translate]\nmin_tier = \"gist\"");
        let gist = gguf(&gist, &packs(), folder.path()).unwrap().unwrap().languages;
        assert!(gist.len() > 1 && gist.contains(&lang("es")) && !gist.contains(&lang("sw")), "{gist:?}");
        let own = settings("[translate.gguf]\nlanguages = [\"id\"]");
        assert_eq!(gguf(&own, &packs(), folder.path()).unwrap().unwrap().languages, [lang("id")]);
        let found = translators(&settings(""), &packs(), folder.path()).unwrap();
        let engine = found.engines.iter().find(|engine| engine.name() == "gguf").unwrap();
        assert!(engine.speaks(&lang("zh"), &lang("en")) && !engine.speaks(&lang("zh"), &lang("es")));
        assert_ne!(engine.readiness(), Readiness::Ready);
    }
}

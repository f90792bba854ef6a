//! The engines that can work on this machine, with what the settings and the model folder give them.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use crate::config::TranslateSettings;
use crate::models::firefox::{Installed, installed};
use crate::packs::Packs;
use crate::translate::firefox::{Firefox, ModelFiles};
use crate::translate::{Apertium, Llm, Phrasebook, Translator};

/// Starts every engine that has what it needs; the others are left out, as `/readyz` tells.
///
/// # Errors
/// An engine that is configured cannot start.
pub fn translators(
    settings: &TranslateSettings,
    packs: &Arc<Packs>,
    models: &Path,
) -> anyhow::Result<Vec<Arc<dyn Translator>>> {
    let mut engines: Vec<Arc<dyn Translator>> = vec![Arc::new(Phrasebook::new(Arc::clone(packs)))];
    let directions = installed(models).context("the Firefox models cannot be read")?;
    if !directions.is_empty() {
        let files = directions.iter().map(model_files).collect();
        let firefox = Firefox::start(files, &settings.firefox).context("the Firefox engine cannot start")?;
        engines.push(Arc::new(firefox));
    }
    if let Some(llm) = &settings.llm {
        engines.push(Arc::new(Llm::new(llm.clone()).context("the llm engine cannot start")?));
    }
    let found = settings.apertium.as_ref().and_then(|settings| Apertium::find(settings, packs));
    if let Some(apertium) = found {
        tracing::info!(pairs = apertium.pairs().collect::<Vec<_>>().join(" "), "Apertium is installed");
        engines.push(Arc::new(apertium));
    }
    Ok(engines)
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

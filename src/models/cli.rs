//! What `tradewind models list` and `tradewind models fetch` do, short of printing.

use std::path::{Path, PathBuf};

use super::error::ModelError;
use super::progress::Progress;
use super::spec::{self, DEFAULT_NAMES, MODELS, ModelSpec};
use super::store::{State, Status, Store};

/// Every known model and the state of its file in `dir`. Reads the files whole.
pub fn list(dir: &Path) -> Result<Vec<Status>, ModelError> {
    Store::new(dir).list()
}

/// Fetches the named models into `dir`, those that the demonstration needs if none is named, and returns their paths
/// in the same order. All names are looked at before the first byte is fetched.
pub fn fetch(dir: &Path, which: &[String], progress: &mut dyn Progress) -> Result<Vec<PathBuf>, ModelError> {
    let store = Store::new(dir);
    let specs: Vec<&ModelSpec> = if which.is_empty() {
        DEFAULT_NAMES.iter().map(|name| named(name)).collect::<Result<_, _>>()?
    } else {
        which.iter().map(|name| named(name)).collect::<Result<_, _>>()?
    };
    let missing: Vec<&ModelSpec> = specs.iter().copied().filter(|spec| store.found(spec).is_none()).collect();
    if !missing.is_empty() {
        let sizes = missing.iter().map(|spec| format!("{} {} MB", spec.name, megabytes(spec)));
        progress.note(&format!("to be fetched: {}", sizes.collect::<Vec<_>>().join(", ")));
    }
    specs.into_iter().map(|spec| store.ensure(spec, progress)).collect()
}

/// One line of the list: name, state, size, path.
#[must_use]
pub fn line(status: &Status) -> String {
    let state = match &status.state {
        State::Missing => "missing".to_owned(),
        State::Present { sha256 } => format!("checked, sha256 {sha256}"),
        State::Broken { why } => format!("broken: {why}"),
    };
    let (name, megabytes) = (status.spec.name, megabytes(status.spec));
    format!("{name:<16} {megabytes:>5} MB  {}  {state}", status.path.display())
}

fn megabytes(spec: &ModelSpec) -> u64 {
    spec.bytes().div_ceil(1_000_000)
}

fn named(name: &str) -> Result<&'static ModelSpec, ModelError> {
    spec::find(name).ok_or_else(|| ModelError::Unknown {
        name: name.to_owned(),
        known: MODELS.iter().map(|spec| spec.name).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::progress::Silent;

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones_before_anything_is_fetched() {
        let dir = Path::new("/nonexistent/tradewind");
        let error = fetch(dir, &["huge".to_owned()], &mut Silent).unwrap_err().to_string();
        assert!(error.contains("\"huge\"") && error.contains("base, small"), "{error}");
    }

    #[test]
    fn the_list_of_an_absent_folder_has_every_model_missing() {
        let list = list(Path::new("/nonexistent/tradewind")).unwrap();
        assert_eq!(list.len(), MODELS.len());
        assert!(list.iter().all(|status| status.state == State::Missing));
        assert!(line(&list[0]).starts_with("base ") && line(&list[0]).ends_with("missing"));
    }
}

//! Writes tiers into `pack.toml`, line by line: what people wrote there, comments too, stays.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::domain::Lang;
use crate::translate::Tier;

#[derive(Debug, thiserror::Error)]
#[error("{} cannot be read or written", path.display())]
pub struct TierFileError {
    path: PathBuf,
    source: std::io::Error,
}

/// Writes the tiers into the packs below `dir`; gives the files that changed.
///
/// # Errors
/// A pack's file cannot be read or written.
pub fn write_tiers(
    dir: &Path,
    tiers: &BTreeMap<Lang, BTreeMap<String, Tier>>,
) -> Result<Vec<PathBuf>, TierFileError> {
    let mut changed = Vec::new();
    for (lang, tiers) in tiers {
        let path = dir.join(lang.as_str()).join("pack.toml");
        let failed = |source| TierFileError { path: path.clone(), source };
        let text = std::fs::read_to_string(&path).map_err(failed)?;
        let new = with_tiers(&text, tiers);
        if new != text {
            std::fs::write(&path, new).map_err(failed)?;
            changed.push(path);
        }
    }
    Ok(changed)
}

/// A `pack.toml` with these engines' tiers; those of other engines stay.
pub fn with_tiers(toml: &str, tiers: &BTreeMap<String, Tier>) -> String {
    let mut lines: Vec<String> = toml.lines().map(str::to_owned).collect();
    let header = lines.iter().position(|line| line.trim() == "[tiers]").unwrap_or_else(|| {
        if lines.last().is_some_and(|line| !line.trim().is_empty()) {
            lines.push(String::new());
        }
        lines.push("[tiers]".to_owned());
        lines.len() - 1
    });
    for (engine, tier) in tiers {
        let end = lines.iter().skip(header + 1).position(|line| line.trim_start().starts_with('['));
        let end = end.map_or(lines.len(), |at| header + 1 + at);
        let rows = || lines.iter().enumerate().take(end).skip(header + 1);
        let own = rows().find(|(_, line)| key(line) == Some(engine)).map(|(at, _)| at);
        let last = rows().filter(|(_, line)| !line.trim().is_empty()).map(|(at, _)| at).next_back();
        let row = format!("{engine} = \"{}\"", tier.as_str());
        match own.and_then(|at| lines.get_mut(at)) {
            Some(line) => {
                let comment = line.split_once('#').map(|(_, comment)| format!(" #{comment}"));
                *line = row + comment.as_deref().unwrap_or_default();
            }
            None => lines.insert(last.unwrap_or(header) + 1, row),
        }
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// The key of `key = "value"`, which may be quoted.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    Some(key.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiers(of: &[(&str, Tier)]) -> BTreeMap<String, Tier> {
        of.iter().map(|(engine, tier)| ((*engine).to_owned(), *tier)).collect()
    }

    #[test]
    fn only_the_named_engines_change() {
        let toml = "# Turkish\nlang = \"tr\"\nchain = [\"phrasebook\"]\n\n[tiers]\n# measured\nphrasebook = \"usable\" # by hand\nllm = \"gist\"\n\n[more]\ngguf = 1\n";
        let new = with_tiers(toml, &tiers(&[("phrasebook", Tier::Verified), ("gguf", Tier::Unfit)]));
        assert_eq!(
            new,
            "# Turkish\nlang = \"tr\"\nchain = [\"phrasebook\"]\n\n[tiers]\n# measured\nphrasebook = \"verified\" # by hand\nllm = \"gist\"\ngguf = \"unfit\"\n\n[more]\ngguf = 1\n"
        );
        assert_eq!(with_tiers(&new, &tiers(&[("phrasebook", Tier::Verified)])), new);
    }

    #[test]
    fn a_pack_without_tiers_gets_the_table() {
        assert_eq!(
            with_tiers("lang = \"tr\"\n", &tiers(&[("gguf", Tier::Gist)])),
            "lang = \"tr\"\n\n[tiers]\ngguf = \"gist\"\n"
        );
    }

    #[test]
    fn files_are_written_where_something_changed() {
        let dir = tempfile::tempdir().unwrap();
        let es = Lang::parse("es").unwrap();
        let all = BTreeMap::from([(es, tiers(&[("gguf", Tier::Usable)]))]);
        assert!(write_tiers(dir.path(), &all).unwrap_err().to_string().contains("pack.toml"));
        std::fs::create_dir(dir.path().join("es")).unwrap();
        std::fs::write(dir.path().join("es/pack.toml"), "[tiers]\n").unwrap();
        assert_eq!(write_tiers(dir.path(), &all).unwrap().len(), 1);
        assert_eq!(write_tiers(dir.path(), &all).unwrap().len(), 0);
    }
}

//! The files of packs, from the binary or from a folder.

use std::collections::BTreeMap;
use std::path::Path;

use rust_embed::RustEmbed;

/// One pack's files by name.
pub(super) struct Source {
    pub folder: String,
    pub files: BTreeMap<String, String>,
}

#[derive(RustEmbed)]
#[folder = "lang-packs/"]
struct Embedded;

pub(super) fn embedded() -> Vec<Source> {
    let mut packs: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for path in Embedded::iter() {
        let Some((folder, file)) = path.split_once('/') else { continue };
        let Some(data) = Embedded::get(&path) else { continue };
        let text = String::from_utf8_lossy(&data.data).into_owned();
        packs.entry(folder.to_owned()).or_default().insert(file.to_owned(), text);
    }
    packs.into_iter().map(|(folder, files)| Source { folder, files }).collect()
}

pub(super) fn directory(dir: &Path) -> std::io::Result<Vec<Source>> {
    let mut packs = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            continue;
        }
        let mut files = BTreeMap::new();
        for file in std::fs::read_dir(entry.path())? {
            let file = file?;
            if file.file_type()?.is_file() {
                let text = String::from_utf8_lossy(&std::fs::read(file.path())?).into_owned();
                files.insert(file.file_name().to_string_lossy().into_owned(), text);
            }
        }
        packs.push(Source { folder: entry.file_name().to_string_lossy().into_owned(), files });
    }
    packs.sort_by(|a, b| a.folder.cmp(&b.folder));
    Ok(packs)
}

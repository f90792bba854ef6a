//! Models from Mozilla's own hosting: the list from Remote Settings, the files from where its attachments are served,
//! zstd-compressed. Both are Firefox's; the sums of the list, which comes over TLS, are the files' identity.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use ruzstd::decoding::StreamingDecoder;

use super::records::{self, FileRecord};
use super::shelf::{self, Staged};
use super::{FirefoxModelError, Installed, Pair, Trial};
use crate::models::error::SourceError;
use crate::models::progress::Progress;
use crate::models::{http, transfer};

/// The list has about 1 MB.
const LONGEST_LIST: u64 = 32 * 1024 * 1024;

/// Where models are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosting {
    /// Address of the list.
    pub records: String,
    /// Address that a record's location is put behind.
    pub attachments: String,
}

impl Default for Hosting {
    fn default() -> Self {
        Self {
            records: "https://firefox.settings.services.mozilla.com/v1/buckets/main/collections/\
                      translations-models-v2/records"
                .into(),
            attachments: "https://firefox-settings-attachments.cdn.mozilla.net".into(),
        }
    }
}

/// Every pair that can be fetched.
///
/// # Errors
/// The list could not be had or read.
pub fn offered(hosting: &Hosting) -> Result<Vec<Pair>, FirefoxModelError> {
    Ok(records::pairs(&list(hosting)?))
}

/// Fetches the pair's model into the model folder `dir`, whole or not at all. What is there already and is the same is
/// not fetched again.
///
/// # Errors
/// In one sentence: the list or a file could not be had, a file was not the listed one, or the trial failed.
pub fn fetch(
    dir: &Path,
    pair: &Pair,
    hosting: &Hosting,
    trial: &Trial<'_>,
    progress: &mut dyn Progress,
) -> Result<Installed, FirefoxModelError> {
    let list = list(hosting)?;
    let files = records::choose(&list, pair);
    let Some(pair) = files.first().map(|file| file.pair().clone()) else {
        let offered: Vec<String> = records::pairs(&list).iter().map(Pair::to_string).collect();
        return Err(FirefoxModelError::NotOffered { pair: pair.clone(), offered: offered.join(", ") });
    };
    let wanted: Vec<_> = files.iter().map(|file| (file.name.clone(), file.file.sha256.clone())).collect();
    if let Some(there) = shelf::has(dir, &pair, &wanted) {
        return Ok(there);
    }
    let mut staged = Staged::new(dir, &pair, progress)?;
    // Another process may have fetched it while this one waited.
    if let Some(there) = shelf::has(dir, &pair, &wanted) {
        return Ok(there);
    }
    for file in &files {
        one(file, &staged.folder, hosting, progress)?;
        staged.add(&file.name, &file.file.sha256);
    }
    staged.install(trial)
}

fn list(hosting: &Hosting) -> Result<Vec<FileRecord>, FirefoxModelError> {
    let url = hosting.records.clone();
    let body = http::text(&url, LONGEST_LIST)
        .map_err(|source| FirefoxModelError::Unreachable { url: url.clone(), source })?;
    records::parse(&body).map_err(|why| FirefoxModelError::List { url, why })
}

fn one(
    record: &FileRecord,
    folder: &Path,
    hosting: &Hosting,
    progress: &mut dyn Progress,
) -> Result<(), FirefoxModelError> {
    let file = record.name.clone();
    let url = format!("{}/{}", hosting.attachments.trim_end_matches('/'), record.location);
    let packed = folder.join(format!("{file}.zst"));
    let out = File::create(&packed).map_err(FirefoxModelError::io(&packed))?;
    progress.begin(&file, record.packed.bytes);
    let got = http::download(&url, record.packed.bytes, out, progress);
    progress.finish();
    let got = got.and_then(|got| match got == record.packed.sha256 {
        true => Ok(()),
        false => Err(SourceError::Checksum { got }),
    });
    if let Err(source) = got {
        return Err(match source {
            SourceError::Disk(error) => FirefoxModelError::io(&packed)(error),
            source => FirefoxModelError::File { file, url, source },
        });
    }
    unpack(record, &packed, &folder.join(&file)).map_err(|error| match error {
        SourceError::Disk(error) => FirefoxModelError::io(folder)(error),
        SourceError::Broken { source, .. } => {
            FirefoxModelError::Unpack { file, url, why: source.to_string() }
        }
        other => FirefoxModelError::Unpack { file, url, why: other.to_string() },
    })?;
    fs::remove_file(&packed).map_err(FirefoxModelError::io(&packed))
}

fn unpack(record: &FileRecord, from: &Path, to: &Path) -> Result<(), SourceError> {
    let packed = BufReader::new(File::open(from).map_err(SourceError::Disk)?);
    let decoder = StreamingDecoder::new(packed).map_err(|error| SourceError::Broken {
        after: 0,
        source: std::io::Error::other(error.to_string()),
    })?;
    let mut out = File::create(to).map_err(SourceError::Disk)?;
    let got = transfer::copy(decoder, &mut out, record.file.bytes, &mut |_| ())?;
    if got != record.file.sha256 {
        return Err(SourceError::Checksum { got });
    }
    out.sync_all().map_err(SourceError::Disk)
}

//! The list of files in Remote Settings, Mozilla's distribution of data to Firefox: the collection
//! `translations-models-v2`. A record is one file of one pair; a model is the records that agree in pair, version and
//! architecture.

use serde::Deserialize;

use super::Pair;
use super::shelf::is_plain;

/// The form of models that the inference library was written for; another first number is another form.
const MAJOR: u64 = 3;

/// No file of a model is larger: the largest has 60 MB. A list must not fill the disk.
const LARGEST: u64 = 512 * 1024 * 1024;

/// One file of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    pub name: String,
    kind: Kind,
    pair: Pair,
    version: Version,
    /// `base-memory`, `base`, `tiny`; with the variant, where there is one.
    architecture: String,
    /// Path below the hosting's attachments.
    pub location: String,
    /// Of the file as it is sent, zstd.
    pub packed: Identity,
    /// Of the file itself.
    pub file: Identity,
}

/// What makes a file the right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Model,
    Vocab,
    SourceVocab,
    TargetVocab,
}

/// `3.1`; `3.1a2` comes before it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    stable: bool,
    numbers: Vec<u64>,
}

/// The usable records of the answer; what this version does not know is passed over, since the collection also serves
/// other versions of Firefox.
///
/// # Errors
/// The answer is not such a list at all.
pub fn parse(body: &str) -> Result<Vec<FileRecord>, String> {
    let list: List = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let record = |item| serde_json::from_value::<Raw>(item).ok().and_then(Raw::check);
    Ok(list.data.into_iter().filter_map(record).collect())
}

/// The files of the best model for the pair, vocabularies first: stable before alpha, newer before older, larger before
/// smaller. Empty where there is none. `zh` also finds what is tagged `zh-Hans`.
pub fn choose(records: &[FileRecord], pair: &Pair) -> Vec<FileRecord> {
    let exact = models(records).filter(|files| files.iter().all(|file| file.pair == *pair));
    let simplified = |tag: &str| if tag == "zh" { "zh-Hans".to_owned() } else { tag.to_owned() };
    let other = Pair::new(&simplified(pair.from()), &simplified(pair.to()));
    let close = models(records).filter(|files| files.iter().all(|file| Some(&file.pair) == other.as_ref()));
    let rank = |files: &Vec<&FileRecord>| {
        files.last().map(|model| (model.version.clone(), model.file.bytes, model.architecture.clone()))
    };
    let best = exact.max_by_key(rank).or_else(|| close.max_by_key(rank));
    best.unwrap_or_default().into_iter().cloned().collect()
}

/// Every pair that has a whole model.
pub fn pairs(records: &[FileRecord]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> =
        models(records).filter_map(|files| Some(files.first()?.pair.clone())).collect();
    pairs.sort();
    pairs.dedup();
    pairs
}

impl FileRecord {
    /// The pair as the list tags it.
    pub fn pair(&self) -> &Pair {
        &self.pair
    }
}

/// Every model that has its vocabularies, with the model itself last.
fn models(records: &[FileRecord]) -> impl Iterator<Item = Vec<&FileRecord>> {
    let of = move |model: &FileRecord, kind: Kind| {
        let same = |other: &&FileRecord| {
            other.kind == kind
                && other.pair == model.pair
                && other.version == model.version
                && other.architecture == model.architecture
        };
        records.iter().find(same)
    };
    records.iter().filter(|record| record.kind == Kind::Model).filter_map(move |model| {
        let vocabularies = match of(model, Kind::Vocab) {
            Some(vocab) => vec![vocab],
            None => vec![of(model, Kind::SourceVocab)?, of(model, Kind::TargetVocab)?],
        };
        Some(vocabularies.into_iter().chain([model]).collect())
    })
}

#[derive(Deserialize)]
struct List {
    data: Vec<serde_json::Value>,
}

/// A record as it is written. Fields that are not here do not matter.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    name: String,
    version: String,
    file_type: String,
    source_language: String,
    target_language: String,
    architecture: Option<String>,
    variant: Option<String>,
    decompressed_hash: String,
    decompressed_size: u64,
    attachment: Attachment,
}

#[derive(Deserialize)]
struct Attachment {
    hash: String,
    size: u64,
    location: String,
}

impl Raw {
    fn check(self) -> Option<FileRecord> {
        let kind = match self.file_type.as_str() {
            "model" => Kind::Model,
            "vocab" => Kind::Vocab,
            "srcvocab" => Kind::SourceVocab,
            "trgvocab" => Kind::TargetVocab,
            _ => return None,
        };
        let version = Version::parse(&self.version)?;
        // The folder's names are kept, and sorted by their beginnings.
        let named = is_plain(&self.name) && self.name.starts_with(&format!("{}.", self.file_type));
        let location = self.attachment.location.split('/').all(is_plain);
        let file = Identity { bytes: self.decompressed_size, sha256: self.decompressed_hash };
        let packed = Identity { bytes: self.attachment.size, sha256: self.attachment.hash };
        let good = named && location && [&file, &packed].into_iter().all(Identity::is_good);
        (good && version.numbers.first() == Some(&MAJOR)).then_some(FileRecord {
            name: self.name,
            kind,
            pair: Pair::new(&self.source_language, &self.target_language)?,
            version,
            architecture: [self.architecture, self.variant].map(Option::unwrap_or_default).join("/"),
            location: self.attachment.location,
            packed,
            file,
        })
    }
}

impl Identity {
    fn is_good(&self) -> bool {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        self.bytes <= LARGEST && self.sha256.len() == 64 && self.sha256.bytes().all(hex)
    }
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let (numbers, alpha) = match text.split_once('a') {
            Some((numbers, alpha)) => (numbers, Some(alpha)),
            None => (text, None),
        };
        let parts = numbers.split('.').chain(alpha);
        let numbers = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
        Some(Self { stable: alpha.is_none(), numbers })
    }
}

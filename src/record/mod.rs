//! What outlives the process: one SQLite file beside the gateway.
//!
//! All writing goes through one thread ([`writer`]), which takes what has come together into one transaction: a disk that
//! syncs a hundred times a second then takes thousands of writes. Reading has a connection of its own (write-ahead log:
//! neither waits for the other).

mod audio;
mod columns;
mod event_row;
mod flash;
mod glossaries;
mod images;
mod inquiries;
mod products;
mod reservations;
mod schema;
mod shows;
mod transcript;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::{Connection, Transaction};
use tempfile::TempDir;

use crate::domain::SourceEvent;
pub use audio::{AudioPart, Tape};
pub use flash::NewFlash;
pub use images::StoredImage;
pub use inquiries::InquiryPage;
pub use reservations::Wish;
pub use shows::ShowSummary;
pub use transcript::{CardEvent, Line, Transcript};
use writer::Writer;

/// The file below the folder that the configuration names.
const FILE: &str = "tradewind.sqlite3";

/// Something could not be kept, or not be found again.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("cannot use the folder {}: {source}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("the database {}: {source}", path.display())]
    Open { path: PathBuf, source: rusqlite::Error },
    #[error(
        "the database {} was written by a newer version (schema {found}, this one knows {known})",
        path.display()
    )]
    TooNew { path: PathBuf, found: i64, known: i64 },
    #[error("the database {} is damaged ({found}): move it away, or put a copy in its place", path.display())]
    Damaged { path: PathBuf, found: String },
    #[error("the database: {0}")]
    Sql(#[from] rusqlite::Error),
    #[error("the database cannot be written: {0}")]
    Write(String),
    #[error("the database's writer has stopped")]
    Stopped,
    #[error("a stored product cannot be read: {0}")]
    Product(#[from] crate::catalogue::CatalogueError),
    #[error("a room's stored terms cannot be read: {0}")]
    Glossary(#[from] crate::glossary::GlossaryError),
}

/// The open record. Cheap to clone.
#[derive(Clone)]
pub struct Record {
    writer: Writer,
    reader: Arc<Mutex<Connection>>,
    /// Where sound is kept beside the database; none where nothing is.
    folder: Option<PathBuf>,
    /// Where nothing is to be kept: gone with the last clone.
    _temporary: Option<Arc<TempDir>>,
}

impl Record {
    /// Opens the record in `folder`, makes it if it is not there, and brings it to the present schema. Blocks.
    ///
    /// # Errors
    /// The folder or file cannot be used, or is of a newer version.
    pub fn open(folder: &Path) -> Result<Self, RecordError> {
        let failed = |source| RecordError::Folder { path: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        Self::open_file(&folder.join(FILE), None)
    }

    /// A record that is forgotten at the end: for measurements and tests. Blocks.
    ///
    /// # Errors
    /// There is no place for temporary files.
    pub fn temporary() -> Result<Self, RecordError> {
        let folder = TempDir::with_prefix("tradewind-")
            .map_err(|source| RecordError::Folder { path: std::env::temp_dir(), source })?;
        let file = folder.path().join(FILE);
        Self::open_file(&file, Some(Arc::new(folder)))
    }

    /// A record that keeps nothing and says why: shows go on, and who asks for something to be kept is refused.
    ///
    /// # Errors
    /// SQLite cannot even work in memory.
    pub fn unusable(why: String) -> Result<Self, RecordError> {
        let mut memory = Connection::open_in_memory()?;
        schema::migrate(&mut memory, Path::new(":memory:"))?;
        let (writer, reader) = (Writer::refusing(why), Arc::new(Mutex::new(memory)));
        Ok(Self { writer, reader, folder: None, _temporary: None })
    }

    /// Why nothing can be kept at present; none while all is well.
    pub fn trouble(&self) -> Option<String> {
        self.writer.trouble.lock().clone()
    }

    /// Writes that wait for the disk.
    pub fn waiting(&self) -> usize {
        self.writer.waiting.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn open_file(file: &Path, temporary: Option<Arc<TempDir>>) -> Result<Self, RecordError> {
        let connect = || {
            let open = || schema::prepared(Connection::open(file)?);
            open().map_err(|source| RecordError::Open { path: file.to_owned(), source })
        };
        let mut connection = connect()?;
        let sound = schema::soundness(&connection);
        let failed = |source| RecordError::Open { path: file.to_owned(), source };
        if let Some(found) = sound.map_err(failed)? {
            return Err(RecordError::Damaged { path: file.to_owned(), found });
        }
        schema::migrate(&mut connection, file)?;
        if temporary.is_some() {
            // It does not outlive the process: no disk is waited for.
            connection.pragma_update(None, "synchronous", "off")?;
        }
        let writer = Writer::start(connection)
            .map_err(|source| RecordError::Folder { path: file.to_owned(), source })?;
        let folder = file.parent().map(Path::to_owned);
        Ok(Self { writer, reader: Arc::new(Mutex::new(connect()?)), folder, _temporary: temporary })
    }

    /// Writes; returns when it is on disk.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, RecordError> {
        self.writer.write(work).await
    }

    /// Writes nothing, for as long as the other end of `gate` is there: what comes behind it waits.
    #[cfg(test)]
    pub(crate) async fn hold(&self, gate: std::sync::mpsc::Receiver<()>) {
        drop(self.write(move |_| Ok(gate.recv().is_ok())).await);
    }

    /// Reads on a thread that may wait for the disk.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, RecordError> + Send + 'static,
    ) -> Result<T, RecordError> {
        let reader = Arc::clone(&self.reader);
        let read = tokio::task::spawn_blocking(move || work(&reader.lock()));
        read.await.map_err(|_| RecordError::Stopped)?
    }
}

/// An event as its row has it, its kind and the rest as JSON: for those who keep it elsewhere, too.
pub fn written_entry(event: &SourceEvent) -> (&'static str, String) {
    (event_row::kind(event), event_row::body(event))
}

/// The same back; none for what this version cannot read.
pub fn read_entry(kind: &str, body: &str) -> Option<SourceEvent> {
    event_row::read(kind, body).ok()
}

/// Milliseconds of the world's clock (Unix).
pub fn now_ms() -> i64 {
    unix_ms(std::time::SystemTime::now())
}

/// A moment of it.
pub fn unix_ms(moment: std::time::SystemTime) -> i64 {
    let since = moment.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod flash_tests;
#[cfg(test)]
mod shows_tests;
#[cfg(test)]
mod tests;

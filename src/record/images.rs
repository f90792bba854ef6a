//! Pictures of products.

use rusqlite::{OptionalExtension, params};

use super::{Record, RecordError, now_ms};

/// A picture as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredImage {
    /// After its content: `3fa9…c2.jpg`.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Record {
    /// # Errors
    /// The database fails.
    pub async fn keep_image(&self, image: StoredImage) -> Result<(), RecordError> {
        self.write(move |transaction| {
            let add = "INSERT OR IGNORE INTO images (name, bytes, added_ms) VALUES (?1, ?2, ?3)";
            transaction.execute(add, params![image.name, image.bytes, now_ms()]).map(drop)
        })
        .await
    }

    /// # Errors
    /// The database fails.
    pub async fn image(&self, name: &str) -> Result<Option<Vec<u8>>, RecordError> {
        let name = name.to_owned();
        self.read(move |connection| {
            let query = "SELECT bytes FROM images WHERE name = ?1";
            Ok(connection.query_row(query, [name], |row| row.get(0)).optional()?)
        })
        .await
    }
}

//! The rooms' terms, in the form of their file.

use rusqlite::{OptionalExtension, params};

use super::{Record, RecordError, now_ms};
use crate::domain::RoomId;
use crate::glossary::Glossary;

impl Record {
    /// The terms that are kept for the room. `None`: nobody has changed them yet.
    ///
    /// # Errors
    /// The database fails, or holds terms that this version does not understand.
    pub async fn glossary(&self, room: &RoomId) -> Result<Option<Glossary>, RecordError> {
        let room = room.clone();
        self.read(move |connection| {
            let query = "SELECT body FROM glossaries WHERE room = ?1";
            let body = connection.query_row(query, [room.as_str()], |row| row.get::<_, String>(0));
            Ok(body.optional()?.map(|body| Glossary::parse(&body)).transpose()?)
        })
        .await
    }

    /// Keeps these terms in place of all that the room had.
    ///
    /// # Errors
    /// The database fails; then nothing has changed.
    pub async fn keep_glossary(&self, room: &RoomId, glossary: &Glossary) -> Result<(), RecordError> {
        let (room, body) = (room.clone(), glossary.to_tsv());
        self.write(move |transaction| {
            transaction.execute(
                "INSERT INTO glossaries (room, body, changed_ms) VALUES (?1, ?2, ?3)
                 ON CONFLICT (room) DO UPDATE SET body = ?2, changed_ms = ?3",
                params![room.as_str(), body, now_ms()],
            )?;
            Ok(())
        })
        .await
    }
}

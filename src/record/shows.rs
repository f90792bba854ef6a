//! Shows: their events, and what viewers of each language read.

use std::collections::BTreeMap;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::columns::{checked, optional};
use super::transcript::Transcript;
use super::{Record, RecordError, event_row, now_ms};
use crate::domain::{
    Epoch, Fidelity, KeptShow, Lang, Offset, Rendering, RoomId, ShowEntry, ShowHead, SourceEvent,
};

/// A show in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowSummary {
    pub head: ShowHead,
    /// Utterances, corrections not counted twice.
    pub finals: u64,
    /// The show's clock at its last event.
    pub last_ms: u64,
    /// Languages in which anything was read.
    pub langs: Vec<Lang>,
}

impl Record {
    /// Keeps events of a show; what is there already stays as it is, so that the same may be written again.
    ///
    /// # Errors
    /// The database fails; then none of them is kept.
    pub async fn keep_events(
        &self,
        room: &RoomId,
        head: ShowHead,
        entries: Vec<ShowEntry>,
    ) -> Result<(), RecordError> {
        let room = room.clone();
        self.write(move |transaction| {
            let show = keep_head(transaction, &room, &head)?;
            let mut add = transaction.prepare_cached(
                "INSERT INTO events (show, place, at_ms, kind, body) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (show, place) DO NOTHING",
            )?;
            for entry in &entries {
                let (kind, body) = (event_row::kind(&entry.event), event_row::body(&entry.event));
                add.execute(params![show, entry.offset as i64, entry.at_ms as i64, kind, body])?;
            }
            Ok(())
        })
        .await
    }

    /// The room's latest show with its last `limit` events, ended or not, to go on with. Writes too: a show that cannot be
    /// written on must not be gone on with, since its next offsets would be lost and given out again.
    ///
    /// # Errors
    /// The database fails or cannot be written.
    pub async fn take_up_show(&self, room: &RoomId, limit: usize) -> Result<Option<KeptShow>, RecordError> {
        let room = room.clone();
        self.write(move |transaction| {
            transaction.execute("UPDATE shows SET room = room WHERE room = ?1", [room.as_str()])?;
            let query = "SELECT * FROM shows WHERE room = ?1 ORDER BY id DESC LIMIT 1";
            let found = transaction.query_row(query, [room.as_str()], |row| Ok((row.get("id")?, head(row)?)));
            let Some((show, head)) = found.optional()? else { return Ok(None) };
            Ok(Some(KeptShow { head, entries: entries(transaction, show, limit)? }))
        })
        .await
    }

    /// One show of the room with all of its events.
    ///
    /// # Errors
    /// The database fails, or a row was written by a version that knows more.
    pub async fn show(&self, room: &RoomId, epoch: &Epoch) -> Result<Option<KeptShow>, RecordError> {
        let (room, epoch) = (room.clone(), epoch.clone());
        self.read(move |connection| {
            let Some((show, head)) = find(connection, &room, &epoch)? else { return Ok(None) };
            Ok(Some(KeptShow { head, entries: entries(connection, show, usize::MAX)? }))
        })
        .await
    }

    /// The room's shows in which anything happened, the newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn shows(&self, room: &RoomId, limit: u32) -> Result<Vec<ShowSummary>, RecordError> {
        let room = room.clone();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT s.*, (SELECT count(DISTINCT json_extract(body, '$.segment')) FROM events
                        WHERE show = s.id AND kind = 'final') AS finals,
                     (SELECT at_ms FROM events WHERE show = s.id ORDER BY place DESC LIMIT 1) AS last_ms,
                     (SELECT group_concat(lang) FROM (SELECT DISTINCT lang FROM renderings WHERE show = s.id)) AS langs
                 FROM shows s WHERE s.room = ?1 AND EXISTS (SELECT 1 FROM events WHERE show = s.id)
                 ORDER BY s.id DESC LIMIT ?2",
            )?;
            let rows = statement.query_map(params![room.as_str(), limit], |row| {
                let langs: Option<String> = row.get("langs")?;
                let langs = langs.as_deref().unwrap_or_default().split(',');
                Ok(ShowSummary {
                    head: head(row)?,
                    finals: row.get::<_, i64>("finals")?.unsigned_abs(),
                    last_ms: row.get::<_, i64>("last_ms")?.unsigned_abs(),
                    langs: langs.filter_map(|tag| Lang::parse(tag).ok()).collect(),
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
        })
        .await
    }

    /// Keeps what viewers of a language read, in place of what was there.
    ///
    /// # Errors
    /// The database fails; then it is not kept.
    pub async fn keep_renderings(
        &self,
        room: &RoomId,
        epoch: &Epoch,
        renderings: Vec<Rendering>,
    ) -> Result<(), RecordError> {
        let (room, epoch) = (room.clone(), epoch.clone());
        self.write(move |transaction| {
            let mut add = transaction.prepare_cached(
                "INSERT OR REPLACE INTO renderings (show, lang, place, text, text_lang, engine, fidelity, emitted_ms)
                 SELECT id, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM shows WHERE room = ?1 AND epoch = ?2",
            )?;
            for one in &renderings {
                add.execute(params![
                    room.as_str(),
                    epoch.as_str(),
                    one.lang.as_str(),
                    one.offset as i64,
                    one.text,
                    one.text_lang.as_ref().map(Lang::as_str),
                    one.engine,
                    one.fidelity.as_str(),
                    one.emitted_ms as i64,
                ])?;
            }
            Ok(())
        })
        .await
    }

    /// What viewers of a language read of a show from an offset on.
    ///
    /// # Errors
    /// The database fails.
    pub async fn renderings(
        &self,
        room: &RoomId,
        epoch: &Epoch,
        lang: &Lang,
        from: Offset,
    ) -> Result<BTreeMap<Offset, Rendering>, RecordError> {
        let (room, epoch, lang) = (room.clone(), epoch.clone(), lang.clone());
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT r.* FROM renderings r JOIN shows s ON s.id = r.show
                 WHERE s.room = ?1 AND s.epoch = ?2 AND r.lang = ?3 AND r.place >= ?4",
            )?;
            let key = params![room.as_str(), epoch.as_str(), lang.as_str(), from as i64];
            let rows = statement.query_map(key, rendering)?;
            Ok(rows
                .map(|row| row.map(|one| (one.offset, one)))
                .collect::<rusqlite::Result<BTreeMap<_, _>>>()?)
        })
        .await
    }

    /// A show in one language, with `unkept` events that are not on disk yet. None if there is no such show.
    ///
    /// # Errors
    /// As for [`Record::show`].
    pub async fn transcript(
        &self,
        room: &RoomId,
        epoch: &Epoch,
        lang: &Lang,
        unkept: Vec<ShowEntry>,
    ) -> Result<Option<Transcript>, RecordError> {
        let Some(mut kept) = self.show(room, epoch).await? else { return Ok(None) };
        let last = kept.entries.last().map_or(0, |entry| entry.offset);
        kept.entries.extend(unkept.into_iter().filter(|entry| entry.offset > last));
        let renderings = self.renderings(room, epoch, lang, 0).await?;
        Ok(Some(Transcript::new(kept, lang, &renderings)))
    }

    /// Deletes a show with all that belongs to it: captions, cards, what shoppers asked and were answered, and the sales
    /// that began in it and are over, with their reservations. False if there is no such show.
    ///
    /// # Errors
    /// The database fails; then nothing is deleted.
    pub async fn delete_show(&self, room: &RoomId, epoch: &Epoch) -> Result<bool, RecordError> {
        let key = (room.clone(), epoch.clone());
        let deleted = self.write(move |transaction| {
            let Some((_, head)) = find(transaction, &key.0, &key.1)? else { return Ok(false) };
            delete(transaction, &key.0, &head)?;
            Ok(true)
        });
        let deleted = deleted.await?;
        // Behind it: sound without a show is found and deleted later, a show without its sound would never be whole.
        self.delete_audio(room, epoch).await?;
        Ok(deleted)
    }

    /// Deletes the room's shows that ended before `before_ms` (1970), as [`Record::delete_show`] does, and those that never
    /// ended and were made before then; never `current`. Gives their names.
    ///
    /// # Errors
    /// The database fails; then nothing is deleted.
    pub async fn delete_shows_before(
        &self,
        room: &RoomId,
        before_ms: i64,
        current: &Epoch,
    ) -> Result<Vec<Epoch>, RecordError> {
        let (key, current) = (room.clone(), current.clone());
        let deleted = self.write(move |transaction| {
            let query =
                "SELECT * FROM shows WHERE room = ?1 AND coalesce(ended_ms, made_ms) < ?2 AND epoch != ?3";
            let heads = {
                let mut statement = transaction.prepare_cached(query)?;
                let rows = statement.query_map(params![key.as_str(), before_ms, current.as_str()], head)?;
                rows.collect::<rusqlite::Result<Vec<_>>>()?
            };
            for head in &heads {
                delete(transaction, &key, head)?;
            }
            Ok(heads.into_iter().map(|head| head.epoch).collect::<Vec<_>>())
        });
        let deleted = deleted.await?;
        for epoch in &deleted {
            self.delete_audio(room, epoch).await?;
        }
        Ok(deleted)
    }
}

fn keep_head(transaction: &Transaction<'_>, room: &RoomId, head: &ShowHead) -> rusqlite::Result<i64> {
    transaction
        .prepare_cached(
            "INSERT INTO shows (room, epoch, made_ms, zero_ms, ended_ms, source_lang) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (room, epoch) DO UPDATE SET zero_ms = coalesce(excluded.zero_ms, zero_ms),
             ended_ms = coalesce(excluded.ended_ms, ended_ms), source_lang = excluded.source_lang RETURNING id",
        )?
        .query_row(
            params![
                room.as_str(),
                head.epoch.as_str(),
                head.made_ms,
                head.zero_ms,
                head.ended_ms,
                head.source_lang.as_str()
            ],
            |row| row.get(0),
        )
}

/// A show's own words go with it; so does what shoppers left there.
fn delete(transaction: &Transaction<'_>, room: &RoomId, head: &ShowHead) -> rusqlite::Result<()> {
    let key = params![room.as_str(), head.epoch.as_str()];
    // Answers go with their inquiries, events and renderings with their show.
    transaction.execute("DELETE FROM inquiries WHERE room = ?1 AND epoch = ?2", key)?;
    let sales = "SELECT id FROM flashes WHERE room = ?1 AND began_ms BETWEEN ?2 AND ?3 AND
                 (ended_ms IS NOT NULL OR ends_ms < ?4)";
    let (now, ended) = (now_ms(), head.ended_ms.unwrap_or_else(now_ms));
    let during = params![room.as_str(), head.made_ms, ended, now];
    transaction.execute(&format!("DELETE FROM reservations WHERE flash IN ({sales})"), during)?;
    transaction.execute(&format!("DELETE FROM flashes WHERE id IN ({sales})"), during)?;
    transaction.execute("DELETE FROM shows WHERE room = ?1 AND epoch = ?2", key)?;
    Ok(())
}

fn find(connection: &Connection, room: &RoomId, epoch: &Epoch) -> rusqlite::Result<Option<(i64, ShowHead)>> {
    let query = "SELECT * FROM shows WHERE room = ?1 AND epoch = ?2";
    let key = params![room.as_str(), epoch.as_str()];
    connection.query_row(query, key, |row| Ok((row.get("id")?, head(row)?))).optional()
}

fn entries(connection: &Connection, show: i64, limit: usize) -> rusqlite::Result<Vec<ShowEntry>> {
    let mut statement = connection.prepare_cached(
        "SELECT place, at_ms, kind, body FROM events WHERE show = ?1 ORDER BY place DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![show, i64::try_from(limit).unwrap_or(i64::MAX)], entry)?;
    let mut entries = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    entries.reverse();
    Ok(entries)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<ShowEntry> {
    let (kind, body): (String, String) = (row.get("kind")?, row.get("body")?);
    let event: SourceEvent = event_row::read(&kind, &body)
        .map_err(|bad| rusqlite::Error::FromSqlConversionFailure(3, Type::Text, Box::new(bad)))?;
    Ok(ShowEntry {
        offset: row.get::<_, i64>("place")?.unsigned_abs(),
        at_ms: row.get::<_, i64>("at_ms")?.unsigned_abs(),
        event,
    })
}

fn head(row: &Row<'_>) -> rusqlite::Result<ShowHead> {
    Ok(ShowHead {
        epoch: checked(row, "epoch", Epoch::parse)?,
        made_ms: row.get("made_ms")?,
        zero_ms: row.get("zero_ms")?,
        ended_ms: row.get("ended_ms")?,
        source_lang: checked(row, "source_lang", Lang::parse)?,
    })
}

fn rendering(row: &Row<'_>) -> rusqlite::Result<Rendering> {
    let fidelity: String = row.get("fidelity")?;
    Ok(Rendering {
        offset: row.get::<_, i64>("place")?.unsigned_abs(),
        lang: checked(row, "lang", Lang::parse)?,
        text: row.get("text")?,
        text_lang: optional(row, "text_lang", Lang::parse)?,
        engine: row.get("engine")?,
        // One that a later version knows is not taken for more than it may be.
        fidelity: Fidelity::parse(&fidelity).unwrap_or(Fidelity::Source),
        emitted_ms: row.get::<_, i64>("emitted_ms")?.unsigned_abs(),
    })
}

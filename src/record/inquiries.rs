//! What shoppers asked, and what they were answered.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params};

use super::columns::{checked, optional};
use super::{Record, RecordError};
use crate::domain::{Answer, ClientId, Epoch, Fidelity, Inquiry, InquiryId, Lang, Rendered, RoomId, Sku};

/// Which inquiries of a room, the newest first.
#[derive(Debug, Clone, Default)]
pub struct InquiryPage {
    /// Those that came before this one.
    pub before: Option<InquiryId>,
    /// Those without an answer only.
    pub open: bool,
    /// Those of this show only.
    pub epoch: Option<Epoch>,
    /// How many at most.
    pub limit: u32,
}

/// An inquiry with its answer, if it has one.
const SELECT: &str = "SELECT i.*, a.answered_ms, a.lang AS answer_lang, a.text AS answer_text,
     a.shown_text, a.shown_lang, a.shown_engine, a.shown_fidelity
     FROM inquiries i LEFT JOIN answers a ON a.inquiry = i.seq";

impl Record {
    /// Keeps an inquiry. One whose `client_id` the room has already stays as it is: gives what is kept, and whether it
    /// is new.
    ///
    /// # Errors
    /// The database fails; then it is not kept.
    pub async fn keep_inquiry(&self, inquiry: Inquiry) -> Result<(Inquiry, bool), RecordError> {
        self.write(move |transaction| {
            let added = insert(transaction, &inquiry)?;
            let query = format!("{SELECT} WHERE i.room = ?1 AND (i.id = ?2 OR i.client_id = ?3)");
            let client_id = inquiry.client_id.as_ref().map(|id| id.as_str());
            let key = params![inquiry.room.as_str(), inquiry.id.as_str(), client_id];
            Ok((transaction.query_row(&query, key, read)?, added > 0))
        })
        .await
    }

    /// Keeps the text for the host.
    ///
    /// # Errors
    /// The database fails.
    pub async fn keep_for_host(&self, id: &InquiryId, text: Rendered) -> Result<(), RecordError> {
        let id = id.clone();
        self.write(move |transaction| {
            let change = "UPDATE inquiries SET host_text = ?2, host_lang = ?3, host_engine = ?4, host_fidelity = ?5 WHERE id = ?1";
            let lang = text.lang.as_str();
            let values = params![id.as_str(), text.text, lang, text.engine, text.fidelity.as_str()];
            transaction.execute(change, values).map(drop)
        })
        .await
    }

    /// Keeps an answer, in place of one that was there. Gives the inquiry with it; none if there is no such inquiry.
    ///
    /// # Errors
    /// The database fails; then it is not kept.
    pub async fn keep_answer(
        &self,
        room: &RoomId,
        id: &InquiryId,
        answer: Answer,
    ) -> Result<Option<Inquiry>, RecordError> {
        let (room, id) = (room.clone(), id.clone());
        self.write(move |transaction| {
            let shown = &answer.for_shopper;
            transaction.execute(
                "INSERT OR REPLACE INTO answers (inquiry, answered_ms, lang, text, shown_text, shown_lang, shown_engine,
                 shown_fidelity) SELECT seq, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM inquiries WHERE room = ?1 AND id = ?2",
                params![
                    room.as_str(),
                    id.as_str(),
                    answer.answered_ms,
                    answer.lang.as_str(),
                    answer.text,
                    shown.text,
                    shown.lang.as_str(),
                    shown.engine,
                    shown.fidelity.as_str(),
                ],
            )?;
            one(transaction, &room, &id)
        })
        .await
    }

    /// # Errors
    /// The database fails.
    pub async fn inquiry(&self, room: &RoomId, id: &InquiryId) -> Result<Option<Inquiry>, RecordError> {
        let (room, id) = (room.clone(), id.clone());
        self.read(move |connection| Ok(one(connection, &room, &id)?)).await
    }

    /// # Errors
    /// The database fails.
    pub async fn inquiries(&self, room: &RoomId, page: InquiryPage) -> Result<Vec<Inquiry>, RecordError> {
        let room = room.clone();
        self.read(move |connection| {
            let query = format!(
                "{SELECT} WHERE i.room = :room AND (NOT :open OR a.inquiry IS NULL)
                 AND (:epoch IS NULL OR i.epoch = :epoch)
                 AND (:before IS NULL OR i.seq < (SELECT seq FROM inquiries WHERE room = :room AND id = :before))
                 ORDER BY i.seq DESC LIMIT :limit"
            );
            let values = named_params! {
                ":room": room.as_str(), ":open": page.open, ":limit": page.limit,
                ":epoch": page.epoch.as_ref().map(Epoch::as_str),
                ":before": page.before.as_ref().map(InquiryId::as_str),
            };
            let mut statement = connection.prepare_cached(&query)?;
            let rows = statement.query_map(values, read)?;
            Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
        })
        .await
    }

    /// How many inquiries the room has, and how many of them have no answer.
    ///
    /// # Errors
    /// The database fails.
    pub async fn count_inquiries(&self, room: &RoomId) -> Result<(i64, i64), RecordError> {
        let room = room.clone();
        self.read(move |connection| {
            let query = "SELECT count(*), count(*) - count(a.inquiry) FROM inquiries i
                         LEFT JOIN answers a ON a.inquiry = i.seq WHERE i.room = ?1";
            Ok(connection.query_row(query, [room.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?)
        })
        .await
    }
}

fn insert(transaction: &Transaction<'_>, inquiry: &Inquiry) -> rusqlite::Result<usize> {
    transaction.execute(
        "INSERT INTO inquiries (id, room, epoch, client_id, asked_ms, lang, text, sku, quantity, contact)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (room, client_id) DO NOTHING",
        params![
            inquiry.id.as_str(),
            inquiry.room.as_str(),
            inquiry.epoch.as_str(),
            inquiry.client_id.as_ref().map(|id| id.as_str()),
            inquiry.asked_ms,
            inquiry.lang.as_str(),
            inquiry.text,
            inquiry.sku.as_ref().map(Sku::as_str),
            inquiry.quantity,
            inquiry.contact,
        ],
    )
}

fn one(connection: &Connection, room: &RoomId, id: &InquiryId) -> rusqlite::Result<Option<Inquiry>> {
    let query = format!("{SELECT} WHERE i.room = ?1 AND i.id = ?2");
    connection.query_row(&query, [room.as_str(), id.as_str()], read).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Inquiry> {
    let answer = row.get::<_, Option<String>>("answer_text")?.map(|text| {
        Ok::<_, rusqlite::Error>(Answer {
            text,
            lang: checked(row, "answer_lang", Lang::parse)?,
            answered_ms: row.get("answered_ms")?,
            for_shopper: rendered(row, ["shown_text", "shown_lang", "shown_engine", "shown_fidelity"])?,
        })
    });
    let translated = row.get::<_, Option<String>>("host_text")?.is_some();
    let for_host = || rendered(row, ["host_text", "host_lang", "host_engine", "host_fidelity"]);
    Ok(Inquiry {
        id: checked(row, "id", InquiryId::parse)?,
        client_id: optional(row, "client_id", ClientId::parse)?,
        room: checked(row, "room", RoomId::parse)?,
        epoch: checked(row, "epoch", Epoch::parse)?,
        asked_ms: row.get("asked_ms")?,
        lang: checked(row, "lang", Lang::parse)?,
        text: row.get("text")?,
        sku: optional(row, "sku", Sku::parse)?,
        quantity: row.get("quantity")?,
        contact: row.get("contact")?,
        for_host: translated.then(for_host).transpose()?,
        answer: answer.transpose()?,
    })
}

fn rendered(row: &Row<'_>, [text, lang, engine, fidelity]: [&str; 4]) -> rusqlite::Result<Rendered> {
    let known = |name: &str| Fidelity::parse(name).ok_or(UnknownFidelity);
    Ok(Rendered {
        text: row.get(text)?,
        lang: checked(row, lang, Lang::parse)?,
        engine: row.get(engine)?,
        fidelity: checked(row, fidelity, known)?,
    })
}

#[derive(Debug, thiserror::Error)]
#[error("no such fidelity")]
struct UnknownFidelity;

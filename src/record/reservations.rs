//! Pieces of a flash sale that shoppers had put by. Stock falls inside the writer's transaction: two shoppers who want the
//! last piece at once are one after the other here.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::{Record, RecordError, now_ms};
use crate::domain::{Currency, Money, Reservation, Reserved, RoomId, Sku};

/// What a shopper wants put by.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The name that the reservation gets.
    pub id: String,
    pub quantity: u64,
    pub contact: String,
    /// The shopper's own name for this wish: sent twice, it takes nothing more.
    pub key: Option<String>,
}

const SELECT: &str =
    "SELECT r.id, f.sku, r.quantity, f.amount, f.currency, r.contact, r.made_ms, r.cancelled_ms IS NOT NULL
                      FROM reservations r JOIN flashes f ON f.id = r.flash";

impl Record {
    /// Puts pieces by from `flash`, the sale of the product that is on, if one is. With the same `key` a second time nothing more is taken, and
    /// the first answer comes again, even when the sale has ended meanwhile.
    ///
    /// # Errors
    /// The database fails; then nothing was put by.
    pub async fn reserve(
        &self,
        room: &RoomId,
        sku: &Sku,
        flash: Option<i64>,
        wish: Wish,
    ) -> Result<Reserved, RecordError> {
        let (room, sku) = (room.clone(), sku.clone());
        self.write(move |transaction| {
            let now = now_ms();
            let on = "SELECT stock FROM flashes WHERE id = ?1 AND ended_ms IS NULL AND ends_ms > ?2";
            let on = transaction.query_row(on, params![flash, now], |row| row.get::<_, Option<i64>>(0));
            let on = on.optional()?;
            let left = on.flatten().map(|stock| u64::try_from(stock).unwrap_or_default());
            if let Some(known) = by_key(transaction, &room, &sku, wish.key.as_deref())? {
                let same = known.quantity == wish.quantity && known.contact == wish.contact;
                return Ok(match (same, known.cancelled) {
                    (false, _) => Reserved::KeyUsed,
                    (true, true) => Reserved::Cancelled,
                    (true, false) => Reserved::Held { reservation: known, left, is_new: false },
                });
            }
            let (Some(flash), Some(_)) = (flash, on) else { return Ok(Reserved::Over) };
            if let Some(left) = left.filter(|left| *left < wish.quantity) {
                return Ok(Reserved::TooFew { left });
            }
            let quantity = i64::try_from(wish.quantity).unwrap_or(i64::MAX);
            transaction.execute(
                "UPDATE flashes SET stock = stock - ?2 WHERE id = ?1 AND stock IS NOT NULL",
                params![flash, quantity],
            )?;
            transaction.execute(
                "INSERT INTO reservations (id, flash, quantity, contact, key, made_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![wish.id, flash, quantity, wish.contact, wish.key, now],
            )?;
            let reservation = by_id(transaction, &room, &wish.id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            Ok(Reserved::Held { reservation, left: left.map(|left| left - wish.quantity), is_new: true })
        })
        .await
    }

    /// Gives the pieces back. `None`: there is no such reservation, or it was cancelled before.
    ///
    /// # Errors
    /// The database fails.
    pub async fn cancel_reservation(
        &self,
        room: &RoomId,
        id: &str,
    ) -> Result<Option<Reservation>, RecordError> {
        let (room, id) = (room.clone(), id.to_owned());
        self.write(move |transaction| {
            let Some(known) = by_id(transaction, &room, &id)?.filter(|known| !known.cancelled) else {
                return Ok(None);
            };
            let give_back = "UPDATE flashes SET stock = stock + ?2
                             WHERE id = (SELECT flash FROM reservations WHERE id = ?1)";
            transaction.execute(give_back, params![id, i64::try_from(known.quantity).unwrap_or(i64::MAX)])?;
            // It keeps its key: a request that is sent again does not put the pieces by once more.
            let cancel = "UPDATE reservations SET cancelled_ms = ?2 WHERE id = ?1";
            transaction.execute(cancel, params![id, now_ms()])?;
            Ok(Some(Reservation { cancelled: true, ..known }))
        })
        .await
    }

    /// One reservation of a room.
    ///
    /// # Errors
    /// The database fails.
    pub async fn reservation(&self, room: &RoomId, id: &str) -> Result<Option<Reservation>, RecordError> {
        let (room, id) = (room.clone(), id.to_owned());
        self.read(move |connection| {
            let query = format!("{SELECT} WHERE f.room = ?1 AND r.id = ?2");
            Ok(connection.query_row(&query, params![room.as_str(), id], read).optional()?)
        })
        .await
    }

    /// The latest reservations of a room, newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn reservations(&self, room: &RoomId, most: u32) -> Result<Vec<Reservation>, RecordError> {
        let room = room.clone();
        self.read(move |connection| {
            let query = format!("{SELECT} WHERE f.room = ?1 ORDER BY r.made_ms DESC, r.rowid DESC LIMIT ?2");
            let mut query = connection.prepare_cached(&query)?;
            let rows = query.query_map(params![room.as_str(), most], read)?;
            Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
        })
        .await
    }
}

fn by_id(transaction: &Transaction<'_>, room: &RoomId, id: &str) -> rusqlite::Result<Option<Reservation>> {
    let query = format!("{SELECT} WHERE f.room = ?1 AND r.id = ?2");
    transaction.query_row(&query, params![room.as_str(), id], read).optional()
}

/// Over all sales of the product: the answer to a lost one is looked for after the sale, too.
fn by_key(
    transaction: &Transaction<'_>,
    room: &RoomId,
    sku: &Sku,
    key: Option<&str>,
) -> rusqlite::Result<Option<Reservation>> {
    let Some(key) = key else { return Ok(None) };
    let query = format!("{SELECT} WHERE f.room = ?1 AND f.sku = ?2 AND r.key = ?3");
    transaction.query_row(&query, params![room.as_str(), sku.as_str(), key], read).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Reservation> {
    let (amount, currency): (String, String) = (row.get(3)?, row.get(4)?);
    Ok(Reservation {
        id: row.get(0)?,
        sku: row.get(1)?,
        quantity: u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default(),
        price: Money {
            amount: amount.parse().unwrap_or_default(),
            currency: Currency::parse(&currency).unwrap_or(Currency::USD),
        },
        contact: row.get(5)?,
        made_ms: row.get(6)?,
        cancelled: row.get(7)?,
    })
}

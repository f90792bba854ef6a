//! Flash sales and what shoppers had put by. Stock falls inside the writer's transaction: two shoppers who want the last
//! piece at once are one after the other here.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::products::remember_price;
use super::{Record, RecordError, now_ms};
use crate::domain::{Currency, Flash, Money, Reserved, RoomId, Sku};

/// A sale that is about to begin.
#[derive(Debug, Clone)]
pub struct NewFlash {
    pub sku: Sku,
    pub price: Money,
    pub was: Option<Money>,
    pub ends_at_ms: i64,
    pub stock: Option<u64>,
}

/// Pieces put by, as the operator sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    pub id: String,
    pub sku: String,
    pub quantity: u64,
    pub contact: String,
    pub made_ms: i64,
    pub cancelled: bool,
}

impl Record {
    /// Begins a sale; one of the same product that is still on ends. The flash price counts as a price of the product
    /// from now on: the next sale's "was" will know of it.
    ///
    /// # Errors
    /// The database fails; then no sale has begun.
    pub async fn begin_flash(&self, room: &RoomId, new: NewFlash) -> Result<Flash, RecordError> {
        let room = room.clone();
        self.write(move |transaction| {
            let now = now_ms();
            end(transaction, &room, &new.sku, now)?;
            transaction.execute(
                "INSERT INTO flashes (room, sku, amount, currency, was_amount, began_ms, ends_ms, stock)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    room.as_str(),
                    new.sku.as_str(),
                    new.price.amount.to_string(),
                    new.price.currency.as_str(),
                    new.was.map(|was| was.amount.to_string()),
                    now,
                    new.ends_at_ms,
                    new.stock.map(|stock| i64::try_from(stock).unwrap_or(i64::MAX)),
                ],
            )?;
            let id = transaction.last_insert_rowid();
            remember_price(transaction, &room, &new.sku, &new.price, now)?;
            let NewFlash { sku, price, was, ends_at_ms, stock } = new;
            Ok(Flash { id, sku, price, was, ends_at_ms, stock })
        })
        .await
    }

    /// Ends the sale of a product; from now on it costs `price` again.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_flash(&self, room: &RoomId, sku: &Sku, price: Option<Money>) -> Result<(), RecordError> {
        let (room, sku) = (room.clone(), sku.clone());
        self.write(move |transaction| {
            let now = now_ms();
            end(transaction, &room, &sku, now)?;
            price.map_or(Ok(()), |price| remember_price(transaction, &room, &sku, &price, now))
        })
        .await
    }

    /// The sales of a room that are on: after a restart they go on as if nothing had been.
    ///
    /// # Errors
    /// The database fails.
    pub async fn flashes(&self, room: &RoomId) -> Result<Vec<Flash>, RecordError> {
        let room = room.clone();
        self.read(move |connection| {
            let mut query = connection.prepare(
                "SELECT id, sku, amount, currency, was_amount, ends_ms, stock FROM flashes
                 WHERE room = ?1 AND ended_ms IS NULL ORDER BY id",
            )?;
            let flashes = query.query_map([room.as_str()], flash)?;
            Ok(flashes.filter_map(rusqlite::Result::transpose).collect::<rusqlite::Result<Vec<_>>>()?)
        })
        .await
    }

    /// Puts pieces by. With the same `key` a second time nothing more is taken, and the first answer comes again.
    ///
    /// # Errors
    /// The database fails; then nothing was put by.
    pub async fn reserve(
        &self,
        flash: i64,
        quantity: u64,
        contact: String,
        key: Option<String>,
        id: String,
    ) -> Result<Reserved, RecordError> {
        self.write(move |transaction| {
            let now = now_ms();
            let on = "SELECT stock FROM flashes WHERE id = ?1 AND ended_ms IS NULL AND ends_ms > ?2";
            let stock = transaction.query_row(on, params![flash, now], |row| row.get::<_, Option<i64>>(0));
            let Some(stock) = stock.optional()? else { return Ok(Reserved::Over) };
            let left = stock.map(|stock| u64::try_from(stock).unwrap_or_default());
            let again = "SELECT id FROM reservations WHERE flash = ?1 AND key = ?2 AND cancelled_ms IS NULL";
            let known = transaction.query_row(again, params![flash, key], |row| row.get(0)).optional()?;
            if let Some(id) = known {
                return Ok(Reserved::Held { id, left });
            }
            if let Some(left) = left.filter(|left| *left < quantity) {
                return Ok(Reserved::TooFew { left });
            }
            let quantity_sql = i64::try_from(quantity).unwrap_or(i64::MAX);
            transaction.execute(
                "UPDATE flashes SET stock = stock - ?2 WHERE id = ?1 AND stock IS NOT NULL",
                params![flash, quantity_sql],
            )?;
            transaction.execute(
                "INSERT INTO reservations (id, flash, quantity, contact, key, made_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![id, flash, quantity_sql, contact, key, now],
            )?;
            Ok(Reserved::Held { id, left: left.map(|left| left - quantity) })
        })
        .await
    }

    /// Gives the pieces back. `None`: there is no such reservation, or it was cancelled before. Else what is left now.
    ///
    /// # Errors
    /// The database fails.
    pub async fn cancel_reservation(
        &self,
        room: &RoomId,
        id: &str,
    ) -> Result<Option<(Sku, Option<u64>)>, RecordError> {
        let (room, id) = (room.clone(), id.to_owned());
        self.write(move |transaction| {
            let find =
                "SELECT r.flash, r.quantity, f.sku FROM reservations r JOIN flashes f ON f.id = r.flash
                        WHERE r.id = ?1 AND f.room = ?2 AND r.cancelled_ms IS NULL";
            let found = transaction.query_row(find, params![id, room.as_str()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
            });
            let Some((flash, quantity, sku)) = found.optional()? else { return Ok(None) };
            // Its key is free again: the shopper may change their mind.
            transaction.execute(
                "UPDATE reservations SET cancelled_ms = ?2, key = NULL WHERE id = ?1",
                params![id, now_ms()],
            )?;
            transaction
                .execute("UPDATE flashes SET stock = stock + ?2 WHERE id = ?1", params![flash, quantity])?;
            let left = "SELECT stock FROM flashes WHERE id = ?1";
            let left: Option<i64> = transaction.query_row(left, [flash], |row| row.get(0))?;
            let left = left.map(|left| u64::try_from(left).unwrap_or_default());
            Ok(Sku::parse(&sku).ok().map(|sku| (sku, left)))
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
            let mut query = connection.prepare(
                "SELECT r.id, f.sku, r.quantity, r.contact, r.made_ms, r.cancelled_ms IS NOT NULL
                 FROM reservations r JOIN flashes f ON f.id = r.flash
                 WHERE f.room = ?1 ORDER BY r.made_ms DESC, r.rowid DESC LIMIT ?2",
            )?;
            let rows = query.query_map(params![room.as_str(), most], |row| {
                Ok(Reservation {
                    id: row.get(0)?,
                    sku: row.get(1)?,
                    quantity: u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default(),
                    contact: row.get(3)?,
                    made_ms: row.get(4)?,
                    cancelled: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
        })
        .await
    }
}

fn end(transaction: &Transaction<'_>, room: &RoomId, sku: &Sku, now: i64) -> rusqlite::Result<usize> {
    let end = "UPDATE flashes SET ended_ms = ?3 WHERE room = ?1 AND sku = ?2 AND ended_ms IS NULL";
    transaction.execute(end, params![room.as_str(), sku.as_str(), now])
}

/// `Ok(None)`: a row that this version cannot make sense of; its sale is not shown.
fn flash(row: &Row<'_>) -> rusqlite::Result<Option<Flash>> {
    let (sku, currency): (String, String) = (row.get(1)?, row.get(3)?);
    let (amount, was): (String, Option<String>) = (row.get(2)?, row.get(4)?);
    let stock: Option<i64> = row.get(6)?;
    let (Ok(sku), Ok(currency), Ok(amount)) = (Sku::parse(&sku), Currency::parse(&currency), amount.parse())
    else {
        return Ok(None);
    };
    let was = was.and_then(|was| was.parse().ok()).map(|amount| Money { amount, currency });
    Ok(Some(Flash {
        id: row.get(0)?,
        sku,
        price: Money { amount, currency },
        was,
        ends_at_ms: row.get(5)?,
        stock: stock.map(|stock| u64::try_from(stock).unwrap_or_default()),
    }))
}

//! Flash sales: begun, ended, counted.

use rusqlite::{Row, Transaction, params};

use super::products::remember_price;
use super::{Record, RecordError, now_ms};
use crate::domain::{Currency, Flash, Money, RoomId, Sku};

/// A sale that is about to begin.
#[derive(Debug, Clone)]
pub struct NewFlash {
    pub sku: Sku,
    pub price: Money,
    /// What the product costs otherwise.
    pub regular: Money,
    pub was: Option<Money>,
    pub ends_at_ms: i64,
    pub stock: Option<u64>,
}

impl Record {
    /// Begins a sale; one of the same product that is still on ends. The regular price is remembered as the one that
    /// held until now; the sale's own is known by its row ([`Record::lowest_price`]).
    ///
    /// # Errors
    /// The database fails; then no sale has begun.
    pub async fn begin_flash(&self, room: &RoomId, new: NewFlash) -> Result<Flash, RecordError> {
        let room = room.clone();
        self.write(move |transaction| {
            let now = now_ms();
            end(transaction, &room, &new.sku, now)?;
            remember_price(transaction, &room, &new.sku, &new.regular, now)?;
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
            let NewFlash { sku, price, was, ends_at_ms, stock, .. } = new;
            Ok(Flash { id, sku, price, was, ends_at_ms, stock, reserved: 0 })
        })
        .await
    }

    /// Ends a sale: one whose time was over before this was called ended then.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_flash(&self, id: i64) -> Result<(), RecordError> {
        self.write(move |transaction| {
            let end = "UPDATE flashes SET ended_ms = min(?2, ends_ms) WHERE id = ?1 AND ended_ms IS NULL";
            transaction.execute(end, params![id, now_ms()])?;
            Ok(())
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
                "SELECT id, sku, amount, currency, was_amount, ends_ms, stock,
                     (SELECT coalesce(sum(quantity), 0) FROM reservations r WHERE r.flash = flashes.id AND cancelled_ms IS NULL)
                 FROM flashes WHERE room = ?1 AND ended_ms IS NULL ORDER BY id",
            )?;
            let flashes = query.query_map([room.as_str()], flash)?;
            Ok(flashes.filter_map(rusqlite::Result::transpose).collect::<rusqlite::Result<Vec<_>>>()?)
        })
        .await
    }
}

fn end(transaction: &Transaction<'_>, room: &RoomId, sku: &Sku, now: i64) -> rusqlite::Result<usize> {
    let end =
        "UPDATE flashes SET ended_ms = min(?3, ends_ms) WHERE room = ?1 AND sku = ?2 AND ended_ms IS NULL";
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
        reserved: u64::try_from(row.get::<_, i64>(7)?).unwrap_or_default(),
    }))
}

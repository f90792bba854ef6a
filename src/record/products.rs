//! The rooms' products.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Record, RecordError, now_ms};
use crate::catalogue::{CatalogueError, product_from_json, product_to_json};
use crate::domain::{Currency, Lang, Money, Product, RoomId, Sku};

impl Record {
    /// The products that are kept for the room, in the order of the show. `None`: none ever were.
    ///
    /// # Errors
    /// The database fails, or holds a product that this version does not understand.
    pub async fn products(
        &self,
        room: &RoomId,
        source_lang: &Lang,
    ) -> Result<Option<Vec<Product>>, RecordError> {
        let (room, lang) = (room.clone(), source_lang.clone());
        self.read(move |connection| {
            let known = "SELECT 1 FROM catalogues WHERE room = ?1";
            if connection.query_row(known, [room.as_str()], |_| Ok(())).optional()?.is_none() {
                return Ok(None);
            }
            let mut query = connection.prepare("SELECT body FROM products WHERE room = ?1 ORDER BY place")?;
            let bodies = query.query_map([room.as_str()], |row| row.get::<_, String>(0))?;
            let read = |body: rusqlite::Result<String>| Ok(product_from_json(&body?, &lang)?);
            bodies.map(read).collect::<Result<Vec<_>, RecordError>>().map(Some)
        })
        .await
    }

    /// Keeps these products in place of all that the room had, and remembers prices that have changed.
    ///
    /// # Errors
    /// The database fails; then nothing has changed.
    pub async fn keep_products(&self, room: &RoomId, products: &[Product]) -> Result<(), RecordError> {
        let room = room.clone();
        let rows = products
            .iter()
            .map(|product| Ok((product_to_json(product)?, product.sku.clone(), product.price)));
        let rows = rows.collect::<Result<Vec<_>, CatalogueError>>()?;
        self.write(move |transaction| {
            let now = now_ms();
            transaction.execute(
                "INSERT INTO catalogues (room, changed_ms) VALUES (?1, ?2) ON CONFLICT (room) DO UPDATE SET changed_ms = ?2",
                params![room.as_str(), now],
            )?;
            transaction.execute("DELETE FROM products WHERE room = ?1", [room.as_str()])?;
            for (place, (body, sku, price)) in rows.iter().enumerate() {
                transaction.execute(
                    "INSERT INTO products (room, sku, place, body) VALUES (?1, ?2, ?3, ?4)",
                    params![room.as_str(), sku.as_str(), place as i64, body],
                )?;
                remember_price(transaction, &room, sku, price, now)?;
            }
            Ok(())
        })
        .await
    }

    /// Remembers what a configuration's products cost from now on, where that has changed.
    ///
    /// # Errors
    /// The database fails.
    pub async fn remember_prices(&self, room: &RoomId, products: &[Product]) -> Result<(), RecordError> {
        let room = room.clone();
        let prices: Vec<_> = products.iter().map(|product| (product.sku.clone(), product.price)).collect();
        self.write(move |transaction| {
            let now = now_ms();
            prices.iter().try_for_each(|(sku, price)| remember_price(transaction, &room, sku, price, now))
        })
        .await
    }

    /// The lowest price that the product had in the last `days`, in the currency that it has now: at the beginning of
    /// that time the price that held then counts, and so do flash prices that held in it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn lowest_price(
        &self,
        room: &RoomId,
        sku: &Sku,
        currency: Currency,
        days: u32,
    ) -> Result<Option<Money>, RecordError> {
        let (room, sku) = (room.clone(), sku.clone());
        let from = now_ms() - i64::from(days) * 86_400_000;
        self.read(move |connection| {
            let mut query = connection.prepare(
                "SELECT amount FROM prices WHERE room = ?1 AND sku = ?2 AND currency = ?3 AND since_ms >= coalesce(
                     (SELECT max(since_ms) FROM prices WHERE room = ?1 AND sku = ?2 AND since_ms <= ?4), ?4)
                 UNION ALL
                 SELECT amount FROM flashes WHERE room = ?1 AND sku = ?2 AND currency = ?3
                     AND min(coalesce(ended_ms, ends_ms), ends_ms) >= ?4",
            )?;
            let bound = params![room.as_str(), sku.as_str(), currency.as_str(), from];
            let amounts = query.query_map(bound, |row| row.get::<_, String>(0))?;
            let amounts = amounts.collect::<rusqlite::Result<Vec<_>>>()?;
            let lowest = amounts.iter().filter_map(|amount| amount.parse().ok()).min();
            Ok(lowest.map(|amount| Money { amount, currency }))
        })
        .await
    }
}

pub(super) fn remember_price(
    transaction: &Transaction<'_>,
    room: &RoomId,
    sku: &Sku,
    price: &Money,
    now: i64,
) -> rusqlite::Result<()> {
    let last = transaction
        .query_row(
            "SELECT amount, currency FROM prices WHERE room = ?1 AND sku = ?2 ORDER BY since_ms DESC LIMIT 1",
            params![room.as_str(), sku.as_str()],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )
        .optional()?;
    let (amount, currency) = (price.amount.normalize().to_string(), price.currency.to_string());
    if last.is_some_and(|last| last == (amount.clone(), currency.clone())) {
        return Ok(());
    }
    transaction.execute(
        "INSERT OR REPLACE INTO prices (room, sku, since_ms, amount, currency) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![room.as_str(), sku.as_str(), now, amount, currency],
    )?;
    Ok(())
}

//! Flash sales of a room: begun and stopped by the operator, ended by the server's clock, counted on disk, shown on cards.

use std::collections::BTreeMap;

use bytes::Bytes;
use parking_lot::Mutex;

use super::allowance::{Addresses, Allowance};
use super::room::Room;
use crate::domain::flash::LOWEST_OF_DAYS;
use crate::domain::{Flash, Money, Product, Sku};
use crate::protocol::viewer;
use crate::publish::Body;
use crate::record::{NewFlash, RecordError, now_ms};

/// Pieces of one sale: more than any factory makes of a thing in a year.
const LARGEST_STOCK: u64 = 1_000_000_000;

/// What a room has of flash sales beside the record.
#[derive(Default)]
pub(super) struct RoomFlashes {
    known: Mutex<Known>,
    /// Held while a sale begins or ends: what is on here and what is on in the record stay the same.
    changing: tokio::sync::Mutex<()>,
    pub addresses: Mutex<Addresses>,
    pub all: Mutex<Allowance>,
}

/// The sales that are on, by product, and whether pieces were put by or given back since they were last counted.
#[derive(Default)]
struct Known {
    on: BTreeMap<Sku, Flash>,
    recount: bool,
}

impl RoomFlashes {
    pub fn new(flashes: Vec<Flash>) -> Self {
        let on = flashes.into_iter().map(|flash| (flash.sku.clone(), flash)).collect();
        Self { known: Mutex::new(Known { on, recount: false }), ..Self::default() }
    }

    /// Stock has changed: viewers are told with the caretaker's next look.
    pub fn recount(&self) {
        self.known.lock().recount = true;
    }
}

/// Why no sale begins.
#[derive(Debug, thiserror::Error)]
pub enum FlashRefused {
    #[error("The catalogue has no such product.")]
    NoSuchProduct,
    #[error("A flash price is above zero and below the price of the product.")]
    NotBelow,
    #[error("A flash price has at most two digits more than its currency.")]
    TooFine,
    #[error("The stock has to be 1 to {LARGEST_STOCK} pieces, or none for no limit.")]
    BadStock,
    #[error("The change could not be written to disk and was not made.")]
    Record(#[from] RecordError),
}

impl Room {
    /// The sale of a product that is on now.
    pub fn flash(&self, product: &Product) -> Option<Flash> {
        let known = self.flashes.known.lock();
        known.on.get(&product.sku).filter(|flash| flash.holds(&product.price, now_ms())).cloned()
    }

    /// All sales that are on now, by SKU.
    pub fn flashes(&self) -> Vec<Flash> {
        let catalogue = self.catalogue();
        catalogue.products.iter().filter_map(|product| self.flash(product)).collect()
    }

    /// Begins a sale at `amount` in the product's own currency, and pins the product.
    ///
    /// # Errors
    /// Why it does not begin.
    pub async fn begin_flash(
        &self,
        sku: &Sku,
        amount: rust_decimal::Decimal,
        ends_at_ms: i64,
        stock: Option<u64>,
    ) -> Result<Flash, FlashRefused> {
        let _turn = self.flashes.changing.lock().await;
        let catalogue = self.catalogue();
        let product = catalogue.product(sku).ok_or(FlashRefused::NoSuchProduct)?;
        let regular = product.price;
        let price = Money { amount: amount.normalize(), currency: regular.currency };
        if price.amount <= rust_decimal::Decimal::ZERO || price.amount >= regular.amount {
            return Err(FlashRefused::NotBelow);
        }
        if price.amount.scale() > regular.currency.minor_digits() + 2 {
            return Err(FlashRefused::TooFine);
        }
        if stock.is_some_and(|pieces| !(1..=LARGEST_STOCK).contains(&pieces)) {
            return Err(FlashRefused::BadStock);
        }
        let record = &self.engines.record;
        let lowest = record.lowest_price(&self.config.id, sku, price.currency, LOWEST_OF_DAYS).await?;
        // A price that is not in the record yet is the catalogue's, which may be lower than all that were.
        let lowest = lowest.filter(|lowest| lowest.amount < regular.amount).unwrap_or(regular);
        let was = (lowest.amount > price.amount).then_some(lowest);
        let new = NewFlash { sku: sku.clone(), price, regular, was, ends_at_ms, stock };
        let flash = record.begin_flash(&self.config.id, new).await?;
        self.flashes.known.lock().on.insert(sku.clone(), flash.clone());
        self.operate(|show, now| {
            let pinned = show.pins.operator_pins(sku, now);
            pinned.or_else(|| show.pins.shown_again(sku))
        });
        self.tell_flash(&flash, true);
        Ok(flash)
    }

    /// Stops a sale before its time. False if none was on.
    ///
    /// # Errors
    /// The record fails; the sale goes on.
    pub async fn end_flash(&self, sku: &Sku) -> Result<bool, RecordError> {
        let id = self.flashes.known.lock().on.get(sku).map(|flash| flash.id);
        match id {
            Some(id) => self.end_this(sku, id).await,
            None => Ok(false),
        }
    }

    /// Not one that began in place of it meanwhile.
    async fn end_this(&self, sku: &Sku, id: i64) -> Result<bool, RecordError> {
        let _turn = self.flashes.changing.lock().await;
        let is_on = |flash: &&Flash| flash.id == id;
        let Some(flash) = self.flashes.known.lock().on.get(sku).filter(is_on).cloned() else {
            return Ok(false);
        };
        self.engines.record.end_flash(id).await?;
        self.flashes.known.lock().on.remove(sku);
        self.operate(|show, _| show.pins.shown_again(sku));
        self.tell_flash(&flash, false);
        Ok(true)
    }

    /// What is left of each sale, for a viewer who has just come: the pinned card says what was left when it was pinned.
    pub fn stock_messages(&self) -> Vec<Bytes> {
        if !self.is_here() {
            return self.stock_elsewhere();
        }
        let now = now_ms();
        let known = self.flashes.known.lock();
        let on = known.on.values().filter(|flash| flash.ends_at_ms > now);
        on.filter_map(|flash| Some(viewer::stock(&flash.sku, flash.stock?, flash.ends_at_ms))).collect()
    }

    /// From time to time: sales whose time is over, or whose product has become cheaper or is gone, end, and viewers hear
    /// what is left of the others. However fast shoppers are, a viewer gets one message a product and turn.
    pub(super) async fn look_after_flashes(&self) {
        for (sku, id) in self.groundless() {
            if let Err(error) = self.end_this(&sku, id).await {
                tracing::error!(room = %self.config.id, %sku, %error, "a flash sale that is over cannot be closed in the record");
            }
        }
        if !std::mem::take(&mut self.flashes.known.lock().recount) {
            return;
        }
        match self.engines.record.flashes(&self.config.id).await {
            Ok(counted) => self.counted(counted),
            Err(error) => {
                self.flashes.recount();
                tracing::error!(room = %self.config.id, %error, "the stock of the flash sales cannot be read");
            }
        }
    }

    fn groundless(&self) -> Vec<(Sku, i64)> {
        let (catalogue, now) = (self.catalogue(), now_ms());
        let holds = |flash: &Flash| {
            catalogue.product(&flash.sku).is_some_and(|product| flash.holds(&product.price, now))
        };
        let known = self.flashes.known.lock();
        let over = known.on.values().filter(|flash| !holds(flash));
        over.map(|flash| (flash.sku.clone(), flash.id)).collect()
    }

    /// Takes over what the record counted; its order is that of the reservations, that of their answers is not.
    fn counted(&self, counted: Vec<Flash>) {
        let mut changed = Vec::new();
        let mut known = self.flashes.known.lock();
        for fresh in counted {
            let same = known.on.get_mut(&fresh.sku).filter(|flash| flash.id == fresh.id && **flash != fresh);
            let Some(flash) = same else { continue };
            flash.reserved = fresh.reserved;
            if let Some(left) = fresh.stock.filter(|_| flash.stock != fresh.stock) {
                changed.push(viewer::stock(&fresh.sku, left, fresh.ends_at_ms));
            }
            flash.stock = fresh.stock;
        }
        drop(known);
        changed.into_iter().for_each(|message| self.pass_to_all(&message));
    }

    fn tell_flash(&self, flash: &Flash, on: bool) {
        self.pass_to_all(&viewer::flash(&flash.sku, flash.ends_at_ms, on));
    }

    pub(super) fn pass_to_all(&self, message: &Bytes) {
        for topic in self.hub.topics() {
            topic.pass(Body::Same(message.clone()));
        }
    }
}

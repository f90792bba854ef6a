//! Flash sales of a room: begun and stopped by the operator, ended by the server's clock, counted on disk, shown on cards.

use std::collections::BTreeMap;

use parking_lot::Mutex;

use super::room::Room;
use crate::domain::{Flash, Money, Reserved, Sku};
use crate::protocol::viewer;
use crate::publish::Body;
use crate::record::{NewFlash, RecordError, now_ms};

/// The window of the lowest price, in days (directive 98/6/EC, article 6a: "not shorter than 30 days").
const LOWEST_OF_DAYS: u32 = 30;

/// The sales that are on, by product, and those whose stock viewers have not been told yet.
#[derive(Default)]
pub(super) struct RoomFlashes(Mutex<Known>);

#[derive(Default)]
struct Known {
    on: BTreeMap<Sku, Flash>,
    untold: BTreeMap<Sku, u64>,
}

impl RoomFlashes {
    pub fn new(flashes: Vec<Flash>) -> Self {
        let on = flashes.into_iter().map(|flash| (flash.sku.clone(), flash)).collect();
        Self(Mutex::new(Known { on, untold: BTreeMap::new() }))
    }
}

/// Why no sale begins.
#[derive(Debug, thiserror::Error)]
pub enum FlashRefused {
    #[error("the catalogue has no such product")]
    NoSuchProduct,
    #[error("a flash price is below the price of the product, in the same currency")]
    NotBelow,
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl Room {
    /// The sale of a product that is on now.
    pub fn flash(&self, sku: &Sku) -> Option<Flash> {
        self.flashes.0.lock().on.get(sku).filter(|flash| flash.ends_at_ms > now_ms()).cloned()
    }

    /// Begins a sale and pins its product.
    ///
    /// # Errors
    /// Why it does not begin.
    pub async fn begin_flash(
        &self,
        sku: &Sku,
        price: Money,
        ends_at_ms: i64,
        stock: Option<u64>,
    ) -> Result<Flash, FlashRefused> {
        let catalogue = self.catalogue();
        let product = catalogue.product(sku).ok_or(FlashRefused::NoSuchProduct)?;
        if price.currency != product.price.currency || price.amount >= product.price.amount {
            return Err(FlashRefused::NotBelow);
        }
        let record = &self.engines.record;
        let lowest = record.lowest_price(&self.config.id, sku, price.currency, LOWEST_OF_DAYS).await?;
        // A price that is not in the record yet is the catalogue's, which may be lower than all that were.
        let lowest = lowest.map_or(product.price, |lowest| {
            if lowest.amount < product.price.amount { lowest } else { product.price }
        });
        let was = (lowest.amount > price.amount).then_some(lowest);
        let new = NewFlash { sku: sku.clone(), price, was, ends_at_ms, stock };
        let flash = record.begin_flash(&self.config.id, new).await?;
        self.flashes.0.lock().on.insert(sku.clone(), flash.clone());
        self.operate(|show, now| {
            let pinned = show.pins.operator_pins(sku, now);
            pinned.or_else(|| show.pins.shown_again(sku))
        });
        Ok(flash)
    }

    /// Stops a sale before its time. False if none was on.
    ///
    /// # Errors
    /// The record fails; the sale goes on.
    pub async fn end_flash(&self, sku: &Sku) -> Result<bool, RecordError> {
        if !self.flashes.0.lock().on.contains_key(sku) {
            return Ok(false);
        }
        let price = self.catalogue().product(sku).map(|product| product.price);
        self.engines.record.end_flash(&self.config.id, sku, price).await?;
        self.flashes.0.lock().on.remove(sku);
        self.operate(|show, _| show.pins.shown_again(sku));
        Ok(true)
    }

    /// Puts pieces by for a shopper. `key` is the shopper's own for this wish, `id` the name of the reservation.
    ///
    /// # Errors
    /// The record fails; nothing is put by.
    pub async fn reserve(
        &self,
        sku: &Sku,
        quantity: u64,
        contact: String,
        key: Option<String>,
        id: String,
    ) -> Result<Reserved, RecordError> {
        let Some(flash) = self.flash(sku) else { return Ok(Reserved::Over) };
        let answer = self.engines.record.reserve(flash.id, quantity, contact, key, id).await?;
        match &answer {
            Reserved::Held { left: Some(left), .. } | Reserved::TooFew { left } => self.stock_is(sku, *left),
            Reserved::Held { left: None, .. } | Reserved::Over => {}
        }
        Ok(answer)
    }

    /// Takes a reservation back. False if there is none of this name.
    ///
    /// # Errors
    /// The record fails.
    pub async fn cancel_reservation(&self, id: &str) -> Result<bool, RecordError> {
        let cancelled = self.engines.record.cancel_reservation(&self.config.id, id).await?;
        if let Some((sku, Some(left))) = &cancelled {
            self.stock_is(sku, *left);
        }
        Ok(cancelled.is_some())
    }

    fn stock_is(&self, sku: &Sku, left: u64) {
        let mut known = self.flashes.0.lock();
        if let Some(flash) = known.on.get_mut(sku) {
            flash.stock = Some(left);
            known.untold.insert(sku.clone(), left);
        }
    }

    /// From time to time: sales whose time is over end, and viewers hear what is left of the others. However fast shoppers
    /// are, a viewer gets one message a product and turn.
    pub(super) async fn look_after_flashes(&self) {
        let (over, untold) = {
            let mut known = self.flashes.0.lock();
            let now = now_ms();
            let over: Vec<Sku> = known
                .on
                .values()
                .filter(|flash| flash.ends_at_ms <= now)
                .map(|flash| flash.sku.clone())
                .collect();
            (over, std::mem::take(&mut known.untold))
        };
        for sku in over {
            if let Err(error) = self.end_flash(&sku).await {
                tracing::error!(room = %self.config.id, %sku, %error, "a flash sale that is over cannot be closed in the record");
            }
        }
        for (sku, left) in untold {
            let body = viewer::stock(&sku, left);
            for topic in self.hub.topics() {
                topic.pass(Body::Same(body.clone()));
            }
        }
    }
}

//! A room's catalogue, changed while the show goes on: first on disk, then for whoever hears, pins and watches.

use std::sync::Arc;

use parking_lot::RwLock;

use super::room::{ConsoleEvent, Room};
use crate::catalogue::Catalogue;
use crate::domain::{Product, Sku};
use crate::record::RecordError;

/// What the room sells now.
pub(super) struct RoomCatalogue {
    now: RwLock<Arc<Catalogue>>,
    /// Held while a change is on its way to the disk: changes come one after the other.
    changing: tokio::sync::Mutex<()>,
}

impl RoomCatalogue {
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        Self { now: RwLock::new(catalogue), changing: tokio::sync::Mutex::default() }
    }
}

impl Room {
    /// The catalogue as it is now; a change makes a new one.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.catalogue.now.read())
    }

    /// Changes the products. `change` makes the new list of the present one, or says why not.
    ///
    /// # Errors
    /// `change`'s own, or the record cannot keep the products; then nothing has changed.
    pub async fn change_products<E: From<RecordError>>(
        &self,
        change: impl FnOnce(&[Product]) -> Result<Vec<Product>, E>,
    ) -> Result<(), E> {
        let _turn = self.catalogue.changing.lock().await;
        let before = self.catalogue();
        let products = change(&before.products)?;
        self.engines.record.keep_products(&self.config.id, &products).await?;
        let after = Arc::new(before.with(products));
        *self.catalogue.now.write() = Arc::clone(&after);
        // The names that the host may say; the hearing of a host that speaks already keeps its own until it comes back.
        self.state.lock().triggers.clear();
        if let Some(pinned) = self.pinned() {
            self.pinned_has_changed(&pinned, &before, &after);
        }
        // No console listening is no error.
        drop(self.console.send(ConsoleEvent::Products));
        Ok(())
    }

    /// Viewers see the new price of the card that they look at, and no card of what is not sold any more.
    fn pinned_has_changed(&self, sku: &Sku, before: &Catalogue, after: &Catalogue) {
        match after.product(sku) {
            None => self.operate(|show, _| show.pins.removed(sku)),
            now if now != before.product(sku) => self.operate(|show, _| show.pins.shown_again(sku)),
            _ => {}
        }
    }
}

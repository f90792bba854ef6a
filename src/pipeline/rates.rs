//! The exchange rates that a room's prices are converted by: the gateway's, else the catalogue's, and none that are older
//! than the room allows.

use std::sync::Arc;

use parking_lot::Mutex;

use super::room::Room;
use crate::catalogue::Rates;
use crate::domain::Day;
use crate::protocol::viewer;
use crate::record::now_ms;

/// The rates that viewers have seen last; none before the first look.
#[derive(Debug, Default)]
pub(super) struct RoomRates {
    shown: Mutex<Option<Option<Arc<Rates>>>>,
}

impl Room {
    /// The rates to convert a price by now; none where there are none that are young enough. Asked for each card anew: a
    /// table becomes too old by itself.
    pub fn rates(&self) -> Option<Arc<Rates>> {
        let rates = self.known_rates();
        let most = self.engines.exchange.max_age_days();
        rates.are_usable(today(), self.config.rates_max_age_days, most).then_some(rates)
    }

    /// Days since the table's own; none where there is no table.
    pub fn rates_age_days(&self) -> Option<i64> {
        let rates = self.known_rates();
        (!rates.is_empty()).then(|| today().days_since(rates.as_of))
    }

    fn known_rates(&self) -> Arc<Rates> {
        self.engines.exchange.now().unwrap_or_else(|| Arc::clone(&self.catalogue().rates))
    }

    /// From time to time: where there are other rates than viewers have seen, or none any more, the pinned card goes out
    /// again and pages load the others.
    pub(super) fn look_after_rates(&self) {
        let now = self.rates();
        let before = self.rates.shown.lock().replace(now.clone());
        let Some(before) = before.filter(|before| *before != now) else { return };
        match &now {
            Some(rates) => {
                tracing::info!(room = %self.config.id, as_of = %rates.as_of, "prices are converted by new rates")
            }
            None => tracing::warn!(
                room = %self.config.id, as_of = before.map(|rates| rates.as_of.to_string()),
                "the exchange rates are too old: prices are shown in their own currency only"
            ),
        }
        self.operate(|show, _| show.pins.pinned().cloned().and_then(|sku| show.pins.shown_again(&sku)));
        self.pass_to_all(&viewer::rates(now.map(|rates| rates.as_of)));
    }
}

fn today() -> Day {
    Day::of_unix_ms(now_ms())
}

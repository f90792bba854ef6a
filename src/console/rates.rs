//! What `/readyz` says of exchange rates.

use crate::pipeline::Rooms;
use crate::protocol::rest::{RateSource, RatesState};

/// Each source with its last good table and why the last try failed, and the rooms that convert nothing because all that they
/// have is too old.
pub fn told(rooms: &Rooms) -> RatesState {
    let sources = rooms.engines.exchange.sources().into_iter().map(|(name, source)| {
        let table = source.rates.as_ref();
        let told = RateSource {
            as_of: table.map(|rates| rates.as_of.to_string()),
            source: table.map(|rates| rates.source.clone()),
            currencies: table.map_or(0, |rates| rates.currencies().len()),
            error: source.error.clone(),
            failures: source.failures,
        };
        (name.to_owned(), told)
    });
    let too_old = rooms.iter().filter(|room| room.rates_age_days().is_some() && room.rates().is_none());
    RatesState {
        sources: sources.collect(),
        too_old_in: too_old.map(|room| room.config.id.to_string()).collect(),
    }
}

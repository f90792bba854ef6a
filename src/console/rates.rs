//! What `/readyz` says of exchange rates.

use serde_json::{Map, Value, json};

use crate::pipeline::Rooms;

/// Each source with its last good table and why the last try failed, and the rooms that convert nothing because all that they
/// have is too old.
pub fn told(rooms: &Rooms) -> Value {
    let sources: Map<_, _> = rooms
        .engines
        .exchange
        .sources()
        .into_iter()
        .map(|(name, source)| {
            let table = source.rates.as_ref();
            let told = json!({
                "as_of": table.map(|rates| rates.as_of.to_string()), "source": table.map(|rates| &rates.source),
                "currencies": table.map_or(0, |rates| rates.currencies().len()),
                "error": source.error, "failures": source.failures,
            });
            (name.to_owned(), told)
        })
        .collect();
    let too_old = rooms.iter().filter(|room| room.rates_age_days().is_some() && room.rates().is_none());
    let too_old: Vec<_> = too_old.map(|room| room.config.id.as_str()).collect();
    json!({ "sources": sources, "too_old_in": too_old })
}

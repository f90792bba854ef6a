//! Names and numbers that identify things.

use std::fmt;
use std::sync::Arc;

/// A name was not of the allowed form.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{what} must be 1 to 64 characters of a-z, A-Z, 0-9, '-', '_' or '.', not {given:?}")]
pub struct BadId {
    what: &'static str,
    given: String,
}

fn checked(what: &'static str, s: &str) -> Result<Arc<str>, BadId> {
    let ok = (1..=64).contains(&s.len())
        && s.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && !s.starts_with('.');
    if ok { Ok(s.into()) } else { Err(BadId { what, given: s.chars().take(80).collect() }) }
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            pub fn parse(s: &str) -> Result<Self, BadId> {
                checked($what, s).map(Self)
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name_type!(
    /// A room: one host, many viewers.
    RoomId, "a room name"
);
name_type!(
    /// A product's stock keeping unit, unique in a catalogue.
    Sku, "a SKU"
);
name_type!(
    /// Names one unbroken history of a room; changes when the history is lost.
    Epoch, "an epoch"
);
name_type!(
    /// An inquiry. Who knows it may read the question and its answer, so it cannot be guessed.
    InquiryId, "an inquiry's id"
);
name_type!(
    /// What the sender of an inquiry calls it.
    ClientId, "a client_id"
);

/// Position in a room's history: 1 for the first event, one more for each event.
pub type Offset = u64;

/// Number of an utterance within a show, from 1.
pub type SegmentId = u64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_be_paths_or_markup_are_refused() {
        for bad in ["", "a/b", "..", ".hidden", "a b", "<b>", "é", &"x".repeat(65)] {
            assert!(RoomId::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Sku::parse("HY-500").unwrap().as_str(), "HY-500");
    }
}

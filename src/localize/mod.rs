//! A product as a shopper sees it: in their language, with their currency beside.
//!
//! Nothing here is translated freely: every text comes from the catalogue, from the viewer's language pack, or ready made
//! from an engine that is named; every number is written by the pack.

mod card;
mod facts;
mod gaps;
mod measure;
mod words;

pub use card::{
    FactText, FlashText, LocalPrice, LocalizedCard, MachineText, MachineTexts, PriceText, TierText, WasText,
    card,
};
pub use gaps::{Gap, GapKind, gaps};
pub use measure::measures_differ;

#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod tests;

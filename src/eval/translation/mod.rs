//! `tradewind eval --translate`: every engine into every language on the reference set. chrF and number fidelity of what
//! passes the gate, how much is covered, what ought to be read by a person, and the tier that follows.

pub mod cli;
mod report;
mod run;
mod score;
mod tier;
mod tier_file;

pub use report::TranslationReport;
pub use run::{MeasureOptions, measure};
pub use score::{Answer, NumberCount, Outcome, TranslationScore};
pub use tier::{tier_of, tiers};
pub use tier_file::{TierFileError, with_tiers, write_tiers};

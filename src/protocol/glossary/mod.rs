//! The glossary of a room over REST: its terms in both directions, and the report on them.

mod report;
mod term;

pub use report::{Report, report_json};
pub use term::{BadField, term_json, term_state, terms_from};

//! Measures a gateway from outside, through the public protocol: recognition, lag, erasure, numbers, false
//! captions and product cards, as shared by the project's evaluation design.
//!
//! The scores are pure and know nothing of the network; [`run()`] plays clips into rooms, collects what
//! viewers see and hands it to them.

pub mod chrf;
pub mod cli;
mod collect;
pub mod distance;
mod english;
mod english_numbers;
pub mod erasure;
pub mod lag;
pub mod manifest;
pub mod near_misses;
pub mod numbers;
pub mod reference;
mod report;
mod run;
mod score;
pub mod shown_numbers;
mod table;
#[cfg(test)]
mod tests;
pub mod text;
pub mod translation;
pub mod triggers;
mod zh_numbers;

pub use report::{Group, Report};
pub use run::{EvalError, EvalOptions, WholeFile, run};
pub use score::{ClipScore, Judges, LanguageScore, NumberScore, Offline};

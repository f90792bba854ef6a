//! What the gateway says of itself: logs, and traces for whoever collects them.

mod collector;
mod logs;
mod traces;

pub use logs::start;
pub use opentelemetry::KeyValue;
pub use traces::{Badge, Traces, UtteranceTrace};

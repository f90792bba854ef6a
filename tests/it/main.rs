//! Everything over real sockets with real weights: gateways run inside this process, hosts and viewers connect to them.
//!
//! One binary, since each further one links whisper again. No test asserts how long something takes: they assert what
//! comes, in which order, and how often.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "in a test a panic is the report, and its helpers are tests too"
)]

mod gateway;
mod peer;
mod process;
mod show;
mod sound;

mod api;
mod apertium;
mod cluster;
mod corrections;
mod crash;
mod drain;
mod edges;
mod failing;
mod firefox;
mod flash;
mod flood;
mod foreign;
mod gguf_worker;
mod glossary;
mod hanging;
mod hostile;
mod hosts;
mod house;
mod ingest;
mod languages;
mod limits;
mod live;
mod llm;
mod noise;
mod rates;
mod record;
mod recording;
mod resume;
mod rows;
mod secrets;
mod slow;
mod soak;
mod summary;
mod talk;
mod tls;
mod tokens;
mod traces;

//! Tradewind: a gateway for cross-border live commerce. Speech goes in, translated captions and product cards come out.
//!
//! ```text
//! host ──ws──▶ ingest ▶ decode ▶ segment ▶ transcribe ▶ translate ▶ localize ▶ publish ──ws/sse──▶ viewer
//!                                              └─ triggers ▶ cards ─┘
//! ```
//!
//! ARCHITECTURE.md has the map and the rules.

// What everything speaks.
pub mod domain;
pub mod numbers;
pub mod ogg;
pub mod sound;
// What comes from files.
pub mod catalogue;
pub mod config;
pub mod exchange;
pub mod glossary;
pub mod models;
pub mod packs;
// The wire.
pub mod auth;
pub mod protocol;
// The stages, in the order in which data flows.
pub mod decode;
pub mod segment;
pub mod transcribe;
pub mod repair;
pub mod translate;
pub mod localize;
pub mod triggers;
pub mod publish;
pub mod record;
// Between nodes.
pub mod cluster;
// Where they are joined.
pub mod pipeline;
// The edges.
pub mod console;
pub mod ingest;
pub mod viewer;
// Put together.
pub mod app;
pub mod cli;
pub mod telemetry;
// The other end of the sockets.
pub mod client;
pub mod eval;

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tokio::task::JoinHandle;

/// Starts a task that nobody awaits. A panic in it is logged and touches nothing else.
pub(crate) fn spawn(name: &'static str, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    // Not an async block, which would keep room for the task twice: where it is handed in, and where it runs.
    spawn_joined(AssertUnwindSafe(task).catch_unwind().map(move |ended| {
        if ended.is_err() {
            tracing::error!(task = name, "a task has panicked");
        }
    }))
}

/// Starts a task whose end, a panic too, the caller awaits.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that may: everything else names its tasks or awaits them"
)]
pub(crate) fn spawn_joined<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    tokio::spawn(task)
}

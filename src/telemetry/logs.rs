//! Logs: to standard error, filtered by `RUST_LOG`, as JSON where `TRADEWIND_LOG=json`.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// Crates that write whole messages and headers at `debug` and `trace`, tokens among them. More specific than a level for
/// everything, these win over `RUST_LOG=trace`.
const TALKATIVE: [&str; 8] =
    ["h2", "hyper", "hyper_util", "reqwest", "rustls", "tokio_rustls", "tokio_tungstenite", "tungstenite"];

/// Installs the subscriber. whisper.cpp's own chatter is left out.
pub fn start(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,tradewind=info"));
    let filter = TALKATIVE.iter().fold(filter, |filter, target| match format!("{target}=info").parse() {
        Ok(quiet) => filter.add_directive(quiet),
        Err(_) => filter,
    });
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if json {
        logs.json().init();
    } else {
        logs.with_ansi(io::stderr().is_terminal()).with_target(false).init();
    }
}

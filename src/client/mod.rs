//! Tradewind's own clients: `push` plays audio into a room as a host does, `watch` reads a room as a viewer
//! does. Both use only the public protocol, so that what they measure is what everybody gets.
//!
//! Nothing here knows the gateway's insides; [`crate::eval`] and the command line stand on it.

mod address;
mod close;
mod container;
mod feed;
mod push;
mod session;
mod sse;
#[cfg(test)]
mod tests;
mod watch;
mod wav;
mod webm;
mod wire;

pub mod cli;

pub use address::{Endpoint, Query};
pub use close::{Verdict, verdict};
pub use feed::{Feed, FeedError, PushEncoding, Raw, Source};
pub use push::{HeardFinal, PushEvent, PushOptions, PushSummary, push};
pub use watch::{Heard, Resume, WatchOptions, watch};
pub use wav::{Wav, WavError, read_wav};

/// Why a client ended without having done its work. Each message is one sentence for a person.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("{0:?} is not an address of a gateway; it looks like ws://127.0.0.1:8080")]
    BadAddress(String),
    #[error("no gateway answers at {address}: {why}")]
    Unreachable { address: String, why: String },
    /// The gateway said no; coming back would get the same answer.
    #[error("{sentence} (code {code}{})", if reason.is_empty() { String::new() } else { format!(": {reason}") })]
    Refused { code: u16, sentence: &'static str, reason: String },
    #[error("the connection was lost and did not come back within {seconds} s: {why}")]
    Lost { seconds: u64, why: String },
    #[error("the gateway closed the connection before it confirmed the end of the audio")]
    Unconfirmed,
    #[error(transparent)]
    Feed(#[from] FeedError),
    #[error("cannot write: {0}")]
    Output(#[from] std::io::Error),
}

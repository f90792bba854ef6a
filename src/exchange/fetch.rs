//! One look at a source: its text, if it is not too long and does not take too long. Blocks.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use ureq::Agent;

use super::settings::RatesAddress;

/// Why there is no text. Says nothing of an address but what kind of thing went wrong: keys stand in addresses.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("cannot be read: {0}")]
    File(#[from] std::io::Error),
    #[error("is longer than {0} bytes")]
    TooLong(u64),
    #[error("the answer has status {0}")]
    Status(u16),
    #[error("no answer in time")]
    Late,
    #[error("no connection")]
    Connection,
    #[error("is not text")]
    NotText,
    #[error("reading has crashed")]
    Crashed,
}

pub(super) fn file(path: &Path, most: u64) -> Result<String, FetchError> {
    let mut text = Vec::new();
    std::fs::File::open(path)?.take(most + 1).read_to_end(&mut text)?;
    if text.len() as u64 > most {
        return Err(FetchError::TooLong(most));
    }
    String::from_utf8(text).map_err(|_| FetchError::NotText)
}

pub(super) fn url(address: &RatesAddress, most: u64, patience: Duration) -> Result<String, FetchError> {
    let agent: Agent = Agent::config_builder()
        .https_only(address.is_https())
        .timeout_global(Some(patience))
        .max_redirects(3)
        .user_agent(concat!("tradewind/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let failed = |error: ureq::Error| match error {
        ureq::Error::StatusCode(status) => FetchError::Status(status),
        ureq::Error::Timeout(_) => FetchError::Late,
        ureq::Error::BodyExceedsLimit(_) => FetchError::TooLong(most),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => FetchError::NotText,
        _ => FetchError::Connection,
    };
    let answer = agent.get(address.as_str()).header("accept", "application/json").call().map_err(failed)?;
    answer.into_body().into_with_config().limit(most).read_to_string().map_err(failed)
}

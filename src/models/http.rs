//! Downloads over HTTPS.

use std::io::Write;
use std::time::Duration;

use ureq::Agent;

use super::error::SourceError;
use super::progress::Progress;
use super::transfer;

/// How long an address may take to be looked up and to accept a connection. Short, because the next source waits.
const CONNECT: Duration = Duration::from_secs(4);
/// How long nothing may come before the download counts as broken.
const STALL: Duration = Duration::from_secs(10);

/// Downloads `expected` bytes and returns their sha256.
pub fn download(
    url: &str,
    expected: u64,
    to: impl Write,
    progress: &mut dyn Progress,
) -> Result<String, SourceError> {
    let agent: Agent = Agent::config_builder()
        .https_only(true)
        .timeout_resolve(Some(CONNECT))
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(STALL))
        .timeout_per_read(Some(STALL))
        .build()
        .into();
    let response = agent.get(url).call().map_err(Box::new)?;
    let body = response.into_body();
    if let Some(got) = body.content_length().filter(|got| *got != expected) {
        // A login page of a hotel's network answers 200, too.
        return Err(SourceError::Length { got, expected });
    }
    let reader = body.into_with_config().limit(u64::MAX).reader();
    transfer::copy(reader, to, expected, &mut |bytes| progress.reached(bytes))
}

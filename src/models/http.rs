//! Downloads over HTTPS.

use std::io::Write;
use std::net::SocketAddr;
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
    let response = agent(url).get(url).call().map_err(Box::new)?;
    let body = response.into_body();
    if let Some(got) = body.content_length().filter(|got| *got != expected) {
        // A login page of a hotel's network answers 200, too.
        return Err(SourceError::Length { got, expected });
    }
    let reader = body.into_with_config().limit(u64::MAX).reader();
    transfer::copy(reader, to, expected, &mut |bytes| progress.reached(bytes))
}

/// Downloads a text of at most `limit` bytes: a list of files, not a file.
pub fn text(url: &str, limit: u64) -> Result<String, SourceError> {
    let response = agent(url).get(url).call().map_err(Box::new)?;
    Ok(response.into_body().into_with_config().limit(limit).read_to_string().map_err(Box::new)?)
}

fn agent(url: &str) -> Agent {
    Agent::config_builder()
        .https_only(!is_loopback(url))
        .timeout_resolve(Some(CONNECT))
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(STALL))
        .timeout_per_read(Some(STALL))
        .build()
        .into()
}

/// A mirror on this machine needs no encryption, and the tests have none.
fn is_loopback(url: &str) -> bool {
    let host = url.strip_prefix("http://").map(|rest| rest.split(['/', '?']).next().unwrap_or(rest));
    host.and_then(|host| host.parse::<SocketAddr>().ok()).is_some_and(|address| address.ip().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_may_do_without_encryption() {
        for (url, loopback) in [
            ("http://127.0.0.1:8000/x", true),
            ("http://[::1]:8000", true),
            ("http://127.0.0.1:8000.example.org/x", false),
            ("http://example.org:80/127.0.0.1:80", false),
            ("http://10.0.0.1:80/", false),
        ] {
            assert_eq!(is_loopback(url), loopback, "{url}");
        }
    }
}

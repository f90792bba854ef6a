//! Where exchange rates come from.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The `[rates]` table, checked.
#[derive(Debug, Clone)]
pub struct ExchangeSettings {
    /// Watched for change.
    pub file: Option<PathBuf>,
    pub url: Option<RatesAddress>,
    /// Between two requests to `url`.
    pub poll: Duration,
    /// For one request, from the first byte to the last.
    pub timeout: Duration,
    /// Longest file or answer.
    pub max_bytes: u64,
    /// Older rates convert no price, where neither room nor table says otherwise.
    pub max_age_days: u32,
}

impl Default for ExchangeSettings {
    fn default() -> Self {
        Self {
            file: None,
            url: None,
            // Central banks publish once a working day; an hour later is soon enough.
            poll: Duration::from_secs(3_600),
            timeout: Duration::from_secs(10),
            // 170 currencies are 3 KB.
            max_bytes: 256 * 1024,
            // Banks are closed for up to five days in a row.
            max_age_days: 7,
        }
    }
}

/// An `https` address, or `http` on this very computer.
#[derive(Clone, PartialEq, Eq)]
pub struct RatesAddress(String);

impl RatesAddress {
    /// # Errors
    /// It is no such address: rates that anybody on the way could change would be wrong prices.
    pub fn parse(text: &str) -> Result<Self, String> {
        let address = Self(text.trim().to_owned());
        let plain = text.trim().strip_prefix("http://").is_some();
        let here = address.host().parse::<SocketAddr>().is_ok_and(|host| host.ip().is_loopback());
        let https = text.trim().starts_with("https://") && !address.host().is_empty();
        if https || (plain && here) {
            return Ok(address);
        }
        Err("it has to begin with https:// (http:// only with an address of this computer, as in http://127.0.0.1:9000/)".into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without what may be secret: the user, the path and the query.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        authority.rsplit('@').next().unwrap_or_default()
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

/// Services put their key into the address.
impl std::fmt::Debug for RatesAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.host())
    }
}

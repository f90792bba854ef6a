//! Exchange rates that change while the gateway runs: a file that is watched, an address that is polled.
//!
//! The last good table of each source is kept, and the one of the later day holds. Whether it is still young enough for a
//! price is the room's to say, each time that it makes one.

mod fetch;
mod settings;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::RwLock;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::catalogue::{Rates, rates_from_text};
use crate::domain::Day;
use fetch::FetchError;

pub use settings::{ExchangeSettings, RatesAddress};

/// How often the file is looked at. Its time and length are compared: that works on every file system, also where no event
/// arrives (a share, a mounted secret).
const LOOK: Duration = Duration::from_secs(2);
/// After a failure the address is asked again so soon, then after twice as long, up to its interval.
const FIRST_RETRY: Duration = Duration::from_secs(30);

/// The gateway's own table. Without a source it has none, and rooms use their catalogue's.
#[derive(Debug, Default)]
pub struct Exchange {
    settings: ExchangeSettings,
    file: RwLock<Source>,
    url: RwLock<Source>,
}

/// What became of one source.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The last table that was good.
    pub rates: Option<Arc<Rates>>,
    /// Why the last try gave none; none when it did.
    pub error: Option<String>,
    /// Tries that gave none, since the gateway started.
    pub failures: u64,
}

impl Exchange {
    pub fn new(settings: ExchangeSettings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// The table that holds: the good one of the latest day.
    pub fn now(&self) -> Option<Arc<Rates>> {
        let tables = [self.file.read().rates.clone(), self.url.read().rates.clone()];
        tables.into_iter().flatten().max_by_key(|rates| rates.as_of)
    }

    /// The sources that are set, by their setting's name.
    pub fn sources(&self) -> Vec<(&'static str, Source)> {
        let file = self.settings.file.is_some().then(|| ("file", self.file.read().clone()));
        let url = self.settings.url.is_some().then(|| ("url", self.url.read().clone()));
        file.into_iter().chain(url).collect()
    }

    /// Days after which a table counts no more, where room and table do not say.
    pub fn max_age_days(&self) -> u32 {
        self.settings.max_age_days
    }

    /// Reads the file at once, so that the first card has its rates, and keeps both sources up to date from then on.
    pub async fn start(self: &Arc<Self>, stopping: &CancellationToken) {
        if let Some(path) = self.settings.file.clone() {
            let seen = self.read_file(&path).await;
            let (exchange, stopping) = (Arc::clone(self), stopping.clone());
            crate::spawn("exchange rates (file)", async move {
                stopping.run_until_cancelled(exchange.watch(&path, seen)).await;
            });
        }
        if let Some(url) = self.settings.url.clone() {
            let (exchange, stopping) = (Arc::clone(self), stopping.clone());
            crate::spawn("exchange rates (address)", async move {
                stopping.run_until_cancelled(exchange.poll(&url)).await;
            });
        }
    }

    async fn watch(&self, path: &Path, mut seen: Option<Stamp>) {
        loop {
            tokio::time::sleep(LOOK).await;
            let stamp = stamp(path).await;
            if stamp != seen {
                seen = self.read_file(path).await;
            }
        }
    }

    async fn poll(&self, url: &RatesAddress) {
        let mut retry = FIRST_RETRY;
        loop {
            let begun = Instant::now();
            let wait = if self.ask(url).await {
                retry = FIRST_RETRY;
                self.settings.poll
            } else {
                let wait = retry.min(self.settings.poll);
                retry = retry.saturating_mul(2);
                wait
            };
            tokio::time::sleep_until(begun + wait).await;
        }
    }

    /// The stamp of what was read: taken before, so that a file which is being written is read again.
    async fn read_file(&self, path: &Path) -> Option<Stamp> {
        let stamp = stamp(path).await;
        let (owned, most) = (path.to_owned(), self.settings.max_bytes);
        let text = tokio::task::spawn_blocking(move || fetch::file(&owned, most)).await;
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        take(&self.file, "file", text.unwrap_or(Err(FetchError::Crashed)), &name);
        stamp
    }

    /// Asks the address once. False where that gave no table.
    async fn ask(&self, url: &RatesAddress) -> bool {
        let (asked, most, patience) = (url.clone(), self.settings.max_bytes, self.settings.timeout);
        let text = tokio::task::spawn_blocking(move || fetch::url(&asked, most, patience)).await;
        take(&self.url, "url", text.unwrap_or(Err(FetchError::Crashed)), url.host())
    }
}

/// Time of the last change, and length.
type Stamp = (Option<SystemTime>, u64);

async fn stamp(path: &Path) -> Option<Stamp> {
    let known = tokio::fs::metadata(path).await.ok()?;
    Some((known.modified().ok(), known.len()))
}

/// Takes a table over if it is good; else keeps the last one, and says so once for each kind of failure.
fn take(source: &RwLock<Source>, kind: &str, text: Result<String, FetchError>, unnamed: &str) -> bool {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let today = Day::of_unix_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    let read = text.map_err(|error| error.to_string());
    let read =
        read.and_then(|text| rates_from_text(&text, unnamed, today).map_err(|error| error.to_string()));
    let mut source = source.write();
    match read {
        Ok(rates) => {
            if source.rates.as_deref() != Some(&rates) || source.error.is_some() {
                tracing::info!(kind, as_of = %rates.as_of, source = rates.source, "exchange rates are up to date");
            }
            source.rates = Some(Arc::new(rates));
            source.error = None;
            true
        }
        Err(error) => {
            source.failures += 1;
            if source.error.as_ref() != Some(&error) {
                let kept = source.rates.as_ref().map(|rates| rates.as_of.to_string());
                tracing::warn!(kind, %error, kept, "exchange rates could not be read; the last good ones stay");
            }
            source.error = Some(error);
            false
        }
    }
}

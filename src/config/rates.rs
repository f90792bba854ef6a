//! The `[rates]` table: where exchange rates come from, and how old they may be.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::raw;
use crate::exchange::{ExchangeSettings, RatesAddress};

/// `base` is where a relative `file` begins.
pub(super) fn check(raw: raw::Rates, base: &Path) -> anyhow::Result<ExchangeSettings> {
    let mut settings = ExchangeSettings { file: raw.file.map(|file| base.join(file)), ..Default::default() };
    if let Some(url) = raw.url {
        let url = RatesAddress::parse(&url).map_err(anyhow::Error::msg);
        settings.url = Some(url.context("rates.url")?);
    }
    if let Some(minutes) = raw.poll_minutes {
        ensure!((1..=10_080).contains(&minutes), "rates.poll_minutes must be 1 to 10080 (a week)");
        settings.poll = Duration::from_secs(minutes * 60);
    }
    if let Some(ms) = raw.timeout_ms {
        ensure!((100..=60_000).contains(&ms), "rates.timeout_ms must be 100 to 60000");
        settings.timeout = Duration::from_millis(ms);
    }
    settings.max_bytes = raw.max_bytes.unwrap_or(settings.max_bytes);
    ensure!(
        (1_024..=4 * 1024 * 1024).contains(&settings.max_bytes),
        "rates.max_bytes must be 1024 to 4194304"
    );
    settings.max_age_days = raw.max_age_days.unwrap_or(settings.max_age_days);
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> anyhow::Result<ExchangeSettings> {
        check(toml::from_str(text)?, Path::new("/etc/tradewind"))
    }

    #[test]
    fn a_table_with_everything_is_read_and_an_empty_one_has_no_source() {
        let all = parse(
            "file = \"rates.toml\"\nurl = \"https://rates.example/latest\"\npoll_minutes = 30\ntimeout_ms = 2000\n\
             max_bytes = 4096\nmax_age_days = 3",
        )
        .unwrap();
        assert_eq!(all.file.unwrap(), Path::new("/etc/tradewind/rates.toml"));
        assert_eq!(
            (all.poll.as_secs(), all.timeout.as_millis(), all.max_bytes, all.max_age_days),
            (1800, 2000, 4096, 3)
        );
        assert_eq!(all.url.unwrap().host(), "rates.example");
        let none = parse("").unwrap();
        assert!(none.file.is_none() && none.url.is_none() && none.max_age_days == 7);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, word) in [
            ("url = \"http://rates.example\"", "https"),
            ("poll_minutes = 0", "poll_minutes"),
            ("timeout_ms = 5", "timeout_ms"),
            ("max_bytes = 10", "max_bytes"),
            ("max_age_days = -1", "max_age_days"),
            ("interval = 5", "interval"),
        ] {
            let error = format!("{:#}", parse(text).unwrap_err());
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}

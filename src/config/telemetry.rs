//! Where traces are sent.

use anyhow::ensure;

use super::raw;

/// The collector's address, if there is one.
pub(super) fn check(raw: raw::Telemetry) -> anyhow::Result<Option<String>> {
    let Some(address) = raw.otlp_endpoint else { return Ok(None) };
    let is_http = address.starts_with("http://") || address.starts_with("https://");
    // Not repeated: what may be a password is in no error.
    ensure!(
        !address.contains('@'),
        "telemetry.otlp_endpoint must not hold a password: set OTEL_EXPORTER_OTLP_HEADERS"
    );
    ensure!(is_http, "telemetry.otlp_endpoint must begin with http:// or https://, not {address:?}");
    Ok(Some(address))
}

//! Where viewers' browsers get a room's pictures from.

use anyhow::{Context, ensure};
use hyper::Uri;

/// An HLS stream: its playlist, and the one origin that the viewer page may load pictures from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    pub url: String,
    /// `https://video.example` or `https://video.example:8443`: fit for a Content-Security-Policy.
    pub origin: String,
}

impl Video {
    /// # Errors
    /// Not the full address of something that a page on https could load: plain http is for this computer only.
    pub fn parse(url: &str) -> anyhow::Result<Self> {
        let uri: Uri = url.parse().with_context(|| format!("video: {url:?} is not an address"))?;
        let (scheme, authority) = uri
            .scheme_str()
            .zip(uri.authority())
            .with_context(|| format!("video: {url:?} must begin with https://"))?;
        let host = authority.host();
        let is_here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
        ensure!(
            scheme == "https" || (scheme == "http" && is_here),
            "video: {url:?} must begin with https://: pages on https load nothing else"
        );
        ensure!(
            !authority.as_str().contains('@'),
            "video: no name and password in the address: viewers see it"
        );
        // What a policy's grammar gives a meaning to does not belong in a host's name.
        let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]_".contains(c);
        ensure!(authority.as_str().chars().all(plain), "video: {host:?} is not a host's name");
        Ok(Self { url: url.to_owned(), origin: format!("{scheme}://{authority}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_what_a_policy_takes() {
        let video = Video::parse("https://video.example:8443/live/index.m3u8?x=1").unwrap();
        assert_eq!(video.origin, "https://video.example:8443");
        assert_eq!(Video::parse("http://127.0.0.1:9000/i.m3u8").unwrap().origin, "http://127.0.0.1:9000");
    }

    #[test]
    fn what_a_page_could_not_load_is_refused() {
        for url in [
            "index.m3u8",
            "/live/index.m3u8",
            "http://video.example/index.m3u8",
            "rtmp://video.example/live",
            "https://me:secret@video.example/index.m3u8",
            "https://video.example;script-src/index.m3u8",
            "https://*/index.m3u8",
        ] {
            assert!(Video::parse(url).is_err(), "{url}");
        }
    }
}

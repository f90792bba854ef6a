//! What our pages may load: the Content-Security-Policy.

use axum::http::HeaderValue;

use crate::config::Video;

/// Scripts, styles and sockets of our own only. `'self'` is our sockets too; a browser older than 2022 that does not know it
/// takes the event stream.
pub const CONTENT_SECURITY: &str = "default-src 'self'; connect-src 'self'; img-src 'self' data:; \
     media-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'";

/// What our pages may use of a visitor's device: the console listens, nothing else does.
pub const PERMISSIONS: &str =
    "microphone=(self), display-capture=(self), camera=(), geolocation=(), payment=(), usb=()";

/// The policy of a page that plays a room's stream: its origin's files as data and as media, and nothing else of it.
pub fn with_video(video: &Video) -> Option<HeaderValue> {
    let widened = CONTENT_SECURITY
        .split("; ")
        .map(|directive| match directive.split_once(' ') {
            Some(("connect-src" | "media-src", _)) => format!("{directive} {}", video.origin),
            _ => directive.to_owned(),
        })
        .collect::<Vec<_>>();
    HeaderValue::from_str(&widened.join("; ")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_streams_origin_may_send_data_and_media_but_no_scripts() {
        let video = Video::parse("https://video.example/live/index.m3u8").unwrap();
        let policy = with_video(&video).unwrap();
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("connect-src 'self' https://video.example;"), "{policy}");
        assert!(policy.contains("media-src 'self' blob: https://video.example;"), "{policy}");
        assert_eq!(policy.matches("video.example").count(), 2);
        assert!(policy.starts_with("default-src 'self';"));
    }
}

//! Addresses of a gateway's endpoints, made from the one address that a person gives.

use tokio_tungstenite::tungstenite::http::Uri;

use super::ClientError;

/// Where a gateway is. Made from `ws://`, `wss://`, `http://` or `https://`, with or without a path in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    secure: bool,
    authority: String,
    prefix: String,
}

/// Query parameters in the order in which they are written.
pub type Query = Vec<(&'static str, String)>;

impl Endpoint {
    pub fn parse(address: &str) -> Result<Self, ClientError> {
        let bad = || ClientError::BadAddress(address.chars().take(200).collect());
        let uri: Uri = address.trim().parse().map_err(|_| bad())?;
        let secure = match uri.scheme_str() {
            Some("ws" | "http") => false,
            Some("wss" | "https") => true,
            _ => return Err(bad()),
        };
        let authority = uri.authority().ok_or_else(bad)?.as_str().to_owned();
        Ok(Self { secure, authority, prefix: uri.path().trim_end_matches('/').to_owned() })
    }

    /// The host's socket.
    pub fn listen(&self, query: &Query) -> String {
        self.join(if self.secure { "wss" } else { "ws" }, "/v1/listen", query)
    }

    /// A viewer's socket.
    pub fn live(&self, room: &str, query: &Query) -> String {
        let path = format!("/v1/rooms/{}/live", escaped(room));
        self.join(if self.secure { "wss" } else { "ws" }, &path, query)
    }

    /// The same for server-sent events.
    pub fn live_events(&self, room: &str, query: &Query) -> String {
        let path = format!("/v1/rooms/{}/live", escaped(room));
        self.join(if self.secure { "https" } else { "http" }, &path, query)
    }

    fn join(&self, scheme: &str, path: &str, query: &Query) -> String {
        let mut address = format!("{scheme}://{}{}{path}", self.authority, self.prefix);
        for (n, (key, value)) in query.iter().enumerate() {
            address.push(if n == 0 { '?' } else { '&' });
            address.push_str(key);
            address.push('=');
            address.push_str(&escaped(value));
        }
        address
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
fn escaped(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_gives_every_endpoint_whatever_its_scheme() {
        let here = Endpoint::parse("http://127.0.0.1:8080/").unwrap();
        assert_eq!(here, Endpoint::parse("ws://127.0.0.1:8080").unwrap());
        let query = vec![("lang", "pt-BR".to_owned()), ("currency", "US D&".to_owned())];
        assert_eq!(
            here.live("demo", &query),
            "ws://127.0.0.1:8080/v1/rooms/demo/live?lang=pt-BR&currency=US%20D%26"
        );
        assert_eq!(here.live_events("a/b", &Query::new()), "http://127.0.0.1:8080/v1/rooms/a%2Fb/live");
        let there = Endpoint::parse("wss://live.example/tw/").unwrap();
        assert_eq!(there.listen(&Query::new()), "wss://live.example/tw/v1/listen");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in ["", "127.0.0.1:8080", "ftp://x", "ws://", "demo"] {
            assert!(Endpoint::parse(bad).is_err(), "{bad:?}");
        }
    }
}

//! What the engine needs to know, checked into types that cannot be wrong any more.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use hyper::Uri;
use hyper::header::HeaderValue;
use serde_json::{Map, Value};

use super::breaker::BreakerSettings;
use crate::domain::Lang;

/// How the `llm` engine is to behave.
#[derive(Debug, Clone)]
pub struct LlmSettings {
    pub endpoint: Endpoint,
    /// As the endpoint calls it.
    pub model: String,
    pub key: Option<ApiKey>,
    /// Target languages that the model is trusted with; `None`: with every one. `pt` stands for `pt-BR` too.
    pub languages: Option<Vec<Lang>>,
    /// Longest that one sentence may take, retry included. Keep it below the route's `engine_limit`: what the route
    /// cuts off is not counted against the endpoint, so a slow one would never be paused.
    pub time_limit: Duration,
    /// Requests that the endpoint works on at once.
    pub concurrent: usize,
    /// Requests that may wait for one of those to end, a quarter of the time limit at most; further ones are turned
    /// away at once. One utterance comes in every watched language at the same moment, hence not 0.
    pub waiting: usize,
    /// Finals before this one that the model is shown.
    pub context: usize,
    pub breaker: BreakerSettings,
    /// Further fields of the request's body, as some servers want them: `chat_template_kwargs` to turn thinking off.
    pub extra: Map<String, Value>,
}

impl LlmSettings {
    pub fn new(endpoint: Endpoint, model: &str) -> Self {
        Self {
            endpoint,
            model: model.to_owned(),
            key: None,
            languages: None,
            time_limit: Duration::from_millis(2_500),
            concurrent: 4,
            waiting: 12,
            context: 2,
            breaker: BreakerSettings::default(),
            extra: Map::new(),
        }
    }

    pub(super) fn trusts(&self, target: &Lang) -> bool {
        let covers = |lang: &Lang| lang == target || lang.as_str() == target.primary();
        self.languages.as_ref().is_none_or(|all| all.iter().any(covers))
    }
}

/// Where the chat completions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Uri);

/// Never says more of the address than what is wrong with it: it may have a password in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEndpoint {
    #[error("it is not an address such as http://127.0.0.1:8080/v1")]
    Malformed,
    #[error("it must begin with http:// or https://")]
    Scheme,
    #[error("it has a user name or password in it: a key belongs in an environment variable or a file")]
    Credentials,
    #[error("it has a query in it")]
    Query,
}

impl Endpoint {
    /// Takes a base URL as other clients do: `https://host/v1`, or `http://host:port`, which gets the `/v1` itself.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(base: &str) -> Result<Self, BadEndpoint> {
        let base = base.trim();
        let uri: Uri = base.parse().map_err(|_| BadEndpoint::Malformed)?;
        match uri.scheme_str() {
            Some("http" | "https") => {}
            Some(_) => return Err(BadEndpoint::Scheme),
            None => return Err(BadEndpoint::Malformed),
        }
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(BadEndpoint::Credentials);
        }
        if uri.query().is_some() {
            return Err(BadEndpoint::Query);
        }
        let version = if uri.path().trim_end_matches('/').is_empty() { "/v1" } else { "" };
        let whole = format!("{}{version}/chat/completions", base.trim_end_matches('/'));
        whole.parse().map(Self).map_err(|_| BadEndpoint::Malformed)
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.0
    }

    /// Whether a key sent there can be read on the way: over plain HTTP to somewhere that is not this computer, not in
    /// a private network by its number, and not a bare name of one (`vllm`, `gpu.local`).
    pub fn exposes_a_key(&self) -> bool {
        let host = self.0.host().unwrap_or_default().trim_matches(['[', ']']);
        let near = match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private(),
            Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local(),
            Err(_) => !host.contains('.') || host.ends_with(".local") || host.ends_with(".internal"),
        };
        self.0.scheme_str() == Some("http") && !near
    }
}

/// A secret that cannot be printed: neither `Debug` nor an error shows it.
#[derive(Clone)]
pub struct ApiKey(HeaderValue);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    #[error("the key is empty")]
    Empty,
    #[error("the key has characters that no key has")]
    Characters,
}

impl ApiKey {
    /// White space round it, such as a file's last newline, is no part of it.
    ///
    /// # Errors
    /// It is empty, or cannot stand in a header.
    pub fn new(secret: &str) -> Result<Self, BadKey> {
        let secret = secret.trim();
        if secret.is_empty() {
            return Err(BadKey::Empty);
        }
        if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BadKey::Characters);
        }
        let mut header = HeaderValue::try_from(format!("Bearer {secret}")).map_err(|_| BadKey::Characters)?;
        // Whoever prints the request's headers does not print this one.
        header.set_sensitive(true);
        Ok(Self(header))
    }

    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lang(tag: &str) -> Lang {
        Lang::parse(tag).unwrap()
    }

    #[test]
    fn base_addresses_lead_to_the_chat_completions() {
        for (base, whole) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1/chat/completions"),
            ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1/chat/completions"),
            (
                "https://models.example/compatible-mode/v1",
                "https://models.example/compatible-mode/v1/chat/completions",
            ),
        ] {
            assert_eq!(Endpoint::parse(base).unwrap().uri().to_string(), whole);
        }
    }

    #[test]
    fn wrong_addresses_are_refused_without_repeating_what_is_secret_in_them() {
        for (base, wrong) in [
            ("", BadEndpoint::Malformed),
            ("models.example", BadEndpoint::Malformed),
            ("file:///etc/passwd", BadEndpoint::Malformed),
            ("ftp://models.example/v1", BadEndpoint::Scheme),
            ("https://me:hunter2@models.example/v1", BadEndpoint::Credentials),
            ("https://models.example/v1?key=hunter2", BadEndpoint::Query),
        ] {
            let error = Endpoint::parse(base).unwrap_err();
            assert_eq!(error, wrong, "{base}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        let key = ApiKey::new(" sk-hunter2\n").unwrap();
        assert_eq!(key.header(), "Bearer sk-hunter2");
        let mut settings = LlmSettings::new(Endpoint::parse("http://127.0.0.1:1").unwrap(), "m");
        settings.key = Some(key.clone());
        for printed in [format!("{key:?}"), format!("{settings:#?}"), format!("{:?}", key.header())] {
            assert!(!printed.contains("hunter2"), "{printed}");
        }
        assert_eq!(ApiKey::new(" \n").unwrap_err(), BadKey::Empty);
        assert_eq!(ApiKey::new("two\nlines").unwrap_err(), BadKey::Characters);
        assert_eq!(ApiKey::new("schlüssel").unwrap_err(), BadKey::Characters);
    }

    #[test]
    fn plain_http_to_the_open_internet_exposes_a_key() {
        for (base, exposed) in [
            ("http://127.0.0.1:8080/v1", false),
            ("http://[::1]:8080/v1", false),
            ("http://192.168.1.20:8000/v1", false),
            ("http://vllm:8000/v1", false),
            ("http://gpu.local:8000/v1", false),
            ("https://models.example/v1", false),
            ("http://models.example/v1", true),
            ("http://203.0.113.7/v1", true),
        ] {
            assert_eq!(Endpoint::parse(base).unwrap().exposes_a_key(), exposed, "{base}");
        }
    }

    #[test]
    fn a_language_without_a_region_is_trusted_in_every_region() {
        let mut settings = LlmSettings::new(Endpoint::parse("http://127.0.0.1:1").unwrap(), "m");
        assert!(settings.trusts(&lang("sw")));
        settings.languages = Some(vec![lang("pt"), lang("es-MX")]);
        for (tag, trusted) in [("pt", true), ("pt-BR", true), ("es-MX", true), ("es", false), ("sw", false)] {
            assert_eq!(settings.trusts(&lang(tag)), trusted, "{tag}");
        }
    }
}

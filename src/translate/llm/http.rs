//! One request to the endpoint and its answer's text. hyper's pooled client: connections are kept, redirects are not
//! followed (the key would go along), and dropping the future closes the connection, which stops the server's work.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde_json::Value;

use super::settings::{ApiKey, Endpoint};

/// An answer is a caption of a few hundred bytes; servers add some kilobytes of statistics.
pub(super) const LONGEST_ANSWER: usize = 128 * 1024;
/// A connection that takes longer is to a machine that is off.
const CONNECT: Duration = Duration::from_secs(1);
/// Kept for the next sentence. Servers close after 5 s (llama-server) to 75 s; a closed one is noticed.
const IDLE: Duration = Duration::from_secs(60);

pub(super) struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    endpoint: Endpoint,
    key: Option<ApiKey>,
}

/// What a chat completion said.
#[derive(Debug)]
pub(super) struct Completion {
    pub text: String,
    /// False where it ran into its token limit.
    pub finished: bool,
}

/// Why there is none. Nothing that the server wrote is repeated: some repeat the key.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    #[error("no connection: {0}")]
    Connection(String),
    #[error("the connection broke before the answer was complete")]
    Broken,
    #[error("the answer has status {}", status.as_u16())]
    Status { status: StatusCode, retry_after: Option<Duration> },
    #[error("the answer is longer than {LONGEST_ANSWER} bytes")]
    TooLong,
    #[error("the answer is no chat completion")]
    Malformed,
    #[error("no answer within {0:?}")]
    Late(Duration),
    #[error("the request cannot be made: {0}")]
    Request(#[from] hyper::http::Error),
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

impl CallError {
    /// Whether asking again may help: no connection, 429, and 5xx.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Connection(_) | Self::Broken => true,
            Self::Status { status, .. } => is_too_many(*status) || status.is_server_error(),
            Self::TooLong | Self::Malformed | Self::Late(_) | Self::Request(_) | Self::Tls(_) => false,
        }
    }

    /// How long the server wishes to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether it was this request that the server could not stomach, and the next one may do.
    pub fn is_about_the_request(&self) -> bool {
        matches!(self, Self::Status { status, .. } if matches!(status.as_u16(), 400 | 413 | 422))
    }
}

impl Http {
    /// # Errors
    /// The TLS versions are not to be had.
    pub fn new(endpoint: Endpoint, key: Option<ApiKey>) -> Result<Self, CallError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        // Named, because rustls panics where two providers are compiled in and none is chosen.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let https = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(provider)?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(https);
        Ok(Self { client, endpoint, key })
    }

    /// Asks once.
    pub async fn complete(&self, body: Bytes) -> Result<Completion, CallError> {
        let mut request = Request::post(self.endpoint.uri())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("tradewind/", env!("CARGO_PKG_VERSION")));
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.header());
        }
        let response =
            self.client.request(request.body(Full::new(body))?).await.map_err(|e| of_client(&e))?;
        let status = response.status();
        if status != StatusCode::OK {
            let wish = response
                .headers()
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok()?.trim().parse().ok());
            return Err(CallError::Status { status, retry_after: wish.map(Duration::from_secs) });
        }
        let body = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() { CallError::TooLong } else { CallError::Broken }
        })?;
        completion(&body.to_bytes()).ok_or(CallError::Malformed)
    }
}

fn completion(body: &[u8]) -> Option<Completion> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let choice = body.pointer("/choices/0")?;
    let text = choice.pointer("/message/content")?.as_str()?.to_owned();
    // Absent in some servers' answers.
    let reason = choice.get("finish_reason").and_then(Value::as_str).unwrap_or("stop");
    Some(Completion { text, finished: reason == "stop" })
}

/// The client's error with its causes: "client error (Connect)" alone says nothing.
fn of_client(error: &hyper_util::client::legacy::Error) -> CallError {
    if !error.is_connect() {
        return CallError::Broken;
    }
    let mut last: &dyn Error = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    CallError::Connection(last.to_string().chars().take(200).collect())
}

fn is_too_many(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completion_is_read_and_anything_else_is_none() {
        let said = |body: &str| completion(body.as_bytes()).map(|c| (c.text, c.finished));
        let good = r#"{"choices":[{"message":{"role":"assistant","content":"Hola"},"finish_reason":"stop"}],"usage":{}}"#;
        assert_eq!(said(good), Some(("Hola".into(), true)));
        assert_eq!(said(&good.replace("stop", "length")), Some(("Hola".into(), false)));
        assert_eq!(said(r#"{"choices":[{"message":{"content":"Hola"}}]}"#), Some(("Hola".into(), true)));
        for bad in [
            "",
            "<html>",
            "{}",
            r#"{"choices":[]}"#,
            r#"{"choices":[{"message":{"content":null}}]}"#,
            r#"{"choices":[{"message":{"content":["Hola"]}}]}"#,
            r#"{"error":{"message":"no model"}}"#,
        ] {
            assert_eq!(said(bad), None, "{bad}");
        }
    }
}

//! The way to an OTLP collector: protobuf over HTTP, with the client that the gateway has anyway.
//!
//! `opentelemetry-otlp` brings the form of the messages and the batches; its own clients would bring reqwest, and gRPC tonic
//! with a second HTTP stack. Runs on the SDK's thread, so blocking is no harm.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use ureq::Agent;

/// Longest for one batch.
const PATIENCE: Duration = Duration::from_secs(5);
/// Where collectors take traces (OTLP/HTTP).
const PATH: &str = "/v1/traces";
/// A collector answers with a few bytes.
const LONGEST_ANSWER: u64 = 64 * 1024;

pub fn exporter(endpoint: &str) -> anyhow::Result<SpanExporter> {
    let endpoint = format!("{}{PATH}", endpoint.trim_end_matches('/').trim_end_matches(PATH));
    let builder = SpanExporter::builder().with_http().with_http_client(Client::new());
    let builder = builder.with_endpoint(endpoint).with_protocol(Protocol::HttpBinary);
    Ok(builder.with_timeout(PATIENCE).build()?)
}

#[derive(Debug)]
struct Client {
    agent: Agent,
    /// The collector did not take the last batch: told once, not each five seconds.
    failing: AtomicBool,
}

impl Client {
    fn new() -> Self {
        let config = Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0);
        let agent = config.http_status_as_error(false).build().into();
        Self { agent, failing: AtomicBool::new(false) }
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let mut answer = self.agent.run(Request::from_parts(parts, body.to_vec()))?;
        let bytes = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec()?;
        let (parts, _) = answer.into_parts();
        Ok(Response::from_parts(parts, bytes.into()))
    }

    fn tell(&self, failed: Option<String>) {
        let before = self.failing.swap(failed.is_some(), Ordering::Relaxed);
        match failed {
            Some(why) if !before => tracing::warn!(why, "the collector does not take the traces"),
            None if before => tracing::info!("the collector takes the traces again"),
            _ => {}
        }
    }
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.send(request);
        self.tell(match &answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(answer.status().to_string()),
            // ureq's errors name no address.
            Err(error) => Some(error.to_string()),
        });
        answer
    }
}

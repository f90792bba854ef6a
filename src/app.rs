//! Composition root: engines, rooms and routes put together, run until told to stop.

mod translators;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Guard;
use crate::config::Config;
use crate::exchange::Exchange;
use crate::packs::Packs;
use crate::pipeline::{Engines, KnownTerms, Meters, Rooms};
use crate::record::{Record, RecordError};
use crate::telemetry::Traces;
use crate::transcribe::pool::Pool;
use crate::transcribe::script::ScriptConverter;
use crate::transcribe::voice::VoiceActivity;
use crate::transcribe::whisper::{SileroVad, WhisperModel};
use crate::transcribe::{Ask, Pass, Transcriber};
use crate::translate::Route;
use crate::{console, ingest, viewer};

pub use translators::{Translators, model_files, translators};

/// How long hosts and viewers may take to leave when the gateway stops.
const LEAVING: Duration = Duration::from_secs(10);

/// How long the last events may take to reach the disk.
const LAST_WRITES: Duration = Duration::from_secs(3);

/// How long a collector may take for the last traces.
const LAST_TRACES: Duration = Duration::from_secs(3);

/// Files that the engines are loaded from.
pub struct ModelFiles {
    pub whisper: PathBuf,
    pub silero: PathBuf,
    /// Where further models are looked for, such as Firefox's.
    pub dir: PathBuf,
}

/// Loads every engine and warms the recogniser up. Takes seconds; blocks. Must be called on a tokio runtime, as
/// [`translators()`].
pub fn load_engines(
    config: Config,
    files: &ModelFiles,
    secret: Option<String>,
) -> anyhow::Result<Arc<Engines>> {
    let guard = Guard::new(config.auth, secret)?;
    let packs = match &config.packs_dir {
        Some(dir) => Packs::from_dir(dir),
        None => Packs::builtin(),
    };
    let packs = Arc::new(packs.context("the language packs cannot be loaded")?);
    // First, since what loads a model of its own does it meanwhile.
    let Translators { engines, missing } = translators(&config.translate, &packs, &files.dir)?;
    let model = WhisperModel::load(&files.whisper)?;
    let threads = config.transcribe.threads;
    let warm_up = warm_up(&config);
    let make = move || {
        let mut transcriber = model.transcriber(threads)?;
        transcriber.transcribe(&warm_up)?;
        Ok(Box::new(transcriber) as Box<dyn Transcriber>)
    };
    let pool = Pool::start(config.transcribe.workers, Arc::new(make))?;
    let voice = VoiceActivity::start(SileroVad::load(&files.silero)?)?;
    Ok(Arc::new(Engines {
        pool,
        voice,
        scripts: ScriptConverter::load()?,
        missing,
        route: Route::new(Arc::clone(&packs), engines, config.translate.route.clone()),
        packs,
        terms: KnownTerms::default(),
        exchange: Arc::new(Exchange::new(config.rates.clone())),
        hosts: Arc::new(Semaphore::new(config.transcribe.hosts)),
        guard,
        meters: Meters::default(),
        traces: config.otlp_endpoint.as_deref().map_or_else(|| Ok(Traces::default()), Traces::to)?,
        record: open_record(&config)?,
        stopping: CancellationToken::new(),
        config,
    }))
}

/// A database that is broken or cannot be written is no reason to leave a factory without captions: the gateway starts
/// without it, and says so in the log, the console and at `/readyz`. A wrong folder is a mistake to put right first.
fn open_record(config: &Config) -> anyhow::Result<Record> {
    let Some(dir) = &config.record.dir else { return Ok(Record::temporary()?) };
    match Record::open(dir) {
        Err(
            error @ (RecordError::Open { .. }
            | RecordError::Damaged { .. }
            | RecordError::Sql(_)
            | RecordError::Write(_)),
        ) => {
            tracing::error!(%error, "nothing is kept: captions are live only");
            Ok(Record::unusable(error.to_string())?)
        }
        opened => Ok(opened?),
    }
}

/// The first pass allocates; better on silence than on the host's first words.
fn warm_up(config: &Config) -> Ask {
    let langs = config
        .rooms
        .first()
        .map_or_else(|| config.transcribe.detect.to_vec(), |r| vec![r.source_lang.clone()]);
    Ask { audio: vec![0.0; 16_000].into(), langs: langs.into(), context: String::new(), pass: Pass::Partial }
}

/// Serves until `shutdown` completes; then finishes what is being said, tells everybody, and returns.
pub async fn run(
    listener: TcpListener,
    engines: Arc<Engines>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    engines.exchange.start(&engines.stopping).await;
    let rooms = Rooms::open(&engines).await.context("the record of the rooms cannot be read")?;
    let rooms = Arc::new(rooms);
    let stopping = engines.stopping.clone();
    let service = routes(Arc::clone(&rooms)).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown({
        let stopping = stopping.clone();
        async move {
            shutdown.await;
            tracing::info!("stopping: hosts and viewers are told");
            stopping.cancel();
        }
    });
    tokio::select! {
        served = server => served.context("the server has failed")?,
        () = async { stopping.cancelled().await; tokio::time::sleep(LEAVING).await } => {
            tracing::warn!("some connections did not end in time");
        }
    }
    rooms.settled(LAST_WRITES).await;
    let traces = engines.traces.clone();
    drop(tokio::task::spawn_blocking(move || traces.stop(LAST_TRACES)).await);
    tokio::task::spawn_blocking(move || engines.pool.stop()).await.context("the recognisers did not stop")
}

/// All routes of a gateway.
pub fn routes(rooms: Arc<Rooms>) -> Router {
    let header = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    let (routes, described) = described();
    routes
        .layer(Extension(console::Document::new(described, rooms.engines.guard.is_off())))
        .layer(middleware::map_response(console::told_as_problems))
        .layer(middleware::from_fn(same_origin))
        .layer(header(header::CONTENT_SECURITY_POLICY, console::CONTENT_SECURITY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .with_state(rooms)
}

/// All routes, and what their annotations say of them.
pub fn described() -> (Router<Arc<Rooms>>, OpenApi) {
    OpenApiRouter::new()
        .merge(console::routes())
        .merge(console::page_routes().into())
        // Before the compression: it reads what it puts into another form.
        .layer(middleware::map_response(console::told_as_problems))
        // Not the sockets and streams: they are flushed message by message.
        .layer(CompressionLayer::new())
        .merge(console::sound_routes())
        .routes(routes!(ingest::listen))
        .routes(routes!(viewer::live))
        .split_for_parts()
}

/// Another site's page must not speak or operate in a visitor's browser: where a browser names its origin, it has to be
/// ours. Watching is for everybody.
async fn same_origin(request: Request, next: Next) -> Response {
    if is_foreign(&request) {
        return console::problem(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "This page belongs to another site.",
        );
    }
    next.run(request).await
}

fn is_foreign(request: &Request) -> bool {
    let guarded = request.method() != Method::GET || request.uri().path() == "/v1/listen";
    let text = |name| request.headers().get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    guarded
        && text(header::ORIGIN).is_some_and(|origin| {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            authority.is_none() || authority != text(header::HOST)
        })
}

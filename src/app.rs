//! Composition root: engines, rooms and routes put together, run until told to stop.

mod calls;
mod changed;
mod gate;
pub mod keys;
mod serve;
pub mod tls;
mod translators;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware;
use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Guard;
use crate::cluster::{Credentials, Nats};
use crate::config::Config;
use crate::exchange::Exchange;
use crate::packs::Packs;
use crate::pipeline::{Doors, Engines, Hearings, KnownTerms, Meters, Rooms};
use crate::publish::{Alone, Broker};
use crate::record::{Record, RecordError};
use crate::telemetry::Traces;
use crate::transcribe::pool::Pool;
use crate::transcribe::script::ScriptConverter;
use crate::transcribe::voice::VoiceActivity;
use crate::transcribe::whisper::{SileroVad, WhisperModel};
use crate::transcribe::{Ask, Pass, Transcriber, Until};
use crate::translate::Route;
use crate::{console, ingest, models, viewer};
use serve::Server;

pub use translators::{Translators, model_files, translators};

/// Kept back for viewers of the time that there is for stopping.
const LEAVING: Duration = Duration::from_secs(3);

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

/// Loads every engine and warms the recogniser up. `secret`: keys of the environment, a plain secret or a key set. Takes
/// seconds; blocks. Must be called on a tokio runtime, as [`translators()`].
pub fn load_engines(
    config: Config,
    files: &ModelFiles,
    secret: Option<String>,
) -> anyhow::Result<Arc<Engines>> {
    let guard = Guard::new(config.auth, keys::gathered(secret.as_deref(), config.keys_file.as_deref())?)?;
    let packs = match &config.packs_dir {
        Some(dir) => Packs::from_dir(dir),
        None => Packs::builtin(),
    };
    let packs = Arc::new(packs.context("the language packs cannot be loaded")?);
    let broker = broker(&config)?;
    if !config.role.takes_hosts() {
        tracing::info!("an edge: what is heard and translated comes from the rooms' owners");
        let nothing = Translators { engines: Vec::new(), missing: BTreeMap::new() };
        return assembled(config, secret, guard, packs, nothing, Pool::none(), VoiceActivity::none(), broker);
    }
    // First, since what loads a model of its own does it meanwhile.
    let translators = translators(&config.translate, &packs, &files.dir)?;
    models::is_whole(&files.whisper)
        .with_context(|| format!("the model file {} cannot be used", files.whisper.display()))?;
    let model = WhisperModel::load(&files.whisper)?;
    let threads = config.transcribe.threads;
    let warm_up = warm_up(&config);
    let make = move || {
        let mut transcriber = model.transcriber(threads)?;
        transcriber.transcribe(&warm_up, &Until::never())?;
        Ok(Box::new(transcriber) as Box<dyn Transcriber>)
    };
    let pool = Pool::start(config.transcribe.workers, Arc::new(make))?;
    let silero = files.silero.clone();
    let voice = VoiceActivity::start(Box::new(move || {
        let mut model = SileroVad::load(&silero)?;
        Ok(Box::new(move |audio| model.probabilities(audio).map(<[f32]>::to_vec)))
    }))?;
    assembled(config, secret, guard, packs, translators, pool, voice, broker)
}

#[expect(clippy::too_many_arguments, reason = "it puts together what there is of each, once")]
fn assembled(
    config: Config,
    secret: Option<String>,
    guard: Guard,
    packs: Arc<Packs>,
    translators: Translators,
    pool: Pool,
    voice: VoiceActivity,
    broker: Arc<dyn Broker>,
) -> anyhow::Result<Arc<Engines>> {
    let Translators { engines, missing } = translators;
    let engines = Arc::new(Engines {
        pool,
        voice,
        scripts: ScriptConverter::load()?,
        missing,
        route: Route::new(Arc::clone(&packs), engines, config.translate.route.clone()),
        packs,
        terms: KnownTerms::default(),
        exchange: Arc::new(Exchange::new(config.rates.clone())),
        hosts: Arc::new(Semaphore::new(if config.role.takes_hosts() { config.transcribe.hosts } else { 0 })),
        broker,
        guard,
        meters: Meters::default(),
        traces: config.otlp_endpoint.as_deref().map_or_else(|| Ok(Traces::default()), Traces::to)?,
        record: open_record(&config)?,
        doors: Doors::new(config.limits.doors.clone(), config.limits.proxies.clone()),
        stopping: CancellationToken::new(),
        draining: CancellationToken::new(),
        hearings: Hearings::default(),
        config,
    });
    keys::follow(&engines, secret);
    Ok(engines)
}

/// The environment's word on who this node is to the NATS servers, in place of `cluster.credentials_file`.
const NATS: &str = "TRADEWIND_NATS";

/// The way to other nodes, if there are any. A server that does not answer is tried for as long as the gateway runs.
fn broker(config: &Config) -> anyhow::Result<Arc<dyn Broker>> {
    let Some(cluster) = &config.cluster else { return Ok(Arc::new(Alone)) };
    let of_file = |path: &PathBuf| {
        std::fs::read_to_string(path)
            .with_context(|| format!("cluster.credentials_file: {} cannot be read", path.display()))
    };
    let of_file = cluster.credentials_file.as_ref().map(of_file).transpose()?;
    let credentials = std::env::var(NATS).ok().filter(|text| !text.is_empty()).or(of_file);
    let credentials = credentials.as_deref().map(Credentials::parse);
    let connecting = Nats::connect(cluster, credentials);
    Ok(tokio::runtime::Handle::current().block_on(connecting)?)
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

/// Serves until `shutdown` completes. Then no new hosts come, what is being said is finished and told to the viewers, and
/// they are sent away; all within `limits.shutdown_ms`.
pub async fn run(
    listener: TcpListener,
    engines: Arc<Engines>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    engines.exchange.start(&engines.stopping).await;
    let rooms = Rooms::open(&engines).await.context("the record of the rooms cannot be read")?;
    let rooms = Arc::new(rooms);
    let router = routes(Arc::clone(&rooms));
    calls::answer_others(&rooms, &router);
    let (stopping, draining) = (engines.stopping.clone(), engines.draining.clone());
    let tls = engines.config.tls.as_ref().map(|files| tls::acceptor(files, stopping.clone())).transpose()?;
    let server = Server {
        router,
        doors: Arc::clone(&engines.doors),
        tls,
        refusing: Arc::new(Semaphore::new(serve::REFUSALS)),
        draining: draining.clone(),
    };
    let mut serving = pin!(server.run(listener));
    tokio::select! {
        () = &mut serving => {}
        () = shutdown => {}
    }
    let deadline = Instant::now() + engines.config.limits.doors.shutdown;
    tracing::info!("stopping: hosts finish, and no new ones are let in");
    stopping.cancel();
    tokio::select! {
        () = &mut serving => {}
        settled = timeout_at(deadline - LEAVING.min(engines.config.limits.doors.shutdown / 4), rooms.told()) => {
            if settled.is_err() {
                tracing::warn!("what was being said could not be finished in time");
                engines.pool.give_up();
            }
        }
    }
    tracing::info!("viewers are sent away");
    draining.cancel();
    if timeout_at(deadline, serving).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
    rooms.settled(LAST_WRITES).await;
    let traces = engines.traces.clone();
    drop(tokio::task::spawn_blocking(move || traces.stop(LAST_TRACES)).await);
    tokio::task::spawn_blocking(move || engines.pool.stop()).await.context("the recognisers did not stop")
}

/// All routes of a gateway.
pub fn routes(rooms: Arc<Rooms>) -> Router {
    let encrypted = rooms.engines.config.tls.is_some();
    let header = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    let (routes, described) = described();
    let routes = routes
        .layer(Extension(Arc::new(viewer::Halls::default())))
        .layer(Extension(console::Document::new(described, rooms.engines.guard.is_off())))
        .layer(middleware::from_fn_with_state(Arc::clone(&rooms), console::private_rooms))
        .layer(middleware::map_response(console::told_as_problems))
        .layer(middleware::from_fn_with_state(Arc::clone(&rooms), calls::elsewhere))
        .layer(middleware::from_fn_with_state(Arc::clone(&rooms), gate::gate))
        .layer(header(header::CONTENT_SECURITY_POLICY, console::CONTENT_SECURITY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(header(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(header(HeaderName::from_static("permissions-policy"), console::PERMISSIONS));
    let routes = if encrypted {
        routes.layer(header(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"))
    } else {
        routes
    };
    routes.with_state(rooms)
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

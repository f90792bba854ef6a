//! Prometheus figures, gathered when they are asked for.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::pipeline::Rooms;
use crate::publish::Link;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InRoom {
    room: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refusal {
    what: &'static str,
    reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InLanguage {
    room: String,
    lang: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Queue {
    queue: &'static str,
}

/// What waits, by queue.
#[derive(Default)]
struct Queues(Family<Queue, Gauge>);

impl Queues {
    fn add(&mut self, queue: &'static str, waiting: i64) {
        self.0.get_or_create(&Queue { queue }).inc_by(waiting);
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSource {
    source: String,
}

/// `GET /metrics`: figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "gateway",
    responses((status = 200, description = "OpenMetrics text", body = String,
        content_type = "application/openmetrics-text")))]
pub async fn metrics(State(rooms): State<Arc<Rooms>>) -> Response {
    let (viewers, live) = (Family::<InLanguage, Gauge>::default(), Family::<InRoom, Gauge>::default());
    let (lag, lost) = (Family::<InRoom, Gauge>::default(), Family::<InRoom, Gauge>::default());
    let unrecorded = Family::<InRoom, Counter>::default();
    let mut queued = Queues::default();
    for room in rooms.iter() {
        let name = InRoom { room: room.config.id.to_string() };
        if let Some(audio) = room.audio_state() {
            unrecorded.get_or_create(&name).inc_by(audio.lost_ever_ms);
            queued.add("recording", whole(audio.waiting_ms));
        }
        queued.add("host_audio", whole(room.waiting_audio_ms()));
        queued.add("events", room.not_on_disk() as i64);
        live.get_or_create(&name).set(i64::from(room.is_live()));
        lost.get_or_create(&name).set(whole(room.lost_audio_ms()));
        if let Some(p95) = room.lag().total_p95_ms {
            lag.get_or_create(&name).set(whole(p95));
        }
        for (lang, count) in room.hub.viewers() {
            let label = InLanguage { room: name.room.clone(), lang: lang.to_string() };
            viewers.get_or_create(&label).set(count as i64);
        }
    }
    let (age, usable) = (Family::<InRoom, Gauge>::default(), Family::<InRoom, Gauge>::default());
    for room in rooms.iter() {
        let name = InRoom { room: room.config.id.to_string() };
        if let Some(days) = room.rates_age_days() {
            age.get_or_create(&name).set(days);
        }
        usable.get_or_create(&name).set(i64::from(room.rates().is_some()));
    }
    let failures = Family::<OfSource, Counter>::default();
    for (source, state) in rooms.engines.exchange.sources() {
        failures.get_or_create(&OfSource { source: source.to_owned() }).inc_by(state.failures);
    }
    let waiting: Gauge = Gauge::default();
    waiting.set(rooms.engines.pool.waiting() as i64);
    let (finals, partials) = rooms.engines.pool.depths();
    queued.add("finals", finals as i64);
    queued.add("partials", partials as i64);
    queued.add("writes", rooms.engines.record.waiting() as i64);
    let recognisers: Gauge = Gauge::default();
    recognisers.set(rooms.engines.pool.working() as i64);
    let slots: Gauge = Gauge::default();
    slots.set(i64::try_from(rooms.engines.hosts.available_permits()).unwrap_or(i64::MAX));

    let (refused, connections) = (Family::<Refusal, Counter>::default(), Gauge::<i64>::default());
    connections.set(rooms.engines.doors.connections() as i64);
    for (what, reason, count) in rooms.engines.doors.all_refused() {
        refused.get_or_create(&Refusal { what: what.as_str(), reason }).inc_by(count);
    }

    let connected: Gauge = Gauge::default();
    connected.set(i64::from(rooms.engines.broker.link() == Link::Up));
    let owned: Gauge = Gauge::default();
    owned.set(rooms.iter().filter(|room| room.is_here()).count() as i64);

    let mut registry = Registry::with_prefix("tradewind");
    registry.register("viewers", "Viewers connected", viewers);
    registry.register("host_connected", "Whether a host is connected", live);
    registry.register("final_lag_p95_milliseconds", "End of speech to caption sent, last 100 finals", lag);
    rooms.engines.meters.register(&mut registry);
    rooms.engines.route.figures.register(&mut registry);
    registry.register("dropped_audio_milliseconds", "Audio that could not be heard in time", lost);
    let about = "Sound that could not be kept and is silence in the files";
    registry.register("recording_lost_milliseconds", about, unrecorded);
    let about = "What waits, all rooms together: host_audio and recording in ms, finals and partials for the recogniser, events not \
                 on disk, writes";
    registry.register("queued", about, queued.0);
    registry.register("recognition_jobs_waiting", "Passes that wait for a recogniser", waiting);
    registry.register("connections", "Connections open", connections);
    registry.register("refused", "Turned away or closed: connections, requests, hosts, viewers", refused);
    registry.register("recognisers_working", "Recognisers that can be used", recognisers);
    registry.register("exchange_rates_age_days", "Days since the exchange rates' own", age);
    registry.register("exchange_rates_usable", "Whether prices are converted", usable);
    registry.register("exchange_rates_failures", "Tries that gave no table, by source", failures);
    registry.register("host_slots_free", "Hosts that could still speak", slots);
    if rooms.engines.broker.link() != Link::Alone {
        registry.register("cluster_connected", "Whether a NATS server can be reached", connected);
        registry.register("cluster_rooms_owned", "Rooms that this node has the history of", owned);
    }
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn whole(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

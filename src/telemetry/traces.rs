//! Traces of utterances over OTLP: from the first audio of a sentence to the caption in each language.
//!
//! The stages are joined by queues, and what goes through those is plain. So nothing is carried along: an utterance's trace is
//! named after the utterance ([`Traces::utterance`]), and every stage that knows which one it works at adds its own spans,
//! complete, when their times are known. This is why there is no `tracing-opentelemetry` here: its spans begin and end where
//! the code runs, and cannot begin when somebody began to speak.
//!
//! Spans go into the SDK's bounded queue (2,048; what finds no room is dropped) and are sent by its thread, together each five
//! seconds. Without an endpoint there is none of this, and no span is ever made.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::collector;

/// The clocks of this process and of the world may part by so much (a machine that slept) before they are compared anew.
const CLOCKS_APART: Duration = Duration::from_secs(1);

/// Where spans go; nowhere by default. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Traces(Option<Arc<Sender>>);

#[derive(Debug)]
struct Sender {
    processor: BatchSpanProcessor,
    scope: InstrumentationScope,
    /// The same moment by both clocks.
    anchor: Mutex<(Instant, SystemTime)>,
}

/// One utterance's trace. Any number of stages may hold one of the same utterance.
#[derive(Debug, Clone)]
pub struct UtteranceTrace {
    sender: Arc<Sender>,
    trace: TraceId,
    root: SpanId,
    room: String,
    segment: i64,
}

/// Names a span that others lie in.
#[derive(Debug, Clone, Copy)]
pub struct Badge(SpanId);

impl Traces {
    /// Sends to the collector at `endpoint`, such as `http://127.0.0.1:4318`; further headers (a key, say) come from the
    /// environment, as for every OpenTelemetry program: `OTEL_EXPORTER_OTLP_HEADERS`.
    ///
    /// # Errors
    /// The address or the environment makes no sense.
    pub fn to(endpoint: &str) -> anyhow::Result<Self> {
        let mut processor = BatchSpanProcessor::builder(collector::exporter(endpoint)?).build();
        let about = [KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))];
        processor
            .set_resource(&Resource::builder().with_service_name("tradewind").with_attributes(about).build());
        let scope = InstrumentationScope::builder("tradewind").build();
        let anchor = Mutex::new((Instant::now(), SystemTime::now()));
        Ok(Self(Some(Arc::new(Sender { processor, scope, anchor }))))
    }

    /// Whether anybody collects them.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// The trace of an utterance: the same whoever asks, after a restart too. None where nobody collects them.
    pub fn utterance(&self, room: &str, epoch: &str, segment: u64) -> Option<UtteranceTrace> {
        let sender = Arc::clone(self.0.as_ref()?);
        let mut hash = Sha256::new();
        for part in [room.as_bytes(), epoch.as_bytes(), &segment.to_be_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let name = hash.finalize();
        let (trace, rest) = name.split_first_chunk()?;
        let (trace, root) = (TraceId::from_bytes(*trace), SpanId::from_bytes(*rest.first_chunk()?));
        let (room, segment) = (room.to_owned(), i64::try_from(segment).unwrap_or(i64::MAX));
        Some(UtteranceTrace { sender, trace, root, room, segment })
    }

    /// Sends what waits, for so long at most. Blocks.
    pub fn stop(&self, patience: Duration) {
        let Some(sender) = &self.0 else { return };
        if let Err(error) = sender.processor.shutdown_with_timeout(patience) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

impl UtteranceTrace {
    /// The span that all others lie in.
    pub fn whole(&self, begun: Instant, ended: Instant, about: Vec<KeyValue>) {
        self.send(self.root, SpanId::INVALID, "utterance", (begun, ended), about);
    }

    /// A span in another, or in the whole.
    pub fn part(
        &self,
        of: Option<Badge>,
        name: &'static str,
        (begun, ended): (Instant, Instant),
        about: Vec<KeyValue>,
    ) -> Badge {
        let id = SpanId::from_bytes(rand::random());
        self.send(id, of.map_or(self.root, |badge| badge.0), name, (begun, ended), about);
        Badge(id)
    }

    fn send(
        &self,
        id: SpanId,
        parent: SpanId,
        name: &'static str,
        (begun, ended): (Instant, Instant),
        mut about: Vec<KeyValue>,
    ) {
        about.push(KeyValue::new("room", self.room.clone()));
        about.push(KeyValue::new("segment", self.segment));
        let sampled = TraceFlags::SAMPLED;
        let start_time = self.sender.world(begun);
        self.sender.processor.on_end(SpanData {
            span_context: SpanContext::new(self.trace, id, sampled, false, TraceState::default()),
            parent_span_id: parent,
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: name.into(),
            start_time,
            end_time: self.sender.world(ended).max(start_time),
            attributes: about,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: self.sender.scope.clone(),
        });
    }
}

impl Sender {
    /// One comparison of the clocks for all, so that what followed each other still does.
    fn world(&self, moment: Instant) -> SystemTime {
        let (now, world) = (Instant::now(), SystemTime::now());
        let mut anchor = self.anchor.lock();
        let expected = anchor.1 + now.saturating_duration_since(anchor.0);
        let apart = world.duration_since(expected).or_else(|_| expected.duration_since(world));
        if apart.is_ok_and(|apart| apart > CLOCKS_APART) {
            *anchor = (now, world);
        }
        match moment.checked_duration_since(anchor.0) {
            Some(later) => anchor.1 + later,
            None => anchor.1 - anchor.0.duration_since(moment),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_utterance_has_one_name_and_nobody_elses() {
        let traces = Traces::to("http://127.0.0.1:9").unwrap();
        let of = |room, epoch, segment| {
            let trace = traces.utterance(room, epoch, segment).unwrap();
            (trace.trace, trace.root)
        };
        assert_eq!(of("demo", "k3f9", 7), of("demo", "k3f9", 7));
        let others = [of("demo", "k3f9", 8), of("demo", "k3f", 7), of("demok", "3f9", 7)];
        assert!(others.iter().all(|other| *other != of("demo", "k3f9", 7)));
        assert!(Traces::default().utterance("demo", "k3f9", 7).is_none());
    }

    #[test]
    fn what_happened_before_the_gateway_began_has_its_time_too() {
        let traces = Traces::to("http://127.0.0.1:9").unwrap();
        let (sender, now) = (traces.0.unwrap(), Instant::now());
        let apart = |a: Instant, b: Instant| sender.world(b).duration_since(sender.world(a)).unwrap();
        let Some(before) = now.checked_sub(Duration::from_secs(5)) else { return };
        assert_eq!(apart(before, now), Duration::from_secs(5));
    }
}

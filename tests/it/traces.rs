//! Traces as a collector gets them: one utterance from its audio to each language.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use parking_lot::Mutex;
use prost::Message;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::gateway::{self, Gateway};
use crate::process::{Process, SERVE};
use crate::show::{is_final, is_of, is_partial, text};
use crate::sound::{THERMOS, THERMOS_FIRST, tour};

#[derive(Default)]
struct Collected {
    spans: Vec<Span>,
    services: BTreeSet<String>,
    raw: Vec<u8>,
}

type Collector = Arc<Mutex<Collected>>;

/// Takes what is sent to it at `/v1/traces`, and says where it is.
async fn collector() -> (Collector, String) {
    let collected = Collector::default();
    let theirs = Arc::clone(&collected);
    let take = move |headers: HeaderMap, body: Bytes| async move {
        assert_eq!(headers["content-type"], "application/x-protobuf");
        let sent = ExportTraceServiceRequest::decode(body.clone()).unwrap();
        let mut collected = theirs.lock();
        collected.raw.extend_from_slice(&body);
        for resource in sent.resource_spans {
            let about = resource.resource.unwrap().attributes;
            let name = about.iter().find(|pair| pair.key == "service.name").unwrap();
            collected.services.insert(format!("{:?}", name.value));
            collected.spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/v1/traces", post(take))).await });
    (collected, address)
}

fn attribute(span: &Span, key: &str) -> Option<String> {
    let value = &span.attributes.iter().find(|pair| pair.key == key)?.value;
    Some(match value.as_ref()?.value.as_ref()? {
        Any::StringValue(text) => text.clone(),
        Any::IntValue(number) => number.to_string(),
        Any::BoolValue(truth) => truth.to_string(),
        other => panic!("{key}: {other:?}"),
    })
}

/// The spans of one utterance.
struct Trace<'a>(Vec<&'a Span>);

impl Trace<'_> {
    fn named(&self, name: &str) -> Vec<&Span> {
        self.0.iter().filter(|span| span.name == name).copied().collect()
    }

    fn one(&self, name: &str, about: &[(&str, &str)]) -> &Span {
        let fits = |span: &&Span| about.iter().all(|(k, v)| attribute(span, k).as_deref() == Some(v));
        let found: Vec<_> = self.named(name).into_iter().filter(fits).collect();
        assert_eq!(found.len(), 1, "{name} {about:?} in {:?}", self.names());
        found[0]
    }

    fn names(&self) -> Vec<&str> {
        self.0.iter().map(|span| span.name.as_str()).collect()
    }

    fn parent(&self, span: &Span) -> &Span {
        self.0.iter().find(|known| known.span_id == span.parent_span_id).expect("its parent is there")
    }
}

fn lies_in(child: &Span, parent: &Span) {
    assert_eq!(child.parent_span_id, parent.span_id, "{} in {}", child.name, parent.name);
    let (from, to) = (parent.start_time_unix_nano, parent.end_time_unix_nano);
    let inside = from <= child.start_time_unix_nano && child.end_time_unix_nano <= to;
    assert!(inside, "{} in {}", child.name, parent.name);
}

#[test]
fn a_collector_gets_each_utterance_from_its_audio_to_each_language_without_a_word_of_it() {
    gateway::run(async {
        let (collected, address) = collector().await;
        let settings = format!("auth = \"off\"\n[telemetry]\notlp_endpoint = {address:?}");
        let mut gateway = Gateway::start(&settings).await;
        let room = gateway.room();
        let _turn = gateway::speaking().await;
        let (zh, es) = (room.viewer("zh").await, room.viewer("es").await);
        let mut host = room.speaker().await;
        host.speak(&tour(THERMOS)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(host.rest().await.1, Some(1000));
        room.post("end", "").await;
        let (mut zh, mut es) = (zh, es);
        let (zh, es) = (zh.until(is_of("ended")).await, es.until(is_of("ended")).await);
        // What waits is sent when the gateway stops.
        gateway.begin_stop();
        gateway.stopped().await;

        let collected = collected.lock();
        assert_eq!(collected.services.iter().collect::<Vec<_>>().len(), 1);
        assert!(collected.services.iter().all(|name| name.contains("tradewind")));
        let mut traces: BTreeMap<&[u8], Trace<'_>> = BTreeMap::new();
        for span in &collected.spans {
            assert_eq!(attribute(span, "room").as_deref(), Some(room.name.as_str()), "{}", span.name);
            traces.entry(&span.trace_id).or_insert_with(|| Trace(Vec::new())).0.push(span);
        }
        let finals: Vec<&Value> = es.iter().filter(|m| is_final(m)).collect();
        assert!(finals.len() >= 2, "{finals:?}");
        for caption in &finals {
            let segment = caption["segment"].to_string();
            let of = |trace: &&Trace<'_>| attribute(trace.0[0], "segment").as_ref() == Some(&segment);
            let mine: Vec<_> = traces.values().filter(of).collect();
            assert_eq!(mine.len(), 1, "one trace a segment");
            let shown = zh.iter().filter(|m| is_partial(m) && m["segment"] == caption["segment"]).count();
            one_trace(mine[0], caption, shown);
        }
        // Neither what was said nor what was read.
        for caption in zh.iter().chain(&es).filter(|m| is_final(m)) {
            for words in [text(caption, "text"), text(caption, "source_text")] {
                let start: String = words.chars().take(3).collect();
                let found = collected.raw.windows(start.len()).any(|bytes| bytes == start.as_bytes());
                assert!(!found, "{start} of {words}");
            }
        }
    });
}

/// `shown`: partials of it that a viewer saw. Each is of a pass; how many there are hangs on how busy the machine is.
fn one_trace(trace: &Trace<'_>, caption: &Value, shown: usize) {
    let root = trace.one("utterance", &[("outcome", "final"), ("language", "zh")]);
    assert!(root.parent_span_id.is_empty());
    for span in &trace.0 {
        assert!(span.start_time_unix_nano <= span.end_time_unix_nano, "{}", span.name);
        if span.span_id != root.span_id {
            assert!(trace.parent(span).start_time_unix_nano <= span.start_time_unix_nano, "{}", span.name);
        }
    }
    let (capture, segment, repair) =
        (trace.one("capture", &[]), trace.one("segment", &[]), trace.one("repair", &[]));
    let passes = trace.named("transcribe");
    let of_pass =
        |name: &str| passes.iter().filter(|span| attribute(span, "pass").as_deref() == Some(name)).count();
    assert!(of_pass("final") >= 1 && passes.len() >= shown, "{shown} shown: {:?}", trace.names());
    assert_eq!(attribute(root, "passes"), Some(passes.len().to_string()));
    assert_eq!(of_pass("partial") + of_pass("final") + of_pass("second_opinion"), passes.len());
    for pass in &passes {
        let inside =
            |name| trace.named(name).into_iter().find(|span| span.parent_span_id == pass.span_id).unwrap();
        let (queue, whisper) = (inside("queue"), inside("whisper"));
        lies_in(queue, pass);
        lies_in(whisper, pass);
        assert_eq!(queue.end_time_unix_nano, whisper.start_time_unix_nano);
        assert!(whisper.end_time_unix_nano - whisper.start_time_unix_nano > 1_000_000, "it computes");
    }
    let on_disk = trace.named("record").into_iter().find(|span| span.parent_span_id == root.span_id).unwrap();
    for span in [capture, segment, repair, on_disk].into_iter().chain(passes.iter().copied()) {
        lies_in(span, root);
    }
    let (own, es) = (
        trace.one("caption", &[("language", "zh"), ("engine", "source")]),
        trace.one(
            "caption",
            &[
                ("language", "es"),
                ("engine", text(caption, "engine")),
                ("fidelity", text(caption, "fidelity")),
                ("offset", &caption["offset"].to_string()),
            ],
        ),
    );
    assert!(own.parent_span_id == root.span_id && es.parent_span_id == root.span_id);
    let translate = trace.one("translate", &[("language", "es"), ("cached", "false")]);
    lies_in(translate, es);
    let asked = trace.named("engine");
    assert!(asked.iter().any(|span| attribute(span, "engine").as_deref() == Some("phrasebook")));
    for engine in asked {
        lies_in(engine, translate);
        assert!(attribute(engine, "outcome").is_some());
    }
    for (lang, whole) in [("zh", own), ("es", es)] {
        lies_in(trace.one("publish", &[("language", lang), ("viewers", "1")]), whole);
    }
    let order = [
        capture.start_time_unix_nano,
        capture.end_time_unix_nano,
        segment.end_time_unix_nano,
        on_disk.start_time_unix_nano,
        es.start_time_unix_nano,
        es.end_time_unix_nano,
    ];
    assert!(order.is_sorted(), "{order:?}");
    assert!(repair.end_time_unix_nano <= on_disk.start_time_unix_nano);
}

#[test]
fn a_collector_that_is_not_there_holds_nothing_up() {
    gateway::run(async {
        let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let settings = format!("auth = \"off\"\n[telemetry]\notlp_endpoint = \"http://{nobody}\"");
        let mut gateway = Gateway::start(&settings).await;
        let room = gateway.room();
        let _turn = gateway::speaking().await;
        let mut es = room.viewer("es").await;
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS_FIRST)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(host.rest().await.1, Some(1000));
        es.until(is_final).await;
        drop(es);
        gateway.begin_stop();
        gateway.stopped().await;
    });
}

#[test]
fn a_line_of_the_log_names_room_segment_and_language() {
    gateway::run(async {
        let mut process = Process::new("");
        let log = process.at("log");
        let mut command = process.command(&SERVE);
        command.env("TRADEWIND_LOG_JSON", "true").env("RUST_LOG", "tradewind=debug");
        let room = process.start_as(command).await;
        let _turn = gateway::speaking().await;
        let mut es = room.viewer("es").await;
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS_FIRST)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(host.rest().await.1, Some(1000));
        let caption = es.until(is_final).await.pop().unwrap();
        process.kill();
        let lines = std::fs::read_to_string(&log).unwrap();
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told =
            lines.iter().map(|line| &line["fields"]).find(|f| f["message"] == "caption" && f["lang"] == "es");
        let told = told.unwrap_or_else(|| panic!("no caption in {lines:?}"));
        assert_eq!((&told["room"], &told["segment"]), (&serde_json::json!("r0"), &caption["segment"]));
        assert_eq!((&told["engine"], &told["fidelity"]), (&caption["engine"], &caption["fidelity"]));
        assert!(told["translate_ms"].is_u64() && told["total_ms"].is_u64());
    });
}

//! The hub: one event to 1, 100 and 1,000 receivers, and a viewer that joins with a replay.

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tradewind::domain::{Epoch, Lang};
use tradewind::publish::{Body, Event, HubSettings, Position, Topic};

/// Bytes of an event: a caption with its source.
const EVENT: usize = 400;

fn publish(c: &mut Criterion) {
    let mut group = c.benchmark_group("publish");
    for receivers in [1_usize, 100, 1_000] {
        let topic = topic();
        let mut joined: Vec<_> = (0..receivers).map(|_| topic.join(None, 0).live).collect();
        let mut offset = 0;
        group.throughput(Throughput::Elements(receivers as u64));
        group.bench_function(BenchmarkId::from_parameter(receivers), |bencher| {
            bencher.iter(|| {
                offset += 1;
                topic.publish(offset, body());
                for live in &mut joined {
                    assert!(matches!(live.try_recv(), Ok(Event::Kept { offset: got, .. }) if got == offset));
                }
            });
        });
    }
    group.finish();
}

fn join(c: &mut Criterion) {
    let mut group = c.benchmark_group("join");
    let topic = topic();
    (1..=2_000).for_each(|offset| topic.publish(offset, body()));
    for missed in [0, 12, 1_000] {
        let epoch = topic.epoch().into_iter().next();
        let from = epoch.map(|epoch| Position { epoch, offset: 2_000 - missed });
        group.bench_function(BenchmarkId::new("missed", missed), |bencher| {
            bencher.iter(|| {
                let joined = topic.join(from.as_ref(), 12);
                assert!(joined.recovered && joined.missed.len() as u64 == missed);
                joined
            });
        });
    }
    group.finish();
}

fn topic() -> Topic {
    let (Ok(lang), Ok(epoch)) = (Lang::parse("es"), Epoch::parse("bench")) else {
        unreachable!("both are valid")
    };
    let topic = Topic::new(lang, HubSettings::default(), None);
    topic.begin(epoch, 1, None);
    topic
}

fn body() -> Body {
    Body::Same(Bytes::from_static(&[b' '; EVENT]))
}

criterion_group!(benches, publish, join);
criterion_main!(benches);

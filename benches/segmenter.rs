//! Windows of speech probability a second through the segmenter: an hour of a show that speaks two thirds of the time.
//!
//! Real time is 31 windows a second a room.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tradewind::segment::{SegmentSettings, Segmenter};

/// 32 ms each.
const WINDOWS: u64 = 112_500;

fn an_hour(c: &mut Criterion) {
    let track: Vec<(f32, f32)> = (0..WINDOWS).map(window).collect();
    let mut group = c.benchmark_group("segmenter");
    group.throughput(Throughput::Elements(WINDOWS));
    group.bench_function("an hour", |bencher| {
        bencher.iter(|| {
            let mut segmenter = Segmenter::new(SegmentSettings::default());
            track.iter().filter_map(|&(voice, loudness)| segmenter.push(black_box(voice), loudness)).count()
        });
    });
    group.finish();
}

/// Sentences of four seconds with two of silence, uneven as speech is; every tenth is too long and has to be cut.
fn window(n: u64) -> (f32, f32) {
    let speaks = n % 187 < 125 || n % 1870 < 500;
    let uneven = (n.wrapping_mul(2_654_435_761) >> 16) % 100;
    if speaks { (0.6 + uneven as f32 * 0.004, 0.05 + uneven as f32 * 0.001) } else { (0.05, 0.001) }
}

criterion_group!(benches, an_hour);
criterion_main!(benches);

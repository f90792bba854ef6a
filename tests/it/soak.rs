//! `make soak`: an hour of audio at several times real time, with viewers who come and go, an operator who pins and shoppers who
//! ask. What the gateway has in memory at the end is what it had in the tenth minute of the audio, within 5 %.
//!
//! `SOAK_MINUTES` of audio (60), at `SOAK_SPEED` times real time (3): what the machine cannot hear in time is dropped and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::gateway::{self, Room};
use crate::peer::http;
use crate::process::Process;
use crate::show::{is_final, is_final_result, offset, text};
use crate::sound::tour;

/// The minute whose memory is compared with the end's.
const TENTH: usize = 10;
const MOST_GROWTH: f64 = 0.05;
const VIEWERS: u64 = 60;
const LANGUAGES: [&str; 8] = ["es", "ar", "zh", "en", "pt-BR", "ru", "sw", "vi"];

#[derive(Default)]
struct Seen {
    finals: AtomicU64,
    visits: AtomicU64,
    gaps: AtomicU64,
}

#[test]
#[ignore = "minutes to an hour: make soak"]
fn memory_at_the_end_is_that_of_the_tenth_minute() {
    gateway::run(async {
        let number = |name: &str, default: f64| {
            std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
        };
        let (minutes, speed) = (number("SOAK_MINUTES", 60.0) as usize, number("SOAK_SPEED", 3.0));
        let mut process = Process::new(&format!("[limits]\naudio_speed = {}", speed * 1.5));
        let room = process.start().await;
        let seen = Arc::new(Seen::default());
        let viewers: Vec<JoinHandle<()>> =
            (0..VIEWERS).map(|n| tokio::spawn(come_and_go(room.clone(), n, Arc::clone(&seen)))).collect();
        let operator = tokio::spawn(operate(room.clone()));
        say("minute of audio, s since the start, resident MiB, finals told, visits, gaps, audio dropped s");
        let mut curve = Vec::new();
        let begun = Instant::now();
        let mut host = room.speaker().await;
        let audio = tour([0.0, 120.0]);
        let mut told = 0;
        for minute in 1..=minutes {
            let half = if minute % 2 == 1 { &audio[..audio.len() / 2] } else { &audio[audio.len() / 2..] };
            for second in half.chunks(16_000) {
                host.speak_at(second, speed).await;
                told += host.waiting().iter().filter(|m| is_final_result(m)).count();
            }
            curve.push(process.resident() as f64 / f64::from(1 << 20));
            say(&format!(
                "{minute}, {:.0}, {:.1}, {told}, {}, {}, {}",
                begun.elapsed().as_secs_f64(),
                curve.last().unwrap(),
                seen.visits.load(Ordering::Relaxed),
                seen.gaps.load(Ordering::Relaxed),
                dropped(&room).await / 1_000
            ));
        }
        host.say(r#"{"type":"CloseStream"}"#).await;
        host.rest().await;
        operator.abort();
        viewers.iter().for_each(JoinHandle::abort);
        assert_eq!(seen.gaps.load(Ordering::Relaxed), 0, "events were lost or came twice");
        assert!(told > 0 && seen.finals.load(Ordering::Relaxed) > 0);
        let (then, end) = (curve[TENTH.min(curve.len()) - 1], curve[curve.len() - 1]);
        let growth = end / then - 1.0;
        say(&format!(
            "{then:.1} MiB in minute {}, {end:.1} at the end: {:+.1} %",
            TENTH.min(curve.len()),
            growth * 100.0
        ));
        assert!(growth <= MOST_GROWTH, "memory grows: {curve:?}");
    });
}

/// A viewer who stays for some seconds, and comes back with its place or as another.
async fn come_and_go(room: Room, n: u64, seen: Arc<Seen>) {
    let mut last: Option<Value> = None;
    for visit in 0.. {
        let lang = LANGUAGES[((n + visit / 3) % LANGUAGES.len() as u64) as usize];
        // Every third visit begins anew.
        let place = last.take().filter(|_| visit % 3 != 0);
        let place = place.map(|m| format!("&epoch={}&offset={}", text(&m, "epoch"), offset(&m)));
        let Ok(mut peer) = room.try_viewer_at(lang, &place.unwrap_or_default()).await else { continue };
        seen.visits.fetch_add(1, Ordering::Relaxed);
        let stay = Duration::from_millis(1_000 + (n * 7_919 + visit * 104_729) % 19_000);
        let until = tokio::time::Instant::now() + stay;
        while let Ok(Some(message)) = tokio::time::timeout_at(until, peer.next_if_open()).await {
            if is_final(&message) {
                seen.finals.fetch_add(1, Ordering::Relaxed);
            }
            if message["type"] != "hello" && message["offset"].is_u64() && message["snapshot"] != true {
                let follows = last.as_ref().is_none_or(|last| offset(last) + 1 == offset(&message));
                seen.gaps.fetch_add(u64::from(!follows), Ordering::Relaxed);
                last = Some(message);
            }
        }
        peer.cut();
    }
}

async fn operate(room: Room) {
    for n in 0_usize.. {
        room.pin(["HY-500", "HY-J20", "HY-C10"][n % 3]).await;
        if n % 4 == 0 {
            let ask = json!({ "text": "¿En cuántos días sale?", "lang": "es" }).to_string();
            drop(room.post("inquiries", &ask).await);
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
}

async fn dropped(room: &Room) -> u64 {
    let metrics = http(room.address, "GET", "/metrics", &[], "").await.body;
    let name = format!("tradewind_dropped_audio_milliseconds{{room=\"{}\"}} ", room.name);
    metrics.lines().find_map(|line| line.strip_prefix(&name)).map_or(0, |n| n.parse().unwrap())
}

#[expect(clippy::print_stderr, reason = "the curve is what the soak is for")]
fn say(words: &str) {
    eprintln!("soak: {words}");
}

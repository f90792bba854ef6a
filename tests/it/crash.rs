//! The program is killed at random moments of a show with viewers attached, again and again. What they read, what the exports
//! hold and what the host and the operator were told is compared with the same show undisturbed: nothing final is lost, and
//! nothing is there twice.
//!
//! `make crash` kills it 50 times; `CRASH_SEED` and `CRASH_KILLS` say otherwise.

mod act;
mod viewer;

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::gateway::{self, Room};
use crate::process::Process;
use crate::show::{assert_unbroken, is_card, is_final, offsets, text};
use act::{Script, Told};
use viewer::{Way, follow};

/// The gateway's settings: whoever comes back may do so at once and often.
const SETTINGS: &str = "[limits]\nresume_window_ms = 600000\naudio_burst_ms = 600000\ninquiry_burst = 1000\n\
                        inquiry_interval_ms = 1\ninquiries_per_minute = 60000\nviewers_per_room = 1000";
/// Suggestions hang on the clock, which a killed show has another of: the operator pins.
const ROOM: &str = "pins = \"suggest\"";
/// The latest moment of a kill, counted from the end of a step: longer than most steps take.
const LATEST_MS: u64 = 1_800;

#[test]
fn a_show_that_is_killed_at_random_moments_is_the_show_that_was_not() {
    gateway::run(compare(20_261_123, 4));
}

#[test]
#[ignore = "minutes: make crash"]
fn fifty_kills() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let (seed, kills) = (number("CRASH_SEED").unwrap_or(seconds), number("CRASH_KILLS").unwrap_or(50));
    gateway::run(compare(seed, kills));
}

async fn compare(seed: u64, kills: u64) {
    say(&format!("seed {seed}, {kills} kills"));
    let _turn = gateway::speaking().await;
    let killed = show(Some((seed, kills)), usize::MAX).await;
    say(&format!("{} steps, {} events; now undisturbed", killed.told.steps, killed.read[0].len()));
    let whole = show(None, killed.told.steps).await;
    assert_eq!(killed.told.steps, whole.told.steps);
    for of in [&killed, &whole] {
        of.check();
    }
    let events = |played: &Played| played.read[0].iter().map(kind).collect::<Vec<_>>();
    assert_eq!(events(&killed), events(&whole), "seed {seed}: the same things in the same order");
    for (n, (killed, whole)) in killed.finals(0).iter().zip(whole.finals(0)).enumerate() {
        let (a, b) = (text(killed, "source_text"), text(whole, "source_text"));
        assert!(are_alike(a, b), "seed {seed}: sentence {n} is {a} and undisturbed {b}");
    }
    say("nothing final was lost, nothing was there twice");
}

/// A show that was played to its end.
struct Played {
    told: Told,
    /// What each viewer read.
    read: Vec<Vec<Value>>,
    /// The exports by the viewers' languages: JSON, WebVTT, SubRip.
    exports: Vec<[String; 3]>,
    inquiries: usize,
}

/// Who watches. The first two read the same language.
const VIEWERS: [(&str, Way); 4] =
    [("es", Way::Socket), ("es", Way::Events), ("ar", Way::Socket), ("zh", Way::Events)];

/// Plays the script, and kills the gateway meanwhile if `kills` says so. It ends when all kills are done, or after
/// `most` steps.
async fn show(kills: Option<(u64, u64)>, most: usize) -> Played {
    let mut process = Process::with_room(SETTINGS, ROOM);
    let mut room = process.start().await;
    let (moved, address) = watch::channel(room.address);
    let viewers = VIEWERS.map(|(lang, way)| tokio::spawn(follow(lang, way, address.clone())));
    let (done, mut steps) = watch::channel(0);
    let (stop, stopped) = watch::channel(most);
    let script = tokio::spawn(Script::new(address, done, stopped).play());
    if let Some((seed, kills)) = kills {
        let mut random = Random(seed);
        for _ in 0..kills {
            // Something happens in most lives of the process, so that the kills are spread over the show; some are short.
            let wait = if random.below(4) == 0 { 0 } else { 1 + random.below(2) };
            for _ in 0..wait {
                steps.changed().await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(random.below(LATEST_MS))).await;
            process.kill();
            room = process.start().await;
            moved.send(room.address).unwrap();
        }
        stop.send(0).unwrap();
    }
    let told = script.await.unwrap();
    assert_eq!(room.post("end", "").await.status, 204);
    let mut read = Vec::new();
    for viewer in viewers {
        read.push(viewer.await.unwrap_or_else(|error| panic!("{error}: {}", process.warnings())));
    }
    let mut exports = Vec::new();
    for (lang, _) in VIEWERS {
        let mut files = Vec::new();
        for form in ["json", "vtt", "srt"] {
            files.push(room.get(&format!("/captions.{form}?lang={lang}")).await.body);
        }
        exports.push(files.try_into().unwrap());
    }
    let inquiries = room.get("/inquiries").await.json()["inquiries"].as_array().unwrap().len();
    Played { told, read, exports, inquiries }
}

impl Played {
    /// That everybody was told the same, each thing once.
    fn check(&self) {
        for (read, [json, vtt, srt]) in self.read.iter().zip(&self.exports) {
            assert_unbroken(&offsets(read), 0);
            let finals: Vec<&Value> = read.iter().filter(|m| is_final(m)).collect();
            let pick = |m: &Value| {
                json!([
                    m["offset"],
                    m["segment"],
                    m["text"],
                    m["source_text"],
                    m["fidelity"],
                    m["start_ms"],
                    m["engine"]
                ])
            };
            let exported: Value = serde_json::from_str(json).unwrap();
            let exported: Vec<Value> = exported["captions"].as_array().unwrap().iter().map(pick).collect();
            assert_eq!(exported, finals.iter().map(|m| pick(m)).collect::<Vec<_>>());
            for file in [vtt, srt] {
                assert_eq!(file.matches(" --> ").count(), finals.len(), "{file}");
                let mut rest = file.as_str();
                for caption in &finals {
                    // The last line of a caption, in its order: long ones are broken.
                    let word = text(caption, "text").split_whitespace().next().unwrap();
                    let at = rest.find(&escaped(word)).unwrap_or_else(|| panic!("{word} is not in {rest}"));
                    rest = &rest[at + word.len()..];
                }
            }
            // Segments and the clock go on through every crash.
            assert!(finals.is_sorted_by(|a, b| a["segment"].as_u64() < b["segment"].as_u64()), "{finals:?}");
            assert!(
                finals.is_sorted_by(|a, b| a["start_ms"].as_u64() < b["start_ms"].as_u64()),
                "{finals:?}"
            );
            // What the host was told is final is there, once and in its order.
            let mut heard = finals.iter();
            for told in &self.told.finals {
                assert!(
                    heard.any(|m| (m["segment"].as_u64(), text(m, "source_text")) == (Some(told.0), &told.1)),
                    "{told:?}"
                );
            }
            assert_eq!(finals.len(), self.told.said, "a sentence is there once");
            let pins: Vec<&str> = read.iter().filter(|m| is_card(m)).map(|m| text(m, "sku")).collect();
            assert_eq!(pins, self.told.pins);
        }
        assert_eq!(self.read[0], self.read[1], "over a socket and over events");
        assert_eq!(self.inquiries, self.told.asked, "each question once");
    }

    fn finals(&self, viewer: usize) -> Vec<&Value> {
        self.read[viewer].iter().filter(|m| is_final(m)).collect()
    }
}

/// What an event is, whatever was heard.
fn kind(event: &Value) -> String {
    format!("{} {} {}", event["type"], event["action"], event["sku"])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Passes over the same sound differ now and then in a character or in how a number is written; sentences differ more.
fn are_alike(a: &str, b: &str) -> bool {
    let words = |text: &str| text.chars().filter(|ch| ch.is_alphanumeric()).collect::<Vec<_>>();
    let (a, b) = (words(a), words(b));
    let shared = a.iter().filter(|ch| b.contains(ch)).count();
    2 * shared >= a.len().max(b.len())
}

/// splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

#[expect(clippy::print_stderr, reason = "the seed is what another run needs to do the same")]
fn say(words: &str) {
    eprintln!("crash: {words}");
}

/// The room as it is reached just now.
fn room_at(address: SocketAddr) -> Room {
    Room { address, name: "r0".into() }
}

//! The sound of a show on disk, where a room keeps it.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tradewind::decode::Decoder;
use tradewind::domain::{AudioFormat, Encoding};

use crate::gateway::{self, Gateway, Room};
use crate::peer::{Answer, Stream, http};
use crate::process::{Process, SERVE};
use crate::show::is_final;
use crate::sound::{RATE, THERMOS_FIRST, TWENTY_FIVE_SECONDS, TWO_SENTENCES, tour};

/// A room that keeps its sound, beside those of every test.
const KEPT: &str = "[[rooms]]\nid = \"kept\"\ntitle = \"Kept\"\nkeep_audio = true\n";

fn kept(room: &Room) -> Room {
    Room { address: room.address, name: "kept".into() }
}

/// A host comes, speaks and leaves.
async fn says(room: &Room, samples: &[i16]) {
    let mut host = room.speaker().await;
    host.speak_at_once(samples).await;
    host.say(r#"{"type":"CloseStream"}"#).await;
    assert_eq!(host.rest().await.1, Some(1000));
}

async fn files(room: &Room) -> Vec<Value> {
    let listed = room.get("/audio").await;
    assert_eq!(listed.status, 200, "{}", listed.body);
    listed.json()["files"].as_array().unwrap().clone()
}

async fn download(room: &Room, part: &Value, headers: &[(&str, &str)]) -> Answer {
    let path = format!("/v1/rooms/{}/audio/{}", room.name, part["part"].as_str().unwrap());
    http(room.address, "GET", &path, headers, "").await
}

fn decoded(file: &[u8]) -> Vec<f32> {
    let format = AudioFormat { encoding: Encoding::Container, sample_rate: 0, channels: 0 };
    Decoder::new(format).unwrap().push(file).unwrap()
}

/// By a decoder that is not ours, where there is one.
fn decoded_by_ffmpeg(file: &Path) -> Option<Vec<f32>> {
    let rate = RATE.to_string();
    let args = ["-v", "error", "-xerror", "-i", file.to_str()?, "-f", "f32le", "-ar", &rate, "-"];
    let output = Command::new("ffmpeg").args(args).output().ok()?;
    assert!(output.status.success(), "ffmpeg: {}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
}

/// 1: the same but for loudness; 0: nothing to do with each other.
fn correlation(heard: &[f32], said: &[i16]) -> f64 {
    let (mut both, mut squares, mut others) = (0.0, 0.0, 0.0);
    for (a, b) in heard.iter().zip(said) {
        let (a, b) = (f64::from(*a), f64::from(*b));
        both += a * b;
        squares += a * a;
        others += b * b;
    }
    both / (squares * others).sqrt()
}

fn samples(ms: &Value) -> usize {
    usize::try_from(ms.as_u64().unwrap()).unwrap() * RATE as usize / 1000
}

#[test]
fn a_show_that_is_kept_can_be_heard_again_as_it_was_said_until_it_is_deleted() {
    gateway::run(async {
        let folder = tempfile::TempDir::new().unwrap();
        let settings = format!("auth = \"off\"\n[record]\ndir = {:?}\n{KEPT}", folder.path());
        let gateway = Gateway::start(&settings).await;
        let (plain, room) = (gateway.room(), kept(&gateway.room()));
        assert_eq!(room.get("").await.json()["audio_keep_days"], 30);
        assert_eq!(plain.get("").await.json()["audio_keep_days"], Value::Null);
        let _turn = gateway::speaking().await;
        let said = tour(TWO_SENTENCES);
        says(&room, &said).await;
        says(&plain, &tour(THERMOS_FIRST)).await;
        let epoch = room.get("/captions.json").await.json()["epoch"].as_str().unwrap().to_owned();
        assert_eq!(room.post("end", "").await.status, 204);
        // It is written beside the show.
        let part = loop {
            let files = files(&room).await;
            if files[0]["duration_ms"] == json!(said.len() / 16) {
                break files[0].clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        };
        let file = download(&room, &part, &[]).await;
        assert_eq!((file.status, file.header("content-type")), (200, "audio/ogg"));
        assert!(file.header("content-disposition").contains(&format!("kept-{epoch}-0.opus")));
        assert_eq!(json!(file.bytes.len()), part["bytes"]);
        let heard = decoded(&file.bytes);
        assert_eq!(heard.len(), said.len());
        assert!(correlation(&heard, &said) > 0.9, "{}", correlation(&heard, &said));
        let path = folder.path().join("audio/kept").join(&epoch).join("0000000000.opus");
        if let Some(heard) = decoded_by_ffmpeg(&path) {
            assert!(heard.len().abs_diff(said.len()) <= 320, "{} of {}", heard.len(), said.len());
            assert!(correlation(&heard, &said) > 0.9, "{}", correlation(&heard, &said));
        }

        let range = download(&room, &part, &[("range", "bytes=0-3")]).await;
        assert_eq!((range.status, range.body.as_str()), (206, "OggS"));
        let beyond = download(&room, &part, &[("range", "bytes=900000000-")]).await;
        assert_eq!((beyond.status, &beyond.json()["code"]), (416, &json!("bad_range")));
        for bad in ["1", "..%2F..%2Ftradewind.sqlite3", "0000000000.opus"] {
            let answer = room.get(&format!("/audio/{bad}")).await;
            assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("no_such_part")), "{bad}");
        }
        assert!(files(&plain).await.is_empty(), "this room keeps none");
        assert!(!folder.path().join("audio").join(&plain.name).exists());

        let show = format!("/v1/rooms/kept/shows/{epoch}");
        assert_eq!(http(room.address, "DELETE", &show, &[], "").await.status, 204);
        assert!(!path.exists(), "it goes with its show");
    });
}

#[test]
fn without_the_rooms_token_nobody_hears_it() {
    gateway::run(async {
        let folder = tempfile::TempDir::new().unwrap();
        let settings = format!(
            "auth = \"token\"\n[transcribe]\nworkers = 1\n[record]\ndir = {:?}\n{KEPT}",
            folder.path()
        );
        let gateway = Gateway::start(&settings).await;
        let room = kept(&gateway.room());
        for path in ["/audio", "/audio/0"] {
            assert_eq!(room.get(path).await.status, 401, "{path}");
        }
    });
}

#[test]
fn a_process_that_is_killed_leaves_its_sound_and_goes_on_in_a_further_file() {
    gateway::run(async {
        let mut process = Process::new(KEPT);
        let room = kept(&process.start().await);
        let _turn = gateway::speaking().await;
        let said = tour(TWENTY_FIVE_SECONDS);
        let (first, second) = said.split_at(6 * RATE as usize);
        let mut host = room.speaker().await;
        host.speak(first).await;
        // All but the second that is not a page yet.
        while files(&room).await.first().is_none_or(|file| file["duration_ms"].as_u64() < Some(4_900)) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        process.kill();
        let room = kept(&process.start().await);
        says(&room, &second[..10 * RATE as usize]).await;
        process.kill();
        let listed =
            process.printed(&["export", "--format", "audio", "--room", "kept", "--config", "config.toml"]);
        let parts: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(parts.len(), 2, "{listed}");
        let heard = decoded(&std::fs::read(process.at(parts[0][0])).unwrap());
        assert!((4_900 * 16..=6_000 * 16).contains(&heard.len()), "{}", heard.len());
        assert!(correlation(&heard, first) > 0.9);
        // On the show's clock it lies behind the first, by as long as nobody was there.
        let start: usize = parts[1][1].parse().unwrap();
        assert!(start * 16 >= heard.len(), "{listed}");
        let heard = decoded(&std::fs::read(process.at(parts[1][0])).unwrap());
        assert!(heard.len() >= 9 * RATE as usize, "{}", heard.len());
        assert!(correlation(&heard, second) > 0.9);
    });
}

#[test]
fn a_full_disk_costs_the_sound_of_that_time_alone_and_is_told() {
    gateway::run(async {
        let mut process = Process::new(KEPT);
        // A file that may not grow fails as on a full disk does; the signal that goes with it is ignored.
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
            .arg(process.command(&[]).get_program())
            .args(SERVE);
        shell.current_dir(process.at("")).stdout(Stdio::null()).stderr(Stdio::null());
        let room = kept(&process.start_as(shell).await);
        let pid = process.child.as_ref().unwrap().id().to_string();
        let grow_to = |bytes: &str| {
            let limit = format!("--fsize={bytes}:unlimited");
            assert!(Command::new("prlimit").args(["--pid", &pid, &limit]).status().unwrap().success());
        };
        let _turn = gateway::speaking().await;
        let said = tour(TWENTY_FIVE_SECONDS);
        let second = RATE as usize;
        let mut console = Stream::open(room.address, "/v1/rooms/kept/console", None).await;
        let mut viewer = room.viewer("zh").await;
        let mut host = room.speaker().await;
        host.speak(&said[..4 * second]).await;
        grow_to("2000");
        host.speak(&said[4 * second..9 * second]).await;
        let told = console.until(|m| m["type"] == "state" && m["audio"]["trouble"].is_string()).await;
        assert!(told.iter().all(|event| event.data["audio"]["lost_ms"].as_u64() < Some(6_000)));
        let ready = http(room.address, "GET", "/readyz", &[], "").await;
        assert!(ready.json()["record"].as_str().unwrap().starts_with("failing: "), "{}", ready.body);
        grow_to("unlimited");
        host.speak(&said[9 * second..]).await;
        console.until(|m| m["type"] == "state" && m["audio"]["trouble"].is_null()).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(host.rest().await.1, Some(1000));
        assert_eq!(room.post("end", "").await.status, 204);
        viewer.until(is_final).await;
        let told = console.until(|m| m["type"] == "state" && m["ended"] == true).await;
        let lost = samples(&told.last().unwrap().data["audio"]["lost_ms"]);
        assert!((3 * second..8 * second).contains(&lost), "{lost}");
        let part = loop {
            let files = files(&room).await;
            if files[0]["duration_ms"] == json!(said.len() / 16) {
                assert_eq!(files.len(), 1);
                break files[0].clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        let heard = decoded(&download(&room, &part, &[]).await.bytes);
        assert_eq!(heard.len(), said.len(), "its time goes on");
        let behind = 13 * second;
        assert!(
            correlation(&heard[behind..], &said[behind..]) > 0.9,
            "and what follows is where it was said"
        );
        // Frames in which something was said and nothing is heard: between the first and the last lies what was counted.
        let spoken = |said: &[i16]| said.iter().any(|sample| sample.unsigned_abs() > 1_000);
        let quiet = |heard: &[f32]| heard.iter().all(|sample| sample.abs() < 1e-3);
        let frames = said.chunks(320).zip(heard.chunks(320)).enumerate();
        let missing: Vec<_> =
            frames.filter(|(_, (said, heard))| spoken(said) && quiet(heard)).map(|(n, _)| n).collect();
        let span = (missing.last().unwrap() - missing[0] + 1) * 320;
        assert!(span <= lost + 320 && lost <= span + 2 * second, "{span} of {lost}");
    });
}

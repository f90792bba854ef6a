//! Shows on disk: the real program is killed in the middle of a show and started again.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::gateway::{self, Gateway, Room};
use crate::peer::http;
use crate::process::Process;
use crate::show::{
    assert_unbroken, is_final, is_final_result, is_of, is_pin, offset, offsets, text, transcript,
};
use crate::sound::{THERMOS, TWO_SENTENCES, tour};

fn place(of: &Value) -> String {
    format!("&epoch={}&offset={}", text(of, "epoch"), offset(of))
}

#[test]
fn a_show_that_was_killed_goes_on_and_nobody_misses_or_reads_anything_twice() {
    gateway::run(async {
        let mut process = Process::new("");
        let room = process.start().await;
        let _turn = gateway::speaking().await;
        let mut spanish = room.viewer("es").await;
        let mut arabic = room.viewer("ar").await;
        let mut told = host_says(&room, &tour(THERMOS)).await;
        room.pin("HY-C10").await;
        // It dies while the next sentence is being said.
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(TWO_SENTENCES)[..40_000]).await;
        let mut read = spanish.until(|m| m["sku"] == "HY-C10").await;
        let mut read_ar = arabic.until(is_final).await;
        process.kill();
        read.extend(spanish.rest().await.0);
        // One of them was cut off earlier: what it has is less.
        let had_ar = read_ar.iter().rposition(|m| m["offset"].is_u64()).unwrap();
        read_ar.truncate(had_ar + 1);

        let room = process.start().await;
        assert_eq!(room.get("").await.json()["pinned"], "HY-C10");
        let last = |read: &[Value]| read.iter().rfind(|m| m["offset"].is_u64()).cloned().unwrap();
        let mut spanish = room.viewer_at("es", &place(&last(&read))).await;
        let mut arabic = room.viewer_at("ar", &place(&last(&read_ar))).await;
        let hello = spanish.next().await;
        assert_eq!((&hello["recovered"], &hello["epoch"]), (&json!(true), &last(&read)["epoch"]));
        assert_eq!(offset(&hello), offset(&last(&read)));
        assert_eq!(arabic.next().await["recovered"], true);
        told.extend(host_says(&room, &tour(TWO_SENTENCES)).await);
        assert_eq!(room.post("end", "").await.status, 204);
        read.extend(spanish.until(is_of("ended")).await);
        read_ar.extend(arabic.until(is_of("ended")).await);

        for read in [&read, &read_ar] {
            assert_unbroken(&offsets(read), 0);
            let finals: Vec<&Value> = read.iter().filter(|m| is_final(m)).collect();
            assert!(finals.is_sorted_by(|a, b| a["segment"].as_u64() < b["segment"].as_u64()), "{finals:?}");
            assert!(finals.is_sorted_by(|a, b| a["start_ms"].as_u64() < b["start_ms"].as_u64()), "one clock");
            // What the host was told is final is what was read, each once.
            let heard: Vec<&str> = finals.iter().map(|m| text(m, "source_text")).collect();
            for text in &told {
                assert_eq!(heard.iter().filter(|heard| *heard == text).count(), 1, "{text} in {heard:?}");
            }
        }
        exports_say_what_was_read(&process, &room, &read).await;
        a_deleted_show_is_gone(&process, room, text(&last(&read), "epoch")).await;
    });
}

/// A host comes, speaks and leaves. What it was told is final.
async fn host_says(room: &Room, samples: &[i16]) -> Vec<String> {
    let mut host = room.speaker().await;
    host.speak_at_once(samples).await;
    host.say(r#"{"type":"CloseStream"}"#).await;
    let (told, code) = host.rest().await;
    assert_eq!(code, Some(1000));
    told.iter().filter(|m| is_final_result(m)).map(|m| transcript(m).to_owned()).collect()
}

async fn exports_say_what_was_read(process: &Process, room: &Room, read: &[Value]) {
    let finals: Vec<&Value> = read.iter().filter(|m| is_final(m)).collect();
    let show = room.get("/captions.json?lang=es").await.json();
    let pick =
        |m: &Value| json!([m["offset"], m["segment"], m["text"], m["fidelity"], m["start_ms"], m["engine"]]);
    let exported: Vec<Value> = show["captions"].as_array().unwrap().iter().map(pick).collect();
    assert_eq!(exported, finals.iter().map(|m| pick(m)).collect::<Vec<_>>());
    let pins: Vec<&str> = read.iter().filter(|m| is_pin(m)).map(|m| text(m, "sku")).collect();
    let shown = show["cards"].as_array().unwrap();
    assert_eq!(shown.iter().map(|card| text(card, "sku")).collect::<Vec<_>>(), pins);
    assert!(shown.iter().all(|card| card["card"]["name"].is_string()));
    assert!(show["ended_ms"].is_i64() && show["on"] == false);

    // A language that nobody read live is made now.
    let french = room.get("/captions.json?lang=fr").await.json();
    assert_eq!(french["captions"].as_array().unwrap().len(), finals.len());
    assert_eq!(french["untranslated"], 0);

    let vtt = room.get("/captions.vtt?lang=es").await;
    assert_eq!(vtt.header("content-type"), "text/vtt; charset=utf-8");
    assert_eq!(vtt.body.matches(" --> ").count(), finals.len());
    let config = ["--config", "config.toml"];
    let written = process.printed(&[&["export", "--lang", "es"], &config[..]].concat());
    assert_eq!(written, vtt.body, "the same from the command line");
    let srt = process.printed(&[&["export", "--lang", "es", "--format", "srt"], &config[..]].concat());
    assert_eq!(srt, room.get("/captions.srt?lang=es").await.body);
    let page = http(room.address, "GET", "/replay/r0", &[], "").await;
    assert_eq!(page.status, 200);
    let data = page.body.split("application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!((&data["@type"], &data["name"]), (&json!("BroadcastEvent"), &json!("Kept </script>")));
    assert_eq!(data["recordedIn"]["mentions"][0]["@type"], "Product");
    assert_eq!(room.get("/captions.vtt?show=nothing").await.status, 404);
}

async fn a_deleted_show_is_gone(process: &Process, room: Room, epoch: &str) {
    let shows = room.get("/shows").await.json();
    assert_eq!((&shows["shows"][0]["epoch"], &shows["shows"][0]["on"]), (&json!(epoch), &json!(false)));
    let listed = process.printed(&["shows", "list", "--config", "config.toml"]);
    assert!(listed.starts_with(&format!("{epoch}\tended")), "{listed}");
    let path = format!("/v1/rooms/r0/shows/{epoch}");
    assert_eq!(http(room.address, "DELETE", &path, &[], "").await.status, 204);
    assert_eq!(http(room.address, "DELETE", &path, &[], "").await.status, 404);
    assert_eq!(room.get("/shows").await.json()["shows"], json!([]));
    assert_ne!(room.viewer("es").await.next().await["epoch"], epoch, "nobody sees it any more");
}

#[test]
fn what_was_acknowledged_is_there_after_any_kill() {
    gateway::run(async {
        let mut process = Process::new("");
        let mut read: Vec<Value> = Vec::new();
        let mut acknowledged = 0;
        for round in 0..4 {
            let room = process.start().await;
            let place = read.last().map(place).unwrap_or_default();
            let mut viewer = room.viewer_at("vi", &place).await;
            let hello = viewer.next().await;
            assert_eq!(hello["recovered"], !place.is_empty(), "round {round}: {hello}");
            for n in 0..=round {
                room.pin(["HY-500", "HY-J20", "HY-L80", "HY-B35", "HY-C10"][(3 * round + n) % 5]).await;
                acknowledged += 1;
            }
            // It reads one, and dies with the others on their way.
            read.push(viewer.next().await);
            process.kill();
        }
        let room = process.start().await;
        let mut viewer = room.viewer_at("vi", &place(read.last().unwrap())).await;
        assert_eq!(viewer.next().await["recovered"], true);
        room.unpin().await;
        read.extend(viewer.until(|m| m["action"] == "unpin").await);
        assert_unbroken(&offsets(&read), 0);
        assert_eq!(read.len(), acknowledged + 1);
    });
}

#[test]
fn a_show_whose_host_does_not_come_back_ends_after_the_restart_too() {
    gateway::run(async {
        let mut process = Process::new("[limits]\nresume_window_ms = 5000");
        let room = process.start().await;
        let _turn = gateway::speaking().await;
        let mut viewer = room.viewer("es").await;
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS)).await;
        let last = viewer.until(is_final).await.pop().unwrap();
        process.kill();
        let room = process.start().await;
        let mut viewer = room.viewer_at("es", &place(&last)).await;
        let read = viewer.until(is_of("ended")).await;
        assert_eq!(read[0]["recovered"], true);
        assert_eq!(read.last().unwrap()["epoch"], last["epoch"]);
        // The next host begins another one.
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS)[..16_000]).await;
        assert_ne!(viewer.until(is_of("hello")).await.pop().unwrap()["epoch"], last["epoch"]);
    });
}

#[test]
fn a_broken_database_is_told_and_captions_go_on() {
    gateway::run(async {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("tradewind.sqlite3"), "this is no database, only some words")
            .unwrap();
        let settings = format!("auth = \"off\"\n[record]\ndir = {:?}", folder.path());
        let gateway = Gateway::start(&settings).await;
        let room = gateway.room();
        let ready = http(gateway.address, "GET", "/readyz", &[], "").await;
        assert_eq!(ready.status, 200, "captions are served");
        assert!(text(&ready.json(), "record").starts_with("failing: "), "{}", ready.body);
        let _turn = gateway::speaking().await;
        let mut viewer = room.viewer("es").await;
        host_says(&room, &tour(THERMOS)).await;
        room.pin("HY-C10").await;
        let read = viewer.until(|m| m["sku"] == "HY-C10").await;
        assert!(read.iter().any(is_final), "{read:?}");
        let console = format!("/v1/rooms/{}/console", room.name);
        let mut console = crate::peer::Stream::open(room.address, &console, None).await;
        let told = console.until(|m| m["type"] == "state" && m["record"]["unkept"].as_u64() > Some(0)).await;
        assert!(!text(&told.last().unwrap().data["record"], "detail").is_empty());
        // Nobody is told that something is kept that is not.
        let asked = room.post("inquiries", r#"{"text":"MOQ?","contact":"a@b.c"}"#).await;
        assert_eq!((asked.status, &asked.json()["code"]), (503, &json!("not_kept")));
        // What is in memory can still be taken home.
        let vtt = room.get("/captions.vtt?lang=zh").await;
        assert!(vtt.status == 200 && vtt.body.contains(" --> "), "{}", vtt.body);
    });
}

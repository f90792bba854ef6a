//! One host a room: who comes back, who is turned away, and when a show is over.

use serde_json::{Value, json};

use crate::gateway::{self, Gateway};
use crate::peer::Peer;
use crate::show::{assert_unbroken, is_final, is_final_result, is_of, offset, offsets, text};
use crate::sound::{RATE, THERMOS_FIRST, THERMOS_SECOND, TWENTY_FIVE_SECONDS, tour};

#[test]
fn a_host_that_was_cut_off_goes_on_in_the_same_show() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let _turn = gateway::speaking().await;
        let mut viewer = room.viewer("zh").await;
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS_FIRST)).await;
        let mut seen = viewer.until(is_final).await;
        host.cut();
        room.until_without_host().await;

        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS_SECOND)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(host.rest().await.1, Some(1000));
        room.post("end", "").await;
        seen.extend(viewer.until(is_of("ended")).await);

        let finals: Vec<&Value> = seen.iter().filter(|m| is_final(m)).collect();
        assert!(finals.len() >= 2);
        assert!(seen.iter().skip(1).all(|m| m["type"] != "hello" && m["epoch"] == finals[0]["epoch"]));
        assert_unbroken(&offsets(&seen), 0);
        for pair in finals.windows(2) {
            assert!(pair[0]["segment"].as_u64() < pair[1]["segment"].as_u64());
            assert!(pair[0]["end_ms"].as_u64() <= pair[1]["start_ms"].as_u64(), "time goes on: {pair:?}");
        }
    });
}

#[test]
fn speech_without_a_pause_is_cut_and_loses_nothing() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let _turn = gateway::speaking().await;
        let mut viewer = room.viewer("zh").await;
        // No pause is long enough here, so the longest utterance (12 s) cuts: twice in 25 s.
        let mut host = room.host("encoding=linear16&sample_rate=16000&channels=1&endpointing=5000").await;
        host.speak_at(&tour(TWENTY_FIVE_SECONDS), 1.4).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(host.rest().await.1, Some(1000));
        room.post("end", "").await;
        let seen = viewer.until(is_of("ended")).await;
        let finals: Vec<&Value> = seen.iter().filter(|m| is_final(m)).collect();
        assert!(finals.len() >= 3, "{finals:?}");
        for pair in finals.windows(2) {
            let gap = pair[1]["start_ms"].as_u64().unwrap() - pair[0]["end_ms"].as_u64().unwrap();
            assert!(gap <= 100, "{gap} ms are missing between {pair:?}");
        }
        let last = finals.last().unwrap()["end_ms"].as_u64().unwrap();
        assert!(last >= 24_000, "the last words are missing: {finals:?}");
    });
}

#[test]
fn a_show_ends_when_its_host_stays_away_and_the_next_is_another() {
    gateway::run(async {
        let room = Gateway::strict().await.room();
        let mut viewer = room.viewer("es").await;
        let host = room.speaker().await;
        room.until_with_host().await;
        room.pin("HY-500").await;
        let first = viewer.until(|m| m["sku"] == "HY-500").await.pop().unwrap();
        host.cut();
        let ended = viewer.until(is_of("ended")).await.pop().unwrap();
        assert_eq!((&ended["epoch"], offset(&ended)), (&first["epoch"], offset(&first) + 1));

        let mut host = room.speaker().await;
        host.say(r#"{"type":"KeepAlive"}"#).await;
        let hello = viewer.until(is_of("hello")).await.pop().unwrap();
        assert_ne!(hello["epoch"], ended["epoch"]);
        assert_eq!((&hello["recovered"], offset(&hello)), (&json!(false), 0));
        room.pin("HY-J20").await;
        let pin = viewer.next().await;
        assert_eq!((&pin["epoch"], offset(&pin)), (&hello["epoch"], 1));
        let place = format!("&epoch={}&offset=1", text(&ended, "epoch"));
        assert_eq!(
            room.viewer_at("es", &place).await.next().await["recovered"],
            false,
            "the old show is gone"
        );
    });
}

#[test]
fn a_second_host_is_turned_away_and_the_first_goes_on() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let _turn = gateway::speaking().await;
        let mut first = room.speaker().await;
        room.until_with_host().await;
        first.speak_at_once(&tour(THERMOS_FIRST)).await;
        let (told, code) = room.speaker().await.rest().await;
        assert_eq!(code, Some(4409));
        assert_eq!(
            (told.len(), &told[0]["type"], &told[0]["code"]),
            (1, &json!("Error"), &json!("host_present"))
        );
        first.say(r#"{"type":"CloseStream"}"#).await;
        let (told, code) = first.rest().await;
        assert_eq!(code, Some(1000));
        assert!(told.iter().any(is_final_result), "{told:?}");
    });
}

#[test]
fn finalize_gives_at_once_what_was_said_so_far() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let _turn = gateway::speaking().await;
        let mut host =
            room.host("encoding=linear16&sample_rate=16000&vad_events=true&utterance_end_ms=1000").await;
        // In the middle of the sentence.
        let [from, _] = THERMOS_FIRST;
        host.speak_at_once(&tour([from, from + 3.5])).await;
        host.say(r#"{"type":"Finalize"}"#).await;
        let told = host.until(is_final_result).await;
        assert_eq!(told.last().unwrap()["from_finalize"], true, "{told:?}");
        assert!(
            told.iter().any(is_of("SpeechStarted")) && told.iter().any(is_of("UtteranceEnd")),
            "{told:?}"
        );
        host.speak_at_once(&tour([from + 3.5, THERMOS_FIRST[1]])).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        let (told, code) = host.rest().await;
        assert_eq!(code, Some(1000));
        assert!(told.iter().filter(|m| is_final_result(m)).all(|m| m["from_finalize"] == false));
        assert!(told.iter().any(is_final_result), "the rest of the sentence: {told:?}");
    });
}

#[test]
fn a_host_without_interim_results_gets_finals_only() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let _turn = gateway::speaking().await;
        let mut host = room.host("encoding=linear16&sample_rate=16000&interim_results=false").await;
        host.speak_at_once(&tour(THERMOS_FIRST)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        let (told, _) = host.rest().await;
        assert!(told.iter().any(is_final_result));
        assert!(told.iter().all(|m| m["type"] != "Results" || is_final_result(m)));
    });
}

#[test]
fn a_silent_host_is_closed_as_idle_unless_it_says_that_it_is_there() {
    gateway::run(async {
        let gateway = Gateway::strict().await;
        let (idle, patient) = (gateway.room(), gateway.room());
        let (mut gone, mut there) = (idle.speaker().await, patient.speaker().await);
        // Twice as long as a host may be silent there.
        for _ in 0..12 {
            there.say(r#"{"type":"KeepAlive"}"#).await;
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        let (told, code) = gone.rest().await;
        assert_eq!(code, Some(4408));
        assert!(told.iter().any(|m| m["type"] == "Error" && m["code"] == "idle"), "{told:?}");
        there.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(there.rest().await.1, Some(1000));
    });
}

#[test]
fn audio_that_nobody_can_speak_so_fast_is_refused_and_the_room_lives_on() {
    gateway::run(async {
        let room = Gateway::strict().await.room();
        // 48 kHz, declared as 8 kHz.
        let mut lying = room.host("encoding=linear16&sample_rate=8000&channels=1").await;
        let one_second = vec![0; 48_000 * 2];
        for _ in 0..20 {
            lying.send(&one_second[..9600]).await;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let (told, code) = lying.rest().await;
        assert_eq!(code, Some(4413));
        assert!(told.iter().any(|m| m["code"] == "audio_too_fast"), "{told:?}");
        room.until_without_host().await;

        let mut file = room.speaker().await;
        file.speak_at_once(&vec![0; 30 * RATE as usize]).await;
        assert_eq!(file.rest().await.1, Some(4413));
        room.until_without_host().await;

        let mut honest = room.speaker().await;
        honest.speak_at_once(&vec![0; RATE as usize]).await;
        honest.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(honest.rest().await.1, Some(1000));
    });
}

#[test]
fn without_a_free_recogniser_a_host_is_told_so() {
    gateway::run(async {
        let gateway = Gateway::start("auth = \"off\"\n[transcribe]\nhosts = 1\nworkers = 1").await;
        let (one, other) = (gateway.room(), gateway.room());
        let mut speaks = one.speaker().await;
        one.until_with_host().await;
        let (told, code) = other.speaker().await.rest().await;
        assert_eq!(code, Some(4429));
        assert_eq!(told[0]["code"], "no_free_slot");
        assert!(told[0]["message"].as_str().is_some_and(|m| m.contains("again")));
        speaks.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(speaks.rest().await.1, Some(1000));
        one.until_without_host().await;
        let mut next = other.speaker().await;
        next.say(r#"{"type":"CloseStream"}"#).await;
        assert_eq!(next.rest().await.1, Some(1000));
    });
}

#[test]
fn a_gateway_that_stops_lets_everybody_finish() {
    gateway::run(async {
        let mut gateway = Gateway::start("auth = \"off\"\n[transcribe]\nworkers = 1").await;
        let room = gateway.room();
        let _turn = gateway::speaking().await;
        let (mut viewer, mut host) = (room.viewer("zh").await, room.speaker().await);
        host.speak_at_once(&tour(THERMOS_FIRST)).await;
        viewer.until(|m| m["type"] == "caption").await;
        gateway.begin_stop();
        let (told, code) = host.rest().await;
        assert_eq!(code, Some(1001));
        assert!(told.iter().any(is_final_result), "what was being said is heard: {told:?}");
        assert_eq!(told.last().unwrap()["type"], "Metadata");
        let (seen, code) = viewer.rest().await;
        assert_eq!(code, Some(1001));
        assert!(seen.iter().any(|m| m["type"] == "drain" && m["retry_ms"].is_u64()), "{seen:?}");
        gateway.stopped().await;
    });
}

/// Not used by hosts alone: a peer that only wants the refusal.
pub async fn refusal(peer: &mut Peer) -> (String, Option<u16>) {
    let (told, code) = peer.rest().await;
    let error = told.iter().find(|m| m["type"] == "Error").unwrap_or_else(|| panic!("no Error in {told:?}"));
    (text(error, "code").to_owned(), code)
}

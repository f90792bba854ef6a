//! A piece of the tour, spoken at real time: captions, numbers and a card, at every kind of viewer.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tradewind::eval::numbers::{Shown, judge, numbers_said};

use crate::gateway::{self, Gateway};
use crate::peer::http;
use crate::show::{
    assert_unbroken, is_final, is_final_result, is_of, is_partial, is_pin, offset, text, transcript,
};
use crate::sound::{THERMOS, tour};

#[test]
fn speech_becomes_captions_numbers_and_a_card_over_both_transports() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let _turn = gateway::speaking().await;
        let (mut zh, mut es, mut es_sse) =
            (room.viewer("zh").await, room.viewer("es").await, room.sse("es", None).await);
        let mut host = room.speaker().await;
        host.speak(&tour(THERMOS)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        let (told, code) = host.rest().await;
        assert_eq!(code, Some(1000));
        room.post("end", "").await;

        the_host_is_told_like_deepgrams(&told, &room.name);
        let zh = zh.until(is_of("ended")).await;
        let es = es.until(is_of("ended")).await;
        captions_come_once_in_order_after_their_partials(&zh);
        captions_come_once_in_order_after_their_partials(&es);
        what_was_said_is_read(&zh, &es);
        the_thermos_is_pinned(&es);

        // The same over server-sent events, each event of the history with its place.
        let sse = es_sse.until(is_of("ended")).await;
        let kept: Vec<&Value> = sse.iter().filter(|e| e.id.is_some()).map(|e| &e.data).collect();
        assert_eq!(kept, es.iter().filter(|m| is_kept(m)).collect::<Vec<_>>());
        for event in sse.iter().filter(|e| e.id.is_some()) {
            let place = format!("{}:{}", text(&event.data, "epoch"), offset(&event.data));
            assert_eq!(event.id.as_deref(), Some(place.as_str()));
        }
        assert!(sse.iter().any(|e| is_partial(&e.data)));

        // Russian has a pack, and nobody watched it: nothing was translated into it.
        let mut console =
            crate::peer::Stream::open(room.address, &format!("/v1/rooms/{}/console", room.name), None).await;
        let state = console.until(is_of("state")).await.pop().unwrap().data;
        let translated: BTreeSet<&str> =
            state["lag"]["translate_ms"].as_object().unwrap().keys().map(String::as_str).collect();
        assert!(translated.contains("es") && translated.is_subset(&["zh", "es"].into()), "{state}");
        what_machines_are_told(&http(room.address, "GET", "/metrics", &[], "").await.body);
        // Who comes later in Russian finds the show in Russian all the same.
        let late = room.viewer("ru").await.until(is_of("ended")).await;
        assert_eq!(late.iter().filter(|m| is_final(m)).count(), es.iter().filter(|m| is_final(m)).count());
        assert!(late.iter().filter(|m| is_final(m)).all(|m| m["lang"] == "ru"));
    });
}

/// Of every room of the shared gateway: at least what this one did.
fn what_machines_are_told(figures: &str) {
    let of = |series: &str| {
        let line = figures.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{series} in {figures}")).parse::<f64>().unwrap()
    };
    for (stage, lang) in [("segment", "zh"), ("transcribe", "zh"), ("translate", "es"), ("total", "es")] {
        let labels = format!("{{stage=\"{stage}\",lang=\"{lang}\"}}");
        assert!(of(&format!("tradewind_stage_duration_seconds_count{labels}")) >= 1.0);
        assert!(of(&format!("tradewind_stage_duration_seconds_sum{labels}")) >= 0.0);
    }
    let answers = "tradewind_translation_answers_total{engine=\"phrasebook\",lang=\"es\",outcome=\"whole\"}";
    assert!(of(answers) >= 1.0);
    assert!(of("tradewind_translations_asked_total") >= of("tradewind_translations_made_total"));
    assert!(of("tradewind_final_characters_total{lang=\"zh\"}") >= 10.0);
    assert!(of("tradewind_erased_characters_total{lang=\"zh\"}") >= 0.0);
    let captions = "tradewind_captions_total{lang=\"es\",fidelity=\"verified\",engine=\"phrasebook\"}";
    assert!(of(captions) >= 1.0);
}

fn is_kept(message: &Value) -> bool {
    message["type"] != "hello" && message["offset"].is_u64()
}

fn the_host_is_told_like_deepgrams(told: &[Value], room: &str) {
    let results: Vec<&Value> = told.iter().filter(|m| m["type"] == "Results").collect();
    assert!(results.iter().any(|m| m["is_final"] == false), "interim results come by default");
    assert!(results.iter().any(|m| is_final_result(m)));
    for result in results {
        assert_eq!(result["channel_index"], json!([0, 1]));
        assert_eq!(result["metadata"]["room"], room);
        assert!(result["metadata"]["segment"].is_u64() && result["metadata"]["request_id"].is_string());
        assert!(result["start"].is_f64() && result["duration"].is_f64());
        let best = &result["channel"]["alternatives"][0];
        assert!(!transcript(result).is_empty());
        assert_eq!(best["languages"], json!(["zh"]));
        assert!(best["confidence"].as_f64().is_some_and(|c| (0.0..=1.0).contains(&c)));
        if is_final_result(result) {
            assert_eq!(result["speech_final"], true);
            let words = best["words"].as_array().unwrap();
            assert!(!words.is_empty() && words.iter().all(|w| w["start"].as_f64() <= w["end"].as_f64()));
        }
    }
    let last = told.last().unwrap();
    assert_eq!(last["type"], "Metadata", "it is the last word");
    let duration = last["duration"].as_f64().unwrap();
    assert!((duration - (THERMOS[1] - THERMOS[0])).abs() < 0.2, "{duration} s heard");
    assert_eq!(last["channels"], 1);
}

fn captions_come_once_in_order_after_their_partials(messages: &[Value]) {
    let hello = &messages[0];
    assert_eq!((&hello["type"], &hello["recovered"]), (&json!("hello"), &json!(false)));
    let kept: Vec<u64> = messages.iter().filter(|m| is_kept(m)).map(offset).collect();
    assert_unbroken(&kept, offset(hello));
    assert!(messages.iter().skip(1).all(|m| m["epoch"] == hello["epoch"]));

    let finals: Vec<&Value> = messages.iter().filter(|m| is_final(m)).collect();
    assert!(finals.len() >= 2, "two sentences were said: {finals:?}");
    for (at, caption) in messages.iter().enumerate().filter(|(_, m)| is_final(m)) {
        assert_has_the_protocols_fields(caption);
        let same = |m: &&Value| m["type"] == "caption" && m["segment"] == caption["segment"];
        assert!(
            messages[..at]
                .iter()
                .filter(same)
                .all(|m| is_partial(m) && m["rev"].as_u64() < caption["rev"].as_u64())
        );
        assert_eq!(
            messages[at + 1..].iter().filter(same).count(),
            0,
            "nothing of a segment comes after its final"
        );
    }
    assert!(messages.iter().any(is_partial), "partials come before a final");
    assert!(messages.iter().filter(|m| is_partial(m)).all(|m| m.get("offset").is_none()));
}

fn assert_has_the_protocols_fields(caption: &Value) {
    for field in ["epoch", "lang", "source_lang", "text", "source_text", "engine", "fidelity"] {
        assert!(!text(caption, field).is_empty(), "{field} in {caption}");
    }
    for field in ["offset", "segment", "rev", "start_ms", "end_ms", "emitted_ms"] {
        assert!(caption[field].is_u64(), "{field} in {caption}");
    }
    let time = |field: &str| caption[field].as_u64();
    assert!(time("start_ms") < time("end_ms") && time("end_ms") <= time("emitted_ms"), "{caption}");
}

fn what_was_said_is_read(zh: &[Value], es: &[Value]) {
    let read = |messages: &[Value], field: &str| -> String {
        messages.iter().filter(|m| is_final(m)).map(|m| text(m, field)).collect::<Vec<_>>().join(" ")
    };
    let said = read(zh, "text");
    // Not every syllable: base hears 不锈钢 as it likes.
    assert!(said.contains("500毫升") && said.contains("小时"), "{said}");
    assert_eq!(said, read(es, "source_text"), "every language has the same source");
    let numbers: usize = es
        .iter()
        .filter(|m| is_final(m))
        .map(|caption| {
            let said = numbers_said(text(caption, "source_text"), "zh");
            let shown_in = caption["text_lang"].as_str().unwrap_or("es");
            let shown = judge(&said, text(caption, "text"), shown_in, caption["fidelity"] == "source");
            assert!(matches!(shown, Shown::NoNumber | Shown::Equal | Shown::Marked), "{shown:?}: {caption}");
            said.len()
        })
        .sum();
    assert!(numbers >= 3, "500 ml, 12 and 24 hours: {said}");
    let spanish = read(es, "text");
    assert!(["500", "12", "24"].iter().all(|n| spanish.contains(n)), "{spanish}");
    assert!(
        es.iter().any(|m| is_final(m) && m["engine"] == "phrasebook" && m["fidelity"] == "verified"),
        "{spanish}"
    );
}

fn the_thermos_is_pinned(es: &[Value]) {
    let pins: Vec<&Value> = es.iter().filter(|m| is_pin(m)).collect();
    assert_eq!(pins.len(), 1, "once, and nothing else: {pins:?}");
    let pin = pins[0];
    assert_eq!((&pin["sku"], &pin["reason"]), (&json!("HY-500"), &json!("spoken")));
    assert!(es.iter().any(|m| is_final(m)
        && m["segment"] == pin["segment"]
        && m["offset"].as_u64() < pin["offset"].as_u64()));
    let card = &pin["card"];
    assert_eq!(card["name"], "Termo de acero inoxidable");
    assert_eq!(card["name_source"], "不锈钢保温杯");
    assert_eq!((&card["price"]["amount"], &card["price"]["currency"]), (&json!("2.80"), &json!("USD")));
    let facts = card["facts"].as_array().unwrap();
    for key in ["moq", "lead_time", "capacity"] {
        assert!(facts.iter().any(|f| f["key"] == key && !text(f, "label").is_empty()), "{key} in {card}");
    }
}

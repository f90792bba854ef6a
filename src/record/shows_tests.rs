//! Shows on disk, and how they are read afterwards.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::transcript::Transcript;
use super::*;
use crate::domain::event::SourceCaption;
use crate::domain::{
    CardAction, Epoch, Fidelity, Inquiry, InquiryId, Lang, Offset, PinReason, Rendering, RoomId, ShowEntry,
    ShowHead, Sku, SourceEvent, Word,
};

fn room() -> RoomId {
    RoomId::parse("demo").unwrap()
}

fn lang(tag: &str) -> Lang {
    Lang::parse(tag).unwrap()
}

fn head(epoch: &str, made_ms: i64) -> ShowHead {
    let epoch = Epoch::parse(epoch).unwrap();
    ShowHead { epoch, made_ms, zero_ms: Some(made_ms), ended_ms: None, source_lang: lang("zh") }
}

fn heard(segment: u64, rev: u32, text: &str) -> SourceEvent {
    let (start_ms, end_ms) = (segment * 2_000, segment * 2_000 + 900);
    let words = vec![Word { text: text.into(), start_ms, end_ms, confidence: 0.5 }];
    SourceEvent::Final(Arc::new(SourceCaption {
        segment,
        rev,
        is_final: true,
        corrected: rev > 1,
        lang: lang("zh"),
        transcript: crate::domain::Transcript { text: text.into(), lang: lang("zh"), confidence: 0.5, words },
        start_ms,
        end_ms,
    }))
}

fn pin(sku: &str) -> SourceEvent {
    let (sku, reason, segment) = (Sku::parse(sku).unwrap(), PinReason::Spoken, Some(1));
    SourceEvent::Card(CardAction::Pin { sku, reason, segment })
}

fn entries(events: Vec<SourceEvent>) -> Vec<ShowEntry> {
    (1..).zip(events).map(|(offset, event)| ShowEntry { offset, at_ms: offset * 1_000, event }).collect()
}

fn rendering(offset: Offset, tag: &str, text: &str, fidelity: Fidelity) -> Rendering {
    let engine = "phrasebook".to_owned();
    Rendering { offset, lang: lang(tag), text: text.into(), text_lang: None, engine, fidelity, emitted_ms: 7 }
}

#[tokio::test]
async fn a_show_survives_the_process_as_it_was() {
    let folder = TempDir::new().unwrap();
    let record = Record::open(folder.path()).unwrap();
    let unpin = SourceEvent::Card(CardAction::Unpin { sku: Sku::parse("A").unwrap() });
    let all = entries(vec![heard(1, 1, "你好<b>"), pin("A"), unpin, heard(1, 2, "你好"), SourceEvent::Ended]);
    let (first, rest) = all.split_at(2);
    record.keep_events(&room(), head("e1", 5), first.to_vec()).await.unwrap();
    let ended = ShowHead { ended_ms: Some(99), ..head("e1", 5) };
    // The same events once more, as after a time-out: each is there once.
    record.keep_events(&room(), ended.clone(), all.clone()).await.unwrap();
    record.keep_events(&room(), ended.clone(), rest.to_vec()).await.unwrap();
    drop(record);
    let again = Record::open(folder.path()).unwrap();
    let kept = again.take_up_show(&room(), 100).await.unwrap().unwrap();
    assert_eq!(kept.head, ended);
    assert_eq!(format!("{:?}", kept.entries), format!("{all:?}"));
    let last = again.take_up_show(&room(), 2).await.unwrap().unwrap();
    assert_eq!(last.entries.iter().map(|e| e.offset).collect::<Vec<_>>(), [4, 5], "the last ones");
    assert!(again.take_up_show(&RoomId::parse("other").unwrap(), 9).await.unwrap().is_none());
}

#[tokio::test]
async fn of_each_utterance_the_last_revision_is_exported() {
    let record = Record::temporary().unwrap();
    let all = entries(vec![
        heard(2, 1, "二"),
        heard(1, 1, "一 & <i>"),
        pin("A"),
        heard(2, 3, "三"),
        heard(2, 2, "?"),
    ]);
    record.keep_events(&room(), head("e1", 5), all).await.unwrap();
    let read = vec![
        rendering(1, "ar", "اثنان", Fidelity::Verified),
        rendering(2, "ar", "واحد & <i>\n\n500", Fidelity::Source),
        rendering(4, "ar", "ثلاثة", Fidelity::Verified),
    ];
    let epoch = Epoch::parse("e1").unwrap();
    record.keep_renderings(&room(), &epoch, read).await.unwrap();
    let text = record.transcript(&room(), &epoch, &lang("ar"), Vec::new()).await.unwrap().unwrap();
    assert_eq!(
        text.vtt(),
        "WEBVTT\n\n1\n00:00:02.000 --> 00:00:03.200\nواحد &amp; &lt;i&gt; 500\n一 &amp; &lt;i&gt;\n\n\
         2\n00:00:04.000 --> 00:00:05.200\nثلاثة\n"
    );
    assert!(
        text.srt()
            .starts_with("1\r\n00:00:02,000 --> 00:00:03,200\r\nواحد & ‹i› 500\r\n一 & ‹i›\r\n\r\n2\r\n")
    );
    assert_eq!((text.missing.len(), text.cards.len(), text.last_ms), (0, 1, 5_000));
    let french = record.transcript(&room(), &epoch, &lang("fr"), Vec::new()).await.unwrap().unwrap();
    assert_eq!(french.missing, [2, 4], "nobody has read it in French");
    assert!(french.lines.iter().all(|line| line.caption.fidelity == Fidelity::Fallback));
    let spoken = record.transcript(&room(), &epoch, &lang("zh"), Vec::new()).await.unwrap().unwrap();
    assert!(spoken.missing.is_empty() && spoken.lines[1].caption.corrected);
}

#[test]
fn a_cue_ends_after_it_begins_and_before_the_next_where_it_is_lengthened() {
    let mut all = entries(vec![heard(1, 1, "一"), heard(2, 1, "二")]);
    let SourceEvent::Final(first) = &mut all[0].event else { unreachable!() };
    let first = Arc::make_mut(first);
    (first.start_ms, first.end_ms) = (3_700, 3_700);
    let kept = crate::domain::KeptShow { head: head("e1", 5), entries: all };
    let text = Transcript::new(kept, &lang("zh"), &BTreeMap::new());
    assert!(text.vtt().contains("00:00:03.700 --> 00:00:04.000\n"), "{}", text.vtt());
}

#[tokio::test]
async fn a_show_goes_with_all_that_belongs_to_it_and_old_ones_go_by_themselves() {
    let record = Record::temporary().unwrap();
    for (epoch, made_ms) in [("old", 10), ("open", 20), ("new", 5_000)] {
        let ended_ms = (epoch != "open").then_some(made_ms + 5);
        let head = ShowHead { ended_ms, ..head(epoch, made_ms) };
        record.keep_events(&room(), head.clone(), entries(vec![heard(1, 1, "一")])).await.unwrap();
        record
            .keep_renderings(&room(), &head.epoch, vec![rendering(1, "es", "uno", Fidelity::Verified)])
            .await
            .unwrap();
        let inquiry = Inquiry {
            id: InquiryId::parse(epoch).unwrap(),
            client_id: None,
            room: room(),
            epoch: head.epoch,
            asked_ms: 7,
            lang: lang("es"),
            text: "?".into(),
            sku: None,
            quantity: None,
            contact: Some("ana@example.com".into()),
            for_host: None,
            answer: None,
        };
        record.keep_inquiry(inquiry).await.unwrap();
    }
    let sales = "INSERT INTO flashes (id, room, sku, amount, currency, began_ms, ends_ms, ended_ms)
                 VALUES (1, 'demo', 'A', '1', 'USD', 12, 13, 13), (2, 'demo', 'A', '1', 'USD', 5002, 5003, 5003)";
    let wishes = "INSERT INTO reservations (id, flash, quantity, contact, made_ms)
                  VALUES ('a', 1, 1, 'ana', 12), ('b', 2, 1, 'ben', 5002)";
    record.write(|t| t.execute(sales, []).and_then(|_| t.execute(wishes, []))).await.unwrap();

    let count = |query: &'static str| {
        let record = record.clone();
        async move { record.read(move |c| Ok(c.query_row(query, [], |row| row.get::<_, i64>(0))?)).await.unwrap() }
    };
    let (old, open) = (Epoch::parse("old").unwrap(), Epoch::parse("open").unwrap());
    assert!(record.delete_show(&room(), &old).await.unwrap());
    assert!(!record.delete_show(&room(), &old).await.unwrap(), "it is gone");
    for table in ["shows", "events", "renderings", "inquiries"] {
        let query: &'static str = Box::leak(format!("SELECT count(*) FROM {table}").into_boxed_str());
        assert_eq!(count(query).await, 2, "{table}");
    }
    assert_eq!(count("SELECT count(*) FROM reservations").await, 1, "the other sale's stay");
    assert_eq!(count("SELECT count(*) FROM flashes").await, 1);

    assert!(
        record.delete_shows_before(&room(), 1_000, &open).await.unwrap().is_empty(),
        "the present one stays"
    );
    let new = Epoch::parse("new").unwrap();
    assert_eq!(record.delete_shows_before(&room(), 1_000, &new).await.unwrap(), [open], "it was never ended");
    let left: Vec<_> = record.shows(&room(), 10).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].finals, left[0].last_ms, &left[0].langs), (1, 1_000, &vec![lang("es")]));
}

#[tokio::test]
async fn a_damaged_database_is_told_from_a_sound_one() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("tradewind.sqlite3");
    let record = Record::open(folder.path()).unwrap();
    for n in 0..200 {
        record.keep_image(StoredImage { name: n.to_string(), bytes: vec![7; 2_000] }).await.unwrap();
    }
    drop(record);
    // The last connection to close writes the log into the file; the writer's thread is the last to notice.
    for _ in 0..500 {
        if std::fs::metadata(&file).unwrap().len() > 300_000 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40_000].fill(0xA5);
    std::fs::write(&file, &bytes).unwrap();
    let opened = Record::open(folder.path());
    assert!(
        matches!(opened, Err(RecordError::Damaged { .. } | RecordError::Open { .. })),
        "a hole in the middle"
    );
    std::fs::write(&file, "this is no database at all, only some text that somebody left here").unwrap();
    assert!(matches!(Record::open(folder.path()), Err(RecordError::Open { .. })), "no database at all");
}

#[tokio::test]
async fn a_record_that_cannot_be_used_refuses_and_says_why() {
    let record = Record::unusable("the disk is full".into()).unwrap();
    assert_eq!(record.trouble().as_deref(), Some("the disk is full"));
    let kept = record.keep_events(&room(), head("e1", 5), Vec::new()).await;
    assert!(matches!(kept, Err(RecordError::Write(why)) if why == "the disk is full"));
    assert!(record.shows(&room(), 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_disk_that_is_full_is_trouble_until_there_is_room_again() {
    let record = Record::temporary().unwrap();
    let limit = |pages: &'static str| record.write(move |t| t.query_row(pages, [], |_| Ok(())));
    limit("PRAGMA max_page_count = 40").await.unwrap();
    let big = |name: &str| StoredImage { name: name.into(), bytes: vec![1; 400_000] };
    assert!(record.keep_image(big("a")).await.is_err());
    assert!(record.trouble().is_some_and(|why| why.contains("full")), "{:?}", record.trouble());
    limit("PRAGMA max_page_count = 100000").await.unwrap();
    record.keep_image(big("a")).await.unwrap();
    assert_eq!(record.trouble(), None);
}

//! Viewers who lose their connection: nothing twice, nothing missing, or an honest "not recovered".

use serde_json::{Value, json};

use crate::gateway::{self, Gateway, Room};
use crate::show::{assert_unbroken, is_final, is_partial, offset, offsets, text};
use crate::sound::{THERMOS, tour};

#[test]
fn a_viewer_that_was_cut_off_gets_exactly_what_it_missed() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let _turn = gateway::speaking().await;
        let (mut steady, mut cut) = (room.viewer("es").await, room.viewer("es").await);
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS)).await;
        let had = cut.until(is_final).await;
        let (epoch, last) = (text(&had[0], "epoch").to_owned(), offset(had.last().unwrap()));
        let epoch = if epoch.is_empty() { text(had.last().unwrap(), "epoch").to_owned() } else { epoch };
        cut.cut();

        host.say(r#"{"type":"CloseStream"}"#).await;
        host.rest().await;
        room.pin("HY-C10").await;
        let all = steady.until(|m| m["sku"] == "HY-C10").await;
        let missed: Vec<&Value> = all.iter().filter(|m| m["offset"].as_u64() > Some(last)).collect();
        assert!(missed.iter().any(|m| is_final(m)), "a final was missed: {all:?}");

        let mut back = room.viewer_at("es", &format!("&epoch={epoch}&offset={last}")).await;
        let hello = back.next().await;
        assert_eq!((&hello["recovered"], offset(&hello)), (&json!(true), last));
        room.pin("HY-500").await;
        let got = back.until(|m| m["sku"] == "HY-500" && offset(m) > last + missed.len() as u64).await;
        assert_unbroken(&offsets(&got), last);
        let replayed: Vec<&Value> = got.iter().filter(|m| !is_partial(m)).take(missed.len()).collect();
        assert_eq!(replayed, missed, "the same bytes as the others got");

        // The same over server-sent events, with what a browser sends by itself.
        let place = format!("{epoch}:{last}");
        let mut sse = room.sse("es", Some(&place)).await;
        assert_eq!(sse.next().await.data["recovered"], true);
        for expected in &got {
            let event = sse.next().await;
            assert_eq!(&event.data, expected);
            assert_eq!(event.id, Some(format!("{epoch}:{}", offset(expected))));
        }
    });
}

#[test]
fn every_viewer_gets_every_event_once_however_often_it_comes_back() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut steady = room.viewer("vi").await;
        let hello = steady.next().await;
        let (epoch, mut last) = (text(&hello, "epoch").to_owned(), offset(&hello));
        let mut got = Vec::new();
        for round in 0..12 {
            let mut viewer = room.viewer_at("vi", &format!("&epoch={epoch}&offset={last}")).await;
            let hello = viewer.next().await;
            assert_eq!(hello["recovered"], true, "round {round}");
            pin_another(&room, 2 * round).await;
            pin_another(&room, 2 * round + 1).await;
            // It leaves in the middle of what comes.
            for _ in 0..round % 3 {
                let event = viewer.next().await;
                last = offset(&event);
                got.push(event);
            }
            viewer.cut();
        }
        let mut viewer = room.viewer_at("vi", &format!("&epoch={epoch}&offset={last}")).await;
        viewer.next().await;
        room.unpin().await;
        got.extend(viewer.until(|m| m["action"] == "unpin").await);
        let all = steady.until(|m| m["action"] == "unpin").await;
        assert_eq!(got, all);
        assert_unbroken(&offsets(&all), offset(&hello));
        assert_eq!(all.len(), 25);
    });
}

#[test]
fn a_place_of_another_history_gives_a_snapshot_and_says_so() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        // Keeps the language awake.
        let mut steady = room.viewer("es").await;
        let epoch = text(&steady.next().await, "epoch").to_owned();
        for round in 0..5 {
            pin_another(&room, round).await;
        }
        let all = steady.until(|m| offset(m) == 5).await;
        for place in ["&epoch=another&offset=3".to_owned(), format!("&epoch={epoch}&offset=99")] {
            let mut viewer = room.viewer_at("es", &place).await;
            let hello = viewer.next().await;
            assert_eq!(hello["recovered"], false, "{place}");
            assert_eq!(hello["epoch"], epoch.as_str());
            for expected in &all {
                let mut event = viewer.next().await;
                assert_eq!(event["snapshot"], true);
                event.as_object_mut().unwrap().remove("snapshot");
                assert_eq!(&event, expected);
            }
        }
        let mut sse = room.sse("es", Some("another:3")).await;
        assert_eq!(sse.next().await.data["recovered"], false);
        // Nonsense in the query is no place at all.
        let nonsense = room.viewer_at("es", "&epoch=%3Cb%3E&offset=1").await.next().await;
        assert_eq!((&nonsense["type"], &nonsense["recovered"]), (&json!("hello"), &json!(false)));
    });
}

async fn pin_another(room: &Room, round: usize) {
    room.pin(["HY-500", "HY-J20", "HY-L80", "HY-B35", "HY-C10"][round % 5]).await;
}

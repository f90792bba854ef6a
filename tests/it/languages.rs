//! Viewers' languages: chosen, changed, and those that nobody here can translate into.

use serde_json::json;

use crate::gateway::{self, Gateway};
use crate::peer::Peer;
use crate::show::{is_final, is_of, is_pin, text};
use crate::sound::{TWO_SENTENCES, tour};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

#[test]
fn a_language_without_an_engine_is_shown_in_its_fallback_and_named() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let _turn = gateway::speaking().await;
        let mut polish = room.viewer("pl").await;
        assert_eq!(polish.next().await["quality"], "fallback");
        let mut english = room.viewer("en").await;
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(TWO_SENTENCES)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        host.rest().await;
        room.post("end", "").await;
        let (polish, english) = (polish.until(is_of("ended")).await, english.until(is_of("ended")).await);
        let pairs = || polish.iter().filter(|m| is_final(m)).zip(english.iter().filter(|m| is_final(m)));
        assert!(pairs().count() >= 2);
        for (caption, english) in pairs() {
            assert_eq!((&caption["fidelity"], &caption["lang"]), (&json!("fallback"), &json!("pl")));
            // Half a sentence in the wrong language helps nobody: then it is the source.
            let (shown, in_lang) = match text(english, "fidelity") {
                "verified" => ("text", "en"),
                _ => ("source_text", "zh"),
            };
            assert_eq!(
                (&caption["text"], &caption["text_lang"]),
                (&english[shown], &json!(in_lang)),
                "{english}"
            );
        }
        assert!(pairs().any(|(caption, _)| caption["text_lang"] == "en"), "{english:?}");
    });
}

#[test]
fn a_viewer_may_change_its_language_without_a_new_connection() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut viewer = room.viewer_at("es", "&currency=MXN").await;
        let spanish = viewer.next().await;
        assert_eq!(
            (&spanish["lang"], &spanish["currency"], &spanish["dir"]),
            (&json!("es"), &json!("MXN"), &json!("ltr"))
        );
        room.pin("HY-500").await;
        let pin = viewer.until(is_pin).await.pop().unwrap();
        assert_eq!(pin["card"]["price"]["local"]["currency"], "MXN");

        viewer.say(r#"{"type":"lang","lang":"ar"}"#).await;
        let arabic = viewer.until(is_of("hello")).await.pop().unwrap();
        assert_eq!(
            (&arabic["lang"], &arabic["currency"], &arabic["dir"]),
            (&json!("ar"), &json!("MXN"), &json!("rtl"))
        );
        assert_eq!(arabic["epoch"], spanish["epoch"]);
        let pinned = viewer.until(is_pin).await.pop().unwrap();
        assert_eq!(
            (&pinned["card"]["name"], &pinned["offset"]),
            (&json!("ترمس من الفولاذ المقاوم للصدأ"), &pin["offset"])
        );
        room.unpin().await;
        let unpinned = viewer.next().await;
        assert_eq!(unpinned["action"], "unpin", "and nothing of the other language any more");

        viewer.say(r#"{"type":"lang","lang":"!!"}"#).await;
        assert_eq!(viewer.next().await["type"], "error");
        viewer.say("{").await;
        assert_eq!(viewer.next().await["type"], "error");
    });
}

#[test]
fn without_a_language_the_readers_own_is_taken() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let url = format!("ws://{}/v1/rooms/{}/live", room.address, room.name);
        for (accepts, lang) in [("ru-RU,ru;q=0.9,en;q=0.5", "ru"), ("xx", "en"), ("vi", "vi")] {
            let mut request = url.as_str().into_client_request().unwrap();
            request.headers_mut().insert("accept-language", accepts.parse().unwrap());
            assert_eq!(Peer::open(request).await.next().await["lang"], lang, "{accepts}");
        }
        assert_eq!(
            room.viewer("es-MX").await.next().await["lang"],
            "es",
            "a region's language is the language"
        );
    });
}

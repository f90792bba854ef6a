//! Nobody speaks: nothing is written. With sounds made here, and the recorded ones where they are at hand.

use std::path::Path;

use futures_util::{StreamExt, stream};

use crate::gateway::{self, Gateway, Room};
use crate::show::{is_card, is_final, is_final_result};
use crate::sound::{nobody_speaks, wav};

/// Recorded noise and music; not part of the project, since its licences do not allow that.
const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/audio/real");
/// Multiple of real time: the recordings last six minutes.
const SPEED: f64 = 6.0;
/// One thread judges voice activity for all rooms, at 3 % of a core for each at real time.
const AT_ONCE: usize = 4;

#[test]
fn noise_hum_beeps_and_silence_give_no_caption() {
    gateway::run(async {
        let gateway =
            Gateway::start("auth = \"off\"\n[transcribe]\nhosts = 48\n[limits]\naudio_speed = 10.0").await;
        let mut clips: Vec<(String, Vec<i16>)> =
            nobody_speaks(8).into_iter().map(|(name, samples)| (name.to_owned(), samples)).collect();
        for folder in ["noise", "nospeech"] {
            for entry in std::fs::read_dir(Path::new(RECORDED).join(folder)).into_iter().flatten() {
                let path = entry.unwrap().path();
                // Somebody sings words there, and Silero hears a voice. Mostly the guard keeps the song off the screen,
                // but a host must never be dropped for the sake of it.
                if path.to_string_lossy().contains("singing") {
                    continue;
                }
                clips.push((path.display().to_string(), wav(&path)));
            }
        }
        let heard = stream::iter(&clips).map(|(name, samples)| captions(gateway.room(), name, samples));
        let wrong = heard.buffer_unordered(AT_ONCE).concat().await;
        assert!(wrong.is_empty(), "in {} clips was heard: {wrong:#?}", clips.len());
    });
}

/// What viewers and host read of a clip and keep.
async fn captions(room: Room, name: &str, samples: &[i16]) -> Vec<String> {
    let mut viewer = room.viewer("zh").await;
    viewer.next().await;
    let mut host = room.speaker().await;
    host.speak_at(samples, SPEED).await;
    host.say(r#"{"type":"CloseStream"}"#).await;
    let (told, code) = host.rest().await;
    assert_eq!(code, Some(1000), "{name}");
    // Everything that was published before is read when this has come. A partial of a song may show and go again.
    room.pin("HY-500").await;
    let seen = viewer.until(is_card).await;
    let captions = seen.iter().filter(|m| is_final(m)).chain(told.iter().filter(|m| is_final_result(m)));
    captions.map(|caption| format!("{name}: {caption}")).collect()
}

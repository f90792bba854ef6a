//! What is in the files, read with the decoder that hosts' sound is read with.

use std::path::Path;

use super::*;
use crate::decode::Decoder;
use crate::domain::{AudioFormat, Encoding};
use crate::record::Record;

const RATE: usize = SAMPLE_RATE as usize;

/// Two real sentences of the tour, 13 s.
fn speech() -> Vec<f32> {
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/tour-zh.wav")).unwrap();
    let data = file.windows(4).position(|w| w == b"data").unwrap() + 8;
    let samples =
        file[data..].chunks_exact(2).map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0);
    samples.skip(15 * RATE).take(13 * RATE + 77).collect()
}

fn decoded(path: &Path) -> Vec<f32> {
    let format = AudioFormat { encoding: Encoding::Container, sample_rate: 0, channels: 0 };
    let mut decoder = Decoder::new(format).unwrap();
    let samples = decoder.push(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(decoder.skipped_packets(), 0);
    samples
}

/// 1: the same but for loudness; 0: nothing to do with each other.
fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let length = a.len().min(b.len());
    let (a, b) = (&a[..length], &b[..length]);
    let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    sum(a, b) / (sum(a, a) * sum(b, b)).sqrt()
}

fn names() -> (RoomId, Epoch) {
    (RoomId::parse("demo").unwrap(), Epoch::parse("k3f9").unwrap())
}

/// As a host sends it, in pieces of 100 ms.
fn keep(tape: &Tape, epoch: &Epoch, from: usize, samples: &[f32]) {
    for (n, piece) in samples.chunks(RATE / 10).enumerate() {
        tape.keep(epoch, (from + n * RATE / 10) as u64, piece);
    }
}

#[tokio::test]
async fn what_is_kept_is_what_was_heard_to_the_sample() {
    let (record, (room, epoch)) = (Record::temporary().unwrap(), names());
    let tape = record.tape(&room).unwrap().unwrap();
    let said = speech();
    keep(&tape, &epoch, 0, &said[..9 * RATE]);
    tape.settled().await;
    keep(&tape, &epoch, 9 * RATE, &said[9 * RATE..]);
    tape.end();
    tape.settled().await;
    let parts = record.audio(&room, &epoch).await.unwrap();
    assert_eq!(parts.len(), 1);
    assert_eq!((parts[0].start_ms, parts[0].duration_ms), (0, said.len() as u64 / 16));
    let heard = decoded(&parts[0].path);
    assert_eq!(heard.len(), said.len());
    assert!(correlation(&heard, &said) > 0.9, "{}", correlation(&heard, &said));
    // One sample further it fits less: there is no delay.
    for shift in [16, 160] {
        assert!(correlation(&heard[shift..], &said) < correlation(&heard, &said));
    }
    assert_eq!(tape.lost_ever_ms(), 0);
    // 24 kbit/s, and the headers.
    assert!(parts[0].bytes < 13 * 3_200 + 500, "{}", parts[0].bytes);
}

#[tokio::test]
async fn what_finds_no_room_is_silence_that_is_counted_and_what_follows_keeps_its_time() {
    let (record, (room, epoch)) = (Record::temporary().unwrap(), names());
    let tape = record.tape(&room).unwrap().unwrap();
    let said = speech();
    keep(&tape, &epoch, 0, &said[..2 * RATE]);
    tape.settled().await;
    // More at once than may wait.
    tape.keep(&epoch, 2 * RATE as u64, &vec![0.5; WAITING + 1]);
    let behind = 2 * RATE + WAITING + 1;
    keep(&tape, &epoch, behind, &said[2 * RATE..6 * RATE]);
    tape.stop().await;
    assert_eq!(tape.lost_ms(), 10_000);
    let parts = record.audio(&room, &epoch).await.unwrap();
    let heard = decoded(&parts[0].path);
    assert_eq!((parts.len(), heard.len()), (1, behind + 4 * RATE));
    let quiet = &heard[2 * RATE + 800..behind - 800];
    assert!(quiet.iter().all(|sample| sample.abs() < 0.01), "nothing is made up");
    assert!(correlation(&heard[behind..], &said[2 * RATE..6 * RATE]) > 0.9);
}

#[tokio::test]
async fn a_host_who_was_away_for_long_goes_on_in_a_further_file() {
    let (record, (room, epoch)) = (Record::temporary().unwrap(), names());
    let tape = record.tape(&room).unwrap().unwrap();
    let said = speech();
    let later = 3 * RATE + LONGEST_GAP as usize + 1;
    keep(&tape, &epoch, 0, &said[..3 * RATE]);
    tape.settled().await;
    keep(&tape, &epoch, later, &said[..2 * RATE]);
    tape.stop().await;
    let parts = record.audio(&room, &epoch).await.unwrap();
    let lengths: Vec<_> = parts.iter().map(|part| (part.start_ms, part.duration_ms)).collect();
    assert_eq!(lengths, [(0, 3_000), (later as u64 / 16, 2_000)]);
    assert_eq!(tape.lost_ever_ms(), 0, "nothing was said meanwhile");
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_a_good_one_and_the_show_goes_on_beside_it() {
    let (record, (room, epoch)) = (Record::temporary().unwrap(), names());
    let tape = record.tape(&room).unwrap().unwrap();
    let said = speech();
    keep(&tape, &epoch, 0, &said[..5 * RATE]);
    tape.settled().await;
    // As the process that dies leaves it, and the last page torn.
    let cut = &record.audio(&room, &epoch).await.unwrap()[0];
    assert_eq!(cut.duration_ms, 4_993, "all but what the encoder still held (6.5 ms)");
    let bytes = std::fs::read(&cut.path).unwrap();
    std::fs::write(&cut.path, &bytes[..bytes.len() - 100]).unwrap();
    std::mem::forget(tape);
    let tape = record.tape(&room).unwrap().unwrap();
    keep(&tape, &epoch, 5 * RATE, &said[5 * RATE..8 * RATE]);
    tape.stop().await;
    let parts = record.audio(&room, &epoch).await.unwrap();
    let lengths: Vec<_> = parts.iter().map(|part| (part.start_ms, part.duration_ms)).collect();
    assert_eq!(lengths, [(0, 3_993), (5_000, 3_000)]);
    assert!(correlation(&decoded(&parts[0].path)[..3 * RATE], &said) > 0.9);
}

#[tokio::test]
async fn sound_goes_when_it_is_old_or_its_show_is_gone_and_never_that_of_a_show_that_is_on() {
    let (record, (room, epoch)) = (Record::temporary().unwrap(), names());
    let shows = ["old", "young", "orphan", "k3f9"].map(|name| Epoch::parse(name).unwrap());
    let now = std::time::SystemTime::now();
    let day = Duration::from_secs(86_400);
    let age = |show: &Epoch, days: u32| {
        let folder = record.folder.as_ref().unwrap().join("audio/demo").join(show.as_str());
        for path in [&folder, &folder.join("0000000000.opus")] {
            std::fs::File::open(path).unwrap().set_modified(now - day * days).unwrap();
        }
    };
    let lang = crate::domain::Lang::parse("zh").unwrap();
    let tape = record.tape(&room).unwrap().unwrap();
    for show in &shows {
        tape.keep(show, 0, &[0.1; RATE]);
        if show.as_str() != "orphan" {
            let head = crate::domain::ShowHead {
                epoch: show.clone(),
                made_ms: 0,
                zero_ms: None,
                ended_ms: None,
                source_lang: lang.clone(),
            };
            record.keep_events(&room, head, Vec::new()).await.unwrap();
        }
    }
    tape.stop().await;
    for (show, days) in shows.iter().zip([31, 29, 2, 40]) {
        age(show, days);
    }
    let left = async || {
        let mut left = Vec::new();
        for show in &shows {
            left.push(record.audio(&room, show).await.unwrap().len());
        }
        left
    };
    // The last show is on; the orphan is one that the record cannot be told of yet.
    let present =
        |is_on| [((room.clone(), epoch.clone()), is_on), ((room.clone(), shows[2].clone()), false)].into();
    assert_eq!(record.delete_old_audio(day * 30, now, &present(true)).await.unwrap(), 1);
    assert_eq!(left().await, [0, 1, 1, 1]);
    // It has ended, and no other host has come: it is as old as it is.
    let mut ended = present(false);
    ended.remove(&(room.clone(), shows[2].clone()));
    assert_eq!(record.delete_old_audio(day * 30, now, &ended).await.unwrap(), 2);
    assert_eq!(left().await, [0, 1, 0, 0]);
    // The one that is left is too old in time.
    assert_eq!(record.delete_old_audio(day * 30, now + day, &ended).await.unwrap(), 0);
    assert_eq!(record.delete_old_audio(day * 30, now + day * 2, &ended).await.unwrap(), 1);
}

#[tokio::test]
async fn sound_goes_with_its_show() {
    let (record, (room, epoch)) = (Record::temporary().unwrap(), names());
    let tape = record.tape(&room).unwrap().unwrap();
    tape.keep(&epoch, 0, &[0.1; RATE]);
    tape.stop().await;
    let source_lang = crate::domain::Lang::parse("zh").unwrap();
    let head = crate::domain::ShowHead {
        epoch: epoch.clone(),
        made_ms: 0,
        zero_ms: None,
        ended_ms: None,
        source_lang,
    };
    record.keep_events(&room, head, Vec::new()).await.unwrap();
    assert_eq!(record.audio(&room, &epoch).await.unwrap().len(), 1);
    assert!(record.delete_show(&room, &epoch).await.unwrap());
    assert!(record.audio(&room, &epoch).await.unwrap().is_empty());
}

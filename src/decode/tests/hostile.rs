//! Whatever a stranger sends: an error or samples, never a panic, never more memory.

use super::*;

/// Bytes that a decoder may keep between two messages: a page, and an unfinished packet.
const MOST_KEPT: usize = 2 * (64 * 1024 + 512);

fn feed(random: &mut Random, bytes: &[u8]) -> Result<(), DecodeError> {
    let mut decoder = Decoder::new(CONTAINER).unwrap();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (message, after) = rest.split_at((1 + random.below(3000)).min(rest.len()));
        rest = after;
        let samples = decoder.push(message)?;
        assert!(samples.iter().all(|sample| (-1.1..=1.1).contains(sample)));
        assert!(decoder.kept() <= MOST_KEPT, "{} bytes are kept", decoder.kept());
    }
    decoder.finish();
    Ok(())
}

#[test]
fn random_bytes_are_refused_within_64_kib() {
    let mut random = Random(1);
    for magic in [&b""[..], b"OggS", b"OggS\0", b"\x1A\x45\xDF\xA3", b"RIFF1234WAVE"] {
        for _ in 0..5 {
            let garbage = [magic, &random.bytes(64 * 1024)].concat();
            assert!(feed(&mut random, &garbage).is_err(), "{magic:?}");
        }
    }
}

#[test]
fn damaged_files_never_panic_and_never_grow() {
    let mut random = Random(2);
    for bytes in [SPEECH_OGG, TONE_CHROMIUM, TONE_VIDEO, VORBIS_OGG, &TONE_44K1[..3000], &TONE_24BIT[..3000]]
    {
        for _ in 0..30 {
            let mut damaged = bytes.to_vec();
            for _ in 0..=random.below(8) {
                // Half of the damage in the headers, where lengths are.
                let end = if random.below(2) == 0 { damaged.len() } else { damaged.len().min(500) };
                let at = random.below(end);
                match random.below(4) {
                    0 => damaged[at] ^= 1 << random.below(8),
                    1 => damaged[at] = 0xFF,
                    2 => drop(damaged.drain(at..(at + 1 + random.below(40)).min(bytes.len() / 2).max(at))),
                    _ => {
                        let inserted = random.bytes(4);
                        damaged.splice(at..at, inserted);
                    }
                }
            }
            let _ = feed(&mut random, &damaged);
        }
    }
}

#[test]
fn damaged_opus_packets_never_panic() {
    // In WebM no checksum keeps them from libopus.
    let mut random = Random(3);
    for _ in 0..60 {
        let mut damaged = SPEECH_WEBM.to_vec();
        for _ in 0..50 {
            let at = 450 + random.below(damaged.len() - 450);
            damaged[at] = random.bytes(1)[0];
        }
        let _ = feed(&mut random, &damaged);
    }
}

#[test]
fn lengths_that_a_header_claims_allocate_nothing() {
    let huge_webm = b"\x1A\x45\xDF\xA3\x01\0\0\0\x7F\xFF\xFF\xFF\x42\x82\x08\x7F\xFF\xFF\xFF\xFF\xFF\xFF";
    let huge_wav = b"RIFF\xFF\xFF\xFF\xFFWAVEfmt \xFF\xFF\xFF\xFF";
    let huge_ogg = [b"OggS\0\x02".as_slice(), &[0; 20], &[255], &[255; 255]].concat();
    for bytes in [huge_webm.as_slice(), huge_wav, &huge_ogg] {
        let mut decoder = Decoder::new(CONTAINER).unwrap();
        let _ = decoder.push(bytes);
        assert!(decoder.kept() <= 1024);
    }
}

#[test]
fn an_error_comes_after_the_samples_before_it_and_stays() {
    // A laced block of audio that cannot be: 64 KiB.
    let stream = [TONE_CHROMIUM, b"\xA3\x21\0\x01\x81\0\0\x80\0\0\0\0\0\0\0\0"].concat();
    let (samples, error) = decode_in(CONTAINER, &stream, stream.len());
    assert!(samples == decode(CONTAINER, TONE_CHROMIUM));
    assert_eq!(error, Some(DecodeError::Broken("a WebM block of audio is longer than 64 KiB")));
    let mut decoder = Decoder::new(CONTAINER).unwrap();
    assert!(decoder.push(b"MThd not audio").is_err());
    assert!(decoder.push(SPEECH_OGG).is_err());
}

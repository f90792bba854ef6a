//! The decoder from outside: real files, any split, hostile bytes.

mod files;
mod hostile;
mod links;

use super::{DecodeError, Decoder};
use crate::domain::audio::{AudioFormat, Encoding};

const SPEECH_WAV: &[u8] = include_bytes!("../../../tests/data/speech-16k.wav");
const SPEECH_OGG: &[u8] = include_bytes!("../../../tests/data/speech.ogg");
const SPEECH_WEBM: &[u8] = include_bytes!("../../../tests/data/speech.webm");
const TONE_OGG: &[u8] = include_bytes!("../../../tests/data/tone-1k.ogg");
const TONE_CHROMIUM: &[u8] = include_bytes!("../../../tests/data/chromium-mediarecorder-tone-1k.webm");
const TONE_VIDEO: &[u8] = include_bytes!("../../../tests/data/tone-1k-with-video.webm");
const TONE_44K1: &[u8] = include_bytes!("../../../tests/data/tone-440-44k1-stereo.wav");
const TONE_24BIT: &[u8] = include_bytes!("../../../tests/data/tone-440-24bit.wav");
const TONE_FLOAT: &[u8] = include_bytes!("../../../tests/data/tone-440-float.wav");
const VORBIS_OGG: &[u8] = include_bytes!("../../../tests/data/vorbis.ogg");
const VORBIS_WEBM: &[u8] = include_bytes!("../../../tests/data/vorbis.webm");

const CONTAINER: AudioFormat = AudioFormat { encoding: Encoding::Container, sample_rate: 0, channels: 0 };

fn linear16(sample_rate: u32, channels: u16) -> AudioFormat {
    AudioFormat { encoding: Encoding::Linear16, sample_rate, channels }
}

/// All samples of `bytes` pushed in messages of `size`; the error, if one came, behind what came first.
fn decode_in(format: AudioFormat, bytes: &[u8], size: usize) -> (Vec<f32>, Option<DecodeError>) {
    let mut decoder = Decoder::new(format).unwrap();
    let mut samples = Vec::new();
    // An error may come one push late, so an empty message follows.
    for message in bytes.chunks(size).chain([&[] as &[u8]]) {
        match decoder.push(message) {
            Ok(more) => samples.extend(more),
            Err(error) => return (samples, Some(error)),
        }
    }
    samples.extend(decoder.finish());
    (samples, None)
}

fn decode(format: AudioFormat, bytes: &[u8]) -> Vec<f32> {
    let (samples, error) = decode_in(format, bytes, bytes.len().max(1));
    assert_eq!(error, None);
    samples
}

fn refusal(format: AudioFormat, bytes: &[u8]) -> DecodeError {
    decode_in(format, bytes, 4096).1.expect("the stream is refused")
}

/// xorshift64*, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % bound
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next().to_le_bytes()[7]).collect()
    }
}

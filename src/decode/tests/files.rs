use super::*;

/// Share of the power of `samples` that is at `frequency` (Hz), by one bin of a Fourier transform.
fn share_at(samples: &[f32], frequency: f32) -> f32 {
    let (mut re, mut im, mut power) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let phase = std::f32::consts::TAU * frequency * n as f32 / 16_000.0;
        re += sample * phase.cos();
        im += sample * phase.sin();
        power += sample * sample;
    }
    2.0 * (re * re + im * im) / (power * samples.len() as f32)
}

/// Normalised correlation of `a` with `b` moved by `lag` samples.
fn correlation(a: &[f32], b: &[f32], lag: usize) -> f32 {
    let b = &b[lag..];
    let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
    let len = a.len().min(b.len());
    dot(a, b) / (dot(&a[..len], &a[..len]) * dot(&b[..len], &b[..len])).sqrt()
}

fn assert_tone(bytes: &[u8], frequency: f32, seconds: f32) {
    let samples = decode(CONTAINER, bytes);
    let duration = samples.len() as f32 / 16_000.0;
    assert!((duration - seconds).abs() < 0.001, "{duration} s instead of {seconds} s");
    // Not the fade-in of a codec's first frames.
    let share = share_at(&samples[800..samples.len() - 400], frequency);
    assert!(share > 0.97, "{share} of the power is at {frequency} Hz");
}

#[test]
fn wav_44k1_stereo() {
    assert_tone(TONE_44K1, 440.0, 0.25);
}

#[test]
fn wav_24_bit_extensible() {
    assert_tone(TONE_24BIT, 440.0, 0.3);
}

#[test]
fn wav_float() {
    assert_tone(TONE_FLOAT, 440.0, 0.3);
}

#[test]
fn ogg_opus_ends_where_its_granule_position_says() {
    assert_tone(TONE_OGG, 1000.0, 1.0);
}

#[test]
fn webm_of_chromiums_media_recorder_with_unknown_sizes() {
    let samples = decode(CONTAINER, TONE_CHROMIUM);
    let seconds = samples.len() as f32 / 16_000.0;
    assert!((1.4..1.6).contains(&seconds), "{seconds} s were recorded");
    assert!(share_at(&samples[1600..samples.len() - 1600], 1000.0) > 0.97);
}

#[test]
fn video_beside_the_audio_is_passed_over() {
    let samples = decode(CONTAINER, TONE_VIDEO);
    assert!((7800..8800).contains(&samples.len()), "{} samples", samples.len());
    assert!(share_at(&samples[1600..7000], 1000.0) > 0.97);
}

#[test]
fn speech_keeps_its_place_in_time() {
    let original = decode(CONTAINER, SPEECH_WAV);
    assert_eq!(original.len(), 28_800);
    for (name, bytes) in [("ogg", SPEECH_OGG), ("webm", SPEECH_WEBM)] {
        let decoded = decode(CONTAINER, bytes);
        assert!(decoded.len().abs_diff(28_800) <= 320, "{name}: {} samples", decoded.len());
        let best = (0..24)
            .flat_map(|lag| {
                [
                    (lag, correlation(&original, &decoded, lag as usize)),
                    (-lag, correlation(&decoded, &original, lag as usize)),
                ]
            })
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap();
        assert!(
            best.1 > 0.9 && i32::abs(best.0) <= 8,
            "{name}: lag {} samples, correlation {}",
            best.0,
            best.1
        );
    }
}

#[test]
fn any_split_gives_the_same_samples() {
    let pcm = &SPEECH_WAV[44..12_045];
    let cases = [
        ("wav", CONTAINER, SPEECH_WAV),
        ("44.1 kHz", CONTAINER, TONE_44K1),
        ("24 bit", CONTAINER, TONE_24BIT),
        ("float", CONTAINER, TONE_FLOAT),
        ("ogg", CONTAINER, SPEECH_OGG),
        ("webm", CONTAINER, SPEECH_WEBM),
        ("chromium", CONTAINER, TONE_CHROMIUM),
        ("video", CONTAINER, TONE_VIDEO),
        ("pcm", linear16(16_000, 1), pcm),
        ("pcm 22.05 kHz stereo", linear16(22_050, 2), pcm),
    ];
    for (name, format, bytes) in cases {
        let whole = decode(format, bytes);
        assert!(whole.len() > 2000, "{name}");
        for size in [1, 7, 4096] {
            assert!(decode_in(format, bytes, size).0 == whole, "{name} in messages of {size} bytes");
        }
    }
}

#[test]
fn pcm_at_16_khz_is_taken_as_it_is() {
    let samples = decode(linear16(16_000, 1), &[0x00, 0x40, 0x00, 0xC0, 0xFF]);
    assert_eq!(samples, [0.5, -0.5]);
}

#[test]
fn channels_are_averaged() {
    let samples = decode(linear16(16_000, 2), &[0x00, 0x40, 0x00, 0x00, 0x00, 0x40, 0x00, 0xC0]);
    assert_eq!(samples, [0.25, 0.0]);
}

#[test]
fn a_header_is_not_audio_even_when_pcm_was_announced() {
    for bytes in [SPEECH_WAV, SPEECH_OGG, SPEECH_WEBM] {
        assert!(decode(linear16(48_000, 2), bytes) == decode(CONTAINER, bytes));
    }
}

#[test]
fn pcm_that_only_begins_like_a_header_is_audio() {
    assert_eq!(decode(linear16(16_000, 1), b"RIFF").len(), 2);
    assert_eq!(decode(linear16(16_000, 1), b"RIFF1234AVI 5678").len(), 8);
}

#[test]
fn a_wav_without_a_true_size_goes_on_until_the_end() {
    let whole = decode(CONTAINER, SPEECH_WAV);
    for size in [0u32, u32::MAX, 1000] {
        let mut streamed = SPEECH_WAV.to_vec();
        streamed[40..44].copy_from_slice(&size.to_le_bytes());
        assert!(decode(CONTAINER, &streamed) == whole, "size {size}");
    }
}

#[test]
fn chunks_around_a_wavs_audio_are_not_heard() {
    let whole = decode(CONTAINER, SPEECH_WAV);
    let list = b"LIST\x06\0\0\0INFOab";
    let around = [&SPEECH_WAV[..12], list, &SPEECH_WAV[12..], list].concat();
    assert!(decode(CONTAINER, &around) == whole);
}

#[test]
fn what_is_not_supported_is_named() {
    for (bytes, name) in [
        (VORBIS_OGG, "Vorbis in Ogg"),
        (VORBIS_WEBM, "codec A_VORBIS"),
        (b"fLaC\0\0\0\x22\0\0\0\0", "FLAC"),
        (b"\0\0\0\x20ftypisom", "MP4"),
        (b"RIFF1234AVI ", "RIFF other than WAVE"),
    ] {
        let error = refusal(CONTAINER, bytes);
        assert_eq!(error.to_string(), format!("{name} is not supported"));
        assert_eq!(error.code(), "unsupported_audio");
    }
}

#[test]
fn rates_and_channels_out_of_range_are_refused_at_once() {
    for (rate, channels) in [(7_999, 1), (192_001, 1), (0, 1), (16_000, 0), (16_000, 9)] {
        let error = Decoder::new(linear16(rate, channels)).err().expect("refused");
        assert_eq!(error.code(), "unsupported_audio");
    }
    assert!(Decoder::new(linear16(8_000, 8)).is_ok());
    assert!(Decoder::new(linear16(192_000, 1)).is_ok());
}

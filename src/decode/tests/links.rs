//! Ogg streams made page by page: chains, broken packets, other headers.

use super::*;
use crate::ogg::checksum;

/// A page with whole packets of less than 255 bytes.
fn page(flags: u8, serial: u32, granule: u64, packets: &[&[u8]]) -> Vec<u8> {
    let lacing: Vec<u8> = packets.iter().map(|packet| u8::try_from(packet.len()).unwrap()).collect();
    raw_page(flags, serial, granule, &lacing, &packets.concat())
}

fn raw_page(flags: u8, serial: u32, granule: u64, lacing: &[u8], body: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend(granule.to_le_bytes());
    page.extend(serial.to_le_bytes());
    page.extend([0; 8]);
    page.push(u8::try_from(lacing.len()).unwrap());
    page.extend(lacing);
    page.extend(body);
    let crc = checksum(&page);
    page[22..26].copy_from_slice(&crc.to_le_bytes());
    page
}

fn opus_headers(serial: u32, channels: u8, family: u8) -> Vec<u8> {
    let mut head = b"OpusHead\x01\0\0\0\0\0\0\0\0\0\0".to_vec();
    head[9] = channels;
    head[18] = family;
    [page(2, serial, 0, &[&head]), page(0, serial, 0, &[b"OpusTags\0\0\0\0\0\0\0\0"])].concat()
}

/// SILK at 8 kHz, 20 ms, without content: silence.
const SILENCE: &[u8] = &[0x08];
/// Three frames of differing lengths that are not there.
const BROKEN: &[u8] = &[0x0B, 0x83];

#[test]
fn a_chained_stream_starts_again_cleanly() {
    let once = decode(CONTAINER, TONE_OGG);
    let twice = decode(CONTAINER, &[TONE_OGG, TONE_OGG].concat());
    assert!(twice == [once.clone(), once].concat());
}

#[test]
fn a_recorder_that_starts_again_on_the_same_socket_is_followed() {
    let once = decode(CONTAINER, TONE_CHROMIUM);
    let twice = decode(CONTAINER, &[TONE_CHROMIUM, TONE_CHROMIUM].concat());
    assert!(twice == [once.clone(), once].concat());
}

#[test]
fn a_broken_packet_is_counted_and_its_time_kept() {
    let mut decoder = Decoder::new(CONTAINER).unwrap();
    decoder.push(&opus_headers(7, 1, 0)).unwrap();
    let samples = decoder.push(&page(0, 7, 2880, &[SILENCE, BROKEN, SILENCE])).unwrap();
    assert_eq!(samples.len(), 3 * 320);
    assert_eq!(decoder.skipped_packets(), 1);
}

#[test]
fn a_page_with_a_wrong_checksum_is_passed_over() {
    let good = page(0, 7, 960, &[SILENCE]);
    let mut bad = good.clone();
    bad[6] ^= 1;
    let samples = decode(CONTAINER, &[opus_headers(7, 1, 0), good.clone(), bad, good].concat());
    assert_eq!(samples.len(), 2 * 320);
}

#[test]
fn fifty_broken_packets_in_a_row_end_the_stream() {
    let stream = |count| [opus_headers(7, 1, 0), page(0, 7, 0, &vec![BROKEN; count])].concat();
    assert_eq!(decode(CONTAINER, &stream(49)).len(), 0);
    assert_eq!(refusal(CONTAINER, &stream(50)).code(), "bad_audio");
}

#[test]
fn a_packet_over_two_pages_is_put_together() {
    let (_, audio) = SPEECH_OGG.split_at(SPEECH_OGG.windows(8).position(|w| w == b"OpusTags").unwrap());
    let packet = &audio[audio.len() - 400..];
    let joined = [0x78].iter().chain(packet).copied().collect::<Vec<u8>>();
    let one = raw_page(0, 7, 960, &[255, 146], &joined);
    let two = [raw_page(0, 7, u64::MAX, &[255], &joined[..255]), raw_page(1, 7, 960, &[146], &joined[255..])]
        .concat();
    let whole = decode(CONTAINER, &[opus_headers(7, 1, 0), one].concat());
    assert_eq!(whole.len(), 320);
    assert!(decode(CONTAINER, &[opus_headers(7, 1, 0), two].concat()) == whole);
}

#[test]
fn another_stream_beside_opus_is_ignored() {
    let other = page(2, 9, 0, &[b"\x80theora"]);
    let between = page(0, 9, 5, &[b"not opus"]);
    let bytes = [other, opus_headers(7, 1, 0), between, page(0, 7, 960, &[SILENCE])].concat();
    assert_eq!(decode(CONTAINER, &bytes).len(), 320);
}

#[test]
fn surround_is_refused() {
    for family in [1, 255] {
        let error = refusal(CONTAINER, &opus_headers(7, 6, family));
        assert_eq!(error.code(), "unsupported_audio");
    }
}

#[test]
fn a_packet_that_never_ends_is_refused() {
    let endless = raw_page(1, 7, u64::MAX, &[255; 255], &[0; 255 * 255]);
    let start = raw_page(0, 7, u64::MAX, &[255; 255], &[0; 255 * 255]);
    let error = refusal(CONTAINER, &[opus_headers(7, 1, 0), start, endless].concat());
    assert_eq!(error, DecodeError::Broken("an Ogg packet is longer than 64 KiB"));
}

#[test]
fn tiny_packets_cannot_become_hours_of_audio() {
    // 60 ms of silence a byte: 10 pages hold 153 s, 20 of them 306 s.
    let sixty_ms: &[u8] = &[0x18];
    let ten: Vec<u8> = (0..10).flat_map(|_| page(0, 7, u64::MAX, &[sixty_ms; 255])).collect();
    let mut decoder = Decoder::new(CONTAINER).unwrap();
    decoder.push(&opus_headers(7, 1, 0)).unwrap();
    assert_eq!(decoder.push(&ten).unwrap().len(), 2550 * 960);
    let kept = decoder.push(&[ten.clone(), ten].concat()).unwrap();
    assert!(kept.len() <= 300 * 16_000);
    assert_eq!(decoder.push(&[]).unwrap_err().code(), "audio_too_fast");
}

//! What several targets need.

use tradewind::decode::{DecodeError, Decoder};
use tradewind::domain::audio::{AudioFormat, Encoding};

/// Decodes `data` in one push, and again cut where its first byte says. What comes out must not depend on the cut.
pub fn decode(data: &[u8]) {
    let Some((&cut, data)) = data.split_first() else { return };
    let whole = samples(&[data]);
    let (one, other) = data.split_at(usize::from(cut).min(data.len()));
    let parts = samples(&[one, other]);
    // What came before an error is handed out by pieces, in one piece it is lost with it.
    if let (Ok(whole), Ok(parts)) = (whole, parts) {
        assert_eq!(whole.len(), parts.len(), "samples depend on the cut");
        assert!(whole.iter().all(|sample| sample.is_finite() && sample.abs() <= 1.0), "a sample that is no sound");
    }
}

fn samples(pushes: &[&[u8]]) -> Result<Vec<f32>, DecodeError> {
    let mut decoder = Decoder::new(AudioFormat { encoding: Encoding::Container, sample_rate: 16_000, channels: 1 })?;
    let mut samples = Vec::new();
    for bytes in pushes {
        samples.extend(decoder.push(bytes)?);
    }
    samples.extend(decoder.finish());
    Ok(samples)
}

/// A page of an Ogg stream. `lacing` has a byte for each 255 bytes of `body` (RFC 3533, section 6).
pub fn ogg_page(flags: u8, granule: u64, sequence: u32, lacing: &[u8], body: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend(granule.to_le_bytes());
    page.extend(1_u32.to_le_bytes());
    page.extend(sequence.to_le_bytes());
    page.extend([0; 4]);
    page.push(lacing.len() as u8);
    page.extend(lacing);
    page.extend(body);
    with_checksum(&mut page);
    page
}

/// Sets the checksum of each page in `stream`, so that what was changed in it is read at all.
pub fn with_checksums(stream: &[u8]) -> Vec<u8> {
    let mut stream = stream.to_vec();
    let mut at = 0;
    while let Some(start) = stream[at..].windows(4).position(|four| four == b"OggS").map(|found| at + found) {
        let Some(&segments) = stream.get(start + 26) else { break };
        let body = start + 27 + usize::from(segments);
        let Some(lacing) = stream.get(start + 27..body) else { break };
        let end = body + lacing.iter().map(|&part| usize::from(part)).sum::<usize>();
        let Some(page) = stream.get_mut(start..end) else { break };
        with_checksum(page);
        at = end;
    }
    stream
}

/// CRC-32 with polynomial 0x04C11DB7, not reflected, over the page with zeros in the checksum's place (RFC 3533, section 6).
fn with_checksum(page: &mut [u8]) {
    page[22..26].fill(0);
    let crc = page.iter().fold(0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 24, |crc, _| crc << 1 ^ if crc >> 31 == 1 { 0x04C1_1DB7 } else { 0 })
    });
    page[22..26].copy_from_slice(&crc.to_le_bytes());
}

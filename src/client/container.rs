//! When each byte of a container was spoken, so that a file can be sent at the pace of a live recorder.
//!
//! Nothing is decoded: Ogg pages carry granule positions, WebM blocks carry timecodes, and between two of
//! them the bytes are spread evenly.

use super::webm;

/// The clock of a container's bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TimeMap {
    /// (bytes up to and with this unit, seconds at which its last sample was spoken), both rising.
    pub points: Vec<(usize, f64)>,
    /// Bytes in front of the first audio; a fresh connection must get them first.
    pub header_len: usize,
    /// Offsets at which a decoder that knows the header can start: Ogg pages, WebM clusters.
    pub entries: Vec<usize>,
}

impl TimeMap {
    /// Reads Ogg Opus or WebM; `None` if it is neither or holds no audio.
    pub fn read(file: &[u8]) -> Option<Self> {
        let map = match file {
            [b'O', b'g', b'g', b'S', ..] => ogg(file)?,
            [0x1A, 0x45, 0xDF, 0xA3, ..] => webm::time_map(file)?,
            _ => return None,
        };
        (!map.points.is_empty()).then_some(map)
    }

    /// Seconds that the file lasts.
    pub fn total(&self) -> f64 {
        self.points.last().map_or(0.0, |p| p.1)
    }

    /// Bytes that a live recorder would have given out `seconds` after it started.
    pub fn bytes_by(&self, seconds: f64) -> usize {
        let next = self.points.partition_point(|p| p.1 <= seconds);
        let (from, since) = if next == 0 { (self.header_len, 0.0) } else { self.points[next - 1] };
        let Some(&(to, until)) = self.points.get(next) else { return from };
        let part = ((seconds - since) / (until - since)).clamp(0.0, 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a part of a page's length, far below 2^52"
        )]
        let more = (part * (to.saturating_sub(from)) as f64) as usize;
        from + more
    }
}

/// Ogg pages (RFC 3533) with Opus in them (RFC 7845: granules count 48 kHz samples, pre-skip included).
fn ogg(file: &[u8]) -> Option<TimeMap> {
    const OPUS_RATE: f64 = 48_000.0;
    let mut map = TimeMap::default();
    let mut pre_skip = None;
    let mut at = 0;
    while let Some(page) = file.get(at..).filter(|rest| rest.len() >= 27 && rest.starts_with(b"OggS")) {
        let granule = i64::from_le_bytes(page[6..14].try_into().ok()?);
        let segments = usize::from(page[26]);
        let body_at = 27 + segments;
        let body_len: usize = page.get(27..body_at)?.iter().map(|len| usize::from(*len)).sum();
        let body = &page[body_at.min(page.len())..];
        if body.starts_with(b"OpusHead") && body.len() >= 12 {
            pre_skip = Some(i64::from(u16::from_le_bytes([body[10], body[11]])));
        }
        let end = (at + body_at + body_len).min(file.len());
        // Header pages have granule 0; −1 means that no packet ends on the page.
        if granule == 0 {
            map.header_len = end;
        } else {
            map.entries.push(at);
            if granule > 0 {
                #[expect(clippy::cast_precision_loss, reason = "samples of a recording, far below 2^52")]
                let seconds = (granule - pre_skip?).max(0) as f64 / OPUS_RATE;
                push_rising(&mut map.points, (end, seconds));
            }
        }
        at = end.max(at + 1);
    }
    Some(map)
}

/// Adds a point, or moves the last one on if time did not.
pub fn push_rising(points: &mut Vec<(usize, f64)>, point: (usize, f64)) {
    match points.last_mut() {
        Some(last) if last.1 >= point.1 => last.0 = point.0,
        _ => points.push(point),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// An Ogg page with one packet.
    fn page(granule: i64, body: &[u8]) -> Vec<u8> {
        let mut page = b"OggS\0\0".to_vec();
        page.extend(granule.to_le_bytes());
        page.extend([0; 12]);
        page.push(1);
        page.push(u8::try_from(body.len()).unwrap());
        page.extend(body);
        page
    }

    /// Two header pages, then one page of 100 bytes a second.
    pub fn ogg_file(seconds: i64) -> Vec<u8> {
        let mut file = page(0, b"OpusHead\x01\x01\x38\x01rest");
        file.extend(page(0, b"OpusTags"));
        for second in 1..=seconds {
            file.extend(page(312 + 48_000 * second, &[7; 72]));
        }
        file
    }

    #[test]
    fn ogg_pages_are_paced_by_their_granules() {
        let file = ogg_file(3);
        let map = TimeMap::read(&file).unwrap();
        assert!((map.total() - 3.0).abs() < 1e-9);
        assert_eq!(map.bytes_by(0.0), map.header_len);
        assert_eq!(map.bytes_by(1.5), map.header_len + 150);
        assert_eq!(map.bytes_by(99.0), file.len());
        assert_eq!(map.entries, [0, 1, 2].map(|n| map.header_len + 100 * n));
    }

    #[test]
    fn what_is_no_container_or_is_cut_does_not_break() {
        assert_eq!(TimeMap::read(b"RIFF"), None);
        let file = ogg_file(2);
        for len in 0..file.len() {
            let _ = TimeMap::read(&file[..len]);
        }
    }
}

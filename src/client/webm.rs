//! The few EBML elements of a WebM file that say when its audio was spoken.

use super::container::{TimeMap, push_rising};

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TIMECODE_SCALE: u32 = 0x002A_D7B1;
const CLUSTER: u32 = 0x1F43_B675;
const CLUSTER_TIMECODE: u32 = 0xE7;
const BLOCK_GROUP: u32 = 0xA0;
const BLOCK: u32 = 0xA1;
const SIMPLE_BLOCK: u32 = 0xA3;

/// Length of the last block, whose end no later block tells: an Opus packet.
const LAST_BLOCK_S: f64 = 0.02;

/// Walks the file once. A recorder that streams leaves lengths unknown; their elements are entered anyway,
/// so an unknown length needs no end.
pub fn time_map(file: &[u8]) -> Option<TimeMap> {
    let mut map = TimeMap::default();
    let mut scale_ns = 1_000_000.0;
    let mut cluster_ticks: f64 = 0.0;
    let mut block_at: Option<f64> = None;
    let mut at = 0;
    while let Some((id, len, body)) = element(file, at) {
        let content =
            file.get(body..body.saturating_add(len.unwrap_or(0)).min(file.len())).unwrap_or_default();
        match id {
            SEGMENT | INFO | BLOCK_GROUP => {
                at = body;
                continue;
            }
            CLUSTER => {
                if map.entries.is_empty() {
                    map.header_len = at;
                }
                map.entries.push(at);
                at = body;
                continue;
            }
            TIMECODE_SCALE => scale_ns = unsigned(content),
            CLUSTER_TIMECODE => cluster_ticks = unsigned(content),
            // Track number (one byte for the tracks that a recorder has), then a signed 16-bit offset.
            BLOCK | SIMPLE_BLOCK if content.len() >= 4 => {
                let offset = f64::from(i16::from_be_bytes([content[1], content[2]]));
                let seconds = (cluster_ticks + offset) * scale_ns / 1e9;
                // A block's start is the end of the one before it.
                if block_at.is_some() && seconds > 0.0 {
                    push_rising(&mut map.points, (at, seconds));
                }
                block_at = Some(seconds);
            }
            _ => {}
        }
        // An unknown length outside of the elements that are entered cannot be skipped.
        at = body.checked_add(len?)?;
    }
    let last = block_at?;
    push_rising(&mut map.points, (file.len(), last + LAST_BLOCK_S));
    Some(map)
}

/// The element at `at`: its id, its length (`None`: unknown) and where its content starts.
fn element(file: &[u8], at: usize) -> Option<(u32, Option<usize>, usize)> {
    let first = *file.get(at)?;
    let id_len = first.leading_zeros() as usize + 1;
    if id_len > 4 {
        return None;
    }
    let id = file.get(at..at + id_len)?.iter().fold(0u32, |id, byte| id << 8 | u32::from(*byte));
    let len_at = at + id_len;
    let len_first = *file.get(len_at)?;
    let len_len = len_first.leading_zeros() as usize + 1;
    if len_len > 8 {
        return None;
    }
    let mask = (1u64 << (7 * len_len)) - 1;
    let coded =
        file.get(len_at..len_at + len_len)?.iter().fold(0u64, |len, byte| len << 8 | u64::from(*byte));
    let len = coded & mask;
    let len = if len == mask { None } else { Some(usize::try_from(len).ok()?) };
    Some((id, len, len_at + len_len))
}

fn unsigned(content: &[u8]) -> f64 {
    content.iter().take(8).fold(0.0, |value, byte| value * 256.0 + f64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file as MediaRecorder streams it: Segment and Clusters of unknown length, blocks of 20 ms.
    fn live_file() -> Vec<u8> {
        let unknown = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        let mut file = vec![0x1A, 0x45, 0xDF, 0xA3, 0x81, 0];
        file.extend(SEGMENT.to_be_bytes());
        file.extend(unknown);
        file.extend(INFO.to_be_bytes());
        file.extend([0x87, 0x2A, 0xD7, 0xB1, 0x83, 0x0F, 0x42, 0x40]);
        for cluster in 0..2u8 {
            file.extend(CLUSTER.to_be_bytes());
            file.extend(unknown);
            file.extend([0xE7, 0x81, cluster * 100]);
            for block in 0..5u8 {
                file.extend([0xA3, 0x86, 0x81, 0, block * 20, 0x80, 9, 9]);
            }
        }
        file
    }

    #[test]
    fn webm_blocks_are_paced_by_their_timecodes() {
        let file = live_file();
        let map = super::super::container::TimeMap::read(&file).unwrap();
        assert!((map.total() - 0.2).abs() < 1e-9, "{}", map.total());
        assert_eq!(map.entries.len(), 2);
        assert_eq!(map.header_len, map.entries[0]);
        assert_eq!(map.bytes_by(0.5), file.len());
        let (early, late) = (map.bytes_by(0.05), map.bytes_by(0.15));
        assert!(map.header_len < early && early < map.entries[1] && map.entries[1] < late);
    }

    #[test]
    fn cut_and_lying_files_end_without_a_panic() {
        let file = live_file();
        for len in 4..file.len() {
            let _ = time_map(&file[..len]);
        }
        let mut lying = file;
        lying[5 + 12 + 4] = 0xFE;
        let _ = time_map(&lying);
        let _ = time_map(&[0xA3; 64]);
    }
}

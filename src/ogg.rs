//! Ogg pages (RFC 3533): their checksum, and writing them. What hosts send is read in `decode`, what is kept is written in
//! `record`.
//!
//! Written here rather than with the `ogg` crate: a page is forty lines, and the checksum is needed for reading anyway.

/// Fixed part of a page's header, up to the number of segments.
pub const HEADER: usize = 27;
/// A page has so many segments of 255 bytes at most.
const SEGMENTS: usize = 255;

/// Flags of a page.
pub const FIRST: u8 = 2;
pub const LAST: u8 = 4;

/// Writes one logical stream page by page. Packets are never split over two pages.
#[derive(Debug)]
pub struct PageWriter {
    serial: u32,
    sequence: u32,
    lacing: Vec<u8>,
    body: Vec<u8>,
}

impl PageWriter {
    pub fn new(serial: u32) -> Self {
        Self { serial, sequence: 0, lacing: Vec::new(), body: Vec::new() }
    }

    /// Puts a packet on the present page. False if there is no room: the page has to be ended first.
    #[must_use]
    pub fn add(&mut self, packet: &[u8]) -> bool {
        if self.lacing.len() + packet.len() / 255 + 1 > SEGMENTS {
            return false;
        }
        self.lacing.extend(std::iter::repeat_n(255, packet.len() / 255));
        self.lacing.push((packet.len() % 255) as u8);
        self.body.extend_from_slice(packet);
        true
    }

    pub fn is_empty(&self) -> bool {
        self.lacing.is_empty()
    }

    /// The page as bytes, and an empty one begun behind it. `granule`: the position after its last packet.
    pub fn end_page(&mut self, flags: u8, granule: u64) -> Vec<u8> {
        let mut page = Vec::with_capacity(HEADER + self.lacing.len() + self.body.len());
        page.extend_from_slice(b"OggS\0");
        page.push(flags);
        page.extend_from_slice(&granule.to_le_bytes());
        page.extend_from_slice(&self.serial.to_le_bytes());
        page.extend_from_slice(&self.sequence.to_le_bytes());
        page.extend_from_slice(&[0; 4]);
        page.push(self.lacing.len() as u8);
        page.append(&mut self.lacing);
        page.append(&mut self.body);
        let crc = checksum(&page);
        page[22..26].copy_from_slice(&crc.to_le_bytes());
        self.sequence = self.sequence.wrapping_add(1);
        page
    }

    /// Throws the present page away, and takes back the last one that was ended: it is not in the file.
    pub fn take_back(&mut self) {
        self.lacing.clear();
        self.body.clear();
        self.sequence = self.sequence.wrapping_sub(1);
    }
}

/// The granule position of the last whole page in the end of a file; none where there is none.
pub fn last_granule(tail: &[u8]) -> Option<u64> {
    let starts = (0..tail.len().saturating_sub(HEADER)).rev();
    starts.filter(|at| tail[*at..].starts_with(b"OggS\0")).find_map(|at| {
        let page = &tail[at..];
        let lacing_end = HEADER + usize::from(page[26]);
        let body: usize = page.get(HEADER..lacing_end)?.iter().map(|s| usize::from(*s)).sum();
        let page = page.get(..lacing_end + body)?;
        let stored = u32::from_le_bytes(*page.get(22..)?.first_chunk()?);
        (stored == checksum(page)).then_some(())?;
        Some(u64::from_le_bytes(*page.get(6..)?.first_chunk()?))
    })
}

/// CRC-32 of a page with its own checksum field as zeros: polynomial 0x04C11DB7, not reflected, start 0
/// (RFC 3533, section 6).
pub fn checksum(page: &[u8]) -> u32 {
    page.iter().enumerate().fold(0, |crc: u32, (at, byte)| {
        let byte = if (22..26).contains(&at) { 0 } else { *byte };
        crc << 8 ^ CRC[((crc >> 24) as u8 ^ byte) as usize]
    })
}

const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut n = 0u8;
    loop {
        let mut crc = (n as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc >> 31 == 1 { crc << 1 ^ 0x04C1_1DB7 } else { crc << 1 };
            bit += 1;
        }
        table[n as usize] = crc;
        if n == u8::MAX {
            break table;
        }
        n += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_torn_is_not_the_last() {
        let mut writer = PageWriter::new(7);
        assert!(writer.add(&[1; 300]) && writer.add(&[]));
        let whole = writer.end_page(FIRST, 960);
        assert!(writer.add(&[2; 40]));
        let torn = writer.end_page(0, 1920);
        let file = [whole.as_slice(), &torn[..torn.len() - 1]].concat();
        assert_eq!(last_granule(&file), Some(960));
        assert_eq!(last_granule(&[whole, torn].concat()), Some(1920));
        assert_eq!(last_granule(b"OggS\0 and then nothing that is a page, whatever its length says"), None);
    }

    #[test]
    fn a_page_takes_no_more_than_it_can_name() {
        let mut writer = PageWriter::new(7);
        assert!((0..127).all(|_| writer.add(&[0; 255])));
        assert!(!writer.add(&[0; 255]));
        assert!(writer.add(&[0; 254]));
        assert_eq!(writer.end_page(0, 0).len(), HEADER + 255 + 127 * 255 + 254);
    }
}

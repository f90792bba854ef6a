//! Ogg pages (RFC 3533) from a stream that is pushed in pieces.
//!
//! A reader of its own, since the `ogg` crate's push interface keeps a map entry for every serial
//! number and every part of an unfinished packet: a hostile host makes both grow without end. Here a
//! page (65,307 bytes at most) is all that is ever kept.

use super::DecodeError;
use super::carry::Carry;
use crate::ogg::{HEADER, checksum};

/// Bytes without a whole page before the stream is given up, once there has been a page.
const MAX_LOST: usize = 64 * 1024;

/// One page whose checksum is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    pub serial: u32,
    /// Its first packet began on an earlier page.
    pub continued: bool,
    /// First page of a logical stream.
    pub first: bool,
    /// Last page of a logical stream.
    pub last: bool,
    /// Position of the last packet that ends here; `None` when none does.
    pub granule: Option<u64>,
    lacing: Vec<u8>,
    body: Vec<u8>,
}

impl Page {
    /// The parts of packets on this page, each with whether the packet ends here.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&[u8], bool)> {
        let mut rest = self.body.as_slice();
        self.lacing.chunk_by(|a, _| *a == 255).map(move |segments| {
            let len: usize = segments.iter().map(|s| usize::from(*s)).sum();
            let (part, after) = rest.split_at(len.min(rest.len()));
            rest = after;
            (part, segments.last() != Some(&255))
        })
    }
}

#[derive(Debug, Default)]
pub(super) struct PageReader {
    carry: Carry,
    any_page: bool,
    /// Bytes passed over since the last good page.
    lost: usize,
}

impl PageReader {
    /// The next page; `None` when `input` is used up.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Result<Option<Page>, DecodeError> {
        loop {
            let Some(header) = self.carry.want(input, HEADER) else { return Ok(None) };
            // Capture pattern and stream structure version.
            if !header.starts_with(b"OggS\0") {
                let next = header.iter().skip(1).position(|b| *b == b'O').map_or(HEADER, |at| at + 1);
                self.lose(next)?;
                continue;
            }
            let lacing_end = HEADER + usize::from(header[26]);
            let Some(bytes) = self.carry.want(input, lacing_end) else { return Ok(None) };
            let body: usize = bytes[HEADER..].iter().map(|s| usize::from(*s)).sum();
            let len = lacing_end + body;
            let Some(bytes) = self.carry.want(input, len) else { return Ok(None) };
            let page = parse(bytes, lacing_end);
            let Some(page) = page else {
                // Passed over as a whole: looking for a page inside it would cost the square of its
                // size, and over TCP a wrong checksum comes from a wrong writer, not from the way.
                self.lose(len)?;
                continue;
            };
            self.carry.consume(len);
            self.any_page = true;
            self.lost = 0;
            return Ok(Some(page));
        }
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.carry.kept()
    }

    fn lose(&mut self, len: usize) -> Result<(), DecodeError> {
        self.carry.consume(len);
        self.lost += len;
        if !self.any_page {
            return Err(DecodeError::Broken("the first Ogg page is damaged"));
        }
        if self.lost > MAX_LOST {
            return Err(DecodeError::Broken("no Ogg page in 64 KiB"));
        }
        Ok(())
    }
}

/// `bytes` is as long as its own header says; `None` when the checksum is wrong.
fn parse(bytes: &[u8], lacing_end: usize) -> Option<Page> {
    let u32_at = |at: usize| bytes.get(at..)?.first_chunk::<4>().map(|b| u32::from_le_bytes(*b));
    if u32_at(22)? != checksum(bytes) {
        return None;
    }
    let flags = bytes[5];
    let granule = u64::from_le_bytes(*bytes.get(6..)?.first_chunk::<8>()?);
    Some(Page {
        serial: u32_at(14)?,
        continued: flags & 1 != 0,
        first: flags & 2 != 0,
        last: flags & 4 != 0,
        granule: (granule != u64::MAX).then_some(granule),
        lacing: bytes[HEADER..lacing_end].to_vec(),
        body: bytes[lacing_end..].to_vec(),
    })
}

//! The element headers and integers of EBML (RFC 8794), and the lacing of Matroska blocks (RFC 9559).

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// With its length marker, as the specifications write it.
    pub id: u32,
    /// Of the content in bytes; `None` is "unknown", which live writers use.
    pub size: Option<u64>,
    /// Of this header, in bytes.
    pub len: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parsed {
    Header(Header),
    /// So many bytes from the start are needed.
    Need(usize),
    /// No element starts like this.
    Invalid,
}

/// Reads the header at the start of `bytes`.
pub(super) fn header(bytes: &[u8]) -> Parsed {
    let Some(first) = bytes.first() else { return Parsed::Need(1) };
    let id_len = first.leading_zeros() as usize + 1;
    if id_len > 4 {
        return Parsed::Invalid;
    }
    let Some((id, rest)) = bytes.split_at_checked(id_len) else { return Parsed::Need(id_len + 1) };
    let Some(size_first) = rest.first() else { return Parsed::Need(id_len + 1) };
    let len = id_len + size_first.leading_zeros() as usize + 1;
    if size_first.leading_zeros() == 8 {
        return Parsed::Invalid;
    }
    let Some((size, size_len)) = vint(rest) else { return Parsed::Need(len) };
    let unknown = (1u64 << (7 * size_len)) - 1;
    let id = id.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
    Parsed::Header(Header { id, size: (size != unknown).then_some(size), len })
}

/// A variable-length integer at the start of `bytes`, without its marker, and its length.
pub(super) fn vint(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = bytes.first()?;
    let len = first.leading_zeros() as usize + 1;
    if len > 8 {
        return None;
    }
    let value = bytes.get(..len)?.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    Some((value & ((1u64 << (7 * len)) - 1), len))
}

/// An unsigned integer element of at most 8 bytes.
pub(super) fn uint(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// The frames of a block's content behind its flags; `None` when the lengths do not fit.
pub(super) fn frames(flags: u8, content: &[u8]) -> Option<Vec<&[u8]>> {
    let lacing = flags >> 1 & 3;
    if lacing == 0 {
        return Some(vec![content]);
    }
    let (count, mut rest) = content.split_first()?;
    // The last frame's length is not written: it is what is left.
    let written = usize::from(*count);
    let mut lengths = Vec::with_capacity(written);
    match lacing {
        1 => {
            for _ in 0..written {
                let mut length = 0;
                loop {
                    let (byte, after) = rest.split_first()?;
                    rest = after;
                    length += usize::from(*byte);
                    if *byte != 255 {
                        break;
                    }
                }
                lengths.push(length);
            }
        }
        2 => {
            if !rest.len().is_multiple_of(written + 1) {
                return None;
            }
            lengths.resize(written, rest.len() / (written + 1));
        }
        _ => {
            let mut length = 0i64;
            for n in 0..written {
                let (value, len) = vint(rest)?;
                rest = rest.get(len..)?;
                let value = i64::try_from(value).ok()?;
                // From the second on: the difference to the one before, with a bias that makes it signed.
                length =
                    if n == 0 { value } else { length.checked_add(value - ((1 << (7 * len - 1)) - 1))? };
                lengths.push(usize::try_from(length).ok()?);
            }
        }
    }
    let mut frames = Vec::with_capacity(written + 1);
    for length in lengths {
        let (frame, after) = rest.split_at_checked(length)?;
        frames.push(frame);
        rest = after;
    }
    frames.push(rest);
    Some(frames)
}

#[cfg(test)]
mod tests {
    use super::{Header, Parsed, frames, header};

    #[test]
    fn headers_are_read_as_soon_as_they_are_whole() {
        assert_eq!(header(&[]), Parsed::Need(1));
        assert_eq!(header(&[0x1A]), Parsed::Need(5));
        assert_eq!(header(&[0x1A, 0x45, 0xDF, 0xA3, 0x01]), Parsed::Need(12));
        assert_eq!(header(&[0xA3, 0x42, 0x10]), Parsed::Header(Header { id: 0xA3, size: Some(528), len: 3 }));
        assert_eq!(
            header(&[0x1F, 0x43, 0xB6, 0x75, 0x01, 255, 255, 255, 255, 255, 255, 255]),
            Parsed::Header(Header { id: 0x1F43_B675, size: None, len: 12 })
        );
        assert_eq!(header(&[0x00, 0x80]), Parsed::Invalid);
        assert_eq!(header(&[0xA3, 0x00]), Parsed::Invalid);
    }

    #[test]
    fn every_lacing_gives_the_same_frames() {
        let whole: [&[u8]; 3] = [b"aa", b"bbb", b"c"];
        assert_eq!(frames(0x02, b"\x02\x02\x03aabbbc").as_deref(), Some(&whole[..]));
        // EBML: 2 as it is, then +1 with the bias 63.
        assert_eq!(frames(0x06, b"\x02\x82\xC0aabbbc").as_deref(), Some(&whole[..]));
        assert_eq!(frames(0x04, b"\x01aabb").as_deref(), Some(&[b"aa".as_slice(), b"bb"][..]));
        assert_eq!(frames(0x00, b"aa").as_deref(), Some(&[b"aa".as_slice()][..]));
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        assert_eq!(frames(0x02, b"\x02\xff\xff"), None);
        assert_eq!(frames(0x04, b"\x02aabb"), None);
        assert_eq!(frames(0x06, b"\x02\x81\x80ab"), None);
        assert_eq!(frames(0x02, b""), None);
    }
}

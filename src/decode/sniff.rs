//! Which container a stream is, from its first bytes.

use super::DecodeError;

/// The longest prefix that is looked at: `RIFF`, size, `WAVE`.
pub(super) const LONGEST: usize = 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Wav,
    Ogg,
    Webm,
    /// None of them.
    Other,
}

/// `None`: the bytes so far fit a container, but do not settle it.
pub(super) fn kind(first: &[u8]) -> Option<Kind> {
    for (magic, kind) in [(b"OggS".as_slice(), Kind::Ogg), (&[0x1A, 0x45, 0xDF, 0xA3], Kind::Webm)] {
        if first.starts_with(magic) {
            return Some(kind);
        }
        if magic.starts_with(first) {
            return None;
        }
    }
    // RF64 is RIFF with 64-bit sizes, which a stream does not need.
    for magic in [b"RIFF", b"RF64"] {
        if magic.starts_with(&first[..first.len().min(4)]) {
            let rest = &first[first.len().min(8)..first.len().min(LONGEST)];
            return match rest {
                b"WAVE" => Some(Kind::Wav),
                _ if b"WAVE".starts_with(rest) => None,
                _ => Some(Kind::Other),
            };
        }
    }
    Some(Kind::Other)
}

/// The refusal of a stream that is none of the containers, with the likeliest reason.
pub(super) fn refuse(first: &[u8]) -> DecodeError {
    let what = match first {
        [b'f', b'L', b'a', b'C', ..] => "FLAC",
        [b'I', b'D', b'3', ..] => "MP3",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "MP4",
        [b'R', b'I', b'F', b'F', ..] => "RIFF other than WAVE",
        _ => "audio other than WAV, Ogg Opus or WebM Opus without encoding=linear16",
    };
    DecodeError::Unsupported(what.into())
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn the_kind_is_known_as_soon_as_the_bytes_settle_it() {
        assert_eq!(kind(b""), None);
        assert_eq!(kind(b"Ogg"), None);
        assert_eq!(kind(b"OggS"), Some(Kind::Ogg));
        assert_eq!(kind(&[0x1A, 0x45, 0xDF, 0xA3]), Some(Kind::Webm));
        assert_eq!(kind(b"RIFF\x24\0\0\0"), None);
        assert_eq!(kind(b"RIFF\x24\0\0\0WAV"), None);
        assert_eq!(kind(b"RIFF\x24\0\0\0WAVE"), Some(Kind::Wav));
        assert_eq!(kind(b"RIFF\x24\0\0\0AVI "), Some(Kind::Other));
        assert_eq!(kind(b"\0"), Some(Kind::Other));
        assert_eq!(kind(b"Oh"), Some(Kind::Other));
    }
}

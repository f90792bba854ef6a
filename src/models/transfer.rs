//! Copying with a bound, and the sha256 of what lies on the disk.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::SourceError;

/// Copies until the reader ends and returns the sha256. A reader that gives more or less than `expected` bytes is
/// an error, found before more than one block too many is written: an endless answer must not fill the disk.
///
/// `seen` hears the bytes so far.
pub fn copy(
    mut from: impl Read,
    mut to: impl Write,
    expected: u64,
    seen: &mut dyn FnMut(u64),
) -> Result<String, SourceError> {
    let mut block = vec![0; BLOCK];
    let mut hash = Sha256::new();
    let mut after = 0;
    loop {
        let count = match from.read(&mut block) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(source) => return Err(SourceError::Broken { after, source }),
        };
        let bytes = block.get(..count).unwrap_or_default();
        after += count as u64;
        if count == 0 && after == expected {
            to.flush().map_err(SourceError::Disk)?;
            return Ok(hex::encode(hash.finalize()));
        }
        if count == 0 || after > expected {
            return Err(SourceError::Length { got: after, expected });
        }
        hash.update(bytes);
        to.write_all(bytes).map_err(SourceError::Disk)?;
        seen(after);
    }
}

/// The sha256 of a file, lower-case hex.
pub fn sha256_of(path: &Path, seen: &mut dyn FnMut(u64)) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut block = vec![0; BLOCK];
    let mut hash = Sha256::new();
    let mut after = 0;
    loop {
        let count = match file.read(&mut block) {
            Ok(0) => return Ok(hex::encode(hash.finalize())),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(block.get(..count).unwrap_or_default());
        after += count as u64;
        seen(after);
    }
}

/// Bytes at a time: large enough that hashing dominates.
const BLOCK: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    /// sha256 of "abc", from FIPS 180-2.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_sum_is_that_of_the_bytes_written() {
        let (mut out, mut seen) = (Vec::new(), 0);
        assert_eq!(copy(&b"abc"[..], &mut out, 3, &mut |bytes| seen = bytes).unwrap(), ABC);
        assert_eq!((out.as_slice(), seen), (&b"abc"[..], 3));
    }

    #[test]
    fn too_short_and_endless_readers_are_refused() {
        let short = copy(&b"ab"[..], io::sink(), 3, &mut |_| ());
        assert!(matches!(short, Err(SourceError::Length { got: 2, expected: 3 })));
        let mut out = Vec::new();
        let endless = copy(io::repeat(0), &mut out, 3, &mut |_| ());
        assert!(matches!(endless, Err(SourceError::Length { .. })));
        assert!(out.is_empty());
    }
}

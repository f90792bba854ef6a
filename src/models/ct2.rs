//! Reading `CTranslate2`'s binary model form, version 6: a header, then variables one after another.
//!
//! Layout, little-endian: `u32` version; string specification; `u32` revision; `u32` number of variables; for each
//! a string name, `u8` rank, `u32` per dimension, `u8` element type, `u32` length in bytes, the data. A string is a
//! `u16` length and so many bytes, the last one zero. Aliases follow and are not needed here.
//!
//! Nothing is allocated by a length that the file states before that length is held against the file's own.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

/// The file is not what it says it is.
#[derive(Debug, thiserror::Error)]
pub enum Ct2Error {
    #[error("the file ends in the middle of {0}")]
    Truncated(String),
    #[error("this is not a CTranslate2 model of version {VERSION} (found {0})")]
    Version(u32),
    #[error("{0} variables are more than a model has")]
    Count(u32),
    #[error("a name is not text")]
    Name,
    #[error("{name} has {rank} dimensions")]
    Rank { name: String, rank: u8 },
    #[error("{name} states {stated} bytes for the shape {dims:?}")]
    Size { name: String, stated: u32, dims: Vec<u32> },
    #[error("{name} has elements of the unknown type {kind}")]
    Kind { name: String, kind: u8 },
    #[error("there is no variable {0}")]
    Missing(String),
    #[error("{0}")]
    Read(#[from] io::Error),
    #[error("{0}")]
    Write(io::Error),
}

/// An element's type; only those that a Whisper model in half precision has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Int8,
    Int16,
    Float16,
}

impl Kind {
    pub fn bytes(self) -> u64 {
        match self {
            Self::Int8 => 1,
            Self::Int16 | Self::Float16 => 2,
        }
    }
}

/// Where a variable lies in the file.
#[derive(Debug)]
pub struct Variable {
    pub dims: Vec<u32>,
    pub kind: Kind,
    offset: u64,
    bytes: u64,
}

impl Variable {
    /// Length in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// An opened model: the table of its variables, their data still in the file.
#[derive(Debug)]
pub struct Ct2<R> {
    file: R,
    variables: BTreeMap<String, Variable>,
}

impl<R: Read + Seek> Ct2<R> {
    /// Reads the table.
    pub fn open(mut file: R) -> Result<Self, Ct2Error> {
        let length = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        let mut header = Header { file, length, at: 0 };
        let version = header.u32("the header")?;
        if version != VERSION {
            return Err(Ct2Error::Version(version));
        }
        header.string("the header")?;
        header.u32("the header")?;
        let count = header.u32("the header")?;
        if count > MOST_VARIABLES {
            return Err(Ct2Error::Count(count));
        }
        let mut variables = BTreeMap::new();
        for _ in 0..count {
            let name = header.string("a variable's name")?;
            let variable = header.variable(&name)?;
            variables.insert(name, variable);
        }
        Ok(Self { file: header.file, variables })
    }

    pub fn variable(&self, name: &str) -> Result<&Variable, Ct2Error> {
        self.variables.get(name).ok_or_else(|| Ct2Error::Missing(name.to_owned()))
    }

    /// How many of the names `prefix0`, `prefix1`, … with this suffix are there.
    pub fn count(&self, prefix: &str, suffix: &str) -> u32 {
        (0..MOST_VARIABLES)
            .take_while(|n| self.variables.contains_key(&format!("{prefix}{n}{suffix}")))
            .fold(0, |count, _| count + 1)
    }

    /// A variable's data, or the given part of it, in pieces of a whole number of elements.
    pub fn pieces(
        &mut self,
        name: &str,
        part: Range<u64>,
        mut each: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Ct2Error> {
        let variable = self.variable(name)?;
        let (offset, end) = (variable.offset, variable.bytes);
        if part.start > part.end || part.end > end {
            return Err(Ct2Error::Truncated(name.to_owned()));
        }
        self.file.seek(SeekFrom::Start(offset + part.start))?;
        let mut left = part.end - part.start;
        let mut block = vec![0; BLOCK];
        while left > 0 {
            let count = usize::try_from(left).unwrap_or(BLOCK).min(BLOCK);
            let Some(piece) = block.get_mut(..count) else { break };
            self.file.read_exact(piece).map_err(|error| truncated(error, name))?;
            each(piece).map_err(Ct2Error::Write)?;
            left -= count as u64;
        }
        Ok(())
    }

    /// A single `int16`.
    pub fn scalar(&mut self, name: &str) -> Result<u32, Ct2Error> {
        let bytes = self.variable(name)?.bytes;
        let mut value = Vec::new();
        self.pieces(name, 0..bytes.min(2), |piece| value.write_all(piece))?;
        let value = <[u8; 2]>::try_from(value).map_err(|_| Ct2Error::Truncated(name.to_owned()))?;
        Ok(u16::from_le_bytes(value).into())
    }
}

/// Reads the table and always knows how much of the file is left.
struct Header<R> {
    file: R,
    length: u64,
    at: u64,
}

impl<R: Read + Seek> Header<R> {
    fn variable(&mut self, name: &str) -> Result<Variable, Ct2Error> {
        let [rank] = self.array(name)?;
        if rank > MOST_DIMENSIONS {
            return Err(Ct2Error::Rank { name: name.to_owned(), rank });
        }
        let dims = (0..rank).map(|_| self.u32(name)).collect::<Result<Vec<_>, _>>()?;
        let [kind] = self.array(name)?;
        let kind = match kind {
            1 => Kind::Int8,
            2 => Kind::Int16,
            4 => Kind::Float16,
            _ => return Err(Ct2Error::Kind { name: name.to_owned(), kind }),
        };
        let stated = self.u32(name)?;
        let size = dims.iter().try_fold(kind.bytes(), |size, dim| size.checked_mul(u64::from(*dim)));
        if size != Some(u64::from(stated)) {
            return Err(Ct2Error::Size { name: name.to_owned(), stated, dims });
        }
        let (offset, bytes) = (self.at, u64::from(stated));
        if bytes > self.length.saturating_sub(offset) {
            return Err(Ct2Error::Truncated(name.to_owned()));
        }
        self.at = offset + bytes;
        self.file.seek(SeekFrom::Start(self.at))?;
        Ok(Variable { dims, kind, offset, bytes })
    }

    fn string(&mut self, of: &str) -> Result<String, Ct2Error> {
        let length = u16::from_le_bytes(self.array(of)?);
        let mut text = vec![0; usize::from(length)];
        self.fill(&mut text, of)?;
        if text.pop() != Some(0) {
            return Err(Ct2Error::Name);
        }
        String::from_utf8(text).map_err(|_| Ct2Error::Name)
    }

    fn u32(&mut self, of: &str) -> Result<u32, Ct2Error> {
        self.array(of).map(u32::from_le_bytes)
    }

    fn array<const N: usize>(&mut self, of: &str) -> Result<[u8; N], Ct2Error> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, of)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8], of: &str) -> Result<(), Ct2Error> {
        self.file.read_exact(bytes).map_err(|error| truncated(error, of))?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

const VERSION: u32 = 6;
/// Whisper base has 212, the largest about 1,300.
const MOST_VARIABLES: u32 = 10_000;
const MOST_DIMENSIONS: u8 = 4;
/// A whole number of elements of every kind.
const BLOCK: usize = 64 * 1024;

fn truncated(error: io::Error, of: &str) -> Ct2Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Ct2Error::Truncated(of.to_owned()),
        _ => Ct2Error::Read(error),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::io::Cursor;

    /// Builds such a file.
    pub fn file(variables: &[(&str, &[u32], u8, &[u8])]) -> Vec<u8> {
        let string = |text: &str| {
            let length = u16::try_from(text.len() + 1).unwrap();
            [&length.to_le_bytes()[..], text.as_bytes(), &[0]].concat()
        };
        let mut file = 6_u32.to_le_bytes().to_vec();
        file.extend(string("WhisperSpec"));
        file.extend(3_u32.to_le_bytes());
        file.extend(u32::try_from(variables.len()).unwrap().to_le_bytes());
        for (name, dims, kind, data) in variables {
            file.extend(string(name));
            file.push(u8::try_from(dims.len()).unwrap());
            dims.iter().for_each(|dim| file.extend(dim.to_le_bytes()));
            file.push(*kind);
            file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
            file.extend(*data);
        }
        file
    }

    #[test]
    fn variables_are_found_and_read_in_part() {
        let bytes = file(&[("a", &[2, 2], 4, &[1, 2, 3, 4, 5, 6, 7, 8]), ("n", &[], 2, &[8, 0])]);
        let mut model = Ct2::open(Cursor::new(bytes)).unwrap();
        assert_eq!(model.variable("a").unwrap().dims, [2, 2]);
        let mut row = Vec::new();
        model.pieces("a", 4..8, |piece| row.write_all(piece)).unwrap();
        assert_eq!(row, [5, 6, 7, 8]);
        assert_eq!(model.scalar("n").unwrap(), 8);
        assert!(matches!(model.variable("b"), Err(Ct2Error::Missing(_))));
        assert!(matches!(model.pieces("a", 4..10, |_| Ok(())), Err(Ct2Error::Truncated(_))));
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let whole = file(&[("a", &[2], 4, &[1, 2, 3, 4])]);
        for length in 0..whole.len() {
            let error = Ct2::open(Cursor::new(&whole[..length])).unwrap_err();
            assert!(matches!(error, Ct2Error::Truncated(_)), "cut at {length}: {error}");
        }
    }

    #[test]
    fn lengths_that_lie_are_refused_before_anything_is_allocated() {
        let shape = file(&[("a", &[u32::MAX, u32::MAX, u32::MAX], 4, &[0; 4])]);
        assert!(matches!(Ct2::open(Cursor::new(shape)), Err(Ct2Error::Size { .. })));

        let mut data = file(&[("a", &[0x7000_0000], 1, &[0; 4])]);
        let stated = data.len() - 8;
        data[stated..stated + 4].copy_from_slice(&0x7000_0000_u32.to_le_bytes());
        assert!(matches!(Ct2::open(Cursor::new(data)), Err(Ct2Error::Truncated(_))));

        let mut count = file(&[]);
        let last = count.len() - 4;
        count[last..].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(Ct2::open(Cursor::new(count)), Err(Ct2Error::Count(u32::MAX))));

        assert!(matches!(Ct2::open(Cursor::new(b"PK\x03\x04 a zip")), Err(Ct2Error::Version(_))));
    }
}

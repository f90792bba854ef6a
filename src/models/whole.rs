//! Whether a Whisper model is whole. whisper.cpp ends the process on a file that breaks off in its header, and takes one that
//! breaks off in its last tensor for good: copies that broke off are found here, by the lengths that the file states.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::ggml::MAGIC;

/// Why a file is no model to load.
#[derive(Debug, thiserror::Error)]
pub enum NotWhole {
    #[error("it is not a Whisper model in ggml form")]
    Other,
    #[error("it is cut short: it ends in {0}. Copy or fetch it again")]
    CutShort(String),
    #[error("it states what no model has: {0}")]
    Nonsense(&'static str),
    #[error("{0}")]
    Read(#[from] io::Error),
}

/// Walks through the file's table; reads no weights.
pub fn is_whole(path: &Path) -> Result<(), NotWhole> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    walk(&mut Walk { at: 0, length, file: BufReader::new(file) })
}

/// More of anything than a model has.
const MOST: u32 = 1_000_000;
/// Whisper's tensors have up to three dimensions; ggml's up to four.
const MOST_DIMENSIONS: u32 = 4;

fn walk(file: &mut Walk<impl Read + Seek>) -> Result<(), NotWhole> {
    if file.length < 4 || file.number("its first bytes")? != MAGIC {
        return Err(NotWhole::Other);
    }
    file.skip(11 * 4, "its sizes")?;
    let (rows, columns) = (file.number("its filters")?, file.number("its filters")?);
    file.skip(u64::from(rows) * u64::from(columns) * 4, "its filters")?;
    let tokens = file.number("its tokens")?;
    if tokens > MOST {
        return Err(NotWhole::Nonsense("its number of tokens"));
    }
    for _ in 0..tokens {
        let length = file.number("its tokens")?;
        file.skip(length.into(), "its tokens")?;
    }
    loop {
        let dimensions = file.number("a tensor")?;
        let (name, kind) = (file.number("a tensor")?, file.number("a tensor")?);
        if dimensions > MOST_DIMENSIONS || name > MOST {
            return Err(NotWhole::Nonsense("a tensor's shape"));
        }
        let mut elements = 1_u64;
        for _ in 0..dimensions {
            elements = elements.saturating_mul(file.number("a tensor")?.into());
        }
        let name = file.text(name)?;
        // A kind that is newer than this table: whisper.cpp has to judge.
        let Some((block, bytes)) = block(kind) else { return Ok(()) };
        file.skip((elements / block).saturating_mul(bytes), &name)?;
        if file.at == file.length {
            return Ok(());
        }
    }
}

/// Elements of a block and its bytes, by ggml's number of the kind.
fn block(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        0 => (1, 4),
        1 | 30 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        10 => (256, 84),
        11 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        _ => return None,
    })
}

struct Walk<R> {
    file: R,
    at: u64,
    length: u64,
}

impl<R: Read + Seek> Walk<R> {
    fn number(&mut self, what: &str) -> Result<u32, NotWhole> {
        self.step(4, what)?;
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn text(&mut self, length: u32) -> Result<String, NotWhole> {
        self.step(length.into(), "a tensor's name")?;
        let mut bytes = Vec::new();
        self.file.by_ref().take(length.into()).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn skip(&mut self, bytes: u64, what: &str) -> Result<(), NotWhole> {
        self.step(bytes, what)?;
        self.file.seek(SeekFrom::Start(self.at))?;
        Ok(())
    }

    fn step(&mut self, bytes: u64, what: &str) -> Result<(), NotWhole> {
        let at = self.at.saturating_add(bytes);
        if at > self.length {
            return Err(NotWhole::CutShort(what.to_owned()));
        }
        self.at = at;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::ggml::{Element, Sizes, header, tensor};
    use super::*;

    fn model() -> Vec<u8> {
        let sizes = Sizes {
            vocabulary: 2,
            audio_context: 4,
            audio_state: 2,
            audio_heads: 1,
            audio_layers: 1,
            text_context: 4,
            text_state: 2,
            text_heads: 1,
            text_layers: 1,
            mels: 2,
        };
        let mut file = Vec::new();
        header(&mut file, &sizes, &[0.0; 6], 3, &[b"ab".to_vec(), vec![]]).unwrap();
        for (name, element, bytes) in [("one", Element::F16, 12), ("two", Element::F32, 24)] {
            tensor(&mut file, name, &[3, 2], element).unwrap();
            file.extend(vec![1; bytes]);
        }
        file
    }

    fn walked(file: &[u8]) -> Result<(), NotWhole> {
        walk(&mut Walk { at: 0, length: file.len() as u64, file: Cursor::new(file) })
    }

    #[test]
    fn a_whole_model_is_and_one_that_breaks_off_anywhere_is_not() {
        let file = model();
        walked(&file).unwrap();
        // Between two tensors whisper.cpp itself misses the next one.
        let between = file.len() - 24 - (3 + 2) * 4 - 3;
        for length in (0..file.len()).filter(|length| *length != between) {
            let broken = walked(&file[..length]).unwrap_err();
            assert!(matches!(broken, NotWhole::CutShort(_)) || length < 4, "{length}: {broken}");
        }
        let last = walked(&file[..file.len() - 1]).unwrap_err().to_string();
        assert!(last.starts_with("it is cut short: it ends in two"), "{last}");
    }

    #[test]
    fn what_is_something_else_is_said_to_be() {
        assert!(matches!(walked(b"GGUF nonsense"), Err(NotWhole::Other)));
        let mut file = model();
        let tokens = 4 + 44 + 8 + 24;
        file[tokens..tokens + 4].fill(0xff);
        assert!(matches!(walked(&file), Err(NotWhole::Nonsense(_))));
    }
}

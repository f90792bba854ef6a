//! Looking at model files before the inference library sees them: it allocates what a header states, and a wrong number
//! there would end the process.
//!
//! Marian's binary form, little-endian: `u64` version 1; `u64` number of items; for each item four `u64`: length of
//! the name, kind of number, rank, length of the data; the names; the shapes, an `i32` a dimension; `u64` padding and
//! so many bytes; the data. A vocabulary is a SentencePiece `ModelProto`.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// The largest shipped model has about 400 items of rank 2 with names of up to 40 bytes.
const MOST_ITEMS: u64 = 10_000;
const LONGEST_NAME: u64 = 256;
const HIGHEST_RANK: u64 = 8;

/// A vocabulary is 0.8 MB.
const LARGEST_VOCABULARY: u64 = 64 * 1024 * 1024;

/// The piece that ends a sentence, as the vocabulary writes it: field 1, four bytes.
const END: &[u8] = b"\x0a\x04</s>";

pub fn check_model(path: &Path) -> Result<(), String> {
    let told = |why: &str| format!("{}: {why}", path.display());
    let file = File::open(path).map_err(|error| told(&error.to_string()))?;
    let length = file.metadata().map_err(|error| told(&error.to_string()))?.len();
    header(BufReader::new(file), length).map_err(|why| told(&why))
}

pub fn check_vocabulary(path: &Path) -> Result<(), String> {
    let told = |why: &str| format!("{}: {why}", path.display());
    let file = File::open(path).map_err(|error| told(&error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(LARGEST_VOCABULARY).read_to_end(&mut bytes).map_err(|error| told(&error.to_string()))?;
    if bytes.windows(END.len()).any(|window| window == END) {
        return Ok(());
    }
    Err(told("this is no SentencePiece vocabulary"))
}

/// Everything before the data, and that the data is all there.
fn header(mut file: impl Read, length: u64) -> Result<(), String> {
    let truncated = |_| "the file is cut short".to_owned();
    let mut word = || -> Result<u64, String> {
        let mut bytes = [0; 8];
        file.read_exact(&mut bytes).map_err(truncated)?;
        Ok(u64::from_le_bytes(bytes))
    };
    if word()? != 1 {
        return Err("this is no Marian model (the first number of one is 1)".into());
    }
    let count = word()?;
    if count == 0 || count > MOST_ITEMS {
        return Err(format!("{count} items are not what a model has"));
    }
    let (mut names, mut dimensions, mut data) = (Vec::new(), 0_u64, 0_u64);
    for _ in 0..count {
        let (name, _kind, rank, bytes) = (word()?, word()?, word()?, word()?);
        if name > LONGEST_NAME || rank > HIGHEST_RANK || bytes > length {
            return Err("the lengths that it states are not those of a model".into());
        }
        names.push(name);
        dimensions += rank;
        data += bytes;
    }
    let stated = 16 + count * 32 + names.iter().sum::<u64>() + dimensions * 4 + 8 + data;
    if stated > length {
        return Err(format!("the file is cut short: {length} bytes, and {stated} at least belong"));
    }
    let mut known = Vec::with_capacity(names.len());
    for name in names {
        let mut bytes = Vec::new();
        (&mut file).take(name).read_to_end(&mut bytes).map_err(truncated)?;
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        known.push(String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned());
    }
    let has = |name: &str| known.iter().any(|known| known == name);
    let embedded = has("Wemb") || (has("encoder_Wemb") && has("decoder_Wemb"));
    if !embedded {
        return Err("it has no embeddings".into());
    }
    // Without it the library would guess the dimensions.
    if !has("special:model.yml") {
        return Err("it does not state its own configuration".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header with the given items and no data.
    fn model(items: &[&str]) -> Vec<u8> {
        let mut out = [1_u64, items.len() as u64].map(u64::to_le_bytes).concat();
        for name in items {
            out.extend([name.len() as u64, 0x404, 1, 4].map(u64::to_le_bytes).concat());
        }
        items.iter().for_each(|name| out.extend(name.as_bytes()));
        out.extend(items.iter().flat_map(|_| 1_i32.to_le_bytes()));
        out.extend(0_u64.to_le_bytes());
        out.extend(items.iter().flat_map(|_| [0; 4]));
        out
    }

    fn check(bytes: &[u8]) -> Result<(), String> {
        header(bytes, bytes.len() as u64)
    }

    #[test]
    fn a_whole_model_passes_and_every_shorter_one_is_refused() {
        let whole = model(&["Wemb", "special:model.yml"]);
        assert_eq!(check(&whole), Ok(()));
        for length in 0..whole.len() {
            assert!(check(&whole[..length]).is_err(), "{length}");
        }
        assert!(check(&model(&["encoder_Wemb", "decoder_Wemb", "special:model.yml"])).is_ok());
    }

    #[test]
    fn what_is_no_model_is_refused_in_words() {
        for (bytes, word) in [
            (b"<!doctype html><title>Log in</title>".to_vec(), "no Marian model"),
            (model(&["W", "special:model.yml"]), "no embeddings"),
            (model(&["encoder_Wemb", "special:model.yml"]), "no embeddings"),
            (model(&["Wemb"]), "configuration"),
            ([1_u64, u64::MAX].map(u64::to_le_bytes).concat(), "items"),
            ([1_u64, 1, u64::MAX, 0, 0, 0].map(u64::to_le_bytes).concat(), "lengths"),
            ([1_u64, 1, 4, 0x404, 1, u64::MAX].map(u64::to_le_bytes).concat(), "lengths"),
        ] {
            let why = check(&bytes).unwrap_err();
            assert!(why.contains(word), "{why}");
        }
    }
}

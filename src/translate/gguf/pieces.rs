//! The tokens of SentencePiece's merging kind (Kudo and Richardson 2018): a text starts as its characters, and the pair
//! that makes the best known piece is merged until there is none. Characters without a piece are written as bytes.

use std::collections::HashMap;

#[derive(Debug)]
pub(super) struct Pieces {
    ids: HashMap<String, (u32, f32)>,
    texts: Vec<Option<String>>,
    /// Token of each byte, where the vocabulary has one.
    bytes: HashMap<u8, u32>,
}

/// What a space is written as.
const SPACE: &str = "\u{2581}";

impl Pieces {
    /// `pieces`: text, number and score. `count`: numbers in all.
    pub fn new(pieces: impl Iterator<Item = (String, u32, f32)>, count: usize) -> Self {
        let mut known = Self { ids: HashMap::new(), texts: vec![None; count], bytes: HashMap::new() };
        for (text, id, score) in pieces {
            if let Some(byte) = byte_of(&text) {
                known.bytes.insert(byte, id);
            }
            if let Some(slot) = known.texts.get_mut(id as usize) {
                *slot = Some(text.clone());
            }
            known.ids.insert(text, (id, score));
        }
        known
    }

    pub fn encode(&self, text: &str) -> Vec<u32> {
        let text = text.replace(' ', SPACE);
        // Where each piece begins and ends. Texts are a few hundred characters, so looking at all pairs each time is
        // quicker than keeping them in order.
        let mut cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        cuts.push(text.len());
        while let Some(best) = self.best_pair(&text, &cuts) {
            cuts.remove(best);
        }
        let parts = cuts.windows(2).filter_map(|cut| text.get(cut[0]..cut[1]));
        parts.flat_map(|part| self.ids_of(part)).collect()
    }

    pub fn decode(&self, tokens: &[u32]) -> String {
        let mut bytes = Vec::new();
        for piece in tokens.iter().filter_map(|id| self.texts.get(*id as usize)?.as_deref()) {
            match byte_of(piece) {
                Some(byte) => bytes.push(byte),
                None => bytes.extend_from_slice(piece.replace(SPACE, " ").as_bytes()),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The cut to take out: between the two pieces that are the best one together.
    fn best_pair(&self, text: &str, cuts: &[usize]) -> Option<usize> {
        let mut best: Option<(usize, f32)> = None;
        for (at, ends) in cuts.windows(3).enumerate() {
            let Some((_, score)) = text.get(ends[0]..ends[2]).and_then(|pair| self.ids.get(pair)) else {
                continue;
            };
            if best.is_none_or(|(_, known)| *score > known) {
                best = Some((at + 1, *score));
            }
        }
        best.map(|(at, _)| at)
    }

    fn ids_of(&self, part: &str) -> Vec<u32> {
        match self.ids.get(part) {
            Some((id, _)) => vec![*id],
            None => part.bytes().filter_map(|byte| self.bytes.get(&byte).copied()).collect(),
        }
    }
}

/// The byte that a piece such as `<0xE4>` stands for.
pub(super) fn byte_of(piece: &str) -> Option<u8> {
    let digits = piece.strip_prefix("<0x")?.strip_suffix('>')?;
    u8::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces() -> Pieces {
        let words = ["a", "b", "\u{2581}", "ab", "\u{2581}ab", "ba", "<0xC3>", "<0xA9>"];
        let scores = [-9.0, -9.0, -9.0, -2.0, -3.0, -1.0, 0.0, 0.0];
        let rows =
            words.iter().zip(scores).zip(0..).map(|((word, score), id)| ((*word).to_owned(), id, score));
        Pieces::new(rows, words.len())
    }

    #[test]
    fn the_best_pair_is_merged_first() {
        assert_eq!(pieces().encode("ab"), [3]);
        assert_eq!(pieces().encode(" ab"), [4]);
        // ba is better than ab, so the first a is left alone.
        assert_eq!(pieces().encode("aba"), [0, 5]);
    }

    #[test]
    fn characters_that_are_not_known_are_written_as_bytes() {
        assert_eq!(pieces().encode("aé"), [0, 6, 7]);
        assert_eq!(pieces().decode(&[4, 6, 7, 99]), " abé");
    }
}

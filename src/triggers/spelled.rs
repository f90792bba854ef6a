//! Product names in a transcript of a language that is written in words.

use super::Mention;
use crate::domain::Sku;
use crate::sound::{SpelledWord, similarity, words};

/// Largest mean cost of a word.
const LIMIT: f32 = 0.2;

/// A word that sounds the same: the same consonants around the same first vowel (thermos, thermus).
const SAME_SOUND: f32 = 0.2;

/// A long word with one slip.
const ONE_SLIP: f32 = 0.3;

/// Words shorter than this have too many neighbours (blender, but not lantern, has "lender" and "slender" beside it:
/// these differ in their consonants, while five letters and less differ in everything).
const LONG_WORD: usize = 7;

/// One way in which a product is called.
#[derive(Debug)]
pub struct Name {
    sku: Sku,
    words: Vec<String>,
}

impl Name {
    pub fn new(sku: Sku, name: &str) -> Option<Self> {
        let words: Vec<String> = words(name).into_iter().map(|word| word.word).collect();
        (!words.is_empty()).then_some(Self { sku, words })
    }

    fn heard_in(&self, window: &[SpelledWord]) -> Option<f32> {
        if window.len() != self.words.len() {
            return self.heard_joined(window);
        }
        let costs: Vec<f32> =
            self.words.iter().zip(window).map(|(wanted, heard)| word_cost(wanted, &heard.word)).collect();
        // Of several words one must have come through as it is.
        let anchored = costs.len() == 1 || costs.contains(&0.0);
        #[expect(clippy::cast_precision_loss, reason = "a name has few words")]
        let mean = costs.iter().sum::<f32>() / costs.len() as f32;
        let long_enough = costs.len() > 1 || mean == 0.0 || self.words.iter().all(|w| w.len() >= LONG_WORD);
        (anchored && long_enough && mean <= LIMIT).then_some(mean)
    }

    /// "lunchbox" for "lunch box".
    fn heard_joined(&self, window: &[SpelledWord]) -> Option<f32> {
        let heard: String = window.iter().map(|word| word.word.as_str()).collect();
        is_form_of(&heard, &self.words.concat()).then_some(0.0)
    }
}

pub fn mentions(names: &[Name], text: &str) -> Vec<Mention> {
    let said = words(text);
    let mut heard = Vec::new();
    for name in names {
        for length in [name.words.len() - 1, name.words.len()] {
            for window in said.windows(length.max(1)).filter(|_| length > 0) {
                let (Some(first), Some(last)) = (window.first(), window.last()) else { continue };
                if let Some(cost) = name.heard_in(window) {
                    heard.push(Mention {
                        sku: name.sku.clone(),
                        range: first.range.start..last.range.end,
                        cost,
                    });
                }
            }
        }
    }
    heard
}

fn word_cost(wanted: &str, heard: &str) -> f32 {
    if is_form_of(heard, wanted) {
        return 0.0;
    }
    let alike = similarity(wanted, heard);
    let sound = (skeleton(wanted), first_vowel(wanted)) == (skeleton(heard), first_vowel(heard));
    if wanted.len() >= 5 && sound && alike >= 0.6 {
        SAME_SOUND
    } else if wanted.len() >= LONG_WORD && alike >= 0.85 {
        ONE_SLIP
    } else {
        1.0
    }
}

/// The word itself, its plural or its possessive (whose apostrophe is gone).
fn is_form_of(heard: &str, word: &str) -> bool {
    heard.strip_prefix(word).is_some_and(|ending| matches!(ending, "" | "s" | "es"))
}

fn skeleton(word: &str) -> String {
    word.chars().filter(|ch| !is_vowel(*ch)).collect()
}

fn first_vowel(word: &str) -> Option<char> {
    word.chars().find(|ch| is_vowel(*ch))
}

fn is_vowel(ch: char) -> bool {
    matches!(ch, 'a' | 'e' | 'i' | 'o' | 'u')
}

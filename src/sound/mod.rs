//! How speech sounds: Mandarin as pinyin syllables, English as words, and how alike two of them are.
//!
//! Recognition of Mandarin goes wrong in the characters far more often than in the sound (design/measured.md: 11.9 %
//! character error against 4.4 % syllable error on the tour), so whatever is looked for in a transcript is looked for
//! by sound.

mod cost;
mod english;
mod find;
pub mod ordinary;
mod syllable;
mod words;

pub use cost::{EDIT_COST, cost};
pub use english::{consonants, one_spelling};
pub use find::{Found, find, find_all};
pub use syllable::{Sounded, Syllable, is_hanzi, syllables};
pub use words::{SpelledWord, find_words, similarity, words};

//! Product names in a Mandarin transcript, by sound.
//!
//! Recognition gets the characters wrong far more often than the sound, so a name is looked for syllable by syllable.
//! The shorter the name, the more real words sound like it (饭盒 and 饭和, 砧板 and 展板), so the stricter the match.

use super::{Mention, ordinary};
use crate::domain::Sku;
use crate::sound::ordinary::is_function_word;
use crate::sound::{Sounded, Syllable, cost, syllables};

/// Largest sum of costs over a name of two syllables: one exchanged final (砧板 as 站板 costs 0.35).
const SHORT_LIMIT: f32 = 0.41;

/// Largest sum over three syllables, where one and where two of the characters came through: one confusable syllable.
/// Without the difference 插齿机 (a gear shaper) is a 榨汁机.
const MIDDLE_LIMITS: [f32; 2] = [0.3, 0.45];

/// Largest mean over four syllables and more.
const LONG_LIMIT: f32 = 0.2;

/// A syllable that costs more is another syllable, not one misheard.
const MISHEARD: f32 = 0.7;

/// Syllables from which on an exact homophone is the name, whatever words its characters make.
const LONG_NAME: usize = 5;
/// Cost of what sounds the same but for the tone.
const SAME_SOUND: f32 = 0.05;

/// One way in which a product is called. One character is no name: 灯 and 杯 are in every second sentence.
#[derive(Debug)]
pub struct Name {
    sku: Sku,
    syllables: Vec<Syllable>,
    chars: Vec<char>,
}

impl Name {
    pub fn new(sku: Sku, name: &str) -> Option<Self> {
        let sounded = syllables(name);
        (sounded.len() >= 2).then(|| Self {
            sku,
            chars: sounded.iter().map(|s| s.ch).collect(),
            syllables: sounded.into_iter().map(|s| s.syllable).collect(),
        })
    }

    /// Mean cost of a syllable, if the window is this name.
    fn heard_in(&self, window: &[Sounded], text: &str) -> Option<f32> {
        let together = window.windows(2).all(|pair| matches!(pair, [a, b] if a.range.end == b.range.start));
        if !together {
            return None;
        }
        if self.chars.iter().zip(window).all(|(wanted, heard)| *wanted == heard.ch) {
            return Some(0.0);
        }
        let sum = self.sound(window)?;
        let plausible = if self.chars.len() == 2 {
            ordinary::stands_alone(window, text)
        } else if self.chars.len() >= LONG_NAME && sum <= SAME_SOUND {
            true
        } else {
            ordinary::is_no_part_of_words(window, &self.chars, text)
        };
        #[expect(clippy::cast_precision_loss, reason = "a name has few syllables")]
        plausible.then_some(sum / self.chars.len() as f32)
    }

    /// Sum of the costs, if it is low enough for a name of this length.
    fn sound(&self, window: &[Sounded]) -> Option<f32> {
        let mut sum = 0.0;
        let mut as_written = 0;
        for ((wanted, ch), heard) in self.syllables.iter().zip(&self.chars).zip(window) {
            if *ch == heard.ch {
                as_written += 1;
                continue;
            }
            let cost = cost(wanted, &heard.syllable);
            // 归胶折叠饭和 is 硅胶折叠饭盒: so many syllables do not come together by chance.
            let forgiven = self.chars.len() >= LONG_NAME && cost <= SAME_SOUND;
            if cost > MISHEARD || (is_function_word(heard.ch) && !forgiven) {
                return None;
            }
            if self.chars.len() == 2 && cost > 0.1 && !same_beginning(wanted, &heard.syllable) {
                return None;
            }
            sum += cost;
        }
        #[expect(clippy::cast_precision_loss, reason = "a name has few syllables")]
        let limit = match self.chars.len() {
            2 => SHORT_LIMIT,
            3 if as_written < 2 => MIDDLE_LIMITS[0],
            3 => MIDDLE_LIMITS[1],
            more => LONG_LIMIT * more as f32,
        };
        // One character of a short name must have come through: 范和 is no 饭盒, and 炸子鸡 (a dish) no 榨汁机.
        (sum <= limit && (as_written > 0 || self.chars.len() > 3)).then_some(sum)
    }
}

pub fn mentions(names: &[Name], text: &str) -> Vec<Mention> {
    let said = syllables(text);
    let mut heard = Vec::new();
    for name in names {
        for window in said.windows(name.syllables.len()) {
            let (Some(first), Some(last)) = (window.first(), window.last()) else { continue };
            if let Some(cost) = name.heard_in(window, text) {
                heard.push(Mention { sku: name.sku.clone(), range: first.range.start..last.range.end, cost });
            }
        }
    }
    heard
}

/// In a short name only the final may be misheard: f for h, b for p, z for c would make 饭可(以) of 饭盒.
fn same_beginning(a: &Syllable, b: &Syllable) -> bool {
    let first = |syllable: &Syllable| syllable.plain().chars().next();
    first(a) == first(b)
}

//! Is an entry that sounds like what was heard what was meant?

use super::lexicon::Kind;
use super::ordinary::{self, Words};
use super::trie::Candidate;
use crate::sound::{Sounded, Syllable, is_hanzi};

/// Sums of costs up to this are the same sound: a character's other reading costs 0.08.
const SAME: f32 = 0.09;

/// For a term of three syllables that reading must be the common one (省 is not xing).
const VERY_SAME: f32 = 0.01;

/// Mean cost of a syllable up to which a run of four or five is believed, and a longer one.
const LIMITS: [f32; 2] = [0.12, 0.18];

/// And of a counted noun with its measure word, one syllable of which is not the same.
const UNIT_LIMIT: f32 = 0.14;

/// And where ordinary words would be overruled.
const OVERRULING: f32 = 0.045;

/// As the triggers listen for names: the sum over two syllables, and over three where one and where two characters
/// came through.
const SHORT_NAME: f32 = 0.41;
const MIDDLE_NAME: [f32; 2] = [0.3, 0.45];

/// A term of three syllables of which a whole word came through: one confusable initial (微波如).
const MIDDLE_TERM: f32 = 0.3;

/// Between a term and its number.
const LINKS: &str = "是为";

/// A candidate beside what was heard in its place.
pub struct Evidence<'a> {
    text: &'a str,
    heard: &'a [Sounded],
    before: Option<&'a Sounded>,
    /// Is a number said of it (起定量500, 洋品费是20)?
    counted: bool,
    meant: &'a Candidate,
    words: &'a Words,
}

impl<'a> Evidence<'a> {
    pub fn new(text: &'a str, said: &'a [Sounded], words: &'a Words, meant: &'a Candidate) -> Option<Self> {
        let heard = said.get(meant.start..meant.start + meant.chars.len())?;
        let first = heard.first()?;
        let before = meant.start.checked_sub(1).and_then(|at| said.get(at));
        let before = before.filter(|before| before.range.end == first.range.start);
        let mut after = said.get(meant.start + heard.len()..)?.iter();
        let mut next = after.next();
        if next.is_some_and(|next| LINKS.contains(next.ch)) {
            next = after.next();
        }
        let counted = next.is_some_and(|next| next.syllable.is_sign() || ordinary::is_numeral(next.ch));
        Some(Self { text, heard, before, counted, meant, words })
    }

    pub fn convinces(&self) -> bool {
        let kind = self.meant.kind;
        let misplaced = (Kind::Term..=Kind::Phrase).contains(&kind) && self.changes_a_unit();
        if misplaced
            || !self.keeps_sense()
            || self.cuts_a_word()
            || self.brings_a_word_alone()
            || self.is_listed()
        {
            return false;
        }
        match (self.meant.kind, self.heard.len()) {
            (Kind::Unit | Kind::Counted, _) => self.is_unit(),
            (Kind::Word, _) => self.is_word_of_the_trade(),
            (kind, 2) => kind == Kind::Name && self.is_short_name(),
            (_, 3) => self.is_middle(),
            _ => self.is_long(),
        }
    }

    /// Pairs of what was heard and what is meant where they differ.
    fn differing(&self) -> impl Iterator<Item = (&Sounded, char)> {
        self.heard.iter().zip(self.meant.chars.iter().copied()).filter(|(heard, meant)| heard.ch != *meant)
    }

    fn equal(&self) -> usize {
        self.heard.len() - self.differing().count()
    }

    fn mean(&self) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "an entry has few syllables")]
        let length = self.heard.len() as f32;
        self.meant.cost / length
    }

    /// No numeral and no negation comes or goes, and no opposite unless sound and surroundings leave no doubt.
    fn keeps_sense(&self) -> bool {
        let half = self.equal() * 2 >= self.heard.len();
        self.differing().all(|(heard, meant)| {
            let named = matches!(self.meant.kind, Kind::Name | Kind::Noun);
            let numeral = ordinary::is_numeral(heard.ch) || ordinary::is_numeral(meant);
            let negation = ordinary::is_negation(heard.ch) || (ordinary::is_negation(meant) && !named);
            let sure = match (ordinary::is_opposite(heard.ch), ordinary::is_opposite(meant)) {
                (true, true) => {
                    self.heard.len() >= 4 && self.telling() >= 2 && half && self.meant.cost <= SAME
                }
                (true, false) => self.heard.len() >= 4 && half && self.mean() <= OVERRULING,
                (false, true) => named || (self.heard.len() >= 4 && half),
                (false, false) => true,
            };
            !numeral && !negation && sure
        })
    }

    /// Does a word that goes on outside belong to it (保温|背包)? In a long run its ends may be cut where they stay as
    /// they are.
    fn cuts_a_word(&self) -> bool {
        let (Some(first), Some(last)) = (self.heard.first(), self.heard.last()) else { return true };
        let outside = |heard: &Sounded| {
            let word = self.words.around(heard.range.start);
            word.start < first.range.start || word.end > last.range.end
        };
        let short = self.heard.len() < 6 && self.meant.kind > Kind::Noun;
        let telling = |heard: &&Sounded| !ordinary::is_generic(heard.ch) && !ordinary::is_opposite(heard.ch);
        self.differing().any(|(heard, _)| outside(heard))
            || (short && self.heard.iter().filter(telling).any(outside))
    }

    /// Would a short phrase have a small word that it had not (独可以, 都可以), or one for another (这可是, 这个是), or
    /// lose one to a character that is no part of a longer word (可以试, 可以私)?
    fn brings_a_word_alone(&self) -> bool {
        let short = self.heard.len() == 3;
        let swapped = |heard: char, meant| ordinary::is_word_alone(heard) && ordinary::is_word_alone(meant);
        let mut pairs = self.differing().zip(self.coming());
        self.meant.kind > Kind::Noun
            && (self.heard.len() < 6 || self.meant.cost > SAME)
            && pairs.any(|((heard, meant), (_, in_word))| {
                ((short || !in_word) && ordinary::is_word_alone(meant))
                    || swapped(heard.ch, meant)
                    || (!in_word && ordinary::is_word_alone(heard.ch))
            })
    }

    /// What follows a number is its unit, and only a unit's homophone may be meant.
    fn changes_a_unit(&self) -> bool {
        let mut before = self.before;
        self.heard.iter().zip(&self.meant.chars).any(|(heard, meant)| {
            let number = before.is_some_and(|b| b.syllable.is_sign() || ordinary::is_numeral(b.ch));
            before = Some(heard);
            number && heard.ch != *meant
        })
    }

    /// Would a word of the dictionary be changed?
    fn overrules(&self) -> bool {
        self.differing().any(|(heard, _)| self.words.around(heard.range.start).len() > heard.range.len())
    }

    fn has_function_word(&self) -> bool {
        let alone = match self.meant.kind {
            Kind::Name => ordinary::is_function_word,
            _ => ordinary::is_word_alone,
        };
        self.differing().any(|(heard, _)| alone(heard.ch))
    }

    /// Characters that came through and say something.
    fn telling(&self) -> usize {
        let pairs = self.heard.iter().zip(&self.meant.chars);
        let telling = |ch: char| !ordinary::is_generic(ch) && !ordinary::is_opposite(ch);
        pairs.filter(|(heard, meant)| heard.ch == **meant && telling(heard.ch)).count()
    }

    fn is_unit(&self) -> bool {
        let Some(before) = self.before else { return false };
        let digit = before.syllable.is_sign() && before.ch.is_numeric();
        let short = self.heard.len() == 2;
        if !(digit || ordinary::is_numeral(before.ch) && !(short && self.overrules())) {
            return false;
        }
        if short {
            return self.meant.cost <= SAME;
        }
        let classified = self.meant.chars.first() == self.heard.first().map(|heard| &heard.ch);
        let sound = self.meant.cost <= SAME
            || (self.meant.kind == Kind::Unit
                && self.meant.inexact == 1
                && self.mean() <= UNIT_LIMIT
                && !self.overrules());
        classified && sound && !self.has_function_word()
    }

    fn is_short_name(&self) -> bool {
        let same_beginning = self.differing().all(|(heard, meant)| {
            let first = |syllable: &Syllable| syllable.plain().chars().next();
            self.meant.cost <= SAME
                || Syllable::of(meant).is_some_and(|meant| first(&meant) == first(&heard.syllable))
        });
        self.meant.cost <= SHORT_NAME
            && self.equal() == 1
            && same_beginning
            && self.is_alone()
            && !self.overrules()
            && !self.has_function_word()
    }

    /// Of two syllables only one character may be wrong, its sound and tone must be the very same, and what is heard
    /// must be no word: 尾宽 for 尾款.
    fn is_word_of_the_trade(&self) -> bool {
        self.keeps_tones()
            && self.differing().all(|(heard, _)| !ordinary::is_word_beside(heard.ch))
            && self.equal() == 1
            && self.meant.cost <= VERY_SAME
            && self.is_alone()
            && !self.overrules()
            && !self.has_function_word()
    }

    /// A recogniser that takes one word for another mostly keeps the tones (住宿 for 注塑); 刻意 is not 可以.
    fn keeps_tones(&self) -> bool {
        let same = |heard: &Syllable, meant: Syllable| heard.tone() == meant.tone();
        self.differing()
            .all(|(heard, meant)| Syllable::of(meant).is_some_and(|meant| same(&heard.syllable, meant)))
    }

    /// Its ends lie in no other word either (放|盒子).
    fn is_alone(&self) -> bool {
        let (Some(first), Some(last)) = (self.heard.first(), self.heard.last()) else { return false };
        self.words.around(first.range.start).start == first.range.start
            && self.words.around(last.range.start).end == last.range.end
    }

    fn is_middle(&self) -> bool {
        let equal = self.equal();
        // 起定量 has a word of the dictionary in it, 演员出场前 too; before a number only the term makes sense.
        let trade =
            self.meant.kind == Kind::Term && self.meant.cost <= VERY_SAME && equal == 2 && self.counted;
        if (self.overrules() && !trade) || self.has_function_word() {
            return false;
        }
        if self.meant.cost <= VERY_SAME {
            // Three homophones in a row are still a name, which is no word of any other kind.
            return match self.meant.kind {
                Kind::Name => true,
                Kind::Noun => equal > 0,
                Kind::Term => self.telling() > 0,
                _ => equal == 2 && self.is_content() && self.changes_within_words(),
            };
        }
        let limit = match self.meant.kind {
            Kind::Name => MIDDLE_NAME.get(equal.saturating_sub(1)).copied(),
            Kind::Noun | Kind::Term => {
                Some(MIDDLE_TERM).filter(|_| self.telling() == 2 && self.rests_on_a_word())
            }
            _ => None,
        };
        self.meant.inexact == 1
            && self.meant.cost > SAME
            && limit.is_some_and(|limit| self.meant.cost <= limit)
    }

    fn is_long(&self) -> bool {
        let (length, equal) = (self.heard.len(), self.equal());
        let same = self.meant.cost <= SAME;
        if length < 6 && self.overrules() && !self.keeps_tones() {
            return false;
        }
        if self.overrules() || self.has_function_word() {
            // Words that make sense are overruled only where everything around them says so.
            return match length {
                _ if self.meant.kind == Kind::Name && same => length > 4 || !self.overrules(),
                4 => self.meant.cost <= VERY_SAME && self.telling() >= 2 && !self.has_function_word(),
                5 => self.mean() <= OVERRULING && equal >= 3,
                _ => self.mean() <= OVERRULING && equal * 5 >= length * 3,
            };
        }
        let limit = if length < 6 { LIMITS[0] } else { LIMITS[1] };
        let anchored = match self.meant.kind {
            Kind::Name => same || equal > 0,
            Kind::Phrase if length == 4 || (length == 5 && !same) => {
                equal >= if same { 2 } else { 3 } && self.changes_within_words()
            }
            _ => equal * 3 >= length,
        };
        anchored && self.mean() <= limit
    }

    /// Nothing in it that only holds sentences together.
    fn is_content(&self) -> bool {
        self.meant.chars.iter().all(|ch| !ordinary::is_function_word(*ch) && !ordinary::is_negation(*ch))
    }

    /// Do all characters that would come stand in words of more than one (内|发货, but not 大家|听)?
    fn changes_within_words(&self) -> bool {
        self.coming().all(|(_, in_word)| in_word)
    }

    /// The characters that would come, and whether they stand in a word of more than one.
    fn coming(&self) -> impl Iterator<Item = (char, bool)> {
        let meant: String = self.meant.chars.iter().collect();
        let words = Words::of(&meant);
        let differ = meant.char_indices().zip(self.heard).filter(|((_, ch), heard)| heard.ch != *ch);
        let coming: Vec<_> =
            differ.map(|((at, ch), _)| (ch, words.around(at).len() > ch.len_utf8())).collect();
        coming.into_iter()
    }

    /// Is what came through one word of the heard text (微波|如)?
    fn rests_on_a_word(&self) -> bool {
        let same = || self.heard.iter().zip(&self.meant.chars).filter(|(heard, meant)| heard.ch == **meant);
        let Some((first, _)) = same().next() else { return false };
        let word = self.words.around(first.range.start);
        same().all(|(heard, _)| word.contains(&heard.range.start))
    }

    /// Would it change a part of a word that is listed as right, or something that is no Hanzi?
    fn is_listed(&self) -> bool {
        let (Some(first), Some(last)) = (self.heard.first(), self.heard.last()) else { return false };
        let heard = self.text.get(first.range.start..last.range.end).unwrap_or_default();
        let changed = |at: usize| {
            let at = first.range.start + at;
            self.differing().any(|(heard, _)| heard.range.start == at)
        };
        let mut listed = ordinary::listed_words(heard);
        listed.any(|word| {
            heard.get(word.clone()).unwrap_or_default().char_indices().any(|(at, _)| changed(word.start + at))
        }) || self.heard.iter().any(|heard| !is_hanzi(heard.ch))
    }
}

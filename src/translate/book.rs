//! The patterns of a host language, compiled for matching.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;

use super::atoms::{Atom, NEVER, Token, Weight, atoms, substitution};
use super::persons::{self, Sides};
use super::{subject, turned};
use crate::domain::Lang;
use crate::numbers::{Value, entities};
use crate::packs::{Pack, Piece, SlotKind, expand};

/// One linear reading of a pattern.
#[derive(Debug)]
pub(super) struct Sequence {
    /// Index of the pattern's id in [`Book::ids`].
    pub id: usize,
    pub elements: Vec<Element>,
    /// What costs are measured against: content literals and slots.
    pub size: f32,
    pub literals: f32,
    /// What it says of who pays, does and owns it.
    pub sides: Sides,
    /// It asks: only then may it stand for a clause that does.
    pub asks: bool,
}

#[derive(Debug)]
pub(super) enum Element {
    /// A syllable or word, by its number in the vocabulary.
    Literal {
        token: usize,
        weight: Weight,
        /// The middle of 有没有.
        a_not_a: bool,
        /// A person to whom something is given.
        gets: bool,
    },
    /// A number in the pattern's own wording: only the same number matches.
    Number(Value),
    Slot {
        name: String,
        kind: SlotKind,
        list: bool,
        /// Its number in [`Book::kinds`].
        class: usize,
    },
}

/// A way to say a term.
#[derive(Debug)]
pub(super) struct Term {
    pub key: String,
    pub tokens: Vec<usize>,
}

/// Something that must be heard, in whatever form, for a sequence to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Anchor {
    /// By its number in the vocabulary.
    Token(usize),
    /// By its number in [`Book::kinds`].
    Slot(usize),
    None,
}

/// A host language, ready to match.
#[derive(Debug)]
pub(super) struct Book {
    pub lang: Lang,
    pub ids: Vec<String>,
    pub sequences: Vec<Sequence>,
    pub terms: Vec<Term>,
    pub vocabulary: Vec<Token>,
    /// The words of the vocabulary that a name may be heard for.
    pub pronouns: Vec<usize>,
    /// Which of the sequences cannot be heard without what: the rarest word that each of them needs.
    pub anchors: Vec<(Anchor, Vec<usize>)>,
    /// The kinds of slots that there are, with whether they take lists.
    pub kinds: Vec<(SlotKind, bool)>,
    pub threshold: f32,
    heard: Mutex<HashMap<String, Arc<[f32]>>>,
}

/// Heard syllables and words whose costs are kept: most of what is said is said again.
const HEARD: usize = 4096;

impl Book {
    /// Patterns that cannot be read are left out: `packs check` names them.
    pub fn new(pack: &Pack) -> Self {
        let mut words = Vocabulary::default();
        let mut ids: Vec<String> = Vec::new();
        let mut sequences = Vec::new();
        for row in &pack.patterns {
            let id = ids.iter().position(|id| *id == row.id).unwrap_or_else(|| {
                ids.push(row.id.clone());
                ids.len() - 1
            });
            for reading in expand(&row.pattern).unwrap_or_default() {
                let sides = Sides::of(&row.id);
                sequences.push(Sequence { sides, ..sequence(id, &reading, &pack.lang, &mut words) });
            }
        }
        let forms = pack.terms.iter().flat_map(|(key, forms)| forms.iter().map(move |form| (key, form)));
        let terms = forms
            .map(|(key, form)| Term {
                key: key.clone(),
                tokens: atoms(form, &pack.lang).into_iter().map(|atom| words.number(atom.token)).collect(),
            })
            .filter(|term| !term.tokens.is_empty())
            .collect();
        Self {
            lang: pack.lang.clone(),
            anchors: anchors(&sequences),
            ids,
            sequences,
            terms,
            pronouns: (0..words.tokens.len())
                .filter(|at| words.tokens.get(*at).is_some_and(subject::is_pronoun))
                .collect(),
            vocabulary: words.tokens,
            kinds: words.kinds,
            heard: Mutex::default(),
            threshold: pack.threshold,
        }
    }
}

impl Book {
    /// The cost of hearing `heard` for each token of the vocabulary.
    pub fn heard(&self, heard: &Token) -> Arc<[f32]> {
        let key = key(heard);
        if let Some(known) = self.heard.lock().get(&key) {
            return Arc::clone(known);
        }
        // A word that patterns have is itself and no other: "quantity" is not "quality" misheard.
        let known = matches!(heard, Token::Word(_)) && self.vocabulary.contains(heard);
        let other = |wanted: &Token| wanted != heard && !persons::same(wanted, heard);
        let cost = |wanted: &Token| if known && other(wanted) { NEVER } else { substitution(wanted, heard) };
        let costs: Arc<[f32]> = self.vocabulary.iter().map(cost).collect();
        let mut all = self.heard.lock();
        if all.len() >= HEARD {
            all.clear();
        }
        all.insert(key, Arc::clone(&costs));
        costs
    }
}

/// Every sequence under the rarest of its words that must be heard, else under a slot: of 62,000 readings of English an
/// utterance then touches some hundreds.
fn anchors(sequences: &[Sequence]) -> Vec<(Anchor, Vec<usize>)> {
    let needed = |element: &Element| match element {
        Element::Literal { token, weight: Weight::Content | Weight::Critical, .. } => Some(*token),
        _ => None,
    };
    let mut uses: HashMap<usize, usize> = HashMap::new();
    for token in sequences.iter().flat_map(|sequence| sequence.elements.iter().filter_map(needed)) {
        *uses.entry(token).or_default() += 1;
    }
    let mut anchors: BTreeMap<Anchor, Vec<usize>> = BTreeMap::new();
    for (at, sequence) in sequences.iter().enumerate() {
        let rarest = sequence.elements.iter().filter_map(needed).min_by_key(|token| uses.get(token));
        let slot = sequence.elements.iter().find_map(|element| match element {
            Element::Slot { class, .. } => Some(Anchor::Slot(*class)),
            _ => None,
        });
        let anchor = rarest.map(Anchor::Token).or(slot).unwrap_or(Anchor::None);
        anchors.entry(anchor).or_default().push(at);
    }
    anchors.into_iter().collect()
}

/// What it costs that an element is not heard. Content must be heard, if only alike: without 月, 月产能 is any 产能.
pub(super) fn unheard(weight: Weight) -> f32 {
    match weight {
        Weight::Filler => 0.03,
        Weight::Light => 0.3,
        Weight::Content | Weight::Critical => NEVER,
    }
}

/// What it costs that an atom is heard which no element wants.
pub(super) fn unwanted(weight: Weight) -> f32 {
    match weight {
        Weight::Filler => 0.03,
        Weight::Light => 0.3,
        Weight::Content => 1.0,
        Weight::Critical => NEVER,
    }
}

fn sequence(id: usize, reading: &[Piece], lang: &Lang, words: &mut Vocabulary) -> Sequence {
    let mut elements = Vec::new();
    let mut literals = 0.0;
    let mut asks = false;
    for (place, piece) in reading.iter().enumerate() {
        match piece {
            Piece::Text(text) => {
                let numbers = entities(text, lang);
                let mut said = numbers.iter().peekable();
                let mut atoms = atoms(text, lang);
                asks |= atoms.iter().any(|atom| atom.asks) && (place == 0 || lang.is_chinese());
                // 好 is a filler at the end of what is said, but not of 质量很好.
                if let Some(last) =
                    atoms.last_mut().filter(|_| place + 1 == reading.len() && text.ends_with('好'))
                    && text.chars().count() > 1
                {
                    last.weight = Weight::Content;
                }
                for atom in atoms {
                    while said.next_if(|number| number.range.end <= atom.range.start).is_some() {}
                    match said.peek() {
                        Some(number) if number.range.contains(&atom.range.start) => {
                            if number.range.start == atom.range.start {
                                literals += 1.0;
                                elements.push(Element::Number(number.value.clone()));
                            }
                        }
                        _ => {
                            literals += share(&atom);
                            let before = match elements.last() {
                                Some(Element::Literal { token, .. }) => words.tokens.get(*token),
                                _ => None,
                            };
                            let gets = turned::gets(before);
                            elements.push(Element::Literal {
                                token: words.number(atom.token),
                                weight: atom.weight,
                                a_not_a: atom.a_not_a,
                                gets,
                            });
                        }
                    }
                }
            }
            Piece::Slot(slot) => elements.push(Element::Slot {
                name: slot.name.clone(),
                kind: slot.kind.clone(),
                list: slot.list,
                class: words.kind(&slot.kind, slot.list),
            }),
        }
    }
    keep_small_words(&mut elements, &mut literals, words);
    #[expect(clippy::cast_precision_loss, reason = "a pattern has few slots")]
    let slots = elements.iter().filter(|element| matches!(element, Element::Slot { .. })).count() as f32;
    Sequence { id, elements, size: (literals + slots).max(1.0), literals, sides: Sides::default(), asks }
}

/// Small English words that make a sentence of the one word beside them.
const POINTING: [&str; 10] = ["now", "here", "there", "you", "this", "that", "these", "as", "let", "us"];

/// A short pattern must be heard whole, small words and all: 是新款 is not any 新. So must one that has nothing but small
/// words beside its slots: 三百箱是五块 is not any 三百箱 with a price behind it.
fn keep_small_words(elements: &mut [Element], literals: &mut f32, words: &Vocabulary) {
    let strong = |element: &&Element| {
        !matches!(element, Element::Literal { weight: Weight::Filler | Weight::Light, .. })
    };
    let slots = elements.iter().any(|element| matches!(element, Element::Slot { .. }));
    let strong = elements.iter().filter(strong).count();
    let says = |element: &Element| {
        matches!(element, Element::Literal { weight: Weight::Content | Weight::Critical, .. })
    };
    let bare = slots && !elements.iter().any(says);
    // "Order now" is not any "order".
    let points = |token: usize| match words.tokens.get(token) {
        Some(Token::Word(word)) => POINTING.contains(&word.as_str()),
        _ => false,
    };
    for element in elements.iter_mut().filter(|_| bare || (!slots && strong < 3)) {
        if let Element::Literal { token, weight, .. } = element
            && (*weight == Weight::Light
                || (*weight == Weight::Filler && (strong == 0 || (strong == 1 && points(*token)))))
        {
            *literals += if *weight == Weight::Light { 0.5 } else { 0.8 };
            *weight = Weight::Content;
        }
    }
}

fn share(atom: &Atom) -> f32 {
    match atom.weight {
        Weight::Filler => 0.2,
        Weight::Light => 0.5,
        Weight::Content | Weight::Critical => 1.0,
    }
}

#[derive(Default)]
struct Vocabulary {
    tokens: Vec<Token>,
    numbers: HashMap<String, usize>,
    kinds: Vec<(SlotKind, bool)>,
}

fn key(token: &Token) -> String {
    match token {
        Token::Syllable(ch, _) => ch.to_string(),
        Token::Word(word) => word.clone(),
    }
}

impl Vocabulary {
    fn number(&mut self, token: Token) -> usize {
        let key = key(&token);
        *self.numbers.entry(key).or_insert_with(|| {
            self.tokens.push(token);
            self.tokens.len() - 1
        })
    }

    fn kind(&mut self, kind: &SlotKind, list: bool) -> usize {
        let known = self.kinds.iter().position(|(other, many)| other == kind && *many == list);
        known.unwrap_or_else(|| {
            self.kinds.push((kind.clone(), list));
            self.kinds.len() - 1
        })
    }
}

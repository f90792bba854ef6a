//! Who pays, does and owns it: 我 and 你, "I" and "you" are never taken for each other, nor left out of a promise.

use super::atoms::{Atom, Token};

/// The seller speaks; the buyers are spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Person {
    First,
    Second,
}

/// The person that the word or syllable stands for.
pub(super) fn person(token: &Token) -> Option<Person> {
    match token {
        Token::Syllable('我' | '咱', _) => Some(Person::First),
        Token::Syllable('你' | '您', _) => Some(Person::Second),
        Token::Syllable(..) => None,
        Token::Word(word) => match word.as_str() {
            "i" | "we" | "our" | "my" | "mine" | "us" | "me" | "ourselve" | "myself" => Some(Person::First),
            "you" | "your" | "yourself" | "yourselve" => Some(Person::Second),
            _ => None,
        },
    }
}

/// Is it the same person in the same part of the sentence, 我 and 咱, 你 and 您, "I" and "we", or the same verb of one and
/// of many, "is" and "are"?
pub(super) fn same(a: &Token, b: &Token) -> bool {
    const ALIKE: [(&str, &str); 5] =
        [("i", "we"), ("my", "our"), ("me", "us"), ("is", "are"), ("has", "have")];
    match (a, b) {
        (Token::Syllable(..), Token::Syllable(..)) => person(a).is_some() && person(a) == person(b),
        (Token::Word(a), Token::Word(b)) => {
            ALIKE.iter().any(|(one, all)| [(a, b), (b, a)].iter().any(|(x, y)| x == one && y == all))
        }
        _ => false,
    }
}

/// Patterns that promise what one side pays or does for the other, by how their ids begin.
const PROMISES: [&str; 11] = [
    "free-shipping",
    "sample-",
    "no-mould-fee",
    "mould-refund",
    "customs",
    "logo-free",
    "no-extra-charge",
    "ddp",
    "door-to-door",
    "freight-",
    "tax-",
];
/// What the seller pays or does: with "you" directly before it, it is the buyer's.
const SELLERS: [&str; 4] = ["free-shipping", "no-mould-fee", "customs", "logo-free"];
/// What is the buyer's own: not "our logo".
const BUYERS_OWN: [&str; 6] = ["logo-", "custom-", "labels", "send-artwork", "your-", "oem"];

/// What the buyer is asked to do or to send: not what "we" send "you".
const ASKS: [&str; 13] = [
    "send-",
    "tell-",
    "leave-contact",
    "contact-",
    "private-message",
    "problem-contact",
    "damage-photo",
    "follow-",
    "order-now",
    "note-",
    "target-price",
    "price-on-request",
    "claim-within",
];

/// What a pattern says of the persons.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sides {
    promise: bool,
    sellers: bool,
    buyers_own: bool,
    asks: bool,
}

impl Sides {
    pub fn of(id: &str) -> Self {
        let begins = |list: &[&str]| list.iter().any(|start| id.starts_with(start));
        Self {
            promise: begins(&PROMISES),
            sellers: begins(&SELLERS),
            buyers_own: begins(&BUYERS_OWN),
            asks: begins(&ASKS),
        }
    }

    /// May the person of its wording not be heard? "Factory located in …" may; who is spoken to may not, nor who pays.
    pub fn may_miss(self, person: Person) -> bool {
        person == Person::First && !self.promise && !self.asks
    }
}

/// Persons that an alignment left out of the pattern or of what was said.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slips {
    /// "We" of the pattern was not heard.
    missed_first: bool,
    /// "You" was heard that the pattern does not have, other than as who gets it.
    passed_second: bool,
    /// The same of "our".
    passed_owner: bool,
    /// "You" was heard as who gets it, which the pattern does not have.
    passed_getter: bool,
}

impl Slips {
    pub fn miss(self, person: Option<Person>) -> Self {
        Self { missed_first: self.missed_first || person == Some(Person::First), ..self }
    }

    pub fn pass(self, atoms: &[Atom], at: usize) -> Self {
        match atoms.get(at).and_then(|atom| person(&atom.token)) {
            Some(Person::Second) if !receives(atoms, at) => Self { passed_second: true, ..self },
            Some(Person::Second) => Self { passed_getter: true, ..self },
            Some(Person::First) if owns(atoms, at) => Self { passed_owner: true, ..self },
            _ => self,
        }
    }

    /// Would the pattern say of one side what was said of the other? `start`: where it begins.
    pub fn reverse(self, sides: Sides, atoms: &[Atom], start: usize) -> bool {
        let before = said_before(atoms, start, Person::Second);
        (self.missed_first && (self.passed_second || before))
            || (sides.promise && self.passed_second)
            || (sides.sellers && before)
            || (sides.buyers_own && self.passed_owner)
            || (sides.asks && (self.passed_getter || self.passed_second || self.passed_owner))
            || (sides.asks && said_before(atoms, start, Person::First))
    }
}

/// Is the person the one that gets it: 给你, "for you", "offer you"?
fn receives(atoms: &[Atom], at: usize) -> bool {
    match at.checked_sub(1).and_then(|before| atoms.get(before)).map(|atom| &atom.token) {
        Some(Token::Syllable(ch, _)) => "给帮为替跟向和与对".contains(*ch),
        Some(Token::Word(word)) => {
            ["for", "to", "with", "offer", "give", "get", "send", "charge", "help", "thank"]
                .contains(&word.as_str())
        }
        None => false,
    }
}

/// 我们的, "our".
fn owns(atoms: &[Atom], at: usize) -> bool {
    let is = |at: usize, wanted: char| {
        atoms.get(at).is_some_and(|atom| matches!(atom.token, Token::Syllable(ch, _) if ch == wanted))
    };
    match atoms.get(at).map(|atom| &atom.token) {
        Some(Token::Word(word)) => word == "our" || word == "my",
        Some(Token::Syllable(..)) => {
            let next = if is(at + 1, '们') { at + 2 } else { at + 1 };
            is(next, '的') || is(next, '自')
        }
        None => false,
    }
}

/// Does the person stand directly before the place, as who does it?
fn said_before(atoms: &[Atom], start: usize, wanted: Person) -> bool {
    let plural = |at: usize| atoms.get(at).is_some_and(|atom| matches!(atom.token, Token::Syllable('们', _)));
    let mut at = start;
    while at > 0 && atoms.get(at).is_some_and(|atom| !atom.after_break) {
        at -= 1;
        let Some(atom) = atoms.get(at) else { return false };
        match person(&atom.token) {
            Some(who) if who == wanted => return !receives(atoms, at),
            Some(_) => return false,
            None if plural(at) || super::lattice::is_small(atom) => {}
            None => return false,
        }
    }
    false
}

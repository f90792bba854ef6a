//! Words of English hosts.

use super::super::atoms::{Atom, Token, Weight};
use super::Rest;

/// May be left out.
#[rustfmt::skip] // a list, read by kinds
const HARMLESS: &[&str] = &[
    // speaking and showing
    "let me tell you", "i want to tell you", "i can tell you", "let me say", "as i said", "like i said", "as you can see", "you can see",
    "you see", "see", "look", "to be honest", "honestly", "by the way", "of course", "trust me", "believe me", "i promise you", "in fact",
    "as you know", "come on", "listen", "come and see", "take a look", "have a look", "do not worry", "no worry", "again", "once again",
    // praise
    "beautiful", "nice", "lovely", "wonderful", "amazing", "perfect", "excellent", "great", "good", "fantastic", "pretty", "super", "wow", "cool", "elegant", "stylish", "handy", "practical", "that is it", "that is all", "believe it or not",
    // politeness
    "thank", "thank you", "sorry", "sir", "madam", "boss", "hello", "welcome", "bye",
    // what is spoken of, when no other noun is
    "product", "item", "thing", "stuff",
];
/// Join what is said to what it is not true of.
const TURNS: &[&str] = &["but", "however", "though", "although", "yet", "while", "whereas"];
/// Limit, exempt, name a variant, a group or another subject.
#[rustfmt::skip] // a list, read by kinds
const BARS: &[&str] = &[
    // limits, conditions, hedges
    "only", "except", "excluding", "exclude", "otherwise", "unless", "if", "when", "once", "until", "till", "depend", "depending", "maybe", "perhaps",
    "possibly", "subject to", "as long as", "provided", "each", "per", "every", "extra", "additional", "separate", "separately", "apart", "plus", "minus",
    "charge", "pay", "cost", "fee", "surcharge", "that is for", "this is for", "those are for", "it is for", "applies", "apply", "valid", "limited",
    "instead", "rather", "not just", "not only", "not completely", "not entirely", "not fully", "not totally", "not always", "not really", "not quite", "for now", "cost us", "cost me", "usually not", "today", "tomorrow", "tonight", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "someone asks", "somebody asks", "someone asked", "asks", "asked", "asking", "ask", "question",
    // this one only, where a general rule or a refusal is said
    "for this one", "for this model", "for this product", "for this item", "on this one", "on this model", "on this product",
    // variants and parts
    "color", "size", "style", "version", "variant", "silver", "one", "ones", "half", "rest", "some", "few", "part",
    // groups and kinds of order
    "customer", "client", "buyer", "member", "order", "sample", "stock", "custom", "customized", "bulk", "wholesale", "retail", "regular", "vip",
    "island", "remote", "country", "abroad", "domestic",
    // other subjects
    "machine", "line", "mold", "tooling", "workshop", "carton", "box", "pallet", "container", "fabric", "cloth", "package", "bag", "battery", "motor",
    "cover", "lid", "handle", "factory",
    // what was said before was wrong
    "i mean", "i meant", "correction", "my mistake", "make that", "scratch that", "no wait", "let me correct",
];
/// The same, where something was said before it and is behind it: "150 kilos, sorry, 50 kilos".
const TAKES_BACK: &str = "sorry";

/// Marks the words of an utterance.
pub(super) fn mark(atoms: &mut [Atom]) {
    for (list, rest) in [(HARMLESS, Rest::Harmless), (TURNS, Rest::Turns), (BARS, Rest::Bars)] {
        for phrase in list {
            let words: Vec<&str> = phrase.split(' ').collect();
            for at in 0..atoms.len() {
                let here = words.iter().enumerate().all(|(offset, word)| {
                    matches!(atoms.get(at + offset).map(|atom| &atom.token), Some(Token::Word(heard)) if heard == word)
                });
                if here {
                    // "this one" is no variant.
                    let said = atoms.iter_mut().skip(at).take(words.len());
                    said.filter(|atom| {
                        rest != Rest::Bars || atom.weight != Weight::Filler || words.len() > 1
                    })
                    .for_each(|atom| atom.rest = rest);
                }
            }
        }
    }
    // Neither of what was said before, nor of what comes, where nothing does: "sorry, no samples", "our lowest price, sorry".
    let within = atoms.len().saturating_sub(1);
    let back = atoms.iter_mut().take(within).skip(1);
    back.filter(|atom| matches!(&atom.token, Token::Word(word) if word == TAKES_BACK))
        .for_each(|atom| atom.rest = Rest::Bars);
}

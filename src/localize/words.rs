//! Where a card's words come from when the viewer's language lacks them.

use std::collections::BTreeMap;

use crate::domain::{Lang, in_lang};
use crate::packs::{Direction, Pack};

/// The text of the pack's language, else of its fallback, else the English one.
pub fn in_pack<'a, T>(texts: &'a BTreeMap<Lang, T>, pack: &Pack) -> Option<&'a T> {
    let english = || texts.iter().find(|(key, _)| key.primary() == "en").map(|(_, text)| text);
    in_lang(texts, &pack.lang)
        .or_else(|| pack.fallback.as_ref().and_then(|lang| in_lang(texts, lang)))
        .or_else(english)
}

/// An interface string; English where the pack lacks it, so that a shopper never meets an empty label.
pub fn label(pack: &Pack, id: &str, english: &str) -> String {
    pack.string(id).unwrap_or(english).to_owned()
}

/// Kept together and in its own direction inside right-to-left text (UAX #9: first strong isolate).
pub fn isolated(pack: &Pack, text: &str) -> String {
    match pack.dir {
        Direction::Rtl => format!("\u{2068}{text}\u{2069}"),
        Direction::Ltr => text.to_owned(),
    }
}

//! Term repair: words of the trade that recognition wrote with characters of the same sound.
//!
//! Most errors of Whisper in Mandarin are right in sound (起定量 for 起订量, 炸之被 for 榨汁杯). What a room talks about is
//! known beforehand: its products, the host's keyterms, and the terms and phrases of the language pack. A run of
//! characters that sounds like one of these, and makes no sense as it stands, is rewritten. A repair that was wrong
//! would put words into the host's mouth, so precision comes first: what is an ordinary word stays, and no repair
//! adds or removes a numeral or a negation.

mod evidence;
mod lexicon;
mod mandarin;
mod ordinary;
mod spelled;
mod trie;

use std::ops::Range;

use crate::domain::{Lang, Product};
use crate::packs::Pack;

/// The repairer of one room in one language. Making one for Mandarin takes 150 to 300 ms (release; 37,000 entries of the
/// demo room): once for a room and off the async threads. An utterance of 23 characters takes 0.03 ms.
#[derive(Debug)]
pub struct Repair {
    method: Method,
}

#[derive(Debug)]
enum Method {
    Mandarin(mandarin::Repairer),
    Spelled(spelled::Repairer),
}

/// A transcript after repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    pub text: String,
    /// In the order of the text; empty where nothing was changed.
    pub changes: Vec<Change>,
}

/// One repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub from: String,
    pub to: String,
    /// Bytes of the text as it was heard.
    pub range: Range<usize>,
}

impl Repair {
    /// `pack` is the host language's: its terms and patterns are what may be meant.
    pub fn new(pack: Option<&Pack>, products: &[Product], keyterms: &[String], lang: &Lang) -> Self {
        let method = if lang.is_chinese() {
            Method::Mandarin(mandarin::Repairer::new(lexicon::entries(pack, products, keyterms, lang)))
        } else {
            let names = products.iter().flat_map(|product| lexicon::names(product, lang));
            Method::Spelled(spelled::Repairer::new(names.chain(keyterms.iter().map(String::as_str))))
        };
        Self { method }
    }

    /// `text` with its misheard terms as they are written.
    pub fn repair(&self, text: &str) -> Repaired {
        let changes = match &self.method {
            Method::Mandarin(repairer) => repairer.changes(text),
            Method::Spelled(repairer) => repairer.changes(text),
        };
        Repaired { text: applied(text, &changes), changes }
    }
}

fn applied(text: &str, changes: &[Change]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for change in changes {
        out.push_str(text.get(done..change.range.start).unwrap_or_default());
        out.push_str(&change.to);
        done = change.range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests;

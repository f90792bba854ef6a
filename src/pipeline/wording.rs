//! How a room writes what was heard: in its script, with its terms spelled right.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::room::Room;
use crate::domain::Lang;
use crate::repair::{Repair, Terms};
use crate::transcribe::script::ChineseScript;
use crate::transcribe::{Hypothesis, Token};

/// The terms that one host may say, for each language it may speak.
pub struct Wording {
    room: Arc<Room>,
    repairs: Vec<(Lang, Repair)>,
}

/// What the packs give repairers, by language: made once for all rooms.
#[derive(Debug, Default)]
pub struct KnownTerms(Mutex<BTreeMap<Lang, Terms>>);

impl Wording {
    /// Reads the pack's phrases if nobody has before (some 100 ms) and the room's own terms: to be done off the runtime.
    pub fn new(room: Arc<Room>, langs: &[Lang], keyterms: &[String]) -> Self {
        let repairs = langs.iter().map(|lang| (lang.clone(), room_repair(&room, lang, keyterms))).collect();
        Self { room, repairs }
    }

    /// Puts a hypothesis into the room's script and wording.
    pub fn apply(&self, heard: Hypothesis) -> Hypothesis {
        let scripts = &self.room.engines.scripts;
        // The terms are kept in simplified script.
        let mut heard = scripts.apply(heard, ChineseScript::Simplified);
        if let Some((_, repair)) =
            self.repairs.iter().find(|(lang, _)| lang.primary() == heard.lang.primary())
        {
            let repaired = repair.repair(&heard.text);
            for change in &repaired.changes {
                tracing::debug!(room = %self.room.config.id, from = change.from, to = change.to, "repaired");
            }
            heard.tokens = respelled(heard.tokens, &heard.text, &repaired.text);
            heard.text = repaired.text;
        }
        match self.room.config.script {
            ChineseScript::Simplified => heard,
            script @ ChineseScript::Traditional => scripts.apply(heard, script),
        }
    }
}

fn room_repair(room: &Room, lang: &Lang, keyterms: &[String]) -> Repair {
    let engines = &room.engines;
    let terms = {
        let mut known = engines.terms.0.lock();
        known.entry(lang.clone()).or_insert_with(|| Terms::of(&engines.packs, lang)).clone()
    };
    let own = room.glossary.own();
    let listened: Vec<String> = own.said(lang).map(str::to_owned).chain(keyterms.iter().cloned()).collect();
    Repair::in_room(&terms, &room.catalogue().products, &listened, lang)
}

/// The tokens with the repaired text's characters, where there are as many: their times stay.
fn respelled(mut tokens: Vec<Token>, before: &str, after: &str) -> Vec<Token> {
    let in_tokens: String = tokens.iter().map(|t| t.text.as_str()).collect();
    if before == after || in_tokens.trim() != before || before.chars().count() != after.chars().count() {
        return tokens;
    }
    let leading = in_tokens.chars().take_while(|c| c.is_whitespace()).count();
    let mut letters = in_tokens.chars().take(leading).chain(after.chars());
    for token in &mut tokens {
        let length = token.text.chars().count();
        token.text = letters.by_ref().take(length).collect();
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Token {
        Token { text: text.into(), start_ms: 0, end_ms: 0, probability: 1.0 }
    }

    #[test]
    fn tokens_follow_a_repair_of_equal_length_only() {
        let tokens = vec![token(" 起"), token("定量")];
        let texts = |tokens: Vec<Token>| tokens.into_iter().map(|t| t.text).collect::<Vec<_>>();
        assert_eq!(texts(respelled(tokens.clone(), "起定量", "起订量")), [" 起", "订量"]);
        assert_eq!(texts(respelled(tokens, "起定量", "最低起订量")), [" 起", "定量"]);
    }
}

//! How a room writes what was heard: in its script, with its terms spelled right.

use std::sync::Arc;

use super::room::Room;
use crate::transcribe::script::ChineseScript;
use crate::transcribe::{Hypothesis, Token};

/// How what is heard in a room is written.
pub struct Wording(Arc<Room>);

/// A hypothesis as the room writes it.
pub struct Worded {
    pub hypothesis: Hypothesis,
    /// What the repairs wrote.
    pub repaired: Vec<String>,
}

impl Wording {
    pub fn new(room: Arc<Room>) -> Self {
        Self(room)
    }

    /// Puts a hypothesis into the room's script and wording, with the terms that the room has by now.
    pub fn apply(&self, heard: Hypothesis) -> Worded {
        let room = &self.0;
        let scripts = &room.engines.scripts;
        // The terms are kept in simplified script.
        let mut heard = scripts.apply(heard, ChineseScript::Simplified);
        let mut changed = Vec::new();
        if let Some(repair) = room.terms.repair(&heard.lang) {
            let repaired = repair.repair(&heard.text);
            for change in repaired.changes {
                tracing::debug!(room = %room.config.id, from = change.from, to = change.to, "repaired");
                changed.push(change.to);
            }
            heard.tokens = respelled(heard.tokens, &heard.text, &repaired.text);
            heard.text = repaired.text;
        }
        match room.config.script {
            ChineseScript::Simplified => Worded { hypothesis: heard, repaired: changed },
            script @ ChineseScript::Traditional => Worded {
                hypothesis: scripts.apply(heard, script),
                repaired: changed.iter().map(|text| scripts.convert(text, script)).collect(),
            },
        }
    }
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

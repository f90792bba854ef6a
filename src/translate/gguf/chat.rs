//! How a model was taught to be spoken to. The file brings its template along as a program in Jinja; two families do not
//! need an interpreter for it, and the marks are put in as tokens, so that nothing that is said can pass for one.

use candle_core::{Error, Result};

use super::vocabulary::Vocabulary;

/// The marks of a turn.
#[derive(Debug, Clone, Copy)]
pub(super) enum Chat {
    /// Qwen's: `<|im_start|>user … <|im_end|>`.
    Ml { start: u32, end: u32 },
    /// Gemma's: `<start_of_turn>user … <end_of_turn>`, without a system's turn.
    Gemma { start: u32, end: u32 },
}

impl Chat {
    pub fn of(vocabulary: &Vocabulary) -> Result<Self> {
        let pair = |start: &str, end: &str| Some((vocabulary.special(start)?, vocabulary.special(end)?));
        if let Some((start, end)) = pair("<|im_start|>", "<|im_end|>") {
            return Ok(Self::Ml { start, end });
        }
        if let Some((start, end)) = pair("<start_of_turn>", "<end_of_turn>") {
            return Ok(Self::Gemma { start, end });
        }
        Err(Error::Msg("the vocabulary has no marks of a conversation that are known".into()))
    }

    /// Everything up to where the model's answer begins. `examples`: what was asked before, with its answer.
    pub fn tokens(
        self,
        vocabulary: &Vocabulary,
        system: &str,
        examples: &[(String, String)],
        user: &str,
    ) -> Result<Vec<u32>> {
        let (start, end) = match self {
            Self::Ml { start, end } | Self::Gemma { start, end } => (start, end),
        };
        let mut tokens: Vec<u32> = vocabulary.bos.into_iter().collect();
        let turn = |tokens: &mut Vec<u32>, text: &str| -> Result<()> {
            tokens.push(start);
            tokens.extend(vocabulary.encode(text)?);
            Ok(())
        };
        let turns =
            examples.iter().flat_map(|(asked, answer)| [(true, asked.as_str()), (false, answer.as_str())]);
        let mut rules = Some(system.trim());
        if let Self::Ml { .. } = self
            && let Some(rules) = rules.take()
        {
            turn(&mut tokens, &format!("system\n{rules}"))?;
            tokens.push(end);
            tokens.extend(vocabulary.encode("\n")?);
        }
        for (asked, said) in turns.chain([(true, user)]) {
            let who = match (asked, self) {
                (true, _) => "user",
                (false, Self::Ml { .. }) => "assistant",
                (false, Self::Gemma { .. }) => "model",
            };
            // Gemma has no system's turn: the first of the user's begins with it.
            let rules = rules.take().map(|rules| format!("{rules}\n\n")).unwrap_or_default();
            turn(&mut tokens, &format!("{who}\n{rules}{}", said.trim()))?;
            tokens.push(end);
            tokens.extend(vocabulary.encode("\n")?);
        }
        turn(&mut tokens, if matches!(self, Self::Gemma { .. }) { "model\n" } else { "assistant\n" })?;
        Ok(tokens)
    }
}

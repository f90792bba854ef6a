//! Several answers written at once, a token each in turn. Reading the model's weights is what a token costs, and four
//! texts share one reading; what two prompts have in common from their first token on is read once.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

use candle_core::{Error, Result};

use super::chat::Chat;
use super::model::Model;
use super::ops::argmax;
use super::sequence::Sequence;
use super::vocabulary::Vocabulary;
use super::wire::{End, Task};

/// Answers that are written at once. candle's matrices take four rows in one pass.
pub(super) const MOST_AT_ONCE: usize = 4;
/// Finished texts whose beginnings are kept for the next: one host's rules and last sentences. 57 kB a token with
/// Qwen2.5-1.5B.
const KEPT: usize = 3;
/// A prompt that leaves less room than this is not read: no sentence so long has so short a translation.
const LEAST_ANSWER: usize = 48;

#[derive(Debug)]
pub(super) struct Writer {
    model: Model,
    chat: Chat,
    active: Vec<Text>,
    kept: VecDeque<Sequence>,
}

#[derive(Debug)]
struct Text {
    id: u64,
    sequence: Sequence,
    answer: Vec<u32>,
    /// The token that comes next, not yet read.
    next: u32,
    han: bool,
    most: usize,
    until: Instant,
}

impl Writer {
    /// `context`: tokens of a prompt with its answer.
    pub fn load(path: &Path, context: usize) -> Result<Self> {
        let model = Model::load(path, context)?;
        let chat = Chat::of(&model.vocabulary)?;
        let mut writer = Self { model, chat, active: Vec::new(), kept: VecDeque::new() };
        writer.warm_up()?;
        Ok(writer)
    }

    /// Reads what stands in front of every sentence, so that the first one does not wait for it (320 tokens, 3 s of one
    /// core with Qwen2.5-1.5B). Where it does not fit, nothing does, and each task will be told so.
    pub fn read_ahead(&mut self, system: &str, examples: &[(String, String)]) {
        let ahead = Task {
            id: 0,
            system: system.to_owned(),
            examples: examples.to_vec(),
            user: String::new(),
            han: false,
            max_tokens: 1,
            within_ms: 0,
        };
        if let Ok(text) = self.read(&ahead, Instant::now()) {
            self.keep(text.sequence);
        }
    }

    pub fn has_room(&self) -> bool {
        self.active.len() < MOST_AT_ONCE
    }

    pub fn is_idle(&self) -> bool {
        self.active.is_empty()
    }

    #[cfg(test)]
    pub fn active(&self) -> Vec<u64> {
        self.active.iter().map(|text| text.id).collect()
    }

    /// Reads the task's prompt. `Some`: it has come to an end already.
    pub fn begin(&mut self, task: &Task, now: Instant) -> Option<End> {
        match self.read(task, now) {
            Ok(text) => {
                self.active.push(text);
                None
            }
            Err(error) => Some(End::Failed(error.to_string())),
        }
    }

    pub fn cancel(&mut self, id: u64) {
        if let Some(at) = self.active.iter().position(|text| text.id == id) {
            let text = self.active.swap_remove(at);
            self.keep(text.sequence);
        }
    }

    /// One token for every text; returns those that ended with it.
    pub fn step(&mut self, now: Instant) -> Vec<(u64, End)> {
        let mut ended = Vec::new();
        let (mut going, mut sequences) = (Vec::new(), Vec::new());
        for mut text in self.active.drain(..) {
            match text.turn(&self.model, now) {
                Some(end) => {
                    ended.push((text.id, end));
                    sequences.push(text.sequence);
                }
                None => going.push(text),
            }
        }
        self.active = going;
        sequences.into_iter().for_each(|sequence| self.keep(sequence));
        if let Err(error) = self.advance() {
            ended.extend(self.active.drain(..).map(|text| (text.id, End::Failed(error.to_string()))));
        }
        ended
    }

    fn advance(&mut self) -> Result<()> {
        if self.active.is_empty() {
            return Ok(());
        }
        let next: Vec<[u32; 1]> = self.active.iter().map(|text| [text.next]).collect();
        let texts = self.active.iter_mut().zip(&next);
        let mut texts: Vec<_> = texts.map(|(text, next)| (&mut text.sequence, next.as_slice())).collect();
        let logits = self.model.read(&mut texts)?;
        for (text, logits) in self.active.iter_mut().zip(logits) {
            text.next = likeliest(&logits, text.han, &self.model.vocabulary)?;
        }
        Ok(())
    }

    fn read(&mut self, task: &Task, now: Instant) -> Result<Text> {
        let prompt = self.chat.tokens(&self.model.vocabulary, &task.system, &task.examples, &task.user)?;
        let left = self.model.shape.context.saturating_sub(prompt.len() + 1);
        if left < LEAST_ANSWER {
            return Err(Error::Msg(format!("a prompt of {} tokens leaves no room", prompt.len())));
        }
        let most = task.max_tokens.min(left);
        let room = prompt.len() + most + 1;
        let known = self.kept.iter().chain(self.active.iter().map(|text| &text.sequence));
        let nearest = known.max_by_key(|sequence| sequence.in_common(&prompt));
        // The last token is read again in any case: what follows it is not kept.
        let mut sequence = match nearest {
            Some(known) => {
                let common = known.in_common(&prompt).min(prompt.len().saturating_sub(1));
                known.fork(common, &self.model.shape, room)?
            }
            None => Sequence::new(&self.model.shape, room)?,
        };
        let new = prompt.get(sequence.tokens.len()..).unwrap_or_default();
        let logits = self.model.read(&mut [(&mut sequence, new)])?;
        let next = likeliest(
            logits.first().map(Vec::as_slice).unwrap_or_default(),
            task.han,
            &self.model.vocabulary,
        )?;
        let until = now + Duration::from_millis(task.within_ms);
        Ok(Text {
            id: task.id,
            sequence,
            answer: Vec::new(),
            next,
            han: task.han,
            most: task.max_tokens,
            until,
        })
    }

    /// The weights are brought into the order that the processor likes best when they are first used, once for single
    /// tokens and once for several: better now than in the first sentence.
    fn warm_up(&mut self) -> Result<()> {
        let tokens = self.model.vocabulary.encode("1 2")?;
        let two = tokens.get(..2).unwrap_or(&tokens);
        let mut texts = [Sequence::new(&self.model.shape, 4)?, Sequence::new(&self.model.shape, 4)?];
        let [a, b] = &mut texts;
        self.model.read(&mut [(a, two), (b, two)])?;
        let one = two.get(..1).unwrap_or_default();
        self.model.read(&mut [(a, one)])?;
        Ok(())
    }

    fn keep(&mut self, sequence: Sequence) {
        self.kept.truncate(KEPT - 1);
        self.kept.push_front(sequence);
    }
}

impl Text {
    /// Takes the next token in, or says why there is none.
    fn turn(&mut self, model: &Model, now: Instant) -> Option<End> {
        if now >= self.until {
            return Some(End::Late);
        }
        let written = |answer: &[u32]| match model.vocabulary.decode(answer) {
            Ok(text) => End::Whole(text),
            Err(error) => End::Failed(error.to_string()),
        };
        if model.vocabulary.is_end(self.next) {
            return Some(written(&self.answer));
        }
        // A translation is one line; what a model writes after it is a remark.
        let piece = model.vocabulary.decode(&[self.next]).unwrap_or_default();
        if piece.contains('\n') && !self.answer.is_empty() {
            return Some(written(&self.answer));
        }
        if self.answer.len() >= self.most {
            return Some(End::CutOff);
        }
        self.answer.push(self.next);
        None
    }
}

/// A small model leaves words that it does not know in Chinese; where it may not, it finds one.
fn likeliest(logits: &[f32], han: bool, vocabulary: &Vocabulary) -> Result<u32> {
    let barred = if han { &[] } else { vocabulary.han.as_slice() };
    let best = argmax(logits, barred).and_then(|index| u32::try_from(index).ok());
    best.ok_or_else(|| Error::Msg("the model says nothing".into()))
}

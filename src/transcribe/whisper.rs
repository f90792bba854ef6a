//! Whisper and Silero through whisper.cpp: the one file that names `whisper_rs`.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;
use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperState, WhisperVadContext,
    WhisperVadContextParams, get_lang_id, get_lang_str,
};

use super::{Ask, Hypothesis, Pass, Token, TranscribeError, Transcriber, Until, guard};
use crate::domain::{Lang, SAMPLE_RATE};

/// Samples that one position of the encoder stands for: 20 ms.
const SAMPLES_PER_POSITION: usize = 320;
/// The whole 30 s window of the model, in positions.
const WHOLE_WINDOW: usize = 1500;
/// Positions beyond the audio, of a partial pass: each 100 cost about 50 ms, the whole window five times a fitted one.
const PARTIAL_SLACK: usize = 96;
/// The same of a final pass, and its beams. CER of the tour and time of a final, one thread, nothing beside it: 96 and
/// 3 beams → 11.2 %, 0.57 s; 96 and 5 → 10.6 %, 0.69 s; 128 and 5 → 10.1 %, 0.75 s; 192 and 5 → 10.1 %, 0.82 s;
/// 256 and 5 → 9.9 %, 0.91 s. Real Mandarin clips: 12.9 % with 96 and 3, 12.0 % with 192 and 5; the whole file 11.9 %.
/// 128 and 5 left the final lag at 0.92 to 1.00 s (p50, tour): too near to what viewers wait for.
const FINAL_SLACK: usize = 96;
const FINAL_BEAMS: i32 = 5;
/// Whisper wants a second of audio at least; shorter speech is followed by silence.
const SHORTEST: usize = SAMPLE_RATE as usize * 11 / 10;
/// Of a second opinion: neither of the others, so that it does not make their mistakes again.
const SECOND_SLACK: usize = 192;
/// Tokens that may come of one second of speech, and of none: fast Mandarin is about 5 a second.
const TOKENS_PER_SECOND: f32 = 12.0;
const TOKENS_SPARE: f32 = 14.0;

/// Weights shared by all workers. Each worker has its own state (about 60 MB for base).
#[derive(Debug, Clone)]
pub struct WhisperModel {
    context: Arc<WhisperContext>,
}

impl WhisperModel {
    /// Loads any ggml Whisper file.
    pub fn load(path: &Path) -> Result<Self, TranscribeError> {
        whisper_rs::install_logging_hooks();
        let mut parameters = WhisperContextParameters::default();
        // Off: flash attention pads a fitted window to the next 256 positions and attends to what an earlier utterance
        // left there. Real Mandarin clips, fitted windows: CER 35.7 % with it, 14.2 % without.
        parameters.use_gpu(false).flash_attn(false);
        let context = WhisperContext::new_with_params(path, parameters).map_err(|e| load_error(path, &e))?;
        Ok(Self { context: Arc::new(context) })
    }

    /// A recogniser that computes on `threads` threads.
    pub fn transcriber(&self, threads: usize) -> Result<WhisperTranscriber, TranscribeError> {
        let state = self.context.create_state().map_err(|e| failed(&e))?;
        Ok(WhisperTranscriber {
            model: self.clone(),
            state,
            threads,
            until: Arc::default(),
            params: HashMap::new(),
        })
    }

    /// Recognition of a whole recording in one go, as whisper.cpp does it by default: what live text is measured
    /// against.
    pub fn whole_file(&self, audio: &[f32], lang: &Lang) -> Result<String, TranscribeError> {
        let mut state = self.context.create_state().map_err(|e| failed(&e))?;
        let mut params = FullParams::new(SamplingStrategy::BeamSearch { beam_size: 5, patience: -1.0 });
        params.set_language(Some(lang.primary()));
        params.set_n_threads(1);
        params.set_print_progress(false);
        params.set_print_realtime(false);
        params.set_print_timestamps(false);
        state.full(params, audio).map_err(|e| failed(&e))?;
        let mut text = String::new();
        for segment in state.as_iter() {
            text.push_str(&segment.to_str_lossy().map_err(|e| failed(&e))?);
        }
        Ok(text)
    }
}

pub struct WhisperTranscriber {
    model: WhisperModel,
    state: WhisperState,
    threads: usize,
    /// The end of the present pass's time: Whisper asks after the encoder and after each token.
    until: Arc<Mutex<Until>>,
    /// What passes of a kind have in common, by the beams (none: greedy) and the language. whisper-rs never frees a callback or a
    /// language's name: they are made once.
    params: HashMap<(Option<i32>, &'static str), FullParams<'static, 'static>>,
}

impl Transcriber for WhisperTranscriber {
    fn transcribe(&mut self, ask: &Ask, until: &Until) -> Result<Hypothesis, TranscribeError> {
        *self.until.lock() = until.clone();
        let mut audio = ask.audio.to_vec();
        audio.resize(audio.len().max(SHORTEST), 0.0);
        let lang = self.language(&audio, &ask.langs)?;
        let (beams, slack) = match ask.pass {
            Pass::Final => (Some(FINAL_BEAMS), FINAL_SLACK),
            Pass::Partial => (None, PARTIAL_SLACK),
            Pass::SecondOpinion => (None, SECOND_SLACK),
        };
        let mut heard = self.pass(&audio, slack, &lang, &ask.context, beams)?;
        let seconds = ask.audio.len() as f32 / SAMPLE_RATE as f32;
        if ask.is_final() && guard::is_runaway(&heard, seconds) {
            // Without context and another way: what ran away from its prompt seldom does so twice.
            let again = self.pass(&audio, PARTIAL_SLACK, &lang, "", None)?;
            if !guard::is_runaway(&again, seconds) || again.tokens.len() < heard.tokens.len() {
                heard = again;
            }
        }
        Ok(guard::collapse_repeats(heard))
    }
}

impl WhisperTranscriber {
    fn pass(
        &mut self,
        audio: &[f32],
        slack: usize,
        lang: &Lang,
        context: &str,
        beams: Option<i32>,
    ) -> Result<Hypothesis, TranscribeError> {
        let prompt = self.prompt(context)?;
        let mut params = self.params(beams, lang)?;
        params.set_audio_ctx(positions(audio.len(), slack));
        params.set_max_tokens(
            (audio.len() as f32 / SAMPLE_RATE as f32 * TOKENS_PER_SECOND + TOKENS_SPARE) as i32,
        );
        params.set_tokens(&prompt);
        self.state.full(params, audio).map_err(|e| failed(&e))?;
        self.heard(lang)
    }

    fn params<'a>(&mut self, beams: Option<i32>, lang: &Lang) -> Result<FullParams<'a, 'a>, TranscribeError> {
        let name = get_lang_id(lang.primary()).and_then(get_lang_str);
        let name = name.ok_or_else(|| TranscribeError::Failed(format!("the model does not know {lang}")))?;
        let (threads, until) = (self.threads, &self.until);
        let made = self.params.entry((beams, name)).or_insert_with(|| {
            let mut params = FullParams::new(match beams {
                Some(beam_size) => SamplingStrategy::BeamSearch { beam_size, patience: -1.0 },
                None => SamplingStrategy::Greedy { best_of: 1 },
            });
            params.set_language(Some(name));
            params.set_n_threads(threads.try_into().unwrap_or(1));
            params.set_temperature(0.0);
            // Whisper's own fallback decodes up to five times more: a final that comes late is worth less than one
            // that our guard cuts.
            params.set_temperature_inc(0.0);
            // Time tokens stay on: without them base repeats itself on a fitted window (tour: CER 70 % against 15 %).
            params.set_no_timestamps(false);
            params.set_token_timestamps(true);
            params.set_no_context(true);
            params.set_suppress_nst(true);
            params.set_print_progress(false);
            params.set_print_realtime(false);
            params.set_print_special(false);
            params.set_print_timestamps(false);
            params.set_abort_callback_safe::<Over, Over>(over(until));
            params
        });
        Ok(made.clone())
    }

    /// The context as tokens: passed this way it is freed again, unlike whisper-rs's `set_initial_prompt`.
    fn prompt(&self, context: &str) -> Result<Vec<i32>, TranscribeError> {
        if context.is_empty() {
            return Ok(Vec::new());
        }
        self.model.context.tokenize(context, context.len() + 8).map_err(|e| failed(&e))
    }

    fn heard(&self, lang: &Lang) -> Result<Hypothesis, TranscribeError> {
        let first_special = self.model.context.token_eot();
        let mut pieces = Pieces::default();
        let mut no_speech: f32 = 0.0;
        for segment in self.state.as_iter() {
            no_speech = no_speech.max(segment.no_speech_probability());
            for index in 0..segment.n_tokens() {
                let Some(token) = segment.get_token(index) else { continue };
                if token.token_id() >= first_special {
                    continue;
                }
                let data = token.token_data();
                let bytes = token.to_bytes().map_err(|e| failed(&e))?;
                pieces.push(bytes, data.t0.max(0) as u64 * 10, data.t1.max(0) as u64 * 10, data.p);
            }
        }
        let (text, tokens) = pieces.finish();
        Ok(Hypothesis { text, lang: lang.clone(), tokens, no_speech })
    }

    fn language(&mut self, audio: &[f32], langs: &[Lang]) -> Result<Lang, TranscribeError> {
        let [first, others @ ..] = langs else {
            return Err(TranscribeError::Failed("no language was given".into()));
        };
        if others.is_empty() {
            return Ok(first.clone());
        }
        self.state.pcm_to_mel(audio, self.threads).map_err(|e| failed(&e))?;
        let (_, probabilities) = self.state.lang_detect(0, self.threads).map_err(|e| failed(&e))?;
        if self.until.lock().is_over() {
            return Err(TranscribeError::GaveUp);
        }
        let probability = |lang: &Lang| {
            let id = get_lang_id(lang.primary()).and_then(|id| usize::try_from(id).ok());
            id.and_then(|id| probabilities.get(id)).copied().unwrap_or(0.0)
        };
        Ok(langs.iter().max_by(|a, b| probability(a).total_cmp(&probability(b))).unwrap_or(first).clone())
    }
}

/// Tokens put together from bytes: a Chinese character may be spread over two or three of them.
#[derive(Default)]
struct Pieces {
    tokens: Vec<Token>,
    open: Vec<u8>,
    open_start: u64,
    open_probability: f32,
}

impl Pieces {
    fn push(&mut self, bytes: &[u8], start_ms: u64, end_ms: u64, probability: f32) {
        if self.open.is_empty() {
            (self.open_start, self.open_probability) = (start_ms, probability);
        }
        self.open.extend_from_slice(bytes);
        let probability = self.open_probability.min(probability);
        self.open_probability = probability;
        // Longer than any character: the bytes are broken for good.
        let broken = self.open.len() > 64;
        if let Some(text) =
            std::str::from_utf8(&self.open).ok().map(str::to_owned).or_else(|| broken.then(String::new))
        {
            self.tokens.push(Token { text, start_ms: self.open_start, end_ms, probability });
            self.open.clear();
        }
    }

    fn finish(self) -> (String, Vec<Token>) {
        let text: String = self.tokens.iter().map(|t| t.text.as_str()).collect();
        (text.trim().to_owned(), self.tokens)
    }
}

/// Silero's voice activity model. One thread only: with four on two cores it is 4,000 times slower
/// (19 s against 5 ms for 2.7 s of audio).
pub struct SileroVad(WhisperVadContext);

impl SileroVad {
    pub fn load(path: &Path) -> Result<Self, TranscribeError> {
        whisper_rs::install_logging_hooks();
        let mut parameters = WhisperVadContextParams::default();
        parameters.set_n_threads(1);
        parameters.set_use_gpu(false);
        let name = path.to_string_lossy();
        WhisperVadContext::new(&name, parameters).map(Self).map_err(|e| load_error(path, &e))
    }

    /// Speech probability of each window of 512 samples. The model starts anew at each call.
    pub fn probabilities(&mut self, audio: &[f32]) -> Result<&[f32], TranscribeError> {
        self.0.detect_speech(audio).map_err(|e| failed(&e))?;
        Ok(self.0.probabilities())
    }
}

/// Whether a pass is to be given up. This very type and no other: whisper-rs 0.16 keeps the callback as a
/// `Box<dyn FnMut() -> bool>`, and its C function reads what it kept as the type that it was given.
type Over = Box<dyn FnMut() -> bool>;

fn over(until: &Arc<Mutex<Until>>) -> Over {
    let until = Arc::clone(until);
    Box::new(move || until.lock().is_over())
}

fn positions(samples: usize, slack: usize) -> i32 {
    (samples.div_ceil(SAMPLES_PER_POSITION) + slack).min(WHOLE_WINDOW) as i32
}

fn failed(error: &whisper_rs::WhisperError) -> TranscribeError {
    TranscribeError::Failed(error.to_string())
}

fn load_error(path: &Path, error: &whisper_rs::WhisperError) -> TranscribeError {
    TranscribeError::Load { path: path.display().to_string(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_split_over_tokens_are_joined() {
        let bytes = "起订".as_bytes();
        let mut pieces = Pieces::default();
        pieces.push(&bytes[..2], 0, 10, 0.9);
        pieces.push(&bytes[2..3], 10, 20, 0.4);
        pieces.push(&bytes[3..], 20, 30, 0.8);
        let (text, tokens) = pieces.finish();
        assert_eq!(text, "起订");
        assert_eq!(tokens.len(), 2);
        assert_eq!((tokens[0].start_ms, tokens[0].end_ms, tokens[0].probability), (0, 20, 0.4));
    }

    #[test]
    fn the_window_fits_the_audio_and_never_exceeds_the_model() {
        assert_eq!(positions(16_000, 96), 50 + 96);
        assert_eq!(positions(16_000 * 60, 96), 1500);
    }
}

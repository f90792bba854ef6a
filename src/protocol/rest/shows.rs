//! Shows that were, and the present one as it is read afterwards.

use serde::Serialize;
use utoipa::ToSchema;

use super::Card;

/// The newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShowList {
    pub room: String,
    pub title: String,
    pub shows: Vec<ListedShow>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ListedShow {
    #[schema(example = "k3f9")]
    pub epoch: String,
    /// Milliseconds since 1970.
    pub began_ms: i64,
    /// Milliseconds since 1970; null while it goes on.
    pub ended_ms: Option<i64>,
    /// Whether it is the present one and has not ended.
    pub on: bool,
    pub duration_ms: u64,
    /// Utterances.
    pub finals: u64,
    pub source_lang: String,
    /// Languages that something was translated into.
    pub langs: Vec<String>,
}

/// A show in one language.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShowCaptions {
    pub room: String,
    pub title: String,
    #[schema(example = "k3f9")]
    pub epoch: String,
    /// Milliseconds since 1970.
    pub began_ms: i64,
    /// Milliseconds since 1970; null while it goes on.
    pub ended_ms: Option<i64>,
    pub on: bool,
    pub duration_ms: u64,
    pub lang: String,
    #[schema(pattern = "^(ltr|rtl)$")]
    pub dir: &'static str,
    pub source_lang: String,
    /// Captions that are in the language that was spoken, since nobody has translated them.
    pub untranslated: usize,
    /// In the order of speaking.
    pub captions: Vec<ShowCaption>,
    pub cards: Vec<ShowCard>,
}

impl ShowCaptions {
    /// As a file that people read, too.
    ///
    /// # Errors
    /// Never, as far as is known.
    pub fn to_file(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// The last revision of an utterance.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShowCaption {
    pub offset: u64,
    pub segment: u64,
    pub rev: u32,
    pub lang: String,
    pub source_lang: String,
    pub text: String,
    pub source_text: String,
    /// On the show's clock.
    pub start_ms: u64,
    pub end_ms: u64,
    pub engine: String,
    #[schema(pattern = "^(verified|source|fallback)$")]
    pub fidelity: &'static str,
    /// The language that `text` is in, where it is not `lang`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_lang: Option<String>,
    /// A person wrote what was said.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub corrected: bool,
}

/// A card that came or went.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShowCard {
    pub offset: u64,
    /// On the show's clock.
    pub at_ms: u64,
    #[schema(pattern = "^(pin|unpin)$")]
    pub action: &'static str,
    pub sku: String,
    /// Where it came.
    #[serde(flatten)]
    pub pin: Option<PinnedCard>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PinnedCard {
    pub reason: &'static str,
    /// The utterance that spoke of it.
    pub segment: Option<u64>,
    /// The card as it would be shown now; null for a product that the catalogue has no more.
    pub card: Option<Card>,
}

/// A show's sound.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShowAudio {
    pub room: String,
    #[schema(example = "k3f9")]
    pub epoch: String,
    /// Days for which it is kept; null where the room records none now.
    pub keep_days: Option<u32>,
    /// In the order of the show.
    pub files: Vec<AudioFile>,
}

/// A file of sound. What lies between two was not recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct AudioFile {
    /// Its name in the address.
    #[schema(example = "0")]
    pub part: String,
    /// Where it begins on the show's clock.
    pub start_ms: u64,
    /// What is in it by now.
    pub duration_ms: u64,
    pub bytes: u64,
}

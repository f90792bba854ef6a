//! Inquiries as operators see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::protocol::inquiry::InquiryState;

/// As the socket tells it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InquiryNotice {
    /// `inquiry`
    #[serde(rename = "type")]
    #[schema(pattern = "^inquiry$")]
    pub kind: &'static str,
    #[serde(flatten)]
    pub state: InquiryState,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct InquiryList {
    pub inquiries: Vec<OperatorInquiry>,
    /// Of the room.
    pub total: i64,
    /// Without an answer.
    pub open: i64,
    /// There are older ones: ask with `before`.
    pub more: bool,
}

/// `text` and `contact` are what a stranger wrote, without control characters: show them as text.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorInquiry {
    pub id: String,
    /// The show in which it was asked.
    pub epoch: String,
    /// Milliseconds since 1970.
    pub asked_ms: i64,
    /// What the shopper reads.
    pub lang: String,
    /// `ltr` or `rtl`; null for a language without a pack.
    pub dir: Option<&'static str>,
    pub text: String,
    pub sku: Option<String>,
    /// The product's name in the language of the catalogue.
    pub product: Option<String>,
    /// Pieces.
    pub quantity: Option<u32>,
    pub contact: Option<String>,
    /// Null until it is made.
    pub translation: Option<RenderedText>,
    pub answer: Option<OperatorAnswer>,
}

/// A text as its reader gets it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RenderedText {
    pub text: String,
    pub lang: String,
    pub engine: String,
    #[schema(pattern = "^(verified|source|fallback)$")]
    pub fidelity: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorAnswer {
    /// The operator's own words.
    pub text: String,
    pub lang: String,
    /// Milliseconds since 1970.
    pub answered_ms: i64,
    /// As the shopper reads it.
    pub shown: RenderedText,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct AnswerBody {
    /// Characters.
    #[schema(min_length = 1, max_length = 1000, example = "七天内发货")]
    pub text: String,
}

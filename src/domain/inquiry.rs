//! What shoppers ask, and what they are answered.

use super::{ClientId, Epoch, Fidelity, InquiryId, Lang, RoomId, Sku};

/// One question or inquiry of one shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    pub id: InquiryId,
    /// The sender's own name for it: what is sent again after a cut is kept once.
    pub client_id: Option<ClientId>,
    pub room: RoomId,
    /// The show in which it was asked.
    pub epoch: Epoch,
    /// Milliseconds since 1970.
    pub asked_ms: i64,
    /// The language that the shopper reads.
    pub lang: Lang,
    pub text: String,
    pub sku: Option<Sku>,
    /// Pieces that the shopper thinks of.
    pub quantity: Option<u32>,
    /// How to reach the shopper: personal data.
    pub contact: Option<String>,
    /// The text for the host. None until it is made.
    pub for_host: Option<Rendered>,
    pub answer: Option<Answer>,
}

/// What the operator wrote, and what the shopper reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub text: String,
    pub lang: Lang,
    /// Milliseconds since 1970.
    pub answered_ms: i64,
    pub for_shopper: Rendered,
}

/// A text as its reader gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub text: String,
    /// The language of the text: the reader's, or another where nobody could translate into it.
    pub lang: Lang,
    /// Name of the engine; `source` where nothing was translated.
    pub engine: String,
    pub fidelity: Fidelity,
}

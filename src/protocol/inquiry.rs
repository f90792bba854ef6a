//! Inquiries, as shoppers send and follow them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{Fidelity, Inquiry};

/// A question, over the socket or as a request's body.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct AskBody {
    /// Characters.
    #[schema(min_length = 1, max_length = 1000, example = "What is the MOQ?")]
    pub text: String,
    #[schema(pattern = "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$", example = "HY-500")]
    pub sku: Option<String>,
    /// Pieces.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub quantity: Option<u64>,
    /// Characters.
    #[schema(max_length = 200)]
    pub contact: Option<String>,
    /// The sender's own name for it, so that it can be sent again.
    #[schema(pattern = "^[A-Za-z0-9_-][A-Za-z0-9_.-]{15,63}$")]
    pub client_id: Option<String>,
    /// The language of the answer; missing: the connection's.
    #[schema(example = "en")]
    pub lang: Option<String>,
}

/// What the shopper is told of an inquiry. The contact is not: who has the id need not be who wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct InquiryState {
    pub id: String,
    #[schema(pattern = "^(received|answered|unknown)$")]
    /// `received`, `answered`, or `unknown`: it is not, or no longer, kept here.
    pub state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Answered {
    pub question: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub answer: String,
    pub answer_lang: String,
    /// The operator's own words.
    pub answer_source: String,
    pub answer_source_lang: String,
    pub engine: String,
    #[schema(pattern = "^(verified|source|fallback)$")]
    pub fidelity: &'static str,
    /// Milliseconds since 1970.
    pub answered_ms: i64,
}

impl InquiryState {
    pub fn of(inquiry: &Inquiry) -> Self {
        let answered = inquiry.answer.as_ref().map(|answer| Answered {
            question: inquiry.text.clone(),
            sku: inquiry.sku.as_ref().map(ToString::to_string),
            answer: answer.for_shopper.text.clone(),
            answer_lang: answer.for_shopper.lang.to_string(),
            answer_source: answer.text.clone(),
            answer_source_lang: answer.lang.to_string(),
            engine: answer.for_shopper.engine.clone(),
            fidelity: answer.for_shopper.fidelity.as_str(),
            answered_ms: answer.answered_ms,
        });
        Self {
            id: inquiry.id.to_string(),
            state: if answered.is_some() { "answered" } else { "received" },
            client_id: inquiry.client_id.as_ref().map(ToString::to_string),
            answered,
        }
    }

    /// What another node has written; none if it is none.
    pub fn read(written: &serde_json::Value) -> Option<Self> {
        let text = |key: &str| written[key].as_str().map(str::to_owned);
        let state =
            ["received", "answered", "unknown"].into_iter().find(|state| written["state"] == **state)?;
        let answered = || {
            let fidelity = Fidelity::parse(written["fidelity"].as_str()?)?;
            Some(Answered {
                question: text("question")?,
                sku: text("sku"),
                answer: text("answer")?,
                answer_lang: text("answer_lang")?,
                answer_source: text("answer_source")?,
                answer_source_lang: text("answer_source_lang")?,
                engine: text("engine")?,
                fidelity: fidelity.as_str(),
                answered_ms: written["answered_ms"].as_i64()?,
            })
        };
        let answered = if state == "answered" { Some(answered()?) } else { None };
        Some(Self { id: text("id")?, state, client_id: text("client_id"), answered })
    }

    pub fn unknown(id: String) -> Self {
        Self { id, state: "unknown", ..Self::default() }
    }
}

//! The viewer's socket, its messages in both directions.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::inquiry::{AskBody, InquiryState};
use crate::domain::{Caption, Day, Epoch, Offset, SegmentId, Sku};

/// First message on every connection, and again when a new show begins.
#[derive(Debug, Clone, Serialize)]
pub struct Hello {
    pub room: String,
    pub lang: String,
    pub currency: String,
    /// Measures beside the metric ones: `metric` (none), `us`, `uk`, `fahrenheit`.
    pub units: &'static str,
    pub epoch: String,
    /// What follows begins at the next offset.
    pub offset: Offset,
    pub recovered: bool,
    pub live: bool,
    pub dir: &'static str,
    pub source_lang: String,
    pub quality: String,
    pub title: String,
    /// Milliseconds since 1970.
    pub server_time_ms: u64,
}

/// Messages that are not part of the show.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Notice {
    Hello(Hello),
    Inquiry(InquiryState),
    Drain {
        retry_ms: u64,
    },
    Error {
        code: &'static str,
        message: String,
    },
    /// The error that answers a question.
    #[serde(rename = "error")]
    Refused {
        code: &'static str,
        message: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        client_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_ms: Option<u64>,
    },
    Pong,
}

impl Notice {
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Where an event stands in the history; none for partials.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub epoch: &'a Epoch,
    pub offset: Option<Offset>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Wire<'a, C: Serialize> {
    Caption {
        epoch: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        offset: Option<Offset>,
        segment: SegmentId,
        rev: u32,
        #[serde(rename = "final")]
        is_final: bool,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        corrected: bool,
        lang: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        text_lang: Option<&'a str>,
        source_lang: &'a str,
        text: &'a str,
        source_text: &'a str,
        start_ms: u64,
        end_ms: u64,
        emitted_ms: u64,
        engine: &'a str,
        fidelity: &'static str,
    },
    Card {
        epoch: &'a str,
        offset: Option<Offset>,
        action: &'static str,
        sku: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        segment: Option<SegmentId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        card: Option<&'a C>,
    },
    Ended {
        epoch: &'a str,
        offset: Option<Offset>,
    },
    Stock {
        sku: &'a str,
        stock: u64,
        ends_at_ms: i64,
    },
    Flash {
        sku: &'a str,
        ends_at_ms: i64,
        on: bool,
    },
    Rates {
        as_of: Option<String>,
    },
}

/// An event without a card.
type Plain<'a> = Wire<'a, ()>;

/// `emitted_ms`: the show's clock now.
pub fn caption(place: Place<'_>, caption: &Caption, emitted_ms: u64) -> Bytes {
    encode(&Plain::Caption {
        epoch: place.epoch.as_str(),
        offset: place.offset,
        segment: caption.segment,
        rev: caption.rev,
        is_final: caption.is_final,
        corrected: caption.corrected,
        lang: caption.lang.as_str(),
        text_lang: caption.text_lang.as_ref().map(crate::domain::Lang::as_str),
        source_lang: caption.source_lang.as_str(),
        text: &caption.text,
        source_text: &caption.source_text,
        start_ms: caption.start_ms,
        end_ms: caption.end_ms,
        emitted_ms,
        engine: &caption.engine,
        fidelity: caption.fidelity.as_str(),
    })
}

pub fn pin<C: Serialize>(
    place: Place<'_>,
    sku: &Sku,
    reason: &'static str,
    segment: Option<SegmentId>,
    card: &C,
) -> Bytes {
    encode(&Wire::Card {
        epoch: place.epoch.as_str(),
        offset: place.offset,
        action: "pin",
        sku: sku.as_str(),
        reason: Some(reason),
        segment,
        card: Some(card),
    })
}

pub fn unpin(place: Place<'_>, sku: &Sku) -> Bytes {
    encode(&Plain::Card {
        epoch: place.epoch.as_str(),
        offset: place.offset,
        action: "unpin",
        sku: sku.as_str(),
        reason: None,
        segment: None,
        card: None,
    })
}

pub fn ended(place: Place<'_>) -> Bytes {
    encode(&Plain::Ended { epoch: place.epoch.as_str(), offset: place.offset })
}

/// How many pieces are left of the flash sale that ends then. Not part of the history: only the latest matters.
pub fn stock(sku: &Sku, left: u64, ends_at_ms: i64) -> Bytes {
    encode(&Plain::Stock { sku: sku.as_str(), stock: left, ends_at_ms })
}

/// A flash sale has begun or ended. Not part of the history, which has the card: for those who show other products, too.
pub fn flash(sku: &Sku, ends_at_ms: i64, on: bool) -> Bytes {
    encode(&Plain::Flash { sku: sku.as_str(), ends_at_ms, on })
}

/// Prices are converted by other rates, or (none) not any more. Not part of the history, which has the pinned card: for
/// those who show other products, too.
pub fn rates(as_of: Option<Day>) -> Bytes {
    encode(&Plain::Rates { as_of: as_of.map(|day| day.to_string()) })
}

fn encode(wire: &impl Serialize) -> Bytes {
    serde_json::to_vec(wire).unwrap_or_default().into()
}

/// The same event, marked as part of a snapshot: its offset may lie far before those that follow.
pub fn as_snapshot(event: &Bytes) -> Bytes {
    match event.strip_suffix(b"}") {
        Some(head) => [head, br#","snapshot":true}"#].concat().into(),
        None => event.clone(),
    }
}

/// Whether an event pins (true) or unpins a product; none for all others.
pub fn pins(event: &[u8]) -> Option<bool> {
    let rest = event.strip_prefix(br#"{"type":"card""#)?;
    // Names hold no quotes, and the action comes before everything that somebody wrote.
    let at = |action: &[u8]| rest.windows(action.len()).position(|window| window == action);
    match (at(br#""action":"pin""#), at(br#""action":"unpin""#)) {
        (Some(pin), Some(unpin)) => Some(pin < unpin),
        (pin, unpin) => pin.map(|_| true).or(unpin.map(|_| false)),
    }
}

/// What a viewer may send.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ViewerMessage {
    Ask(AskBody),
    /// Wants to be told of these inquiries: the state now, and an answer when it comes.
    Follow {
        ids: Vec<String>,
    },
    Lang {
        lang: String,
    },
    Ping,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Fidelity, Lang};

    #[test]
    fn a_caption_has_the_protocols_shape() {
        let es = Lang::parse("es").unwrap();
        let c = Caption {
            segment: 17,
            rev: 3,
            is_final: true,
            corrected: false,
            lang: es,
            text_lang: None,
            source_lang: Lang::parse("zh").unwrap(),
            text: "El pedido mínimo es de 500 piezas.".into(),
            source_text: "最低起订量是五百个".into(),
            start_ms: 12400,
            end_ms: 14500,
            engine: "phrasebook".into(),
            fidelity: Fidelity::Verified,
        };
        let epoch = Epoch::parse("k3f9").unwrap();
        let json = caption(Place { epoch: &epoch, offset: Some(121) }, &c, 15010);
        let expected = r#"{"type":"caption","epoch":"k3f9","offset":121,"segment":17,"rev":3,"final":true,"lang":"es","source_lang":"zh","text":"El pedido mínimo es de 500 piezas.","source_text":"最低起订量是五百个","start_ms":12400,"end_ms":14500,"emitted_ms":15010,"engine":"phrasebook","fidelity":"verified"}"#;
        assert_eq!(std::str::from_utf8(&json).unwrap(), expected);
        assert!(as_snapshot(&json).ends_with(br#""fidelity":"verified","snapshot":true}"#));
    }

    #[test]
    fn viewers_messages_are_read() {
        let ask: ViewerMessage =
            serde_json::from_str(r#"{"type":"ask","text":"MOQ?","sku":"HY-500"}"#).unwrap();
        assert!(matches!(ask, ViewerMessage::Ask(AskBody { contact: None, quantity: None, .. })));
        assert!(serde_json::from_str::<ViewerMessage>(r#"{"type":"shout"}"#).is_err());
    }
}

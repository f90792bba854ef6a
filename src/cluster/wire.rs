//! Events as they travel: a head that says what it is and where, and the bodies as viewers get them, each once.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};

use crate::domain::{Currency, Epoch, Habits, Market, Offset, Units};
use crate::publish::Body;

/// Above this a message is compressed. A card of 41 KB, once for each currency, becomes 3 KB: its texts are alike.
const COMPRESSED_FROM: usize = 4 * 1024;
/// What a message may become again when it is read.
const LARGEST: u64 = 64 << 20;

/// What an owner publishes of one language.
#[derive(Debug, Clone)]
pub enum Message {
    /// A history begins at `first`, with the pin in force before it.
    Begin {
        epoch: Epoch,
        first: Offset,
        pinned: Option<(Offset, Body)>,
    },
    Event {
        epoch: Epoch,
        offset: Offset,
        body: Body,
    },
}

impl Message {
    pub fn epoch(&self) -> &Epoch {
        match self {
            Self::Begin { epoch, .. } | Self::Event { epoch, .. } => epoch,
        }
    }

    pub fn encode(&self) -> Bytes {
        let mut head = match self {
            Self::Begin { epoch, first, pinned } => {
                let pinned = pinned.as_ref().map(|(offset, _)| offset);
                json!({ "kind": "begin", "epoch": epoch.as_str(), "offset": first, "pinned": pinned })
            }
            Self::Event { epoch, offset, .. } => {
                json!({ "kind": "event", "epoch": epoch.as_str(), "offset": offset })
            }
        };
        let body = match self {
            Self::Begin { pinned, .. } => pinned.as_ref().map(|(_, body)| body),
            Self::Event { body, .. } => Some(body),
        };
        let mut parts: Vec<&Bytes> = Vec::new();
        match body {
            None => {}
            Some(Body::Same(bytes)) => parts.push(bytes),
            Some(Body::ByMarket { by, base, other }) => {
                let mut at: HashMap<*const u8, usize> = HashMap::new();
                for bytes in std::iter::once(other).chain(by.values()) {
                    at.entry(bytes.as_ptr()).or_insert_with(|| {
                        parts.push(bytes);
                        parts.len() - 1
                    });
                }
                let by: Vec<Value> = by
                    .iter()
                    .map(|(Market { currency, habits }, bytes)| {
                        let place = at.get(&bytes.as_ptr());
                        json!([currency.as_str(), habits.units.as_str(), habits.in_europe, place])
                    })
                    .collect();
                head["base"] = json!(base.as_str());
                head["by"] = json!(by);
            }
        }
        head["parts"] = parts.iter().map(|part| part.len()).collect();
        let head = head.to_string();
        let mut whole = Vec::with_capacity(4 + head.len() + parts.iter().map(|p| p.len()).sum::<usize>());
        whole.extend_from_slice(&u32::try_from(head.len()).unwrap_or_default().to_be_bytes());
        whole.extend_from_slice(head.as_bytes());
        parts.iter().for_each(|part| whole.extend_from_slice(part));
        packed(&whole)
    }

    /// None for what this version cannot read.
    pub fn decode(message: &[u8]) -> Option<Self> {
        let whole = unpacked(message)?;
        let length = u32::from_be_bytes(whole.get(..4)?.try_into().ok()?) as usize;
        let head: Value = serde_json::from_slice(whole.get(4..4 + length)?).ok()?;
        let mut rest = whole.slice(4 + length..);
        let mut parts = Vec::new();
        for part in head["parts"].as_array()? {
            let length = usize::try_from(part.as_u64()?).ok()?;
            if length > rest.len() {
                return None;
            }
            parts.push(rest.split_to(length));
        }
        let epoch = Epoch::parse(head["epoch"].as_str()?).ok()?;
        let offset = head["offset"].as_u64()?;
        let body = body(&head, &parts);
        match head["kind"].as_str()? {
            "begin" => Some(Self::Begin { epoch, first: offset, pinned: head["pinned"].as_u64().zip(body) }),
            "event" => Some(Self::Event { epoch, offset, body: body? }),
            _ => None,
        }
    }
}

fn body(head: &Value, parts: &[Bytes]) -> Option<Body> {
    let first = parts.first()?;
    let Some(by) = head["by"].as_array() else { return Some(Body::Same(first.clone())) };
    let market = |entry: &Value| {
        let currency = Currency::parse(entry[0].as_str()?).ok()?;
        let units = Units::parse(entry[1].as_str()?)?;
        let habits = Habits { units, in_europe: entry[2].as_bool()? };
        let bytes = parts.get(usize::try_from(entry[3].as_u64()?).ok()?)?;
        Some((Market { currency, habits }, bytes.clone()))
    };
    let by: HashMap<_, _> = by.iter().map(market).collect::<Option<_>>()?;
    let base = Currency::parse(head["base"].as_str()?).ok()?;
    Some(Body::ByMarket { by: Arc::new(by), base, other: first.clone() })
}

/// With a first byte that says whether the rest is compressed.
pub fn packed(plain: &[u8]) -> Bytes {
    if plain.len() >= COMPRESSED_FROM {
        let mut encoder = ZlibEncoder::new(vec![1], Compression::fast());
        if let Ok(packed) = encoder.write_all(plain).and_then(|()| encoder.finish()) {
            return packed.into();
        }
    }
    [&[0], plain].concat().into()
}

pub fn unpacked(message: &[u8]) -> Option<Bytes> {
    let (kind, rest) = message.split_first()?;
    match kind {
        0 => Some(Bytes::copy_from_slice(rest)),
        1 => {
            let mut plain = Vec::new();
            ZlibDecoder::new(rest).take(LARGEST).read_to_end(&mut plain).ok()?;
            Some(plain.into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch() -> Epoch {
        Epoch::parse("k3f9").unwrap()
    }

    #[test]
    fn a_caption_and_a_card_of_many_markets_arrive_as_they_were() {
        let text = Bytes::from_static("{\"type\":\"caption\",\"text\":\"好\"}".as_bytes());
        let event = Message::Event { epoch: epoch(), offset: 7, body: Body::Same(text.clone()) };
        let Some(Message::Event { offset: 7, body: Body::Same(read), .. }) = Message::decode(&event.encode())
        else {
            panic!("not read back")
        };
        assert_eq!(read, text);

        let shared = Bytes::from("x".repeat(6_000));
        let own = Bytes::from("y".repeat(6_000));
        let market = |code: &str, in_europe| Market {
            currency: Currency::parse(code).unwrap(),
            habits: Habits { units: Units::Us, in_europe },
        };
        let by = HashMap::from([
            (market("USD", false), shared.clone()),
            (market("EUR", true), own.clone()),
            (market("MXN", false), shared.clone()),
        ]);
        let body = Body::ByMarket { by: Arc::new(by), base: Currency::USD, other: shared.clone() };
        let begin = Message::Begin { epoch: epoch(), first: 3, pinned: Some((2, body.clone())) };
        let sent = begin.encode();
        assert!(sent.len() < 1_000, "shared once and compressed: {}", sent.len());
        let Some(Message::Begin { first: 3, pinned: Some((2, read)), .. }) = Message::decode(&sent) else {
            panic!("not read back")
        };
        for (code, in_europe) in [("USD", false), ("EUR", true), ("MXN", false), ("CHF", false)] {
            assert_eq!(read.for_market(market(code, in_europe)), body.for_market(market(code, in_europe)));
        }
    }

    #[test]
    fn nonsense_is_not_read() {
        for bad in [&b""[..], b"\0", b"\x01abc", b"\x02abc", b"\0\0\0\0\x02{}", b"\0\xff\xff\xff\xff{}"] {
            assert!(Message::decode(bad).is_none(), "{bad:?}");
        }
        let sent = Message::Begin { epoch: epoch(), first: 1, pinned: None }.encode();
        assert!(Message::decode(&sent).is_some());
        assert!(Message::decode(&sent[..sent.len() - 3]).is_none());
    }
}

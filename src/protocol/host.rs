//! The host's socket: Deepgram's live shape.

use serde::{Deserialize, Serialize};

use crate::domain::{AudioFormat, Encoding, Lang, RoomId, SegmentId, Transcript};

/// A query parameter could not be understood. The text is for the client.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct BadQuery(String);

/// What a host asks for when it connects.
#[derive(Debug, Clone, PartialEq)]
pub struct ListenRequest {
    pub room: RoomId,
    /// None: `multi`, to be detected for each utterance, or not given: the room's own.
    pub language: HostLanguage,
    pub format: AudioFormat,
    pub interim_results: bool,
    /// Silence that ends an utterance, in ms. None: the server's default.
    pub endpointing: Option<Endpointing>,
    pub utterance_end_ms: Option<u64>,
    pub vad_events: bool,
    pub keyterms: Vec<String>,
    /// `?token=`, for clients that can send neither header nor subprotocol.
    pub token: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostLanguage {
    Room,
    Detect,
    Given(Lang),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpointing {
    Ms(u64),
    /// `false`: only long pauses, `Finalize` and the longest utterance end a segment.
    Off,
}

/// Terms to listen for: more are refused, since each is matched against every utterance.
const MOST_KEYTERMS: usize = 100;

impl ListenRequest {
    /// Reads the decoded query pairs. Unknown parameters are ignored, as Deepgram's SDKs send many.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, BadQuery> {
        let get = |name: &str| pairs.iter().rev().find(|(k, _)| k == name).map(|(_, v)| v.as_str());
        let room = get("room").ok_or_else(|| BadQuery("the parameter room is missing".into()))?;
        let language = match get("language") {
            None | Some("") => HostLanguage::Room,
            Some("multi") => HostLanguage::Detect,
            Some(tag) => HostLanguage::Given(Lang::parse(tag).map_err(bad)?),
        };
        let keyterms: Vec<String> =
            pairs.iter().filter(|(k, _)| k == "keyterm").map(|(_, v)| v.chars().take(64).collect()).collect();
        if keyterms.len() > MOST_KEYTERMS {
            return Err(BadQuery(format!("more than {MOST_KEYTERMS} keyterm parameters")));
        }
        Ok(Self {
            room: RoomId::parse(room).map_err(bad)?,
            language,
            format: format(&get)?,
            interim_results: boolean(&get, "interim_results")?.unwrap_or(true),
            endpointing: match get("endpointing") {
                None | Some("true") => None,
                Some("false") => Some(Endpointing::Off),
                Some(_) => number(&get, "endpointing", 10..=5_000)?.map(Endpointing::Ms),
            },
            utterance_end_ms: number(&get, "utterance_end_ms", 100..=10_000)?,
            vad_events: boolean(&get, "vad_events")?.unwrap_or(false),
            keyterms,
            token: get("token").map(str::to_owned),
        })
    }
}

fn format<'a>(get: &impl Fn(&str) -> Option<&'a str>) -> Result<AudioFormat, BadQuery> {
    let encoding = match get("encoding") {
        None | Some("") => Encoding::Container,
        Some("linear16") => Encoding::Linear16,
        Some("opus") => Encoding::Opus,
        Some("webm-opus") => Encoding::WebmOpus,
        // Not repeated: somebody may have put a token in the wrong place.
        Some(_) => return Err(BadQuery("encoding must be linear16, opus or webm-opus".to_owned())),
    };
    Ok(AudioFormat {
        encoding,
        sample_rate: number(get, "sample_rate", 8_000..=192_000)?.unwrap_or(16_000) as u32,
        channels: number(get, "channels", 1..=8)?.unwrap_or(1) as u16,
    })
}

fn number<'a>(
    get: &impl Fn(&str) -> Option<&'a str>,
    name: &str,
    range: std::ops::RangeInclusive<u64>,
) -> Result<Option<u64>, BadQuery> {
    let Some(text) = get(name) else { return Ok(None) };
    match text.parse() {
        Ok(n) if range.contains(&n) => Ok(Some(n)),
        _ => {
            Err(BadQuery(format!("{name} must be a whole number from {} to {}", range.start(), range.end())))
        }
    }
}

fn boolean<'a>(get: &impl Fn(&str) -> Option<&'a str>, name: &str) -> Result<Option<bool>, BadQuery> {
    match get(name) {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(BadQuery(format!("{name} must be true or false"))),
    }
}

fn bad(error: impl std::fmt::Display) -> BadQuery {
    BadQuery(error.to_string())
}

/// Text frames that a host sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "type")]
pub enum HostMessage {
    KeepAlive,
    Finalize,
    CloseStream,
}

impl HostMessage {
    pub fn parse(text: &str) -> Result<Self, BadQuery> {
        serde_json::from_str(text)
            .map_err(|_| BadQuery("a text frame must be KeepAlive, Finalize or CloseStream".into()))
    }
}

/// What a host is told.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type")]
pub enum HostReply {
    Results(Results),
    SpeechStarted { channel: [u32; 1], timestamp: f64 },
    UtteranceEnd { channel: [u32; 2], last_word_end: f64 },
    Metadata { request_id: String, duration: f64, channels: u32 },
    Error { code: String, message: String },
}

#[derive(Debug, Clone, Serialize)]
pub struct Results {
    channel_index: [u32; 2],
    start: f64,
    duration: f64,
    is_final: bool,
    speech_final: bool,
    from_finalize: bool,
    channel: Channel,
    metadata: ResultsMetadata,
}

#[derive(Debug, Clone, Serialize)]
struct Channel {
    alternatives: [Alternative; 1],
}

#[derive(Debug, Clone, Serialize)]
struct Alternative {
    transcript: String,
    confidence: f32,
    languages: [String; 1],
    words: Vec<WireWord>,
}

#[derive(Debug, Clone, Serialize)]
struct WireWord {
    word: String,
    start: f64,
    end: f64,
    confidence: f32,
}

#[derive(Debug, Clone, Serialize)]
struct ResultsMetadata {
    request_id: String,
    room: String,
    segment: SegmentId,
}

/// Which connection and segment a result belongs to.
#[derive(Debug, Clone, Copy)]
pub struct ResultOf<'a> {
    pub request_id: &'a str,
    pub room: &'a RoomId,
    pub segment: SegmentId,
    pub is_final: bool,
    pub from_finalize: bool,
}

impl HostReply {
    /// Times come in as ms of the show's clock and go out as seconds.
    pub fn results(of: ResultOf<'_>, transcript: &Transcript, start_ms: u64, end_ms: u64) -> Self {
        let words = transcript.words.iter().map(|w| WireWord {
            word: w.text.clone(),
            start: seconds(w.start_ms),
            end: seconds(w.end_ms),
            confidence: w.confidence,
        });
        Self::Results(Results {
            channel_index: [0, 1],
            start: seconds(start_ms),
            duration: seconds(end_ms.saturating_sub(start_ms)),
            is_final: of.is_final,
            speech_final: of.is_final,
            from_finalize: of.from_finalize,
            channel: Channel {
                alternatives: [Alternative {
                    transcript: transcript.text.clone(),
                    confidence: transcript.confidence,
                    languages: [transcript.lang.to_string()],
                    words: words.collect(),
                }],
            },
            metadata: ResultsMetadata {
                request_id: of.request_id.to_owned(),
                room: of.room.to_string(),
                segment: of.segment,
            },
        })
    }

    pub fn speech_started(at_ms: u64) -> Self {
        Self::SpeechStarted { channel: [0], timestamp: seconds(at_ms) }
    }

    pub fn utterance_end(last_word_end_ms: u64) -> Self {
        Self::UtteranceEnd { channel: [0, 1], last_word_end: seconds(last_word_end_ms) }
    }

    pub fn error(code: &str, message: impl Into<String>) -> Self {
        Self::Error { code: code.to_owned(), message: message.into() }
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &[(&str, &str)]) -> Result<ListenRequest, BadQuery> {
        let pairs: Vec<_> = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        ListenRequest::parse(&pairs)
    }

    #[test]
    fn defaults_are_deepgrams() {
        let request = parse(&[("room", "demo"), ("model", "nova-3"), ("punctuate", "true")]).unwrap();
        assert!(request.interim_results && !request.vad_events);
        assert_eq!(request.format.encoding, Encoding::Container);
        assert_eq!(request.language, HostLanguage::Room);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, word) in [
            (vec![], "room"),
            (vec![("room", "../etc")], "room name"),
            (vec![("room", "a"), ("language", "!!")], "language tag"),
            (vec![("room", "a"), ("encoding", "mp3")], "encoding must be linear16"),
            (vec![("room", "a"), ("sample_rate", "7")], "sample_rate"),
            (vec![("room", "a"), ("channels", "99")], "channels"),
            (vec![("room", "a"), ("interim_results", "maybe")], "interim_results"),
        ] {
            let error = parse(&query).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn endpointing_may_be_off_or_a_number() {
        let request = parse(&[("room", "a"), ("endpointing", "false")]).unwrap();
        assert_eq!(request.endpointing, Some(Endpointing::Off));
        let request = parse(&[("room", "a"), ("endpointing", "300")]).unwrap();
        assert_eq!(request.endpointing, Some(Endpointing::Ms(300)));
    }

    #[test]
    fn control_messages_are_read_and_others_refused() {
        assert_eq!(HostMessage::parse(r#"{"type":"Finalize"}"#), Ok(HostMessage::Finalize));
        assert!(HostMessage::parse(r#"{"type":"Configure"}"#).is_err());
        assert!(HostMessage::parse("[").is_err());
    }
}

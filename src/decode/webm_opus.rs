//! Opus in WebM, as Chrome's and Firefox's `MediaRecorder` and ffmpeg send it.
//!
//! A push parser of its own: `matroska-demuxer` and `symphonia` want a blocking `Read + Seek`, and
//! `ebml-iterable` a blocking `Read`, which would be a thread and a pipe for every host. It walks the
//! elements as one flat list: it goes into the five masters that lead to audio and never looks for
//! their ends, so that the unknown sizes of a live stream are the ordinary case, and passes over
//! everything else (also video) without storing it. Matroska's ids are unique, so flat is unambiguous.
//! Element ids: RFC 9559, section 5.1.

use super::DecodeError;
use super::carry::{Carry, skip};
use super::ebml::{self, Header, Parsed};
use super::opus::{MAX_PACKET, OpusHead, OpusStream};
use super::output::Output;

const EBML: u32 = 0x1A45_DFA3;
const DOC_TYPE: u32 = 0x4282;
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1F43_B675;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK_ENTRY: u32 = 0xAE;
const TRACK_NUMBER: u32 = 0xD7;
const TRACK_TYPE: u32 = 0x83;
const CODEC_ID: u32 = 0x86;
const CODEC_PRIVATE: u32 = 0x63A2;
const CONTENT_ENCODINGS: u32 = 0x6D80;
const BLOCK_GROUP: u32 = 0xA0;
const BLOCK: u32 = 0xA1;
const SIMPLE_BLOCK: u32 = 0xA3;

const AUDIO: u64 = 2;
/// Bytes before the first cluster: a browser writes less than 500.
const MAX_BEFORE_CLUSTER: usize = 64 * 1024;
/// Largest element that is passed over: a key frame of video has less.
const MAX_SKIP: u64 = 16 << 20;
/// Track number (up to 8 bytes), time (2) and flags (1) of a block.
const BLOCK_HEADER: usize = 11;

pub(super) struct WebmOpus {
    carry: Carry,
    /// Bytes of the current element still to pass over.
    to_skip: u64,
    /// Bytes since the EBML header, until the first cluster.
    header_bytes: usize,
    in_clusters: bool,
    entry: Option<Entry>,
    /// The number of the Opus track that is decoded.
    track: Option<u64>,
    refusal: Option<DecodeError>,
    opus: OpusStream,
}

/// A track while its entry is read.
#[derive(Default)]
struct Entry {
    number: u64,
    kind: u64,
    codec: Vec<u8>,
    head: Option<Vec<u8>>,
    encoded: bool,
}

impl WebmOpus {
    pub(super) fn new() -> Result<Self, DecodeError> {
        Ok(Self {
            carry: Carry::default(),
            to_skip: 0,
            header_bytes: 0,
            in_clusters: false,
            entry: None,
            track: None,
            refusal: None,
            opus: OpusStream::new()?,
        })
    }

    pub(super) fn push(&mut self, mut input: &[u8], out: &mut Output) -> Result<(), DecodeError> {
        loop {
            skip(&mut input, &mut self.to_skip);
            let header = match ebml::header(self.carry.bytes()) {
                Parsed::Header(header) => header,
                Parsed::Need(len) => {
                    if self.carry.want(&mut input, len).is_none() {
                        return Ok(());
                    }
                    continue;
                }
                Parsed::Invalid => return Err(DecodeError::Broken("no WebM element where one should be")),
            };
            if !self.element(header, &mut input, out)? {
                return Ok(());
            }
        }
    }

    pub(super) fn skipped(&self) -> u64 {
        self.opus.skipped()
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.carry.kept()
    }

    /// Handles the element whose header is in `carry`; `false` when more input is needed.
    fn element(&mut self, header: Header, input: &mut &[u8], out: &mut Output) -> Result<bool, DecodeError> {
        match header.id {
            EBML | SEGMENT | CLUSTER | TRACKS | TRACK_ENTRY | BLOCK_GROUP => {
                self.carry.consume(header.len);
                self.go_into(header.id)?;
                self.count_header(header.len as u64)?;
                Ok(true)
            }
            SIMPLE_BLOCK | BLOCK if self.in_clusters => self.block(header, input, out),
            DOC_TYPE | TRACK_NUMBER | TRACK_TYPE | CODEC_ID | CODEC_PRIVATE if !self.in_clusters => {
                let size = known(header)?;
                if size > MAX_BEFORE_CLUSTER as u64 {
                    return Err(DecodeError::Broken("a WebM header element is too long"));
                }
                let len = header.len + usize::try_from(size).unwrap_or(MAX_BEFORE_CLUSTER);
                let Some(bytes) = self.carry.want(input, len) else { return Ok(false) };
                let content = bytes[header.len..].to_vec();
                self.carry.consume(len);
                self.count_header(header.len as u64 + size)?;
                self.field(header.id, content)?;
                Ok(true)
            }
            id => {
                if let (CONTENT_ENCODINGS, Some(entry)) = (id, &mut self.entry) {
                    entry.encoded = true;
                }
                self.pass_over(header)?;
                Ok(true)
            }
        }
    }

    fn go_into(&mut self, id: u32) -> Result<(), DecodeError> {
        match id {
            // A recorder that was stopped and started again on the same socket.
            EBML => {
                self.in_clusters = false;
                self.header_bytes = 0;
                self.entry = None;
                self.track = None;
                self.refusal = None;
            }
            TRACK_ENTRY if !self.in_clusters => {
                self.end_entry()?;
                self.entry = Some(Entry::default());
            }
            CLUSTER if !self.in_clusters => {
                self.end_entry()?;
                if self.track.is_none() {
                    let none = DecodeError::Unsupported("WebM without an audio track".into());
                    return Err(self.refusal.take().unwrap_or(none));
                }
                self.in_clusters = true;
            }
            _ => {}
        }
        Ok(())
    }

    fn field(&mut self, id: u32, content: Vec<u8>) -> Result<(), DecodeError> {
        if id == DOC_TYPE && !content.starts_with(b"webm") && !content.starts_with(b"matroska") {
            return Err(DecodeError::unsupported_name("EBML document", &content));
        }
        let Some(entry) = &mut self.entry else { return Ok(()) };
        match id {
            TRACK_NUMBER => entry.number = ebml::uint(&content),
            TRACK_TYPE => entry.kind = ebml::uint(&content),
            CODEC_ID => entry.codec = content,
            CODEC_PRIVATE => entry.head = Some(content),
            _ => {}
        }
        Ok(())
    }

    /// Takes the track that was just described if it is the first Opus one.
    fn end_entry(&mut self) -> Result<(), DecodeError> {
        let Some(entry) = self.entry.take() else { return Ok(()) };
        if entry.kind != AUDIO || self.track.is_some() {
            return Ok(());
        }
        if entry.codec.trim_ascii_end() != b"A_OPUS" {
            self.refusal = Some(DecodeError::unsupported_name("codec", &entry.codec));
            return Ok(());
        }
        if entry.encoded {
            self.refusal = Some(DecodeError::Unsupported("compressed or encrypted WebM".into()));
            return Ok(());
        }
        let head = entry.head.map_or(Ok(OpusHead::ABSENT), |bytes| OpusHead::parse(&bytes))?;
        self.opus.restart(head)?;
        self.track = Some(entry.number);
        Ok(())
    }

    fn block(&mut self, header: Header, input: &mut &[u8], out: &mut Output) -> Result<bool, DecodeError> {
        let size = known(header)?;
        let peek = header.len + usize::try_from(size).unwrap_or(BLOCK_HEADER).min(BLOCK_HEADER);
        let Some(bytes) = self.carry.want(input, peek) else { return Ok(false) };
        // The track first: a block of video is far larger than what is kept.
        let Some((track, track_len)) = ebml::vint(&bytes[header.len..peek]) else {
            return Err(DecodeError::Broken("a WebM block without a track"));
        };
        if Some(track) != self.track {
            self.pass_over(header)?;
            return Ok(true);
        }
        if size > MAX_PACKET as u64 {
            return Err(DecodeError::Broken("a WebM block of audio is longer than 64 KiB"));
        }
        let len = header.len + usize::try_from(size).unwrap_or(MAX_PACKET);
        let Some(bytes) = self.carry.want(input, len) else { return Ok(false) };
        let block = bytes[header.len..len].get(track_len + 2..).and_then(<[u8]>::split_first);
        match block.and_then(|(flags, content)| ebml::frames(*flags, content)) {
            Some(packets) => {
                for packet in packets {
                    self.opus.packet(packet, out)?;
                }
            }
            None => self.opus.count_broken()?,
        }
        self.carry.consume(len);
        Ok(true)
    }

    fn pass_over(&mut self, header: Header) -> Result<(), DecodeError> {
        let size = known(header)?;
        if size > MAX_SKIP {
            return Err(DecodeError::Broken("a WebM element is longer than 16 MiB"));
        }
        self.count_header(header.len as u64 + size)?;
        // A block's first bytes are in `carry` already.
        let here = (self.carry.bytes().len() - header.len) as u64;
        self.to_skip = size.saturating_sub(here);
        self.carry.consume(header.len + usize::try_from(size.min(here)).unwrap_or(0));
        Ok(())
    }

    fn count_header(&mut self, bytes: u64) -> Result<(), DecodeError> {
        if self.in_clusters {
            return Ok(());
        }
        self.header_bytes = self.header_bytes.saturating_add(usize::try_from(bytes).unwrap_or(usize::MAX));
        if self.header_bytes > MAX_BEFORE_CLUSTER {
            return Err(DecodeError::Broken("no audio in the first 64 KiB of WebM"));
        }
        Ok(())
    }
}

/// Only the masters that are walked into may have an unknown size.
fn known(header: Header) -> Result<u64, DecodeError> {
    header.size.ok_or(DecodeError::Broken("a WebM element has no size"))
}

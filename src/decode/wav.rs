//! RIFF/WAVE as it comes over a socket: the header first, its sizes often unknown to the writer.
//!
//! Chunk layout: Multimedia Programming Interface and Data Specifications 1.0 (IBM, Microsoft, 1991);
//! `WAVE_FORMAT_EXTENSIBLE`: Microsoft, "Multiple Channel Audio Data and WAVE Files".

use super::DecodeError;
use super::carry::{Carry, skip};
use super::output::Output;
use super::pcm::{Pcm, SampleFormat};

/// `RIFF`, size, `WAVE`.
const RIFF_HEADER: usize = 12;
const CHUNK_HEADER: usize = 8;
/// A fmt chunk has 16, 18 or 40 bytes; some writers pad it.
const MAX_FMT: u32 = 1024;
/// Chunks in front of the audio (LIST, JUNK, bext, a cover image) are passed over up to this size.
const MAX_BEFORE_DATA: u64 = 1 << 20;
/// Chunks that editors put behind the audio.
const TRAILERS: [&[u8; 4]; 9] =
    [b"LIST", b"JUNK", b"id3 ", b"ID3 ", b"bext", b"cue ", b"smpl", b"iXML", b"_PMX"];

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;

pub(super) struct Wav {
    carry: Carry,
    stage: Stage,
    pcm: Option<Pcm>,
    /// The audio has begun.
    heard: bool,
    passed_over: u64,
}

enum Stage {
    Riff,
    Chunk,
    Fmt {
        size: u32,
    },
    Skip {
        left: u64,
    },
    /// `left` counts down to the end that the header named.
    Data {
        left: u64,
        padded: bool,
    },
    /// The header's end is reached: is there a trailing chunk, or was the size too small?
    AfterData {
        padded: bool,
    },
    /// A header without a size, or with one that was too small.
    DataUntilEnd,
}

impl Wav {
    pub(super) fn new() -> Self {
        Self { carry: Carry::default(), stage: Stage::Riff, pcm: None, heard: false, passed_over: 0 }
    }

    pub(super) fn push(&mut self, mut input: &[u8], out: &mut Output) -> Result<(), DecodeError> {
        while self.step(&mut input, out)? {}
        Ok(())
    }

    pub(super) fn finish(&mut self, out: &mut Output) -> Result<(), DecodeError> {
        let Some(pcm) = &mut self.pcm else { return Ok(()) };
        if matches!(self.stage, Stage::AfterData { .. }) {
            pcm.push(self.carry.bytes(), out)?;
        }
        pcm.finish(out)
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.carry.kept()
    }

    /// `false` when more input is needed.
    fn step(&mut self, input: &mut &[u8], out: &mut Output) -> Result<bool, DecodeError> {
        match &mut self.stage {
            Stage::Riff => {
                if self.carry.want(input, RIFF_HEADER).is_none() {
                    return Ok(false);
                }
                self.carry.consume(RIFF_HEADER);
                self.stage = Stage::Chunk;
            }
            Stage::Chunk => {
                let Some((id, size)) = self.carry.want(input, CHUNK_HEADER).and_then(chunk_header) else {
                    return Ok(false);
                };
                self.carry.consume(CHUNK_HEADER);
                self.stage = self.enter(id, size)?;
            }
            Stage::Fmt { size } => {
                // Chunks are aligned to two bytes.
                let padded = size.next_multiple_of(2) as usize;
                let Some(fmt) = self.carry.want(input, padded) else { return Ok(false) };
                self.pcm = Some(parse_fmt(fmt)?);
                self.carry.consume(padded);
                self.stage = Stage::Chunk;
            }
            Stage::Skip { left } => {
                skip(input, left);
                if *left > 0 {
                    return Ok(false);
                }
                self.stage = Stage::Chunk;
            }
            Stage::Data { left, padded } => {
                let take = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
                let (audio, rest) = input.split_at(take);
                *input = rest;
                *left -= take as u64;
                let next = (*left == 0).then_some(Stage::AfterData { padded: *padded });
                if let Some(pcm) = &mut self.pcm {
                    pcm.push(audio, out)?;
                }
                let Some(next) = next else { return Ok(false) };
                self.stage = next;
            }
            Stage::AfterData { padded } => {
                let pad = usize::from(*padded);
                let Some(bytes) = self.carry.want(input, pad + CHUNK_HEADER) else { return Ok(false) };
                match chunk_header(&bytes[pad..]) {
                    Some((id, size)) if &id == b"data" || TRAILERS.contains(&&id) => {
                        self.carry.consume(pad + CHUNK_HEADER);
                        self.stage = self.enter(id, size)?;
                    }
                    _ => {
                        let bytes = bytes.to_vec();
                        self.carry.consume(bytes.len());
                        self.stage = Stage::DataUntilEnd;
                        if let Some(pcm) = &mut self.pcm {
                            pcm.push(&bytes, out)?;
                        }
                    }
                }
            }
            Stage::DataUntilEnd => {
                let audio = std::mem::take(input);
                if let Some(pcm) = &mut self.pcm {
                    pcm.push(audio, out)?;
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What follows a chunk's header.
    fn enter(&mut self, id: [u8; 4], size: u32) -> Result<Stage, DecodeError> {
        match &id {
            b"fmt " if self.pcm.is_some() => Err(DecodeError::Broken("the WAV header has two formats")),
            b"fmt " if size > MAX_FMT => Err(DecodeError::Broken("the WAV format chunk is too long")),
            b"fmt " => Ok(Stage::Fmt { size }),
            b"data" if self.pcm.is_none() => {
                Err(DecodeError::Broken("the WAV header has no format before its audio"))
            }
            b"data" => {
                self.heard = true;
                // A writer that cannot seek back leaves 0 or the largest number.
                if size == 0 || size == u32::MAX {
                    return Ok(Stage::DataUntilEnd);
                }
                Ok(Stage::Data { left: size.into(), padded: size % 2 == 1 })
            }
            _ => {
                let left = u64::from(size) + u64::from(size % 2);
                self.passed_over += left + CHUNK_HEADER as u64;
                if !self.heard && self.passed_over > MAX_BEFORE_DATA {
                    return Err(DecodeError::Broken("the WAV header is too long"));
                }
                Ok(Stage::Skip { left })
            }
        }
    }
}

fn chunk_header(bytes: &[u8]) -> Option<([u8; 4], u32)> {
    let id = bytes.first_chunk::<4>()?;
    let size = bytes.get(4..8)?.first_chunk::<4>()?;
    Some((*id, u32::from_le_bytes(*size)))
}

fn parse_fmt(fmt: &[u8]) -> Result<Pcm, DecodeError> {
    const SHORT: DecodeError = DecodeError::Broken("the WAV format chunk is too short");
    let u16_at = |at: usize| fmt.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]])).ok_or(SHORT);
    let mut tag = u16_at(0)?;
    let channels = u16_at(2)?;
    let rate = u32::from(u16_at(4)?) | u32::from(u16_at(6)?) << 16;
    let bits = u16_at(14)?;
    if tag == EXTENSIBLE {
        // The first two bytes of the sub-format's GUID are the old tag.
        tag = u16_at(24)?;
    }
    let format = match (tag, bits) {
        (PCM, 8) => SampleFormat::U8,
        (PCM, 16) => SampleFormat::I16,
        (PCM, 24) => SampleFormat::I24,
        (PCM, 32) => SampleFormat::I32,
        (FLOAT, 32) => SampleFormat::F32,
        _ => return Err(DecodeError::Unsupported(format!("WAV format {tag} with {bits} bits"))),
    };
    Pcm::new(format, rate, channels)
}

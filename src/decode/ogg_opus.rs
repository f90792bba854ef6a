//! Opus in Ogg (RFC 7845), as Firefox's `MediaRecorder`, ffmpeg and opusenc write it.

use super::DecodeError;
use super::ogg::{Page, PageReader};
use super::opus::{GRANULES_PER_SAMPLE, MAX_PACKET, OpusHead, OpusStream};
use super::output::Output;

pub(super) struct OggOpus {
    pages: PageReader,
    opus: OpusStream,
    link: Option<Link>,
    /// The last page began a logical stream: all that are multiplexed begin before any goes on.
    beginning: bool,
    /// What else began, for the refusal when no Opus did.
    other: Option<&'static str>,
}

/// One logical stream; a chained file has several, one after another.
struct Link {
    serial: u32,
    /// The comment header has not ended yet.
    in_tags: bool,
    /// The start of a packet that goes on on the next page.
    partial: Option<Vec<u8>>,
    /// Granule position after the packets so far, once a page has told where they start.
    position: Option<u64>,
}

impl OggOpus {
    pub(super) fn new() -> Result<Self, DecodeError> {
        Ok(Self {
            pages: PageReader::default(),
            opus: OpusStream::new()?,
            link: None,
            beginning: false,
            other: None,
        })
    }

    pub(super) fn push(&mut self, mut input: &[u8], out: &mut Output) -> Result<(), DecodeError> {
        while let Some(page) = self.pages.next(&mut input)? {
            if page.first {
                self.begin(&page)?;
            } else {
                self.beginning = false;
                self.continue_with(&page, out)?;
            }
        }
        Ok(())
    }

    pub(super) fn skipped(&self) -> u64 {
        self.opus.skipped()
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        let partial = self.link.as_ref().and_then(|link| link.partial.as_ref());
        self.pages.kept() + partial.map_or(0, Vec::len)
    }

    fn begin(&mut self, page: &Page) -> Result<(), DecodeError> {
        if !self.beginning {
            self.link = None;
            self.other = None;
        }
        self.beginning = true;
        let first = page.parts().next().map_or(&[] as &[u8], |(part, _)| part);
        if !first.starts_with(b"OpusHead") {
            self.other = self.other.or(codec_name(first));
        } else if self.link.is_none() {
            self.opus.restart(OpusHead::parse(first)?)?;
            self.link = Some(Link { serial: page.serial, in_tags: true, partial: None, position: None });
        }
        Ok(())
    }

    fn continue_with(&mut self, page: &Page, out: &mut Output) -> Result<(), DecodeError> {
        let Some(link) = &mut self.link else {
            return Err(match self.other {
                Some(name) => DecodeError::Unsupported(format!("{name} in Ogg")),
                None => DecodeError::Broken("an Ogg stream without an Opus header"),
            });
        };
        if page.serial != link.serial {
            return Ok(());
        }
        let before = out.len();
        let samples = link.decode(page, &mut self.opus, out)?;
        if let Some(too_many) = link.count(page, samples) {
            out.drop_last(too_many.min(out.len() - before));
        }
        Ok(())
    }
}

impl Link {
    /// Decodes the packets that end on this page; returns their samples of 16 kHz.
    fn decode(&mut self, page: &Page, opus: &mut OpusStream, out: &mut Output) -> Result<usize, DecodeError> {
        // A page before this one is missing: what it left over has no end, what this one begins with
        // has no start.
        let mut headless = page.continued && self.partial.is_none() && !self.in_tags;
        if !page.continued {
            self.partial = None;
        }
        let mut samples = 0;
        for (part, ends) in page.parts() {
            if self.in_tags {
                // Tags may hold a cover image of any size, and nothing in them is needed.
                self.in_tags = !ends;
                continue;
            }
            if std::mem::take(&mut headless) {
                opus.count_broken()?;
                // When it does not end here either, the next page's start is headless as well.
                continue;
            }
            if self.partial.as_ref().map_or(0, Vec::len) + part.len() > MAX_PACKET {
                return Err(DecodeError::Broken("an Ogg packet is longer than 64 KiB"));
            }
            samples += match (self.partial.take(), ends) {
                (None, true) => opus.packet(part, out)?,
                (Some(mut whole), true) => {
                    whole.extend_from_slice(part);
                    opus.packet(&whole, out)?
                }
                (start, false) => {
                    let mut start = start.unwrap_or_default();
                    start.extend_from_slice(part);
                    self.partial = Some(start);
                    0
                }
            };
        }
        Ok(samples)
    }

    /// Follows the granule position. At the end of a stream it says how much of the last packet is
    /// padding (RFC 7845, section 4.4): returned in samples of 16 kHz.
    fn count(&mut self, page: &Page, samples: usize) -> Option<usize> {
        let granule = page.granule?;
        let added = samples as u64 * u64::from(GRANULES_PER_SAMPLE);
        // The first page with audio may start anywhere, as in a broadcast that was tuned into.
        let start = self.position.unwrap_or(if page.last { 0 } else { granule.saturating_sub(added) });
        let position = start + added;
        self.position = Some(position);
        let surplus = page.last.then(|| position.saturating_sub(granule))?;
        usize::try_from(surplus / u64::from(GRANULES_PER_SAMPLE)).ok()
    }
}

fn codec_name(first: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 6] = [
        (b"\x01vorbis", "Vorbis"),
        (b"\x7fFLAC", "FLAC"),
        (b"Speex   ", "Speex"),
        (b"\x80theora", "Theora"),
        (b"PCM     ", "PCM"),
        (b"fishead\0", "Skeleton"),
    ];
    known.iter().find(|(magic, _)| first.starts_with(magic)).map(|(_, name)| *name)
}

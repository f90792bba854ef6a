//! One file of sound: Ogg Opus (RFC 7845), 16 kHz mono, written page by page.
//!
//! The encoder is libopus, through the same crate that decodes what hosts send: nothing more to build, and what was measured
//! of it holds. 24 kbit/s: 10.8 MB an hour at most, pauses cost a tenth of speech. On a busy core of the development machine
//! a second of speech takes 3 ms.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ::opus::{Application, Bitrate, Channels, Encoder, Signal};

use crate::domain::{Epoch, RoomId, SAMPLE_RATE, samples_to_ms};
use crate::ogg::{FIRST, LAST, PageWriter};

/// A packet is 20 ms, in samples.
const FRAME: usize = 320;
/// Packets of a page: a second.
const PAGE: u64 = 50;
/// Opus counts samples of 48 kHz.
const GRANULES: u64 = 3;
/// Plenty for 20 ms at the bitrate, and few enough that a page holds a second of them.
const LONGEST_PACKET: usize = 400;
const BITRATE: i32 = 24_000;
/// Of 10: 5 is what speech gains from; above it only costs.
const COMPLEXITY: i32 = 5;

pub const EXTENSION: &str = "opus";

/// Whose sound it is.
pub struct Of<'a> {
    pub room: &'a RoomId,
    pub epoch: &'a Epoch,
}

/// A file that is being written. Positions are samples on the show's clock.
pub struct Track {
    file: File,
    encoder: Encoder,
    pages: PageWriter,
    start: u64,
    /// Sound of a packet that is not full yet.
    frame: Vec<f32>,
    /// How far the encoder's output lies behind its input, in samples.
    lookahead: u64,
    /// Packets that are in the file, and those on the page that is not.
    written: u64,
    pending: u64,
    /// Bytes of whole pages.
    length: u64,
}

impl Track {
    /// A new file in `folder`, named after its beginning in ms.
    ///
    /// # Errors
    /// The disk does not take it; then there is none.
    pub fn create(folder: &Path, of: &Of<'_>, start: u64) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let (path, file) = new_file(folder, samples_to_ms(start))?;
        let begun = Self::begin(file, of, start);
        if begun.is_err() {
            drop(std::fs::remove_file(path));
        }
        begun
    }

    fn begin(file: File, of: &Of<'_>, start: u64) -> io::Result<Self> {
        let mut encoder =
            Encoder::new(SAMPLE_RATE, Channels::Mono, Application::Audio).map_err(io::Error::other)?;
        let set_up = |encoder: &mut Encoder| -> ::opus::Result<u64> {
            encoder.set_bitrate(Bitrate::Bits(BITRATE))?;
            encoder.set_complexity(COMPLEXITY)?;
            encoder.set_signal(Signal::Voice)?;
            Ok(encoder.get_lookahead()?.unsigned_abs().into())
        };
        let lookahead = set_up(&mut encoder).map_err(io::Error::other)?;
        let pages = PageWriter::new(rand::random());
        let frame = Vec::with_capacity(FRAME);
        let mut track =
            Self { file, encoder, pages, start, frame, lookahead, written: 0, pending: 0, length: 0 };
        for (flags, packet) in [(FIRST, head(track.pre_skip())), (0, tags(of, start))] {
            // Both are short.
            let _ = track.pages.add(&packet);
            track.write_page(flags, 0)?;
        }
        Ok(track)
    }

    /// Position behind the last sample that was taken.
    pub fn next(&self) -> u64 {
        self.start + self.taken()
    }

    /// Takes samples; a second of them goes to the disk as it is full.
    ///
    /// # Errors
    /// The disk does not take it. What was taken since the last page is forgotten: [`Track::next`] is back behind that.
    pub fn push(&mut self, mut samples: &[f32]) -> io::Result<()> {
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(FRAME - self.frame.len()));
            self.frame.extend_from_slice(now);
            samples = later;
            if self.frame.len() == FRAME {
                self.encode()?;
            }
            if self.pending == PAGE {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// The same with nothing to be heard.
    ///
    /// # Errors
    /// As [`Track::push`].
    pub fn push_silence(&mut self, mut samples: u64) -> io::Result<()> {
        const SILENCE: [f32; FRAME] = [0.0; FRAME];
        while samples > 0 {
            let now = samples.min(FRAME as u64);
            self.push(&SILENCE[..now as usize])?;
            samples -= now;
        }
        Ok(())
    }

    /// Writes the page that is begun: all but the last 20 ms is in the file.
    ///
    /// # Errors
    /// As [`Track::push`].
    pub fn flush(&mut self) -> io::Result<()> {
        if self.pages.is_empty() {
            return Ok(());
        }
        let granule = (self.written + self.pending) * FRAME as u64 * GRANULES;
        self.write_page(0, granule)
    }

    /// Completes the file to the last sample.
    ///
    /// # Errors
    /// The disk does not take the end. A file without it is a good one too, up to 20 ms shorter.
    pub fn finish(mut self) -> io::Result<()> {
        let taken = self.taken();
        let packets = (taken + self.lookahead).div_ceil(FRAME as u64);
        while self.written + self.pending < packets {
            self.frame.resize(FRAME, 0.0);
            self.encode()?;
        }
        self.write_page(LAST, self.pre_skip() + taken * GRANULES)?;
        self.file.sync_data()
    }

    fn taken(&self) -> u64 {
        (self.written + self.pending) * FRAME as u64 + self.frame.len() as u64
    }

    fn pre_skip(&self) -> u64 {
        self.lookahead * GRANULES
    }

    fn encode(&mut self) -> io::Result<()> {
        let mut packet = [0; LONGEST_PACKET];
        let encoded = self.encoder.encode_float(&self.frame, &mut packet);
        self.frame.clear();
        let length = encoded.map_err(io::Error::other)?;
        let packet = packet.get(..length).unwrap_or_default();
        if !self.pages.add(packet) {
            self.flush()?;
            let _ = self.pages.add(packet);
        }
        self.pending += 1;
        Ok(())
    }

    fn write_page(&mut self, flags: u8, granule: u64) -> io::Result<()> {
        let page = self.pages.end_page(flags, granule);
        let result = self.file.write_all(&page);
        if result.is_ok() {
            self.length += page.len() as u64;
            self.written += std::mem::take(&mut self.pending);
            return Ok(());
        }
        // Half a page is taken out again. If even that fails, readers pass over it: its checksum is wrong.
        drop(self.file.set_len(self.length));
        self.pages.take_back();
        self.pending = 0;
        self.frame.clear();
        drop(self.encoder.reset_state());
        result
    }
}

/// What begins at the same millisecond as a file that is there takes the next one.
fn new_file(folder: &Path, start_ms: u64) -> io::Result<(PathBuf, File)> {
    let mut name = start_ms;
    loop {
        let path = folder.join(format!("{name:010}.{EXTENSION}"));
        match OpenOptions::new().append(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => name += 1,
            opened => return opened.map(|file| (path, file)),
        }
    }
}

/// RFC 7845, section 5.1: version 1, mono.
fn head(pre_skip: u64) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend((pre_skip as u16).to_le_bytes());
    head.extend(SAMPLE_RATE.to_le_bytes());
    head.extend([0; 3]);
    head
}

/// Section 5.2: a file that was taken home still says what it is.
fn tags(of: &Of<'_>, start: u64) -> Vec<u8> {
    let comments = [
        format!("ROOM={}", of.room),
        format!("SHOW={}", of.epoch),
        format!("START_MS={}", samples_to_ms(start)),
    ];
    let mut tags = b"OpusTags".to_vec();
    let mut text = |text: &str| {
        tags.extend((text.len() as u32).to_le_bytes());
        tags.extend(text.as_bytes());
    };
    text(concat!("tradewind ", env!("CARGO_PKG_VERSION")));
    // The number of comments has the form of a length.
    let mut rest = (comments.len() as u32).to_le_bytes().to_vec();
    for comment in &comments {
        rest.extend((comment.len() as u32).to_le_bytes());
        rest.extend(comment.as_bytes());
    }
    tags.extend(rest);
    tags
}

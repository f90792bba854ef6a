//! What `push` sends: a file or a pipe, cut into chunks that each know when their last sample was spoken.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};

use super::address::Query;
use super::container::TimeMap;
use super::wav::{WavError, WavHeader, read_header};

/// Where the audio comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    File(PathBuf),
    /// A pipe, e.g. from ffmpeg or OBS.
    Stdin,
}

/// What is announced to the gateway and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PushEncoding {
    /// WAV as PCM16; Ogg and WebM as they are.
    #[default]
    Auto,
    /// PCM16; input that is not WAV is taken as headerless samples.
    Linear16,
    /// The file's own bytes, a WAV header too: the gateway finds out what they are.
    Container,
}

/// Form of headerless samples (signed 16-bit little-endian, interleaved).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw {
    /// In Hz.
    pub sample_rate: u32,
    pub channels: u16,
}

/// What kept the audio from being read.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error("cannot read {name}: {source}")]
    Io { name: String, source: std::io::Error },
    #[error("{name}: {source}")]
    Wav { name: String, source: WavError },
    #[error("{name} is neither WAV nor Ogg nor WebM; for headerless samples give their rate and channels")]
    Unknown { name: String },
}

/// A part of the audio.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    pub bytes: Vec<u8>,
    /// When its last sample was spoken, on the source's clock. `None`: it is live, and now is when.
    pub end: Option<Duration>,
    /// Where in `bytes` a decoder that knows the preamble can start; `None`: nowhere.
    pub entry: Option<usize>,
}

/// An opened source.
pub struct Feed {
    name: String,
    kind: Kind,
    period: Duration,
}

type Reader = Box<dyn AsyncRead + Send + Unpin>;

enum Kind {
    Samples {
        reader: Reader,
        header: WavHeader,
        buffer: Vec<u8>,
        frames_out: u64,
        ended: bool,
        /// The WAV header that goes first when the file is sent as it is.
        preamble: Option<Vec<u8>>,
    },
    /// A container file.
    Timed { file: Vec<u8>, map: TimeMap, sent: usize, periods: u32 },
    /// A container from a pipe.
    Live { reader: Reader },
}

impl Feed {
    /// Opens a source and reads its header. A chunk lasts `period`.
    pub async fn open(
        source: &Source,
        encoding: PushEncoding,
        raw: Option<Raw>,
        period: Duration,
    ) -> Result<Self, FeedError> {
        let name = match source {
            Source::File(path) => path.display().to_string(),
            Source::Stdin => "standard input".to_owned(),
        };
        let mut reader: Reader = match source {
            Source::File(path) => Box::new(
                tokio::fs::File::open(path)
                    .await
                    .map_err(|source| FeedError::Io { name: name.clone(), source })?,
            ),
            Source::Stdin => Box::new(tokio::io::stdin()),
        };
        let mut magic = [0; 4];
        reader.read_exact(&mut magic).await.map_err(|source| FeedError::Io { name: name.clone(), source })?;
        let kind = match (&magic, encoding) {
            (b"RIFF", _) => {
                let header = read_header(magic, &mut reader)
                    .await
                    .map_err(|source| FeedError::Wav { name: name.clone(), source })?;
                samples(reader, header, encoding == PushEncoding::Container)
            }
            (_, PushEncoding::Linear16) => {
                let Some(raw) = raw else { return Err(FeedError::Unknown { name }) };
                headerless(magic, reader, raw)
            }
            (b"OggS" | [0x1A, 0x45, 0xDF, 0xA3], _) => match source {
                Source::File(path) => timed(path, &name).await?,
                Source::Stdin => {
                    Kind::Live { reader: Box::new(std::io::Cursor::new(magic.to_vec()).chain(reader)) }
                }
            },
            (_, _) => match raw {
                Some(raw) => headerless(magic, reader, raw),
                None => return Err(FeedError::Unknown { name }),
            },
        };
        Ok(Self { name, kind, period: period.max(Duration::from_millis(5)) })
    }

    /// What the gateway must be told about the encoding.
    pub fn query(&self) -> Query {
        match &self.kind {
            Kind::Samples { header, preamble: None, .. } => vec![
                ("encoding", "linear16".to_owned()),
                ("sample_rate", header.sample_rate.to_string()),
                ("channels", header.channels.to_string()),
            ],
            _ => Query::new(),
        }
    }

    /// How long the audio lasts, where that is known.
    pub fn total(&self) -> Option<Duration> {
        match &self.kind {
            Kind::Samples { header, .. } => {
                let frames = header.data_len? / header.frame_len() as u64;
                Some(frames_to_time(frames, header.sample_rate))
            }
            Kind::Timed { map, .. } => Some(Duration::from_secs_f64(map.total())),
            Kind::Live { .. } => None,
        }
    }

    /// Bytes that a new connection must get before any chunk.
    pub fn preamble(&self) -> Option<Vec<u8>> {
        match &self.kind {
            Kind::Samples { preamble, .. } => preamble.clone(),
            Kind::Timed { file, map, .. } => Some(file[..map.header_len].to_vec()),
            Kind::Live { .. } => None,
        }
    }

    /// Whether a connection that starts in the middle can be understood.
    pub fn can_resume(&self) -> bool {
        !matches!(self.kind, Kind::Live { .. })
    }

    /// The next chunk, or `None` at the end. May be dropped and called again at any point.
    pub async fn next(&mut self) -> Result<Option<Chunk>, FeedError> {
        let result = match &mut self.kind {
            Kind::Samples { reader, header, buffer, frames_out, ended, preamble } => {
                next_samples(reader, *header, buffer, frames_out, ended, preamble.is_some(), self.period)
                    .await
            }
            Kind::Timed { file, map, sent, periods } => Ok(next_timed(file, map, sent, periods, self.period)),
            Kind::Live { reader } => {
                let mut bytes = Vec::with_capacity(16 * 1024);
                let read = reader.read_buf(&mut bytes).await;
                read.map(|n| (n > 0).then_some(Chunk { bytes, end: None, entry: None }))
            }
        };
        result.map_err(|source| FeedError::Io { name: self.name.clone(), source })
    }
}

fn samples(reader: Reader, header: WavHeader, as_container: bool) -> Kind {
    let preamble = as_container.then(|| streamed_header(&header));
    let reader: Reader = match header.data_len {
        Some(len) => Box::new(reader.take(len)),
        None => reader,
    };
    Kind::Samples { reader, header, buffer: Vec::new(), frames_out: 0, ended: false, preamble }
}

fn headerless(magic: [u8; 4], reader: Reader, raw: Raw) -> Kind {
    let reader = Box::new(std::io::Cursor::new(magic.to_vec()).chain(reader));
    samples(reader, WavHeader::raw(raw.sample_rate.max(1), raw.channels.max(1)), false)
}

async fn timed(path: &Path, name: &str) -> Result<Kind, FeedError> {
    let file =
        tokio::fs::read(path).await.map_err(|source| FeedError::Io { name: name.to_owned(), source })?;
    match TimeMap::read(&file) {
        Some(map) => Ok(Kind::Timed { file, map, sent: 0, periods: 0 }),
        None => Err(FeedError::Unknown { name: name.to_owned() }),
    }
}

async fn next_samples(
    reader: &mut Reader,
    header: WavHeader,
    buffer: &mut Vec<u8>,
    frames_out: &mut u64,
    ended: &mut bool,
    with_preamble: bool,
    period: Duration,
) -> std::io::Result<Option<Chunk>> {
    let per_chunk = (u128::from(header.sample_rate) * period.as_micros() / 1_000_000).max(1);
    let want = usize::try_from(per_chunk).unwrap_or(1) * header.frame_len();
    while buffer.len() < want && !*ended {
        // `read_buf` is cancel-safe: what it read is in the buffer.
        buffer.reserve(want);
        *ended = reader.read_buf(buffer).await? == 0;
    }
    let take = buffer.len().min(want) / header.frame_len() * header.frame_len();
    if take == 0 {
        return Ok(None);
    }
    let first = *frames_out == 0;
    *frames_out += (take / header.frame_len()) as u64;
    let stored: Vec<u8> = buffer.drain(..take).collect();
    let mut bytes = header.to_s16le(&stored);
    if first && with_preamble {
        bytes.splice(0..0, streamed_header(&header));
    }
    Ok(Some(Chunk { bytes, end: Some(frames_to_time(*frames_out, header.sample_rate)), entry: Some(0) }))
}

fn next_timed(
    file: &[u8],
    map: &TimeMap,
    sent: &mut usize,
    periods: &mut u32,
    period: Duration,
) -> Option<Chunk> {
    while *sent < file.len() {
        *periods += 1;
        let end = period * *periods;
        let past_the_end = end.as_secs_f64() >= map.total();
        let upto = if past_the_end { file.len() } else { map.bytes_by(end.as_secs_f64()) };
        if upto > *sent {
            let from = std::mem::replace(sent, upto);
            let entry = map.entries.iter().find(|at| (from..upto).contains(at)).map(|at| at - from);
            return Some(Chunk { bytes: file[from..upto].to_vec(), end: Some(end), entry });
        }
    }
    None
}

fn frames_to_time(frames: u64, sample_rate: u32) -> Duration {
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^52 frames")]
    Duration::from_secs_f64(frames as f64 / f64::from(sample_rate))
}

/// A 16-bit WAV header as a recorder that streams writes it: the lengths are not known yet.
fn streamed_header(header: &WavHeader) -> Vec<u8> {
    let frame = 2 * header.channels;
    let mut out = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0".to_vec();
    out.extend(header.channels.to_le_bytes());
    out.extend(header.sample_rate.to_le_bytes());
    out.extend((header.sample_rate * u32::from(frame)).to_le_bytes());
    out.extend(frame.to_le_bytes());
    out.extend(b"\x10\0data\xff\xff\xff\xff");
    out
}

#[cfg(test)]
mod tests {
    use super::super::container::tests::ogg_file;
    use super::super::wav::tests::wav_bytes;
    use super::*;

    async fn all(name: &str, file: &[u8], encoding: PushEncoding, raw: Option<Raw>) -> (Feed, Vec<Chunk>) {
        let path = std::env::temp_dir().join(format!("tradewind-feed-{}-{name}", std::process::id()));
        tokio::fs::write(&path, file).await.unwrap();
        let period = Duration::from_millis(100);
        let mut feed = Feed::open(&Source::File(path.clone()), encoding, raw, period).await.unwrap();
        let mut chunks = Vec::new();
        while let Some(chunk) = feed.next().await.unwrap() {
            chunks.push(chunk);
        }
        tokio::fs::remove_file(path).await.unwrap();
        (feed, chunks)
    }

    fn joined(chunks: &[Chunk]) -> Vec<u8> {
        chunks.iter().flat_map(|c| c.bytes.clone()).collect()
    }

    #[tokio::test]
    async fn a_wav_file_is_sent_as_samples_each_chunk_due_when_its_last_sample_was_spoken() {
        let samples: Vec<i16> = (0..2500).collect();
        let file = wav_bytes(10_000, 1, &samples, true);
        let (feed, chunks) = all("a.wav", &file, PushEncoding::Auto, None).await;
        assert_eq!(feed.total(), Some(Duration::from_millis(250)));
        let ends: Vec<u128> = chunks.iter().map(|c| c.end.unwrap().as_millis()).collect();
        assert_eq!(ends, [100, 200, 250]);
        assert_eq!(joined(&chunks), samples.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<_>>());
        assert!(feed.query().contains(&("sample_rate", "10000".to_owned())));
    }

    #[tokio::test]
    async fn a_wav_file_can_be_sent_with_its_header() {
        let (feed, chunks) =
            all("b.wav", &wav_bytes(8000, 2, &[1; 1600], true), PushEncoding::Container, None).await;
        assert!(chunks[0].bytes.starts_with(b"RIFF") && chunks[0].bytes.len() == 44 + 3200);
        assert_eq!(feed.query(), Query::new());
        assert!(feed.preamble().unwrap().starts_with(b"RIFF"));
    }

    #[tokio::test]
    async fn an_ogg_file_is_sent_whole_at_its_own_pace_and_can_be_entered_at_pages() {
        let file = ogg_file(2);
        let (feed, chunks) = all("c.ogg", &file, PushEncoding::Auto, None).await;
        assert_eq!(joined(&chunks), file);
        assert_eq!(chunks.len(), 20);
        assert_eq!(chunks.last().unwrap().end.unwrap().as_millis(), 2000);
        assert_eq!(chunks.iter().filter(|c| c.entry.is_some()).count(), 2);
        assert!(file.starts_with(&feed.preamble().unwrap()));
    }

    #[tokio::test]
    async fn headerless_samples_need_their_form() {
        let raw = Some(Raw { sample_rate: 1000, channels: 1 });
        let (_, chunks) = all("d.raw", &[5; 402], PushEncoding::Linear16, raw).await;
        assert_eq!(joined(&chunks), [5; 402]);
        assert_eq!(chunks.last().unwrap().end.unwrap().as_millis(), 201);
        let path = std::env::temp_dir().join(format!("tradewind-feed-{}-e.raw", std::process::id()));
        std::fs::write(&path, [5; 20]).unwrap();
        let opened = Feed::open(&Source::File(path.clone()), PushEncoding::Auto, None, Duration::ZERO).await;
        assert!(matches!(opened, Err(FeedError::Unknown { .. })));
        std::fs::remove_file(path).unwrap();
    }
}

//! RIFF/WAVE, read as a stream: from a file or from a pipe whose length nobody knows.
//!
//! Own reader instead of `hound`: that one wants the whole header to be right, while `ffmpeg -f wav -` leaves
//! the sizes at 0xFFFFFFFF and puts a LIST chunk in front of the samples.

use std::path::Path;

use tokio::io::{AsyncRead, AsyncReadExt};

/// What kept a WAV file from being read.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    #[error("not a WAV file")]
    NotWav,
    #[error("a WAV file with {0}, which is not supported")]
    Unsupported(String),
    #[error("the WAV file ends inside its header")]
    Cut,
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// How one sample is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sample {
    U8,
    I16,
    I24,
    I32,
    F32,
}

/// A WAV header's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WavHeader {
    pub sample_rate: u32,
    pub channels: u16,
    sample: Sample,
    /// Bytes of samples; `None` where the writer did not know (a pipe).
    pub data_len: Option<u64>,
}

impl WavHeader {
    /// Headerless signed 16-bit little-endian samples.
    pub fn raw(sample_rate: u32, channels: u16) -> Self {
        Self { sample_rate, channels, sample: Sample::I16, data_len: None }
    }

    /// Bytes of one sample of every channel, as stored.
    pub fn frame_len(&self) -> usize {
        let sample = match self.sample {
            Sample::U8 => 1,
            Sample::I16 => 2,
            Sample::I24 => 3,
            Sample::I32 | Sample::F32 => 4,
        };
        sample * usize::from(self.channels)
    }

    /// Stored samples as signed 16-bit little-endian.
    pub fn to_s16le(self, stored: &[u8]) -> Vec<u8> {
        let widen = |sample: i16| sample.to_le_bytes();
        match self.sample {
            Sample::I16 => stored.to_vec(),
            Sample::U8 => stored.iter().flat_map(|b| widen((i16::from(*b) - 128) << 8)).collect(),
            Sample::I24 => stored.chunks_exact(3).flat_map(|b| [b[1], b[2]]).collect(),
            Sample::I32 => stored.chunks_exact(4).flat_map(|b| [b[2], b[3]]).collect(),
            Sample::F32 => stored
                .chunks_exact(4)
                .flat_map(|b| {
                    let sample = f32::from_le_bytes([b[0], b[1], b[2], b[3]]).clamp(-1.0, 1.0);
                    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i16")]
                    widen((sample * 32_767.0) as i16)
                })
                .collect(),
        }
    }
}

/// Reads up to the first sample. `magic` are the four bytes already taken to see what the stream is.
pub async fn read_header(magic: [u8; 4], from: &mut (impl AsyncRead + Unpin)) -> Result<WavHeader, WavError> {
    if &magic != b"RIFF" || &bytes::<8>(from).await?[4..] != b"WAVE" {
        return Err(WavError::NotWav);
    }
    let mut format: Option<WavHeader> = None;
    loop {
        let [a, b, c, d, len @ ..] = bytes::<8>(from).await?;
        let len = u32::from_le_bytes(len);
        match (&[a, b, c, d], format) {
            (b"fmt ", _) => format = Some(read_format(len, from).await?),
            (b"data", Some(mut header)) => {
                let unknown = len == 0 || len >= u32::MAX - 64;
                header.data_len = (!unknown).then_some(u64::from(len));
                return Ok(header);
            }
            (b"data", None) => return Err(WavError::NotWav),
            _ => skip(u64::from(len) + u64::from(len % 2), from).await?,
        }
    }
}

/// A whole WAV file in memory, mixed down to one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Wav {
    pub sample_rate: u32,
    /// Mono, −1 to 1.
    pub samples: Vec<f32>,
}

/// Reads a whole file.
pub async fn read_wav(path: &Path) -> Result<Wav, WavError> {
    let mut file = tokio::io::BufReader::new(tokio::fs::File::open(path).await?);
    let magic = bytes::<4>(&mut file).await?;
    let header = read_header(magic, &mut file).await?;
    let mut stored = Vec::new();
    file.take(header.data_len.unwrap_or(u64::MAX)).read_to_end(&mut stored).await?;
    let s16 = header.to_s16le(&stored);
    let channels = f32::from(header.channels);
    let samples = s16
        .chunks_exact(2 * usize::from(header.channels))
        .map(|frame| {
            let sum: f32 = frame.chunks_exact(2).map(|b| f32::from(i16::from_le_bytes([b[0], b[1]]))).sum();
            sum / channels / 32_768.0
        })
        .collect();
    Ok(Wav { sample_rate: header.sample_rate, samples })
}

async fn read_format(len: u32, from: &mut (impl AsyncRead + Unpin)) -> Result<WavHeader, WavError> {
    if !(16..=4096).contains(&len) {
        return Err(WavError::NotWav);
    }
    let mut body = vec![0; (len + len % 2) as usize];
    exact(from, &mut body).await?;
    let u16_at = |at: usize| u16::from_le_bytes([body[at], body[at + 1]]);
    let sample_rate = u32::from_le_bytes([body[4], body[5], body[6], body[7]]);
    let (channels, bits) = (u16_at(2), u16_at(14));
    // WAVE_FORMAT_EXTENSIBLE: the real tag is the start of a GUID.
    let tag = if u16_at(0) == 0xFFFE && body.len() >= 26 { u16_at(24) } else { u16_at(0) };
    let sample = match (tag, bits) {
        (1, 8) => Sample::U8,
        (1, 16) => Sample::I16,
        (1, 24) => Sample::I24,
        (1, 32) => Sample::I32,
        (3, 32) => Sample::F32,
        _ => return Err(WavError::Unsupported(format!("format tag {tag} at {bits} bits"))),
    };
    if channels == 0 || sample_rate == 0 {
        return Err(WavError::Unsupported(format!("{channels} channels at {sample_rate} Hz")));
    }
    Ok(WavHeader { sample_rate, channels, sample, data_len: None })
}

async fn skip(len: u64, from: &mut (impl AsyncRead + Unpin)) -> Result<(), WavError> {
    let skipped = tokio::io::copy(&mut from.take(len), &mut tokio::io::sink()).await?;
    if skipped == len { Ok(()) } else { Err(WavError::Cut) }
}

async fn bytes<const N: usize>(from: &mut (impl AsyncRead + Unpin)) -> Result<[u8; N], WavError> {
    let mut bytes = [0; N];
    exact(from, &mut bytes).await?;
    Ok(bytes)
}

async fn exact(from: &mut (impl AsyncRead + Unpin), into: &mut [u8]) -> Result<(), WavError> {
    match from.read_exact(into).await {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Err(WavError::Cut),
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A 16-bit WAV file as ffmpeg writes one: a LIST chunk of odd length stands before the samples.
    pub fn wav_bytes(sample_rate: u32, channels: u16, samples: &[i16], known_len: bool) -> Vec<u8> {
        let mut file = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0".to_vec();
        file.extend(channels.to_le_bytes());
        file.extend(sample_rate.to_le_bytes());
        file.extend((sample_rate * 2 * u32::from(channels)).to_le_bytes());
        file.extend((2 * channels).to_le_bytes());
        file.extend(16u16.to_le_bytes());
        file.extend(b"LIST\x03\0\0\0abc\0data");
        let len = if known_len { u32::try_from(samples.len() * 2).unwrap() } else { u32::MAX };
        file.extend(len.to_le_bytes());
        file.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
        file
    }

    async fn header_of(file: &[u8]) -> Result<(WavHeader, usize), WavError> {
        let mut rest = &file[4..];
        let header = read_header(file[..4].try_into().unwrap(), &mut rest).await?;
        Ok((header, rest.len()))
    }

    #[tokio::test]
    async fn odd_chunks_before_the_samples_are_skipped_and_a_pipe_s_length_is_unknown() {
        let (header, left) = header_of(&wav_bytes(48_000, 2, &[1, 2, 3, 4], true)).await.unwrap();
        assert_eq!((header.sample_rate, header.channels, header.data_len, left), (48_000, 2, Some(8), 8));
        let (header, _) = header_of(&wav_bytes(48_000, 2, &[1, 2], false)).await.unwrap();
        assert_eq!(header.data_len, None);
    }

    #[tokio::test]
    async fn what_is_not_wav_or_is_cut_is_an_error() {
        assert!(matches!(header_of(b"RIFX....WAVE").await, Err(WavError::NotWav)));
        assert!(matches!(header_of(&wav_bytes(8000, 1, &[], true)[..30]).await, Err(WavError::Cut)));
        let mut law = wav_bytes(8000, 1, &[1], true);
        law[20] = 7;
        assert!(matches!(header_of(&law).await, Err(WavError::Unsupported(_))));
    }

    #[test]
    fn every_sample_form_becomes_16_bit() {
        let as_is = |sample| WavHeader { sample, ..WavHeader::raw(16_000, 1) };
        assert_eq!(as_is(Sample::U8).to_s16le(&[0, 128, 255]), [0, 128, 0, 0, 0, 127]);
        assert_eq!(as_is(Sample::I24).to_s16le(&[9, 1, 2]), [1, 2]);
        assert_eq!(as_is(Sample::I32).to_s16le(&[9, 9, 1, 2]), [1, 2]);
        let half = as_is(Sample::F32).to_s16le(&0.5f32.to_le_bytes());
        assert_eq!(i16::from_le_bytes([half[0], half[1]]), 16_383);
    }
}

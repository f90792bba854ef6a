//! Writing whisper.cpp's model file ("ggml"): little-endian numbers, no alignment, no index.
//!
//! Magic number; eleven `i32` hyper-parameters; the mel filter bank (`i32` rows and columns, then `f32`); the tokens
//! (`i32` count, each an `i32` length and its bytes); then tensors, each `i32` rank, length of the name, element type
//! (0 = `f32`, 1 = `f16`), the dimensions with the fastest-running first, the name, the data.

use std::io::{self, Write};

/// The sizes of a Whisper model, in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    pub vocabulary: u32,
    pub audio_context: u32,
    pub audio_state: u32,
    pub audio_heads: u32,
    pub audio_layers: u32,
    pub text_context: u32,
    pub text_state: u32,
    pub text_heads: u32,
    pub text_layers: u32,
    pub mels: u32,
}

/// An element's type in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    F32,
    F16,
}

/// Everything before the tensors. `bank` is row by row, `bins` values a row.
pub fn header(
    out: &mut impl Write,
    sizes: &Sizes,
    bank: &[f32],
    bins: usize,
    tokens: &[Vec<u8>],
) -> io::Result<()> {
    let Sizes { vocabulary, audio_context, audio_state, audio_heads, audio_layers, .. } = *sizes;
    let Sizes { text_context, text_state, text_heads, text_layers, mels, .. } = *sizes;
    numbers(out, &[MAGIC, vocabulary, audio_context, audio_state, audio_heads, audio_layers])?;
    numbers(out, &[text_context, text_state, text_heads, text_layers, mels, MOSTLY_F16])?;
    numbers(out, &[mels, length(bins)?])?;
    for value in bank {
        out.write_all(&value.to_le_bytes())?;
    }
    numbers(out, &[length(tokens.len())?])?;
    for token in tokens {
        numbers(out, &[length(token.len())?])?;
        out.write_all(token)?;
    }
    Ok(())
}

/// What stands before a tensor's data. `dims` has the slowest-running dimension first.
pub fn tensor(out: &mut impl Write, name: &str, dims: &[u32], element: Element) -> io::Result<()> {
    let kind = match element {
        Element::F32 => 0,
        Element::F16 => 1,
    };
    numbers(out, &[length(dims.len())?, length(name.len())?, kind])?;
    for dim in dims.iter().rev() {
        numbers(out, &[*dim])?;
    }
    out.write_all(name.as_bytes())
}

/// Writes half-precision numbers in single precision, which is exact.
pub fn widen(out: &mut impl Write, halves: &[u8]) -> io::Result<()> {
    for half in halves.chunks_exact(2) {
        let half = half.iter().rev().fold(0, |bits, byte| bits << 8 | u16::from(*byte));
        out.write_all(&single(half).to_le_bytes())?;
    }
    Ok(())
}

pub(super) const MAGIC: u32 = 0x6767_6d6c;
const MOSTLY_F16: u32 = 1;

/// IEEE 754 binary16 to binary32.
fn single(half: u16) -> f32 {
    let sign = u32::from(half & 0x8000) << 16;
    let exponent = u32::from(half >> 10 & 0x1f);
    let fraction = u32::from(half & 0x03ff);
    match exponent {
        // Subnormal: fraction × 2⁻²⁴.
        0 => f32::from_bits((f32::from(half & 0x03ff) * 2.0_f32.powi(-24)).to_bits() | sign),
        0x1f => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 127 - 15) << 23 | fraction << 13),
    }
}

fn numbers(out: &mut impl Write, numbers: &[u32]) -> io::Result<()> {
    numbers.iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))
}

fn length(length: usize) -> io::Result<u32> {
    u32::try_from(length).map_err(|_| io::ErrorKind::InvalidInput.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_widens_exactly() {
        for (half, expected) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65_504.0),
            (0x0001, 5.960_464_5e-8),
            (0x83ff, -6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(single(half).to_bits(), f32::to_bits(expected), "{half:#06x}");
        }
        assert!(single(0x7e00).is_nan());
        assert_eq!(single(0x8000).to_bits(), (-0.0_f32).to_bits());
    }

    #[test]
    fn a_tensor_is_headed_with_its_dimensions_reversed() {
        let mut out = Vec::new();
        tensor(&mut out, "ab", &[512, 80, 3], Element::F16).unwrap();
        let expected: Vec<u8> = [3_u32, 2, 1, 3, 80, 512].iter().flat_map(|n| n.to_le_bytes()).collect();
        assert_eq!(out, [expected, b"ab".to_vec()].concat());
    }
}

//! The mel filter bank that Whisper was trained with: triangles on Slaney's mel scale, each of unit area.
//!
//! After M. Slaney, "Auditory Toolbox", 1998, in the form that librosa gives it (`librosa.filters.mel` with
//! `htk=False, norm="slaney"`) for 16 kHz and a window of 400 samples. The result is part of a file whose sha256 is
//! pinned, so only operations are used that IEEE 754 rounds alike everywhere: no `exp` or `ln` of a C library.

/// Frequency bins of a window of 400 samples.
pub const BINS: usize = 201;

/// Hz between two bins: 16,000 / 400.
const BIN_HZ: f64 = 40.0;
/// The scale is linear below 1,000 Hz, 15 mels there, and logarithmic above.
const LINEAR_HZ_PER_MEL: f64 = 200.0 / 3.0;
const BREAK_HZ: f64 = 1_000.0;
const BREAK_MEL: f64 = BREAK_HZ / LINEAR_HZ_PER_MEL;
const HIGHEST_HZ: f64 = 8_000.0;
/// ln(6.4), from which 27 mels make a factor of 6.4.
const LN_6_4: f64 = 1.856_297_990_365_626_2;
/// ln(8): from the break to the highest frequency, 8,000 Hz.
const LN_8: f64 = 3.0 * std::f64::consts::LN_2;

/// The bank for so many mel bands: bands × [`BINS`], row by row.
pub fn bank(bands: u16) -> Vec<f32> {
    let log_step = LN_6_4 / 27.0;
    let step = (BREAK_MEL + LN_8 / log_step) / (f64::from(bands) + 1.0);
    let hz = |edge: u16| {
        let mel = f64::from(edge) * step;
        if mel < BREAK_MEL {
            LINEAR_HZ_PER_MEL * mel
        } else {
            // The last edge is exact: no rounding error of it may leave a trace in the last bin.
            (BREAK_HZ * exp(log_step * (mel - BREAK_MEL))).min(HIGHEST_HZ)
        }
    };
    let mut bank = Vec::with_capacity(usize::from(bands) * BINS);
    for band in 0..bands {
        let (low, centre, high) = (hz(band), hz(band + 1), hz(band + 2));
        let area = 2.0 / (high - low);
        for bin in 0..BINS {
            let at = bin_hz(bin);
            let rising = (at - low) / (centre - low);
            let falling = (high - at) / (high - centre);
            // Rounded twice, as librosa does: the triangle, then its height.
            bank.push(round(f64::from(round(rising.min(falling).max(0.0))) * area));
        }
    }
    bank
}

/// e^x for 0 ≤ x ≤ 2.1 by its series, whose 30th term is below 10⁻²².
fn exp(x: f64) -> f64 {
    (1..=30).rev().fold(1.0, |sum, n| 1.0 + x / f64::from(n) * sum)
}

#[expect(clippy::cast_precision_loss, reason = "bins are below 201")]
fn bin_hz(bin: usize) -> f64 {
    bin as f64 * BIN_HZ
}

#[expect(clippy::cast_possible_truncation, reason = "the file holds single precision")]
fn round(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_values_of_whispers_own_bank_are_met() {
        let bank = bank(80);
        assert_eq!(bank.len(), 80 * 201);
        // From librosa's formula in numpy. The whole bank is proven by the sha256 of the converted file.
        let known = [
            (0, 1, 0.024_862_595_f32),
            (1, 1, 0.001_990_822),
            (1, 2, 0.022_871_772),
            (40, 43, 0.014_735_566),
            (60, 90, 0.001_434_534_3),
            (79, 195, 0.002_243_795_2),
        ];
        for (band, bin, expected) in known {
            assert_eq!(bank[band * BINS + bin].to_bits(), expected.to_bits(), "band {band}, bin {bin}");
        }
    }

    #[test]
    fn wide_bands_have_unit_area_and_none_is_empty() {
        let bank = bank(80);
        for (band, row) in bank.chunks(BINS).enumerate() {
            let area: f32 = row.iter().sum::<f32>() * 40.0;
            assert!(area > 0.0, "band {band} is empty");
            assert!(band < 60 || (area - 1.0).abs() < 0.03, "band {band} has area {area}");
        }
    }

    #[test]
    fn the_exponential_is_that_of_the_library_to_the_last_digits() {
        for n in 0..=210 {
            let x = f64::from(n) / 100.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-15, "{x}");
        }
    }
}

//! What hosts send: pieces of the tour, and sounds in which nobody speaks.

use std::f64::consts::TAU;
use std::path::Path;
use std::sync::LazyLock;

/// Samples a second of everything here.
pub const RATE: u32 = 16_000;

static TOUR: LazyLock<Vec<i16>> =
    LazyLock::new(|| wav(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/tour-zh.wav"))));

/// "Our stainless steel thermos, capacity 500 ml." and "The liner is 316 steel; 12 hours hot, 24 hours cold."
pub const THERMOS: [f64; 2] = [14.9, 28.0];
/// The first of these two sentences.
pub const THERMOS_FIRST: [f64; 2] = [14.9, 21.0];
/// The second.
pub const THERMOS_SECOND: [f64; 2] = [21.0, 28.0];
/// "There are 32 injection moulding machines here." and "Each makes 600 pieces a day, the whole line 20,000."
pub const TWO_SENTENCES: [f64; 2] = [43.6, 56.2];

/// Five sentences about the thermos and how it is ordered, from the first word to the last.
pub const TWENTY_FIVE_SECONDS: [f64; 2] = [15.2, 40.2];

/// The Mandarin tour from one second to another.
pub fn tour([from, to]: [f64; 2]) -> Vec<i16> {
    let at = |seconds: f64| (seconds * f64::from(RATE)) as usize;
    TOUR[at(from)..at(to)].to_vec()
}

/// As it goes over the wire.
pub fn bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// A mono PCM16 file of 16 kHz.
pub fn wav(path: &Path) -> Vec<i16> {
    let file = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let data = file.windows(4).position(|w| w == b"data").expect("a WAV file") + 8;
    file[data..].chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
}

/// Stereo of 44.1 kHz, the same on both sides, by linear interpolation.
pub fn stereo_44_100(samples: &[i16]) -> Vec<i16> {
    let length = samples.len() * 441 / 160;
    let sample = |n: usize| {
        let at = n as f64 * 160.0 / 441.0;
        let (left, part) = (at as usize, at.fract());
        let right = (left + 1).min(samples.len() - 1);
        (f64::from(samples[left]) * (1.0 - part) + f64::from(samples[right]) * part) as i16
    };
    (0..length).map(sample).flat_map(|s| [s, s]).collect()
}

/// Sounds without speech, each with its name. The same at every run.
pub fn nobody_speaks(seconds: u32) -> Vec<(&'static str, Vec<i16>)> {
    let samples = |of: &mut dyn FnMut(u32) -> f64| -> Vec<i16> {
        (0..seconds * RATE).map(|n| (of(n).clamp(-1.0, 1.0) * 32_767.0) as i16).collect()
    };
    let at = |n: u32| f64::from(n) / f64::from(RATE);
    let (mut white, mut pink) = (Random(1), Pink::default());
    vec![
        ("digital silence", samples(&mut |_| 0.0)),
        (
            "mains hum",
            samples(&mut |n| 0.05 * (TAU * 50.0 * at(n)).sin() + 0.02 * (TAU * 150.0 * at(n)).sin()),
        ),
        (
            "beeps",
            samples(&mut |n| if at(n).fract() < 0.25 { 0.1 * (TAU * 1000.0 * at(n)).sin() } else { 0.0 }),
        ),
        ("white noise", samples(&mut |_| 0.03 * white.next())),
        ("pink noise", samples(&mut |_| 0.1 * pink.next())),
        ("a machine that knocks", {
            let mut knock = Random(7);
            samples(&mut |n| {
                0.4 * knock.next() * (-40.0 * (at(n) * 3.0).fract()).exp() + 0.02 * (TAU * 90.0 * at(n)).sin()
            })
        }),
    ]
}

/// xorshift64*, from -1 to 1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32;
        high as f64 / f64::from(u32::MAX) * 2.0 - 1.0
    }
}

/// Voss and McCartney: rows of white noise, each renewed half as often as the one before.
struct Pink {
    random: Random,
    rows: [f64; 12],
    count: u32,
}

impl Default for Pink {
    fn default() -> Self {
        Self { random: Random(3), rows: [0.0; 12], count: 0 }
    }
}

impl Pink {
    fn next(&mut self) -> f64 {
        self.count = self.count.wrapping_add(1);
        let row = self.count.trailing_zeros() as usize % self.rows.len();
        self.rows[row] = self.random.next();
        self.rows.iter().sum::<f64>() / self.rows.len() as f64
    }
}

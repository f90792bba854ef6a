//! Foreign bytes, a little of them: what the fuzz targets do (`scripts/fuzz.sh`, for hours), over their corpus and over inputs
//! made of it by a generator that is the same at every run.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bodies::{ALL, Body};

#[path = "../../fuzz/src/bodies.rs"]
mod bodies;

/// Inputs made for each target. One of a pack is eight files.
const CASES: usize = 2_000;
const PACK_CASES: usize = 100;
/// Numbers at which lengths and counts go wrong.
const EDGES: [u64; 8] = [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, u64::MAX];
/// As for the fuzzer itself.
const LONGEST: usize = 16_384;

fn folder(of: &str) -> std::path::PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz")).join(of)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// What is kept for a target, in the order of the names.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = folder("corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[test]
fn every_target_has_its_corpus_and_the_corpus_reaches_the_parser() {
    let all: BTreeSet<String> = ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&folder("targets")), all);
    assert_eq!(names(&folder("corpus")), all);
    let manifest = std::fs::read_to_string(folder("Cargo.toml")).unwrap();
    for (name, body) in ALL {
        assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "{name}");
        let taken = corpus(name).iter().filter(|input| body(input)).count();
        assert!(taken > 0, "nothing in fuzz/corpus/{name} is taken");
    }
}

#[test]
fn no_parser_of_foreign_bytes_panics() {
    for (name, body) in ALL {
        let seeds = corpus(name);
        let mut dice = Dice(name.bytes().fold(0x9e37_79b9_7f4a_7c15, |seed, byte| {
            (seed ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3) | 1
        }));
        let made = (0..if name == "pack" { PACK_CASES } else { CASES })
            .map(|_| dice.changed(&seeds))
            .collect::<Vec<_>>();
        for input in seeds.iter().chain(&made) {
            survives(name, body, input);
        }
    }
}

fn survives(name: &str, body: Body, input: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| body(input))).is_err() {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-crash"));
        std::fs::write(&file, input).unwrap();
        panic!("{name} panics (above); its input is in {}", file.display());
    }
}

/// xorshift64*: the same at every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn of<'a>(&mut self, seeds: &'a [Vec<u8>]) -> &'a [u8] {
        &seeds[self.below(seeds.len())]
    }

    /// Somewhere in `input`, not empty where that is possible.
    fn range(&mut self, input: &[u8]) -> std::ops::Range<usize> {
        let start = self.below(input.len());
        start..(start + 1 + self.below(64)).min(input.len())
    }

    /// One of the seeds, changed in one to eight places.
    fn changed(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.of(seeds).to_vec();
        for _ in 0..=self.below(8) {
            self.change(&mut input, seeds);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let range = self.range(input);
        match self.below(7) {
            // A bit.
            0 if !input.is_empty() => input[range.start] ^= 1 << self.below(8),
            1 if !input.is_empty() => input[range.start] = self.next() as u8,
            // A number of one to eight bytes, of either order.
            2 => {
                let number = EDGES[self.below(EDGES.len())];
                let bytes = if self.below(2) == 0 { number.to_le_bytes() } else { number.to_be_bytes() };
                for (to, from) in input[range].iter_mut().zip(bytes) {
                    *to = from;
                }
            }
            // A piece goes, comes twice, or ends it all.
            3 => drop(input.drain(range)),
            4 => {
                let piece = input[range.clone()].to_vec();
                drop(input.splice(range.end..range.end, piece));
            }
            5 if self.below(4) == 0 => input.truncate(range.start),
            // The rest of another.
            _ => {
                let other = self.of(seeds);
                let from = self.below(other.len());
                input.truncate(range.end);
                input.extend_from_slice(&other[from..]);
            }
        }
    }
}

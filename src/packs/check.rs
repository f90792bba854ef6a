//! What can be said about packs without matching anything: that they are complete, and agree with each other.
//! Whether the examples are found and their renderings pass the gate is checked where the phrasebook is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::pattern::{Piece, SlotKind, expand};
use super::rendering::{Part, parts};
use super::{Pack, Packs, Problem, TODO};
use crate::domain::Lang;

/// Qualities that an engine may have in a language, the best first.
const TIERS: [&str; 4] = ["verified", "usable", "gist", "unfit"];

/// Everything that is wrong with the packs for hosts who speak `sources`. English is the reference for keys.
pub fn check(packs: &Packs, sources: &[Lang]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let hosts: Vec<&Pack> = sources.iter().filter_map(|lang| packs.get(lang)).map(AsRef::as_ref).collect();
    for lang in sources.iter().filter(|lang| packs.get(lang).is_none()) {
        problems.push(problem(
            lang.as_str(),
            "pack.toml",
            None,
            "there is no pack for this host language".into(),
        ));
    }
    let mut slots: BTreeMap<&str, Vec<BTreeSet<String>>> = BTreeMap::new();
    for pack in &hosts {
        read_patterns(pack, &mut slots, &mut problems);
    }
    let english = Lang::parse("en").ok();
    let reference = english.as_ref().and_then(|lang| packs.get(lang)).or_else(|| packs.iter().next());
    for pack in packs.iter() {
        if let Some(reference) = reference {
            same_keys(pack, reference, &mut problems);
        }
        check_renderings(pack, &slots, &mut problems);
        check_finished(pack, &mut problems);
        if let Some(fallback) = pack.fallback.as_ref().filter(|lang| packs.get(lang).is_none()) {
            problems.push(problem(
                pack.lang.as_str(),
                "pack.toml",
                None,
                format!("fallback {fallback} has no pack"),
            ));
        }
    }
    let mut told = HashSet::new();
    problems.retain(|problem| told.insert(problem.to_string()));
    problems
}

/// Parses the patterns of a host language and gathers the slots of every reading by id.
fn read_patterns<'a>(
    pack: &'a Pack,
    slots: &mut BTreeMap<&'a str, Vec<BTreeSet<String>>>,
    problems: &mut Vec<Problem>,
) {
    let mut seen: HashMap<Vec<Piece>, &str> = HashMap::new();
    let mut examples: BTreeMap<&str, bool> = BTreeMap::new();
    for row in &pack.patterns {
        let mut tell =
            |message| problems.push(problem(pack.lang.as_str(), "patterns.tsv", Some(row.line), message));
        *examples.entry(&row.id).or_default() |= row.example.is_some();
        let readings = match expand(&row.pattern) {
            Ok(readings) => readings,
            Err(error) => {
                tell(error);
                continue;
            }
        };
        for reading in readings {
            let mut names = BTreeSet::new();
            for piece in &reading {
                let Piece::Slot(slot) = piece else { continue };
                if !names.insert(slot.name.clone()) {
                    tell(format!("slot {} stands twice", slot.name));
                }
                if let SlotKind::Term(class) = &slot.kind
                    && !has_class(pack, class)
                {
                    tell(format!("unknown slot type {class}: no term of that class"));
                }
            }
            slots.entry(&row.id).or_default().push(names);
            match seen.get(&reading) {
                Some(other) if *other != row.id => tell(format!("the same pattern as {other}")),
                _ => {
                    seen.insert(reading, &row.id);
                }
            }
        }
    }
    for (id, _) in examples.iter().filter(|(_, has)| !**has) {
        problems.push(problem(
            pack.lang.as_str(),
            "patterns.tsv",
            None,
            format!("{id} has no example sentence"),
        ));
    }
}

fn has_class(pack: &Pack, class: &str) -> bool {
    pack.terms.keys().any(|key| key.strip_prefix(class).is_some_and(|rest| rest.starts_with('.')))
}

/// Strings, units and terms of the reference must all be there, and no others.
fn same_keys(pack: &Pack, reference: &Pack, problems: &mut Vec<Problem>) {
    let mut compare = |file: &'static str, have: BTreeSet<&str>, want: BTreeSet<&str>| {
        for missing in want.difference(&have).filter(|key| !pack.untranslated.has(file, key)) {
            problems.push(problem(pack.lang.as_str(), file, None, format!("{missing} is missing")));
        }
        for extra in have.difference(&want) {
            problems.push(problem(
                pack.lang.as_str(),
                file,
                None,
                format!("{extra} is not in {}", reference.lang),
            ));
        }
    };
    compare("strings.ftl", keys(&pack.strings), keys(&reference.strings));
    compare("terms.tsv", keys(&pack.terms), keys(&reference.terms));
    compare("units.toml", units(pack), units(reference));
    for (key, text) in &reference.strings {
        let place = |text: &str| text.contains("{$n}");
        if pack.strings.get(key).is_some_and(|own| place(own) != place(text)) {
            problems.push(problem(
                pack.lang.as_str(),
                "strings.ftl",
                None,
                format!("{key}: {{$n}} on one side only"),
            ));
        }
    }
}

fn keys<V>(map: &BTreeMap<String, V>) -> BTreeSet<&str> {
    map.keys().map(String::as_str).collect()
}

/// Units without their cases, which every language has its own of.
fn units(pack: &Pack) -> BTreeSet<&str> {
    pack.units.keys().map(String::as_str).filter(|key| !key.contains('.')).collect()
}

fn check_renderings(pack: &Pack, slots: &BTreeMap<&str, Vec<BTreeSet<String>>>, problems: &mut Vec<Problem>) {
    let todo = |id: &str| pack.untranslated.has("renderings.tsv", id);
    // A pack with `via` is translated from its neighbour's captions; renderings that it has all the same are checked.
    let needed = slots.keys().filter(|_| pack.via.is_none());
    for id in needed.filter(|id| !pack.renderings.contains_key(**id) && !todo(id)) {
        problems.push(problem(pack.lang.as_str(), "renderings.tsv", None, format!("{id} has no rendering")));
    }
    for (id, row) in &pack.renderings {
        let mut tell =
            |message| problems.push(problem(pack.lang.as_str(), "renderings.tsv", Some(row.line), message));
        let Some(readings) = slots.get(id.as_str()) else {
            tell(format!("{id} is no pattern"));
            continue;
        };
        match parts(&row.text) {
            Ok(parts) => {
                let optional = |part: &&Part| matches!(part, Part::Optional(_));
                let used: BTreeSet<&str> = parts.iter().flat_map(Part::slots).collect();
                let must: BTreeSet<&str> =
                    parts.iter().filter(|p| !optional(p)).flat_map(Part::slots).collect();
                for reading in readings {
                    for slot in reading.iter().filter(|slot| !used.contains(slot.as_str())) {
                        tell(format!("{id} leaves out slot {slot}"));
                    }
                    for slot in must.iter().filter(|slot| !reading.contains(**slot)) {
                        tell(format!("{id} needs slot {slot}, which a reading of the pattern does not fill"));
                    }
                }
            }
            Err(error) => tell(error),
        }
    }
}

/// What is still to be translated, and tiers that are none.
fn check_finished(pack: &Pack, problems: &mut Vec<Problem>) {
    let mut tell = |file, message| problems.push(problem(pack.lang.as_str(), file, None, message));
    pack.untranslated.told().for_each(|(file, message)| tell(file, message));
    if pack.name == TODO {
        tell("pack.toml", format!("the name is not written ({TODO})"));
    }
    for (engine, tier) in pack.tiers.iter().filter(|(_, tier)| !TIERS.contains(&tier.as_str())) {
        tell("pack.toml", format!("{engine}: {tier:?} is no tier; there are {}", TIERS.join(", ")));
    }
}

fn problem(pack: &str, file: &'static str, line: Option<usize>, message: String) -> Problem {
    Problem { pack: pack.to_owned(), file, line, message }
}

//! The part of `packs check` that needs the phrasebook: every example is found as what it is an example of, and its
//! rendering in every language passes the gate.

use std::sync::Arc;

use super::Request;
use super::gate::gate;
use super::phrasebook::Phrasebook;
use crate::domain::{Lang, Product};
use crate::packs::{Packs, Problem};

/// Everything wrong with the examples of the host languages `sources`. `products` fill the product slots.
pub fn check_examples(packs: &Arc<Packs>, sources: &[Lang], products: &Arc<[Product]>) -> Vec<Problem> {
    let book = Phrasebook::new(Arc::clone(packs));
    let mut problems = Vec::new();
    for host in sources.iter().filter_map(|lang| packs.get(lang)) {
        for row in &host.patterns {
            let Some(example) = &row.example else { continue };
            // Without renderings there is nothing to look at: its captions are made from another language's.
            for pack in packs.iter().filter(|pack| pack.via.is_none() || !pack.renderings.is_empty()) {
                let products = Arc::clone(products);
                let request = Request { products, ..Request::new(example, &host.lang, &pack.lang) };
                let tell = |in_rendering: bool, message: String| {
                    let own = Problem {
                        pack: host.lang.to_string(),
                        file: "patterns.tsv",
                        line: Some(row.line),
                        message,
                    };
                    let line = pack.renderings.get(&row.id).map(|rendering| rendering.line);
                    if in_rendering {
                        Problem { pack: pack.lang.to_string(), file: "renderings.tsv", line, ..own }
                    } else {
                        own
                    }
                };
                let unfinished = !pack.untranslated.is_empty() || pack.via.is_some();
                match book.clauses(&request) {
                    // What has no words yet cannot be found; what has is checked as the work goes on.
                    None if unfinished => {}
                    Some((draft, clauses))
                        if unfinished
                            && (draft.coverage < super::cover::FULL
                                || clauses.iter().all(|clause| clause.id != row.id)) => {}
                    None => problems.push(tell(
                        false,
                        format!("{}: its example is not found (into {})", row.id, pack.lang),
                    )),
                    Some((draft, clauses)) => {
                        if !clauses.iter().any(|clause| clause.id == row.id) {
                            let found: Vec<&str> = clauses.iter().map(|clause| clause.id.as_str()).collect();
                            let message = format!(
                                "{}: its example is taken for {} (into {})",
                                row.id,
                                found.join(" + "),
                                pack.lang
                            );
                            problems.push(tell(false, message));
                        } else if draft.coverage < super::cover::FULL {
                            let message = format!(
                                "{}: its example is covered to {:.2} only (into {})",
                                row.id, draft.coverage, pack.lang
                            );
                            problems.push(tell(false, message));
                        }
                        if host.lang.primary() != pack.lang.primary()
                            && let Err(failure) = gate(&request, &draft, pack, true)
                        {
                            let texts: Vec<&str> =
                                clauses.iter().map(|clause| clause.text.as_str()).collect();
                            let message =
                                format!("{}: {failure}: {:?} of {example:?}", row.id, texts.join(" "));
                            problems.push(tell(true, message));
                        }
                    }
                }
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn every_example_that_ships_is_found_and_rendered_faithfully() {
        let packs = Arc::new(Packs::builtin().unwrap());
        let catalogue = concat!(env!("CARGO_MANIFEST_DIR"), "/config/demo-catalogue.toml");
        let products = Catalogue::load(Path::new(catalogue)).unwrap().products;
        let hosts = ["zh", "en"].map(|tag| Lang::parse(tag).unwrap());
        let problems = check_examples(&packs, &hosts, &products);
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{}", told.join("\n"));
    }

    #[test]
    fn a_rendering_that_changes_a_number_is_told() {
        let dir = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/packs"));
        let good = Arc::new(Packs::from_dir(dir).unwrap());
        let hosts = [Lang::parse("zh").unwrap()];
        let none: Arc<[Product]> = Arc::new([]);
        let faults = |packs: &Arc<Packs>| -> Vec<String> {
            check_examples(packs, &hosts, &none).iter().map(ToString::to_string).collect()
        };
        // Without a catalogue the examples that name a product are told, and no others.
        assert!(faults(&good).iter().all(|fault| fault.contains("zh/patterns.tsv")), "{:?}", faults(&good));
        let copy = std::env::temp_dir().join(format!("tradewind-packs-{}", std::process::id()));
        for pack in std::fs::read_dir(dir).unwrap() {
            let pack = pack.unwrap();
            let to = copy.join(pack.file_name());
            std::fs::create_dir_all(&to).unwrap();
            for file in std::fs::read_dir(pack.path()).unwrap() {
                let file = file.unwrap();
                std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
            }
        }
        let renderings = copy.join("es/renderings.tsv");
        let text =
            std::fs::read_to_string(&renderings).unwrap().replace("Envío en {n}.", "Envío en 30 días ({n}).");
        std::fs::write(&renderings, text).unwrap();
        let broken = faults(&Arc::new(Packs::from_dir(&copy).unwrap()));
        std::fs::remove_dir_all(&copy).unwrap();
        assert!(
            broken.iter().any(|fault| fault.contains("es/renderings.tsv:4: ship-within: 30")),
            "{broken:?}"
        );
    }
}

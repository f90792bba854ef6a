//! The phrasebook: live selling is formulaic, and what it says in formulas is translated by people, once.
//!
//! An utterance is matched by sound (Mandarin) or by words (English) against the patterns of the host's pack, covered
//! by as many of them as it has clauses, and rendered with the target pack's renderings, numbers and units.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use parking_lot::Mutex;

use super::book::Book;
use super::cover::{Candidate, Cover, cover};
use super::lattice::{Fill, Lattice};
use super::matcher::{Match, matches};
use super::render::render;
use super::standing::{
    best_of_each_span, contradicts, miscounts, of_one_variant, of_samples, opposed, said_again, stands,
};
use super::subject::{of_two_things, take_names};
use super::{Draft, Request, TranslateError, Translator};
use crate::domain::{Lang, Product};
use crate::packs::{Pack, Packs, Part, parts};

/// Utterances whose reading is kept, because every watched language asks for the same one at once.
const RECENT: usize = 32;

/// The id of what is said without saying anything of trade, and is shown as nothing.
const ASIDE: &str = "aside";

/// The engine.
#[derive(Debug)]
pub struct Phrasebook {
    packs: Arc<Packs>,
    /// By the host language without its region.
    books: BTreeMap<String, Book>,
    /// Parsed renderings by target and pattern id.
    renderings: BTreeMap<Lang, HashMap<String, Vec<Part>>>,
    recent: Mutex<VecDeque<Recent>>,
}

/// An utterance with every pattern that matches somewhere in it, for any target.
#[derive(Debug)]
struct Reading {
    lattice: Lattice,
    matches: Vec<Match>,
    /// The matches, as they are chosen from.
    candidates: Vec<Candidate>,
    /// The clauses of a target that has words for all of them.
    cover: Option<Cover>,
}

/// A reading with what it was read from.
#[derive(Debug)]
struct Recent {
    text: String,
    source: Lang,
    is_final: bool,
    products: Arc<[Product]>,
    /// Filled by whoever asks first; the others of the same utterance wait for it.
    reading: Arc<OnceLock<Reading>>,
}

/// A clause of an utterance, with the pattern that it was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The pattern's id.
    pub id: String,
    /// What of the utterance it stands for.
    pub said: String,
    /// The rendering.
    pub text: String,
}

impl Phrasebook {
    pub fn new(packs: Arc<Packs>) -> Self {
        let hosts = packs.iter().filter(|pack| !pack.patterns.is_empty());
        let books = hosts.map(|pack| (pack.lang.primary().to_owned(), Book::new(pack))).collect();
        let read = |pack: &Arc<Pack>| {
            let rows =
                pack.renderings.iter().filter_map(|(id, row)| Some((id.clone(), parts(&row.text).ok()?)));
            (pack.lang.clone(), rows.collect())
        };
        let renderings = packs.iter().map(read).collect();
        Self { packs, books, renderings, recent: Mutex::new(VecDeque::new()) }
    }

    /// The draft, with the clauses that it is made of: for checking packs and for telling why. `None` where the
    /// phrasebook declines.
    pub fn clauses(&self, request: &Request) -> Option<(Draft, Vec<Clause>)> {
        let book = self.books.get(request.source.primary())?;
        let pack = self.packs.get(&request.target)?;
        let renderings = self.renderings.get(&pack.lang)?;
        let place = self.place(request);
        let reading = place.get_or_init(|| read(&request.text, book, &request.products, !request.is_final));

        let rendering = |found: &Match| book.ids.get(found.id).and_then(|id| renderings.get(id));
        let mut allowed: Vec<bool> = reading.matches.iter().map(|found| rendering(found).is_some()).collect();
        let (rendered, coverage) = loop {
            // Nearly always every language can say all of it, and the cover is the same for all.
            let own = allowed
                .contains(&false)
                .then(|| cover(&reading.lattice, &reading.candidates, allowed.clone(), !request.is_final));
            let Cover { chosen, coverage } = own.unwrap_or_else(|| reading.cover.clone())?;
            let mut rendered: Vec<(&Match, String)> = Vec::with_capacity(chosen.len());
            let mut mute = None;
            for at in chosen {
                let Some(found) = reading.matches.get(at) else { continue };
                let text = rendering(found)
                    .and_then(|parts| render(parts, &found.fills, pack, &request.products, &request.source));
                match text {
                    Some(text) => rendered.push((found, text)),
                    None => mute = Some(at),
                }
            }
            match mute.and_then(|at| allowed.get_mut(at)) {
                Some(place) => *place = false,
                None => break (rendered, coverage),
            }
        };
        let all: Vec<&(&Match, String)> = rendered.iter().collect();
        let mut chosen: Vec<&(&Match, String)> =
            all.iter().copied().filter(|(_, text)| !text.is_empty()).collect();
        let found: Vec<&Match> = chosen.iter().map(|(found, _)| *found).collect();
        let unfit = contradicts(&chosen, book)
            || opposed(&chosen, book)
            || of_one_variant(&chosen, book)
            || of_samples(&found, book)
            || of_two_things(&found, &reading.lattice);
        if chosen.is_empty() || unfit {
            return None;
        }
        let said_again = said_again(&mut chosen);
        let space = if pack.lang.is_chinese() { "" } else { " " };
        let texts: Vec<&str> = chosen.iter().map(|(_, text)| text.as_str()).collect();
        let draft = Draft {
            text: texts.join(space),
            engine: "phrasebook",
            coverage,
            accounted: chosen.iter().flat_map(|(found, _)| found.wording.clone()).chain(said_again).collect(),
        };
        let clause = |(found, text): &&(&Match, String)| {
            let atoms = reading.lattice.atoms.get(found.start..found.end)?;
            let said = request.text.get(atoms.first()?.range.start..atoms.last()?.range.end)?;
            Some(Clause { id: book.ids.get(found.id)?.clone(), said: said.to_owned(), text: text.clone() })
        };
        Some((draft, all.iter().filter_map(clause).collect()))
    }

    /// Where the reading of the utterance is, or will be.
    fn place(&self, request: &Request) -> Arc<OnceLock<Reading>> {
        let same = |known: &&Recent| {
            known.text == request.text
                && known.source == request.source
                && known.is_final == request.is_final
                && Arc::ptr_eq(&known.products, &request.products)
        };
        let mut recent = self.recent.lock();
        if let Some(known) = recent.iter().find(same) {
            return Arc::clone(&known.reading);
        }
        let reading = Arc::new(OnceLock::new());
        recent.truncate(RECENT - 1);
        recent.push_front(Recent {
            text: request.text.clone(),
            source: request.source.clone(),
            is_final: request.is_final,
            products: Arc::clone(&request.products),
            reading: Arc::clone(&reading),
        });
        reading
    }
}

#[async_trait]
impl Translator for Phrasebook {
    fn name(&self) -> &'static str {
        "phrasebook"
    }

    fn speaks(&self, source: &Lang, target: &Lang) -> bool {
        self.books.contains_key(source.primary())
            && self.packs.get(target).is_some_and(|pack| !pack.renderings.is_empty())
    }

    async fn translate(&self, request: &Request) -> Result<Option<Draft>, TranslateError> {
        Ok(self.clauses(request).map(|(draft, _)| draft))
    }
}

fn read(text: &str, book: &Book, products: &[Product], open: bool) -> Reading {
    let lattice = Lattice::new(text, book, products, open);
    let mut matches = best_of_each_span(matches(book, &lattice));
    matches.retain(|found| stands(found, &lattice, book) && !miscounts(found, book));
    take_names(&mut matches, &lattice, book);
    let candidate = |found: &Match| Candidate {
        start: found.start,
        end: found.end,
        cost: found.cost,
        literals: found.literals,
        filled: !found.fills.is_empty(),
        aside: book.ids.get(found.id).is_some_and(|id| id == ASIDE),
        product: found.fills.iter().any(|(_, fill)| matches!(fill, Fill::Product(_))),
        question: book.ids.get(found.id).is_some_and(|id| id.ends_with("-question")),
        passes: found.asides,
    };
    let candidates: Vec<Candidate> = matches.iter().map(candidate).collect();
    let cover = cover(&lattice, &candidates, vec![true; candidates.len()], open);
    Reading { lattice, matches, candidates, cover }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::testing::{packs, request, thermos};

    fn draft(text: &str, source: &str, target: &str, is_final: bool) -> Option<Draft> {
        let products: Arc<[Product]> = Arc::new([thermos()]);
        let request = Request { is_final, products, ..request(text, source, target) };
        Phrasebook::new(packs()).clauses(&request).map(|(draft, _)| draft)
    }

    fn spanish(text: &str) -> Option<String> {
        draft(text, "zh", "es", true).filter(|draft| draft.coverage >= 0.9).map(|draft| draft.text)
    }

    #[test]
    fn clauses_are_matched_by_sound_and_rendered_with_their_numbers() {
        let expected = "Pedido mínimo de Termo de acero inoxidable: 500 piezas. Precio unitario: USD 2,80.";
        for said in [
            "这款保温杯的最低起订量是五百个，单价两美元八十美分。",
            "这款保温杯的最低起定量是500个单价2美元80美分",
            "这款保暖杯的最低起定量为五百个，那么单价呢是$2.80",
        ] {
            assert_eq!(spanish(said).as_deref(), Some(expected), "{said}");
        }
    }

    #[test]
    fn lists_sizes_shares_and_wording_numbers_are_rendered() {
        for (said, written) in [
            ("有红色、蓝色和白色", "Disponible en rojo, azul y blanco."),
            ("有红色蓝色白色", "Disponible en rojo, azul y blanco."),
            ("尺寸是35×25厘米", "Tamaño: 35 × 25 cm."),
            ("付款方式是三层定金，七层发货前付清", "30% de anticipo, 70% antes del envío."),
            ("充电1次可以用15次", "Una carga rinde para 15 veces."),
            ("一千个以上打九折", "10% de descuento a partir de 1000 piezas."),
        ] {
            assert_eq!(spanish(said).as_deref(), Some(written), "{said}");
        }
    }

    #[test]
    fn a_negation_is_never_lost_nor_made() {
        assert_eq!(spanish("不另外收费").as_deref(), Some("Sin coste adicional."));
        assert_eq!(spanish("另外收费").as_deref(), Some("Con coste adicional."));
        for said in ["不支持印你们的商标", "最低起订量不是五百个", "七天内不发货", "单价没有两美元"]
        {
            assert_eq!(draft(said, "zh", "es", true), None, "{said}");
        }
    }

    #[test]
    fn opposites_and_other_numbers_do_not_match() {
        for said in [
            "最高起订量是五百个",
            "一千个以下打九折",
            "七天后发货",
            "充电两次可以用十五次",
            "可以保冷十二个小时",
        ] {
            assert_eq!(spanish(said), None, "{said}");
        }
    }

    #[test]
    fn what_a_clause_leaves_out_shows_in_the_coverage() {
        // Another sentence may be left out, a clause of the same one may hold a condition.
        let half = draft("支持印你们的商标。我们一起去看电影", "zh", "es", true).unwrap();
        assert!(half.coverage < 0.6, "{half:?}");
        assert_eq!(draft("支持印你们的商标，我们一起去看电影", "zh", "es", true), None);
        assert_eq!(draft("支持印你们的商标，支持印你们的商标，三百", "zh", "es", true), None);
        assert_eq!(draft("今天天气很好", "zh", "es", true), None);
    }

    #[test]
    fn a_partial_has_only_clauses_that_cannot_change_any_more() {
        assert_eq!(draft("起订量是五百", "zh", "es", false), None);
        assert_eq!(draft("起订量是五百个", "zh", "es", false), None);
        let grown = draft("起订量是五百个，单价两美元", "zh", "es", false).unwrap();
        assert_eq!(grown.text, "Pedido mínimo: 500 piezas.");
        assert!(grown.coverage < 0.9);
        assert_eq!(draft("有红色、蓝色", "zh", "es", false), None);
        assert_eq!(draft("今天天气很好，起订量是五百个，好的", "zh", "es", false), None);
    }

    #[test]
    fn english_hosts_are_matched_by_words() {
        let spanish =
            |text: &str| draft(text, "en", "es", true).filter(|d| d.coverage >= 0.9).map(|d| d.text);
        assert_eq!(
            spanish("The minimum order for the thermos is five hundred pieces, at a unit price of two dollars eighty.")
                .as_deref(),
            Some("Pedido mínimo de Termo de acero inoxidable: 500 piezas. Precio unitario: USD 2,80.")
        );
        assert_eq!(
            spanish("Ten percent off above 1,000 pieces, shipped within 7 days.").as_deref(),
            Some("10% de descuento a partir de 1000 piezas. Envío en 7 días.")
        );
        assert_eq!(spanish("Ten percent off below 1,000 pieces."), None);
        assert_eq!(spanish("We do not print your logo."), None);
        let chinese = draft("We print your logo at no extra charge", "en", "zh", true).unwrap();
        assert_eq!(chinese.text, "支持印商标。不另外收费。");
    }
}

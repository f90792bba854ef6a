//! Names and free texts of a room's cards, translated where the catalogue has none in the viewers' language: in the
//! background and before they are needed, so that no card has to wait for an engine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::timeout;

use super::room::Room;
use super::wire_card::pack_of;
use crate::domain::{FactValue, Lang, Product, Sku, in_lang};
use crate::localize::{MachineText, MachineTexts};
use crate::translate::{CardText, card_text};

/// Longest that a card waits for its texts: a card that comes long after the product's name was said is worse than one
/// with an English name. A language model takes 1.5 s and more; its texts are there because they are made ahead.
pub const PATIENCE: Duration = Duration::from_millis(300);
/// Longest for one text, through all engines of the chain.
const LONGEST: Duration = Duration::from_secs(10);
/// What an engine did not give is asked for again after so long.
const AGAIN: Duration = Duration::from_secs(60);
/// Products whose texts are made before they are spoken of.
const MOST_AHEAD: usize = 100;

/// What there is, by language of the packs and product: as many entries as packs × products at most.
#[derive(Debug, Default)]
pub struct CardTexts {
    shelf: Mutex<BTreeMap<(Lang, Sku), Asked>>,
    /// Languages that are being made ahead.
    ahead: Mutex<BTreeSet<Lang>>,
}

#[derive(Debug)]
struct Asked {
    /// Of the glossary that they were made with.
    version: u64,
    /// What was to be translated; the catalogue may change.
    wanted: Vec<Wanted>,
    since: Instant,
    texts: watch::Receiver<Progress>,
}

#[derive(Debug, Clone, Default)]
struct Progress {
    texts: MachineTexts,
    done: bool,
}

/// The name, or the fact of a key.
type Place = Option<String>;
/// A text by the languages that people have written it in.
type Wanted = (Place, BTreeMap<Lang, String>);

/// The texts that engines make for the product's card in `lang`: all of them, or after `patience` those that are there.
/// What is late is there the next time. Without patience nothing is begun.
pub async fn card_texts(
    room: &Arc<Room>,
    product: &Product,
    lang: &Lang,
    patience: Duration,
) -> MachineTexts {
    if patience.is_zero() {
        return made(room, product, lang);
    }
    let Some(mut texts) = ask(room, product, lang) else { return MachineTexts::default() };
    // An end without `done` is a task that crashed: what it had made counts.
    drop(timeout(patience, texts.wait_for(|progress| progress.done)).await);
    let progress = texts.borrow();
    progress.texts.clone()
}

/// The texts that are there.
fn made(room: &Room, product: &Product, lang: &Lang) -> MachineTexts {
    let Some(pack) = pack_of(&room.engines.packs, lang) else { return MachineTexts::default() };
    let version = room.terms.glossary().of(&pack.lang).version();
    let shelf = room.card_texts.shelf.lock();
    let asked = shelf.get(&(pack.lang.clone(), product.sku.clone()));
    let asked =
        asked.filter(|asked| asked.version == version && asked.wanted == unwritten(product, &pack.lang));
    asked.map(|asked| asked.texts.borrow().texts.clone()).unwrap_or_default()
}

/// Makes the texts of all products in `lang`, one after the other, unless that is being done.
pub fn make_ahead(room: &Arc<Room>, lang: &Lang) {
    let Some(pack) = pack_of(&room.engines.packs, lang) else { return };
    let (room, lang) = (Arc::clone(room), pack.lang.clone());
    if !room.card_texts.ahead.lock().insert(lang.clone()) {
        return;
    }
    let stopping = room.engines.stopping.clone();
    crate::spawn("card texts ahead", async move {
        let all = async {
            for product in room.catalogue().products.iter().take(MOST_AHEAD) {
                card_texts(&room, product, &lang, LONGEST * 4).await;
            }
        };
        stopping.run_until_cancelled(all).await;
        room.card_texts.ahead.lock().remove(&lang);
    });
}

/// The texts as they come; asked for if nobody has. `None` where people have written everything.
fn ask(room: &Arc<Room>, product: &Product, lang: &Lang) -> Option<watch::Receiver<Progress>> {
    let lang = &pack_of(&room.engines.packs, lang)?.lang;
    let wanted = unwritten(product, lang);
    if wanted.is_empty() {
        return None;
    }
    let glossary = Arc::clone(room.terms.glossary().of(lang));
    let version = glossary.version();
    let mut shelf = room.card_texts.shelf.lock();
    let key = (lang.clone(), product.sku.clone());
    let mut known = MachineTexts::default();
    if let Some(asked) = shelf.get(&key).filter(|asked| asked.version == version && asked.wanted == wanted) {
        let progress = asked.texts.borrow().clone();
        let under_way = !progress.done && asked.texts.has_changed().is_ok();
        let complete = wanted.iter().all(|(place, _)| has(&progress.texts, place));
        if under_way || complete || asked.since.elapsed() < AGAIN {
            return Some(asked.texts.clone());
        }
        known = progress.texts;
    }
    let (sender, texts) = watch::channel(Progress { texts: known, done: false });
    let catalogue = room.catalogue();
    if !shelf.contains_key(&key) {
        // What is not sold any more.
        shelf.retain(|(_, sku), _| catalogue.product(sku).is_some());
    }
    let asked = Asked { version, wanted: wanted.clone(), since: Instant::now(), texts: texts.clone() };
    shelf.insert(key, asked);
    drop(shelf);
    let (room, lang) = (Arc::clone(room), lang.clone());
    crate::spawn("card texts", async move {
        let source = &catalogue.source_lang;
        for (place, written) in wanted {
            if has(&sender.borrow().texts, &place) {
                continue;
            }
            let made = card_text(&written, source, &lang, &room.engines.route, &glossary);
            if let Ok(Some(made)) = timeout(LONGEST, made).await {
                sender.send_modify(|progress| put(&mut progress.texts, place, made));
            }
        }
        sender.send_modify(|progress| progress.done = true);
    });
    Some(texts)
}

/// What the card shows as free text and nobody has written in the language.
fn unwritten(product: &Product, lang: &Lang) -> Vec<Wanted> {
    let facts = product.facts.iter().filter_map(|fact| match &fact.value {
        FactValue::Text(texts) => Some((Some(fact.key.clone()), texts)),
        _ => None,
    });
    std::iter::once((None, &product.names))
        .chain(facts)
        .filter(|(_, texts)| in_lang(texts, lang).is_none())
        .map(|(place, texts)| (place, texts.clone()))
        .collect()
}

fn has(texts: &MachineTexts, place: &Place) -> bool {
    place.as_ref().map_or(texts.name.is_some(), |key| texts.facts.contains_key(key))
}

fn put(texts: &mut MachineTexts, place: Place, made: CardText) {
    let made = MachineText { text: made.text, engine: made.engine };
    match place {
        None => texts.name = Some(made),
        Some(key) => drop(texts.facts.insert(key, made)),
    }
}

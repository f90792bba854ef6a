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
use crate::domain::{Epoch, FactValue, Lang, Offset, Product, Sku, in_lang};
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
    /// The pinned card that went out without some of its texts.
    late: Mutex<Option<Late>>,
    /// Languages that are being made ahead.
    ahead: Mutex<BTreeSet<Lang>>,
}

/// A card that is to be sent again, and how many texts it had in each language.
#[derive(Debug)]
struct Late {
    epoch: Epoch,
    offset: Offset,
    had: BTreeMap<Lang, usize>,
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

/// The pinned card of `product` went out in `lang` with these texts. What comes of the others is sent when the last of them is
/// there, in whatever language: once, as a card that has changed.
pub fn went_out(
    room: &Arc<Room>,
    epoch: &Epoch,
    offset: Offset,
    product: &Product,
    lang: &Lang,
    texts: &MachineTexts,
) {
    let Some(pack) = pack_of(&room.engines.packs, lang) else { return };
    if unwritten(product, &pack.lang).iter().all(|(place, _)| has(texts, place)) {
        return;
    }
    let mut late = room.card_texts.late.lock();
    let known = late.as_mut().filter(|late| late.epoch == *epoch && late.offset == offset);
    if let Some(known) = known {
        known.had.insert(pack.lang.clone(), count(texts));
        return;
    }
    let had = BTreeMap::from([(pack.lang.clone(), count(texts))]);
    *late = Some(Late { epoch: epoch.clone(), offset, had });
    drop(late);
    let (room, epoch, product) = (Arc::clone(room), epoch.clone(), product.clone());
    let stopping = room.engines.stopping.clone();
    crate::spawn("late card texts", async move {
        stopping.run_until_cancelled(send_again(&room, &epoch, offset, &product)).await;
    });
}

async fn send_again(room: &Room, epoch: &Epoch, offset: Offset, product: &Product) {
    // Until nothing is under way: meanwhile another language may have asked.
    loop {
        let under_way: Vec<_> = {
            let shelf = room.card_texts.shelf.lock();
            let of_it = shelf.iter().filter(|((_, sku), _)| *sku == product.sku);
            of_it.map(|(_, asked)| asked.texts.clone()).filter(is_under_way).collect()
        };
        if under_way.is_empty() {
            break;
        }
        for mut texts in under_way {
            // An end without `done` is a task that crashed.
            drop(texts.wait_for(|progress| progress.done).await);
        }
    }
    let is_it = |late: &mut Late| late.epoch == *epoch && late.offset == offset;
    let Some(late) = room.card_texts.late.lock().take_if(is_it) else { return };
    let has_more = late.had.iter().any(|(lang, had)| count(&made(room, product, lang)) > *had);
    if has_more && room.is_on(epoch) {
        room.operate(|show, _| show.pins.shown_again(&product.sku));
    }
}

fn is_under_way(texts: &watch::Receiver<Progress>) -> bool {
    !texts.borrow().done && texts.has_changed().is_ok()
}

fn count(texts: &MachineTexts) -> usize {
    usize::from(texts.name.is_some()) + texts.facts.len()
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
        let under_way = is_under_way(&asked.texts);
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

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use serde_json::Value;

    use super::super::testing;
    use super::*;
    use crate::domain::{Currency, Habits, Market};
    use crate::publish::{Body, Topic};
    use crate::record::RecordError;
    use crate::translate::testing::{lang, product};
    use crate::translate::{Draft, Request, TranslateError, Translator};

    /// Slower than a card waits for its texts.
    struct Slow;

    #[async_trait]
    impl Translator for Slow {
        fn name(&self) -> &'static str {
            "firefox"
        }
        fn speaks(&self, _: &Lang, target: &Lang) -> bool {
            target.primary() == "es"
        }
        async fn translate(&self, _: &Request) -> Result<Option<Draft>, TranslateError> {
            tokio::time::sleep(PATIENCE * 3).await;
            let text = "Guardián de sueños".to_owned();
            Ok(Some(Draft { text, engine: "firefox", coverage: 1.0, accounted: Vec::new() }))
        }
    }

    #[tokio::test]
    async fn a_card_whose_texts_come_late_is_sent_once_more_with_them() {
        let room = testing::room_with("", vec![Arc::new(Slow)]).await;
        let keeper = product("K-1", &[("zh", "月影守梦人"), ("en", "Dream keeper")], &[]);
        let sku = keeper.sku.clone();
        room.change_products(|_| Ok::<_, RecordError>(vec![keeper])).await.unwrap();
        // Before anybody watches: the texts are asked for when the card goes out, not ahead of it.
        assert!(room.pin(&sku));
        let topics = ["es", "ar"].map(|tag| room.hub.topic(&lang(tag), None));
        let _viewers = topics.each_ref().map(Topic::count_viewer);
        let cards = |topic: &Arc<Topic>| -> Vec<(String, String)> {
            let market = Market { currency: Currency::USD, habits: Habits::default() };
            let read = |(_, body): &(Offset, Body)| {
                serde_json::from_slice::<Value>(body.for_market(market)).unwrap()
            };
            let cards = topic.since(0).unwrap_or_default().iter().map(read).collect::<Vec<_>>();
            let word = |of: &Value| of.as_str().unwrap_or_default().to_owned();
            cards.iter().map(|card| (word(&card["reason"]), word(&card["card"]["name"]))).collect()
        };
        let sent_again = async {
            while topics.iter().any(|topic| cards(topic).len() < 2) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        assert!(timeout(PATIENCE * 200, sent_again).await.is_ok(), "{:?}", topics.each_ref().map(cards));
        let of = |reason: &str, name: &str| (reason.to_owned(), name.to_owned());
        assert_eq!(cards(&topics[0]), [of("operator", "Dream keeper"), of("changed", "Guardián de sueños")]);
        // Where no engine knows it, it stays in English, and is not asked for without end.
        tokio::time::sleep(PATIENCE * 4).await;
        assert_eq!(cards(&topics[1]), [of("operator", "Dream keeper"), of("changed", "Dream keeper")]);
        assert!(room.card_texts.late.lock().is_none());
    }
}

//! A room's terms: its glossary, the repair tables made of it, and what became of the terms in the show. All change while
//! the show is on.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use tokio::runtime::Handle;

use super::{Engines, Room};
use crate::domain::event::SourceCaption;
use crate::domain::{Caption, Epoch, Lang, Product, in_lang};
use crate::glossary::{Coverage, Glossary, RoomGlossary};
use crate::record::RecordError;
use crate::repair::{Repair, Terms};
use crate::transcribe::script::ChineseScript;

/// What the packs give repairers, by language: made once for all rooms.
#[derive(Debug, Default)]
pub struct KnownTerms(Mutex<BTreeMap<Lang, Terms>>);

/// One room's.
pub struct RoomTerms {
    engines: Arc<Engines>,
    glossary: RwLock<Arc<RoomGlossary>>,
    repairs: RwLock<Arc<Repairs>>,
    /// Held while tables are made, so that changes come one after the other.
    making: Mutex<()>,
    coverage: Mutex<(Option<Epoch>, Coverage)>,
}

/// Repairers of the languages that hosts have spoken here.
#[derive(Debug, Clone, Default)]
struct Repairs {
    /// Of the room's present host.
    keyterms: Vec<String>,
    /// As they were when the host came.
    products: Arc<[Product]>,
    by_lang: BTreeMap<Lang, Arc<Repair>>,
}

impl RoomTerms {
    pub fn new(own: Glossary, engines: Arc<Engines>) -> Self {
        let glossary = RwLock::new(Arc::new(with_packs(own, &engines)));
        let (repairs, making, coverage) = (RwLock::default(), Mutex::default(), Mutex::default());
        Self { engines, glossary, repairs, making, coverage }
    }

    /// As it is now; whoever holds it keeps it for the sentence at hand.
    pub fn glossary(&self) -> Arc<RoomGlossary> {
        Arc::clone(&self.glossary.read())
    }

    /// Puts another glossary in the place of the room's own: for the next sentence heard, and for the next translated.
    /// Makes repair tables, which takes most of it: with 5, 100, 500 and 2,000 terms of four characters a request took 37,
    /// 160, 640 and 3,800 ms on two cores that were compiling; without a host before, 2,000 took 70 ms. Off the runtime.
    ///
    /// # Errors
    /// Those of `edit`; nothing is changed then.
    fn change<E>(&self, edit: impl FnOnce(&Glossary) -> Result<Glossary, E>) -> Result<Arc<Glossary>, E> {
        let _one_at_a_time = self.making.lock();
        let own = edit(self.glossary().own())?;
        let glossary = Arc::new(with_packs(own, &self.engines));
        let before = Arc::clone(&self.repairs.read());
        let mut after = Repairs { by_lang: BTreeMap::new(), ..Repairs::clone(&before) };
        after.by_lang =
            before.by_lang.keys().map(|lang| (lang.clone(), self.make(&glossary, lang, &after))).collect();
        *self.repairs.write() = Arc::new(after);
        *self.glossary.write() = Arc::clone(&glossary);
        Ok(Arc::clone(glossary.own()))
    }

    /// Makes ready for a host who may speak `langs`. What was made for the host before with the same `keyterms` and products
    /// is kept.
    /// The first time in a language reads the pack's phrases: to be done off the runtime.
    pub fn listen(&self, langs: &[Lang], keyterms: &[String], products: &Arc<[Product]>) {
        let _one_at_a_time = self.making.lock();
        let before = Arc::clone(&self.repairs.read());
        let same = before.keyterms == keyterms && Arc::ptr_eq(&before.products, products);
        let mut after = if same {
            Repairs::clone(&before)
        } else {
            let (keyterms, products) = (keyterms.to_vec(), Arc::clone(products));
            Repairs { keyterms, products, by_lang: BTreeMap::new() }
        };
        let glossary = self.glossary();
        for lang in langs {
            if !after.by_lang.contains_key(lang) {
                after.by_lang.insert(lang.clone(), self.make(&glossary, lang, &after));
            }
        }
        *self.repairs.write() = Arc::new(after);
    }

    /// The repairer of a language that the host may speak.
    pub fn repair(&self, lang: &Lang) -> Option<Arc<Repair>> {
        in_lang(&self.repairs.read().by_lang, lang).cloned()
    }

    /// Counts a final of the show `epoch`. `repaired`: what the repairs of it wrote.
    pub fn heard(&self, epoch: &Epoch, caption: &SourceCaption, repaired: &[String]) {
        let glossary = self.glossary();
        let glossary = glossary.of(&caption.lang);
        if glossary.is_empty() {
            return;
        }
        let mut coverage = self.coverage.lock();
        let (of, counts) = &mut *coverage;
        if of.as_ref() != Some(epoch) {
            // Another show: the counts of the last one have been there until now.
            *of = Some(epoch.clone());
            *counts = Coverage::default();
        }
        counts.heard(glossary, &caption.transcript.text, &caption.lang, repaired.iter().map(String::as_str));
    }

    /// Counts what viewers were shown of a final of the show `epoch`. Where nothing was translated nothing is counted.
    pub fn translated(&self, epoch: &Epoch, caption: &Caption) {
        let shown_in = caption.text_lang.as_ref().unwrap_or(&caption.lang);
        let glossary = self.glossary();
        let glossary = glossary.of(&caption.lang);
        if glossary.is_empty() || shown_in.primary() == caption.source_lang.primary() {
            return;
        }
        let mut coverage = self.coverage.lock();
        if coverage.0.as_ref() == Some(epoch) {
            let source = (caption.source_text.as_str(), &caption.source_lang);
            coverage.1.translated(glossary, source, (&caption.text, shown_in), &caption.engine);
        }
    }

    /// The show's counts so far; after its end they stay until the next one is heard.
    pub fn coverage(&self) -> (Option<Epoch>, Coverage) {
        self.coverage.lock().clone()
    }

    fn make(&self, glossary: &RoomGlossary, lang: &Lang, of: &Repairs) -> Arc<Repair> {
        let terms = {
            let mut known = self.engines.terms.0.lock();
            known.entry(lang.clone()).or_insert_with(|| Terms::of(&self.engines.packs, lang)).clone()
        };
        // Repair reads simplified script.
        let own = glossary.own().said(lang).map(|form| match lang.is_chinese() {
            true => self.engines.scripts.convert(form, ChineseScript::Simplified),
            false => form.to_owned(),
        });
        let listened: Vec<String> = own.chain(of.keyterms.iter().cloned()).collect();
        Arc::new(Repair::in_room(&terms, &of.products, &listened, lang))
    }
}

impl Room {
    /// Changes the room's own terms: first on disk, then for whatever is heard and translated next.
    ///
    /// # Errors
    /// Those of `edit`, or the record cannot keep the terms; then nothing has changed.
    pub async fn change_terms<E: From<RecordError> + Send + 'static>(
        self: &Arc<Self>,
        edit: impl FnOnce(&Glossary) -> Result<Glossary, E> + Send + 'static,
    ) -> Result<Arc<Glossary>, E> {
        let (room, runtime) = (Arc::clone(self), Handle::current());
        let changed = tokio::task::spawn_blocking(move || {
            room.terms.change(|own| {
                let after = edit(own)?;
                runtime.block_on(room.engines.record.keep_glossary(&room.config.id, &after))?;
                tracing::info!(room = %room.config.id, terms = after.terms().len(), "the glossary was changed");
                Ok(after)
            })
        });
        changed.await.unwrap_or_else(|_| Err(RecordError::Stopped.into()))
    }
}

fn with_packs(own: Glossary, engines: &Engines) -> RoomGlossary {
    let of_packs = engines.packs.iter().map(|pack| (&pack.lang, &pack.glossary));
    let spell = |form: &str| {
        [ChineseScript::Simplified, ChineseScript::Traditional]
            .map(|script| engines.scripts.convert(form, script))
            .into()
    };
    RoomGlossary::spelled(own, of_packs, spell)
}

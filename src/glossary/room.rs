//! A room's own terms together with those of the viewers' language packs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Glossary;
use crate::domain::{Lang, in_lang};

/// The glossary of one room by the language of its viewers. Made anew when the room's terms change; whoever holds one
/// keeps it for the sentence at hand.
#[derive(Debug, Clone, Default)]
pub struct RoomGlossary {
    own: Arc<Glossary>,
    /// The same in every spelling that a transcript may have.
    spelled: Arc<Glossary>,
    by_lang: BTreeMap<Lang, Arc<Glossary>>,
}

impl RoomGlossary {
    /// `packs`: the glossaries of the language packs, of which those without terms cost nothing.
    pub fn new<'a>(own: Glossary, packs: impl IntoIterator<Item = (&'a Lang, &'a Glossary)>) -> Self {
        Self::spelled(own, packs, |_| Vec::new())
    }

    /// The same with further spellings of Chinese forms.
    pub fn spelled<'a>(
        own: Glossary,
        packs: impl IntoIterator<Item = (&'a Lang, &'a Glossary)>,
        spell: impl Fn(&str) -> Vec<String>,
    ) -> Self {
        let spelled = Arc::new(own.spelled(&spell));
        let with_terms = packs.into_iter().filter(|(_, pack)| !pack.is_empty());
        let joined = |pack: &Glossary| Arc::new(spelled.with(&pack.spelled(&spell)));
        let by_lang = with_terms.map(|(lang, pack)| (lang.clone(), joined(pack))).collect();
        Self { own: Arc::new(own), spelled, by_lang }
    }

    /// The room's own terms, as its operator wrote them.
    pub fn own(&self) -> &Arc<Glossary> {
        &self.own
    }

    /// For what is said or shown in `lang`: the room's terms, then the pack's.
    pub fn of(&self, lang: &Lang) -> &Arc<Glossary> {
        in_lang(&self.by_lang, lang).unwrap_or(&self.spelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_the_rooms_terms_and_its_packs() {
        let lang = |tag| Lang::parse(tag).unwrap();
        let own = Glossary::parse("zh\tes\n水杯\ttermo\n").unwrap();
        let spanish = Glossary::parse("zh\tes\n起订量\tpedido mínimo\n").unwrap();
        let (es, ru) = (lang("es"), lang("ru"));
        let room = RoomGlossary::new(own, [(&es, &spanish), (&ru, &Glossary::default())]);
        assert_eq!(room.own().terms().len(), 1);
        assert_eq!(room.of(&lang("es-MX")).terms().len(), 2);
        assert_eq!(room.of(&ru).version(), room.own().version());
        assert_ne!(room.of(&es).version(), room.own().version());
    }

    #[test]
    fn terms_are_found_in_the_transcripts_script() {
        let lang = |tag| Lang::parse(tag).unwrap();
        let own = Glossary::parse("zh\tes\n保温杯\ttermo\n").unwrap();
        let spell = |form: &str| vec![form.replace('温', "溫")];
        let room = RoomGlossary::spelled(own.clone(), [], spell);
        assert_eq!(room.own().as_ref(), &own, "as it was written");
        let missed = room.of(&lang("es")).missed("這個保溫杯", &lang("zh-Hant"), "Una botella.", &lang("es"));
        assert_eq!(missed.len(), 1);
    }
}

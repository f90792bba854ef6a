//! The one rule by which an engine may speak a language.
//!
//! | tier | rule | reason |
//! | --- | --- | --- |
//! | `verified` | written by people, and no number wrong on the screen | a person answers for every sentence |
//! | `usable` | chrF ≥ [`USABLE`], no number wrong on the screen | a shopper understands the offer |
//! | `gist` | chrF ≥ [`GIST`], no number wrong on the screen | what it is about comes across; not shown by default |
//! | `unfit` | anything else | English that is right beats a language that misleads |
//!
//! One wrong number that the gate lets through is enough for `unfit`, however good the rest is: a shopper acts on what
//! is on the screen. How many sentences an engine declines does not count: the next in the chain answers those. An
//! engine into one language is as good as from the worse of the host languages.

use std::collections::BTreeMap;

use super::score::TranslationScore;
use crate::domain::Lang;
use crate::translate::Tier;

/// chrF of what is shown, against one of many right translations. The phrasebook's sentences, which are right and say it
/// in other words, score 35 to 40: so chrF does not judge them, and an engine that keeps to the host's words, as
/// machines and references do, should come out above.
pub const USABLE: f64 = 45.0;
pub const GIST: f64 = 30.0;
/// With fewer sentences shown whole a chrF says nothing.
pub const FEWEST: usize = 20;
/// Engines whose sentences people have written.
const BY_PEOPLE: [&str; 1] = ["phrasebook"];

/// `None` where too little was shown to tell.
pub fn tier_of(score: &TranslationScore) -> Option<Tier> {
    let numbers_right = score.shown_numbers().wrong.is_empty();
    if !numbers_right {
        return Some(Tier::Unfit);
    }
    if BY_PEOPLE.contains(&score.engine.as_str()) {
        return (score.shown_whole(None) > 0).then_some(Tier::Verified);
    }
    let chrf = score.chrf().filter(|_| score.shown_whole(None) >= FEWEST)?;
    Some(match chrf {
        good if good >= USABLE => Tier::Usable,
        fair if fair >= GIST => Tier::Gist,
        _ => Tier::Unfit,
    })
}

/// By language and engine, over the host languages.
pub fn tiers(scores: &[TranslationScore]) -> BTreeMap<Lang, BTreeMap<String, Tier>> {
    let mut all: BTreeMap<Lang, BTreeMap<String, Tier>> = BTreeMap::new();
    for score in scores {
        let Some(tier) = tier_of(score) else { continue };
        let engines = all.entry(score.to.clone()).or_default();
        let known = engines.entry(score.engine.clone()).or_insert(tier);
        *known = tier.min(*known);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::score::{Answer, Outcome};
    use super::*;
    use crate::eval::numbers::Shown;

    fn score(engine: &str, from: &str, text: &str, count: usize) -> TranslationScore {
        let lang = |tag| Lang::parse(tag).unwrap();
        let mut score = TranslationScore::new(engine, &lang(from), &lang("es"));
        let one = Outcome {
            key: "p".into(),
            domain: "chat".into(),
            source: "五百个".into(),
            reference: "Son 500 piezas.".into(),
            answer: Answer::Shown { text: text.into(), whole: true },
            numbers: Some(Shown::Equal),
            changed_number: false,
            ms: 1.0,
        };
        score.outcomes = vec![one; count];
        score
    }

    #[test]
    fn chrf_makes_the_tier_and_one_wrong_number_unmakes_it() {
        let good = score("gguf", "zh", "Son 500 piezas.", FEWEST);
        assert_eq!(tier_of(&good), Some(Tier::Usable));
        assert_eq!(tier_of(&score("gguf", "zh", "Quinientas piezas (500)", FEWEST)), Some(Tier::Gist));
        assert_eq!(tier_of(&score("gguf", "zh", "Ünbekannt", FEWEST)), Some(Tier::Unfit));
        assert_eq!(tier_of(&score("gguf", "zh", "Son 500 piezas.", FEWEST - 1)), None, "too few to tell");
        let mut wrong = good.clone();
        wrong.outcomes[0].numbers = Some(Shown::Wrong);
        assert_eq!(tier_of(&wrong), Some(Tier::Unfit));
    }

    #[test]
    fn what_people_wrote_is_verified_however_they_put_it() {
        assert_eq!(tier_of(&score("phrasebook", "zh", "Cantidad: 500.", 1)), Some(Tier::Verified));
        let mut wrong = score("phrasebook", "zh", "Cantidad: 50.", 1);
        wrong.outcomes[0].numbers = Some(Shown::Wrong);
        assert_eq!(tier_of(&wrong), Some(Tier::Unfit));
    }

    #[test]
    fn the_worse_of_the_host_languages_counts() {
        let scores = [score("gguf", "en", "Son 500 piezas.", FEWEST), score("gguf", "zh", "xyz", FEWEST)];
        assert_eq!(tiers(&scores)[&Lang::parse("es").unwrap()]["gguf"], Tier::Unfit);
    }
}

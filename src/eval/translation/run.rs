//! Puts the reference set's sentences to engines, one after the other, and takes the time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::score::{Answer, Outcome, TranslationScore};
use crate::domain::Lang;
use crate::eval::numbers::{Shown, contradicts, judge, numbers_said};
use crate::eval::reference::{ReferenceRow, ReferenceSet};
use crate::packs::{Pack, Packs};
use crate::translate::{Draft, Request, RouteSettings, Translator, gate};

/// What is measured. Tiers of packs count for nothing here: they are what comes out.
#[derive(Debug, Clone)]
pub struct MeasureOptions {
    /// Languages of hosts.
    pub from: Vec<Lang>,
    /// Languages of viewers.
    pub to: Vec<Lang>,
    /// Longest that one answer is waited for. Generous: lateness shows in the times.
    pub limit: Duration,
    /// Below this share of the sentence a draft is not shown, as in the room.
    pub min_coverage: f32,
}

impl MeasureOptions {
    pub fn new(from: Vec<Lang>, to: Vec<Lang>) -> Self {
        let min_coverage = RouteSettings::default().min_coverage;
        Self { from, to, limit: Duration::from_secs(60), min_coverage }
    }
}

/// Scores by engine, host's language and viewer's language; pairs that an engine does not speak are left out.
/// `progress` hears of each score when it is done.
pub async fn measure(
    set: &ReferenceSet,
    packs: &Packs,
    engines: &[Arc<dyn Translator>],
    options: &MeasureOptions,
    mut progress: impl FnMut(&TranslationScore),
) -> Vec<TranslationScore> {
    let mut scores = Vec::new();
    for engine in engines {
        for from in &options.from {
            for to in &options.to {
                let Some(pack) = packs.get(to).filter(|pack| pack.lang.primary() != from.primary()) else {
                    continue;
                };
                if !engine.speaks(from, &pack.lang) {
                    continue;
                }
                let score = one_pair(set, pack, engine.as_ref(), from, options).await;
                progress(&score);
                scores.push(score);
            }
        }
    }
    scores
}

async fn one_pair(
    set: &ReferenceSet,
    pack: &Pack,
    engine: &dyn Translator,
    from: &Lang,
    options: &MeasureOptions,
) -> TranslationScore {
    let mut score = TranslationScore::new(engine.name(), from, &pack.lang);
    for row in &set.rows {
        let (Some(source), Some(reference)) = (text(row, from), text(row, &pack.lang)) else { continue };
        let request = Request::new(source, from, &pack.lang);
        let since = Instant::now();
        let said = tokio::time::timeout(options.limit, engine.translate(&request)).await;
        let ms = since.elapsed().as_secs_f64() * 1000.0;
        let answer = match said {
            Err(_) => Answer::Failed("late".to_owned()),
            Ok(Err(error)) => Answer::Failed(error.to_string()),
            Ok(Ok(None)) => Answer::Declined,
            Ok(Ok(Some(draft))) => answer(&request, draft, pack, options.min_coverage),
        };
        let (numbers, changed_number) = verdict(&answer, source, from, &pack.lang);
        score.outcomes.push(Outcome {
            key: row.key.clone(),
            domain: row.domain.clone(),
            source: source.to_owned(),
            reference: reference.to_owned(),
            numbers,
            changed_number,
            answer,
            ms,
        });
    }
    score
}

fn answer(request: &Request, draft: Draft, pack: &Pack, min_coverage: f32) -> Answer {
    let whole = draft.is_whole();
    if draft.coverage < min_coverage {
        return Answer::Declined;
    }
    match gate(request, &draft, pack, whole) {
        Err(failure) => Answer::Held { text: draft.text, why: failure.to_string() },
        Ok(()) => Answer::Shown { text: draft.text, whole },
    }
}

/// Own judgement, apart from the gate: the numbers' verdict, and whether one was changed. A part is shown with the source
/// beside it.
fn verdict(answer: &Answer, source: &str, from: &Lang, to: &Lang) -> (Option<Shown>, bool) {
    let said = numbers_said(source, from.as_str());
    let (text, marked) = match answer {
        Answer::Shown { text, whole } => (text, !whole),
        Answer::Held { text, .. } => (text, false),
        Answer::Declined | Answer::Failed(_) => return (None, false),
    };
    (Some(judge(&said, text, to.as_str(), marked)), contradicts(&said, text, to.as_str()))
}

fn text<'a>(row: &'a ReferenceRow, lang: &Lang) -> Option<&'a str> {
    let related = || row.texts.iter().find(|(tag, _)| tag.split('-').next() == Some(lang.primary()));
    row.texts.get(lang.as_str()).or_else(|| related().map(|(_, text)| text)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::TranslateError;
    use crate::translate::testing::{Clerk, Said, lang, packs};

    fn says(text: &str) -> Said {
        Ok(Some(match text {
            "五百个" => ("500 piezas.", 1.0),
            "六百个" => ("60 piezas.", 1.0),
            "七百个，很好看" => ("700 piezas.", 0.6),
            "很好" => ("Bien.", 0.3),
            "坏" => return Err(TranslateError::Unavailable { engine: "clerk", why: "busy" }),
            _ => return Ok(None),
        }))
    }

    #[tokio::test]
    async fn every_way_to_answer_is_told_apart() {
        let rows = ["五百个", "六百个", "七百个，很好看", "很好", "坏", "别的"];
        let rows: Vec<String> =
            rows.iter().map(|zh| format!("{zh}\tcommercial\t{zh}\t500 piezas.\tx")).collect();
        let set = format!("key\tdomain\tzh\tes\tru\n{}", rows.join("\n"));
        let set = ReferenceSet::parse(&set).unwrap();
        let options = MeasureOptions::new(vec![lang("zh")], vec![lang("es"), lang("ru"), lang("zh")]);
        let engines: Vec<Arc<dyn Translator>> =
            vec![Arc::new(Clerk { says, speaks: |target| target.as_str() == "es" })];
        let mut heard = 0;
        let scores = measure(&set, &packs(), &engines, &options, |_| heard += 1).await;
        assert_eq!(
            (scores.len(), heard),
            (1, 1),
            "it does not speak Russian, and nobody translates zh to zh"
        );
        let score = &scores[0];
        let answers: Vec<_> = score.outcomes.iter().map(|one| (&one.answer, one.numbers)).collect();
        assert_eq!(
            answers[0],
            (&Answer::Shown { text: "500 piezas.".into(), whole: true }, Some(Shown::Equal))
        );
        assert!(matches!(answers[1], (Answer::Held { .. }, Some(Shown::Wrong))), "{:?}", answers[1]);
        assert_eq!(
            answers[2],
            (&Answer::Shown { text: "700 piezas.".into(), whole: false }, Some(Shown::Equal))
        );
        assert_eq!(answers[3].0, &Answer::Declined, "too little of it");
        assert!(matches!(answers[4].0, Answer::Failed(_)));
        assert_eq!(answers[5].0, &Answer::Declined);
        assert!((score.chrf().unwrap() - 100.0).abs() < 1e-9, "only what is shown whole is compared");
        assert_eq!((score.shown_whole(None), score.shown_part(None), score.held()), (1, 1, 1));
        assert_eq!((score.shown_numbers().with, score.draft_numbers().wrong.len()), (2, 1));
    }
}

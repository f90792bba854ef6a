//! `GET /v1/rooms/{room}/glossary/report`: what became of the glossary's terms in the show.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Epoch, Lang, RoomId};
use crate::glossary::{Coverage, EngineCount, Glossary, TermCoverage};

/// What became of the terms.
#[derive(Serialize, ToSchema)]
#[schema(as = GlossaryReport)]
pub struct Report<'a> {
    room: &'a str,
    /// The show that is counted; missing before anything was heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<&'a str>,
    /// Whether a host is connected: the counts still grow.
    live: bool,
    terms: Vec<Term>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportedTerm)]
pub struct Term {
    /// Its first form.
    term: String,
    /// The word by language; missing where an older version of the glossary had the term.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    words: BTreeMap<String, String>,
    heard: u64,
    repaired: u64,
    translations: Vec<Engine>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportedEngine)]
pub struct Engine {
    engine: String,
    lang: String,
    translated: u64,
    obeyed: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    disobeyed: Vec<Disobeyed>,
}

#[derive(Serialize, ToSchema)]
pub struct Disobeyed {
    source_text: String,
    text: String,
    expected: String,
}

/// The report as JSON: the terms by name, those never heard too.
pub fn report_json(
    room: &RoomId,
    live: bool,
    (epoch, coverage): (Option<&Epoch>, &Coverage),
    glossary: &Glossary,
) -> String {
    let terms =
        coverage.terms(glossary).into_iter().map(|(name, counts)| term(name, &counts, glossary)).collect();
    let report = Report { room: room.as_str(), epoch: epoch.map(Epoch::as_str), live, terms };
    serde_json::to_string(&report).unwrap_or_default()
}

fn term(name: String, counts: &TermCoverage, glossary: &Glossary) -> Term {
    let known = glossary.terms().iter().find(|term| term.name() == name);
    let words = known.into_iter().flat_map(|term| &term.forms);
    let words = words.filter_map(|(lang, forms)| Some((lang.to_string(), forms.first()?.clone()))).collect();
    let engine = |((engine, lang), count): (&(String, Lang), &EngineCount)| Engine {
        engine: engine.clone(),
        lang: lang.to_string(),
        translated: count.translated,
        obeyed: count.obeyed,
        disobeyed: count
            .disobeyed
            .iter()
            .map(|one| Disobeyed {
                source_text: one.source_text.clone(),
                text: one.text.clone(),
                expected: one.expected.clone(),
            })
            .collect(),
    };
    Term {
        term: name,
        words,
        heard: counts.heard,
        repaired: counts.repaired,
        translations: counts.engines.iter().map(engine).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_names_terms_engines_and_what_went_wrong() {
        let lang = |tag| Lang::parse(tag).unwrap();
        let glossary = Glossary::parse("zh\tes\n保温杯\ttermo\n杯盖\ttapa\n").unwrap();
        let mut coverage = Coverage::default();
        coverage.heard(&glossary, "保温杯", &lang("zh"), []);
        coverage.translated(&glossary, ("保温杯", &lang("zh")), ("Botella.", &lang("es")), "gguf");
        let (room, epoch) = (RoomId::parse("demo").unwrap(), Epoch::parse("k3f9").unwrap());
        let json = report_json(&room, true, (Some(&epoch), &coverage), &glossary);
        for part in [
            "{\"room\":\"demo\",\"epoch\":\"k3f9\",\"live\":true,\"terms\":[{",
            "\"term\":\"保温杯\",\"words\":{\"es\":\"termo\",\"zh\":\"保温杯\"},\"heard\":1,\"repaired\":0",
            "{\"engine\":\"gguf\",\"lang\":\"es\",\"translated\":1,\"obeyed\":0",
            "{\"source_text\":\"保温杯\",\"text\":\"Botella.\",\"expected\":\"termo\"}",
            "\"term\":\"杯盖\"",
        ] {
            assert!(json.contains(part), "{part} in {json}");
        }
    }
}

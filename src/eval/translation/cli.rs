//! What `tradewind eval --translate` takes and does.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::report::TranslationReport;
use super::run::{MeasureOptions, measure};
use super::tier::tiers;
use super::tier_file::{TierFileError, write_tiers};
use crate::domain::Lang;
use crate::eval::reference::{ReferenceError, ReferenceSet};
use crate::packs::Packs;
use crate::translate::Translator;

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Translation")]
pub struct TranslationArgs {
    /// Score the translation engines on the reference set, in place of recordings
    #[arg(long)]
    pub translate: bool,
    /// Only these engines
    #[arg(long, value_delimiter = ',', requires = "translate")]
    pub engine: Vec<String>,
    /// Languages of hosts
    #[arg(long, value_delimiter = ',', default_value = "zh,en", requires = "translate")]
    pub from: Vec<String>,
    /// Languages of viewers; without it all that have a pack and references
    #[arg(long, value_delimiter = ',', requires = "translate")]
    pub to: Vec<String>,
    /// Another reference set than the one that ships
    #[arg(long, value_name = "FILE", requires = "translate")]
    pub reference: Option<PathBuf>,
    /// Engines as this configuration sets them up
    #[arg(long, value_name = "FILE", requires = "translate")]
    pub config: Option<PathBuf>,
    /// Print every sentence that is shown, for reading
    #[arg(long, requires = "translate")]
    pub show: bool,
    /// Print the README's table
    #[arg(long, requires = "translate")]
    pub markdown: bool,
    /// Write the tiers into the packs of this folder
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "lang-packs", requires = "translate")]
    pub write_tiers: Option<PathBuf>,
}

/// Why there are no scores.
#[derive(Debug, thiserror::Error)]
pub enum TranslationEvalError {
    #[error("{} cannot be read or written", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    #[error("there is no engine {asked:?} here: there are {known}")]
    NoEngine { asked: String, known: String },
    #[error("{0:?} is not a language of the reference set and of the language packs")]
    NoLang(String),
    #[error("no engine speaks any of these languages")]
    Nothing,
    #[error("--write-tiers: {} is no folder of language packs", .0.display())]
    NoPacks(PathBuf),
    #[error(transparent)]
    Tiers(#[from] TierFileError),
    #[error("cannot write the figures: {0}")]
    Output(#[from] std::io::Error),
}

/// Measures, prints, and writes what was asked for. `json`: a file for every figure and text.
pub async fn run_translation_eval(
    args: &TranslationArgs,
    json: Option<&PathBuf>,
    packs: &Packs,
    engines: Vec<Arc<dyn Translator>>,
    out: &mut impl Write,
) -> Result<TranslationReport, TranslationEvalError> {
    let set = match &args.reference {
        None => ReferenceSet::builtin()?,
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|source| TranslationEvalError::File { path: path.clone(), source })?;
            ReferenceSet::parse(&text)?
        }
    };
    // Measuring takes minutes: better told now.
    if let Some(dir) = args.write_tiers.as_ref().filter(|dir| !dir.is_dir()) {
        return Err(TranslationEvalError::NoPacks(dir.clone()));
    }
    let engines = chosen(engines, &args.engine)?;
    let all: Vec<String> = set.langs.iter().filter(|lang| has_pack(packs, lang)).cloned().collect();
    let langs = |tags: &[String]| tags.iter().map(|tag| known_lang(tag, &all)).collect::<Result<Vec<_>, _>>();
    let to = if args.to.is_empty() { &all } else { &args.to };
    let options = MeasureOptions::new(langs(&args.from)?, langs(to)?);
    let scores = measure(&set, packs, &engines, &options, |score| {
        tracing::info!(engine = score.engine, from = %score.from, to = %score.to, chrf = score.chrf(), "measured");
    })
    .await;
    if scores.is_empty() {
        return Err(TranslationEvalError::Nothing);
    }
    let report = TranslationReport { scores };
    if args.show {
        report.print_shown(out)?;
    }
    match args.markdown {
        true => report.print_markdown(out)?,
        false => report.print(out)?,
    }
    if let Some(path) = json {
        let text = format!("{:#}\n", report.to_json());
        std::fs::write(path, text)
            .map_err(|source| TranslationEvalError::File { path: path.clone(), source })?;
    }
    if let Some(dir) = &args.write_tiers {
        for path in write_tiers(dir, &tiers(&report.scores))? {
            writeln!(out, "tiers written: {}", path.display())?;
        }
    }
    Ok(report)
}

fn chosen(
    engines: Vec<Arc<dyn Translator>>,
    names: &[String],
) -> Result<Vec<Arc<dyn Translator>>, TranslationEvalError> {
    let known: Vec<&str> = engines.iter().map(|engine| engine.name()).collect();
    if let Some(asked) = names.iter().find(|name| !known.contains(&name.as_str())) {
        let error = TranslationEvalError::NoEngine { asked: asked.clone(), known: known.join(", ") };
        return Err(error);
    }
    let wanted =
        |engine: &Arc<dyn Translator>| names.is_empty() || names.iter().any(|name| name == engine.name());
    Ok(engines.into_iter().filter(wanted).collect())
}

fn has_pack(packs: &Packs, tag: &str) -> bool {
    Lang::parse(tag).is_ok_and(|lang| packs.get(&lang).is_some())
}

fn known_lang(tag: &str, all: &[String]) -> Result<Lang, TranslationEvalError> {
    let unknown = || TranslationEvalError::NoLang(tag.to_owned());
    let lang = Lang::parse(tag).map_err(|_| unknown())?;
    // `pt` is the set's pt-BR.
    let exact = all.iter().find(|known| *known == lang.as_str());
    let related = || all.iter().find(|known| known.split('-').next() == Some(lang.primary()));
    let known = exact.or_else(related).ok_or_else(unknown)?;
    Lang::parse(known).map_err(|_| unknown())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::translate::Phrasebook;

    const SET: &str =
        "key\tdomain\tzh\ten\tes\np1\tcommercial\t七天内发货\tShips within 7 days.\tEnvío en 7 días.\n";

    async fn run(args: TranslationArgs, json: Option<&PathBuf>) -> Result<String, TranslationEvalError> {
        let dir = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/packs"));
        let packs = Arc::new(Packs::from_dir(dir).unwrap());
        let engines: Vec<Arc<dyn Translator>> = vec![Arc::new(Phrasebook::new(Arc::clone(&packs)))];
        let mut out = Vec::new();
        run_translation_eval(&args, json, &packs, engines, &mut out).await?;
        Ok(String::from_utf8(out).unwrap())
    }

    fn own(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[tokio::test]
    async fn it_scores_prints_and_writes_what_was_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let (set, json) = (dir.path().join("set.tsv"), dir.path().join("figures.json"));
        std::fs::write(&set, SET).unwrap();
        std::fs::create_dir(dir.path().join("es")).unwrap();
        std::fs::write(dir.path().join("es/pack.toml"), "lang = \"es\"\n").unwrap();
        let args = TranslationArgs {
            from: own(&["zh"]),
            to: own(&["es-MX"]),
            reference: Some(set),
            show: true,
            markdown: true,
            write_tiers: Some(dir.path().to_owned()),
            ..TranslationArgs::default()
        };
        let out = run(args, Some(&json)).await.unwrap();
        assert!(out.contains("七天内发货 → Envío en 7 días. [100; Envío en 7 días.]"), "{out}");
        assert!(out.contains("| es | `phrasebook` | zh | 100 % | 0 % | 100.0 | 0 of 1 | 0 % |"), "{out}");
        let tiers = std::fs::read_to_string(dir.path().join("es/pack.toml")).unwrap();
        assert_eq!(tiers, "lang = \"es\"\n\n[tiers]\nphrasebook = \"verified\"\n");
        let figures: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
        assert_eq!(figures["scores"][0]["outcomes"][0]["numbers"], "equal");
        assert_eq!(figures["tiers"]["es"]["phrasebook"], "verified");
    }

    #[tokio::test]
    async fn mistakes_are_one_sentence() {
        let from = || TranslationArgs { from: own(&["zh"]), to: own(&["es"]), ..TranslationArgs::default() };
        for (args, told) in [
            (
                TranslationArgs { engine: own(&["llm"]), ..from() },
                "there is no engine \"llm\" here: there are phrasebook",
            ),
            (TranslationArgs { to: own(&["xx"]), ..from() }, "\"xx\" is not a language"),
            (TranslationArgs { to: own(&["zh"]), ..from() }, "no engine speaks"),
            (TranslationArgs { reference: Some("/nowhere".into()), ..from() }, "/nowhere cannot be read"),
            (TranslationArgs { write_tiers: Some("/nowhere".into()), ..from() }, "--write-tiers: /nowhere"),
        ] {
            let error = run(args, None).await.unwrap_err().to_string();
            assert!(error.starts_with(told), "{error}");
        }
    }
}

//! `tradewind translate`: lines in, translations out, by the same route as in a room.

use std::collections::HashMap;
use std::io::{BufRead, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Args;
use futures_util::future::join_all;

use crate::config::Config;
use crate::domain::{Lang, Product};
use crate::glossary::{Glossary, RoomGlossary};
use crate::packs::Packs;
use crate::protocol::translated::Translated;
use crate::translate::{Request, Route, RouteSettings, Tier, Translator, settled};

/// Earlier lines that an engine is told.
const CONTEXT: usize = 5;
/// For a model to be loaded from a slow disk.
pub const LOADING: Duration = Duration::from_secs(120);
/// A file does not run away as a show does: rather a late answer than none.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Translates lines from standard input, one JSON object a line and language
#[derive(Debug, Clone, Args)]
pub struct TranslateArgs {
    /// Language of the lines
    #[arg(long, default_value = "zh")]
    pub from: String,
    /// Languages to translate into
    #[arg(long, value_delimiter = ',', required = true)]
    pub to: Vec<String>,
    /// Only this engine, or these in this order, whatever their tier
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub engine: Vec<String>,
    /// A gateway's configuration: its engines, and the products and terms of its first room in the language of the lines
    #[arg(long, value_name = "CONFIG")]
    pub room: Option<PathBuf>,
}

/// What the engines are made from, and the engines.
pub struct Setup {
    pub config: Config,
    pub packs: Arc<Packs>,
    pub engines: Vec<Arc<dyn Translator>>,
}

impl Setup {
    /// From a configuration's file, or from the defaults.
    pub fn new(
        config: Option<&Path>,
        models: Option<PathBuf>,
        engines: impl FnOnce(&Config, &Arc<Packs>) -> anyhow::Result<Vec<Arc<dyn Translator>>>,
    ) -> anyhow::Result<Self> {
        let mut config = match config {
            Some(path) => Config::load(path)?,
            None => Config::parse("auth = \"off\"", Path::new("."))?,
        };
        config.models_dir = models.or(config.models_dir);
        let packs = match &config.packs_dir {
            Some(dir) => Packs::from_dir(dir),
            None => Packs::builtin(),
        };
        let packs = Arc::new(packs.context("the language packs cannot be loaded")?);
        let engines = engines(&config, &packs)?;
        Ok(Self { config, packs, engines })
    }

    /// Waits until the models are loaded: the first line would find them absent.
    pub async fn settled(&self) {
        settled(&self.engines, LOADING).await;
    }

    /// A route; with `only`, through these engines alone.
    fn route(&self, only: &[String]) -> anyhow::Result<Route> {
        let known: Vec<&str> = self.engines.iter().map(|engine| engine.name()).collect();
        for name in only {
            if !known.contains(&name.as_str()) {
                bail!("--engine: there is no engine {name:?} here; there are {}", known.join(", "));
            }
        }
        let mut settings = RouteSettings { engine_limit: PATIENCE, ..self.config.translate.route.clone() };
        if !only.is_empty() {
            let langs = self.packs.iter().map(|pack| pack.lang.clone());
            settings.chains = langs.map(|lang| (lang, only.to_vec())).collect::<HashMap<_, _>>();
            settings.min_tier = Tier::Unfit;
        }
        Ok(Route::new(Arc::clone(&self.packs), self.engines.clone(), settings))
    }

    /// The products and the glossary of the first room that is spoken in this language, else of the first room.
    fn words(&self, from: &Lang) -> (Arc<[Product]>, RoomGlossary) {
        let rooms = &self.config.rooms;
        let spoken = rooms.iter().find(|room| room.source_lang.primary() == from.primary());
        let (products, own) = match spoken.or(rooms.first()) {
            Some(room) => (Arc::clone(&room.catalogue.products), room.glossary.clone()),
            None => (Arc::new([]) as Arc<[Product]>, Glossary::default()),
        };
        let of_packs = self.packs.iter().map(|pack| (&pack.lang, &pack.glossary));
        (products, RoomGlossary::new(own, of_packs))
    }
}

/// Translates every line of `input` that is not blank, as soon as it comes.
pub async fn translate(
    args: &TranslateArgs,
    setup: &Setup,
    input: impl BufRead,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let source = Lang::parse(&args.from).context("--from")?;
    let targets = args.to.iter().map(|tag| target(tag, &setup.packs)).collect::<anyhow::Result<Vec<_>>>()?;
    ensure!(!targets.is_empty(), "--to names no language");
    let (route, (products, glossary)) = (setup.route(&args.engine)?, setup.words(&source));
    let mut context: Vec<String> = Vec::new();
    for (at, line) in input.lines().enumerate() {
        let line = line.with_context(|| format!("line {} cannot be read", at + 1))?;
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        let (route, source, products, before, glossary) = (&route, &source, &products, &context, &glossary);
        let translations = targets.iter().map(|target| async move {
            let since = Instant::now();
            let request = Request {
                products: Arc::clone(products),
                context: before.clone(),
                glossary: Arc::clone(glossary.of(target)),
                ..Request::new(text, source, target)
            };
            (target, route.translate(request).await, since.elapsed())
        });
        for (target, translation, took) in join_all(translations).await {
            let line = Translated {
                source: text,
                lang: target.as_str(),
                text: &translation.text,
                text_lang: translation.text_lang.as_ref().unwrap_or(target).as_str(),
                engine: &translation.engine,
                fidelity: translation.fidelity.as_str(),
                ms: (took.as_secs_f64() * 10_000.0).round() / 10.0,
            };
            match writeln!(out, "{}", line.to_json()).and_then(|()| out.flush()) {
                // Whoever read it has enough.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
                written => written.context("cannot write")?,
            }
        }
        context.push(text.to_owned());
        context.drain(..context.len().saturating_sub(CONTEXT));
    }
    Ok(())
}

fn target(tag: &str, packs: &Packs) -> anyhow::Result<Lang> {
    let lang = Lang::parse(tag).context("--to")?;
    let known = packs.iter().map(|pack| pack.lang.as_str()).collect::<Vec<_>>().join(", ");
    ensure!(packs.get(&lang).is_some(), "--to: there is no language pack for {lang}; there are {known}");
    Ok(lang)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::Phrasebook;

    fn setup() -> Setup {
        let packs = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/packs"));
        let text = format!("auth = \"off\"\npacks_dir = \"{}\"", packs.display());
        let config = Config::parse(&text, Path::new(".")).unwrap();
        let packs = Arc::new(Packs::from_dir(packs).unwrap());
        let phrasebook = Phrasebook::new(Arc::clone(&packs));
        Setup { config, packs, engines: vec![Arc::new(phrasebook)] }
    }

    async fn run(
        from: &str,
        to: &[&str],
        engine: &[&str],
        input: &str,
    ) -> anyhow::Result<Vec<serde_json::Value>> {
        let own = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let args = TranslateArgs { from: from.into(), to: own(to), engine: own(engine), room: None };
        let mut out = Vec::new();
        translate(&args, &setup(), input.as_bytes(), &mut out).await?;
        let lines = String::from_utf8(out)?;
        lines.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }

    #[tokio::test]
    async fn each_line_gives_an_object_a_language() {
        let said = run("zh", &["es", "en"], &[], "七天内发货\n\n  今天天气很好 \n").await.unwrap();
        assert_eq!(said.len(), 4);
        assert_eq!(said[0]["source"], "七天内发货");
        assert_eq!(said[0]["lang"], "es");
        assert_eq!(said[0]["text"], "Envío en 7 días.");
        assert_eq!((&said[0]["text_lang"], &said[0]["engine"]), (&"es".into(), &"phrasebook".into()));
        assert_eq!(said[0]["fidelity"], "verified");
        assert!(said[0]["ms"].as_f64().is_some_and(|ms| ms >= 0.0));
        assert_eq!(said[1]["lang"], "en");
        assert_eq!(said[2]["source"], "今天天气很好");
        assert_eq!((&said[2]["text_lang"], &said[2]["fidelity"]), (&"zh".into(), &"fallback".into()));
    }

    #[tokio::test]
    async fn mistakes_are_one_clear_sentence() {
        for (from, to, engine, told) in [
            ("zh", "xx", "", "--to: there is no language pack for xx; there are "),
            ("zh", "e/s", "", "--to"),
            ("?", "es", "", "--from"),
            ("zh", "es", "llm", "--engine: there is no engine \"llm\" here; there are phrasebook"),
        ] {
            let engine: Vec<&str> = Some(engine).filter(|name| !name.is_empty()).into_iter().collect();
            let error = format!("{:#}", run(from, &[to], &engine, "七天内发货").await.unwrap_err());
            assert!(error.starts_with(told) && !error.contains('\n'), "{error}");
        }
    }
}

//! The command line: what each command needs is put together here, what it does is elsewhere.

mod doctor;
mod eval_gateway;
mod export;
mod models;
mod packs;
mod preview;
mod serve;
mod tokens;
mod translate;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};

use crate::app;
use crate::client::cli::{PushArgs, WatchArgs, run_push, run_watch};
use crate::config::Config;
use crate::eval::cli::EvalArgs;
use crate::eval::near_misses::run_near_misses;
use crate::eval::translation::cli::run_translation_eval;
use crate::models::{Bars, Lines, Progress, default_dir};
use crate::packs::Packs;
use crate::telemetry;
use crate::translate::Translator;
use crate::translate::gguf::run_worker;
use tokens::{KeysCommand, TokenArgs};
use translate::{Setup, TranslateArgs};

#[derive(Parser)]
#[command(
    name = "tradewind",
    version,
    about = "Live translated captions and product cards for cross-border live commerce"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Folder of the model files
    #[arg(long, global = true, env = "TRADEWIND_MODELS")]
    models: Option<PathBuf>,
    /// Logs as JSON lines
    #[arg(long, global = true, env = "TRADEWIND_LOG_JSON")]
    log_json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway
    Serve(ServeArgs),
    /// Whether this machine can run a configuration, and what to do where it cannot
    Doctor(DoctorArgs),
    /// Stream a file or a pipe into a room, at the pace it was spoken
    Push(PushArgs),
    /// Follow a room as a viewer
    Watch(WatchArgs),
    /// Model files: which there are, fetch them
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Language packs: which there are, check them
    #[command(subcommand)]
    Packs(PacksCommand),
    /// Make a token for a host, an operator or a viewer
    Token(TokenArgs),
    /// The keys that tokens are signed with: make, rotate, withdraw
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Translate lines from standard input, one JSON object a line and language
    Translate(TranslateArgs),
    /// Write a show's captions as WebVTT, SRT or JSON, from the record on this machine
    Export(export::ExportArgs),
    /// Shows that are kept: list them, delete one with all that belongs to it
    #[command(subcommand)]
    Shows(export::ShowsCommand),
    /// The language model of a gateway: serves it on standard input and output
    #[command(hide = true)]
    GgufWorker(WorkerArgs),
    /// Measure recognition, lag, captions and cards on a manifest of recordings; or translation, with --translate;
    /// or product cards from text, with --triggers
    Eval(Box<EvalArgs>),
}

#[derive(Args)]
struct ServeArgs {
    #[arg(long, default_value = "config/demo.toml")]
    config: PathBuf,
    /// Listen here instead of where the configuration says
    #[arg(long)]
    listen: Option<String>,
    /// Write the address that is listened on to this file, once ready
    #[arg(long)]
    address_file: Option<PathBuf>,
}

#[derive(Args)]
struct DoctorArgs {
    #[arg(long, default_value = "config/demo.toml")]
    config: PathBuf,
}

#[derive(Args)]
struct WorkerArgs {
    #[arg(long)]
    model: PathBuf,
    /// Tokens of a prompt with its answer
    #[arg(long)]
    context: usize,
}

#[derive(Subcommand)]
enum ModelsCommand {
    /// Every known model: present, missing or broken
    List,
    /// Fetch and check models; without names those that are needed
    Fetch { names: Vec<String> },
    /// Fetch Firefox Translations models from Mozilla's own hosting, each a direction such as zh-en or en-es
    FetchFirefox { pairs: Vec<String> },
    /// Take Firefox Translations models over from a folder (model.*.bin, vocab.*.spm)
    Import {
        folder: PathBuf,
        /// The direction, where the files' names do not say it
        #[arg(long)]
        pair: Option<String>,
    },
}

#[derive(Subcommand)]
enum PacksCommand {
    /// Every language and who translates it
    List,
    /// Check the packs: complete, consistent, every example understood
    Check {
        /// A folder of packs instead of the built-in ones
        #[arg(long)]
        dir: Option<PathBuf>,
    },
    /// Show a product's card in every language, and what is missing
    Preview {
        sku: String,
        #[arg(long, default_value = "config/demo.toml")]
        config: PathBuf,
    },
    /// Begin a language: files for a translator, with the English text above each place to fill
    New {
        /// The language's tag: it, pt-BR
        lang: String,
        /// The folder of packs to write into
        #[arg(long, default_value = "lang-packs")]
        dir: PathBuf,
    },
}

/// Runs the command line. Errors go to standard error, one sentence and its cause.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // A gateway's child: standard output belongs to what they say to each other, and the gateway keeps the logs.
    if !matches!(cli.command, Command::GgufWorker(_)) {
        telemetry::start(cli.log_json);
    }
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            drop(writeln!(io::stderr(), "tradewind: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let models_dir = cli.models;
    match cli.command {
        Command::Serve(args) => serve::serve(&args, models_dir)?,
        Command::Doctor(args) => {
            if !runtime()?.block_on(doctor::doctor(&args, models_dir, &mut io::stdout()))? {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Push(args) => {
            runtime()?.block_on(run_push(args.into_options()))?;
        }
        Command::Watch(args) => {
            let (json, tty) = (args.json, io::stdout().is_terminal());
            runtime()?.block_on(run_watch(args.into_options(), json, tty, &mut io::stdout()))?;
        }
        Command::Models(command) => models::run(command, &models_folder(models_dir)?)?,
        Command::Packs(PacksCommand::List) => packs::list(&mut io::stdout())?,
        Command::Packs(PacksCommand::Check { dir }) => {
            if packs::check(dir.as_deref(), &mut io::stdout())? > 0 {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Packs(PacksCommand::Preview { sku, config }) => {
            runtime()?.block_on(preview::preview(&sku, &config, &mut io::stdout()))?;
        }
        Command::Packs(PacksCommand::New { lang, dir }) => packs::new(&lang, &dir, &mut io::stdout())?,
        Command::Token(args) => {
            let secret = std::env::var(app::keys::SECRET).ok();
            tokens::token(&args, secret.as_deref(), &mut io::stdout())?;
        }
        Command::Keys(command) => tokens::keys(&command, &mut io::stdout())?,
        Command::Translate(args) => translate_lines(&args, models_dir)?,
        Command::Export(args) => runtime()?.block_on(export::export(&args, &mut io::stdout()))?,
        Command::Shows(command) => runtime()?.block_on(export::shows(&command, &mut io::stdout()))?,
        Command::GgufWorker(args) => run_worker(&args.model, args.context)?,
        Command::Eval(args) if args.translation.translate => eval_translation(&args, models_dir)?,
        Command::Eval(args) if args.triggers.is_some() => {
            run_near_misses(args.triggers.flatten().as_ref(), args.json.as_ref(), &mut io::stdout())?;
        }
        Command::Eval(args) => eval_gateway::eval(&args, models_dir)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn translate_lines(args: &TranslateArgs, models: Option<PathBuf>) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let engines = |config: &Config, packs: &Arc<Packs>| translators(config, packs, &args.engine);
        let setup = Setup::new(args.room.as_deref(), models, engines)?;
        setup.settled().await;
        translate::translate(args, &setup, io::stdin().lock(), &mut io::stdout()).await
    })
}

fn eval_translation(args: &EvalArgs, models: Option<PathBuf>) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let asked = &args.translation.engine;
        let engines = |config: &Config, packs: &Arc<Packs>| translators(config, packs, asked);
        let setup = Setup::new(args.translation.config.as_deref(), models, engines)?;
        setup.settled().await;
        let Setup { packs, engines, .. } = setup;
        let json = args.json.as_ref();
        run_translation_eval(&args.translation, json, &packs, engines, &mut io::stdout()).await?;
        Ok(())
    })
}

/// The engines that a configuration sets up, for files and measurements. The language model takes the time that it
/// needs, is not loaded where others are asked for by name, and where it is, speaks every language.
fn translators(
    config: &Config,
    packs: &Arc<Packs>,
    asked: &[String],
) -> anyhow::Result<Vec<Arc<dyn Translator>>> {
    let mut settings = config.translate.clone();
    let gguf = asked.iter().any(|name| name == "gguf");
    settings.gguf.enabled &= gguf || asked.is_empty();
    settings.gguf.time_limit = translate::PATIENCE;
    if gguf {
        settings.gguf.languages = Some(packs.iter().map(|pack| pack.lang.clone()).collect());
    }
    let found = app::translators(&settings, packs, &models_folder(config.models_dir.clone())?)?;
    if let Some(lacks) = asked.iter().find_map(|name| Some((name, found.missing.get(name.as_str())?))) {
        bail!("--engine: {} cannot work here: {}", lacks.0, lacks.1);
    }
    Ok(found.engines)
}

/// The folder that was given, or the user's cache.
fn models_folder(given: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    given
        .or_else(|| default_dir(|name| std::env::var_os(name)))
        .context("there is no home folder: name a folder for the model files with --models")
}

fn progress() -> Box<dyn Progress> {
    if io::stderr().is_terminal() { Box::new(Bars::default()) } else { Box::new(Lines::new(io::stderr())) }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")
}

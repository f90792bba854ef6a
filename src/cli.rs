//! The command line: what each command needs is put together here, what it does is elsewhere.

mod eval_gateway;
mod packs;
mod serve;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use crate::client::cli::{PushArgs, WatchArgs, run_push, run_watch};
use crate::eval::cli::EvalArgs;
use crate::models::{self, Bars, Lines, Progress};
use crate::telemetry;

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
    /// Measure recognition, lag, captions and cards on a manifest of recordings
    Eval(EvalArgs),
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

#[derive(Subcommand)]
enum ModelsCommand {
    /// Every known model: present, missing or broken
    List,
    /// Fetch and check models; without names those that are needed
    Fetch { names: Vec<String> },
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
}

/// Runs the command line. Errors go to standard error, one sentence and its cause.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start(cli.log_json);
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
        Command::Push(args) => {
            runtime()?.block_on(run_push(args.into_options()))?;
        }
        Command::Watch(args) => {
            let (json, tty) = (args.json, io::stdout().is_terminal());
            runtime()?.block_on(run_watch(args.into_options(), json, tty, &mut io::stdout()))?;
        }
        Command::Models(command) => run_models(command, models_dir)?,
        Command::Packs(PacksCommand::List) => packs::list(&mut io::stdout())?,
        Command::Packs(PacksCommand::Check { dir }) => {
            if packs::check(dir.as_deref(), &mut io::stdout())? > 0 {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Eval(args) => eval_gateway::eval(&args, models_dir)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn run_models(command: ModelsCommand, dir: Option<PathBuf>) -> anyhow::Result<()> {
    let dir = models_dir(dir)?;
    let mut out = io::stdout();
    match command {
        ModelsCommand::List => {
            writeln!(out, "{}", dir.display())?;
            for status in models::cli::list(&dir)? {
                writeln!(out, "{}", models::cli::line(&status))?;
            }
        }
        ModelsCommand::Fetch { names } => {
            for path in models::cli::fetch(&dir, &names, progress().as_mut())? {
                writeln!(out, "{}", path.display())?;
            }
        }
    }
    Ok(())
}

/// The folder that was given, or the user's cache.
fn models_dir(given: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    given
        .or_else(|| models::default_dir(|name| std::env::var_os(name)))
        .context("there is no home folder: name a folder for the model files with --models")
}

fn progress() -> Box<dyn Progress> {
    if io::stderr().is_terminal() { Box::new(Bars::default()) } else { Box::new(Lines::new(io::stderr())) }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")
}

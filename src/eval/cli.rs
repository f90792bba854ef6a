//! What `tradewind eval` takes and prints.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::numbers::numbers_said;
use super::report::Report;
use super::run::{EvalError, EvalOptions, WholeFile, run};
use super::score::{ClipScore, Judges};
use super::text::{Measure, Normaliser};
use super::translation::cli::TranslationArgs;

/// `tradewind eval MANIFEST`, `tradewind eval --translate`, `tradewind eval --triggers`
#[derive(Debug, Clone, Args)]
pub struct EvalArgs {
    /// A manifest.tsv, or a tour's .tsv with its audio beside it
    #[arg(required_unless_present_any = ["translate", "triggers"])]
    pub manifest: Option<PathBuf>,
    /// Address of a running gateway; without it one is started for the measurement
    #[arg(long)]
    pub url: Option<String>,
    /// Rooms that are played into at the same time
    #[arg(long, default_value_t = 2)]
    pub rooms: usize,
    /// Rooms are named PREFIX-1, PREFIX-2, …
    #[arg(long, default_value = "eval")]
    pub room_prefix: String,
    /// Play into this one room instead
    #[arg(long, conflicts_with_all = ["rooms", "room_prefix"])]
    pub room: Option<String>,
    #[arg(long, env = "TRADEWIND_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Only clips in these languages (`-`: without speech)
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true)]
    pub language: Vec<String>,
    /// Only clips of these kinds
    #[arg(long, value_delimiter = ',')]
    pub kind: Vec<String>,
    /// At most so many clips
    #[arg(long)]
    pub limit: Option<usize>,
    /// Languages to watch besides the spoken one
    #[arg(long, value_delimiter = ',')]
    pub watch: Vec<String>,
    /// 1 is real time; lags mean nothing at other speeds
    #[arg(long, default_value_t = 1.0)]
    pub speed: f64,
    /// Compare with whole-file recognition by the same weights
    #[arg(long)]
    pub offline: bool,
    /// Write every figure and text here
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// Product cards from text alone: both tours and the script of near misses that ships, or another such script
    #[arg(long, value_name = "SCRIPT", num_args = 0..=1, conflicts_with_all = ["translate", "manifest"])]
    pub triggers: Option<Option<PathBuf>>,
    #[command(flatten)]
    pub translation: TranslationArgs,
}

impl EvalArgs {
    /// The rooms that a gateway must have for this run.
    pub fn room_names(&self) -> Vec<String> {
        match &self.room {
            Some(room) => vec![room.clone()],
            None => (1..=self.rooms.max(1)).map(|n| format!("{}-{n}", self.room_prefix)).collect(),
        }
    }

    pub fn to_options(&self, url: &str) -> EvalOptions {
        EvalOptions {
            rooms: self.room_names(),
            token: self.token.clone(),
            languages: self.language.clone(),
            kinds: self.kind.clone(),
            limit: self.limit,
            watch: self.watch.clone(),
            speed: self.speed,
            ..EvalOptions::new(self.manifest.clone().unwrap_or_default(), url)
        }
    }
}

/// Why an evaluation ended without figures.
#[derive(Debug, thiserror::Error)]
pub enum EvalCliError {
    #[error(transparent)]
    Eval(#[from] EvalError),
    #[error(transparent)]
    NoTable(#[from] super::text::NoTable),
    #[error("cannot write the figures: {0}")]
    Output(#[from] std::io::Error),
}

/// Runs an evaluation against the gateway at `url`, with progress on standard error, and prints its tables.
/// `whole_file` is used with `--offline`.
pub async fn run_eval(
    args: &EvalArgs,
    url: &str,
    whole_file: Option<WholeFile>,
    out: &mut impl Write,
) -> Result<Report, EvalCliError> {
    let judges = Judges { normaliser: Normaliser::new()?, numbers: Arc::new(numbers_said) };
    let bar = ProgressBar::new_spinner();
    bar.set_style(
        ProgressStyle::with_template("{spinner} {pos} clips  {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    let offline = whole_file.filter(|_| args.offline);
    let result = run(&args.to_options(url), &judges, offline, |clip| {
        bar.inc(1);
        bar.set_message(line(clip));
        if let Some(why) = &clip.failure {
            bar.println(format!("{}: {why}", clip.name));
        }
    })
    .await;
    bar.finish_and_clear();
    let report = result?;
    report.print(out)?;
    if let Some(path) = &args.json {
        tokio::fs::write(path, format!("{:#}\n", report.to_json())).await?;
    }
    Ok(report)
}

fn line(clip: &ClipScore) -> String {
    let rate = clip.edits.and_then(|e| e.rate()).map(|r| format!("{:.0} %", r * 100.0)).unwrap_or_default();
    let measure = if rate.is_empty() { "" } else { Measure::of(&clip.language).name() };
    format!("{}  {measure} {rate}  {}", clip.name, clip.hypothesis)
}

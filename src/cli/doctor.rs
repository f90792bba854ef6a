//! `tradewind doctor`: whether this machine can run a configuration, and what to do where it cannot.

mod doors;
mod machine;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use super::{DoctorArgs, models_folder};
use crate::app;
use crate::app::keys::SECRET;
use crate::config::Config;
use crate::domain::Day;
use crate::models::{Store, spec};
use crate::packs::Packs;
use crate::record::now_ms;
use machine::{GIB, Machine};

/// What was found. `advice` is one sentence that says what to do.
struct Finding {
    state: State,
    what: String,
    advice: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Good,
    /// It runs, and less well than it could.
    Warning,
    /// It would not start, or not do its work.
    Bad,
}

impl Finding {
    fn good(what: impl Into<String>) -> Self {
        Self { state: State::Good, what: what.into(), advice: None }
    }

    fn warning(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { state: State::Warning, what: what.into(), advice: Some(advice.into()) }
    }

    fn bad(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { state: State::Bad, what: what.into(), advice: Some(advice.into()) }
    }
}

/// Prints every finding. False if one is bad.
pub async fn doctor(
    args: &DoctorArgs,
    models: Option<PathBuf>,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let config = Config::load(&args.config)
        .with_context(|| format!("the configuration {} cannot be used", args.config.display()))?;
    let folder = models_folder(models.or_else(|| config.models_dir.clone()))?;
    let found = examine(&config, &folder, &Machine::this(&folder, config.record.dir.as_deref())).await;
    print(&found, out)?;
    Ok(found.iter().all(|finding| finding.state < State::Bad))
}

async fn examine(config: &Config, models: &Path, machine: &Machine) -> Vec<Finding> {
    let secret = std::env::var(SECRET).ok();
    let mut found = vec![
        cores(machine.cores, config),
        machine.instructions(),
        memory(machine, config, models),
        clock(machine.year),
        open_files(machine.open_files, config),
    ];
    found.extend(model_files(config, models));
    found.push(free_disk("the model files", models, machine.models_free, GIB / 2));
    found.extend(record(config, machine.record_free));
    found.extend(doors::reached(config, secret.as_deref(), Day::of_unix_ms(now_ms())));
    found.extend(engines(config, models).await);
    found
}

fn cores(cores: usize, config: &Config) -> Finding {
    let busy = config.transcribe.workers * config.transcribe.threads;
    let (hosts, what) =
        (config.transcribe.hosts, format!("{cores} cores for {busy} threads that recognise speech"));
    if busy > cores {
        let advice =
            "lower transcribe.workers or transcribe.threads: each thread too many costs a factor of ten";
        Finding::bad(what, advice)
    } else if cores < 2 {
        let advice =
            "one core hears one host and is late with its translations: two are the least that was measured";
        Finding::warning(what, advice)
    } else if hosts > 2 * cores {
        let advice = format!("{hosts} hosts at once would be heard late: two a core is the default");
        Finding::warning(what, advice)
    } else {
        Finding::good(what)
    }
}

/// Whisper's weights are read whole, with about as much again for its work; the language model has 2 GB in all.
fn memory(machine: &Machine, config: &Config, models: &Path) -> Finding {
    let whisper = spec::find(&config.whisper).map_or(0, spec::ModelSpec::bytes);
    let language = usize::from(gguf_file(config, models).is_some()) as u64 * 2 * GIB;
    let wanted = GIB / 4 + 2 * whisper + language;
    let Some(free) = machine.memory_free else {
        return Finding::warning("how much memory is free is not known here", "look yourself");
    };
    let what = format!("{} of memory free, {} wanted", gib(free), gib(wanted));
    if free >= wanted {
        Finding::good(what)
    } else {
        Finding::bad(what, "close other programs, or set translate.gguf.enabled = false (2 GB)")
    }
}

/// Tokens expire and prices end by the clock; a machine that lost its battery is in 1970.
fn clock(year: i64) -> Finding {
    let what = format!("the clock says it is {year}");
    if year < BUILT_IN_YEAR {
        Finding::bad(what, "set the clock, or install a time service (Debian: apt-get install chrony)")
    } else {
        Finding::good(what)
    }
}

/// This very source was written then: no clock that goes is earlier.
const BUILT_IN_YEAR: i64 = 2026;

/// Each viewer is a socket; the rest is for hosts, files and requests.
fn open_files(limit: Option<u64>, config: &Config) -> Finding {
    let wanted = (config.limits.viewers_per_room * config.rooms.len()) as u64 + 256;
    match limit {
        Some(limit) if limit < wanted => Finding::warning(
            format!("{limit} open files allowed, {wanted} wanted for all viewers that the rooms may have"),
            "raise it: `ulimit -n`, or LimitNOFILE in the systemd unit",
        ),
        Some(limit) => Finding::good(format!("{limit} open files allowed")),
        None => Finding::good("no limit on open files"),
    }
}

fn model_files(config: &Config, models: &Path) -> Vec<Finding> {
    let store = Store::new(models);
    let named = [config.whisper.as_str(), "silero"].map(|name| match spec::find(name) {
        Some(spec) if store.found(spec).is_some() => Finding::good(format!("the model {name} is there")),
        Some(spec) => Finding::warning(
            format!("the model {name} is not in {} ({} MB)", models.display(), spec.bytes() / 1_000_000),
            format!("`tradewind models fetch {name}`, or let `serve` fetch it when it starts"),
        ),
        None if Path::new(name).is_file() => Finding::good(format!("the model file {name} is there")),
        None => Finding::bad(
            format!("the model file {name} is not there"),
            "name one of `tradewind models list` in models.whisper, or a file that is there",
        ),
    });
    named.into()
}

fn gguf_file(config: &Config, models: &Path) -> Option<PathBuf> {
    let settings = &config.translate.gguf;
    let file = match spec::find(&settings.model) {
        Some(spec) => Store::new(models).found(spec),
        None => Some(PathBuf::from(&settings.model)),
    };
    file.filter(|file| settings.enabled && file.is_file())
}

fn free_disk(of: &str, folder: &Path, free: Option<u64>, wanted: u64) -> Finding {
    let place = folder.display();
    match free {
        Some(free) if free < wanted => Finding::warning(
            format!("{} of disk free for {of} in {place}", gib(free)),
            format!("make room: {} is little", gib(free)),
        ),
        Some(free) => Finding::good(format!("{} of disk free for {of}", gib(free))),
        None => Finding::warning(
            format!("the disk of {place} cannot be looked at"),
            "does the folder's parent exist?",
        ),
    }
}

fn record(config: &Config, free: Option<u64>) -> Vec<Finding> {
    let Some(dir) = &config.record.dir else {
        return vec![Finding::warning(
            "nothing is kept on disk: the catalogue as it was changed, questions and reservations go with the process",
            "name a folder in [record] dir",
        )];
    };
    let space = free_disk("the record", dir, free, GIB);
    let kept = std::fs::create_dir_all(dir).and_then(|()| tempfile::NamedTempFile::new_in(dir));
    let writable = match kept {
        Ok(_) => Finding::good(format!("the record in {} can be written", dir.display())),
        Err(error) => Finding::bad(
            format!("the record in {} cannot be written: {error}", dir.display()),
            "give the folder to the user that runs the gateway",
        ),
    };
    vec![writable, space]
}

/// What is missing is no fault: the languages fall back, and say so.
async fn engines(config: &Config, models: &Path) -> Vec<Finding> {
    let packs = match &config.packs_dir {
        Some(dir) => Packs::from_dir(dir),
        None => Packs::builtin(),
    };
    let packs = match packs {
        Ok(packs) => Arc::new(packs),
        Err(error) => return vec![Finding::bad(format!("{error:#}"), "run `tradewind packs check`")],
    };
    // Not started for this: it takes 2 GB and seconds.
    let mut settings = config.translate.clone();
    settings.gguf.enabled = false;
    let mut found = Vec::new();
    match app::translators(&settings, &packs, models) {
        Ok(started) => {
            found.extend(
                started.engines.iter().map(|engine| Finding::good(format!("engine {}", engine.name()))),
            );
            let missing = started.missing.iter().filter(|(name, _)| **name != "gguf");
            found.extend(
                missing.map(|(name, lacks)| Finding::warning(format!("no engine {name}"), lacks.clone())),
            );
        }
        Err(error) => {
            found.push(Finding::bad(format!("{error:#}"), "put its settings right, or take them out"));
        }
    }
    if config.translate.gguf.enabled {
        found.push(match gguf_file(config, models) {
            Some(_) => Finding::good("engine gguf"),
            None => Finding::warning("no engine gguf", "`tradewind models fetch qwen` (1.1 GB)"),
        });
    }
    found
}

fn print(found: &[Finding], out: &mut impl Write) -> io::Result<()> {
    for finding in found {
        let mark = match finding.state {
            State::Good => "ok",
            State::Warning => "look",
            State::Bad => "BAD",
        };
        writeln!(out, "{mark:<5} {}", finding.what)?;
        if let Some(advice) = &finding.advice {
            writeln!(out, "      → {advice}")?;
        }
    }
    let count = |state| found.iter().filter(|finding| finding.state == state).count();
    writeln!(out, "{} to repair, {} to look at", count(State::Bad), count(State::Warning))
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn gib(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / GIB as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(&path).unwrap()
    }

    fn small() -> Config {
        config("listen = \"127.0.0.1:0\"\nauth = \"off\"\n[transcribe]\nworkers = 2\n")
    }

    #[test]
    fn a_thread_too_many_and_a_clock_that_stands_are_bad() {
        assert_eq!(cores(2, &small()).state, State::Good);
        assert_eq!(cores(1, &small()).state, State::Bad);
        assert_eq!(clock(1970).state, State::Bad);
        assert_eq!(clock(BUILT_IN_YEAR).state, State::Good);
    }

    #[test]
    fn fewer_files_than_viewers_are_a_warning() {
        let config = small();
        let wanted = open_files(Some(1_024), &config);
        assert_eq!(wanted.state, State::Good, "no room, no viewers");
        let config = self::config(
            "listen = \"127.0.0.1:0\"\nauth = \"off\"\n[[rooms]]\nid = \"a\"\ntitle = \"A\"\nsource_lang = \"zh\"\n",
        );
        assert_eq!(open_files(Some(1_024), &config).state, State::Warning);
        assert_eq!(open_files(None, &config).state, State::Good);
    }

    #[test]
    fn a_model_that_is_missing_names_the_command_that_fetches_it() {
        let folder = tempfile::tempdir().unwrap();
        let found = model_files(&small(), folder.path());
        assert!(found.iter().all(|finding| finding.state == State::Warning));
        assert!(found[0].advice.as_ref().unwrap().contains("models fetch base"));
    }

    #[test]
    fn a_record_that_cannot_be_written_is_bad() {
        let folder = tempfile::tempdir().unwrap();
        // A file where the folder should be: not even root can make a folder of it.
        let path = folder.path().join("record");
        std::fs::write(&path, "").unwrap();
        let mut config = small();
        config.record.dir = Some(path);
        assert_eq!(record(&config, Some(10 * GIB))[0].state, State::Bad);
        config.record.dir = Some(folder.path().to_owned());
        assert!(record(&config, Some(10 * GIB)).iter().all(|finding| finding.state == State::Good));
    }
}

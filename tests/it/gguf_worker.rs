//! The language model's process with a real model: as it is spoken to, and as the engine keeps it.
#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tradewind::domain::Lang;
use tradewind::models::{Silent, Store, default_dir, spec};
use tradewind::translate::gguf::{Gguf, GgufSettings};
use tradewind::translate::{Readiness, Request, Translator};

/// The model's file, fetched (249 MB) where it is missing.
fn gemma() -> PathBuf {
    let folder = default_dir(|name| std::env::var_os(name)).unwrap();
    Store::new(folder).ensure(spec::find("gemma3-270m").unwrap(), &mut Silent).unwrap()
}

fn start(model: &Path, threads: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_tradewind"))
        .args(["gguf-worker", "--context", "256", "--model"])
        .arg(model)
        .env("CANDLE_NUM_THREADS", threads)
        .env("RAYON_NUM_THREADS", threads)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn it_computes_on_one_thread_at_low_priority_and_ends_with_its_input() {
    let model = gemma();
    let mut child = start(&model, "1");
    let mut input = child.stdin.take().unwrap();
    let mut reports = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(reports.next().unwrap().unwrap(), "\"ready\"");
    for id in 1..=2 {
        let task = r#""system":"Translate.","user":"好","han":false,"max_tokens":8,"within_ms":60000"#;
        writeln!(input, r#"{{"write":{{"id":{id},{task}}}}}"#).unwrap();
    }
    let ended: Vec<String> = (0..2).map(|_| reports.next().unwrap().unwrap()).collect();
    for id in 1..=2 {
        assert!(ended.iter().any(|line| line.starts_with(&format!(r#"{{"done":{{"id":{id},"#))), "{ended:?}");
    }
    assert!(ended.iter().all(|line| !line.contains("failed")), "{ended:?}");
    // One computes, one reads the input.
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    assert!(status.lines().any(|line| line == "Threads:\t2"), "{status}");
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let nice = stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap();
    assert!(nice.parse::<i32>().unwrap() >= 10, "{nice}");
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_refuses_to_run_on_more_threads() {
    // Whatever the model: this is looked at first.
    let mut child = start("/no/such/model".as_ref(), "3");
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!child.wait().unwrap().success());
    assert!(said.contains("CANDLE_NUM_THREADS must be 1"), "{said}");
}

#[test]
fn a_file_that_is_no_model_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.gguf");
    std::fs::write(&file, b"GGUF\x03\0\0\0nonsense").unwrap();
    let mut child = start(&file, "1");
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!child.wait().unwrap().success());
    assert!(said.contains("cannot be loaded"), "{said}");
}

#[tokio::test]
async fn the_engine_starts_its_process_again_when_it_dies_and_ends_it_with_itself() {
    // By this name it is found among the processes.
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("own.gguf");
    std::os::unix::fs::symlink(gemma(), &model).unwrap();
    let lang = |tag: &str| Lang::parse(tag).unwrap();
    let engine = Gguf::start(GgufSettings {
        child: (env!("CARGO_BIN_EXE_tradewind").into(), vec!["gguf-worker".into()]),
        time_limit: Duration::from_secs(120),
        ..GgufSettings::new(model.clone(), vec![lang("en")]).unwrap()
    });
    until(|| engine.readiness() == Readiness::Ready).await;
    let first = processes(&model);
    assert_eq!(first.len(), 1);

    let request = Request {
        text: "七天内发货".into(),
        source: lang("zh"),
        target: lang("en"),
        is_final: true,
        products: Arc::new([]),
        context: Vec::new(),
        glossary: Arc::default(),
    };
    // A base model babbles: what counts is that there is an end.
    engine.translate(&request).await.unwrap();

    assert!(Command::new("kill").args(["-9", &first[0]]).status().unwrap().success());
    until(|| engine.readiness() != Readiness::Ready).await;
    until(|| engine.readiness() == Readiness::Ready).await;
    let second = processes(&model);
    assert!(second.len() == 1 && second != first, "{second:?}");
    engine.translate(&Request { text: "包邮".into(), ..request }).await.unwrap();

    drop(engine);
    until(|| processes(&model).is_empty()).await;
}

/// A test that hangs here has failed.
async fn until(holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(180), wait).await.unwrap();
}

/// The numbers of the processes that were started with this file.
fn processes(model: &Path) -> Vec<String> {
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let ours = all.filter(|entry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(&*model.to_string_lossy())
    });
    ours.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

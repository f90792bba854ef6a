//! The child as the gateway starts it, with a real model.
#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tradewind::models::{Silent, Store, default_dir, spec};

/// The model's file, fetched (249 MB) where it is missing.
fn gemma() -> PathBuf {
    let folder = default_dir(|name| std::env::var_os(name)).unwrap();
    Store::new(folder).ensure(spec::find("gemma3-270m").unwrap(), &mut Silent).unwrap()
}

fn start(model: &std::path::Path, threads: &str) -> Child {
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

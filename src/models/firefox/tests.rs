//! A hosting of our own on a loopback address, in the form of Mozilla's. What is in the files does not matter here.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::*;
use crate::models::progress::Silent;

/// Serves what it has until the process ends, and notes what was asked for.
struct Server {
    hosting: Hosting,
    files: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let files: Arc<Mutex<HashMap<String, Vec<u8>>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (served, noted) = (Arc::clone(&files), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                let path = lines
                    .next()
                    .and_then(|line| Some(line.split(' ').nth(1)?.to_owned()))
                    .unwrap_or_default();
                lines.take_while(|line| !line.is_empty()).for_each(drop);
                let body = served.lock().unwrap().get(&path).cloned();
                noted.lock().unwrap().push(path);
                let (status, body) = body.map_or(("404 Not Found", Vec::new()), |body| ("200 OK", body));
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let mut stream = stream;
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
            }
        });
        let hosting = Hosting {
            records: format!("http://{address}/records"),
            attachments: format!("http://{address}/files/"),
        };
        Self { hosting, files, asked }
    }

    fn offer(&self, records: &[Value]) {
        self.put("/records", json!({ "data": records }).to_string().as_bytes());
    }

    fn put(&self, path: &str, body: &[u8]) {
        self.files.lock().unwrap().insert(path.into(), body.to_vec());
    }

    /// A record for the file, which is put where the record says.
    fn file(&self, kind: &str, (from, to): (&str, &str), version: &str, body: &[u8]) -> Value {
        let packed = compress_to_vec(body, CompressionLevel::Fastest);
        let location = format!("main-workspace/translations-models-v2/{}.zst", &sum(&packed)[..12]);
        self.put(&format!("/files/{location}"), &packed);
        json!({
            "name": format!("{kind}.{from}{to}.bin"), "version": version, "fileType": kind, "architecture": "base-memory",
            "sourceLanguage": from, "targetLanguage": to,
            "decompressedHash": sum(body), "decompressedSize": body.len(),
            "attachment": { "hash": sum(&packed), "size": packed.len(), "filename": "x", "location": location,
                "mimetype": "application/zstd" },
            "filter_expression": "", "id": "0", "last_modified": 1, "schema": 2,
        })
    }
}

const ES: (&str, &str) = ("en", "es");

fn sum(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn pair(text: &str) -> Pair {
    Pair::parse(text).unwrap()
}

fn get(dir: &Path, wanted: &str, server: &Server) -> Result<Installed, FirefoxModelError> {
    fetch(dir, &pair(wanted), &server.hosting, &|_| Ok(()), &mut Silent)
}

#[test]
fn pairs_are_read_as_folders_and_as_files_write_them() {
    for (text, from, to) in
        [("en-es", "en", "es"), ("zh-Hans-en", "zh-Hans", "en"), ("enpt", "en", "pt"), ("zhen", "zh", "en")]
    {
        assert_eq!(Pair::parse(text), Pair::new(from, to), "{text}");
        assert!(Pair::parse(text).is_some());
    }
    for bad in
        ["", "en", "es-fr", "en-en", "enen", "en-../x", "../x-en", "en-e", ".en-es", "en-es/", "es-fr-en-x"]
    {
        assert_eq!(Pair::parse(bad), None, "{bad}");
    }
}

#[test]
fn a_model_is_fetched_checked_and_not_fetched_twice() {
    let (dir, server) = (TempDir::new().unwrap(), Server::start());
    let big = vec![7; 300_000];
    server.offer(&[server.file("model", ES, "3.0", &big), server.file("vocab", ES, "3.0", b"words")]);
    assert_eq!(offered(&server.hosting).unwrap(), [pair("en-es")]);
    let model = get(dir.path(), "en-es", &server).unwrap();
    assert_eq!(fs::read(&model.model).unwrap(), big);
    assert_eq!(
        (fs::read(&model.source_vocab).unwrap().as_slice(), &model.source_vocab),
        (&b"words"[..], &model.target_vocab)
    );
    assert_eq!(installed(dir.path()).unwrap(), std::slice::from_ref(&model));
    assert_eq!(verify(&model).map_err(|e| e.to_string()), Ok(()));
    let left: Vec<_> =
        fs::read_dir(model.model.parent().unwrap()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");

    server.asked.lock().unwrap().clear();
    assert_eq!(get(dir.path(), "en-es", &server).unwrap(), model);
    assert_eq!(*server.asked.lock().unwrap(), ["/records"]);

    // A newer one takes its place.
    let next = server.file("model", ES, "3.1", b"newer");
    server.offer(&[server.file("model", ES, "3.0", &big), next, server.file("vocab", ES, "3.1", b"words")]);
    assert_eq!(fs::read(get(dir.path(), "en-es", &server).unwrap().model).unwrap(), b"newer");
}

#[test]
fn the_parts_of_a_model_belong_together() {
    let server = Server::start();
    let zh = ("zh-Hans", "en");
    let mut tiny = server.file("model", ES, "3.0", b"larger than the stable one");
    tiny["architecture"] = json!("tiny");
    let mut evil = server.file("model", ES, "3.9", b"evil");
    evil["name"] = json!("model./../../evil");
    server.offer(&[
        server.file("model", ES, "3.0", b"stable"),
        server.file("vocab", ES, "3.0", b"stable words"),
        // No vocabulary of its own, twice; another form; an alpha; a name that leads elsewhere; no record at all.
        tiny,
        server.file("model", ES, "3.1", b"newer"),
        server.file("model", ES, "4.0", b"other form"),
        server.file("vocab", ES, "4.0", b"other form"),
        server.file("model", ES, "3.5a1", b"alpha"),
        server.file("vocab", ES, "3.5a1", b"alpha"),
        evil,
        json!("nonsense"),
        server.file("model", zh, "3.0", b"chinese"),
        server.file("srcvocab", zh, "3.0", b"from"),
        server.file("trgvocab", zh, "3.0", b"to"),
        server.file("model", ("en", "ru"), "3.0", b"alone"),
    ]);
    let dir = TempDir::new().unwrap();
    assert_eq!(fs::read(get(dir.path(), "en-es", &server).unwrap().model).unwrap(), b"stable");
    // What the settings call zh is tagged with its script.
    let chinese = get(dir.path(), "zh-en", &server).unwrap();
    assert_eq!(
        (chinese.pair.to_string().as_str(), fs::read(&chinese.target_vocab).unwrap()),
        ("zh-Hans-en", b"to".to_vec())
    );
    let error = get(dir.path(), "en-ru", &server).unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no Firefox model for en-ru that this version can use; offered are en-es, zh-Hans-en"
    );
}

#[test]
fn what_goes_wrong_is_one_sentence_and_leaves_nothing_behind() {
    let (dir, server) = (TempDir::new().unwrap(), Server::start());
    let model = server.file("model", ES, "3.0", b"model");
    let vocab = server.file("vocab", ES, "3.0", b"words");
    let with = |field: &str, value: Value| {
        let mut changed = model.clone();
        match field.split_once('.') {
            Some((outer, inner)) => changed[outer][inner] = value,
            None => changed[field] = value,
        }
        changed
    };
    let zeros = "0".repeat(64);
    for (record, word) in [
        (with("attachment.location", json!("gone.zst")), "404"),
        (with("attachment.hash", json!(zeros)), "which is not the expected one"),
        (with("attachment.size", json!(5)), "bytes came where 5 belong"),
        (with("decompressedHash", json!(zeros)), "could not be unpacked"),
        (with("decompressedSize", json!(4)), "could not be unpacked"),
    ] {
        server.offer(&[record, vocab.clone()]);
        let error = get(dir.path(), "en-es", &server).unwrap_err().to_string();
        assert!(error.contains(word) && error.contains("model.enes.bin") && !error.contains('\n'), "{error}");
        assert_eq!(installed(dir.path()).unwrap(), []);
    }
    server.offer(&[model, vocab]);
    let refused =
        fetch(dir.path(), &pair("en-es"), &server.hosting, &|_| Err("it is odd".into()), &mut Silent);
    assert_eq!(refused.unwrap_err().to_string(), "the files for en-es cannot be used: it is odd");
    let left = fs::read_dir(dir.path().join("firefox")).unwrap().flatten().map(|entry| entry.file_name());
    assert_eq!(left.collect::<Vec<_>>(), [".en-es.lock"]);

    server.put("/records", b"<html>please log in</html>");
    assert!(get(dir.path(), "en-es", &server).unwrap_err().to_string().contains("cannot be read"));
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = Hosting { records: format!("http://{nobody}/records"), ..Hosting::default() };
    let error = offered(&nowhere).unwrap_err().to_string();
    assert!(
        error.starts_with("the list of Firefox models could not be fetched from http://127.0.0.1:"),
        "{error}"
    );
    assert!(error.ends_with("run `tradewind models import FOLDER`"), "{error}");
}

#[test]
fn a_folder_is_imported_whole_and_again_in_place_of_itself() {
    let (dir, from) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let put = |name: &str, body: &str| fs::write(from.path().join(name), body).unwrap();
    let take =
        |pair| import(dir.path(), from.path(), pair, &|_| Ok(()), &mut Silent).map_err(|e| e.to_string());
    assert!(take(None).unwrap_err().ends_with("has no model.*.bin"));
    put("model.zhen.intgemm.alphas.bin", "one");
    assert!(take(None).unwrap_err().contains("has no vocab.*.spm"));
    put("srcvocab.zhen.spm", "from");
    assert!(take(None).unwrap_err().ends_with("has no trgvocab.*.spm"));
    put("trgvocab.zhen.spm", "to");
    put("lex.50.50.zhen.s2t.bin", "list");
    let model = take(None).unwrap();
    assert_eq!((model.pair.from(), model.pair.to()), ("zh", "en"));
    let sums = fs::read_to_string(model.model.with_file_name("SHA256SUMS")).unwrap();
    assert!(
        sums.contains(&format!("{}  model.zhen.intgemm.alphas.bin\n", sum(b"one")))
            && sums.lines().count() == 3
    );

    put("model.zhen.intgemm.alphas.bin", "two");
    assert_eq!(fs::read(take(Some(pair("zh-Hant-en"))).unwrap().model).unwrap(), b"two");
    assert_eq!(fs::read(&model.model).unwrap(), b"one");
    assert_eq!(fs::read(take(None).unwrap().model).unwrap(), b"two");
    assert_eq!(installed(dir.path()).unwrap().len(), 2);

    fs::write(&model.model, "damage").unwrap();
    assert!(verify(&model).unwrap_err().to_string().contains("is not as it was installed"));
    fs::remove_file(&model.model).unwrap();
    assert!(installed(dir.path()).unwrap_err().to_string().contains("it is missing"));

    put("model.enzh.bin", "other");
    assert!(take(None).unwrap_err().contains("more than one model"));
    fs::remove_file(from.path().join("model.enzh.bin")).unwrap();
    fs::rename(from.path().join("model.zhen.intgemm.alphas.bin"), from.path().join("model.bin")).unwrap();
    assert!(take(None).unwrap_err().contains("name them, such as en-es"));
}

/// The list and the files of Mozilla's hosting as they are today; `cargo test -- --ignored` where it can be reached.
#[test]
#[ignore = "needs the internet"]
fn mozilla_offers_what_is_read_here() {
    let offered = offered(&Hosting::default()).unwrap();
    assert!(
        offered.contains(&pair("en-es")) && offered.iter().any(|pair| pair.from().starts_with("zh")),
        "{offered:?}"
    );
}

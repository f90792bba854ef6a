use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::models::progress::Silent;
use crate::models::spec::{Origin, Role};

/// A folder of a test's own, removed at its end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tradewind-models-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// sha256 of "abc" and of "xyz".
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const XYZ: &str = "3608bca1e44ea6c4d268eb6db02260269892c0b42b86bbf1e77a6fa16c3c9282";

const SPEC: ModelSpec = ModelSpec {
    name: "test",
    role: Role::Recognition,
    file: "test.bin",
    sources: &[
        Source { origin: Origin::Upstream { url: "https://first.invalid/test.bin" }, bytes: 3, sha256: ABC },
        Source { origin: Origin::Upstream { url: "https://second.invalid/test.bin" }, bytes: 3, sha256: XYZ },
    ],
};

/// Serves the answers one after another and counts how often it was asked.
fn serve(
    answers: &[Result<&'static str, io::ErrorKind>],
    store: &Store,
) -> (Result<PathBuf, ModelError>, usize) {
    let (mut answers, mut asked) = (answers.iter(), 0);
    let result = store.ensure_by(&SPEC, &mut Silent, &mut |_, _, work, partial, _| {
        asked += 1;
        assert!(fs::read_dir(work).unwrap().next().is_none(), "the work folder is empty");
        match answers.next().expect("another source is asked") {
            Ok(text) => fs::write(partial, text).map_err(SourceError::Disk),
            Err(kind) => Err(SourceError::Disk((*kind).into())),
        }
    });
    (result, asked)
}

#[test]
fn a_missing_file_is_fetched_and_a_checked_one_is_not() {
    let folder = Folder::new("fetched");
    let store = Store::new(folder.0.join("new"));
    let (path, asked) = serve(&[Ok("abc")], &store);
    assert_eq!((fs::read(path.unwrap()).unwrap().as_slice(), asked), (&b"abc"[..], 1));
    assert_eq!(serve(&[], &store).1, 0);
    let mut left: Vec<_> =
        fs::read_dir(store.dir()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["test.bin", "test.bin.checked", "test.bin.lock"]);
}

#[test]
fn the_second_source_serves_when_the_first_one_fails_or_lies() {
    for first in [Err(io::ErrorKind::TimedOut), Ok("???"), Ok("xyz")] {
        let folder = Folder::new("second");
        let store = Store::new(&folder.0);
        let (path, asked) = serve(&[first, Ok("xyz")], &store);
        assert_eq!((fs::read(path.unwrap()).unwrap().as_slice(), asked), (&b"xyz"[..], 2));
    }
}

#[test]
fn a_broken_file_is_fetched_again_even_when_it_was_good_before() {
    for broken in ["ab", "abd", ""] {
        let folder = Folder::new("broken");
        let store = Store::new(&folder.0);
        serve(&[Ok("abc")], &store).0.unwrap();
        fs::write(store.path(&SPEC), broken).unwrap();
        // A coarse clock could give both writes the same time.
        let file = fs::File::options().write(true).open(store.path(&SPEC)).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        let (path, asked) = serve(&[Ok("abc")], &store);
        assert_eq!((fs::read(path.unwrap()).unwrap().as_slice(), asked), (&b"abc"[..], 1), "{broken:?}");
    }
}

#[test]
fn a_file_put_there_by_hand_is_taken_without_fetching() {
    let folder = Folder::new("by-hand");
    let store = Store::new(&folder.0);
    fs::write(store.path(&SPEC), "xyz").unwrap();
    assert_eq!(serve(&[], &store).1, 0);
}

#[test]
fn the_failure_of_all_sources_says_what_was_tried_and_what_to_do() {
    let folder = Folder::new("unavailable");
    let store = Store::new(&folder.0);
    let error = serve(&[Err(io::ErrorKind::TimedOut), Ok("???")], &store).0.unwrap_err().to_string();
    let path = store.path(&SPEC);
    for part in
        ["first.invalid", "timed out", "second.invalid", "not the expected", ABC, path.to_str().unwrap()]
    {
        assert!(error.contains(part), "{part:?} is not in {error:?}");
    }
    assert!(!folder.0.join("test.bin.partial").exists() && !path.exists());
}

#[test]
fn a_full_disk_ends_the_search_and_is_named() {
    let folder = Folder::new("full");
    let store = Store::new(&folder.0);
    let (error, asked) = serve(&[Err(io::ErrorKind::StorageFull), Ok("xyz")], &store);
    assert!(matches!(error.unwrap_err(), ModelError::DiskFull { file: "test.bin", .. }));
    assert_eq!(asked, 1);
}

/// Passes on that its fetcher waits for another one.
struct Waits(mpsc::SyncSender<()>);

impl Progress for Waits {
    fn begin(&mut self, _what: &str, _bytes: u64) {}
    fn reached(&mut self, _bytes: u64) {}
    fn finish(&mut self) {}
    fn note(&mut self, _sentence: &str) {
        let _ = self.0.send(());
    }
}

#[test]
fn a_second_fetcher_waits_and_takes_what_the_first_one_got() {
    let folder = Folder::new("two");
    let store = &Store::new(&folder.0);
    let (started, second_may_start) = mpsc::sync_channel(1);
    let (waits, second_waits) = mpsc::sync_channel(8);
    std::thread::scope(|scope| {
        let first = scope.spawn(move || {
            store.ensure_by(&SPEC, &mut Silent, &mut |_, _, _, partial, _| {
                started.send(()).unwrap();
                second_waits.recv_timeout(Duration::from_secs(20)).unwrap();
                fs::write(partial, "abc").map_err(SourceError::Disk)
            })
        });
        second_may_start.recv_timeout(Duration::from_secs(20)).unwrap();
        let second = store.ensure_by(&SPEC, &mut Waits(waits), &mut |_, _, _, _, _| panic!("fetched twice"));
        assert_eq!(first.join().unwrap().unwrap(), second.unwrap());
    });
}

#[test]
fn the_list_tells_missing_from_broken() {
    let folder = Folder::new("list");
    let store = Store::new(&folder.0);
    fs::write(folder.0.join("ggml-base.bin"), "half a model").unwrap();
    let list = store.list().unwrap();
    let state = |name: &str| list.iter().find(|status| status.spec.name == name).unwrap().state.clone();
    assert_eq!(state("base"), State::Broken { why: "12 bytes instead of 147951465".to_owned() });
    assert_eq!(state("silero"), State::Missing);
}

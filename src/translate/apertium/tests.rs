//! The engine with pipelines of our own that are slow, dead, wrong and talkative. The real Apertium is in
//! `tests/it/apertium.rs`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::*;

/// A root whose only pair is Spanish to Galician, by the program `tests/data/apertium/stage.sh`.
struct Fake {
    root: tempfile::TempDir,
}

impl Fake {
    fn new(behaviour: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let bin = root.path().join("usr/bin");
        let modes = root.path().join("usr/share/apertium/modes");
        std::fs::create_dir_all(&bin).unwrap();
        std::fs::create_dir_all(&modes).unwrap();
        let stage = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/apertium/stage.sh");
        // A link and not a copy: a file that another thread's child still has open for writing cannot be run.
        std::os::unix::fs::symlink(stage, bin.join("lt-proc")).unwrap();
        std::fs::write(root.path().join("started"), "").unwrap();
        std::fs::write(modes.join("es-gl.mode"), format!("lt-proc {behaviour} /started")).unwrap();
        Self { root }
    }

    /// With a time limit that a busy machine keeps.
    fn engine(&self, queue: usize) -> Apertium {
        self.impatient(queue, Duration::from_secs(20))
    }

    fn impatient(&self, queue: usize, time_limit: Duration) -> Apertium {
        let settings = ApertiumSettings { root: self.root.path().to_owned(), time_limit, queue };
        Apertium::find(&settings, &Arc::new(Packs::builtin().unwrap())).unwrap()
    }

    /// Processes that were started, the latest last.
    fn started(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.root.path().join("started")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }
}

fn request(text: &str) -> Request {
    Request {
        text: text.into(),
        source: Lang::parse("es").unwrap(),
        target: Lang::parse("gl").unwrap(),
        is_final: true,
        products: Arc::new([]),
        context: Vec::new(),
        glossary: Arc::default(),
    }
}

async fn say(engine: &Apertium, text: &str) -> Result<Option<String>, String> {
    let said = engine.translate(&request(text)).await;
    said.map(|draft| draft.map(|draft| draft.text)).map_err(|error| error.to_string())
}

async fn until_gone(process: &str) {
    let gone = async {
        while std::fs::read_to_string(format!("/proc/{process}/stat"))
            .is_ok_and(|stat| !stat.contains(") Z "))
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap();
}

#[tokio::test]
async fn one_pipeline_answers_many_times_and_ends_with_the_engine() {
    let fake = Fake::new("echo");
    let engine = fake.engine(8);
    for n in 0..20 {
        let text = format!("Prezo {n}: USD 1,280.50 (T/T) [a] 7 días.");
        let shown = text.replace("1,280.50", "1\u{a0}280,50");
        assert_eq!(say(&engine, &text).await, Ok(Some(shown)));
    }
    let [process] = fake.started().try_into().unwrap();
    drop(engine);
    until_gone(&process).await;
}

#[tokio::test]
async fn one_that_died_meanwhile_is_replaced_unseen() {
    let fake = Fake::new("once");
    let engine = fake.engine(8);
    for _ in 0..3 {
        assert_eq!(say(&engine, "ola").await, Ok(Some("ola".into())));
        until_gone(fake.started().last().unwrap()).await;
    }
    assert_eq!(fake.started().len(), 3);
}

#[tokio::test]
async fn one_that_does_not_start_is_left_alone_for_a_while() {
    let fake = Fake::new("dead");
    let engine = fake.engine(8);
    let error = say(&engine, "ola").await.unwrap_err();
    assert!(error.contains("es-gl") && error.contains("lt-proc has ended (exit status: 3)"), "{error}");
    let tried = fake.started().len();
    assert_eq!(tried, 2);
    for _ in 0..5 {
        assert!(say(&engine, "ola").await.unwrap_err().contains("being restarted"));
    }
    assert_eq!(fake.started().len(), tried);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(say(&engine, "ola").await.unwrap_err().contains("has ended"));
}

#[tokio::test]
async fn one_that_hangs_is_killed_and_the_next_sentence_gets_another() {
    let fake = Fake::new("hangs");
    let engine = fake.impatient(8, Duration::from_secs(2));
    assert_eq!(say(&engine, "ola").await, Ok(Some("ola".into())));
    assert!(say(&engine, "isto cuelga").await.unwrap_err().contains("in time"));
    until_gone(&fake.started()[0]).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(say(&engine, "ola outra vez").await, Ok(Some("ola outra vez".into())));
    assert_eq!(fake.started().len(), 2);
}

#[tokio::test]
async fn what_is_no_answer_to_the_question_is_never_shown() {
    for (behaviour, why) in
        [("stale", "something else"), ("two", "something else"), ("flood", "more than such a text")]
    {
        let fake = Fake::new(behaviour);
        let engine = fake.engine(8);
        let error = say(&engine, "ola").await.unwrap_err();
        assert!(error.contains(why), "{behaviour}: {error}");
        until_gone(&fake.started()[0]).await;
    }
}

#[tokio::test]
async fn unknown_words_and_texts_that_look_like_marks_are_declined() {
    let fake = Fake::new("marks");
    let engine = fake.engine(8);
    assert_eq!(say(&engine, "ola").await, Ok(None));
    assert_eq!(say(&engine, "2 * 3").await, Ok(None));
    let french = Request { target: Lang::parse("fr").unwrap(), ..request("hola") };
    assert_eq!(engine.translate(&french).await.unwrap(), None);
}

#[tokio::test]
async fn more_than_the_queue_holds_is_turned_away_and_the_rest_is_answered() {
    let fake = Fake::new("slow");
    let engine = fake.engine(2);
    assert_eq!(say(&engine, "primeiro").await, Ok(Some("primeiro".into())));
    let said = futures_util::future::join_all((0..8).map(|_| say(&engine, "ola"))).await;
    let answered = said.iter().filter(|one| **one == Ok(Some("ola".into()))).count();
    let refused = said.iter().filter_map(|one| one.as_ref().err());
    assert!(refused.clone().all(|error| error.contains("too many sentences wait")), "{said:?}");
    assert_eq!(answered + refused.count(), 8);
    assert_eq!(answered, 2, "{said:?}");
}

#[tokio::test]
async fn one_that_nobody_asks_is_ended_until_it_is_needed_again() {
    let fake = Fake::new("echo");
    let mode = fake.engine(8).pairs.remove(0).mode;
    let (jobs, waiting) = mpsc::channel(8);
    let worker =
        crate::spawn_joined(worker::work(mode, Duration::from_secs(20), Duration::from_millis(50), waiting));
    for n in 1..=2 {
        let (answer, answered) = oneshot::channel();
        jobs.send(Job { text: "ola".into(), answer }).await.unwrap();
        assert_eq!(answered.await.unwrap().unwrap(), "ola");
        assert_eq!(fake.started().len(), n);
        until_gone(fake.started().last().unwrap()).await;
    }
    drop(jobs);
    worker.await.unwrap();
}

//! The queue's order, with a recogniser that repeats what the context says and waits for a gate.

use std::sync::mpsc;

use super::*;
use crate::domain::Lang;
use crate::transcribe::Pass;

struct Echo {
    gate: Arc<Mutex<mpsc::Receiver<()>>>,
    order: Arc<Mutex<Vec<String>>>,
}

impl Transcriber for Echo {
    fn transcribe(&mut self, ask: &Ask, until: &Until) -> Result<Hypothesis, TranscribeError> {
        if ask.context == "hang" {
            while !until.is_over() {
                std::thread::yield_now();
            }
            return Err(TranscribeError::Failed("whatever it says then".into()));
        }
        self.gate.lock().recv().ok();
        assert!(ask.context != "panic", "asked to");
        self.order.lock().push(ask.context.clone());
        let lang = ask.langs[0].clone();
        Ok(Hypothesis { text: ask.context.clone(), lang, tokens: vec![], no_speech: 0.0 })
    }
}

struct Bench {
    pool: Pool,
    open: mpsc::SyncSender<()>,
    order: Arc<Mutex<Vec<String>>>,
}

fn bench(workers: usize) -> Bench {
    bench_with(workers, Patience::default())
}

fn bench_with(workers: usize, patience: Patience) -> Bench {
    let (open, gate) = mpsc::sync_channel(16);
    let (gate, order) = (Arc::new(Mutex::new(gate)), Arc::new(Mutex::new(Vec::new())));
    let (g, o) = (Arc::clone(&gate), Arc::clone(&order));
    let make =
        move || Ok(Box::new(Echo { gate: Arc::clone(&g), order: Arc::clone(&o) }) as Box<dyn Transcriber>);
    Bench { pool: Pool::start_with(workers, Arc::new(make), patience).unwrap(), open, order }
}

impl Bench {
    fn ask(&self, room: &str, name: &str, is_final: bool) -> Reply {
        let ask = Ask {
            audio: vec![0.0; 160].into(),
            langs: vec![Lang::parse("zh").unwrap()].into(),
            context: name.into(),
            pass: if is_final { Pass::Final } else { Pass::Partial },
        };
        self.pool.submit(RoomId::parse(room).unwrap(), ask)
    }

    fn open(&self, times: usize) {
        (0..times).for_each(|_| self.open.send(()).unwrap());
    }
}

/// Waits until the single worker has taken what is queued.
fn taken(bench: &Bench) {
    while bench.pool.waiting() > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn finals_go_before_partials_and_only_the_latest_partial_of_a_room_is_computed() {
    let b = bench(1);
    let first = b.ask("a", "running", false);
    taken(&b);
    let old = b.ask("a", "old", false);
    let new = b.ask("a", "new", false);
    let other = b.ask("b", "other", false);
    let last = b.ask("a", "final", true);
    assert!(matches!(old.blocking_recv().unwrap(), Err(TranscribeError::Superseded)));
    b.open(4);
    for reply in [first, new, other, last] {
        reply.blocking_recv().unwrap().unwrap();
    }
    assert_eq!(*b.order.lock(), ["running", "final", "new", "other"]);
}

#[test]
fn one_worker_of_two_stays_free_for_finals() {
    let b = bench(2);
    let _one = b.ask("a", "partial a", false);
    let _two = b.ask("b", "partial b", false);
    while b.pool.waiting() > 1 {
        std::thread::yield_now();
    }
    let last = b.ask("a", "final", true);
    while b.pool.waiting() > 1 {
        std::thread::yield_now();
    }
    assert_eq!(b.pool.waiting(), 1, "the second partial waits, the final does not");
    b.open(3);
    last.blocking_recv().unwrap().unwrap();
}

#[test]
fn a_crash_costs_one_utterance_and_not_the_worker() {
    let b = bench(1);
    let bad = b.ask("a", "panic", true);
    let good = b.ask("b", "good", true);
    b.open(2);
    assert!(matches!(bad.blocking_recv().unwrap(), Err(TranscribeError::Crashed)));
    assert_eq!(good.blocking_recv().unwrap().unwrap().hypothesis.text, "good");
}

#[test]
fn stopping_finishes_finals_and_answers_everybody() {
    let b = bench(1);
    let running = b.ask("a", "final", true);
    let partial = b.ask("a", "partial", false);
    std::thread::scope(|scope| {
        scope.spawn(|| b.pool.stop());
        assert!(partial.blocking_recv().unwrap().is_err());
        // Only now: a worker that is done earlier would take the partial.
        b.open(1);
    });
    assert!(running.blocking_recv().unwrap().is_ok());
    assert!(matches!(b.ask("a", "late", true).blocking_recv().unwrap(), Err(TranscribeError::Stopped)));
}

/// Gives up each pass after 300 ms.
fn impatient(grace_ms: u64) -> Patience {
    let [limit, grace] = [300, grace_ms].map(Duration::from_millis);
    Patience { shortest: limit, longest: limit, grace }
}

#[test]
fn a_pass_that_takes_far_too_long_is_interrupted_and_told_and_the_next_one_is_done() {
    let b = bench_with(1, impatient(60_000));
    let stuck = b.ask("a", "hang", true);
    let good = b.ask("b", "good", true);
    b.open(1);
    assert!(matches!(stuck.blocking_recv().unwrap(), Err(TranscribeError::GaveUp)));
    assert_eq!(good.blocking_recv().unwrap().unwrap().hypothesis.text, "good");
    assert!(b.pool.trouble().unwrap().contains("interrupted (in the last 5 minutes: 1)"));
    assert_eq!(b.pool.working(), 1);
}

#[test]
fn who_asks_a_recogniser_that_does_not_notice_is_answered_and_the_worker_takes_up_when_it_is_back() {
    let b = bench_with(1, impatient(300));
    // It waits at the gate and looks at nothing.
    let (stuck, behind) = (b.ask("a", "deaf", true), b.ask("b", "behind", true));
    assert!(matches!(stuck.blocking_recv().unwrap(), Err(TranscribeError::GaveUp)));
    assert!(matches!(behind.blocking_recv().unwrap(), Err(TranscribeError::Down)));
    assert_eq!(b.pool.working(), 0);
    assert!(b.pool.trouble().unwrap().contains("1 of 1 recognisers do not answer"));
    assert!(matches!(b.ask("a", "late", true).blocking_recv().unwrap(), Err(TranscribeError::Down)));
    b.open(1);
    while b.pool.working() == 0 {
        std::thread::yield_now();
    }
    b.open(1);
    assert_eq!(b.ask("a", "good", true).blocking_recv().unwrap().unwrap().hypothesis.text, "good");
}

#[test]
fn the_end_waits_for_no_recogniser_that_hangs() {
    let b = bench(2);
    let (stuck, heeding) = (b.ask("a", "deaf", true), b.ask("b", "hang", true));
    taken(&b);
    let waiting = b.ask("c", "behind", true);
    b.pool.give_up();
    assert!(matches!(waiting.blocking_recv().unwrap(), Err(TranscribeError::Stopped)));
    assert!(matches!(heeding.blocking_recv().unwrap(), Err(TranscribeError::GaveUp)));
    b.pool.stop();
    assert!(matches!(stuck.blocking_recv().unwrap(), Err(TranscribeError::GaveUp)));
    assert_eq!(
        b.pool.trouble(),
        Some("hangs: 1 of 2 recognisers do not answer".into()),
        "nothing else is told"
    );
    // Its thread is let go.
    b.open(1);
}

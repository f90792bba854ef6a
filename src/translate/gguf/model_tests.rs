//! With a real model, Gemma 3 270M: too weak to show people, but its arithmetic is that of the large ones.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::model::Model;
use super::ops::argmax;
use super::sequence::Sequence;
use super::wire::{End, Task};
use super::writer::{MOST_AT_ONCE, Writer};
use crate::models::{Silent, Store, default_dir, spec};

/// The model's file, fetched (249 MB) where it is missing.
fn gemma() -> PathBuf {
    let folder = default_dir(|name| std::env::var_os(name)).unwrap();
    Store::new(folder).ensure(spec::find("gemma3-270m").unwrap(), &mut Silent).unwrap()
}

fn load(path: &Path) -> Model {
    assert_eq!(
        candle_core::utils::barrier_pool().n_workers(),
        0,
        "CANDLE_NUM_THREADS must be 1: .cargo/config.toml"
    );
    Model::load(path, 1_024).unwrap()
}

fn tokens(model: &Model, text: &str) -> Vec<u32> {
    let mut tokens: Vec<u32> = model.vocabulary.bos.into_iter().collect();
    tokens.extend(model.vocabulary.encode(text).unwrap());
    tokens
}

/// The likeliest `count` tokens after `text`.
fn go_on(model: &Model, text: &str, count: usize) -> String {
    let mut sequence = Sequence::new(&model.shape, 1_024).unwrap();
    let (mut next, mut written) = (tokens(model, text), Vec::new());
    for _ in 0..count {
        let logits = model.read(&mut [(&mut sequence, &next)]).unwrap();
        next = vec![u32::try_from(argmax(&logits[0], &[]).unwrap()).unwrap()];
        written.extend_from_slice(&next);
    }
    model.vocabulary.decode(&written).unwrap()
}

#[test]
fn it_knows_what_a_language_model_knows() {
    let path = gemma();
    let model = load(&path);
    // The same that llama.cpp makes of this file.
    assert_eq!(go_on(&model, "The capital of France is", 8), " the capital of the country of France.");
    assert!(go_on(&model, "Monday, Tuesday, Wednesday,", 2).contains("Thursday"));
    // Longer than the window that five layers of six look back.
    let numbers: Vec<String> = (1..=160).map(|n| n.to_string()).collect();
    let text = numbers.join(", ");
    assert!(tokens(&model, &text).len() > 512);
    assert!(go_on(&model, &text, 6).contains("161"), "{}", go_on(&model, &text, 6));
}

#[test]
fn text_survives_the_vocabulary_and_is_never_a_mark() {
    let path = gemma();
    let model = load(&path);
    for text in ["Hello, world!", " 世界 3.50 é\n\n  x", "ไทย हिन्दी \u{1f9ea}\u{1d11e}"]
    {
        let ids = model.vocabulary.encode(text).unwrap();
        assert_eq!(model.vocabulary.decode(&ids).unwrap(), text);
        assert!(ids.len() < text.len());
    }
    let mark = model.vocabulary.special("<end_of_turn>").unwrap();
    assert!(model.vocabulary.is_end(mark));
    assert!(!model.vocabulary.encode("<end_of_turn>").unwrap().contains(&mark));
}

#[test]
fn texts_that_are_read_together_or_in_parts_say_the_same() {
    let path = gemma();
    let model = load(&path);
    let a = tokens(&model, "We ship within seven days of the order, and the");
    let b = tokens(&model, "质量好，价格");
    let alone = |tokens: &[u32]| {
        let mut sequence = Sequence::new(&model.shape, 64).unwrap();
        model.read(&mut [(&mut sequence, tokens)]).unwrap().remove(0)
    };
    let (mut one, mut two) =
        (Sequence::new(&model.shape, 64).unwrap(), Sequence::new(&model.shape, 64).unwrap());
    let together = model.read(&mut [(&mut one, a.as_slice()), (&mut two, b.as_slice())]).unwrap();
    close(&together[0], &alone(&a));
    close(&together[1], &alone(&b));
    // A fork goes on from where its original was, whatever that one reads meanwhile.
    let mut fork = one.fork(5, &model.shape, 64).unwrap();
    model.read(&mut [(&mut one, b.as_slice())]).unwrap();
    let parts = model.read(&mut [(&mut fork, &a[5..])]).unwrap();
    close(&parts[0], &alone(&a));
    assert!(model.read(&mut [(&mut fork, &[7; 64])]).is_err());
}

#[test]
fn answers_are_the_same_alone_together_and_after_others() {
    let path = gemma();
    let task = |id: u64| Task {
        id,
        system: "Copy the text.".into(),
        examples: Vec::new(),
        user: format!("The price is USD {id}.50 and we ship in {id} days."),
        han: false,
        max_tokens: 12,
        within_ms: 600_000,
    };
    let finish = |writer: &mut Writer| {
        let mut ended = Vec::new();
        while !writer.is_idle() {
            ended.extend(writer.step(Instant::now()));
        }
        ended.sort_by_key(|(id, _)| *id);
        ended
    };
    let mut alone = Vec::new();
    for id in 1..=3 {
        let mut writer = Writer::load(&path, 256).unwrap();
        assert_eq!(writer.begin(&task(id), Instant::now()), None);
        alone.extend(finish(&mut writer));
    }
    let mut writer = Writer::load(&path, 256).unwrap();
    for id in 1..=3 {
        assert_eq!(writer.begin(&task(id), Instant::now()), None);
    }
    assert_eq!(finish(&mut writer), alone);
    assert_eq!(writer.begin(&task(2), Instant::now()), None);
    assert_eq!(finish(&mut writer), alone[1..2]);
}

#[test]
fn late_cancelled_and_oversized_tasks_make_room() {
    let path = gemma();
    let mut writer = Writer::load(&path, 128).unwrap();
    let task = |id: u64, max_tokens: usize, within_ms: u64| {
        let (system, user) = ("Say it again and again.".to_owned(), "Again.".to_owned());
        Task { id, system, examples: Vec::new(), user, han: false, max_tokens, within_ms }
    };
    let now = Instant::now();
    let mut long = task(1, 60, 9_000);
    long.user = "one more word ".repeat(40);
    assert!(matches!(writer.begin(&long, now), Some(End::Failed(_))));
    assert!(writer.is_idle());
    for id in 1..=MOST_AT_ONCE as u64 {
        assert!(writer.has_room());
        assert_eq!(writer.begin(&task(id, 60, if id == 2 { 0 } else { 600_000 }), now), None);
    }
    assert!(!writer.has_room());
    assert_eq!(writer.step(Instant::now()), [(2, End::Late)]);
    writer.cancel(3);
    writer.cancel(99);
    assert_eq!(writer.active(), [1, 4]);
}

fn close(a: &[f32], b: &[f32]) {
    assert_eq!(a.len(), b.len());
    let farthest = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0_f32, f32::max);
    // Logits are about 10; the rows of a batch are summed in another order.
    assert!(farthest < 0.05, "{farthest}");
}

//! The threads that translate. A direction belongs to one thread, for a loaded model cannot change threads; it is
//! loaded there when it is first needed, and the one that was not used for longest makes room.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::model::Model;
use super::queue::Queue;
use super::{DirectionState, FirefoxSettings, ModelFiles};

/// Sentences of a direction whose translation is remembered. Mandarin goes to English once for all languages of a room,
/// which ask within the same second.
const REMEMBERED: usize = 64;

/// A direction and what became of it.
pub struct Slot {
    pub files: ModelFiles,
    loaded: AtomicBool,
    broken: OnceLock<String>,
}

impl Slot {
    pub fn new(files: ModelFiles) -> Self {
        Self { files, loaded: AtomicBool::new(false), broken: OnceLock::new() }
    }

    pub fn is_usable(&self) -> bool {
        self.broken.get().is_none()
    }

    pub fn state(&self) -> DirectionState {
        match self.broken.get() {
            Some(why) => DirectionState::Broken(why.clone()),
            None if self.loaded.load(Ordering::Relaxed) => DirectionState::Loaded,
            None => DirectionState::Idle,
        }
    }

    fn mark_broken(&self, why: &str) -> String {
        let message = format!("the model {} → {} cannot be used: {why}", self.files.from, self.files.to);
        tracing::error!(from = %self.files.from, to = %self.files.to, why, "a translation model is broken");
        // Only this slot's own thread gets here; the first reason stays.
        let _ = self.broken.set(why.to_owned());
        message
    }
}

/// Handle to the threads. They end when it is dropped, after the sentences at hand.
pub struct Workers {
    /// One queue a thread; direction `n` belongs to thread `n % queues`.
    queues: Vec<Arc<Queue<Job>>>,
    threads: Vec<JoinHandle<()>>,
}

type Reply = Result<Option<Vec<String>>, String>;

struct Job {
    direction: usize,
    texts: Vec<String>,
    is_final: bool,
    reply: oneshot::Sender<Reply>,
}

impl Workers {
    pub fn start(slots: &Arc<[Slot]>, settings: &FirefoxSettings) -> io::Result<Self> {
        let count = settings.threads.max(1);
        let mut workers = Self { queues: Vec::new(), threads: Vec::new() };
        for index in 0..count {
            let queue = Arc::new(Queue::new(settings.queue));
            let (slots, keep, jobs) = (Arc::clone(slots), settings.keep, Arc::clone(&queue));
            let room = settings.max_models.div_ceil(count).max(1);
            let thread = std::thread::Builder::new().name(format!("firefox-{index}")).spawn(move || {
                // Made here: a loaded model cannot be handed to a thread.
                work(Shelf { slots, loaded: Vec::new(), room, keep }, &jobs);
            })?;
            workers.queues.push(queue);
            workers.threads.push(thread);
        }
        Ok(workers)
    }

    /// `Ok(None)`: a sentence is too long for the model, or a partial has no place or no loaded model, and would come too
    /// late.
    ///
    /// # Errors
    /// The model is broken, or a final finds no room: that is not declined, since what is declined may be remembered.
    pub async fn translate(&self, direction: usize, texts: Vec<String>, is_final: bool) -> Reply {
        let Some(queue) = self.queues.get(direction % self.queues.len().max(1)) else { return Ok(None) };
        let (reply, answer) = oneshot::channel();
        if !queue.push(Job { direction, texts, is_final, reply }, is_final) {
            return if is_final { Err("too many utterances wait for it".into()) } else { Ok(None) };
        }
        // Without an answer: a final took its place.
        answer.await.unwrap_or(Ok(None))
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.queues.iter().for_each(|queue| queue.stop());
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a translation thread had panicked");
            }
        }
    }
}

fn work(mut shelf: Shelf, jobs: &Queue<Job>) {
    while let Some(job) = jobs.pop() {
        // The route has given up on it.
        if job.reply.is_closed() {
            continue;
        }
        let answer =
            catch_unwind(AssertUnwindSafe(|| shelf.translate(job.direction, &job.texts, job.is_final)));
        let answer = answer.unwrap_or_else(|_| Err(shelf.crashed(job.direction)));
        drop(job.reply.send(answer));
    }
}

/// The models of one thread.
struct Shelf {
    slots: Arc<[Slot]>,
    loaded: Vec<Loaded>,
    /// Models that may be loaded.
    room: usize,
    keep: Duration,
}

struct Loaded {
    direction: usize,
    model: Model,
    used: Instant,
    memory: Memory,
}

impl Shelf {
    /// The direction's model is in a state that nobody knows: the next sentence loads it anew.
    fn crashed(&mut self, direction: usize) -> String {
        self.loaded.retain(|loaded| loaded.direction != direction);
        let Some(slot) = self.slots.get(direction) else { return String::new() };
        slot.loaded.store(false, Ordering::Relaxed);
        format!("the model {} → {} crashed", slot.files.from, slot.files.to)
    }

    fn translate(&mut self, direction: usize, texts: &[String], is_final: bool) -> Reply {
        let Some(slot) = self.slots.get(direction) else { return Ok(None) };
        if !slot.is_usable() {
            return Ok(None);
        }
        let place = match self.loaded.iter().position(|loaded| loaded.direction == direction) {
            Some(place) => place,
            None if !is_final => return Ok(None),
            None => {
                self.make_room()?;
                self.load(direction)?
            }
        };
        let Some(loaded) = self.loaded.get_mut(place) else { return Ok(None) };
        loaded.used = Instant::now();
        loaded.translate(texts).or_else(|why| {
            self.unload(place);
            self.slots.get(direction).map_or(Ok(None), |slot| Err(slot.mark_broken(&why)))
        })
    }

    fn load(&mut self, direction: usize) -> Result<usize, String> {
        let slot = self.slots.get(direction).ok_or("there is no such direction")?;
        let begun = Instant::now();
        let model = Model::load(&slot.files).map_err(|why| slot.mark_broken(&why))?;
        tracing::info!(from = %slot.files.from, to = %slot.files.to, took = ?begun.elapsed(), "translation model loaded");
        slot.loaded.store(true, Ordering::Relaxed);
        self.loaded.push(Loaded { direction, model, used: Instant::now(), memory: Memory::default() });
        Ok(self.loaded.len() - 1)
    }

    /// Sees that one more model may be loaded, if need be by unloading the one unused for longest.
    fn make_room(&mut self) -> Result<(), String> {
        if self.loaded.len() < self.room {
            return Ok(());
        }
        let oldest = self.loaded.iter().enumerate().min_by_key(|(_, loaded)| loaded.used);
        match oldest {
            Some((place, loaded)) if loaded.used.elapsed() >= self.keep => {
                self.unload(place);
                Ok(())
            }
            _ => Err(format!("{} models are in use, and max_models allows no more", self.room)),
        }
    }

    fn unload(&mut self, place: usize) {
        let gone = self.loaded.swap_remove(place);
        if let Some(slot) = self.slots.get(gone.direction) {
            slot.loaded.store(false, Ordering::Relaxed);
        }
    }
}

impl Loaded {
    /// All sentences that are not remembered, in one batch.
    fn translate(&mut self, texts: &[String]) -> Reply {
        let mut fresh: Vec<&str> = Vec::new();
        for text in texts {
            if !self.memory.known.contains_key(text) && !fresh.contains(&text.as_str()) {
                fresh.push(text);
            }
        }
        if fresh.iter().any(|text| !self.model.holds(text)) {
            return Ok(None);
        }
        let translated = if fresh.is_empty() { Vec::new() } else { self.model.translate(&fresh)? };
        let now: HashMap<&str, String> = fresh.into_iter().zip(translated).collect();
        let answer = texts.iter().map(|text| {
            now.get(text.as_str()).or_else(|| self.memory.known.get(text)).cloned().unwrap_or_default()
        });
        let answer = answer.collect();
        now.into_iter().for_each(|(text, translation)| self.memory.keep(text, translation));
        Ok(Some(answer))
    }
}

/// The latest sentences and their translations.
#[derive(Default)]
struct Memory {
    known: HashMap<String, String>,
    /// The same sentences, the oldest first.
    order: VecDeque<String>,
}

impl Memory {
    fn keep(&mut self, text: &str, translation: String) {
        if self.order.len() >= REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.order.push_back(text.to_owned());
        self.known.insert(text.to_owned(), translation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::firefox::tests::both;

    #[test]
    fn a_sentence_that_is_remembered_is_not_computed_again() {
        let model = Model::load(&both().remove(1)).unwrap();
        let mut loaded = Loaded { direction: 0, model, used: Instant::now(), memory: Memory::default() };
        loaded.memory.keep("good", "remembered".into());
        let texts = ["good", "very", "very"].map(str::to_owned);
        assert_eq!(loaded.translate(&texts).unwrap().unwrap(), ["remembered", "muy", "muy"]);
        assert_eq!(loaded.memory.order, ["good", "very"]);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_done() {
        let slots: Arc<[Slot]> = both().into_iter().map(Slot::new).collect();
        let workers = Workers::start(&slots, &FirefoxSettings::default()).unwrap();
        let sentence = |n: usize, i: usize| format!("we ship {n}{i} pieces in {i} days to your port.");
        let texts = |n: usize| (10..40).map(|i| sentence(n, i)).collect::<Vec<_>>();
        workers.translate(1, vec!["good".into()], true).await.unwrap().unwrap();
        let begun = Instant::now();
        workers.translate(1, texts(100), true).await.unwrap().unwrap();
        let whole = begun.elapsed();
        for n in 101..109 {
            let given_up = tokio::time::timeout(Duration::ZERO, workers.translate(1, texts(n), true)).await;
            assert!(given_up.is_err());
        }
        // At most the first of the eight was begun before it was given up.
        let begun = Instant::now();
        workers.translate(1, vec!["very".into()], true).await.unwrap().unwrap();
        assert!(begun.elapsed() < whole * 4, "{:?}, and one takes {whole:?}", begun.elapsed());
    }

    #[test]
    fn the_oldest_sentence_is_forgotten() {
        let mut memory = Memory::default();
        (0..=REMEMBERED).for_each(|n| memory.keep(&n.to_string(), String::new()));
        assert_eq!((memory.known.len(), memory.order.len()), (REMEMBERED, REMEMBERED));
        assert!(!memory.known.contains_key("0") && memory.known.contains_key("1"));
    }
}

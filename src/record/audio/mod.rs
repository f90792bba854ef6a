//! A room's sound on disk, where the room keeps it: Ogg Opus files below `audio/ROOM/EPOCH/`, each named after the moment on
//! the show's clock at which it begins.
//!
//! One thread a room encodes and writes, behind a queue that never waits: what finds no room in it, and what the disk does
//! not take, is silence in the file, counted, and told to the console. A page goes to the disk each second, so a process that
//! is killed loses no more; the show goes on in a further file.

mod files;
mod track;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tokio::sync::{oneshot, watch};

use crate::domain::{Epoch, RoomId, SAMPLE_RATE, samples_to_ms};
pub use files::AudioPart;
use track::{Of, Track};

/// Sound that may wait for the disk, in samples: 10 s, 640 kB. A disk that is slower for longer has failed.
const WAITING: usize = 10 * SAMPLE_RATE as usize;
/// A host who was away for longer goes on in a further file instead of behind so much silence (10 min).
const LONGEST_GAP: u64 = 600 * SAMPLE_RATE as u64;
/// How soon a begun page goes to the disk, and how soon a disk that failed is tried again.
const EACH: Duration = Duration::from_secs(1);

/// Handle to a room's recording. Its thread ends with it.
pub struct Tape {
    shared: Arc<Shared>,
    ended: watch::Receiver<()>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    /// Samples that are silence in the files, since the gateway began and before the present show.
    lost: AtomicU64,
    lost_before: AtomicU64,
    trouble: Mutex<Option<String>>,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    /// Samples in it.
    waiting: usize,
    stopping: bool,
}

enum Job {
    /// From `at` on the show's clock, in samples.
    Sound { epoch: Epoch, at: u64, samples: Vec<f32> },
    /// The show is over.
    End,
    /// Told when all before it is done.
    Tell(oneshot::Sender<()>),
}

enum Next {
    Job(Job),
    /// Nothing came for a while.
    Idle,
    Stop,
}

impl Tape {
    /// Starts the thread that writes below `folder`.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub fn start(folder: PathBuf, room: RoomId) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (running, ended) = watch::channel(());
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new().name("recording".into()).spawn(move || {
            Recorder::new(folder, room, &theirs).run();
            drop(running);
        })?;
        Ok(Self { shared, ended })
    }

    /// Keeps samples (16 kHz mono) that were heard from `at` on. Never waits.
    pub fn keep(&self, epoch: &Epoch, at: u64, samples: &[f32]) {
        let mut queue = self.shared.queue.lock();
        if queue.waiting + samples.len() > WAITING {
            drop(queue);
            self.shared.lose(samples.len() as u64);
            return;
        }
        queue.waiting += samples.len();
        queue.jobs.push_back(Job::Sound { epoch: epoch.clone(), at, samples: samples.to_vec() });
        drop(queue);
        self.shared.arrived.notify_one();
    }

    /// The show is over: its file is completed.
    pub fn end(&self) {
        self.shared.tell(Job::End);
    }

    /// Completes when everything that was given is written or lost.
    pub async fn settled(&self) {
        let (sender, told) = oneshot::channel();
        self.shared.tell(Job::Tell(sender));
        // A thread that has ended has nothing more to write.
        drop(told.await);
    }

    /// Completes the file and ends.
    pub async fn stop(&self) {
        self.shared.stop();
        // An error says that the thread is gone.
        drop(self.ended.clone().changed().await);
    }

    /// What of the present show is silence since it could not be kept, in ms.
    pub fn lost_ms(&self) -> u64 {
        let before = self.shared.lost_before.load(Ordering::Relaxed);
        samples_to_ms(self.shared.lost.load(Ordering::Relaxed).saturating_sub(before))
    }

    /// The same since the gateway began.
    pub fn lost_ever_ms(&self) -> u64 {
        samples_to_ms(self.shared.lost.load(Ordering::Relaxed))
    }

    /// Why nothing can be kept at present.
    pub fn trouble(&self) -> Option<String> {
        self.shared.trouble.lock().clone()
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

impl Shared {
    /// Beside the sound's bound: a few a show.
    fn tell(&self, job: Job) {
        self.queue.lock().jobs.push_back(job);
        self.arrived.notify_one();
    }

    fn stop(&self) {
        self.queue.lock().stopping = true;
        self.arrived.notify_one();
    }

    fn next(&self) -> Next {
        let mut queue = self.queue.lock();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                if let Job::Sound { samples, .. } = &job {
                    queue.waiting -= samples.len();
                }
                return Next::Job(job);
            }
            if queue.stopping {
                return Next::Stop;
            }
            if self.arrived.wait_for(&mut queue, EACH).timed_out() && queue.jobs.is_empty() {
                return Next::Idle;
            }
        }
    }

    fn lose(&self, samples: u64) {
        self.lost.fetch_add(samples, Ordering::Relaxed);
    }
}

/// The thread's own.
struct Recorder<'a> {
    folder: PathBuf,
    room: RoomId,
    shared: &'a Shared,
    epoch: Option<Epoch>,
    track: Option<Track>,
    /// Up to where sound has been written or counted as lost, on the show's clock.
    accounted: u64,
    /// When the last page went to the disk.
    flushed: Instant,
    /// A disk that failed is left alone until then.
    again: Option<Instant>,
}

impl<'a> Recorder<'a> {
    fn new(folder: PathBuf, room: RoomId, shared: &'a Shared) -> Self {
        let flushed = Instant::now();
        Self { folder, room, shared, epoch: None, track: None, accounted: 0, flushed, again: None }
    }

    fn run(&mut self) {
        loop {
            match self.shared.next() {
                Next::Job(Job::Sound { epoch, at, samples }) => self.take(epoch, at, &samples),
                Next::Job(Job::End) => self.finish(),
                Next::Job(Job::Tell(told)) => drop(told.send(())),
                Next::Idle => self.flush(),
                Next::Stop => return self.finish(),
            }
        }
    }

    fn take(&mut self, epoch: Epoch, at: u64, samples: &[f32]) {
        if self.epoch.as_ref() != Some(&epoch) {
            self.finish();
            self.epoch = Some(epoch);
            self.accounted = at;
            self.shared.lost_before.store(self.shared.lost.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        let end = at + samples.len() as u64;
        if self.again.is_some_and(|again| Instant::now() < again) {
            return self.lost_to(self.accounted.max(at), end);
        }
        match self.write(at, samples) {
            Ok(()) => self.works(),
            Err(error) => {
                let kept = self.track.as_ref().map_or(self.accounted, Track::next);
                self.lost_to(kept.max(self.accounted), end);
                self.fails(&error);
            }
        }
        if self.flushed.elapsed() >= EACH {
            self.flush();
        }
    }

    fn write(&mut self, at: u64, samples: &[f32]) -> std::io::Result<()> {
        if self.track.as_ref().is_some_and(|track| at > track.next() + LONGEST_GAP) {
            self.finish();
        }
        if self.track.is_none() {
            self.accounted = self.accounted.max(at);
            self.track = Some(begin(&self.folder, &self.room, self.epoch.as_ref(), at)?);
        }
        let Some(track) = &mut self.track else { return Ok(()) };
        let next = track.next();
        if at > next {
            // What lies between was lost and counted, or there was none.
            track.flush()?;
            self.accounted = at;
            track.push_silence(at - track.next())?;
        }
        // A host who comes back begins on a whole millisecond, which may lie inside the last sample's.
        let known = usize::try_from(next.saturating_sub(at)).unwrap_or(usize::MAX).min(samples.len());
        track.push(&samples[known..])
    }

    fn lost_to(&mut self, from: u64, to: u64) {
        self.shared.lose(to.saturating_sub(from));
        self.accounted = to;
    }

    fn flush(&mut self) {
        self.flushed = Instant::now();
        let Some(track) = &mut self.track else { return };
        let before = track.next();
        if let Err(error) = track.flush() {
            let kept = track.next();
            self.lost_to(kept, before);
            self.fails(&error);
        }
    }

    fn finish(&mut self) {
        let Some(track) = self.track.take() else { return };
        if let Err(error) = track.finish() {
            self.fails(&error);
        }
    }

    fn works(&mut self) {
        if self.again.take().is_some() {
            *self.shared.trouble.lock() = None;
            tracing::info!(room = %self.room, "the sound is kept again");
        }
    }

    fn fails(&mut self, error: &std::io::Error) {
        self.again = Some(Instant::now() + EACH);
        let told = self.shared.trouble.lock().replace(error.to_string());
        if told.is_none() {
            tracing::error!(room = %self.room, %error, "the sound is not being kept");
        }
    }
}

fn begin(folder: &Path, room: &RoomId, epoch: Option<&Epoch>, at: u64) -> std::io::Result<Track> {
    let epoch = epoch.ok_or_else(|| std::io::Error::other("no show"))?;
    Track::create(&folder.join(epoch.as_str()), &Of { room, epoch }, at)
}

#[cfg(test)]
mod tests;

//! The one thread that writes.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use rusqlite::{Connection, ErrorCode, Transaction};
use tokio::sync::oneshot;

use super::RecordError;

/// Writes that may wait. Whoever has one more waits too: nothing final is dropped.
const WAITING: usize = 1_024;
/// Most writes of one transaction, so that the first is not kept waiting by those behind it.
const TOGETHER: usize = 256;

/// Why nothing can be written at present; none while all is well.
pub type Trouble = Arc<Mutex<Option<String>>>;

/// Does its part and remembers the answer; the second call tells the waiting task once all is on disk (or is not).
trait Job: Send {
    fn work(&mut self, transaction: &Transaction<'_>);
    fn tell(self: Box<Self>, committed: Result<(), RecordError>);
    /// Why the disk did not take it, where that is the reason.
    fn disk_failed(&self) -> Option<String>;
}

struct Write<T, F> {
    work: Option<F>,
    result: Option<rusqlite::Result<T>>,
    answer: oneshot::Sender<Result<T, RecordError>>,
}

impl<T: Send, F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send> Job for Write<T, F> {
    fn work(&mut self, transaction: &Transaction<'_>) {
        let Some(work) = self.work.take() else { return };
        // A write that fails takes back what it did itself, not what others did in the same transaction.
        let guarded = || {
            transaction.execute_batch("SAVEPOINT job")?;
            let result = work(transaction);
            let end = if result.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
            let ended = transaction.execute_batch(end);
            // What failed first says why; a full disk has taken the savepoint with it.
            result.and_then(|value| ended.map(|()| value))
        };
        self.result = Some(guarded());
    }

    fn tell(self: Box<Self>, committed: Result<(), RecordError>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result.map_err(RecordError::from),
            (Ok(()), None) => Err(RecordError::Stopped),
            (Err(error), _) => Err(error),
        };
        // Whoever asked may have gone; what is written stays written.
        drop(self.answer.send(result));
    }

    fn disk_failed(&self) -> Option<String> {
        let error = self.result.as_ref()?.as_ref().err()?;
        is_of_the_disk(error).then(|| error.to_string())
    }
}

/// Whether an error says that the file or its disk cannot be used, not that one write was wrong.
pub fn is_of_the_disk(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    code.is_some_and(|code| {
        use ErrorCode::{CannotOpen, DatabaseCorrupt, DiskFull, NotADatabase, ReadOnly, SystemIoFailure};
        matches!(code, CannotOpen | DatabaseCorrupt | DiskFull | NotADatabase | ReadOnly | SystemIoFailure)
    })
}

#[derive(Clone)]
pub struct Writer {
    jobs: SyncSender<Box<dyn Job>>,
    pub trouble: Trouble,
    /// Writes that wait.
    pub waiting: Arc<AtomicUsize>,
}

impl Writer {
    pub fn start(connection: Connection) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel(WAITING);
        let trouble = Trouble::default();
        let (told, count) = (Arc::clone(&trouble), Arc::new(AtomicUsize::new(0)));
        let taken = Arc::clone(&count);
        std::thread::Builder::new()
            .name("record".into())
            .spawn(move || run(connection, &waiting, &told, &taken))?;
        Ok(Self { jobs, trouble, waiting: count })
    }

    /// One that writes nothing, ever, and says why.
    pub fn refusing(why: String) -> Self {
        // Without a receiver every write is told that the writer has stopped.
        Self { jobs: sync_channel(0).0, trouble: Arc::new(Mutex::new(Some(why))), waiting: Arc::default() }
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, RecordError> {
        let (answer, answered) = oneshot::channel();
        let mut job: Box<dyn Job> = Box::new(Write { work: Some(work), result: None, answer });
        self.waiting.fetch_add(1, Ordering::Relaxed);
        loop {
            match self.jobs.try_send(job) {
                Ok(()) => break,
                Err(std::sync::mpsc::TrySendError::Full(back)) => {
                    job = back;
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
                Err(std::sync::mpsc::TrySendError::Disconnected(_)) => {
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    return Err(self.trouble.lock().clone().map_or(RecordError::Stopped, RecordError::Write));
                }
            }
        }
        answered.await.map_err(|_| RecordError::Stopped)?
    }
}

/// Ends when the last handle is gone.
fn run(mut connection: Connection, waiting: &Receiver<Box<dyn Job>>, trouble: &Trouble, count: &AtomicUsize) {
    while let Ok(first) = waiting.recv() {
        let mut jobs: Vec<_> = std::iter::once(first).chain(waiting.try_iter().take(TOGETHER - 1)).collect();
        let committed = commit(&mut connection, &mut jobs);
        count.fetch_sub(jobs.len(), Ordering::Relaxed);
        // A full disk is told by the write that met it; the commit after it only misses its transaction.
        let failed = jobs.iter().find_map(|job| job.disk_failed());
        let failed = failed.or_else(|| committed.as_ref().err().map(ToString::to_string));
        let before = std::mem::replace(&mut *trouble.lock(), failed.clone());
        match (&before, &failed) {
            // Once, not with every attempt.
            (None, Some(error)) => {
                tracing::error!(%error, writes = jobs.len(), "the database cannot be written");
            }
            (Some(_), None) => tracing::info!("the database can be written again"),
            _ => {}
        }
        for job in jobs {
            let failed = || RecordError::Write(failed.clone().unwrap_or_default());
            job.tell(committed.as_ref().copied().map_err(|_| failed()));
        }
    }
}

fn commit(connection: &mut Connection, jobs: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for job in jobs {
        job.work(&transaction);
        if transaction.is_autocommit() {
            // A full disk takes the whole transaction back, with what others did in it: nothing more is done without one.
            break;
        }
    }
    transaction.commit()
}

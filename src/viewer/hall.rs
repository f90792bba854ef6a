//! Everybody who watches a topic over a WebSocket, on rows: a row is one task that writes an event to each of its seats.
//!
//! So an event wakes a few tasks, not one for each viewer, and is made into a frame once a row and market.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::yield_now;

use super::batch::Batch;
use super::seat::{Call, Seat};
use crate::domain::{Lang, RoomId};
use crate::publish::{Event, Topic};

/// Seats after which another row begins, as long as there are fewer rows than cores: a row of so many takes 2 ms for a caption.
const LONG_ROW: usize = 256;
/// Seats that are written to before other tasks have their turn; below tokio's 128 operations, after which sockets feign to be full.
const GROUP: usize = 48;
/// Events that are written in one go to a row that is behind.
const MOST_AT_ONCE: usize = 16;

/// The halls of all topics. A hall is made with its topic's first viewer, and stays as the topic does.
pub struct Halls {
    halls: Mutex<HashMap<(RoomId, Lang), Arc<Hall>>>,
    most_rows: usize,
}

/// The viewers of one topic.
pub struct Hall {
    topic: Arc<Topic>,
    rows: Mutex<Vec<Arc<Row>>>,
    most_rows: usize,
}

/// The seats that one task writes to.
#[derive(Default)]
struct Row(Mutex<Seats>);

#[derive(Default)]
struct Seats {
    /// A seat stays where it is, so that who comes or goes while an event is written moves nobody out of its way.
    places: Vec<Option<Arc<Seat>>>,
    free: Vec<usize>,
}

/// A place on a row until it is dropped.
pub struct Place {
    row: Arc<Row>,
    number: usize,
}

impl Default for Halls {
    fn default() -> Self {
        let most_rows = std::thread::available_parallelism().map_or(1, usize::from);
        Self { halls: Mutex::default(), most_rows }
    }
}

impl Halls {
    pub fn of(&self, room: &RoomId, topic: &Arc<Topic>) -> Arc<Hall> {
        let mut halls = self.halls.lock();
        let hall = halls.entry((room.clone(), topic.lang.clone())).or_insert_with(|| {
            Arc::new(Hall { topic: Arc::clone(topic), rows: Mutex::default(), most_rows: self.most_rows })
        });
        Arc::clone(hall)
    }
}

impl Hall {
    /// A place on the shortest row.
    pub fn place(&self, seat: &Arc<Seat>) -> Place {
        let mut rows = self.rows.lock();
        let shortest = rows.iter().min_by_key(|row| row.taken()).cloned();
        let row = match shortest {
            Some(row) if rows.len() >= self.most_rows || row.taken() < LONG_ROW => row,
            _ => {
                let row = Arc::new(Row::default());
                rows.push(Arc::clone(&row));
                let (topic, own) = (Arc::clone(&self.topic), Arc::clone(&row));
                crate::spawn("row", async move { own.serve(&topic).await });
                row
            }
        };
        row.place(seat)
    }
}

impl Row {
    fn taken(&self) -> usize {
        let seats = self.0.lock();
        seats.places.len() - seats.free.len()
    }

    fn place(self: Arc<Self>, seat: &Arc<Seat>) -> Place {
        let mut seats = self.0.lock();
        let number = match seats.free.pop() {
            Some(number) => number,
            None => {
                seats.places.push(None);
                seats.places.len() - 1
            }
        };
        if let Some(place) = seats.places.get_mut(number) {
            *place = Some(Arc::clone(seat));
        }
        drop(seats);
        Place { row: self, number }
    }

    /// Writes what the topic publishes.
    async fn serve(&self, topic: &Arc<Topic>) {
        let mut joined = topic.join(None, 0);
        loop {
            let mut batch = Batch::new(joined.epoch.clone());
            let mut call = None;
            let mut event = joined.live.recv().await;
            loop {
                match event {
                    Ok(Event::Kept { offset, body }) if batch.keep(offset, &body) => {}
                    Ok(Event::Passing(body)) => batch.pass(body),
                    Ok(Event::NewEpoch) => call = Some(Call::Anew),
                    Ok(Event::Kept { .. }) | Err(RecvError::Lagged(_)) => call = Some(Call::Behind),
                    Err(RecvError::Closed) => return,
                }
                if call.is_some() || batch.len() == MOST_AT_ONCE {
                    break;
                }
                event = match joined.live.try_recv() {
                    Ok(event) => Ok(event),
                    Err(TryRecvError::Lagged(missed)) => Err(RecvError::Lagged(missed)),
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                };
            }
            if batch.len() > 0 {
                self.each(|seat| seat.deliver(topic, &mut batch)).await;
            }
            if let Some(call) = call {
                // What comes from now on is of the epoch that is read with it.
                joined = topic.join(None, 0);
                self.each(|seat| seat.call(topic, call)).await;
            }
        }
    }

    async fn each(&self, mut tell: impl FnMut(&Seat)) {
        let mut group = Vec::with_capacity(GROUP);
        let mut from = 0;
        loop {
            let is_last = {
                let seats = self.0.lock();
                group.extend(seats.places.iter().skip(from).take(GROUP).flatten().cloned());
                from += GROUP;
                from >= seats.places.len()
            };
            group.drain(..).for_each(|seat: Arc<Seat>| tell(&seat));
            if is_last {
                return;
            }
            yield_now().await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut seats = self.row.0.lock();
        let seat = seats.places.get_mut(self.number).and_then(Option::take);
        seats.free.push(self.number);
        drop(seats);
        // A connection may end here: not under the lock.
        drop(seat);
    }
}

//! Which node owns a room: the one whose lease is the last. It is renewed while the owner lives; a room whose owner is silent,
//! or has no host while one comes here, is taken over with the history that the cluster has of its show.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::history::Show;
use super::room::Room;
use crate::domain::{Epoch, KeptShow, Offset, ShowHead};
use crate::publish::{Holder, Lease, ShowLog, Unreachable, Written};

/// How often a lease is renewed, and looked at by those who do not have it.
const RENEW: Duration = Duration::from_secs(2);
/// A lease that was not renewed for so long, three times its turn, is free.
const EXPIRED: Duration = Duration::from_secs(6);
/// An owner that spoke within this time is there.
const ALIVE: Duration = Duration::from_secs(3);
/// Before the show's log is tried again.
const AGAIN: Duration = Duration::from_millis(500);
/// Events written to the log together: 64 finals with their words are 100 KB.
const TOGETHER: usize = 64;
/// How often a log is read anew that another node writes to at the same time.
const TRIES: usize = 5;
/// How long the last events may take to the log when the gateway stops.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What this node knows of the lease and the log.
#[derive(Default)]
pub struct Ownership {
    /// Mark of our lease.
    lease: u64,
    /// Mark of the log, and what is in it.
    log: u64,
    logged: Option<(Epoch, Offset)>,
    logged_head: Option<ShowHead>,
    /// Another node's lease, and since when it is the same.
    seen: Option<(u64, Instant)>,
}

impl Ownership {
    /// Whether a lease was not renewed for too long.
    fn has_expired(&mut self, lease: &Lease, now: Instant) -> bool {
        match self.seen {
            Some((mark, since)) if mark == lease.mark => now.saturating_duration_since(since) >= EXPIRED,
            _ => {
                self.seen = Some((lease.mark, now));
                false
            }
        }
    }
}

/// Why a host cannot speak here now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOurs {
    /// Another node has the room, and a host in it.
    HostElsewhere,
    /// It is not known who has the room, or another node has just lost it: to be tried again in a moment.
    NotYet,
}

pub fn start(room: &Arc<Room>) {
    let role = room.engines.config.role;
    if room.is_alone() || !role.takes_hosts() {
        return;
    }
    let stopping = room.engines.stopping.clone();
    let weak = Arc::downgrade(room);
    crate::spawn("lease", async move {
        let mut turn = tokio::time::interval(RENEW);
        loop {
            turn.tick().await;
            let Some(room) = weak.upgrade() else { return };
            // Who stops takes no room any more, and keeps those that it has until they are given back.
            if stopping.is_cancelled() && !room.is_here() {
                return;
            }
            if let Err(error) = room.look_after_lease().await {
                tracing::debug!(room = %room.config.id, %error, "the lease is not renewed");
            }
        }
    });
    let (weak, changed) = (Arc::downgrade(room), room.changed.subscribe());
    crate::spawn("show log", keep_log(weak, changed));
}

/// Writes what the disk has to the cluster's log, for as long as the room is there.
async fn keep_log(room: Weak<Room>, mut changed: tokio::sync::watch::Receiver<u64>) {
    loop {
        changed.mark_unchanged();
        loop {
            let Some(room) = room.upgrade() else { return };
            match room.log_next().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::debug!(room = %room.config.id, %error, "the show's log waits");
                    drop(room);
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
        if changed.changed().await.is_err() {
            return;
        }
    }
}

impl Room {
    /// For a host that has come: takes the room, if no other node has a host there.
    ///
    /// # Errors
    /// Another node has one, or it cannot be known.
    pub async fn own(&self) -> Result<(), NotOurs> {
        if self.is_here() {
            return Ok(());
        }
        let mut own = self.nodes.ownership.lock().await;
        if self.is_here() {
            return Ok(());
        }
        let unreachable = |error: Unreachable| {
            tracing::warn!(room = %self.config.id, %error, "a host has come and the room's owner is not known");
            NotOurs::NotYet
        };
        let lease = self.engines.broker.lease(&self.config.id).await.map_err(unreachable)?;
        let over = lease.as_ref().map_or(0, |lease| lease.mark);
        if let Some(lease) = lease.filter(|lease| !self.is_free(lease)) {
            let alive = self.nodes.heard_ago().is_some_and(|ago| ago < ALIVE);
            let spoken_of = self.nodes.owner().filter(|_| alive);
            let hosted = spoken_of.map_or(lease.hosted, |owner| owner.live);
            if hosted && !own.has_expired(&lease, Instant::now()) {
                return Err(if alive { NotOurs::HostElsewhere } else { NotOurs::NotYet });
            }
        }
        match self.claim(&mut own, over, true).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotOurs::NotYet),
            Err(error) => Err(unreachable(error)),
        }
    }

    fn is_free(&self, lease: &Lease) -> bool {
        lease.node.as_ref().is_none_or(|node| self.engines.broker.is_me(node))
    }

    /// Renews our lease, or takes one that nobody holds any more.
    async fn look_after_lease(&self) -> Result<(), Unreachable> {
        let (broker, room) = (&self.engines.broker, &self.config.id);
        let mut own = self.nodes.ownership.lock().await;
        if self.is_here() {
            let holder = Holder::Me { hosted: self.is_live() };
            match broker.take_lease(room, holder, own.lease).await? {
                Written::Kept(mark) => own.lease = mark,
                // It may have been ours, whose acknowledgement was lost.
                Written::Superseded => match broker.lease(room).await? {
                    Some(lease) if lease.node.as_ref().is_some_and(|node| broker.is_me(node)) => {
                        own.lease = lease.mark;
                    }
                    None => own.lease = 0,
                    Some(_) => self.give_up("another node has its lease"),
                },
            }
            return Ok(());
        }
        let lease = broker.lease(room).await?;
        let over = lease.as_ref().map_or(0, |lease| lease.mark);
        let heard = self.nodes.heard_ago().is_some_and(|ago| ago < EXPIRED);
        let held = lease.is_some_and(|lease| {
            !self.is_free(&lease) && (!own.has_expired(&lease, Instant::now()) || heard)
        });
        if !held && !self.engines.stopping.is_cancelled() {
            self.claim(&mut own, over, false).await?;
        }
        Ok(())
    }

    /// Takes the lease, and the show where the cluster has it. False if another node was faster.
    async fn claim(&self, own: &mut Ownership, over: u64, hosted: bool) -> Result<bool, Unreachable> {
        let (broker, room) = (&self.engines.broker, &self.config.id);
        match broker.take_lease(room, Holder::Me { hosted }, over).await? {
            Written::Kept(mark) => own.lease = mark,
            Written::Superseded => return Ok(false),
        }
        for _ in 0..TRIES {
            let log = broker.show_log(room).await?;
            let of = log.show.as_ref().map(|show| (show.head.epoch.clone(), last_of(show)));
            let mark = log.mark;
            let adopted = self.adopted(log);
            let head = match &adopted {
                Some(show) => show.head.clone(),
                None => self.state.lock().show.head_row().clone(),
            };
            let begins = of.as_ref().is_none_or(|(epoch, _)| *epoch != head.epoch);
            // What an owner that was cut off has not written yet is refused from now on.
            let Written::Kept(mark) = broker.log_show(room, &head, &[], begins, mark).await? else {
                continue;
            };
            own.log = mark;
            own.logged = Some(of.filter(|_| !begins).unwrap_or((head.epoch.clone(), 0)));
            own.logged_head = Some(head);
            own.seen = None;
            self.nodes.kept.send_replace(own.logged.clone());
            self.take_over(adopted);
            return Ok(true);
        }
        Ok(false)
    }

    /// The show of the log, if it is further than the one here.
    fn adopted(&self, log: ShowLog) -> Option<KeptShow> {
        let ours = log.node.is_some_and(|node| self.engines.broker.is_me(&node));
        let show = log.show?;
        let state = self.state.lock();
        let further = state.show.epoch == show.head.epoch && state.show.last() >= last_of(&show);
        (!(ours && further)).then_some(show)
    }

    fn take_over(&self, adopted: Option<KeptShow>) {
        let mut state = self.state.lock();
        if let Some(kept) = adopted {
            state.source_lang = kept.head.source_lang.clone();
            state.show = Show::taken_over(kept, Instant::now());
        }
        // Whoever spoke at the other node has as long to come back as after any cut.
        let interrupted = !state.show.ended && state.show.head_row().zero_ms.is_some();
        state.host_left = interrupted.then(Instant::now);
        tracing::info!(room = %self.config.id, epoch = %state.show.epoch, events = state.show.last(), "this node owns the room");
        drop(state);
        self.nodes.here.send_replace(true);
        self.wake();
    }

    /// Writes the next events to the log. False when it has all that is on disk.
    async fn log_next(&self) -> Result<bool, Unreachable> {
        let mut own = self.nodes.ownership.lock().await;
        if !self.is_here() {
            return Ok(false);
        }
        let (head, begins, entries) = {
            let show = &self.state.lock().show;
            let head = show.head_row().clone();
            let known =
                own.logged.as_ref().filter(|(epoch, _)| *epoch == head.epoch).map(|(_, offset)| *offset);
            let entries = show.entries_behind(known.unwrap_or(0), TOGETHER);
            if known.is_some() && entries.is_empty() && own.logged_head.as_ref() == Some(&head) {
                return Ok(false);
            }
            (head, known.is_none(), entries)
        };
        let (broker, room) = (&self.engines.broker, &self.config.id);
        match broker.log_show(room, &head, &entries, begins, own.log).await? {
            Written::Kept(mark) => {
                own.log = mark;
                let before = own.logged.as_ref().filter(|_| !begins).map_or(0, |(_, offset)| *offset);
                let last = entries.last().map_or(before, |entry| entry.offset);
                own.logged = Some((head.epoch.clone(), last));
                own.logged_head = Some(head);
            }
            Written::Superseded => {
                let log = broker.show_log(room).await?;
                if !log.node.is_none_or(|node| broker.is_me(&node)) {
                    self.give_up("another node goes on with its show");
                    return Ok(false);
                }
                // It was ours, whose acknowledgement was lost.
                own.log = log.mark;
                own.logged = log.show.as_ref().map(|show| (show.head.epoch.clone(), last_of(show)));
                own.logged_head = log.show.map(|show| show.head);
            }
        }
        self.nodes.kept.send_replace(own.logged.clone());
        Ok(true)
    }

    /// Gives the room back at the end, so that another node need not wait for the lease to expire.
    pub(super) async fn give_back(&self) {
        if self.is_alone() || !self.is_here() {
            return;
        }
        let until = Instant::now() + LAST_WORDS;
        while self.is_logged_less() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let own = self.nodes.ownership.lock().await;
        let given = self.engines.broker.take_lease(&self.config.id, Holder::Nobody, own.lease);
        if let Ok(Err(error)) = tokio::time::timeout(LAST_WORDS, given).await {
            tracing::debug!(room = %self.config.id, %error, "the room is not given back");
        }
        self.nodes.here.send_replace(false);
    }

    fn is_logged_less(&self) -> bool {
        let show = &self.state.lock().show;
        let kept = self.nodes.kept.borrow();
        !kept.as_ref().is_some_and(|(epoch, offset)| *epoch == show.epoch && *offset >= show.last())
    }
}

fn last_of(show: &KeptShow) -> Offset {
    show.entries.last().map_or(0, |entry| entry.offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_expires_when_it_stays_the_same_for_too_long() {
        let (mut own, now) = (Ownership::default(), Instant::now());
        let lease = |mark| Lease { node: Some("a".into()), hosted: true, mark };
        assert!(!own.has_expired(&lease(1), now));
        assert!(!own.has_expired(&lease(1), now + EXPIRED - RENEW));
        assert!(!own.has_expired(&lease(2), now + EXPIRED), "it was renewed");
        assert!(own.has_expired(&lease(2), now + 2 * EXPIRED));
    }
}

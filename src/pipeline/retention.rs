//! Shows, and their sound, are deleted when they have been kept for long enough.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::Rooms;
use super::room::Room;
use crate::config::RecordSettings;
use crate::domain::{Epoch, RoomId};
use crate::record::{Record, unix_ms};

/// How often shows that are too old are looked for.
const LOOK: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
const DAY_MS: i64 = 86_400_000;

impl Rooms {
    /// Looks each hour.
    pub(super) fn forget_in_time(&self) {
        let rooms: Vec<_> = self.iter().map(Arc::downgrade).collect();
        let (stopping, record) = (self.engines.stopping.clone(), self.engines.record.clone());
        let settings = self.engines.config.record.clone();
        crate::spawn("retention", async move {
            let mut look = tokio::time::interval(LOOK);
            while stopping.run_until_cancelled(look.tick()).await.is_some() {
                let rooms: Vec<_> = rooms.iter().filter_map(std::sync::Weak::upgrade).collect();
                forget_old(&rooms, &record, &settings, SystemTime::now()).await;
            }
        });
    }
}

/// Deletes shows and sound that are too old at `now`, and what is left of shows that are no more.
async fn forget_old(rooms: &[Arc<Room>], record: &Record, settings: &RecordSettings, now: SystemTime) {
    if let Some(days) = settings.keep_days {
        for room in rooms {
            room.delete_old_shows(days, unix_ms(now)).await;
        }
    }
    let present: BTreeMap<_, _> = rooms.iter().flat_map(|room| room.shows_in_memory()).collect();
    let keep_days = settings.audio_keep_days;
    match record.delete_old_audio(DAY * keep_days, now, &present).await {
        Ok(0) => {}
        Ok(shows) => tracing::info!(shows, keep_days, "old sound was deleted"),
        Err(error) => tracing::error!(%error, "old sound could not be deleted"),
    }
}

impl Room {
    /// Deletes shows that ended longer before `now_ms` (1970) than they are to be kept; never the present one while it is on.
    async fn delete_old_shows(&self, keep_days: u32, now_ms: i64) {
        let before = now_ms - i64::from(keep_days) * DAY_MS;
        self.forget_if_ended(before);
        let deleted = self.engines.record.delete_shows_before(&self.config.id, before, &self.epoch()).await;
        match deleted {
            Ok(shows) if shows.is_empty() => {}
            Ok(shows) => {
                tracing::info!(room = %self.config.id, shows = shows.len(), keep_days, "old shows were deleted");
            }
            Err(error) => {
                tracing::error!(room = %self.config.id, %error, "old shows could not be deleted");
            }
        }
    }

    /// A show that has ended stays the room's present one until the next host comes, which may be never.
    fn forget_if_ended(&self, before_ms: i64) {
        let state = self.state.lock();
        let show = &state.show;
        // What the disk does not have yet is still to be written; the next look comes.
        let old =
            show.ended && show.is_kept() && show.head_row().ended_ms.is_some_and(|ended| ended < before_ms);
        let epoch = show.epoch.clone();
        drop(state);
        if old {
            self.forget_show(&epoch);
        }
    }

    /// The shows that are not only on disk, and whether they are on.
    fn shows_in_memory(&self) -> Vec<((RoomId, Epoch), bool)> {
        let state = self.state.lock();
        let before = state.unkept_shows.iter().map(|show| (show.epoch.clone(), false));
        let all = before.chain([(state.show.epoch.clone(), !state.show.ended)]);
        all.map(|(epoch, is_on)| ((self.config.id.clone(), epoch), is_on)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::history::testing::heard;
    use super::super::testing;
    use super::*;
    use crate::domain::ShowHead;

    const KEEP: &str = "[record]\nkeep_days = 7\naudio_keep_days = 3";

    /// A show of one sentence, kept with its sound.
    async fn show_of(room: &Arc<Room>) -> Epoch {
        let caption = room.add_final(heard(1, "最低起订量是五百个"), &[]);
        room.announce(caption).await;
        let epoch = room.epoch();
        let tape = room.engines.record.tape(&room.config.id).unwrap().unwrap();
        tape.keep(&epoch, 0, &[0.1; 16_000]);
        tape.stop().await;
        epoch
    }

    /// What there is of it `days` after now: whether the record has it, and how many files of sound.
    async fn left_after(room: &Arc<Room>, epoch: &Epoch, days: u32) -> (bool, usize) {
        let (record, settings) = (&room.engines.record, &room.engines.config.record);
        forget_old(std::slice::from_ref(room), record, settings, SystemTime::now() + DAY * days).await;
        let show = record.show(&room.config.id, epoch).await.unwrap();
        (show.is_some(), room.audio(epoch).await.unwrap().len())
    }

    #[tokio::test]
    async fn the_last_show_of_a_room_is_deleted_in_time_though_no_host_comes_after_it() {
        let room = testing::room(KEEP).await;
        let epoch = show_of(&room).await;
        room.end_show();
        while room
            .engines
            .record
            .show(&room.config.id, &epoch)
            .await
            .unwrap()
            .unwrap()
            .head
            .ended_ms
            .is_none()
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(left_after(&room, &epoch, 2).await, (true, 1));
        assert_eq!(left_after(&room, &epoch, 4).await, (true, 0), "sound is kept for shorter");
        assert_eq!(room.epoch(), epoch);
        assert_eq!(left_after(&room, &epoch, 8).await, (false, 0));
        // Memory has nothing of it either, and the journal does not write it again.
        assert_ne!(room.epoch(), epoch);
        assert!(room.last_finals(9).is_empty() && !room.has_ended());
        let next = show_of(&room).await;
        assert_eq!(
            room.shows().await.unwrap().iter().map(|show| &show.head.epoch).collect::<Vec<_>>(),
            [&next]
        );
    }

    #[tokio::test]
    async fn a_show_that_is_on_stays_however_old_it_is() {
        let room = testing::room(KEEP).await;
        let epoch = show_of(&room).await;
        assert_eq!(left_after(&room, &epoch, 40).await, (true, 1));
        assert_eq!(room.epoch(), epoch);
    }

    #[tokio::test]
    async fn a_show_is_only_deleted_once_it_is_on_disk_whole() {
        let room = testing::room(KEEP).await;
        let epoch = show_of(&room).await;
        room.end_show();
        {
            // As if the disk had not taken the end yet.
            let mut state = room.state.lock();
            let unended = ShowHead { ended_ms: None, ..state.show.head_row().clone() };
            state.show.head_was_kept(&unended);
        }
        room.forget_if_ended(i64::MAX);
        assert_eq!(room.epoch(), epoch);
        room.state.lock().show.show_to(2);
        let head = room.state.lock().show.head_row().clone();
        room.state.lock().show.head_was_kept(&head);
        room.forget_if_ended(i64::MAX);
        assert_ne!(room.epoch(), epoch);
    }
}

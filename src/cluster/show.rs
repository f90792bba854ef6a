//! Who owns a room, and the history of its show for who takes it over. Both are written behind a mark: what another node has
//! written meanwhile is never written over, so that an owner who was cut off finds out that it is one no more.

use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::follow::{Messages, last_raw};
use super::wire::{packed, unpacked};
use super::{Nats, PATIENCE, unreachable, word};
use crate::domain::{Epoch, KeptShow, Lang, RoomId, ShowEntry, ShowHead};
use crate::publish::{Holder, Lease, ShowLog, Unreachable, Written};
use crate::record::{read_entry, written_entry};

/// How long a show's whole history may take to come.
const READING: std::time::Duration = std::time::Duration::from_secs(10);

pub async fn lease(nats: &Nats, room: &RoomId) -> Result<Option<Lease>, Unreachable> {
    let last = last_raw(&nats.streams()?.lease, &lease_of(room)).await?;
    Ok(last.map(|(mark, payload)| {
        let written: Value = serde_json::from_slice(&payload).unwrap_or_default();
        let node = written["node"].as_str().map(str::to_owned);
        Lease { node, hosted: written["hosted"].as_bool().unwrap_or(false), mark }
    }))
}

pub async fn take_lease(
    nats: &Nats,
    room: &RoomId,
    holder: Holder,
    over: u64,
) -> Result<Written, Unreachable> {
    let written = match holder {
        Holder::Nobody => json!({ "node": null }),
        Holder::Me { hosted } => json!({ "node": nats.node, "hosted": hosted }),
    };
    let publish = PublishMessage::build().payload(written.to_string().into());
    write_behind(nats, lease_of(room), publish, over).await
}

/// All that the log has of the last show.
pub async fn log(nats: &Nats, room: &RoomId) -> Result<ShowLog, Unreachable> {
    let (stream, subject) = (nats.streams()?.show, show_of(room));
    let Some((mark, _)) = last_raw(&stream, &subject).await? else { return Ok(ShowLog::default()) };
    let read = timeout(READING, async {
        let mut log = ShowLog { mark, ..ShowLog::default() };
        let mut messages = Messages::open(&stream, &subject, 1).await?;
        loop {
            let (at, payload) = messages.next().await?;
            add(&mut log, &payload);
            if at >= mark {
                return Ok(log);
            }
        }
    });
    read.await.map_err(|_| Unreachable("the show's history does not come".into()))?
}

pub async fn write(
    nats: &Nats,
    room: &RoomId,
    head: &ShowHead,
    entries: &[ShowEntry],
    begins: bool,
    over: u64,
) -> Result<Written, Unreachable> {
    let told: Vec<Value> = entries
        .iter()
        .map(|entry| {
            let (kind, body) = written_entry(&entry.event);
            json!([entry.offset, entry.at_ms, kind, body])
        })
        .collect();
    let message = json!({
        "node": nats.node, "epoch": head.epoch.as_str(), "made_ms": head.made_ms, "zero_ms": head.zero_ms,
        "ended_ms": head.ended_ms, "source_lang": head.source_lang.as_str(), "entries": told,
    });
    let mut publish = PublishMessage::build().payload(packed(message.to_string().as_bytes()));
    if begins {
        publish = publish.header("Nats-Rollup", "sub");
    }
    write_behind(nats, show_of(room), publish, over).await
}

async fn write_behind(
    nats: &Nats,
    subject: String,
    publish: PublishMessage,
    over: u64,
) -> Result<Written, Unreachable> {
    // Refused while the connection is down: what waited in the client would be written when nobody knows of it any more.
    nats.streams()?;
    let publish = publish.expected_last_subject_sequence(over);
    let sent = nats.jetstream.send_publish(subject, publish).await.map_err(unreachable)?;
    match timeout(PATIENCE, async { sent.await }).await {
        Ok(Ok(acknowledged)) => Ok(Written::Kept(acknowledged.sequence)),
        Ok(Err(error)) if error.kind() == PublishErrorKind::WrongLastSequence => Ok(Written::Superseded),
        Ok(Err(error)) => Err(unreachable(error)),
        Err(_) => Err(Unreachable("no answer".into())),
    }
}

fn add(log: &mut ShowLog, payload: &[u8]) {
    let message = || serde_json::from_slice::<Value>(&unpacked(payload)?).ok();
    let Some(message) = message() else { return };
    log.node = message["node"].as_str().map(str::to_owned);
    let Some(head) = head(&message) else { return };
    let show = match &mut log.show {
        Some(show) if show.head.epoch == head.epoch => {
            show.head = head;
            show
        }
        other => other.insert(KeptShow { head, entries: Vec::new() }),
    };
    let next = show.entries.last().map(|entry| entry.offset + 1);
    let entries = message["entries"].as_array().into_iter().flatten().filter_map(entry);
    show.entries.extend(entries.filter(|entry| next.is_none_or(|next| entry.offset >= next)));
}

fn head(message: &Value) -> Option<ShowHead> {
    Some(ShowHead {
        epoch: Epoch::parse(message["epoch"].as_str()?).ok()?,
        made_ms: message["made_ms"].as_i64()?,
        zero_ms: message["zero_ms"].as_i64(),
        ended_ms: message["ended_ms"].as_i64(),
        source_lang: Lang::parse(message["source_lang"].as_str()?).ok()?,
    })
}

fn entry(written: &Value) -> Option<ShowEntry> {
    let event = read_entry(written[2].as_str()?, written[3].as_str()?)?;
    Some(ShowEntry { offset: written[0].as_u64()?, at_ms: written[1].as_u64()?, event })
}

fn lease_of(room: &RoomId) -> String {
    format!("tw.lease.{}", word(room))
}

fn show_of(room: &RoomId) -> String {
    format!("tw.show.{}", word(room))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn a_log_is_read_in_pieces_and_what_is_there_twice_counts_once() {
        let message = |epoch: &str, offsets: &[u64]| {
            let entries: Vec<_> =
                offsets.iter().map(|offset| json!([offset, 100 * offset, "ended", "{}"])).collect();
            let message = json!({ "node": "a", "epoch": epoch, "made_ms": 5, "zero_ms": null, "ended_ms": null,
                                  "source_lang": "zh", "entries": entries });
            packed(message.to_string().as_bytes())
        };
        let mut log = ShowLog::default();
        for payload in [message("e1", &[1, 2]), Bytes::from_static(b"nonsense"), message("e1", &[2, 3])] {
            add(&mut log, &payload);
        }
        let offsets = |log: &ShowLog| {
            log.show.iter().flat_map(|show| &show.entries).map(|entry| entry.offset).collect::<Vec<_>>()
        };
        assert_eq!((offsets(&log), log.node.as_deref()), (vec![1, 2, 3], Some("a")));
        add(&mut log, &message("e2", &[]));
        assert_eq!(
            log.show.map(|show| (show.head.epoch.to_string(), show.entries.len())),
            Some(("e2".into(), 0))
        );
    }
}

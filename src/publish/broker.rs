//! What joins the nodes of a cluster: the second real seam. A topic stays what viewers read on every node; on the node that
//! owns a room the lanes fill it, on the others the broker does.

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use super::Topic;
use crate::domain::{Epoch, KeptShow, Offset, RoomId, ShowEntry, ShowHead};
use crate::protocol::nodes::{AnswerHead, CallHead, News};

/// Whether other nodes can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// There are none.
    Alone,
    Up,
    Down,
}

/// The other nodes cannot be reached, or nobody there answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the other nodes cannot be reached: {0}")]
pub struct Unreachable(pub String);

/// News of a room, and the node that tells it.
#[derive(Debug, Clone)]
pub struct Told {
    pub node: String,
    pub news: News,
}

/// Up to where the cluster keeps a show's history: nothing further is told to other nodes. None: of no show.
pub type Kept = Option<(Epoch, Offset)>;

/// Tells which show is the present one, as far as it is known.
pub type Present<'a> = dyn Fn() -> Option<Epoch> + Send + Sync + 'a;

/// Who owns a room, as it was last written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// None: given back.
    pub node: Option<String>,
    /// Whether a host was there.
    pub hosted: bool,
    /// Changes with each writing.
    pub mark: u64,
}

/// The history of a room's last show as the cluster keeps it.
#[derive(Debug, Clone, Default)]
pub struct ShowLog {
    /// Who wrote to it last.
    pub node: Option<String>,
    pub show: Option<KeptShow>,
    /// To be given when the next entry is written.
    pub mark: u64,
}

/// What became of something that was to be written in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// With the mark for the next one.
    Kept(u64),
    /// Another node has written there: this one owns the room no more.
    Superseded,
}

/// A request for the owner of a room.
#[derive(Debug)]
pub struct Call {
    pub head: CallHead,
    pub body: Bytes,
}

/// Its answer, as it comes.
#[derive(Debug)]
pub struct Answer {
    pub head: AnswerHead,
    /// The body in pieces; an error where it broke off.
    pub body: mpsc::Receiver<Result<Bytes, Unreachable>>,
}

/// A piece of an answer on its way to who asked.
#[derive(Debug)]
pub enum Piece {
    Head(AnswerHead),
    Body(Bytes),
    /// It is whole.
    End,
}

/// A request of another node. An answer without its [`Piece::End`] has broken off; sending fails when nobody takes it any more.
#[derive(Debug)]
pub struct Incoming {
    pub call: Call,
    pub answer: mpsc::Sender<Piece>,
}

/// The way between nodes. Whatever cannot be reached is waited for in the background or refused at once: nothing here holds up
/// the viewers or the host of this node.
#[async_trait]
pub trait Broker: Send + Sync {
    fn link(&self) -> Link;

    /// Publishes what the topic gets to the nodes that follow it, in order, up to `kept`. Runs until dropped.
    async fn relay(&self, room: &RoomId, topic: &Topic, kept: watch::Receiver<Kept>);

    /// Fills the topic with what the room's owner publishes. `afresh`: what it has is not what the others have. `present`: the
    /// show that the owner last spoke of. Runs until dropped.
    async fn follow(&self, room: &RoomId, topic: &Topic, afresh: bool, present: &Present<'_>);

    /// Fills a topic with what was published of `epoch`, before a lane goes on with it. Takes seconds at most.
    async fn recall(&self, room: &RoomId, topic: &Topic, epoch: &Epoch);

    /// Tells the other nodes, at most once.
    async fn tell(&self, room: &RoomId, news: &News);

    /// What other nodes tell from now on.
    async fn news(&self, room: &RoomId) -> mpsc::Receiver<Told>;

    async fn lease(&self, room: &RoomId) -> Result<Option<Lease>, Unreachable>;

    /// Writes down who owns the room, if nobody has since `over` (0: ever).
    async fn take_lease(&self, room: &RoomId, holder: Holder, over: u64) -> Result<Written, Unreachable>;

    /// Whether this is the name of this node.
    fn is_me(&self, node: &str) -> bool;

    async fn show_log(&self, room: &RoomId) -> Result<ShowLog, Unreachable>;

    /// Adds to the log, if nobody has since `over`. `begins`: a show of which the log has nothing; all before it goes.
    async fn log_show(
        &self,
        room: &RoomId,
        head: &ShowHead,
        entries: &[ShowEntry],
        begins: bool,
        over: u64,
    ) -> Result<Written, Unreachable>;

    /// Asks the owner of a room.
    async fn call(&self, room: &RoomId, call: Call) -> Result<Answer, Unreachable>;

    /// What is asked of the owner of a room, until the receiver is dropped.
    async fn calls(&self, room: &RoomId) -> mpsc::Receiver<Incoming>;
}

/// Who is to hold a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// Nobody: it is given back.
    Nobody,
    /// This node, which has a host there or not.
    Me { hosted: bool },
}

/// A gateway without other nodes.
#[derive(Debug, Default)]
pub struct Alone;

/// What is asked of nobody.
fn nobody<T>() -> Result<T, Unreachable> {
    Err(Unreachable("there are none".into()))
}

#[async_trait]
impl Broker for Alone {
    fn link(&self) -> Link {
        Link::Alone
    }

    async fn relay(&self, _: &RoomId, _: &Topic, _: watch::Receiver<Kept>) {}

    async fn follow(&self, _: &RoomId, _: &Topic, _: bool, _: &Present<'_>) {}

    async fn recall(&self, _: &RoomId, _: &Topic, _: &Epoch) {}

    async fn tell(&self, _: &RoomId, _: &News) {}

    async fn news(&self, _: &RoomId) -> mpsc::Receiver<Told> {
        mpsc::channel(1).1
    }

    async fn lease(&self, _: &RoomId) -> Result<Option<Lease>, Unreachable> {
        nobody()
    }

    async fn take_lease(&self, _: &RoomId, _: Holder, _: u64) -> Result<Written, Unreachable> {
        nobody()
    }

    fn is_me(&self, _: &str) -> bool {
        false
    }

    async fn show_log(&self, _: &RoomId) -> Result<ShowLog, Unreachable> {
        nobody()
    }

    async fn log_show(
        &self,
        _: &RoomId,
        _: &ShowHead,
        _: &[ShowEntry],
        _: bool,
        _: u64,
    ) -> Result<Written, Unreachable> {
        nobody()
    }

    async fn call(&self, _: &RoomId, _: Call) -> Result<Answer, Unreachable> {
        nobody()
    }

    async fn calls(&self, _: &RoomId) -> mpsc::Receiver<Incoming> {
        mpsc::channel(1).1
    }
}

//! Why a connection is ended.

/// Close codes of the protocol. docs/PROTOCOL.md says for each whether the client should come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseReason {
    Done,
    Draining,
    TooLarge,
    BadRequest,
    Unauthorized,
    Forbidden,
    NoSuchRoom,
    Idle,
    HostPresent,
    AudioTooFast,
    TooMany,
    Internal,
    SlowViewer,
}

impl CloseReason {
    pub const fn code(self) -> u16 {
        match self {
            Self::Done => 1000,
            Self::Draining => 1001,
            Self::TooLarge => 1009,
            Self::BadRequest => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden => 4403,
            Self::NoSuchRoom => 4404,
            Self::Idle => 4408,
            Self::HostPresent => 4409,
            Self::AudioTooFast => 4413,
            Self::TooMany => 4429,
            Self::Internal => 4500,
            Self::SlowViewer => 4508,
        }
    }

    /// What a failed read means: a message over the limit is told to its sender, anything else is a lost connection.
    pub fn of_failed_read(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        use tokio_tungstenite::tungstenite::Error;
        matches!(error.downcast_ref::<Error>(), Some(Error::Capacity(_))).then_some(Self::TooLarge)
    }

    /// The word that an `Error` message and the close frame carry.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Draining => "draining",
            Self::TooLarge => "message_too_large",
            Self::BadRequest => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NoSuchRoom => "no_such_room",
            Self::Idle => "idle",
            Self::HostPresent => "host_present",
            Self::AudioTooFast => "audio_too_fast",
            Self::TooMany => "too_many_connections",
            Self::Internal => "internal",
            Self::SlowViewer => "slow_viewer",
        }
    }
}

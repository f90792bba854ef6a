//! Why a connection is ended.

/// Close codes of the protocol. docs/PROTOCOL.md says for each whether the client should come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseReason {
    Done,
    Draining,
    /// Frames that RFC 6455 forbids.
    BadFrames,
    /// Text that is not UTF-8.
    BadText,
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
            Self::BadFrames => 1002,
            Self::BadText => 1007,
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

    /// What a failed read means: what the other side did wrong is told to it, anything else is a lost connection.
    pub fn of_failed_read(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        use tokio_tungstenite::tungstenite::Error;
        use tokio_tungstenite::tungstenite::error::ProtocolError;
        let error = error.downcast_ref::<Error>()?;
        if matches!(error, Error::Capacity(_)) {
            return Some(Self::TooLarge);
        }
        if matches!(error, Error::Utf8(_)) {
            return Some(Self::BadText);
        }
        let Error::Protocol(broken) = error else { return None };
        let gone = [ProtocolError::ResetWithoutClosingHandshake, ProtocolError::ReceivedAfterClosing];
        (!gone.contains(broken)).then_some(Self::BadFrames)
    }

    /// Whether the other side was broken off in the middle of what it sends. What was not read of it resets the connection when it
    /// is dropped, so it has to be kept until the close frame is read.
    pub const fn breaks_off(self) -> bool {
        matches!(self, Self::TooLarge | Self::BadFrames | Self::BadText)
    }

    /// The word that an `Error` message and the close frame carry.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Draining => "draining",
            Self::BadFrames => "protocol_error",
            Self::BadText => "invalid_text",
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

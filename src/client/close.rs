//! What a close code means for a client: whether to come back, and what to tell the person.

/// What a client does after a close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The work is done.
    Done,
    /// The gateway or the network had a bad moment: come back and go on.
    ComeBack,
    /// Coming back would get the same answer; the sentence says why.
    Refused(&'static str),
}

/// The meaning of a WebSocket close code (`None`: the connection broke without one).
pub fn verdict(code: Option<u16>) -> Verdict {
    match code {
        Some(1000) => Verdict::Done,
        Some(1009) => Verdict::Refused("a message was larger than the gateway takes"),
        Some(4400) => Verdict::Refused("the gateway could not understand the request or the audio"),
        Some(4401) => Verdict::Refused("the token is missing or wrong"),
        Some(4403) => Verdict::Refused("this is not allowed here"),
        Some(4404) => Verdict::Refused("there is no such room"),
        Some(4409) => Verdict::Refused("the room already has a host"),
        Some(4413) => Verdict::Refused("audio came much faster than real time"),
        _ => Verdict::ComeBack,
    }
}

/// The close code that says the same as an HTTP status with which a gateway refuses the handshake.
pub fn code_of_status(status: u16) -> u16 {
    match status {
        400 | 401 | 403 | 404 | 408 | 409 | 413 | 429 => 4000 + status,
        405 | 406 | 415 | 422 | 426 => 4400,
        _ => 4500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_that_would_repeat_end_a_client() {
        for fatal in [1009, 4400, 4401, 4403, 4404, 4409, 4413] {
            assert!(matches!(verdict(Some(fatal)), Verdict::Refused(_)), "{fatal}");
        }
        for passing in [1001, 1006, 1012, 4408, 4429, 4500, 4508] {
            assert_eq!(verdict(Some(passing)), Verdict::ComeBack, "{passing}");
        }
        assert_eq!(verdict(None), Verdict::ComeBack);
        assert_eq!(verdict(Some(1000)), Verdict::Done);
    }

    #[test]
    fn a_refused_handshake_means_what_the_close_code_means() {
        assert_eq!(code_of_status(404), 4404);
        assert_eq!(code_of_status(503), 4500);
        assert_eq!(code_of_status(426), 4400);
    }
}

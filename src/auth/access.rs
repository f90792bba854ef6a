//! What a token has opened, and until when.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

/// The clock is looked at again after so long: it may have been set, or the computer may have slept.
const LOOK: Duration = Duration::from_secs(60);

/// Leave to be here.
#[derive(Debug, Clone)]
pub struct Access(Option<Term>);

#[derive(Debug, Clone)]
struct Term {
    /// The token's `exp`, in seconds since 1970.
    expires: u64,
    leeway: Duration,
    withdrawn: CancellationToken,
}

impl Access {
    /// For everybody, without an end.
    pub fn open() -> Self {
        Self(None)
    }

    pub(super) fn until(expires: u64, leeway: Duration, withdrawn: CancellationToken) -> Self {
        Self(Some(Term { expires, leeway, withdrawn }))
    }

    /// The token's `exp`, in seconds since 1970; none without a token.
    pub fn expires(&self) -> Option<u64> {
        self.0.as_ref().map(|term| term.expires)
    }

    /// Completes when the token expires or its key is withdrawn; never without a token. Boxed, so that the many who
    /// watch without one carry no timer.
    pub fn ended(&self) -> BoxFuture<'static, ()> {
        match self.0.clone() {
            Some(term) => Box::pin(term.ended()),
            None => Box::pin(std::future::pending()),
        }
    }
}

impl Term {
    async fn ended(self) {
        // A check counts whole seconds: who comes back after this is refused by the next one too.
        let end = Duration::from_secs(self.expires + 1) + self.leeway;
        let expired = async {
            loop {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let left = end.saturating_sub(now);
                if left.is_zero() {
                    return;
                }
                tokio::time::sleep(left.min(LOOK)).await;
            }
        };
        tokio::select! {
            () = expired => {}
            () = self.withdrawn.cancelled() => {}
        }
    }
}

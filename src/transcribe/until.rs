//! Until when a pass is worth its while.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// The end of one pass's time. A recogniser looks at it as often as it can, and gives up once it is over.
#[derive(Debug, Clone, Default)]
pub struct Until {
    at: Option<Instant>,
    told: Arc<AtomicBool>,
}

impl Until {
    /// As long as it takes.
    pub fn never() -> Self {
        Self::default()
    }

    pub fn at(at: Instant) -> Self {
        Self { at: Some(at), ..Self::default() }
    }

    pub fn is_over(&self) -> bool {
        self.told.load(Ordering::Relaxed) || self.at.is_some_and(|at| Instant::now() >= at)
    }

    /// Ends it now.
    pub fn give_up(&self) {
        self.told.store(true, Ordering::Relaxed);
    }
}

//! Retries come out of a budget that requests fill: an endpoint in trouble is not asked twice for everything.

/// A retry costs what this many requests bring in, so at most one request in ten is a retry.
const REQUESTS_A_RETRY: u32 = 10;
/// Retries saved up at most: a burst of trouble after a quiet hour.
const SAVED: u32 = 5;

#[derive(Debug)]
pub(super) struct RetryBudget {
    /// In shares of a retry, `REQUESTS_A_RETRY` of them make one.
    shares: u32,
}

impl RetryBudget {
    /// With one retry in hand: the first request may meet a connection that is just being opened.
    pub fn new() -> Self {
        Self { shares: REQUESTS_A_RETRY }
    }

    /// A request is made for the first time.
    pub fn request(&mut self) {
        self.shares = (self.shares + 1).min(SAVED * REQUESTS_A_RETRY);
    }

    /// Whether one may be made again; takes it off.
    pub fn retry(&mut self) -> bool {
        let left = self.shares.checked_sub(REQUESTS_A_RETRY);
        self.shares = left.unwrap_or(self.shares);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_one_request_in_ten_is_a_retry() {
        let mut budget = RetryBudget::new();
        let retries = (0..1_000).filter(|_| {
            budget.request();
            budget.retry()
        });
        assert_eq!(retries.count(), 101);
    }

    #[test]
    fn quiet_hours_save_up_a_few_retries_only() {
        let mut budget = RetryBudget::new();
        (0..10_000).for_each(|_| budget.request());
        assert_eq!((0..100).filter(|_| budget.retry()).count(), 5);
    }
}

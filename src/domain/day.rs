//! Days of the calendar, without a time and a zone.

use std::fmt;

use icu::calendar::types::RataDie;
use icu::calendar::{Date, Iso};

/// Not `YYYY-MM-DD`, or no day of the calendar.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a day, as in 2026-11-20")]
pub struct BadDay(String);

/// A day by the Gregorian calendar, as the number of days since 1970-01-01.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(i64);

/// 1970-01-01 as a rata die.
const EPOCH: i64 = 719_163;
const MS: i64 = 86_400_000;

impl Day {
    /// `2026-11-20`
    pub fn parse(text: &str) -> Result<Self, BadDay> {
        let bad = || BadDay(text.chars().take(40).collect());
        // ICU reads more than this (times, zones, years of six digits).
        if text.len() != 10 || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Err(bad());
        }
        let date = Date::try_from_str(text, Iso).map_err(|_| bad())?;
        Ok(Self(date.to_rata_die().to_i64_date() - EPOCH))
    }

    /// The day in UTC of a time in milliseconds since 1970.
    pub fn of_unix_ms(ms: i64) -> Self {
        Self(ms.div_euclid(MS))
    }

    /// How many days this is after `earlier`; negative where it is before.
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// For ICU, which writes it in a language.
    pub fn date(self) -> Date<Iso> {
        Date::from_rata_die(RataDie::new(self.0 + EPOCH), Iso)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        let (month, day) = (date.month().ordinal, date.day_of_month().0);
        write!(f, "{:04}-{month:02}-{day:02}", date.year().extended_year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_across_months_and_leap_years() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(day("1970-01-01"), Day::default());
        assert_eq!(day("2026-11-23").days_since(day("2026-11-20")), 3);
        assert_eq!(day("2028-03-01").days_since(day("2028-02-28")), 2);
        assert_eq!(day("2026-12-31").days_since(day("2027-01-01")), -1);
        assert_eq!(Day::of_unix_ms(1_790_000_000_000).to_string(), "2026-09-21");
        assert_eq!(Day::of_unix_ms(86_399_999).to_string(), "1970-01-01");
        assert_eq!(day("2026-02-08").to_string(), "2026-02-08");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["2026-02-29", "2026-13-01", "26-11-20", "2026-11-20T00:00", "20.11.2026", "", "2026-1-1"]
        {
            assert!(Day::parse(text).is_err(), "{text}");
        }
    }
}

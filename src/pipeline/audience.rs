//! How many watch, by language and country, now and at most. Numbers only: no address, no name, nobody's visit.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::domain::{Country, Lang};

/// Viewers now, and the most there were at once in this show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seats {
    pub now: usize,
    pub peak: usize,
}

/// Those of a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    pub all: Seats,
    pub languages: BTreeMap<Lang, Seats>,
    /// Without those whose country is not known.
    pub countries: BTreeMap<Country, Seats>,
}

/// Counts a room's viewers as they come and go.
#[derive(Debug, Clone, Default)]
pub struct Counter(Arc<Mutex<Audience>>);

/// A viewer who is here until this is dropped.
#[derive(Debug)]
pub struct Attending {
    counter: Counter,
    lang: Lang,
    country: Option<Country>,
}

/// Viewers at another node, until this is dropped.
#[derive(Debug)]
pub struct AttendingElsewhere {
    counter: Counter,
    languages: Vec<(Lang, usize)>,
    countries: Vec<(Country, usize)>,
}

impl Seats {
    fn take(&mut self, count: usize) {
        self.now += count;
        self.peak = self.peak.max(self.now);
    }

    fn give_back(&mut self, count: usize) {
        self.now = self.now.saturating_sub(count);
    }
}

impl Counter {
    pub fn enter(&self, lang: &Lang, country: Option<Country>) -> Attending {
        let mut audience = self.0.lock();
        audience.all.take(1);
        audience.languages.entry(lang.clone()).or_default().take(1);
        if let Some(country) = country {
            audience.countries.entry(country).or_default().take(1);
        }
        Attending { counter: self.clone(), lang: lang.clone(), country }
    }

    /// Those whom another node has.
    pub fn elsewhere(
        &self,
        languages: Vec<(Lang, usize)>,
        countries: Vec<(Country, usize)>,
    ) -> AttendingElsewhere {
        let mut audience = self.0.lock();
        for (lang, count) in &languages {
            audience.all.take(*count);
            audience.languages.entry(lang.clone()).or_default().take(*count);
        }
        for (country, count) in &countries {
            audience.countries.entry(*country).or_default().take(*count);
        }
        AttendingElsewhere { counter: self.clone(), languages, countries }
    }

    pub fn audience(&self) -> Audience {
        self.0.lock().clone()
    }

    /// Another show: its peaks begin with those who are here.
    pub fn begin_show(&self) {
        let mut audience = self.0.lock();
        audience.languages.retain(|_, seats| seats.now > 0);
        audience.countries.retain(|_, seats| seats.now > 0);
        let Audience { all, languages, countries } = &mut *audience;
        for seats in languages.values_mut().chain(countries.values_mut()).chain([all]) {
            seats.peak = seats.now;
        }
    }
}

impl Attending {
    pub fn country(&self) -> Option<Country> {
        self.country
    }
}

impl Drop for Attending {
    fn drop(&mut self) {
        let mut audience = self.counter.0.lock();
        audience.all.give_back(1);
        if let Some(seats) = audience.languages.get_mut(&self.lang) {
            seats.give_back(1);
        }
        if let Some(seats) = self.country.and_then(|country| audience.countries.get_mut(&country)) {
            seats.give_back(1);
        }
    }
}

impl Drop for AttendingElsewhere {
    fn drop(&mut self) {
        let mut audience = self.counter.0.lock();
        for (lang, count) in &self.languages {
            audience.all.give_back(*count);
            if let Some(seats) = audience.languages.get_mut(lang) {
                seats.give_back(*count);
            }
        }
        for (country, count) in &self.countries {
            if let Some(seats) = audience.countries.get_mut(country) {
                seats.give_back(*count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_are_of_the_show_and_what_leaves_is_counted_out() {
        let counter = Counter::default();
        let (es, ru) = (Lang::parse("es").unwrap(), Lang::parse("ru").unwrap());
        let mexico = Country::parse("MX").unwrap();
        let (first, second) = (counter.enter(&es, Some(mexico)), counter.enter(&es, None));
        drop(counter.enter(&ru, None));
        let seats = |now, peak| Seats { now, peak };
        let audience = counter.audience();
        assert_eq!((audience.all, audience.languages[&es]), (seats(2, 3), seats(2, 2)));
        assert_eq!((audience.languages[&ru], audience.countries[&mexico]), (seats(0, 1), seats(1, 1)));

        drop(first);
        counter.begin_show();
        let audience = counter.audience();
        assert_eq!((audience.all, audience.languages[&es]), (seats(1, 1), seats(1, 1)));
        assert!(!audience.languages.contains_key(&ru) && audience.countries.is_empty());
        drop(second);
        assert_eq!(counter.audience().all, seats(0, 1));

        let elsewhere = counter.elsewhere(vec![(es.clone(), 2), (ru, 1)], vec![(mexico, 1)]);
        let audience = counter.audience();
        assert_eq!((audience.all, audience.languages[&es]), (seats(3, 3), seats(2, 2)));
        assert_eq!(audience.countries[&mexico], seats(1, 1));
        drop(elsewhere);
        assert_eq!(counter.audience().all.now, 0);
    }
}

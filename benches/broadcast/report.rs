//! Figures of one turn.

use std::time::{Duration, Instant};

use crate::Options;
use crate::crowd::Seen;

pub struct Figures {
    pub lost: u64,
    pub wrong: usize,
    /// To each viewer, and to the last one of each event; sorted.
    any: Vec<Duration>,
    last: Vec<Duration>,
    kb_idle: f64,
    pub kb_after: f64,
    resident: [u64; 2],
    /// Seconds of the server's processes while the events were published.
    pub cpu: f64,
    /// By language, as its first viewer read them.
    pub bodies: Vec<Vec<Vec<u8>>>,
}

impl Figures {
    pub fn of(
        options: &Options,
        head: u64,
        published: &[Instant],
        seen: Vec<Seen>,
        [before, idle, after]: [u64; 3],
        cpu: f64,
    ) -> Self {
        let expected = head + 1..=head + options.events;
        let wrong =
            seen.iter().filter(|seen| seen.events.iter().map(|(offset, _)| *offset).ne(expected.clone()));
        let (mut lost, mut any, mut last) = (0, Vec::new(), vec![Duration::ZERO; published.len()]);
        for seen in &seen {
            let mut had = vec![false; published.len()];
            for (offset, at) in &seen.events {
                let Some(index) = offset.checked_sub(head + 1).map(|index| index as usize) else { continue };
                let Some((since, (last, had))) =
                    published.get(index).zip(last.get_mut(index).zip(had.get_mut(index)))
                else {
                    continue;
                };
                let took = at.saturating_duration_since(*since);
                any.push(took);
                *last = took.max(*last);
                *had = true;
            }
            lost += had.iter().filter(|had| !**had).count() as u64;
        }
        any.sort_unstable();
        last.sort_unstable();
        let a_viewer = |kb: u64| kb.saturating_sub(before) as f64 / options.viewers as f64;
        Self {
            lost,
            wrong: wrong.count(),
            any,
            last,
            kb_idle: a_viewer(idle),
            kb_after: a_viewer(after),
            resident: [before, after],
            cpu,
            bodies: seen.into_iter().filter_map(|seen| seen.bodies).collect(),
        }
    }

    pub fn p50(&self) -> Duration {
        percentile(&self.any, 50)
    }

    pub fn p99(&self) -> Duration {
        percentile(&self.any, 99)
    }

    pub fn max(&self) -> Duration {
        percentile(&self.any, 100)
    }

    pub fn print(&self, options: &Options) {
        let kind = if options.sse { "server-sent events" } else { "WebSocket" };
        let bytes: usize = self.bodies.iter().flatten().map(Vec::len).sum();
        let messages = self.bodies.iter().map(Vec::len).sum::<usize>().max(1);
        println!("viewers            {} over {kind} ({})", options.viewers, options.languages.join(", "));
        println!(
            "events             {} at {} a second, {} bytes each",
            options.events,
            options.rate,
            bytes / messages
        );
        println!(
            "lost               {} (viewers with anything but every event once in order: {})",
            self.lost, self.wrong
        );
        for (name, times) in [("to the last viewer", &self.last), ("to any viewer     ", &self.any)] {
            let [p50, p99, most] = [50, 99, 100].map(|percent| ms(percentile(times, percent)));
            println!("{name} p50 {p50} p99 {p99} maximum {most}");
        }
        println!("resident a viewer  {:.1} KB idle, {:.1} KB after the events", self.kb_idle, self.kb_after);
        println!(
            "resident           {} MB before, {} MB after",
            self.resident[0] / 1024,
            self.resident[1] / 1024
        );
        let deliveries = (options.viewers as u64 * options.events) as f64;
        println!(
            "CPU                {:.2} s, {:.1} µs a viewer and event",
            self.cpu,
            self.cpu * 1e6 / deliveries
        );
    }
}

/// The middle one of several turns.
pub fn middle<T: PartialOrd + Copy>(turns: &[Figures], of: impl Fn(&Figures) -> T) -> T {
    let mut values: Vec<T> = turns.iter().map(of).collect();
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    values[values.len() / 2]
}

pub fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Nearest rank.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

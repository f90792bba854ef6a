//! Telling how far a fetch is: bars on a terminal, plain lines elsewhere.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Hears how the work goes on. Steps follow one another; they never overlap.
pub trait Progress {
    /// A step begins that is done when `bytes` are reached.
    fn begin(&mut self, what: &str, bytes: u64);
    /// So many bytes of the step are done, counted from its beginning.
    fn reached(&mut self, bytes: u64);
    /// The step is over, well or badly.
    fn finish(&mut self);
    /// Something the user should know, a sentence: a source failed, another process is at work.
    fn note(&mut self, sentence: &str);
}

/// Says nothing.
#[derive(Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&mut self, _what: &str, _bytes: u64) {}
    fn reached(&mut self, _bytes: u64) {}
    fn finish(&mut self) {}
    fn note(&mut self, _sentence: &str) {}
}

/// Progress bars on the standard error stream, for a terminal.
#[derive(Debug, Default)]
pub struct Bars {
    bar: Option<ProgressBar>,
}

impl Progress for Bars {
    fn begin(&mut self, what: &str, bytes: u64) {
        let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(bytes).with_style(style).with_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        self.bar = Some(bar);
    }

    fn reached(&mut self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(bytes);
        }
    }

    fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.abandon();
        }
    }

    fn note(&mut self, sentence: &str) {
        match &self.bar {
            Some(bar) => bar.println(sentence),
            // A terminal that is gone is no reason to stop fetching.
            None => drop(writeln!(io::stderr(), "{sentence}")),
        }
    }
}

/// A line at the start of each step and at every further tenth of it, for logs and pipes.
#[derive(Debug)]
pub struct Lines<W> {
    to: W,
    what: String,
    bytes: u64,
    tenths: u64,
}

impl<W: Write> Lines<W> {
    pub fn new(to: W) -> Self {
        Self { to, what: String::new(), bytes: 0, tenths: 0 }
    }

    /// A log that cannot be written is no reason to stop fetching.
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.to, "{text}").and_then(|()| self.to.flush());
    }
}

impl<W: Write> Progress for Lines<W> {
    fn begin(&mut self, what: &str, bytes: u64) {
        what.clone_into(&mut self.what);
        (self.bytes, self.tenths) = (bytes, 0);
        self.line(&format!("{what} ({:.1} MB)", megabytes(bytes)));
    }

    fn reached(&mut self, bytes: u64) {
        let tenths = (bytes.saturating_mul(10) / self.bytes.max(1)).min(10);
        if tenths > self.tenths {
            self.tenths = tenths;
            self.line(&format!("{} {}0 %", self.what, tenths));
        }
    }

    fn finish(&mut self) {}

    fn note(&mut self, sentence: &str) {
        self.line(sentence);
    }
}

const BAR: &str = "{msg:44!} {bar:24} {bytes:>10}/{total_bytes:10} {bytes_per_sec:>12} {eta:>4}";

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_at_each_tenth_once_and_never_pass_the_end() {
        let mut lines = Lines::new(Vec::new());
        lines.begin("a.bin", 1000);
        for bytes in [0, 50, 150, 160, 990, 1000, 2000] {
            lines.reached(bytes);
        }
        let text = String::from_utf8(lines.to).unwrap();
        assert_eq!(text, "a.bin (0.0 MB)\na.bin 10 %\na.bin 90 %\na.bin 100 %\n");
    }

    #[test]
    fn a_step_of_no_length_does_not_divide_by_zero() {
        let mut lines = Lines::new(Vec::new());
        lines.begin("x", 0);
        lines.reached(0);
        assert_eq!(lines.to, b"x (0.0 MB)\n");
    }
}

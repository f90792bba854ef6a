//! What `tradewind push` and `tradewind watch` take and print.
//!
//! Output goes to handles given in, so that the library itself never prints and a pipe that closes early is
//! no error.

use std::io::{self, ErrorKind, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::{
    ClientError, Heard, PushEncoding, PushEvent, PushOptions, PushSummary, Raw, Resume, Source, WatchOptions,
    push, watch,
};

/// `tradewind push FILE|-`
#[derive(Debug, Clone, Args)]
pub struct PushArgs {
    /// WAV, Ogg Opus or WebM file, or `-` for standard input
    pub file: String,
    /// Address of the gateway
    #[arg(long, default_value = "ws://127.0.0.1:8080")]
    pub url: String,
    #[arg(long, default_value = "demo")]
    pub room: String,
    /// What is spoken: zh, en, …, or multi
    #[arg(long, default_value = "zh")]
    pub language: String,
    #[arg(long, env = "TRADEWIND_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// 1 is real time
    #[arg(long, default_value_t = 1.0)]
    pub speed: f64,
    #[arg(long, value_enum, default_value_t)]
    pub encoding: EncodingArg,
    /// Rate of headerless 16-bit samples, in Hz
    #[arg(long)]
    pub rate: Option<u32>,
    /// Channels of headerless 16-bit samples
    #[arg(long, default_value_t = 1)]
    pub channels: u16,
    /// Milliseconds of audio a message
    #[arg(long, default_value_t = 100)]
    pub chunk_ms: u32,
    /// End when the connection is lost, instead of coming back
    #[arg(long)]
    pub no_reconnect: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum EncodingArg {
    /// WAV as samples, Ogg and WebM as they are
    #[default]
    Auto,
    /// 16-bit samples
    Linear16,
    /// The file's bytes as they are
    Container,
}

/// `tradewind watch --room R --lang L`
#[derive(Debug, Clone, Args)]
pub struct WatchArgs {
    /// Address of the gateway
    #[arg(long, default_value = "ws://127.0.0.1:8080")]
    pub url: String,
    #[arg(long, default_value = "demo")]
    pub room: String,
    /// Language of the captions (BCP 47)
    #[arg(long)]
    pub lang: Option<String>,
    /// Currency of the cards (ISO 4217)
    #[arg(long)]
    pub currency: Option<String>,
    /// Print each message as it came, one a line
    #[arg(long)]
    pub json: bool,
    /// Read server-sent events instead of a WebSocket
    #[arg(long)]
    pub sse: bool,
    /// Go on after this place: EPOCH:OFFSET
    #[arg(long, value_parser = parse_resume)]
    pub resume: Option<Resume>,
}

impl PushArgs {
    pub fn into_options(self) -> PushOptions {
        let source = if self.file == "-" { Source::Stdin } else { Source::File(PathBuf::from(&self.file)) };
        PushOptions {
            token: self.token,
            encoding: match self.encoding {
                EncodingArg::Auto => PushEncoding::Auto,
                EncodingArg::Linear16 => PushEncoding::Linear16,
                EncodingArg::Container => PushEncoding::Container,
            },
            raw: self.rate.map(|sample_rate| Raw { sample_rate, channels: self.channels }),
            chunk_ms: self.chunk_ms,
            speed: self.speed,
            reconnect: !self.no_reconnect,
            ..PushOptions::new(&self.url, &self.room, &self.language, source)
        }
    }
}

impl WatchArgs {
    pub fn into_options(self) -> WatchOptions {
        WatchOptions {
            url: self.url,
            room: self.room,
            lang: self.lang,
            currency: self.currency,
            sse: self.sse,
            resume: self.resume,
        }
    }
}

/// Pushes with a progress bar on standard error; finals and troubles stand above the bar.
pub async fn run_push(options: PushOptions) -> Result<PushSummary, ClientError> {
    let bar = ProgressBar::new_spinner();
    let result = push(options, |event| show(&bar, &event)).await;
    bar.finish_and_clear();
    result
}

/// Prints a viewer's messages until the show ends or nobody reads `out` any more.
///
/// With `json` each message is one line, exactly as received. Without, finals are lines; with `tty`,
/// partials are written over by what follows them.
pub async fn run_watch(
    options: WatchOptions,
    json: bool,
    tty: bool,
    out: &mut impl Write,
) -> Result<(), ClientError> {
    let mut failed: Option<io::Error> = None;
    let mut printer = Printer { tty, partial_shown: false };
    watch(options, |heard| {
        let written = if json { print_raw(out, heard) } else { printer.print(out, heard.message) };
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(e) => {
                failed = Some(e);
                ControlFlow::Break(())
            }
        }
    })
    .await?;
    match failed {
        Some(e) if e.kind() != ErrorKind::BrokenPipe => Err(e.into()),
        _ => Ok(()),
    }
}

fn show(bar: &ProgressBar, event: &PushEvent<'_>) {
    match event {
        PushEvent::Started { total: Some(total), .. } => {
            bar.set_length(millis(*total));
            bar.set_style(style("{bar:40} {prefix}  {wide_msg}"));
        }
        PushEvent::Started { total: None, .. } => bar.set_style(style("{spinner} {prefix}  {wide_msg}")),
        PushEvent::Progress { spoken } => {
            bar.set_position(millis(*spoken));
            let total = bar.length().map(|ms| format!(" / {}", clock(Duration::from_millis(ms))));
            bar.set_prefix(format!("{}{}", clock(*spoken), total.unwrap_or_default()));
        }
        PushEvent::Message(message) => match message["type"].as_str() {
            Some("Results") => {
                let text = message["channel"]["alternatives"][0]["transcript"].as_str().unwrap_or_default();
                if message["is_final"] == true && !text.is_empty() {
                    bar.println(text);
                    bar.set_message("");
                } else {
                    bar.set_message(text.to_owned());
                }
            }
            Some("Error") => bar.println(format!("gateway: {}", message["message"].as_str().unwrap_or("?"))),
            _ => {}
        },
        PushEvent::Lost { why } => bar.println(format!("connection lost ({why}); trying again")),
        PushEvent::Back { after } => {
            bar.println(format!("connected again after {:.1} s", after.as_secs_f64()));
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn clock(at: Duration) -> String {
    format!("{}:{:02}", at.as_secs() / 60, at.as_secs() % 60)
}

fn print_raw(out: &mut impl Write, heard: Heard<'_>) -> io::Result<()> {
    // A message could hold line breaks between its members, but a line must stay a message.
    let mut line = heard.raw.replace(['\n', '\r'], " ");
    line.push('\n');
    out.write_all(line.as_bytes())?;
    out.flush()
}

struct Printer {
    tty: bool,
    partial_shown: bool,
}

impl Printer {
    fn print(&mut self, out: &mut impl Write, message: &Value) -> io::Result<()> {
        let Some((line, partial)) = readable(message) else { return Ok(()) };
        if partial && !self.tty {
            return Ok(());
        }
        // Return to the line's start and clear it.
        if std::mem::replace(&mut self.partial_shown, partial) {
            out.write_all(b"\r\x1b[K")?;
        }
        out.write_all(line.as_bytes())?;
        if !partial {
            out.write_all(b"\n")?;
        }
        out.flush()
    }
}

/// A message as a line for a person, and whether it will be replaced.
fn readable(message: &Value) -> Option<(String, bool)> {
    let text = |key: &str| message[key].as_str().map(printable).unwrap_or_default();
    let line = match message["type"].as_str()? {
        "hello" => format!("— {} · {} · {}", text("room"), text("lang"), text("title")),
        "caption" => {
            let partial = message["final"] != true;
            let at = clock(Duration::from_millis(message["start_ms"].as_u64().unwrap_or(0)));
            let mut line = format!("{at} {}{}", text("text"), if partial { " …" } else { "" });
            if message["fidelity"] == "source" {
                line = format!("{line}  [{}]", text("source_text"));
            }
            return Some((line, partial));
        }
        "card" if message["action"] == "pin" => {
            let card = &message["card"];
            let name = printable(card["name"].as_str().unwrap_or_default());
            let price = printable(card["price"]["text"].as_str().unwrap_or_default());
            format!("  ▣ {} {name} {price}", text("sku"))
        }
        "card" => format!("  □ {}", text("sku")),
        "ended" => "— the show has ended".to_owned(),
        "drain" => "— the gateway restarts; coming back".to_owned(),
        "error" => format!("— error {}: {}", text("code"), text("message")),
        _ => return None,
    };
    Some((line, false))
}

/// Without control characters, which could command the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn parse_resume(text: &str) -> Result<Resume, String> {
    let (epoch, offset) = text.rsplit_once(':').ok_or("EPOCH:OFFSET is wanted")?;
    let offset = offset.parse().map_err(|_| "the offset is not a number")?;
    Ok(Resume { epoch: epoch.to_owned(), offset })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn printed(tty: bool, messages: &[Value]) -> String {
        let mut out = Vec::new();
        let mut printer = Printer { tty, partial_shown: false };
        for message in messages {
            printer.print(&mut out, message).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn partials_are_overwritten_on_a_terminal_and_left_out_of_a_pipe() {
        let partial = json!({"type":"caption","final":false,"text":"Hola","start_ms":61_000});
        let last = json!({"type":"caption","final":true,"text":"Hola a todos\u{1b}[2J","start_ms":61_000});
        assert_eq!(printed(false, &[partial.clone(), last.clone()]), "1:01 Hola a todos [2J\n");
        assert_eq!(printed(true, &[partial, last]), "1:01 Hola …\r\x1b[K1:01 Hola a todos [2J\n");
    }

    #[test]
    fn a_caption_that_may_be_wrong_stands_beside_its_source() {
        let doubtful =
            json!({"type":"caption","final":true,"text":"t","source_text":"五百","fidelity":"source"});
        assert_eq!(printed(false, &[doubtful]), "0:00 t  [五百]\n");
    }

    #[test]
    fn raw_messages_stay_as_they_came_but_on_one_line() {
        let message = json!({});
        let mut out = Vec::new();
        let heard = Heard { raw: "{\"z\":1,\n\"a\":2}", message: &message, at: std::time::Instant::now() };
        print_raw(&mut out, heard).unwrap();
        assert_eq!(out, b"{\"z\":1, \"a\":2}\n");
    }

    #[test]
    fn a_place_is_an_epoch_and_an_offset() {
        assert_eq!(parse_resume("k3f9:12"), Ok(Resume { epoch: "k3f9".into(), offset: 12 }));
        assert!(parse_resume("12").is_err() && parse_resume("k:x").is_err());
    }
}

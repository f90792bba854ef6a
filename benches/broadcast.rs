//! The load generator: many viewers of one room, and what each of them costs and gets.
//!
//! Starts a gateway in a process of its own, so that its memory is its own, or measures one that runs. Every viewer
//! has to get every event once and in order; the time is from before the operator's request until the last viewer
//! has read the event. `benches/load.sh --viewers 1000`
//!
//! With `--stuck 1000` it measures in turns without and with so many more viewers who read nothing: what those who read notice
//! of them, as a ratio of one run, and what the gateway keeps for them.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program with a report; a lost task is seen in its figures"
)]

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Parser;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

const ROOM: &str = "load";
/// Viewers that connect at the same time.
const CONNECTING: usize = 64;
/// How long the last events may take to the last viewer.
const LAST: Duration = Duration::from_secs(10);

#[derive(Parser)]
struct Options {
    #[arg(long, default_value_t = 1_000)]
    viewers: usize,
    #[arg(long, default_value_t = 100)]
    events: u64,
    /// Events a second
    #[arg(long, default_value_t = 5.0)]
    rate: f64,
    /// Languages that the viewers share among them
    #[arg(long, default_value = "es", value_delimiter = ',')]
    languages: Vec<String>,
    /// Further viewers who read nothing
    #[arg(long, default_value_t = 0)]
    stuck: usize,
    /// Turns without and with them
    #[arg(long, default_value_t = 3)]
    turns: usize,
    /// Address of a running gateway with a room `load`, without authorisation; needs --pid
    #[arg(long, requires = "pid")]
    address: Option<SocketAddr>,
    #[arg(long)]
    pid: Option<u32>,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let folder = tempfile::tempdir()?;
    let (address, pid, _gateway) = match (options.address, options.pid) {
        (Some(address), Some(pid)) => (address, pid, None),
        _ => {
            let gateway = Gateway::start(folder.path())?;
            (gateway.address(folder.path()).await?, gateway.0.id(), Some(gateway))
        }
    };
    if options.stuck == 0 {
        measure(&options, address, pid).await?;
        return Ok(());
    }
    compare(&options, address, pid).await
}

/// In turns, so that what else the machine does falls on both.
async fn compare(options: &Options, address: SocketAddr, pid: u32) -> anyhow::Result<()> {
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for turn in 1..=options.turns {
        println!("-- turn {turn}, without");
        alone.push(measure(options, address, pid).await?);
        println!("-- turn {turn}, beside {} who read nothing", options.stuck);
        let before = resident_kb(pid)?;
        let stuck: Vec<TcpStream> = stream::iter(0..options.stuck)
            .map(|n| stick(address, options.languages.get(n % options.languages.len().max(1))))
            .buffer_unordered(CONNECTING)
            .try_collect()
            .await?;
        beside.push(measure(options, address, pid).await?);
        let kept = resident_kb(pid)?.saturating_sub(before) as f64 / options.stuck as f64;
        println!("kept               {kept:.1} KB for each who reads nothing, after the events");
        drop(stuck);
        sleep(Duration::from_secs(2)).await;
    }
    let middle = |times: &mut Vec<Duration>| percentile(times, 50);
    let (alone, beside) = (middle(&mut alone), middle(&mut beside));
    let shift = beside.as_secs_f64() / alone.as_secs_f64();
    println!("-- to any viewer, p99, the middle of {} turns", options.turns);
    println!("without {}, beside {} stuck {}: ratio {shift:.2}", ms(alone), options.stuck, ms(beside));
    Ok(())
}

/// A viewer with a small receive buffer who never reads.
async fn stick(address: SocketAddr, lang: Option<&String>) -> anyhow::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    let mut stream = socket.connect(address).await?;
    let lang = lang.context("no languages")?;
    let request = format!(
        "GET /v1/rooms/{ROOM}/live?lang={lang} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    // In the room when it is answered.
    stream.read_u8().await?;
    Ok(stream)
}

/// Prints what was measured, and gives the 99th percentile of the time to any viewer.
async fn measure(options: &Options, address: SocketAddr, pid: u32) -> anyhow::Result<Duration> {
    // What the first viewer of a language and the first card cost is not every viewer's cost.
    for lang in &options.languages {
        let (mut first, _) = connect(address, lang).await?;
        operate(address, 0).await?;
        operate(address, 1).await?;
        first.close(None).await?;
    }
    sleep(Duration::from_secs(1)).await;
    let head = head(address, options.languages.first().context("no languages")?).await?;

    let before = resident_kb(pid)?;
    let (announce, announced) = watch::channel(None);
    let langs = options.languages.iter().cycle().take(options.viewers);
    let readers: Vec<JoinHandle<Vec<Receipt>>> = stream::iter(langs)
        .map(|lang| join(address, lang, head, announced.clone()))
        .buffer_unordered(CONNECTING)
        .try_collect()
        .await?;
    sleep(Duration::from_secs(2)).await;
    let idle = resident_kb(pid)?;

    announce.send(Some(head + options.events))?;
    let begun = Instant::now();
    let mut published = Vec::new();
    for event in 0..options.events {
        sleep_until((begun + Duration::from_secs_f64(event as f64 / options.rate)).into()).await;
        published.push(Instant::now());
        operate(address, event).await?;
    }
    let mut seen = Vec::new();
    for reader in readers {
        seen.push(reader.await?);
    }
    let after = resident_kb(pid)?;
    report(options, head, &published, &seen, [before, idle, after])
}

fn report(
    options: &Options,
    head: u64,
    published: &[Instant],
    seen: &[Vec<Receipt>],
    [before, idle, after]: [u64; 3],
) -> anyhow::Result<Duration> {
    let expected: Vec<u64> = (head + 1..=head + options.events).collect();
    let wrong = seen
        .iter()
        .filter(|events| events.iter().map(|(offset, _)| *offset).ne(expected.iter().copied()))
        .count();
    let lost: u64 = seen
        .iter()
        .map(|events| {
            expected.iter().filter(|o| !events.iter().any(|(offset, _)| offset == *o)).count() as u64
        })
        .sum();
    let mut every: Vec<Duration> = Vec::new();
    let mut last: Vec<Duration> = vec![Duration::ZERO; published.len()];
    for (offset, at) in seen.iter().flatten() {
        let index = (offset - head - 1) as usize;
        let Some((since, last)) = published.get(index).zip(last.get_mut(index)) else { continue };
        let took = at.saturating_duration_since(*since);
        every.push(took);
        *last = took.max(*last);
    }
    let a_viewer = |kb: u64| kb.saturating_sub(before) as f64 / options.viewers as f64;
    println!("viewers            {} ({})", options.viewers, options.languages.join(", "));
    println!("events             {} at {} a second", options.events, options.rate);
    println!("lost               {lost} (viewers with anything but every event once in order: {wrong})");
    println!(
        "to the last viewer p50 {} p99 {}",
        ms(percentile(&mut last, 50)),
        ms(percentile(&mut last, 99))
    );
    println!(
        "to any viewer      p50 {} p99 {}",
        ms(percentile(&mut every, 50)),
        ms(percentile(&mut every, 99))
    );
    println!("resident a viewer  {:.1} KB idle, {:.1} KB after the events", a_viewer(idle), a_viewer(after));
    println!("resident           {} MB before, {} MB after", before / 1024, after / 1024);
    ensure!(lost == 0 && wrong == 0, "events were lost, repeated or out of order");
    Ok(percentile(&mut every, 99))
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Nearest rank.
fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let rank = (times.len() * percent).div_ceil(100).max(1);
    times.get(rank - 1).copied().unwrap_or_default()
}

type Socket = WebSocketStream<TcpStream>;

/// An event's offset, and when it was read.
type Receipt = (u64, Instant);

/// What is read of every message.
#[derive(Deserialize)]
struct Seen {
    #[serde(rename = "type")]
    kind: String,
    offset: Option<u64>,
}

/// A viewer who has what happened until `head`. `last` is told when it is known which event is the last.
async fn join(
    address: SocketAddr,
    lang: &str,
    head: u64,
    mut last: watch::Receiver<Option<u64>>,
) -> anyhow::Result<JoinHandle<Vec<Receipt>>> {
    let (mut socket, mut offset) = connect(address, lang).await?;
    while offset < head {
        offset = read(&mut socket).await?.offset.unwrap_or(offset);
    }
    Ok(tokio::spawn(async move {
        let mut seen: Vec<Receipt> = Vec::new();
        loop {
            let until = *last.borrow_and_update();
            if until.is_some() && seen.last().map(|(offset, _)| *offset) >= until {
                return seen;
            }
            tokio::select! {
                message = read(&mut socket) => match message {
                    Ok(Seen { offset: Some(offset), .. }) => seen.push((offset, Instant::now())),
                    Ok(_) => {}
                    Err(_) => return seen,
                },
                _ = last.changed(), if until.is_none() => {}
                () = sleep(LAST), if until.is_some() => return seen,
            }
        }
    }))
}

/// Offset of the room's last event: what a viewer has when nothing more comes.
async fn head(address: SocketAddr, lang: &str) -> anyhow::Result<u64> {
    let (mut socket, mut offset) = connect(address, lang).await?;
    while let Ok(message) = timeout(Duration::from_secs(1), read(&mut socket)).await {
        offset = message?.offset.unwrap_or(offset);
    }
    Ok(offset)
}

/// A socket that has read its hello, and the offset in it.
async fn connect(address: SocketAddr, lang: &str) -> anyhow::Result<(Socket, u64)> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let url = format!("ws://{address}/v1/rooms/{ROOM}/live?lang={lang}");
    let config = WebSocketConfig::default().read_buffer_size(4096);
    let (mut socket, _) = client_async_with_config(url, stream, Some(config)).await?;
    let hello = read(&mut socket).await?;
    ensure!(hello.kind == "hello", "the first message is {}", hello.kind);
    Ok((socket, hello.offset.unwrap_or(0)))
}

async fn read(socket: &mut Socket) -> anyhow::Result<Seen> {
    loop {
        match socket.next().await.context("closed")?? {
            Message::Text(text) => return Ok(serde_json::from_str(&text)?),
            Message::Close(frame) => bail!("closed: {frame:?}"),
            _ => {}
        }
    }
}

/// Pins and unpins in turn: each is one event.
async fn operate(address: SocketAddr, event: u64) -> anyhow::Result<()> {
    let (path, body) = if event.is_multiple_of(2) { ("pin", r#"{"sku":"HY-500"}"#) } else { ("unpin", "") };
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "POST /v1/rooms/{ROOM}/{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    ensure!(answer.starts_with("HTTP/1.1 204"), "the gateway says: {answer}");
    Ok(())
}

/// Resident memory of a process, in KB.
fn resident_kb(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the gateway is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    line.trim().trim_end_matches(" kB").parse().context("VmRSS is not a number")
}

/// A gateway of its own, ended with the value.
struct Gateway(Child);

impl Gateway {
    fn start(folder: &Path) -> anyhow::Result<Self> {
        let catalogue = concat!(env!("CARGO_MANIFEST_DIR"), "/config/demo-catalogue.toml");
        let config = format!(
            "auth = \"off\"\n[limits]\nviewers_per_room = 100000\n[transcribe]\nworkers = 1\n\
             [[rooms]]\nid = \"{ROOM}\"\ntitle = \"Load\"\ncatalogue = \"{catalogue}\"\n"
        );
        std::fs::write(folder.join("load.toml"), config)?;
        let child = Command::new(env!("CARGO_BIN_EXE_tradewind"))
            .args(["serve", "--listen", "127.0.0.1:0", "--config"])
            .arg(folder.join("load.toml"))
            .arg("--address-file")
            .arg(folder.join("address"))
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start the gateway")?;
        Ok(Self(child))
    }

    async fn address(&self, folder: &Path) -> anyhow::Result<SocketAddr> {
        for _ in 0..600 {
            if let Ok(address) = std::fs::read_to_string(folder.join("address")) {
                return Ok(address.parse()?);
            }
            sleep(Duration::from_millis(100)).await;
        }
        bail!("the gateway did not start within a minute")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

//! The load generator: many viewers over several languages, and what each of them costs and gets.
//!
//! Starts a gateway in a process of its own, so that its memory is its own, or measures one that runs. Every viewer has to get
//! every event once and in order; the time is from before the operator's request until a viewer has read the event.
//! `benches/load.sh --viewers 10000 --languages twelve`
//!
//! With `--stuck 1000` it measures in turns without and with so many more viewers who read nothing. With `--nchan-address` (as
//! `benches/nchan.sh` gives it) it measures in turns the gateway and nchan, which gets the same bytes for each language at the same
//! pace. Ratios are of one run.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program with a report; a lost task is seen in its figures"
)]

mod crowd;
mod frames;
mod report;
mod server;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Parser;
use futures_util::{StreamExt, TryStreamExt, stream};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpStream;
use tokio::time::{sleep, sleep_until};

use crowd::{Crowd, stick};
use report::{Figures, middle, ms};
use server::{Gateway, Nchan, Server};

/// Sockets that connect at the same time.
const CONNECTING: usize = 64;
/// How long the last events may take to the last viewer.
const LAST: Duration = Duration::from_secs(10);
/// Files that a gateway and this program have open beside their viewers.
const OTHER_FILES: u64 = 300;
/// Events that are published first. They fill each language's ring (8 MiB: 200 cards), so that what it grows by is not taken for
/// the viewers'.
const FILLING: u64 = 420;

/// Events, half of them cards of 0.8 KB, after which the socket of a viewer who reads nothing is full: the gateway lets the system
/// keep 256 KiB for each.
const STICKING: u64 = 1_000;

/// What `--languages twelve` stands for: packs of several scripts, directions and currencies.
const TWELVE: [&str; 12] = ["en", "es", "pt-BR", "fr", "ru", "ar", "hi", "th", "vi", "id", "tr", "sw"];

#[derive(Parser, Clone)]
#[command(args_override_self = true)]
pub struct Options {
    #[arg(long, default_value_t = 1_000)]
    viewers: usize,
    #[arg(long, default_value_t = 100)]
    events: u64,
    /// Events a second
    #[arg(long, default_value_t = 5.0)]
    rate: f64,
    /// Languages that the viewers share among them: "es,ru", or "twelve"
    #[arg(long, default_value = "es", value_delimiter = ',')]
    languages: Vec<String>,
    /// Over server-sent events instead of WebSockets
    #[arg(long)]
    sse: bool,
    /// Further viewers who read nothing
    #[arg(long, default_value_t = 0)]
    stuck: usize,
    /// Turns without and with them, or of the gateway and nchan
    #[arg(long, default_value_t = 3)]
    turns: usize,
    /// Address of a running gateway with a room `load`, without authorisation; needs --pid
    #[arg(long, requires = "pid")]
    address: Option<SocketAddr>,
    #[arg(long)]
    pid: Option<u32>,
    /// Address of an nginx with nchan, as benches/nchan.sh sets it up, and its main process
    #[arg(long, requires = "nchan_pid")]
    nchan_address: Option<SocketAddr>,
    #[arg(long)]
    nchan_pid: Option<u32>,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

// One thread: the generator is to take as little of the machine as it can.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut options = Options::parse();
    if options.languages == ["twelve"] {
        options.languages = TWELVE.map(str::to_owned).into();
    }
    ensure!(!options.languages.is_empty(), "no languages");
    // Pins and unpins in turn: another pin of what is pinned would be no event.
    options.events = options.events.next_multiple_of(2);
    raise_files((options.viewers + options.stuck) as u64 + OTHER_FILES)?;
    let folder = tempfile::tempdir()?;
    let (address, pid, _gateway) = match (options.address, options.pid) {
        (Some(address), Some(pid)) => (address, pid, None),
        _ => {
            let gateway = Gateway::start(folder.path(), options.stuck > 0)?;
            (gateway.address(folder.path()).await?, gateway.pid(), Some(gateway))
        }
    };
    let gateway = Server::Gateway { address, pid };
    fill(&options, &gateway, FILLING).await?;
    match (options.nchan_address, options.nchan_pid) {
        (Some(address), Some(pid)) => against(&options, &gateway, address, pid).await,
        _ if options.stuck > 0 => beside_stuck(&options, &gateway, address).await,
        _ => measure(&options, &gateway).await.map(drop),
    }
}

/// As many open files as each of the two processes needs, for this one and those it starts.
fn raise_files(needed: u64) -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|now| now >= needed) {
        return Ok(());
    }
    let hard = limit.maximum.unwrap_or(u64::MAX);
    let raised = Rlimit { current: Some(needed), maximum: Some(hard.max(needed)) };
    let allowed = setrlimit(Resource::Nofile, raised).is_ok();
    ensure!(
        allowed,
        "{needed} open files are needed and this system allows {hard}: raise the limit (as root: ulimit -n {needed}; for a \
         service: LimitNOFILE) or ask for fewer --viewers"
    );
    Ok(())
}

/// Publishes to one viewer of each language, as fast as they get it: fills the rings, and the sockets of those who do not read.
async fn fill(options: &Options, gateway: &Server, events: u64) -> anyhow::Result<()> {
    let one_each = Options { viewers: options.languages.len(), sse: false, ..options.clone() };
    let head = gateway.head(options).await?;
    let mut crowd = Crowd::join(&one_each, gateway, head).await?;
    for event in 0..events {
        gateway.publish(event, &crowd).await?;
        // A lane that is too far behind would begin anew.
        if event % 20 == 19 {
            crowd.until_all(event + 1, Instant::now() + LAST).await;
        }
    }
    crowd.leave();
    Ok(())
}

/// In turns, so that what else the machine does falls on both.
async fn beside_stuck(options: &Options, gateway: &Server, address: SocketAddr) -> anyhow::Result<()> {
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for turn in 1..=options.turns {
        println!("-- turn {turn}, without");
        alone.push(measure(options, gateway).await?);
        println!("-- turn {turn}, beside {} who read nothing", options.stuck);
        let before = gateway.resident_kb()?;
        let langs = options.languages.iter().cycle().take(options.stuck);
        let stuck: Vec<TcpStream> = stream::iter(langs)
            .map(|lang| stick(address, lang))
            .buffer_unordered(CONNECTING)
            .try_collect()
            .await?;
        // They have read their hello at most: what follows fills their sockets, and then they are stuck.
        fill(options, gateway, STICKING).await?;
        beside.push(measure(options, gateway).await?);
        let kept = gateway.resident_kb()?.saturating_sub(before) as f64 / options.stuck as f64;
        println!("kept               {kept:.1} KB for each who reads nothing, after the events");
        drop(stuck);
        sleep(Duration::from_secs(2)).await;
    }
    println!("-- to any viewer, the middle of {} turns", options.turns);
    for (name, of) in [("p50", Figures::p50 as fn(&Figures) -> Duration), ("p99", Figures::p99)] {
        let (without, with) = (middle(&alone, of), middle(&beside, of));
        let ratio = with.as_secs_f64() / without.as_secs_f64();
        println!(
            "{name} without {}, beside {} stuck {}: ratio {ratio:.2}",
            ms(without),
            options.stuck,
            ms(with)
        );
    }
    Ok(())
}

/// The gateway and nchan in turns.
async fn against(options: &Options, gateway: &Server, address: SocketAddr, pid: u32) -> anyhow::Result<()> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 1..=options.turns {
        println!("-- turn {turn}, the gateway");
        let figures = measure(options, gateway).await?;
        println!("-- turn {turn}, nchan");
        let nchan = Nchan::new(address, pid, &options.languages, figures.bodies.clone()).await?;
        theirs.push(measure(options, &Server::Nchan(nchan)).await?);
        ours.push(figures);
    }
    println!("-- the gateway against nchan, the middle of {} turns", options.turns);
    for (name, of) in
        [("p50", Figures::p50 as fn(&Figures) -> Duration), ("p99", Figures::p99), ("maximum", Figures::max)]
    {
        let (us, them) = (middle(&ours, of), middle(&theirs, of));
        let ratio = us.as_secs_f64() / them.as_secs_f64();
        println!("to any viewer {name:7} {} against {}: ratio {ratio:.2}", ms(us), ms(them));
    }
    // Of the first turn: the viewers of the next ones get the memory that it left.
    if let (Some(us), Some(them)) = (ours.first(), theirs.first()) {
        let (us, them) = (us.kb_after, them.kb_after);
        println!(
            "resident a viewer     {us:.1} KB against {them:.1} KB in the first turn: ratio {:.2}",
            us / them
        );
    }
    let (us, them) = (middle(&ours, |f| f.cpu), middle(&theirs, |f| f.cpu));
    println!("CPU                   {us:.1} s against {them:.1} s: ratio {:.2}", us / them);
    Ok(())
}

/// Joins the viewers, publishes, prints what was measured.
async fn measure(options: &Options, server: &Server) -> anyhow::Result<Figures> {
    let head = server.head(options).await?;
    let before = server.resident_kb()?;
    let mut crowd = Crowd::join(options, server, head).await?;
    sleep(Duration::from_secs(2)).await;
    let idle = server.resident_kb()?;
    let cpu = server.cpu()?;

    let begun = Instant::now();
    let mut published = Vec::new();
    for event in 0..options.events {
        sleep_until((begun + Duration::from_secs_f64(event as f64 / options.rate)).into()).await;
        published.push(Instant::now());
        server.publish(event, &crowd).await.context("an event could not be published")?;
    }
    crowd.until_all(options.events, Instant::now() + LAST).await;
    let cpu = server.cpu()? - cpu;
    let after = server.resident_kb()?;
    let seen = crowd.leave();
    let figures = Figures::of(options, head, &published, seen, [before, idle, after], cpu);
    // Those who left are gone when the next turn counts what is resident.
    sleep(Duration::from_secs(2)).await;
    figures.print(options);
    ensure!(figures.lost == 0 && figures.wrong == 0, "events were lost, repeated or out of order");
    Ok(figures)
}

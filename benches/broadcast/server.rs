//! What is measured: a gateway of ours, or nchan.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use futures_util::future::try_join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use crate::Options;
use crate::crowd::Crowd;

pub const ROOM: &str = "load";
/// Of `/proc/PID/stat` on every Linux there is.
const TICKS_A_SECOND: f64 = 100.0;

pub enum Server {
    Gateway { address: SocketAddr, pid: u32 },
    Nchan(Nchan),
}

impl Server {
    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Gateway { address, .. } => *address,
            Self::Nchan(nchan) => nchan.address,
        }
    }

    pub fn path(&self, lang: &str) -> String {
        match self {
            Self::Gateway { .. } => format!("/v1/rooms/{ROOM}/live?lang={lang}"),
            Self::Nchan(_) => format!("/sub/{lang}"),
        }
    }

    /// Whether it says where a viewer is, before the first event.
    pub fn greets(&self) -> bool {
        matches!(self, Self::Gateway { .. })
    }

    /// Offset of the last event: what a viewer has when nothing more comes.
    pub async fn head(&self, options: &Options) -> anyhow::Result<u64> {
        let address = match self {
            Self::Gateway { address, .. } => *address,
            Self::Nchan(nchan) => return Ok(nchan.head),
        };
        let lang = options.languages.first().context("no languages")?;
        let mut stream = TcpStream::connect(address).await?;
        let path = self.path(lang);
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut events = Vec::new();
        while let Ok(read) = timeout(Duration::from_secs(1), stream.read_buf(&mut events)).await {
            ensure!(read? > 0, "the stream has ended");
        }
        let text = String::from_utf8_lossy(&events);
        let numbers = text.match_indices("\"offset\":").filter_map(|(at, key)| {
            let digits = text.get(at + key.len()..)?;
            digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        });
        Ok(numbers.max().unwrap_or(0))
    }

    /// Pins and unpins in turn: each is one event of every language. nchan gets what the gateway's viewers got.
    pub async fn publish(&self, event: u64, crowd: &Crowd) -> anyhow::Result<()> {
        match self {
            Self::Gateway { address, .. } => operate(*address, event).await,
            Self::Nchan(nchan) => nchan.publish(event, &crowd.languages).await,
        }
    }

    /// Resident memory of its processes, in KB.
    pub fn resident_kb(&self) -> anyhow::Result<u64> {
        self.pids()?.into_iter().map(resident_kb).sum()
    }

    /// Seconds of the CPU that its processes have had.
    pub fn cpu(&self) -> anyhow::Result<f64> {
        self.pids()?.into_iter().map(cpu).sum()
    }

    fn pids(&self) -> anyhow::Result<Vec<u32>> {
        match self {
            Self::Gateway { pid, .. } => Ok(vec![*pid]),
            Self::Nchan(nchan) => {
                let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", nchan.pid))?;
                let workers = children.split_whitespace().map(str::parse);
                Ok([Ok(nchan.pid)].into_iter().chain(workers).collect::<Result<_, _>>()?)
            }
        }
    }
}

/// nginx with nchan: one channel a language.
pub struct Nchan {
    address: SocketAddr,
    pid: u32,
    head: u64,
    /// By language.
    bodies: Vec<Vec<Vec<u8>>>,
    publishers: Vec<Mutex<TcpStream>>,
}

impl Nchan {
    pub async fn new(
        address: SocketAddr,
        pid: u32,
        languages: &[String],
        bodies: Vec<Vec<Vec<u8>>>,
    ) -> anyhow::Result<Self> {
        let first =
            bodies.first().and_then(|bodies| bodies.first()).context("the gateway's viewers read nothing")?;
        let head = crate::frames::offset(first).context("an event without an offset")? - 1;
        let connected = languages.iter().map(|_| TcpStream::connect(address));
        let publishers = try_join_all(connected).await?.into_iter();
        let publishers = publishers.map(|stream| stream.set_nodelay(true).map(|()| Mutex::new(stream)));
        Ok(Self { address, pid, head, bodies, publishers: publishers.collect::<Result<_, _>>()? })
    }

    async fn publish(&self, event: u64, languages: &[String]) -> anyhow::Result<()> {
        let each = languages.iter().zip(&self.publishers).zip(&self.bodies);
        let all = each.map(|((lang, publisher), bodies)| async move {
            let body = bodies.get(event as usize).context("fewer messages than events")?;
            let mut stream = publisher.lock().await;
            let mut request =
                format!("POST /pub/{lang} HTTP/1.1\r\nHost: nchan\r\nContent-Length: {}\r\n\r\n", body.len())
                    .into_bytes();
            request.extend_from_slice(body);
            stream.write_all(&request).await?;
            answered(&mut stream).await
        });
        try_join_all(all).await.map(drop)
    }
}

/// Reads one answer of a connection that stays open.
async fn answered(stream: &mut TcpStream) -> anyhow::Result<()> {
    let mut answer = Vec::new();
    loop {
        ensure!(stream.read_buf(&mut answer).await? > 0, "nchan has closed the connection");
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        ensure!(head.starts_with("HTTP/1.1 20"), "nchan says: {head}");
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Ok(());
        }
    }
}

async fn operate(address: SocketAddr, event: u64) -> anyhow::Result<()> {
    let (path, body) = if event.is_multiple_of(2) { ("pin", r#"{"sku":"HY-500"}"#) } else { ("unpin", "") };
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
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

fn resident_kb(pid: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the server is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    line.trim().trim_end_matches(" kB").parse().context("VmRSS is not a number")
}

fn cpu(pid: u32) -> anyhow::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("the server is gone")?;
    // The name may hold anything, and ends with the last bracket; user and system time are the 14th and 15th field.
    let (_, rest) = stat.rsplit_once(')').context("no process")?;
    let ticks: Vec<f64> =
        rest.split_whitespace().skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS_A_SECOND)
}

/// A gateway of its own, ended with the value.
pub struct Gateway(Child);

impl Gateway {
    /// `patient`: viewers who read nothing stay to the end.
    pub fn start(folder: &Path, patient: bool) -> anyhow::Result<Self> {
        let catalogue = concat!(env!("CARGO_MANIFEST_DIR"), "/config/demo-catalogue.toml");
        let patience = if patient { "slow_viewer_ms = 3600000\nwrite_timeout_ms = 3600000\n" } else { "" };
        let config = format!(
            "auth = \"off\"\n[limits]\nviewers_per_room = 100000\nconnections = 100000\n{patience}[transcribe]\nworkers = 1\n\
             [translate.gguf]\nenabled = false\n\
             [[rooms]]\nid = \"{ROOM}\"\ntitle = \"Load\"\ncatalogue = \"{catalogue}\"\n"
        );
        fs::write(folder.join("load.toml"), config)?;
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

    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    pub async fn address(&self, folder: &Path) -> anyhow::Result<SocketAddr> {
        for _ in 0..600 {
            if let Ok(address) = fs::read_to_string(folder.join("address")) {
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

//! The viewers: sockets that note when which event came.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::frames::{Form, Parser, greeted_at, is_hello, offset};
use crate::server::{ROOM, Server};
use crate::{CONNECTING, Options};

/// How long a viewer may take to be where the room is.
const JOINING: Duration = Duration::from_secs(30);
/// A ping, as browsers' pages send one from time to time: a connection that has read something keeps more.
const PING: [u8; 6] = [0x89, 0x80, 0, 0, 0, 0];

/// An event's offset, and when it was read.
pub type Receipt = (u64, Instant);

/// What one viewer has seen.
#[derive(Default)]
pub struct Seen {
    pub events: Vec<Receipt>,
    /// The messages themselves, of the first viewer of a language.
    pub bodies: Option<Vec<Vec<u8>>>,
}

pub struct Crowd {
    readers: Vec<JoinHandle<()>>,
    seen: Vec<Arc<Mutex<Seen>>>,
    /// Events that all of them together have seen.
    events: Arc<AtomicU64>,
    pub languages: Vec<String>,
}

thread_local! {
    /// What is read into, by all of them in turn.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]);
}

impl Crowd {
    /// Viewers who have what happened until `head`.
    pub async fn join(options: &Options, server: &Server, head: u64) -> anyhow::Result<Self> {
        let events = Arc::new(AtomicU64::new(0));
        let langs = options.languages.iter().cycle().take(options.viewers).enumerate();
        let form = if options.sse { Form::Events } else { Form::WebSocket };
        let joined: Vec<_> = stream::iter(langs)
            .map(|(number, lang)| {
                let bodies = (number < options.languages.len()).then(Vec::new);
                let seen = Arc::new(Mutex::new(Seen { events: Vec::new(), bodies }));
                let events = Arc::clone(&events);
                async move {
                    let (stream, parser) = timeout(JOINING, connect(server, lang, form, head))
                        .await
                        .context("a viewer did not get the room's events in time")??;
                    let reader = read(stream, parser, head, Arc::clone(&seen), events);
                    anyhow::Ok((number, tokio::spawn(reader), seen))
                }
            })
            .buffer_unordered(CONNECTING)
            .try_collect()
            .await?;
        let mut joined = joined;
        joined.sort_by_key(|(number, ..)| *number);
        let (readers, seen) = joined.into_iter().map(|(_, reader, seen)| (reader, seen)).unzip();
        Ok(Self { readers, seen, events, languages: options.languages.clone() })
    }

    /// Waits until each viewer has seen so many events, or until then.
    pub async fn until_all(&mut self, events: u64, until: Instant) {
        let all = events * self.seen.len() as u64;
        while self.events.load(Ordering::Relaxed) < all && Instant::now() < until {
            sleep(Duration::from_millis(2)).await;
        }
    }

    /// Closes all sockets.
    pub fn leave(self) -> Vec<Seen> {
        self.readers.iter().for_each(JoinHandle::abort);
        self.seen
            .iter()
            .map(|seen| std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner)))
            .collect()
    }
}

async fn read(
    stream: TcpStream,
    mut parser: Parser,
    head: u64,
    seen: Arc<Mutex<Seen>>,
    events: Arc<AtomicU64>,
) {
    while stream.readable().await.is_ok() {
        let open = BUFFER.with_borrow_mut(|buffer| match stream.try_read(buffer) {
            Ok(0) => false,
            Ok(count) => {
                let now = Instant::now();
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                parser.feed(buffer.get(..count).unwrap_or_default(), |message| {
                    let Some(offset) = offset(message).filter(|offset| *offset > head) else { return };
                    seen.events.push((offset, now));
                    events.fetch_add(1, Ordering::Relaxed);
                    if let Some(bodies) = &mut seen.bodies {
                        bodies.push(message.to_vec());
                    }
                });
                true
            }
            Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
        });
        if !open {
            return;
        }
    }
}

/// A connection that has got everything until `head`.
async fn connect(server: &Server, lang: &str, form: Form, head: u64) -> anyhow::Result<(TcpStream, Parser)> {
    let address = server.address();
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let kind = match form {
        Form::WebSocket => {
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA=="
        }
        Form::Events => "Accept: text/event-stream",
    };
    let request = format!("GET {} HTTP/1.1\r\nHost: {address}\r\n{kind}\r\n\r\n", server.path(lang));
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    let body = loop {
        ensure!(stream.read_buf(&mut answer).await? > 0, "closed instead of an answer");
        if let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let status = String::from_utf8_lossy(answer.get(..12).unwrap_or_default()).into_owned();
    ensure!(["HTTP/1.1 101", "HTTP/1.1 200"].contains(&status.as_str()), "a viewer is answered {status}");

    let mut parser = Parser::new(form);
    let (mut at, mut greeted) = (0, !server.greets());
    let mut bytes = answer.split_off(body);
    loop {
        parser.feed(&bytes, |message| {
            greeted |= is_hello(message);
            at = offset(message).or(greeted_at(message)).unwrap_or(at).max(at);
        });
        if greeted && (at >= head || !server.greets()) {
            break;
        }
        bytes.clear();
        ensure!(stream.read_buf(&mut bytes).await? > 0, "closed before the room's events came");
    }
    if form == Form::WebSocket {
        stream.write_all(&PING).await?;
    }
    Ok((stream, parser))
}

/// A viewer with a small receive buffer who never reads.
pub async fn stick(address: SocketAddr, lang: &str) -> anyhow::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    let mut stream = socket.connect(address).await?;
    let request = format!(
        "GET /v1/rooms/{ROOM}/live?lang={lang} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    // In the room when it is answered.
    stream.read_u8().await?;
    Ok(stream)
}

//! An endpoint for tests that can be made as bad as one likes. Raw sockets: a framework would not let it be rude, nor
//! say whether the other end has hung up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the stub does with a request.
pub enum Reply {
    Say(String),
    Raw {
        status: &'static str,
        headers: String,
        body: Vec<u8>,
    },
    /// Nothing for so long, then the other. Ends at once when the client hangs up.
    After(Duration, Box<Reply>),
    /// Half of an answer, then the end of the connection.
    Half,
}

/// What it has seen.
#[derive(Default)]
pub struct Seen {
    pub asked: AtomicUsize,
    working: AtomicUsize,
    /// Most requests at the same time.
    pub most: AtomicUsize,
    /// Clients that went away before they had their answer.
    pub hung_up: AtomicUsize,
    pub requests: Mutex<Vec<(String, Value)>>,
}

pub struct Stub {
    pub address: SocketAddr,
    pub seen: Arc<Seen>,
    task: JoinHandle<()>,
}

type Script = dyn Fn(usize, &Value) -> Reply + Send + Sync;

impl Stub {
    /// `script` gets the number of the request, from 0, and its body.
    pub async fn start(script: impl Fn(usize, &Value) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let (seen_by, script): (_, Arc<Script>) = (Arc::clone(&seen), Arc::new(script));
        let task = crate::spawn_joined(async move {
            while let Ok((stream, _)) = listener.accept().await {
                crate::spawn("stub", serve(stream, Arc::clone(&seen_by), Arc::clone(&script)));
            }
        });
        Self { address, seen, task }
    }

    pub fn asked(&self) -> usize {
        self.seen.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, seen: Arc<Seen>, script: Arc<Script>) {
    while let Some((head, body)) = read(&mut stream).await {
        let number = seen.asked.fetch_add(1, Ordering::SeqCst);
        let working = seen.working.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most.fetch_max(working, Ordering::SeqCst);
        let mut reply = script(number, &body);
        seen.requests.lock().push((head, body));
        while let Reply::After(wait, next) = reply {
            let mut byte = [0];
            let gone = tokio::select! {
                () = tokio::time::sleep(wait) => false,
                got = stream.peek(&mut byte) => !matches!(got, Ok(1)),
            };
            if gone {
                seen.hung_up.fetch_add(1, Ordering::SeqCst);
                seen.working.fetch_sub(1, Ordering::SeqCst);
                return;
            }
            reply = *next;
        }
        seen.working.fetch_sub(1, Ordering::SeqCst);
        let bytes = match reply {
            Reply::Say(text) => {
                let body = json!({"choices": [{"message": {"content": text}, "finish_reason": "stop"}]});
                answer("200 OK", "Content-Type: application/json\r\n", body.to_string().as_bytes())
            }
            Reply::Raw { status, headers, body } => answer(status, &headers, &body),
            Reply::Half | Reply::After(..) => {
                let _ =
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"choices\":[{").await;
                return;
            }
        };
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// One request: its head, and its body read as JSON.
async fn read(stream: &mut TcpStream) -> Option<(String, Value)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length: usize =
        head.lines().find_map(|line| line.strip_prefix("content-length:"))?.trim().parse().ok()?;
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, serde_json::from_slice(&bytes[end..end + length]).ok()?))
}

//! Server-sent events over HTTP/1.1, as a browser's EventSource reads them.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::wire::{ConnectError, refusal};

const HANDSHAKE: Duration = Duration::from_secs(10);
/// An event larger than this is no caption.
const LONGEST_EVENT: usize = 4 * 1024 * 1024;

/// An open event stream.
pub struct EventStream {
    connection: http1::Connection<TokioIo<TcpStream>, Empty<Bytes>>,
    body: Incoming,
    parser: Parser,
    last_heard: Instant,
}

impl EventStream {
    /// Asks for the stream. Only `http://`: over TLS the WebSocket serves.
    pub async fn open(address: &str, last_event: Option<&str>) -> Result<Self, ConnectError> {
        match tokio::time::timeout(HANDSHAKE, Self::connect(address, last_event)).await {
            Ok(opened) => opened,
            Err(_) => Err(ConnectError::Passing(format!("no answer within {} s", HANDSHAKE.as_secs()))),
        }
    }

    /// The next event's data, or `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(data) = self.parser.take() {
                return Some(data);
            }
            if self.parser.unread() > LONGEST_EVENT {
                return None;
            }
            let frame = tokio::select! {
                frame = self.body.frame() => frame,
                _ = &mut self.connection => None,
            };
            let bytes = frame?.ok()?.into_data().unwrap_or_default();
            self.last_heard = Instant::now();
            self.parser.push(&bytes);
        }
    }

    pub fn last_heard(&self) -> Instant {
        self.last_heard
    }

    async fn connect(address: &str, last_event: Option<&str>) -> Result<Self, ConnectError> {
        let passing = |e: &dyn std::fmt::Display| ConnectError::Passing(e.to_string());
        let uri: Uri = address.parse().map_err(|e| passing(&e))?;
        let host = uri.authority().map(ToString::to_string).unwrap_or_default();
        if uri.scheme_str() != Some("http") {
            return Err(ConnectError::Refused {
                code: 4400,
                sentence: "server-sent events are read over http only; use the WebSocket",
                reason: String::new(),
            });
        }
        let with_port = if uri.port().is_some() { host.clone() } else { format!("{host}:80") };
        let stream = TcpStream::connect(with_port).await.map_err(|e| passing(&e))?;
        let (mut sender, mut connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|e| passing(&e))?;
        let path = uri.path_and_query().map_or("/", |p| p.as_str());
        let mut request = Request::get(path)
            .header(header::HOST, host)
            .header(header::ACCEPT, "text/event-stream")
            .header(header::CACHE_CONTROL, "no-cache");
        if let Some(id) = last_event {
            request = request.header("Last-Event-ID", id);
        }
        let request = request.body(Empty::new()).map_err(|e| passing(&e))?;
        let response = tokio::select! {
            response = sender.send_request(request) => response.map_err(|e| passing(&e))?,
            ended = &mut connection => {
                return Err(match ended {
                    Err(e) => passing(&e),
                    Ok(()) => ConnectError::Passing("the connection ended before an answer".into()),
                });
            }
        };
        if response.status() != 200 {
            return Err(refusal(response.status().as_u16(), ""));
        }
        Ok(Self {
            connection,
            body: response.into_body(),
            parser: Parser::default(),
            last_heard: Instant::now(),
        })
    }
}

/// The line format of the HTML standard's event streams, as far as `data` goes.
#[derive(Debug, Default)]
struct Parser {
    bytes: Vec<u8>,
    data: Option<String>,
}

impl Parser {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn unread(&self) -> usize {
        self.bytes.len() + self.data.as_ref().map_or(0, String::len)
    }

    /// The next complete event's data.
    fn take(&mut self) -> Option<String> {
        while let Some(end) = self.bytes.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = self.bytes.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            if line.is_empty() {
                if let Some(data) = self.data.take() {
                    return Some(data);
                }
            } else if let Some(value) = line.strip_prefix("data:") {
                let value = value.strip_prefix(' ').unwrap_or(value);
                match &mut self.data {
                    Some(data) => {
                        data.push('\n');
                        data.push_str(value);
                    }
                    none => *none = Some(value.to_owned()),
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_wherever_the_network_cuts_them() {
        let stream =
            b": hello\nid: k:1\ndata: {\"a\":\"\xe7\x83\xad\"}\n\nretry: 5\r\n\r\ndata:b\r\ndata: c\r\n\r\n";
        for cut in 1..stream.len() {
            let mut parser = Parser::default();
            let mut events = Vec::new();
            for part in stream.chunks(cut) {
                parser.push(part);
                while let Some(event) = parser.take() {
                    events.push(event);
                }
            }
            assert_eq!(events, ["{\"a\":\"热\"}", "b\nc"], "cut at {cut}");
        }
    }
}

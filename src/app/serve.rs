//! Connections: accepted within limits, encrypted where there is a certificate, served with time limits, told when it is over.
//!
//! hyper directly instead of `axum::serve`, which knows neither time limits nor how many there are.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::pipeline::{Counted, Doors, What};

/// Largest head of a request.
const LARGEST_HEAD: usize = 32 * 1024;
/// After an error of accepting, which is mostly that there are no file descriptors left.
const PAUSE: Duration = Duration::from_millis(100);
/// How long somebody who is turned away may take to read why.
const REFUSING: Duration = Duration::from_millis(500);
/// Those who are told so at once; others are just closed.
pub const REFUSALS: usize = 64;
/// What is said at once to a connection too many; with TLS there is nobody to say it to yet.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 5\r\n\r\n";

/// What all connections have in common.
pub struct Server {
    pub router: Router,
    pub doors: Arc<Doors>,
    pub tls: Option<TlsAcceptor>,
    /// Those who are being turned away, at once.
    pub refusing: Arc<Semaphore>,
    /// Cancelled when nobody new is let in and everybody is to go.
    pub draining: CancellationToken,
}

impl Server {
    /// Serves until draining, and then until the last connection has ended.
    pub async fn run(self, listener: TcpListener) {
        let (here, mut gone) = mpsc::channel::<()>(1);
        let server = Arc::new(self);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = server.draining.cancelled() => break,
            };
            match accepted {
                Ok((stream, peer)) => Self::welcome(&server, stream, peer, here.clone()),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(PAUSE).await;
                }
            }
        }
        drop((here, listener));
        // Nothing is ever sent: this completes when the last connection has dropped its sender.
        gone.recv().await;
    }

    fn welcome(server: &Arc<Self>, stream: TcpStream, peer: SocketAddr, here: mpsc::Sender<()>) {
        match server.doors.connect(peer.ip()) {
            Ok(counted) => {
                let server = Arc::clone(server);
                crate::spawn("connection", async move { server.serve(stream, peer, counted, here).await });
            }
            Err(full) => {
                server.doors.refused(What::Connection, full.word());
                let refusing = Arc::clone(&server.refusing).try_acquire_owned();
                if let (None, Ok(permit)) = (&server.tls, refusing) {
                    crate::spawn("refusal", async move {
                        drop(timeout(REFUSING, refuse(stream)).await);
                        drop(permit);
                    });
                }
            }
        }
    }

    async fn serve(&self, stream: TcpStream, peer: SocketAddr, counted: Counted, here: mpsc::Sender<()>) {
        // Captions are short and must not wait for company.
        drop(stream.set_nodelay(true));
        let limits = self.doors.limits();
        let (patience, head) = (limits.write_timeout, limits.header_timeout);
        match &self.tls {
            None => self.http(Patient::new(stream, patience, counted, here), peer, head).await,
            Some(tls) => match timeout(head, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.http(Patient::new(stream, patience, counted, here), peer, head).await,
                Ok(Err(_)) | Err(_) => self.doors.refused(What::Connection, "tls_handshake"),
            },
        }
    }

    async fn http<IO>(&self, io: IO, peer: SocketAddr, head: Duration)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let router = TowerToHyperService::new(self.router.clone());
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.call(request.map(Body::new))
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_buf_size(LARGEST_HEAD)
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades();
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.draining.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        // hyper has answered with 431 by itself, and says so.
        let reason = match ended {
            Err(error) if error.is_timeout() => Some("header_timeout"),
            Err(error) if error.is_parse_too_large() => Some("headers_too_large"),
            _ => None,
        };
        if let Some(reason) = reason {
            self.doors.refused(What::Connection, reason);
        }
    }
}

/// Says it, and reads a little of what was asked: closed with something unread, the words would be lost in a reset.
async fn refuse(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(TOO_MANY).await?;
    stream.shutdown().await?;
    let mut asked = [0; 1024];
    while stream.read(&mut asked).await? > 0 {}
    Ok(())
}

/// A connection whose other side must take what is sent to it. Holds what counts the connection, also when a WebSocket has
/// taken it over.
struct Patient<IO> {
    io: IO,
    patience: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    _counted: Counted,
    _here: mpsc::Sender<()>,
}

impl<IO> Patient<IO> {
    fn new(io: IO, patience: Duration, counted: Counted, here: mpsc::Sender<()>) -> Self {
        Self { io, patience, stalled: None, _counted: counted, _here: here }
    }

    fn within_patience<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let timer = self.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Patient<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Patient<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, data);
        self.within_patience(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, parts);
        self.within_patience(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        self.within_patience(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = Pin::new(&mut self.io).poll_shutdown(cx);
        self.within_patience(cx, closed)
    }
}

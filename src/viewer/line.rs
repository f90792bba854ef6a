//! A viewer's WebSocket as bytes: what is still to be written, and what it says.
//!
//! tungstenite reads and checks what comes, and answers pings and closes. What goes out are frames that are encoded once for
//! all viewers of a market; they pass by tungstenite's own write buffer, which would copy each of them for each viewer and
//! stay as large as the largest card.

use std::collections::VecDeque;
use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, FrameHeader};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message};

/// Largest message a viewer may send: a question with a contact.
const LARGEST_MESSAGE: usize = 8 * 1024;
/// Read at once. A ping of the page has 21 bytes; a longer message makes room for itself.
const READ_BUFFER: usize = 512;
/// Bytes of a frame's header without a mask.
const LONGEST_HEAD: usize = 10;
/// Pieces that one system call writes: two a message.
const PIECES: usize = 16;

pub struct Line<IO> {
    io: IO,
    /// Headers and payloads in turn; of the first, a part may be written.
    out: VecDeque<Bytes>,
    unflushed: bool,
    /// Made with the first byte that comes: many viewers never say anything.
    heard: Option<Box<WebSocketContext>>,
}

/// What became of a frame that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    Written,
    /// The rest of it waits until the viewer has read.
    Stuck,
    Broken,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Line<IO> {
    pub fn new(io: IO) -> Self {
        Self { io, out: VecDeque::new(), unflushed: false, heard: None }
    }

    /// Whether all that was said to the viewer is with the system.
    pub fn is_settled(&self) -> bool {
        self.out.is_empty() && !self.unflushed
    }

    /// Writes a whole frame, or as much of it as there is room for, where nothing waits to be written. `waker` is woken when there
    /// is room for the rest.
    pub fn offer(&mut self, frame: &Bytes, waker: &Waker) -> Offered {
        let mut cx = Context::from_waker(waker);
        match Pin::new(&mut self.io).poll_write(&mut cx, frame) {
            Poll::Ready(Ok(written)) if written == frame.len() => {
                match Pin::new(&mut self.io).poll_flush(&mut cx) {
                    Poll::Ready(Ok(())) => Offered::Written,
                    Poll::Ready(Err(_)) => Offered::Broken,
                    Poll::Pending => {
                        self.unflushed = true;
                        Offered::Stuck
                    }
                }
            }
            Poll::Ready(Ok(0) | Err(_)) => Offered::Broken,
            Poll::Ready(Ok(written)) => {
                self.out.push_back(frame.slice(written..));
                Offered::Stuck
            }
            Poll::Pending => {
                self.out.push_back(frame.clone());
                Offered::Stuck
            }
        }
    }

    /// Puts a text message behind what waits; the payload stays shared.
    pub fn push(&mut self, payload: Bytes) {
        let mut head = Vec::with_capacity(LONGEST_HEAD);
        write_head(payload.len(), &mut head);
        self.out.extend([head.into(), payload]);
    }

    /// Completes when a piece more is written, or all is.
    pub fn poll_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let waiting = self.out.len();
        while !self.out.is_empty() {
            let mut pieces = [IoSlice::new(&[]); PIECES];
            for (slot, piece) in pieces.iter_mut().zip(&self.out) {
                *slot = IoSlice::new(piece);
            }
            let count = waiting.min(PIECES);
            let pieces = pieces.get(..count).unwrap_or_default();
            let written = match Pin::new(&mut self.io).poll_write_vectored(cx, pieces) {
                Poll::Ready(written) => written?,
                Poll::Pending if self.out.len() < waiting => return Poll::Ready(Ok(())),
                Poll::Pending => return Poll::Pending,
            };
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unflushed = true;
            self.advance(written);
        }
        // What a snapshot needed is not kept for the whole show.
        self.out = VecDeque::new();
        ready!(Pin::new(&mut self.io).poll_flush(cx))?;
        self.unflushed = false;
        Poll::Ready(Ok(()))
    }

    fn advance(&mut self, mut written: usize) {
        while let Some(first) = self.out.front_mut() {
            if written < first.len() {
                first.advance(written);
                return;
            }
            written -= first.len();
            self.out.pop_front();
        }
    }

    /// What the viewer says next. What answers it by itself, a pong or a close, is then to be written.
    pub fn poll_hear(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, Error>> {
        let Self { io, out, heard, .. } = self;
        let context = match heard {
            Some(context) => context,
            None => {
                let mut first = [MaybeUninit::uninit(); READ_BUFFER];
                let mut first = ReadBuf::uninit(&mut first);
                ready!(Pin::new(&mut *io).poll_read(cx, &mut first)).map_err(Error::Io)?;
                if first.filled().is_empty() {
                    return Poll::Ready(Err(Error::ConnectionClosed));
                }
                let first = first.filled().to_vec();
                heard.insert(Box::new(WebSocketContext::from_partially_read(
                    first,
                    Role::Server,
                    Some(config()),
                )))
            }
        };
        let mut wire = Wire { io, out, cx };
        match context.read(&mut wire) {
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            Ok(message) => {
                // Fails when the viewer has said goodbye: its answer is put out all the same.
                drop(context.flush(&mut wire));
                Poll::Ready(Ok(message))
            }
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    /// Puts a close frame behind what waits, unless there was one.
    pub fn close(&mut self, frame: CloseFrame) {
        let Self { io, out, heard, .. } = self;
        let context =
            heard.get_or_insert_with(|| Box::new(WebSocketContext::new(Role::Server, Some(config()))));
        let mut wire = Wire { io, out, cx: &mut Context::from_waker(Waker::noop()) };
        drop(context.close(&mut wire, Some(frame)));
    }
}

/// A text message as a frame, as every viewer gets it: servers mask nothing.
pub fn write_frame(payload: &[u8], out: &mut Vec<u8>) {
    out.reserve(LONGEST_HEAD + payload.len());
    write_head(payload.len(), out);
    out.extend_from_slice(payload);
}

fn write_head(length: usize, out: &mut Vec<u8>) {
    let head = FrameHeader { opcode: OpCode::Data(Data::Text), ..FrameHeader::default() };
    // A vector takes all.
    drop(head.format(length as u64, out));
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(LARGEST_MESSAGE))
        .max_frame_size(Some(LARGEST_MESSAGE))
}

/// The connection as tungstenite knows one: reads what has come, and what it writes is put behind what waits.
struct Wire<'a, 'b, IO> {
    io: &'a mut IO,
    out: &'a mut VecDeque<Bytes>,
    cx: &'a mut Context<'b>,
}

impl<IO: AsyncRead + Unpin> Read for Wire<'_, '_, IO> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(buffer);
        match Pin::new(&mut *self.io).poll_read(self.cx, &mut buffer) {
            Poll::Ready(read) => read.map(|()| buffer.filled().len()),
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl<IO> Write for Wire<'_, '_, IO> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.push_back(Bytes::copy_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;

//! Hosts and viewers who send far too much, nonsense, or read nothing: told or closed, the memory bounded, the room alive.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpSocket, TcpStream};

use crate::gateway::{self, Gateway, Room};
use crate::peer::{Peer, http};
use crate::process::Process;
use crate::show::{assert_unbroken, is_final_result, is_of, offset, offsets, text};
use crate::sound::{THERMOS_FIRST, tour};

const MIB: u64 = 1 << 20;
/// What a gateway may take more than before, whoever floods it: the bounds of one host's queues (30 s and 80 s of samples, 1 MiB
/// a frame) are 7 MiB, the rest is the allocator's and the recogniser's first pass. 51 MiB were seen; eight hours are 880 MiB.
const SPARE: u64 = 128 * MIB;

/// xorshift64*
struct Random(u64);

impl Random {
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut next = || {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 56) as u8
        };
        (0..length).map(|_| next()).collect()
    }
}

#[test]
fn a_host_that_sends_random_bytes_is_closed_with_a_code_and_the_next_is_heard() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut random = Random(20_261_123);
        let begins: [&[u8]; 4] = [b"", b"OggS\0\x02", b"\x1a\x45\xdf\xa3", b"RIFF\xff\xff\xff\xffWAVEfmt "];
        for encoding in ["", "encoding=opus", "encoding=webm-opus", "encoding=linear16"] {
            for begin in begins {
                let mut host = room.host(encoding).await;
                for n in 0..8 {
                    let piece = random.bytes(8_000);
                    host.send(&if n == 0 { [begin, &piece].concat() } else { piece }).await;
                }
                drop(host.try_say(r#"{"type":"CloseStream"}"#).await);
                let (told, code) = host.rest().await;
                assert!(matches!(code, Some(1000 | 4400 | 4413)), "{encoding} {begin:?}: {code:?} {told:?}");
                assert!(!told.iter().any(is_final_result), "noise was taken for speech: {told:?}");
                room.until_without_host().await;
            }
        }
        let _turn = gateway::speaking().await;
        let mut host = room.speaker().await;
        host.speak_at_once(&tour(THERMOS_FIRST)).await;
        host.say(r#"{"type":"CloseStream"}"#).await;
        assert!(host.rest().await.0.iter().any(is_final_result));
    });
}

#[test]
fn frames_of_a_hundred_megabytes_are_refused_before_they_are_kept() {
    gateway::run(async {
        let mut process = Process::new("");
        let room = process.start().await;
        let before = process.resident();
        let path = "/v1/listen?room=r0&encoding=linear16".to_owned();
        for (path, whole) in [(&path, true), (&path, false), (&"/v1/rooms/r0/live?lang=es".to_owned(), true)]
        {
            let (mut reading, mut writing) = upgraded(room.address, path).await.into_split();
            // Read meanwhile: what is sent behind the close frame resets the connection, and what was not read by then is lost.
            let code = tokio::spawn(async move { close_code(&mut reading).await });
            let sent = flood(&mut writing, whole).await;
            let code = code.await.unwrap();
            // The reset may be faster than the reader all the same.
            assert!(matches!(code, Some(1009) | None), "{path}: {code:?} after {sent} bytes");
            assert!(sent < 50_000_000, "{sent} bytes were taken");
        }
        let after = process.resident();
        assert!(after < before + SPARE, "{before} bytes before, {after} after");
        assert_eq!(http(room.address, "GET", "/healthz", &[], "").await.status, 200);
    });
}

/// A WebSocket by hand.
async fn upgraded(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"));
    stream
}

/// Sends 100 MB in one frame, or as a message of frames of 1 MB that has no end, for as long as somebody takes it.
async fn flood(stream: &mut OwnedWriteHalf, whole: bool) -> usize {
    const MB: usize = 1_000_000;
    let head = |first: u8, length: u64| [&[first, 0xff][..], &length.to_be_bytes(), &[0; 4]].concat();
    let (piece, mut sent) = (vec![0; MB], 0);
    for n in 0..100 {
        let head = match (whole, n) {
            (true, 0) => head(0x82, 100 * MB as u64),
            (true, _) => Vec::new(),
            (false, 0) => head(0x02, MB as u64),
            (false, _) => head(0x00, MB as u64),
        };
        if stream.write_all(&head).await.is_err() || stream.write_all(&piece).await.is_err() {
            break;
        }
        sent += MB;
    }
    sent
}

/// Reads what the gateway still said, up to its close frame.
async fn close_code(stream: &mut (impl AsyncRead + Unpin)) -> Option<u16> {
    let mut said = Vec::new();
    // A reset behind it is no matter: it was sent more than it took.
    while stream.read_buf(&mut said).await.is_ok_and(|read| read > 0) {}
    let at = said.windows(2).position(|w| w[0] == 0x88 && (2..126).contains(&w[1]))?;
    said.get(at + 2..at + 4).map(|code| u16::from_be_bytes([code[0], code[1]]))
}

#[test]
fn eight_hours_in_one_breath_are_refused_or_dropped_and_never_kept() {
    const HOUR: usize = 3_600 * 32_000;
    gateway::run(async {
        // As it is set; and where an operator has lifted the limits.
        for (settings, expected) in [("", 4413), ("[limits]\naudio_speed = 1000000.0", 1000)] {
            let mut process = Process::new(settings);
            let room = process.start().await;
            let before = process.resident();
            let mut host = room.speaker().await;
            let (minute, mut most) = (vec![0; 960_000], 0);
            for _ in 0..8 * HOUR / minute.len() {
                if host.try_send(&minute).await.is_err() {
                    break;
                }
                most = most.max(process.resident());
            }
            drop(host.try_say(r#"{"type":"CloseStream"}"#).await);
            let (told, code) = host.rest().await;
            assert_eq!(code, Some(expected), "{told:?}");
            most = most.max(process.resident());
            assert!(most < before + SPARE, "{before} bytes before, {most} at most");
            if expected == 1000 {
                let heard = told.iter().find(|m| is_of("Metadata")(m)).unwrap()["duration"].as_f64().unwrap();
                assert!((heard - 8.0 * 3_600.0).abs() < 61.0, "the clock went on: {heard}");
            }
        }
    });
}

/// Viewers who read nothing, on each kind of connection.
const STUCK: usize = 30;

#[test]
fn viewers_that_read_nothing_cost_bounded_memory_and_the_others_no_event() {
    gateway::run(async {
        let mut process = Process::new("[limits]\nslow_viewer_ms = 1000");
        let room = process.start().await;
        let mut reader = room.viewer("es").await;
        assert_eq!(offset(&reader.next().await), 0);
        let mut stuck = Vec::new();
        for n in 0..2 * STUCK {
            stuck.push(stuck_viewer(&room, n % 2 == 0).await);
        }
        let before = process.resident();
        let (mut seen, mut published) = (Vec::<Value>::new(), 0_u64);
        // Until those on sockets are gone: their buffers, the system's too, are full then.
        while watching(&room).await > STUCK as u64 + 1 {
            assert!(published < 12_000, "they are still there after {published} events");
            for _ in 0..25 {
                room.pin("HY-500").await;
                room.unpin().await;
                published += 2;
            }
            while (seen.len() as u64) < published {
                seen.push(reader.next().await);
            }
        }
        assert_unbroken(&offsets(&seen), 0);
        let after = process.resident();
        assert!(after < before + SPARE, "{before} bytes before, {after} after {published} events");
        drop(stuck);
    });
}

async fn watching(room: &Room) -> u64 {
    let metrics = http(room.address, "GET", "/metrics", &[], "").await.body;
    let viewers = format!("tradewind_viewers{{room=\"{}\",lang=\"es\"}} ", room.name);
    metrics.lines().find_map(|line| line.strip_prefix(&viewers)).map_or(0, |n| n.parse().unwrap())
}

async fn stuck_viewer(room: &Room, is_socket: bool) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(room.address).await.unwrap();
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==";
    let kind = if is_socket { upgrade } else { "Accept: text/event-stream" };
    let path = format!("/v1/rooms/{}/live?lang=es", room.name);
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{kind}\r\n\r\n", room.address).as_bytes())
        .await
        .unwrap();
    // It is counted when its first byte has come.
    stream.read_u8().await.unwrap();
    stream
}

#[test]
fn a_close_frame_is_answered_and_broken_frames_are_told() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let live = format!("/v1/rooms/{}/live?lang=es", room.name);
        let listen = format!("/v1/listen?room={}&encoding=linear16", room.name);
        for path in [live, listen] {
            // A close with 1000; a reserved bit; an unknown opcode; text that is no UTF-8.
            for (frame, code) in [
                (&[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8][..], 1000),
                (&[0xc1, 0x81, 0, 0, 0, 0, b'a'], 1002),
                (&[0x83, 0x80, 0, 0, 0, 0], 1002),
                (&[0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28], 1007),
            ] {
                let mut stream = upgraded(room.address, &path).await;
                stream.write_all(frame).await.unwrap();
                assert_eq!(close_code(&mut stream).await, Some(code), "{path} {frame:?}");
                room.until_without_host().await;
            }
        }
    });
}

#[test]
fn a_host_whose_words_are_nonsense_is_told_what_is_wrong() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        for words in ["", "{}", "null", r#"{"type":"CloseStream""#, r#"{"type":["KeepAlive"]}"#, "\u{0}"] {
            let mut host: Peer = room.speaker().await;
            host.say(words).await;
            let (told, code) = host.rest().await;
            let error = told.iter().find(|m| is_of("Error")(m)).unwrap();
            assert_eq!((text(error, "code"), code), ("bad_request", Some(4400)), "{words:?}");
            room.until_without_host().await;
        }
    });
}

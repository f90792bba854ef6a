//! A line over a pipe that holds only so much, as a socket does.

use std::future::poll_fn;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;

/// A line whose viewer has so many bytes of room.
fn pipe(room: usize) -> (Line<DuplexStream>, DuplexStream) {
    let (ours, theirs) = duplex(room);
    (Line::new(ours), theirs)
}

fn frame(payload: &[u8]) -> Bytes {
    let mut frame = Vec::new();
    write_frame(payload, &mut frame);
    frame.into()
}

async fn read(viewer: &mut DuplexStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    viewer.read_exact(&mut bytes).await.unwrap();
    bytes
}

#[tokio::test]
async fn a_frame_that_does_not_fit_is_written_to_its_end_before_anything_else() {
    let (mut line, mut viewer) = pipe(8);
    assert_eq!(line.offer(&frame(b"first"), Waker::noop()), Offered::Written);
    assert_eq!(line.offer(&frame(b"second"), Waker::noop()), Offered::Stuck, "one byte of it fits");
    assert!(!line.is_settled());
    line.push("third".into());
    let told = [frame(b"first"), frame(b"second"), frame(b"third")].concat();
    let (read, ()) = tokio::join!(read(&mut viewer, told.len()), async {
        while !line.is_settled() {
            poll_fn(|cx| line.poll_out(cx)).await.unwrap();
        }
    });
    assert_eq!(read, told);
    assert_eq!(line.offer(&frame(b"next"), Waker::noop()), Offered::Written);
}

#[tokio::test]
async fn an_end_of_the_viewer_is_noticed_when_a_frame_is_offered() {
    let (mut line, viewer) = pipe(8);
    drop(viewer);
    assert_eq!(line.offer(&frame(b"first"), Waker::noop()), Offered::Broken);
}

#[tokio::test]
async fn what_a_viewer_says_is_read_in_any_pieces_and_a_ping_is_answered_behind_what_waits() {
    let (mut line, mut viewer) = pipe(64);
    line.push("waiting".into());
    // A text in two fragments with a ping between them, masked with zeros, byte by byte.
    let said =
        [&[0x01, 0x82, 0, 0, 0, 0][..], b"he", &[0x89, 0x81, 0, 0, 0, 0, b'?', 0x80, 0x81, 0, 0, 0, 0], b"y"];
    let writing = async {
        for byte in said.concat() {
            viewer.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let (heard, ()) = tokio::join!(
        async {
            let ping = poll_fn(|cx| line.poll_hear(cx)).await.unwrap();
            let text = poll_fn(|cx| line.poll_hear(cx)).await.unwrap();
            (ping, text)
        },
        writing
    );
    assert_eq!(heard, (Message::Ping("?".into()), Message::text("hey")));
    poll_fn(|cx| line.poll_out(cx)).await.unwrap();
    assert_eq!(read(&mut viewer, 12).await, [&frame(b"waiting")[..], b"\x8a\x01?"].concat());
}

#[tokio::test]
async fn a_goodbye_is_answered_once_and_nonsense_is_an_error_after_which_ours_can_be_said() {
    let (mut line, mut viewer) = pipe(64);
    viewer.write_all(&[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]).await.unwrap();
    assert!(matches!(poll_fn(|cx| line.poll_hear(cx)).await, Ok(Message::Close(Some(_)))));
    assert!(poll_fn(|cx| line.poll_hear(cx)).await.is_err());
    poll_fn(|cx| line.poll_out(cx)).await.unwrap();
    assert_eq!(read(&mut viewer, 4).await, b"\x88\x02\x03\xe8");
    drop(line);
    assert_eq!(viewer.read(&mut [0]).await.unwrap(), 0, "one answer only");

    let (mut line, mut viewer) = pipe(64);
    viewer.write_all(&[0x83, 0x80, 0, 0, 0, 0]).await.unwrap();
    assert!(matches!(poll_fn(|cx| line.poll_hear(cx)).await, Err(Error::Protocol(_))));
    line.close(CloseFrame { code: 1002.into(), reason: "".into() });
    poll_fn(|cx| line.poll_out(cx)).await.unwrap();
    assert_eq!(read(&mut viewer, 4).await, b"\x88\x02\x03\xea");
}

#[tokio::test]
async fn a_message_of_the_largest_size_is_read_and_a_larger_one_refused() {
    for (length, fits) in [(LARGEST_MESSAGE, true), (LARGEST_MESSAGE + 1, false)] {
        let (mut line, mut viewer) = pipe(64 * 1024);
        let head = [&[0x81, 0xfe][..], &u16::try_from(length).unwrap().to_be_bytes(), &[0; 4]].concat();
        viewer.write_all(&[head, vec![b'x'; length]].concat()).await.unwrap();
        match poll_fn(|cx| line.poll_hear(cx)).await {
            Ok(message) => assert!(fits && message.len() == length),
            Err(error) => assert!(!fits && matches!(error, Error::Capacity(_)), "{error}"),
        }
    }
}

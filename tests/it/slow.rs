//! A viewer that reads nothing is closed; the others do not notice.

use std::net::SocketAddr;

use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;

use crate::gateway::{self, Gateway};
use crate::peer::{Event, http};
use crate::show::{assert_unbroken, offset, offsets};

/// Events that may be under way to the viewer who reads; a room that publishes faster than its language can follow
/// begins that language anew.
const AHEAD: u64 = 100;
/// A closed viewer has to be seen within so many events of about 1 KB.
const MOST_EVENTS: u64 = 12_000;

#[test]
fn a_viewer_that_does_not_read_is_closed_and_the_others_get_everything() {
    gateway::run(async {
        let room = Gateway::strict().await.room();
        let mut reader = room.viewer("es").await;
        assert_eq!(offset(&reader.next().await), 0);
        let stuck = stuck_viewer(room.address, &format!("/v1/rooms/{}/live?lang=es", room.name)).await;
        let viewers = format!("tradewind_viewers{{room=\"{}\",lang=\"es\"}} ", room.name);
        let watching = async || -> u64 {
            let metrics = http(room.address, "GET", "/metrics", &[], "").await.body;
            metrics.lines().find_map(|line| line.strip_prefix(&viewers)).map_or(0, |n| n.parse().unwrap())
        };
        while watching().await < 2 {}

        let (mut published, mut seen) = (0, Vec::new());
        while watching().await == 2 {
            assert!(published < MOST_EVENTS, "it is still there after {published} events");
            for _ in 0..AHEAD / 2 {
                room.pin("HY-500").await;
                room.unpin().await;
                published += 2;
            }
            while (seen.len() as u64) < published {
                seen.push(reader.next().await);
            }
        }
        assert_eq!(watching().await, 1, "the one who reads is still there");
        assert_eq!(seen.len() as u64, published);
        assert_unbroken(&offsets(&seen), 0);
        drop(stuck);

        // Who comes back with a place that is no longer kept is told so.
        let epoch = seen[0]["epoch"].as_str().unwrap();
        let mut back = room.sse("es", Some(&format!("{epoch}:1"))).await;
        let Event { data: hello, .. } = back.next().await;
        // 2,048 events or 8 MiB: at least one in two is a card of some 40 KB.
        assert!(hello["recovered"] == false || published < 2_100, "{hello}");
    });
}

/// A viewer with a small receive buffer who never reads.
async fn stuck_viewer(address: SocketAddr, path: &str) -> WebSocketStream<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = socket.connect(address).await.unwrap();
    tokio_tungstenite::client_async(format!("ws://{address}{path}"), stream).await.unwrap().0
}

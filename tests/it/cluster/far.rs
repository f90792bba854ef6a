//! A node to which the network is slow, and then silent: through a relay of ours, since not every machine gives network namespaces
//! (network.rs), and not every kernel delays.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::nodes::{Nats, cluster_state, joined, until};
use super::{PRODUCTS, Reader, is_pin_of};
use crate::gateway;

/// Each way: half around the world and back is 300 ms.
const DELAY: Duration = Duration::from_millis(150);
/// Pieces that are on their way.
const ON_THE_WAY: usize = 1024;

/// A way to a server, slow and now and then silent: nothing comes through, and nobody is told.
struct Relay {
    address: SocketAddr,
    silent: watch::Sender<bool>,
}

impl Relay {
    async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (silent, state) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(server).await else { continue };
                let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
                tokio::spawn(pass(from_near, to_far, state.clone()));
                tokio::spawn(pass(from_far, to_near, state.clone()));
            }
        });
        Self { address, silent }
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut silent: watch::Receiver<bool>) {
    let (later, mut due) = mpsc::channel::<(Instant, Vec<u8>)>(ON_THE_WAY);
    tokio::spawn(async move {
        while let Some((at, bytes)) = due.recv().await {
            tokio::time::sleep_until(at).await;
            if silent.wait_for(|silent| !silent).await.is_err() || to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if later.send((Instant::now() + DELAY, buffer[..length].to_vec())).await.is_err() {
            return;
        }
    }
}

#[test]
fn a_far_edge_to_which_the_network_falls_silent_says_so_and_gets_everything_final() {
    gateway::run(async {
        let mut nats = Nats::start().await;
        let relay = Relay::to(nats.address()).await;
        nats.is_reached_by(relay.address);
        let (_origin, at_origin) = nats.node_by(0, "origin", "both").await;
        let (_edge, at_edge) = nats.node_by(1, "edge", "edge").await;
        joined(&at_origin).await;
        joined(&at_edge).await;
        let mut here = Reader::at(&at_origin, "es").await;
        let mut there = Reader::at(&at_edge, "es").await;
        for sku in PRODUCTS {
            at_origin.pin(sku).await;
            here.until(is_pin_of(sku)).await;
        }
        there.until(|event| event["offset"] == 5).await;
        relay.silent.send_replace(true);
        for sku in &PRODUCTS[..3] {
            at_origin.pin(sku).await;
            here.until(is_pin_of(sku)).await;
        }
        until("the edge says so", || async { cluster_state(&at_edge).await["state"] == "degraded" }).await;
        assert_eq!(there.read.len(), 5);
        relay.silent.send_replace(false);
        there.until(|event| event["offset"] == 8).await;
        until("the edge is well again", || async { cluster_state(&at_edge).await["state"] == "ready" }).await;
        assert_eq!(here.read, there.read);
        here.check();
    });
}

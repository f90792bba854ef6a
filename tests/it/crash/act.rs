//! The host and the operator: what they do in the show, each thing again until it is known to be done.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::room_at;
use crate::peer::{Peer, try_http};
use crate::show::{is_final_result, transcript};
use crate::sound::{THERMOS_FIRST, THERMOS_SECOND, bytes, tour};

/// Sentences, each one utterance; no pause in them ends it (`QUERY`).
const SENTENCES: [[f64; 2]; 4] = [THERMOS_FIRST, [43.6, 49.3], THERMOS_SECOND, [49.3, 56.2]];
const PRODUCTS: [&str; 3] = ["HY-500", "HY-J20", "HY-C10"];
const QUERY: &str = "encoding=linear16&sample_rate=16000&channels=1&endpointing=5000";
/// Between two tries while nobody answers.
const AGAIN: Duration = Duration::from_millis(30);

/// What the host and the operator were told.
#[derive(Debug, Default)]
pub struct Told {
    pub steps: usize,
    /// Sentences that were said until they were final.
    pub said: usize,
    /// Of them, those whose final reached the host: segment and text.
    pub finals: Vec<(u64, String)>,
    pub pins: Vec<&'static str>,
    /// Questions that were acknowledged.
    pub asked: usize,
}

pub struct Script {
    address: watch::Receiver<SocketAddr>,
    done: watch::Sender<usize>,
    most: watch::Receiver<usize>,
    told: Told,
}

impl Script {
    /// `done` hears of every step; no step begins when there have been `most`.
    pub fn new(
        address: watch::Receiver<SocketAddr>,
        done: watch::Sender<usize>,
        most: watch::Receiver<usize>,
    ) -> Self {
        Self { address, done, most, told: Told::default() }
    }

    pub async fn play(mut self) -> Told {
        while self.told.steps < *self.most.borrow() {
            match self.told.steps % 4 {
                0 | 2 => self.say().await,
                1 => self.pin().await,
                _ => self.ask().await,
            }
            self.told.steps += 1;
            self.done.send_replace(self.told.steps);
        }
        self.told
    }

    /// Says the next sentence until it is final. What was sent and not acknowledged is the host's to send again, unless the
    /// record has it.
    async fn say(&mut self) {
        let sentence = tour(SENTENCES[self.told.said % SENTENCES.len()]);
        loop {
            match self.finals_kept().await {
                Some(kept) if kept > self.told.said => break,
                Some(_) => {
                    if let Some(told) = self.try_to_say(&sentence).await {
                        self.told.finals.push(told);
                        break;
                    }
                }
                None => tokio::time::sleep(AGAIN).await,
            }
        }
        self.told.said += 1;
    }

    /// None: the connection broke before it was final.
    async fn try_to_say(&self, sentence: &[i16]) -> Option<(u64, String)> {
        let url = format!("ws://{}/v1/listen?room=r0&{QUERY}", self.address());
        let mut host = Peer::try_open(url).await.ok()?;
        host.send(&bytes(sentence)).await;
        host.try_say(r#"{"type":"Finalize"}"#).await.ok()?;
        loop {
            let message = host.next_if_open().await?;
            assert_ne!(message["type"], "Error", "{message}");
            if is_final_result(&message) {
                let segment = message["metadata"]["segment"].as_u64().unwrap();
                let told = (segment, transcript(&message).to_owned());
                // Gone before the next sentence begins, so that it is not taken for another host.
                drop(host.try_say(r#"{"type":"CloseStream"}"#).await);
                while host.next_if_open().await.is_some() {}
                return Some(told);
            }
        }
    }

    async fn finals_kept(&self) -> Option<usize> {
        let captions = self.get("/captions.json?lang=zh").await?;
        Some(captions["captions"].as_array()?.len())
    }

    async fn pin(&mut self) {
        let sku = PRODUCTS[self.told.pins.len() % PRODUCTS.len()];
        loop {
            match self.get("").await {
                Some(room) if room["pinned"] == sku => break,
                Some(_) => {
                    if self.post("/pin", &json!({ "sku": sku })).await == Some(204) {
                        break;
                    }
                }
                None => tokio::time::sleep(AGAIN).await,
            }
        }
        self.told.pins.push(sku);
    }

    async fn ask(&mut self) {
        let question = json!({ "text": "¿En cuántos días sale?", "lang": "es", "client_id": format!("question-number-{:06}", self.told.asked) });
        while self.post("/inquiries", &question).await != Some(201) {
            tokio::time::sleep(AGAIN).await;
        }
        self.told.asked += 1;
    }

    fn address(&self) -> SocketAddr {
        *self.address.borrow()
    }

    /// What the gateway says, if it is there.
    async fn get(&self, path: &str) -> Option<Value> {
        let path = format!("/v1/rooms/r0{path}");
        let answer = try_http(self.address(), "GET", &path, &[], "").await.ok()?;
        (answer.status == 200).then(|| answer.json())
    }

    async fn post(&self, path: &str, body: &Value) -> Option<u16> {
        let room = room_at(self.address());
        let path = format!("/v1/rooms/{}{path}", room.name);
        let json = [("content-type", "application/json")];
        let answer = try_http(room.address, "POST", &path, &json, &body.to_string()).await.ok()?;
        assert!(answer.status < 400, "{path}: {}", answer.body);
        Some(answer.status)
    }
}

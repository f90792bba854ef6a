//! Exchange rates that change, fail and grow old while a show goes on; measures of other markets.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tradewind::domain::Day;

use crate::gateway::{self, Gateway};
use crate::peer::{Peer, http};
use crate::show::{is_of, is_pin, text};

/// So many days ago, by the clock that the gateway has.
fn day(ago: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    Day::of_unix_ms(now - ago * 86_400_000).to_string()
}

/// As `mv` does it: never half a file.
fn write(path: &Path, table: &str) {
    let fresh = path.with_extension("new");
    std::fs::write(&fresh, table).unwrap();
    std::fs::rename(fresh, path).unwrap();
}

fn pesos(day: &str, rate: &str) -> String {
    json!({ "date": day, "source": "the bank", "rates": { "MXN": rate } }).to_string()
}

async fn next_pin(viewer: &mut Peer) -> Value {
    viewer.until(is_pin).await.pop().unwrap()["card"].clone()
}

#[test]
fn a_price_is_converted_by_the_rates_of_the_day_and_by_none_that_are_old() {
    gateway::run(async {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rates.json");
        write(&path, &pesos(&day(0), "20"));
        let settings = format!(
            "auth = \"off\"\n[transcribe]\nworkers = 1\n[rates]\nfile = {:?}\nmax_age_days = 3",
            path.to_str().unwrap()
        );
        let gateway = Gateway::start(&settings).await;
        let room = gateway.room();
        let mut viewer = room.viewer_at("es", "&currency=MXN").await;
        room.pin("HY-500").await;
        let local = next_pin(&mut viewer).await["price"]["local"].clone();
        assert_eq!((text(&local, "amount"), text(&local, "as_of")), ("56.00", day(0).as_str()));
        assert_eq!(text(&local, "about"), "aprox. MXN 56.00");
        assert_eq!(room.get("").await.json()["rates"], json!({ "as_of": day(0), "source": "the bank" }));

        // A new table: the card on show comes again, and pages are told to load the others.
        write(&path, &pesos(&day(0), "21"));
        let told = viewer.until(is_of("rates")).await.pop().unwrap();
        assert_eq!(told["as_of"], json!(day(0)));
        let mut late = room.viewer_at("es", "&currency=MXN").await;
        let mut amounts = Vec::new();
        while amounts.last().map(String::as_str) != Some("58.80") {
            amounts.push(text(&next_pin(&mut late).await["price"]["local"], "amount").to_owned());
        }

        // A table that is broken: the last good one stays, and the gateway says what is wrong.
        write(&path, "<html>");
        let told = loop {
            let told = ready(room.address).await;
            if !told["rates"]["sources"]["file"]["error"].is_null() {
                break told;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        };
        assert_eq!(told["rates"]["sources"]["file"]["failures"], 1);
        assert_eq!(told["rates"]["too_old_in"], json!([]));
        let shelf = room.get("/cards?lang=es&currency=MXN").await.json();
        assert_eq!(shelf[0]["price"]["local"]["amount"], "58.80");

        // A table that is too old for the gateway: no converted price anywhere.
        write(&path, &pesos(&day(4), "21"));
        let told = viewer.until(is_of("rates")).await.pop().unwrap();
        assert_eq!(told["as_of"], Value::Null);
        let shelf = room.get("/cards?lang=es&currency=MXN").await.json();
        assert!(shelf.as_array().unwrap().iter().all(|card| card["price"].get("local").is_none()), "{shelf}");
        assert_eq!(room.get("").await.json()["currencies"], json!(["USD"]));
        let told = ready(room.address).await;
        assert!(told["rates"]["too_old_in"].as_array().unwrap().contains(&json!(room.name)), "{told}");
        let metrics = http(room.address, "GET", "/metrics", &[], "").await.body;
        assert!(
            metrics.contains(&format!("tradewind_exchange_rates_age_days{{room=\"{}\"}} 4", room.name)),
            "{metrics}"
        );
        assert!(metrics.contains("tradewind_exchange_rates_failures_total{source=\"file\"} 1"), "{metrics}");
    });
}

async fn ready(address: SocketAddr) -> Value {
    http(address, "GET", "/readyz", &[], "").await.json()
}

#[test]
fn an_american_reads_ounces_beside_the_factorys_millilitres() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut american = room.viewer_at("es-US", "").await;
        let mut mexican = room.viewer_at("es", "").await;
        let mut chosen = room.viewer_at("es", "&units=us&currency=CHF").await;
        room.pin("HY-500").await;
        let capacity = |card: &Value| {
            let facts = card["facts"].as_array().unwrap();
            text(facts.iter().find(|fact| fact["key"] == "capacity").unwrap(), "text").to_owned()
        };
        assert_eq!(capacity(&next_pin(&mut american).await), "500 ml (16.9 fl oz)");
        assert_eq!(capacity(&next_pin(&mut mexican).await), "500 ml");
        assert_eq!(
            capacity(&next_pin(&mut chosen).await),
            "500 ml (16.9 fl oz)",
            "in money without a rate, too"
        );

        let shelf = room.get("/cards?lang=en-US").await.json();
        assert_eq!(capacity(&shelf[0]), "500 ml (16.9 fl oz)");
        let shelf = room.get("/cards?lang=en-US&units=metric").await.json();
        assert_eq!(capacity(&shelf[0]), "500 ml");

        // The language is changed on the way: the measures stay.
        american.say(&json!({ "type": "lang", "lang": "en" }).to_string()).await;
        let hello = american.until(is_of("hello")).await.pop().unwrap();
        assert_eq!((text(&hello, "lang"), text(&hello, "units")), ("en", "us"));
        assert_eq!(capacity(&next_pin(&mut american).await), "500 ml (16.9 fl oz)");
    });
}

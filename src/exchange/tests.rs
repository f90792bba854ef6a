//! Sources that are good, and sources that are not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use super::*;

const GOOD: &str = r#"{"base":"USD","date":"2026-01-02","rates":{"MXN":18.45}}"#;
const LATER: &str = r#"{"base":"USD","date":"2026-01-03","rates":{"MXN":20}}"#;

/// Answers each request with the next of `replies`, bytes as they are; then closes.
fn server(replies: Vec<String>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for reply in replies {
            let Ok((mut stream, _)) = listener.accept() else { return };
            drop(stream.read(&mut [0; 2048]));
            drop(stream.write_all(reply.as_bytes()));
            if reply.is_empty() {
                // Says nothing, and does not hang up.
                std::mem::forget(stream);
            }
        }
    });
    address
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn exchange(address: SocketAddr) -> (Exchange, RatesAddress) {
    let url = RatesAddress::parse(&format!("http://{address}/latest?key=secret")).unwrap();
    let settings = ExchangeSettings {
        url: Some(url.clone()),
        timeout: Duration::from_millis(500),
        max_bytes: 1_000,
        ..ExchangeSettings::default()
    };
    (Exchange::new(settings), url)
}

fn day(exchange: &Exchange) -> Option<String> {
    exchange.now().map(|rates| rates.as_of.to_string())
}

#[tokio::test]
async fn the_last_good_table_stays_through_every_kind_of_failure() {
    let long = format!("{GOOD}{}", " ".repeat(2_000));
    let replies = vec![
        ok(GOOD),
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        ok("<html>Log in</html>"),
        ok(r#"{"date":"2026-01-03","rates":{"MXN":0}}"#),
        ok(&long),
        String::new(),
        ok(LATER),
    ];
    let (exchange, url) = exchange(server(replies));
    assert!(exchange.ask(&url).await);
    assert_eq!(day(&exchange).as_deref(), Some("2026-01-02"));
    for word in ["status 503", "expected form", "not above zero", "longer than 1000 bytes", "in time"] {
        assert!(!exchange.ask(&url).await, "{word}");
        let source = exchange.url.read().clone();
        let error = source.error.unwrap();
        assert!(error.contains(word), "{word}: {error}");
        assert!(!error.contains("secret"), "{error}");
        assert_eq!(day(&exchange).as_deref(), Some("2026-01-02"), "{word}");
    }
    assert!(exchange.ask(&url).await);
    assert_eq!(day(&exchange).as_deref(), Some("2026-01-03"));
    let source = exchange.url.read().clone();
    assert_eq!((source.failures, source.error), (5, None));
    // Nobody listens any more.
    assert!(!exchange.ask(&url).await);
    assert_eq!(day(&exchange).as_deref(), Some("2026-01-03"));
}

#[tokio::test]
async fn a_file_is_read_at_the_start_and_when_it_changes() {
    let dir = tempfile::tempdir().unwrap();
    let path: PathBuf = dir.path().join("rates.json");
    std::fs::write(&path, GOOD).unwrap();
    let settings = ExchangeSettings { file: Some(path.clone()), ..ExchangeSettings::default() };
    let exchange = Arc::new(Exchange::new(settings));
    let stopping = CancellationToken::new();
    exchange.start(&stopping).await;
    assert_eq!(day(&exchange).as_deref(), Some("2026-01-02"), "before anything is served");

    let until = |wanted: fn(&Source) -> bool| {
        let exchange = Arc::clone(&exchange);
        async move {
            while !wanted(&exchange.file.read()) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    };
    std::fs::write(&path, "half a ta").unwrap();
    until(|source| source.error.is_some()).await;
    assert_eq!(day(&exchange).as_deref(), Some("2026-01-02"), "the last good one");
    std::fs::remove_file(&path).unwrap();
    until(|source| source.error.as_ref().is_some_and(|error| error.contains("cannot be read"))).await;
    std::fs::write(&path, LATER).unwrap();
    until(|source| source.error.is_none()).await;
    assert_eq!(day(&exchange).as_deref(), Some("2026-01-03"));
    stopping.cancel();
}

#[test]
fn of_two_sources_the_later_day_holds() {
    let exchange = Exchange::default();
    take(&exchange.file, "file", Ok(LATER.to_owned()), "a");
    take(&exchange.url, "url", Ok(GOOD.to_owned()), "b");
    assert_eq!(exchange.now().unwrap().source, "a");
}

#[test]
fn rates_come_encrypted_or_from_this_computer() {
    for (text, good) in [
        ("https://rates.example/latest?key=1", true),
        ("http://127.0.0.1:9000/rates.json", true),
        ("http://[::1]:9000/", true),
        ("http://rates.example/latest", false),
        ("http://127.0.0.1:80@rates.example/", false),
        ("file:///etc/passwd", false),
        ("https://", false),
    ] {
        assert_eq!(RatesAddress::parse(text).is_ok(), good, "{text}");
    }
    let address = RatesAddress::parse("https://me:word@rates.example/v1?key=hunter2").unwrap();
    assert_eq!(format!("{address:?}"), "rates.example");
}

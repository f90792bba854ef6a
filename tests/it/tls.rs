//! Encryption: with the certificate of the moment.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::gateway::{self, Gateway};

/// Writes a fresh certificate for `localhost` and its key; gives the certificate.
fn certify(dir: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    // One after the other: in between they do not belong together, as in any renewal.
    std::fs::write(dir.join("cert.pem"), cert.pem()).unwrap();
    std::fs::write(dir.join("key.pem"), signing_key.serialize_pem()).unwrap();
    cert.der().clone()
}

async fn connect(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, TcpStream::connect(address).await?).await
}

async fn get(stream: &mut TlsStream<TcpStream>, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn pages_and_captions_are_encrypted_and_a_renewed_certificate_is_taken_up() {
    gateway::run(async {
        let dir = tempfile::tempdir().unwrap();
        let first = certify(dir.path());
        let files = dir.path().display();
        let settings = format!(
            "auth = \"off\"\n[transcribe]\nworkers = 1\n[limits]\nheader_timeout_ms = 1000\n\
             [tls]\ncert_file = \"{files}/cert.pem\"\nkey_file = \"{files}/key.pem\""
        );
        let gateway = Gateway::start(&settings).await;
        let (address, room) = (gateway.address, gateway.room());
        let page = get(&mut connect(address, &first).await.unwrap(), "/").await;
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        assert!(page.contains("strict-transport-security: max-age=31536000"), "{page}");

        // Somebody who says nothing, and somebody who speaks without encryption, are not waited for.
        let mut plain = TcpStream::connect(address).await.unwrap();
        plain.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut silent = TcpStream::connect(address).await.unwrap();
        for stream in [&mut plain, &mut silent] {
            let mut answer = Vec::new();
            let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
            drop(read.expect("the connection was not closed"));
            assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
        }
        let mut stream = connect(address, &first).await.unwrap();
        assert!(get(&mut stream, "/metrics").await.contains("reason=\"tls_handshake\"} 2"));

        let url = format!("wss://localhost:{}/v1/rooms/{}/live?lang=es", address.port(), room.name);
        let stream = connect(address, &first).await.unwrap();
        let (mut viewer, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        assert!(viewer.next().await.unwrap().unwrap().to_text().unwrap().contains("hello"));

        std::fs::write(dir.path().join("key.pem"), "no key").unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(connect(address, &first).await.is_ok(), "a broken renewal changes nothing");
        let second = certify(dir.path());
        let renewed = async {
            while connect(address, &second).await.is_err() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), renewed).await.expect("not taken up");
        assert!(connect(address, &first).await.is_err(), "the old one is gone");
    });
}

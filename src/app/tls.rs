//! Encryption by rustls, with a certificate that may be renewed while the gateway runs.

use std::sync::Arc;

use anyhow::Context;
use parking_lot::RwLock;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::changed::Watched;
use crate::config::Tls;
use crate::domain::Day;

/// Tags of DER.
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;

/// The certificate of the moment.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read()))
    }
}

/// Reads the certificate, and again whenever one of its files changes; connections that there are keep theirs. Files that
/// do not belong together, as in the middle of a renewal, change nothing.
///
/// # Errors
/// The files cannot be read, are no PEM, or do not belong together.
pub fn acceptor(tls: &Tls, stopping: CancellationToken) -> anyhow::Result<TlsAcceptor> {
    let mut files = Watched::new(vec![tls.cert_file.clone(), tls.key_file.clone()]);
    let current = Arc::new(Current(RwLock::new(load(tls)?)));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
    // WebSockets are HTTP/1.1's.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let tls = tls.clone();
    crate::spawn("certificate", async move {
        while stopping.run_until_cancelled(files.changed()).await.is_some() {
            match load(&tls) {
                Ok(renewed) => {
                    *current.0.write() = renewed;
                    tracing::info!(file = %tls.cert_file.display(), "the certificate was renewed");
                }
                Err(error) => {
                    tracing::error!(error = %format!("{error:#}"), "the certificate was not renewed");
                }
            }
        }
    });
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The last day of the certificate; none if it says it in a way that is not read here.
///
/// # Errors
/// As [`acceptor`].
pub fn certificate_ends(tls: &Tls) -> anyhow::Result<Option<Day>> {
    let certified = load(tls)?;
    Ok(certified.cert.first().and_then(|certificate| not_after(certificate)))
}

/// RFC 5280, 4.1: what stands before the validity, and its second time, whose time of day is left out.
fn not_after(certificate: &[u8]) -> Option<Day> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut fields, _) = element(certificate)?;
    if fields.first() == Some(&VERSION) {
        fields = element(fields)?.2;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        fields = element(fields)?.2;
    }
    let (_, validity, _) = element(fields)?;
    let (kind, time, _) = element(element(validity)?.2)?;
    let text = std::str::from_utf8(time).ok()?;
    let full = match kind {
        // Two digits of the year: until 2049.
        UTC_TIME => format!("{}{text}", if text < "50" { "20" } else { "19" }),
        _ => text.to_owned(),
    };
    Day::parse(&format!("{}-{}-{}", full.get(..4)?, full.get(4..6)?, full.get(6..8)?)).ok()
}

/// DER: the first element's tag and content, and what stands behind it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..0x80 => (usize::from(first), rest),
        _ => {
            let (digits, rest) =
                rest.split_at_checked(usize::from(first & 0x7f)).filter(|(d, _)| d.len() <= 4)?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn load(tls: &Tls) -> anyhow::Result<Arc<CertifiedKey>> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(&tls.cert_file)
        .and_then(Iterator::collect)
        .with_context(|| format!("tls.cert_file: {} cannot be read", tls.cert_file.display()))?;
    anyhow::ensure!(!chain.is_empty(), "tls.cert_file: {} holds no certificate", tls.cert_file.display());
    let key = PrivateKeyDer::from_pem_file(&tls.key_file)
        .with_context(|| format!("tls.key_file: {} cannot be read", tls.key_file.display()))?;
    let certified = CertifiedKey::from_der(chain, key, &ring::default_provider())
        .context("tls: the certificate and the key do not belong together")?;
    Ok(Arc::new(certified))
}

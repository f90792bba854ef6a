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

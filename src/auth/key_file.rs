//! A file of keys, as `tradewind keys` changes it: what it says beside the keys that are known here stays in it.

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt;
use serde_json::{Value, json};

use super::backend::{ED25519_BYTES, ed25519_public};
use super::keys::{KeySet, members};

/// The keys of a file, as they are written there. Not `Debug`: it holds secrets.
#[derive(Default)]
pub struct KeyFile(Vec<Value>);

/// What may be told of a key.
pub struct ListedKey {
    pub kid: String,
    pub algorithm: String,
    /// Whether it makes tokens, or only checks them.
    pub signs: bool,
}

impl KeyFile {
    /// # Errors
    /// It is no key set. What is in it is not repeated.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        members(text).map(Self)
    }

    /// Puts a fresh key before the others: it signs from now on. EdDSA, or HS256 where `symmetric`.
    ///
    /// # Errors
    /// The name is another key's, or too long.
    pub fn add(&mut self, kid: &str, symmetric: bool) -> anyhow::Result<()> {
        let keys = std::iter::once(fresh(kid, symmetric)?).chain(self.0.iter().cloned());
        let with = Self(keys.collect());
        KeySet::parse(&with.text())?;
        *self = with;
        Ok(())
    }

    /// False if there is no key of this name.
    pub fn remove(&mut self, kid: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|key| text(key, "kid") != Some(kid));
        self.0.len() < before
    }

    pub fn listed(&self) -> Vec<ListedKey> {
        let owned = |key: &Value, name: &str| text(key, name).unwrap_or("?").to_owned();
        let listed = self.0.iter().map(|key| ListedKey {
            kid: owned(key, "kid"),
            algorithm: owned(key, "alg"),
            signs: key.get("d").or(key.get("k")).is_some(),
        });
        listed.collect()
    }

    /// The public halves of its Ed25519 keys.
    pub fn public(&self) -> Self {
        let mut keys: Vec<Value> =
            self.0.iter().filter(|key| text(key, "kty") == Some("OKP")).cloned().collect();
        for key in keys.iter_mut().filter_map(Value::as_object_mut) {
            key.remove("d");
        }
        Self(keys)
    }

    /// As it is written to the file.
    pub fn text(&self) -> String {
        format!("{:#}\n", json!({ "keys": self.0 }))
    }
}

fn text<'v>(key: &'v Value, name: &str) -> Option<&'v str> {
    key.get(name).and_then(Value::as_str)
}

/// A fresh key as a JWK.
fn fresh(kid: &str, symmetric: bool) -> anyhow::Result<Value> {
    let mut secret = [0; ED25519_BYTES];
    rand::rng().fill(&mut secret);
    let written = URL_SAFE_NO_PAD.encode(secret);
    if symmetric {
        return Ok(json!({ "kty": "oct", "kid": kid, "alg": "HS256", "k": written }));
    }
    let public = ed25519_public(&secret).context("ring makes no key of this seed")?;
    let x = URL_SAFE_NO_PAD.encode(public);
    Ok(
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "alg": "EdDSA", "use": "sig", "x": x, "d": written }),
    )
}

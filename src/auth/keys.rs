//! The keys that tokens are signed with: a JSON Web Key Set (RFC 7517) of `oct` (HS256) and `OKP` Ed25519 (EdDSA) keys,
//! or one plain secret. No error here repeats a word of what was read: it may be a secret.

use anyhow::{Context, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::backend::{ED25519_BYTES, ed25519_public};

/// Shortest secret that is worth signing with, in bytes (RFC 7518, 3.2: as long as the hash).
pub const SHORTEST_SECRET: usize = 32;
const LONGEST_KID: usize = 64;

/// One key. Not `Debug`: it holds secrets.
pub struct Key {
    /// Its name in a token's header; none for a plain secret.
    pub kid: Option<String>,
    pub algorithm: Algorithm,
    pub verify: DecodingKey,
    /// None for a public key: its tokens are made elsewhere.
    pub sign: Option<EncodingKey>,
    /// Cancelled when the key is withdrawn.
    pub withdrawn: CancellationToken,
}

/// The keys in use. The first that can sign does.
#[derive(Default)]
pub struct KeySet(Vec<Key>);

impl KeySet {
    /// Reads a key set as JSON, or takes anything else for a plain secret.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let text = text.trim();
        if !text.starts_with('{') {
            return Ok(Self(vec![Key::symmetric(None, text.as_bytes())?]));
        }
        let mut set = Self::default();
        for (index, jwk) in members(text)?.iter().enumerate() {
            let key = Key::from_jwk(jwk).with_context(|| format!("key {} of the set", index + 1))?;
            set.add(key)?;
        }
        Ok(set)
    }

    /// Adds the keys of another set behind these.
    pub fn join(mut self, other: Self) -> anyhow::Result<Self> {
        for key in other.0 {
            self.add(key)?;
        }
        Ok(self)
    }

    fn add(&mut self, key: Key) -> anyhow::Result<()> {
        ensure!(self.named(key.kid.as_deref()).is_none(), "two keys have the same kid");
        self.0.push(key);
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn named(&self, kid: Option<&str>) -> Option<&Key> {
        self.0.iter().find(|key| key.kid.as_deref() == kid)
    }

    /// The name of the key that new tokens are signed with.
    pub fn signing_name(&self) -> Option<String> {
        let (key, _) = self.signing()?;
        let name = key.kid.as_deref().map_or("the plain secret".to_owned(), |kid| format!("the key {kid}"));
        Some(format!("{name} ({:?})", key.algorithm))
    }

    /// The key that new tokens are signed with.
    pub fn signing(&self) -> Option<(&Key, &EncodingKey)> {
        self.0.iter().find_map(|key| Some((key, key.sign.as_ref()?)))
    }

    /// Takes the place of `before`: what both have goes on, what is gone is withdrawn.
    pub fn succeed(&mut self, before: &Self) {
        for old in &before.0 {
            match self.0.iter_mut().find(|new| new.kid == old.kid && new.is_same(old)) {
                Some(new) => new.withdrawn = old.withdrawn.clone(),
                None => old.withdrawn.cancel(),
            }
        }
    }
}

impl Key {
    fn symmetric(kid: Option<String>, secret: &[u8]) -> anyhow::Result<Self> {
        ensure!(secret.len() >= SHORTEST_SECRET, "a secret must have at least {SHORTEST_SECRET} bytes");
        Ok(Self {
            kid,
            algorithm: Algorithm::HS256,
            verify: DecodingKey::from_secret(secret),
            sign: Some(EncodingKey::from_secret(secret)),
            withdrawn: CancellationToken::new(),
        })
    }

    fn ed25519(kid: String, public: &[u8], seed: Option<&[u8]>) -> anyhow::Result<Self> {
        ensure!(public.len() == ED25519_BYTES, "x must be {ED25519_BYTES} bytes");
        if let Some(seed) = seed {
            ensure!(ed25519_public(seed).as_deref() == Some(public), "d and x do not belong together");
        }
        Ok(Self {
            kid: Some(kid),
            algorithm: Algorithm::EdDSA,
            verify: DecodingKey::from_ed_der(public),
            sign: seed.map(EncodingKey::from_ed_der),
            withdrawn: CancellationToken::new(),
        })
    }

    fn from_jwk(jwk: &Value) -> anyhow::Result<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &'static str| {
            let decoded = text(name).map(|value| URL_SAFE_NO_PAD.decode(value));
            decoded.transpose().map_err(|_| anyhow::anyhow!("{name} is not base64url"))
        };
        let kid = text("kid").filter(|kid| !kid.is_empty()).context("it has no kid")?;
        ensure!(kid.len() <= LONGEST_KID, "its kid is longer than {LONGEST_KID} bytes");
        let kid = kid.to_owned();
        let algorithm = text("alg");
        match (text("kty"), text("crv")) {
            (Some("oct"), _) => {
                ensure!(algorithm.is_none_or(|alg| alg == "HS256"), "the alg of an oct key must be HS256");
                Self::symmetric(Some(kid), &bytes("k")?.context("it has no k")?)
            }
            (Some("OKP"), Some("Ed25519")) => {
                let fits = algorithm.is_none_or(|alg| ["EdDSA", "Ed25519"].contains(&alg));
                ensure!(fits, "the alg of an Ed25519 key must be EdDSA");
                Self::ed25519(kid, &bytes("x")?.context("it has no x")?, bytes("d")?.as_deref())
            }
            _ => bail!("its kty must be oct, or OKP with crv Ed25519"),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        let bytes = |key: &Self| key.verify.try_get_as_bytes().map(<[u8]>::to_vec).unwrap_or_default();
        self.algorithm == other.algorithm && bytes(self) == bytes(other)
    }
}

/// The keys of a set, as they are written.
pub fn members(text: &str) -> anyhow::Result<Vec<Value>> {
    // Its messages of syntax say where, not what.
    let set: Value = serde_json::from_str(text).context("the key set is not JSON")?;
    set.get("keys").and_then(Value::as_array).cloned().context("the key set has no list \"keys\"")
}

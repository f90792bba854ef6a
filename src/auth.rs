//! Who may speak, operate and, where a room asks, watch: tokens, made and checked.

mod access;
mod backend;
mod key_file;
mod keys;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::ensure;
use jsonwebtoken::{Header, Validation, decode, decode_header, encode};
use parking_lot::RwLock;
use serde::Deserialize;
use serde_json::json;

use crate::config::Auth;
use crate::domain::RoomId;

pub use access::Access;
pub use key_file::KeyFile;
pub use keys::KeySet;

/// How far the clocks of who makes a token and of who checks it may differ.
const LEEWAY: Duration = Duration::from_secs(2);
/// The room of a token that is good for all of them. No room can have this name.
const EVERY_ROOM: &str = "*";
/// Longer ones are not looked at: ours have some 250 bytes.
const LONGEST_TOKEN: usize = 2_048;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Host,
    Operator,
    Viewer,
}

impl Role {
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Host, Self::Operator, Self::Viewer].into_iter().find(|role| role.as_str() == word)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
        }
    }

    /// An operator may do what a host may, and both may watch.
    const fn may(self, what: Self) -> bool {
        match self {
            Self::Operator => true,
            Self::Host => matches!(what, Self::Host | Self::Viewer),
            Self::Viewer => matches!(what, Self::Viewer),
        }
    }
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Denied {
    #[error("a token is needed here")]
    Missing,
    #[error("the token is not valid or has expired")]
    Invalid,
    #[error("the token is for another room or role")]
    Forbidden,
}

/// Checks tokens; lets everybody pass where authorisation is off.
pub enum Guard {
    Off,
    Token(RwLock<Arc<KeySet>>),
}

/// A token that was made.
pub struct Issued {
    pub token: String,
    /// Seconds since 1970.
    pub expires: u64,
}

/// What a new token is to say.
pub struct Grant<'a> {
    pub role: Role,
    /// None: all rooms.
    pub room: Option<&'a RoomId>,
    /// Seconds since 1970.
    pub expires: u64,
}

#[derive(Deserialize)]
struct Claims {
    role: Role,
    room: String,
    exp: u64,
}

impl Guard {
    /// `keys`: of the environment and of the file together.
    ///
    /// # Errors
    /// Tokens are asked for and there is no key.
    pub fn new(auth: Auth, keys: KeySet) -> anyhow::Result<Self> {
        backend::install();
        match auth {
            Auth::Off => Ok(Self::Off),
            Auth::Token => {
                ensure!(
                    !keys.is_empty(),
                    "auth = \"token\" needs keys: tokens.keys_file (`tradewind keys new FILE` makes one), or a secret of at \
                     least {} bytes in TRADEWIND_SECRET",
                    keys::SHORTEST_SECRET
                );
                Ok(Self::Token(RwLock::new(Arc::new(keys))))
            }
        }
    }

    pub fn is_off(&self) -> bool {
        matches!(self, Self::Off)
    }

    /// Changes the keys. Connections whose key is gone end.
    pub fn replace(&self, mut keys: KeySet) {
        if let Self::Token(current) = self {
            let mut current = current.write();
            keys.succeed(&current);
            *current = Arc::new(keys);
        }
    }

    pub fn check(&self, token: Option<&str>, room: &RoomId, role: Role) -> Result<Access, Denied> {
        let Self::Token(keys) = self else { return Ok(Access::open()) };
        let token = token.filter(|t| !t.is_empty()).ok_or(Denied::Missing)?;
        let keys = Arc::clone(&keys.read());
        let (claims, key) = verified(token, &keys).ok_or(Denied::Invalid)?;
        let room_fits = claims.room == room.as_str() || claims.room == EVERY_ROOM;
        if !claims.role.may(role) || !room_fits {
            return Err(Denied::Forbidden);
        }
        Ok(Access::until(claims.exp, LEEWAY, key.withdrawn.clone()))
    }

    /// Makes a token. None: there is nothing to sign it with.
    pub fn issue(&self, grant: &Grant<'_>) -> Option<Issued> {
        match self {
            Self::Off => None,
            Self::Token(keys) => issue(&keys.read(), grant),
        }
    }
}

/// The algorithm is the key's, whatever the token says: neither `none` nor a public key taken for a secret gets past.
fn verified<'k>(token: &str, keys: &'k KeySet) -> Option<(Claims, &'k keys::Key)> {
    if token.len() > LONGEST_TOKEN {
        return None;
    }
    let header = decode_header(token).ok()?;
    // RFC 7515, 4.1.11: extensions that must be understood, and are not.
    if header.crit.is_some() {
        return None;
    }
    let key = keys.named(header.kid.as_deref())?;
    let mut validation = Validation::new(key.algorithm);
    validation.leeway = LEEWAY.as_secs();
    validation.validate_nbf = true;
    // Ours name no audience; a token that names one is meant for somebody else, and is refused.
    let claims = decode::<Claims>(token, &key.verify, &validation).ok()?.claims;
    Some((claims, key))
}

/// Makes a token with the first key that can sign. None: there is none.
pub fn issue(keys: &KeySet, grant: &Grant<'_>) -> Option<Issued> {
    backend::install();
    let (key, signing) = keys.signing()?;
    let room = grant.room.map_or(EVERY_ROOM, RoomId::as_str);
    let claims =
        json!({ "role": grant.role.as_str(), "room": room, "iat": now_seconds(), "exp": grant.expires });
    let header = Header { kid: key.kid.clone(), ..Header::new(key.algorithm) };
    let token = encode(&header, &claims, signing).ok()?;
    Some(Issued { token, expires: grant.expires })
}

/// Seconds since 1970.
pub fn now_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

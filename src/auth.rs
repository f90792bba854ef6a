//! Who may speak and who may operate.

mod hs256;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;

use crate::config::Auth;
use crate::domain::RoomId;

/// Shortest secret that is worth signing with, in bytes (RFC 7518, 3.2: as long as the hash).
const SHORTEST_SECRET: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Host,
    Operator,
    Viewer,
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
    Token(Box<DecodingKey>),
}

#[derive(Deserialize)]
struct Claims {
    role: Role,
    room: String,
}

impl Guard {
    /// `secret`: the value of `TRADEWIND_SECRET`.
    pub fn new(auth: Auth, secret: Option<String>) -> anyhow::Result<Self> {
        match auth {
            Auth::Off => Ok(Self::Off),
            Auth::Token => {
                let secret = secret.unwrap_or_default();
                anyhow::ensure!(
                    secret.len() >= SHORTEST_SECRET,
                    "auth = \"token\" needs a secret of at least {SHORTEST_SECRET} bytes in TRADEWIND_SECRET"
                );
                hs256::install();
                Ok(Self::Token(Box::new(DecodingKey::from_secret(secret.as_bytes()))))
            }
        }
    }

    pub fn is_off(&self) -> bool {
        matches!(self, Self::Off)
    }

    /// An operator may do what a host may.
    pub fn check(&self, token: Option<&str>, room: &RoomId, role: Role) -> Result<(), Denied> {
        let Self::Token(key) = self else { return Ok(()) };
        let token = token.filter(|t| !t.is_empty()).ok_or(Denied::Missing)?;
        let claims = decode::<Claims>(token, key, &Validation::new(Algorithm::HS256))
            .map_err(|_| Denied::Invalid)?
            .claims;
        let role_fits = claims.role == role || (claims.role == Role::Operator && role == Role::Host);
        if role_fits && claims.room == room.as_str() { Ok(()) } else { Err(Denied::Forbidden) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn token(secret: &str, role: &str, room: &str, exp: u64) -> String {
        let claims = json!({ "role": role, "room": room, "exp": exp });
        encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    }

    #[test]
    fn tokens_open_their_room_for_their_role_only() {
        let guard = Guard::new(Auth::Token, Some(SECRET.into())).unwrap();
        let (demo, other) = (RoomId::parse("demo").unwrap(), RoomId::parse("other").unwrap());
        let host = token(SECRET, "host", "demo", 4_000_000_000);
        let operator = token(SECRET, "operator", "demo", 4_000_000_000);
        assert_eq!(guard.check(Some(&host), &demo, Role::Host), Ok(()));
        assert_eq!(guard.check(Some(&operator), &demo, Role::Host), Ok(()));
        assert_eq!(guard.check(Some(&host), &demo, Role::Operator), Err(Denied::Forbidden));
        assert_eq!(guard.check(Some(&host), &other, Role::Host), Err(Denied::Forbidden));
        assert_eq!(guard.check(None, &demo, Role::Host), Err(Denied::Missing));
        for bad in [
            token("another secret, long enough too!", "host", "demo", 4_000_000_000),
            token(SECRET, "host", "demo", 1),
        ] {
            assert_eq!(guard.check(Some(&bad), &demo, Role::Host), Err(Denied::Invalid));
        }
    }

    #[test]
    fn a_token_that_another_library_made_is_good_and_its_signature_is_read_to_the_last_letter() {
        let guard = Guard::new(Auth::Token, Some(SECRET.into())).unwrap();
        let demo = RoomId::parse("demo").unwrap();
        // Python's hmac over {"role":"host","room":"demo","exp":4000000000}.
        let (body, signature) = (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoiaG9zdCIsInJvb20iOiJkZW1vIiwiZXhwIjo0MDAwMDAwMDAwfQ",
            "LdUyCHts1eJkDuTzS3vAXkIg56GmGKCFWt-pB_zLEhQ",
        );
        assert_eq!(guard.check(Some(&format!("{body}.{signature}")), &demo, Role::Host), Ok(()));
        let other = signature.replacen(&signature[..1], "A", 1);
        for bad in [other.as_str(), "", &signature[..40]] {
            assert_eq!(guard.check(Some(&format!("{body}.{bad}")), &demo, Role::Host), Err(Denied::Invalid));
        }
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(Guard::new(Auth::Token, Some("short".into())).is_err());
        assert!(Guard::new(Auth::Token, None).is_err());
    }
}

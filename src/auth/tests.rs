use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const FAR: u64 = 4_000_000_000;
/// RFC 8037, appendix A: an Ed25519 key.
const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const D: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

fn room(name: &str) -> RoomId {
    RoomId::parse(name).unwrap()
}

fn guard(keys: &str) -> Guard {
    Guard::new(Auth::Token, KeySet::parse(keys).unwrap()).unwrap()
}

/// Two symmetric keys, an Ed25519 key that signs and one that only checks.
fn rotated() -> Value {
    json!({ "keys": [
        { "kty": "OKP", "crv": "Ed25519", "kid": "ed", "alg": "EdDSA", "x": X, "d": D },
        { "kty": "oct", "kid": "old", "k": URL_SAFE_NO_PAD.encode(SECRET) },
        { "kty": "oct", "kid": "new", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode("another secret of 32 bytes or more") },
    ] })
}

fn signed(secret: &str, kid: Option<&str>, claims: &Value) -> String {
    backend::install();
    let header = Header { kid: kid.map(str::to_owned), ..Header::default() };
    encode(&header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

/// A token with this header over good claims, and a signature of its own making.
fn forged(header: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({ "role": "host", "room": "demo", "exp": FAR });
    format!("{}.{}.{}", part(header), part(&claims), URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn tokens_open_their_room_for_their_role_only() {
    let guard = guard(SECRET);
    let token =
        |role: &str, room: &str| signed(SECRET, None, &json!({ "role": role, "room": room, "exp": FAR }));
    use Role::{Host, Operator, Viewer};
    for (role, claimed, asked, wanted, opens) in [
        ("host", "demo", "demo", Host, true),
        ("host", "demo", "demo", Viewer, true),
        ("host", "demo", "demo", Operator, false),
        ("host", "demo", "other", Host, false),
        ("operator", "demo", "demo", Host, true),
        ("operator", "demo", "demo", Operator, true),
        ("operator", "demo", "demo", Viewer, true),
        ("operator", "demo", "other", Operator, false),
        ("operator", "*", "other", Operator, true),
        ("viewer", "demo", "demo", Viewer, true),
        ("viewer", "demo", "demo", Host, false),
        ("viewer", "*", "demo", Operator, false),
    ] {
        let found = guard.check(Some(&token(role, claimed)), &room(asked), wanted);
        let expected = if opens { None } else { Some(Denied::Forbidden) };
        assert_eq!(found.err(), expected, "{role} of {claimed} as {wanted:?} of {asked}");
    }
    assert_eq!(guard.check(None, &room("demo"), Host).err(), Some(Denied::Missing));
    assert_eq!(guard.check(Some(""), &room("demo"), Host).err(), Some(Denied::Missing));
}

#[test]
fn what_is_not_signed_by_a_key_of_ours_for_now_is_refused() {
    let guard = guard(&rotated().to_string());
    let good = json!({ "role": "host", "room": "demo", "exp": FAR });
    let check = |token: &str| guard.check(Some(token), &room("demo"), Role::Host).err();
    assert_eq!(check(&signed(SECRET, Some("old"), &good)), None);
    let public = URL_SAFE_NO_PAD.decode(X).unwrap();
    // The public key, which anybody may have, taken for the secret of an HMAC.
    let confused = encode(
        &Header { kid: Some("ed".into()), ..Header::default() },
        &good,
        &EncodingKey::from_secret(&public),
    );
    let long = json!({ "role": "host", "room": "demo", "exp": FAR, "x": "x".repeat(3_000) });
    for (why, token) in [
        ("no key of that name", signed(SECRET, Some("gone"), &good)),
        ("no name at all", signed(SECRET, None, &good)),
        ("another key's name", signed(SECRET, Some("new"), &good)),
        ("another secret", signed("another secret, long enough too!", Some("old"), &good)),
        ("expired", signed(SECRET, Some("old"), &json!({ "role": "host", "room": "demo", "exp": 1 }))),
        ("no end", signed(SECRET, Some("old"), &json!({ "role": "host", "room": "demo" }))),
        (
            "not yet",
            signed(
                SECRET,
                Some("old"),
                &json!({ "role": "host", "room": "demo", "exp": FAR, "nbf": FAR - 1 }),
            ),
        ),
        (
            "somebody else's",
            signed(SECRET, Some("old"), &json!({ "role": "host", "room": "demo", "exp": FAR, "aud": "x" })),
        ),
        ("no such role", signed(SECRET, Some("old"), &json!({ "role": "root", "room": "demo", "exp": FAR }))),
        ("too long", signed(SECRET, Some("old"), &long)),
        ("alg none", forged(&json!({ "alg": "none", "kid": "old" }), b"")),
        ("alg None", forged(&json!({ "alg": "None", "kid": "ed" }), b"")),
        ("no alg", forged(&json!({ "kid": "old" }), b"")),
        ("alg HS512", forged(&json!({ "alg": "HS512", "kid": "old" }), &[0; 64])),
        ("alg RS256", forged(&json!({ "alg": "RS256", "kid": "ed" }), &[0; 256])),
        ("EdDSA by a secret's name", forged(&json!({ "alg": "EdDSA", "kid": "old" }), &[0; 64])),
        ("a public key as a secret", confused.unwrap()),
        (
            "its own key",
            forged(&json!({ "alg": "HS256", "kid": "x", "jwk": { "kty": "oct", "k": "AAAA" } }), &[0; 32]),
        ),
        ("unknown extensions", {
            let header =
                Header { kid: Some("old".into()), crit: Some(vec!["b64".into()]), ..Header::default() };
            encode(&header, &good, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
        }),
        ("not a token", "nonsense".to_owned()),
        ("two parts", "a.b".to_owned()),
        ("no signature", format!("{}.", signed(SECRET, Some("old"), &good).rsplit_once('.').unwrap().0)),
    ] {
        assert_eq!(check(&token), Some(Denied::Invalid), "{why}");
    }
}

#[test]
fn a_token_that_another_library_made_is_good_and_its_signature_is_read_to_the_last_letter() {
    let guard = guard(SECRET);
    // Python's hmac over {"role":"host","room":"demo","exp":4000000000}.
    let (body, signature) = (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoiaG9zdCIsInJvb20iOiJkZW1vIiwiZXhwIjo0MDAwMDAwMDAwfQ",
        "LdUyCHts1eJkDuTzS3vAXkIg56GmGKCFWt-pB_zLEhQ",
    );
    let check = |token: &str| guard.check(Some(token), &room("demo"), Role::Host).err();
    assert_eq!(check(&format!("{body}.{signature}")), None);
    let other = signature.replacen(&signature[..1], "A", 1);
    for bad in [other.as_str(), "", &signature[..40]] {
        assert_eq!(check(&format!("{body}.{bad}")), Some(Denied::Invalid));
    }
}

#[test]
fn the_signature_of_rfc_8037_is_made_and_good() {
    backend::install();
    // RFC 8037, appendix A.4: "Example of Ed25519 signing".
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let expected = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let seed = EncodingKey::from_ed_der(&URL_SAFE_NO_PAD.decode(D).unwrap());
    assert_eq!(jsonwebtoken::crypto::sign(message, &seed, Algorithm::EdDSA).unwrap(), expected);
    let set = rotated();
    let public = KeySet::parse(&set.to_string()).unwrap();
    let verify = &public.named(Some("ed")).unwrap().verify;
    assert!(jsonwebtoken::crypto::verify(expected, message, verify, Algorithm::EdDSA).unwrap());
    assert!(!jsonwebtoken::crypto::verify(expected, b"another message", verify, Algorithm::EdDSA).unwrap());
}

#[test]
fn the_first_key_that_can_sign_does_and_its_tokens_open() {
    let guard = guard(&rotated().to_string());
    let demo = room("demo");
    let grant = Grant { role: Role::Host, room: Some(&demo), expires: FAR };
    let issued = guard.issue(&grant).unwrap();
    let header = decode_header(&issued.token).unwrap();
    assert_eq!((header.alg, header.kid.as_deref()), (Algorithm::EdDSA, Some("ed")));
    let access = guard.check(Some(&issued.token), &demo, Role::Host).unwrap();
    assert_eq!((access.expires(), issued.expires), (Some(FAR), FAR));
    // A gateway that has only the public half checks, and cannot make any.
    let public = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": X }] });
    let checks = Guard::new(Auth::Token, KeySet::parse(&public.to_string()).unwrap()).unwrap();
    assert!(checks.check(Some(&issued.token), &demo, Role::Host).is_ok());
    assert!(checks.issue(&grant).is_none());
    assert!(Guard::new(Auth::Off, KeySet::default()).unwrap().issue(&grant).is_none());
}

#[tokio::test]
async fn a_key_that_is_withdrawn_ends_what_it_opened_and_the_others_go_on() {
    let guard = guard(&rotated().to_string());
    let claims = json!({ "role": "host", "room": "demo", "exp": FAR });
    let check = |token: &str| guard.check(Some(token), &room("demo"), Role::Host);
    let other = signed("another secret of 32 bytes or more", Some("new"), &claims);
    let (withdrawn, kept) = (check(&signed(SECRET, Some("old"), &claims)).unwrap(), check(&other).unwrap());
    let mut rest = rotated();
    rest["keys"].as_array_mut().unwrap().remove(1);
    guard.replace(KeySet::parse(&rest.to_string()).unwrap());
    withdrawn.ended().await;
    assert!(futures_util::FutureExt::now_or_never(kept.ended()).is_none());
    assert!(check(&other).is_ok());
    // Another secret under the same name is another key.
    rest["keys"][1]["k"] = json!(URL_SAFE_NO_PAD.encode([7; 32]));
    guard.replace(KeySet::parse(&rest.to_string()).unwrap());
    kept.ended().await;
}

#[test]
fn bad_keys_are_told_without_repeating_them() {
    let secret = "c2VjcmV0LXNlY3JldA";
    for (text, word) in [
        ("short-secret".to_owned(), "32 bytes"),
        (String::new(), "32 bytes"),
        ("{\"keys\": [".to_owned(), "not JSON"),
        ("{\"keys\": \"the-secret-itself\"}".to_owned(), "no list"),
        (json!({ "keys": [{ "kty": "oct", "kid": "a", "k": secret }] }).to_string(), "32 bytes"),
        (json!({ "keys": [{ "kty": "oct", "kid": "a", "k": "c2Vj!" }] }).to_string(), "base64url"),
        (json!({ "keys": [{ "kty": "oct", "k": secret }] }).to_string(), "no kid"),
        (json!({ "keys": [{ "kty": "RSA", "kid": "a", "n": secret }] }).to_string(), "kty"),
        (json!({ "keys": [{ "kty": "oct", "kid": "a", "alg": "none", "k": secret }] }).to_string(), "HS256"),
        (
            json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": X, "d": X }] }).to_string(),
            "belong together",
        ),
        (
            json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": X },
                             { "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": X }] })
            .to_string(),
            "same kid",
        ),
    ] {
        let error = format!("{:#}", KeySet::parse(&text).err().unwrap());
        assert!(error.contains(word), "{error}");
        for leaked in [secret, "short-secret", "the-secret-itself", "c2Vj!", X] {
            assert!(!error.contains(leaked), "{error}");
        }
    }
    assert!(Guard::new(Auth::Token, KeySet::default()).is_err());
}

#[test]
fn fresh_keys_are_read_back_and_differ() {
    for symmetric in [false, true] {
        let mut file = KeyFile::default();
        file.add("b", symmetric).unwrap();
        file.add("a", symmetric).unwrap();
        assert!(file.add("a", symmetric).is_err(), "a name is one key's");
        let written: Value = serde_json::from_str(&file.text()).unwrap();
        let secret = |n: usize| {
            let key = &written["keys"][n];
            (key["d"].clone(), key["k"].clone())
        };
        assert_ne!(secret(0), secret(1));
        let mut file = KeyFile::parse(&file.text()).unwrap();
        assert!(file.remove("a") && !file.remove("a"));
        let set = KeySet::parse(&file.text()).unwrap();
        assert!(set.signing().is_some_and(|(key, _)| key.kid.as_deref() == Some("b")));
    }
}

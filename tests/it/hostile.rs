//! Requests that mean harm: tokens of others, paths out of their folder, markup, SQL and line breaks in every text.

use serde_json::{Value, json};

use crate::api::operations;
use crate::gateway::{self, Gateway, SECRET};
use crate::peer::{Answer, Peer, http};

const GUARDED: &str = "auth = \"token\"\n[transcribe]\nworkers = 1";
/// Seconds since 1970: long after this test.
const LATER: u64 = 4_000_000_000;

const TEXTS: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'; DROP TABLE inquiries; DROP TABLE reservations; --",
    "1' OR '1'='1",
    "../../../../etc/passwd",
    "{{7*7}} ${7*7} %s%n",
    "</script><svg/onload=alert(1)>",
    "=HYPERLINK(\"http://evil.example\")",
];

#[test]
fn every_guarded_route_refuses_every_token_that_is_not_for_it() {
    gateway::run(async {
        let room = Gateway::start(GUARDED).await;
        let address = room.address;
        let document = http(address, "GET", "/openapi.json", &[], "").await.json();
        let mut guarded = 0;
        for (path, method, operation) in operations(&document) {
            let (method, path) = (method.to_uppercase(), filled(path));
            let Some(schemes) = operation["security"].as_array() else {
                if !path.ends_with("/live") {
                    let answer = ask(&room, &method, &path, None, "bearer").await;
                    assert!(
                        ![401, 403].contains(&answer.status),
                        "{method} {path} is said to be open: {}",
                        answer.body
                    );
                }
                continue;
            };
            assert!(!schemes.contains(&json!({})), "{method} {path}: a token is needed here");
            if path.starts_with("/v1/listen") {
                continue;
            }
            let scheme = schemes[0].as_object().unwrap().keys().next().unwrap();
            assert_eq!(schemes[0][scheme], json!(["host"]), "{method} {path}");
            guarded += 1;
            for (what, token, status, code) in bad_tokens() {
                let answer = ask(&room, &method, &path, token.as_deref(), scheme).await;
                assert_eq!(answer.status, status, "{method} {path} with {what}: {}", answer.body);
                assert_eq!(answer.header("content-type"), "application/problem+json");
                assert_eq!(answer.json()["code"], code, "{method} {path} with {what}");
                let documented =
                    &operation["responses"][status.to_string()]["content"]["application/problem+json"];
                let codes = &documented["schema"]["allOf"][1]["properties"]["code"]["enum"];
                assert!(codes.as_array().unwrap().contains(&json!(code)), "{method} {path}: {status} {code}");
                assert!(
                    !answer.body.contains(token.as_deref().unwrap_or("no token")),
                    "the token is in the answer"
                );
            }
            if !path.ends_with("/console") {
                for role in ["host", "operator"] {
                    let answer =
                        ask(&room, &method, &path, Some(&signed(role, "r0", LATER, SECRET)), scheme).await;
                    assert!(
                        ![401, 403].contains(&answer.status),
                        "{method} {path} as {role}: {}",
                        answer.body
                    );
                    assert!(answer.status < 500, "{method} {path} as {role}: {}", answer.body);
                }
            }
        }
        assert!(guarded >= 20, "{guarded} guarded routes only");

        for (what, token, status, _) in bad_tokens() {
            let query = token.map(|token| format!("&token={token}")).unwrap_or_default();
            let closed = Peer::open(&format!("ws://{address}/v1/listen?room=r0{query}")).await.rest().await.1;
            assert_eq!(closed, Some(4_000 + status), "a host with {what}");
        }
    });
}

#[test]
fn no_path_leads_out_of_its_folder_and_none_writes_a_header() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let marked = "%0d%0aSet-Cookie:%20a=b";
        for path in [
            "/static/../Cargo.toml".to_owned(),
            "/static/..%2f..%2fCargo.toml".to_owned(),
            "/static/%2e%2e/%2e%2e/etc/passwd".to_owned(),
            "/static/....//....//etc/passwd".to_owned(),
            "/static//etc/passwd".to_owned(),
            "/images/..%2fwatch.html".to_owned(),
            "/images/..%5c..%5cCargo.toml".to_owned(),
            "/images/%00".to_owned(),
            "/v1/packs/..%2f..%2fCargo.toml".to_owned(),
            "/v1/rooms/..%2f..%2fetc/products.csv".to_owned(),
            format!("/v1/rooms/{}/products/..%2f..%2fetc", room.name),
            format!("/v1/rooms/{}/inquiries/..%2f1", room.name),
            format!("/v1/rooms/r1{marked}/products.csv"),
            format!("/v1/rooms/{}/products/{marked}", room.name),
            format!("/images/{marked}.jpg"),
        ] {
            let answer = http(room.address, "GET", &path, &[], "").await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (404, "application/problem+json"),
                "{path}"
            );
            assert!(
                answer.headers.get("set-cookie").is_none() && !answer.body.contains("[package]"),
                "{path}"
            );
        }
        // The redirect of a preview goes to names that were checked.
        let redirect = http(room.address, "GET", &format!("/preview/HY-500{marked}"), &[], "").await;
        assert_eq!(
            (redirect.status, redirect.header("location"), redirect.header("set-cookie")),
            (404, "", "")
        );
    });
}

#[test]
fn markup_and_sql_in_every_text_are_kept_as_text_or_refused() {
    gateway::run(async {
        let quick = "auth = \"off\"\n[transcribe]\nworkers = 1\n[limits]\ninquiry_burst = 1000\nreservation_burst = 1000\n\
                     inquiries_per_minute = 6000\nreservations_per_minute = 6000";
        let gateway = Gateway::start(quick).await;
        let room = gateway.room();
        let mut sale = json!({ "sku": "HY-500", "price": "2.20", "duration_s": 600 });
        assert_eq!(room.post("flash", &sale.to_string()).await.status, 201);
        for (n, text) in TEXTS.iter().enumerate() {
            // What is text comes back as it is, as JSON.
            let asked = room.post("inquiries", &json!({ "text": text, "contact": text }).to_string()).await;
            assert_eq!((asked.status, asked.header("content-type")), (201, "application/json"), "{text}");
            let id = asked.json()["id"].as_str().unwrap().to_owned();
            let answered =
                room.post(&format!("inquiries/{id}/answer"), &json!({ "text": text }).to_string()).await;
            assert_eq!((answered.status, &answered.json()["text"]), (200, &json!(text)), "{}", answered.body);
            assert_eq!(
                (&answered.json()["contact"], &answered.json()["answer"]["text"]),
                (&json!(text), &json!(text))
            );
            let wish = json!({ "quantity": 1, "contact": text }).to_string();
            let held = room.post("flash/HY-500/reservations", &wish).await;
            assert_eq!(held.status, 201, "{}", held.body);
            let term = json!({ "forms": { "zh": [text], "en": [format!("t{n}")] } });
            let kept = room.post("glossary", &term.to_string()).await;
            assert_eq!((kept.status, &kept.json()["forms"]["zh"][0]), (201, &json!(text)), "{}", kept.body);
            let mut product = room.get("/products/HY-500").await.json();
            product["names"]["es"] = json!(text);
            product["aliases"] = json!({ "zh": [text] });
            let put =
                http(room.address, "PUT", &at(&room.name, "/products/HY-500"), &[], &product.to_string())
                    .await;
            assert_eq!(put.status, 204, "{}", put.body);
            assert_eq!(room.get("/cards?lang=es&sku=HY-500").await.json()[0]["name"], json!(text));
            // What is a name is refused, and said in a problem's own words.
            sale["sku"] = json!(text);
            for (path, body) in [
                ("flash", sale.clone()),
                ("flash", json!({ "sku": "HY-500", "price": text, "duration_s": 600 })),
                ("pin", json!({ "sku": text })),
                ("inquiries", json!({ "text": "MOQ?", "client_id": text })),
                ("inquiries", json!({ "text": "MOQ?", "sku": text })),
                ("flash/HY-500/reservations", json!({ "quantity": 1, "contact": "a", "key": text })),
                ("products/order", json!({ "skus": [text] })),
            ] {
                let refused = room.post(path, &body.to_string()).await;
                assert_eq!(refused.header("content-type"), "application/problem+json", "{path} {body}");
                assert!([400, 404, 409, 422].contains(&refused.status), "{path} {body}: {}", refused.body);
            }
        }
        // Nothing was dropped, nothing else was let in.
        let inquiries = room.get("/inquiries?limit=200").await.json();
        assert_eq!(inquiries["total"], TEXTS.len());
        assert_eq!(room.get("/reservations").await.json().as_array().map(Vec::len), Some(TEXTS.len()));
        assert_eq!(room.get("/glossary").await.json()["terms"].as_array().map(Vec::len), Some(TEXTS.len()));
        for table in ["/inquiries.csv", "/reservations.csv", "/products.csv"] {
            let answer = room.get(table).await;
            assert_eq!((answer.status, answer.header("x-content-type-options")), (200, "nosniff"));
            assert!(
                !answer
                    .body
                    .lines()
                    .any(|line| line.contains(",=HYPERLINK") || line.contains(",\"=HYPERLINK")),
                "{table}"
            );
        }
        // Line breaks do not make fields of a stream: they are JSON.
        let broken =
            room.post("inquiries", &json!({ "text": "a\r\ndata: {}\n\nevent: x" }).to_string()).await;
        assert_eq!(broken.status, 201);
    });
}

fn at(room: &str, path: &str) -> String {
    format!("/v1/rooms/{room}{path}")
}

/// A path with names in it that the gateway has.
fn filled(path: &str) -> String {
    [
        ("{room}", "r0"),
        ("{sku}", "HY-500"),
        ("{id}", "nobody"),
        ("{term}", "x"),
        ("{lang}", "es"),
        ("{name}", "thermos.svg"),
        ("{segment}", "1"),
        ("{epoch}", "k3f9"),
    ]
    .iter()
    .fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

async fn ask(gateway: &Gateway, method: &str, path: &str, token: Option<&str>, scheme: &str) -> Answer {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("content-type", "application/json")];
    let mut path = path.to_owned();
    match (scheme, token, &bearer) {
        ("query", Some(token), _) => path = format!("{path}?token={token}"),
        (_, _, Some(bearer)) => headers.push(("authorization", bearer)),
        _ => {}
    }
    http(gateway.address, method, &path, &headers, if method == "GET" { "" } else { "{}" }).await
}

/// What it is, the token, the status and the code that it gets.
fn bad_tokens() -> Vec<(&'static str, Option<String>, u16, &'static str)> {
    let none = |claims: Value| {
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        format!("{}.{}.", part(&json!({ "alg": "none", "typ": "JWT" })), part(&claims))
    };
    let good = signed("host", "r0", LATER, SECRET);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let claims = json!({ "role": "host", "room": "r0", "exp": LATER });
    vec![
        ("no token", None, 401, "unauthorized"),
        ("nonsense", Some("nonsense".into()), 401, "unauthorized"),
        ("an expired token", Some(signed("host", "r0", 1_000_000_000, SECRET)), 401, "unauthorized"),
        ("alg none", Some(none(claims)), 401, "unauthorized"),
        ("no signature", Some(format!("{head}.")), 401, "unauthorized"),
        ("half a signature", Some(format!("{head}.{}", &signature[..20])), 401, "unauthorized"),
        (
            "another secret",
            Some(signed("host", "r0", LATER, "another secret of 32 bytes, at least")),
            401,
            "unauthorized",
        ),
        ("a key that is not there", Some(signed_by("key-7", "host", "r0")), 401, "unauthorized"),
        (
            "a key's name that leads elsewhere",
            Some(signed_by("../../etc/passwd", "host", "r0")),
            401,
            "unauthorized",
        ),
        ("a room that only begins alike", Some(signed("host", "r", LATER, SECRET)), 403, "forbidden"),
        ("another room", Some(signed("host", "r1", LATER, SECRET)), 403, "forbidden"),
        ("a viewer's token", Some(signed("viewer", "r0", LATER, SECRET)), 403, "forbidden"),
        ("a role that does not exist", Some(signed("root", "r0", LATER, SECRET)), 401, "unauthorized"),
    ]
}

fn signed(role: &str, room: &str, exp: u64, secret: &str) -> String {
    let claims = json!({ "role": role, "room": room, "exp": exp });
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
}

/// Signed with the right secret, under the name of a key that there is not.
fn signed_by(kid: &str, role: &str, room: &str) -> String {
    let header = jsonwebtoken::Header { kid: Some(kid.to_owned()), ..jsonwebtoken::Header::default() };
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&header, &json!({ "role": role, "room": room, "exp": LATER }), &key).unwrap()
}

fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        text.extend((0..=chunk.len()).map(|n| char::from(LETTERS[(word >> (18 - 6 * n) & 63) as usize])));
    }
    text
}

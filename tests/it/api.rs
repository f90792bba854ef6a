//! `/openapi.json` says what the routes are: no route without its description, no description without its route.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tradewind::app;
use tradewind::console::Document;
use tradewind::protocol::problem;

use crate::gateway::{self, Gateway};
use crate::peer::http;

/// Pages for people, and their files: no part of the API.
const PAGES: [&str; 8] = [
    "GET /",
    "GET /favicon.ico",
    "GET /host/{room}",
    "GET /preview/{room}/{sku}",
    "GET /preview/{sku}",
    "GET /replay/{room}",
    "GET /static/{*path}",
    "GET /watch/{room}",
];

#[test]
fn every_route_is_in_the_document_and_nothing_else() {
    let (router, described) = app::described();
    let registered = registered(&format!("{router:?}"));
    assert!(
        registered.len() > 40,
        "axum prints its routes in another form than is read here: {registered:?}"
    );
    let document = read(&Document::new(described, false));
    let described: BTreeSet<String> =
        operations(&document).map(|(path, method, _)| format!("{} {path}", method.to_uppercase())).collect();
    let api: BTreeSet<String> =
        registered.into_iter().filter(|route| !PAGES.contains(&route.as_str())).collect();
    let lacking: Vec<_> = api.difference(&described).collect();
    assert!(lacking.is_empty(), "annotate with #[utoipa::path] and register with routes!: {lacking:?}");
    assert_eq!(
        described.difference(&api).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "described, not registered"
    );
}

#[test]
fn every_operation_is_described_to_its_end() {
    let document = read(&Document::new(app::described().1, false));
    let (mut wrong, mut ids) = (Vec::new(), BTreeSet::new());
    for (path, method, operation) in operations(&document) {
        let name = format!("{method} {path}");
        let mut needs = |good: bool, what: &str| {
            if !good {
                wrong.push(format!("{name}: {what}"));
            }
        };
        needs(ids.insert(operation["operationId"].to_string()), "its operationId is another's too");
        needs(
            operation["summary"].as_str().is_some_and(|text| text.len() > 5),
            "no summary: a comment on the handler",
        );
        needs(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "no tag");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let about = parameter["description"].as_str().is_some_and(|text| !text.is_empty());
            let what = format!("the parameter {} has no description", parameter["name"]);
            needs(about || parameter["name"] == "room", &what);
            let known = parameter["in"] != "path" || about;
            needs(known, &format!("console/openapi/parameters.rs does not know {}", parameter["name"]));
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let codes =
                response.pointer("/content/application~1problem+json/schema/allOf/1/properties/code/enum");
            let refusal = status.parse::<u16>().unwrap() >= 400;
            needs(!refusal || codes.is_some() || path == "/readyz", &format!("{status} has no codes"));
            for code in codes.and_then(Value::as_array).into_iter().flatten() {
                let known = code.as_str().is_some_and(|code| problem::meaning(code).is_some());
                needs(known, &format!("protocol/problem.rs does not know the code {code} of {status}"));
            }
        }
    }
    let text = document.to_string();
    for (_, rest) in
        text.match_indices("\"#/components/schemas/").map(|(at, found)| text.split_at(at + found.len()))
    {
        let name = rest.split('"').next().unwrap();
        if document["components"]["schemas"].get(name).is_none() {
            wrong.push(format!("the schema {name} is named and not there"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_protocols_page_has_every_code() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/PROTOCOL.md")).unwrap();
    let missing: Vec<_> = problem::CODES
        .iter()
        .filter(|(code, _)| !page.contains(&format!("`{code}`")))
        .map(|(code, _)| code)
        .collect();
    assert!(missing.is_empty(), "docs/PROTOCOL.md has no word on {missing:?}");
}

#[test]
fn the_document_is_served_and_says_whether_a_token_is_needed() {
    gateway::run(async {
        let open = Gateway::shared().await;
        let answer = http(open.address, "GET", "/openapi.json", &[], "").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
        let document = answer.json();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
        let pin = |document: &Value| document["paths"]["/v1/rooms/{room}/pin"]["post"]["security"].clone();
        assert_eq!(pin(&document), json!([{}, { "bearer": ["host"] }]));
        assert_eq!(pin(&read(&Document::new(app::described().1, false))), json!([{ "bearer": ["host"] }]));
    });
}

#[test]
fn what_axum_refuses_by_itself_is_a_problem_too() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let json = [("content-type", "application/json")];
        let at = |path: &str| format!("/v1/rooms/{}{path}", room.name);
        let (large, form) = ("x".repeat(20_000), [("content-type", "application/x-www-form-urlencoded")]);
        for (method, path, headers, body, status, code) in [
            ("GET", "/nowhere".to_owned(), &json, "", 404, "not_found"),
            ("GET", "/v1/nowhere".to_owned(), &json, "", 404, "not_found"),
            ("GET", "/static/nothing.js".to_owned(), &json, "", 404, "not_found"),
            ("GET", "/images/nothing.jpg".to_owned(), &json, "", 404, "no_such_image"),
            ("PATCH", at("/pin"), &json, "{}", 405, "method_not_allowed"),
            ("POST", at("/pin"), &json, "{", 400, "bad_request"),
            ("POST", at("/pin"), &json, "{\"sku\":5}", 400, "bad_request"),
            ("POST", at("/pin"), &form, "sku=HY-500", 415, "unsupported_media_type"),
            ("POST", at("/images"), &form, "a=b", 415, "unsupported_media_type"),
            ("PUT", at("/products"), &form, "a=b", 415, "unsupported_media_type"),
            ("PUT", at("/glossary"), &form, "a=b", 415, "unsupported_media_type"),
            ("POST", at("/inquiries"), &json, &large, 413, "too_large"),
            ("POST", at("/flash"), &json, &large, 413, "too_large"),
            ("GET", at("/inquiries?limit=many"), &json, "", 400, "bad_request"),
            ("GET", at("/cards?lang=!!"), &json, "", 400, "bad_request"),
            ("GET", "/v1/rooms/%FF/cards".to_owned(), &json, "", 400, "bad_request"),
            ("GET", at("/live?offset=-1"), &json, "", 400, "bad_request"),
            ("GET", "/v1/listen".to_owned(), &json, "", 400, "bad_request"),
        ] {
            let answer = http(room.address, method, &path, headers, body).await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (status, "application/problem+json"),
                "{method} {path}"
            );
            let told = answer.json();
            assert_eq!(
                (&told["code"], &told["status"]),
                (&json!(code), &json!(status)),
                "{method} {path}: {told}"
            );
            assert!(!told["detail"].as_str().unwrap().is_empty(), "{method} {path}");
            if status == 405 {
                assert_eq!(answer.header("allow"), "POST");
            }
        }
    });
}

/// Every operation with its path and method.
pub fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let items = document["paths"].as_object().unwrap().iter();
    items.flat_map(|(path, item)| {
        let operations = item
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| !["parameters", "summary"].contains(&name.as_str()));
        operations.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn read(document: &Document) -> Value {
    serde_json::from_slice(document.as_bytes()).unwrap()
}

/// Methods and paths of a router, from how axum prints it: it has no list of them.
fn registered(printed: &str) -> BTreeSet<String> {
    let (mut paths, mut methods) = (BTreeMap::new(), BTreeMap::new());
    for entry in printed.split("RouteId(").skip(1) {
        let Some((id, rest)) = entry.split_once("): ") else { continue };
        if let Some(path) = rest.strip_prefix('"') {
            paths.entry(id.to_owned()).or_insert_with(|| path.split('"').next().unwrap().to_owned());
        } else if let Some((_, allowed)) = rest.split_once("allow_header: Bytes(b\"") {
            methods.insert(id.to_owned(), allowed.split('"').next().unwrap().to_owned());
        }
    }
    let of = |(id, path): (&String, &String)| {
        let allowed = methods.get(id).cloned().unwrap_or_else(|| format!("no methods of {path}"));
        let named =
            allowed.split(',').filter(|method| *method != "HEAD").map(|method| format!("{method} {path}"));
        named.collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

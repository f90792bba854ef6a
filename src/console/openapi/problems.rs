//! Refusals of an operation: its own and those that follow from its shape, by status, each with its codes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::protocol::problem::meaning;

/// By status, the codes.
type Refusals = BTreeMap<u16, BTreeSet<String>>;

pub fn add(operation: &mut Map<String, Value>, method: &str, path: &str) {
    let mut refusals = Refusals::new();
    for (status, code) in common(operation, method, path) {
        refusals.entry(status).or_default().insert(code.to_owned());
    }
    let Some(Value::Object(responses)) = operation.get_mut("responses") else { return };
    for (status, response) in responses.iter() {
        if let Some(status) = status.parse().ok().filter(|status| *status >= 400) {
            let codes = response["description"].as_str().unwrap_or_default().split(',').map(str::trim);
            refusals.entry(status).or_default().extend(codes.map(str::to_owned));
        }
    }
    for (status, codes) in refusals {
        // What has a body of its own keeps it: `/readyz` says the same at 503.
        let own =
            responses.get(&status.to_string()).is_some_and(|response| response.get("content").is_some());
        if !own {
            responses.insert(status.to_string(), response(status, &codes));
        }
    }
}

/// What every request of this shape may be refused with.
fn common(operation: &Map<String, Value>, method: &str, path: &str) -> Vec<(u16, &'static str)> {
    let mut refusals = Vec::new();
    let takes_body = operation.contains_key("requestBody");
    if takes_body || operation.contains_key("parameters") {
        refusals.push((400, "bad_request"));
    }
    if takes_body {
        refusals.extend([(408, "body_timeout"), (413, "too_large"), (415, "unsupported_media_type")]);
    }
    // A room may ask even its viewers for a token.
    if operation.contains_key("security") || path.contains("{room}") {
        refusals.extend([(401, "unauthorized"), (403, "forbidden")]);
    }
    refusals.extend([(403, "auth_off_is_local"), (429, "too_many_requests")]);
    if path.contains("{room}") {
        refusals.push((404, "no_such_room"));
    }
    if method != "get" || path == "/v1/listen" {
        refusals.push((403, "foreign_origin"));
    }
    refusals
}

fn response(status: u16, codes: &BTreeSet<String>) -> Value {
    let lines: Vec<String> =
        codes.iter().map(|code| format!("`{code}`: {}", meaning(code).unwrap_or("?"))).collect();
    let schema = json!({ "allOf": [
        { "$ref": "#/components/schemas/Problem" },
        { "properties": { "status": { "const": status }, "code": { "enum": codes } } },
    ] });
    let mut response = json!({
        "description": lines.join("\n\n"), "content": { "application/problem+json": { "schema": schema } },
    });
    if status == 429 {
        let seconds = json!({ "type": "integer", "minimum": 1 });
        response["headers"] = json!({ "Retry-After": { "description": "Seconds.", "schema": seconds } });
    }
    response
}

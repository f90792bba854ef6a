//! `/openapi.json`: what the annotations of the handlers say, completed by what holds for all of them.
//!
//! An annotation names its own refusals by status and code (`(status = 404, description = "no_such_product")`); those that
//! follow from the shape of a request are added here, and so are path parameters, security, and the problems' schemas.

mod parameters;
mod problems;

use axum::Extension;
use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::protocol::problem::Problem;

/// Methods of a path item; what else stands there is no operation.
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "options", "head"];

const ABOUT: &str = "Live captions and product cards: rooms, catalogue, flash sales, inquiries, terms. \
    Refusals are RFC 9457 problem details with a stable `code`. Unknown fields of answers are to be passed over: more may \
    come. The sockets' messages are in docs/PROTOCOL.md.";
const WITH_TOKEN: &str = "A JWT (EdDSA or HS256) with `role`, `room` and `exp`. The scopes that a request names are the roles that \
    may send it; an operator may do all that a host may. Each is for its room, or with `*` for all. In a room with `viewers: token` every request needs one, of any role.";
const WITHOUT: &str = " This gateway runs in development mode (`auth = \"off\"`) and asks for none.";

/// Schemas that no annotation names.
#[derive(OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Shared;

/// The finished document, as it is sent.
#[derive(Debug, Clone)]
pub struct Document(Bytes);

impl Document {
    /// `described`: what the routes' annotations say. `open`: no token is asked for.
    pub fn new(mut described: utoipa::openapi::OpenApi, open: bool) -> Self {
        described.merge(Shared::openapi());
        let document = match serde_json::to_value(&described) {
            Ok(document) => completed(document, open),
            Err(error) => {
                tracing::error!(%error, "the API's description could not be written");
                json!({})
            }
        };
        Self(document.to_string().into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "gateway",
    responses((status = 200, description = "OpenAPI 3.1", body = Value)))]
pub async fn openapi(Extension(Document(bytes)): Extension<Document>) -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], bytes).into_response()
}

fn completed(mut document: Value, open: bool) -> Value {
    let token = if open { format!("{WITH_TOKEN}{WITHOUT}") } else { WITH_TOKEN.to_owned() };
    document["info"] = json!({
        "title": "Tradewind", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT,
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["servers"] = json!([{ "url": "/" }]);
    document["components"]["securitySchemes"] = json!({
        "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": token },
        "query": { "type": "apiKey", "in": "query", "name": "token",
                   "description": "The same token, for what cannot send a header: EventSource, a browser's WebSocket." },
    });
    flattened_options(&mut document["components"]["schemas"]);
    let mut paths = document["paths"].take();
    for (path, item) in paths.as_object_mut().into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                complete(operation, method, path, open);
            }
        }
    }
    document["paths"] = paths;
    document
}

fn complete(operation: &mut Map<String, Value>, method: &str, path: &str, open: bool) {
    operation.insert("operationId".into(), json!(operation_id(method, path)));
    for text in ["summary", "description"] {
        if let Some(Value::String(text)) = operation.get_mut(text) {
            *text = without_address(text);
        }
    }
    parameters::add(operation, path);
    problems::add(operation, method, path);
    if open && let Some(Value::Array(schemes)) = operation.get_mut("security") {
        schemes.insert(0, json!({}));
    }
}

/// Fields of an option that is flattened into another type: utoipa has null in their place, where serde writes nothing.
fn flattened_options(schemas: &mut Value) {
    let all = schemas.as_object_mut().into_iter().flatten().filter_map(|(_, schema)| schema.get_mut("allOf"));
    for part in all.filter_map(Value::as_array_mut).flatten() {
        if part["oneOf"][1] == json!({ "type": "null" }) {
            *part = json!({ "anyOf": [part["oneOf"][0], {}] });
        }
    }
}

/// `get /v1/rooms/{room}/flash` is `getRoomsRoomFlash`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.trim_start_matches("/v1").split(|c: char| !c.is_ascii_alphanumeric());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    words.fold(method.to_owned(), |id, word| id + &capital(word))
}

/// A handler's comment begins with its address, which the document has already: "`GET /v1/…`: the sales that are on."
fn without_address(text: &str) -> String {
    let Some((_, rest)) = text.strip_prefix('`').and_then(|rest| rest.split_once('`')) else {
        return text.to_owned();
    };
    let rest = rest.trim_start_matches([':', ',', '.', ' ']).replace('\n', " ");
    let mut letters = rest.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_become_summaries_and_addresses_names() {
        assert_eq!(
            without_address("`GET /v1/rooms/{room}/flash`: the sales that are on."),
            "The sales that are on."
        );
        assert_eq!(without_address("`POST /v1/rooms/{room}/flash`"), "");
        assert_eq!(without_address("This document."), "This document.");
        assert_eq!(operation_id("get", "/v1/rooms/{room}/products.csv"), "getRoomsRoomProductsCsv");
    }
}

//! Parameters of paths: a name means the same in every path.

use serde_json::{Map, Value, json};

use crate::protocol::rest::{NAME, TAG};

/// What the name in the path stands for, its pattern (none: any text) and an example.
const KNOWN: &[(&str, &str, Option<&str>, &str)] = &[
    ("epoch", "The show's epoch, as the list of shows has it.", Some(NAME), "k3f9"),
    (
        "id",
        "The id that was answered when it was made. Who has it may read the state.",
        Some(NAME),
        "9f86d081884c7d659a2feaa0c55ad015",
    ),
    ("lang", "A language with a pack: BCP 47.", Some(TAG), "es"),
    ("name", "The name that an upload was answered with.", Some(NAME), "thermos.svg"),
    ("part", "The file's name, as the list of the show's sound has it.", Some("^[0-9]{1,19}$"), "0"),
    ("room", "The room's name.", Some(NAME), "demo"),
    ("segment", "The number of the utterance in its show.", Some("^[1-9][0-9]{0,17}$"), "17"),
    ("sku", "The product's SKU.", Some(NAME), "HY-500"),
    (
        "term",
        "The term's name: its first Mandarin form, else the English one, else the first.",
        None,
        "保温杯",
    ),
];

pub fn add(operation: &mut Map<String, Value>, path: &str) {
    let mut parameters: Vec<Value> = names(path).map(parameter).collect();
    if let Some(Value::Array(own)) = operation.remove("parameters") {
        parameters.extend(own);
    }
    if !parameters.is_empty() {
        operation.insert("parameters".into(), Value::Array(parameters));
    }
}

/// `room` and `sku` of `/v1/rooms/{room}/products/{sku}`.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

fn parameter(name: &str) -> Value {
    let known = KNOWN.iter().find(|(known, ..)| *known == name);
    let (about, pattern, example) =
        known.map_or(("", None, ""), |(_, about, pattern, example)| (*about, *pattern, *example));
    let mut schema = json!({ "type": "string", "minLength": 1 });
    if let Some(pattern) = pattern {
        schema["pattern"] = json!(pattern);
    }
    json!({ "name": name, "in": "path", "required": true, "description": about, "schema": schema, "example": example })
}

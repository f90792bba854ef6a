//! What a viewer's and a host's messages say.

use serde_json::Value;

pub fn is_final(message: &Value) -> bool {
    message["type"] == "caption" && message["final"] == true
}

pub fn is_partial(message: &Value) -> bool {
    message["type"] == "caption" && message["final"] == false
}

pub fn is_card(message: &Value) -> bool {
    message["type"] == "card"
}

pub fn is_pin(message: &Value) -> bool {
    is_card(message) && message["action"] == "pin"
}

pub fn is_of(kind: &'static str) -> impl Fn(&Value) -> bool {
    move |message| message["type"] == kind
}

pub fn offset(message: &Value) -> u64 {
    message["offset"].as_u64().unwrap_or_else(|| panic!("no offset in {message}"))
}

/// Offsets of those messages that are part of the show's history.
pub fn offsets(messages: &[Value]) -> Vec<u64> {
    messages.iter().filter(|m| m["type"] != "hello").filter_map(|m| m["offset"].as_u64()).collect()
}

pub fn text<'a>(message: &'a Value, field: &str) -> &'a str {
    message[field].as_str().unwrap_or_else(|| panic!("no {field} in {message}"))
}

/// The transcript of a host's `Results`.
pub fn transcript(results: &Value) -> &str {
    text(&results["channel"]["alternatives"][0], "transcript")
}

/// A host's final `Results`.
pub fn is_final_result(message: &Value) -> bool {
    message["type"] == "Results" && message["is_final"] == true
}

/// Offsets that follow each other without a hole, the first behind `after`.
pub fn assert_unbroken(offsets: &[u64], after: u64) {
    let expected: Vec<u64> = (after + 1..).take(offsets.len()).collect();
    assert_eq!(offsets, expected);
}

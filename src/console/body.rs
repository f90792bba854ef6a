//! Bodies of requests, read into wire types; and answers written from them.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Problem, problem};

/// What a body says that it is, in small letters and without parameters; empty where it says nothing.
pub fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A JSON body. One without a type is taken for JSON, and so is text: that is what a browser's `fetch` calls a string.
///
/// # Errors
/// 415 for another type, 400 for what is not JSON or not of the form.
pub fn json_of<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Problem> {
    let kind = media_type(headers);
    if !is_json(&kind) {
        return Err(unsupported(&kind, "application/json"));
    }
    serde_json::from_slice(body).or_else(|error| {
        let again =
            serde_json::from_slice(body).ok().and_then(|value| serde_json::from_value(whole(value)).ok());
        again.ok_or_else(|| {
            problem(StatusCode::BAD_REQUEST, "bad_request", &format!("The body: {error}.")).into()
        })
    })
}

/// The same text with such numbers as whole ones; None for what is not JSON.
pub fn with_whole_numbers(text: &str) -> Option<String> {
    serde_json::from_str(text).ok().map(|value| whole(value).to_string())
}

/// `20.0` is as good a whole number as `20`: JSON has but one kind, and some languages write the first.
fn whole(value: Value) -> Value {
    /// Above it a float does not hold every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
                json!(float as i64)
            }
            _ => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, whole(value))).collect(),
        other => other,
    }
}

pub fn is_json(kind: &str) -> bool {
    matches!(kind, "" | "application/json" | "text/plain") || kind.ends_with("+json")
}

pub fn unsupported(kind: &str, wanted: &str) -> Problem {
    let shown: String = kind.chars().take(80).collect();
    let detail = format!("The body is {shown:?}; {wanted} is read here.");
    problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", &detail).into()
}

/// A wire type as the answer: fresh each time.
pub fn answer(value: &(impl Serialize + ?Sized)) -> Response {
    match serde_json::to_string(value) {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], json)
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The answer could not be written.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_may_be_written_as_floats_and_others_may_not() {
        let read = |body: &str| json_of::<Vec<u64>>(&HeaderMap::new(), body.as_bytes()).ok();
        assert_eq!(read("[20, 20.0, 2e1]"), Some(vec![20, 20, 20]));
        for bad in ["[20.5]", "[-1.0]", "[1e300]", "[\"20\"]", "[20"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_body_says_that_it_is_json_or_nothing() {
        let read = |kind: &'static str| {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]);
            json_of::<u64>(&headers, b"5").map_err(|refused| refused.into_response().status().as_u16())
        };
        for kind in
            ["application/json", "Application/JSON; charset=utf-8", "text/plain", "application/ld+json"]
        {
            assert_eq!(read(kind), Ok(5), "{kind}");
        }
        assert_eq!(read("application/x-www-form-urlencoded"), Err(415));
    }
}

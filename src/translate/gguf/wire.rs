//! What the gateway and its child that runs the model say to each other: one JSON object a line, down the child's
//! standard input and up its standard output.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// To the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Order {
    Write(Task),
    /// Nobody waits for it any more.
    Cancel(u64),
}

/// A prompt to write the answer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Task {
    pub id: u64,
    pub system: String,
    /// Asked before, with the answer: what the model is to do as it did there.
    #[serde(default)]
    pub examples: Vec<(String, String)>,
    pub user: String,
    /// Whether the answer may be in Chinese writing.
    pub han: bool,
    /// Where the answer is cut off.
    pub max_tokens: usize,
    /// Milliseconds after which it is no longer wanted.
    pub within_ms: u64,
}

/// From the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Report {
    /// The model is loaded.
    Ready,
    /// What became of a task. A cancelled one is not reported.
    Done { id: u64, end: End },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum End {
    /// The model came to an end by itself.
    Whole(String),
    /// It would have gone on.
    CutOff,
    /// The time was over.
    Late,
    Failed(String),
}

/// One line.
pub(super) fn line(message: &impl Serialize) -> String {
    // Strings, numbers and unit variants: there is nothing in them that JSON cannot say.
    serde_json::to_string(message).map(|text| text + "\n").unwrap_or_default()
}

/// What a line says; `None` where it is no such message.
pub(super) fn read<T: DeserializeOwned>(line: &str) -> Option<T> {
    serde_json::from_str(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_whatever_is_said() {
        let task = Task {
            id: 7,
            system: "a\nb".into(),
            examples: vec![("c".into(), "d".into())],
            user: "“\u{2028}\r\n".into(),
            han: true,
            max_tokens: 9,
            within_ms: 10,
        };
        let order = Order::Write(task);
        let text = line(&order);
        assert_eq!(text.matches('\n').count(), 1);
        assert_eq!(read::<Order>(&text), Some(order));
        assert_eq!(line(&Order::Cancel(7)), "{\"cancel\":7}\n");
        assert_eq!(line(&Report::Ready), "\"ready\"\n");
        let done = Report::Done { id: 1, end: End::Whole("Hola".into()) };
        assert_eq!(read::<Report>(&line(&done)), Some(done));
    }
}

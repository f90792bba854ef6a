//! A viewer's questions in a room that another node owns: asked there, and looked up there.

use std::net::IpAddr;

use serde_json::{Value, json};

use crate::domain::Lang;
use crate::pipeline::Room;
use crate::protocol::inquiry::{AskBody, InquiryState};
use crate::protocol::nodes::CallHead;
use crate::protocol::problem::CODES;
use crate::protocol::viewer::Notice;
use crate::publish::{Call, Unreachable};

/// When a question is to be sent again that did not reach the owner: the page keeps it until then.
const RETRY_MS: u64 = 2_000;
/// Larger than any answer about one inquiry.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Asks the owner. What to tell the viewer, and the inquiry's id where it was taken.
pub async fn ask(room: &Room, body: AskBody, connection: &Lang, from: IpAddr) -> Notice {
    let client_id = body.client_id.clone();
    let question = json!({
        "text": body.text, "sku": body.sku, "quantity": body.quantity, "contact": body.contact,
        "client_id": body.client_id, "lang": body.lang.unwrap_or_else(|| connection.to_string()),
    });
    let asked = call(room, "POST", "/inquiries", question.to_string(), from).await;
    let (status, answer) = match asked {
        Ok(answered) => answered,
        Err(error) => {
            tracing::debug!(room = %room.config.id, %error, "a question did not reach the room's owner");
            let message = "The question could not be passed on: it is sent again.".to_owned();
            return Notice::Refused { code: "unavailable", message, client_id, retry_ms: Some(RETRY_MS) };
        }
    };
    match InquiryState::read(&answer).filter(|_| status < 300) {
        Some(state) => Notice::Inquiry(state),
        None => {
            let code = answer["code"].as_str().unwrap_or_default();
            let code = CODES.iter().map(|(known, _)| *known).find(|known| *known == code);
            let message = answer["detail"].as_str().unwrap_or_default().to_owned();
            let retry_ms = (status == 429 || status >= 500).then_some(RETRY_MS);
            Notice::Refused { code: code.unwrap_or("internal"), message, client_id, retry_ms }
        }
    }
}

/// What the owner has of an inquiry.
///
/// # Errors
/// It cannot be reached.
pub async fn look_up(room: &Room, id: &str, from: IpAddr) -> Result<Option<InquiryState>, Unreachable> {
    let (status, answer) = call(room, "GET", &format!("/inquiries/{id}"), String::new(), from).await?;
    match status {
        200 => Ok(InquiryState::read(&answer)),
        404 => Ok(None),
        _ => Err(Unreachable(format!("the owner answers with status {status}"))),
    }
}

async fn call(
    room: &Room,
    method: &str,
    path: &str,
    body: String,
    client: IpAddr,
) -> Result<(u16, Value), Unreachable> {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let path = format!("/v1/rooms/{}{path}", room.config.id);
    let head = CallHead { method: method.to_owned(), path, headers, client };
    let mut answer = room.engines.broker.call(&room.config.id, Call { head, body: body.into() }).await?;
    let mut whole = Vec::new();
    while let Some(piece) = answer.body.recv().await {
        whole.extend_from_slice(&piece?);
        if whole.len() > LARGEST_ANSWER {
            return Err(Unreachable("the owner's answer is too long".into()));
        }
    }
    Ok((answer.head.status, serde_json::from_slice(&whole).unwrap_or_default()))
}

//! What a request is told that was not granted: RFC 9457 problem details, and every `code` that they may have.

use serde::Serialize;
use utoipa::ToSchema;

/// RFC 9457 problem details. `code` is stable, `detail` is for people.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `about:blank`: the status says the kind, `code` the case.
    #[serde(rename = "type")]
    #[schema(pattern = "^about:blank$")]
    pub kind: &'static str,
    /// The status in words.
    pub title: String,
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    pub code: String,
    pub detail: String,
}

/// Every `code`, and what it means; the document of `/openapi.json` names those of each request.
pub const CODES: &[(&str, &str)] = &[
    ("auth_off_is_local", "This gateway asks nobody for a token: it serves its own computer only."),
    ("bad_client_id", "The `client_id` is not of the allowed form."),
    ("bad_duration", "`duration_s` is out of its limits."),
    ("bad_glossary", "A term is no good: `errors` says which and why."),
    ("bad_image", "The picture cannot be read, or is too large."),
    ("bad_key", "The `key` is not of the allowed form."),
    ("bad_lifetime", "`expires_in_s` is out of its limits."),
    ("bad_mode", "The mode is neither `auto` nor `suggest`."),
    ("bad_price", "The price is not a number, or finer than its currency is written."),
    ("bad_products", "A product is no good: `problems` says which and why."),
    ("bad_quantity", "The quantity is out of its limits."),
    ("bad_range", "The file has no such range of bytes."),
    ("bad_request", "The path, the query or the body cannot be read."),
    ("bad_role", "The role is neither `host` nor `operator` nor `viewer`."),
    ("bad_stock", "The stock is out of its limits."),
    ("being_translated", "Nobody read it in this language before: again after `Retry-After` seconds."),
    ("body_timeout", "The body came too slowly."),
    ("changed_meanwhile", "Somebody else has changed it since: load it again."),
    ("client_id_used", "Another question had this `client_id`."),
    ("contact_missing", "The contact is missing."),
    ("contact_too_long", "The contact is too long."),
    ("empty_text", "There is no text in it."),
    ("forbidden", "The token is for another room or role."),
    ("foreign_origin", "The page that asks belongs to another site."),
    ("internal", "Our fault."),
    ("key_used", "Another wish had this `key`."),
    ("method_not_allowed", "The address exists, not with this method: `Allow` names those there are."),
    ("no_flash", "There is no flash sale of this product, or it is over."),
    ("no_signing_key", "The gateway has no key that makes tokens."),
    ("no_such_caption", "The show has no such final caption."),
    ("no_such_image", "There is no such picture."),
    ("no_such_inquiry", "There is no such inquiry in this room."),
    ("no_such_language", "There is no pack for this language."),
    ("no_such_part", "The show has no such file of sound."),
    ("no_such_product", "The catalogue has no such product."),
    ("no_such_reservation", "There is no such reservation in this room, or it was cancelled before."),
    ("no_such_room", "There is no such room."),
    ("no_such_show", "There is no such show in this room."),
    ("no_such_suggestion", "The product is not suggested, or no longer."),
    ("no_such_term", "The glossary has no such term."),
    ("not_below", "The price is not below the regular one."),
    ("not_found", "There is nothing at this address."),
    ("not_kept", "It could not be written to disk, and was not done."),
    ("not_translated", "Nobody read this show in this language; a host's token has it translated."),
    ("other_products", "The order does not name every product of the room once."),
    ("record_fails", "The record cannot be read at present."),
    ("reservation_cancelled", "The operator has cancelled what was put by under this `key`."),
    ("show_is_on", "The show is on: end it first."),
    ("term_exists", "The glossary has a term of this name."),
    ("text_too_long", "The text is too long."),
    ("too_few_left", "Fewer pieces are left than asked for: `left` says how many."),
    ("too_large", "The body is larger than is read."),
    ("too_late", "There is nothing that can still be taken back."),
    ("too_many_connections", "The room or the gateway is full, or too many come from one address."),
    ("too_many_questions", "Too many questions: again after `Retry-After` seconds."),
    ("too_many_requests", "Too many from this address: again after `Retry-After` seconds."),
    ("too_many_reservations", "Too many reservations: again after `Retry-After` seconds."),
    ("unauthorized", "A token is missing, is not valid or has expired."),
    ("unavailable", "This cannot be served now."),
    ("unsupported_media_type", "The body's `Content-Type` is not one that is read here."),
    ("upgrade_required", "This address speaks WebSocket."),
];

/// The meaning of a code.
pub fn meaning(code: &str) -> Option<&'static str> {
    CODES.iter().find(|(known, _)| *known == code).map(|(_, meaning)| *meaning)
}

/// The code of a refusal that was not made by a handler of ours.
pub fn code_of(status: u16) -> &'static str {
    match status {
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        405 => "method_not_allowed",
        413 => "too_large",
        415 => "unsupported_media_type",
        426 => "upgrade_required",
        429 => "too_many_requests",
        503 => "unavailable",
        500.. => "internal",
        _ => "bad_request",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_those_of_a_status_are_among_them() {
        assert!(CODES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for status in 400..600 {
            assert!(meaning(code_of(status)).is_some(), "{status}");
        }
    }
}

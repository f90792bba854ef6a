//! The page of a show that was, with what search engines read of it (schema.org, JSON-LD).

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::pages::{html, text_of};
use super::{find, shows, table};
use crate::config::Viewers;
use crate::domain::{CardAction, Lang, Sku, in_lang};
use crate::pipeline::{Room, Rooms};
use crate::record::Transcript;

const PAGE: &str = "replay.html";
/// Where the page has its place for what search engines read.
const PLACE: &str = "</head>";
/// Utterances and products named there: a page stays small however long the show was.
const MOST_WORDS: usize = 4_000;
const MOST_PRODUCTS: usize = 30;

#[derive(Deserialize)]
pub struct ReplayQuery {
    show: Option<String>,
    lang: Option<String>,
}

/// `GET /replay/{room}`
pub async fn page(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<ReplayQuery>,
    headers: HeaderMap,
) -> Response {
    // What a room shows to those who have its token only is no page's: the page asks for it with the token.
    if find(&rooms, &name).is_ok_and(|room| room.config.viewers == Viewers::Token) {
        return html(&rooms, PAGE, &headers);
    }
    let Some((room, text)) = shown(&rooms, &name, &query).await else {
        let mut response = html(&rooms, PAGE, &headers);
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let title = format!("<title>{}</title>", escaped(&room.config.title));
    let data = format!(
        "<script type=\"application/ld+json\">{}</script>\n{PLACE}",
        in_html(&structured(&room, &text))
    );
    let html =
        text_of(&rooms, PAGE).replacen("<title>Tradewind</title>", &title, 1).replacen(PLACE, &data, 1);
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (kind, html).into_response()
}

/// The show in the language of the address, else as it was spoken.
async fn shown(rooms: &Rooms, name: &str, query: &ReplayQuery) -> Option<(Arc<Room>, Transcript)> {
    let room = find(rooms, name).ok()?;
    let epoch = shows::show_of(&room, query.show.as_deref()).await.ok()?;
    let lang = query.lang.as_deref().and_then(|tag| Lang::parse(tag).ok());
    let lang = lang.unwrap_or_else(|| room.source_lang());
    let text = room.transcript(&epoch, &lang).await.ok()??;
    Some((room, text))
}

/// A broadcast with the products that were shown in it. Addresses are relative to the page, as JSON-LD allows.
fn structured(room: &Room, text: &Transcript) -> Value {
    let address = format!("/replay/{}?show={}", room.config.id, text.head.epoch);
    let began_ms = text.head.zero_ms.unwrap_or(text.head.made_ms);
    let mut skus: Vec<&Sku> = Vec::new();
    for event in &text.cards {
        if let CardAction::Pin { sku, .. } = &event.action
            && !skus.contains(&sku)
        {
            skus.push(sku);
        }
    }
    let products: Vec<_> =
        skus.into_iter().take(MOST_PRODUCTS).filter_map(|sku| product(room, sku, &text.lang)).collect();
    let words: Vec<_> = text.lines.iter().map(|line| line.caption.text.as_str()).collect();
    let words: String = words.join(" ").chars().take(MOST_WORDS).collect();
    let mut recorded = json!({
        "@type": "VideoObject", "name": room.config.title, "description": room.config.title, "url": address,
        "uploadDate": day(began_ms), "duration": format!("PT{}S", text.last_ms / 1000),
        "inLanguage": text.lang.as_str(), "transcript": words, "mentions": products,
    });
    if let Some(video) = &room.config.video {
        recorded["contentUrl"] = json!(video.url);
    }
    json!({
        "@context": "https://schema.org", "@type": "BroadcastEvent", "name": room.config.title,
        "startDate": day(began_ms), "endDate": text.head.ended_ms.map(day), "isLiveBroadcast": room.is_on(&text.head.epoch),
        "inLanguage": text.lang.as_str(), "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": { "@type": "VirtualLocation", "url": address }, "recordedIn": recorded,
    })
}

fn product(room: &Room, sku: &Sku, lang: &Lang) -> Option<Value> {
    let catalogue = room.catalogue();
    let product = catalogue.product(sku)?;
    let name = in_lang(&product.names, lang).or_else(|| in_lang(&product.names, &catalogue.source_lang))?;
    let offer = json!({ "@type": "Offer", "price": product.price.written(), "priceCurrency": product.price.currency.as_str() });
    let mut shown = json!({ "@type": "Product", "sku": sku.as_str(), "name": name, "offers": offer });
    if let Some(image) = &product.image {
        shown["image"] = json!(image);
    }
    Some(shown)
}

/// ISO 8601.
fn day(ms: i64) -> String {
    format!("{}Z", table::time(ms).replace(' ', "T"))
}

/// JSON in which nothing ends the element that it stands in, or begins a comment.
fn in_html(value: &Value) -> String {
    let text = value.to_string();
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_words_of_a_show_end_the_element() {
        let data = json!({ "transcript": "</script><!-- <script>&amp;" });
        let text = in_html(&data);
        assert!(!text.contains('<') && !text.contains('&'), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), data);
    }

    #[test]
    fn times_are_written_as_schema_org_wants_them() {
        assert_eq!(day(1_790_000_000_000), "2026-09-21T14:13:20Z");
    }
}

//! Terms over REST. They are read by `protocol::glossary`, which names every mistake.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, Schema, Type};

use super::TAG;

/// A term as it is sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermBody {
    /// By language: two at least, or one where the term is protected. The first form is written, all are recognised; a
    /// single one may be a string.
    #[schema(schema_with = forms, example = json!({ "zh": ["保温杯", "水杯"], "es": "termo" }))]
    pub forms: BTreeMap<String, Vec<String>>,
    /// A brand or model: letter by letter.
    pub protect: Option<bool>,
    /// The target may have endings.
    pub inflect: Option<bool>,
    /// Passed over, so that an answer can be sent back.
    pub term: Option<String>,
}

/// As `glossary::check` has them. No space at an end, no `|`, nothing that is not to be seen.
fn forms() -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let form = || {
        text()
            .min_length(Some(1))
            .max_length(Some(80))
            .pattern(Some("^[^\\s|\\p{C}]([^|\\p{C}]*[^\\s|\\p{C}])?$"))
    };
    let list = ArrayBuilder::new().items(form()).min_items(Some(1)).max_items(Some(16));
    let either = AnyOfBuilder::new().item(form()).item(list);
    let by_lang = ObjectBuilder::new().min_properties(Some(1)).max_properties(Some(64));
    by_lang
        .property_names(Some(text().pattern(Some(TAG))))
        .additional_properties(Some(Schema::from(either)))
        .into()
}

/// All terms of a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct GlossaryBody {
    #[schema(max_items = 2_000)]
    pub terms: Vec<TermBody>,
}

/// A term as it is answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermState {
    /// The name that requests call it by.
    pub term: String,
    pub forms: BTreeMap<String, Vec<String>>,
    pub protect: bool,
    pub inflect: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GlossaryList {
    pub room: String,
    /// As in the `ETag`.
    #[schema(pattern = "^[0-9a-f]{16}$")]
    pub version: String,
    pub terms: Vec<TermState>,
    /// The terms of the pack that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pack: Option<PackTerms>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PackTerms {
    pub lang: String,
    pub terms: Vec<TermState>,
}

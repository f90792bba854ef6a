//! The catalogue over HTTP: list, change, import, export, put in order.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::body::{is_json, json_of, media_type, unsupported, with_whole_numbers};
use super::operate::operated;
use super::{Problem, answer, find, problem, problem_with};
use crate::catalogue::{self, CatalogueError, Problems, ProductForm};
use crate::domain::{Lang, Product, Sku};
use crate::packs::Packs;
use crate::pipeline::Rooms;
use crate::protocol::rest::{ImportReport, RunningOrder};
use crate::record::RecordError;

/// `GET /v1/rooms/{room}/products`: in the order of the show.
#[utoipa::path(get, path = "/v1/rooms/{room}/products", tag = "catalogue",
    responses((status = 200, description = "The products as they are kept", body = Vec<ProductForm>),
        (status = 500, description = "internal")))]
pub async fn list(State(rooms): State<Arc<Rooms>>, Path(name): Path<String>) -> Result<Response, Problem> {
    let json = catalogue::products_to_json(&find(&rooms, &name)?.catalogue().products).map_err(failed)?;
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], json)
        .into_response())
}

/// `GET /v1/rooms/{room}/products.json`: the same, as a file.
#[utoipa::path(get, path = "/v1/rooms/{room}/products.json", tag = "catalogue",
    responses((status = 200, description = "The products as they are kept", body = Vec<ProductForm>),
        (status = 500, description = "internal")))]
pub async fn json(rooms: State<Arc<Rooms>>, name: Path<String>) -> Result<Response, Problem> {
    list(rooms, name).await
}

/// `GET /v1/rooms/{room}/products.csv`: the same, as a spreadsheet.
#[utoipa::path(get, path = "/v1/rooms/{room}/products.csv", tag = "catalogue",
    responses((status = 200, description = "No cell begins as a formula would", body = String, content_type = "text/csv"),
        (status = 500, description = "internal")))]
pub async fn csv(State(rooms): State<Arc<Rooms>>, Path(name): Path<String>) -> Result<Response, Problem> {
    let room = find(&rooms, &name)?;
    let sheet = catalogue::products_to_csv(&room.catalogue().products).map_err(|error| failed(&error))?;
    let file = format!("attachment; filename=\"{}-products.csv\"", room.config.id);
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, file)];
    Ok((headers, sheet).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Only say what would happen.
    #[serde(default)]
    dry_run: bool,
}

/// `PUT /v1/rooms/{room}/products`: a list as JSON or a spreadsheet as CSV takes the place of all products, or of none.
#[utoipa::path(put, path = "/v1/rooms/{room}/products", tag = "catalogue", security(("bearer" = ["host"])),
    params(ImportQuery),
    request_body(content((Vec<ProductForm> = "application/json"), (String = "text/csv"))),
    responses((status = 200, description = "What was done", body = ImportReport),
        (status = 422, description = "bad_products"), (status = 503, description = "not_kept")))]
pub async fn import(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    Query(query): Query<ImportQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let lang = room.catalogue().source_lang.clone();
    let kind = media_type(&headers);
    let products = if kind == "text/csv" {
        let terms = terms(&rooms.engines.packs);
        let key = |word: &str| terms.iter().find(|(form, _)| form == word).map(|(_, key)| key.clone());
        catalogue::products_from_csv(&body, &lang, &key).map_err(CatalogueError::from)
    } else {
        let text = json_text(&kind, &body, "application/json or text/csv")?;
        from_json(text, |text| catalogue::products_from_json(text, &lang))
    };
    let products = products.map_err(|error| refused(&error))?;
    let before = room.catalogue();
    let is_new = |product: &&Product| before.product(&product.sku).is_none();
    let gone =
        before.products.iter().filter(|old| products.iter().all(|product| product.sku != old.sku)).count();
    let report = ImportReport {
        products: products.len(),
        new: products.iter().filter(is_new).count(),
        removed: gone,
        dry_run: query.dry_run,
    };
    if !query.dry_run {
        room.change_products(|_| Ok::<_, Change>(products)).await.map_err(Problem::from)?;
    }
    Ok(answer(&report))
}

/// `GET /v1/rooms/{room}/products/{sku}`: one product as it is kept.
#[utoipa::path(get, path = "/v1/rooms/{room}/products/{sku}", tag = "catalogue",
    responses((status = 200, description = "The product", body = ProductForm),
        (status = 404, description = "no_such_product"), (status = 500, description = "internal")))]
pub async fn one(
    State(rooms): State<Arc<Rooms>>,
    Path((name, sku)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let catalogue = find(&rooms, &name)?.catalogue();
    let product = Sku::parse(&sku).ok().and_then(|sku| catalogue.product(&sku).cloned());
    let json = catalogue::product_to_json(&product.ok_or_else(no_such_product)?).map_err(failed)?;
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], json)
        .into_response())
}

/// `PUT /v1/rooms/{room}/products/{sku}`: changes the product, or adds it at the end.
#[utoipa::path(put, path = "/v1/rooms/{room}/products/{sku}", tag = "catalogue", security(("bearer" = ["host"])),
    request_body = ProductForm,
    responses((status = 204, description = "Kept"), (status = 422, description = "bad_products"),
        (status = 503, description = "not_kept")))]
pub async fn put(
    State(rooms): State<Arc<Rooms>>,
    Path((name, sku)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let text = json_text(&media_type(&headers), &body, "application/json")?;
    let lang = room.catalogue().source_lang.clone();
    let product =
        from_json(text, |text| catalogue::product_from_json(text, &lang)).map_err(|e| refused(&e))?;
    if product.sku.as_str() != sku {
        let detail = "The product's sku is not the one in the address.";
        return Err(problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_products", detail).into());
    }
    let change = |before: &[Product]| {
        let mut products = before.to_vec();
        match products.iter_mut().find(|old| old.sku == product.sku) {
            Some(old) => *old = product,
            None => products.push(product),
        }
        Ok::<_, Change>(products)
    };
    room.change_products(change).await.map_err(Problem::from)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `DELETE /v1/rooms/{room}/products/{sku}`: takes it out of the catalogue.
#[utoipa::path(delete, path = "/v1/rooms/{room}/products/{sku}", tag = "catalogue", security(("bearer" = ["host"])),
    responses((status = 204, description = "Gone"), (status = 404, description = "no_such_product"),
        (status = 503, description = "not_kept")))]
pub async fn remove(
    State(rooms): State<Arc<Rooms>>,
    Path((name, sku)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let change = |before: &[Product]| {
        let left: Vec<Product> =
            before.iter().filter(|product| product.sku.as_str() != sku).cloned().collect();
        if left.len() == before.len() { Err(Change::NoSuchProduct) } else { Ok(left) }
    };
    room.change_products(change).await.map_err(Problem::from)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /v1/rooms/{room}/products/order`: the running order of the show. Every product has to be named once.
#[utoipa::path(post, path = "/v1/rooms/{room}/products/order", tag = "catalogue", security(("bearer" = ["host"])),
    request_body = RunningOrder,
    responses((status = 204, description = "In that order"), (status = 409, description = "other_products"),
        (status = 503, description = "not_kept")))]
pub async fn order(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room = operated(&rooms, &name, &headers)?;
    let order: RunningOrder = json_of(&headers, &body)?;
    let change = |before: &[Product]| {
        let named = |sku: &String| before.iter().find(|product| product.sku.as_str() == sku).cloned();
        let products: Option<Vec<Product>> = order.skus.iter().map(named).collect();
        let mut distinct = order.skus.clone();
        distinct.sort();
        distinct.dedup();
        match products {
            Some(products) if distinct.len() == before.len() && products.len() == before.len() => {
                Ok(products)
            }
            _ => Err(Change::NotTheSame),
        }
    };
    room.change_products(change).await.map_err(Problem::from)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Why the products stay as they are.
enum Change {
    Record(RecordError),
    NoSuchProduct,
    NotTheSame,
}

impl From<RecordError> for Change {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

impl From<Change> for Problem {
    fn from(change: Change) -> Self {
        match change {
            Change::NoSuchProduct => no_such_product(),
            Change::NotTheSame => Problem::from(problem(
                StatusCode::CONFLICT,
                "other_products",
                "The order has to name every product of the room once: another operator may have changed them.",
            )),
            Change::Record(error) => error.into(),
        }
    }
}

/// Every form of a term that a pack recognises, with its key: `红色` and `red` are `color.red`.
fn terms(packs: &Packs) -> Vec<(String, String)> {
    let of = |tag| Lang::parse(tag).ok().and_then(|lang| packs.get(&lang));
    let hosts = ["zh", "en"].into_iter().filter_map(of);
    let forms = hosts.flat_map(|pack| {
        pack.terms.iter().flat_map(|(key, forms)| {
            forms.iter().map(|form| (form.to_lowercase(), key.clone())).chain([(key.clone(), key.clone())])
        })
    });
    forms.collect()
}

/// Everything that is wrong, as RFC 9457 with a list: a clerk sees row and column of each.
fn refused(error: &CatalogueError) -> Problem {
    let problems = match error {
        CatalogueError::Content(Problems(problems)) => problems.as_slice(),
        _ => &[],
    };
    let listed = problems.iter().map(|p| json!({ "of": p.of, "field": p.field, "what": p.what })).collect();
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    problem_with(status, "bad_products", &error.to_string(), &[("problems", listed)]).into()
}

/// What is not of the form as it is written may be with `500.0` as a whole number.
fn from_json<T>(text: &str, read: impl Fn(&str) -> Result<T, CatalogueError>) -> Result<T, CatalogueError> {
    match read(text) {
        Err(CatalogueError::Json(error)) => {
            with_whole_numbers(text).map_or(Err(CatalogueError::Json(error)), |text| read(&text))
        }
        read => read,
    }
}

/// JSON that the catalogue reads itself.
fn json_text<'a>(kind: &str, body: &'a [u8], wanted: &str) -> Result<&'a str, Problem> {
    if !is_json(kind) {
        return Err(unsupported(kind, wanted));
    }
    std::str::from_utf8(body).map_err(|_| bad_request("The body is not UTF-8."))
}

fn bad_request(detail: &str) -> Problem {
    Problem::from(problem(StatusCode::BAD_REQUEST, "bad_request", detail))
}

fn no_such_product() -> Problem {
    Problem::from(problem(StatusCode::NOT_FOUND, "no_such_product", "The catalogue has no such product."))
}

fn failed(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "the products could not be written out");
    Problem::from(problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "The products could not be written out.",
    ))
}

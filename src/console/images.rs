//! Pictures of products: taken from an operator, made small, kept, served.

use std::io::Cursor;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage, Rgba};
use sha2::{Digest, Sha256};

use super::body::{media_type, unsupported};
use super::operate::operated;
use super::{Problem, answer, pages, problem};
use crate::pipeline::Rooms;
use crate::protocol::rest::Uploaded;
use crate::record::StoredImage;

/// What an operator may send: a photo of a phone has 3 to 8 MB.
pub const LARGEST_UPLOAD: usize = 12 << 20;
/// Pixels of a side of what may come in: a decoder must not be made to fill the memory.
const LARGEST_SIDE: u32 = 12_000;
/// Bytes that decoding may take.
const MOST_MEMORY: u64 = 256 << 20;
/// Pixels of the longer side that is kept: a card on a desktop shows 640, a sharp phone twice that.
const KEPT_SIDE: u32 = 1_280;
/// Of 100: the upper end of what photo sites use. A card shows at most half of the pixels that are kept.
const QUALITY: u8 = 82;

/// `POST /v1/rooms/{room}/images`: a picture, as the file's bytes. Answers with the address for the product's `image`.
#[utoipa::path(post, path = "/v1/rooms/{room}/images", tag = "catalogue", security(("bearer" = ["host"])),
    request_body(description = "Up to 12 MB and 12,000 pixels a side",
        content(("image/jpeg"), ("image/png"), ("image/webp"))),
    responses((status = 201, description = "Made small, without its place and camera", body = Uploaded),
        (status = 422, description = "bad_image"), (status = 503, description = "not_kept")))]
pub async fn upload(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    operated(&rooms, &name, &headers)?;
    let kind = media_type(&headers);
    if !(kind.is_empty() || kind == "application/octet-stream" || kind.starts_with("image/")) {
        return Err(unsupported(&kind, "a picture"));
    }
    let made = tokio::task::spawn_blocking(move || reencoded(&body)).await;
    let made = made.map_err(|_| refused("The picture could not be read."))?;
    let bytes = made.map_err(|error| refused(&format!("The picture could not be read: {error}.")))?;
    let name = format!("{}.jpg", hex::encode(&Sha256::digest(&bytes)[..16]));
    let image = StoredImage { name: name.clone(), bytes };
    rooms.engines.record.keep_image(image).await.map_err(|error| {
        tracing::error!(%error, "a picture could not be kept");
        problem(StatusCode::SERVICE_UNAVAILABLE, "not_kept", "The picture could not be written to disk.")
    })?;
    Ok((StatusCode::CREATED, answer(&Uploaded { image: format!("/images/{name}") })).into_response())
}

/// `GET /images/{name}`: one of the demo's own, or an uploaded one.
#[utoipa::path(get, path = "/images/{name}", tag = "catalogue", responses(
    (status = 200, description = "The picture",
        content(("image/jpeg"), ("image/svg+xml"), ("image/png"), ("image/webp"))),
    (status = 304, description = "As in `If-None-Match`"), (status = 404, description = "no_such_image"),
    (status = 503, description = "unavailable")))]
pub async fn serve(
    State(rooms): State<Arc<Rooms>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let own = pages::file(&format!("images/{name}"), &headers);
    if own.status() != StatusCode::NOT_FOUND {
        return own;
    }
    match rooms.engines.record.image(&name).await {
        // The name is the content's: what it names never changes.
        Ok(Some(bytes)) => {
            let caching = "public, max-age=31536000, immutable";
            ([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, caching)], bytes).into_response()
        }
        Ok(None) => problem(StatusCode::NOT_FOUND, "no_such_image", "There is no such picture."),
        Err(error) => {
            tracing::error!(%error, "a picture could not be read");
            problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The picture could not be read.")
        }
    }
}

/// Decoded and encoded anew: what is served has no place, no camera and no hidden content of the original in it, and is
/// an image whatever the upload was.
fn reencoded(bytes: &[u8]) -> Result<Vec<u8>, image::ImageError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let turned = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(turned);
    if picture.width().max(picture.height()) > KEPT_SIDE {
        picture = picture.thumbnail(KEPT_SIDE, KEPT_SIDE);
    }
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY).encode_image(&on_white(&picture))?;
    Ok(out)
}

/// JPEG knows no transparency: a cut-out product stands on white, as on a card.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let from = picture.to_rgba8();
    RgbImage::from_fn(from.width(), from.height(), |x, y| {
        let Rgba([r, g, b, a]) = *from.get_pixel(x, y);
        let over = |c: u8| ((u16::from(c) * u16::from(a) + 255 * (255 - u16::from(a))) / 255) as u8;
        image::Rgb([over(r), over(g), over(b)])
    })
}

fn refused(detail: &str) -> Problem {
    let detail =
        format!("{detail} JPEG, PNG and WebP of up to 12 MB and {LARGEST_SIDE} pixels a side are taken.");
    Problem::from(problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_image", &detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbaImage};

    fn png(width: u32, height: u32, pixel: [u8; 4]) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        RgbaImage::from_pixel(width, height, Rgba(pixel)).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_large_picture_becomes_a_small_jpeg_of_the_same_shape() {
        let kept =
            image::load_from_memory(&reencoded(&png(2_560, 1_280, [200, 30, 30, 255])).unwrap()).unwrap();
        assert_eq!((kept.width(), kept.height()), (1_280, 640));
    }

    #[test]
    fn what_is_transparent_becomes_white() {
        let kept = image::load_from_memory(&reencoded(&png(8, 8, [0, 0, 0, 0])).unwrap()).unwrap().to_rgb8();
        assert!(kept.pixels().all(|pixel| pixel.0.iter().all(|c| *c > 250)));
    }

    #[test]
    fn what_is_no_picture_or_too_large_a_one_is_refused() {
        assert!(reencoded(b"<svg onload=alert(1)>").is_err());
        assert!(reencoded(&png(12_001, 1, [0; 4])).is_err());
        assert!(reencoded(&png(100, 100, [9; 4])[..200]).is_err());
    }
}

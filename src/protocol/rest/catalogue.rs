//! Products changed over REST. The product itself is the catalogue's own form.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an import did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    pub products: usize,
    pub new: usize,
    pub removed: usize,
    /// Nothing was changed.
    pub dry_run: bool,
}

/// The running order of the show.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RunningOrder {
    /// Every product of the room, once.
    #[schema(example = json!(["HY-500", "HY-300"]))]
    pub skus: Vec<String>,
}

/// A picture that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Uploaded {
    /// For a product's `image`.
    #[schema(pattern = "^/images/[0-9a-f]{32}\\.jpg$")]
    pub image: String,
}

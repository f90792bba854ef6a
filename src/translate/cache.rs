//! Finals that were translated once are not translated again, and a burst of viewers asks once.

use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use moka::future::Cache as Moka;

use super::Request;
use super::route::Answer;
use crate::domain::{Lang, Product};
use crate::numbers::normalise;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    text: String,
    source: Lang,
    target: Lang,
    /// Engines, packs and catalogue that the answer hangs on.
    version: u64,
}

pub(super) struct Cache {
    entries: Moka<Key, Answer>,
}

impl Key {
    /// `engines` and `packs`: whatever changes the answer besides the request.
    pub fn new(request: &Request, engines: &[&str], packs: &[u64]) -> Self {
        let mut hasher = DefaultHasher::new();
        (engines, packs, request.glossary.version()).hash(&mut hasher);
        request.products.iter().for_each(|product| hash_product(product, &mut hasher));
        let text = normalise(request.text.trim(), &request.source);
        Self {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            source: request.source.clone(),
            target: request.target.clone(),
            version: hasher.finish(),
        }
    }
}

impl Cache {
    pub fn new(capacity: u64) -> Self {
        Self { entries: Moka::new(capacity) }
    }

    /// The known answer, or that of `make`, which runs once for all who ask at the same time.
    ///
    /// # Errors
    /// The `Err` of `make` is handed out but not kept: the next who asks tries again.
    pub async fn get_or(
        &self,
        key: Key,
        make: impl Future<Output = Result<Answer, Answer>>,
    ) -> Result<Answer, Answer> {
        self.entries.try_get_with(key, make).await.map_err(|passing: Arc<Answer>| (*passing).clone())
    }
}

fn hash_product(product: &Product, hasher: &mut DefaultHasher) {
    product.sku.hash(hasher);
    product.names.hash(hasher);
    product.aliases.hash(hasher);
}

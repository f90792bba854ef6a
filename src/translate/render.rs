//! A matched pattern written in the target language.

use icu::casemap::TitlecaseMapper;
use icu::casemap::options::{LeadingAdjustment, TitlecaseOptions, TrailingCase};

use super::lattice::Fill;
use crate::domain::{Lang, Product};
use crate::packs::{Pack, Part};

/// The rendering with its slots filled; `None` where the pack has no words for what fills one.
pub(super) fn render(
    parts: &[Part],
    fills: &[(String, Fill)],
    pack: &Pack,
    products: &[Product],
    source: &Lang,
) -> Option<String> {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Slot { name, case } => {
                let (_, fill) = fills.iter().find(|(filled, _)| filled == name)?;
                let text = filled(fill, case.as_deref(), pack, products, source)?;
                if out.is_empty() {
                    out.push_str(&capitalised(&text, pack));
                } else {
                    out.push_str(&text);
                }
            }
            Part::Optional(inner) => {
                let has_all =
                    inner.iter().flat_map(Part::slots).all(|slot| fills.iter().any(|(name, _)| name == slot));
                if has_all {
                    out.push_str(&render(inner, fills, pack, products, source)?);
                }
            }
        }
    }
    Some(out)
}

/// A product's name for the viewer: in their language, else in English, else as the host has it.
pub(super) fn product_name<'a>(product: &'a Product, target: &Lang, source: &Lang) -> Option<&'a str> {
    let by = |wanted: &str| {
        product.names.iter().find(|(lang, _)| lang.primary() == wanted).map(|(_, name)| name.as_str())
    };
    let exact = product.names.get(target).map(String::as_str);
    exact
        .or_else(|| by(target.primary()))
        .or_else(|| by("en"))
        .or_else(|| by(source.primary()))
        .or_else(|| product.names.values().next().map(String::as_str))
}

fn filled(
    fill: &Fill,
    case: Option<&str>,
    pack: &Pack,
    products: &[Product],
    source: &Lang,
) -> Option<String> {
    match fill {
        Fill::Value(value) => pack.value(value, case),
        Fill::Terms(keys) => {
            let words: Option<Vec<String>> =
                keys.iter().map(|key| pack.term(key).map(str::to_owned)).collect();
            match words?.as_slice() {
                [one] => Some(one.clone()),
                several => Some(pack.list(several)),
            }
        }
        Fill::Product(index) => product_name(products.get(*index)?, &pack.lang, source).map(str::to_owned),
    }
}

/// A clause that begins with a slot begins with a capital, of the language's own kind: `İpek`.
fn capitalised(text: &str, pack: &Pack) -> String {
    let mut options = TitlecaseOptions::default();
    options.trailing_case = Some(TrailingCase::Unchanged);
    options.leading_adjustment = Some(LeadingAdjustment::None);
    let lang = pack.lang.locale().id;
    TitlecaseMapper::new().titlecase_segment_to_string(text, &lang, options).into_owned()
}

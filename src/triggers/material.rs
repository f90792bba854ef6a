//! The same kind of thing, but another: neither a glass lunch box nor a pet's is the room's silicone one.

use std::ops::Range;

use super::aside_english::folded;
use super::clause::around;
use crate::domain::{Lang, Product};

/// What goods are made of, longer words first, and whom or what they are for.
const MANDARIN: [&str; 29] = [
    "不锈钢",
    "玻璃",
    "塑料",
    "塑胶",
    "陶瓷",
    "木头",
    "木质",
    "硅胶",
    "亚克力",
    "竹子",
    "竹制",
    "铝合金",
    "橡胶",
    "纸",
    "木",
    "竹",
    "铁",
    "铜",
    "铝",
    "布",
    "皮",
    "宠物",
    "儿童",
    "婴儿",
    "老人",
    "车载",
    "电热",
    "电动",
    "自热",
];
const ENGLISH: [&str; 26] = [
    "glass",
    "plastic",
    "wooden",
    "wood",
    "paper",
    "ceramic",
    "porcelain",
    "metal",
    "steel",
    "bamboo",
    "silicone",
    "copper",
    "aluminium",
    "aluminum",
    "cardboard",
    "rubber",
    "iron",
    "leather",
    "kids",
    "childrens",
    "baby",
    "pet",
    "toy",
    "electric",
    "heated",
    "competitors",
];

/// Whether the name at `range` is said with a material that none of the product's own names (`known`) has.
pub fn is_of_another(text: &str, range: &Range<usize>, known: &[String], lang: &Lang) -> bool {
    let (before, after) = around(text, range);
    let own = |material: &str| known.iter().any(|name| name.contains(material));
    if lang.is_chinese() {
        let before = before.trim_end().trim_end_matches(['的', '制']);
        return MANDARIN.iter().find(|material| before.ends_with(*material)).is_some_and(|m| !own(m));
    }
    if lang.primary() != "en" {
        return false;
    }
    let (before, after) = (folded(before), folded(after));
    let said =
        after.strip_prefix(" made of ").or_else(|| after.strip_prefix(" made from ")).unwrap_or_default();
    let materials = [before.split(' ').rfind(|word| !word.is_empty()), said.split(' ').next()];
    materials.into_iter().flatten().any(|word| ENGLISH.contains(&word) && !own(word))
}

/// The names of a product in the language, small: what `known` is.
pub fn names_of(product: &Product, lang: &Lang) -> Vec<String> {
    super::names(product, lang).map(str::to_lowercase).collect()
}

//! The running order, beyond what the script of near misses has.

use super::*;
use crate::catalogue::Catalogue;

fn triggers(lang: &str) -> Triggers {
    let demo = Catalogue::parse(include_str!("../../config/demo-catalogue.toml")).unwrap();
    Triggers::new(&demo.products, &Lang::parse(lang).unwrap())
}

/// What `text` calls for when `now` is shown and `before` was shown before that; "" is nothing.
fn called(lang: &str, text: &str, now: &str, before: &str) -> String {
    let sku = |name: &str| (!name.is_empty()).then(|| Sku::parse(name).unwrap());
    let shown = Shown { now: sku(now), before: sku(before) };
    triggers(lang).spoken(text, &shown).map(|mention| mention.sku.to_string()).unwrap_or_default()
}

#[test]
fn both_scripts_and_all_ways_of_writing_a_number_are_read() {
    for (text, sku) in [
        ("三號連結給大家上一下", "HY-L80"),
        ("我們來看下一個產品", "HY-J20"),
        ("５号链接", ""),
        ("05号链接", "HY-C10"),
        ("十二号链接", ""),
        ("四号的链接", "HY-B35"),
        ("第4款", ""),
        ("来看第4款", "HY-B35"),
    ] {
        assert_eq!(called("zh", text, "HY-500", ""), sku, "{text}");
    }
}

#[test]
fn the_order_has_two_ends() {
    assert_eq!(called("zh", "来看下一款", "HY-C10", "HY-B35"), "");
    assert_eq!(called("zh", "回到上一款", "HY-500", ""), "");
    assert_eq!(called("en", "let's look at the next one", "", ""), "", "next to nothing");
    assert_eq!(called("en", "let's look at the twelfth product", "HY-500", ""), "");
    assert_eq!(called("en", "let's look at the next one", "GONE-1", ""), "", "what is shown is in no order");
}

#[test]
fn a_way_back_that_could_mean_two_products_means_none() {
    assert_eq!(called("en", "back to the previous one", "HY-L80", "HY-J20"), "HY-J20");
    assert_eq!(
        called("en", "back to the previous one", "HY-L80", "HY-C10"),
        "",
        "shown before, or listed before?"
    );
    assert_eq!(called("zh", "我们上一款新品", "HY-L80", ""), "", "上 is to put up");
    assert_eq!(called("zh", "大家看一下一款新品", "HY-500", ""), "", "看一下 and 一款");
}

#[test]
fn without_a_word_of_showing_only_the_product_whose_turn_it_is_is_believed() {
    assert_eq!(called("zh", "第二款是便携的", "HY-500", ""), "HY-J20");
    assert_eq!(called("zh", "第四款是便携的", "HY-500", ""), "");
    assert_eq!(called("en", "the first one is for travellers", "", ""), "HY-500");
    assert_eq!(called("en", "the fourth one is for travellers", "HY-500", ""), "");
}

#[test]
fn a_name_beside_a_number_is_believed_before_the_number() {
    assert_eq!(called("zh", "保温杯在三号链接", "", ""), "HY-500");
    assert_eq!(called("zh", "三号链接的露营灯", "", ""), "HY-C10");
    assert_eq!(called("en", "the third one is the camping lantern", "HY-J20", ""), "HY-C10");
}

#[test]
fn other_languages_have_names_only() {
    assert_eq!(called("es", "el siguiente, la linterna de camping", "HY-500", ""), "HY-C10");
    assert_eq!(called("es", "next one", "HY-500", ""), "");
}

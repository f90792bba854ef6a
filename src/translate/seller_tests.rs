//! What factory hosts say in a live show, and what the phrasebook that ships takes it for: above all what it must not be
//! taken for.

use std::sync::{Arc, OnceLock};

use super::testing::request;
use super::{Phrasebook, gate};
use crate::packs::Packs;

fn book() -> &'static (Arc<Packs>, Phrasebook) {
    static BOOK: OnceLock<(Arc<Packs>, Phrasebook)> = OnceLock::new();
    BOOK.get_or_init(|| {
        let packs = Arc::new(Packs::builtin().unwrap());
        (Arc::clone(&packs), Phrasebook::new(packs))
    })
}

/// What is shown of it, whole or in part; `…` behind a part. Empty: the phrasebook declines, or the gate does.
fn shown(text: &str, source: &str, target: &str) -> String {
    let (packs, book) = book();
    let request = request(text, source, target);
    let Some((draft, _)) = book.clauses(&request) else { return String::new() };
    if gate(&request, &draft, packs.get(&request.target).unwrap(), draft.is_whole()).is_err() {
        return String::new();
    }
    if draft.is_whole() { draft.text } else { format!("{}…", draft.text) }
}

/// Each is shown as it stands here, or, where that is empty, not at all.
pub(super) fn all(source: &str, target: &str, table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .map(|(said, is)| (said, is, shown(said, source, target)))
        .filter(|(_, is, text)| text != *is)
        .map(|(said, is, text)| format!("{said}\n  is shown as {text:?}\n  must be     {is:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_not_ours_not_now_or_not_sure_is_not_shown() {
    for said in [
        "别家的保修一年",
        "别人卖十块",
        "隔壁的工厂有两百个工人",
        "同行一般要三十天",
        "听说单价两美元",
        "客户说质量很好",
        "去年的价格是三美元",
        "以前起订量是一千个",
        "上次打九折",
        "如果是现货，三天发货",
        "每层起订量五百个",
        "从哪里发货",
    ] {
        assert_eq!(shown(said, "zh", "en"), "", "{said}");
    }
    // The rest of the sentence is another's: it takes ours with it.
    assert_eq!(shown("别家的保修一年，我们保修三年", "zh", "en"), "");
    for said in [
        "Other factories charge five dollars a piece.",
        "Our competitors sell it for ten dollars.",
        "If the goods are in stock we can ship in three days.",
        "Somebody said the price is five dollars.",
        "Maybe we can give you ten percent off.",
        "Nobody asked about the price.",
        "It was in stock last week.",
        "We used to export to Russia.",
        "They shipped it within two days.",
        "who pays the shipping",
    ] {
        assert_eq!(shown(said, "en", "es"), "", "{said}");
    }
}

#[test]
fn the_value_of_another_subject_is_not_shown_as_the_products() {
    for said in [
        "整机保修两年，电机保修五年",
        "灯珠保修三年，驱动保修五年",
        "盖子不能放洗碗机",
        "盖子是塑料的",
        "红色没有货了",
        "蓝色卖完了",
        "今天直播间有三百个人",
        "直播间有五千人了",
    ] {
        let text = shown(said, "zh", "en");
        // A pattern of its own for the lid, for the motor's warranty or for what is sold out is right.
        let own = ["motor", "Lid", "Sold out"].iter().any(|part| text.contains(part))
            || (text.ends_with('…') && !text.contains("In stock"));
        assert!(text.is_empty() || own, "{said}: {text}");
    }
    for said in [
        "My phone has a five thousand milliamp hour battery",
        "The customer weighs ninety kilos",
        "The handle weighs one hundred grams.",
        "Labor costs three dollars per hour",
        "red is five dollars, blue is six dollars",
        "My son is five years old",
    ] {
        assert_eq!(shown(said, "en", "es"), "", "{said}");
    }
}

#[test]
fn the_same_is_said_once_and_all_numbers_are_proven() {
    for (said, is) in [
        ("包邮，全部包邮", "Free shipping."),
        ("起订量五百个，最低起订量五百个", "Minimum order: 500 pieces."),
        ("单价两块五一个", "Unit price: CNY 2.50."),
        ("十二块八一套", "Price per set: CNY 12.80."),
        ("最低起订量五百双", "Minimum order: 500 pairs."),
        ("一箱二十四双", "Per carton: 24 pairs."),
        ("起订量五打", "Minimum order: 5 dozen."),
        ("噪音四十分贝", "Noise level (dB): 40."),
        ("工厂开了二十多年", "In business for 20+ years."),
        ("我们有八个工人", "We have 8 employees."),
        ("一个四十尺高柜装一万件", "Per 40HQ container: 10,000 pieces."),
    ] {
        assert_eq!(shown(said, "zh", "en"), is, "{said}");
    }
    for (said, is) in [
        ("free shipping free shipping", "Envío gratuito."),
        ("more than three hundred workers", "Tenemos 300+ trabajadores."),
        ("minimum order is five dozen", "Pedido mínimo: 5 docenas."),
    ] {
        assert_eq!(shown(said, "en", "es"), is, "{said}");
    }
}

#[test]
fn a_price_without_a_currency_gets_none() {
    for said in ["two fifty each", "it is two fifty each", "one eighty per piece"] {
        for target in ["es", "zh", "ar"] {
            let text = shown(said, "en", target);
            assert!(!text.contains("USD") && !text.contains("CNY"), "{said}: {text}");
        }
    }
    assert_eq!(shown("晚上八点", "zh", "en"), "", "a time is no count");
    assert_eq!(shown("库存晚上八点", "zh", "en"), "");
}

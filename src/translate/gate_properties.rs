//! The gate against corruptions of every kind that it claims to catch, made from faithful translations: what the
//! phrasebook renders of sentences with numbers, in every language that ships.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use proptest::sample::select;

use super::gate::{GateFailure, gate};
use super::testing::{request, thermos};
use super::{Draft, Phrasebook, Request};
use crate::domain::Product;
use crate::glossary::Glossary;
use crate::packs::Packs;

/// A sentence of a seller with a faithful translation, and what stands in it that a corruption can take hold of.
#[derive(Debug, Clone)]
struct Pair {
    request: Request,
    draft: Draft,
}

static PACKS: LazyLock<Arc<Packs>> = LazyLock::new(|| Arc::new(Packs::builtin().unwrap()));
static BOOK: LazyLock<Phrasebook> = LazyLock::new(|| Phrasebook::new(Arc::clone(&PACKS)));
static PRODUCTS: LazyLock<Arc<[Product]>> = LazyLock::new(|| Arc::new([thermos()]));

/// What the sentence says, for the corruptions that need to know.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Says {
    Count,
    Money,
    Percent,
    Time,
    Weight,
}

fn sentence() -> impl Strategy<Value = (String, Says)> {
    let count = (2_u32..99_999).prop_map(|n| (format!("最低起订量是{n}个"), Says::Count));
    let daily = (2_u32..9_000).prop_map(|n| (format!("我们的月产能是{n}万件"), Says::Count));
    let money = (1_u32..500, 1_u32..100)
        .prop_map(|(whole, cents)| (format!("单价{whole}.{cents:02}美元"), Says::Money));
    let percent = (2_u32..10).prop_map(|n| (format!("{n}成定金"), Says::Percent));
    let off = (100_u32..9_999, 5_u32..10).prop_map(|(n, off)| (format!("{n}个以上打{off}折"), Says::Percent));
    let time = (2_u32..90).prop_map(|n| (format!("{n}天内发货"), Says::Time));
    let works = (2_u32..90).prop_map(|n| (format!("交期{n}个工作日"), Says::Time));
    let weight = (2_u32..5_000).prop_map(|n| (format!("重量是{n}克"), Says::Weight));
    prop_oneof![count, daily, money, percent, off, time, works, weight]
}

/// Languages that write digits of their own are served too: all that ship but the source's.
fn target() -> impl Strategy<Value = &'static str> {
    select(vec!["en", "es", "pt-BR", "fr", "ru", "ar", "tr", "vi", "th", "id", "hi", "sw"])
}

fn pair(said: &str, target: &str) -> Option<Pair> {
    let request = Request { products: Arc::clone(&PRODUCTS), ..request(said, "zh", target) };
    let (draft, _) = BOOK.clauses(&request)?;
    Some(Pair { request, draft })
}

impl Pair {
    fn check(&self, text: &str) -> Result<(), GateFailure> {
        let draft = Draft { text: text.to_owned(), ..self.draft.clone() };
        gate(&self.request, &draft, PACKS.get(&self.request.target).unwrap(), true)
    }

    /// Byte places and values of the digits of the translation, in whatever script.
    fn digits(&self) -> Vec<(usize, char, u32)> {
        let value = |ch: char| {
            ['0', '٠', '०', '๐']
                .iter()
                .find_map(|zero| u32::from(ch).checked_sub(u32::from(*zero)).filter(|value| *value < 10))
        };
        let text = self.draft.text.char_indices();
        text.filter_map(|(at, ch)| Some((at, ch, value(ch)?))).collect()
    }

    /// The text with `digit` in place of the character at `at`.
    fn with_digit(&self, at: usize, ch: char, value: u32, digit: u32) -> String {
        let other = char::from_u32(u32::from(ch) - value + digit).unwrap();
        let mut text = self.draft.text.clone();
        text.replace_range(at..at + ch.len_utf8(), &other.to_string());
        text
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn faithful_translations_pass((said, _) in sentence(), target in target()) {
        let pair = pair(&said, target).unwrap();
        prop_assert!(pair.draft.coverage >= 0.9, "{} {:?}", said, pair.draft);
        prop_assert_eq!(pair.check(&pair.draft.text), Ok(()), "{} {:?}", said, pair.draft);
    }

    #[test]
    fn a_digit_swapped_dropped_or_added_is_caught(
        (said, _) in sentence(), target in target(), place in any::<prop::sample::Index>(), digit in 0_u32..10,
    ) {
        let pair = pair(&said, target).unwrap();
        let digits = pair.digits();
        let (at, ch, value) = digits[place.index(digits.len())];
        if digit != value {
            let bad = pair.with_digit(at, ch, value, digit);
            prop_assert!(pair.check(&bad).is_err(), "{} {}", said, bad);
        }
        let mut dropped = pair.draft.text.clone();
        dropped.remove(at);
        // 2,80 without its last digit is the same amount.
        prop_assert!(pair.check(&dropped).is_err() || value == 0, "{} {}", said, dropped);
        let added = pair.with_digit(at, ch, value, value).replacen(ch, &format!("{ch}{ch}"), 1);
        prop_assert!(pair.check(&added).is_err() || value == 0, "{} {}", said, added);
    }

    #[test]
    fn a_factor_of_ten_a_hundred_or_a_thousand_is_caught(
        n in 2_u32..900, power in 1_u32..4, grows in any::<bool>(), target in target(),
    ) {
        // 30 → 3, million → thousand: the translation of a number that is so much larger or smaller.
        let other = n * 10_u32.pow(power);
        let (said, shown) = if grows { (n, other) } else { (other, n) };
        let right = pair(&format!("最低起订量是{said}个"), target).unwrap();
        let wrong = pair(&format!("最低起订量是{shown}个"), target).unwrap();
        prop_assert!(right.check(&wrong.draft.text).is_err(), "{} {}", said, wrong.draft.text);
    }

    #[test]
    fn a_currency_changed_or_lost_is_caught(whole in 1_u32..900, cents in 10_u32..100, target in target()) {
        let pair = pair(&format!("单价{whole}.{cents}美元"), target).unwrap();
        for other in ["EUR", "CNY", "RUB", "₺", "Rp", "₹", "฿", "₫", "€", ""] {
            let bad = pair.draft.text.replace("USD", other);
            prop_assert!(pair.check(&bad).is_err(), "{}", bad);
        }
    }

    #[test]
    fn per_cent_lost_or_made_money_is_caught(n in 2_u32..10, target in target()) {
        let pair = pair(&format!("{n}成定金"), target).unwrap();
        for sign in ["", " USD", " kg"] {
            let bad = ["%", "٪", "asilimia", "٪؜"].iter().fold(pair.draft.text.clone(), |text, percent| {
                text.replace(percent, sign)
            });
            prop_assert!(bad == pair.draft.text || pair.check(&bad).is_err(), "{}", bad);
            prop_assert!(bad != pair.draft.text, "{}", bad);
        }
    }

    #[test]
    fn another_unit_is_caught(n in 2_u32..90, target in target()) {
        let (days, grams) = (format!("{n}天内发货"), format!("重量是{n}克"));
        for (said, shown) in [
            (&days, format!("{n}周内发货")),
            (&days, format!("{n}个月内发货")),
            (&days, format!("{n}小时内发货")),
            (&grams, format!("重量是{n}公斤")),
            (&grams, format!("重量是{n}吨")),
        ] {
            let (right, wrong) = (pair(said, target).unwrap(), pair(&shown, target).unwrap());
            prop_assert!(right.check(&wrong.draft.text).is_err(), "{} {}", said, wrong.draft.text);
        }
        let days = pair(&days, target).unwrap();
        let pieces = pair(&format!("最低起订量是{n}个"), target).unwrap();
        prop_assert!(pieces.check(&days.draft.text).is_err(), "{}", days.draft.text);
    }

    #[test]
    fn a_changed_code_is_caught(letters in "[A-Z]{2}", number in 10_u32..999, target in target()) {
        let mut pair = pair("支持印你们的商标", target).unwrap();
        pair.request.text = format!("型号{letters}-{number}，{}", pair.request.text);
        let with = |code: &str| format!("{code} – {}", pair.draft.text);
        let code = format!("{letters}-{number}");
        prop_assert_eq!(pair.check(&with(&code)), Ok(()));
        for bad in [String::new(), format!("{letters}-{}", number + 1), format!("{letters}-"), format!("X{letters}-{number}1")] {
            prop_assert!(pair.check(&with(&bad)).is_err(), "{}", bad);
        }
    }

    #[test]
    fn a_lost_protected_term_is_caught(term in "[A-Z][a-z]{3,7}( [A-Z][a-z]{3,7})?", target in target()) {
        let mut pair = pair("支持印你们的商标", target).unwrap();
        let glossary = Glossary::parse(&format!("flags\tzh\ten\nprotect\t海风\t{term}\n")).unwrap();
        pair.request.glossary = Arc::new(glossary);
        pair.request.text = format!("海风{}", pair.request.text);
        let text = format!("{term} – {}", pair.draft.text);
        prop_assert_eq!(pair.check(&text), Ok(()));
        prop_assert_eq!(pair.check(&pair.draft.text), Err(GateFailure::Protected(term.clone())));
        let longer = text.replacen(&term, &format!("{term}x"), 1);
        prop_assert!(pair.check(&longer).is_err());
    }

    #[test]
    fn another_script_a_copy_babble_and_odd_lengths_are_caught((said, _) in sentence(), target in target()) {
        let pair = pair(&said, target).unwrap();
        let text = &pair.draft.text;
        prop_assert_eq!(pair.check(&said), Err(GateFailure::Copied));
        let copied = format!("  {said}\n");
        prop_assert_eq!(pair.check(&copied), Err(GateFailure::Copied));
        prop_assert_eq!(pair.check("   "), Err(GateFailure::Empty));
        let chinese = format!("{text} 最低");
        prop_assert!(pair.check(&chinese).is_err());
        let latin = !["ru", "ar", "th", "hi"].contains(&target);
        let foreign = if latin {
            "Это другой язык, и он написан иначе, чем должен быть написан по правилам этого языка. "
        } else {
            "this is in another script, as anybody can see here at once, all of it, from end to end. "
        };
        let foreign = format!("{foreign}{text}");
        prop_assert!(pair.check(&foreign).is_err(), "{}", foreign);
        let babble = format!("{text} {}", "muy muy muy ".repeat(5));
        prop_assert!(pair.check(&babble).is_err());
        let drawl = format!("{text} {}", "a".repeat(10));
        prop_assert!(pair.check(&drawl).is_err());
        let long = format!("{text} {}", (0..200).map(|n| char::from(b'a' + u8::try_from(n * 7 % 26).unwrap())).collect::<String>());
        prop_assert!(pair.check(&long).is_err(), "{}", long);
    }
}

#[test]
fn english_for_another_latin_language_is_caught() {
    for target in ["es", "pt-BR", "fr", "tr", "vi", "id", "sw"] {
        let pair = pair("支持印你们的商标，不另外收费", target).unwrap();
        for text in [
            "We print your logo for you at no extra charge.",
            "This is our new product and we ship it from the factory.",
        ] {
            assert!(matches!(pair.check(text), Err(GateFailure::Language(_))), "{target} {text}");
        }
    }
}

fn said_and_shown(said: &str, target: &str, text: &str) -> Result<(), GateFailure> {
    let request = Request { products: Arc::clone(&PRODUCTS), ..request(said, "zh", target) };
    let draft = Draft { text: text.to_owned(), engine: "test", coverage: 1.0, accounted: Vec::new() };
    gate(&request, &draft, PACKS.get(&request.target).unwrap(), true)
}

#[test]
fn what_other_engines_write_is_read_as_faithful() {
    for (said, target, text) in [
        ("大概需要十五到二十天", "es", "Se necesitan aproximadamente 15-20 días."),
        ("大概需要十五到二十天", "fr", "Il faut environ 15–20 jours."),
        ("日产能是两万件", "es", "La capacidad diaria es de 20 mil piezas."),
        ("月产能是两百万件", "es", "La capacidad mensual es de 2 millones de piezas."),
        ("月产能是五十万件", "hi", "मासिक क्षमता 5 लाख पीस है।"),
        ("月产能是五十万件", "hi", "मासिक क्षमता 5,00,000 पीस है।"),
        ("日产能是两万件", "sw", "Uwezo wa kila siku ni vipande elfu 20."),
        ("单价两美元八十美分", "es", "El precio unitario es de 2,80 dólares."),
        ("单价两美元八十美分", "ru", "Цена за штуку 2,80 доллара."),
        ("单价两美元八十美分", "sw", "Bei ya kipande ni dola 2.80."),
        ("重量是三百八十克", "es", "Pesa solo 380 gramos."),
        ("七天内发货", "sw", "Tunatuma ndani ya siku 7."),
        ("交期七个工作日", "ru", "Срок 7 рабочих дней."),
        ("三成定金", "tr", "Peşinat yüzde 30."),
        ("三成定金", "id", "Uang muka 30 persen."),
        ("看第二款", "id", "Lihat produk ke-2."),
        ("通过了ISO9001认证", "es", "Certificación ISO 9001."),
        ("零下四十度到二百三十度", "es", "De -40 °C a 230 °C."),
        ("零下四十度到二百三十度", "es", "De 40 °C bajo cero a 230 °C."),
        ("这是我们的不锈钢保温杯", "hi", "यह हमारा प्रोडक्ट है: Stainless steel thermos।"),
        ("支持Bluetooth连接", "ru", "Есть подключение Bluetooth."),
        ("带LED灯，容量两千毫安", "th", "มีไฟ LED ความจุ 2000 mAh"),
        ("我们有二十多年经验", "es", "Tenemos más de 20 años de experiencia."),
    ] {
        assert_eq!(said_and_shown(said, target, text), Ok(()), "{said} {text}");
    }
}

#[test]
fn what_other_engines_get_wrong_is_caught() {
    for (said, target, text) in [
        ("七天内发货", "sw", "Tunatuma ndani ya saa 7."),
        ("日产能是两万件", "es", "La capacidad diaria es de 20 millones de piezas."),
        ("月产能是两百万件", "es", "La capacidad mensual es de 2 mil piezas."),
        ("月产能是五十万件", "hi", "मासिक क्षमता 5 करोड़ पीस है।"),
        ("单价两美元八十美分", "tr", "Birim fiyat 2,80 TL."),
        ("单价两美元八十美分", "tr", "Birim fiyat ₺2,80."),
        ("单价两美元八十美分", "id", "Harga satuan Rp2,80."),
        ("单价两美元八十美分", "es", "El precio unitario es de 2,80 euros."),
        ("交期七个工作日", "ru", "Срок 7 дней."),
        ("通过了ISO9001认证", "es", "Certificación ISO 9002."),
        ("零下四十度到二百三十度", "es", "De 40 °C a 230 °C."),
        ("使用温度五到四十度", "es", "De -5 °C a 40 °C."),
        ("重量是三百八十克", "es", "Pesa solo 380 galones."),
    ] {
        assert!(said_and_shown(said, target, text).is_err(), "{said} {text}");
    }
}

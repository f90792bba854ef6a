//! What CLDR and the packs make of dates, lists, plurals and money, language by language. The expectations were written by
//! hand: what a reader of the language expects, not what came out.

use rust_decimal::Decimal;

use crate::catalogue::Catalogue;
use crate::domain::{Currency, Day, Habits, Lang, Market, Money, Quantity, Units};
use crate::localize::{LocalizedCard, MachineTexts, card};
use crate::packs::{Direction, Pack, Packs};

/// Each language's expectation, and every pack has one.
fn each(expected: &[(&str, &str)], write: impl Fn(&Pack) -> String) {
    let packs = Packs::builtin().unwrap();
    let mut wrong = Vec::new();
    for pack in packs.iter() {
        let wished = expected.iter().find(|(lang, _)| *lang == pack.lang.as_str()).map(|(_, text)| *text);
        let written = plain(&write(pack));
        if wished != Some(written.as_str()) {
            wrong.push(format!("{}: {written:?}, not {wished:?}", pack.lang));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Without marks of direction, and with plain spaces.
fn plain(text: &str) -> String {
    let marks = |ch: &char| !matches!(ch, '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
    text.chars().filter(marks).map(|ch| if matches!(ch, '\u{a0}' | '\u{202f}') { ' ' } else { ch }).collect()
}

#[test]
fn a_day_is_written_as_people_write_it() {
    let day = Day::parse("2026-11-20").unwrap();
    let expected = [
        ("ar", "20/11/2026"),
        ("ca", "20 de nov. del 2026"),
        ("en", "Nov 20, 2026"),
        ("es", "20 nov 2026"),
        ("fr", "20 nov. 2026"),
        ("gl", "20 de nov. de 2026"),
        ("hi", "20 नव॰ 2026"),
        ("id", "20 Nov 2026"),
        ("pt-BR", "20 de nov. de 2026"),
        ("ru", "20 нояб. 2026 г."),
        ("sw", "20 Nov 2026"),
        // By the Buddhist calendar, as on every Thai price list.
        ("th", "20 พ.ย. 2569"),
        ("tr", "20 Kas 2026"),
        ("vi", "20 thg 11, 2026"),
        ("zh", "2026年11月20日"),
    ];
    each(&expected, |pack| pack.day(day));
}

#[test]
fn durations_take_their_plural_form() {
    let expected = [
        ("ar", "يوم واحد (1) · يومان (2) · 5 أيام · 21 يومًا · 100 يوم"),
        ("ca", "1 dia · 2 dies · 5 dies · 21 dies · 100 dies"),
        ("en", "1 day · 2 days · 5 days · 21 days · 100 days"),
        ("es", "1 día · 2 días · 5 días · 21 días · 100 días"),
        ("fr", "1 jour · 2 jours · 5 jours · 21 jours · 100 jours"),
        ("gl", "1 día · 2 días · 5 días · 21 días · 100 días"),
        ("hi", "1 दिन · 2 दिन · 5 दिन · 21 दिन · 100 दिन"),
        ("id", "1 hari · 2 hari · 5 hari · 21 hari · 100 hari"),
        ("pt-BR", "1 dia · 2 dias · 5 dias · 21 dias · 100 dias"),
        ("ru", "1 день · 2 дня · 5 дней · 21 день · 100 дней"),
        ("sw", "siku 1 · siku 2 · siku 5 · siku 21 · siku 100"),
        ("th", "1 วัน · 2 วัน · 5 วัน · 21 วัน · 100 วัน"),
        ("tr", "1 gün · 2 gün · 5 gün · 21 gün · 100 gün"),
        ("vi", "1 ngày · 2 ngày · 5 ngày · 21 ngày · 100 ngày"),
        ("zh", "1天 · 2天 · 5天 · 21天 · 100天"),
    ];
    each(&expected, |pack| {
        let days = [1, 2, 5, 21, 100].map(|n| pack.quantity(&Quantity::new(n, "day"), None).unwrap());
        days.join(" · ")
    });
}

#[test]
fn fractions_and_millions_have_forms_of_their_own() {
    let expected = [
        ("ar", "2.5 لتر · 1,000,000 قطعة"),
        ("ca", "2,5 litres · 1.000.000 de peces"),
        ("en", "2.5 litres · 1,000,000 pieces"),
        ("es", "2.5 litros · 1,000,000 de piezas"),
        ("fr", "2,5 litres · 1 000 000 de pièces"),
        ("gl", "2,5 litros · 1 000 000 pezas"),
        ("hi", "2.5 लीटर · 10,00,000 पीस"),
        ("id", "2,5 liter · 1.000.000 pcs"),
        ("pt-BR", "2,5 litros · 1.000.000 de peças"),
        ("ru", "2,5 л · 1 000 000 штук"),
        ("sw", "lita 2.5 · vipande 1,000,000"),
        ("th", "2.5 ลิตร · 1,000,000 ชิ้น"),
        ("tr", "2,5 litre · 1.000.000 adet"),
        ("vi", "2,5 lít · 1.000.000 cái"),
        ("zh", "2.5升 · 1,000,000件"),
    ];
    each(&expected, |pack| {
        let litres = pack.quantity(&Quantity::new(Decimal::new(25, 1), "litre"), None).unwrap();
        format!("{litres} · {}", pack.quantity(&Quantity::new(1_000_000, "piece"), None).unwrap())
    });
}

#[test]
fn a_list_is_joined_as_in_the_language() {
    let expected = [
        ("ar", "أحمر وأزرق وأسود"),
        ("ca", "vermell, blau i negre"),
        ("en", "red, blue, and black"),
        ("es", "rojo, azul y negro"),
        ("fr", "rouge, bleu et noir"),
        ("gl", "vermello, azul e negro"),
        ("hi", "लाल, नीला और काला"),
        ("id", "merah, biru, dan hitam"),
        ("pt-BR", "vermelho, azul e preto"),
        ("ru", "красный, синий и чёрный"),
        ("sw", "nyekundu, bluu na nyeusi"),
        ("th", "แดง น้ำเงิน และดำ"),
        ("tr", "kırmızı, mavi ve siyah"),
        ("vi", "đỏ, xanh dương và đen"),
        ("zh", "红色、蓝色和黑色"),
    ];
    each(&expected, |pack| {
        pack.list(&["color.red", "color.blue", "color.black"].map(|key| pack.term(key).unwrap().to_owned()))
    });
}

#[test]
fn a_converted_price_is_about() {
    let money = Money { amount: Decimal::new(129_166, 2), currency: Currency::EUR };
    let expected = [
        ("ar", "حوالي EUR 1,291.66"),
        ("ca", "aprox. EUR 1.291,66"),
        ("en", "about EUR 1,291.66"),
        ("es", "aprox. EUR 1,291.66"),
        ("fr", "environ EUR 1 291,66"),
        ("gl", "aprox. EUR 1 291,66"),
        ("hi", "लगभग EUR 1,291.66"),
        ("id", "sekitar EUR 1.291,66"),
        ("pt-BR", "cerca de EUR 1.291,66"),
        ("ru", "около EUR 1 291,66"),
        ("sw", "takriban EUR 1,291.66"),
        ("th", "ประมาณ EUR 1,291.66"),
        ("tr", "yaklaşık EUR 1.291,66"),
        ("vi", "khoảng EUR 1.291,66"),
        ("zh", "约 EUR 1,291.66"),
    ];
    each(&expected, |pack| pack.message("card-about", &pack.money(&money)).unwrap());
}

/// All texts of a card that stand among words.
fn texts(card: &LocalizedCard) -> Vec<String> {
    let local = card.price.local.as_ref().map(|local| [local.about.clone(), local.as_of_text.clone()]);
    let facts = card.facts.iter().map(|fact| fact.text.clone());
    let tiers = card.tiers.iter().map(|tier| tier.text.clone());
    [card.price.text.clone()]
        .into_iter()
        .chain(local.into_iter().flatten())
        .chain(tiers)
        .chain(facts)
        .collect()
}

#[test]
fn whatever_runs_from_left_to_right_is_isolated_in_right_to_left_text() {
    let demo = Catalogue::parse(include_str!("../../config/demo-catalogue.toml")).unwrap();
    let packs = Packs::builtin().unwrap();
    let mut seen = 0;
    for pack in packs.iter().filter(|pack| pack.dir == Direction::Rtl) {
        for units in Units::ALL {
            for product in &*demo.products {
                let mut product = product.clone();
                product.delivery =
                    Some(crate::domain::DeliveryTerm { rule: "FOB", place: Some("Ningbo".into()) });
                product.hs_code = Some("961700".into());
                let market = Market { currency: Currency::EUR, habits: Habits { units, in_europe: true } };
                let source = Lang::parse("zh").unwrap();
                let card = card(&product, None, pack, market, &demo.rates, &source, &MachineTexts::default());
                for text in texts(&card) {
                    seen += usize::from(text.contains('\u{2068}'));
                    assert!(
                        !outside(&text).contains(|ch: char| ch.is_ascii_alphabetic()),
                        "{}: {text:?}",
                        pack.lang
                    );
                }
            }
        }
    }
    assert!(seen >= 100, "{seen} texts have something to isolate");
}

/// What stands outside all isolates, which are balanced.
fn outside(text: &str) -> String {
    let (mut depth, mut kept) = (0_usize, String::new());
    for ch in text.chars() {
        match ch {
            '\u{2066}'..='\u{2068}' => depth += 1,
            '\u{2069}' => depth = depth.checked_sub(1).unwrap(),
            _ if depth == 0 => kept.push(ch),
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{text:?} does not close what it opens");
    kept
}

//! The proof: a translation says the same numbers, units, money and codes as its source, in the right script, and is
//! no babble.
//!
//! What it claims, kind by kind (each is generated and caught in `gate_properties`):
//! - every number of the source is there with its value, and no other is: digits changed, dropped or added, factors of
//!   ten, a hundred and a thousand, in the digits, separators and multiplying words of the target language;
//! - money keeps its currency, per cent stays per cent, a measure or a time keeps its unit, a temperature its sign, dozens
//!   stay dozens, and what is more than a number (二十多年, `20+`) stays more;
//! - a time of day keeps its hour and minute, in either half of the clock; the half is compared where both say it in a way
//!   that is read (Chinese and English), so "8 de la mañana" for 晚上八点 is not caught;
//! - SKUs and names of standards (ISO 9001) stay; so do the protected words of the room's glossary;
//! - the script is the target's, Latin targets are not English, the source is not copied, nothing is said over and
//!   over, and the length fits.
//!
//! What is out of its reach: the meaning. A lost or added negation, "before" for "after", one product for another, two
//! numbers of the same kind and unit that changed places, pieces for boxes (counts stand for each other), and a number
//! written out in letters, which it takes for missing. A partial draft may leave numbers out, but not change them.

use rust_decimal::Decimal;

use super::claims::{Claim, Kind, names_unit, said, without_names_of_terms, without_product_names, written};
use super::measures::names;
use super::sanity::{codes, language, length, repetition, script};
use super::{Draft, Request};
use crate::domain::{Currency, Lang};
use crate::numbers::{Dimension, Value};
use crate::packs::Pack;

/// Why a draft is not shown.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GateFailure {
    #[error("it is empty")]
    Empty,
    #[error("{0} of the source is missing")]
    MissingNumber(Decimal),
    #[error("{0} is not in the source")]
    ExtraNumber(Decimal),
    #[error("{0} is not in {1}")]
    Currency(Decimal, Currency),
    #[error("{0} is no longer per cent")]
    Percent(Decimal),
    #[error("{0} has another unit than {1}")]
    Unit(Decimal, String),
    #[error("{0} is no longer below zero, or was not")]
    Sign(Decimal),
    #[error("{0} is no longer a time of day, or another one")]
    Clock(Decimal),
    #[error("{0} is no longer more than that")]
    Over(Decimal),
    #[error("{0} is missing, or is not in the source")]
    Code(String),
    #[error("{0} must stay as it is")]
    Protected(String),
    #[error("it is not in the script of {0}")]
    Script(Lang),
    #[error("it is in English, not in {0}")]
    Language(Lang),
    #[error("its length does not fit the source's")]
    Length,
    #[error("it repeats itself")]
    Repetition,
    #[error("it is the source itself")]
    Copied,
}

/// Checks `draft`, which is to be in the language of `pack`. `complete`: every number of the source must be there;
/// a partial draft may leave out, but not change.
///
/// # Errors
/// The first thing found wrong.
pub fn gate(request: &Request, draft: &Draft, pack: &Pack, complete: bool) -> Result<(), GateFailure> {
    if draft.text.trim().is_empty() {
        return Err(GateFailure::Empty);
    }
    if draft.text.trim() == request.text.trim() {
        return Err(GateFailure::Copied);
    }
    let own_words = without_product_names(request, &draft.text);
    script(&request.text, &without_names_of_terms(&own_words, pack), &pack.lang)?;
    language(&own_words, &pack.lang)?;
    length(&request.text, &draft.text, &request.source, complete)?;
    repetition(&draft.text)?;
    codes(&request.text, &own_words, complete)?;
    if complete {
        let missed = request.glossary.missed(&request.text, &request.source, &draft.text, &pack.lang);
        if let Some(lost) = missed.iter().find(|missed| missed.term.protect) {
            return Err(GateFailure::Protected(lost.expected.to_owned()));
        }
    }
    let accounted: Vec<Decimal> = draft.accounted.iter().flat_map(Value::numbers).collect();
    let mut source = said(&request.text, &request.source);
    for n in &accounted {
        if let Some(claim) = source.iter_mut().find(|claim| claim.firm && claim.n == *n) {
            claim.firm = false;
        }
    }
    compare(&source, written(&own_words, pack), pack, &own_words, complete)
}

fn compare(
    source: &[Claim],
    mut target: Vec<Claim>,
    pack: &Pack,
    text: &str,
    complete: bool,
) -> Result<(), GateFailure> {
    for claim in source.iter().filter(|claim| claim.firm) {
        let same = |other: &Claim| means(claim, other.n);
        let place = target
            .iter()
            .position(|other| same(other) && agrees(claim, other, pack, text).is_ok())
            .or_else(|| target.iter().position(same));
        match place {
            Some(at) => agrees(claim, &target.remove(at), pack, text)?,
            None if complete => return Err(GateFailure::MissingNumber(claim.n)),
            None => {}
        }
    }
    for extra in target.iter().filter(|claim| claim.firm) {
        let mut known = source.iter().filter(|claim| means(claim, extra.n));
        if !known.any(|claim| agrees(claim, extra, pack, text).is_ok()) {
            return Err(GateFailure::ExtraNumber(extra.n));
        }
    }
    Ok(())
}

/// May the claim be written with that number: an hour has two.
fn means(claim: &Claim, n: Decimal) -> bool {
    claim.n == n || matches!(&claim.kind, Kind::Clock(forms, _) if forms.contains(&n))
}

fn agrees(source: &Claim, target: &Claim, pack: &Pack, text: &str) -> Result<(), GateFailure> {
    let n = source.n;
    let cold = |claim: &Claim| {
        claim.below && matches!(&claim.kind, Kind::Units(units) if units.iter().any(|u| u == "celsius"))
    };
    if (cold(source) && !target.cold) || (cold(target) && !source.cold) {
        return Err(GateFailure::Sign(n));
    }
    if source.over && !target.over {
        return Err(GateFailure::Over(n));
    }
    match (&source.kind, &target.kind) {
        (Kind::Money(wanted), Kind::Money(got)) if wanted != got => Err(GateFailure::Currency(n, *wanted)),
        (Kind::Money(_), Kind::Money(_)) | (Kind::Percent, Kind::Percent) | (Kind::Plain, Kind::Plain) => {
            Ok(())
        }
        // Where both say which half of the day it is, it is the same one.
        (Kind::Clock(wanted, true), Kind::Clock(got, true)) if wanted.first() != got.first() => {
            Err(GateFailure::Clock(n))
        }
        (Kind::Clock(..), Kind::Clock(..) | Kind::Plain) | (Kind::Plain, Kind::Clock(..)) => Ok(()),
        (Kind::Clock(..), Kind::Units(units))
            if units.iter().any(|unit| matches!(unit.as_str(), "hour" | "minute")) =>
        {
            Ok(())
        }
        (Kind::Clock(..), _) => Err(GateFailure::Clock(n)),
        (_, Kind::Clock(..)) => Err(GateFailure::ExtraNumber(n)),
        (Kind::Money(wanted), _) => Err(GateFailure::Currency(n, *wanted)),
        (Kind::Percent, _) => Err(GateFailure::Percent(n)),
        (_, Kind::Money(_) | Kind::Percent) => Err(GateFailure::ExtraNumber(n)),
        (Kind::Units(wanted), Kind::Units(got)) => {
            let dozen = |units: &[String]| units.iter().any(|unit| unit == "dozen");
            if dozen(wanted) != dozen(got) {
                return Err(GateFailure::Unit(n, wanted.join("/")));
            }
            let count = |units: &[String]| units.iter().any(|unit| Dimension::of(unit) == Dimension::Count);
            let same = wanted.iter().any(|unit| got.contains(unit)) || (count(wanted) && count(got));
            if same { Ok(()) } else { Err(GateFailure::Unit(n, wanted.join("/"))) }
        }
        (Kind::Units(wanted), Kind::Plain) => {
            let counted =
                wanted.iter().any(|unit| Dimension::of(unit) == Dimension::Count && unit != "dozen");
            let named = |unit: &String| {
                names(unit, text)
                    || pack.unit_words().any(|(key, form)| key == unit && names_unit(text, form))
            };
            let unknown = |unit: &String| !pack.unit_words().any(|(key, _)| key == unit);
            if counted || wanted.iter().any(|unit| named(unit) || unknown(unit)) {
                Ok(())
            } else {
                Err(GateFailure::Unit(n, wanted.join("/")))
            }
        }
        (Kind::Plain, Kind::Units(got)) => {
            let counted = got.iter().any(|unit| Dimension::of(unit) == Dimension::Count && unit != "dozen");
            let aged = source.age && got.iter().any(|unit| matches!(unit.as_str(), "year" | "month"));
            if counted || aged { Ok(()) } else { Err(GateFailure::Unit(n, "none".into())) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::testing::{packs, request};

    fn check(source: &str, text: &str, target: &str) -> Result<(), GateFailure> {
        let request = request(source, "zh", target);
        let draft = Draft { text: text.into(), engine: "test", coverage: 1.0, accounted: Vec::new() };
        gate(&request, &draft, packs().get(&request.target).unwrap(), true)
    }

    /// Sources with a faithful translation each.
    const FAITHFUL: [(&str, &str, &str); 9] = [
        ("最低起订量是五百个", "es", "Pedido mínimo: 500 piezas."),
        ("单价两美元八十美分", "es", "Precio unitario: USD 2,80."),
        ("一千个以上打九折，七天内发货", "es", "Descuento del 10 % desde 1000 piezas. Envío en 7 días."),
        ("三成定金，七成发货前付清", "ru", "Предоплата 30 %, остальные 70 % до отгрузки."),
        ("尺寸是三十五乘二十五厘米", "ru", "Размер: 35 × 25 см."),
        ("日产能是两万件", "ru", "В день: 20\u{a0}000 штук."),
        ("单价两美元八十美分", "ar", "سعر الوحدة: \u{2068}USD ٢٫٨٠\u{2069}."),
        ("一千个以上打九折，七天内发货", "en", "10% off above 1,000 pieces. Shipped within seven days."),
        ("它的重量只有三百八十克", "en", "It weighs only 380 grams."),
    ];

    #[test]
    fn faithful_translations_pass() {
        for (source, target, text) in FAITHFUL {
            assert_eq!(check(source, text, target), Ok(()), "{text}");
        }
    }

    #[test]
    fn every_changed_digit_is_caught() {
        for (source, target, text) in FAITHFUL {
            for (at, ch) in text.char_indices().filter(|(_, ch)| ch.is_ascii_digit()) {
                for other in ('0'..='9').filter(|other| *other != ch) {
                    let mut bad = text.to_owned();
                    bad.replace_range(at..at + 1, &other.to_string());
                    assert!(check(source, &bad, target).is_err(), "{bad}");
                }
                let mut bad = text.to_owned();
                bad.remove(at);
                // 2,80 without its last digit is the same amount.
                assert!(check(source, &bad, target).is_err() || bad.contains("2,8."), "{bad}");
                bad.insert_str(at, "11");
                assert!(check(source, &bad, target).is_err(), "{bad}");
            }
        }
    }

    #[test]
    fn changed_units_currencies_and_signs_are_caught() {
        for (source, target, text, from, to) in [
            ("单价两美元八十美分", "es", "Precio unitario: USD 2,80.", "USD", "EUR"),
            ("单价两美元八十美分", "es", "Precio unitario: USD 2,80.", "USD ", ""),
            ("七天内发货", "es", "Envío en 7 días.", "días", "horas"),
            ("它的重量三百八十克", "es", "Pesa 380 g en total.", "g", "cm"),
            ("最低起订量是五百个", "es", "Pedido mínimo: 500 piezas.", "piezas", "días"),
            ("三成定金", "ru", "Предоплата 30 %.", " %", ""),
            ("三成定金", "ru", "Предоплата 30 %.", "30 %", "USD 30"),
            ("七天内发货", "en", "Shipped within 7 days.", "days", "weeks"),
            ("日产能是两万件", "ru", "В день: 20000 штук.", "20000", "20"),
            ("型号HY-500很好", "en", "Model HY-500 is very good.", "HY-500", "HY-50"),
        ] {
            assert_eq!(check(source, text, target), Ok(()), "{text}");
            let bad = text.replace(from, to);
            assert!(check(source, &bad, target).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_of_day_dozens_and_more_than_are_told_apart() {
        for (source, target, text) in [
            ("晚上八点开播", "es", "Empezamos a las 20:00."),
            ("晚上八点开播", "es", "Empezamos a las 8 de la noche."),
            ("晚上八点半开播", "ru", "Начинаем в 20:30."),
            ("晚上八点半开播", "en", "We start at half past eight in the evening."),
            ("八点二十开播", "es", "Empezamos a las 8:20."),
            ("起订量五打", "en", "Minimum order: five dozen."),
            ("二十多年", "es", "Más de 20 años."),
            ("二十多年", "es", "20+ años."),
            ("一个40HQ装", "es", "Un contenedor 40HQ."),
        ] {
            assert_eq!(check(source, text, target), Ok(()), "{source} {text}");
        }
        for (source, target, text) in [
            ("晚上八点开播", "es", "Empezamos a las 21:00."),
            ("晚上八点开播", "es", "Empezamos por USD 8."),
            ("晚上八点开播", "es", "Empezamos en 8 días."),
            ("晚上八点开播", "en", "We start at 8 am."),
            ("晚上八点开播", "es", "Empezamos esta noche."),
            ("八点二十开播", "es", "Empezamos a las 8."),
            ("起订量五打", "en", "Minimum order: five pieces."),
            ("起订量五个", "en", "Minimum order: five dozen."),
            ("二十多年", "es", "Tenemos 20 años."),
            ("一个40HQ装", "es", "Un contenedor 40GP."),
            ("two fifty each", "es", "USD 2,50 cada uno."),
        ] {
            assert!(check(source, text, target).is_err(), "{source} {text}");
        }
    }

    #[test]
    fn numbers_that_nobody_said_are_caught() {
        assert_eq!(
            check("欢迎大家", "Bienvenidos, 20 % de descuento.", "es"),
            Err(GateFailure::ExtraNumber(20.into()))
        );
        assert_eq!(
            check("五百个", "500 piezas, 500 piezas y 300.", "es"),
            Err(GateFailure::ExtraNumber(300.into()))
        );
    }

    #[test]
    fn babble_copies_and_wrong_scripts_are_caught() {
        assert_eq!(check("欢迎大家", " ", "es"), Err(GateFailure::Empty));
        assert_eq!(check("欢迎大家", "欢迎大家", "es"), Err(GateFailure::Copied));
        assert!(matches!(check("欢迎大家来", "Bienvenidos 大家.", "es"), Err(GateFailure::Script(_))));
        assert!(matches!(check("欢迎大家", "Welcome everybody.", "ru"), Err(GateFailure::Script(_))));
        let babble = "muy muy bien muy muy bien muy muy bien muy muy bien";
        assert_eq!(check("我们的产品很好很好", babble, "es"), Err(GateFailure::Repetition));
        let long = "palabra y otra cosa distinta que sigue ".repeat(9);
        assert!(check("很好", &long, "es").is_err());
    }
}

//! Numbers as they are said and written in Mandarin and English, read into typed values.
//!
//! A shopper acts on what is on the screen, so a number is never translated as text: it is read here with what it
//! counts, written by the target language's pack, and proven equal by the gate. The value types are closed: what is
//! not understood stays a plain [`Value::Number`].

mod arabic;
mod chinese;
mod chinese_money;
mod chinese_more;
mod chinese_numeral;
mod chinese_written;
mod clock;
mod codes;
mod currency;
mod english;
mod english_more;
mod english_numeral;
mod text;
mod units;

#[cfg(test)]
mod chinese_tests;
#[cfg(test)]
mod english_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod seller_tests;
#[cfg(test)]
mod spoken;
#[cfg(test)]
mod tour_tests;
#[cfg(test)]
mod unit_tests;

use std::ops::Range;

use rust_decimal::Decimal;

use crate::domain::{Lang, Money, Quantity};
use text::Text;

pub use clock::Clock;
pub use codes::codes;
pub use currency::{currency_word, symbol_currency};
pub use units::Dimension;

/// What a number in a sentence says.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Number(Decimal),
    /// 第三, "third".
    Ordinal(u32),
    Money(Money),
    /// Per cent: 30 for 三成, 百分之三十, "30%".
    Percent(Decimal),
    /// Per cent taken off: 10 for 九折 and "10% off", 15 for 八五折.
    DiscountOff(Decimal),
    Quantity(Quantity),
    /// More than that: 二十多年, 三百多个, "over 20 years"; of the unit [`BARE`] where none was said.
    Over(Quantity),
    /// 晚上八点, "8 pm".
    Clock(Clock),
    /// Length, width (and height) in the order said; 三十五乘二十五厘米.
    Size(Vec<Quantity>),
}

/// The unit of a number that counts something without a unit's name: "over 300 workers".
pub const BARE: &str = "bare";

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    pub value: Value,
    /// Bytes of the text.
    pub range: Range<usize>,
    /// False where the words may be an idiom or may be left to grammar (一个, 第一, "one", "second"): a translation
    /// may do without the digit, but may not have another one.
    pub firm: bool,
}

impl Value {
    /// Every number in it, as a target language would write it: two for a range or a size.
    pub fn numbers(&self) -> Vec<Decimal> {
        match self {
            Self::Number(n) | Self::Percent(n) | Self::DiscountOff(n) => vec![n.normalize()],
            Self::Ordinal(n) => vec![Decimal::from(*n)],
            Self::Money(money) => vec![money.amount.normalize()],
            Self::Quantity(q) | Self::Over(q) => numbers_of(q).collect(),
            Self::Size(sides) => sides.iter().flat_map(numbers_of).collect(),
            Self::Clock(clock) => {
                let minute = (clock.minute > 0).then_some(Decimal::from(clock.minute));
                [Some(Decimal::from(clock.hour)), minute].into_iter().flatten().collect()
            }
        }
    }
}

/// The values in `text`, left to right, longest reading first, without overlap. Languages other than Chinese and
/// English give what is written in digits with the English reading.
pub fn entities(text: &str, lang: &Lang) -> Vec<Entity> {
    let text = Text::new(text);
    if lang.is_chinese() { chinese::entities(&text) } else { english::entities(&text) }
}

/// `text` with every number in digits and money in one form (三百八十克 → 380克, 两美元八十美分 → 2.8美元), so that a
/// transcript and its reference can be compared, and an engine gets what it copies most faithfully.
pub fn normalise(text: &str, lang: &Lang) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for entity in entities(text, lang) {
        out.push_str(text.get(done..entity.range.start).unwrap_or_default());
        let said = text.get(entity.range.clone()).unwrap_or_default();
        let written = if lang.is_chinese() {
            chinese_written::written(&entity.value, said)
        } else {
            english::written(&entity.value, said)
        };
        out.push_str(&written);
        done = entity.range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

fn numbers_of(q: &Quantity) -> impl Iterator<Item = Decimal> + use<> {
    [Some(q.amount.normalize()), q.max.map(|max| max.normalize())].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zh() -> Lang {
        Lang::parse("zh").unwrap()
    }

    #[test]
    fn normalised_text_is_the_same_however_the_number_was_said() {
        for (said, written) in [
            ("重量只有三百八十克，", "重量只有380克，"),
            ("单价两美元八十美分。", "单价2.8美元。"),
            ("单价2美元80美分。", "单价2.8美元。"),
            ("三成定金，七成付清", "30%定金，70%付清"),
            ("打九折，七天内", "打9折，7天内"),
            ("三一六不锈钢", "316不锈钢"),
            ("三十五乘二十五厘米", "35×25厘米"),
            ("电池容量一万毫安", "电池容量10000毫安"),
            ("十五到二十天", "15-20天"),
        ] {
            assert_eq!(normalise(said, &zh()), written, "{said}");
            assert_eq!(normalise(written, &zh()), written, "{written}");
        }
        let en = Lang::parse("en").unwrap();
        assert_eq!(normalise("It weighs three hundred and eighty grams.", &en), "It weighs 380 grams.");
        assert_eq!(normalise("it is two dollars eighty", &en), "it is $2.8");
    }
}

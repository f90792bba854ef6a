//! Values written back into a Mandarin sentence, in digits and one form.

use rust_decimal::Decimal;

use super::Value;
use super::chinese_numeral::digit;

/// The value in one written form.
pub(super) fn written(value: &Value, said: &str) -> String {
    match value {
        Value::Number(n) => n.normalize().to_string(),
        Value::Ordinal(n) => format!("第{n}"),
        Value::Money(money) => {
            let name = match money.currency.as_str() {
                "USD" => "美元",
                "EUR" => "欧元",
                "CNY" => "元",
                code => code,
            };
            format!("{}{name}", money.amount.normalize())
        }
        Value::Percent(n) => format!("{}%", n.normalize()),
        Value::DiscountOff(off) => format!("{}折", ((Decimal::ONE_HUNDRED - off) / Decimal::TEN).normalize()),
        Value::Over(q) => {
            let unit = unit_word(said.trim_start_matches('上'));
            let more = if unit.contains(['多', '余', '几']) { "" } else { "多" };
            format!("{}{more}{unit}", q.amount.normalize())
        }
        Value::Clock(clock) => {
            let part: String = said.chars().take_while(|ch| !head_of(*ch) && !ch.is_ascii_digit()).collect();
            let time =
                if part.is_empty() { format!("{}:{:02}", clock.hour, clock.minute) } else { clock.twelve() };
            format!("{part}{time}")
        }
        Value::Quantity(q) => {
            // 一米八 has its unit in the midst.
            let unit = match unit_word(said) {
                "" if q.unit.as_str() == "metre" => "米",
                unit => unit,
            };
            match q.max {
                Some(max) => format!("{}-{}{unit}", q.amount.normalize(), max.normalize()),
                None if unit.starts_with('斤') => format!("{}{unit}", (q.amount * Decimal::TWO).normalize()),
                None => format!("{}{unit}", q.amount.normalize()),
            }
        }
        Value::Size(sides) => {
            let sides: Vec<String> = sides.iter().map(|side| side.amount.normalize().to_string()).collect();
            format!("{}{}", sides.join("×"), unit_word(said))
        }
    }
}

/// May the character begin a numeral, or go on with one?
pub(super) fn head_of(ch: char) -> bool {
    ch.is_ascii_digit() || digit(ch).is_some() || "十百千万亿".contains(ch)
}

/// What of the said quantity is the unit: everything after its last numeral.
fn unit_word(said: &str) -> &str {
    let numeric =
        |ch: char| ch.is_ascii_digit() || digit(ch).is_some() || "十百千万亿萬億兩点.半".contains(ch);
    // 千克, 千瓦 and 千米 begin with a scale but are units.
    let start = said.char_indices().rfind(|(_, ch)| numeric(*ch)).map_or(0, |(at, ch)| at + ch.len_utf8());
    let thousand = said.get(..start).is_some_and(|head| head.ends_with('千'));
    let unit = said.get(start..).unwrap_or_default();
    if thousand
        && ["克", "瓦", "米"].contains(&unit)
        && said.chars().rev().nth(2).is_some_and(|ch| ch == '十')
    {
        return said.get(start - '千'.len_utf8()..).unwrap_or(unit);
    }
    unit.trim_start()
}

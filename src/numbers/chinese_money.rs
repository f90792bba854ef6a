//! Money as it is said in Mandarin, where the smaller coin often has no name.

use rust_decimal::Decimal;

use super::Value;
use super::chinese_numeral::numeral;
use super::currency::chinese_after;
use super::text::Text;
use super::units::chinese_unit;
use crate::domain::{Currency, Money};

/// What a 块 is a piece of, and not money.
const PIECES_OF_KUAI: &str = "砧板布肥电屏砖瓦饼蛋毛玻表石铁钢木竹皮";

/// 两美元八十美分, 九块九, 十二块八毛五, 五毛, 八十美分.
pub(super) fn spoken_money(text: &Text, n: Decimal, after: usize) -> Option<(Value, usize)> {
    if let Some(end) = text.word(after, "美分") {
        return Some((money(n / Decimal::ONE_HUNDRED, Currency::USD), end));
    }
    if let Some(end) =
        text.word(after, "毛").filter(|end| text.get(*end).is_none_or(|ch| !"巾绒衣线".contains(ch)))
    {
        let (fen, end) = text_coin(text, end, &["分"]).unwrap_or((Decimal::ZERO, end));
        let end = text.word(end, "钱").unwrap_or(end);
        return Some((money(n / Decimal::TEN + fen / Decimal::ONE_HUNDRED, Currency::CNY), end));
    }
    if let Some(end) = text.word(after, "分钱") {
        return Some((money(n / Decimal::ONE_HUNDRED, Currency::CNY), end));
    }
    let (mut currency, mut end, small) = chinese_after(text, after)?;
    let next = text.get(end);
    let piece = text.before(end) == Some('块') && next.is_some_and(|ch| PIECES_OF_KUAI.contains(ch));
    let element = text.before(end) == Some('元') && next.is_some_and(|ch| "素件旦宵气".contains(ch));
    if piece || element {
        return None;
    }
    let mut total = n;
    if let Some((tenths, next)) = text_coin(text, end, &["角", "毛"]) {
        total += tenths / Decimal::TEN;
        end = next;
        if let Some((cents, next)) = text_coin(text, end, &["分"]).or_else(|| bare_coin(text, end)) {
            total += cents / Decimal::ONE_HUNDRED;
            end = next;
        }
    } else if let Some((cents, next)) = text_coin(text, end, &["美分", "欧分", "便士", "分"]) {
        total += cents / Decimal::ONE_HUNDRED;
        end = next;
    } else if small && let Some((coin, next)) = bare_coin(text, end) {
        let tens = coin >= Decimal::TEN;
        total += coin / if tens { Decimal::ONE_HUNDRED } else { Decimal::TEN };
        end = next;
    }
    // 两块八美金: the currency comes last.
    if let Some(next) = ["美金", "美元"].iter().find_map(|name| text.word(end, name)) {
        currency = Currency::USD;
        end = next;
    }
    let end = text.word(end, "钱").unwrap_or(end);
    Some((money(total, currency), end))
}

/// A coin with its name: 八十美分, 八毛.
fn text_coin(text: &Text, at: usize, names: &[&str]) -> Option<(Decimal, usize)> {
    let amount = numeral(text, text.skip_spaces(at)).filter(|coin| coin.value < Decimal::ONE_HUNDRED)?;
    let end = names.iter().find_map(|name| text.word(text.skip_spaces(amount.end), name))?;
    // 十分钟, 八分之一: not a coin.
    (!matches!(text.get(end), Some('钟' | '之'))).then_some((amount.value, end))
}

/// A coin without its name, 九块九: nothing that counts may follow, or it would be a number of its own.
fn bare_coin(text: &Text, at: usize) -> Option<(Decimal, usize)> {
    let coin =
        numeral(text, at).filter(|coin| coin.value < Decimal::ONE_HUNDRED && coin.value > Decimal::ZERO)?;
    let counts = chinese_unit(text, coin.end).is_some()
        || text.get(coin.end).is_some_and(|ch| "折成%到至乘×块元百千万".contains(ch))
        || coin.value.scale() > 0;
    (!counts).then_some((coin.value, coin.end))
}

pub(super) fn money(amount: Decimal, currency: Currency) -> Value {
    Value::Money(Money { amount, currency })
}

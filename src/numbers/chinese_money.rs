//! Money as it is said in Mandarin, where the smaller coin often has no name.

use rust_decimal::Decimal;

use super::Value;
use super::chinese_numeral::{Form, Numeral, digit, numeral};
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
    let fen = |at: usize| text_coin(text, at, &["分"]).or_else(|| coin_apiece(text, at, Currency::CNY));
    if let Some(end) =
        text.word(after, "毛").filter(|end| text.get(*end).is_none_or(|ch| !"巾绒衣线".contains(ch)))
    {
        let (fen, end) = fen(end).unwrap_or((Decimal::ZERO, end));
        let end = text.word(end, "钱").unwrap_or(end);
        return Some((money(n / Decimal::TEN + fen / Decimal::ONE_HUNDRED, Currency::CNY), end));
    }
    if let Some(end) = text.word(after, "分钱") {
        return Some((money(n / Decimal::ONE_HUNDRED, Currency::CNY), end));
    }
    let (mut currency, mut end, small) = chinese_after(text, after)?;
    // 1.1元1卷: what has its coins already gets no others.
    let small = small && n.normalize().scale() == 0;
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
        let bare = || bare_coin(text, end).or_else(|| coin_apiece(text, end, currency));
        if let Some((cents, next)) = text_coin(text, end, &["分"]).or_else(bare) {
            total += cents / Decimal::ONE_HUNDRED;
            end = next;
        }
    } else if let Some((cents, next)) = text_coin(text, end, &["美分", "欧分", "便士", "分"]) {
        total += cents / Decimal::ONE_HUNDRED;
        end = next;
    } else if small
        && let Some((coin, next)) = bare_coin(text, end).or_else(|| coin_apiece(text, end, currency))
    {
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
    // 一毛一卷 as well, whose measure word is no unit.
    let apiece = one_of(text, &coin).is_some();
    (!counts && !apiece).then_some((coin.value, coin.end))
}

/// The coin of 两块五一个: its last 一 counts what it is the price of. 三美元五十一个 has its fifty cents too.
fn coin_apiece(text: &Text, at: usize, currency: Currency) -> Option<(Decimal, usize)> {
    let said = numeral(text, at).filter(|said| said.value < Decimal::ONE_HUNDRED)?;
    let end = one_of(text, &said)?;
    match said.form {
        Form::OneByOne if end == at + 1 => digit(text.get(at)?).map(|coin| (Decimal::from(coin), end)),
        // 三块五十一个 are 51 of something: nobody says 五十 for the coins of a yuan.
        Form::Spelled if currency != Currency::CNY => Some((said.value - Decimal::ONE, end)),
        _ => None,
    }
}

/// Where the 一 stands that ends the numeral, if what follows is counted by it.
fn one_of(text: &Text, said: &Numeral) -> Option<usize> {
    let end = said.end.checked_sub(1).filter(|end| text.get(*end) == Some('一'))?;
    let counts = chinese_unit(text, said.end).is_some()
        || text.get(said.end).is_some_and(|ch| {
            ('\u{4e00}'..='\u{9fff}').contains(&ch)
                && digit(ch).is_none()
                && !"的了吧呢啊哦就还也".contains(ch)
        });
    (said.form != Form::Digits && counts).then_some(end)
}

pub(super) fn money(amount: Decimal, currency: Currency) -> Value {
    Value::Money(Money { amount, currency })
}

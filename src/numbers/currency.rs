//! Words and signs of currencies.

use super::text::Text;
use crate::domain::Currency;

/// What follows the amount in Mandarin, its code, and whether a smaller coin may follow without its name (九块九).
const CHINESE: [(&str, &str, bool); 21] = [
    ("美元", "USD", true),
    ("美金", "USD", true),
    ("美刀", "USD", true),
    ("块美金", "USD", true),
    ("块美元", "USD", true),
    ("欧元", "EUR", true),
    ("英镑", "GBP", true),
    ("日元", "JPY", false),
    ("韩元", "KRW", false),
    ("卢布", "RUB", false),
    ("港币", "HKD", true),
    ("港元", "HKD", true),
    ("越南盾", "VND", false),
    ("泰铢", "THB", false),
    ("卢比", "INR", false),
    ("迪拉姆", "AED", false),
    ("比索", "MXN", false),
    ("人民币", "CNY", true),
    ("元人民币", "CNY", true),
    ("元", "CNY", true),
    ("块", "CNY", true),
];

const ENGLISH: [(&str, &str); 15] = [
    ("us dollar", "USD"),
    ("us dollars", "USD"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("bucks", "USD"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("yuan", "CNY"),
    ("rmb", "CNY"),
    ("renminbi", "CNY"),
    ("yen", "JPY"),
    ("rubles", "RUB"),
    ("roubles", "RUB"),
    ("dirhams", "AED"),
    ("pesos", "MXN"),
];

/// ISO codes that are read beside an amount; three other capitals are not taken for money.
const CODES: [&str; 25] = [
    "USD", "EUR", "CNY", "GBP", "JPY", "RUB", "VND", "AED", "SAR", "MXN", "BRL", "INR", "IDR", "THB", "TRY",
    "KES", "EGP", "KZT", "COP", "CLP", "PEN", "ARS", "TZS", "HKD", "KRW",
];

/// Longer signs before those that they end in.
const SIGNS: [(&str, &str); 22] = [
    ("US$", "USD"),
    ("R$", "BRL"),
    ("MX$", "MXN"),
    ("HK$", "HKD"),
    ("KSh", "KES"),
    ("Ksh", "KES"),
    ("TSh", "TZS"),
    ("Rp", "IDR"),
    ("TL", "TRY"),
    ("₺", "TRY"),
    ("đ", "VND"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "CNY"),
    ("￥", "CNY"),
    ("₽", "RUB"),
    ("₫", "VND"),
    ("₹", "INR"),
    ("฿", "THB"),
    ("₩", "KRW"),
    ("RMB", "CNY"),
];

/// Words for money beside an amount in the languages of the packs, as their beginnings: `dólares` and `dollars`,
/// долларов. What engines other than the phrasebook write. A country's own dollar would need a longer word here.
/// No "đô" alone: it begins đôi, the Vietnamese pair, and no number of pairs passed the gate.
const WORDS: [(&str, &str); 55] = [
    ("dólar", "USD"),
    ("dòlar", "USD"),
    ("dollar", "USD"),
    ("доллар", "USD"),
    ("долл", "USD"),
    ("دولار", "USD"),
    ("دولارًا", "USD"),
    ("dolar", "USD"),
    ("đô la", "USD"),
    ("usd", "USD"),
    ("ดอลลาร์", "USD"),
    ("ดอลล่าร์", "USD"),
    ("เหรียญสหรัฐ", "USD"),
    ("डॉलर", "USD"),
    ("dola", "USD"),
    ("euro", "EUR"),
    ("евро", "EUR"),
    ("يورو", "EUR"),
    ("avro", "EUR"),
    ("ยูโร", "EUR"),
    ("यूरो", "EUR"),
    ("yuro", "EUR"),
    ("yuan", "CNY"),
    ("yuanes", "CNY"),
    ("iuan", "CNY"),
    ("юан", "CNY"),
    ("يوان", "CNY"),
    ("nhân dân tệ", "CNY"),
    ("tệ", "CNY"),
    ("หยวน", "CNY"),
    ("युआन", "CNY"),
    ("yuani", "CNY"),
    ("rmb", "CNY"),
    ("рубл", "RUB"),
    ("руб", "RUB"),
    ("reais", "BRL"),
    ("real", "BRL"),
    ("pesos", "MXN"),
    ("درهم", "AED"),
    ("ريال", "SAR"),
    ("جنيه", "EGP"),
    ("lira", "TRY"),
    ("đồng", "VND"),
    ("บาท", "THB"),
    ("rupiah", "IDR"),
    ("रुपये", "INR"),
    ("रुपए", "INR"),
    ("रुपया", "INR"),
    ("रु", "INR"),
    ("shilingi", "KES"),
    ("pound", "GBP"),
    ("libra", "GBP"),
    ("фунт", "GBP"),
    ("livre sterling", "GBP"),
    ("livres sterling", "GBP"),
];

/// The currency of a sign, `$` as US dollars.
pub fn symbol_currency(sign: &str) -> Option<Currency> {
    SIGNS
        .iter()
        .find(|(known, _)| *known == sign)
        .map(|(_, code)| *code)
        .or_else(|| CODES.into_iter().find(|code| *code == sign))
        .and_then(|code| Currency::parse(code).ok())
}

/// The currency that a text beside an amount begins with as a word, `text` in lower case: "dólares por pieza".
pub fn currency_word(text: &str) -> Option<Currency> {
    let begins = |(word, _): &&(&str, &str)| text.starts_with(word);
    let (_, code) = WORDS.iter().filter(begins).max_by_key(|(word, _)| word.len())?;
    Currency::parse(code).ok()
}

/// A sign or code before an amount.
pub(super) fn before_amount(text: &Text, at: usize) -> Option<(Currency, usize)> {
    let letter = |at: usize| text.get(at).is_some_and(char::is_alphabetic);
    let sign = SIGNS.iter().find_map(|(sign, code)| Some((*code, text.word(at, sign)?)));
    // Letters that are a sign must not be the end or the beginning of a word: Rp, TL.
    let sign = sign.filter(|(_, end)| {
        let ends_word = letter(at) && text.before(at).is_some_and(|ch| ch.is_ascii_alphabetic());
        let begins_word = letter(end - 1) && letter(*end);
        !(ends_word || begins_word)
    });
    let found = sign.or_else(|| code_at(text, at))?;
    Some((Currency::parse(found.0).ok()?, found.1))
}

/// A Chinese currency word (or a code) after an amount; the flag allows 九块九.
pub(super) fn chinese_after(text: &Text, at: usize) -> Option<(Currency, usize, bool)> {
    let word = CHINESE
        .iter()
        .filter_map(|(word, code, small)| Some((*code, text.word(at, word)?, *small)))
        .max_by_key(|(_, end, _)| *end);
    let (code, end, small) = match word {
        Some(found) => found,
        None => sign_after(text, at).map(|(code, end)| (code, end, false))?,
    };
    Some((Currency::parse(code).ok()?, end, small))
}

/// An English currency word, code or sign after an amount.
pub(super) fn english_after(text: &Text, at: usize) -> Option<(Currency, usize)> {
    let word = ENGLISH
        .iter()
        .filter_map(|(word, code)| Some((*code, text.latin(at, word)?)))
        .max_by_key(|(_, end)| *end);
    let (code, end) = word.or_else(|| sign_after(text, at))?;
    Some((Currency::parse(code).ok()?, end))
}

fn sign_after(text: &Text, at: usize) -> Option<(&'static str, usize)> {
    let sign = SIGNS.iter().filter(|(sign, _)| *sign != "RMB");
    sign.filter_map(|(sign, code)| Some((*code, text.word(at, sign)?)))
        // In "5 $2.80" the sign belongs to what follows; TL and Rp are no beginnings of words.
        .find(|(_, end)| text.get(*end).is_none_or(|next| !next.is_ascii_alphanumeric()))
        .or_else(|| code_at(text, at))
}

fn code_at(text: &Text, at: usize) -> Option<(&'static str, usize)> {
    if text.before(at).is_some_and(|ch| ch.is_ascii_alphabetic()) {
        return None;
    }
    CODES.iter().find_map(|code| Some((*code, text.latin(at, code)?)))
}

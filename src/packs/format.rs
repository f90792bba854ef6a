//! Numbers, money, quantities and lists as a language writes them, by CLDR through ICU4X.

use icu::datetime::DateTimeFormatter;
use icu::datetime::fieldsets::YMD;
use icu::decimal::input::Decimal as IcuDecimal;
use icu::decimal::{DecimalFormatter, options::DecimalFormatterOptions};
use icu::list::ListFormatter;
use icu::list::options::{ListFormatterOptions, ListLength};
use icu::locale::Locale;
use icu::plurals::{PluralCategory, PluralRules};
use rust_decimal::Decimal;

use super::digits::NumberStyle;
use super::pack::{Direction, Pack};
use super::scales::scales;
use super::tables::Forms;
use crate::domain::{Day, Lang, Money, Quantity};
use crate::numbers::{BARE, Clock, Value};

/// The formatters of one language.
pub(super) struct Writer {
    decimal: DecimalFormatter,
    plurals: PluralRules,
    list: ListFormatter,
    date: DateTimeFormatter<YMD>,
    pub style: NumberStyle,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("style", &self.style).finish_non_exhaustive()
    }
}

impl Writer {
    /// For `lang`; numbers as the locale `numbers` writes them, in the numbering system `digits` (CLDR's name), where
    /// these are not the language's own.
    ///
    /// # Errors
    /// ICU has no data for the language.
    pub fn new(lang: &Lang, numbers: Option<&str>, digits: Option<&str>) -> Result<Self, String> {
        let locale = lang.locale();
        let tag = numbers.unwrap_or(lang.as_str());
        let tag = digits.map_or_else(|| tag.to_owned(), |digits| format!("{tag}-u-nu-{digits}"));
        let written: Locale = tag.parse().map_err(|_| format!("{tag} is not a locale"))?;
        let no_data = |error: &dyn std::fmt::Display| format!("no CLDR data for {tag}: {error}");
        let decimal = DecimalFormatter::try_new((&written).into(), DecimalFormatterOptions::default())
            .map_err(|error| no_data(&error))?;
        let plurals = PluralRules::try_new_cardinal((&locale).into()).map_err(|error| no_data(&error))?;
        let wide = ListFormatterOptions::default().with_length(ListLength::Wide);
        let list = ListFormatter::try_new_and((&locale).into(), wide).map_err(|error| no_data(&error))?;
        // In the calendar of the language's people: the year is 2569 in Thai.
        let date =
            DateTimeFormatter::try_new((&written).into(), YMD::medium()).map_err(|error| no_data(&error))?;
        let style = style(&decimal, lang);
        Ok(Self { decimal, plurals, list, date, style })
    }

    /// With at least `min_fraction` digits after the decimal sign.
    fn number(&self, n: Decimal, min_fraction: u32) -> String {
        let n = n.normalize();
        let mut n = icu_decimal(n);
        n.absolute.pad_end(-i16::try_from(min_fraction).unwrap_or(0));
        self.decimal.format_to_string(&n)
    }

    fn category(&self, n: Decimal) -> PluralCategory {
        self.plurals.category_for(&icu_decimal(n.normalize()))
    }
}

impl Pack {
    pub fn number(&self, n: Decimal) -> String {
        self.writer.number(n, 0)
    }

    /// `USD 2.80`: the ISO code, so that no dollar is taken for another, and the amount with the currency's minor
    /// digits; isolated where the text runs right to left.
    pub fn money(&self, money: &Money) -> String {
        let amount = self.writer.number(money.amount, minor_digits(money));
        let text = format!("{} {amount}", money.currency);
        match self.dir {
            Direction::Ltr => text,
            Direction::Rtl => format!("\u{2068}{text}\u{2069}"),
        }
    }

    /// `30 %` as the pack's unit `percent` says, or with the sign behind.
    pub fn percent(&self, n: Decimal) -> String {
        match self.forms("percent", None) {
            Some(forms) => in_form(forms.form(self.writer.category(n)), &self.number(n)),
            None => format!("{}%", self.number(n)),
        }
    }

    /// `15–20 días`. The forms are looked up as `<unit>.<case>`, `any.<case>`, `<unit>`; `None` when the pack has
    /// none of them.
    pub fn quantity(&self, quantity: &Quantity, case: Option<&str>) -> Option<String> {
        let forms = self.forms(quantity.unit.as_str(), case)?;
        Some(self.in_unit(forms, quantity.amount, quantity.max))
    }

    /// `20+ años`: more than the quantity.
    fn over(&self, quantity: &Quantity, case: Option<&str>) -> Option<String> {
        let number = format!("{}+", self.number(quantity.amount));
        let forms = self.forms(quantity.unit.as_str(), case);
        if quantity.unit.as_str() == BARE && forms.is_none() {
            return Some(number);
        }
        let forms = forms?;
        Some(in_form(forms.form(self.writer.category(quantity.amount)), &number))
    }

    /// `20:30`, and "8:30 pm" in English; `8:30` where nobody said which half of the day.
    fn clock(&self, clock: Clock) -> String {
        if self.lang.primary() == "en" {
            let half = if clock.morning() { "am" } else { "pm" };
            return if clock.sure { format!("{} {half}", clock.twelve()) } else { clock.twelve() };
        }
        let number = |n: u8| self.number(Decimal::from(n));
        let padding = if clock.minute < 10 { number(0) } else { String::new() };
        format!("{}:{padding}{}", number(clock.hour), number(clock.minute))
    }

    /// `20 nov 2026`.
    pub fn day(&self, day: Day) -> String {
        self.writer.date.format(&day.date()).to_string()
    }

    /// `Red, blue and white`.
    pub fn list(&self, items: &[String]) -> String {
        let joined = self.writer.list.format_to_string(items.iter());
        // CLDR joins the last two of Thai without a space, which glues และ to Latin letters: CE และ FDA.
        if self.lang.primary() == "th" { spaced(&joined) } else { joined }
    }

    /// Any value that was said; `None` when the pack has no word for its unit.
    pub fn value(&self, value: &Value, case: Option<&str>) -> Option<String> {
        Some(match value {
            Value::Number(n) => match case.and_then(|case| self.units.get(&format!("any.{case}"))) {
                Some(forms) => self.in_unit(forms, *n, None),
                None => self.number(*n),
            },
            Value::Ordinal(n) => self.number(Decimal::from(*n)),
            Value::Money(money) => self.money(money),
            Value::Percent(n) | Value::DiscountOff(n) => self.percent(*n),
            Value::Quantity(quantity) => self.quantity(quantity, case)?,
            Value::Over(quantity) => self.over(quantity, case)?,
            Value::Size(sides) => self.size(sides, case)?,
            Value::Clock(clock) => self.clock(*clock),
        })
    }

    /// `35 × 25 cm`.
    pub fn size(&self, sides: &[Quantity], case: Option<&str>) -> Option<String> {
        let last = sides.last()?;
        let forms = self.forms(last.unit.as_str(), case)?;
        let numbers: Vec<String> = sides.iter().map(|side| self.number(side.amount)).collect();
        let joined = numbers.join(" × ");
        let text = in_form(forms.form(self.writer.category(last.amount)), &joined);
        // Without the isolate a right-to-left line would show the width before the length.
        Some(match self.dir {
            Direction::Ltr => text,
            Direction::Rtl => text.replace(&joined, &format!("\u{2066}{joined}\u{2069}")),
        })
    }

    /// A text whose numbers are written in the style `from`, with their separators as this pack writes them: `1,280.50`
    /// as `1.280,50`. Digits without separators stay, they may be a name's.
    pub fn restyled(&self, text: &str, from: NumberStyle) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        // Words that multiply stay as they are.
        for number in (NumberStyle { scales: &[], ..from }).read(text) {
            let written = text.get(number.range.clone()).unwrap_or_default();
            out.push_str(text.get(at..number.range.start).unwrap_or_default());
            at = number.range.end;
            let digits: String = written.chars().filter(char::is_ascii_digit).collect();
            if digits.len() == written.len() {
                out.push_str(written);
                continue;
            }
            let is_whole = digits.parse() == Ok(number.value);
            let behind = written.rsplit(|ch: char| !ch.is_ascii_digit()).next().map_or(0, str::len);
            let fraction = if is_whole { 0 } else { u32::try_from(behind).unwrap_or(0) };
            out.push_str(&self.writer.number(number.value, fraction));
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }

    /// How this pack writes numbers, for reading them back.
    pub fn number_style(&self) -> NumberStyle {
        self.writer.style
    }

    fn forms(&self, unit: &str, case: Option<&str>) -> Option<&Forms> {
        case.and_then(|case| {
            self.units.get(&format!("{unit}.{case}")).or_else(|| self.units.get(&format!("any.{case}")))
        })
        .or_else(|| self.units.get(unit))
    }

    fn in_unit(&self, forms: &Forms, amount: Decimal, max: Option<Decimal>) -> String {
        let number = match max {
            Some(max) => format!("{}–{}", self.number(amount), self.number(max)),
            None => self.number(amount),
        };
        in_form(forms.form(self.writer.category(max.unwrap_or(amount))), &number)
    }
}

/// Thai และ with a space on the side where Latin letters or digits stand.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for (place, part) in text.split("และ").enumerate() {
        if place > 0 {
            let latin = |ch: char| ch.is_ascii_alphanumeric();
            out.push_str(if out.ends_with(latin) { " และ" } else { "และ" });
            out.push_str(if part.starts_with(latin) { " " } else { "" });
        }
        out.push_str(part);
    }
    out
}

/// The number in its form: where the form says, or in front.
fn in_form(form: &str, number: &str) -> String {
    if form.contains("{n}") { form.replace("{n}", number) } else { format!("{number} {form}") }
}

fn icu_decimal(n: Decimal) -> IcuDecimal {
    n.to_string().parse().unwrap_or_default()
}

/// Digits after the decimal sign that shoppers are used to: where cash has none, a whole amount has none.
fn minor_digits(money: &Money) -> u32 {
    let without = money.currency.cash_step() >= Decimal::ONE && money.amount.fract().is_zero();
    if without { 0 } else { money.currency.minor_digits() }
}

/// The separators and the size of groups, from a number that has them all.
fn style(formatter: &DecimalFormatter, lang: &Lang) -> NumberStyle {
    let sample = formatter.format_to_string(&icu_decimal(Decimal::new(1_234_567_895, 1)));
    let mut signs = sample.chars().filter(|ch| !ch.is_numeric());
    let group = signs.next().unwrap_or(',');
    let groups = sample.split(group).filter(|group| group.chars().count() == 2).count();
    NumberStyle {
        group,
        decimal: signs.next_back().unwrap_or('.'),
        lakh: groups > 1,
        scales: scales(lang.primary()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::domain::Currency;
    use crate::packs::Packs;

    fn write(lang: &str, with: impl Fn(&Pack) -> String) -> String {
        let packs =
            Packs::from_dir(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/packs"))).unwrap();
        // The languages that the small packs of the tests do not have are those that ship.
        let shipped = Packs::builtin().unwrap();
        let packs = if packs.get(&Lang::parse(lang).unwrap()).is_some() { packs } else { shipped };
        with(packs.get(&Lang::parse(lang).unwrap()).unwrap())
    }

    #[test]
    fn money_keeps_its_code_and_its_minor_digits() {
        let money = Money { amount: Decimal::new(28, 1), currency: Currency::USD };
        assert_eq!(write("en", |pack| pack.money(&money)), "USD 2.80");
        assert_eq!(write("es", |pack| pack.money(&money)), "USD 2,80");
        assert_eq!(write("ar", |pack| pack.money(&money)), "\u{2068}USD ٢٫٨٠\u{2069}");
        let dong = Money { amount: Decimal::from(70_000), currency: Currency::parse("VND").unwrap() };
        assert_eq!(write("es", |pack| pack.money(&dong)), "VND 70.000");
        let rupiah = Money { amount: Decimal::from(46_704), currency: Currency::parse("IDR").unwrap() };
        assert_eq!(write("id", |pack| pack.money(&rupiah)), "IDR 46.704");
        let koruna = |amount| Money { amount, currency: Currency::parse("CZK").unwrap() };
        assert_eq!(write("en", |pack| pack.money(&koruna(Decimal::new(645, 1)))), "CZK 64.50");
        assert_eq!(write("en", |pack| pack.money(&koruna(Decimal::from(64)))), "CZK 64");
    }

    #[test]
    fn quantities_follow_the_plural_rules() {
        let days = |n: i64| Quantity::new(n, "day");
        let russian = |n: i64| write("ru", |pack| pack.quantity(&days(n), None).unwrap());
        assert_eq!(
            [russian(1), russian(2), russian(5), russian(21)],
            ["1 день", "2 дня", "5 дней", "21 день"]
        );
        let range = Quantity { max: Some(Decimal::from(20)), ..days(15) };
        assert_eq!(write("es", |pack| pack.quantity(&range, None).unwrap()), "15–20 días");
        assert_eq!(write("zh", |pack| pack.quantity(&days(7), None).unwrap()), "7天");
        let over = Value::Over(Quantity::new(20, "year"));
        assert_eq!(write("fr", |pack| pack.value(&over, None).unwrap()), "20+ ans");
        assert_eq!(write("ru", |pack| pack.quantity(&days(5), Some("gen")).unwrap()), "5 дней.");
        assert_eq!(
            write("es", |pack| format!("{:?}", pack.quantity(&Quantity::new(1, "furlong"), None))),
            "None"
        );
    }

    #[test]
    fn times_of_day_are_written_in_the_digits_of_the_language() {
        let clock = |hour, minute, sure| Value::Clock(Clock { hour, minute, sure });
        let written = |lang: &str, value: Value| write(lang, |pack| pack.value(&value, None).unwrap());
        assert_eq!(written("es", clock(20, 5, true)), "20:05");
        assert_eq!(written("ar", clock(20, 30, true)), "٢٠:٣٠");
        assert_eq!(written("en", clock(20, 0, true)), "8:00 pm");
        assert_eq!(written("en", clock(8, 30, false)), "8:30");
        let bare = Value::Over(Quantity::new(300, BARE));
        assert_eq!(written("es", bare), "300+");
    }

    #[test]
    fn numbers_of_another_style_are_rewritten_and_names_are_not() {
        let shipped = Packs::builtin().unwrap();
        let pack = |tag| shipped.get(&Lang::parse(tag).unwrap()).unwrap();
        let from = pack("es").number_style();
        for (text, written) in [
            ("USD 2.80, 10,000 piezas.", "USD 2,80, 10.000 piezas."),
            ("USD 1,500.00 y 0.10", "USD 1.500,00 y 0,10"),
            ("ISO 14001, 35 × 25 cm, 15–20 días", "ISO 14001, 35 × 25 cm, 15–20 días"),
            ("500–1,000 piezas, 20 mil, 2.5 millones", "500–1.000 piezas, 20 mil, 2,5 millones"),
            ("6,000,000 de piezas", "6.000.000 de piezas"),
        ] {
            assert_eq!(pack("pt-BR").restyled(text, from), written);
        }
        assert_eq!(pack("ru").restyled("20,000", from), "20\u{a0}000");
    }

    #[test]
    fn lists_and_sizes_are_joined_as_the_language_does() {
        let items: Vec<String> = ["rojo", "azul", "iridiscente"].map(String::from).to_vec();
        assert_eq!(write("es", |pack| pack.list(&items)), "rojo, azul e iridiscente");
        let certs: Vec<String> = ["CE", "FDA"].map(String::from).to_vec();
        assert_eq!(write("th", |pack| pack.list(&certs)), "CE และ FDA");
        assert_eq!(write("th", |pack| pack.list(&certs[..1])), "CE");
        let sides = [Quantity::new(35, "centimetre"), Quantity::new(25, "centimetre")];
        assert_eq!(write("es", |pack| pack.size(&sides, None).unwrap()), "35 × 25 cm");
    }

    #[test]
    fn what_is_written_reads_back() {
        for lang in
            ["zh", "en", "es", "pt-BR", "fr", "ru", "ar", "tr", "vi", "th", "id", "hi", "sw", "ca", "gl"]
        {
            for cents in [5_i64, 280, 999, 100_000, 123_456_789, 1_000_000_000_000] {
                let n = Decimal::new(cents, 2).normalize();
                let read = write(lang, |pack| {
                    let found = pack.number_style().read(&pack.number(n));
                    found.iter().map(|n| n.value.to_string()).collect::<Vec<_>>().join(" ")
                });
                assert_eq!(read, n.to_string(), "{lang}");
            }
        }
    }
}

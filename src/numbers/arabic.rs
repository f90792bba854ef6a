//! Numbers written in digits: `1,000`, `2.80`, `1万`.

use rust_decimal::Decimal;

use super::text::Text;

/// Longest run of digits that is a number: beyond that it is a code, and [`Decimal`] must not overflow.
const MAX_DIGITS: usize = 15;

/// The number in digits at `at` and its end. Commas group only in threes.
pub(super) fn arabic(text: &Text, at: usize) -> Option<(Decimal, usize)> {
    let mut digits = String::new();
    let mut end = run(text, at, &mut digits)?;
    if end - at <= 3 {
        while text.get(end) == Some(',') {
            let mut group = String::new();
            match run(text, end + 1, &mut group) {
                Some(next) if group.len() == 3 => {
                    digits.push_str(&group);
                    end = next;
                }
                _ => break,
            }
        }
    }
    if text.get(end) == Some('.') {
        let mut decimals = String::new();
        if let Some(next) = run(text, end + 1, &mut decimals) {
            digits.push('.');
            digits.push_str(&decimals);
            end = next;
        }
    }
    (digits.len() <= MAX_DIGITS).then_some(())?;
    digits.parse().ok().map(|value| (value, end))
}

/// End of the digits that begin at `at`.
pub(super) fn digits_end(text: &Text, mut at: usize) -> usize {
    while text.get(at).is_some_and(|ch| ch.is_ascii_digit()) {
        at += 1;
    }
    at
}

fn run(text: &Text, at: usize, into: &mut String) -> Option<usize> {
    let end = digits_end(text, at);
    (end > at).then_some(())?;
    into.extend((at..end).filter_map(|i| text.get(i)));
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, usize)> {
        arabic(&Text::new(text), 0).map(|(value, end)| (value.to_string(), end))
    }

    #[test]
    fn commas_group_in_threes_only() {
        assert_eq!(read("20,000件"), Some(("20000".into(), 6)));
        assert_eq!(read("20,30"), Some(("20".into(), 2)));
        assert_eq!(read("1,234,567.5"), Some(("1234567.5".into(), 11)));
        assert_eq!(read("2.80。"), Some(("2.80".into(), 4)));
        assert_eq!(read("5."), Some(("5".into(), 1)));
        assert_eq!(read("1234567890123456"), None);
    }
}

//! What a rule-based engine must not touch. Codes stand in for it: unknown words, which it copies to their place, and
//! for which the target's own words are put in afterwards.

use std::ops::Range;

use crate::numbers::codes;
use crate::packs::{NumberStyle, Pack};

/// As many as letters can tell apart; what is above goes through the engine.
const MOST: usize = 26;

/// A text with codes in the place of what is protected, and what they stand for.
#[derive(Debug, PartialEq, Eq)]
pub struct Masked {
    pub text: String,
    shown: Vec<String>,
}

impl Masked {
    /// Masks each of `pairs` (a form in the text's language, what to show for it; the earlier wins), and every code of
    /// letters and digits as it is (HY-500, ISO 9001, 40HQ). `None`: the text has a code of ours.
    pub fn new(text: &str, pairs: &[(&str, &str)]) -> Option<Self> {
        if text.contains("XQ") {
            return None;
        }
        let mut spans: Vec<(Range<usize>, String)> = Vec::new();
        let mut take = |range: Range<usize>, shown: String| {
            let free = spans.iter().all(|(other, _)| range.end <= other.start || other.end <= range.start);
            if free && spans.len() < MOST {
                spans.push((range, shown));
            }
        };
        for (form, shown) in pairs {
            for range in occurrences(text, form) {
                let said = text.get(range.clone()).unwrap_or_default();
                let shown = if begins_upper(said) { upper_first(shown) } else { (*shown).to_owned() };
                take(range, shown);
            }
        }
        let standards = codes(text).into_iter().map(|(_, range)| range);
        for range in standards.chain(mixed_words(text)).chain(clocks(text)) {
            take(range.clone(), text.get(range).unwrap_or_default().to_owned());
        }
        spans.sort_by_key(|(range, _)| range.start);
        let (mut masked, mut shown, mut at) = (String::new(), Vec::new(), 0);
        for (range, form) in spans {
            masked.push_str(text.get(at..range.start).unwrap_or_default());
            masked.push_str(&code(shown.len()));
            shown.push(form);
            at = range.end;
        }
        masked.push_str(text.get(at..).unwrap_or_default());
        Some(Self { text: masked, shown })
    }

    /// Is it one of the codes?
    pub fn holds(&self, word: &str) -> bool {
        (0..self.shown.len()).any(|place| code(place) == word)
    }

    /// The translation with the words in place, and with its other numbers, which came through in the style `from`, as
    /// `target` writes them; `None` unless it has each code once.
    pub fn restore(&self, translation: &str, from: NumberStyle, target: &Pack) -> Option<String> {
        let mut text = target.restyled(translation, from);
        for (place, shown) in self.shown.iter().enumerate() {
            let code = code(place);
            let at = text.find(&code).filter(|_| translation.matches(&code).count() == 1)?;
            let before = text.get(..at).unwrap_or_default();
            let joined = match target.lang.primary() {
                "ca" => elided(before, shown),
                _ => before.to_owned(),
            };
            text = format!("{joined}{shown}{}", text.get(at + code.len()..).unwrap_or_default());
        }
        // As the pack's own texts have it.
        Some(if target.lang.primary() == "ca" { text.replace('\'', "’") } else { text })
    }
}

/// Letters only: a code with a digit would be read as a number.
fn code(place: usize) -> String {
    let letter = u8::try_from(place).map_or('Z', |place| char::from(b'A' + place));
    format!("XQ{letter}")
}

/// Whole words, whatever their case.
fn occurrences<'a>(text: &'a str, form: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let wanted = form.to_lowercase();
    let starts = text.char_indices().map(|(at, _)| at);
    starts.filter(move |_| !form.is_empty()).filter_map(move |at| {
        let found = text.get(at..at + form.len())?;
        let whole = is_whole(text, at..at + form.len()) && found.to_lowercase() == wanted;
        whole.then_some(at..at + form.len())
    })
}

fn is_whole(text: &str, range: Range<usize>) -> bool {
    let word = |ch: Option<char>| ch.is_some_and(char::is_alphanumeric);
    let before = text.get(..range.start).and_then(|head| head.chars().next_back());
    let after = text.get(range.end..).and_then(|rest| rest.chars().next());
    !word(before) && !word(after)
}

/// Words of letters and digits.
fn mixed_words(text: &str) -> Vec<Range<usize>> {
    let part = |ch: char| ch.is_alphanumeric() || matches!(ch, '-' | '_' | '.');
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find(part)).map(|found| at + found) {
        let rest = text.get(start..).unwrap_or_default();
        let word = rest.find(|ch| !part(ch)).map_or(rest, |end| rest.get(..end).unwrap_or_default());
        let word = word.trim_end_matches(['.', '-', '_']);
        at = start + word.len().max(1);
        let mixed =
            word.contains(|ch: char| ch.is_ascii_digit()) && word.contains(|ch: char| ch.is_alphabetic());
        if mixed {
            words.push(start..start + word.len());
        }
    }
    words
}

/// Times of day. The Catalan pair writes 22.00 for 22:00, which would then be shown as the decimal 22,00.
fn clocks(text: &str) -> Vec<Range<usize>> {
    let time = |(at, _): (usize, &str)| {
        let hours = text.get(..at)?.chars().rev().take_while(char::is_ascii_digit).count();
        let minutes = text.get(at + 1..)?.chars().take_while(char::is_ascii_digit).count();
        ((1..=2).contains(&hours) && minutes == 2).then(|| at - hours..at + 3)
    };
    text.match_indices(':').filter_map(time).collect()
}

/// Catalan writes `d’acer` and `l’aliança`. The engine does so with the words that it knows.
fn elided(before: &str, word: &str) -> String {
    let first: String = word.trim_start_matches(['h', 'H']).to_lowercase().chars().take(1).collect();
    if !"aeiouàèéíïòóúü".contains(&first) || first.is_empty() {
        return before.to_owned();
    }
    let weak = "iu".contains(&first);
    for (whole, short) in
        [("de ", "d’"), ("del ", "de l’"), ("al ", "a l’"), ("pel ", "per l’"), ("el ", "l’"), ("la ", "l’")]
    {
        let kept = whole == "la " && weak;
        let head = before.strip_suffix(whole).filter(|head| !kept && !head.ends_with(char::is_alphanumeric));
        if let Some(head) = head {
            return format!("{head}{short}");
        }
    }
    before.to_owned()
}

fn begins_upper(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_uppercase)
}

pub fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::Lang;
    use crate::packs::Packs;

    fn pack(tag: &str) -> Arc<Pack> {
        Arc::clone(Packs::builtin().unwrap().get(&Lang::parse(tag).unwrap()).unwrap())
    }

    fn restore(masked: &Masked, translation: &str, target: &str) -> Option<String> {
        masked.restore(translation, pack("es").number_style(), &pack(target))
    }

    #[test]
    fn protected_words_become_codes_and_come_back_in_the_target_language() {
        let pairs = [("Termo Nube", "Termo Nube"), ("acero inoxidable", "acer inoxidable")];
        let masked = Masked::new("Acero inoxidable y Termo Nube. Los termos Nube.", &pairs).unwrap();
        assert_eq!(masked.text, "XQA y XQB. Los termos Nube.");
        assert!(masked.holds("XQB") && !masked.holds("XQC"));
        let shown = restore(&masked, "XQA i XQB. Els termos Nube.", "ca").unwrap();
        assert_eq!(shown, "Acer inoxidable i Termo Nube. Els termos Nube.");
    }

    #[test]
    fn codes_of_letters_and_digits_stay_and_numbers_take_the_targets_style() {
        let text = "HY-500: USD 1,280.50, ISO 14001, HS 8509.40, 40HQ, UN38.3, 20,000 m².";
        let masked = Masked::new(text, &[]).unwrap();
        assert_eq!(masked.text, "XQA: USD 1,280.50, XQB, XQC, XQD, XQE, 20,000 m².");
        let shown = restore(&masked, &masked.text, "ca").unwrap();
        assert_eq!(shown, "HY-500: USD 1.280,50, ISO 14001, HS 8509.40, 40HQ, UN38.3, 20.000 m².");
    }

    #[test]
    fn times_of_day_stay_times() {
        let masked = Masked::new("En vivo a las 9:30 y hasta las 22:00. Precio: 5.", &[]).unwrap();
        assert_eq!(masked.text, "En vivo a las XQA y hasta las XQB. Precio: 5.");
        let shown = restore(&masked, "En directe a les XQA i fins a les XQB. Preu: 5.", "ca").unwrap();
        assert_eq!(shown, "En directe a les 9:30 i fins a les 22:00. Preu: 5.");
    }

    #[test]
    fn a_code_that_is_lost_or_doubled_is_not_restored() {
        let masked = Masked::new("Nube", &[("Nube", "Nube")]).unwrap();
        assert_eq!(restore(&masked, "núvol", "ca"), None);
        assert_eq!(restore(&masked, "XQA XQA", "ca"), None);
        assert!(Masked::new("XQA", &[]).is_none());
    }

    #[test]
    fn the_longer_of_two_terms_wins_and_part_of_a_word_is_none() {
        let pairs = [("despacho de aduana", "despatx de duanes"), ("despacho", "enviament")];
        let masked = Masked::new("El despacho de aduana y el despacho. Despachos.", &pairs).unwrap();
        assert_eq!(masked.text, "El XQA y el XQB. Despachos.");
        assert_eq!(
            restore(&masked, "El XQA i el XQB.", "ca").unwrap(),
            "El despatx de duanes i l’enviament."
        );
    }

    #[test]
    fn catalan_elides_before_a_restored_word_and_other_languages_do_not() {
        for (lang, text, shown, whole) in [
            ("ca", "Material de XQA.", "ús alimentari", "Material d’ús alimentari."),
            ("ca", "al XQA", "aire lliure", "a l’aire lliure"),
            ("ca", "de la XQA", "aliança", "de l’aliança"),
            ("ca", "de la XQA", "impressora", "de la impressora"),
            ("ca", "de XQA", "Ningbo", "de Ningbo"),
            ("ca", "roda XQA", "Alemanya", "roda Alemanya"),
            ("gl", "de XQA", "Alemaña", "de Alemaña"),
        ] {
            let masked = Masked { text: String::new(), shown: vec![shown.to_owned()] };
            assert_eq!(restore(&masked, text, lang).unwrap(), whole);
        }
    }
}

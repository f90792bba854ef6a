//! Spoken English numbers to digits, the way Whisper's normaliser joins them, for comparing texts only.

/// `five hundred pieces at two dollars eighty` → `500 pieces at $2.80`. Words are lower case.
pub fn with_digits(words: &[String]) -> Vec<String> {
    let mut out = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let Some((number, used)) = number(&words[at..]) else {
            out.push(words[at].clone());
            at += 1;
            continue;
        };
        at += used;
        let (text, used) = with_unit(&number, &words[at..]);
        at += used;
        // Whisper turns a lone 1 back into "one": it is seldom a number.
        out.push(if text == "1" { "one".to_owned() } else { text });
    }
    out
}

/// Adds `%` and money that follow in words.
fn with_unit(number: &str, rest: &[String]) -> (String, usize) {
    let word = |at: usize| rest.get(at).map(String::as_str);
    match word(0) {
        Some("percent") => (format!("{number}%"), 1),
        Some("per") if word(1) == Some("cent") => (format!("{number}%"), 2),
        Some("dollar" | "dollars") if !number.starts_with('$') => {
            let from = if word(1) == Some("and") { 2 } else { 1 };
            let Some((cents, used)) = rest.get(from..).and_then(self::number) else {
                return (format!("${number}"), 1);
            };
            let said = matches!(word(from + used), Some("cent" | "cents"));
            // "two dollars eighty" leaves the cents out.
            let meant = from == 1 && cents.len() == 2 && !number.contains('.');
            match cents.parse::<u32>() {
                Ok(cents) if cents < 100 && (said || meant) => {
                    (format!("${number}.{cents:02}"), from + used + usize::from(said))
                }
                _ => (format!("${number}"), 1),
            }
        }
        _ => (number.to_owned(), 0),
    }
}

/// What the last word of a number was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Ones,
    Teens,
    Tens,
    Hundred,
    Thousands,
    Written,
}

/// The number that the words start with, and how many words it takes.
fn number(words: &[String]) -> Option<(String, usize)> {
    // Spoken one after the other, "three one six" and "nineteen eighty" are written in one: `prefix`.
    let mut prefix = String::new();
    let (mut total, mut section) = (0u64, 0u64);
    let mut last = Last::Nothing;
    let mut at = 0;
    while let Some(word) = words.get(at).map(String::as_str) {
        let started = last != Last::Nothing;
        if let Some((value, kind)) = small(word) {
            let adds = matches!(last, Last::Nothing | Last::Hundred | Last::Thousands)
                || (last == Last::Tens && kind == Last::Ones && value > 0);
            if last == Last::Written {
                break;
            }
            if !adds {
                prefix.push_str(&(total + section).to_string());
                (total, section) = (0, 0);
            }
            section += value;
            last = kind;
        } else if word == "hundred" && matches!(last, Last::Ones | Last::Teens | Last::Tens) {
            section = section.checked_mul(100)?;
            last = Last::Hundred;
        } else if let Some(times) = thousands(word).filter(|_| started && last != Last::Thousands) {
            total = total.checked_add(section.checked_mul(times)?)?;
            section = 0;
            last = Last::Thousands;
        } else if let Some((value, suffix)) = ordinal(word).filter(|_| last != Last::Written) {
            let joins = !started
                || matches!(last, Last::Hundred | Last::Thousands)
                || (last == Last::Tens && value < 10);
            if !joins {
                break;
            }
            return Some((format!("{prefix}{}{suffix}", total + section + value), at + 1));
        } else if word == "and" && matches!(last, Last::Hundred | Last::Thousands) {
            if words.get(at + 1).and_then(|next| small(next)).is_none() {
                break;
            }
        } else if word == "point" && started {
            let digits: String = words[at + 1..]
                .iter()
                .map_while(|w| small(w).filter(|s| s.0 < 10))
                .map(|s| s.0.to_string())
                .collect();
            if digits.is_empty() {
                break;
            }
            let used = at + 1 + digits.len();
            return Some((format!("{prefix}{}.{digits}", total + section), used));
        } else if !started && word.starts_with(|c: char| c.is_ascii_digit() || c == '$') && word.len() > 1
            || !started && word.len() == 1 && word.starts_with(|c: char| c.is_ascii_digit())
        {
            match word.parse::<u64>() {
                // 20 thousand
                Ok(value) if words.get(at + 1).is_some_and(|next| thousands(next).is_some()) => {
                    section = value;
                    last = Last::Written;
                }
                _ => return Some((word.to_owned(), at + 1)),
            }
        } else {
            break;
        }
        at += 1;
    }
    (last != Last::Nothing).then(|| (format!("{prefix}{}", total + section), at))
}

fn small(word: &str) -> Option<(u64, Last)> {
    const ONES: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    const TEENS: [&str; 10] = [
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let find = |list: &[&str], from: u64, step: u64, kind| {
        list.iter().position(|w| *w == word).map(|n| (from + n as u64 * step, kind))
    };
    find(&ONES, 0, 1, Last::Ones)
        .or_else(|| find(&TEENS, 10, 1, Last::Teens))
        .or_else(|| find(&TENS, 20, 10, Last::Tens))
}

fn thousands(word: &str) -> Option<u64> {
    match word {
        "thousand" => Some(1_000),
        "million" => Some(1_000_000),
        "billion" => Some(1_000_000_000),
        _ => None,
    }
}

fn ordinal(word: &str) -> Option<(u64, &'static str)> {
    const WORDS: [&str; 13] = [
        "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth", "eleventh", "twelfth",
    ];
    let value = WORDS.iter().position(|w| *w == word)? as u64;
    Some((
        value,
        match value {
            1 => "st",
            2 => "nd",
            3 => "rd",
            _ => "th",
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        let words: Vec<String> = text.split(' ').map(String::from).collect();
        with_digits(&words).join(" ")
    }

    #[test]
    fn numbers_are_added_up_or_written_in_one_as_they_are_spoken() {
        for (spoken, written) in [
            ("five hundred pieces", "500 pieces"),
            ("three hundred and eighty grams", "380 grams"),
            ("twenty thousand", "20000"),
            ("twenty five days", "25 days"),
            ("one hundred and five", "105"),
            ("two hundred and that", "200 and that"),
            ("three one six steel", "316 steel"),
            ("nineteen ninety eight", "1998"),
            ("twenty twenty six", "2026"),
            ("two point eight five", "2.85"),
            ("ten thousand five hundred", "10500"),
            ("20 thousand", "20000"),
            ("twenty first", "21st"),
            ("one by one", "one by one"),
            ("a hundred", "a hundred"),
            ("ten of clubs", "10 of clubs"),
        ] {
            assert_eq!(of(spoken), written, "{spoken}");
        }
    }

    #[test]
    fn money_and_percent_join_their_number() {
        for (spoken, written) in [
            ("two dollars eighty", "$2.80"),
            ("two dollars and eighty cents", "$2.80"),
            ("nine dollars ninety each", "$9.90 each"),
            ("twenty dollars", "$20"),
            ("twenty dollars five pieces", "$20 5 pieces"),
            ("$2.80 each", "$2.80 each"),
            ("thirty percent", "30%"),
            ("thirty per cent deposit", "30% deposit"),
            ("30 percent", "30%"),
        ] {
            assert_eq!(of(spoken), written, "{spoken}");
        }
    }
}

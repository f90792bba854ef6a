//! How an English word sounds, roughly: its consonants.
//!
//! After Philips' Metaphone, without the rules that only names and rare words need: a few dozen words of a trade are
//! told apart by it, and what it lets through must agree in spelling too.

/// Groups of letters and how they sound; the first that fits counts. `^` stands before a word, `$` behind it.
const SOUNDS: [(&str, &str); 36] = [
    ("^kn", "n"),
    ("^wr", "r"),
    ("^ps", "s"),
    ("^x", "s"),
    ("mb$", "m"),
    ("tion", "xn"),
    ("sion", "xn"),
    ("tch", "x"),
    ("sch", "sk"),
    ("ch", "x"),
    ("sh", "x"),
    ("ph", "f"),
    ("th", "0"),
    ("gh", ""),
    ("dge", "j"),
    ("ck", "k"),
    ("ce", "s"),
    ("ci", "s"),
    ("cy", "s"),
    ("c", "k"),
    ("ge", "j"),
    ("gi", "j"),
    ("qu", "k"),
    ("q", "k"),
    ("x", "ks"),
    ("z", "s"),
    ("v", "f"),
    ("d", "t"),
    ("b", "p"),
    ("g", "k"),
    ("^h", "h"),
    ("^w", "w"),
    ("^y", "y"),
    ("h", ""),
    ("w", ""),
    ("y", ""),
];

/// Spellings that differ between Britain and America, as the one and the other.
const VARIANTS: [(&str, &str); 13] = [
    ("mould", "mold"),
    ("colour", "color"),
    ("odour", "odor"),
    ("centre", "center"),
    ("fibre", "fiber"),
    ("metre", "meter"),
    ("litre", "liter"),
    ("aluminium", "aluminum"),
    ("grey", "gray"),
    ("plough", "plow"),
    ("ise", "ize"),
    ("isation", "ization"),
    ("ising", "izing"),
];

/// The consonants of a word in lower case as they sound, voiced and voiceless alike; an opening vowel is `a`.
pub fn consonants(word: &str) -> String {
    // The frame is taken for a letter that makes no sound.
    let framed = format!("^{word}$");
    let mut rest = framed.as_str();
    let mut key = String::new();
    let mut before = '^';
    while let Some(first) = rest.chars().next() {
        if let Some((group, sound)) = SOUNDS.iter().find(|(group, _)| rest.starts_with(group)) {
            // A vowel of the group may still begin the next sound, but no two sounds share a consonant.
            push(&mut key, sound);
            before = group.chars().last().unwrap_or(before);
            rest = rest.get(group.len()..).unwrap_or_default();
            continue;
        }
        if matches!(first, 'a' | 'e' | 'i' | 'o' | 'u') {
            if before == '^' {
                key.push('a');
            }
        } else if first.is_alphanumeric() {
            push(&mut key, first.encode_utf8(&mut [0; 4]));
        }
        before = first;
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    key
}

/// One spelling for what is written in two ways: `moulding` and `molding`, `labelling` and `labeling`.
pub fn one_spelling(word: &str) -> String {
    let mut word = word.to_owned();
    for (british, american) in VARIANTS {
        word = word.replace(british, american);
    }
    word.replace("ll", "l")
}

/// Doubled consonants are one.
fn push(key: &mut String, sound: &str) {
    for ch in sound.chars() {
        if !key.ends_with(ch) {
            key.push(ch);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_sound_alike_have_the_same_consonants() {
        for (a, b) in
            [("steel", "steal"), ("lading", "leading"), ("blender", "blander"), ("freight", "fraight")]
        {
            assert_eq!(consonants(a), consonants(b), "{a} {b}");
        }
        for (a, b) in [("lantern", "lender"), ("strength", "string"), ("order", "older"), ("knife", "cave")] {
            assert_ne!(consonants(a), consonants(b), "{a} {b}");
        }
    }

    #[test]
    fn both_sides_of_the_atlantic_spell_the_same_word() {
        for (a, b) in [("moulding", "molding"), ("labelling", "labeling"), ("galvanised", "galvanized")] {
            assert_eq!(one_spelling(a), one_spelling(b));
        }
        assert_ne!(one_spelling("mould"), one_spelling("mild"));
    }
}

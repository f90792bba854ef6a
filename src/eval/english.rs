//! English made comparable, after the important parts of the English normaliser of OpenAI's Whisper (paper,
//! appendix C): case, brackets, fillers, contractions, titles, punctuation, numbers, spelling.

use super::english_numbers::with_digits;

/// The words that count.
pub fn words(text: &str) -> Vec<String> {
    let text = without_brackets(&text.to_lowercase().replace(['’', '‘', '`'], "'"));
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '$' | '%'));
        // A hyphen joins words that others write apart; inside of a number it is a minus or a range.
        for part in word.split(['-', '–', '—', '/', '…']) {
            expand(part, &mut words);
        }
    }
    with_digits(&words).into_iter().map(american).collect()
}

/// Splits contractions, drops fillers and punctuation.
fn expand(word: &str, words: &mut Vec<String>) {
    const WHOLE: &[(&str, &str)] = &[
        ("won't", "will not"),
        ("can't", "can not"),
        ("cannot", "can not"),
        ("let's", "let us"),
        ("ain't", "aint"),
        ("y'all", "you all"),
        ("wanna", "want to"),
        ("gotta", "got to"),
        ("gonna", "going to"),
        ("i'ma", "i am going to"),
        ("imma", "i am going to"),
        ("woulda", "would have"),
        ("coulda", "could have"),
        ("shoulda", "should have"),
        ("ma'am", "madam"),
        ("mr", "mister"),
        ("mrs", "missus"),
        ("ms", "miss"),
        ("st", "saint"),
        ("dr", "doctor"),
        ("prof", "professor"),
    ];
    const ENDINGS: &[(&str, &str)] = &[
        ("n't", "not"),
        ("'re", "are"),
        ("'s", "is"),
        ("'d", "would"),
        ("'ll", "will"),
        ("'ve", "have"),
        ("'m", "am"),
    ];
    const FILLERS: &[&str] = &["hmm", "mm", "mhm", "mmm", "uh", "uhh", "um", "umm"];
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '$' | '%'));
    if word.is_empty() || FILLERS.contains(&word) {
        return;
    }
    if let Some((_, plain)) = WHOLE.iter().find(|(short, _)| *short == word) {
        words.extend(plain.split(' ').map(String::from));
        return;
    }
    for (ending, plain) in ENDINGS {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| !stem.is_empty()) {
            words.extend([bare(stem), (*plain).to_owned()]);
            return;
        }
    }
    words.extend(Some(bare(word)).filter(|word| !word.is_empty()));
}

/// Letters and digits only; a point stays between digits, a thousands separator goes.
fn bare(word: &str) -> String {
    let chars: Vec<char> = word.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    chars
        .iter()
        .enumerate()
        .filter(|(at, c)| {
            c.is_alphanumeric()
                || matches!(c, '$' | '%')
                || (**c == '.' && digit(at.checked_sub(1)) && digit(Some(at + 1)))
        })
        .map(|(_, c)| unaccented(*c))
        .collect()
}

/// What an annotator put in brackets was not spoken.
fn without_brackets(text: &str) -> String {
    let mut depth = 0usize;
    text.chars()
        .filter(|c| {
            let inside = depth > 0;
            match c {
                '(' | '[' | '<' => depth += 1,
                ')' | ']' | '>' => depth = depth.saturating_sub(1),
                _ => return !inside,
            }
            false
        })
        .collect()
}

fn unaccented(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ä' | 'å' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        c => c,
    }
}

/// American spelling of the words that a trade show or the test clips hold; Whisper's table has 1,700.
fn american(word: String) -> String {
    const STEMS: &[(&str, &str)] = &[
        ("colour", "color"),
        ("favour", "favor"),
        ("flavour", "flavor"),
        ("honour", "honor"),
        ("labour", "labor"),
        ("neighbour", "neighbor"),
        ("odour", "odor"),
        ("vapour", "vapor"),
        ("behaviour", "behavior"),
        ("mould", "mold"),
        ("aluminium", "aluminum"),
        ("organis", "organiz"),
        ("realis", "realiz"),
        ("recognis", "recogniz"),
        ("specialis", "specializ"),
        ("customis", "customiz"),
        ("personalis", "personaliz"),
        ("minimis", "minimiz"),
        ("maximis", "maximiz"),
        ("sterilis", "steriliz"),
        ("travell", "travel"),
        ("labell", "label"),
        ("modell", "model"),
        ("cancell", "cancel"),
        ("enquir", "inquir"),
        ("grey", "gray"),
        ("jewell", "jewel"),
    ];
    const WHOLE: &[(&str, &str)] = &[
        ("centre", "center"),
        ("metre", "meter"),
        ("metres", "meters"),
        ("litre", "liter"),
        ("litres", "liters"),
        ("fibre", "fiber"),
        ("theatre", "theater"),
        ("programme", "program"),
        ("programmes", "programs"),
        ("catalogue", "catalog"),
        ("catalogues", "catalogs"),
        ("cheque", "check"),
        ("defence", "defense"),
        ("licence", "license"),
        ("tyre", "tire"),
        ("tyres", "tires"),
    ];
    if let Some((_, american)) = WHOLE.iter().find(|(british, _)| *british == word) {
        return (*american).to_owned();
    }
    for (british, american) in STEMS {
        if let Some(rest) = word.strip_prefix(british) {
            return format!("{american}{rest}");
        }
    }
    for (british, american) in
        [("metre", "meter"), ("metres", "meters"), ("litre", "liter"), ("litres", "liters")]
    {
        if let Some(stem) = word.strip_suffix(british) {
            return format!("{stem}{american}");
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        words(text).join(" ")
    }

    #[test]
    fn case_punctuation_fillers_and_contractions_are_no_errors() {
        assert_eq!(normal("SO WE'RE GONNA MAKE IT"), normal("So, we are going to make it."));
        assert_eq!(normal("Uhh, Mr. Quilter won't (laughs) go!"), "mister quilter will not go");
        assert_eq!(normal("Le Petit Tableau—the café"), "le petit tableau the cafe");
    }

    #[test]
    fn spoken_numbers_and_spelling_are_no_errors() {
        assert_eq!(
            normal("The minimum order is five hundred pieces, two dollars eighty."),
            normal("the minimum order is 500 pieces $2.80")
        );
        assert_eq!(
            normal("five hundred millilitres of grey colour"),
            normal("500 milliliters of gray color")
        );
        assert_eq!(normal("1,000 lumens, 30% off"), normal("one thousand lumens thirty percent off"));
    }

    #[test]
    fn different_numbers_stay_different() {
        assert_ne!(normal("fifty pieces"), normal("fifteen pieces"));
        assert_ne!(normal("2.80"), normal("280"));
    }
}

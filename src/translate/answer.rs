//! From what a model says to the translation in it. Strict: what does not look like one bare sentence is not shown,
//! because a chatty model's remark would stand on the screen as the host's words.

use super::remarks::is_remark;

/// Why an answer is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    #[error("it is empty")]
    Empty,
    #[error("it was cut off")]
    CutOff,
    #[error("it thinks aloud")]
    Thinking,
    #[error("it has several lines")]
    Lines,
    #[error("it refuses or explains")]
    Remark,
    #[error("it has markup in it")]
    Markup,
}

/// The translation in `answer` to `source`, which was to be in `language` (English name).
///
/// # Errors
/// Why there is none.
pub(super) fn clean(answer: &str, source: &str, language: &str) -> Result<String, Unfit> {
    let answer = without_thoughts(answer)?;
    let mut text = unfenced(answer.trim());
    // A quoted answer may have its label inside or outside.
    for _ in 0..2 {
        text = unlabelled(text, source, language);
        text = unwrapped(text, source);
    }
    if text.is_empty() {
        return Err(Unfit::Empty);
    }
    if text.lines().filter(|line| !line.trim().is_empty()).count() > 1 {
        return Err(Unfit::Lines);
    }
    if ["<|", "|>", "```", "**", "</", "<think", "[INST", "###"]
        .iter()
        .any(|mark| text.contains(mark) && !source.contains(mark))
    {
        return Err(Unfit::Markup);
    }
    if is_remark(text, source) {
        return Err(Unfit::Remark);
    }
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What comes after the thoughts of a reasoning model. Some templates swallow the opening mark.
fn without_thoughts(answer: &str) -> Result<&str, Unfit> {
    match answer.rsplit_once("</think>") {
        Some((_, rest)) => Ok(rest),
        None if answer.contains("<think>") => Err(Unfit::Thinking),
        None => Ok(answer),
    }
}

/// What stands in a code fence that is the whole answer.
fn unfenced(text: &str) -> &str {
    let inner = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    let Some(inner) = inner.filter(|inner| !inner.contains("```")) else { return text };
    match inner.split_once('\n') {
        // The first line names the fence's language, or is empty.
        Some((first, rest)) if first.chars().all(|ch| ch.is_ascii_alphanumeric()) => rest.trim(),
        _ => inner.trim(),
    }
}

const LABELS: &[&str] = &[
    "translation",
    "translated text",
    "output",
    "answer",
    "result",
    "traducción",
    "tradução",
    "traduction",
    "перевод",
    "الترجمة",
    "çeviri",
    "bản dịch",
    "คำแปล",
    "terjemahan",
    "अनुवाद",
    "tafsiri",
    "译文",
    "翻译",
    "翻訳",
    "번역",
];

/// Takes "Translation:", "Spanish:" and "Spanish translation:" off, unless the host's own sentence begins so.
fn unlabelled<'a>(text: &'a str, source: &str, language: &str) -> &'a str {
    let Some((label, rest)) = text.split_once([':', '：']) else { return text };
    let bare = label.trim_matches(['*', ' ', '#']).to_lowercase();
    let language = language.to_lowercase();
    let short = language.rsplit(' ').next().unwrap_or_default();
    let known = |name: &str| LABELS.contains(&name) || name == language || name == short;
    // "Translation (Brazilian Portuguese)", "Translation into Spanish".
    let words = bare.replace(&language, short);
    let all = |name: &str| {
        let mut words = name.split([' ', '(', ')']).filter(|word| !word.is_empty());
        words.all(|word| known(word) || ["in", "into", "to"].contains(&word))
    };
    let label = known(&bare) || (!words.trim().is_empty() && all(&words));
    let hosts_own = source.to_lowercase().trim_start().starts_with(&bare);
    if label && !hosts_own { rest.trim_start_matches('*').trim() } else { text }
}

const QUOTES: &[(char, char)] = &[
    ('"', '"'),
    ('“', '”'),
    ('”', '”'),
    ('„', '“'),
    ('«', '»'),
    ('\'', '\''),
    ('‘', '’'),
    ('`', '`'),
    ('「', '」'),
    ('『', '』'),
];

/// Takes quotes, or bold print, off that the answer stands in and the host's sentence does not.
fn unwrapped<'a>(text: &'a str, source: &str) -> &'a str {
    let bold = text.strip_prefix("**").and_then(|rest| rest.strip_suffix("**"));
    let text = bold.filter(|inner| !inner.contains("**")).unwrap_or(text);
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else { return text };
    let quoted = source.trim().starts_with(|ch| QUOTES.iter().any(|(open, _)| *open == ch));
    if quoted || !QUOTES.contains(&(first, last)) {
        return text;
    }
    let inner = text.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    // "A" and "B": the outer ones are no pair.
    inner.filter(|inner| !inner.contains([first, last])).map_or(text, str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn es(answer: &str) -> Result<String, Unfit> {
        clean(answer, "七天内发货", "Spanish")
    }

    #[test]
    fn wrappings_come_off() {
        for answer in [
            "Envío en 7 días.",
            "  Envío en 7 días.\n",
            "\"Envío en 7 días.\"",
            "“Envío en 7 días.”",
            "«Envío en 7 días.»",
            "```\nEnvío en 7 días.\n```",
            "```text\nEnvío en 7 días.\n```",
            "`Envío en 7 días.`",
            "**Envío en 7 días.**",
            "Translation: Envío en 7 días.",
            "Traducción: \"Envío en 7 días.\"",
            "\"Spanish: Envío en 7 días.\"",
            "Spanish translation: Envío en 7 días.",
            "Translation (Spanish): Envío en 7 días.",
            "**Translation:** Envío en 7 días.",
            "<think>七天 is 7 days.\nSo…</think>\n\nEnvío en 7 días.",
            "Okay, 7 days.</think>Envío en 7 días.",
        ] {
            assert_eq!(es(answer).as_deref(), Ok("Envío en 7 días."), "{answer:?}");
        }
        let br = clean("Brazilian Portuguese: Envio em 7 dias.", "七天内发货", "Brazilian Portuguese");
        assert_eq!(br.as_deref(), Ok("Envio em 7 dias."));
    }

    #[test]
    fn what_belongs_to_the_sentence_stays() {
        for (source, answer) in [
            ("他说“好”", "Dijo \"bien\" y \"gracias\""),
            ("“好”和“坏”", "\"bien\""),
            ("颜色：红", "Color: rojo."),
            ("价格：五块", "Precio: CNY 5."),
            ("翻译：小王", "Traducción: Wang."),
            ("不好意思，没有红色", "Lo siento, no hay rojo."),
            ("当然可以", "Claro, se puede."),
        ] {
            let expected = if source.starts_with("翻译") { "Wang." } else { answer };
            assert_eq!(clean(answer, source, "Spanish").as_deref(), Ok(expected), "{source}");
        }
        assert_eq!(clean("output: 5 W", "output: 5 W", "English").as_deref(), Ok("output: 5 W"));
    }

    #[test]
    fn refusals_remarks_and_notes_are_not_shown() {
        for answer in [
            "I'm sorry, but I can't assist with that.",
            "Sorry, I cannot translate this.",
            "As an AI language model, I have no price.",
            "Lo siento, no puedo traducir eso.",
            "Sure, here is the translation: Envío en 7 días.",
            "Here is the translation: Envío en 7 días.",
            "The translation of the text is Envío en 7 días.",
            "Envío en 7 días. (Note: 7 days may vary.)",
            "Envío en 7 días (literally: ship within 7 days).",
            "抱歉，我无法翻译。",
        ] {
            assert_eq!(es(answer), Err(Unfit::Remark), "{answer:?}");
        }
    }

    #[test]
    fn several_lines_thoughts_without_end_and_markup_are_not_shown() {
        assert_eq!(es("Envío en 7 días.\n\nEnvío dentro de 7 días."), Err(Unfit::Lines));
        assert_eq!(es("- Envío en 7 días.\n- Nota"), Err(Unfit::Lines));
        assert_eq!(es("<think>七天 is"), Err(Unfit::Thinking));
        assert_eq!(es("Envío en 7 días.<|im_end|>"), Err(Unfit::Markup));
        assert_eq!(es("Envío en **7** días."), Err(Unfit::Markup));
        for empty in ["", " \n", "\"\"", "``````", "<think>x</think>", "Translation:"] {
            assert_eq!(es(empty), Err(Unfit::Empty), "{empty:?}");
        }
    }
}

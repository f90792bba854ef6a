//! Sentences that the model is shown with their translation before the first that it translates. They stand in front of
//! every prompt, so they are read once. Measured with Qwen2.5-Coder-1.5B, zh to en: without them it prefaced answers with
//! "Here is the translation:" and sent goods for Rotterdam to London; with them it did neither, and ten sentences of ten
//! were right instead of nine. They teach the form: money by its code, digits, names carried over.

use crate::domain::Lang;
use crate::translate::prompt::{Ask, RULES};

/// Source and target language, what was said, what it is.
const EXAMPLES: [(&str, &str, &str, &str); 5] = [
    (
        "zh",
        "en",
        "这款水杯单价5.2美元，起订量300个。",
        "This cup is USD 5.20 each, minimum order 300 pieces.",
    ),
    ("zh", "es", "我们下周二发货。", "Enviamos el próximo martes."),
    ("en", "fr", "You can return it within 14 days.", "Vous pouvez le retourner sous 14 jours."),
    ("zh", "pt-BR", "这个材质很轻，只有200克。", "Este material é muito leve, apenas 200 g."),
    ("zh", "ru", "颜色有红色和蓝色。", "Есть красный и синий цвета."),
];

/// What stands before them.
pub(super) fn rules() -> String {
    RULES.to_owned()
}

/// As they are asked, with their answers.
pub(super) fn examples() -> Vec<(String, String)> {
    EXAMPLES
        .iter()
        .filter_map(|(source, target, text, answer)| {
            let (source, target) = (Lang::parse(source).ok()?, Lang::parse(target).ok()?);
            let ask = Ask { text, source: &source, target: &target, context: &[], glossary: &[] };
            Some((ask.prompt()?.user, (*answer).to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_shown_in_the_form_in_which_sentences_are_asked() {
        let shown = examples();
        assert_eq!(shown.len(), EXAMPLES.len());
        assert!(shown[0].0.contains("English") && shown[0].0.contains("5.2美元"), "{}", shown[0].0);
    }
}

//! What a model says in its own name: refusals, greetings to whoever asked, notes. Collected from what small models
//! answer; a list that misses one shows it, a list that is too long only hands the sentence to the next engine.

/// A refusal, a greeting to whoever asked, or a note. An apology or a "sure" that the host made is none.
pub(super) fn is_remark(text: &str, source: &str) -> bool {
    let (text, source) = (text.to_lowercase(), source.to_lowercase());
    let host_may = |phrase: &str| source.contains(phrase) || speaks_so(&source, phrase);
    let opening = OPENINGS.iter().any(|phrase| text.starts_with(phrase) && !host_may(phrase));
    opening || ANYWHERE.iter().any(|phrase| text.contains(phrase) && !host_may(phrase))
}

/// Beginnings of what a model says in its own name.
const OPENINGS: &[&str] = &[
    "sure,",
    "sure!",
    "sure.",
    "certainly",
    "of course,",
    "of course!",
    "here is the translation",
    "here's the translation",
    "here is a translation",
    "the translation is",
    "the translation of",
    "the translated",
    "the text ",
    "this text ",
    "this sentence ",
    "the sentence ",
    "it seems",
    "it looks like",
    "i'm sorry",
    "i am sorry",
    "sorry, ",
    "sorry but",
    "i apologize",
    "i can't ",
    "i cannot ",
    "i can not ",
    "unfortunately, i",
    "claro,",
    "claro!",
    "aquí está la traducción",
    "aquí tienes",
    "la traducción es",
    "lo siento",
    "aqui está a tradução",
    "bien sûr",
    "voici la traduction",
    "je suis désolé",
    "конечно,",
    "вот перевод",
    "извините",
    "عذرا",
    "بالطبع",
    "抱歉",
    "对不起",
    "很抱歉",
    "好的，以下",
    "以下是",
    "当然",
];

/// Whatever the sentence, a host does not say these.
const ANYWHERE: &[&str] = &[
    "as an ai",
    "as a language model",
    "language model",
    "modelo de lenguaje",
    "modelo de linguagem",
    "modèle de langage",
    "языковая модель",
    "cannot translate",
    "can't translate",
    "unable to translate",
    "can't assist",
    "cannot assist",
    "(note:",
    "note:",
    "(literally",
    "(translation",
    "(lit.",
    "[note",
    "translator's note",
    "(注",
    "（注",
    "nota:",
    "remarque :",
    "примечание:",
    "target language",
    "source text",
];

/// Whether the host's words may well come out as this opening.
fn speaks_so(source: &str, phrase: &str) -> bool {
    let any = |words: &[&str]| words.iter().any(|word| source.contains(word));
    match phrase {
        "i'm sorry" | "i am sorry" | "sorry, " | "sorry but" | "i apologize" | "lo siento"
        | "je suis désolé" | "извините" | "عذرا" | "抱歉" | "对不起" | "很抱歉" => {
            any(&["抱歉", "对不起", "不好意思", "sorry", "apolog"])
        }
        "sure," | "sure!" | "sure." | "certainly" | "of course," | "of course!" | "claro," | "claro!"
        | "bien sûr" | "конечно," | "بالطبع" | "当然" => {
            any(&["当然", "没问题", "可以", "sure", "of course", "certainly"])
        }
        "i can't " | "i cannot " | "i can not " | "unfortunately, i" => {
            any(&["我不能", "我没法", "我没办法", "i can", "unfortunately"])
        }
        "the text " | "this text " => any(&["字", "文", "text"]),
        "note:" | "(note:" | "nota:" | "remarque :" | "примечание:" => {
            any(&["注意", "备注", "note"])
        }
        "it seems" | "it looks like" => any(&["好像", "看起来", "看上去", "似乎", "seem", "look"]),
        "以下是" => any(&["here", "follow", "below"]),
        _ => false,
    }
}

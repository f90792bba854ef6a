//! Words that multiply a number in digits, by language: what engines other than the phrasebook write for large numbers.

use super::digits::Scale;

/// The words of a language (BCP 47 without region); none for those that write digits only or are read elsewhere.
pub(super) fn scales(lang: &str) -> &'static [Scale] {
    match lang {
        "es" => ES,
        "pt" => PT,
        "fr" => FR,
        "ru" => RU,
        "ar" => AR,
        "tr" => TR,
        "vi" => VI,
        "th" => TH,
        "id" => ID,
        "hi" => HI,
        "sw" => SW,
        "ca" => CA,
        "gl" => GL,
        _ => &[],
    }
}

const fn behind(word: &'static str, by: u64) -> Scale {
    Scale { word, by, before: false }
}

const fn before(word: &'static str, by: u64) -> Scale {
    Scale { word, by, before: true }
}

const ES: &[Scale] = &[
    behind("mil", 1000),
    behind("millón", 1_000_000),
    behind("millones", 1_000_000),
    behind("mil millones", 1_000_000_000),
];
const PT: &[Scale] = &[
    behind("mil", 1000),
    behind("milhão", 1_000_000),
    behind("milhões", 1_000_000),
    behind("bilhão", 1_000_000_000),
    behind("bilhões", 1_000_000_000),
];
const FR: &[Scale] = &[
    behind("mille", 1000),
    behind("million", 1_000_000),
    behind("millions", 1_000_000),
    behind("milliard", 1_000_000_000),
    behind("milliards", 1_000_000_000),
];
const RU: &[Scale] = &[
    behind("тыс.", 1000),
    behind("тыс", 1000),
    behind("тысяча", 1000),
    behind("тысячи", 1000),
    behind("тысяч", 1000),
    behind("млн", 1_000_000),
    behind("млн.", 1_000_000),
    behind("миллион", 1_000_000),
    behind("миллиона", 1_000_000),
    behind("миллионов", 1_000_000),
    behind("млрд", 1_000_000_000),
    behind("миллиард", 1_000_000_000),
    behind("миллиарда", 1_000_000_000),
    behind("миллиардов", 1_000_000_000),
];
const AR: &[Scale] = &[
    behind("ألف", 1000),
    behind("ألفًا", 1000),
    behind("ألفا", 1000),
    behind("آلاف", 1000),
    behind("مليون", 1_000_000),
    behind("مليونًا", 1_000_000),
    behind("ملايين", 1_000_000),
    behind("مليار", 1_000_000_000),
    behind("مليارات", 1_000_000_000),
];
const TR: &[Scale] = &[behind("bin", 1000), behind("milyon", 1_000_000), behind("milyar", 1_000_000_000)];
const VI: &[Scale] = &[
    behind("nghìn", 1000),
    behind("ngàn", 1000),
    behind("triệu", 1_000_000),
    behind("tỷ", 1_000_000_000),
    behind("tỉ", 1_000_000_000),
];
const TH: &[Scale] =
    &[behind("พัน", 1000), behind("หมื่น", 10_000), behind("แสน", 100_000), behind("ล้าน", 1_000_000)];
const ID: &[Scale] = &[behind("ribu", 1000), behind("juta", 1_000_000), behind("miliar", 1_000_000_000)];
const HI: &[Scale] = &[
    behind("हज़ार", 1000),
    behind("हजार", 1000),
    behind("लाख", 100_000),
    behind("करोड़", 10_000_000),
    behind("मिलियन", 1_000_000),
];
const SW: &[Scale] = &[
    before("elfu", 1000),
    before("laki", 100_000),
    before("milioni", 1_000_000),
    before("bilioni", 1_000_000_000),
];
const CA: &[Scale] = &[
    behind("mil", 1000),
    behind("milió", 1_000_000),
    behind("milions", 1_000_000),
    behind("mil milions", 1_000_000_000),
];
const GL: &[Scale] = &[
    behind("mil", 1000),
    behind("millón", 1_000_000),
    behind("millóns", 1_000_000),
    behind("mil millóns", 1_000_000_000),
];

//! Words for units, per cent and "below zero" that engines other than the phrasebook write beside a number, where the
//! pack itself has an abbreviation or another word. They are only read, never shown.

use crate::domain::Lang;

/// Beginnings of words by unit key, in the languages of the packs; longer ones win.
#[rustfmt::skip] // a table, read by rows
const STEMS: [(&str, &[&str]); 29] = [
    ("second", &["second", "segundo", "secondes", "секунд", "ثاني", "ثوان", "saniye", "giây", "วินาที", "detik", "सेकंड", "sekunde"]),
    ("minute", &["minut", "минут", "دقيق", "دقائق", "dakika", "phút", "นาที", "menit", "मिनट", "dakika"]),
    ("hour", &["hour", "hora", "heure", "час", "часа", "часов", "ساع", "saat", "giờ", "tiếng", "ชั่วโมง", "jam", "घंट", "घण्ट", "saa"]),
    ("day", &["day", "día", "dia", "jour", "дня", "дней", "дни", "ден", "день", "يوم", "أيام", "gün", "ngày", "วัน", "hari", "दिन", "siku"]),
    ("workday", &["working day", "business day", "días hábil", "día hábil", "días laborable", "día laborable", "dias úteis",
        "dia útil", "jours ouvr", "jour ouvr", "рабочих дн", "рабочий ден", "рабочего дн", "рабочие дн", "أيام عمل",
        "يوم عمل", "iş gün", "ngày làm việc", "วันทำการ", "วันทำงาน", "hari kerja", "कार्य दिवस", "कार्यदिवस", "कामकाजी दिन", "वर्किंग डे"]),
    ("week", &["week", "semana", "semaine", "недел", "أسبوع", "أسابيع", "hafta", "tuần", "สัปดาห์", "อาทิตย์", "minggu", "हफ़्त", "हफ्त", "सप्ताह", "wiki"]),
    ("month", &["month", "mes", "mês", "mois", "месяц", "شهر", "أشهر", "ay", "tháng", "เดือน", "bulan", "महीन", "माह", "mwezi", "miezi"]),
    ("year", &["year", "año", "ano", "an", "лет", "год", "سنة", "سنوات", "عام", "أعوام", "yıl", "sene", "năm", "ปี", "tahun", "साल", "वर्ष", "mwaka", "miaka"]),
    ("gram", &["gram", "грамм", "جرام", "غرام", "กรัม", "ग्राम"]),
    ("kilogram", &["kilo", "quilo", "килограмм", "кило", "كيلو", "กิโล", "किलो", "ký", "cân", "kg", "кг", "كجم", "كغ"]),
    ("kilowatt", &["kilowatt", "kilovat", "quilowatt", "киловатт", "كيلوواط", "กิโลวัตต์", "किलोवाट", "kw", "квт"]),
    ("tonne", &["tonne", "tonelada", "тонн", "طن", "ton", "tấn", "ตัน", "टन", "tani"]),
    ("millimetre", &["milím", "milim", "millim", "миллиметр", "ملم", "مليمتر", "มิลลิเมตร", "मिलीमीटर", "mm", "мм", "मिमी"]),
    ("centimetre", &["centím", "centimet", "centimè", "сантиметр", "سنتيمتر", "سم", "santim", "xăng", "เซนติเมตร", "เซ็นติเมตร", "ซม", "sentim", "सेंटीमीटर", "सेमी", "cm", "см"]),
    ("metre", &["metr", "mètre", "метр", "متر", "mét", "เมตร", "meter", "मीटर", "mita"]),
    ("kilometre", &["kilóm", "quilôm", "kilom", "километр", "كيلومتر", "กิโลเมตร", "किलोमीटर", "km", "км"]),
    ("inch", &["inch", "pulgada", "polegada", "pouce", "дюйм", "بوصة", "inç", "นิ้ว", "inci", "इंच", "inchi"]),
    ("millilitre", &["milil", "millil", "миллилитр", "مليلتر", "ملليلتر", "مل", "มิลลิลิตร", "มล", "मिलीलीटर", "मिली", "ml", "мл"]),
    ("litre", &["litr", "liter", "литр", "لتر", "lít", "ลิตร", "लीटर", "lita"]),
    ("watt", &["watt", "vatio", "ватт", "واط", "วัตต์", "वॉट", "वाट", "wati"]),
    ("volt", &["volt", "voltio", "вольт", "فولت", "โวลต์", "वोल्ट", "volti"]),
    ("lumen", &["lumen", "lúmen", "люмен", "لومن", "ลูเมน", "लुमेन", "ल्यूमेन"]),
    ("milliamp-hour", &["mah", "мач", "мА", "มิลลิแอมป์", "miliamp", "मिलीएम्पियर", "milliamp", "مللي أمبير", "ملي أمبير"]),
    ("celsius", &["grado", "grau", "degré", "градус", "درج", "derece", "độ", "องศา", "derajat", "डिग्री", "digrii", "nyuzi", "°c", "℃"]),
    ("dozen", &["dozen", "docena", "dúzia", "duzia", "douzaine", "дюжин", "دزينة", "دزينات", "دزين", "düzine", "tá", "โหล", "lusin", "दर्जन", "dazeni", "打"]),
    ("decibel", &["decib", "décib", "децибел", "дб", "ديسيبل", "ดีเบล", "เดซิเบล", "desibel", "đề-xi-ben", "डेसिबल", "desibeli", "db", "分贝"]),
    ("rpm", &["rpm", "r/min", "rev/min", "revoluciones por minuto", "rotações por minuto", "tours par minute", "tours/min", "tr/min", "об/мин", "оборот",
        "دورة في الدقيقة", "لفة في الدقيقة", "dev/dak", "devir", "vòng/phút", "vòng mỗi phút", "รอบต่อนาที", "รอบ/นาที", "putaran per menit", "आरपीएम", "mizunguko kwa dakika", "转"]),
    ("gram-per-square-metre", &["gsm", "g/m²", "g/m2", "г/м²", "г/м2", "gramos por metro cuadrado", "gramas por metro quadrado", "grammes par mètre carré", "грамм на квадратный метр",
        "граммов на квадратный метр", "غرام/م²", "جم/م²", "غ/م²", "gram/m²", "กรัม/ตร.ม", "กรัมต่อตารางเมตร", "g/mét vuông", "gram per meter persegi", "ग्राम प्रति वर्ग मीटर", "gramu kwa mita"]),
    ("person", &["person", "people", "pessoa", "personne", "человек", "شخص", "kişi", "người", "คน", "orang", "लोग", "watu"]),
];

/// Words for per cent, behind the number or before it.
const PERCENT: [&str; 15] = [
    "percent",
    "per cent",
    "por ciento",
    "por cento",
    "pour cent",
    "процент",
    "بالمئة",
    "بالمائة",
    "في المئة",
    "في المائة",
    "phần trăm",
    "เปอร์เซ็นต์",
    "persen",
    "प्रतिशत",
    "फ़ीसदी",
];
const PERCENT_BEFORE: [&str; 2] = ["yüzde", "asilimia"];

/// Directly before a number that is below zero.
const MINUS: [&str; 15] = [
    "-",
    "−",
    "零下",
    "负",
    "minus",
    "negative",
    "menos",
    "moins",
    "минус",
    "سالب",
    "ناقص",
    "eksi",
    "âm",
    "ลบ",
    "माइनस",
];
/// Near it, mostly behind.
const BELOW: [&str; 16] = [
    "below zero",
    "bajo cero",
    "sota zero",
    "baixo cero",
    "abaixo de zero",
    "negativos",
    "dessous de zéro",
    "ниже нуля",
    "تحت الصفر",
    "sıfırın altında",
    "dưới không",
    "ต่ำกว่าศูนย์",
    "di bawah nol",
    "शून्य से नीचे",
    "chini ya sifuri",
    "hasi",
];

/// "More than", directly before a number or behind it.
#[rustfmt::skip] // a table, read by languages
const MORE_THAN: [&str; 46] = [
    "over", "more than", "above", "at least", "from", "más de", "mas de", "mais de", "acima de", "plus de", "plus d’", "au moins",
    "более", "больше", "свыше", "от", "не менее", "أكثر من", "أزيد من", "يزيد عن", "ما يزيد على", "en az", "hơn", "trên",
    "มากกว่า", "กว่า", "เกิน", "เกินกว่า", "lebih dari", "di atas", "से अधिक", "से ज़्यादा", "से ज्यादा", "zaidi ya", "超过", "多", "余",
    "以上", "'den fazla", "'dan fazla", "'ten fazla", "'tan fazla", "fazla", "aşkın", "lebih", "अधिक",
];

/// Is it said of the number that there is more: `20+`, "más de 20", 二十多?
pub(super) fn more_than(before: &str, after: &str) -> bool {
    let (before, behind) = (before.trim_end().to_lowercase(), after.trim_start().to_lowercase());
    let mut words = behind.split([',', '，', '.', '。', ';']).next().unwrap_or_default().char_indices();
    let near = words.nth(32).map_or(behind.as_str(), |(at, _)| behind.get(..at).unwrap_or_default());
    after.starts_with('+') || MORE_THAN.iter().any(|word| before.ends_with(word) || near.contains(word))
}

/// The unit that the text behind a number (in Swahili before it, in lower case) names.
pub(super) fn unit_of(before: &str, after: &str, lang: &Lang) -> Option<&'static str> {
    let after = after.to_lowercase();
    let after = ["de ", "d’"].iter().find_map(|of| after.strip_prefix(of)).unwrap_or(&after);
    let ahead = before.rsplit([' ', '\u{a0}']).next().filter(|_| lang.primary() == "sw");
    let named = STEMS.iter().flat_map(|(unit, stems)| stems.iter().map(move |stem| (*unit, *stem)));
    let found = named.filter(|(_, stem)| {
        // The shortest are whole words, or nearly: `an` is a year, but not `anillos`. Thai has no spaces.
        let rest = after.strip_prefix(stem);
        let thai = |ch: char| ('\u{e00}'..='\u{e7f}').contains(&ch);
        let letters = |rest: &str| rest.chars().take_while(|ch| ch.is_alphabetic() && !thai(*ch)).count();
        let whole =
            |rest: &str| stem.chars().count() > 3 || letters(rest.strip_prefix('s').unwrap_or(rest)) == 0;
        rest.is_some_and(whole) || ahead.is_some_and(|word| word == *stem)
    });
    found.max_by_key(|(_, stem)| stem.len()).map(|(unit, _)| unit)
}

/// Is a word of the unit anywhere in the text? The short ones are too easily inside another word.
pub(super) fn names(unit: &str, text: &str) -> bool {
    let text = text.to_lowercase();
    let stems = STEMS.iter().filter(|(key, _)| *key == unit).flat_map(|(_, stems)| stems.iter());
    stems.filter(|stem| stem.chars().count() > 3).any(|stem| text.contains(stem))
}

/// Does a word for per cent stand beside the number?
pub(super) fn percent_word(before: &str, after: &str) -> bool {
    let after = after.to_lowercase();
    PERCENT.iter().any(|word| after.starts_with(word))
        || PERCENT_BEFORE.iter().any(|word| before.ends_with(word))
}

/// Is the number below zero: surely, by what stands directly beside it, and perhaps, by a word nearby.
pub(super) fn below_zero(before: &str, after: &str) -> (bool, bool) {
    let marks = |ch: char| matches!(ch, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}');
    let close = before.trim_end_matches(marks);
    let near: String = close.chars().rev().take_while(|ch| !ch.is_numeric()).take(30).collect();
    let near = near.chars().rev().collect::<String>().to_lowercase();
    let words = near.trim_end();
    let minus = MINUS.iter().any(|word| {
        let Some(head) =
            (if word.chars().count() == 1 { near.strip_suffix(word) } else { words.strip_suffix(word) })
        else {
            return false;
        };
        // 15-20, HY-500 and "(a) - 3" are no negative numbers: a sign has a space or nothing before it.
        let sign = matches!(*word, "-" | "−");
        let joined = close.chars().rev().nth(1).is_some_and(char::is_alphanumeric);
        let inside = head.ends_with(|ch: char| ch.is_alphabetic()) && word.is_ascii();
        if sign { !joined } else { !inside }
    });
    let behind: String = after.chars().take_while(|ch| !ch.is_numeric()).take(40).collect();
    let behind = behind.to_lowercase();
    let frost = |text: &str| BELOW.iter().any(|word| text.contains(word));
    let clause = behind.split([',', '，', '。', '.']).next().unwrap_or_default();
    let sure = ["below zero", "bajo cero", "sota zero", "baixo cero", "ниже нуля"];
    let direct = minus || sure.iter().any(|word| clause.contains(word));
    (direct, direct || frost(&behind) || frost(&near))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_in_words_of_the_packs_languages() {
        for (lang, before, after, unit) in [
            ("es", "", "gramos de peso", Some("gram")),
            ("es", "", "de kilogramos", Some("kilogram")),
            ("fr", "", "ans", Some("year")),
            ("es", "", "anillos", None),
            ("ru", "", "рабочих дней", Some("workday")),
            ("th", "", "กิโลกรัม", Some("kilogram")),
            ("sw", "kwa siku", "", Some("day")),
            ("es", "kwa siku", "", None),
        ] {
            assert_eq!(unit_of(before, after, &Lang::parse(lang).unwrap()), unit, "{before} {after}");
        }
    }

    #[test]
    fn below_zero_is_told_by_signs_and_words() {
        for (before, after) in [
            ("到 -", "℃"),
            ("零下", "度"),
            ("from minus ", " to"),
            ("de ", " °C bajo cero a"),
            ("sıfırın altında ", ""),
        ] {
            assert!(below_zero(before, after).1, "{before} {after}");
        }
        for (before, after) in [("15-", " días"), ("HY-", ""), ("a ", " °C")] {
            assert_eq!(below_zero(before, after), (false, false), "{before} {after}");
        }
    }
}

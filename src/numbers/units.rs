//! Words that make a number a quantity, with the unit keys of `lang-packs/*/units.toml`.

use super::text::Text;

/// Whether two units can stand for each other: counts can (pieces, units, sets), measures cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    Count,
    Time,
    Measure,
}

impl Dimension {
    /// Of a unit key. Unknown keys are counts.
    pub fn of(unit: &str) -> Self {
        match unit {
            "second" | "minute" | "hour" | "day" | "workday" | "week" | "month" | "year" => Self::Time,
            "milligram"
            | "gram"
            | "kilogram"
            | "tonne"
            | "pound"
            | "ounce"
            | "ampere"
            | "millimetre"
            | "centimetre"
            | "metre"
            | "kilometre"
            | "inch"
            | "square-metre"
            | "cubic-metre"
            | "millilitre"
            | "litre"
            | "lumen"
            | "milliamp-hour"
            | "amp-hour"
            | "watt"
            | "kilowatt"
            | "watt-hour"
            | "kilowatt-hour"
            | "volt"
            | "hertz"
            | "celsius"
            | "pascal"
            | "gram-per-square-metre"
            | "decibel"
            | "rpm"
            | "gigabyte"
            | "terabyte"
            | "kilometre-per-hour"
            | "bar" => Self::Measure,
            _ => Self::Count,
        }
    }
}

/// A word for a unit, its key, and halves of the unit that one stands for (2: one; 1: 斤 is half a kilogram).
type Entry = (&'static str, &'static str, u8);

/// The Chinese unit at `at`: its end, key and halves. Longest first.
pub(super) fn chinese_unit(text: &Text, at: usize) -> Option<(usize, &'static str, u8)> {
    let found = CHINESE
        .iter()
        .filter_map(|(word, key, halves)| Some((text.word(at, word)?, *key, *halves)))
        .max_by_key(|(end, _, _)| *end)
        .or_else(|| symbol(text, at))?;
    let (end, key, halves) = found;
    let next = text.get(end);
    let follows = |words: &[&str]| words.iter().any(|word| text.word(end, word).is_some());
    match key {
        "step" if follows(&["检", "质检", "严格检", "质量检"]) => Some((end, "inspection", halves)),
        // 一次性 is "disposable", 十人 is people but 个人 is personal, 三个点 is percentage points.
        "time" if next == Some('性') => None,
        "piece" if follows(&["百分点", "点", "档"]) => None,
        // 三把 is pieces, 张三 is a name; 种植, 包装, 包邮, 米饭, 层次, 道理, 度假 and their kind are words of their own.
        "kind" if next == Some('植') => None,
        "pack" if matches!(next, Some('装' | '邮' | '退' | '换' | '含' | '括')) => None,
        "metre" if matches!(next, Some('饭' | '粉')) => None,
        "layer" if matches!(next, Some('次' | '面')) => None,
        // 八个工人, 三个客服: who is counted is no piece.
        "piece" if text.before(end) == Some('个') && PEOPLE.iter().any(|who| follows(&[who])) => {
            Some((end, "person", halves))
        }
        // 一打开, 打折, 打包, …; 转账, 转运, …; 一双层.
        "dozen"
            if next.is_some_and(|ch| {
                "开折算包样印字电造磨扰赏卡听出破动击广理孔版入钱点个在架烊死".contains(ch)
            }) =>
        {
            None
        }
        "rpm" if next.is_some_and(|ch| "账化让速运到接换动人发移向身弯头给手".contains(ch)) => {
            None
        }
        // 三巴掌, 五巴士.
        "bar" if next.is_some_and(|ch| "掌士西黎勒基厘拉".contains(ch)) => None,
        // The word behind the sign stays the pattern's own.
        "gigabyte" if text.get(at) == Some('G') => Some((at + 1, key, halves)),
        "pair" if matches!(next, Some('层' | '面' | '十')) => None,
        "piece" if next == Some('本') || follows(&["件代发"]) => None,
        _ => Some(found),
    }
}

/// The English unit word at `at`.
pub(super) fn english_unit(text: &Text, at: usize) -> Option<(usize, &'static str, u8)> {
    let found = ENGLISH
        .iter()
        .filter_map(|(word, key, halves)| Some((text.latin(at, word)?, *key, *halves)))
        .max_by_key(|(end, _, _)| *end)
        .or_else(|| symbol(text, at))?;
    let next = text.skip_spaces(found.0);
    let follows = |words: &[&str]| words.iter().any(|word| text.latin(next, word).is_some());
    match found.1 {
        // Another scale, or an angle.
        "celsius" if follows(&["fahrenheit", "f", "angle", "rotation", "of rotation", "wide"]) => None,
        // "two bar stools", "three bar codes".
        "bar"
            if follows(&[
                "stool", "stools", "code", "codes", "counter", "table", "tables", "of", "chair", "chairs",
            ]) =>
        {
            None
        }
        _ => Some(found),
    }
}

/// Signs that both languages write: `500ml`, `25 cm`. A capital tells watt from nothing, but `G` is not a gram.
fn symbol(text: &Text, at: usize) -> Option<(usize, &'static str, u8)> {
    SYMBOLS
        .iter()
        .filter_map(|(word, key)| Some((text.word(at, word)?, *key, 2)))
        .filter(|(end, _, _)| text.get(*end).is_none_or(|next| !next.is_ascii_alphanumeric()))
        .max_by_key(|(end, _, _)| *end)
}

#[rustfmt::skip] // a table, read by rows
const SYMBOLS: [(&str, &str); 66] = [
    ("g", "gram"), ("mg", "milligram"), ("oz", "ounce"), ("kg", "kilogram"), ("KG", "kilogram"), ("Kg", "kilogram"), ("t", "tonne"), ("mm", "millimetre"),
    ("MM", "millimetre"), ("cm", "centimetre"), ("CM", "centimetre"), ("m", "metre"), ("km", "kilometre"),
    ("m²", "square-metre"), ("㎡", "square-metre"), ("m³", "cubic-metre"), ("ml", "millilitre"),
    ("mL", "millilitre"), ("ML", "millilitre"), ("l", "litre"), ("L", "litre"), ("lm", "lumen"), ("lumens", "lumen"),
    ("mAh", "milliamp-hour"), ("mah", "milliamp-hour"), ("MAH", "milliamp-hour"), ("MAh", "milliamp-hour"),
    ("mA", "milliamp-hour"), ("Ah", "amp-hour"), ("W", "watt"), ("w", "watt"), ("kW", "kilowatt"),
    ("KW", "kilowatt"), ("Wh", "watt-hour"), ("kWh", "kilowatt-hour"), ("V", "volt"), ("v", "volt"), ("Hz", "hertz"),
    ("hz", "hertz"), ("°C", "celsius"), ("℃", "celsius"), ("h", "hour"), ("min", "minute"), ("s", "second"),
    ("pcs", "piece"), ("PCS", "piece"), ("pc", "piece"), ("Pa", "pascal"), ("\"", "inch"),
    ("dB", "decibel"), ("db", "decibel"), ("DB", "decibel"), ("rpm", "rpm"), ("RPM", "rpm"), ("r/min", "rpm"),
    ("gsm", "gram-per-square-metre"), ("GSM", "gram-per-square-metre"), ("g/m²", "gram-per-square-metre"),
    ("g/㎡", "gram-per-square-metre"), ("g/m2", "gram-per-square-metre"), ("克/㎡", "gram-per-square-metre"),
    ("克/m²", "gram-per-square-metre"), ("GB", "gigabyte"), ("TB", "terabyte"), ("km/h", "kilometre-per-hour"), ("bar", "bar"),
];

/// Who is counted with 个: what they are called goes before what the measure word says.
#[rustfmt::skip] // a table, read by rows
const PEOPLE: [&str; 36] = [
    "员工", "工人", "客服", "师傅", "设计师", "工程师", "技术员", "技术人员", "质检", "检验员", "业务员", "业务", "销售", "老师",
    "同事", "主播", "客户", "朋友", "粉丝", "老板", "买家", "学生", "孩子", "小孩", "小朋友", "宝宝", "模特", "操作", "熟练",
    "女工", "男工", "人员", "专家", "学徒", "助理", "经理",
];

#[rustfmt::skip] // a table, read by rows
const CHINESE: [Entry; 128] = [
    ("个", "piece", 2), ("件", "piece", 2), ("只", "piece", 2), ("支", "piece", 2), ("枝", "piece", 2),
    ("条", "piece", 2), ("把", "piece", 2), ("张", "piece", 2), ("双", "pair", 2), ("颗", "piece", 2),
    ("枚", "piece", 2), ("片", "piece", 2), ("粒", "piece", 2), ("根", "piece", 2), ("本", "piece", 2),
    ("份", "piece", 2), ("盏", "piece", 2), ("台", "unit", 2), ("部", "unit", 2), ("辆", "unit", 2),
    ("架", "unit", 2), ("套", "set", 2), ("组", "set", 2), ("箱", "carton", 2), ("盒", "box", 2), ("包", "pack", 2),
    ("袋", "pack", 2), ("瓶", "bottle", 2), ("对", "pair", 2), ("副", "pair", 2), ("款", "model", 2),
    ("种", "kind", 2), ("个人", "person", 2), ("人", "person", 2), ("位", "person", 2), ("名", "person", 2),
    ("次", "time", 2), ("遍", "time", 2), ("回", "time", 2), ("层", "layer", 2), ("道", "step", 2),
    ("项", "item", 2), ("个柜", "container", 2), ("个货柜", "container", 2), ("个集装箱", "container", 2),
    ("柜", "container", 2), ("托盘", "pallet", 2), ("个托盘", "pallet", 2), ("托", "pallet", 2),
    ("秒", "second", 2), ("秒钟", "second", 2), ("分钟", "minute", 2), ("小时", "hour", 2), ("个小时", "hour", 2),
    ("钟头", "hour", 2), ("个钟头", "hour", 2), ("个钟", "hour", 2), ("天", "day", 2), ("工作日", "workday", 2),
    ("个工作日", "workday", 2), ("周", "week", 2), ("个星期", "week", 2), ("星期", "week", 2), ("个礼拜", "week", 2),
    ("礼拜", "week", 2), ("个月", "month", 2), ("年", "year", 2), ("克", "gram", 2), ("公斤", "kilogram", 2),
    ("千克", "kilogram", 2), ("斤", "kilogram", 1), ("吨", "tonne", 2), ("毫克", "milligram", 2), ("盎司", "ounce", 2), ("安培", "ampere", 2), ("毫米", "millimetre", 2),
    ("厘米", "centimetre", 2), ("公分", "centimetre", 2), ("米", "metre", 2), ("公里", "kilometre", 2),
    ("千米", "kilometre", 2), ("英寸", "inch", 2), ("寸", "inch", 2), ("平方米", "square-metre", 2),
    ("平米", "square-metre", 2), ("平方", "square-metre", 2), ("立方米", "cubic-metre", 2),
    ("立方", "cubic-metre", 2), ("毫升", "millilitre", 2), ("升", "litre", 2), ("流明", "lumen", 2),
    ("毫安", "milliamp-hour", 2), ("毫安时", "milliamp-hour", 2), ("安时", "amp-hour", 2), ("瓦", "watt", 2),
    ("千瓦", "kilowatt", 2), ("伏", "volt", 2), ("摄氏度", "celsius", 2), ("度", "celsius", 2),
    ("打", "dozen", 2), ("分贝", "decibel", 2), ("转", "rpm", 2), ("转每分", "rpm", 2), ("转每分钟", "rpm", 2),
    ("转一分钟", "rpm", 2), ("转/分", "rpm", 2), ("转/分钟", "rpm", 2), ("克每平方米", "gram-per-square-metre", 2),
    ("克每平米", "gram-per-square-metre", 2), ("克每平方", "gram-per-square-metre", 2),
    ("克一平方", "gram-per-square-metre", 2), ("克一平米", "gram-per-square-metre", 2),
    ("克/平方米", "gram-per-square-metre", 2), ("克/平米", "gram-per-square-metre", 2),
    ("克/平方", "gram-per-square-metre", 2), ("个立方", "cubic-metre", 2), ("个平方", "square-metre", 2),
    ("G内存", "gigabyte", 2), ("G的内存", "gigabyte", 2), ("G存储", "gigabyte", 2), ("G的存储", "gigabyte", 2),
    ("个G", "gigabyte", 2), ("个T", "terabyte", 2), ("公里每小时", "kilometre-per-hour", 2), ("公里一小时", "kilometre-per-hour", 2),
    ("公里/小时", "kilometre-per-hour", 2), ("千米每小时", "kilometre-per-hour", 2), ("巴", "bar", 2),
];

#[rustfmt::skip] // a table, read by rows
const ENGLISH: [Entry; 153] = [
    ("piece", "piece", 2), ("pieces", "piece", 2), ("unit", "unit", 2), ("units", "unit", 2), ("set", "set", 2),
    ("sets", "set", 2), ("carton", "carton", 2), ("cartons", "carton", 2), ("box", "box", 2), ("boxes", "box", 2),
    ("pack", "pack", 2), ("packs", "pack", 2), ("bag", "pack", 2), ("bags", "pack", 2), ("bottle", "bottle", 2),
    ("bottles", "bottle", 2), ("pair", "pair", 2), ("pairs", "pair", 2), ("model", "model", 2),
    ("models", "model", 2), ("kind", "kind", 2), ("kinds", "kind", 2), ("type", "kind", 2), ("types", "kind", 2),
    ("person", "person", 2), ("people", "person", 2), ("line", "line", 2), ("lines", "line", 2), ("time", "time", 2), ("times", "time", 2), ("use", "time", 2), ("uses", "time", 2),
    ("layer", "layer", 2), ("layers", "layer", 2), ("step", "step", 2), ("steps", "step", 2),
    ("inspection", "inspection", 2), ("inspections", "inspection", 2), ("item", "item", 2), ("items", "item", 2),
    ("container", "container", 2), ("containers", "container", 2), ("pallet", "pallet", 2),
    ("pallets", "pallet", 2), ("second", "second", 2),
    ("seconds", "second", 2), ("minute", "minute", 2), ("minutes", "minute", 2), ("hour", "hour", 2),
    ("hours", "hour", 2), ("day", "day", 2), ("days", "day", 2), ("working days", "workday", 2),
    ("working day", "workday", 2), ("business days", "workday", 2), ("business day", "workday", 2),
    ("workdays", "workday", 2), ("workday", "workday", 2), ("working days'", "workday", 2), ("week", "week", 2), ("weeks", "week", 2), ("month", "month", 2),
    ("months", "month", 2), ("year", "year", 2), ("years", "year", 2), ("gram", "gram", 2), ("grams", "gram", 2),
    ("gramme", "gram", 2), ("grammes", "gram", 2), ("kilogram", "kilogram", 2), ("kilograms", "kilogram", 2),
    ("kilo", "kilogram", 2), ("kilos", "kilogram", 2), ("ton", "tonne", 2), ("tons", "tonne", 2),
    ("tonnes", "tonne", 2), ("milligrams", "milligram", 2), ("ounce", "ounce", 2), ("ounces", "ounce", 2), ("millimetres", "millimetre", 2), ("millimeters", "millimetre", 2),
    ("centimetre", "centimetre", 2), ("centimetres", "centimetre", 2), ("centimeter", "centimetre", 2),
    ("centimeters", "centimetre", 2), ("metre", "metre", 2), ("metres", "metre", 2), ("meter", "metre", 2),
    ("meters", "metre", 2), ("inch", "inch", 2), ("inches", "inch", 2), ("square metres", "square-metre", 2),
    ("square meters", "square-metre", 2), ("millilitre", "millilitre", 2), ("millilitres", "millilitre", 2),
    ("milliliter", "millilitre", 2), ("milliliters", "millilitre", 2), ("litre", "litre", 2),
    ("litres", "litre", 2), ("liter", "litre", 2), ("liters", "litre", 2), ("lumen", "lumen", 2),
    ("milliamp hours", "milliamp-hour", 2), ("milliamp hour", "milliamp-hour", 2), ("milliamps", "milliamp-hour", 2),
    ("watt", "watt", 2), ("watts", "watt", 2), ("volts", "volt", 2), ("degrees", "celsius", 2),
    ("dozen", "dozen", 2), ("dozens", "dozen", 2), ("decibel", "decibel", 2), ("decibels", "decibel", 2),
    ("revolutions per minute", "rpm", 2), ("rpm", "rpm", 2), ("gsm", "gram-per-square-metre", 2),
    ("grams per square metre", "gram-per-square-metre", 2), ("grams per square meter", "gram-per-square-metre", 2),
    ("grammes per square metre", "gram-per-square-metre", 2), ("square metre", "square-metre", 2),
    ("square meter", "square-metre", 2), ("cubic metre", "cubic-metre", 2), ("cubic metres", "cubic-metre", 2),
    ("cubic meter", "cubic-metre", 2), ("cubic meters", "cubic-metre", 2), ("cubes", "cubic-metre", 2),
    ("kilometre", "kilometre", 2), ("kilometres", "kilometre", 2), ("kilometer", "kilometre", 2),
    ("kilometers", "kilometre", 2), ("kilometres per hour", "kilometre-per-hour", 2),
    ("kilometers per hour", "kilometre-per-hour", 2), ("kilometres an hour", "kilometre-per-hour", 2),
    ("kilometers an hour", "kilometre-per-hour", 2), ("gigabyte", "gigabyte", 2), ("gigabytes", "gigabyte", 2),
    ("gig", "gigabyte", 2), ("gigs", "gigabyte", 2), ("terabyte", "terabyte", 2), ("terabytes", "terabyte", 2),
    ("bar", "bar", 2), ("bars", "bar", 2), ("kilowatt", "kilowatt", 2), ("kilowatts", "kilowatt", 2),
    ("kilowatt hour", "kilowatt-hour", 2), ("kilowatt hours", "kilowatt-hour", 2), ("watt hours", "watt-hour", 2),
    ("amp hours", "amp-hour", 2), ("milliampere hours", "milliamp-hour", 2), ("millimetre", "millimetre", 2),
    ("millimeter", "millimetre", 2), ("hertz", "hertz", 2), ("volt", "volt", 2),
];

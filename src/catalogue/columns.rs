//! What the headings of a spreadsheet mean. A clerk writes them in English or in Chinese; capitals, blanks and order do
//! not matter.

use crate::domain::Lang;

/// One column of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    Sku,
    Name(Lang),
    Aliases(Lang),
    Image,
    MoreImages,
    Price,
    Currency,
    /// From how many pieces on the tier of this number holds.
    TierMin(u8),
    TierPrice(u8),
    Moq,
    MoqUnit,
    LeadTime,
    Incoterm,
    Port,
    Stock,
    HsCode,
    /// Free of language: quantities, sizes, terms.
    Fact(String),
    FactText(String, Lang),
}

/// Headings that the sheet may have in Chinese, with what they are in English.
const CHINESE: &[(&str, &str)] = &[
    ("货号", "sku"),
    ("名称", "name.zh"),
    ("品名", "name.zh"),
    ("中文名", "name.zh"),
    ("中文名称", "name.zh"),
    ("英文名", "name.en"),
    ("英文名称", "name.en"),
    ("别名", "aliases.zh"),
    ("图片", "image"),
    ("单价", "price"),
    ("价格", "price"),
    ("币种", "currency"),
    ("货币", "currency"),
    ("起订量", "moq"),
    ("最小起订量", "moq"),
    ("单位", "moq_unit"),
    ("交期", "lead_time"),
    ("交货期", "lead_time"),
    ("贸易术语", "incoterm"),
    ("港口", "port"),
    ("库存", "stock"),
    ("海关编码", "hs_code"),
    ("hs编码", "hs_code"),
    ("容量", "fact.capacity"),
    ("材质", "fact.material"),
    ("颜色", "fact.colors"),
    ("尺寸", "fact.size"),
    ("重量", "fact.weight"),
    ("功率", "fact.power"),
    ("认证", "fact.certification"),
    ("保修", "fact.warranty"),
];

impl Column {
    /// # Errors
    /// What is wrong with the heading, for the clerk.
    pub fn parse(heading: &str) -> Result<Self, String> {
        let heading = heading.trim().to_lowercase().replace(' ', "_");
        let english = CHINESE.iter().find(|(chinese, _)| *chinese == heading).map(|(_, english)| *english);
        let heading = english.unwrap_or(&heading);
        let mut parts = heading.split('.');
        let column = match (parts.next().unwrap_or_default(), parts.next(), parts.next()) {
            ("sku", None, _) => Self::Sku,
            ("name", Some(tag), None) => Self::Name(lang(tag)?),
            ("aliases", Some(tag), None) => Self::Aliases(lang(tag)?),
            ("image", None, _) => Self::Image,
            ("more_images", None, _) => Self::MoreImages,
            ("price", None, _) => Self::Price,
            ("currency", None, _) => Self::Currency,
            ("moq", None, _) => Self::Moq,
            ("moq_unit", None, _) => Self::MoqUnit,
            ("lead_time", None, _) => Self::LeadTime,
            ("incoterm", None, _) => Self::Incoterm,
            ("port", None, _) => Self::Port,
            ("stock", None, _) => Self::Stock,
            ("hs_code", None, _) => Self::HsCode,
            ("fact", Some(key), None) => Self::Fact(key.to_owned()),
            ("fact", Some(key), Some(tag)) => Self::FactText(key.to_owned(), lang(tag)?),
            (tier, Some("min"), None) => Self::TierMin(tier_number(tier)?),
            (tier, Some("price"), None) => Self::TierPrice(tier_number(tier)?),
            _ => return Err(unknown(heading)),
        };
        Ok(column)
    }

    /// The heading in English: what an export writes.
    pub fn heading(&self) -> String {
        match self {
            Self::Sku => "sku".to_owned(),
            Self::Name(lang) => format!("name.{lang}"),
            Self::Aliases(lang) => format!("aliases.{lang}"),
            Self::Image => "image".to_owned(),
            Self::MoreImages => "more_images".to_owned(),
            Self::Price => "price".to_owned(),
            Self::Currency => "currency".to_owned(),
            Self::TierMin(n) => format!("tier{n}.min"),
            Self::TierPrice(n) => format!("tier{n}.price"),
            Self::Moq => "moq".to_owned(),
            Self::MoqUnit => "moq_unit".to_owned(),
            Self::LeadTime => "lead_time".to_owned(),
            Self::Incoterm => "incoterm".to_owned(),
            Self::Port => "port".to_owned(),
            Self::Stock => "stock".to_owned(),
            Self::HsCode => "hs_code".to_owned(),
            Self::Fact(key) => format!("fact.{key}"),
            Self::FactText(key, lang) => format!("fact.{key}.{lang}"),
        }
    }
}

fn lang(tag: &str) -> Result<Lang, String> {
    Lang::parse(tag).map_err(|error| error.to_string())
}

fn tier_number(text: &str) -> Result<u8, String> {
    let number = text.strip_prefix("tier").and_then(|digits| digits.parse().ok());
    number.filter(|n| (1..=9).contains(n)).ok_or_else(|| unknown(text))
}

fn unknown(heading: &str) -> String {
    format!(
        "{heading:?} is not a column; known are sku, name.LANG, aliases.LANG, image, more_images, price, currency, \
         tier1.min, tier1.price, moq, moq_unit, lead_time, incoterm, port, stock, hs_code, fact.KEY, fact.KEY.LANG"
    )
}

/// A unit as a clerk writes it, by its key.
pub fn unit(written: &str) -> Option<&'static str> {
    let written = written.trim().to_lowercase();
    let known = super::UNITS.iter().find(|key| **key == written).copied();
    known.or_else(|| {
        let plain = |names: &str| names.split(' ').any(|name| name == written);
        WRITTEN.iter().find(|(names, _)| plain(names)).map(|(_, key)| *key)
    })
}

const WRITTEN: &[(&str, &str)] = &[
    ("pc pcs pieces 个 件 只 条 支 把 块 张", "piece"),
    ("units 台 部", "unit"),
    ("sets 套", "set"),
    ("pairs 双 对", "pair"),
    ("packs 包", "pack"),
    ("boxes 盒", "box"),
    ("ctn cartons 箱", "carton"),
    ("min minutes 分钟", "minute"),
    ("h hours 小时", "hour"),
    ("d days 天 日", "day"),
    ("weeks 周", "week"),
    ("months 个月 月", "month"),
    ("years 年", "year"),
    ("g 克", "gram"),
    ("kg 公斤 千克", "kilogram"),
    ("t 吨", "tonne"),
    ("mm 毫米", "millimetre"),
    ("cm 厘米 公分", "centimetre"),
    ("m 米", "metre"),
    ("in inches 英寸", "inch"),
    ("ml 毫升", "millilitre"),
    ("l 升", "litre"),
    ("lm 流明", "lumen"),
    ("mah 毫安时 毫安", "milliamp-hour"),
    ("w 瓦", "watt"),
    ("kw 千瓦", "kilowatt"),
    ("v 伏", "volt"),
    ("°c ℃ 度", "celsius"),
    ("%", "percent"),
];

//! Inquiries as a table for the factory's spreadsheet.

use crate::catalogue::safe_cell;
use crate::domain::Inquiry;

const HEADINGS: [&str; 14] = [
    "asked_at",
    "show",
    "sku",
    "product",
    "quantity",
    "contact",
    "language",
    "question",
    "translation",
    "translation_language",
    "answered_at",
    "answer",
    "answer_as_read",
    "answer_language",
];

/// One row an inquiry, in the order given. Times in UTC. With the mark by which Excel knows UTF-8.
pub fn table(
    inquiries: &[Inquiry],
    product: impl Fn(&Inquiry) -> Option<String>,
) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(HEADINGS)?;
    for inquiry in inquiries {
        let (translation, answer) = (inquiry.for_host.as_ref(), inquiry.answer.as_ref());
        let cells = [
            time(inquiry.asked_ms),
            inquiry.epoch.to_string(),
            inquiry.sku.as_ref().map(ToString::to_string).unwrap_or_default(),
            product(inquiry).unwrap_or_default(),
            inquiry.quantity.map(|pieces| pieces.to_string()).unwrap_or_default(),
            inquiry.contact.clone().unwrap_or_default(),
            inquiry.lang.to_string(),
            inquiry.text.clone(),
            translation.map(|text| text.text.clone()).unwrap_or_default(),
            translation.map(|text| text.lang.to_string()).unwrap_or_default(),
            answer.map(|answer| time(answer.answered_ms)).unwrap_or_default(),
            answer.map(|answer| answer.text.clone()).unwrap_or_default(),
            answer.map(|answer| answer.for_shopper.text.clone()).unwrap_or_default(),
            answer.map(|answer| answer.for_shopper.lang.to_string()).unwrap_or_default(),
        ];
        writer.write_record(cells.map(safe_cell))?;
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

/// `2026-11-23 09:05:07`, which every spreadsheet reads as a time. Days to a date as in H. Hinnant's `civil_from_days`.
fn time(ms: i64) -> String {
    let (days, seconds) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000) / 1_000);
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Epoch, InquiryId, Lang, RoomId};

    #[test]
    fn times_are_written_for_spreadsheets() {
        for (ms, text) in [
            (0, "1970-01-01 00:00:00"),
            (951_782_399_999, "2000-02-28 23:59:59"),
            (951_782_400_000, "2000-02-29 00:00:00"),
            (1_795_424_707_000, "2026-11-23 09:05:07"),
        ] {
            assert_eq!(time(ms), text);
        }
    }

    #[test]
    fn a_cell_is_never_a_formula() {
        let inquiry = Inquiry {
            id: InquiryId::parse("i").unwrap(),
            client_id: None,
            room: RoomId::parse("r").unwrap(),
            epoch: Epoch::parse("e").unwrap(),
            asked_ms: 0,
            lang: Lang::parse("es").unwrap(),
            text: "=HYPERLINK(\"http://x\";\"y\")\n, \"z\"".into(),
            sku: None,
            quantity: Some(500),
            contact: Some("@SUM(1)".into()),
            for_host: None,
            answer: None,
        };
        let table = table(&[inquiry], |_| Some("-1".into())).unwrap();
        let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!((&row[3], &row[4], &row[5]), ("'-1", "500", "'@SUM(1)"));
        assert_eq!(&row[7], "'=HYPERLINK(\"http://x\";\"y\")\n, \"z\"");
        assert_eq!(row.len(), HEADINGS.len());
    }
}

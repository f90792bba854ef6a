//! Inquiries as a table for the factory's spreadsheet.

use super::table::{self, time};
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
    let rows = inquiries.iter().map(|inquiry| {
        let (translation, answer) = (inquiry.for_host.as_ref(), inquiry.answer.as_ref());
        [
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
        ]
    });
    table::csv(HEADINGS, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Epoch, InquiryId, Lang, RoomId};

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

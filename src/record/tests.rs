//! Against SQLite itself, in a folder of its own.

use super::*;
use crate::catalogue::Catalogue;
use crate::domain::{
    Answer, ClientId, Currency, Epoch, Fidelity, Inquiry, InquiryId, Lang, Product, Rendered, RoomId, Sku,
};
use crate::glossary::Glossary;

fn demo() -> (RoomId, Lang, Vec<Product>) {
    let demo = Catalogue::parse(include_str!("../../config/demo-catalogue.toml")).unwrap();
    (RoomId::parse("demo").unwrap(), demo.source_lang.clone(), demo.products.to_vec())
}

#[tokio::test]
async fn products_and_their_order_survive_the_process() {
    let folder = TempDir::new().unwrap();
    let (room, lang, mut products) = demo();
    let record = Record::open(folder.path()).unwrap();
    assert_eq!(record.products(&room, &lang).await.unwrap(), None, "a room that was never kept");
    products.reverse();
    record.keep_products(&room, &products).await.unwrap();
    drop(record);
    let again = Record::open(folder.path()).unwrap();
    assert_eq!(again.products(&room, &lang).await.unwrap(), Some(products));
    again.keep_products(&room, &[]).await.unwrap();
    assert_eq!(again.products(&room, &lang).await.unwrap(), Some(vec![]), "an emptied room is not a new one");
}

#[tokio::test]
async fn terms_survive_the_process_and_taken_out_ones_stay_out() {
    let folder = TempDir::new().unwrap();
    let room = demo().0;
    let terms = Glossary::parse("flags\tzh\tes\nprotect\t海风|海峰\t\ninflect\t塑料\tplástico\n").unwrap();
    let record = Record::open(folder.path()).unwrap();
    assert_eq!(record.glossary(&room).await.unwrap(), None, "the configuration's hold");
    record.keep_glossary(&room, &terms).await.unwrap();
    drop(record);
    let again = Record::open(folder.path()).unwrap();
    assert_eq!(again.glossary(&room).await.unwrap(), Some(terms));
    again.keep_glossary(&room, &Glossary::default()).await.unwrap();
    assert_eq!(again.glossary(&room).await.unwrap(), Some(Glossary::default()));
}

#[tokio::test]
async fn the_lowest_price_of_the_last_days_is_known() {
    let (room, _, mut products) = demo();
    let record = Record::temporary().unwrap();
    let sku = products[0].sku.clone();
    for amount in ["2.80", "2.50", "3.10"] {
        products[0].price.amount = amount.parse().unwrap();
        record.keep_products(&room, &products).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
    let lowest = async |currency| record.lowest_price(&room, &sku, currency, 30).await.unwrap();
    assert_eq!(lowest(Currency::USD).await.unwrap().amount, "2.5".parse().unwrap());
    assert_eq!(lowest(Currency::EUR).await, None);
    // Forty days later only the price that held all the time counts.
    let aged = "UPDATE prices SET since_ms = since_ms - 40 * 86400000";
    record.write(|transaction| transaction.execute(aged, [])).await.unwrap();
    assert_eq!(lowest(Currency::USD).await.unwrap().amount, "3.1".parse().unwrap());
}

#[tokio::test]
async fn a_write_that_fails_takes_back_its_own_part_only() {
    let record = Record::temporary().unwrap();
    let add = |name: &'static str| StoredImage { name: name.into(), bytes: vec![1] };
    let broken = record.write(|transaction| {
        transaction.execute("INSERT INTO images VALUES ('half', x'00', 0)", [])?;
        transaction.execute("INSERT INTO nowhere VALUES (1)", [])
    });
    let (one, failed, two) = tokio::join!(record.keep_image(add("a")), broken, record.keep_image(add("b")));
    assert!(one.is_ok() && two.is_ok() && matches!(failed, Err(RecordError::Sql(_))));
    assert_eq!(record.image("half").await.unwrap(), None);
    assert_eq!(record.image("b").await.unwrap(), Some(vec![1]));
}

#[tokio::test]
async fn thousands_of_writes_at_once_all_arrive() {
    let record = Record::temporary().unwrap();
    let writes = (0..3_000).map(|n| {
        let record = record.clone();
        async move { record.keep_image(StoredImage { name: n.to_string(), bytes: vec![] }).await.unwrap() }
    });
    futures_util::future::join_all(writes).await;
    let count =
        record.read(|c| Ok(c.query_row("SELECT count(*) FROM images", [], |row| row.get::<_, i64>(0))?));
    assert_eq!(count.await.unwrap(), 3_000);
}

fn inquiry(id: &str, client_id: Option<&str>) -> Inquiry {
    Inquiry {
        id: InquiryId::parse(id).unwrap(),
        client_id: client_id.map(|id| ClientId::parse(id).unwrap()),
        room: RoomId::parse("demo").unwrap(),
        epoch: Epoch::parse("e1").unwrap(),
        asked_ms: 7,
        lang: Lang::parse("ar").unwrap(),
        text: "بكم <b>هذا</b>؟".into(),
        sku: Some(Sku::parse("HY-500").unwrap()),
        quantity: Some(500),
        contact: Some("+971 4".into()),
        for_host: None,
        answer: None,
    }
}

fn rendered(text: &str) -> Rendered {
    let lang = Lang::parse("zh").unwrap();
    Rendered { text: text.into(), lang, engine: "phrasebook".into(), fidelity: Fidelity::Source }
}

#[tokio::test]
async fn inquiries_survive_the_process_with_translation_and_answer() {
    let folder = TempDir::new().unwrap();
    let record = Record::open(folder.path()).unwrap();
    let (mut asked, room) = (inquiry("a", None), RoomId::parse("demo").unwrap());
    assert_eq!(record.keep_inquiry(asked.clone()).await.unwrap(), (asked.clone(), true));
    asked.for_host = Some(rendered("多少钱"));
    record.keep_for_host(&asked.id, rendered("多少钱")).await.unwrap();
    let answer = |text: &str| Answer {
        text: text.into(),
        lang: Lang::parse("zh").unwrap(),
        answered_ms: 9,
        for_shopper: rendered(text),
    };
    let other = RoomId::parse("other").unwrap();
    assert_eq!(record.keep_answer(&other, &asked.id, answer("?")).await.unwrap(), None, "of another room");
    record.keep_answer(&room, &asked.id, answer("first")).await.unwrap();
    asked.answer = Some(answer("second"));
    assert_eq!(record.keep_answer(&room, &asked.id, answer("second")).await.unwrap(), Some(asked.clone()));
    drop(record);
    let again = Record::open(folder.path()).unwrap();
    assert_eq!(again.inquiry(&room, &asked.id).await.unwrap(), Some(asked.clone()));
    assert_eq!(again.inquiry(&other, &asked.id).await.unwrap(), None);
    assert_eq!(again.count_inquiries(&room).await.unwrap(), (1, 0));
    // With the show go its inquiries and their answers.
    let forget = "DELETE FROM inquiries WHERE room = 'demo' AND epoch = 'e1'";
    again.write(move |transaction| transaction.execute(forget, [])).await.unwrap();
    let left =
        again.read(|c| Ok(c.query_row("SELECT count(*) FROM answers", [], |row| row.get::<_, i64>(0))?));
    assert_eq!(left.await.unwrap(), 0);
}

#[tokio::test]
async fn an_inquiry_that_is_sent_twice_is_kept_once_in_each_room() {
    let record = Record::temporary().unwrap();
    let first = inquiry("a", Some("mine"));
    let mut again = inquiry("b", Some("mine"));
    again.text = "another".into();
    let (one, two) = tokio::join!(record.keep_inquiry(first.clone()), record.keep_inquiry(again.clone()));
    assert_eq!((one.unwrap(), two.unwrap()), ((first.clone(), true), (first, false)));
    again.room = RoomId::parse("other").unwrap();
    assert!(record.keep_inquiry(again).await.unwrap().1);
    // Without a name of the sender's each is its own.
    assert!(record.keep_inquiry(inquiry("c", None)).await.unwrap().1);
    assert!(record.keep_inquiry(inquiry("d", None)).await.unwrap().1);
    let page = InquiryPage { limit: 10, open: true, ..InquiryPage::default() };
    let ids = record.inquiries(&RoomId::parse("demo").unwrap(), page).await.unwrap();
    assert_eq!(ids.iter().map(|inquiry| inquiry.id.as_str()).collect::<Vec<_>>(), ["d", "c", "a"]);
}

#[test]
fn a_newer_file_and_a_file_that_is_none_are_refused_in_words() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(FILE);
    drop(Record::open(folder.path()).unwrap());
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let Err(error) = Record::open(folder.path()) else { panic!("opened") };
    assert!(error.to_string().contains("newer version (schema 99"), "{error}");
    std::fs::write(&file, "this is no database, but long enough to have a header of one, which it has not")
        .unwrap();
    assert!(Record::open(folder.path()).is_err());
}

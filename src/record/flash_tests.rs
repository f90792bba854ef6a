//! Flash sales and reservations against SQLite itself.

use super::*;
use crate::catalogue::Catalogue;
use crate::domain::{Currency, Flash, Product, Reservation, Reserved, RoomId};

fn demo() -> (RoomId, Vec<Product>) {
    let demo = Catalogue::parse(include_str!("../../config/demo-catalogue.toml")).unwrap();
    (RoomId::parse("demo").unwrap(), demo.products.to_vec())
}

fn sale(product: &Product, amount: &str, stock: Option<u64>) -> NewFlash {
    let mut price = product.price;
    price.amount = amount.parse().unwrap();
    let ends_at_ms = now_ms() + 60_000;
    NewFlash { sku: product.sku.clone(), price, regular: product.price, was: None, ends_at_ms, stock }
}

fn wish(id: &str, quantity: u64, key: Option<&str>) -> Wish {
    Wish { id: id.into(), quantity, contact: "me".into(), key: key.map(str::to_owned) }
}

/// Name, what is left, and whether it is new.
fn held(answer: Reserved) -> (String, Option<u64>, bool) {
    match answer {
        Reserved::Held { reservation: Reservation { id, .. }, left, is_new } => (id, left, is_new),
        other => panic!("{other:?}"),
    }
}

async fn on(record: &Record, room: &RoomId) -> Flash {
    record.flashes(room).await.unwrap().remove(0)
}

#[tokio::test]
async fn stock_never_falls_below_zero_however_many_want_it_at_once() {
    let record = Record::temporary().unwrap();
    let (room, products) = demo();
    let flash = record.begin_flash(&room, sale(&products[0], "2.20", Some(100))).await.unwrap();
    let wishes = (0..250u64).map(|n| {
        let (record, room, sku) = (record.clone(), room.clone(), flash.sku.clone());
        let quantity = 1 + n % 3;
        async move {
            (
                quantity,
                record
                    .reserve(&room, &sku, Some(flash.id), wish(&format!("r{n}"), quantity, None))
                    .await
                    .unwrap(),
            )
        }
    });
    let answers = futures_util::future::join_all(wishes).await;
    let held = |(quantity, answer): &(u64, Reserved)| match answer {
        Reserved::Held { .. } => *quantity,
        _ => 0,
    };
    let sold: u64 = answers.iter().map(held).sum();
    let counted = on(&record, &room).await;
    assert_eq!(
        (sold, counted.stock, counted.reserved),
        (100, Some(0), 100),
        "single pieces were wanted to the end"
    );
}

#[tokio::test]
async fn a_request_sent_twice_puts_pieces_by_once_and_a_cancelled_one_gives_them_back() {
    let record = Record::temporary().unwrap();
    let (room, products) = demo();
    let flash = record.begin_flash(&room, sale(&products[0], "2.20", Some(5))).await.unwrap();
    let reserve = async |wish| record.reserve(&room, &flash.sku, Some(flash.id), wish).await.unwrap();
    assert_eq!(held(reserve(wish("one", 3, Some("k"))).await), ("one".into(), Some(2), true));
    assert_eq!(held(reserve(wish("two", 3, Some("k"))).await), ("one".into(), Some(2), false));
    assert_eq!(reserve(wish("three", 2, Some("k"))).await, Reserved::KeyUsed);
    assert_eq!(reserve(wish("four", 3, Some("other"))).await, Reserved::TooFew { left: 2 });
    // An answer that was lost is found after the sale, too; a new wish is not.
    record.end_flash(flash.id).await.unwrap();
    assert_eq!(held(reserve(wish("five", 3, Some("k"))).await), ("one".into(), None, false));
    assert_eq!(reserve(wish("six", 1, Some("late"))).await, Reserved::Over);

    let next = record.begin_flash(&room, sale(&products[0], "2.10", Some(9))).await.unwrap();
    let elsewhere = RoomId::parse("elsewhere").unwrap();
    assert_eq!(record.cancel_reservation(&elsewhere, "one").await.unwrap(), None, "another room's");
    assert!(record.cancel_reservation(&room, "one").await.unwrap().unwrap().cancelled);
    assert_eq!(record.cancel_reservation(&room, "one").await.unwrap(), None);
    let counted = on(&record, &room).await;
    assert_eq!((counted.id, counted.stock), (next.id, Some(9)), "the pieces were another sale's");
    assert_eq!(reserve(wish("seven", 3, Some("k"))).await, Reserved::Cancelled);
    let listed = record.reservations(&room, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].price.amount.to_string().as_str(), listed[0].cancelled), ("2.20", true));
    assert_eq!(record.reservation(&elsewhere, "one").await.unwrap(), None);
    assert_eq!(record.reservation(&room, "one").await.unwrap().as_ref(), listed.first());
}

#[tokio::test]
async fn cancelled_pieces_are_for_others_again() {
    let record = Record::temporary().unwrap();
    let (room, products) = demo();
    let flash = record.begin_flash(&room, sale(&products[0], "2.20", Some(5))).await.unwrap();
    record.reserve(&room, &flash.sku, Some(flash.id), wish("one", 5, None)).await.unwrap();
    assert_eq!(
        record.reserve(&room, &flash.sku, Some(flash.id), wish("two", 1, None)).await.unwrap(),
        Reserved::TooFew { left: 0 }
    );
    record.cancel_reservation(&room, "one").await.unwrap();
    assert_eq!((on(&record, &room).await.stock, on(&record, &room).await.reserved), (Some(5), 0));
    assert_eq!(
        held(record.reserve(&room, &flash.sku, Some(flash.id), wish("three", 5, None)).await.unwrap()).1,
        Some(0)
    );
}

#[tokio::test]
async fn the_lowest_price_knows_of_flash_prices_for_as_long_as_they_held_in_the_window() {
    let record = Record::temporary().unwrap();
    let (room, products) = demo();
    let product = &products[0];
    let lowest =
        async || record.lowest_price(&room, &product.sku, Currency::USD, 30).await.unwrap().unwrap().amount;
    let flash = record.begin_flash(&room, sale(product, "2.20", None)).await.unwrap();
    assert_eq!(lowest().await, "2.20".parse().unwrap());
    record.end_flash(flash.id).await.unwrap();
    // A catalogue that is kept again during or after the sale does not hide it.
    record.keep_products(&room, &products).await.unwrap();
    let age = |days: i64| {
        let record = record.clone();
        async move {
            let by = days * 86_400_000;
            let aged = move |transaction: &Transaction<'_>| {
                let flashes = "UPDATE flashes SET began_ms = began_ms - ?1, ends_ms = ends_ms - ?1, ended_ms = ended_ms - ?1";
                transaction.execute(flashes, [by])?;
                transaction.execute("UPDATE prices SET since_ms = since_ms - ?1", [by])
            };
            record.write(aged).await.unwrap()
        }
    };
    age(29).await;
    assert_eq!(lowest().await, "2.20".parse().unwrap(), "29 days are within 30");
    age(2).await;
    assert_eq!(lowest().await, product.price.amount, "31 are not: the regular price held all the time");
}

#[tokio::test]
async fn a_sale_whose_time_was_over_while_the_gateway_was_away_ended_then() {
    let record = Record::temporary().unwrap();
    let (room, products) = demo();
    let flash = record.begin_flash(&room, sale(&products[0], "2.20", Some(5))).await.unwrap();
    let past = now_ms() - 1_000;
    let over =
        move |transaction: &Transaction<'_>| transaction.execute("UPDATE flashes SET ends_ms = ?1", [past]);
    record.write(over).await.unwrap();
    assert_eq!(
        record.reserve(&room, &flash.sku, Some(flash.id), wish("late", 1, None)).await.unwrap(),
        Reserved::Over
    );
    record.end_flash(flash.id).await.unwrap();
    let ended =
        record.read(|c| Ok(c.query_row("SELECT ended_ms FROM flashes", [], |row| row.get::<_, i64>(0))?));
    assert_eq!(ended.await.unwrap(), past);
    assert!(record.flashes(&room).await.unwrap().is_empty());
}

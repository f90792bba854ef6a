//! Flash sales: begun by the operator, ended by the server's clock, reserved from by many at once.

use serde_json::{Value, json};

use crate::gateway::{self, Gateway, Room, SECRET};
use crate::peer::{Answer, Stream, http};
use crate::show::{is_of, is_pin, offset, text};

const ALONE: &str = "auth = \"off\"\n[transcribe]\nworkers = 1";

#[test]
fn a_sale_reaches_viewers_in_their_language_and_money_at_one_moment() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut mexican = room.viewer_at("es", "&currency=MXN").await;
        let mut arab = room.viewer_at("ar", "&currency=AED").await;
        let mut european = room.viewer_at("es", "&currency=EUR").await;
        let mut spaniard = room.viewer_at("es-ES", "").await;
        let begun = room.begin(json!({ "price": "2.20", "duration_s": 600, "stock": 300 })).await;
        assert_eq!((&begun["price"], &begun["was"]), (&json!("2.20"), &json!("2.80")));

        let spanish = mexican.until(is_pin).await.pop().unwrap();
        let arabic = arab.until(is_pin).await.pop().unwrap();
        assert_eq!(offset(&spanish), offset(&arabic));
        for (event, local) in [(&spanish, "MXN"), (&arabic, "AED")] {
            let card = &event["card"];
            assert_eq!(
                (&card["price"]["amount"], &card["price"]["local"]["currency"]),
                (&json!("2.20"), &json!(local))
            );
            assert_eq!(card["flash"], json!({ "ends_at_ms": begun["ends_at_ms"], "stock": 300 }));
            assert_eq!((&card["was"]["amount"], card["was"].get("lowest_of_days")), (&json!("2.80"), None));
        }
        assert_eq!(spanish["card"]["price"]["local"]["amount"], "40.59", "2.20 times 18.45");
        assert!(text(&arabic["card"]["was"], "text").starts_with('\u{2068}'), "kept together in Arabic");
        // Where sellers have to say what the struck price is, the card does.
        assert_eq!(european.until(is_pin).await.pop().unwrap()["card"]["was"]["lowest_of_days"], 30);
        assert_eq!(spaniard.until(is_pin).await.pop().unwrap()["card"]["was"]["lowest_of_days"], 30);

        // The shelf's cards have it, and only that of the product.
        let shelf = room.get("/cards?lang=es&currency=MXN").await.json();
        assert_eq!(shelf[0]["flash"]["stock"], 300);
        assert!(shelf[1].get("flash").is_none());

        assert_eq!(room.delete("flash/HY-500").await.status, 204);
        // Who shows other products is told by the way, in no order with the history.
        let (mut cards, mut over) = (Vec::new(), false);
        while cards.is_empty() || !over {
            let message = mexican.next().await;
            over |= message["type"] == "flash" && message["on"] == false;
            cards.extend(Some(message).filter(is_pin));
        }
        let after = cards.pop().unwrap();
        assert_eq!((&after["card"]["price"]["amount"], after["card"].get("flash")), (&json!("2.80"), None));
        assert_eq!(after["reason"], "changed");
        assert_eq!(room.delete("flash/HY-500").await.json()["code"], "no_flash");

        // What it cost in the sale is its lowest price now: a price above that has nothing to boast of.
        let again = room.begin(json!({ "price": "2.50", "duration_s": 600 })).await;
        assert_eq!((&again["was"], &again["stock"]), (&Value::Null, &Value::Null));
    });
}

#[test]
fn however_many_reserve_at_once_no_piece_is_promised_twice() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut viewer = room.viewer("es").await;
        room.begin(json!({ "price": "2.20", "duration_s": 600, "stock": 50 })).await;
        let wishes = (0..80u64).map(|n| {
            let room = room.clone();
            async move {
                let quantity = 1 + n % 2;
                let wish = json!({ "quantity": quantity, "contact": format!("shopper {n}"), "key": format!("a-key-by-chance-{n}") });
                (quantity, room.reserve_from(&format!("127.0.0.{n}"), &wish).await)
            }
        });
        let answers = futures_util::future::join_all(wishes).await;
        let held: u64 =
            answers.iter().filter(|(_, answer)| answer.status == 201).map(|(quantity, _)| quantity).sum();
        assert_eq!(held, 50);
        for (quantity, answer) in answers.iter().filter(|(_, answer)| answer.status != 201) {
            assert_eq!((answer.status, &answer.json()["code"]), (409, &json!("too_few_left")));
            assert!(answer.json()["left"].as_u64().unwrap() < *quantity, "{}", answer.body);
        }
        let told = viewer.until(|m| m["type"] == "stock" && m["stock"] == 0).await;
        let stocks: Vec<u64> =
            told.iter().filter(|m| m["type"] == "stock").filter_map(|m| m["stock"].as_u64()).collect();
        assert!(stocks.is_sorted_by(|a, b| a > b), "{stocks:?} falls");
        let sale = room.get("/flash").await.json()["sales"][0].clone();
        assert_eq!((&sale["stock"], &sale["reserved"]), (&json!(0), &json!(50)));
        let listed = room.get("/reservations").await.json();
        let sum: u64 = listed.as_array().unwrap().iter().filter_map(|one| one["quantity"].as_u64()).sum();
        assert_eq!(sum, 50);

        // Who comes later hears what is left: the pinned card says what was when it was pinned.
        let mut late = room.viewer("es").await;
        let first = late.until(is_of("stock")).await.pop().unwrap();
        assert_eq!((&first["sku"], &first["stock"]), (&json!("HY-500"), &json!(0)));

        // A cancelled one is for others again, and everybody hears of it.
        let id = text(&listed[0], "id").to_owned();
        let quantity = listed[0]["quantity"].clone();
        assert_eq!(room.delete(&format!("reservations/{id}")).await.status, 204);
        assert_eq!(viewer.until(is_of("stock")).await.pop().unwrap()["stock"], quantity);
        assert_eq!(room.get(&format!("/reservations/{id}")).await.json()["state"], "cancelled");
        assert_eq!(room.delete(&format!("reservations/{id}")).await.json()["code"], "no_such_reservation");
    });
}

#[test]
fn a_sale_ends_by_the_servers_clock() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut viewer = room.viewer("es").await;
        let begun = room.begin(json!({ "price": "2.20", "duration_s": 10 })).await;
        let ends = begun["ends_at_ms"].as_i64().unwrap();
        assert!(viewer.until(is_pin).await.pop().unwrap()["card"]["flash"].is_object());
        let wish = json!({ "quantity": 7, "contact": "ann", "key": "a-key-made-by-chance" });
        let held = room.reserve_from("127.0.0.1", &wish).await;
        assert_eq!(
            (held.status, &held.json()["left"]),
            (201, &Value::Null),
            "without a stock there is no end of it"
        );

        let after = viewer.until(is_pin).await.pop().unwrap();
        assert_eq!((&after["card"]["price"]["amount"], after["card"].get("flash")), (&json!("2.80"), None));
        assert!(now_ms() >= ends, "not before its time");
        let mut late = wish.clone();
        late["key"] = json!("another-key-by-chance");
        let over = room.reserve_from("127.0.0.1", &late).await;
        assert_eq!((over.status, &over.json()["code"]), (404, &json!("no_flash")));
        // The answer that was lost on the way is still there.
        let again = room.reserve_from("127.0.0.1", &wish).await;
        assert_eq!((again.status, &again.json()["id"]), (201, &held.json()["id"]));
        assert_eq!(room.get("/flash").await.json()["sales"], json!([]));
    });
}

#[test]
fn a_restart_keeps_a_running_sale_its_stock_and_its_reservations() {
    gateway::run(async {
        let folder = tempfile::tempdir().unwrap();
        let settings = format!("{ALONE}\n[record]\ndir = {:?}", folder.path().to_str().unwrap());
        let mut gateway = Gateway::start(&settings).await;
        let room = gateway.room();
        let begun = room.begin(json!({ "price": "2.20", "duration_s": 600, "stock": 5 })).await;
        let wish = json!({ "quantity": 2, "contact": "+52 55 1234", "key": "a-key-made-by-chance" });
        let held = room.reserve_from("127.0.0.1", &wish).await.json();
        gateway.begin_stop();
        gateway.stopped().await;

        let gateway = Gateway::start(&settings).await;
        let room = gateway.room();
        let card = room.get("/cards?lang=es").await.json()[0].clone();
        assert_eq!(card["flash"], json!({ "ends_at_ms": begun["ends_at_ms"], "stock": 3 }));
        assert_eq!((&card["price"]["amount"], &card["was"]["amount"]), (&json!("2.20"), &json!("2.80")));
        let mut viewer = room.viewer("es").await;
        assert_eq!(viewer.until(is_of("stock")).await.pop().unwrap()["stock"], 3);
        let again = room.reserve_from("127.0.0.1", &wish).await.json();
        assert_eq!((&again["id"], &again["left"]), (&held["id"], &json!(3)));
        let rest = json!({ "quantity": 3, "contact": "ann" });
        assert_eq!(room.reserve_from("127.0.0.2", &rest).await.json()["left"], 0);
        let listed = room.get("/reservations").await.json();
        assert_eq!((listed.as_array().unwrap().len(), &listed[1]["contact"]), (2, &json!("+52 55 1234")));
    });
}

#[test]
fn a_product_that_becomes_as_cheap_or_goes_takes_its_sale_along() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut viewer = room.viewer("es").await;
        room.begin(json!({ "price": "2.20", "duration_s": 600 })).await;
        assert!(viewer.until(is_pin).await.pop().unwrap()["card"]["flash"].is_object());
        let mut product = room.get("/products/HY-500").await.json();
        product["price"] = json!("2.10 USD");
        product["tiers"] = json!([]);
        let json = [("content-type", "application/json")];
        let path = format!("/v1/rooms/{}/products/HY-500", room.name);
        let put = http(room.address, "PUT", &path, &json, &product.to_string()).await;
        assert_eq!(put.status, 204, "{}", put.body);
        let after = viewer.until(is_pin).await.pop().unwrap();
        assert_eq!((&after["card"]["price"]["amount"], after["card"].get("flash")), (&json!("2.10"), None));
        assert_eq!(room.get("/flash").await.json()["sales"], json!([]));
        let wish = json!({ "quantity": 1, "contact": "ann" });
        assert_eq!(room.reserve_from("127.0.0.1", &wish).await.json()["code"], "no_flash");
    });
}

#[test]
fn what_cannot_be_a_sale_or_a_reservation_is_refused_by_name() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        for (more, status, code) in [
            (json!({ "sku": "NO-1" }), 404, "no_such_product"),
            (json!({ "sku": "<b>" }), 404, "no_such_product"),
            (json!({ "price": "2.80" }), 422, "not_below"),
            (json!({ "price": "0" }), 422, "not_below"),
            (json!({ "price": "-1" }), 422, "not_below"),
            (json!({ "price": "NaN" }), 422, "bad_price"),
            (json!({ "price": "2,20" }), 422, "bad_price"),
            (json!({ "price": "0.0000000000000000000001" }), 422, "bad_price"),
            (json!({ "price": 2.2 }), 400, "bad_request"),
            (json!({ "duration_s": 9 }), 422, "bad_duration"),
            (json!({ "duration_s": i64::MAX }), 422, "bad_duration"),
            (json!({ "stock": 0 }), 422, "bad_stock"),
            (json!({ "stock": u64::MAX }), 422, "bad_stock"),
            (json!({ "stock": -1 }), 400, "bad_request"),
        ] {
            let refused = room.post("flash", &sale(more.clone()).to_string()).await;
            problem(&refused, status, code, &more.to_string());
        }
        assert_eq!(room.get("/flash").await.json()["sales"], json!([]));

        room.begin(json!({ "duration_s": 600, "stock": 20 })).await;
        let wish = |more: Value| merged(json!({ "quantity": 1, "contact": "ann" }), more);
        for (n, (more, status, code)) in [
            (json!({ "quantity": 0 }), 422, "bad_quantity"),
            (json!({ "quantity": 10_001 }), 422, "bad_quantity"),
            (json!({ "quantity": -1 }), 400, "bad_request"),
            (json!({ "quantity": 1.5 }), 400, "bad_request"),
            (json!({ "contact": " \u{202e} " }), 422, "contact_missing"),
            (json!({ "contact": "x".repeat(201) }), 422, "contact_too_long"),
            (json!({ "key": "short" }), 422, "bad_key"),
            (json!({ "quantity": 21 }), 409, "too_few_left"),
        ]
        .into_iter()
        .enumerate()
        {
            let refused = room.reserve_from(&format!("127.0.1.{n}"), &wish(more.clone())).await;
            problem(&refused, status, code, &more.to_string());
        }
        for (sku, body, status) in [
            ("HY-J20", wish(json!({})).to_string(), 404),
            ("%3Cb%3E", wish(json!({})).to_string(), 404),
            ("HY-500", "{".into(), 400),
            ("HY-500", "x".repeat(5_000), 413),
        ] {
            assert_eq!(room.post(&format!("flash/{sku}/reservations"), &body).await.status, status, "{sku}");
        }
        // One key is one wish.
        let keyed = |quantity: u64| wish(json!({ "quantity": quantity, "key": "a-key-made-by-chance" }));
        assert_eq!(room.reserve_from("127.0.1.9", &keyed(2)).await.status, 201);
        problem(&room.reserve_from("127.0.1.9", &keyed(3)).await, 409, "key_used", "another quantity");
        assert_eq!(room.get("/reservations").await.json().as_array().unwrap().len(), 1);
    });
}

#[test]
fn one_address_cannot_take_turn_after_turn_and_a_room_takes_so_many_a_minute() {
    gateway::run(async {
        let limits = format!("{ALONE}\n[limits]\nreservation_burst = 3\nreservations_per_minute = 5");
        let gateway = Gateway::start(&limits).await;
        let room = gateway.room();
        room.begin(json!({ "price": "2.20", "duration_s": 600, "stock": 100 })).await;
        let wish = json!({ "quantity": 1, "contact": "ann" });
        for _ in 0..3 {
            assert_eq!(room.reserve_from("127.0.0.1", &wish).await.status, 201);
        }
        let fourth = room.reserve_from("127.0.0.1", &wish).await;
        problem(&fourth, 429, "too_many_reservations", "of one address");
        assert!((1..=5).contains(&fourth.header("retry-after").parse::<u64>().unwrap()));
        assert_eq!(room.reserve_from("127.0.0.2", &wish).await.status, 201, "another address");
        assert_eq!(room.reserve_from("127.0.0.3", &wish).await.status, 201);
        assert_eq!(room.reserve_from("127.0.0.4", &wish).await.status, 429, "the sixth of the room");
        assert_eq!(room.get("/reservations").await.json().as_array().unwrap().len(), 5);
    });
}

#[test]
fn only_operators_begin_stop_and_see_who_reserved() {
    gateway::run(async {
        let gateway = Gateway::start("auth = \"token\"\n[transcribe]\nworkers = 1").await;
        let (room, other) = (gateway.room(), gateway.room());
        let claims = json!({ "role": "operator", "room": room.name, "exp": 4_000_000_000_u64 });
        let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
        let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
        let bearer = format!("Bearer {token}");
        let signed = async |method: &str, room: &Room, path: &str, body: &str| {
            let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
            http(room.address, method, &format!("/v1/rooms/{}/{path}", room.name), &headers, body).await
        };
        let begin = sale(json!({ "stock": 9 })).to_string();
        assert_eq!(room.post("flash", &begin).await.status, 401);
        assert_eq!(signed("POST", &other, "flash", &begin).await.status, 403);
        assert_eq!(signed("POST", &room, "flash", &begin).await.status, 201);

        // A shopper needs no token, and gets no more than the own.
        let wish = json!({ "quantity": 2, "contact": "=HYPERLINK(\"http://x\")" });
        let held = room.reserve_from("127.0.0.1", &wish).await;
        assert_eq!(held.status, 201, "{}", held.body);
        let id = text(&held.json(), "id").to_owned();
        let state = room.get(&format!("/reservations/{id}")).await;
        assert_eq!((&state.json()["state"], &state.json()["quantity"]), (&json!("held"), &json!(2)));
        assert!(!state.body.contains("HYPERLINK") && state.header("cache-control") == "no-store");
        assert_eq!(other.get(&format!("/reservations/{id}")).await.status, 404, "another room has it not");
        for (method, path) in [
            ("GET", "flash".to_owned()),
            ("GET", "reservations".to_owned()),
            ("GET", "reservations.csv".to_owned()),
            ("DELETE", format!("reservations/{id}")),
            ("DELETE", "flash/HY-500".to_owned()),
        ] {
            let path = format!("/v1/rooms/{}/{path}", room.name);
            let refused = http(room.address, method, &path, &[], "").await;
            assert_eq!((refused.status, refused.body.contains("HYPERLINK")), (401, false), "{method} {path}");
        }
        let table = signed("GET", &room, "reservations.csv", "").await;
        assert!(table.header("content-type").starts_with("text/csv"));
        let mut reader = csv::Reader::from_reader(table.body.trim_start_matches('\u{feff}').as_bytes());
        let headings = reader.headers().unwrap().clone();
        let row = reader.records().next().unwrap().unwrap();
        let cell = |name: &str| &row[headings.iter().position(|heading| heading == name).unwrap()];
        assert_eq!((cell("contact"), cell("quantity")), ("'=HYPERLINK(\"http://x\")", "2"));
        assert_eq!((cell("price"), cell("product"), cell("state")), ("2.20", "不锈钢保温杯", "held"));
    });
}

#[test]
fn the_console_sees_sales_and_reservations_as_they_come() {
    gateway::run(async {
        let room = Gateway::shared().await.room();
        let mut console = Stream::open(room.address, &format!("/v1/rooms/{}/console", room.name), None).await;
        console.next().await;
        room.begin(json!({ "price": "2.20", "duration_s": 600, "stock": 9 })).await;
        let wish = json!({ "quantity": 4, "contact": "ann@example.com" });
        let id = text(&room.reserve_from("127.0.0.1", &wish).await.json(), "id").to_owned();
        let told = console.until(|m| m["type"] == "reservation").await.pop().unwrap().data;
        let reservation = &told["reservation"];
        assert_eq!((&reservation["id"], &reservation["contact"]), (&json!(id), &json!("ann@example.com")));
        assert_eq!(
            (&reservation["product"], &reservation["price"]),
            (&json!("不锈钢保温杯"), &json!("2.20"))
        );
        let counted = |m: &Value| m["type"] == "state" && m["sales"][0]["reserved"] == 4;
        let state = console.until(counted).await.pop().unwrap().data;
        assert_eq!((&state["sales"][0]["stock"], &state["sales"][0]["sku"]), (&json!(5), &json!("HY-500")));
        assert!(
            state["server_time_ms"].as_i64().unwrap() < state["sales"][0]["ends_at_ms"].as_i64().unwrap()
        );
        assert_eq!(room.delete(&format!("reservations/{id}")).await.status, 204);
        let told = console.until(|m| m["type"] == "reservation").await.pop().unwrap().data;
        assert_eq!(told["reservation"]["state"], "cancelled");
    });
}

fn problem(answer: &Answer, status: u16, code: &str, of: &str) {
    assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{of}: {}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json", "{of}");
    assert_eq!(answer.json()["status"], status, "{of}");
}

fn merged(mut base: Value, more: Value) -> Value {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

fn sale(more: Value) -> Value {
    merged(json!({ "sku": "HY-500", "price": "2.20", "duration_s": 60 }), more)
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

trait Sells {
    async fn begin(&self, more: Value) -> Value;
    /// As a shopper at that address, which a proxy here names.
    async fn reserve_from(&self, address: &str, wish: &Value) -> Answer;
    async fn delete(&self, path: &str) -> Answer;
}

impl Sells for Room {
    async fn begin(&self, more: Value) -> Value {
        let begun = self.post("flash", &sale(more).to_string()).await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        begun.json()
    }

    async fn reserve_from(&self, address: &str, wish: &Value) -> Answer {
        let via = [("content-type", "application/json"), ("x-forwarded-for", address)];
        let path = format!("/v1/rooms/{}/flash/HY-500/reservations", self.name);
        http(self.address, "POST", &path, &via, &wish.to_string()).await
    }

    async fn delete(&self, path: &str) -> Answer {
        http(self.address, "DELETE", &format!("/v1/rooms/{}/{path}", self.name), &[], "").await
    }
}

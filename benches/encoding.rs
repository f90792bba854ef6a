//! What is encoded once for each event and language, however many watch: a caption, and a pin with its card.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use tradewind::domain::{Caption, Epoch, Fidelity, Lang, Sku};
use tradewind::protocol::viewer::{self, Place};

fn encode(c: &mut Criterion) {
    let lang = |tag| Lang::parse(tag).unwrap_or_else(|_| unreachable!("a language tag"));
    let (Ok(epoch), Ok(sku)) = (Epoch::parse("k3f9"), Sku::parse("HY-500")) else {
        unreachable!("both are valid")
    };
    let place = Place { epoch: &epoch, offset: Some(121) };
    let caption = Caption {
        segment: 17,
        rev: 3,
        is_final: true,
        corrected: false,
        lang: lang("es"),
        text_lang: None,
        source_lang: lang("zh"),
        text: "El pedido mínimo de este termo es de 500 piezas; el precio unitario es de USD 2.80.".into(),
        source_text: "这款保温杯的最低起订量是五百个,单价两美元八十美分。".into(),
        start_ms: 28_070,
        end_ms: 33_830,
        engine: "phrasebook".into(),
        fidelity: Fidelity::Verified,
    };
    let card = card();
    let mut group = c.benchmark_group("encoding");
    group.throughput(Throughput::Bytes(viewer::caption(place, &caption, 34_400).len() as u64));
    group.bench_function("caption", |b| b.iter(|| viewer::caption(place, black_box(&caption), 34_400)));
    group.throughput(Throughput::Bytes(viewer::pin(place, &sku, "spoken", Some(17), &card).len() as u64));
    group
        .bench_function("pin", |b| b.iter(|| viewer::pin(place, &sku, "spoken", Some(17), black_box(&card))));
    let event = viewer::caption(place, &caption, 34_400);
    group.bench_function("snapshot", |b| b.iter(|| viewer::as_snapshot(black_box(&event))));
    group.finish();
}

fn card() -> Value {
    json!({
        "sku": "HY-500", "name": "Termo de acero inoxidable", "name_source": "不锈钢保温杯", "image": "/images/thermos.svg",
        "dir": "ltr",
        "price": { "amount": "2.80", "currency": "USD", "text": "USD 2.80",
                   "local": { "amount": "51.66", "currency": "MXN", "text": "MXN 51.66", "as_of": "2026-11-20" } },
        "tiers": [{ "min": 1000, "text": "1000+ piezas: USD 2.52" }],
        "facts": [
            { "key": "capacity", "label": "Capacidad", "text": "500 ml" },
            { "key": "keeps_hot", "label": "Conserva el calor", "text": "12 horas" },
            { "key": "keeps_cold", "label": "Conserva el frío", "text": "24 horas" },
            { "key": "moq", "label": "Pedido mínimo", "text": "500 piezas" },
            { "key": "lead_time", "label": "Plazo de entrega", "text": "7 días" },
        ],
        "cta": "Pedir cotización",
    })
}

criterion_group!(benches, encode);
criterion_main!(benches);

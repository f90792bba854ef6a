//! One utterance into twelve languages: matched once, rendered and proven for each, as when twelve languages are watched.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use tradewind::domain::{Lang, Product};
use tradewind::packs::Packs;
use tradewind::translate::{Phrasebook, Request, gate};

/// A short, a usual and a long line of the tour.
const UTTERANCES: [(&str, &str, &str); 4] = [
    ("short", "zh", "一千个以上打九折，七天内发货。"),
    ("usual", "zh", "这款保温杯的最低起订量是五百个，单价两美元八十美分。"),
    ("long", "zh", "从宁波港出货，海运到洛杉矶大概需要二十五天，到汉堡大概三十二天。"),
    ("english", "en", "The minimum order is five hundred pieces, at a unit price of two dollars eighty."),
];
const TARGETS: [&str; 13] = ["en", "es", "pt-BR", "fr", "ru", "ar", "tr", "vi", "th", "id", "hi", "sw", "zh"];

fn translate(c: &mut Criterion) {
    let Ok(packs) = Packs::builtin().map(Arc::new) else { unreachable!("the packs that ship load") };
    let lang = |tag| Lang::parse(tag).unwrap_or_else(|_| unreachable!("a language tag"));
    let book = Phrasebook::new(Arc::clone(&packs));
    let none: Arc<[Product]> = Arc::new([]);
    let mut group = c.benchmark_group("phrasebook");
    for (name, source, text) in UTTERANCES {
        let targets: Vec<Lang> = TARGETS.into_iter().filter(|tag| *tag != source).map(lang).collect();
        let mut round = 0_usize;
        group.bench_function(name, |b| {
            b.iter(|| {
                // A space more each time: otherwise the reading would come from the last round.
                round = (round + 1) % 64;
                let said = format!("{text}{}", " ".repeat(round));
                for target in &targets {
                    let request = Request {
                        text: said.clone(),
                        source: lang(source),
                        target: target.clone(),
                        is_final: true,
                        products: Arc::clone(&none),
                        context: Vec::new(),
                        glossary: Arc::default(),
                    };
                    let Some((draft, _)) = book.clauses(black_box(&request)) else { continue };
                    let Some(pack) = packs.get(target) else { continue };
                    black_box(gate(&request, &draft, pack, true)).ok();
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, translate);
criterion_main!(benches);

//! `tradewind packs preview SKU`: one card in all languages, for the clerk who looks for what is missing.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};

use crate::catalogue::Catalogue;
use crate::config::{Config, RoomConfig};
use crate::domain::{Day, Habits, Market, Product, Sku};
use crate::localize::{Gap, GapKind, LocalizedCard, MachineTexts, card, gaps};
use crate::packs::{Pack, Packs};
use crate::record::{Record, now_ms};

/// Prints the card as shoppers of each language get it, from every room that sells it.
pub async fn preview(sku: &str, config: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let sku = Sku::parse(sku)?;
    let config = Config::load(config)?;
    let packs = match &config.packs_dir {
        Some(dir) => Packs::from_dir(dir)?,
        None => Packs::builtin()?,
    };
    let record = config.record.dir.as_deref().map(Record::open).transpose()?;
    let mut sold = false;
    for room in &config.rooms {
        let catalogue = catalogue(room, record.as_ref(), config.rates.max_age_days).await?;
        if let Some(product) = catalogue.product(&sku) {
            sold = true;
            in_room(room, &catalogue, product, &packs, out)?;
        }
    }
    ensure!(sold, "no room sells {sku}");
    Ok(())
}

/// What the room sells: as it was last changed, else as the file has it. Rates that are too old for the room are left out, as
/// shoppers get none of them; those of a `[rates]` source are the running gateway's.
async fn catalogue(
    room: &RoomConfig,
    record: Option<&Record>,
    max_age_days: u32,
) -> anyhow::Result<Catalogue> {
    let kept = match record {
        Some(record) => record.products(&room.id, &room.source_lang).await?,
        None => None,
    };
    let mut catalogue =
        kept.map_or_else(|| (*room.catalogue).clone(), |products| room.catalogue.with(products));
    if !catalogue.rates.are_usable(Day::of_unix_ms(now_ms()), room.rates_max_age_days, max_age_days) {
        catalogue.rates = Arc::default();
    }
    Ok(catalogue)
}

fn in_room(
    room: &RoomConfig,
    catalogue: &Catalogue,
    product: &Product,
    packs: &Packs,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let name = product.names.get(&catalogue.source_lang).map_or("", String::as_str);
    writeln!(out, "{}  {name}  ({})", product.sku, room.title)?;
    let mut lacking = Vec::new();
    for pack in packs.iter() {
        // No engine runs here: the clerk is shown what people have written.
        let written = MachineTexts::default();
        let market = Market { currency: pack.currency, habits: Habits::default() };
        let card = card(product, None, pack, market, &catalogue.rates, &catalogue.source_lang, &written);
        let gaps = gaps(product, pack, &catalogue.source_lang);
        in_language(pack, &card, &gaps, out).context("cannot write")?;
        if !gaps.is_empty() {
            lacking.push(pack);
        }
    }
    let langs: Vec<&str> = lacking.iter().map(|pack: &&Arc<Pack>| pack.lang.as_str()).collect();
    match langs.as_slice() {
        [] => writeln!(out, "\n{} languages, nothing missing", packs.iter().count())?,
        langs => {
            writeln!(out, "\n{} languages, something missing in: {}", packs.iter().count(), langs.join(", "))?
        }
    }
    Ok(())
}

fn in_language(pack: &Pack, card: &LocalizedCard, gaps: &[Gap], out: &mut impl Write) -> std::io::Result<()> {
    let mark = if gaps.is_empty() { ' ' } else { '!' };
    writeln!(out, "\n{mark} {} · {}", pack.lang, pack.name)?;
    writeln!(out, "    {}", card.name)?;
    let local = card.price.local.as_ref().map(|local| format!("  {} ({})", local.about, local.as_of_text));
    writeln!(out, "    {}{}", card.price.text, local.unwrap_or_default())?;
    for tier in &card.tiers {
        writeln!(out, "    {}", tier.text)?;
    }
    for fact in &card.facts {
        writeln!(out, "    {}: {}", fact.label, fact.text)?;
    }
    for gap in gaps {
        writeln!(out, "  ! {}", told(gap))?;
    }
    Ok(())
}

fn told(Gap { key, kind }: &Gap) -> String {
    match kind {
        GapKind::Borrowed(lang) => format!("{key}: not in this language; shown in {lang}"),
        GapKind::LeftOut(term) => format!("{key}: the language pack has no word for {term}; left out"),
        GapKind::Label => format!("{key}: the language pack has no label"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn printed(catalogue: &str, sku: &str) -> anyhow::Result<String> {
        let dir = tempfile::tempdir()?;
        std::fs::write(dir.path().join("c.toml"), catalogue)?;
        let config = dir.path().join("gateway.toml");
        let room = "auth = \"off\"\n[[rooms]]\nid = \"a\"\ntitle = \"A\"\ncatalogue = \"c.toml\"\n";
        std::fs::write(&config, room)?;
        let mut out = Vec::new();
        preview(sku, &config, &mut out).await?;
        Ok(String::from_utf8(out)?)
    }

    #[tokio::test]
    async fn every_language_is_shown_and_what_is_missing_is_marked() {
        let demo = include_str!("../../config/demo-catalogue.toml");
        let whole = printed(demo, "HY-500").await.unwrap();
        for word in ["es · ", "Termo de acero inoxidable", "USD", "ar · "] {
            assert!(whole.contains(word), "{word}: {whole}");
        }
        let without: String =
            demo.lines().filter(|l| !l.contains("Termo de acero")).map(|l| format!("{l}\n")).collect();
        assert_ne!(without.trim(), demo.trim());
        let printed = printed(&without, "HY-500").await.unwrap();
        assert!(printed.contains("! es · ") && printed.contains("! name: not in this language"), "{printed}");
    }

    #[tokio::test]
    async fn a_product_that_nobody_sells_is_told() {
        let demo = include_str!("../../config/demo-catalogue.toml");
        assert!(printed(demo, "NO-1").await.unwrap_err().to_string().contains("no room sells NO-1"));
    }
}

//! One function for each fuzz target: it must not panic, whatever the bytes, and what it takes must be taken again when it is
//! written. Each says whether it took them, so that a corpus that reaches nothing is noticed.

use std::sync::{Arc, LazyLock};

use tempfile::TempDir;
use tradewind::catalogue::{
    Catalogue, products_from_csv, products_from_json, products_to_csv, products_to_json, rates_from_text,
};
use tradewind::decode::{DecodeError, Decoder};
use tradewind::domain::audio::{AudioFormat, Encoding};
use tradewind::domain::{Day, Lang, Product};
use tradewind::glossary::Glossary;
use tradewind::packs::{Packs, check, expand, parts};
use tradewind::protocol::host::{HostMessage, ListenRequest};
use tradewind::protocol::viewer::ViewerMessage;
use tradewind::translate::{Phrasebook, Request};

pub type Body = fn(&[u8]) -> bool;

/// By the names of the targets and of the folders in `fuzz/corpus`.
pub const ALL: [(&str, Body); 12] = [
    ("wav", decoded),
    ("webm", decoded),
    ("ogg", ogg),
    ("opus", opus),
    ("host_json", host_json),
    ("viewer_json", viewer_json),
    ("catalogue_csv", catalogue_csv),
    ("catalogue_json", catalogue_json),
    ("glossary", glossary),
    ("rates", rates),
    ("pack", pack),
    ("patterns", patterns),
];

/// A host's stream in one push, and again cut where its first byte says: what comes out must not depend on the cut.
pub fn decoded(data: &[u8]) -> bool {
    let Some((&cut, data)) = data.split_first() else { return false };
    let whole = samples(&[data]);
    let (one, other) = data.split_at(usize::from(cut).min(data.len()));
    let parts = samples(&[one, other]);
    // What came before an error is handed out by pieces, in one piece it is lost with it.
    let (Ok(whole), Ok(parts)) = (whole, parts) else { return false };
    assert_eq!(whole.len(), parts.len(), "samples depend on the cut");
    assert!(
        whole.iter().all(|sample| sample.is_finite() && sample.abs() <= 1.0),
        "a sample that is no sound"
    );
    !whole.is_empty()
}

/// An encoder's Ogg, as it is and with checksums that are right.
pub fn ogg(data: &[u8]) -> bool {
    let as_it_is = decoded(data);
    decoded(&with_checksums(data)) || as_it_is
}

/// Opus packets in a stream that is right but for them: a byte for each packet's length, then the packet.
pub fn opus(data: &[u8]) -> bool {
    const HEAD: &[u8] = b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0";
    const TAGS: &[u8] = b"OpusTags\0\0\0\0\0\0\0\0";
    /// Packets on one page.
    const MOST: usize = 255;
    let (mut lacing, mut body, mut rest) = (Vec::new(), Vec::new(), data);
    while let Some((&length, more)) = rest.split_first().filter(|_| lacing.len() < MOST) {
        // 255 would go on in the next segment.
        let length = usize::from(length.min(254)).min(more.len());
        lacing.push(length as u8);
        body.extend(&more[..length]);
        rest = &more[length..];
    }
    let mut stream = vec![data.len() as u8];
    stream.extend(ogg_page(2, 0, 0, &[HEAD.len() as u8], HEAD));
    stream.extend(ogg_page(0, 0, 1, &[TAGS.len() as u8], TAGS));
    stream.extend(ogg_page(4, 960 * lacing.len() as u64, 2, &lacing, &body));
    decoded(&stream)
}

/// What a host sends beside its sound, and what it writes behind the question mark.
pub fn host_json(data: &[u8]) -> bool {
    let text = text_of(data);
    let pairs = serde_urlencoded::from_str::<Vec<(String, String)>>(text);
    let request = pairs.is_ok_and(|pairs| ListenRequest::parse(&pairs).is_ok());
    HostMessage::parse(text).is_ok() || request
}

/// What a viewer sends.
pub fn viewer_json(data: &[u8]) -> bool {
    serde_json::from_str::<ViewerMessage>(text_of(data)).is_ok()
}

/// A clerk's spreadsheet.
pub fn catalogue_csv(data: &[u8]) -> bool {
    let Ok(lang) = Lang::parse("zh") else { return false };
    let term_of = |written: &str| (written == "红色").then(|| "color.red".to_owned());
    let Ok(products) = products_from_csv(data, &lang, &term_of) else { return false };
    let Ok(written) = products_to_csv(&products) else { return true };
    let again = products_from_csv(written.as_bytes(), &lang, &term_of);
    assert_eq!(again.ok().map(in_order), Some(in_order(products)), "{written}");
    true
}

/// A sheet that is written has its facts in an order of its own.
fn in_order(mut products: Vec<Product>) -> Vec<Product> {
    products.iter_mut().for_each(|product| product.facts.sort_by(|a, b| a.key.cmp(&b.key)));
    products
}

/// Products as JSON, and the catalogue as TOML.
pub fn catalogue_json(data: &[u8]) -> bool {
    let text = text_of(data);
    let toml = Catalogue::parse(text).is_ok();
    let Ok(lang) = Lang::parse("zh") else { return toml };
    let Ok(products) = products_from_json(text, &lang) else { return toml };
    let Ok(written) = products_to_json(&products) else { return true };
    assert_eq!(products_from_json(&written, &lang).ok(), Some(products), "{written}");
    true
}

/// A factory's terms.
pub fn glossary(data: &[u8]) -> bool {
    let Ok(glossary) = Glossary::parse(text_of(data)) else { return false };
    let written = glossary.to_tsv();
    assert_eq!(Glossary::parse(&written).ok().map(|again| again.to_tsv()), Some(written));
    true
}

/// A bank's table of exchange rates.
pub fn rates(data: &[u8]) -> bool {
    // The last of November 2026, behind the days of the corpus: a table of days to come is refused.
    rates_from_text(text_of(data), "fuzz", Day::of_unix_ms(1_796_000_000_000)).is_ok()
}

const PACK_FILES: [&str; 8] = [
    "pack.toml",
    "patterns.tsv",
    "renderings.tsv",
    "strings.ftl",
    "terms.tsv",
    "units.toml",
    "glossary.tsv",
    "lexicon.tsv",
];
const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/packs/en");
static PACK_DIR: LazyLock<Option<TempDir>> = LazyLock::new(|| {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).ok() } else { TempDir::new().ok() }
});

/// One file of a language pack: the first byte says which. What loads is checked and translates.
pub fn pack(data: &[u8]) -> bool {
    let (Some((&which, text)), Some(dir)) = (data.split_first(), PACK_DIR.as_ref()) else { return false };
    let changed = PACK_FILES[usize::from(which) % PACK_FILES.len()];
    let pack = dir.path().join("en");
    drop(std::fs::create_dir(&pack));
    for file in PACK_FILES {
        let shipped = std::fs::read(format!("{PACK}/{file}"));
        let written = match if file == changed { Ok(text.to_vec()) } else { shipped } {
            Ok(text) => std::fs::write(pack.join(file), text),
            Err(_) => std::fs::remove_file(pack.join(file)).or(Ok(())),
        };
        assert!(written.is_ok(), "{file} could not be written");
    }
    let (Ok(packs), Ok(lang)) = (Packs::from_dir(dir.path()).map(Arc::new), Lang::parse("en")) else {
        return false;
    };
    drop(check(&packs, std::slice::from_ref(&lang)));
    let request = Request::new("the minimum order is 500 pieces", &lang, &lang);
    drop(Phrasebook::new(packs).clauses(&request));
    true
}

/// A phrasebook's pattern and rendering as a translator writes them, a line each.
pub fn patterns(data: &[u8]) -> bool {
    let text = text_of(data);
    let (pattern, rendering) = text.split_once('\n').unwrap_or((text, text));
    let taken = expand(pattern).is_ok();
    parts(rendering).is_ok() && taken
}

/// As far as it is text.
fn text_of(data: &[u8]) -> &str {
    match std::str::from_utf8(data) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&data[..error.valid_up_to()]).unwrap_or_default(),
    }
}

fn samples(pushes: &[&[u8]]) -> Result<Vec<f32>, DecodeError> {
    let mut decoder =
        Decoder::new(AudioFormat { encoding: Encoding::Container, sample_rate: 16_000, channels: 1 })?;
    let mut samples = Vec::new();
    for bytes in pushes {
        samples.extend(decoder.push(bytes)?);
    }
    samples.extend(decoder.finish());
    Ok(samples)
}

/// A page of an Ogg stream. `lacing` has a byte for each 255 bytes of `body` (RFC 3533, section 6).
fn ogg_page(flags: u8, granule: u64, sequence: u32, lacing: &[u8], body: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend(granule.to_le_bytes());
    page.extend(1_u32.to_le_bytes());
    page.extend(sequence.to_le_bytes());
    page.extend([0; 4]);
    page.push(lacing.len() as u8);
    page.extend(lacing);
    page.extend(body);
    with_checksum(&mut page);
    page
}

/// Sets the checksum of each page in `stream`, so that what was changed in it is read at all.
fn with_checksums(stream: &[u8]) -> Vec<u8> {
    let mut stream = stream.to_vec();
    let mut at = 0;
    while let Some(start) = stream[at..].windows(4).position(|four| four == b"OggS").map(|found| at + found) {
        let Some(&segments) = stream.get(start + 26) else { break };
        let body = start + 27 + usize::from(segments);
        let Some(lacing) = stream.get(start + 27..body) else { break };
        let end = body + lacing.iter().map(|&part| usize::from(part)).sum::<usize>();
        let Some(page) = stream.get_mut(start..end) else { break };
        with_checksum(page);
        at = end;
    }
    stream
}

/// CRC-32 with polynomial 0x04C11DB7, not reflected, over the page with zeros in the checksum's place (RFC 3533, section 6).
fn with_checksum(page: &mut [u8]) {
    page[22..26].fill(0);
    let crc = page.iter().fold(0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 24, |crc, _| {
            crc << 1 ^ if crc >> 31 == 1 { 0x04C1_1DB7 } else { 0 }
        })
    });
    page[22..26].copy_from_slice(&crc.to_le_bytes());
}

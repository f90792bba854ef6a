//! Do the triggers, given the text as it was said, find the products that are spoken of and no others? Both tours and the
//! script of near misses, without a gateway: recognition and timing are measured with recordings.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::manifest::{self, Clip, Row};
use super::table::Table;
use super::triggers::{Pin, TriggerScore, score as score_tour};
use crate::catalogue::Catalogue;
use crate::domain::{CardAction, Lang, Sku};
use crate::triggers::{Moment, Pins, Shown, Triggers};

const SCRIPT: &str = include_str!("../../assets/near-misses.tsv");
const TOUR: &str = include_str!("../../assets/tour-zh.tsv");
const CATALOGUE: &str = include_str!("../../config/demo-catalogue.toml");
const COLUMNS: [&str; 6] = ["part", "kind", "lang", "pinned", "expected", "utterance"];

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum NearMissError {
    #[error("cannot read {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the script's first row must be {}", COLUMNS.join(", "))]
    NoHeader,
    #[error("line {line}: {what}")]
    Line { line: usize, what: String },
    #[error("the catalogue: {0}")]
    Catalogue(String),
    #[error("cannot write the figures: {0}")]
    Output(#[from] io::Error),
}

/// One utterance of the script.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub part: String,
    pub kind: String,
    pub lang: Lang,
    pub pinned: Option<Sku>,
    pub expected: Option<Sku>,
    pub utterance: String,
}

/// Utterances that went wrong are kept for reading.
#[derive(Debug, Default, PartialEq)]
pub struct Score {
    pub lines: usize,
    /// Lines that must bring a card.
    pub expected: usize,
    /// Cards that came.
    pub cards: usize,
    /// Of them, those that were the right one.
    pub right: usize,
    pub wrong: Vec<String>,
}

impl Score {
    fn add(&mut self, line: &Line, card: Option<&Sku>) {
        self.lines += 1;
        self.expected += usize::from(line.expected.is_some());
        self.cards += usize::from(card.is_some());
        if card == line.expected.as_ref() {
            self.right += usize::from(card.is_some());
        } else {
            let shown = |sku: Option<&Sku>| sku.map_or("-".to_owned(), ToString::to_string);
            let (wanted, got) = (shown(line.expected.as_ref()), shown(card));
            self.wrong
                .push(format!("{} {}: wanted {wanted}, got {got}: {}", line.part, line.kind, line.utterance));
        }
    }
}

/// The figures of a part of the script, or of a tour.
#[derive(Debug)]
pub struct Figures {
    pub of: String,
    pub lines: usize,
    pub expected: usize,
    pub cards: usize,
    pub right: usize,
    /// Expected ones that came. In a tour a card that comes late is right, but not found.
    pub found: usize,
}

/// Reads a script. Lines that begin with `#` are comments.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn parse(text: &str) -> Result<Vec<Line>, NearMissError> {
    let mut rows = text
        .lines()
        .enumerate()
        .filter(|(_, row)| !row.trim().is_empty() && !row.starts_with('#'))
        .map(|(at, row)| (at + 1, row.split('\t').map(str::trim).collect::<Vec<_>>()));
    if rows.next().is_none_or(|(_, header)| header != COLUMNS) {
        return Err(NearMissError::NoHeader);
    }
    rows.map(|(line, cells)| parse_line(&cells).map_err(|what| NearMissError::Line { line, what })).collect()
}

fn parse_line(cells: &[&str]) -> Result<Line, String> {
    let [part, kind, lang, pinned, expected, utterance] = cells else {
        return Err(format!("{} cells, not {}", cells.len(), COLUMNS.len()));
    };
    let sku = |cell: &str| match cell {
        "-" => Ok(None),
        sku => Sku::parse(sku).map(Some).map_err(|error| format!("{sku:?}: {error}")),
    };
    Ok(Line {
        part: (*part).to_owned(),
        kind: (*kind).to_owned(),
        lang: Lang::parse(lang).map_err(|error| error.to_string())?,
        pinned: sku(pinned)?,
        expected: sku(expected)?,
        utterance: (*utterance).to_owned(),
    })
}

/// Each line by itself. A card of what is pinned already is none.
pub fn score(lines: &[Line], catalogue: &Catalogue) -> Vec<(String, Score)> {
    let mut scores: Vec<(String, Score)> = Vec::new();
    let mut listening: Vec<(Lang, Triggers)> = Vec::new();
    for line in lines {
        if !listening.iter().any(|(lang, _)| *lang == line.lang) {
            listening.push((line.lang.clone(), Triggers::new(&catalogue.products, &line.lang)));
        }
        let Some((_, triggers)) = listening.iter().find(|(lang, _)| *lang == line.lang) else { continue };
        let shown = Shown { now: line.pinned.clone(), before: None };
        let card = triggers.spoken(&line.utterance, &shown).map(|mention| mention.sku);
        let card = card.filter(|sku| Some(sku) != line.pinned.as_ref());
        let of = format!("script, {}, {}", line.part, line.lang);
        let at = scores.iter().position(|(name, _)| *name == of).unwrap_or_else(|| {
            scores.push((of, Score::default()));
            scores.len() - 1
        });
        scores[at].1.add(line, card.as_ref());
    }
    scores
}

/// A tour's sentences in the order and at the times of the tour.
pub fn score_text_of_tour(rows: &[Row], lang: &Lang, catalogue: &Catalogue) -> TriggerScore {
    let triggers = Triggers::new(&catalogue.products, lang);
    let (mut pins, mut pinned) = (Pins::default(), Vec::new());
    for (segment, row) in (1..).zip(rows) {
        let Some(text) = row.texts.get(lang.primary()) else { continue };
        let Some(mention) = triggers.spoken(text, pins.shown()) else {
            continue;
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a tour")]
        let at_ms = (row.end * 1_000.0) as u64;
        if let Some(CardAction::Pin { sku, .. }) =
            pins.heard(&mention, segment, Moment { show_ms: at_ms, wall_ms: at_ms })
        {
            pinned.push(Pin { sku: sku.to_string(), at: row.end });
        }
    }
    score_tour(rows, &pinned)
}

/// `tradewind eval --triggers`: prints the figures and what went wrong.
///
/// # Errors
/// The script or the catalogue cannot be read, or the figures not be written.
pub fn run_near_misses(
    script: Option<&PathBuf>,
    json: Option<&PathBuf>,
    out: &mut impl Write,
) -> Result<(), NearMissError> {
    let text = match script {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|source| NearMissError::File { path: path.clone(), source })?,
        None => SCRIPT.to_owned(),
    };
    let catalogue =
        Catalogue::parse(CATALOGUE).map_err(|error| NearMissError::Catalogue(format!("{error:#}")))?;
    let (mut figures, mut wrong) = (Vec::new(), Vec::new());
    for (lang, name) in [("zh", "tour, zh"), ("en", "tour, en")] {
        let tour = manifest::parse_tour(TOUR, Path::new("tour-zh.wav"), lang);
        let (Ok(lang), Ok(Clip { rows, .. })) = (Lang::parse(lang), tour) else { continue };
        let score = score_text_of_tour(&rows, &lang, &catalogue);
        wrong.extend(
            score.false_pins.iter().map(|pin| format!("{name}: false: {} at {:.1} s", pin.sku, pin.at)),
        );
        wrong.extend(score.missed.iter().map(|sku| format!("{name}: missed: {sku}")));
        figures.push(Figures {
            of: name.to_owned(),
            lines: rows.len(),
            expected: score.expected,
            cards: score.pins,
            right: score.pins - score.false_pins.len(),
            found: score.pinned,
        });
    }
    for (of, score) in score(&parse(&text)?, &catalogue) {
        wrong.extend(score.wrong);
        let (lines, expected, cards, right) = (score.lines, score.expected, score.cards, score.right);
        figures.push(Figures { of, lines, expected, cards, right, found: right });
    }
    print(&figures, out)?;
    for line in &wrong {
        writeln!(out, "  {line}")?;
    }
    if let Some(path) = json {
        std::fs::write(path, format!("{:#}\n", to_json(&figures, &wrong)))?;
    }
    Ok(())
}

fn print(figures: &[Figures], out: &mut impl Write) -> io::Result<()> {
    let header = ["of", "", "", "lines", "expected", "cards", "right", "precision", "recall"];
    let mut table = Table::new("Product cards, from text", &header);
    for f in figures {
        let counts = [f.lines, f.expected, f.cards, f.right].map(|n| n.to_string());
        let rates = [percent(f.right, f.cards), percent(f.found, f.expected)];
        let cells = [f.of.clone(), String::new(), String::new()];
        table.row(cells.into_iter().chain(counts).chain(rates).collect::<Vec<_>>());
    }
    table.print(out)
}

fn to_json(figures: &[Figures], wrong: &[String]) -> Value {
    let parts = figures.iter().map(|f| {
        json!({ "of": f.of, "lines": f.lines, "expected": f.expected, "cards": f.cards, "right": f.right, "found": f.found })
    });
    json!({ "triggers": parts.collect::<Vec<_>>(), "wrong": wrong })
}

fn percent(part: usize, whole: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts of lines")]
    let share = part as f64 * 100.0 / whole as f64;
    if whole == 0 { String::new() } else { format!("{share:.1} %") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_in_a_script_are_told_with_their_line() {
        let header = COLUMNS.join("\t");
        assert!(matches!(parse("a\tb\n"), Err(NearMissError::NoHeader)));
        let short = parse(&format!("# a\tb\n{header}\nfirst\tname\tzh\t-\t-\n"));
        assert!(matches!(short, Err(NearMissError::Line { line: 3, .. })), "{short:?}");
    }

    #[test]
    fn a_card_of_what_is_pinned_is_none_and_a_wrong_one_counts_twice() {
        let catalogue = Catalogue::parse(CATALOGUE).unwrap();
        let row =
            |pinned: &str, expected: &str, said: &str| format!("p\tk\tzh\t{pinned}\t{expected}\t{said}\n");
        let text = COLUMNS.join("\t")
            + "\n"
            + &row("HY-500", "-", "保温杯")
            + &row("-", "HY-L80", "保温杯")
            + &row("-", "-", "你好");
        let scores = score(&parse(&text).unwrap(), &catalogue);
        let Score { lines, expected, cards, right, wrong } = &scores[0].1;
        assert_eq!((*lines, *expected, *cards, *right), (3, 1, 1, 0));
        assert!(wrong[0].contains("wanted HY-L80, got HY-500"), "{wrong:?}");
    }

    /// What was reached; a change of the triggers must not lose it unseen.
    #[test]
    fn the_script_that_ships_gives_few_wrong_cards() {
        let mut out = Vec::new();
        run_near_misses(None, None, &mut out).unwrap();
        let printed = String::from_utf8(out).unwrap();
        println!("{printed}");
        let catalogue = Catalogue::parse(CATALOGUE).unwrap();
        let scores = score(&parse(SCRIPT).unwrap(), &catalogue);
        let sum = |of: fn(&Score) -> usize| scores.iter().map(|(_, score)| of(score)).sum::<usize>();
        assert!(sum(|s| s.lines) >= 200);
        let (cards, right) = (sum(|s| s.cards), sum(|s| s.right));
        assert!(cards - right <= 9, "{} of {cards} wrong\n{printed}", cards - right);
    }
}

//! The two kinds of lists of clips: a manifest (a clip a row, with a header) and a tour (a clip's utterances
//! with their times, the audio beside it).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::text::{Measure, primary};

/// What kept a list from being read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("cannot read {}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}: {what}", path.display())]
    Bad { path: PathBuf, what: String },
}

/// One utterance of a tour.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Seconds from the clip's start.
    pub start: f64,
    pub end: f64,
    /// By language.
    pub texts: BTreeMap<String, String>,
    pub sku: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    pub path: PathBuf,
    /// `None`: nobody speaks.
    pub language: Option<String>,
    /// Length in seconds, where the list tells it.
    pub seconds: Option<f64>,
    /// What is said, where it is known.
    pub transcript: Option<String>,
    /// Reference translations by language.
    pub translations: BTreeMap<String, String>,
    pub kind: String,
    /// A tour's utterances.
    pub rows: Vec<Row>,
}

impl Clip {
    pub fn name(&self) -> String {
        self.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Whether a caption of this clip would be false.
    pub fn is_without_speech(&self) -> bool {
        self.language.is_none()
    }
}

/// Reads either kind. Files are looked for beside the list.
pub fn read(path: &Path) -> Result<Vec<Clip>, ManifestError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ManifestError::Io { path: path.to_owned(), source })?;
    let bad = |what: String| ManifestError::Bad { path: path.to_owned(), what };
    let first = text.trim_start_matches('\u{FEFF}').split(['\t', '\n']).next().unwrap_or_default().trim();
    let clips = if first == "start" || first.parse::<f64>().is_ok() {
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let language = language_of_stem(&stem);
        vec![parse_tour(&text, &with_audio(path), &language).map_err(bad)?]
    } else {
        parse_manifest(&text, path.parent().unwrap_or(Path::new("."))).map_err(bad)?
    };
    match clips.iter().find(|clip| !clip.path.is_file()) {
        Some(clip) => Err(bad(format!("{} is not there", clip.path.display()))),
        None if clips.is_empty() => Err(bad("no clips".into())),
        None => Ok(clips),
    }
}

fn parse_manifest(text: &str, folder: &Path) -> Result<Vec<Clip>, String> {
    let mut lines = rows_of(text);
    let header = lines.next().ok_or("empty")?.1;
    let column = |name: &str| header.iter().position(|h| h.eq_ignore_ascii_case(name));
    let wanted = |name: &str| column(name).ok_or_else(|| format!("no column {name:?} in the header"));
    let (file, language) = (wanted("file")?, wanted("language")?);
    let (seconds, transcript, translation) = (column("seconds"), column("transcript"), column("translation"));
    let kind = column("kind");
    let mut clips = Vec::new();
    for (line, cells) in lines {
        let cell =
            |at: Option<usize>| at.and_then(|at| cells.get(at)).copied().filter(|cell| !cell.is_empty());
        let file = cell(Some(file)).ok_or_else(|| format!("line {line}: no file"))?;
        let language = cell(Some(language)).filter(|lang| !matches!(*lang, "-" | "none" | "und"));
        clips.push(Clip {
            path: folder.join(file),
            language: language.map(String::from),
            seconds: cell(seconds).and_then(|s| s.parse().ok()),
            transcript: cell(transcript).map(String::from),
            translations: cell(translation).map(|t| ("en".to_owned(), t.to_owned())).into_iter().collect(),
            kind: cell(kind).unwrap_or("clip").to_owned(),
            rows: Vec::new(),
        });
    }
    Ok(clips)
}

pub(super) fn parse_tour(text: &str, audio: &Path, language: &str) -> Result<Clip, String> {
    let mut header = vec!["start", "end", "zh", "en", "sku"];
    let mut rows = Vec::new();
    for (line, cells) in rows_of(text) {
        if cells.first() == Some(&"start") {
            header = cells;
            continue;
        }
        let time = |at: usize| cells.get(at).and_then(|c| c.parse::<f64>().ok());
        let (Some(start), Some(end)) = (time(0), time(1)) else {
            return Err(format!("line {line}: two times are wanted"));
        };
        if !(0.0..=end).contains(&start) {
            return Err(format!("line {line}: it ends before it starts"));
        }
        let mut row = Row { start, end, texts: BTreeMap::new(), sku: None };
        for (name, cell) in header.iter().zip(&cells).skip(2).filter(|(_, cell)| !cell.is_empty()) {
            if *name == "sku" {
                row.sku = Some((*cell).to_owned());
            } else {
                row.texts.insert((*name).to_owned(), (*cell).to_owned());
            }
        }
        rows.push(row);
    }
    let joined = |lang: &str| {
        let texts: Vec<&str> =
            rows.iter().filter_map(|r: &Row| r.texts.get(lang)).map(String::as_str).collect();
        let between = if Measure::of(lang) == Measure::Cer { "" } else { " " };
        (texts.len() == rows.len() && !rows.is_empty()).then(|| texts.join(between))
    };
    let others = header.iter().skip(2).filter(|h| **h != "sku" && **h != language);
    Ok(Clip {
        path: audio.to_owned(),
        language: Some(language.to_owned()),
        seconds: rows.last().map(|row| row.end),
        transcript: joined(primary(language)).or_else(|| joined("text")),
        translations: others.filter_map(|lang| Some(((*lang).to_owned(), joined(lang)?))).collect(),
        kind: "tour".to_owned(),
        rows,
    })
}

/// Lines with their numbers, cut at tabs; comments and empty lines left out.
fn rows_of(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.trim_start_matches('\u{FEFF}')
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(n, line)| (n + 1, line.split('\t').map(str::trim).collect()))
}

/// `tour-en` is English; a name without a language is taken as Mandarin.
fn language_of_stem(stem: &str) -> String {
    let tail = stem.rsplit(['-', '_', '.']).next().unwrap_or_default();
    let is_tag =
        tail != stem && (2..=3).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_lowercase());
    if is_tag { tail.to_owned() } else { "zh".to_owned() }
}

/// The audio beside a tour: the same name with the ending of one of the formats that can be pushed.
fn with_audio(list: &Path) -> PathBuf {
    let endings = ["wav", "ogg", "opus", "webm"];
    let found = endings.iter().map(|ending| list.with_extension(ending)).find(|path| path.is_file());
    found.unwrap_or_else(|| list.with_extension("wav"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_read_by_its_header() {
        let text = "file\tlanguage\tseconds\ttranscript\ttranslation\tsource\tlicence\tkind\n\
                    zh/a.wav\tzh\t2.5\t你好\thello\tx\ty\treal\n\
                    noise/b.wav\t-\t4\t\t\tx\ty\tnoise\n";
        let clips = parse_manifest(text, Path::new("/data")).unwrap();
        assert_eq!(clips[0].path, Path::new("/data/zh/a.wav"));
        assert_eq!(clips[0].translations["en"], "hello");
        assert_eq!((clips[0].seconds, clips[0].kind.as_str()), (Some(2.5), "real"));
        assert!(clips[1].is_without_speech() && clips[1].transcript.is_none());
        assert!(parse_manifest("file\tkind\nx\ty\n", Path::new("/")).unwrap_err().contains("language"));
    }

    #[test]
    fn a_tour_s_rows_are_utterances_and_together_its_transcript() {
        let text = "0\t1.5\t你好。\tHello.\t\n2\t3\t保温杯\tA thermos.\tHY-500\n";
        let clip = parse_tour(text, Path::new("t.wav"), "zh").unwrap();
        assert_eq!(clip.transcript.as_deref(), Some("你好。保温杯"));
        assert_eq!(clip.translations["en"], "Hello. A thermos.");
        assert_eq!(clip.rows[1].sku.as_deref(), Some("HY-500"));
        assert_eq!(clip.rows[0].sku, None);
        let english = parse_tour(text, Path::new("t.wav"), "en").unwrap();
        assert_eq!(english.transcript.as_deref(), Some("Hello. A thermos."));
        assert!(parse_tour("3\t2\tx\n", Path::new("t.wav"), "zh").is_err());
    }

    #[test]
    fn a_tour_with_a_header_may_have_other_columns() {
        let text = "start\tend\tes\tsku\n0\t1\tHola\tA\n";
        let clip = parse_tour(text, Path::new("t.wav"), &language_of_stem("tour-es")).unwrap();
        assert_eq!(clip.transcript.as_deref(), Some("Hola"));
        assert_eq!(clip.rows[0].sku.as_deref(), Some("A"));
        assert_eq!(language_of_stem("factory"), "zh");
    }
}

//! The rules of ARCHITECTURE.md, kept by reading the sources; and every file that ships, loaded.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tradewind::catalogue::Catalogue;
use tradewind::config::Config;
use tradewind::domain::Lang;
use tradewind::packs::{self, Packs};
use tradewind::translate::check_examples;

/// What any stage may import. The stages themselves never import each other.
const BASE: &[&str] = &["domain", "numbers", "ogg", "sound", "packs", "catalogue", "protocol", "glossary"];

/// What each module may import of ours, besides itself and `crate::spawn`. `BASE` stands for all of it.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("sound", &["domain"]),
    ("ogg", &[]),
    ("glossary", &["domain"]),
    ("numbers", &["domain"]),
    ("packs", &["domain", "numbers", "glossary"]),
    ("catalogue", &["domain"]),
    ("protocol", &["domain", "glossary"]),
    ("models", &[]),
    ("telemetry", &[]),
    // The settings of a stage are the stage's own type; the file is checked into it.
    ("exchange", &["domain", "catalogue"]),
    ("config", &["domain", "catalogue", "exchange", "glossary", "segment", "transcribe", "translate"]),
    ("auth", &["domain", "config"]),
    // Stages.
    ("decode", &["BASE"]),
    ("segment", &["BASE"]),
    ("transcribe", &["BASE"]),
    ("repair", &["BASE"]),
    ("translate", &["BASE"]),
    ("localize", &["BASE"]),
    ("triggers", &["BASE"]),
    ("publish", &["BASE"]),
    ("record", &["BASE"]),
    // Between nodes: what a topic gets, and the history as the record writes it.
    ("cluster", &["BASE", "config", "publish", "record"]),
    // Where they are joined: everything but the ends of the line.
    (
        "pipeline",
        &[
            "BASE",
            "auth",
            "config",
            "exchange",
            "segment",
            "transcribe",
            "repair",
            "translate",
            "localize",
            "triggers",
            "publish",
            "record",
            "telemetry",
        ],
    ),
    // Edges: the rooms, and the types of the stage that they stand beside.
    ("ingest", &["BASE", "auth", "config", "pipeline", "decode", "segment", "transcribe", "console"]),
    ("viewer", &["BASE", "auth", "config", "pipeline", "publish", "console"]),
    ("console", &["BASE", "auth", "config", "pipeline", "publish", "record"]),
    // The other end of the sockets knows nothing of the gateway.
    ("client", &[]),
    ("eval", &["client", "numbers", "domain", "packs", "translate", "catalogue", "triggers"]),
];

/// May name everything: they put it together.
const COMPOSERS: &[&str] = &["app", "cli", "lib", "main"];

/// Files that a word may stand in: beginnings of paths below `src/`.
const CONFINED: &[(&str, &[&str])] = &[
    ("whisper_rs", &["transcribe/whisper.rs"]),
    ("fxtranslate", &["translate/firefox/model.rs"]),
    // The language model's process: nothing of it runs in the gateway's own.
    (
        "candle_core",
        &[
            "translate/gguf/chat.rs",
            "translate/gguf/layer.rs",
            "translate/gguf/model.rs",
            "translate/gguf/sequence.rs",
            "translate/gguf/vocabulary.rs",
            "translate/gguf/worker.rs",
            "translate/gguf/writer.rs",
        ],
    ),
    ("tokenizers", &["translate/gguf/vocabulary.rs"]),
    ("rustix", &["translate/gguf/worker.rs", "cli/doctor/machine.rs"]),
    ("async_nats", &["cluster/"]),
    ("rusqlite", &["record/"]),
    ("opentelemetry", &["telemetry/"]),
    ("opentelemetry_sdk", &["telemetry/"]),
    ("opentelemetry_otlp", &["telemetry/collector.rs"]),
    ("opentelemetry_http", &["telemetry/collector.rs"]),
    ("axum", &["app.rs", "app/", "ingest/", "viewer/", "console/"]),
    // Schemas belong to what goes over the wire.
    ("utoipa", &["protocol/", "catalogue/raw.rs", "app.rs", "ingest/mod.rs", "viewer/mod.rs", "console/"]),
    ("utoipa_axum", &["app.rs", "console/mod.rs"]),
    (
        "Serialize",
        &["protocol/", "console/body.rs", "config/raw.rs", "catalogue/raw.rs", "translate/gguf/wire.rs"],
    ),
    (
        "Deserialize",
        &[
            "protocol/",
            "config/raw.rs",
            "catalogue/raw.rs",
            "packs/",
            "auth",
            "console/",
            "viewer/mod.rs",
            "models/",
            "translate/gguf/wire.rs",
        ],
    ),
    (
        "serde_json",
        &[
            "protocol/",
            "console/",
            "client/",
            "eval/",
            "catalogue/mod.rs",
            "config/raw.rs",
            "config/llm.rs",
            "models/firefox",
            "models/tokens.rs",
            "record/event_row.rs",
            "viewer/socket.rs",
            "viewer/elsewhere.rs",
            "cluster/",
            "translate/llm",
            "translate/gguf/wire.rs",
            "auth",
        ],
    ),
];

/// Past this length a file asks why.
const LONGEST_FILE: usize = 400;

#[test]
fn no_module_imports_what_its_layer_must_not() {
    let mut broken = Vec::new();
    for source in sources() {
        let module = source.module();
        if COMPOSERS.contains(&module) {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            broken.push(format!("{module} is in no layer: give it a line in LAYERS and in ARCHITECTURE.md"));
            continue;
        };
        for import in imports(&source.code) {
            let fits = import == module
                || ["spawn", "spawn_joined"].contains(&import.as_str())
                || allowed.contains(&import.as_str())
                || (allowed.contains(&"BASE") && BASE.contains(&import.as_str()));
            if !fits {
                broken.push(format!("src/{}: {module} must not import {import}", source.path));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn outer_crates_stay_where_they_belong() {
    let mut broken = Vec::new();
    for source in sources() {
        for (word, places) in CONFINED {
            if has_word(&source.code, word) && !places.iter().any(|place| source.path.starts_with(place)) {
                broken.push(format!("src/{}: {word} belongs in {}", source.path, places.join(", ")));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_file_is_too_long_to_be_read() {
    let long: Vec<_> = rust_files(&root().join("src"))
        .into_iter()
        .filter(|path| read(path).lines().count() > LONGEST_FILE)
        .collect();
    assert!(long.is_empty(), "more than {LONGEST_FILE} lines: {long:?}");
}

#[test]
fn the_architecture_names_every_module() {
    let text = read(&root().join("ARCHITECTURE.md"));
    let modules: BTreeSet<String> = sources().iter().map(|source| source.module().to_owned()).collect();
    let missing: Vec<_> = modules
        .iter()
        .filter(|m| !["lib", "main"].contains(&m.as_str()))
        .filter(|m| !text.contains(&format!("`{m}/`")) && !text.contains(&format!("`{m}.rs`")))
        .collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md has no word on {missing:?}");
}

#[test]
fn every_shipped_configuration_and_catalogue_loads() {
    let mut loaded = 0;
    for path in files(&root().join("config"), "toml") {
        if path.to_string_lossy().ends_with("-catalogue.toml") {
            let catalogue = Catalogue::load(&path).unwrap_or_else(|e| panic!("{}: {e:#}", path.display()));
            assert!(!catalogue.products.is_empty(), "{}", path.display());
        } else {
            let config = Config::load(&path).unwrap_or_else(|e| panic!("{e:#}"));
            config.check_address().unwrap_or_else(|e| panic!("{}: {e:#}", path.display()));
        }
        loaded += 1;
    }
    assert!(loaded >= 3, "the demo, its catalogue and the reference are there");
}

#[test]
fn the_reference_configuration_has_every_setting() {
    let reference = read(&root().join("config/reference.toml"));
    let raw = read(&root().join("src/config/raw.rs"));
    let fields = raw.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(": "));
    let missing: Vec<_> = fields
        .map(|(name, _)| name)
        .filter(|name| {
            let forms = [format!("{name} ="), format!("[{name}]"), format!(".{name}]"), format!(".{name}.")];
            !forms.iter().any(|form| reference.contains(form))
        })
        // `key` is there to be refused: a key does not belong in the file.
        .filter(|name| !["rooms", "key"].contains(name))
        .collect();
    assert!(missing.is_empty(), "config/reference.toml does not explain {missing:?}");
}

#[test]
fn every_shipped_language_pack_is_whole() {
    let packs = Arc::new(Packs::builtin().unwrap_or_else(|e| panic!("{e:#}")));
    let sources = ["zh", "en"].map(|tag| Lang::parse(tag).unwrap());
    let catalogue =
        Catalogue::load(&root().join("config/demo-catalogue.toml")).unwrap_or_else(|e| panic!("{e:#}"));
    let mut problems = packs::check(&packs, &sources);
    problems.extend(check_examples(&packs, &sources, &catalogue.products));
    let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_protocols_page_has_every_close_code() {
    let page = read(&root().join("docs/PROTOCOL.md"));
    let codes: Vec<String> = read(&root().join("src/protocol/close.rs"))
        .lines()
        .filter_map(|line| {
            Some(line.split_once("=> ")?.1.trim_end_matches([',', '}', ' ']).trim_matches('"').to_owned())
        })
        .collect();
    assert!(codes.len() >= 26, "a number and a word for each reason: {codes:?}");
    let missing: Vec<_> = codes.iter().filter(|code| !page.contains(&format!("`{code}`"))).collect();
    assert!(missing.is_empty(), "docs/PROTOCOL.md has no word on {missing:?}");
}

/// Figures as the sources register them, without the endings that their kind adds.
fn figures() -> BTreeSet<String> {
    let name = |rest: &str| Some(rest.trim_start().strip_prefix('"')?.split('"').next()?.to_owned());
    let mut names = BTreeSet::new();
    for source in sources() {
        for (call, unit) in [(".register(", ""), (".register_with_unit(", "_seconds")] {
            names.extend(source.code.split(call).skip(1).filter_map(name).map(|name| name + unit));
        }
    }
    names
}

/// The figures that a text names, without the endings.
fn figures_named(text: &str) -> BTreeSet<String> {
    let names = text.split("tradewind_").skip(1).filter_map(word);
    let bare = |name: String| {
        let ends = ["_total", "_bucket", "_count", "_sum"];
        ends.iter().find_map(|end| name.strip_suffix(end).map(str::to_owned)).unwrap_or(name)
    };
    names.map(bare).filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_dashboard_asks_for_figures_that_there_are_and_the_operators_page_explains_them() {
    let known = figures();
    assert!(known.len() > 15 && known.contains("viewers"), "{known:?}");
    let shown = figures_named(&read(&root().join("docs/grafana.json")));
    assert!(shown.len() > 10, "{shown:?}");
    assert_eq!(shown.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "shown and not there");
    // `…_usable` stands for the name before it with another end.
    let page = read(&root().join("docs/OPERATING.md"));
    let told = figures_named(&page);
    assert_eq!(told.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "explained and not there");
    let silent: Vec<_> = known
        .iter()
        .filter(|name| !told.contains(*name))
        .filter(|name| !name.rsplit_once('_').is_some_and(|(_, end)| page.contains(&format!("`…_{end}"))))
        .collect();
    assert!(silent.is_empty(), "docs/OPERATING.md has no word on {silent:?}");
}

#[test]
fn the_changelog_has_this_version() {
    let heading = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(read(&root().join("CHANGELOG.md")).contains(&heading), "CHANGELOG.md has no {heading}");
}

/// A source file below `src/`, without comments and tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    /// The first folder, or the file's own name.
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let all = rust_files(&src).into_iter().map(|path| Source {
        path: path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/"),
        code: without_tests(&read(&path)),
    });
    all.filter(|source| !is_test(&source.path)).collect()
}

fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/")
}

/// Leaves out comments, and each item that `#[cfg(test)]` stands before.
fn without_tests(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim_start() == "#[cfg(test)]" {
            let indent = &line[..line.len() - line.trim_start().len()];
            let end = format!("{indent}}}");
            // To the end of the item: its closing brace, or the semicolon of one that has none.
            let _ = lines
                .by_ref()
                .find(|l| *l == end || (l.ends_with(';') && l.starts_with(&format!("{indent}mod "))));
        } else if !line.trim_start().starts_with("//") {
            code.push_str(line.split(" // ").next().unwrap_or_default());
            code.push('\n');
        }
    }
    code
}

/// The modules behind `crate::`, in paths and in `use crate::{…}`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads(group)),
            None => found.extend(word(rest)),
        }
    }
    found
}

/// The first word of each member of a group, up to its closing brace.
fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut member, mut members) = (0, String::new(), Vec::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => members.push(std::mem::take(&mut member)),
            _ => member.push(c),
        }
    }
    members.push(member);
    members.iter().filter_map(|member| word(member.trim())).collect()
}

fn word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

fn has_word(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(part) && !code[at + word.len()..].starts_with(part))
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    files(dir, "rs")
}

/// Every file below `dir` with this extension, sorted.
fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_reader_of_imports_sees_what_it_should() {
    let code = "use crate::domain::Lang;\nuse crate::{console, viewer::{self, Feed}};\n// crate::app\n\
                #[cfg(test)]\nmod tests {\n    use crate::eval::X;\n}\nfn f() { crate::numbers::g() }\n";
    let found: Vec<_> = imports(&without_tests(code)).into_iter().collect();
    assert_eq!(found, ["console", "domain", "numbers", "viewer"]);
    assert!(has_word("use axum::Router;", "axum") && !has_word("let taxum = 1;", "axum"));
}

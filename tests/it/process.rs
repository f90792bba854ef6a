//! The program itself, in a process of its own with a record that outlives it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::gateway::Room;

const ADDRESS: &str = "address";
/// What starts the gateway.
pub const SERVE: [&str; 5] = ["serve", "--config", "config.toml", "--address-file", ADDRESS];

/// A gateway in a process of its own, with a record that outlives it.
pub struct Process {
    folder: TempDir,
    pub child: Option<Child>,
}

impl Process {
    pub fn new(settings: &str) -> Self {
        Self::with_room(settings, "")
    }

    /// With more settings of its room.
    pub fn with_room(settings: &str, room: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo-catalogue.toml");
        let config = format!(
            "listen = \"127.0.0.1:0\"\nauth = \"off\"\n[record]\ndir = \"kept\"\n[models]\ndir = {:?}\n{settings}\n\
             [[rooms]]\nid = \"r0\"\ntitle = \"Kept </script>\"\nsource_lang = \"zh\"\ncatalogue = {catalogue:?}\n\
             always = [\"es\"]\n{room}\n",
            models(folder.path()),
        );
        std::fs::write(folder.path().join("config.toml"), config).unwrap();
        Self { folder, child: None }
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts it, and gives its room.
    pub async fn start(&mut self) -> Room {
        let command = self.command(&SERVE);
        self.start_as(command).await
    }

    /// The same by a command of one's own.
    pub async fn start_as(&mut self, mut command: Command) -> Room {
        drop(std::fs::remove_file(self.at(ADDRESS)));
        let log = std::fs::File::options().append(true).create(true).open(self.at("log")).unwrap();
        self.child = Some(command.stderr(log).spawn().unwrap());
        loop {
            if let Ok(address) = std::fs::read_to_string(self.at(ADDRESS)) {
                let address = address.parse().unwrap();
                return Room { address, name: "r0".into() };
            }
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "the gateway ended with {ended:?}: {}", self.warnings());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What all its lives warned of.
    pub fn warnings(&self) -> String {
        let log = std::fs::read_to_string(self.at("log")).unwrap();
        let told = log.lines().filter(|line| !line.contains(" INFO "));
        told.map(|line| format!("{line}\n")).collect()
    }

    /// As a machine does that loses its power, but for the disk's own cache.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Bytes that it has in memory.
    pub fn resident(&self) -> u64 {
        let id = self.child.as_ref().unwrap().id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tradewind"));
        command.args(args).current_dir(self.folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// What a command of the program prints.
    pub fn printed(&self, args: &[&str]) -> String {
        let output = self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}

/// The weights of the other tests alone: what else a developer has must not change what is seen.
pub fn models(folder: &Path) -> PathBuf {
    let here = tradewind::models::default_dir(|name| std::env::var_os(name)).expect("a home folder");
    let models = folder.join("models");
    std::fs::create_dir(&models).unwrap();
    for entry in std::fs::read_dir(&here).unwrap() {
        let (path, name) = (entry.as_ref().unwrap().path(), entry.unwrap().file_name());
        let name = name.to_string_lossy().into_owned();
        if name.contains("base") || name.contains("silero") {
            std::os::unix::fs::symlink(&path, models.join(&name)).unwrap();
        }
    }
    models
}

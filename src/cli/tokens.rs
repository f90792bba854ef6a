//! `tradewind token` and `tradewind keys`

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};

use crate::app::keys::{SECRET, gathered};
use crate::auth::{Grant, KeyFile, Role, issue, now_seconds};
use crate::config::Config;
use crate::domain::RoomId;

#[derive(Args)]
pub struct TokenArgs {
    /// The room that it is for
    #[arg(long, required_unless_present = "all_rooms")]
    room: Option<String>,
    /// For every room of the gateway
    #[arg(long, conflicts_with = "room")]
    all_rooms: bool,
    /// host, operator or viewer
    #[arg(long, default_value = "host", value_parser = role)]
    role: Role,
    /// How long it is good for: 90m, 12h, 30d
    #[arg(long, default_value = "12h", value_parser = lifetime)]
    expires: Duration,
    /// The gateway's configuration: names the key file, and the rooms that there are
    #[arg(long)]
    config: Option<PathBuf>,
    /// A key set to sign with. Without it: that of the configuration, and TRADEWIND_SECRET
    #[arg(long)]
    keys: Option<PathBuf>,
    /// Print a link to the page on this gateway instead: `https://live.example`
    #[arg(long, conflicts_with = "all_rooms")]
    link: Option<String>,
}

#[derive(Subcommand)]
pub enum KeysCommand {
    /// Add a fresh key to a file, made if it is not there. It signs from now on; older ones are still good
    New {
        file: PathBuf,
        /// Its name in tokens. Default: the time
        #[arg(long)]
        kid: Option<String>,
        /// An HS256 secret instead of an Ed25519 key
        #[arg(long)]
        symmetric: bool,
    },
    /// Names of the keys in a file
    List { file: PathBuf },
    /// Take a key out of a file: tokens that it signed are worth nothing, connections that they opened end
    Drop { file: PathBuf, kid: String },
    /// The public halves of a file's Ed25519 keys: enough for a gateway that only checks
    Public { file: PathBuf },
}

pub fn token(args: &TokenArgs, secret: Option<&str>, out: &mut impl Write) -> anyhow::Result<()> {
    let config = args.config.as_deref().map(Config::load).transpose()?;
    let room = args.room.as_deref().map(RoomId::parse).transpose()?;
    if let (Some(config), Some(room)) = (&config, &room) {
        let known = config.rooms.iter().any(|known| known.id == *room);
        ensure!(known, "the configuration has no room {room}");
    }
    let file = args.keys.as_deref().or(config.as_ref().and_then(|config| config.keys_file.as_deref()));
    let keys = if args.keys.is_some() { gathered(None, file)? } else { gathered(secret, file)? };
    let grant =
        Grant { role: args.role, room: room.as_ref(), expires: now_seconds() + args.expires.as_secs() };
    let Some(issued) = issue(&keys, &grant) else {
        bail!("there is no key to sign with: name --keys or --config, or set {SECRET}");
    };
    match (&args.link, &room) {
        (Some(base), Some(room)) => {
            let page = if args.role == Role::Viewer { "watch" } else { "host" };
            writeln!(out, "{}/{page}/{room}#token={}", base.trim_end_matches('/'), issued.token)?;
        }
        _ => writeln!(out, "{}", issued.token)?,
    }
    Ok(())
}

pub fn keys(command: &KeysCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        KeysCommand::New { file, kid, symmetric } => {
            let kid = kid.clone().unwrap_or_else(|| format!("k{}", now_seconds()));
            let mut keys = if file.exists() { read(file)? } else { KeyFile::default() };
            keys.add(&kid, *symmetric)?;
            write(file, &keys)?;
            writeln!(out, "{kid}")?;
        }
        KeysCommand::List { file } => {
            for key in read(file)?.listed() {
                let signs = if key.signs { "signs" } else { "checks" };
                writeln!(out, "{}\t{}\t{signs}", key.kid, key.algorithm)?;
            }
        }
        KeysCommand::Drop { file, kid } => {
            let mut keys = read(file)?;
            ensure!(keys.remove(kid), "{} has no key {kid}", file.display());
            write(file, &keys)?;
        }
        KeysCommand::Public { file } => write!(out, "{}", read(file)?.public().text())?,
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<KeyFile> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    KeyFile::parse(&text).with_context(|| format!("{} is no key set", file.display()))
}

/// Whole or not at all; for its owner only, unless the file was there and said otherwise.
fn write(file: &Path, keys: &KeyFile) -> anyhow::Result<()> {
    let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = || -> std::io::Result<()> {
        // A temporary file is its owner's alone, and stays so under its new name.
        let mut whole = tempfile::NamedTempFile::new_in(dir)?;
        whole.write_all(keys.text().as_bytes())?;
        keep_access(file, whole.as_file())?;
        whole.as_file().sync_all()?;
        whole.persist(file)?;
        Ok(())
    };
    written().with_context(|| format!("cannot write {}", file.display()))
}

/// Owner, group and mode of the file that is replaced: a service may read it by its group.
fn keep_access(before: &Path, after: &File) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Ok(known) = std::fs::metadata(before) {
        use std::os::unix::fs::{MetadataExt, fchown};
        fchown(after, Some(known.uid()), Some(known.gid()))?;
        after.set_permissions(known.permissions())?;
    }
    #[cfg(not(unix))]
    let _ = (before, after);
    Ok(())
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| "host, operator or viewer".to_owned())
}

/// A whole number of seconds, minutes, hours or days.
fn lifetime(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
    let seconds = match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3_600),
        "d" => Some(86_400),
        _ => None,
    };
    let total = number.parse::<u64>().ok().zip(seconds).and_then(|(n, s)| n.checked_mul(s));
    match total {
        // Ten years: the clock's arithmetic holds, and nobody means more.
        Some(total @ 1..=315_360_000) => Ok(Duration::from_secs(total)),
        _ => Err("a number with s, m, h or d: 90m, 12h, 30d".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Guard;
    use crate::config::Auth;

    #[test]
    fn lifetimes_are_read() {
        for (text, seconds) in [("90s", 90), ("90m", 5_400), ("12h", 43_200), ("30d", 2_592_000)] {
            assert_eq!(lifetime(text).unwrap().as_secs(), seconds);
        }
        for bad in ["", "12", "h", "-1h", "0s", "1.5h", "12 h", "12x", "9999999999999999999d"] {
            assert!(lifetime(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_are_made_rotated_and_dropped_and_tokens_follow() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("keys.json");
        let run = |command: KeysCommand| {
            let mut out = Vec::new();
            keys(&command, &mut out).map(|()| String::from_utf8(out).unwrap())
        };
        let new = |kid: &str, symmetric| {
            run(KeysCommand::New { file: file.clone(), kid: Some(kid.into()), symmetric })
        };
        let guard = || Guard::new(Auth::Token, gathered(None, Some(&file)).unwrap()).unwrap();
        let make = || {
            let args = TokenArgs {
                room: Some("demo".into()),
                all_rooms: false,
                role: Role::Host,
                expires: Duration::from_secs(60),
                config: None,
                keys: Some(file.clone()),
                link: None,
            };
            let mut out = Vec::new();
            token(&args, None, &mut out).unwrap();
            String::from_utf8(out).unwrap().trim().to_owned()
        };
        let demo = RoomId::parse("demo").unwrap();
        assert_eq!(new("a", true).unwrap(), "a\n");
        let first = make();
        assert_eq!(new("b", false).unwrap(), "b\n");
        assert!(new("b", false).is_err(), "a name is one key's");
        let second = make();
        assert!(guard().check(Some(&first), &demo, Role::Host).is_ok());
        assert!(guard().check(Some(&second), &demo, Role::Host).is_ok());
        assert_eq!(
            run(KeysCommand::List { file: file.clone() }).unwrap(),
            "b\tEdDSA\tsigns\na\tHS256\tsigns\n"
        );
        let public = run(KeysCommand::Public { file: file.clone() }).unwrap();
        assert!(
            public.contains("\"x\"") && !public.contains("\"d\"") && !public.contains("\"k\""),
            "{public}"
        );
        run(KeysCommand::Drop { file: file.clone(), kid: "a".into() }).unwrap();
        assert!(run(KeysCommand::Drop { file: file.clone(), kid: "a".into() }).is_err());
        assert!(guard().check(Some(&first), &demo, Role::Host).is_err());
        assert!(guard().check(Some(&second), &demo, Role::Host).is_ok());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = || std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(), 0o600);
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
            new("c", false).unwrap();
            assert_eq!(mode(), 0o640, "as somebody has set it");
        }
    }
}

//! The address, who may speak there, and whether anybody between can listen.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use super::Finding;
use crate::app::keys::{SECRET, gathered};
use crate::app::tls;
use crate::auth::Guard;
use crate::config::{Auth, Config, Viewers};
use crate::domain::Day;

/// A certificate is renewed 30 days before its end as a rule: so late, nobody renews it.
const SOON_DAYS: i64 = 14;

pub fn reached(config: &Config, secret: Option<&str>, today: Day) -> Vec<Finding> {
    let mut found = vec![match config.check_address() {
        Ok(()) => free_port(config.listen),
        Err(error) => Finding::bad(
            format!("{error:#}"),
            "set auth = \"token\", and make keys: `tradewind keys new FILE`, named in tokens.keys_file",
        ),
    }];
    found.push(keys(config, secret));
    found.extend(config.keys_file.as_deref().and_then(shared_file));
    found.extend(config.tls.as_ref().and_then(|files| shared_file(&files.key_file)));
    found.extend(encryption(config, today));
    found.extend(private_rooms(config));
    found
}

fn free_port(address: SocketAddr) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Finding::good(format!("{address} is free")),
        Err(error) => Finding::bad(
            format!("cannot listen on {address}: {error}"),
            "stop what listens there (a gateway that runs already?), or choose another address in `listen`",
        ),
    }
}

/// The keys of tokens. Their names are no secrets.
fn keys(config: &Config, secret: Option<&str>) -> Finding {
    if config.auth == Auth::Off {
        return Finding::good("nobody is asked for a token (auth = \"off\"): for this computer only");
    }
    let read = gathered(secret, config.keys_file.as_deref());
    let signing = read.as_ref().ok().and_then(|keys| keys.signing_name());
    match read.and_then(|keys| Guard::new(config.auth, keys)) {
        Err(error) => Finding::bad(
            format!("{error:#}"),
            format!("`tradewind keys new FILE`, named in tokens.keys_file; or set {SECRET}"),
        ),
        Ok(_) => match signing {
            Some(name) => Finding::good(format!("tokens are signed with {name}")),
            None => Finding::warning(
                "the keys check tokens and make none",
                "make tokens where the private key is; if that is here, `tradewind keys new FILE`",
            ),
        },
    }
}

/// A file of secrets that others than its owner may read.
fn shared_file(file: &Path) -> Option<Finding> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(file).ok()?.permissions().mode();
        // A group may be the service's own, as Debian does it for certificates.
        (mode & 0o007 != 0).then(|| {
            Finding::warning(
                format!("everybody on this machine may read {}", file.display()),
                format!("chmod 600 {}", file.display()),
            )
        })
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        None
    }
}

fn encryption(config: &Config, today: Day) -> Option<Finding> {
    let Some(files) = &config.tls else {
        return (!config.listen.ip().is_loopback()).then(|| {
            Finding::warning(
                format!("what goes over {} is not encrypted", config.listen),
                "name a certificate in [tls], or listen on 127.0.0.1 behind a proxy that has one: browsers open no \
                 microphone on a page without https",
            )
        });
    };
    let ends = match tls::certificate_ends(files) {
        Ok(ends) => ends,
        Err(error) => {
            return Some(Finding::bad(
                format!("{error:#}"),
                "put the files of [tls] right: PEM, the chain and its key",
            ));
        }
    };
    let Some(ends) = ends else { return Some(Finding::good("the certificate and its key belong together")) };
    let renew = "renew it: the gateway takes the new files up by itself";
    Some(match ends.days_since(today) {
        days if days < 0 => Finding::bad(format!("the certificate ended on {ends}"), renew),
        days if days < SOON_DAYS => Finding::warning(format!("the certificate ends on {ends}"), renew),
        _ => Finding::good(format!("the certificate is good until {ends}")),
    })
}

/// A room that asks its viewers for a token where nobody is asked.
fn private_rooms(config: &Config) -> Option<Finding> {
    let mut private = config.rooms.iter().filter(|room| room.viewers == Viewers::Token);
    let room = private.next().filter(|_| config.auth == Auth::Off)?;
    let what = format!("the room {} asks its viewers for a token, and auth = \"off\" asks nobody", room.id);
    Some(Finding::warning(what, "set auth = \"token\""))
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;
    use crate::auth::KeyFile;

    const SECRET_OF_TESTS: &str = "a secret of 32 bytes, at the least";

    fn config(text: &str, base: &Path) -> Config {
        Config::parse(&format!("listen = \"127.0.0.1:0\"\n{text}"), base).unwrap()
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_port_that_is_taken_is_bad_and_says_what_to_do() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let finding = free_port(taken.local_addr().unwrap());
        assert_eq!(finding.state, State::Bad);
        assert!(finding.advice.unwrap().contains("listen"));
        assert_eq!(free_port("127.0.0.1:0".parse().unwrap()).state, State::Good);
    }

    #[test]
    fn keys_that_are_missing_are_bad_and_those_that_only_check_are_a_warning() {
        let dir = tempfile::tempdir().unwrap();
        let without = config("auth = \"token\"", dir.path());
        assert_eq!(keys(&without, None).state, State::Bad);
        assert_eq!(keys(&without, Some("short")).state, State::Bad);
        assert_eq!(keys(&without, Some(SECRET_OF_TESTS)).state, State::Good);
        let with = config("auth = \"token\"\n[tokens]\nkeys_file = \"keys.json\"", dir.path());
        assert_eq!(keys(&with, None).state, State::Bad, "the file is not there");
        let mut made = KeyFile::default();
        made.add("autumn", false).unwrap();
        let file = dir.path().join("keys.json");
        std::fs::write(&file, made.text()).unwrap();
        let found = keys(&with, None);
        assert!(found.state == State::Good && found.what.contains("autumn"), "{}", found.what);
        std::fs::write(&file, made.public().text()).unwrap();
        assert_eq!(keys(&with, None).state, State::Warning);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_everybody_may_read_is_a_warning() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(shared_file(file.path()).is_none());
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(shared_file(file.path()).unwrap().advice.unwrap().contains("chmod 600"));
    }

    #[test]
    fn a_certificate_is_looked_at_before_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["live.example".into()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2027, 3, 31);
        std::fs::write(dir.path().join("cert.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        std::fs::write(dir.path().join("key.pem"), key.serialize_pem()).unwrap();
        let text = "auth = \"off\"\n[tls]\ncert_file = \"cert.pem\"\nkey_file = \"key.pem\"";
        let config = config(text, dir.path());
        let on = |today| encryption(&config, day(today)).unwrap();
        assert_eq!(on("2026-11-23").state, State::Good);
        assert!(on("2026-11-23").what.contains("2027-03-31"));
        assert_eq!(on("2027-03-20").state, State::Warning);
        assert_eq!(on("2027-04-01").state, State::Bad);
        std::fs::write(dir.path().join("key.pem"), rcgen::KeyPair::generate().unwrap().serialize_pem())
            .unwrap();
        assert_eq!(on("2026-11-23").state, State::Bad, "another's key");
    }

    #[test]
    fn an_address_for_all_without_encryption_is_a_warning() {
        let here = Path::new(".");
        assert!(encryption(&config("auth = \"off\"", here), Day::default()).is_none());
        let open = Config::parse("listen = \"0.0.0.0:8080\"\nauth = \"token\"", here).unwrap();
        assert_eq!(encryption(&open, Day::default()).unwrap().state, State::Warning);
    }

    #[test]
    fn a_private_room_needs_tokens() {
        let room = "[[rooms]]\nid = \"a\"\ntitle = \"\"\nviewers = \"token\"";
        let here = Path::new(".");
        assert!(private_rooms(&config(&format!("auth = \"off\"\n{room}"), here)).is_some());
        assert!(private_rooms(&config(&format!("auth = \"token\"\n{room}"), here)).is_none());
    }
}

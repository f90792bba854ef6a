//! No secret is told: a gateway of its own process, at its most talkative, asked in every way, well and badly.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tradewind::models::default_dir;

use crate::gateway::{self, Room};
use crate::peer::{Peer, http};

const BIN: &str = env!("CARGO_BIN_EXE_tradewind");
const SECRET: &str = "correct-horse-battery-staple-of-the-tests";
const LLM_KEY: &str = "sk-the-key-of-an-endpoint-that-is-not-there";

/// Ended with the test, whatever becomes of it.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
    }
}

fn run(args: &[&str]) -> String {
    let output = Command::new(BIN)
        .args(args)
        .env("TRADEWIND_SECRET", SECRET)
        .env("TRADEWIND_LLM_KEY", LLM_KEY)
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn started(dir: &Path, config: &str) -> (Process, Room) {
    let (address, log) = (dir.join("address"), std::fs::File::create(dir.join("log")).unwrap());
    let models = default_dir(|name| std::env::var_os(name)).unwrap();
    let child = Command::new(BIN)
        .args(["--models", models.to_str().unwrap(), "serve", "--config", config, "--address-file"])
        .arg(&address)
        .env("TRADEWIND_SECRET", SECRET)
        .env("TRADEWIND_LLM_KEY", LLM_KEY)
        .env("RUST_LOG", "trace")
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let process = Process(child);
    let begun = Instant::now();
    while !address.exists() {
        assert!(begun.elapsed() < Duration::from_secs(120), "it does not start");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let address = std::fs::read_to_string(address).unwrap().parse().unwrap();
    (process, Room { address, name: "demo".into() })
}

#[test]
fn neither_logs_nor_answers_nor_figures_tell_a_secret() {
    gateway::run(async {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        let (keys, config) = (path("keys.json"), path("gateway.toml"));
        run(&["keys", "new", &keys, "--kid", "sym", "--symmetric"]);
        run(&["keys", "new", &keys, "--kid", "ed"]);
        std::fs::write(
            &config,
            "auth = \"token\"\nlisten = \"127.0.0.1:0\"\n[tokens]\nkeys_file = \"keys.json\"\n[llm]\n\
             url = \"http://127.0.0.1:9/v1\"\nmodel = \"none\"\nkey_env = \"TRADEWIND_LLM_KEY\"\n[[rooms]]\n\
             id = \"demo\"\ntitle = \"Demo\"\nviewers = \"token\"\n",
        )
        .unwrap();
        let (mut process, room) = started(dir.path(), &config).await;
        let operator = run(&["token", "--config", &config, "--room", "demo", "--role", "operator"]);
        let link = run(&["token", "--config", &config, "--room", "demo", "--link", "http://x.example/"]);
        let host = link.strip_prefix("http://x.example/host/demo#token=").unwrap().to_owned();
        let by_secret = run(&["token", "--all-rooms", "--role", "viewer", "--expires", "5m"]);

        let mut answers = String::new();
        let forged = format!("{}x", &operator[..operator.len() - 4]);
        for token in [&operator, &host, &by_secret, &forged, &SECRET.to_owned()] {
            let bearer = [("authorization", format!("Bearer {token}"))];
            let bearer: Vec<_> = bearer.iter().map(|(name, value)| (*name, value.as_str())).collect();
            for (method, path) in [
                ("GET", "/v1/rooms/demo".to_owned()),
                ("GET", format!("/v1/rooms/demo/cards?token={token}")),
                ("GET", format!("/nowhere?token={token}")),
                ("POST", "/v1/rooms/demo/pin".to_owned()),
            ] {
                let answer = http(room.address, method, &path, &bearer, "{").await;
                answers.push_str(&format!("{:?}{}", answer.headers, answer.body));
            }
            let mut viewer = room.viewer_at("es", &format!("&token={token}")).await;
            drop(viewer.try_say(&format!("{{\"type\":\"{token}")).await);
            viewer.cut();
            let mut speaker: Peer = room.host(&format!("encoding={token}&token={token}")).await;
            answers.push_str(&format!("{:?}", speaker.rest().await).replace(token.as_str(), ""));
            let mut speaker = room.host(&format!("encoding=linear16&token={token}")).await;
            drop(speaker.try_say(r#"{"type":"CloseStream"}"#).await);
            answers.push_str(&format!("{:?}", speaker.rest().await));
        }
        // A key file that was broken by hand is told about, not shown.
        let whole = std::fs::read_to_string(&keys).unwrap();
        std::fs::write(&keys, whole.replace("\"kty\"", "\"kind\"")).unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
        for path in ["/metrics", "/readyz", "/v1/rooms", "/"] {
            answers.push_str(&http(room.address, "GET", path, &[], "").await.body);
        }
        let pid = process.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let ended = tokio::task::spawn_blocking(move || process.0.wait()).await.unwrap().unwrap();
        assert!(ended.success(), "{ended}");

        let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
        for expected in ["ready", "host connected", "the keys were not changed", "stopping"] {
            assert!(log.contains(expected), "no {expected:?} in the log: is it the right one?");
        }
        let set: Value = serde_json::from_str(&whole).unwrap();
        let signature = |token: &str| token.rsplit('.').next().unwrap().to_owned();
        let secrets = [
            ("the secret", SECRET.to_owned()),
            ("the endpoint's key", LLM_KEY.to_owned()),
            ("the Ed25519 seed", set["keys"][0]["d"].as_str().unwrap().to_owned()),
            ("the symmetric key", set["keys"][1]["k"].as_str().unwrap().to_owned()),
            ("the operator's token", signature(&operator)),
            ("the host's token", signature(&host)),
            ("the viewer's token", signature(&by_secret)),
        ];
        for (what, secret) in secrets {
            assert!(secret.len() > 30);
            for (place, text) in [("the log", &log), ("an answer", &answers)] {
                if let Some(at) = text.find(&secret) {
                    let from = text[..at].rfind('\n').map_or(0, |line| line + 1);
                    panic!("{what} is in {place}: {}", &text[from..(at + 20).min(text.len())]);
                }
            }
        }
    });
}

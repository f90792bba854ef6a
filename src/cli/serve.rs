//! `tradewind serve`

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use tokio::net::{TcpListener, TcpSocket};

use super::{ServeArgs, models_folder, progress, runtime};
use crate::app::keys::SECRET;
use crate::app::{self, ModelFiles};
use crate::config::Config;
use crate::models::{Store, spec};
use crate::pipeline::Engines;

pub fn serve(args: &ServeArgs, models: Option<PathBuf>) -> anyhow::Result<()> {
    let mut config = Config::load(&args.config)?;
    if let Some(listen) = &args.listen {
        config.listen =
            listen.parse().with_context(|| format!("--listen: {listen:?} is not ADDRESS:PORT"))?;
    }
    config.check_address()?;
    let rooms: Vec<_> = config.rooms.iter().map(|room| room.id.clone()).collect();
    let runtime = runtime()?;
    let engines = {
        let _entered = runtime.enter();
        load(config, models)?
    };
    runtime.block_on(async {
        let listener = bind(engines.config.listen)?;
        let address = listener.local_addr()?;
        tracing::info!(%address, "ready");
        let scheme = if engines.config.tls.is_some() { "https" } else { "http" };
        let mut out = std::io::stdout();
        for room in rooms {
            // A closed standard output is no reason to stop.
            drop(writeln!(
                out,
                "viewers: {scheme}://{address}/watch/{room}\nhost:    {scheme}://{address}/host/{room}"
            ));
        }
        if let Some(path) = &args.address_file {
            write_whole(path, &address.to_string())?;
        }
        app::run(listener, engines, terminated()).await
    })
}

/// Finds or fetches the models and loads every engine. Must be called on a tokio runtime.
pub fn load(config: Config, models: Option<PathBuf>) -> anyhow::Result<Arc<Engines>> {
    if !config.role.takes_hosts() {
        let files = ModelFiles { whisper: PathBuf::new(), silero: PathBuf::new(), dir: PathBuf::new() };
        return app::load_engines(config, &files, std::env::var(SECRET).ok());
    }
    let dir = models_folder(models.or_else(|| config.models_dir.clone()))?;
    let store = Store::new(dir.clone());
    let mut progress = progress();
    let mut fetch = |name: &str| -> anyhow::Result<PathBuf> {
        let spec = spec::find(name).with_context(|| format!("the model {name} is not known"))?;
        Ok(store.ensure(spec, progress.as_mut())?)
    };
    let whisper = match spec::find(&config.whisper) {
        Some(_) => fetch(&config.whisper)?,
        None => PathBuf::from(&config.whisper),
    };
    let files = ModelFiles { whisper, silero: fetch("silero")?, dir };
    app::load_engines(config, &files, std::env::var(SECRET).ok())
}

/// What the system keeps for somebody who does not read (Linux doubles it, for its own notes). By default that grows to 4 MiB: a
/// viewer who read nothing still had room after 800 events (benches/load.sh --stuck). 10 Mbit/s at 100 ms need no more than this.
const SEND_BUFFER: u32 = 128 * 1024;
/// Connections that may wait to be accepted, as tokio has it.
const BACKLOG: u32 = 1_024;

fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listen = || -> std::io::Result<TcpListener> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A gateway that is started again finds its port in use by connections that are ending.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        // Those that are accepted have it from here.
        socket.set_send_buffer_size(SEND_BUFFER)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    listen().with_context(|| {
        format!("cannot listen on {address}: is another gateway running? choose another with --listen")
    })
}

/// Who waits for the file must never read half an address.
fn write_whole(path: &Path, text: &str) -> anyhow::Result<()> {
    let partial = path.with_extension("partial");
    std::fs::write(&partial, text)
        .and_then(|()| std::fs::rename(&partial, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Ctrl-C or SIGTERM.
async fn terminated() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let term = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let term = std::future::pending::<()>();
    tokio::select! {
        _ = interrupt => {}
        () = term => {}
    }
}

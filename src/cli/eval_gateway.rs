//! `tradewind eval`: measures against a gateway that is running, or one started for the purpose.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;

use super::translate::LOADING;
use super::{models_folder, progress, runtime, serve};
use crate::app;
use crate::config::{Config, RoomConfig};
use crate::decode::Decoder;
use crate::domain::{AudioFormat, Encoding, Lang, RoomId};
use crate::eval::WholeFile;
use crate::eval::cli::{EvalArgs, run_eval};
use crate::models::{Store, spec};
use crate::transcribe::script::{ChineseScript, ScriptConverter};
use crate::transcribe::whisper::WhisperModel;
use crate::translate::settled;

/// The configuration whose first room the measurement's rooms are copies of.
const CONFIG: &str = "config/demo.toml";

pub fn eval(args: &EvalArgs, models: Option<PathBuf>) -> anyhow::Result<()> {
    let whole_file = if args.offline { Some(whole_file(models.clone())?) } else { None };
    let runtime = runtime()?;
    let gateway = match &args.url {
        Some(_) => None,
        None => {
            let _entered = runtime.enter();
            Some(serve::load(config(args)?, models)?)
        }
    };
    runtime.block_on(async {
        let Some(engines) = gateway else {
            run_eval(args, args.url.as_deref().unwrap_or_default(), whole_file, &mut io::stdout()).await?;
            return Ok(());
        };
        settled(engines.route.all(), LOADING).await;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("ws://{}", listener.local_addr()?);
        let stopping = engines.stopping.clone();
        let server = crate::spawn_joined(app::run(listener, engines, stopping.clone().cancelled_owned()));
        let measured = run_eval(args, &url, whole_file, &mut io::stdout()).await;
        stopping.cancel();
        server.await.context("the gateway has panicked")??;
        measured?;
        Ok(())
    })
}

fn config(args: &EvalArgs) -> anyhow::Result<Config> {
    let mut config = Config::load(Path::new(CONFIG)).context(
        "eval starts a gateway with the demo's settings: run it from the project's folder or give --url",
    )?;
    let demo = config.rooms.first().context("the demo's configuration has no room")?.clone();
    let rooms = args.room_names().into_iter();
    config.rooms = rooms
        .map(|name| Ok(RoomConfig { id: RoomId::parse(&name)?, ..demo.clone() }))
        .collect::<anyhow::Result<_>>()?;
    config.transcribe.hosts = config.rooms.len();
    // A measurement may run faster than real time; its lags mean nothing then, its text does.
    config.limits.audio_speed = config.limits.audio_speed.max(args.speed * 1.5);
    Ok(config)
}

/// Recognition of a whole recording at once, by the same weights: what live recognition is measured against.
fn whole_file(models: Option<PathBuf>) -> anyhow::Result<WholeFile> {
    let store = Store::new(models_folder(models)?);
    let spec = spec::find("base").context("the model base is not known")?;
    let model = WhisperModel::load(&store.ensure(spec, progress().as_mut())?)?;
    let scripts = ScriptConverter::load()?;
    Ok(Arc::new(move |audio: &[f32], rate: u32, lang: &str| {
        let audio = at_16_khz(audio, rate)?;
        let lang = Lang::parse(lang).map_err(|e| e.to_string())?;
        let text = model.whole_file(&audio, &lang).map_err(|e| e.to_string())?;
        Ok(if lang.is_chinese() { scripts.convert(&text, ChineseScript::Simplified) } else { text })
    }))
}

fn at_16_khz(audio: &[f32], rate: u32) -> Result<Vec<f32>, String> {
    let format = AudioFormat { encoding: Encoding::Linear16, sample_rate: rate, channels: 1 };
    let mut decoder = Decoder::new(format).map_err(|e| e.to_string())?;
    let bytes: Vec<u8> = audio.iter().flat_map(|s| ((s * 32767.0) as i16).to_le_bytes()).collect();
    let mut samples = Vec::new();
    // One push yields a bounded amount of audio.
    for piece in bytes.chunks(1 << 20) {
        samples.extend(decoder.push(piece).map_err(|e| e.to_string())?);
    }
    samples.extend(decoder.finish());
    Ok(samples)
}

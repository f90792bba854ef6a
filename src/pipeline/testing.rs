//! A room without models, sockets and files of its own, for the tests of this layer.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{Doors, Engines, Hearings, KnownTerms, Meters, Room, Rooms};
use crate::auth::Guard;
use crate::config::Config;
use crate::exchange::Exchange;
use crate::packs::Packs;
use crate::publish::Alone;
use crate::record::Record;
use crate::telemetry::Traces;
use crate::transcribe::pool::Pool;
use crate::transcribe::script::ScriptConverter;
use crate::transcribe::voice::VoiceActivity;
use crate::translate::{Phrasebook, Route, Translator};

/// A room with these settings and the phrasebook, where nobody is heard.
pub async fn room(settings: &str) -> Arc<Room> {
    room_with(settings, Vec::new()).await
}

/// The same with further engines, before it.
pub async fn room_with(settings: &str, more: Vec<Arc<dyn Translator>>) -> Arc<Room> {
    let engines = engines(settings, more);
    let rooms = Rooms::open(&engines).await.unwrap();
    let room = rooms.iter().next().unwrap();
    Arc::clone(room)
}

fn engines(settings: &str, mut translators: Vec<Arc<dyn Translator>>) -> Arc<Engines> {
    let text = format!(
        "listen = \"127.0.0.1:0\"\nauth = \"off\"\n{settings}\n\
         [[rooms]]\nid = \"r\"\ntitle = \"R\"\nsource_lang = \"zh\"\ncatalogue = \"demo-catalogue.toml\""
    );
    let base = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/config"));
    let config = Config::parse(&text, base).unwrap();
    let packs = Arc::new(Packs::builtin().unwrap());
    translators.push(Arc::new(Phrasebook::new(Arc::clone(&packs))));
    let deaf = || Err(crate::transcribe::TranscribeError::Down);
    Arc::new(Engines {
        pool: Pool::start(1, Arc::new(move || Ok(Box::new(Deaf)))).unwrap(),
        voice: VoiceActivity::start(Box::new(move || Ok(Box::new(move |_| deaf())))).unwrap(),
        scripts: ScriptConverter::load().unwrap(),
        route: Route::new(Arc::clone(&packs), translators, config.translate.route.clone()),
        missing: BTreeMap::new(),
        packs,
        terms: KnownTerms::default(),
        exchange: Arc::new(Exchange::new(config.rates.clone())),
        hosts: Arc::new(Semaphore::new(config.transcribe.hosts)),
        record: Record::temporary().unwrap(),
        guard: Guard::Off,
        meters: Meters::default(),
        doors: Doors::new(config.limits.doors.clone(), config.limits.proxies.clone()),
        traces: Traces::default(),
        stopping: CancellationToken::new(),
        draining: CancellationToken::new(),
        hearings: Hearings::default(),
        broker: Arc::new(Alone),
        config,
    })
}

struct Deaf;

impl crate::transcribe::Transcriber for Deaf {
    fn transcribe(
        &mut self,
        _: &crate::transcribe::Ask,
        _: &crate::transcribe::Until,
    ) -> Result<crate::transcribe::Hypothesis, crate::transcribe::TranscribeError> {
        Err(crate::transcribe::TranscribeError::Down)
    }
}

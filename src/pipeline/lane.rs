//! One language of one room: follows the show's history and publishes each event in that language, once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::card_texts::{PATIENCE, card_texts, make_ahead, went_out};
use super::meters::Dropped;
use super::next::Next;
use super::room::Room;
use super::traces::{self, Way};
use super::wire_card;
use crate::domain::event::SourceCaption;
use crate::domain::{Caption, CardAction, Epoch, Fidelity, Lang, Offset, Rendering, SegmentId, SourceEvent};
use crate::localize::MachineTexts;
use crate::protocol::viewer::{self, Place};
use crate::publish::{Body, Topic};
use crate::translate::{Attempts, Request, Translation};

/// Events that a viewer who comes into a running show finds there.
pub const SNAPSHOT: u64 = 12;
/// A lane that slept for longer than this many events begins anew instead of translating all of them.
const LONGEST_CATCH_UP: u64 = 400;
/// Earlier finals that an engine may use as context.
pub const CONTEXT: usize = 3;
/// Longer than this a caption does not wait for the disk. A commit takes 1 to 30 ms.
const DISK_PATIENCE: Duration = Duration::from_millis(500);

pub async fn run(room: Arc<Room>, topic: Arc<Topic>) {
    let always = room.config.always.contains(&topic.lang);
    let mut changed = room.changed.subscribe();
    let mut lane = Lane::new(room, topic);
    loop {
        changed.mark_unchanged();
        // Nobody watches: nothing is translated.
        while (always || lane.topic.viewers() > 0) && lane.step().await {}
        lane.asleep = !always && lane.topic.viewers() == 0;
        if !lane.asleep {
            lane.make_cards_ahead();
        }
        if changed.changed().await.is_err() {
            return;
        }
    }
}

struct Lane {
    room: Arc<Room>,
    topic: Arc<Topic>,
    epoch: Option<Epoch>,
    /// Offset of the last event published.
    cursor: Offset,
    /// Events up to here were there before anybody watched: how late they come says nothing of the present.
    past: Offset,
    asleep: bool,
    /// Whether the topic may have a part of the show already, from a lane before this one or from other nodes.
    goes_on: bool,
    /// The partial shown last.
    shown: Option<(SegmentId, u32)>,
    shown_text: String,
    /// What viewers read before the gateway was restarted: they read the same again.
    kept: BTreeMap<Offset, Rendering>,
    /// The glossary that the cards' texts were made with.
    cards_ahead: Option<u64>,
}

/// A partial's text: `…` stands for what was heard and is not translated yet. The source is shown beside it.
fn unfinished(translation: Translation) -> Translation {
    let text = match translation.fidelity {
        Fidelity::Fallback => "…".to_owned(),
        Fidelity::Verified | Fidelity::Source => format!("{} …", translation.text),
    };
    Translation { text, fidelity: Fidelity::Source, text_lang: None, ..translation }
}

/// The engine's name where nothing was to be translated.
pub const SOURCE: &str = "source";

/// A caption of what was heard, without its text in `lang`.
pub fn untranslated(heard: &SourceCaption, lang: &Lang) -> Caption {
    Caption {
        segment: heard.segment,
        rev: heard.rev,
        is_final: heard.is_final,
        corrected: heard.corrected,
        lang: lang.clone(),
        text_lang: None,
        source_lang: heard.lang.clone(),
        text: String::new(),
        source_text: heard.transcript.text.clone(),
        start_ms: heard.start_ms,
        end_ms: heard.end_ms,
        engine: String::new(),
        fidelity: Fidelity::Verified,
    }
}

impl Lane {
    fn new(room: Arc<Room>, topic: Arc<Topic>) -> Self {
        let shown_text = String::new();
        let (past, asleep, kept) = (0, true, BTreeMap::new());
        Self {
            room,
            topic,
            epoch: None,
            cursor: 0,
            past,
            asleep,
            goes_on: true,
            shown: None,
            shown_text,
            kept,
            cards_ahead: None,
        }
    }

    /// Has the cards' texts made in the background, once for each glossary.
    fn make_cards_ahead(&mut self) {
        let version = self.room.terms.glossary().of(&self.topic.lang).version();
        if self.cards_ahead != Some(version) {
            self.cards_ahead = Some(version);
            make_ahead(&self.room, &self.topic.lang);
        }
    }

    /// Does the next thing. False when there is nothing to do.
    async fn step(&mut self) -> bool {
        if std::mem::take(&mut self.asleep) {
            self.past = self.room.state.lock().show.head();
        }
        match self.room.next_after(self.epoch.as_ref(), self.cursor, self.shown) {
            Next::NewShow { epoch, first, head, pinned } => self.begin(epoch, first, head, pinned).await,
            Next::Event { offset, event } => {
                if let Some(ahead) = self.room_is_far_ahead(offset) {
                    self.room
                        .engines
                        .meters
                        .dropped(Dropped::CaptionOfThePast, ahead.saturating_sub(SNAPSHOT));
                    self.epoch = None;
                    return true;
                }
                self.publish(offset, event).await;
                self.cursor = offset;
            }
            Next::Partial(partial) => self.pass(&partial).await,
            Next::Nothing => return false,
        }
        true
    }

    async fn begin(
        &mut self,
        epoch: Epoch,
        first: Offset,
        head: Offset,
        pinned: Option<(Offset, CardAction)>,
    ) {
        let (of, reached) = self.topic.head();
        if std::mem::take(&mut self.goes_on)
            && of.as_ref() == Some(&epoch)
            && (first..=head + 1).contains(&(reached + 1))
            && head - reached <= LONGEST_CATCH_UP
        {
            self.known_from(&epoch, reached + 1, first, head).await;
            (self.epoch, self.cursor, self.past, self.shown) = (Some(epoch), reached, head, None);
            return;
        }
        // A viewer who came with a place of its own in this show goes on from there.
        let wanted =
            self.topic.from.as_ref().filter(|from| from.epoch == epoch && self.topic.epoch().is_none());
        let start = match wanted {
            Some(from) if from.offset + 1 >= first && from.offset <= head => from.offset + 1,
            _ => first.max((head + 1).saturating_sub(SNAPSHOT)),
        };
        let start = self.known_from(&epoch, start, first, head).await;
        self.epoch = Some(epoch);
        self.cursor = start - 1;
        self.past = head;
        self.shown = None;
        let pinned = pinned.filter(|(offset, _)| *offset < start);
        let pinned = match pinned {
            Some((offset, action)) => self.card(offset, &action).await.map(|body| (offset, body)),
            None => None,
        };
        if let Some(epoch) = self.epoch.clone() {
            self.topic.begin(epoch, start, pinned);
        }
    }

    /// Where a lane begins that would begin at `start`: further back as far as everything is known, so that whoever comes back
    /// after a restart finds what was missed, and not only the first of them.
    async fn known_from(&mut self, epoch: &Epoch, start: Offset, first: Offset, head: Offset) -> Offset {
        let oldest = first.max((head + 1).saturating_sub(LONGEST_CATCH_UP));
        let (room, lang) = (&self.room, &self.topic.lang);
        let kept = room.engines.record.renderings(&room.config.id, epoch, lang, oldest.min(start)).await;
        self.kept = kept.unwrap_or_else(|error| {
            tracing::error!(room = %room.config.id, %lang, %error, "what was read before is translated again");
            BTreeMap::new()
        });
        let state = room.state.lock();
        let known = |offset: &Offset| match state.show.at(*offset) {
            Some(SourceEvent::Final(heard)) => {
                self.kept.contains_key(offset) || heard.lang.primary() == lang.primary()
            }
            Some(_) => true,
            None => false,
        };
        (oldest..start).rev().take_while(known).last().unwrap_or(start)
    }

    /// By how many events, if it is.
    fn room_is_far_ahead(&self, offset: Offset) -> Option<u64> {
        let ahead = self.room.state.lock().show.head().saturating_sub(offset);
        (ahead > LONGEST_CATCH_UP).then_some(ahead)
    }

    async fn publish(&mut self, offset: Offset, event: SourceEvent) {
        let Some(epoch) = self.epoch.clone() else { return };
        let place = Place { epoch: &epoch, offset: Some(offset) };
        match event {
            SourceEvent::Final(heard) => {
                if let Some(kept) = self.kept.remove(&offset) {
                    let emitted_ms = kept.emitted_ms;
                    let caption = self.read_before(&heard, kept);
                    self.topic.publish(offset, Body::Same(viewer::caption(place, &caption, emitted_ms)));
                    return;
                }
                let trace = self.room.trace(&epoch, heard.segment);
                let attempts = Attempts::kept(trace.is_some());
                let begun = Instant::now();
                let caption = self.translate(&heard, &attempts).await;
                let translated = Instant::now();
                let now = self.room.now_ms();
                self.keep(&epoch, offset, &caption, now).await;
                let kept = Instant::now();
                // A correction comes minutes later, and is no second hearing of a term.
                if !heard.corrected {
                    self.room.terms.translated(&epoch, &caption);
                }
                if !heard.corrected && offset > self.past {
                    let translate_ms = begun.elapsed().as_millis() as u64;
                    let total_ms = now.saturating_sub(heard.end_ms);
                    self.room.translated(&caption, translate_ms, total_ms);
                }
                self.topic.publish(offset, Body::Same(viewer::caption(place, &caption, now)));
                if let Some(trace) = trace {
                    let (published, viewers) = (Instant::now(), self.topic.viewers());
                    let way = Way { begun, translated, kept, published, offset, viewers };
                    traces::shown(&trace, &caption, &way, &attempts.all());
                }
            }
            SourceEvent::Card(action) => {
                let Some(body) = self.card(offset, &action).await else { return };
                let pinned = matches!(action, CardAction::Pin { .. }).then(|| (offset, body.clone()));
                self.topic.publish(offset, body);
                self.topic.set_pinned(pinned);
            }
            SourceEvent::Ended => self.topic.publish(offset, Body::Same(viewer::ended(place))),
        }
    }

    /// What viewers read is on disk before they do: exports and whoever comes back later have the same words. A disk that fails
    /// or is slow holds nothing up: the source is kept, and the rest can be made of it again.
    async fn keep(&self, epoch: &Epoch, offset: Offset, caption: &Caption, emitted_ms: u64) {
        let record = &self.room.engines.record;
        let same_language = caption.source_lang.primary() == caption.lang.primary();
        if same_language || record.trouble().is_some() {
            return;
        }
        let rendering = Rendering {
            offset,
            lang: caption.lang.clone(),
            text: caption.text.clone(),
            text_lang: caption.text_lang.clone(),
            engine: caption.engine.clone(),
            fidelity: caption.fidelity,
            emitted_ms,
        };
        let (room, epoch, lang) = (Arc::clone(&self.room), epoch.clone(), caption.lang.clone());
        let kept = async move {
            let kept = room.engines.record.keep_renderings(&room.config.id, &epoch, vec![rendering]);
            if !matches!(timeout(DISK_PATIENCE, kept).await, Ok(Ok(()))) {
                tracing::warn!(room = %room.config.id, %lang, offset, "a translation is not kept");
            }
        };
        if offset > self.past {
            kept.await;
        } else {
            // What was said before anybody watched in this language: whoever comes in reads it at once.
            crate::spawn("rendering of the past", kept);
        }
    }

    /// A final as it was shown before.
    fn read_before(&self, heard: &SourceCaption, kept: Rendering) -> Caption {
        Caption {
            text: kept.text,
            text_lang: kept.text_lang,
            engine: kept.engine,
            fidelity: kept.fidelity,
            ..untranslated(heard, &self.topic.lang)
        }
    }

    /// Shows a partial: only its stable text comes here, and only what is new of it goes out.
    async fn pass(&mut self, partial: &Arc<SourceCaption>) {
        let Some(epoch) = self.epoch.clone() else { return };
        let changed_segment = self.shown.is_none_or(|(segment, _)| segment != partial.segment);
        self.shown = Some((partial.segment, partial.rev));
        let caption = self.translate(partial, &Attempts::default()).await;
        let shown = format!("{}\n{}", caption.text, caption.source_text);
        if !changed_segment && shown == self.shown_text {
            return;
        }
        self.shown_text = shown;
        let body = viewer::caption(Place { epoch: &epoch, offset: None }, &caption, self.room.now_ms());
        self.topic.pass(Body::Same(body));
    }

    async fn translate(&self, heard: &SourceCaption, attempts: &Attempts) -> Caption {
        let mut caption = untranslated(heard, &self.topic.lang);
        let same_language = heard.lang.primary() == self.topic.lang.primary();
        // A partial that was taken back (nobody had spoken) has no text in any language.
        if same_language || heard.transcript.text.is_empty() {
            caption.text.clone_from(&caption.source_text);
            SOURCE.clone_into(&mut caption.engine);
            return caption;
        }
        let request = Request {
            text: heard.transcript.text.clone(),
            source: heard.lang.clone(),
            target: self.topic.lang.clone(),
            is_final: heard.is_final,
            products: Arc::clone(&self.room.catalogue().products),
            context: self.context(heard),
            glossary: Arc::clone(self.room.terms.glossary().of(&self.topic.lang)),
        };
        let route = &self.room.engines.route;
        let served = !route.engines(&request.source, &request.target).is_empty();
        let mut translation = route.translate_noting(request, attempts).await;
        if !heard.is_final && served {
            // What cannot be translated yet is not shown in another language meanwhile, which would flicker: the
            // clauses that are complete, and a sign that more is being said.
            translation = unfinished(translation);
        }
        caption.text = translation.text;
        caption.engine = translation.engine;
        caption.fidelity = translation.fidelity;
        caption.text_lang = translation.text_lang;
        caption
    }

    fn context(&self, heard: &SourceCaption) -> Vec<String> {
        let before = self.room.state.lock().show.finals_before(heard.segment, CONTEXT);
        before.iter().map(|f| f.transcript.text.clone()).collect()
    }

    async fn card(&self, offset: Offset, action: &CardAction) -> Option<Body> {
        let epoch = self.epoch.as_ref()?;
        let place = Place { epoch, offset: Some(offset) };
        let lang = &self.topic.lang;
        let catalogue = self.room.catalogue();
        let product = match action {
            CardAction::Pin { sku, .. } => catalogue.product(sku),
            CardAction::Unpin { .. } => None,
        };
        let machine = match product {
            Some(product) => {
                let texts = card_texts(&self.room, product, lang, PATIENCE).await;
                went_out(&self.room, epoch, offset, product, lang, &texts);
                texts
            }
            None => MachineTexts::default(),
        };
        wire_card::body(&self.room, lang, place, action, &machine)
    }
}

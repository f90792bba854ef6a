//! Shows of the past and the present one, as they are read afterwards.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::lane::{CONTEXT, SOURCE};
use super::room::{Room, State};
use crate::domain::{Epoch, KeptShow, Lang, Offset, Rendering};
use crate::record::{RecordError, ShowSummary, Transcript};
use crate::translate::Request;

/// How long a reader waits for a translation that was never needed live, before being told to come again.
const EXPORT_PATIENCE: Duration = Duration::from_secs(8);
const LOOK: Duration = Duration::from_millis(200);
/// Shows in a list.
const MOST_SHOWS: u32 = 500;

/// A show that is asked for in a language.
pub enum Read {
    Whole(Transcript),
    /// Being translated: so many finals are still to come.
    Coming {
        missing: usize,
        of: usize,
    },
}

/// Why a show is not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteRefused {
    #[error("There is no such show.")]
    NoSuchShow,
    #[error("This show is on. End it first.")]
    IsOn,
    #[error("The record cannot be written.")]
    Record(#[from] RecordError),
}

impl Room {
    /// The next show, of which nobody has watched or said anything yet.
    pub(super) fn begin_show(&self, state: &mut State) {
        state.begin_show();
        self.audience.begin_show();
        self.stats.lock().begin_show();
    }

    /// The shows that are kept, the newest first, the present one among them.
    ///
    /// # Errors
    /// The record cannot be read.
    pub async fn shows(&self) -> Result<Vec<ShowSummary>, RecordError> {
        self.engines.record.shows(&self.config.id, MOST_SHOWS).await
    }

    /// Whether a show is the present one and has not ended.
    pub fn is_on(&self, epoch: &Epoch) -> bool {
        let state = self.state.lock();
        state.show.epoch == *epoch && !state.show.ended
    }

    /// The present show, or where nothing has happened in it the last one in which something did.
    ///
    /// # Errors
    /// The record cannot be read.
    pub async fn latest_show(&self) -> Result<Epoch, RecordError> {
        let (present, empty) = {
            let state = self.state.lock();
            (state.show.epoch.clone(), state.show.last() == 0)
        };
        let kept = if empty { self.shows().await? } else { Vec::new() };
        Ok(kept.into_iter().next().map_or(present, |show| show.head.epoch))
    }

    /// A show in a language: as viewers read it, corrections applied. None if there is no such show.
    ///
    /// # Errors
    /// The record cannot be read.
    pub async fn transcript(&self, epoch: &Epoch, lang: &Lang) -> Result<Option<Transcript>, RecordError> {
        let unkept: Option<KeptShow> = {
            let state = self.state.lock();
            let all = state.unkept_shows.iter().chain([&state.show]);
            let mut of = all.filter(|show| show.epoch == *epoch);
            of.next().map(|show| KeptShow {
                head: show.head_row().clone(),
                entries: show.unkept.iter().cloned().collect(),
            })
        };
        let entries = unkept.as_ref().map(|show| show.entries.clone()).unwrap_or_default();
        let kept = self.engines.record.transcript(&self.config.id, epoch, lang, entries).await?;
        Ok(kept.or_else(|| unkept.map(|show| Transcript::new(show, lang, &BTreeMap::new()))))
    }

    /// The same, where what nobody read live is translated now: one language of a room at a time, each final kept as soon as
    /// it is there. None if there is no such show.
    ///
    /// # Errors
    /// The record cannot be read or written.
    pub async fn translated_transcript(
        self: &Arc<Self>,
        epoch: &Epoch,
        lang: &Lang,
    ) -> Result<Option<Read>, RecordError> {
        let asked = Instant::now();
        loop {
            let Some(text) = self.transcript(epoch, lang).await? else { return Ok(None) };
            if text.missing.is_empty() {
                return Ok(Some(Read::Whole(text)));
            }
            if let Some(why) = self.engines.record.trouble() {
                return Err(RecordError::Write(why));
            }
            if asked.elapsed() > EXPORT_PATIENCE {
                return Ok(Some(Read::Coming { missing: text.missing.len(), of: text.lines.len() }));
            }
            if let Ok(turn) = Arc::clone(&self.exporting).try_lock_owned() {
                let (room, epoch) = (Arc::clone(self), epoch.clone());
                crate::spawn("export", async move {
                    room.translate_missing(&epoch, text).await;
                    drop(turn);
                });
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn translate_missing(&self, epoch: &Epoch, text: Transcript) {
        for offset in &text.missing {
            if self.engines.stopping.is_cancelled() {
                return;
            }
            let Some(rendering) = self.translated_late(&text, *offset).await else { continue };
            let kept = self.engines.record.keep_renderings(&self.config.id, epoch, vec![rendering]).await;
            if let Err(error) = kept {
                tracing::error!(room = %self.config.id, lang = %text.lang, %error, "an export is not kept");
                return;
            }
        }
    }

    async fn translated_late(&self, text: &Transcript, offset: Offset) -> Option<Rendering> {
        let at = text.lines.iter().position(|line| line.offset == offset)?;
        let heard = &text.lines.get(at)?.caption;
        let before = text.lines.get(at.saturating_sub(CONTEXT)..at).unwrap_or_default();
        let request = Request {
            text: heard.source_text.clone(),
            source: heard.source_lang.clone(),
            target: text.lang.clone(),
            is_final: true,
            products: Arc::clone(&self.catalogue().products),
            context: before.iter().map(|line| line.caption.source_text.clone()).collect(),
            glossary: Arc::clone(self.terms.glossary().of(&text.lang)),
        };
        let made = self.engines.route.translate(request).await;
        let (lang, emitted_ms) = (text.lang.clone(), heard.end_ms);
        Some(Rendering {
            offset,
            lang,
            text: made.text,
            text_lang: made.text_lang,
            engine: if made.engine.is_empty() { SOURCE.to_owned() } else { made.engine },
            fidelity: made.fidelity,
            emitted_ms,
        })
    }

    /// Deletes a show with all that belongs to it, what shoppers left there too.
    ///
    /// # Errors
    /// There is none of that name, it is on, or the record fails.
    pub async fn delete_show(&self, epoch: &Epoch) -> Result<(), DeleteRefused> {
        if self.is_on(epoch) {
            return Err(DeleteRefused::IsOn);
        }
        // First from memory: nothing writes it again.
        self.forget_show(epoch);
        self.audio_settled().await;
        if !self.engines.record.delete_show(&self.config.id, epoch).await? {
            return Err(DeleteRefused::NoSuchShow);
        }
        tracing::info!(room = %self.config.id, %epoch, "a show was deleted");
        Ok(())
    }
}

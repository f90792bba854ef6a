//! What shoppers ask: checked, on disk before anything is said of it, then told to the consoles, put into the host's
//! language, answered, and brought back to who asked.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use tokio::sync::{Semaphore, broadcast};
use tokio::time::timeout;

use super::allowance::{Addresses, Allowance, Rate};
use super::room::{ConsoleEvent, Room};
use crate::domain::{Answer, ClientId, Fidelity, Inquiry, InquiryId, Lang, Rendered, Sku};
use crate::record::RecordError;
use crate::translate::Request;

/// Longest question and longest answer, in characters.
pub const LONGEST_TEXT: usize = 1_000;
/// In characters.
pub const LONGEST_CONTACT: usize = 200;
/// Pieces: more than any factory makes of a thing in a year.
const LARGEST_QUANTITY: u32 = 1_000_000_000;
/// Letters of a `client_id`: shorter ones could be met by chance, or by trying.
const SHORTEST_CLIENT_ID: usize = 16;
/// Viewers behind one address: a household, an office, some customers of a mobile network.
const BEHIND_AN_ADDRESS: u32 = 4;
/// Questions that are translated at once in one room; captions come first.
const TRANSLATED_AT_ONCE: usize = 2;
/// Longest that a question's or an answer's translation is waited for, all engines together. Nobody waits on screen for
/// the first, and the operator for the second.
const TRANSLATE_WITHIN: Duration = Duration::from_secs(8);
/// Answers that a viewer's socket may be behind; then it looks its own up.
const ANSWERS_BACKLOG: usize = 64;

/// A question as it came in.
#[derive(Debug, Clone)]
pub struct Asked {
    pub text: String,
    pub sku: Option<String>,
    pub quantity: Option<u64>,
    pub contact: Option<String>,
    pub client_id: Option<String>,
    /// What the shopper reads.
    pub lang: Lang,
}

/// Why a question was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AskRefused {
    #[error("There is no question in it.")]
    EmptyText,
    #[error("The question is longer than {LONGEST_TEXT} characters.")]
    TextTooLong,
    #[error("The contact is longer than {LONGEST_CONTACT} characters.")]
    ContactTooLong,
    #[error("The quantity must be 1 to {LARGEST_QUANTITY}.")]
    BadQuantity,
    #[error("A client_id has {SHORTEST_CLIENT_ID} to 64 characters of a-z, A-Z, 0-9, '-', '_' or '.'.")]
    BadClientId,
    #[error("The catalogue has no such product.")]
    NoSuchProduct,
    #[error("Another question was sent with this client_id.")]
    ClientIdUsed,
    #[error("Too many questions: try again in {} s.", .0.as_secs() + 1)]
    TooMany(Duration),
    #[error("The question could not be written to disk: try again.")]
    NotKept(#[from] RecordError),
}

impl AskRefused {
    /// Stable; docs/PROTOCOL.md lists them.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyText => "empty_text",
            Self::TextTooLong => "text_too_long",
            Self::ContactTooLong => "contact_too_long",
            Self::BadQuantity => "bad_quantity",
            Self::BadClientId => "bad_client_id",
            Self::NoSuchProduct => "no_such_product",
            Self::ClientIdUsed => "client_id_used",
            Self::TooMany(_) => "too_many_questions",
            Self::NotKept(_) => "not_kept",
        }
    }

    /// When to try again, in ms.
    pub fn retry_ms(&self) -> Option<u64> {
        match self {
            Self::TooMany(wait) => Some(wait.as_millis() as u64 + 1),
            _ => None,
        }
    }
}

/// Why an answer was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AnswerRefused {
    #[error("There is no answer in it.")]
    EmptyText,
    #[error("The answer is longer than {LONGEST_TEXT} characters.")]
    TextTooLong,
    #[error("There is no such inquiry in this room.")]
    NoSuchInquiry,
    #[error("The answer could not be written to disk: try again.")]
    NotKept(#[from] RecordError),
}

/// What a room has of inquiries beside those on disk.
pub(super) struct InquiryDesk {
    addresses: Mutex<Addresses>,
    all: Mutex<Allowance>,
    translating: Semaphore,
    pub answered: broadcast::Sender<Answered>,
}

/// An inquiry that has its answer.
#[derive(Debug, Clone)]
pub enum Answered {
    Here(Arc<Inquiry>),
    /// The owner of the room has it.
    Elsewhere(InquiryId),
}

impl Default for InquiryDesk {
    fn default() -> Self {
        Self {
            addresses: Mutex::default(),
            all: Mutex::default(),
            translating: Semaphore::new(TRANSLATED_AT_ONCE),
            answered: broadcast::channel(ANSWERS_BACKLOG).0,
        }
    }
}

impl Room {
    /// Takes a question: when this returns, it is on disk. One that was sent before under its `client_id` is not kept
    /// twice. `own`: the allowance of the connection that it came over, if it was one.
    ///
    /// # Errors
    /// It is not as it has to be, there were too many, or the disk failed; then nothing was kept.
    pub async fn ask(
        self: &Arc<Self>,
        asked: Asked,
        from: IpAddr,
        own: Option<&mut Allowance>,
    ) -> Result<Inquiry, AskRefused> {
        let inquiry = self.checked(asked)?;
        self.take_turn(from, own)?;
        let (text, sku) = (inquiry.text.clone(), inquiry.sku.clone());
        let (inquiry, is_new) = self.engines.record.keep_inquiry(inquiry).await.inspect_err(|error| {
            tracing::error!(room = %self.config.id, %error, "an inquiry could not be kept");
        })?;
        if !is_new {
            let same = inquiry.text == text && inquiry.sku == sku;
            return if same { Ok(inquiry) } else { Err(AskRefused::ClientIdUsed) };
        }
        self.tell_consoles(&inquiry);
        self.translate_for_host(&inquiry);
        Ok(inquiry)
    }

    /// Answers an inquiry in the host's language, or says it anew; whoever asked and is here is told.
    ///
    /// # Errors
    /// There is no such inquiry, no text, or the disk failed; then nothing was kept.
    pub async fn answer(&self, id: &InquiryId, text: &str) -> Result<Inquiry, AnswerRefused> {
        let text = plain(text);
        match text.chars().count() {
            0 => return Err(AnswerRefused::EmptyText),
            1..=LONGEST_TEXT => {}
            _ => return Err(AnswerRefused::TextTooLong),
        }
        let (record, room) = (&self.engines.record, &self.config.id);
        let asked = record.inquiry(room, id).await?.ok_or(AnswerRefused::NoSuchInquiry)?;
        let lang = self.source_lang();
        let for_shopper = self.rendered(&text, &lang, &asked.lang).await;
        let answer = Answer { text, lang, answered_ms: now_ms(), for_shopper };
        let kept = record.keep_answer(room, id, answer).await.inspect_err(|error| {
            tracing::error!(%room, %error, "an answer could not be kept");
        })?;
        let inquiry = kept.ok_or(AnswerRefused::NoSuchInquiry)?;
        self.tell_consoles(&inquiry);
        // Nobody listening is no error.
        drop(self.inquiries.answered.send(Answered::Here(Arc::new(inquiry.clone()))));
        self.tell_answered(id).await;
        Ok(inquiry)
    }

    /// Every answer that is given from now on.
    pub fn answers(&self) -> broadcast::Receiver<Answered> {
        self.inquiries.answered.subscribe()
    }

    /// Puts an inquiry into the host's language, unless it is already: the consoles are told when it is there.
    pub fn translate_for_host(self: &Arc<Self>, inquiry: &Inquiry) {
        if inquiry.for_host.is_some() {
            return;
        }
        let (room, id) = (Arc::clone(self), inquiry.id.clone());
        crate::spawn("inquiry translation", async move {
            let Ok(_turn) = room.inquiries.translating.acquire().await else { return };
            if let Err(error) = room.keep_for_host(&id).await {
                // Asked for again when a console lists it.
                tracing::error!(room = %room.config.id, %error, "the translation of an inquiry could not be kept");
            }
        });
    }

    async fn keep_for_host(&self, id: &InquiryId) -> Result<(), RecordError> {
        let (record, room) = (&self.engines.record, &self.config.id);
        // It may have been translated while this waited for its turn.
        let waiting = record.inquiry(room, id).await?.filter(|kept| kept.for_host.is_none());
        let Some(asked) = waiting else { return Ok(()) };
        let text = self.rendered(&asked.text, &asked.lang, &self.source_lang()).await;
        record.keep_for_host(id, text).await?;
        // With an answer that came meanwhile.
        if let Some(kept) = record.inquiry(room, id).await? {
            self.tell_consoles(&kept);
        }
        Ok(())
    }

    fn checked(&self, asked: Asked) -> Result<Inquiry, AskRefused> {
        let text = plain(&asked.text);
        match text.chars().count() {
            0 => return Err(AskRefused::EmptyText),
            1..=LONGEST_TEXT => {}
            _ => return Err(AskRefused::TextTooLong),
        }
        let contact = asked.contact.map(|contact| plain(&contact)).filter(|contact| !contact.is_empty());
        if contact.as_ref().is_some_and(|contact| contact.chars().count() > LONGEST_CONTACT) {
            return Err(AskRefused::ContactTooLong);
        }
        let catalogue = self.catalogue();
        let sku = asked.sku.filter(|sku| !sku.is_empty()).map(|sku| {
            let sku = Sku::parse(&sku).map_err(|_| AskRefused::NoSuchProduct)?;
            if catalogue.product(&sku).is_some() { Ok(sku) } else { Err(AskRefused::NoSuchProduct) }
        });
        let quantity = asked.quantity.map(|pieces| {
            let whole = u32::try_from(pieces).ok();
            whole.filter(|n| (1..=LARGEST_QUANTITY).contains(n)).ok_or(AskRefused::BadQuantity)
        });
        let client_id = asked.client_id.map(|id| {
            let parsed = ClientId::parse(&id).ok();
            parsed.filter(|_| id.len() >= SHORTEST_CLIENT_ID).ok_or(AskRefused::BadClientId)
        });
        Ok(Inquiry {
            id: new_id(),
            client_id: client_id.transpose()?,
            room: self.config.id.clone(),
            epoch: self.epoch(),
            asked_ms: now_ms(),
            lang: asked.lang,
            text,
            sku: sku.transpose()?,
            quantity: quantity.transpose()?,
            contact,
            for_host: None,
            answer: None,
        })
    }

    fn take_turn(&self, from: IpAddr, own: Option<&mut Allowance>) -> Result<(), AskRefused> {
        let (now, limits) = (Instant::now(), &self.engines.config.limits);
        let one = Rate { burst: limits.inquiry_burst, every: limits.inquiry_interval };
        if let Some(own) = own {
            own.take(now, one).map_err(AskRefused::TooMany)?;
        }
        let address = Rate { burst: one.burst * BEHIND_AN_ADDRESS, every: one.every / BEHIND_AN_ADDRESS };
        self.inquiries.addresses.lock().take(from, now, address).map_err(AskRefused::TooMany)?;
        let per_minute = limits.inquiries_per_minute;
        let all = Rate { burst: per_minute, every: Duration::from_secs(60) / per_minute };
        self.inquiries.all.lock().take(now, all).map_err(AskRefused::TooMany)
    }

    /// Never fails: at last the text itself, said to be untranslated.
    async fn rendered(&self, text: &str, source: &Lang, target: &Lang) -> Rendered {
        let request = Request {
            text: text.to_owned(),
            source: source.clone(),
            target: target.clone(),
            is_final: true,
            products: Arc::clone(&self.catalogue().products),
            // What was said in the show is no context of a question.
            context: Vec::new(),
            glossary: Arc::clone(self.terms.glossary().of(target)),
        };
        match timeout(TRANSLATE_WITHIN, self.engines.route.translate(request)).await {
            Ok(made) => Rendered {
                text: made.text,
                lang: made.text_lang.unwrap_or_else(|| target.clone()),
                engine: made.engine,
                fidelity: made.fidelity,
            },
            Err(_) => Rendered {
                text: text.to_owned(),
                lang: source.clone(),
                engine: "source".to_owned(),
                fidelity: Fidelity::Fallback,
            },
        }
    }

    fn tell_consoles(&self, inquiry: &Inquiry) {
        // No console listening is no error.
        drop(self.console.send(ConsoleEvent::Inquiry(Arc::new(inquiry.clone()))));
    }
}

/// Text without what could deceive its reader: control characters, and marks that turn the order of what follows.
/// Markup stays as it is: pages show text as text.
pub(super) fn plain(text: &str) -> String {
    let harmless = |c: &char| {
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        *c == '\n' || (!c.is_control() && !turns)
    };
    let text = text.replace("\r\n", "\n").replace('\t', " ");
    text.chars().filter(harmless).collect::<String>().trim().to_owned()
}

/// 128 bits by chance: it opens the question and its answer.
fn new_id() -> InquiryId {
    let bits: [u8; 16] = rand::random();
    InquiryId::parse(&hex::encode(bits))
        .unwrap_or_else(|_| unreachable!("32 hexadecimal digits are a valid id"))
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stays_text_and_what_deceives_goes() {
        assert_eq!(plain(" <b>1 < 2</b> & \"x\"\r\nzwei\t! "), "<b>1 < 2</b> & \"x\"\nzwei !");
        assert_eq!(plain("price\u{202e}08.2\u{0}\u{1b}[31m"), "price08.2[31m");
        assert_eq!(plain("بكم هذا؟\u{200f}"), "بكم هذا؟\u{200f}", "marks of writing stay");
        assert_eq!(plain("\u{202e} \n\t "), "");
    }

    #[test]
    fn ids_cannot_be_guessed() {
        let (one, two) = (new_id(), new_id());
        assert_eq!(one.as_str().len(), 32);
        assert_ne!(one, two);
    }
}

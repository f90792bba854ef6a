//! A viewer's own questions on its socket: asked, followed, answered.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::elsewhere;
use crate::domain::{InquiryId, Lang};
use crate::pipeline::{Allowance, Answered, Asked, Room};
use crate::protocol::inquiry::{AskBody, InquiryState};
use crate::protocol::viewer::Notice;

/// Inquiries that one connection follows: a page keeps fewer. The oldest are forgotten.
const MOST_FOLLOWED: usize = 64;
/// What may wait to be told: a client that asks faster than it reads is not served.
const MOST_DUE: usize = 128;

/// What one connection has asked. Costs a viewer who asks nothing no more than itself.
pub struct Asking {
    room: Arc<Room>,
    from: IpAddr,
    allowance: Allowance,
    followed: Vec<InquiryId>,
    answers: Option<Receiver<Answered>>,
    /// Answers went by unseen: all that is followed is to be looked up.
    behind: bool,
    due: VecDeque<Notice>,
}

impl Asking {
    pub fn new(room: &Arc<Room>, from: IpAddr) -> Self {
        Self {
            room: Arc::clone(room),
            from,
            allowance: Allowance::default(),
            followed: Vec::new(),
            answers: None,
            behind: false,
            due: VecDeque::new(),
        }
    }

    /// Keeps the question; `lang` is the connection's language. What to tell the viewer.
    pub async fn ask(&mut self, body: AskBody, lang: Lang) -> Notice {
        // Before the question is on disk, so that no answer comes between.
        self.listen();
        if !self.room.is_here() {
            let notice = elsewhere::ask(&self.room, body, &lang, self.from).await;
            if let Notice::Inquiry(state) = &notice
                && let Ok(id) = InquiryId::parse(&state.id)
            {
                self.remember(id);
            }
            return notice;
        }
        let client_id = body.client_id.clone();
        match self.room.ask(asked(body, lang), self.from, Some(&mut self.allowance)).await {
            Ok(inquiry) => {
                self.remember(inquiry.id.clone());
                Notice::Inquiry(InquiryState::of(&inquiry))
            }
            Err(refused) => Notice::Refused {
                code: refused.code(),
                message: refused.to_string(),
                client_id,
                retry_ms: refused.retry_ms(),
            },
        }
    }

    /// Follows inquiries of an earlier connection; the state of each comes next. False if they are too many.
    pub async fn follow(&mut self, ids: Vec<String>) -> bool {
        if ids.len() > MOST_FOLLOWED || ids.len() + self.due.len() > MOST_DUE {
            return false;
        }
        self.listen();
        for id in ids {
            let parsed = InquiryId::parse(&id).ok();
            let known = match &parsed {
                Some(parsed) => self.look_up(parsed).await,
                None => Ok(None),
            };
            match (known, parsed) {
                (Ok(Some(notice)), Some(parsed)) => {
                    self.remember(parsed);
                    self.due.push_back(notice);
                }
                (Ok(_), _) => self.due.push_back(Notice::Inquiry(InquiryState::unknown(id))),
                // Not unknown, only out of reach now: the client asks again when it comes back.
                (Err(()), _) => {}
            }
        }
        true
    }

    /// The next thing to tell without being asked. Safe to drop while it waits.
    pub async fn next(&mut self) -> Notice {
        loop {
            if let Some(notice) = self.due.pop_front() {
                return notice;
            }
            if self.behind {
                let mut found = VecDeque::new();
                for id in &self.followed {
                    // Boxed: what is rare is not part of every viewer's task.
                    found.extend(Box::pin(self.look_up(id)).await.ok().flatten());
                }
                self.due = found;
                self.behind = false;
                continue;
            }
            let Some(answers) = &mut self.answers else { return std::future::pending().await };
            match answers.recv().await {
                Ok(Answered::Here(inquiry)) if self.followed.contains(&inquiry.id) => {
                    return Notice::Inquiry(InquiryState::of(&inquiry));
                }
                // Kept until it is told: this may be dropped while it waits.
                Ok(Answered::Elsewhere(id)) if self.followed.contains(&id) => self.behind = true,
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => self.answers = None,
            }
        }
    }

    fn listen(&mut self) {
        if self.answers.is_none() {
            self.answers = Some(self.room.answers());
        }
    }

    fn remember(&mut self, id: InquiryId) {
        if self.followed.contains(&id) {
            return;
        }
        if self.followed.len() == MOST_FOLLOWED {
            self.followed.remove(0);
        }
        self.followed.push(id);
    }

    async fn look_up(&self, id: &InquiryId) -> Result<Option<Notice>, ()> {
        if !self.room.is_here() {
            let found = elsewhere::look_up(&self.room, id.as_str(), self.from).await;
            return found.map(|state| state.map(Notice::Inquiry)).map_err(|error| {
                tracing::debug!(%error, "an inquiry could not be looked up");
            });
        }
        let found = self.room.engines.record.inquiry(&self.room.config.id, id).await;
        let found = found.map_err(|error| tracing::error!(%error, "an inquiry could not be read"))?;
        Ok(found.map(|inquiry| Notice::Inquiry(InquiryState::of(&inquiry))))
    }
}

fn asked(body: AskBody, connection: Lang) -> Asked {
    let own = body.lang.as_deref().and_then(|tag| Lang::parse(tag).ok());
    Asked {
        text: body.text,
        sku: body.sku,
        quantity: body.quantity,
        contact: body.contact,
        client_id: body.client_id,
        lang: own.unwrap_or(connection),
    }
}

//! Any OpenAI-compatible chat endpoint as an engine: llama-server, vLLM, Ollama, hosted models.
//!
//! The endpoint is somebody else's computer, so nothing of it is taken for granted. Requests are bounded in number and
//! time, retries come out of a budget, an endpoint that keeps failing is left alone for a while, and what it says is
//! stripped to one bare sentence or not used. Whether the numbers are right the gate says, as for every engine.

mod breaker;
mod budget;
mod http;
mod settings;

#[cfg(test)]
mod stub;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;
use rand::RngExt as _;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use super::prompt::{Ask, Prompt, language, product_names};
use super::{Draft, Readiness, Request, TranslateError, Translator, answer};
use crate::domain::Lang;
use breaker::{Breaker, Outcome, Ticket};
use budget::RetryBudget;
use http::{CallError, Completion, Http};

pub use breaker::{BreakerSettings, BreakerState};
pub use settings::{ApiKey, BadEndpoint, BadKey, Endpoint, LlmSettings};

const NAME: &str = "llm";
/// Before a request is made again where the server does not say how long to wait; a half is added at random, so that
/// the languages of one utterance do not all come back at the same moment.
const RETRY_PAUSE: Duration = Duration::from_millis(150);
/// A retry with less time left than this would only be cut off.
const LEAST_FOR_RETRY: Duration = Duration::from_millis(300);

/// The engine. One for the whole gateway: its bounds are the endpoint's.
pub struct Llm {
    settings: LlmSettings,
    http: Http,
    breaker: Mutex<Breaker>,
    budget: Mutex<RetryBudget>,
    /// Those that are worked on and those that wait.
    places: Semaphore,
    /// Those that are worked on.
    slots: Semaphore,
}

impl Llm {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(settings: LlmSettings) -> Result<Self, TranslateError> {
        let http =
            Http::new(settings.endpoint.clone(), settings.key.clone()).map_err(|error| failed(&error))?;
        Ok(Self {
            http,
            breaker: Mutex::new(Breaker::new(settings.breaker)),
            budget: Mutex::new(RetryBudget::new()),
            places: Semaphore::new(settings.concurrent + settings.waiting),
            slots: Semaphore::new(settings.concurrent),
            settings,
        })
    }

    /// Whether the endpoint is being asked.
    pub fn state(&self) -> BreakerState {
        self.breaker.lock().state(Instant::now())
    }

    async fn ask(&self, prompt: &Prompt) -> Result<Completion, TranslateError> {
        let deadline = Instant::now() + self.settings.time_limit;
        if self.state() == BreakerState::Open {
            return Err(unavailable("it is left alone after failures"));
        }
        let _place = self.places.try_acquire().map_err(|_| unavailable("too many requests"))?;
        let slot = tokio::time::timeout(self.settings.time_limit / 4, self.slots.acquire()).await;
        let Ok(Ok(_slot)) = slot else { return Err(unavailable("too many requests")) };
        let admitted = self.admit().ok_or_else(|| unavailable("it is left alone after failures"))?;
        let within = tokio::time::timeout_at(deadline.into(), self.call(self.body(prompt), deadline));
        let result = within.await.unwrap_or(Err(CallError::Late(self.settings.time_limit)));
        admitted.report(match &result {
            Ok(_) => Outcome::Answered,
            Err(error) if error.is_about_the_request() => Outcome::Answered,
            Err(error) => error.retry_after().map_or(Outcome::Failed, Outcome::Hold),
        });
        result.map_err(|error| failed(&error))
    }

    /// Asks, and once more where that may help, the budget has it and there is time for it.
    async fn call(&self, body: Bytes, deadline: Instant) -> Result<Completion, CallError> {
        self.budget.lock().request();
        let error = match self.http.complete(body.clone()).await {
            Err(error) if error.is_passing() => error,
            done => return done,
        };
        let pause =
            error.retry_after().unwrap_or_else(|| RETRY_PAUSE.mul_f64(rand::rng().random_range(1.0..1.5)));
        let in_time = Instant::now() + pause + LEAST_FOR_RETRY <= deadline;
        if !in_time || !self.budget.lock().retry() {
            return Err(error);
        }
        tracing::debug!(engine = NAME, %error, ?pause, "asking again");
        tokio::time::sleep(pause).await;
        self.http.complete(body).await
    }

    fn body(&self, prompt: &Prompt) -> Bytes {
        let mut body: Map<String, Value> = self.settings.extra.clone();
        let own = [
            ("model", json!(self.settings.model)),
            (
                "messages",
                json!([
                    {"role": "system", "content": prompt.system},
                    {"role": "user", "content": prompt.user},
                ]),
            ),
            ("max_tokens", json!(prompt.max_tokens)),
            ("temperature", json!(0)),
            ("stream", json!(false)),
        ];
        body.extend(own.map(|(name, value)| (name.to_owned(), value)));
        Value::Object(body).to_string().into()
    }

    fn admit(&self) -> Option<Admitted<'_>> {
        let ticket = self.breaker.lock().admit(Instant::now())?;
        Some(Admitted { breaker: &self.breaker, ticket, reported: false })
    }
}

#[async_trait]
impl Translator for Llm {
    fn name(&self) -> &'static str {
        NAME
    }

    fn speaks(&self, source: &Lang, target: &Lang) -> bool {
        source.primary() != target.primary() && self.settings.trusts(target)
    }

    fn readiness(&self) -> Readiness {
        match self.state() {
            BreakerState::Open => Readiness::Down("left alone after failures".into()),
            BreakerState::Closed | BreakerState::HalfOpen => Readiness::Ready,
        }
    }

    async fn translate(&self, request: &Request) -> Result<Option<Draft>, TranslateError> {
        // A partial is soon replaced: what it costs the endpoint is better spent on the finals.
        if !request.is_final || !self.speaks(&request.source, &request.target) {
            return Ok(None);
        }
        let mut glossary = product_names(&request.products, &request.source, &request.target);
        glossary.extend(request.glossary.pairs(&request.source, &request.target));
        let before = request.context.len().saturating_sub(self.settings.context);
        let ask = Ask {
            text: &request.text,
            source: &request.source,
            target: &request.target,
            context: request.context.get(before..).unwrap_or_default(),
            glossary: &glossary,
        };
        let Some(prompt) = ask.prompt() else { return Ok(None) };
        let said = self.ask(&prompt).await?;
        let cut = if said.finished { Ok(()) } else { Err(answer::Unfit::CutOff) };
        match cut.and_then(|()| answer::clean(&said.text, &request.text, language(&request.target))) {
            Ok(text) => Ok(Some(Draft { text, engine: NAME, coverage: 1.0, accounted: Vec::new() })),
            Err(unfit) => {
                tracing::debug!(engine = NAME, target = %request.target, %unfit, "answer not used");
                Ok(None)
            }
        }
    }
}

/// One request's leave to ask. Dropped with the request, it leaves the breaker as it was.
struct Admitted<'a> {
    breaker: &'a Mutex<Breaker>,
    ticket: Ticket,
    reported: bool,
}

impl Admitted<'_> {
    fn report(mut self, outcome: Outcome) {
        self.reported = true;
        let changed = self.breaker.lock().report(&self.ticket, outcome, Instant::now());
        match changed {
            Some(BreakerState::Open) => {
                tracing::warn!(engine = NAME, "the endpoint is left alone for a while")
            }
            Some(BreakerState::Closed) => tracing::info!(engine = NAME, "the endpoint answers again"),
            Some(BreakerState::HalfOpen) | None => {}
        }
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        if !self.reported {
            self.breaker.lock().report(&self.ticket, Outcome::Abandoned, Instant::now());
        }
    }
}

fn failed(error: &CallError) -> TranslateError {
    TranslateError::Engine { engine: NAME, message: error.to_string() }
}

fn unavailable(why: &'static str) -> TranslateError {
    TranslateError::Unavailable { engine: NAME, why }
}

//! The task that has one pair's pipeline: starts it when it is first needed, hands it one sentence at a time, and puts
//! another in its place when it dies, hangs or talks nonsense.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::modes::Mode;
use super::pipeline::{Pipeline, PipelineError};

/// A pipeline that has just been started loads its data first: 0.15 to 0.5 s, seven to ten processes.
const START_LIMIT: Duration = Duration::from_secs(10);

/// How long a pipeline is kept that nobody asks: it holds 170 MB for Catalan, 250 for Galician, and is loaded again in
/// half a second.
pub const IDLE: Duration = Duration::from_secs(600);

/// Rest after a failure, twice as long after each further one in a row.
const FIRST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(60);

/// A sentence to translate, already escaped.
pub struct Job {
    pub text: String,
    pub answer: oneshot::Sender<Result<String, Refusal>>,
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Failed(#[from] PipelineError),
    /// It has failed a moment ago.
    #[error("it is being restarted")]
    Resting,
}

/// Works until nobody can ask any more. `limit`: longest for one sentence; `idle`: after so long without one, the processes
/// are ended until there is one again.
pub async fn work(mode: Mode, limit: Duration, idle: Duration, mut jobs: mpsc::Receiver<Job>) {
    let mut pipeline = None;
    let mut rest = Rest::default();
    loop {
        let job = match timeout(idle, jobs.recv()).await {
            Ok(Some(job)) => job,
            Ok(None) => return,
            Err(_) => {
                pipeline = None;
                match jobs.recv().await {
                    Some(job) => job,
                    None => return,
                }
            }
        };
        // Whoever asked has gone on to the next engine.
        if job.answer.is_closed() {
            continue;
        }
        let answer = match answer(&mode, limit, &mut pipeline, &mut rest, &job.text).await {
            // It died while nobody asked: the text is not to blame, a fresh one gets it.
            Err(Refusal::Failed(PipelineError::Ended { .. })) if rest.failures == 1 => {
                rest.until = None;
                answer(&mode, limit, &mut pipeline, &mut rest, &job.text).await
            }
            answer => answer,
        };
        let _ = job.answer.send(answer);
    }
}

async fn answer(
    mode: &Mode,
    limit: Duration,
    pipeline: &mut Option<Pipeline>,
    rest: &mut Rest,
    text: &str,
) -> Result<String, Refusal> {
    let done = match pipeline.take() {
        Some(running) => ask(running, text, limit).await,
        None if !rest.is_over(Instant::now()) => return Err(Refusal::Resting),
        None => match start(mode).await {
            Ok(running) => ask(running, text, limit).await,
            Err(error) => Err(error),
        },
    };
    match done {
        Ok((running, answer)) => {
            *pipeline = Some(running);
            *rest = Rest::default();
            Ok(answer)
        }
        Err(error) => {
            rest.fail(Instant::now());
            Err(error.into())
        }
    }
}

/// A pipeline that is loaded: it has answered.
async fn start(mode: &Mode) -> Result<Pipeline, PipelineError> {
    let running = Pipeline::start(mode)?;
    let (running, _) = ask(running, "", START_LIMIT).await?;
    tracing::info!(mode = mode.name, "an Apertium pipeline has started");
    Ok(running)
}

/// Hands the pipeline back only if it can be asked again. Dropped, its processes are killed.
async fn ask(
    mut running: Pipeline,
    text: &str,
    limit: Duration,
) -> Result<(Pipeline, String), PipelineError> {
    let answer = timeout(limit, running.ask(text)).await.map_err(|_| PipelineError::Late)??;
    Ok((running, answer))
}

/// When it may be started again.
#[derive(Debug, Default)]
struct Rest {
    /// In a row.
    failures: u32,
    until: Option<Instant>,
}

impl Rest {
    fn fail(&mut self, now: Instant) {
        let rest = FIRST_REST.saturating_mul(1 << self.failures.min(16)).min(LONGEST_REST);
        self.failures += 1;
        self.until = Some(now + rest);
    }

    fn is_over(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_up_to_a_minute_and_then_end() {
        let (mut rest, now) = (Rest::default(), Instant::now());
        assert!(rest.is_over(now));
        let mut rests = Vec::new();
        for _ in 0..10 {
            rest.fail(now);
            rests.push(rest.until.unwrap() - now);
        }
        assert_eq!(rests[..4], [250, 500, 1000, 2000].map(Duration::from_millis));
        assert_eq!(rests[9], LONGEST_REST);
        assert!(!rest.is_over(now + Duration::from_secs(59)) && rest.is_over(now + LONGEST_REST));
    }
}

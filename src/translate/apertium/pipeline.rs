//! One pipeline of processes: text in at one end, its translation out of the other.
//!
//! The programs are Apertium's own (GPL), so they are processes and never linked. They are kept alive: `-z` makes each
//! flush at a NUL byte. Debian's `apertium -z` cannot be used for that, it waits for the end of its input.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::modes::{Mode, Stage};

/// Why a pipeline did not answer. After any of these it is of no further use.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PipelineError {
    #[error("{program} cannot be started: {why}")]
    Start { program: String, why: String },
    #[error("{program} has ended ({status})")]
    Ended { program: String, status: String },
    #[error("it did not answer in time")]
    Late,
    #[error("it answered more than such a text can become")]
    Flood,
    #[error("it answered something else than what it was asked")]
    OutOfStep,
}

/// Running processes. They are killed when it is dropped, and end by themselves when this process does, since their
/// input then ends.
pub struct Pipeline {
    children: Vec<(String, Child)>,
    input: ChildStdin,
    output: ChildStdout,
    asked: u64,
}

impl Pipeline {
    /// Starts the processes. They load their data while the first question waits.
    ///
    /// # Errors
    /// A program cannot be started.
    pub fn start(mode: &Mode) -> Result<Self, PipelineError> {
        let mut children = Vec::with_capacity(mode.stages.len());
        let mut input = None;
        let mut output: Option<ChildStdout> = None;
        for stage in &mode.stages {
            let name = name(stage);
            let failed = |why: &dyn std::fmt::Display| PipelineError::Start {
                program: name.clone(),
                why: why.to_string(),
            };
            let stdin = match output.take() {
                Some(before) => before.try_into().map_err(|error| failed(&error))?,
                None => Stdio::piped(),
            };
            let mut child = command(stage, mode).stdin(stdin).spawn().map_err(|error| failed(&error))?;
            input = input.or(child.stdin.take());
            output = child.stdout.take();
            children.push((name, child));
        }
        match (input, output) {
            (Some(input), Some(output)) => Ok(Self { children, input, output, asked: 0 }),
            _ => Err(PipelineError::Start { program: mode.name.clone(), why: "it has no programs".into() }),
        }
    }

    /// The answer to a text that is escaped. Waits as long as it takes: the caller has the time limit, and drops the
    /// pipeline where that is over.
    ///
    /// # Errors
    /// A process has ended, or they say what is no answer to this.
    pub async fn ask(&mut self, text: &str) -> Result<String, PipelineError> {
        self.asked += 1;
        // Blanks are not touched on their way, so that an answer is known to be to this question. Something must stand
        // between the last word and the NUL: lt-proc 3.7.1 with -b waits for what follows a word before it flushes. The
        // empty one first is as Apertium's own deformatter ends a text; without it "220 V." loses its full stop.
        let ticket = format!("[][{}]", self.asked);
        let question = format!("{text}{ticket}\0");
        if self.input.write_all(question.as_bytes()).await.is_err() || self.input.flush().await.is_err() {
            return Err(self.ended().await);
        }
        let answer = self.answer(1024 + 8 * text.len()).await?;
        let answer = String::from_utf8(answer).map_err(|_| PipelineError::OutOfStep)?;
        answer.strip_suffix(&ticket).map(str::to_owned).ok_or(PipelineError::OutOfStep)
    }

    /// Up to the NUL, without it.
    async fn answer(&mut self, most: usize) -> Result<Vec<u8>, PipelineError> {
        let mut answer = Vec::new();
        loop {
            match self.output.read_buf(&mut answer).await {
                Ok(0) | Err(_) => return Err(self.ended().await),
                Ok(_) if answer.len() > most => return Err(PipelineError::Flood),
                Ok(_) => {}
            }
            match answer.iter().position(|byte| *byte == 0) {
                Some(end) if end + 1 == answer.len() => {
                    answer.truncate(end);
                    return Ok(answer);
                }
                Some(_) => return Err(PipelineError::OutOfStep),
                None => {}
            }
        }
    }

    /// Which of them it was. The ends of pipes are seen before the process can be waited for.
    async fn ended(&mut self) -> PipelineError {
        let told = |program: &str, status: ExitStatus| PipelineError::Ended {
            program: program.to_owned(),
            status: status.to_string(),
        };
        for _ in 0..20 {
            for (program, child) in &mut self.children {
                if let Ok(Some(status)) = child.try_wait() {
                    return told(program, status);
                }
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let program = self.children.last().map_or_else(String::new, |(name, _)| name.clone());
        PipelineError::Ended { program, status: "it closed its output".into() }
    }
}

fn name(stage: &Stage) -> String {
    stage.program.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// With an environment of its own: secrets of the gateway's are not for it.
fn command(stage: &Stage, mode: &Mode) -> Command {
    let mut command = Command::new(&stage.program);
    command
        .args(&stage.args)
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .stdout(Stdio::piped())
        // What it says about a text is of no use to anybody: the text is not its author's.
        .stderr(Stdio::null())
        .kill_on_drop(true)
        // A Ctrl-C in the terminal is for the gateway, which still has the last sentence to finish.
        .process_group(0);
    if !mode.libraries.is_empty() {
        let folders: Vec<OsString> = mode.libraries.iter().map(OsString::from).collect();
        command.env("LD_LIBRARY_PATH", folders.join(&OsString::from(":")));
    }
    command
}

//! `tradewind export` and `tradewind shows`: the record on this machine, with or without a running gateway beside.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand, ValueEnum};

use crate::config::{Config, RoomConfig};
use crate::console::captions_json;
use crate::domain::{Epoch, Lang, RoomId};
use crate::packs::Packs;
use crate::record::{Record, ShowSummary, Transcript};

/// Shows in a list.
const MOST: u32 = 500;

#[derive(Args)]
pub struct ExportArgs {
    #[command(flatten)]
    of: OfRoom,
    /// Default: the language that was spoken
    #[arg(long)]
    lang: Option<String>,
    #[arg(long, value_enum, default_value = "vtt")]
    format: Format,
    /// The show's epoch, as `tradewind shows list` names it. Default: the last one
    #[arg(long)]
    show: Option<String>,
    /// Default: standard output
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Args)]
pub struct OfRoom {
    #[arg(long, default_value = "config/demo.toml")]
    config: PathBuf,
    /// Default: the configuration's only room
    #[arg(long)]
    room: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Vtt,
    Srt,
    Json,
    /// The files of the show's sound, where its room keeps it: path, where it begins on the show's clock (ms), length (ms)
    Audio,
}

#[derive(Subcommand)]
pub enum ShowsCommand {
    /// Every show of a room, the newest first
    List {
        #[command(flatten)]
        of: OfRoom,
    },
    /// Delete a show: captions, cards, inquiries with their contacts, sales of that time with their reservations
    Delete {
        #[command(flatten)]
        of: OfRoom,
        /// The show's epoch
        show: String,
    },
}

pub async fn export(args: &ExportArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let (record, room) = opened(&args.of)?;
    let show = match &args.show {
        Some(epoch) => Epoch::parse(epoch).context("--show")?,
        None => latest(&record, &room.id).await?.head.epoch,
    };
    let kept = record.show(&room.id, &show).await?.with_context(|| no_such_show(&room.id, &show))?;
    if matches!(args.format, Format::Audio) {
        return write(args, audio(&record, &room.id, &show).await?.as_bytes(), out);
    }
    let lang = match &args.lang {
        Some(tag) => Lang::parse(tag).context("--lang")?,
        None => kept.head.source_lang,
    };
    let text = record.transcript(&room.id, &show, &lang, Vec::new()).await?;
    let text = text.with_context(|| no_such_show(&room.id, &show))?;
    ensure!(
        text.missing.is_empty(),
        "{} of {} captions of this show have not been translated into {lang}: a running gateway does it when it is asked \
         for /v1/rooms/{}/captions.vtt?lang={lang}&show={show}",
        text.missing.len(),
        text.lines.len(),
        room.id,
    );
    let written = match args.format {
        Format::Vtt => text.vtt(),
        Format::Srt => text.srt(),
        Format::Json => json(&room, &text)?,
        Format::Audio => String::new(),
    };
    write(args, written.as_bytes(), out)
}

fn write(args: &ExportArgs, written: &[u8], out: &mut impl Write) -> anyhow::Result<()> {
    match &args.out {
        Some(path) => {
            std::fs::write(path, written).with_context(|| format!("cannot write {}", path.display()))
        }
        None => out.write_all(written).context("cannot write to standard output"),
    }
}

async fn audio(record: &Record, room: &RoomId, show: &Epoch) -> anyhow::Result<String> {
    let parts = record.audio(room, show).await?;
    ensure!(!parts.is_empty(), "no sound of the show {show} of {room} is kept");
    Ok(parts
        .iter()
        .map(|part| format!("{}\t{}\t{}\n", part.path.display(), part.start_ms, part.duration_ms))
        .collect())
}

fn json(room: &RoomConfig, text: &Transcript) -> anyhow::Result<String> {
    let packs = Packs::builtin()?;
    let dir = packs.get(&text.lang).map_or("ltr", |pack| pack.dir.as_str());
    // Cards are made by a gateway, which knows the products as they are now; here they are named.
    let shown = captions_json(&room.id, &room.title, dir, false, text, |_| None);
    Ok(shown.to_file()?)
}

pub async fn shows(command: &ShowsCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        ShowsCommand::List { of } => {
            let (record, room) = opened(of)?;
            for show in record.shows(&room.id, MOST).await? {
                let langs: Vec<_> = show.langs.iter().map(Lang::as_str).collect();
                let state = if show.head.ended_ms.is_some() { "ended" } else { "open" };
                let minutes = show.last_ms / 60_000;
                writeln!(
                    out,
                    "{}\t{state}\t{minutes} min\t{} captions\t{} {}",
                    show.head.epoch,
                    show.finals,
                    show.head.source_lang,
                    langs.join(" ")
                )?;
            }
        }
        ShowsCommand::Delete { of, show } => {
            let (record, room) = opened(of)?;
            let epoch = Epoch::parse(show)?;
            let kept =
                record.show(&room.id, &epoch).await?.with_context(|| no_such_show(&room.id, &epoch))?;
            let newest = latest(&record, &room.id).await?.head.epoch == epoch;
            if newest && kept.head.ended_ms.is_none() {
                bail!("this show has not ended: end it first, or a gateway that runs would write it again");
            }
            record.delete_show(&room.id, &epoch).await?;
            writeln!(out, "{epoch} is deleted")?;
        }
    }
    Ok(())
}

fn opened(of: &OfRoom) -> anyhow::Result<(Record, RoomConfig)> {
    let config = Config::load(&of.config)?;
    let dir =
        config.record.dir.as_deref().context("the configuration has no [record] dir: nothing is kept")?;
    ensure!(is_there(dir), "there is no record in {}", dir.display());
    let room = match &of.room {
        Some(name) => config.rooms.into_iter().find(|room| room.id.as_str() == name),
        None if config.rooms.len() == 1 => config.rooms.into_iter().next(),
        None => bail!("name the room with --room"),
    };
    Ok((Record::open(dir)?, room.context("the configuration has no such room")?))
}

/// Opening would make one.
fn is_there(dir: &Path) -> bool {
    std::fs::read_dir(dir).is_ok_and(|mut files| files.next().is_some())
}

async fn latest(record: &Record, room: &RoomId) -> anyhow::Result<ShowSummary> {
    let shows = record.shows(room, 1).await?;
    shows.into_iter().next().with_context(|| format!("no show of {room} is kept"))
}

fn no_such_show(room: &RoomId, show: &Epoch) -> String {
    format!("no show {show} of {room} is kept")
}

//! Tables, by version. A version that has shipped is never changed: what comes later is a further step.
//!
//! `PRAGMA user_version` holds the version. The crate rusqlite_migration does the same and lags behind rusqlite; the loop
//! below is all of it that is needed.

use std::path::Path;

use rusqlite::Connection;

use super::RecordError;

const STEPS: &[&str] = &[
    // 1: the catalogue.
    "
    -- One row a room whose products are kept here: its configuration's catalogue is not read again.
    CREATE TABLE catalogues (room TEXT PRIMARY KEY, changed_ms INTEGER NOT NULL) STRICT;
    -- `body` is the product as JSON, in the form of an export.
    CREATE TABLE products (
        room TEXT NOT NULL, sku TEXT NOT NULL, place INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (room, sku)
    ) STRICT;
    -- What a product cost since when: the lowest of the last 30 days is shown beside a flash price.
    CREATE TABLE prices (
        room TEXT NOT NULL, sku TEXT NOT NULL, since_ms INTEGER NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,
        PRIMARY KEY (room, sku, since_ms)
    ) STRICT;
    -- Named after their content, so that the same picture is kept once and its address never changes its meaning.
    CREATE TABLE images (name TEXT PRIMARY KEY, bytes BLOB NOT NULL, added_ms INTEGER NOT NULL) STRICT;
    ",
    // 2: flash sales. `stock` is what is left; a sale that was stopped has `ended_ms`.
    "
    CREATE TABLE flashes (
        id INTEGER PRIMARY KEY, room TEXT NOT NULL, sku TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,
        was_amount TEXT, began_ms INTEGER NOT NULL, ends_ms INTEGER NOT NULL, ended_ms INTEGER,
        stock INTEGER CHECK (stock >= 0)
    ) STRICT;
    CREATE INDEX flashes_of_room ON flashes (room, ended_ms);
    -- `key` is the shopper's own, so that a request sent twice puts pieces by once.
    CREATE TABLE reservations (
        id TEXT PRIMARY KEY, flash INTEGER NOT NULL REFERENCES flashes (id), quantity INTEGER NOT NULL,
        contact TEXT NOT NULL, key TEXT, made_ms INTEGER NOT NULL, cancelled_ms INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX reservations_once ON reservations (flash, key);
    ",
    // 3: what shoppers ask.
    "
    -- Kept by show, so that personal data goes with it. `seq` is the order of arrival. host_*: the text for the host, when
    -- it is made.
    CREATE TABLE inquiries (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, room TEXT NOT NULL, epoch TEXT NOT NULL,
        client_id TEXT, asked_ms INTEGER NOT NULL, lang TEXT NOT NULL, text TEXT NOT NULL, sku TEXT, quantity INTEGER,
        contact TEXT, host_text TEXT, host_lang TEXT, host_engine TEXT, host_fidelity TEXT,
        UNIQUE (room, client_id)
    ) STRICT;
    CREATE INDEX inquiries_of_show ON inquiries (room, epoch);
    CREATE INDEX inquiries_of_room ON inquiries (room, seq);
    -- The latest answer of each. shown_*: what the shopper reads.
    CREATE TABLE answers (
        inquiry INTEGER PRIMARY KEY REFERENCES inquiries (seq) ON DELETE CASCADE,
        answered_ms INTEGER NOT NULL, lang TEXT NOT NULL, text TEXT NOT NULL,
        shown_text TEXT NOT NULL, shown_lang TEXT NOT NULL, shown_engine TEXT NOT NULL, shown_fidelity TEXT NOT NULL
    ) STRICT;
    ",
    // 4: terms. `body` is the room's glossary in the form of its file; where there is a row, the configuration's is not read.
    "
    CREATE TABLE glossaries (room TEXT PRIMARY KEY, body TEXT NOT NULL, changed_ms INTEGER NOT NULL) STRICT;
    ",
    // 5: shows. Times of the world in ms since 1970, all others on the show's clock.
    "
    CREATE TABLE shows (
        id INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL, epoch TEXT NOT NULL, made_ms INTEGER NOT NULL,
        zero_ms INTEGER, ended_ms INTEGER, source_lang TEXT NOT NULL, UNIQUE (room, epoch)
    ) STRICT;
    -- What happened, by offset. `kind`: final, pin, unpin, ended. `body`: the rest of it as JSON.
    CREATE TABLE events (
        show INTEGER NOT NULL REFERENCES shows (id) ON DELETE CASCADE, place INTEGER NOT NULL, at_ms INTEGER NOT NULL,
        kind TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (show, place)
    ) STRICT, WITHOUT ROWID;
    -- What viewers of a language read of the final at that offset.
    CREATE TABLE renderings (
        show INTEGER NOT NULL REFERENCES shows (id) ON DELETE CASCADE, lang TEXT NOT NULL, place INTEGER NOT NULL,
        text TEXT NOT NULL, text_lang TEXT, engine TEXT NOT NULL, fidelity TEXT NOT NULL, emitted_ms INTEGER NOT NULL,
        PRIMARY KEY (show, lang, place)
    ) STRICT, WITHOUT ROWID;
    ",
];

/// A connection with the settings that all of them have.
pub fn prepared(connection: Connection) -> rusqlite::Result<Connection> {
    // A commit is on disk before it is acknowledged: a killed process and a lost mains plug lose nothing final.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What was deleted is overwritten: a shopper's telephone number does not stay in free pages.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(connection)
}

/// What is wrong with the file, if anything is. Reads all of it.
pub fn soundness(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((found != "ok").then_some(found))
}

pub fn migrate(connection: &mut Connection, file: &Path) -> Result<(), RecordError> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = STEPS.len() as i64;
    if found > known {
        return Err(RecordError::TooNew { path: file.to_owned(), found, known });
    }
    for (done, step) in STEPS.iter().enumerate().skip(usize::try_from(found).unwrap_or_default()) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", done as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

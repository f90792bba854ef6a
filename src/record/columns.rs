//! Columns through the checks of their types.

use rusqlite::Row;
use rusqlite::types::Type;

/// A column through the check of its type.
pub fn checked<T, E: std::error::Error + Send + Sync + 'static>(
    row: &Row<'_>,
    column: &str,
    check: impl Fn(&str) -> Result<T, E>,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    check(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(
            row.as_ref().column_index(column).unwrap_or_default(),
            Type::Text,
            Box::new(error),
        )
    })
}

/// The same where there may be nothing.
pub fn optional<T, E: std::error::Error + Send + Sync + 'static>(
    row: &Row<'_>,
    column: &str,
    check: impl Fn(&str) -> Result<T, E>,
) -> rusqlite::Result<Option<T>> {
    let missing = row.get::<_, Option<String>>(column)?.is_none();
    if missing { Ok(None) } else { checked(row, column, check).map(Some) }
}

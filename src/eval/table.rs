//! Plain tables with aligned columns.

use std::io::{self, Write};

/// Rows under a title. The first three columns are words, the others mostly figures.
pub struct Table {
    title: &'static str,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(title: &'static str, header: &[&str]) -> Self {
        Self { title, rows: vec![header.iter().map(ToString::to_string).collect()] }
    }

    pub fn row(&mut self, cells: impl Into<Vec<String>>) {
        self.rows.push(cells.into());
    }

    /// Prints nothing if there is no row but the header; a column without content is left out.
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        if self.rows.len() < 2 {
            return Ok(());
        }
        let columns = self.rows[0].len();
        let cells = |column: usize| self.rows.iter().filter_map(move |row| row.get(column));
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let empty = cells(column).skip(1).all(String::is_empty);
                if empty { 0 } else { cells(column).map(|cell| cell.chars().count()).max().unwrap_or(0) }
            })
            .collect();
        writeln!(out, "{}", self.title)?;
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
                let figure = cell.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
                line.push_str("  ");
                line = if figure { format!("{line}{cell:>width$}") } else { format!("{line}{cell:<width$}") };
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(table: &Table) -> String {
        let mut out = Vec::new();
        table.print(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_aligned_and_empty_ones_left_out() {
        let mut table = Table::new("T", &["kind", "none", "n"]);
        assert_eq!(printed(&table), "");
        table.row([String::from("tour"), String::new(), "12".into()]);
        table.row([String::from("real"), String::new(), "7".into()]);
        assert_eq!(printed(&table), "T\n  kind  n\n  tour  12\n  real   7\n\n");
    }
}

//! The rendering language of `renderings.tsv`: `Pedido mínimo: {n}.`, `{n.gen}`, `[ ({colors})]`.

/// A part of a rendering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Text(String),
    /// `case` picks the unit's table `<unit>.<case>`.
    Slot {
        name: String,
        case: Option<String>,
    },
    /// Dropped unless all its slots are filled.
    Optional(Vec<Part>),
}

/// The parts of a rendering.
///
/// # Errors
/// What is wrong, in a sentence.
pub fn parts(rendering: &str) -> Result<Vec<Part>, String> {
    let found = sequence(rendering, false)?;
    if found.is_empty() { Err("the rendering is empty".into()) } else { Ok(found) }
}

impl Part {
    /// Names of the slots in it and below it.
    pub fn slots(&self) -> Vec<&str> {
        match self {
            Self::Text(_) => Vec::new(),
            Self::Slot { name, .. } => vec![name],
            Self::Optional(parts) => parts.iter().flat_map(Self::slots).collect(),
        }
    }
}

fn sequence(text: &str, inside: bool) -> Result<Vec<Part>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let plain_end = rest.find(['[', '{']).unwrap_or(rest.len());
        let (plain, tail) = rest.split_at(plain_end);
        if plain.contains([']', '}']) {
            return Err("a bracket closes nothing".into());
        }
        if !plain.is_empty() {
            found.push(Part::Text(plain.to_owned()));
        }
        if tail.is_empty() {
            break;
        }
        let (open, inner, after) = closing(tail)?;
        rest = after;
        found.push(match open {
            '{' => {
                let (name, case) =
                    inner.split_once('.').map_or((inner, None), |(name, case)| (name, Some(case)));
                Part::Slot { name: slot_name(name)?, case: case.map(slot_name).transpose()? }
            }
            _ if inside => return Err("an optional part inside an optional part".into()),
            _ => Part::Optional(sequence(inner, true)?),
        });
    }
    Ok(found)
}

/// Splits `(inner)rest` at the bracket that closes the first one.
pub(super) fn closing(text: &str) -> Result<(char, &str, &str), String> {
    let mut depth = 0_i32;
    let open = text.chars().next().unwrap_or('(');
    for (at, ch) in text.char_indices() {
        match ch {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let inner = text.get(1..at).unwrap_or_default();
            return Ok((open, inner, text.get(at + ch.len_utf8()..).unwrap_or_default()));
        }
    }
    Err(format!("{open} is not closed"))
}

pub(super) fn slot_name(name: &str) -> Result<String, String> {
    let name = name.trim();
    let ok = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    if ok { Ok(name.to_owned()) } else { Err(format!("{name:?} is no slot name (a-z, 0-9, _ and -)")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_cases_and_optional_parts_are_read() {
        let slot =
            |name: &str, case: Option<&str>| Part::Slot { name: name.into(), case: case.map(Into::into) };
        assert_eq!(
            parts("Срок: {n.gen}[ ({colors})].").unwrap(),
            [
                Part::Text("Срок: ".into()),
                slot("n", Some("gen")),
                Part::Optional(vec![Part::Text(" (".into()), slot("colors", None), Part::Text(")".into())]),
                Part::Text(".".into()),
            ]
        );
        for bad in ["", "{n", "n}", "[a [b]]", "{N}"] {
            assert!(parts(bad).is_err(), "{bad}");
        }
    }
}

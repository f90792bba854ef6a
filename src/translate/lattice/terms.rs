//! The terms of an utterance: colours, materials, places, alone and in a row.

use super::super::atoms::{NEVER, Token};
use super::super::book::Book;
use super::{Edge, Fill, Lattice, TERM_COST, class_of, len};

/// What a term costs that only sounds like what is written.
const UNWRITTEN: f32 = 0.001;

impl Lattice {
    pub(super) fn add_terms(&mut self, book: &Book) {
        for term in &book.terms {
            let length = term.tokens.len();
            for start in 0..(self.atoms.len() + 1).saturating_sub(length) {
                let budget = match length {
                    1 => 0.01,
                    2 => 0.26,
                    _ => TERM_COST * len(length),
                };
                let mut total = 0.0;
                for (offset, token) in term.tokens.iter().enumerate() {
                    total += if self.grammar(book, *token, start + offset) {
                        NEVER
                    } else {
                        self.cost(*token, start + offset)
                    };
                    if total > budget {
                        break;
                    }
                }
                let exact = length > 1 || self.same_char(book, term.tokens.first().copied(), start);
                if total <= budget
                    && exact
                    && !self.in_latin_word(start, start + length)
                    && self.whole(start, start + length)
                {
                    let fill = Fill::Terms(vec![term.key.clone()]);
                    let mut letters = term.tokens.iter().zip(start..);
                    let written = letters.all(|(token, at)| self.same_char(book, Some(*token), at));
                    let cost = if written { 0.0 } else { total + UNWRITTEN };
                    self.edges.push(Edge { start, end: start + length, cost, fill, list: false });
                }
            }
        }
    }

    /// Of the terms of one class that begin at the same place, only the longest: 红色, not 红 and a 色 left over.
    pub(super) fn keep_longest_terms(&mut self) {
        let spans = spans_of(&self.edges, |_| true);
        // What is written is believed before what it sounds like: 佛山 is not 釜山.
        let written: Vec<(usize, usize, String)> = spans_of(&self.edges, |edge| edge.cost <= 0.0);
        self.edges.retain(|edge| {
            let rival = |(start, end, class): &(usize, usize, String)| {
                *start == edge.start && *end == edge.end && edge.class() == Some(class)
            };
            edge.cost <= 0.0 || !written.iter().any(rival)
        });
        self.edges.retain(|edge| {
            let longer = |(start, end, class): &(usize, usize, String)| {
                *start == edge.start && *end > edge.end && edge.class() == Some(class)
            };
            !spans.iter().any(longer)
        });
    }

    /// Is grammar heard there, of which the term has none: 能用 is not 耐用?
    fn grammar(&self, book: &Book, token: usize, at: usize) -> bool {
        let heard = self.atoms.get(at).map(|atom| &atom.token);
        let grammatical = matches!(heard, Some(Token::Syllable('能' | '会' | '可' | '要' | '得', _)));
        grammatical && !self.same_char(book, Some(token), at)
    }

    /// A term of one syllable must be written as it is: 红 is not 宏.
    fn same_char(&self, book: &Book, token: Option<usize>, at: usize) -> bool {
        let wanted = token.and_then(|token| book.vocabulary.get(token));
        match (wanted, self.atoms.get(at).map(|atom| &atom.token)) {
            (Some(Token::Syllable(a, _)), Some(Token::Syllable(b, _))) => a == b,
            (wanted, heard) => wanted == heard,
        }
    }

    /// Is it a part of a Latin word in Mandarin: the L of LED is no size?
    fn in_latin_word(&self, start: usize, end: usize) -> bool {
        let latin = |at: usize| {
            let token = self.atoms.get(at).map(|atom| &atom.token);
            matches!(token, Some(Token::Syllable(ch, _)) if ch.is_ascii_alphabetic())
        };
        let joined = |at: usize| {
            let ends = at.checked_sub(1).and_then(|before| self.atoms.get(before)).map(|atom| atom.range.end);
            latin(at) && at > 0 && latin(at - 1) && ends == self.atoms.get(at).map(|atom| atom.range.start)
        };
        joined(start) || joined(end)
    }

    /// Terms of one class in a row, as far as they go: 红色、蓝色和白色.
    pub(super) fn add_lists(&mut self) {
        let terms: Vec<Edge> =
            self.edges.iter().filter(|edge| matches!(edge.fill, Fill::Terms(_))).cloned().collect();
        let mut lists = Vec::new();
        for first in &terms {
            let Fill::Terms(keys) = &first.fill else { continue };
            let class = keys.first().map(|key| class_of(key)).unwrap_or_default();
            let mut chain = Edge { list: true, ..first.clone() };
            while let Some(next) = self.next_term(&terms, class, chain.end) {
                let (Fill::Terms(all), Fill::Terms(more)) = (&mut chain.fill, &next.fill) else { break };
                all.extend(more.iter().cloned());
                chain.end = next.end;
                chain.cost += next.cost;
            }
            lists.push(chain);
        }
        self.edges.extend(lists);
    }

    /// The longest term of the class that follows at once, or after one word that joins.
    fn next_term<'a>(&self, terms: &'a [Edge], class: &str, end: usize) -> Option<&'a Edge> {
        let joint = self.joint(end);
        terms
            .iter()
            .filter(|term| term.start >= end && term.start <= joint)
            .filter(|term| matches!(&term.fill, Fill::Terms(keys) if keys.iter().all(|key| class_of(key) == class)))
            .max_by_key(|term| (term.end, usize::MAX - term.start))
    }

    /// Where the next term may begin at the latest, over 和, 还有, "and", "or".
    fn joint(&self, at: usize) -> usize {
        let mut end = at;
        while let Some(atom) = self.atoms.get(end).filter(|_| end < at + 2) {
            let joins = match &atom.token {
                Token::Syllable(ch, _) => "和跟与及或以还有者".contains(*ch),
                Token::Word(word) => ["and", "or", "plus"].contains(&word.as_str()),
            };
            if !joins {
                break;
            }
            end += 1;
        }
        end
    }
}

/// Spans and classes of the terms among the edges.
fn spans_of(edges: &[Edge], of: impl Fn(&Edge) -> bool) -> Vec<(usize, usize, String)> {
    let terms = edges.iter().filter(|edge| of(edge));
    terms.filter_map(|edge| Some((edge.start, edge.end, edge.class()?.to_owned()))).collect()
}

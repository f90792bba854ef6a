//! A text by characters, folded for reading numbers.

use std::ops::Range;

/// Characters with their byte offsets. Full width is folded to half width, traditional numerals and units to
/// simplified ones, letters are kept as they are (`G` is not a gram).
pub(super) struct Text {
    chars: Vec<char>,
    bytes: Vec<usize>,
}

impl Text {
    pub fn new(text: &str) -> Self {
        let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        bytes.push(text.len());
        Self { chars: text.chars().map(fold).collect(), bytes }
    }

    pub fn len(&self) -> usize {
        self.chars.len()
    }

    pub fn get(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    pub fn before(&self, at: usize) -> Option<char> {
        at.checked_sub(1).and_then(|before| self.get(before))
    }

    /// Does `word` stand at `at`? Answers its end.
    pub fn word(&self, at: usize, word: &str) -> Option<usize> {
        let mut end = at;
        for ch in word.chars() {
            if self.get(end)? != ch {
                return None;
            }
            end += 1;
        }
        Some(end)
    }

    /// As [`Self::word`], for Latin letters in any case, which must not go on as a longer word. A hyphen may stand for
    /// a space.
    pub fn latin(&self, at: usize, word: &str) -> Option<usize> {
        let mut end = at;
        for ch in word.chars() {
            let there = self.get(end)?;
            let hyphen = ch == ' ' && there == '-';
            if !hyphen && !there.eq_ignore_ascii_case(&ch) {
                return None;
            }
            end += 1;
        }
        self.get(end).is_none_or(|next| !next.is_ascii_alphabetic()).then_some(end)
    }

    pub fn skip_spaces(&self, mut at: usize) -> usize {
        while self.get(at).is_some_and(|ch| ch == ' ' || ch == '\u{a0}' || ch == '\u{202f}') {
            at += 1;
        }
        at
    }

    /// Byte range of a range of characters.
    pub fn bytes(&self, range: Range<usize>) -> Range<usize> {
        let end = self.bytes.last().copied().unwrap_or(0);
        let at = |i: usize| self.bytes.get(i).copied().unwrap_or(end);
        at(range.start)..at(range.end)
    }

    /// End of a token of letters, digits and hyphens that begins at `at`: `HY-500`.
    pub fn code_end(&self, mut at: usize) -> usize {
        while self.get(at).is_some_and(|ch| ch.is_ascii_alphanumeric() || ch == '-' || ch == '_') {
            at += 1;
        }
        at
    }

    /// Is `at` inside a code such as `HY-500` or `USB3`: a digit that a Latin letter stands before?
    pub fn in_code(&self, at: usize) -> bool {
        match self.before(at) {
            Some(ch) if ch.is_ascii_alphabetic() => true,
            Some('-' | '_') => self.letters_before(at - 1),
            _ => false,
        }
    }

    /// Does the number that begins at `at` stand below zero: 零下, "minus", `-40`?
    pub fn below_zero(&self, at: usize) -> bool {
        let before = (0..at).rev().map_while(|place| self.get(place)).skip_while(|ch| *ch == ' ');
        let near: String = before.take(8).map(|ch| ch.to_ascii_lowercase()).collect();
        let word = ["下零", "负", "sunim", "evitagen"].iter().any(|word| near.starts_with(word));
        let sign = self.before(at) == Some('-')
            && !at.checked_sub(2).and_then(|place| self.get(place)).is_some_and(char::is_alphanumeric);
        word || sign
    }

    /// Does the token of letters, digits and hyphens that ends at `at` have a capital in it (`HY-J20-`), and so is no
    /// range (`15-`)?
    fn letters_before(&self, at: usize) -> bool {
        let token = (0..at).rev().map_while(|place| self.get(place));
        token
            .take_while(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_'))
            .any(|ch| ch.is_ascii_uppercase())
    }
}

fn fold(ch: char) -> char {
    match ch {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(ch) - 0xfee0).unwrap_or(ch),
        '個' => '个',
        '兩' | '俩' | '倆' => '两',
        '萬' => '万',
        '億' => '亿',
        '點' => '点',
        '塊' => '块',
        '張' => '张',
        '隻' => '只',
        '條' => '条',
        '雙' => '双',
        '臺' => '台',
        '鐘' | '鍾' => '钟',
        '週' => '周',
        '釐' => '厘',
        '層' => '层',
        '種' => '种',
        '時' => '时',
        '壓' => '压',
        '歐' => '欧',
        '鎊' => '镑',
        '盧' => '卢',
        '間' => '间',
        '噸' => '吨',
        '順' => '顺',
        '✕' | '✖' => '×',
        '〇' | '○' => '零',
        '貳' | '贰' => '二',
        '幺' => '一',
        '後' => '后',
        '內' => '内',
        '〜' => '~',
        '–' | '—' | '−' => '-',
        other => other,
    }
}

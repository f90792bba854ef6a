//! Times of day: 晚上八点半, 八点二十, "at eight o'clock", "half past eight", "8 pm", `20:00`.

use super::arabic::digits_end;
use super::chinese_numeral::digit;
use super::chinese_written::head_of;
use super::english_numeral::{gap, numeral};
use super::text::Text;
use super::units::chinese_unit;

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// 0 to 23; as it was said where nobody said which half of the day.
    pub hour: u8,
    pub minute: u8,
    /// The half of the day was said: 晚上八点, "8 pm", `20:00`, but not 八点半.
    pub sure: bool,
}

impl Clock {
    /// The hours that may be written for it, the surest first: 20 and 8.
    pub fn hours(self) -> Vec<u8> {
        let twelve = (self.hour + 11) % 12 + 1;
        let mut all = vec![self.hour];
        if twelve != self.hour {
            all.push(twelve);
        }
        if !self.sure {
            all.push((self.hour + 12) % 24);
        }
        all
    }

    /// Before noon is `true`.
    pub fn morning(self) -> bool {
        self.hour < 12
    }

    /// `8:30`, of the clock's twelve hours.
    pub fn twelve(self) -> String {
        format!("{}:{:02}", (self.hour + 11) % 12 + 1, self.minute)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Night,
    Morning,
    Noon,
    Afternoon,
}

const PARTS: [(&str, Part); 13] = [
    ("凌晨", Part::Night),
    ("半夜", Part::Night),
    ("清晨", Part::Morning),
    ("早晨", Part::Morning),
    ("早上", Part::Morning),
    ("上午", Part::Morning),
    ("中午", Part::Noon),
    ("下午", Part::Afternoon),
    ("傍晚", Part::Afternoon),
    ("晚上", Part::Afternoon),
    ("夜里", Part::Afternoon),
    ("晚", Part::Afternoon),
    ("早", Part::Morning),
];
/// What tells 八点开播 (at eight) from 八点建议 (eight proposals), where nothing else does.
const AFTER_HOUR: [&str; 16] = [
    "开播", "开始", "开抢", "直播", "上播", "下播", "准时", "见", "再见", "结束", "以后", "之后", "以前",
    "之前", "到", "至",
];

/// The time that is said at `at` in Mandarin, and its end.
pub(super) fn chinese(text: &Text, at: usize) -> Option<(Clock, usize)> {
    let part = PARTS.iter().find_map(|(word, part)| Some((*part, text.word(at, word)?)));
    let start = part.map_or(at, |(_, end)| text.skip_spaces(end));
    if part.is_none() && text.before(at).is_some_and(|ch| head_of(ch) || ":.例比".contains(ch)) {
        return None;
    }
    let (hour, end) = below(text, start, 25)?;
    let (minute, end, told) = match text.word(end, ":") {
        Some(after) => colon_minutes(text, after).map(|(minute, end)| (minute, end, true))?,
        None => minutes(text, text.word(end, "点")?),
    };
    let follows = AFTER_HOUR.iter().any(|word| text.word(text.skip_spaces(end), word).is_some());
    // 八点到十点
    let second = matches!(text.before(at), Some('到' | '至'))
        && at.checked_sub(2).and_then(|place| text.get(place)).is_some_and(|ch| "点半整钟分".contains(ch));
    (part.is_some() || told || follows || second).then_some(())?;
    let hour = match part.map(|(part, _)| part) {
        Some(Part::Night) => hour % 12,
        Some(Part::Noon) if hour < 3 => hour + 12,
        Some(Part::Afternoon) if hour < 12 => hour + 12,
        _ => hour % 24,
    };
    Some((Clock { hour, minute, sure: part.is_some() || hour > 12 || hour == 0 }, end))
}

/// What follows 点: 半, 整, 钟, 一刻, 二十, 零五分; and whether anything does.
fn minutes(text: &Text, at: usize) -> (u8, usize, bool) {
    let words = [("半", 30), ("整", 0), ("钟", 0), ("一刻", 15), ("三刻", 45)];
    if let Some((minute, end)) = words.iter().find_map(|(word, n)| Some((*n, text.word(at, word)?))) {
        return (minute, end, true);
    }
    let bare = (0, at, false);
    let Some((minute, end)) = below(text, at, 60) else { return bare };
    if let Some(end) = text.word(end, "分").filter(|end| !matches!(text.get(*end), Some('钟' | '之'))) {
        return (minute, end, true);
    }
    // 八点五 is 8.5, and 三点二十个 are twenty of something.
    let counts = chinese_unit(text, end).is_some() || text.get(end).is_some_and(head_of);
    if end - at < 2 || counts { bare } else { (minute, end, true) }
}

/// Two digits behind a colon: the minutes of `20:00`, not the 10 of `1:10.5` or of `8:30:15`.
fn colon_minutes(text: &Text, at: usize) -> Option<(u8, usize)> {
    let end = digits_end(text, at);
    let goes_on = matches!(text.get(end), Some(':' | '.')) && digits_end(text, end + 1) > end + 1;
    (end == at + 2 && !goes_on).then_some(())?;
    below(text, at, 60)
}

/// A numeral below `limit`, in digits or characters: 8, 20, 二十, 零五.
fn below(text: &Text, at: usize, limit: u8) -> Option<(u8, usize)> {
    let end = digits_end(text, at);
    let (value, end) = if end > at {
        let digits: String = (at..end.min(at + 3)).filter_map(|place| text.get(place)).collect();
        (digits.parse().ok()?, end)
    } else {
        let one = |place: usize| text.get(place).and_then(digit).and_then(|n| u8::try_from(n).ok());
        let zero = text.word(at, "零").and_then(|after| Some((one(after)?, after + 1)));
        match zero {
            Some(found) => found,
            None => {
                let (tens, ten) = match one(at) {
                    Some(n) => (n, at + 1),
                    None => (1, at),
                };
                match text.word(ten, "十") {
                    Some(end) => one(end).map_or((tens * 10, end), |ones| (tens * 10 + ones, end + 1)),
                    None => (one(at)?, at + 1),
                }
            }
        }
    };
    (value < limit).then_some((value, end))
}

/// The time that is said at `at` in English, and its end.
pub(super) fn english(text: &Text, at: usize) -> Option<(Clock, usize)> {
    let half = text.latin(at, "half past").map(|end| text.skip_spaces(end));
    let hour = numeral(text, half.unwrap_or(at)).filter(|hour| hour.value.is_integer())?;
    let value = u8::try_from(hour.value).ok().filter(|hour| *hour < 25)?;
    let colon = text.word(hour.end, ":").and_then(|after| colon_minutes(text, after)).filter(|_| hour.digits);
    let spoken = || {
        let minute = numeral(text, gap(text, hour.end)).filter(|_| !hour.digits)?;
        let value = u8::try_from(minute.value).ok().filter(|minute| (10..60).contains(minute))?;
        Some((value, minute.end))
    };
    let (minute, end) = match half {
        Some(_) => (30, hour.end),
        None => colon.or_else(spoken).unwrap_or((0, hour.end)),
    };
    let (afternoon, end, marked) = marker(text, end, (value < 13).then_some(at));
    (marked || half.is_some() || colon.is_some()).then_some(())?;
    let hour = match afternoon {
        Some(true) if value < 12 => value + 12,
        Some(false) if value == 12 => 0,
        _ => value % 24,
    };
    Some((Clock { hour, minute, sure: afternoon.is_some() || value > 12 || value == 0 }, end))
}

/// "pm", "o'clock", "in the evening" behind an hour: whether it is after noon, its end, and whether there is any.
/// `said_at`: where an hour of the clock's twelve begins.
fn marker(text: &Text, end: usize, said_at: Option<usize>) -> (Option<bool>, usize, bool) {
    let none = (None, end, false);
    let Some(at) = said_at else { return none };
    let after = text.skip_spaces(end);
    let oclock = ["o'clock", "o’clock", "oclock"].iter().find_map(|word| text.latin(after, word));
    let next = oclock.map_or(after, |end| text.skip_spaces(end));
    let halves = [("a.m.", false), ("p.m.", true)];
    let dotted = halves.iter().find_map(|(word, late)| Some((*late, text.word(next, word)?)));
    let words = [
        ("am", false),
        ("pm", true),
        ("in the morning", false),
        ("in the afternoon", true),
        ("in the evening", true),
        ("at night", true),
    ];
    let plain = || words.iter().find_map(|(word, late)| Some((*late, text.latin(next, word)?)));
    // "at eight tonight": the word says also which day, and is left to be heard.
    let tonight = || {
        let before: String = (0..at).rev().map_while(|place| text.get(place)).take(4).collect();
        let at_hour = before.to_ascii_lowercase().starts_with(" ta");
        let tonight = ["tonight", "this evening"].iter().any(|word| text.latin(next, word).is_some());
        (tonight && (at_hour || oclock.is_some())).then_some((true, oclock.unwrap_or(end)))
    };
    match dotted.or_else(plain).or_else(tonight) {
        Some((late, end)) => (Some(late), end, true),
        None => oclock.map_or(none, |end| (None, end, true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, with: fn(&Text, usize) -> Option<(Clock, usize)>) -> Option<(u8, u8, bool)> {
        let text = Text::new(text);
        let found = (0..text.len()).find_map(|at| with(&text, at))?;
        Some((found.0.hour, found.0.minute, found.0.sure))
    }

    #[test]
    fn mandarin_times_are_read_with_the_half_of_the_day() {
        for (said, is) in [
            ("晚上八点开播", Some((20, 0, true))),
            ("今晚八点半", Some((20, 30, true))),
            ("晚上8点", Some((20, 0, true))),
            ("下午三点二十", Some((15, 20, true))),
            ("早上九点零五分", Some((9, 5, true))),
            ("中午十二点", Some((12, 0, true))),
            ("中午一点", Some((13, 0, true))),
            ("凌晨十二点", Some((0, 0, true))),
            ("晚上二十点三十分", Some((20, 30, true))),
            ("八点半", Some((8, 30, false))),
            ("八点二十开始", Some((8, 20, false))),
            ("八点开播", Some((8, 0, false))),
            ("20:00直播", Some((20, 0, true))),
            ("晚上8：30", Some((20, 30, true))),
            ("八点五公斤", None),
            ("我有三点建议", None),
            ("二点五米", None),
            ("降了三个点", None),
            ("三点二十个", None),
            ("比例1:10", None),
        ] {
            assert_eq!(read(said, chinese), is, "{said}");
        }
    }

    #[test]
    fn english_times_are_read_with_the_half_of_the_day() {
        for (said, is) in [
            ("at eight o'clock", Some((8, 0, false))),
            ("at eight o’clock in the evening", Some((20, 0, true))),
            ("at 8 pm", Some((20, 0, true))),
            ("8:30 p.m.", Some((20, 30, true))),
            ("8pm", Some((20, 0, true))),
            ("eight thirty pm", Some((20, 30, true))),
            ("half past eight", Some((8, 30, false))),
            ("12 am", Some((0, 0, true))),
            ("20:00", Some((20, 0, true))),
            ("at eight tonight", Some((20, 0, true))),
            ("two fifty each", None),
            ("at eight dollars", None),
            ("eight pieces at night", None),
            ("16:9", None),
        ] {
            assert_eq!(read(said, english), is, "{said}");
        }
    }

    #[test]
    fn an_hour_may_be_written_in_either_way() {
        let clock = |hour, sure| Clock { hour, minute: 0, sure }.hours();
        assert_eq!(clock(20, true), [20, 8]);
        assert_eq!(clock(8, true), [8]);
        assert_eq!(clock(8, false), [8, 20]);
        assert_eq!(clock(0, true), [0, 12]);
        assert_eq!(clock(12, true), [12]);
    }
}

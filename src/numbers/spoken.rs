//! Numbers written as they are said, and a sample of them: for the tests only, so that reading is checked against a
//! writer that shares no code with it.

/// Edges and a seeded sample of the numbers below ten billion, every magnitude alike.
pub fn sample() -> Vec<u64> {
    let mut all: Vec<u64> = (0..=1100).collect();
    for power in 0..10 {
        let ten = 10_u64.pow(power);
        all.extend([ten.saturating_sub(1), ten, ten + 1, ten * 5, ten * 9 + 9, ten + ten / 10]);
    }
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..20_000_u32 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        all.push(state % 10_u64.pow(1 + round % 10));
    }
    all.retain(|n| *n < 10_000_000_000);
    all
}

pub fn chinese(n: u64) -> String {
    if n == 0 {
        return "零".into();
    }
    let mut out = String::new();
    let mut gap = false;
    for (scale, name) in [(100_000_000, "亿"), (10_000, "万"), (1, "")] {
        let section = n / scale % 10_000;
        if section == 0 {
            gap = !out.is_empty();
            continue;
        }
        if !out.is_empty() && (gap || section < 1000) {
            out.push('零');
        }
        out.push_str(&chinese_section(section, out.is_empty()));
        out.push_str(name);
        gap = false;
    }
    out
}

fn chinese_section(section: u64, leading: bool) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let mut out = String::new();
    let mut gap = false;
    for (scale, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = usize::try_from(section / scale % 10).unwrap();
        if digit == 0 {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push('零');
        }
        gap = false;
        let bare_ten = scale == 10 && digit == 1 && leading && out.is_empty();
        if !bare_ten {
            out.push_str(DIGITS[digit]);
        }
        out.push_str(name);
    }
    out
}

pub fn english(n: u64) -> String {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] =
        ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let index = |n: u64| usize::try_from(n).unwrap();
    for (scale, name) in
        [(1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"), (100, "hundred")]
    {
        if n >= scale {
            let rest = n % scale;
            let joint = if rest == 0 {
                ""
            } else if rest < 100 {
                " and "
            } else {
                " "
            };
            let tail = if rest == 0 { String::new() } else { english(rest) };
            return format!("{} {name}{joint}{tail}", english(n / scale));
        }
    }
    if n < 20 {
        return SMALL[index(n)].into();
    }
    let tens = TENS[index(n / 10)];
    if n.is_multiple_of(10) { tens.into() } else { format!("{tens}-{}", SMALL[index(n % 10)]) }
}

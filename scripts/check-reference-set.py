#!/usr/bin/env python3
"""Checks the translation reference set: form, script, and equal numbers and money in every column.

Usage: check_refset.py [reference-set.tsv]     prints what is wrong; exit status 1 if anything is.

Accepted by rule, not counted as a difference: scale words (1.2 million = 12 लाख), the Arabic dual (يومين = 2),
Vietnamese months (tháng 10), the source's 九折 = 10, 三成 = 30, 千分之三 = 0.3, and "one" as an article. Idioms that every column writes in words (half, a third)
hold no digits anywhere, so they agree.
"""
import re
import sys
import unicodedata
from collections import Counter
from decimal import Decimal
from pathlib import Path

LANGS = "zh en es pt-BR fr ru ar tr vi th id hi sw".split()
COMMA = {"es", "pt-BR", "fr", "ru", "tr", "vi", "id"}
GROUP = {"es": r"\.", "pt-BR": r"\.", "tr": r"\.", "vi": r"\.", "id": r"\.", "fr": "\u202f", "ru": "\u00a0"}
MILLION = "million millions millón millones milhão milhões миллион миллиона миллионов مليون milyon triệu ล้าน juta".split()
SCALE = {**{w: 10**6 for w in MILLION}, "लाख": 10**5, "करोड़": 10**7}
DUAL = "يومين شهرين سنتين سنتان دقيقتين ورديتين".split()
# What may stand in Latin letters where another script is expected.
LATIN_OK = set("logo CE RoHS FDA EN ISO IP LX B FOB CIF LED L M C mAh x High Cube".split())
SCRIPT = {"zh": "CJK", "ru": "CYRILLIC", "ar": "ARABIC", "th": "THAI", "hi": "DEVANAGARI"}
CODE = re.compile(r"[A-Z]{2,}-?\d+[A-Z]*|\b\d{4}-\d{3}-\d{4}\b")
# Keys whose source and en column differ on purpose, with the reason.
SOURCE_ACCEPTED = {}


def script_of(ch):
    return unicodedata.name(ch, "?").split()[0]


def check_script(lang, text):
    want = SCRIPT.get(lang, "LATIN")
    letters = [c for c in text if c.isalpha()]
    if not any(script_of(c) == want for c in letters):
        yield f"no {want} letter"
    # zh writes Latin words and ar its "and" without a space beside them; elsewhere a mixed word is a homoglyph.
    if lang == "zh":
        text = re.sub(r"([A-Za-z]+)", r" \1 ", text)
    if lang == "ar":
        text = re.sub(r"\bو(?=[A-Z])", "و ", text)
    for word in re.findall(r"[^\W\d_]+", text):
        kinds = {script_of(c) for c in word if c.isalpha()} - {"MODIFIER"}
        if kinds == {want} or (kinds == {"LATIN"} and word in LATIN_OK):
            continue
        yield f"{word!r} is {'/'.join(sorted(kinds))}, not {want}"
    for c in text:
        if c.isdigit() and not c.isascii():
            yield f"digit {c!r} is not 0-9"


def check_form(lang, text):
    if text != text.strip() or "  " in text:
        yield "stray space"
    if text != unicodedata.normalize("NFC", text) and lang != "hi":  # NFC takes the nukta letters apart
        yield "not NFC"
    bad = {c for c in text if unicodedata.category(c) in ("Cc", "Cf")}
    if bad:
        yield f"control or format characters {bad}"
    end = {"zh": "。！？", "hi": "।!?", "ar": ".!؟"}.get(lang, ".!?")
    if lang == "th":
        if text[-1] in ".。।":
            yield "th has no full stop"
    elif text[-1] not in end:
        yield f"ends in {text[-1]!r}"
    if lang == "ar" and re.search(r"[,?;](?!\d{3})", text):
        yield "ar uses ، ؟ ؛"
    if lang == "zh" and re.search(r"[,?!;:]", text):
        yield "zh uses full-width punctuation"
    if "’" in text or "‘" in text:
        yield "curly apostrophe"
    if lang == "es" and (text.count("?") != text.count("¿") or text.count("!") != text.count("¡")):
        yield "¿? or ¡! not paired"
    if lang in ("es", "ru") and re.search(r"\d%", text) or lang == "fr" and re.search("[^\u202f][?!;%]", text):
        yield "space before punctuation or %"
    if lang == "tr" and re.search(r"\d%", text):
        yield "tr writes %10"


def numbers(lang, text):
    """The multiset of values (codes as strings) that the digits of a reference stand for."""
    found = Counter(m.group().replace("-", "") for m in CODE.finditer(text))
    text = CODE.sub(" ", text)
    if lang == "vi":  # its months have numbers, not names
        text = re.sub(r"(ngày \d+ tháng) \d+", r"\1", text)
    if lang in COMMA:
        pattern = rf"\d{{1,3}}(?:{GROUP[lang]}\d{{3}})+(?:,\d+)?|\d+(?:,\d+)?"
    elif lang == "hi":
        pattern = r"\d{1,2}(?:,\d{2})*,\d{3}(?:\.\d+)?|\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
    else:
        pattern = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
    for m in re.finditer(pattern, text):
        raw = m.group()
        if lang in COMMA:
            raw = re.sub(GROUP[lang], "", raw).replace(",", ".")
        else:
            raw = raw.replace(",", "")
        value = Decimal(raw)
        after = re.match(r"[\s\u00a0\u202f]*(\S+)", text[m.end():])
        if after:
            word = after.group(1).strip(".,،।")
            for w, factor in SCALE.items():
                if word == w or (lang == "th" and word.startswith(w)):
                    value *= factor
                    break
        if lang == "sw" and re.search(r"milioni $", text[:m.start()]):
            value *= 10**6
        found[value.normalize()] += 1
    if lang == "ar":
        for w in DUAL:
            found[Decimal(2)] += len(re.findall(rf"\b{w}\b", text))
    return +found


# Dollar and yuan, in the words of the file's money convention.
MONEY = {
    "en": (r"\$", r"\byuan\b"), "es": (r"\bdólares\b", r"\byuanes\b"), "pt-BR": (r"\bdólares\b", r"\byuans?\b"),
    "fr": (r"\bdollars\b", r"\byuans?\b"), "ru": (r"\bдоллар(?:а|ов)\b", r"\bюан(?:я|ей)\b"), "ar": (r"\bدولار", r"\bيوان"),
    "tr": (r"\bdolara?\b", r"\byuan\b"), "vi": (r"\bđô la\b", r"\btệ\b"), "th": ("ดอลลาร์", "หยวน"),
    "id": (r"\bdolar\b", r"\byuan\b"), "hi": ("डॉलर", "युआन"), "sw": (r"\bdola\b", r"\byuan\b"),
}


def money(lang, text):
    """How often the dollar and the yuan are named."""
    return tuple(len(re.findall(p, text)) for p in MONEY[lang])


HAN = dict(zip("零一二三四五六七八九", range(10))) | {"两": 2}
UNIT = {"十": 10, "百": 100, "千": 1000}


def han_value(s):
    """The value of a number in Hanzi and digits: 三百八十, 一点五, 二零一八, 一百二十万, 5万."""
    if "点" in s:
        whole, part = s.split("点")
        return Decimal(f"{han_value(whole)}.{''.join(str(HAN[c]) for c in part)}")
    if "万" in s:
        high, low = s.split("万")
        return han_value(high) * 10000 + (han_value(low) if low else 0)
    if re.fullmatch(r"[\d.]+", s):
        return Decimal(s)
    if not any(c in UNIT for c in s):
        return Decimal("".join(str(HAN[c]) for c in s))
    total, digit = 0, None
    for c in s:
        if c in UNIT:
            total, digit = total + (1 if digit is None else digit) * UNIT[c], None
        else:
            digit = HAN[c] or None
    return Decimal(total + (digit or 0))


N = r"[零一二两三四五六七八九十百千万]+(?:点[零一二三四五六七八九]+)?|\d+(?:\.\d+)?万?"
NOT_A_NUMBER = r"第[一二三]|周[一二三四五六]|[一二三四五六七八九十]+月(?=[一二三四五六七八九十])|三分之一|一共|一半|零下|万一|一样|一倍"


def source_numbers(text):
    """The multiset of values in the Mandarin source, as the references are expected to write them."""
    found = Counter(m.group().replace("-", "") for m in CODE.finditer(text))
    text = CODE.sub(" ", text)

    def take(pattern, value):
        nonlocal text
        for m in re.finditer(pattern, text):
            for v in value(*m.groups()):
                found[Decimal(v).normalize()] += 1
        text = re.sub(pattern, " ", text)

    if phone := re.search(r"[零一二三四五六七八九]{11}", text):
        d = "".join(str(HAN[c]) for c in phone.group())
        found[f"{d[:4]}{d[4:7]}{d[7:]}"] += 1
        text = text.replace(phone.group(), " ")
    text = re.sub(NOT_A_NUMBER, " ", text)
    take(r"三、二、一", lambda: (3, 2, 1))
    take(r"扣个(一)", lambda _: (1,))
    take(r"不是(一)毫米", lambda _: (1,))
    take(r"两三(?=天)", lambda: (2, 3))
    take(r"([一二三四五六七八九])成", lambda a: (HAN[a] * 10,))
    take(r"([一二三四五六七八九])折", lambda a: (100 - HAN[a] * 10,))
    take(r"千分之([一二三四五六七八九])", lambda a: (Decimal(HAN[a]) / 10,))
    take(rf"百分之({N})", lambda a: (han_value(a),))
    take(rf"({N})美元({N})美分", lambda a, b: (han_value(a) + han_value(b) / 100,))
    take(r"([一二两三四五六七八九十百]+)块([一二三四五六七八九])毛([一二三四五六七八九])",
         lambda a, b, c: (han_value(a) + Decimal(f"0.{HAN[b]}{HAN[c]}"),))
    take(r"([一二两三四五六七八九十百]+)块([一二三四五六七八九])", lambda a, b: (han_value(a) + Decimal(f"0.{HAN[b]}"),))
    take(rf"({N})", lambda a: () if a == "一" else (han_value(a),))
    return +found


def rows_of(path):
    lines = [l for l in path.read_text(encoding="utf-8").split("\n") if l and not l.startswith("#")]
    return lines[0].split("\t"), [l.split("\t") for l in lines[1:]]


def show(counter):
    return " ".join(sorted(v if isinstance(v, str) else f"{v:f}" for v in counter.elements())) or "none"


def main():
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("reference-set.tsv")
    header, rows = rows_of(path)
    problems = []
    if header != ["key", "domain", *LANGS]:
        problems.append(f"header is {header}")
    seen = {}
    domains, numeric, digits = Counter(), 0, 0
    for n, row in enumerate(rows, 1):
        key = row[0]
        if len(row) != 2 + len(LANGS):
            problems.append(f"{key}: {len(row)} columns")
            continue
        if key != f"p{n:03}":
            problems.append(f"{key}: expected p{n:03}")
        if row[1] not in ("commercial", "process", "chat"):
            problems.append(f"{key}: domain {row[1]!r}")
        domains[row[1]] += 1
        cells = dict(zip(LANGS, row[2:]))
        for lang, text in cells.items():
            if not text.strip():
                problems.append(f"{key} {lang}: empty")
                continue
            problems += [f"{key} {lang}: {p}" for p in (*check_form(lang, text), *check_script(lang, text))]
            if (other := seen.setdefault((lang, text), key)) != key:
                problems.append(f"{key} {lang}: same text as {other}")
        want = numbers("en", cells["en"])
        numeric += bool(want)
        digits += bool(re.search(r"\d", cells["zh"]))
        for lang in LANGS[2:]:
            got = numbers(lang, cells[lang])
            if got != want:
                problems.append(f"{key} {lang}: numbers {show(got)}, en has {show(want)}")
            if money(lang, cells[lang]) != money("en", cells["en"]):
                problems.append(f"{key} {lang}: (dollar, yuan) {money(lang, cells[lang])}, en {money('en', cells['en'])}")
        source = source_numbers(cells["zh"])
        if source != want and key not in SOURCE_ACCEPTED:
            problems.append(f"{key} zh: numbers {show(source)}, en has {show(want)}")
    print("\n".join(problems))
    print(f"{len(rows)} rows {dict(domains)}, {numeric} with numbers, {digits} with digits in zh, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

"""When the shown text that covers an utterance stopped changing: the one figure that says the same of every program."""

import unicodedata

from zhconv import convert

def plain(text):
    """Letters and digits alone, simplified: programs differ in their punctuation and script."""
    text = convert(text, "zh-cn")
    return "".join(sign for sign in text.lower() if unicodedata.category(sign)[0] in "LN")


def lags(states, rows):
    """Seconds from each utterance's end. `states`: (seconds of the audio's clock, all text that is shown then), in their order;
    `rows`: (end in seconds, text). None for an utterance of which nothing came."""
    states = [(at, plain(text)) for at, text in states]
    final = states[-1][1] if states else ""
    spoken = [plain(text) for _, text in rows]
    ends = places("".join(spoken), final)
    found, said, before = [], 0, 0
    for (end, _), text in zip(rows, spoken):
        said += len(text)
        place = ends[said]
        found.append(settled(states, final[:place]) - end if place > before else None)
        before = max(before, place)
    return found


def settled(states, prefix):
    """The first moment from which on the shown text begins with `prefix`."""
    since = None
    for at, text in states:
        if not text.startswith(prefix):
            since = None
        elif since is None:
            since = at
    return since


def errors(states, rows):
    """Wrong, missing and added characters, for each that was said."""
    spoken = "".join(plain(text) for _, text in rows)
    return distances(spoken, plain(states[-1][1]) if states else "")[-1][-1] / len(spoken)


def distances(spoken, heard):
    table = [list(range(len(heard) + 1))]
    for row, sign in enumerate(spoken, 1):
        line = [row]
        above = table[-1]
        for column, other in enumerate(heard, 1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (sign != other)))
        table.append(line)
    return table


def places(spoken, heard):
    """For each length of what was spoken, how much of what was heard belongs to it."""
    table = distances(spoken, heard)
    row, column = len(spoken), len(heard)
    ends = [0] * (row + 1)
    ends[row] = column
    while row > 0:
        here = table[row][column]
        if column > 0 and here == table[row - 1][column - 1] + (spoken[row - 1] != heard[column - 1]):
            row, column = row - 1, column - 1
        elif here == table[row - 1][column] + 1:
            row -= 1
        else:
            column -= 1
            continue
        ends[row] = column
    return ends

"""Words that are printed over one another, or too near: long labels of an axis, full tables.

From left to right their letters are those of no word. In the order in which they are printed, each
letter of a word begins where the one before it ends.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# Share of a letter that the next one covers where they are of two words, and the gap (in heights)
# within which it goes on.
COVERED, GAP = 0.25, 0.2
# Points by which letters of one line are off, and by which a word printed twice is; a word is held
# together over as many points.
LINE, TWICE, TOGETHER = 0.5, 1.0, 3.0
# What stands around the numbers of a table.
TABLED = "()[]%"


def in_print_order(
    words: Iterable[dict[str, Any]], letters: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The words, those of lines with digits over one another as they were printed.

    Parameters
    ----------
    words : iterable of dict
        Words of a page with ``top``, and their letters as ``chars``.
    letters : iterable of dict
        Level letters of the page in the order in which they are printed.
    """
    lines: list[list[dict[str, Any]]] = []
    order = sorted(enumerate(letters), key=lambda one: one[1]["bottom"])
    for _, one in order:
        if lines and one["bottom"] - lines[-1][0]["bottom"] < LINE:
            lines[-1].append(one)
        else:
            lines.append([one])
    at = {id(one): i for i, one in order}
    crossed = [sorted(own, key=lambda one: at[id(one)]) for own in lines if _is_crossed(own)]
    taken = {_key(one) for own in crossed for one in own}
    place = {_key(one): i for i, one in order}
    left = [w for w in words if taken.isdisjoint(map(_key, w["chars"]))]
    out = [part for word in left for part in _parted(word, place)]
    for own in crossed:
        out += _words(own)
    return out


def _key(letter: dict[str, Any]) -> tuple[str, float, float]:
    return letter["text"], letter["x0"], letter["bottom"]


def _parted(
    word: dict[str, Any], place: dict[tuple[str, float, float], int]
) -> list[dict[str, Any]]:
    """A word, and the number in it that does not go on in print: one of the table behind it."""
    chars = word["chars"]
    if not word["upright"]:
        return [word]
    cuts = [
        i
        for i, (one, other) in enumerate(pairwise(chars), start=1)
        if one["text"].isalpha() and other["text"].isdecimal()
        if place.get(_key(other)) != place.get(_key(one), -2) + 1 or not _goes_on(one, other)
    ]
    return [
        _word(chars[first:stop], word) for first, stop in pairwise([0, *cuts, len(chars)])
    ] if cuts else [word]


def _word(run: list[dict[str, Any]], like: dict[str, Any]) -> dict[str, Any]:
    """Letters as one word."""
    return {
        **like,
        "text": "".join(one["text"] for one in run),
        "x0": run[0]["x0"],
        "x1": run[-1]["x1"],
        "top": min(one["top"] for one in run),
        "bottom": max(one["bottom"] for one in run),
        "chars": run,
    }


def _is_crossed(line: list[dict[str, Any]]) -> bool:
    """Whether a digit covers a good part of another or of a table's words, or stands apart.

    Other signs may be marks on a curve. A digit stands apart where something is before it within
    what holds a word together, but further off than letters of one word are.
    """
    end, before = float("-inf"), ""
    for one in sorted(line, key=lambda c: c["x0"]):
        text = one["text"]
        if not (text.isalnum() or text in TABLED):
            continue
        apart = one["x0"] - end
        if text.isdecimal() or before.isdecimal():
            if -apart > COVERED * (one["x1"] - one["x0"]):
                return True
            gap = GAP * (one["bottom"] - one["top"])
            if gap < apart <= TOGETHER:
                return True
        end, before = max(end, one["x1"]), text
    return False


def _goes_on(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether a letter begins where the one before it ends."""
    return abs(other["x0"] - one["x1"]) <= GAP * (other["bottom"] - other["top"])


def _words(line: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Runs of letters of which each begins where the one before it ends; a number once."""
    runs: list[list[dict[str, Any]]] = []
    for one in line:
        if not one["text"].strip():
            runs.append([])
            continue
        before = runs[-1][-1] if runs and runs[-1] else None
        if before is None or not _goes_on(before, one):
            runs.append([])
        runs[-1].append(one)
    out: list[dict[str, Any]] = []
    for run in filter(None, runs):
        word = _word(run, run[0])
        text = word["text"]
        twice = any(w["text"] == text and abs(w["x0"] - word["x0"]) < TWICE for w in out)
        if not (twice and text.isdecimal()):
            out.append(word)
    return out

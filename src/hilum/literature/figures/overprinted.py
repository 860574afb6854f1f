"""Words that are printed over one another, or too near: long labels of an axis, full tables.

From left to right their letters are those of no word. In the order in which they are printed, each
letter of a word begins where the one before it ends.
"""

from __future__ import annotations

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
    out = [w for w in words if taken.isdisjoint(map(_key, w["chars"]))]
    for own in crossed:
        out += _words(own)
    return out


def _key(letter: dict[str, Any]) -> tuple[str, float, float]:
    return letter["text"], letter["x0"], letter["bottom"]


def _is_crossed(line: list[dict[str, Any]]) -> bool:
    """Whether a digit covers a good part of another or of a table's words, or stands apart.

    Other signs may be marks on a curve. A digit stands apart where something else is before it
    within what holds a word together, but further off than letters of one word are.
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
            if not before.isdecimal() and gap < apart <= TOGETHER:
                return True
        end, before = max(end, one["x1"]), text
    return False


def _words(line: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Runs of letters of which each begins where the one before it ends; a number once."""
    runs: list[list[dict[str, Any]]] = []
    for one in line:
        if not one["text"].strip():
            runs.append([])
            continue
        before = runs[-1][-1] if runs and runs[-1] else None
        if before is None or abs(one["x0"] - before["x1"]) > GAP * (one["bottom"] - one["top"]):
            runs.append([])
        runs[-1].append(one)
    out: list[dict[str, Any]] = []
    for run in filter(None, runs):
        text = "".join(one["text"] for one in run)
        word: dict[str, Any] = {
            **run[0],
            "text": text,
            "x1": run[-1]["x1"],
            "top": min(one["top"] for one in run),
            "chars": run,
        }
        twice = any(w["text"] == text and abs(w["x0"] - word["x0"]) < TWICE for w in out)
        if not (twice and text.isdecimal()):
            out.append(word)
    return out

"""Words of a page that stand on one line, as phrases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.figures.page import Word

# Words of one line have their middles within so many points, and follow one another within this
# share of the height of their letters.
ONE_LINE, FOLLOWS = 2.5, 1.1


def phrases(words: Iterable[Word], *, upright: bool = True) -> list[Word]:
    """The words that follow one another, each run as one word, from the top (or from the left)."""
    own = [_laid(word) if not upright else word for word in words if word.upright == upright]
    lines: list[list[Word]] = []
    for word in sorted(own, key=lambda w: w.centre[1]):
        if lines and word.centre[1] - lines[-1][0].centre[1] < ONE_LINE:
            lines[-1].append(word)
        else:
            lines.append([word])
    out: list[Word] = []
    for line in lines:
        line.sort(key=lambda w: w.left)
        run = line[:1]
        for word in line[1:]:
            if word.left - run[-1].right > FOLLOWS * (word.bottom - word.top):
                out.append(_joined(run))
                run = []
            run.append(word)
        out.append(_joined(run))
    return out if upright else [_turned(word) for word in out]


def _joined(run: list[Word]) -> Word:
    return replace(
        run[0],
        text=" ".join(w.text for w in run),
        top=min(w.top for w in run),
        right=max(w.right for w in run),
        bottom=max(w.bottom for w in run),
        letters=(),
    )


def _laid(word: Word) -> Word:
    """A word that is read upwards, laid down: its line is across."""
    box = {"left": -word.bottom, "right": -word.top, "top": word.left, "bottom": word.right}
    return replace(word, **box)


def _turned(word: Word) -> Word:
    box = {"left": word.top, "right": word.bottom, "top": -word.right, "bottom": -word.left}
    return replace(word, **box)

"""Which part of a page is one plot's, where several stand on it: what is beyond is another's."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.figures.page import Word
    from hilum.literature.figures.rulers import Ruler

# A first number has its middle no further before time 0 than this, points.
BEFORE = 14.0


@dataclass(frozen=True, slots=True)
class Ground:
    """Where numbers of a plot may stand: between ``left`` and ``right``, ``top`` and ``bottom``.

    ``before`` is where the last number of the plot before it ends at the furthest; ``outer`` is
    where the first plot of its line of plots begins (time 0): the words before the rows of all of
    them may stand there.
    """

    left: float = -inf
    top: float = -inf
    right: float = inf
    bottom: float = inf
    before: float = -inf
    outer: float = inf

    def holds(self, word: Word) -> bool:
        """Whether a word stands between its top and its bottom."""
        return self.top <= word.centre[1] <= self.bottom


ALL = Ground()


def ground_of(ruler: Ruler, top: float, plots: Iterable[tuple[Ruler, float]]) -> Ground:
    """The part of the page between a plot and those beside, over and under it.

    Parameters
    ----------
    ruler, top
        The axis of time of the plot, and where its axis of levels ends.
    plots : iterable of (Ruler, float)
        The same of every plot of the page.
    """
    others = [(r, t) for r, t in plots if r is not ruler and r != ruler]
    along = [(r, t) for r, t in others if r.first < ruler.last and r.last > ruler.first]
    beside = [r for r, t in others if t < ruler.beside and top < r.beside and (r, t) not in along]
    under = [t for r, t in along if r.beside > ruler.beside]
    over = any(r.beside < ruler.beside for r, _ in along)
    before = [r for r in beside if r.last <= ruler.first]
    after = [r for r in beside if r.first >= ruler.last]
    return Ground(
        left=max((ruler.first - _margin(r.last, ruler.first) for r in before), default=-inf),
        top=top if over else -inf,
        right=min((r.first - _margin(ruler.last, r.first) for r in after), default=inf),
        bottom=min(under, default=inf),
        before=max((r.last + BEFORE / 2 for r in before), default=-inf),
        outer=min((r.first for r in before), default=inf),
    )


def _margin(last: float, first: float) -> float:
    """How far before a plot its first numbers begin, where another one ends before it."""
    return min(BEFORE, (first - last) / 2)

"""Where the columns of a forest stand: each is as wide as what stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.plots.text_size import BOLD, whole_lines, width, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.plots.forest_lines import Heads, Line

PLOT, GAP, EDGE = 330, 22, 4
# The widest columns of words; a study's name goes on below, other words are shortened.
LABEL_MOST, BESIDE_MOST, SOURCE_MOST = 300, 150, 260
# A foot is as wide as the table, and never narrower than this.
FOOT_LEAST: Final = 640
FIGURE: Final = re.compile(r"[−+-]?[\d.,\u202f ]+ ?%?")


@dataclass(frozen=True, slots=True)
class Places:
    """Where columns end (``beside`` where each begins or ends), the axis, and lines of words."""

    beside: tuple[tuple[float, bool], ...]
    cells: tuple[float, ...]
    plot: float
    figure: float
    weight: float
    source: float | None
    bias: float
    width: float
    foot: tuple[str, ...]
    sub: tuple[str, ...]


def label_lines(one: Line) -> tuple[str, ...]:
    """A label in the lines it is drawn in."""
    if one.role == "heading":
        return (one.label,)
    return whole_lines(one.label, LABEL_MOST, BOLD)


def places_of(lines: Sequence[Line], heads: Heads) -> Places:
    """The places of every column."""
    at = EDGE + max(
        width(heads.study, BOLD), 60.0,
        *(width(said, BOLD) for one in lines if one.role != "heading" for said in label_lines(one)
          if one.cells or not heads.cells),
    )  # fmt: skip
    beside, at = _beside(lines, heads, at)
    cells = _cells(lines, heads, at)
    plot = (cells[-1] if cells else at) + GAP
    # Words of the two sides stand under the axis, and need not be narrower than it.
    for said in (heads.left, heads.right):
        plot = max(plot, EDGE + width(said) + 30 - PLOT / 2) if said is heads.left else plot
    figure = plot + PLOT + GAP + _widest([heads.figure, *(one.figure for one in lines)])
    weight = figure
    if any(one.weight for one in lines):
        weight += GAP + _widest([heads.weight, *(one.weight for one in lines)])
    bias = weight
    if any(one.bias for one in lines):
        bias += GAP + max(width(heads.bias, BOLD), 18)
    source, end = None, bias + 8
    if any(one.source for one in lines):
        source = bias + GAP
        said = [min(width(one.source), SOURCE_MOST) for one in lines]
        end = source + max(width(heads.source, BOLD), *said) + 8
    end = max(end, EDGE + width(heads.title) * 15 / 12 * BOLD + 8)
    most = max(end, FOOT_LEAST) - 2 * EDGE
    foot = tuple(part for said in heads.foot for part in wrapped(said, most))
    sub = wrapped(heads.sub, most) if heads.sub else ()
    wide = max((width(said) for said in (*foot, *sub)), default=0.0) + 2 * EDGE + 4
    return Places(beside, cells, plot, figure, weight, source, bias, max(end, wide), foot, sub)


def _beside(
    lines: Sequence[Line], heads: Heads, at: float
) -> tuple[tuple[tuple[float, bool], ...], float]:
    """Columns of the reader's own: figures end, words begin where the place is."""
    out: list[tuple[float, bool]] = []
    for place, head in enumerate(heads.beside):
        said = [one.beside[place] for one in lines if len(one.beside) > place]
        figures = all(FIGURE.fullmatch(one) for one in said if one)
        wide = max(width(head, BOLD), *(min(width(one), BESIDE_MOST) for one in said), 0.0)
        out.append((at + GAP + (wide if figures else 0.0), figures))
        at += GAP + wide
    return tuple(out), at


def _cells(lines: Sequence[Line], heads: Heads, at: float) -> tuple[float, ...]:
    cells: list[float] = []
    spans = [count for _, count in heads.spans]
    starts = {sum(spans[:n]): n for n in range(len(spans))}
    for place, head in enumerate(heads.cells):
        widest = _widest([head, *(one.cells[place] for one in lines if len(one.cells) > place)])
        at += (GAP if not cells or place in starts else 12) + widest
        cells.append(at)
    for start, n in starts.items():
        said, count = heads.spans[n]
        # A head over several columns that is wider than they are moves what stands right of it.
        left = cells[start] - _widest([heads.cells[start]])
        more = width(said, BOLD) + 8 - (cells[start + count - 1] - left)
        if more > 0:
            cells[start + count - 1 :] = [one + more for one in cells[start + count - 1 :]]
    return tuple(cells)


def _widest(said: Sequence[str]) -> float:
    return max(width(one, BOLD) for one in said)

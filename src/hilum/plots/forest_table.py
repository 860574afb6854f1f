"""A forest plot as a journal prints it: a table of studies with their intervals drawn in it.

Columns are as wide as what stands in them; the axis is fitted to estimates and pooled intervals,
and a whisker that goes on beyond it ends in an arrow while its figures stand at the right.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final, Literal

from hilum.plots.canvas import STYLE, ticks
from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROW, TITLE, SMALL, PLOT, GAP = 23, 26, 20, 330, 22
# Of a letter of 12 px, measured on Noto Sans; wide letters take a whole square.
LETTER, WIDE, BOLD = 6.7, 12.4, 1.08
LABEL_MOST = 300
DIAMONDS: Final = {"pooled": "diamond", "without": "without"}
SIGNS: Final = {"low": "+", "some": "?", "high": "−"}
LOOK: Final = (
    "<style>.forest .title{font-size:15px;font-weight:600}.forest .sub,.forest .foot{fill:#44525e}"
    ".forest .rule{stroke:#1d2b36;stroke-width:1.2}.forest .thinrule{stroke:#9aa7b2}"
    ".forest .strong-text,.forest .head{font-weight:600}.forest .cap{stroke:#1f5f8b}"
    ".forest .hollow{fill:#fff;stroke:#1f5f8b;stroke-width:1.3}.forest .diamond{fill:#1d2b36}"
    ".forest .without{fill:none;stroke:#b34f00;stroke-width:1.4;stroke-dasharray:3 2}"
    ".forest .predicted{fill:#b9cfdf;stroke:#1f5f8b}.forest .overall{stroke:#5b6b78;"
    "stroke-dasharray:3 3}.forest .null{stroke:#1d2b36;stroke-dasharray:none}"
    ".forest .judged{fill:none;stroke-width:1.6}.forest .judged.low{stroke:#1f7a4d}"
    ".forest .judged.some{stroke:#8a5a00}.forest .judged.high{stroke:#b3261e}"
    ".forest .sign{font-size:11px;font-weight:700}.forest .sign.low{fill:#1f7a4d}"
    ".forest .sign.some{fill:#8a5a00}.forest .sign.high{fill:#b3261e}</style>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table, its figures on the natural scale of the axis.

    ``cells`` stand between label and plot, ``figure`` and ``weight`` right of it. ``size`` is the
    relative area of the square, ``hollow`` a square without an event in it. ``role`` is ``study``,
    ``pooled`` (a diamond), ``prediction`` (a bar), ``without`` (a dashed diamond: some of the
    studies) or ``heading`` (of a subgroup); ``overall`` marks the line of all studies, at which a
    dotted line stands.
    """

    label: str
    cells: tuple[str, ...] = ()
    value: float | None = None
    ends: tuple[float, float] | None = None
    figure: str = ""
    weight: str = ""
    size: float = 1.0
    hollow: bool = False
    role: Literal["study", "pooled", "prediction", "without", "heading"] = "study"
    overall: bool = False
    bias: Literal["low", "some", "high"] | None = None
    source: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """What stands over and under the table; ``spans`` are heads over several columns of cells."""

    title: str
    sub: str
    study: str
    cells: tuple[str, ...]
    figure: str
    weight: str
    bias: str
    source: str
    axis: str
    spans: tuple[tuple[str, int], ...] = ()
    foot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """How an axis runs: its shape, where nothing differs, its ends and what its ticks say."""

    shape: Callable[[float], float]
    back: Callable[[float], float]
    null: float | None
    least: float
    most: float
    label: Callable[[float], str]
    scaled: Callable[[float, float], list[float]]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where columns end, and the axis."""

    cells: tuple[float, ...]
    plot: float
    figure: float
    weight: float
    source: float | None
    bias: float
    width: float


def forest_table_svg(lines: Sequence[Line], heads: Heads, *, scale: str) -> str:
    """Draw lines from top to bottom on one of :data:`AXES`."""
    axis = found(AXES, scale, "scale")
    low, high = limits(lines, axis)
    places = _places(lines, heads)
    top = (TITLE if heads.title else 0) + (SMALL if heads.sub else 0) + 16
    head = top + (ROW if heads.spans else 0) + ROW
    base = head + 8 + ROW * len(lines) + 6
    height = base + 46 + SMALL * len(heads.foot) + 8

    def x(value: float) -> float:
        first, last = axis.shape(low), axis.shape(high)
        at = axis.shape(value) if value > axis.least or axis.shape is _same else -math.inf
        return places.plot + PLOT * min(max((at - first) / (last - first), 0.0), 1.0)

    parts = [
        f'<svg class="forest" viewBox="0 0 {places.width:.0f} {height:.0f}" role="img" '
        f'width="{places.width:.0f}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(heads.title)}</title>{STYLE}{LOOK}"
        f'<rect width="100%" height="100%" fill="#fff"/>'
    ]
    parts += _above(heads, places, head)
    parts += _axis(axis, low, high, x, head, base, heads.axis, places)
    largest = max((one.size for one in lines if one.role == "study"), default=1.0) or 1.0
    summed = _ruled(lines)
    for place, one in enumerate(lines):
        y = head + 8 + ROW * place + ROW / 2
        if place == summed:
            parts.append(_rule(places, y - ROW / 2, "thinrule"))
        parts += _written(one, places, y)
        parts.append(_drawn(one, x, y, largest, (low, high)))
    overall = next((one.value for one in lines if one.overall and one.value is not None), None)
    if overall is not None and low <= overall <= high:
        parts.append(_upright(x(overall), head + 4, base, "overall"))
    parts += [
        _text(4, base + 46 + SMALL * (place + 0.6), said, "foot")
        for place, said in enumerate(heads.foot)
    ]
    return "".join(parts) + "</svg>"


def limits(lines: Sequence[Line], axis: Axis) -> tuple[float, float]:
    """Ends of the axis: every estimate and pooled interval, and nine of ten whiskers' ends."""
    # What is left out for a look moves no axis.
    drawn = [one for one in lines if one.role not in ("heading", "without")]
    whole = [one for one in drawn if one.role in ("pooled", "prediction")]
    values = [one.value for one in drawn if one.value is not None]
    kept = [end for one in whole for end in (one.ends or ())] + values
    if axis.null is not None:
        kept.append(axis.null)
    lows = sorted(one.ends[0] for one in drawn if one.ends and one.role == "study")
    highs = sorted(one.ends[1] for one in drawn if one.ends and one.role == "study")
    kept += [lows[len(lows) // 10], highs[-1 - len(highs) // 10]] if lows else []
    kept = [one for one in kept if axis.shape is _same or one > axis.least]
    first = axis.shape(min(kept, default=axis.back(0.0)))
    last = axis.shape(max(kept, default=axis.back(1.0)))
    room = 0.04 * (last - first) or 0.5
    low = max(axis.back(first - room), axis.least)
    if axis.null is None and first < 0.3 * last:
        low = axis.least
    return low, min(axis.back(last + room), axis.most)


def _places(lines: Sequence[Line], heads: Heads) -> _Places:
    at = 4 + max(_width(heads.study, BOLD), *(
        min(_width(one.label, BOLD), LABEL_MOST) for one in lines
        if one.role != "heading" and (one.cells or not heads.cells)
    ), 60.0)  # fmt: skip
    cells: list[float] = []
    spans = [count for _, count in heads.spans]
    for place, head in enumerate(heads.cells):
        widest = [_width(head, BOLD)]
        widest += [_width(one.cells[place], BOLD) for one in lines if len(one.cells) > place]
        first = not cells or place in {sum(spans[:n]) for n in range(len(spans))}
        at += (GAP if first else 12) + max(widest)
        cells.append(at)
    plot = at + GAP
    figure = plot + PLOT + GAP + max(
        _width(heads.figure, BOLD), *(_width(one.figure, BOLD) for one in lines)
    )  # fmt: skip
    weight = figure
    if any(one.weight for one in lines):
        weight += GAP + max(
            _width(heads.weight, BOLD), *(_width(one.weight, BOLD) for one in lines)
        )
    bias = weight
    if any(one.bias for one in lines):
        bias += GAP + max(_width(heads.bias, BOLD), 18)
    source, end = None, bias + 8
    if any(one.source for one in lines):
        source = bias + GAP
        end = source + max(_width(heads.source, BOLD), *(_width(one.source) for one in lines)) + 8
    wide = max((_width(said) for said in (*heads.foot, heads.sub)), default=0.0) + 12
    return _Places(tuple(cells), plot, figure, weight, source, bias, max(end, wide))


def _above(heads: Heads, places: _Places, head: float) -> list[str]:
    parts: list[str] = []
    if heads.title:
        parts.append(_text(4, TITLE - 6, heads.title, "title"))
    if heads.sub:
        parts.append(_text(4, TITLE + SMALL - 6, heads.sub, "sub"))
    y = head - 6
    parts.append(_text(4, y, heads.study, "head"))
    ends = zip(places.cells, heads.cells, strict=True)
    parts += [_text(end, y, said, "head", "end") for end, said in ends]
    at = 0
    for said, count in heads.spans:
        right = places.cells[at + count - 1]
        left = right - sum(_width(heads.cells[place], BOLD) + 12 for place in range(at, at + count))
        parts.append(_text((left + right) / 2, y - ROW, said, "head", "middle"))
        parts.append(
            f'<line class="thinrule" x1="{left:.1f}" y1="{y - ROW + 6:.1f}" x2="{right:.1f}" '
            f'y2="{y - ROW + 6:.1f}"/>'
        )
        at += count
    parts.append(_text(places.figure, y, heads.figure, "head", "end"))
    if places.weight > places.figure:
        parts.append(_text(places.weight, y, heads.weight, "head", "end"))
    if places.bias > places.weight:
        parts.append(_text(places.bias, y, heads.bias, "head", "end"))
    if places.source is not None:
        parts.append(_text(places.source, y, heads.source, "head"))
    return [*parts, _rule(places, head, "rule")]


def _axis(
    axis: Axis,
    low: float,
    high: float,
    x: Callable[[float], float],
    head: float,
    base: float,
    said: str,
    places: _Places,
) -> list[str]:
    parts: list[str] = []
    for tick in axis.scaled(low, high):
        at = x(tick)
        parts.append(_upright(at, head + 4, base, "grid"))
        parts.append(_upright(at, base, base + 5, "frame"))
        parts.append(_text(at, base + 18, axis.label(tick), "tick", "middle"))
    if axis.null is not None and low <= axis.null <= high:
        parts.append(_upright(x(axis.null), head + 4, base, "null"))
    parts.append(
        f'<line class="frame" x1="{places.plot:.1f}" y1="{base:.1f}" '
        f'x2="{places.plot + PLOT:.1f}" y2="{base:.1f}"/>'
    )
    return [*parts, _text(places.plot + PLOT / 2, base + 36, said, "tick", "middle")]


def _written(one: Line, places: _Places, y: float) -> list[str]:
    strong = one.role == "pooled" or one.role == "heading"
    kind = "heading" if one.role == "heading" else "strong-text" if strong else ""
    label = _text(4, y + 4, _short(one.label), kind, full=one.label)
    parts = [f'<a href="{escape(one.href)}">{label}</a>' if one.href else label]
    parts += [
        _text(end, y + 4, said, kind, "end")
        for end, said in zip(places.cells, one.cells, strict=False)
    ]
    parts.append(_text(places.figure, y + 4, one.figure, kind, "end"))
    if one.weight:
        parts.append(_text(places.weight, y + 4, one.weight, kind, "end"))
    if one.bias:
        at = places.bias - 10
        parts.append(
            f'<circle class="judged {one.bias}" cx="{at:.1f}" cy="{y:.1f}" r="7"/>'
            + _text(at, y + 4, SIGNS[one.bias], f"sign {one.bias}", "middle")
        )
    if one.source and places.source is not None:
        words = _text(places.source, y + 4, one.source, "tick")
        parts.append(f'<a href="{escape(one.href)}">{words}</a>' if one.href else words)
    return parts


def _drawn(
    one: Line,
    x: Callable[[float], float],
    y: float,
    largest: float,
    ends: tuple[float, float],
) -> str:
    out = ""
    if one.ends is not None:
        left, right = x(one.ends[0]), x(one.ends[1])
        if one.role in DIAMONDS and one.value is not None:
            middle = x(one.value)
            return (
                f'<polygon class="{DIAMONDS[one.role]}" points="{left:.1f},{y:.1f} '
                f"{middle:.1f},{y - 6:.1f} "
                f'{right:.1f},{y:.1f} {middle:.1f},{y + 6:.1f}"/>'
            )
        if one.role == "prediction":
            return (
                f'<rect class="predicted" x="{left:.1f}" y="{y - 4:.1f}" '
                f'width="{max(right - left, 1):.1f}" height="8"/>'
            )
        out = f'<line class="whisker" x1="{left:.1f}" y1="{y:.1f}" x2="{right:.1f}" y2="{y:.1f}"/>'
        out += _end(left, y, 1 if one.ends[0] < ends[0] else 0)
        out += _end(right, y, -1 if one.ends[1] > ends[1] else 0)
    if one.value is not None and one.role == "study":
        half = 2.2 + 3.6 * math.sqrt(one.size / largest)
        kind = "hollow" if one.hollow else "square"
        out += (
            f'<rect class="{kind}" x="{x(one.value) - half:.1f}" y="{y - half:.1f}" '
            f'width="{2 * half:.1f}" height="{2 * half:.1f}"/>'
        )
    return out


def _end(at: float, y: float, beyond: int) -> str:
    """The end of a whisker: a cap, or an arrow where it goes on beyond the axis."""
    if beyond:
        points = (
            f"{at + 6 * beyond:.1f},{y - 4:.1f} {at:.1f},{y:.1f} {at + 6 * beyond:.1f},{y + 4:.1f}"
        )
        return f'<polyline class="whisker beyond" points="{points}"/>'
    return _upright(at, y - 3.5, y + 3.5, "cap")


def _ruled(lines: Sequence[Line]) -> int:
    """The first line of all studies together."""
    return next((place for place, one in enumerate(lines) if one.overall), -1)


def _rule(places: _Places, y: float, kind: str) -> str:
    return f'<line class="{kind}" x1="4" y1="{y:.1f}" x2="{places.width - 4:.1f}" y2="{y:.1f}"/>'


def _upright(at: float, first: float, last: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{at:.1f}" y1="{first:.1f}" x2="{at:.1f}" y2="{last:.1f}"/>'


def _text(at: float, y: float, said: str, kind: str, anchor: str = "start", full: str = "") -> str:
    if not said:
        return ""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    named = f' class="{kind}"' if kind else ""
    whole = f"<title>{escape(full)}</title>" if full and full != said else ""
    return f'<text{named} x="{at:.1f}" y="{y:.1f}"{where}>{whole}{escape(said)}</text>'


def _width(text: str, bold: float = 1.0) -> float:
    """About how wide a text is at 12 px."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return bold * (LETTER * (len(text) - wide) + WIDE * wide)


def _short(label: str) -> str:
    """A label as long as its column; the whole of it stays its title."""
    while _width(label, BOLD) > LABEL_MOST:
        label = label.rstrip("…")[:-1] + "…"
    return label


def _same(value: float) -> float:
    return value


def _percent(tick: float) -> str:
    return f"{100 * tick:g}"


def _plain(tick: float) -> str:
    return f"{tick:g}"


def _shares(low: float, high: float) -> list[float]:
    return [tick / 100 for tick in ticks(100 * low, 100 * high, 5)]


def _ratios(low: float, high: float) -> list[float]:
    """Powers of two where the axis is short, of ten with halves and fifths where it is long."""
    octaves = math.log2(high / low)
    if octaves <= 9:
        step = max(1, round(octaves / 6))
        first = math.ceil(math.log2(low) / step - 1e-9)
        last = math.floor(math.log2(high) / step + 1e-9)
        return [2.0 ** (step * place) for place in range(first, last + 1)]
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    step = max(1, math.ceil((last - first) / 6))
    return [10.0**power for power in range(first, last + 1, step)]


AXES: Final[dict[str, Axis]] = {
    "proportion": Axis(_same, _same, None, 0.0, 1.0, _percent, _shares),
    "months": Axis(_same, _same, None, 0.0, math.inf, _plain, ticks),
    "ratio": Axis(math.log, math.exp, 1.0, 0.0, math.inf, _plain, _ratios),
    "linear": Axis(_same, _same, 0.0, -math.inf, math.inf, _plain, ticks),
}
"""Axes by the unit that people read; a new one is one record here."""

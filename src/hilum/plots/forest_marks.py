"""Marks of a forest: squares with whiskers, diamonds, the bar of a new study, signs of bias."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.plots.forest_lines import Line

DIAMONDS: Final = {"pooled": "diamond", "without": "without"}
SIGNS: Final = {"low": "+", "some": "?", "high": "−"}


def drawn(
    one: Line,
    x: Callable[[float], float],
    y: float,
    largest: float,
    ends: tuple[float, float],
) -> str:
    """The mark of a line; ``ends`` are the axis's."""
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
        beyond = one.ends[0] < ends[0], one.ends[1] > ends[1]
        if one.role == "prediction":
            return _bar(left, right, y, beyond)
        out = f'<line class="whisker" x1="{left:.1f}" y1="{y:.1f}" x2="{right:.1f}" y2="{y:.1f}"/>'
        out += _end(left, y, 1 if beyond[0] else 0)
        out += _end(right, y, -1 if beyond[1] else 0)
    if one.value is not None and one.role == "study":
        half = 2.2 + 3.6 * math.sqrt(one.size / largest)
        kind = "hollow" if one.hollow else "square"
        out += (
            f'<rect class="{kind}" x="{x(one.value) - half:.1f}" y="{y - half:.1f}" '
            f'width="{2 * half:.1f}" height="{2 * half:.1f}"/>'
        )
    return out


def _bar(left: float, right: float, y: float, beyond: tuple[bool, bool]) -> str:
    """The bar of a new study, pointed where it goes on beyond the axis."""
    right = max(right, left + 1)
    first = f"{left + 7:.1f},{y - 4:.1f} {left:.1f},{y:.1f} {left + 7:.1f},{y + 4:.1f}"
    last = f"{right - 7:.1f},{y + 4:.1f} {right:.1f},{y:.1f} {right - 7:.1f},{y - 4:.1f}"
    if not beyond[0]:
        first = f"{left:.1f},{y - 4:.1f} {left:.1f},{y + 4:.1f}"
    if not beyond[1]:
        last = f"{right:.1f},{y + 4:.1f} {right:.1f},{y - 4:.1f}"
    kind = "predicted beyond" if any(beyond) else "predicted"
    return f'<polygon class="{kind}" points="{first} {last}"/>'


def _end(at: float, y: float, beyond: int) -> str:
    """The end of a whisker: a cap, or an arrow where it goes on beyond the axis."""
    if beyond:
        points = (
            f"{at + 6 * beyond:.1f},{y - 4:.1f} {at:.1f},{y:.1f} {at + 6 * beyond:.1f},{y + 4:.1f}"
        )
        return f'<polyline class="whisker beyond" points="{points}"/>'
    return upright(at, y - 3.5, y + 3.5, "cap")


def judged(bias: str, at: float, y: float) -> str:
    """A ring with the sign of a judgement in it."""
    return f'<circle class="judged {bias}" cx="{at:.1f}" cy="{y:.1f}" r="7"/>' + text(
        at, y + 4, SIGNS[bias], f"sign {bias}", "middle"
    )


def upright(at: float, first: float, last: float, kind: str) -> str:
    """A line from top to bottom."""
    return f'<line class="{kind}" x1="{at:.1f}" y1="{first:.1f}" x2="{at:.1f}" y2="{last:.1f}"/>'


def rule(wide: float, y: float, kind: str) -> str:
    """A line across the table."""
    return f'<line class="{kind}" x1="4" y1="{y:.1f}" x2="{wide - 4:.1f}" y2="{y:.1f}"/>'


def text(at: float, y: float, said: str, kind: str, anchor: str = "start", full: str = "") -> str:
    """Words at a place; ``full`` is shown where a pointer rests on shortened ones."""
    if not said:
        return ""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    named = f' class="{kind}"' if kind else ""
    whole = f"<title>{escape(full)}</title>" if full and full != said else ""
    return f'<text{named} x="{at:.1f}" y="{y:.1f}"{where}>{whole}{escape(said)}</text>'

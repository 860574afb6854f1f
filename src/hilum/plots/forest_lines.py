"""What a forest is drawn from: its lines and what stands over and under them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table, its figures on the natural scale of the axis.

    ``beside`` are words beside the label, ``cells`` figures between them and the plot, ``figure``
    and ``weight`` stand right of it. ``size`` is the relative area of the square, ``hollow`` a
    square without an event in it. ``role`` is ``study``, ``pooled`` (a diamond), ``prediction`` (a
    bar), ``without`` (a dashed diamond: some of the studies) or ``heading`` (of a subgroup);
    ``overall`` marks the line of all studies, at which a dotted line stands. ``bias`` is one
    judgement, or one of each domain.
    """

    label: str
    beside: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    value: float | None = None
    ends: tuple[float, float] | None = None
    figure: str = ""
    weight: str = ""
    size: float = 1.0
    hollow: bool = False
    role: Literal["study", "pooled", "prediction", "without", "heading"] = "study"
    overall: bool = False
    bias: str | None = None
    source: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """What stands over and under the table; ``spans`` are heads over several columns of cells.

    ``left`` and ``right`` say under the axis whom a figure favours on either side of no
    difference.
    """

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
    beside: tuple[str, ...] = ()
    left: str = ""
    right: str = ""

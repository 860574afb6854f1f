"""A pooled survival curve with its bands, the studies' own figures, and counts under the axis."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas
from hilum.plots.text_size import width as text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE = 15
# Room between the words of a row of numbers and the axis, and before them.
GAP, BEFORE = 22, 28
# Within the picture, since paper renderers give a page's style sheet no say in it; every rule is
# of this class alone, since a page's pictures share one style.
STYLE = (
    "<style>svg.survival text{font-family:'Noto Sans','Helvetica Neue',Arial,'Noto Sans CJK SC',"
    "sans-serif;font-size:12px;fill:#1d2b36}svg.survival .tick{fill:#44525e;font-size:11px}"
    "svg.survival .axis{fill:#44525e;font-size:11px}svg.survival .heading{font-weight:600}"
    "svg.survival .frame,svg.survival .tickmark{stroke:#5b6b78;fill:none}"
    "svg.survival .null{stroke:#b9c3cc;stroke-dasharray:4 3}"
    "svg.survival .newband{fill:#0b5c8a;fill-opacity:.09}"
    "svg.survival .band{fill:#0b5c8a;fill-opacity:.22}"
    "svg.survival .strong{stroke:#0b5c8a;stroke-width:2.2;fill:none}"
    "svg.survival .beyond{stroke:#0b5c8a;stroke-width:1.6;stroke-dasharray:5 4;fill:none}"
    "svg.survival .thin{stroke:#9db4c6;stroke-width:.8;fill:none}"
    "svg.survival .dot{fill:#1d2b36}svg.survival .opendot{fill:#fff;stroke:#1d2b36}</style>"
)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One time of the curve; survival and limits from 0 to 1."""

    time: float
    survival: float
    low: float
    high: float
    new_low: float | None = None
    new_high: float | None = None


@dataclass(frozen=True, slots=True)
class ReportMark:
    """One printed figure: survival at a time; ``median`` marks are open."""

    time: float
    survival: float
    n: float | None
    title: str
    median: bool = False


@dataclass(frozen=True, slots=True)
class CurveWords:
    """Words on the picture, so that a page can translate them."""

    x: str = "months"
    y: str = "survival, %"
    under: tuple[str, ...] = ("studies", "patients")
    legend: dict[str, str] = field(default_factory=dict)


def survival_svg(
    points: Sequence[CurvePoint],
    *,
    marks: Sequence[ReportMark] = (),
    steps: Sequence[Sequence[tuple[float, float]]] = (),
    supported: float,
    ticks: Sequence[float],
    counts: Sequence[Sequence[str]] = (),
    title: str = "",
    caption: Sequence[str] = (),
    words: CurveWords | None = None,
    width: float = 620,
    height: float = 400,
    standalone: bool = True,
) -> str:
    """Draw the curve.

    Parameters
    ----------
    points : sequence of CurvePoint
        From time 0 on; the inner band is the confidence band, the outer that of a new study.
    marks, steps : sequences
        The studies' printed figures, and Kaplan-Meier steps of those whose patients are known.
    supported : float
        Last time that a study reports; beyond it the curve is dashed.
    ticks : sequence of float
        Times under the axis.
    counts : sequence of sequence of str
        One row of texts a word of ``words.under``, one text a tick.
    caption : sequence of str
        Lines under the counts, such as what kinds of report went in.
    """
    say = words or CurveWords()
    foot = 48 + LINE * len(counts) + LINE * len(caption) + (8 if caption else 0)
    canvas = Canvas(
        (0.0, max(points[-1].time, 1e-9)),
        (0.0, 1.0),
        width=width,
        height=height + foot - 48,
        margins=(max(92.0, *(text_width(word) + BEFORE for word in say.under)), 18, 30, foot),
    )
    outer = [one for one in points if one.new_low is not None and one.new_high is not None]
    if outer:
        upper = [(one.time, one.new_high or 0.0) for one in outer]
        lower = [(one.time, one.new_low or 0.0) for one in reversed(outer)]
        canvas.polygon([*upper, *lower], "newband")
    canvas.polygon(
        [*((p.time, p.high) for p in points), *((p.time, p.low) for p in reversed(points))], "band"
    )
    for step in steps:
        canvas.line(_stairs(step), "thin")
    # A seen point where the report ends joins the drawn and the dashed part.
    known = [(p.time, p.survival) for p in points if p.time <= supported + 1e-9]
    beyond = [(p.time, p.survival) for p in points if p.time >= (known[-1][0] if known else 0.0)]
    canvas.line(known, "strong")
    if len(beyond) > 1:
        canvas.line(beyond, "beyond")
    # What lies beyond the axis is not drawn on its edge.
    for mark in (one for one in marks if one.time <= points[-1].time + 1e-9):
        size = 2.2 + min((mark.n or 20.0) ** 0.5 / 4, 4.5)
        canvas.dot(mark.time, mark.survival, "opendot" if mark.median else "dot", size, mark.title)
    _frame(canvas, ticks, say, title)
    left, _, _, bottom = canvas.box
    y = bottom + 50
    for word, row in zip(say.under, counts, strict=True):
        canvas.parts.append(
            f'<text class="tick" x="{left - GAP:.1f}" y="{y:.1f}" text-anchor="end">'
            f"{escape(word)}</text>"
        )
        for tick, text in zip(ticks, row, strict=True):
            canvas.parts.append(
                f'<text class="tick" x="{canvas.x(tick):.1f}" y="{y:.1f}" text-anchor="middle">'
                f"{escape(text)}</text>"
            )
        y += LINE
    y += 8
    for line in caption:
        canvas.parts.append(f'<text class="tick" x="4" y="{y:.1f}">{escape(line)}</text>')
        y += LINE
    inside = "".join(canvas.parts)
    ground = f'<rect width="{width:g}" height="{canvas.height:g}" fill="#fff"/>'
    return (
        f'<svg class="survival" xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {width:g} {canvas.height:g}" role="img"><title>{escape(title)}</title>'
        f"{STYLE}{ground if standalone else ''}{inside}</svg>"
    )


def time_ticks(last: float, step: float | None = None) -> list[float]:
    """Times from 0 on: whole years where ``step`` is None and times are months."""
    chosen = step or next((s for s in (3, 6, 12, 24, 36, 60, 120) if last / s <= 7), 240)
    return [i * float(chosen) for i in range(int(last / chosen + 1e-9) + 1)]


def _frame(canvas: Canvas, ticks: Sequence[float], say: CurveWords, title: str) -> None:
    left, top, right, bottom = canvas.box
    out = [
        f'<rect class="frame" x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"/>'
    ]
    for tick in ticks:
        at = canvas.x(tick)
        out.append(
            f'<line class="tickmark" x1="{at:.1f}" y1="{bottom}" x2="{at:.1f}" y2="{bottom + 4}"/>'
            f'<text class="tick" x="{at:.1f}" y="{bottom + 16}" text-anchor="middle">'
            f"{tick:g}</text>"
        )
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        at = canvas.y(share)
        out.append(
            f'<line class="tickmark" x1="{left - 4}" y1="{at:.1f}" x2="{left}" y2="{at:.1f}"/>'
            f'<text class="tick" x="{left - 7}" y="{at + 4:.1f}" text-anchor="end">'
            f"{100 * share:.0f}</text>"
        )
    half = canvas.y(0.5)
    out.append(f'<line class="null" x1="{left}" y1="{half:.1f}" x2="{right}" y2="{half:.1f}"/>')
    middle = (left + right) / 2
    out.append(
        f'<text class="axis" x="{middle}" y="{bottom + 32}" text-anchor="middle">'
        f"{escape(say.x)}</text>"
        f'<text class="axis" transform="translate({left - 38},{(top + bottom) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(say.y)}</text>'
    )
    if title:
        out.append(
            f'<text class="heading" x="{middle}" y="{top - 10}" text-anchor="middle">'
            f"{escape(title)}</text>"
        )
    canvas.parts.extend(out)


def _stairs(step: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    out = [(0.0, 1.0)]
    for time, survival in step:
        out += [(time, out[-1][1]), (time, survival)]
    return out

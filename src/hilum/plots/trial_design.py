"""Pictures of a trial's design: its bounds, and what it does at every true effect."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hilum.plots.canvas import Canvas, document

Bound = Sequence[float | None]


def boundaries_svg(
    x: Sequence[float],
    upper: Bound,
    lower: Bound,
    *,
    axis: str,
    side: str,
    title: str,
    names: tuple[str, str],
    floor: float = 0.0,
) -> str:
    """Efficacy and futility bounds against patients, events or information.

    Parameters
    ----------
    x : sequence of float, length K
    upper, lower : sequence of float or None, length K
        A trial stops at or beyond them; None where an analysis has no such bound.
    axis, side, title : str
        Words of the axes and of the picture.
    names : (str, str)
        Words for the efficacy and the futility bound.
    floor : float
        Shown at least down to here.
    """
    known = [value for value in (*upper, *lower) if value is not None]
    top, bottom = max(known), min([floor, *known])
    room = 0.12 * (top - bottom)
    canvas = Canvas(
        (0.0, max(x) * 1.06), (bottom - room, top + room), width=620, height=330,
        margins=(58, 24, 34, 48),
    )  # fmt: skip
    both = [
        (at, low, high)
        for at, low, high in zip(x, lower, upper, strict=True)
        if low is not None and high is not None
    ]
    if len(both) > 1:
        canvas.polygon(
            [(at, high) for at, _, high in both] + [(at, low) for at, low, _ in reversed(both)],
            "p10",
        )
    for bound, kind, name in ((upper, "strong", names[0]), (lower, "curve", names[1])):
        points = [(at, value) for at, value in zip(x, bound, strict=True) if value is not None]
        canvas.line(points, kind)
        for at, value in points:
            mark = "diamond" if kind == "strong" else "dot"
            canvas.dot(at, value, mark, title=f"{name}: {value:.3g} ({at:.0f})")
    if bottom < 0:
        canvas.line([(0.0, 0.0), (max(x) * 1.06, 0.0)], "null")
    canvas.axes(axis, side, title=title)
    shown = [("strong", names[0])]
    if any(value is not None for value in lower):
        shown.append(("curve", names[1]))
    canvas.parts.append(_legend(canvas.box[0] + 10, canvas.box[1] + 14, shown))
    return document([canvas], 620, 330, title)


def operating_svg(
    curve: Sequence[tuple[float, float, float | None]],
    marks: Sequence[tuple[float, str]],
    *,
    axis: str,
    success: str,
    size: str,
    title: str,
    percent: bool,
) -> str:
    """Chance of success, and expected size where there is one, at every true effect.

    Parameters
    ----------
    curve : sequence of (effect, chance, expected size or None)
    marks : sequence of (effect, name)
        Effects to be marked: none, and the alternative.
    percent : bool
        Whether effects are proportions, printed in percent.
    """
    factor = 100.0 if percent else 1.0
    x = [factor * effect for effect, _, _ in curve]
    limits = (min(x), max(x))
    sizes = [expected for _, _, expected in curve if expected is not None]
    width = 310 if sizes else 620
    first = Canvas(limits, (0.0, 100.0), width=width, height=280, margins=(54, 14, 34, 48))
    for effect, name in marks:
        at = factor * effect
        if limits[0] <= at <= limits[1]:
            first.line([(at, 0.0), (at, 100.0)], "null")
            first.text(at, 92.0, name)
    first.line([(a, 100 * chance) for a, (_, chance, _) in zip(x, curve, strict=True)], "strong")
    first.axes(axis, success, title=title if not sizes else success)
    canvases = [first]
    if sizes:
        second = Canvas(
            limits, (0.0, max(sizes) * 1.08), width=310, height=280, origin=(310, 0),
            margins=(54, 14, 34, 48),
        )  # fmt: skip
        for effect, _ in marks:
            at = factor * effect
            if limits[0] <= at <= limits[1]:
                second.line([(at, 0.0), (at, max(sizes) * 1.08)], "null")
        second.line(
            [(a, e) for a, (_, _, e) in zip(x, curve, strict=True) if e is not None], "curve"
        )
        second.axes(axis, size, title=size)
        canvases.append(second)
    return document(canvases, 620, 280, title)


def reestimation_svg(
    points: Sequence[tuple[float, float, float, float]],
    *,
    axis: str,
    power: str,
    size: str,
    title: str,
    names: tuple[str, str],
) -> str:
    """Conditional power and size after each interim result.

    Parameters
    ----------
    points : sequence of (z, conditional power with the planned size, with the new size, new size)
    names : (str, str)
        Words for the new and the planned size.
    """
    limits = (points[0][0], points[-1][0])
    first = Canvas(limits, (0.0, 100.0), width=310, height=280, margins=(54, 14, 34, 48))
    first.line([(z, 100 * before) for z, before, _, _ in points], "curve")
    first.line([(z, 100 * after) for z, _, after, _ in points], "strong")
    first.axes(axis, power, title=power)
    first.parts.append(
        _legend(first.box[0] + 8, first.box[1] + 12, [("strong", names[0]), ("curve", names[1])])
    )
    top = max(most for *_, most in points) * 1.08
    second = Canvas(
        limits, (0.0, top), width=310, height=280, origin=(310, 0), margins=(54, 14, 34, 48)
    )
    second.line([(z, most) for z, _, _, most in points], "strong")
    second.axes(axis, size, title=size)
    return document([first, second], 620, 280, title)


def _legend(x: float, y: float, items: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f'<line class="{kind}" x1="{x:.1f}" y1="{y + 16 * i:.1f}" x2="{x + 22:.1f}" '
        f'y2="{y + 16 * i:.1f}"/><text class="tick" x="{x + 28:.1f}" y="{y + 16 * i + 4:.1f}">'
        f"{escape(name)}</text>"
        for i, (kind, name) in enumerate(items)
    )

"""A printed survival curve and that of the patients reconstructed from it, one over the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas, document

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE = 15.0


@dataclass(frozen=True, slots=True)
class DrawnArm:
    """What is drawn of one arm; survival as a share.

    Attributes
    ----------
    name : str
        Shown beside its numbers at risk.
    points : sequence of (float, float)
        Time and survival as read.
    time, survival : sequence of float
        Where the patients' curve falls, and to what.
    end : float
        Last follow-up.
    risk : sequence of (float, int)
        Times and numbers at risk.
    """

    name: str
    points: Sequence[tuple[float, float]]
    time: Sequence[float]
    survival: Sequence[float]
    end: float
    risk: Sequence[tuple[float, int]]


def printed_curve_svg(
    arms: Sequence[DrawnArm],
    *,
    unit: str,
    title: str,
    axes: tuple[str, str] | None = None,
    at_risk: str = "at risk",
) -> str:
    """Points as read (dots), patients' Kaplan-Meier curves (lines), numbers at risk below."""
    end = max(arm.end for arm in arms)
    below = 62 + LINE * (1 + len(arms))
    canvas = Canvas(
        (0.0, end), (0.0, 1.0), width=640, height=400 + below, margins=(84, 18, 30, below)
    )
    for arm in arms:
        for time, survival in arm.points:
            canvas.dot(time, survival, "open", 2.2)
        steps = [(0.0, 1.0)]
        for time, survival in zip(arm.time, arm.survival, strict=True):
            steps += [(time, steps[-1][1]), (time, survival)]
        canvas.line([*steps, (arm.end, steps[-1][1])], "strong")
        if arm.name:
            canvas.text(arm.end, steps[-1][1] + 0.015, arm.name, "axis", -6 * len(arm.name) - 4)
    across, upwards = axes or (f"time ({unit})", "survival")
    canvas.axes(across, upwards, title=title)
    left, _, _, bottom = canvas.box
    canvas.parts.append(f'<text class="tick" x="{left}" y="{bottom + 54}">{at_risk}</text>')
    for i, arm in enumerate(arms):
        y = bottom + 54 + LINE * (i + 1)
        for time, n in arm.risk:
            canvas.parts.append(
                f'<text class="tick" x="{canvas.x(time):.1f}" y="{y}" text-anchor="middle">{n}'
                "</text>"
            )
        if arm.name:
            canvas.parts.append(
                f'<text class="tick" x="{left - 14}" y="{y}" text-anchor="end">'
                f"{arm.name[:10]}</text>"
            )
    return document([canvas], canvas.width, canvas.height, title)

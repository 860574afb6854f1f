"""A small SVG drawing surface: a frame, axes with round ticks, marks in data coordinates."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from hilum.plots.text_size import width as text_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STYLE = (
    "<style>svg{font-family:'Noto Sans','Helvetica Neue',Arial,sans-serif;font-size:12px;"
    "fill:#1d2b36}.frame,.tickmark{stroke:#5b6b78;fill:none}.grid{stroke:#e2e7ec}"
    ".null,.middle{stroke:#5b6b78;stroke-dasharray:4 3}.tick,.axis{fill:#44525e}"
    ".heading{font-weight:600}.square,.dot{fill:#1f5f8b}.open{fill:#fff;stroke:#1f5f8b}"
    ".whisker,.curve{stroke:#1f5f8b;fill:none}.thin{stroke:#9db4c6;stroke-width:.8;fill:none}"
    ".strong{stroke:#b3541e;stroke-width:2.2;fill:none}.band{fill:#b3541e;fill-opacity:.15}"
    ".diamond{fill:#b3541e}.prediction{stroke:#b3541e;stroke-width:2.5}"
    ".clear{fill:#fff}.p10{fill:#f4f6f8}.p05{fill:#dde4ea}.p01{fill:#c3cdd6}.haze{fill:#1f5f8b;fill-opacity:.12}"
    ".flag{fill:#b3541e}.low{fill:#3b8f5a}.some{fill:#d9a520}.high{fill:#c0392b}"
    ".disc{fill:#1f5f8b;fill-opacity:.45;stroke:#1f5f8b}"
    ".mark{fill:#fff;font-size:10px;font-weight:700}</style>"
)


# Where axes of ratios, rates and proportions are labelled: those named first have precedence.
MARKS = (
    *(1.0, 0.1, 10.0, 0.5, 2.0, 0.01, 100.0, 0.2, 5.0, 0.9, 0.99, 0.05, 20.0, 0.02, 50.0, 0.8),
    *(0.95, 0.98, 0.3, 0.7, 0.001, 0.005, 0.002, 0.4, 0.6, 1.5, 3.0, 0.25, 0.75, 4.0),
)
# The least share of an axis between two labels.
APART = 0.065

# Room for figures left of an axis.
TICKS = 32.0


class Canvas:
    """Marks are given in data coordinates; y grows upwards unless ``flip``."""

    def __init__(
        self,
        x_limits: tuple[float, float],
        y_limits: tuple[float, float],
        *,
        width: float = 620,
        height: float = 460,
        flip: bool = False,
        origin: tuple[float, float] = (0.0, 0.0),
        margins: tuple[float, float, float, float] = (58, 18, 30, 48),
    ) -> None:
        self.width, self.height, self.flip = width, height, flip
        self.x_limits, self.y_limits = _spread(x_limits), _spread(y_limits)
        # Long figures at the left need room before the axis's title.
        widest = max((text_width(f"{tick:g}") for tick in ticks(*self.y_limits)), default=0.0)
        self.pushed = max(widest - TICKS, 0.0)
        self.origin, self.margins = origin, (margins[0] + self.pushed, *margins[1:])
        self.parts: list[str] = []

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the plotting area."""
        left, right, top, bottom = self.margins
        x, y = self.origin
        return x + left, y + top, x + self.width - right, y + self.height - bottom

    def x(self, value: float) -> float:
        """Horizontal place of a value, kept inside the area."""
        left, _, right, _ = self.box
        low, high = self.x_limits
        return left + (right - left) * min(max((value - low) / (high - low), 0.0), 1.0)

    def y(self, value: float) -> float:
        """Vertical place of a value, kept inside the area."""
        _, top, _, bottom = self.box
        low, high = self.y_limits
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        return top + (bottom - top) * (share if self.flip else 1 - share)

    def polygon(self, points: Iterable[tuple[float, float]], kind: str) -> None:
        """A filled area, cut at the frame."""
        left, top, right, bottom = self.box
        across = (right - left) / (self.x_limits[1] - self.x_limits[0])
        places = " ".join(
            f"{left + (a - self.x_limits[0]) * across:.1f},{self.y(b):.1f}" for a, b in points
        )
        # A nested viewport clips what reaches beyond it.
        frame = f'x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"'
        view = f'viewBox="{left} {top} {right - left} {bottom - top}"'
        self.parts.append(f'<svg {frame} {view}><polygon class="{kind}" points="{places}"/></svg>')

    def line(self, points: Iterable[tuple[float, float]], kind: str) -> None:
        """A line through points."""
        places = " ".join(f"{self.x(a):.1f},{self.y(b):.1f}" for a, b in points)
        self.parts.append(f'<polyline class="{kind}" fill="none" points="{places}"/>')

    def dot(self, x: float, y: float, kind: str = "dot", r: float = 3.5, title: str = "") -> None:
        """A point, with its name shown where a pointer rests on it."""
        name = f"<title>{escape(title)}</title>" if title else ""
        self.parts.append(
            f'<circle class="{kind}" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="{r:.1f}">{name}'
            "</circle>"
        )

    def text(self, x: float, y: float, words: str, kind: str = "tick", dx: float = 5) -> None:
        """Words beside a point."""
        self.parts.append(
            f'<text class="{kind}" x="{self.x(x) + dx:.1f}" y="{self.y(y) - 4:.1f}">'
            f"{escape(words)}</text>"
        )

    def text_at(self, x: float, y: float, words: str, kind: str = "tick") -> None:
        """Words at a place of the drawing itself."""
        self.parts.append(f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>')

    def axes(
        self,
        x_title: str,
        y_title: str,
        *,
        x_ticks: list[tuple[float, str]] | None = None,
        title: str = "",
    ) -> None:
        """Frame, ticks and titles."""
        left, top, right, bottom = self.box
        out = [
            f'<rect class="frame" x="{left}" y="{top}" width="{right - left}" '
            f'height="{bottom - top}"/>'
        ]
        for value, words in x_ticks or [(t, f"{t:g}") for t in ticks(*self.x_limits)]:
            at = self.x(value)
            out.append(
                f'<line class="tickmark" x1="{at:.1f}" y1="{bottom}" x2="{at:.1f}" '
                f'y2="{bottom + 4}"/><text class="tick" x="{at:.1f}" y="{bottom + 16}" '
                f'text-anchor="middle">{words}</text>'
            )
        for value in ticks(*self.y_limits):
            at = self.y(value)
            out.append(
                f'<line class="tickmark" x1="{left - 4}" y1="{at:.1f}" x2="{left}" y2="{at:.1f}"/>'
                f'<text class="tick" x="{left - 7}" y="{at + 4:.1f}" text-anchor="end">'
                f"{value:g}</text>"
            )
        middle = (left + right) / 2
        out.append(
            f'<text class="axis" x="{middle}" y="{bottom + 34}" text-anchor="middle">'
            f"{escape(x_title)}</text>"
        )
        across, before = (top + bottom) / 2, left - 42 - self.pushed
        out.append(
            f'<text class="axis" transform="translate({before:g},{across}) rotate(-90)" '
            f'text-anchor="middle">{escape(y_title)}</text>'
        )
        if title:
            out.append(
                f'<text class="heading" x="{middle}" y="{top - 10}" text-anchor="middle">'
                f"{escape(title)}</text>"
            )
        self.parts.extend(out)


def document(canvases: Iterable[Canvas], width: float, height: float, title: str) -> str:
    """One SVG with its own style, readable alone and in print."""
    inside = "".join("".join(canvas.parts) for canvas in canvases)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">'
        f"<title>{escape(title)}</title>{STYLE}"
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>{inside}</svg>'
    )


def ticks(low: float, high: float, about: int = 6) -> list[float]:
    """Round values inside the limits."""
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(i * step, 12) + 0.0 for i in range(first, last + 1)]


def back_ticks(
    low: float, high: float, back: Callable[[float], float] | None
) -> list[tuple[float, str]]:
    """Ticks on the model's scale at round values of the natural one."""
    if back is None:
        return [(tick, f"{tick:g}") for tick in ticks(low, high)]
    out: list[tuple[float, str]] = []
    for mark in MARKS:
        if back(low) <= mark <= back(high):
            left, right = low, high
            for _ in range(50):
                middle = (left + right) / 2
                left, right = (middle, right) if back(middle) < mark else (left, middle)
            if all(abs(left - at) > APART * (high - low) for at, _ in out):
                out.append((left, f"{mark:g}"))
    return out if len(out) > 1 else [(t, f"{back(t):.3g}") for t in ticks(low, high)]


def _spread(limits: tuple[float, float]) -> tuple[float, float]:
    low, high = limits
    if not high > low:
        half = abs(low) * 0.1 or 1.0
        return low - half, low + half
    return low, high

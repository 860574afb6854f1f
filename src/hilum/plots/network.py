"""The graph of a network: treatments on a circle, direct comparisons between them."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from hilum.plots.canvas import STYLE
from hilum.plots.captions import caption, captioned, tall
from hilum.plots.colours import PALETTE, room

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Least radius of the circle, and room for each treatment on it.
RADIUS, EACH = 190.0, 15.0
# Shares of a line at which its number may stand, the best first, and how far from another.
SHARES = (0.42, 0.58, 0.36, 0.64, 0.3, 0.7, 0.5, 0.24, 0.76, 0.2, 0.8, 0.16, 0.84, 0.46, 0.54)
FREE = 18.0


def network_svg(
    names: Sequence[str],
    studies: Sequence[int],
    edges: Mapping[tuple[int, int], int],
    *,
    multi_arm: Sequence[tuple[int, ...]] = (),
    title: str = "Network of treatments",
    note: str = "disc: studies of a treatment; line: studies of a comparison; shaded: multi-arm "
    "studies",
) -> str:
    """Draw a network.

    Parameters
    ----------
    names, studies : sequence of length n
        Treatments and how many studies have each (the area of its disc).
    edges : mapping of (i, j) to int
        Studies that compare two treatments directly: the width of the line, and a number where
        there are several.
    multi_arm : sequence of tuple of int
        Treatments of each multi-arm study, shaded.
    """
    order = _round(len(names), edges)
    side = room(list(names)) + 40
    radius = max(RADIUS, EACH * len(names))
    width = 2 * (radius + side)
    title_lines, note_lines = caption(title, width, "heading"), caption(note, width)
    cx, cy = width / 2, radius + 79 + tall(title_lines)
    under = cy + radius + 60
    height = under + tall(note_lines) + 7

    def at(place: int, reach: float) -> tuple[float, float]:
        angle = 2 * math.pi * place / len(names) - math.pi / 2
        return cx + reach * math.cos(angle), cy + reach * math.sin(angle)

    spot = {treatment: at(place, radius) for place, treatment in enumerate(order)}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'role="img"><title>{escape(title)}</title>{STYLE}'
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>'
        f"{captioned(title_lines, cx, 18, 'heading')}"
    ]
    for i, arms in enumerate(multi_arm):
        corners = sorted(
            (spot[arm] for arm in arms), key=lambda p: math.atan2(p[1] - cy, p[0] - cx)
        )
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        colour = PALETTE[i % len(PALETTE)]
        parts.append(f'<polygon points="{points}" fill="{colour}" fill-opacity="0.10"/>')
    most = max(edges.values(), default=1)
    for (i, j), count in edges.items():
        (x1, y1), (x2, y2) = spot[i], spot[j]
        thick = 1.2 + 7 * math.sqrt(count / most) * (count > 1)
        parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#7f97a8" '
            f'stroke-width="{thick:.1f}"><title>{escape(names[i])} - {escape(names[j])}: {count}'
            "</title></line>"
        )
    taken: list[tuple[float, float]] = [spot[place] for place in order]
    for (i, j), count in edges.items():
        if count > 1:
            x, y = _free(spot[i], spot[j], taken)
            taken.append((x, y))
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" fill="#fff" fill-opacity="0.85"/>'
                f'<text class="tick" x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">'
                f"{count}</text>"
            )
    largest = max(studies)
    for place, treatment in enumerate(order):
        x, y = spot[treatment]
        disc = 5 + 13 * math.sqrt(studies[treatment] / largest)
        name = escape(names[treatment])
        parts.append(
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{disc:.1f}"><title>{name}: '
            f"{studies[treatment]}</title></circle>"
        )
        tx, ty = at(place, radius + disc + 8)
        across = (tx - cx) / radius
        anchor = "middle" if abs(across) < 0.12 else "start" if across > 0 else "end"
        down = 4 + 5 * (ty - cy) / radius
        parts.append(f'<text x="{tx:.1f}" y="{ty + down:.1f}" text-anchor="{anchor}">{name}</text>')
    parts.append(captioned(note_lines, cx, under))
    return "".join(parts) + "</svg>"


def _free(
    first: tuple[float, float], last: tuple[float, float], taken: list[tuple[float, float]]
) -> tuple[float, float]:
    """Where on a line a number stands: off the middle, where lines cross, and off the others."""
    places = [
        (first[0] + share * (last[0] - first[0]), first[1] + share * (last[1] - first[1]))
        for share in SHARES
    ]
    near = [min(math.dist(place, other) for other in taken) for place in places]
    return next((place for place, far in zip(places, near, strict=True) if far >= FREE),
                places[near.index(max(near))])  # fmt: skip


def _round(n: int, edges: Mapping[tuple[int, int], int]) -> list[int]:
    """An order round the circle with few crossings: swaps while they help."""
    order = list(range(n))
    pairs = list(edges)
    if n > 40 or len(pairs) > 120:
        return order

    def crossings(given: list[int]) -> int:
        place = {treatment: i for i, treatment in enumerate(given)}
        spans = [tuple(sorted((place[a], place[b]))) for a, b in pairs]
        return sum(
            a < c < b < d or c < a < d < b
            for i, (a, b) in enumerate(spans)
            for c, d in spans[i + 1 :]
        )

    best = crossings(order)
    better = best > 0
    while better:
        better = False
        for i in range(n):
            for j in range(i + 1, n):
                order[i], order[j] = order[j], order[i]
                now = crossings(order)
                if now < best:
                    best, better = now, True
                else:
                    order[i], order[j] = order[j], order[i]
    return order

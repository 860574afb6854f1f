"""Appraisals as traffic lights, one row a study, and as stacked bars, one row a domain.

Every light carries a sign as well as a colour, so that print and colour blindness lose nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from hilum.plots.canvas import STYLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIGHTS = {
    "low": ("#3b8f5a", "+"),
    "moderate": ("#d9a520", "–"),
    "some": ("#d9a520", "–"),
    "serious": ("#c0392b", "×"),
    "high": ("#c0392b", "×"),
    "critical": ("#6d1a12", "!"),
    "unknown": ("#7a8894", "?"),
    "not_applicable": ("#e6eaee", ""),
    "missing": ("#ffffff", ""),
}
"""Colour and sign of each light, mildest first; ``missing`` is an empty ring."""
CONCERNS = {
    "not_serious": "low",
    "serious": "some",
    "very_serious": "high",
    "extremely_serious": "critical",
    "not_assessed": "unknown",
    "no_concerns": "low",
    "some_concerns": "some",
    "major_concerns": "high",
}
"""The light of each judgement of GRADE (downwards) and CINeMA."""
# The start is no concern, and what rates up has no light among concerns.
NOT_DRAWN = ("start", "large_effect", "dose_response", "opposing_confounding")
CELL, LINE = 30.0, 26.0


@dataclass(frozen=True, slots=True)
class AppraisedStudy:
    """One row: the study's name and one light of :data:`LIGHTS` a column; the last is overall."""

    label: str
    lights: tuple[str, ...]


def traffic_light_svg(
    rows: Sequence[AppraisedStudy],
    columns: Sequence[tuple[str, str]],
    *,
    title: str,
    legend: Sequence[tuple[str, str]],
) -> str:
    """A light for each study and column.

    Parameters
    ----------
    rows : sequence of AppraisedStudy
    columns : sequence of (short, long)
        Heading over the column, and its meaning in the key below.
    title : str
    legend : sequence of (light, words)
        The lights to explain, in order.
    """
    wide = 20 + max((_width(row.label) for row in rows), default=0) + 16
    top = 58.0
    right = wide + CELL * len(columns)
    out: list[str] = []
    for j, (short, meaning) in enumerate(columns):
        x = wide + CELL * (j + 0.5)
        out.append(
            f'<text class="heading" x="{x:.0f}" y="{top - 10}" text-anchor="middle">'
            f"<title>{escape(meaning)}</title>{escape(short)}</text>"
        )
    for i, row in enumerate(rows):
        y = top + LINE * (i + 0.5)
        if i % 2 == 0:
            out.append(
                f'<rect x="10" y="{y - LINE / 2:.1f}" width="{right - 10:.0f}" height="{LINE}" '
                'fill="#f4f6f8"/>'
            )
        out.append(f'<text x="20" y="{y + 4:.1f}">{escape(row.label)}</text>')
        for j, light in enumerate(row.lights):
            name = f"{row.label}, {columns[j][1]}"
            out.append(_light(wide + CELL * (j + 0.5), y, light, name))
    y = top + LINE * len(rows) + 22
    reach = right
    x = 20.0
    for light, words in legend:
        step = 24 + _width(words) + 14
        if x + step > max(right, 520):
            x, y = 20.0, y + 20
        out.append(_light(x + 8, y - 4, light, words, r=7))
        out.append(f'<text class="axis" x="{x + 20:.0f}" y="{y}">{escape(words)}</text>')
        x += step
        reach = max(reach, x)
    y += 22
    for short, meaning in columns:
        if meaning == short:
            continue
        text = f"{short}: {meaning}"
        out.append(f'<text class="axis" x="20" y="{y:.0f}">{escape(text)}</text>')
        reach = max(reach, 20 + _width(text))
        y += 17
    return _document(out, reach + 20, y + 4, title)


def appraisal_summary_svg(
    shares: Sequence[tuple[str, dict[str, float]]],
    *,
    title: str,
    axis: str,
    legend: Sequence[tuple[str, str]],
) -> str:
    """Stacked bars: for each domain the share (0 to 1) of each light, in the legend's order.

    The shares of a row sum to 1; what they count (studies or patients) is said by ``axis``.
    """
    left = 20 + max((_width(name) for name, _ in shares), default=0) + 12
    top, span = 44.0, 420.0
    out: list[str] = []
    for i, (name, parts) in enumerate(shares):
        y = top + LINE * i
        out.append(
            f'<text x="{left - 10:.0f}" y="{y + 16:.0f}" text-anchor="end">{escape(name)}</text>'
        )
        x = left
        for light, words in legend:
            part = parts.get(light, 0.0)
            if part <= 0:
                continue
            fill, sign = LIGHTS[light]
            out.append(
                f'<rect x="{x:.1f}" y="{y + 3:.1f}" width="{span * part:.1f}" height="{LINE - 7}" '
                f'fill="{fill}" stroke="#5b6b78" stroke-width=".6"><title>{escape(words)}: '
                f"{100 * part:.0f} %</title></rect>"
            )
            if span * part > 16:
                out.append(
                    f'<text class="mark" x="{x + span * part / 2:.1f}" y="{y + 16:.1f}" '
                    f'text-anchor="middle">{sign}</text>'
                )
            x += span * part
    y = top + LINE * len(shares)
    for tick in (0, 25, 50, 75, 100):
        at = left + span * tick / 100
        out.append(
            f'<line class="tickmark" x1="{at:.0f}" y1="{y}" x2="{at:.0f}" y2="{y + 4}"/>'
            f'<text class="tick" x="{at:.0f}" y="{y + 17}" text-anchor="middle">{tick}</text>'
        )
    out.append(
        f'<text class="axis" x="{left + span / 2:.0f}" y="{y + 34}" text-anchor="middle">'
        f"{escape(axis)}</text>"
    )
    y += 58
    x = 20.0
    for light, words in legend:
        step = 24 + _width(words) + 14
        if x + step > left + span:
            x, y = 20.0, y + 20
        out.append(_light(x + 8, y - 4, light, words, r=7))
        out.append(f'<text class="axis" x="{x + 20:.0f}" y="{y}">{escape(words)}</text>')
        x += step
    return _document(out, left + span + 24, y + 12, title)


def certainty_svg(
    rows: Sequence[tuple[str, Mapping[str, str]]],
    names: Mapping[str, str],
    *,
    title: str,
    legend: Sequence[tuple[str, str]],
) -> str:
    """A light for each domain of the certainty of several figures, by GRADE or by CINeMA.

    Parameters
    ----------
    rows : sequence of (str, mapping)
        The label to print (with the signs of its level), and the judgement of each domain.
    names : mapping of str to str
        Words for the domains, in the language of the page.
    title : str
    legend : sequence of (light, words)
        :data:`CONCERNS` says which light a judgement gets.
    """
    domains = [
        domain
        for domain in dict.fromkeys(domain for _, one in rows for domain in one)
        if domain not in NOT_DRAWN
    ]
    columns = [(str(i), names[domain]) for i, domain in enumerate(domains, 1)]
    drawn = [
        AppraisedStudy(label, tuple(CONCERNS[one[domain]] for domain in domains))
        for label, one in rows
    ]
    return traffic_light_svg(drawn, columns, title=title, legend=legend)


def _light(x: float, y: float, light: str, name: str, r: float = 9.5) -> str:
    fill, sign = LIGHTS[light]
    ring = "#9aa7b2" if light in ("missing", "not_applicable") else fill
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" fill="{fill}" stroke="{ring}">'
        f"<title>{escape(name)}: {escape(light.replace('_', ' '))}</title></circle>"
        f'<text class="mark" x="{x:.1f}" y="{y + 3.8:.1f}" text-anchor="middle" '
        f'style="font-size:{1.25 * r:.1f}px">{sign}</text>'
    )


def _width(text: str) -> float:
    """Rough width of a text at 12 px; wide characters (Chinese) count twice."""
    return sum(12.4 if ord(one) > 0x2E80 else 6.9 for one in text)


def _document(parts: Sequence[str], width: float, height: float, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img"><title>{escape(title)}</title>'
        f'{STYLE}<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>'
        f'<text class="heading" x="20" y="24">{escape(title)}</text>{"".join(parts)}</svg>'
    )

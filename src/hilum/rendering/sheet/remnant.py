"""The future remnant drawn on a scale with the published limits for such a liver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from hilum.sheet.verdict_numbers import plain_number

if TYPE_CHECKING:
    from hilum.sheet.sheet_verdict import RemnantScale
    from hilum.sheet.verdict_words import VerdictWords

WIDTH, LEFT, RIGHT = 264, 4, 14
GAP = 6
ENDS = (40, 60, 80, 100)


def remnant_scale(found: RemnantScale, tongue: VerdictWords, colour: str) -> Markup:
    """A drawing with its sentence; empty where no limit is for this patient."""
    if not found.cut_offs:
        return Markup("")
    values, cuts = sorted(found.percent.values()), [one.percent for one in found.cut_offs]
    end = next(one for one in ENDS if one >= max(values[-1], cuts[-1]) or one == ENDS[-1])
    now, needed = _texts(values, cuts, tongue)
    title = tongue.words(
        "Future liver remnant, % of the liver: {now}, {needed}", now=now, needed=needed
    )

    def x(percent: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * min(percent, end) / end, 1)

    parts = [
        f'<line x1="{x(0)}" x2="{x(end)}" y1="24" y2="24" stroke="#76818c"/>',
        f'<rect x="{x(cuts[0])}" width="{max(x(cuts[-1]) - x(cuts[0]), 1.5)}" y="18" height="12" '
        'fill="#b9cede"/>',
        *(
            f'<line x1="{x(cut)}" x2="{x(cut)}" y1="18" y2="30" stroke="#17202a"/>'
            for cut in dict.fromkeys(cuts)
        ),
        f'<rect x="{x(values[0]) - 3}" width="{x(values[-1]) - x(values[0]) + 6}" y="20.5" '
        f'height="7" rx="3.5" fill="{colour}"/>',
    ]
    step = end // 4
    for tick in range(0, end + 1, step):
        label = tongue.with_unit(str(tick), "percent") if tick == end else str(tick)
        parts.append(_text(x(tick), 43, label, "#46525e", "middle", size=11))
    parts += _labels(x(values[0]), x(values[-1]), x(cuts[0]), x(cuts[-1]), now, needed, colour)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="scale" role="img" '
        f'viewBox="0 0 {WIDTH} 47" width="{WIDTH}" height="47" '
        'font-family="Noto Sans, Noto Sans CJK SC, sans-serif">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _texts(values: list[float], cuts: list[float], tongue: VerdictWords) -> tuple[str, str]:
    low, high = plain_number(values[0]), plain_number(values[-1])
    least, most = plain_number(cuts[0]), plain_number(cuts[-1])
    return (
        tongue.words("now {value}", value=low if low == high else f"{low}–{high}"),
        tongue.words("needed {value}", value=least if least == most else f"{least}–{most}"),
    )


def _labels(
    low: float, high: float, first: float, last: float, now: str, needed: str, colour: str
) -> list[str]:
    """Both names over the line, each near its mark, moved apart where they would meet."""
    patient = ((low + high) / 2, now, colour, True)
    limits = ((first + last) / 2, needed, "#46525e", False)
    left, right = sorted((patient, limits), key=lambda one: one[0])
    start = max(0.0, left[0] - _wide(left[1]) / 2)
    second = max(right[0] - _wide(right[1]) / 2, start + _wide(left[1]) + GAP)
    second = min(second, WIDTH - _wide(right[1]))
    start = max(0.0, min(start, second - _wide(left[1]) - GAP))
    return [
        _text(start, 12, left[1], left[2], "start", left[3]),
        _text(second, 12, right[1], right[2], "start", right[3]),
    ]


def _wide(text: str) -> float:
    """About how wide a text is at 12 px."""
    return sum(12.0 if ord(one) > 0x2E80 else 6.6 for one in text)


def _text(
    x: float,
    y: float,
    text: str,
    colour: str,
    anchor: str,
    bold: bool = False,
    *,
    size: int = 12,
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y}" fill="{colour}" font-size="{size}" text-anchor="{anchor}"'
        f"{weight}>{escape(text)}</text>"
    )

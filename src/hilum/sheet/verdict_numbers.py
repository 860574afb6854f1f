"""Numbers of a verdict as they are printed, with the digits that they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hilum.sheet.sheet_verdict import Short, Value

CLASSES = ((6, "A"), (9, "B"), (15, "C"))


def child_pugh(value: Value) -> str:
    """Points with their class (Pugh 1973): A up to 6, B up to 9, C above."""
    ends = value if isinstance(value, list) else [value]
    points = [float(one) for one in ends if isinstance(one, int | float)]
    if not points:
        return ""
    named = [f"{next(name for most, name in CLASSES if one <= most)}{one:g}" for one in points]
    return "–".join(dict.fromkeys(named))


def plain_number(value: float) -> str:
    """A number with the digits it carries; what was computed is rounded to what can be meant."""
    if abs(value - round(value, 2)) < 1e-9:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    size = abs(value)
    return f"{value:.{0 if size >= 10 else 1 if size >= 1 else 2}f}"


def sided(one: Short) -> tuple[str, str]:
    """Both ends of the patient's value, with as many digits as keep them on their side."""
    found: list[str] = []
    for value in (one.low, one.high):
        text = plain_number(value)
        for digits in (1, 2, 3):
            near = one.cut_offs[0] if one.side == "below" else one.cut_offs[-1]
            crossed = float(text) >= near if one.side == "below" else float(text) <= near
            if not crossed or value == near:
                break
            text = f"{value:.{digits}f}"
        found.append(text)
    return found[0], found[1]

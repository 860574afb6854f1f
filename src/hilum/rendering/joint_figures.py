"""Figures of the joint model in print, to the digits that another seed keeps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hilum.synthesis.joint.precision import step_of

if TYPE_CHECKING:
    from hilum.analyses.joint_answer import Along, Difference, Figure
    from hilum.language import Words


def stepped(value: float, error: float, finest: float, sign: str = "") -> str:
    """A figure rounded to the step that its Monte-Carlo error leaves standing.

    ``sign`` as in a format; of what rounds to nothing ``+`` keeps the side that it was on.
    """
    step = step_of(error, finest)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    rounded = round(value / step) * step
    if sign and abs(rounded) <= step / 2:
        side = "" if value == 0 else "+" if value > 0 else "-"
        return f"{side}{0.0:.{decimals}f}"
    # No minus before nothing.
    return f"{rounded + 0.0 if abs(rounded) > step / 2 else 0.0:{sign}.{decimals}f}"


def ratio(value: Figure, error: Figure = None) -> str:
    """A ratio: two decimals, two digits where it is small, fewer where they do not stand."""
    if value is None:
        return "-"
    if value <= 0:
        return "0"
    finest = min(0.01, 10.0 ** (math.floor(math.log10(value)) - 1))
    step = step_of(error or 0.0, finest)
    return f"<{step:g}" if value < step / 2 else stepped(value, error or 0.0, finest)


def ratio_of(log: Figure, error: Figure) -> str:
    """A ratio of its logarithm, whose Monte-Carlo error is the ratio's by share of it."""
    if log is None:
        return "-"
    value = math.exp(log)
    return ratio(value, value * (error or 0.0))


def months_or_percent(value: Figure, error: Figure, *, percent: bool, words: Words) -> str:
    """An outcome with its unit."""
    if value is None:
        return "-"
    if percent:
        return f"{stepped(100 * value, 100 * (error or 0.0), 1.0)} %"
    return words("{value} months", value=stepped(value, error or 0.0, 0.1))


def listed(parts: list[str], words: Words) -> str:
    """Parts of a list, as the language joins them."""
    out = parts[0] if parts else ""
    for one in parts[1:]:
        out = words("{first}, {second}", first=out, second=one)
    return out


def versus(one: Difference | Along, words: Words) -> str:
    """A comparison by its two treatments."""
    return words("{first} v. {second}", first=one.treatment, second=one.comparator)

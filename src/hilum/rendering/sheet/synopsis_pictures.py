"""The pictures of a synopsis: bounds, operating characteristics, the size by the interim result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.plots import boundaries_svg, operating_svg, reestimation_svg
from hilum.rendering.sheet.synopsis_numbers import good_event
from hilum.rendering.sheet.synopsis_words import EXPECTED

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.trials.synopsis.record import Synopsis


def pictures(synopsis: Synopsis, words: Words) -> list[str]:
    """SVG of each picture that the design has."""
    found: list[str] = []
    if synopsis.interim:
        found.append(_size_by_interim(synopsis, words))
    if any(one.critical_ratio is not None for one in synopsis.looks):
        if len(synopsis.looks) > 1:
            found.append(_critical_ratios(synopsis, words))
    elif _bounded(synopsis) > 1:
        # A single bound, at the end alone, is no picture.
        found.append(_bounds(synopsis, words))
    if synopsis.curve:
        found.append(_operating(synopsis, words))
    return found


def _size_by_interim(s: Synopsis, words: Words) -> str:
    return reestimation_svg(
        [(one.z, one.planned_power, one.power, one.size) for one in s.interim],
        axis=words("interim z"),
        power=words("conditional power (%)"),
        size=words("Events in all") if s.events is not None else words("Patients in all"),
        title=words("Size by the interim result"),
        names=(words("new size"), words("planned size")),
    )


def _counted(s: Synopsis) -> bool:
    return any(one.futility_count is not None or one.efficacy_count for one in s.looks)


def _bounded(s: Synopsis) -> int:
    """Analyses that have a bound."""
    if _counted(s):
        return len(s.looks)
    return sum(one.efficacy_z is not None or one.futility_z is not None for one in s.looks)


def _bounds(s: Synopsis, words: Words) -> str:
    counted, events = _counted(s), s.looks[0].events is not None
    counts = words("events") if s.better == "lower" else words("responders")
    return boundaries_svg(
        [(one.events if events else one.n) or 0.0 for one in s.looks],
        [one.efficacy_count if counted else one.efficacy_z for one in s.looks],
        [one.futility_count if counted else one.futility_z for one in s.looks],
        axis=words("Events") if events else words("Patients"),
        side=counts if counted else "|z|" if s.sided == 2 else "z",
        title=words("Stopping bounds"),
        names=(words("efficacy"), words("futility")),
    )


def _critical_ratios(s: Synopsis, words: Words) -> str:
    ratios = [one.critical_ratio for one in s.looks]
    names = words("better at or below"), words("goes on at or below")
    if good_event(s):
        names = words("better at or above"), words("goes on at or above")
    return boundaries_svg(
        [one.months or 0.0 for one in s.looks],
        [None] * (len(ratios) - 1) + ratios[-1:],
        [*ratios[:-1], None],
        axis=words("Month"),
        side=words("hazard ratio"),
        title=words("Critical hazard ratios"),
        names=names,
        floor=0.5,
    )


def _operating(s: Synopsis, words: Words) -> str:
    axis = {
        "proportion": words("true rate (%)")
        if len(s.per_arm) == 1
        else words("true difference (percentage points)"),
        "ratio": words("true odds ratio")
        if s.kind == "stratified" and s.events is None
        else words("true rate ratio")
        if s.kind == "counts"
        else words("true hazard ratio"),
    }.get(s.scale, words("true effect"))
    marks = [
        (one.effect, "H0" if one.code == "null" else "H1")
        for one in s.operating
        if one.code in ("null", "alternative")
    ]
    return operating_svg(
        s.curve,
        marks,
        axis=axis,
        success=words("chance of success (%)"),
        size=words(EXPECTED[s.expected_of]),
        title=words("Operating characteristics"),
        percent=s.scale == "proportion",
    )

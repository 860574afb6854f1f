"""The self-check of a reading in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.language import Words
    from hilum.literature.figures.self_check import SelfCheck

PERCENT, PLAIN = "percent", "plain"

SAID: Final = {
    "covers_ink": ("the reading lies on {figure} of the drawn line (at least {bound})", PERCENT),
    "line_seen": (
        "what hides the line may change survival by {figure} (root mean square; at most {bound}), "
        "most of it from time {start} to {stop}",
        PERCENT,
    ),
    "steps_only_down": (
        "{figure} of the fall is drawn as a slope or goes back up (at most {bound})",
        PERCENT,
    ),
    "starts_at_one": ("the line starts {figure} away from 1 (at most {bound})", PERCENT),
    "starts_at_zero": (
        "what is not drawn before the line begins may change survival by {figure} (root mean "
        "square; at most {bound})",
        PERCENT,
    ),
    "end_told": (
        "whether the line falls or goes on at its end cannot be told from what is drawn there; it "
        "may lose {figure} of survival (at most {bound})",
        PERCENT,
    ),
    "levels_told": (
        "the title of the axis is not read in a picture: say whether this rising line is incidence "
        "(--increasing) or cumulative hazard (--hazard)",
        PLAIN,
    ),
    "axis_straight": ("the scale misses its points by {figure} (at most {bound})", PERCENT),
    "times_as_labelled": (
        "the label {start} of the axis of time stands where the points given say {stop}: {figure} "
        "of the axis away (at most {bound})",
        PERCENT,
    ),
    "levels_as_labelled": (
        "the label {start} of the axis of survival stands where the points given say {stop}: "
        "{figure} of the axis away (at most {bound})",
        PERCENT,
    ),
    "line_alone": ("other lines of this colour and dash: {figure} (at most {bound})", PLAIN),
    "marks_told": ("marks of censoring could not be told in this image", PLAIN),
    "patients_have_curve": (
        "the patients' curve is {figure} away from the printed one (root mean square; at most "
        "{bound}): the number of patients, of deaths or at risk is not that of this curve",
        PERCENT,
    ),
    "at_risk_fits": (
        "the curve has {figure} more deaths in a stretch than patients left it (at most {bound})",
        PLAIN,
    ),
    "at_risk_steps": (
        "{figure} of the steps of the curve are no whole number of deaths among the numbers at "
        "risk (at most {bound}): are they those of this curve, and of patients?",
        PERCENT,
    ),
    "at_risk_beyond": (
        "{figure} of the patients are at risk after the curve ends (at most {bound}): is it cut "
        "off there?",
        PERCENT,
    ),
    "at_risk_reaches": (
        "the numbers at risk end at {figure} of the curve's time (at least {bound}): are they in "
        "its unit? (a column unit of theirs says it)",
        PERCENT,
    ),
    "median_agrees": (
        "the median differs from the printed one by {figure} (at most {bound})",
        PERCENT,
    ),
    "hazard_ratio_agrees": (
        "the logarithm of the hazard ratio differs from the printed one by {figure} (at most "
        "{bound})",
        PLAIN,
    ),
}
"""The sentence of each check, and how its figures are written."""

NAMED: Final = {
    "covers_ink": "drawn line covered",
    "line_seen": "line seen",
    "steps_only_down": "steps only down",
    "starts_at_one": "starts at 1",
    "starts_at_zero": "starts at time 0",
    "end_told": "last fall",
    "levels_told": "what the levels are",
    "axis_straight": "scale fits its points",
    "times_as_labelled": "times as labelled",
    "levels_as_labelled": "levels as labelled",
    "line_alone": "line of its own",
    "marks_told": "marks of censoring",
    "patients_have_curve": "patients' curve",
    "at_risk_fits": "numbers at risk fit",
    "at_risk_steps": "steps are whole deaths of the numbers at risk",
    "at_risk_beyond": "nobody at risk after the end",
    "at_risk_reaches": "numbers at risk reach the end",
    "median_agrees": "printed median",
    "hazard_ratio_agrees": "printed hazard ratio",
}
"""Each check in two or three words."""


def check_lines(checks: Iterable[SelfCheck], words: Words) -> list[str]:
    """One line on what is fine, one for each warning, one on what could not be checked."""
    checks = tuple(checks)
    if not checks:
        return []
    lines: list[str] = []
    for text, outcome in (
        ("self-check, fine: {checks}", "ok"),
        ("self-check, not possible: {checks}", "not_possible"),
    ):
        named = [words(found(NAMED, c.code, "check")) for c in checks if c.outcome == outcome]
        if named:
            lines.append(words(text, checks=_listed(named, words)))
    lines += [
        words("WARNING: {what}", what=said(one, words)) for one in checks if one.outcome == "warn"
    ]
    return lines


def _listed(told: list[str], words: Words) -> str:
    out = told[0]
    for one in told[1:]:
        out = words("{first}, {second}", first=out, second=one)
    return out


def said(check: SelfCheck, words: Words) -> str:
    """What was measured in one check, with its bound."""
    text, how = found(SAID, check.code, "check")
    start, stop = check.span or (None, None)
    return words(
        text,
        figure=_number(check.figure, how),
        bound=_number(check.bound, how),
        start=_number(start, PLAIN),
        stop=_number(stop, PLAIN),
    )


def _number(value: float | None, how: str) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.3g} %" if how == PERCENT else f"{value:.3g}"


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {
        *(text for text, _ in SAID.values()),
        *NAMED.values(),
        *("self-check, fine: {checks}", "self-check, not possible: {checks}"),
    }

"""What is remarked beside any design: its margin, its power, how large trials have been."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from typing import TYPE_CHECKING, Any, Final

from hilum.answers import outcomes
from hilum.answers.contrasts import ALONE
from hilum.errors import NotEstimable, phrased
from hilum.trials.synopsis.record import Assumption, Step

if TYPE_CHECKING:
    from hilum.analyses.designs.asked import DesignAsked
    from hilum.evidence import Evidence
    from hilum.trials.synopsis.record import Synopsis

LISTED = {"alpha": "alphas", "power": "powers"}
"""Fields that hold a figure for every stage, by the figure of the last."""
HALF = 0.5
"""A margin above this share of the control's rate, of a benefit or of a harm, is remarked."""
WIDE: Final = {
    False: ("margin_whole", "margin_wide"),
    True: ("margin_doubles", "margin_half_more"),
}
"""What is said of a margin as large as the whole rate, or above half of it, by whether it harms."""


def remarked(asked: DesignAsked, synopsis: Synopsis, record: Evidence | None) -> Synopsis:
    """The synopsis with its margin among the assumptions, and what is to be remarked.

    ``record`` is None where the design names nothing of it.

    Raises
    ------
    NotEstimable
        A trial of these numbers cannot succeed: its power is 0.
    """
    able = next((one.success for one in synopsis.operating if one.code == "alternative"), None)
    if able == 0:
        message = phrased(
            "no result of a trial of {patients} patients would be a success: its power is 0; take "
            "more patients",
            patients=synopsis.patients,
        )
        raise NotEstimable(message)
    synopsis = _with_pace(asked, _not_given(asked, _with_margin(asked, synopsis)))
    largest = None if record is None else _largest(record)
    if largest is not None and synopsis.patients > largest[1]:
        study, n = largest
        step = Step("beyond_largest", {"n": synopsis.patients, "study": study, "largest": n})
        synopsis = replace(synopsis, steps=(*synopsis.steps, step))
    return synopsis


def _not_given(asked: DesignAsked, synopsis: Synopsis) -> Synopsis:
    """The synopsis, figures that nobody gave said to be the design's own."""
    usual: dict[str, Any] = {one.name: one.default for one in fields(asked)}

    def own(row: Assumption) -> bool:
        if row.parameter in LISTED and LISTED[row.parameter] in usual:
            return row.value == usual[LISTED[row.parameter]][-1]
        value = getattr(asked, row.parameter, MISSING)
        return value is None or (value is not MISSING and value == usual[row.parameter])

    rows = [
        replace(row, source="default") if row.source == "given" and own(row) else row
        for row in synopsis.assumptions
    ]
    return replace(synopsis, assumptions=tuple(rows))


def _with_pace(asked: DesignAsked, synopsis: Synopsis) -> Synopsis:
    """The synopsis with the patients a month that the scenarios were given."""
    from hilum.analyses.designs.simulated import TIMED, PlayedAsked

    if not isinstance(asked, PlayedAsked) or asked.kind_played in TIMED:
        return synopsis
    monthly = asked.pace.monthly
    if monthly is None:
        return synopsis
    row = Assumption("rate", monthly, "number", "given")
    return replace(synopsis, assumptions=(*synopsis.assumptions, row))


def _with_margin(asked: DesignAsked, synopsis: Synopsis) -> Synopsis:
    margin = getattr(asked, "margin", None)
    if margin is None or synopsis.hypothesis == "superiority":
        return synopsis
    row = Assumption("margin", margin, synopsis.scale, "given")
    found = {one.parameter: one.value for one in synopsis.assumptions}
    steps = [*synopsis.steps]
    rate = found.get("p2")
    if synopsis.scale == "proportion" and rate is not None:
        whole, half = WIDE[synopsis.better == "lower"]
        if margin >= rate:
            steps.append(Step(whole, {"margin": margin, "rate": rate}))
        elif margin > HALF * rate:
            steps.append(Step(half, {"margin": margin, "rate": rate}))
    return replace(synopsis, assumptions=(row, *synopsis.assumptions), steps=tuple(steps))


def margin_of_evidence(asked: DesignAsked, record: Evidence, synopsis: Synopsis) -> Synopsis:
    """Remark a hazard ratio's margin beyond the whole effect of the control over an inactive arm.

    The effect is the end nearest 1 of the 95 % interval of each randomised comparison of the
    control alone with an inactive arm on the outcome (FDA 2016, Non-Inferiority Clinical Trials):
    the margin lies beyond it where it is above the inverse of the least of them.
    """
    from hilum.sheet.named import named, outcome_named
    from hilum.sheet.why_compared import matching, published_comparisons

    margin, key = getattr(asked, "margin", None), outcome_named(asked.outcome or "")
    control = named(asked.control or asked.control_from_evidence or "", record)
    inactive = named("placebo", record)
    if margin is None or key is None or control is None or inactive is None or control.inactive:
        return synopsis
    if synopsis.hypothesis == "superiority" or synopsis.scale != "ratio":
        return synopsis
    rows = published_comparisons(
        record, matching(record, control, inactive), control, inactive, key, None
    )
    asked_outcome = str(outcomes()[key].outcome)
    ends: list[tuple[float, str]] = []
    for one in rows:
        if one.kind != "randomised" or one.measure != "hazard_ratio" or one.beside:
            continue
        if one.interval is None or None in one.interval or one.treatment not in control.sides:
            continue
        if one.outcome == asked_outcome and one.comparator != ALONE:
            ends.append((max(end for end in one.interval if end is not None), one.study))
    if not ends:
        return synopsis
    end, study = max(ends)
    if margin * end < 1:
        return synopsis
    step = Step("margin_effect", {"margin": margin, "study": study, "end": end, "most": 1 / end})
    return replace(synopsis, steps=(*synopsis.steps, step))


def _largest(record: Evidence) -> tuple[str, int] | None:
    """The randomised trial of the record that recruited most patients."""
    from hilum.evidence import Design

    sizes = [(one.n_patients, one.name) for one in record.studies
             if one.design is Design.RCT and one.n_patients]  # fmt: skip
    if not sizes:
        return None
    n, study = max(sizes)
    return study, n

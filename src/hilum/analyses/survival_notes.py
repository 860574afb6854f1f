"""What a reader of pooled survival must be told: where figures do not fit one another."""

from __future__ import annotations

from math import log
from statistics import median
from typing import TYPE_CHECKING, Any

from hilum.analyses.survival_answer import CLOSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.survival_answer import Alive, ArmRow
    from hilum.analyses.survival_table import SurvivalTable

# Pooled survival may leave the reports by so much before it is named.
MARGIN = 0.03
# Studies whose patients live so many times longer, or shorter, than those of the others: days in a
# week, below a month's and a year's weeks, days and months. Of a half-normal tau of scale 0.5, the
# prior of what varies between studies, hardly one study in a hundred is so far off.
FAR = 7.0


def notes(table: SurvivalTable, answer: dict[str, Any]) -> tuple[str, ...]:
    """Codes of what holds of an answer, whose own two (of the shape) are taken out of it."""
    told = {
        "no_unit": table.unit is None,
        "units_converted": table.converted,
        "one_study": answer["k"] == 1,
        "exponential_assumed": answer.pop("exponential_assumed", False),
        "shape_from_evidence": answer.pop("shape_from_evidence", False),
        "contradicting": any(one.reason == "contradicts" for one in answer["left_out"]),
        "another_unit": bool(another_unit(answer["studies"])),
        "outside_reports": any(outside_reports(one, answer["studies"]) for one in answer["rates"]),
        "deaths_in_range": any(one.information < 1 for one in answer["studies"]),
        "undetermined": any(one.undetermined for one in answer["rates"]),
        "extrapolated": any(
            one is not None and one.extrapolated
            for one in (*answer["rates"], answer.get("median"), answer.get("rmst"))
        ),
    }
    return tuple(code for code, holds in told.items() if holds)


def outside_reports(one: Alive, studies: Sequence[ArmRow]) -> bool:
    """Whether pooled survival lies above, or below, what every arm that reports here says.

    An arm reports here where its figures stand on both sides of the time, or at it: its survival
    then lies between theirs.
    """
    spans: list[tuple[float, float]] = []
    for arm in studies:
        points = [(0.0, 1.0), *((m.time, m.survival) for m in arm.marks), *arm.steps]
        before = [s for t, s in points if t <= one.time * (1 + CLOSE)]
        after = [s for t, s in points if t >= one.time * (1 - CLOSE)]
        if after:
            spans.append((max(after), min(before)))
    if len(spans) < max(2, one.k):
        return False
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    return not low - MARGIN <= one.survival <= high + MARGIN


def another_unit(studies: Sequence[ArmRow]) -> tuple[str, ...]:
    """Studies whose times may be in another unit: :data:`FAR` off the middle one of the others.

    An arm's mean survival is taken as if its hazard were constant up to its last figure.
    """
    by_study: dict[str, list[float]] = {}
    for arm in studies:
        points = sorted([*((m.time, m.survival) for m in arm.marks), *arm.steps])
        inside = [(t, s) for t, s in points if t > 0 and 0 < s < 1]
        if inside:
            t, s = inside[-1]
            by_study.setdefault(arm.study, []).append(t / -log(s))
    each = {study: median(means) for study, means in by_study.items()}
    far: list[str] = []
    for study, own in each.items():
        others = [mean for name, mean in each.items() if name != study]
        if others and not 1 / FAR < own / median(others) < FAR:
            far.append(study)
    return tuple(far)

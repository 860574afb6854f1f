"""What a reader of pooled survival must be told: where figures do not fit one another."""

from __future__ import annotations

from itertools import pairwise
from math import comb, log, sqrt
from statistics import NormalDist, median
from typing import TYPE_CHECKING, Any

from hilum.analyses.survival_answer import CLOSE
from hilum.analyses.survival_times import MARGIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.analyses.survival_answer import Alive, ArmRow, Line
    from hilum.analyses.survival_table import SurvivalTable
    from hilum.synthesis.survival.reports import Grouped

# Studies whose patients live so many times longer, or shorter, than those of the others: days in a
# week, below a month's and a year's weeks, days and months. Of a half-normal tau of scale 0.5, the
# prior of what varies between studies, hardly one study in a hundred is so far off.
FAR = 7.0
# As many studies beyond the interval of a new study are chance less often than this.
CHANCE = 0.05


def notes(table: SurvivalTable, answer: dict[str, Any], level: float) -> tuple[str, ...]:
    """Codes of what holds of an answer, whose own (of the shape) are taken out of it."""
    others = (answer.get("median"), answer.get("rmst"))
    figures = [*answer["rates"], *(one for one in others if one is not None)]
    told = {
        "no_unit": table.unit is None,
        "units_converted": table.converted,
        "arms_together": bool(table.together),
        "by_limit": bool(table.by_limit),
        "arms_differ": bool(arms_that_differ(answer["studies"])),
        "odd_widths": bool(answer["odd_widths"]),
        "one_study": answer["k"] == 1,
        "no_shape": answer.pop("no_shape", False),
        "exponential_assumed": answer.pop("exponential_assumed", False),
        "shape_from_evidence": answer.pop("shape_from_evidence", False),
        "shape_from_widths": answer.pop("shape_from_widths", False),
        "contradicting": any(one.reason == "contradicts" for one in answer["left_out"]),
        "another_unit": bool(another_unit(answer["studies"])),
        "beyond_new_study": bool(beyond_new_study(answer["curve"], answer["studies"], level)),
        "outside_reports": any(outside_reports(one, answer["studies"]) for one in answer["rates"]),
        "far_points": any(one.far is not None for one in answer["studies"]),
        "deaths_in_range": any(one.information < 1 for one in answer["studies"]),
        "undetermined": any(one.undetermined for one in figures),
        "extrapolated": any(one.extrapolated for one in figures),
    }
    return tuple(code for code, holds in told.items() if holds)


def shape_from(assumed: bool, arms: Sequence[Grouped]) -> dict[str, bool]:
    """Codes of what a shape rests on that no arm's times tell."""
    widths = any(arm.widths for arm in arms)
    return {
        "shape_from_evidence": assumed and not widths,
        "shape_from_widths": assumed and widths,
    }


def arms_that_differ(studies: Sequence[ArmRow]) -> tuple[str, ...]:
    """Names of arms, where some study has two or more: one curve is made of all."""
    names: dict[str, set[str]] = {}
    for arm in studies:
        if arm.arm:
            names.setdefault(arm.study, set()).add(arm.arm)
    if all(len(own) < 2 for own in names.values()):
        return ()
    return tuple(dict.fromkeys(arm.arm for arm in studies if arm.arm))


def outside_reports(one: Alive, studies: Sequence[ArmRow]) -> bool:
    """Whether pooled survival lies above, or below, what every arm that reports here says.

    An arm reports here where its figures stand on both sides of the time, or at it: its survival
    then lies between theirs. One whose figures end before has at most what it had at the last.
    """
    spans: list[tuple[float, float]] = []
    ended: list[tuple[float, float]] = []
    for arm in studies:
        points = [(0.0, 1.0), *((m.time, m.survival) for m in arm.marks), *arm.steps]
        before = [s for t, s in points if t <= one.time * (1 + CLOSE)]
        after = [s for t, s in points if t >= one.time * (1 - CLOSE)]
        if after:
            spans.append((max(after), min(before)))
        elif len(points) > 1:
            ended.append((0.0, min(before)))
    if len(spans) < max(2, one.k):
        return False
    spans += ended
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


def beyond_new_study(line: Line, studies: Sequence[ArmRow], level: float) -> tuple[str, ...]:
    """Studies beyond the interval of a new study, where they are more than chance puts there.

    A study is beyond it at a time where the score interval (Wilson 1927) of what one of its arms
    has alive then lies wholly outside: its sampling does not explain it. A share 1 - ``level`` of
    the studies may be there; so many or more of those that report at the time must have a
    probability below :data:`CHANCE`.
    """
    if line.pi_lb is None or line.pi_ub is None:
        return ()
    times = sorted({mark.time for arm in studies for mark in arm.marks if mark.kind == "rate"})
    found: set[str] = set()
    for time in times:
        ends = _at(line.time, line.pi_lb, time), _at(line.time, line.pi_ub, time)
        said = [(arm, share) for arm in studies if (share := _alive_at(arm, time)) is not None]
        told = {arm.study for arm, _ in said}
        off = {arm.study for arm, share in said if _outside(share, arm.n, ends, level)}
        if off and _as_many(len(off), len(told), 1 - level) < CHANCE:
            found |= off
    return tuple(dict.fromkeys(arm.study for arm in studies if arm.study in found))


def _outside(
    share: float, n: float | None, ends: tuple[float | None, float | None], level: float
) -> bool:
    low, high = ends
    if not n or low is None or high is None:
        return False
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return centre + half < low or centre - half > high


def _alive_at(arm: ArmRow, time: float) -> float | None:
    """What an arm has alive at a time: printed for it, or its patients' step."""
    for mark in arm.marks:
        if mark.kind == "rate" and abs(mark.time - time) <= CLOSE * time:
            return mark.survival
    if not arm.steps or time > arm.last * (1 + CLOSE):
        return None
    return next((s for t, s in reversed(arm.steps) if t <= time), 1.0)


def _at(times: Iterable[float | None], values: Iterable[float | None], time: float) -> float | None:
    """The curve's value at a time, on the straight line between its two neighbours."""
    known = [(t, v) for t, v in zip(times, values, strict=True) if t is not None and v is not None]
    for (t0, v0), (t1, v1) in pairwise(known):
        if t0 <= time <= t1:
            return v0 if t1 == t0 else v0 + (v1 - v0) * (time - t0) / (t1 - t0)
    return None


def _as_many(found: int, of: int, share: float) -> float:
    """Probability that at least ``found`` of so many lie where each lies with ``share``."""
    return sum(comb(of, i) * share**i * (1 - share) ** (of - i) for i in range(found, of + 1))

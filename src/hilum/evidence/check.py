"""Checks across cells and rows that no single cell can fail."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING

from hilum.errors import Fault, phrased
from hilum.evidence.check_codes import check_codes
from hilum.evidence.limits import limit
from hilum.evidence.records import Arm, Evidence, Result, Study
from hilum.evidence.vocabulary import Measure
from hilum.records import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

PERCENT_MEASURES = (Measure.PROPORTION, Measure.RATE_AT)
PERCENT_TOLERANCE = limit("share_of_events")
INTERVAL_POINTS, INTERVAL_UNITS = limit("interval_points"), limit("interval_units")
GRADES_SUM = limit("grades_sum")
# What may differ between two entries of one figure.
NOT_THE_FIGURE = ("row", "notes", "locator", "result_id")
# Version 1 let one figure stand twice where two texts print it; version 2 keeps it once.
READ_TWICE = ("source", "p_value")
P_VALUE = re.compile(r"^(?:[<>=]=?\s*)?(?:0?\.\d+|0|1(?:\.0+)?|\d(?:\.\d+)?e-\d+)$|^[a-zA-Z]")


def check_evidence(evidence: Evidence) -> list[Fault]:
    """Faults between rows and between cells of one row, over all tables."""
    faults: list[Fault] = []
    faults += _studies(evidence.studies)
    faults += _arms(evidence)
    faults += _results(evidence)
    faults += check_codes(evidence)
    return faults


def _studies(studies: Iterable[Study]) -> list[Fault]:
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for study in studies:
        line = study.row
        if study.study_id in seen:
            expected = phrased("an id not used before (line {seen})", seen=seen[study.study_id])
            faults.append(Fault("studies.csv", line, "study_id", study.study_id, expected))
        seen.setdefault(study.study_id, line)
        if study.enrol_start and study.enrol_end and study.enrol_start > study.enrol_end:
            expected = phrased(
                "a year not after enrol_end ({enrol_end})", enrol_end=study.enrol_end
            )
            value = str(study.enrol_start)
            faults.append(Fault("studies.csv", line, "enrol_start", value, expected))
        if study.year and study.enrol_end and study.enrol_end > study.year:
            expected = phrased("a year not after publication ({year})", year=study.year)
            value = str(study.enrol_end)
            faults.append(Fault("studies.csv", line, "enrol_end", value, expected))
        if study.verify not in (None, "yes"):
            faults.append(Fault("studies.csv", line, "verify", study.verify, "'yes' or empty"))
    return faults


def _arms(evidence: Evidence) -> list[Fault]:
    faults: list[Fault] = []
    seen: dict[tuple[str, str], int] = {}
    for arm in evidence.arms:
        line = arm.row
        if not _has_study(evidence, arm.study_id):
            faults.append(_unknown("arms.csv", line, "study_id", arm.study_id, evidence.study))
        key = (arm.study_id, arm.arm_id)
        if key in seen:
            expected = phrased("an arm not described before (line {seen})", seen=seen[key])
            faults.append(Fault("arms.csv", line, "arm_id", arm.arm_id, expected))
        seen.setdefault(key, line)
        faults += _grades(line, arm)
    return faults


def _grades(line: int, arm: Arm) -> list[Fault]:
    shares = [share for share in (arm.pct_grade1, arm.pct_grade2, arm.pct_grade3) if share]
    if sum(shares) > GRADES_SUM:
        value = " + ".join(f"{share:g}" for share in shares)
        return [Fault("arms.csv", line, "pct_grade1", value, "grades that sum to 100 at most")]
    return []


def _results(evidence: Evidence) -> list[Fault]:
    faults: list[Fault] = []
    arm_ids: dict[str, list[str]] = {}
    for arm in evidence.arms:
        arm_ids.setdefault(arm.study_id, []).append(arm.arm_id)
    seen: dict[tuple[object, ...], int] = {}
    apart = NOT_THE_FIGURE if evidence.version < 2 else (*NOT_THE_FIGURE, *READ_TWICE)
    figure = attrgetter(*(name for name in Result.model_fields if name not in apart))
    for result in evidence.results:
        if not _has_study(evidence, result.study_id):
            faults.append(
                _unknown("results.csv", result.row, "study_id", result.study_id, evidence.study)
            )
        else:
            for column in ("arm_id", "comparator_arm_id"):
                name: str | None = getattr(result, column)
                known = arm_ids.get(result.study_id, [])
                unread = (result.study_id, name) in evidence.unread
                if name is not None and name not in known and not unread:
                    faults.append(_unknown("results.csv", result.row, column, name, known))
        faults += [
            Fault("results.csv", result.row, column, value, expected)
            for column, value, expected in _cells(result)
        ]
        key = figure(result)
        if key in seen:
            expected = phrased("a figure not entered before (line {seen})", seen=seen[key])
            faults.append(Fault("results.csv", result.row, "row", result.label, expected))
        seen.setdefault(key, result.row)
    return faults


def _cells(result: Result) -> Iterable[tuple[str, str, str]]:
    """(column, value, expected) of each cell that contradicts another of the same row."""
    value, low, high = result.value, result.ci_low, result.ci_high
    percent = result.measure in PERCENT_MEASURES
    if result.measure is Measure.RATE_AT and result.time_months is None:
        yield "time_months", "", "the time of the rate, in months"
    if result.events is not None and result.n is not None and result.events > result.n:
        yield "events", str(result.events), phrased("at most n ({n})", n=result.n)
    elif percent and result.events is not None and result.n is not None and value is not None:
        share = 100 * result.events / result.n
        # Survival rates at t count survivors against censored follow-up: not events over n.
        if result.measure is Measure.PROPORTION and abs(share - value) > PERCENT_TOLERANCE:
            yield (
                "value",
                f"{value:g}",
                phrased(
                    "about {share:.1f} percent ({events}/{n})",
                    share=share,
                    events=result.events,
                    n=result.n,
                ),
            )
    for column, cell in (("value", value), ("ci_low", low), ("ci_high", high)):
        if cell is None:
            continue
        if percent and not 0 <= cell <= 100:
            yield column, f"{cell:g}", "a percentage from 0 to 100"
        elif not percent and (cell < 0 or (cell == 0 and column != "ci_low")):
            yield column, f"{cell:g}", "a number above 0"
    if low is not None and high is not None and low > high:
        yield "ci_low", f"{low:g}", phrased("at most ci_high ({high:g})", high=high)
    elif value is not None:
        slack = INTERVAL_POINTS if percent else INTERVAL_UNITS
        if low is not None and value < low - slack:
            yield "value", f"{value:g}", phrased("at least ci_low ({low:g})", low=low)
        if high is not None and value > high + slack:
            yield "value", f"{value:g}", phrased("at most ci_high ({high:g})", high=high)
    if result.p_value is not None and not P_VALUE.match(result.p_value):
        yield "p_value", result.p_value, "a p value such as 0.03 or <0.001"
    if result.comparator_arm_id == result.arm_id:
        yield "comparator_arm_id", result.arm_id, "another arm than arm_id"


def _has_study(evidence: Evidence, study_id: str) -> bool:
    return study_id in evidence.study or (study_id, "") in evidence.unread


def _unknown(file: str, line: int, column: str, value: str, known: Iterable[str]) -> Fault:
    hint = nearest(value, list(known), 1)
    sentence = (
        "an id of studies.csv{hint}"
        if column == "study_id"
        else "an id of arms.csv for this study{hint}"
    )
    return Fault(file, line, column, value, phrased(sentence, hint=hint))

"""Checks of the codes of version 2, and of figures against each other.

A code never stands alone: a first-line arm has not failed, a pancreatic arm is pancreatic by its
percentages, a survival curve does not rise. What contradicts is a fault; nothing is corrected.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from hilum.errors import Fault, phrased
from hilum.evidence.codes import GradeScope, Line, NFrom, ReferenceArm, Site, UnitOfN
from hilum.evidence.limits import limit
from hilum.evidence.vocabulary import (
    ANALOGUES,
    COMPLICATIONS,
    MODALITIES,
    OUTCOMES,
    RESPONSES,
    SURVIVALS,
    Design,
    FigureKind,
    Measure,
    Outcome,
    Population,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hilum.evidence.records import Arm, Evidence, Result, Study

Finding = tuple[str, str, str]
"""Column, value, expected."""

SITE_SURE, SITE_LEAST = limit("site_sure"), limit("site_least")
OTHER_GRADE = limit("other_grade")
ARM_OVER_STUDY, ROW_OVER_ARM = limit("arm_over_study"), limit("row_over_arm")
COUNTED_APART = re.compile(r"procedure|evaluation|safety")
COUNTED_OTHERWISE = re.compile(r"safety|any line|final OS|procedure")
RISE, SHARE_STEP = limit("rise"), limit("share_step")


HELD = tuple(
    (Outcome(one.outcome), Outcome(one.held_by)) for one in OUTCOMES.values() if one.held_by
)
"""A share and the one that holds it."""


def check_codes(evidence: Evidence) -> list[Fault]:
    """Faults of the codes of version 2; none for tables of version 1, which have no codes."""
    if evidence.version < 2:
        return []
    with_arms = {arm.study_id for arm in evidence.arms}
    with_arms |= {study_id for study_id, arm_id in evidence.unread if arm_id}
    faults = [
        Fault("studies.csv", study.row, *found)
        for study in evidence.studies
        for found in _study(study, with_arms)
    ]
    faults += _same_publication(evidence.studies)
    for arm in evidence.arms:
        found = [*_arm(arm), *_course(arm), *_place(evidence, arm)]
        faults += [Fault("arms.csv", arm.row, *one) for one in found]
    for row in evidence.results:
        arm = evidence.arm.get((row.study_id, row.arm_id))
        found = [*_figure(row), *_denominator(evidence, row, arm)]
        faults += [Fault("results.csv", row.row, *one) for one in found]
    return faults + _ids(evidence.results) + _within_arms(evidence.results)


def _study(study: Study, with_arms: set[str]) -> Iterator[Finding]:
    if study.cohort_of and not study.cohort_basis:
        yield "cohort_basis", "", "printed, inferred or known where cohort_of is given"
    if study.cohort_basis and not study.cohort_of:
        yield "cohort_basis", study.cohort_basis, "empty without a cohort_of"
    if study.study_id not in with_arms:
        yield "study_id", study.study_id, "at least one arm in arms.csv"


def _same_publication(studies: Iterable[Study]) -> list[Fault]:
    faults: list[Fault] = []
    seen: dict[tuple[str, str], str] = {}
    for study in studies:
        for column, value in (("pmid", study.pmid), ("pmcid", study.pmcid), ("doi", study.doi)):
            if value is None:
                continue
            key = (column, value.lower())
            if key in seen:
                expected = phrased(
                    "an id that {seen} does not have: one study under two ids", seen=seen[key]
                )
                faults.append(Fault("studies.csv", study.row, column, value, expected))
            seen.setdefault(key, study.study_id)
    return faults


def _arm(arm: Arm) -> Iterator[Finding]:
    """The codes of one arm by themselves."""
    parts = arm.modality.split("+")
    yield from _site(arm)
    yield from _grade(arm)
    if arm.background and not ANALOGUES & set(parts):
        yield "background", arm.background, "an analogue in the modality"
    yield from _nuclide(arm, parts)


def _site(arm: Arm) -> Iterator[Finding]:
    """Site of the primary against the shares of the sites."""
    pancreatic, bowel = arm.pct_pancreatic, arm.pct_small_bowel
    if pancreatic is not None and pancreatic >= SITE_SURE and arm.site is not Site.PANCREAS:
        yield (
            "site",
            arm.site,
            phrased("pancreas, with {pancreatic:g} % pancreatic", pancreatic=pancreatic),
        )
    if arm.site is Site.PANCREAS and pancreatic is not None and pancreatic < SITE_LEAST:
        yield (
            "site",
            arm.site,
            phrased("another site, with {pancreatic:g} % pancreatic", pancreatic=pancreatic),
        )
    if arm.site is Site.SMALL_BOWEL and bowel is not None and bowel < SITE_LEAST:
        yield (
            "site",
            arm.site,
            phrased("another site, with {bowel:g} % of the small bowel", bowel=bowel),
        )
    if arm.site is Site.SMALL_BOWEL and pancreatic is not None and pancreatic > 100 - SITE_LEAST:
        yield (
            "site",
            arm.site,
            phrased("another site, with {pancreatic:g} % pancreatic", pancreatic=pancreatic),
        )


def _grade(arm: Arm) -> Iterator[Finding]:
    """Scope of the grade against the shares of the grades and how the patients were chosen."""
    well = (arm.pct_grade1 or 0) + (arm.pct_grade2 or 0)
    if arm.grade_scope is GradeScope.NEC and well > OTHER_GRADE:
        yield (
            "grade_scope",
            arm.grade_scope,
            phrased("mixed, with {well:g} % of grade 1 or 2", well=well),
        )
    third = arm.pct_grade3
    if arm.grade_scope is GradeScope.G1_2 and third is not None and third > OTHER_GRADE:
        yield (
            "grade_scope",
            arm.grade_scope,
            phrased("mixed, with {pct_grade3:g} % of grade 3", pct_grade3=third),
        )
    if arm.grade_scope is GradeScope.G1_2 and arm.chosen.grade:
        yield "selection", arm.selection, "a selection of grade 1-2, as grade_scope says"
    if arm.grade_scope is GradeScope.NEC and arm.chosen.grade == "grade3":
        yield "selection", arm.selection, "a selection of carcinomas, as grade_scope says"


def _nuclide(arm: Arm, parts: Iterable[str]) -> Iterator[Finding]:
    """Nuclide against those of the modality's parts."""
    holding = [MODALITIES[part] for part in parts if part in MODALITIES]
    holding = [one for one in holding if one.nuclides]
    allowed = {nuclide for one in holding for nuclide in one.nuclides}
    if not allowed or arm.nuclide in allowed:
        return
    if arm.nuclide is None and all(one.names_nuclide for one in holding):
        return
    expected = phrased(
        "one of {known} for {modality}", known=", ".join(sorted(allowed)), modality=arm.modality
    )
    yield "nuclide", "" if arm.nuclide is None else arm.nuclide, expected


def _course(arm: Arm) -> Iterator[Finding]:
    """Line of treatment against how the patients were chosen and what kind of arm it is."""
    course = arm.chosen.course
    if arm.line is Line.FIRST and course == "later":
        yield (
            "line",
            arm.line,
            phrased("later, with the selection {selection!r}", selection=arm.selection),
        )
    if arm.line is Line.LATER and course == "first":
        yield (
            "line",
            arm.line,
            phrased("first, with the selection {selection!r}", selection=arm.selection),
        )
    if arm.line is Line.FIRST and arm.reference_arm is ReferenceArm.YES:
        yield "line", arm.line, "later: reference_arm says that its drug had failed before"
    if arm.line is Line.RETREATMENT and course == "first":
        yield (
            "line",
            arm.line,
            phrased("first, with the selection {selection!r}", selection=arm.selection),
        )


def _place(evidence: Evidence, arm: Arm) -> Iterator[Finding]:
    """An arm in its study."""
    study = evidence.study.get(arm.study_id)
    if arm.part_of is not None:
        whole = evidence.arm.get((arm.study_id, arm.part_of))
        if arm.part_of == arm.arm_id or (
            whole is None and (arm.study_id, arm.part_of) not in evidence.unread
        ):
            yield "part_of", arm.part_of, "another arm of the same study"
        elif whole is not None and whole.part_of == arm.arm_id:
            yield (
                "part_of",
                arm.part_of,
                phrased("an arm that is not itself part of {arm_id}", arm_id=arm.arm_id),
            )
        elif whole is not None and arm.n and whole.n and arm.n > whole.n:
            yield (
                "part_of",
                arm.part_of,
                phrased("an arm of at least {n} patients, not {n_2}", n=arm.n, n_2=whole.n),
            )
    if study is None:
        return
    if study.population is Population.NETLM and arm.scope == "localised":
        yield "scope", arm.scope, "patients with liver metastases, as the study's population says"
    if (
        arm.n is not None
        and study.n_patients is not None
        and arm.n > study.n_patients * ARM_OVER_STUDY
        and not COUNTED_APART.search(f"{arm.description or ''}{arm.notes or ''}")
    ):
        yield (
            "n",
            str(arm.n),
            phrased("at most the study's {n_patients} patients", n_patients=study.n_patients),
        )


def _figure(row: Result) -> Iterator[Finding]:
    """The codes of one figure."""
    if row.value is None and row.events is None:
        yield "value", "", "a value or events"
    if row.locator is None:
        yield "locator", "", "where in the text the figure stands"
    if (row.criteria_class is not None) != (row.outcome in RESPONSES):
        expected = (
            phrased("a class of criteria")
            if row.outcome in RESPONSES
            else phrased("empty for {outcome}", outcome=row.outcome)
        )
        yield "criteria_class", row.criteria_class or "", expected
    if (row.severity is not None) != (row.outcome in COMPLICATIONS):
        expected = (
            phrased("a severity")
            if row.outcome in COMPLICATIONS
            else phrased("empty for {outcome}", outcome=row.outcome)
        )
        yield "severity", row.severity or "", expected
    if row.origin is not None and row.outcome not in SURVIVALS:
        yield "from", row.origin, phrased("empty for {outcome}", outcome=row.outcome)


def _denominator(evidence: Evidence, row: Result, arm: Arm | None) -> Iterator[Finding]:
    if row.n is not None and row.n_from is not NFrom.ROW:
        yield "n_from", row.n_from, "row, since the row has an n"
    if row.n is None and row.n_from is NFrom.ROW:
        yield "n_from", row.n_from, "arm, study or none, since the row has no n"
    borrowed = row.n_from in (NFrom.ARM, NFrom.STUDY)
    if borrowed and row.unit_of_n is not UnitOfN.PATIENTS:
        yield (
            "n_from",
            row.n_from,
            phrased("none: an arm's n are patients, not {unit_of_n}", unit_of_n=row.unit_of_n),
        )
    study = evidence.study.get(row.study_id)
    if arm is None or study is None:
        return
    if row.n_from is NFrom.ARM and arm.n is None:
        yield "n_from", row.n_from, "none: the arm has no n"
    if row.n_from is NFrom.STUDY and study.n_patients is None:
        yield "n_from", row.n_from, "none: the study has no n_patients"
    if study.design is Design.POOLED_ANALYSIS and row.figure_kind is FigureKind.ESTIMATE:
        yield "figure_kind", row.figure_kind, "another kind: a review's figure is no estimate"
    if (
        row.n is not None
        and arm.n is not None
        and row.n > ROW_OVER_ARM * arm.n
        and row.unit_of_n is UnitOfN.PATIENTS
        and row.subgroup is None
        and not COUNTED_OTHERWISE.search(
            " ".join(filter(None, (row.notes, arm.notes, arm.description, row.criteria)))
        )
    ):
        yield "n", str(row.n), phrased("at most the arm's {n} patients", n=arm.n)


def _ids(results: Iterable[Result]) -> list[Fault]:
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for row in results:
        if row.result_id.rpartition("-")[0] != row.study_id:
            expected = phrased("an id that begins with {study_id}-", study_id=row.study_id)
            faults.append(Fault("results.csv", row.row, "result_id", row.result_id, expected))
        if row.result_id in seen:
            expected = phrased("an id not used before (line {seen})", seen=seen[row.result_id])
            faults.append(Fault("results.csv", row.row, "result_id", row.result_id, expected))
        seen.setdefault(row.result_id, row.row)
    return faults


def _within_arms(results: Iterable[Result]) -> list[Fault]:
    """Figures of one group of patients against each other: curves fall, shares nest."""
    curves: dict[tuple[object, ...], list[tuple[float, float, int]]] = defaultdict(list)
    shares: dict[tuple[object, ...], dict[Outcome, list[tuple[float, int]]]] = defaultdict(dict)
    for row in results:
        if row.figure_kind is not FigureKind.ESTIMATE or row.comparator_arm_id or row.value is None:
            continue
        who = (row.study_id, row.arm_id, row.subgroup)
        if row.measure is Measure.RATE_AT and OUTCOMES[row.outcome].curve and row.time_months:
            key = (*who, row.outcome, row.criteria)
            curves[key].append((row.time_months, row.value, row.row))
        elif row.measure is Measure.PROPORTION and row.unit_of_n is UnitOfN.PATIENTS:
            key = (*who, row.criteria_class, row.n, row.time_months)
            shares[key].setdefault(row.outcome, []).append((row.value, row.row))
    faults: list[Fault] = []
    for points in curves.values():
        points.sort()
        for (before, high, _), (after, value, line) in pairwise(points):
            bad = abs(value - high) > RISE if after == before else value > high + RISE
            if bad:
                expected = phrased(
                    "at most the {high:g} % at {before:g} months: survival never rises",
                    high=high,
                    before=before,
                )
                faults.append(Fault("results.csv", line, "value", f"{value:g}", expected))
    for group in shares.values():
        for part, whole in HELD:
            if len(group.get(part, [])) != 1:
                continue
            ((value, line),) = group[part]
            faults += [
                Fault(
                    "results.csv",
                    line,
                    "value",
                    f"{value:g}",
                    phrased("at most {high:g} % ({whole})", high=high, whole=whole),
                )
                for high, _ in group.get(whole, [])
                if value > high + SHARE_STEP
            ]
    return faults

"""Why a comparison of two treatments does not speak of a patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.answers.fits import grade_fits, mostly_other, stands
from hilum.answers.tables import subsite
from hilum.evidence.codes import Line
from hilum.evidence.vocabulary import Population

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.evidence import Evidence, Result


def misfit_of(
    evidence: Evidence, site: str = "any", grade: str = "G1-2", line: str = "any"
) -> Callable[[Result], str | None]:
    """A reader of rows: the code of what keeps a comparison from a patient, or ``None``.

    The reasons are those of the cells: other tumours, another grade, another primary site or
    mostly another, a later line where the patient's is the first. Both arms of a comparison are of
    one kind of patient, so the first speaks for both.
    """

    def misfit(row: Result) -> str | None:
        arm, study = evidence.arm[row.study_id, row.arm_id], evidence.study[row.study_id]
        if study.population is Population.MIXED_LIVER_METASTASES or arm.chosen.other_tumour:
            return "other_tumours"
        if not grade_fits(grade, arm):
            return "other_grade"
        layer = stands(site, subsite(row.subgroup) or arm.site)
        if layer == "other":
            return "other_site"
        if layer == "mixed" and mostly_other(site, arm):
            return "mostly_other_site"
        return "later_line" if line == "first" and arm.line is Line.LATER else None

    return misfit

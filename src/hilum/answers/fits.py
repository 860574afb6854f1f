"""How an arm stands to a patient: its treatment, its primary site, its grade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from hilum.answers.thresholds import BOWEL_MAJORITY, FEW_GRADE_3, MAJORITY, MINORITY
from hilum.evidence.codes import Background, GradeScope, Site
from hilum.evidence.vocabulary import ANALOGUES

if TYPE_CHECKING:
    from hilum.evidence import Arm

# "Carcinoid" of the tract may be of the small bowel or not: neighbours, not the same.
NEIGHBOURS = frozenset([frozenset(["small_bowel", "git"])])
UNKNOWN_SITES = (Site.MIXED, Site.NOT_STATED)


def given(arm: Arm) -> tuple[str, ...]:
    """The modalities that an arm is about: a background analogue is no part of them."""
    parts = tuple(arm.modality.split("+"))
    if arm.background is Background.SSA:
        return tuple(part for part in parts if part not in ANALOGUES) or parts
    return parts


def stands(wanted: str, site: Site) -> Literal["same", "near", "mixed", "other"]:
    """How a primary site stands to the patient's."""
    if wanted in ("any", site):
        return "same"
    if frozenset([wanted, str(site)]) in NEIGHBOURS:
        return "near"
    return "mixed" if site in UNKNOWN_SITES else "other"


def mostly_other(wanted: str, arm: Arm) -> bool:
    """Whether the patient's site is known to be the minority of a mixed arm."""
    pancreatic, bowel = arm.pct_pancreatic, arm.pct_small_bowel
    if wanted == "pancreas":
        few = pancreatic is not None and pancreatic < MINORITY
        return few or (bowel is not None and bowel >= BOWEL_MAJORITY)
    return wanted != "any" and pancreatic is not None and pancreatic >= MAJORITY


def grade_fits(wanted: str, arm: Arm) -> bool:
    """Whether an arm speaks of patients of a grade."""
    return GRADES[wanted](arm)


def _well_differentiated(arm: Arm) -> bool:
    if arm.grade_scope in (GradeScope.G1_2, GradeScope.NOT_STATED):
        return True
    few = arm.pct_grade3 is None or arm.pct_grade3 <= FEW_GRADE_3
    return arm.grade_scope is GradeScope.MIXED and few and not arm.chosen.grade


def _grade_3(arm: Arm) -> bool:
    many = (arm.pct_grade3 or 0) > FEW_GRADE_3
    return arm.grade_scope is GradeScope.G3_NET or (arm.grade_scope is GradeScope.MIXED and many)


def _carcinoma(arm: Arm) -> bool:
    return arm.grade_scope is GradeScope.NEC or arm.chosen.grade == "nec"


GRADES = {"G1-2": _well_differentiated, "G3_NET": _grade_3, "NEC": _carcinoma}
"""What an arm must be, by the patient's grade."""

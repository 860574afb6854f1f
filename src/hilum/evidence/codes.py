"""The codes of an arm and of a figure: whom it speaks of, by what measure, of whom the n is.

New in version 2 of the tables. A folder of version 1 lacks their columns; what it does not say
reads as ``not_stated`` or as empty, never as a guess.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class CohortBasis(StrEnum):
    """How it is known that the patients of two studies overlap."""

    PRINTED = "printed"
    INFERRED = "inferred"
    KNOWN = "known"


class Line(StrEnum):
    """Line of the treatment in the disease."""

    FIRST = "first"
    LATER = "later"
    ANY = "any"
    RETREATMENT = "retreatment"
    NOT_STATED = "not_stated"


class Background(StrEnum):
    """A drug given to every arm of the study, which a treatment's figures ignore."""

    SSA = "ssa"


class Nuclide(StrEnum):
    """Nuclide of a radiopharmaceutical or of microspheres."""

    LU177 = "lu177"
    Y90 = "y90"
    I131 = "i131"
    IN111 = "in111"
    HO166 = "ho166"
    NOT_STATED = "not_stated"


class Scope(StrEnum):
    """Who the patients are."""

    NETLM = "netlm"
    LIVER_DOMINANT = "liver_dominant"
    METASTATIC = "metastatic"
    LOCALISED = "localised"


class Site(StrEnum):
    """Primary site of an arm's patients."""

    PANCREAS = "pancreas"
    SMALL_BOWEL = "small_bowel"
    GIT = "git"
    LUNG = "lung"
    MIXED = "mixed"
    OTHER = "other"
    NOT_STATED = "not_stated"


class GradeScope(StrEnum):
    """Grade of an arm's patients."""

    G1_2 = "G1-2"
    G3_NET = "G3_NET"
    NEC = "NEC"
    MIXED = "mixed"
    NOT_STATED = "not_stated"


class ReferenceArm(StrEnum):
    """Whether an arm is a control: ``yes`` where its drug went on after it had failed."""

    YES = "yes"
    CONTROL = "control"


class CriteriaClass(StrEnum):
    """By which rule a response was judged."""

    RECIST = "recist"
    MRECIST_EASL = "mrecist_easl"
    WHO = "who"
    OVER_50 = "over_50"
    ANY_DECREASE = "any_decrease"
    PRE_RECIST = "pre_recist"
    OTHER = "other"
    NOT_STATED = "not_stated"


class UnitOfN(StrEnum):
    """What a percentage is a share of."""

    PATIENTS = "patients"
    PROCEDURES = "procedures"
    CYCLES = "cycles"
    LESIONS = "lesions"


class NFrom(StrEnum):
    """Where the denominator of a figure may be taken from."""

    ROW = "row"
    ARM = "arm"
    STUDY = "study"
    NONE = "none"


class Origin(StrEnum):
    """What a survival time is counted from."""

    TREATMENT_START = "treatment_start"
    DIAGNOSIS = "diagnosis"
    LIVER_METASTASES = "liver_metastases"
    RANDOMISATION = "randomisation"
    NOT_STATED = "not_stated"


class Severity(StrEnum):
    """Which complications a figure counts."""

    GRADE3PLUS = "grade3plus"
    ANY = "any"
    SPECIFIC = "specific"


KNOWN_CODES = ("line", "grade_scope", "site")
"""Codes of an arm that may rest on general knowledge of a trial instead of the text read."""


@dataclass(frozen=True, slots=True)
class SelectionCode:
    """How the patients of an arm were chosen (a row of ``selections.csv``).

    ``beside``: they differ so much from the one who asks that their figures stand beside the
    answer, never inside. ``other_tumour``: not neuroendocrine tumours of the usual primaries.
    ``grade`` is ``nec`` (mostly poorly differentiated), ``grade3`` or empty; ``course`` the line
    the words imply (``first``, ``later``) or empty.
    """

    code: str
    label: str
    beside: bool
    other_tumour: bool
    grade: str
    course: str


@cache
def selections() -> dict[str, SelectionCode]:
    """Every selection code by its word."""
    text = files("hilum.evidence").joinpath("netlm/selections.csv").read_text("utf-8")
    return {
        row["code"]: SelectionCode(
            row["code"],
            row["label"],
            row["beside"] == "yes",
            row["tumour"] == "other",
            row["grade"],
            row["course"],
        )
        for row in csv.DictReader(text.splitlines())
    }

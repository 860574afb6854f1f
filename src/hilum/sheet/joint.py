"""A patient as the covariates of a joint model that somebody fits by hand."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from hilum.patient.complete import complete
from hilum.patient.tables import read_tables
from hilum.sheet.asked import asked_of
from hilum.sheet.joint_part import liver_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient import Case
    from hilum.synthesis.joint import Studies
    from hilum.synthesis.joint.posterior import Target


LINES: Final = {"first": 0.0, "later": 100.0}
SCOPES: Final = {"only": 100.0, "beyond": 0.0}


@cache
def liver_therapies() -> frozenset[str]:
    """Earlier treatments that count as a treatment of the liver metastases, from the table."""
    text = files("hilum.sheet").joinpath("liver_therapies.csv").read_text("utf-8")
    return frozenset(row["treatment"] for row in csv.DictReader(text.splitlines()))


def patient_covariates(case: Case) -> dict[str, float]:
    """The covariates that a case determines, in percent: site, grade, line, scope, burden."""
    known = complete(case.given, read_tables()).facts
    found: dict[str, float] = {}
    site, grade = known.get("primary_site"), known.get("grade")
    burden, prior = known.get("liver_burden_percent"), known.get("prior_treatments")
    if site not in (None, "unknown_primary"):
        found["pct_pancreatic"] = 100.0 if site == "pancreas" else 0.0
    if isinstance(burden, int | float):
        found["pct_burden_over_50"] = 100.0 if burden > 50 else 0.0
    if grade is not None:
        found["pct_grade3"] = 100.0 if grade in ("G3", "NEC") else 0.0
    line, liver = asked_of(case).line, liver_of(case)
    if line in LINES:
        found["pct_later_line"] = LINES[line]
    if liver in SCOPES:
        found["pct_liver"] = SCOPES[liver]
    if isinstance(prior, frozenset):
        treated = bool(prior & liver_therapies())
        found["pct_prior_liver_therapy"] = 100.0 if treated else 0.0
    return found


def target_of(found: Mapping[str, float], studies: Studies) -> Target:
    """Those of a patient's covariates that the model holds; the year is the latest study's."""
    import numpy as np

    from hilum.synthesis.joint.posterior import Target

    values = dict(found)
    if "year" in studies.covariates:
        values["year"] = float(np.nanmax(studies.x[:, studies.covariates.index("year")]))
    return Target(tuple((n, v) for n, v in values.items() if n in studies.covariates))


def patient_target(case: Case, studies: Studies) -> Target:
    """The covariates of the model that the case determines; the year is the latest study's."""
    return target_of(patient_covariates(case), studies)

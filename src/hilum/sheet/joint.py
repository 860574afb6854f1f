"""A patient as the covariates of a joint model that somebody fits by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.patient.complete import complete
from hilum.patient.tables import read_tables

if TYPE_CHECKING:
    from hilum.patient import Case
    from hilum.synthesis.joint import Studies
    from hilum.synthesis.joint.posterior import Target

LIVER_THERAPIES = frozenset({
    "resection", "debulking", "tae", "tace", "deb_tace", "tare", "rfa", "mwa", "cryoablation",
    "ethanol_injection",
})  # fmt: skip


def patient_target(case: Case, studies: Studies) -> Target:
    """The covariates of the model that the case determines; the year is the latest study's."""
    from hilum.synthesis.joint.posterior import Target

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
    if isinstance(prior, frozenset):
        treated = bool(prior & LIVER_THERAPIES)
        found["pct_prior_liver_therapy"] = 100.0 if treated else 0.0
    if "year" in studies.covariates:
        found["year"] = float(np.nanmax(studies.x[:, studies.covariates.index("year")]))
    return Target(tuple((n, v) for n, v in found.items() if n in studies.covariates))

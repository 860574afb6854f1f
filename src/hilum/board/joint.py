"""The joint model's answers for patients like this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.board.answer import OUTCOMES
from hilum.board.joint_evidence import joint_evidence
from hilum.board.sheet import JointFigure
from hilum.errors import Fault, HilumError, InputError, MissingExtra, NotEstimable
from hilum.evidence import Measure, Outcome, Population
from hilum.patient.complete import complete
from hilum.patient.tables import read_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.board.sheet import Option
    from hilum.evidence import Evidence
    from hilum.patient import Case
    from hilum.synthesis.joint import JointFit, Studies
    from hilum.synthesis.joint.fit import Progress
    from hilum.synthesis.joint.posterior import Absolute, Target

LIVER_THERAPIES = frozenset({
    "resection", "debulking", "tae", "tace", "deb_tace", "tare", "rfa", "mwa", "cryoablation",
    "ethanol_injection",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class JointAnswer:
    """One treatment's figure from the joint model, or why there is none.

    ``reason`` is ``no_study`` (none of the treatment in this population and outcome),
    ``not_estimable`` or ``not_converged`` (``detail`` says more), ``extrapolation`` (the patient
    lies outside the studies: the figure is given, but the sheet keeps the pooled one) or
    ``prior`` (the prior carries more than half of the information); None where it holds.
    """

    treatment: str
    absolute: Absolute | None
    reason: str | None
    detail: str | None = None

    @property
    def holds(self) -> bool:
        """Whether the sheet may show the figure as that of patients like this one."""
        return self.reason is None


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


def joint_answers(
    evidence: Evidence,
    case: Case | None,
    treatments: Iterable[str],
    outcome: Outcome,
    population: Population = Population.NETLM,
    *,
    include_derived: bool = True,
    seed: int = 1,
    progress: Progress | None = None,
) -> dict[str, JointAnswer]:
    """Absolute outcome of each treatment for patients like this one, or why it does not hold.

    Costs a fit of the joint model (some seconds); MissingExtra passes through.
    """
    from hilum.synthesis.joint import joint

    names = list(treatments)
    try:
        data = joint_evidence(
            evidence, outcome, population, covariates=None if case is not None else (),
            include_derived=include_derived,
        )  # fmt: skip
        fit = joint(data.studies, seed=seed, progress=progress)
    except MissingExtra:
        raise
    except HilumError as error:
        kind = "not_estimable" if isinstance(error, NotEstimable) else "not_converged"
        return {name: JointAnswer(name, None, kind, str(error)) for name in names}
    return {name: one for name, one in _answers(fit, case).items() if name in names} | {
        name: JointAnswer(name, None, "no_study") for name in names if name not in fit.treatments
    }


def with_joint(
    evidence: Evidence,
    case: Case,
    options: Sequence[Option],
    outcomes: Sequence[str],
    *,
    include_derived: bool = True,
) -> list[Option]:
    """The options with the joint model's figure beside each pooled one of these outcomes.

    Raises
    ------
    InputError
        An outcome of the sheet that is not a proportion, or none of it.
    MissingExtra
        The extra ``joint`` is not installed.
    """
    known = [key for key, asked in OUTCOMES.items() if asked[1] is Measure.PROPORTION]
    faults = [
        Fault("--joint", None, "outcome", key, f"one of {', '.join(known)}")
        for key in outcomes
        if key not in known
    ]
    if faults:
        raise InputError(*faults)
    out = list(options)
    for key in outcomes:
        # Each answer keeps its population: the nearest to the patient that has a study.
        of = {option.treatment: option.outcomes[key].population for option in out}
        found: dict[str, JointAnswer] = {}
        for population in dict.fromkeys(of.values()):
            names = [name for name, own in of.items() if own == population]
            found |= joint_answers(
                evidence, case, names, OUTCOMES[key][0], Population(population),
                include_derived=include_derived,
            )  # fmt: skip
        out = [_beside(option, key, found[option.treatment]) for option in out]
    return out


def _beside(option: Option, key: str, one: JointAnswer) -> Option:
    figure = one.absolute
    answer = option.outcomes[key].model_copy(
        update={
            "joint": JointFigure(
                value=figure.value if figure else None,
                ci=figure.ci if figure else None,
                prediction=figure.prediction if figure else None,
                k=figure.studies if figure else 0,
                reason=one.reason,
                detail=one.detail,
            )
        }
    )
    return option.model_copy(update={"outcomes": option.outcomes | {key: answer}})


def _answers(fit: JointFit, case: Case | None) -> dict[str, JointAnswer]:
    from hilum.synthesis.joint.identification import level_share_of_prior
    from hilum.synthesis.joint.posterior import Target, absolute

    target = patient_target(case, fit.studies) if case is not None else Target()
    out: dict[str, JointAnswer] = {}
    for one, share in zip(absolute(fit, target), level_share_of_prior(fit), strict=True):
        beyond = [flag for flag in one.extrapolated if flag.flag == "outside_all"]
        reason = "prior" if share > 50 else "extrapolation" if beyond else None
        detail = f"{share:.0f} %" if share > 50 else ", ".join(flag.covariate for flag in beyond)
        out[one.treatment] = JointAnswer(one.treatment, one, reason, detail or None)
    return out

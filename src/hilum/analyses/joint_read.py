"""The question of the joint model read: its studies, priors and the patients it is for."""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, Parameter, phrased

if TYPE_CHECKING:
    from hilum.analyses.joint_asked import JointAsked
    from hilum.analyses.joint_laid import Laid
    from hilum.synthesis.joint import Priors, Studies
    from hilum.synthesis.joint import posterior as model


def studies_of(asked: JointAsked) -> tuple[Studies, Laid | None]:
    """The studies of a user's table, or those of the evidence with where they come from."""
    if asked.table is not None:
        from hilum.analyses.joint_table import columns_of, read_studies

        names = asked.covariates
        if asked.patient is not None and not names:
            names = columns_of(asked.table, asked.outcome, asked.patient)
        return read_studies(asked.table, asked.outcome, names), None
    from hilum.analyses.joint_laid import laid_out

    data = laid_out(asked)
    return data.studies, data


def outcome_of(asked: JointAsked) -> str | None:
    """The outcome that is asked of; None of a table without a column for it."""
    table = asked.table
    return asked.outcome if table is None or "outcome" in table.header else None


def better_of(asked: JointAsked, data: Laid | None = None) -> str | None:
    """The better side of the outcome, said or known of the record's; None where nobody knows.

    ``data`` is of the evidence, and says what is known of its outcome.

    Raises
    ------
    InputError
        A side that the outcome does not have.
    """
    known = data.better if data is not None else _known(outcome_of(asked))
    if asked.better is not None and known is not None and asked.better != known:
        wanted = phrased("{side}, as the outcome is", side=known)
        raise InputError(Fault("", None, "better", asked.better, wanted))
    return asked.better or known


def _known(outcome: str | None) -> str | None:
    if outcome is None:
        return None
    from hilum.analyses.designs.direction import known_side

    return known_side(outcome, hazard=False)


def priors_of(asked: JointAsked, studies: Studies) -> Priors:
    """The priors asked for, the defaults of this likelihood elsewhere."""
    from hilum.synthesis.joint import Priors

    base = Priors() if studies.kind == "binomial" else Priors.log_hazard()
    made = Priors.from_mapping(asked.priors, file="", base=base)
    given = asked.priors.get("bias_comparative")
    if given is not None and asked.table is not None and unmarked(studies, made):
        wanted = "a column favoured in the table, 1 for the arms that confounding would favour"
        raise InputError(Fault("", None, "priors", "bias_comparative", wanted))
    return made


def unmarked(studies: Studies, priors: Priors) -> bool:
    """Whether a bias of comparisons is expected and no arm is marked that it would favour."""
    from hilum.synthesis.joint.data import COMPARATIVE

    prior = priors.bias_comparative
    compared = bool((studies.design == COMPARATIVE).any())
    marked = bool(studies.favoured.any() or studies.effect[:, 2].any())
    return compared and not marked and bool(prior.mean or prior.sd)


def target_of(studies: Studies, asked: JointAsked) -> model.Target:
    """Whom the figures are for: what a case determines, then what is said by covariate."""
    from hilum.synthesis.joint.posterior import Target

    values: dict[str, float] = {}
    if asked.patient is not None:
        from hilum.sheet.joint import target_of

        values = dict(target_of(asked.patient, studies).values)
    none = phrased("none (see {option})", option=Parameter("covariates"))
    known = ", ".join(studies.covariates) or none
    faults = [
        Fault("", None, "at", f"{name}={value:g}", phrased("a covariate: {known}", known=known))
        for name, value in asked.at.items()
        if name not in studies.covariates
    ]
    if asked.anchor is not None:
        faults += _anchor_faults(studies, *asked.anchor)
    if faults:
        raise InputError(*faults)
    return Target(tuple((values | asked.at).items()), asked.anchor)


def _anchor_faults(studies: Studies, name: str, value: float) -> list[Fault]:
    """Before minutes are spent on a fit."""
    if name not in studies.treatments:
        return [_no_treatment("anchor", name, studies)]
    if studies.kind == "binomial" and not 0 < value < 1:
        return [Fault("", None, "anchor", f"{name}={value:g}", "a proportion above 0 and below 1")]
    if not 0 < value < math.inf:
        return [Fault("", None, "anchor", f"{name}={value:g}", "a median above 0 months")]
    return []


def _no_treatment(name: str, value: str, studies: Studies) -> Fault:
    near = difflib.get_close_matches(value, studies.treatments, 1)
    known = ", ".join(studies.treatments)
    wanted = phrased("a treatment of the studies: {known}", known=known)
    if near:
        text = "a treatment of the studies: {known}; nearest: {near!r}"
        wanted = phrased(text, known=known, near=near[0])
    return Fault("", None, name, value, wanted)


def check_named(studies: Studies, asked: JointAsked) -> None:
    """Refuse what the studies cannot be asked, before minutes are spent on a fit."""
    given = {"treatment": asked.treatment, "versus": asked.versus}
    faults = [
        _no_treatment(name, value, studies)
        for name, value in given.items()
        if value is not None and value not in studies.treatments
    ]
    if studies.kind == "binomial" and asked.margin is not None and asked.margin > 1:
        wanted = "a difference of proportions from 0 to 1: 0.1 is 10 % (10 points)"
        faults.append(Fault("", None, "margin", f"{asked.margin:g}", wanted))
    if faults:
        raise InputError(*faults)

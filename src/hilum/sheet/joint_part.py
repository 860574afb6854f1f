"""The joint model's figure for patients like this one, beside the plain figures of the sheet."""

from __future__ import annotations

import csv
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hilum.answers import Question, index
from hilum.answers import treatments as known_treatments
from hilum.answers.joint_rows import JOINT_OUTCOMES, joint_rows
from hilum.answers.posterior import LikeThis, like_this, posterior_of
from hilum.errors import Fault, InputError, phrased
from hilum.patient.complete import complete
from hilum.patient.tables import read_tables
from hilum.sheet.sheet_cells import JointApart, JointFigure
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hilum.answers.joint_fit import OutcomePosterior
    from hilum.evidence import Evidence
    from hilum.patient import Case
    from hilum.patient.tables import Tables
    from hilum.sheet.sheet_cells import Answer, AskedPart
    from hilum.watch import Watch


@cache
def _scopes() -> dict[tuple[str, str], str]:
    text = files("hilum.sheet").joinpath("liver_scope.csv").read_text("utf-8")
    return {
        (row["attribute"], row["value"]): row["liver"] for row in csv.DictReader(text.splitlines())
    }


def liver_of(case: Case, tables: Tables | None = None) -> str:
    """Whether the disease is the liver's alone (``only``), reaches ``beyond`` it, or ``any``."""
    facts = complete(case.given, tables or read_tables()).facts
    for (name, value), found in _scopes().items():
        if facts.get(name) == value:
            return found
    return "any"


def posteriors(
    evidence: Evidence,
    outcomes: Sequence[str] = (),
    watch: Watch = SILENT,
) -> dict[str, OutcomePosterior]:
    """Kept posteriors of the record; those of ``outcomes`` are fitted now where none is kept.

    Raises
    ------
    InputError
        An outcome that the model is not made for.
    MissingExtra
        A fit is needed and the extra ``joint`` is not installed.
    NotEstimable, NotConverged
        A fit that is asked for fails.
    Stopped
        When the watch says so.
    """
    faults = [
        Fault(
            "",
            None,
            "joint",
            key,
            phrased("one of {known}", known=", ".join(JOINT_OUTCOMES)),
        )
        for key in outcomes
        if key not in JOINT_OUTCOMES
    ]
    if faults:
        raise InputError(*faults)
    found = index(evidence)
    out: dict[str, OutcomePosterior] = {}
    for key in JOINT_OUTCOMES:
        one = posterior_of(found, key)
        if one is None and key in outcomes:
            from hilum.answers.joint_fit import fit_outcome

            one = fit_outcome(joint_rows(found, key), watch=watch)
        if one is not None:
            out[key] = one
    return out


def with_joint(
    outcomes: Mapping[str, Mapping[str, Answer]],
    asked: AskedPart,
    liver: str,
    found: Mapping[str, OutcomePosterior],
) -> dict[str, dict[str, Answer]]:
    """The answers by treatment, each of an outcome with a posterior with what the model says."""
    out = {treatment: dict(answers) for treatment, answers in outcomes.items()}
    for treatment, answers in out.items():
        if treatment not in known_treatments():
            continue
        for key, posterior in found.items():
            question = Question(treatment, key, asked.site, asked.grade, asked.line)
            one = answers[key]
            said = like_this(posterior, question, one.ci or one.range, liver)
            answers[key] = one.model_copy(update={"joint": _figure(said, one)})
    return out


def _figure(said: LikeThis, one: Answer) -> JointFigure | None:
    """``None`` where neither the studies nor the model say anything."""
    if said.reason == "no_study" and not one.k:
        return None
    return JointFigure(
        value=said.value,
        ci=said.ci,
        prediction=said.prediction,
        k=said.k,
        moved=list(said.moved),
        touches=said.touches,
        reason=said.reason,
        detail=said.detail,
        apart=[JointApart(**asdict(one)) for one in said.apart],
    )

"""The joint model's figures for patients like this one, kept beside the record they were made of.

Posteriors are made when the evidence changes (``make posterior``: seeded, refused unless they
converge) and kept by the hash of their rows. Another record has none until it is fitted, and a
figure is never read from a posterior of other rows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from hilum.answers.joint_fit import PRIOR_SHARE, Apart, ForPatient, OutcomePosterior, profile
from hilum.answers.joint_rows import JOINT_OUTCOMES, joint_rows

if TYPE_CHECKING:
    from hilum.answers.candidates import Index
    from hilum.answers.question import Question
    from hilum.evidence import Evidence

FILE = "posterior.json"
Reason = Literal["not_fitted", "not_this_patient", "no_study", "prior", "not_moved"]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LikeThis:
    """What the joint model says of one treatment for patients like this one.

    Attributes
    ----------
    value, ci, prediction : a share from 0 to 1, or months
        There also where ``reason`` keeps them from being printed.
    k : int
        Studies of the treatment in the model.
    moved : tuple of str
        What of the patient the model took into account.
    touches : bool or None
        Whether its interval and the plain figure's (or its range) touch: only then it stands
        beside it as one more reading, else the difference is said. ``None`` without a plain one.
    reason : str or None
        Why it is not shown: ``not_fitted`` (no posterior of this record), ``not_this_patient``
        (carcinoma), ``no_study``, ``prior`` (it carries more than half of the information) or
        ``not_moved`` (the treatment's studies do not reach the patient in any respect).
    apart : tuple of Apart
        What each kind of evidence says of the treatment alone, where it has more than one.
    """

    value: float | None = None
    ci: Interval | None = None
    prediction: Interval | None = None
    k: int = 0
    moved: tuple[str, ...] = ()
    touches: bool | None = None
    reason: Reason | None = None
    detail: str | None = None
    apart: tuple[Apart, ...] = ()


def like_this(
    found: OutcomePosterior | None,
    question: Question,
    plain: Interval | None,
    liver: str = "any",
) -> LikeThis:
    """The model's figure for the patient of a question, and how it stands to the plain one.

    Parameters
    ----------
    found : OutcomePosterior or None
        Of the question's outcome.
    plain : (low, high) or None
        Interval of the plain figure, or its range; a share from 0 to 1, or months.
    liver : str
        ``only`` where the disease is confined to the liver, ``beyond`` where not, ``any``.
    """
    if found is None:
        return LikeThis(reason="not_fitted")
    key = profile(question.site, question.grade, question.line, liver)
    if key is None:
        return LikeThis(reason="not_this_patient")
    if question.treatment not in found.patients:
        return LikeThis(reason="no_study")
    figure = found.patients[question.treatment][key]
    share = found.prior_share[question.treatment]
    reason: Reason | None = None
    if share > PRIOR_SHARE:
        reason = "prior"
    elif not figure.moved:
        reason = "not_moved"
    low, high = figure.ci
    return LikeThis(
        value=figure.value,
        ci=figure.ci,
        prediction=figure.prediction,
        k=found.studies[question.treatment],
        moved=figure.moved,
        touches=None if plain is None else low <= plain[1] and plain[0] <= high,
        reason=reason,
        detail=f"{share:.0f} %" if reason == "prior" else None,
        apart=(found.apart or {}).get(question.treatment, ()),
    )


@lru_cache(maxsize=64)
def posterior_of(evidence: Evidence | Index, outcome: str) -> OutcomePosterior | None:
    """The kept posterior of an outcome of this record, or ``None``."""
    if outcome not in JOINT_OUTCOMES:
        return None
    held = kept().get(outcome)
    # The rows are laid out only where there is something to compare them with.
    if held is None or joint_rows(evidence, outcome).content != held.content:
        return None
    return held


@cache
def kept() -> dict[str, OutcomePosterior]:
    """Posteriors shipped with the package, by outcome; read once."""
    place = files("hilum.answers").joinpath(FILE)
    if not place.is_file():
        return {}
    return {one["outcome"]: read(one) for one in json.loads(place.read_text("utf-8"))}


def written(one: OutcomePosterior) -> dict[str, Any]:
    """A posterior as plain data of four digits."""
    return {
        "outcome": one.outcome,
        "content": one.content,
        "seed": one.seed,
        "r_hat": _short(one.r_hat),
        "ess": _short(one.ess),
        "divergences": one.divergences,
        "draws": one.draws,
        "covariates": list(one.covariates),
        "studies": one.studies,
        "prior_share": {name: _short(share) for name, share in one.prior_share.items()},
        "patients": {
            name: {
                key: [
                    *(_short(x) for x in (figure.value, *figure.ci, *figure.prediction)),
                    [one.covariates.index(name) for name in figure.moved],
                ]
                for key, figure in figures.items()
            }
            for name, figures in one.patients.items()
        },
        "apart": None
        if one.apart is None
        else {
            name: [
                [side.first, side.second, *(_short(x) for x in _figures(side)), side.gross]
                for side in sides
            ]
            for name, sides in one.apart.items()
        },
    }


def _figures(one: Apart) -> tuple[float, ...]:
    return one.first_value, one.second_value, one.z, one.p


def read(data: dict[str, Any]) -> OutcomePosterior:
    """A posterior from its plain data."""
    covariates = tuple(data["covariates"])
    return OutcomePosterior(
        outcome=data["outcome"],
        content=data["content"],
        studies=data["studies"],
        prior_share=data["prior_share"],
        patients={
            name: {
                key: ForPatient(
                    row[0], (row[1], row[2]), (row[3], row[4]), tuple(covariates[j] for j in row[5])
                )
                for key, row in figures.items()
            }
            for name, figures in data["patients"].items()
        },
        covariates=covariates,
        r_hat=data["r_hat"],
        ess=data["ess"],
        divergences=data["divergences"],
        draws=data["draws"],
        seed=data["seed"],
        apart=None
        if data.get("apart") is None
        else {name: tuple(Apart(*row) for row in rows) for name, rows in data["apart"].items()},
    )


def _short(number: float) -> float:
    return float(f"{number:.4g}")

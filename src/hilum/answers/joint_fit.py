"""The joint model fitted to one outcome, summed up for every kind of patient that can be asked.

Some ten seconds to a minute an outcome; what it returns is kept (:mod:`hilum.answers.posterior`),
so that a sheet reads it without fitting.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from hilum.answers.joint_rows import COVARIATES
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.answers.joint_rows import JointRows
    from hilum.synthesis.joint import JointFit, Studies
    from hilum.synthesis.joint.conflict import Conflict
    from hilum.watch import Watch

SEED: Final = 20240601
FEWEST: Final = 3
"""Studies that must report a covariate, not all the same: two points make no slope."""
REACH: Final = 0.25
"""Observed standard deviations that a patient may lie beyond a treatment's own studies."""
PRIOR_SHARE: Final = 50.0
"""Percent of the information in the prior beyond which a figure is not given."""
SITES: Final = {"any": None, "pancreas": 100.0, "elsewhere": 0.0}
GRADES: Final = {"G1-2": 0.0, "G3_NET": 100.0}
LINES: Final = {"any": None, "first": 0.0, "later": 100.0}
LIVER: Final = {"any": None, "only": 100.0, "beyond": 0.0}


@dataclass(frozen=True, slots=True)
class ForPatient:
    """One treatment's outcome for one kind of patient.

    Attributes
    ----------
    value, ci, prediction : posterior median and central 95 % intervals
        A share from 0 to 1 or months; ``prediction`` of a new study or centre.
    moved : tuple of str
        Covariates at the patient's own value; the others stay at the mean of the treatment's
        studies, which do not reach the patient or do not report them.
    """

    value: float
    ci: tuple[float, float]
    prediction: tuple[float, float]
    moved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """What two kinds of evidence say of one treatment, each fitted alone, without covariates.

    ``first`` and ``second`` are designs, their values a share from 0 to 1 or months in a typical
    study; ``z`` is how far they differ in standard errors on the model's scale, ``p`` two-sided,
    ``gross`` whether that is a gross conflict (:mod:`hilum.synthesis.joint.gross`).
    """

    first: str
    second: str
    first_value: float
    second_value: float
    z: float
    p: float
    gross: bool


@dataclass(frozen=True, slots=True)
class OutcomePosterior:
    """All kinds of patients of one outcome.

    Attributes
    ----------
    outcome, content : str
        ``content`` is the hash of the rows.
    studies : mapping of treatment to int
    prior_share : mapping of treatment to float
        Percent of a level's information that is the prior's.
    patients : mapping of treatment to mapping of profile to ForPatient
        A profile is ``site/grade/line/liver`` (:func:`profile`).
    r_hat, ess, divergences, draws : convergence of the fit
    apart : mapping of treatment to tuple of Apart
        Treatments of more than one kind of evidence; None where it was not looked for.
    """

    outcome: str
    content: str
    studies: dict[str, int]
    prior_share: dict[str, float]
    patients: dict[str, dict[str, ForPatient]]
    covariates: tuple[str, ...]
    r_hat: float
    ess: float
    divergences: int
    draws: int
    seed: int
    apart: dict[str, tuple[Apart, ...]] | None = None


def profile(site: str, grade: str, line: str, liver: str = "any") -> str | None:
    """Key of a kind of patient; ``None`` where the model does not speak of it (carcinomas)."""
    where = {"any": "any", "pancreas": "pancreas"}.get(site, "elsewhere")
    if grade not in GRADES or line not in LINES or liver not in LIVER:
        return None
    return "/".join((where, grade, line, liver))


def profiles() -> list[tuple[str, tuple[float | None, ...]]]:
    """Every profile with the covariates that it sets."""
    return [
        ("/".join(key for key, _ in chosen), tuple(value for _, value in chosen))
        for chosen in itertools.product(SITES.items(), GRADES.items(), LINES.items(), LIVER.items())
    ]


def fit_outcome(
    rows: JointRows,
    *,
    seed: int = SEED,
    watch: Watch = SILENT,
) -> OutcomePosterior:
    """Fit one outcome and sum it up.

    Raises
    ------
    NotEstimable, NotConverged
        As :func:`hilum.synthesis.joint.joint`.
    MissingExtra
        The extra ``joint`` is not installed.
    Stopped
        When the watch says so.
    """
    from hilum.synthesis.joint import joint
    from hilum.synthesis.joint.identification import level_share_of_prior

    studies = studies_of(rows)
    fit = joint(studies, seed=seed, watch=watch)
    found = fit.convergence
    shares = level_share_of_prior(fit)
    return OutcomePosterior(
        outcome=rows.outcome,
        content=rows.content,
        studies={name: len(studies.studies_of(i)) for i, name in enumerate(fit.treatments)},
        prior_share=dict(zip(fit.treatments, (float(one) for one in shares), strict=True)),
        patients={name: _patients(fit, i) for i, name in enumerate(fit.treatments)},
        covariates=studies.covariates,
        r_hat=found.r_hat,
        ess=min(found.ess_bulk, found.ess_tail),
        divergences=found.divergences,
        draws=found.draws,
        seed=seed,
        apart=apart_of(rows, seed=seed, watch=watch),
    )


def apart_of(
    rows: JointRows, *, seed: int = SEED, watch: Watch = SILENT
) -> dict[str, tuple[Apart, ...]]:
    """Each treatment's level by each kind of evidence alone; errors as :func:`fit_outcome`.

    Without covariates, which the one or two trials of a treatment cannot carry. Every fit has at
    least 400 effective draws, so that a gap's Monte-Carlo error is at most 0.05 of its standard
    errors. Of trials or comparisons whose fit does not converge nothing is said.
    """
    from hilum.synthesis.joint import joint
    from hilum.synthesis.joint.conflict import ARMS, of_treatment
    from hilum.synthesis.joint.data import SINGLE
    from hilum.synthesis.joint.weights import needed_parts

    studies = studies_of(rows, covariates=())
    # Series first: they are the most, and their fit the one that must stand.
    levels = (ARMS[SINGLE], *(name for kind, name in ARMS.items() if kind != SINGLE))
    needed = needed_parts(studies, (1.0, 1.0))
    wanted = {name: needed[name] for name in levels if name in needed}
    if len(wanted) < 2:
        return {}
    (name, weights), *rest = wanted.items()
    fit = joint(studies, weights=weights, parts=dict(rest), seed=seed, watch=watch)
    fit = replace(fit, parts={name: fit, **fit.parts})
    out: dict[str, tuple[Apart, ...]] = {}
    for treatment in fit.treatments:
        found = of_treatment(fit, treatment)
        if found:
            out[treatment] = tuple(_apart(fit, one) for one in found)
    return out


def _apart(fit: JointFit, one: Conflict) -> Apart:
    import numpy as np

    from hilum.synthesis.joint.posterior import natural

    first, second = natural(fit, np.array([one.first.value, one.second.value]))
    return Apart(
        one.first.kind, one.second.kind, float(first), float(second), one.z, one.p, one.gross
    )


def studies_of(rows: JointRows, covariates: Sequence[str] = COVARIATES) -> Studies:
    """The rows as the model reads them, with those covariates that enough studies report."""
    from hilum.synthesis.joint import arms, survival

    study = [one.study for one in rows.rows]
    treatment = [one.treatment for one in rows.rows]
    design = [one.design for one in rows.rows]
    y, n = [one.y for one in rows.rows], [one.n for one in rows.rows]
    reported: dict[str, list[float]] = {}
    for name in covariates:
        column = [one.x[COVARIATES.index(name)] for one in rows.rows]
        seen = {one: value for one, value in zip(study, column, strict=True) if value == value}
        if len(seen) >= FEWEST and len(set(seen.values())) > 1:
            reported[name] = column
    if rows.months:
        none: list[str | None] = [None] * len(study)
        return survival(study, treatment, none, design, y, n, covariates=reported)
    return arms(study, treatment, design, y, n, covariates=reported)


def _patients(fit: JointFit, treatment: int) -> dict[str, ForPatient]:
    import numpy as np

    from hilum.synthesis.joint.posterior import natural

    rng = np.random.default_rng([fit.seed, treatment])
    level, slope = fit.flat("alpha")[:, treatment], None
    names = fit.studies.covariates
    x, mean, sd = fit.studies.standardised()
    if names:
        slope = fit.flat("slope")[:, treatment, :]
    own = x[fit.studies.studies_of(treatment)]
    spread = np.sqrt(fit.flat("sigma") ** 2 + fit.flat("tau") ** 2 / 2)
    noise = spread * rng.normal(size=len(level))
    out: dict[str, ForPatient] = {}
    for key, values in profiles():
        eta, moved = level, list[str]()
        for j, name in enumerate(names):
            column = own[~np.isnan(own[:, j]), j]
            wanted = values[COVARIATES.index(name)]
            at = float(column.mean()) if len(column) else 0.0
            if wanted is not None and len(column):
                place = (wanted - mean[j]) / sd[j]
                if column.min() - REACH <= place <= column.max() + REACH:
                    at = float(place)
                    moved.append(name)
            if slope is not None:
                eta = eta + slope[:, j] * at
        ends = np.percentile(natural(fit, eta), [2.5, 50, 97.5])
        new = np.percentile(natural(fit, eta + noise), [2.5, 97.5])
        out[key] = ForPatient(
            float(ends[1]),
            (float(ends[0]), float(ends[2])),
            (float(new[0]), float(new[1])),
            tuple(moved),
        )
    return out

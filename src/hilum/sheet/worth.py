"""From the evidence to draws of what each treatment would achieve in a new setting."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.answers.thresholds import SE_MEDIAN, Z95
from hilum.errors import HilumError, MissingExtra, NotEstimable, Stopped, phrased
from hilum.sheet.assumptions import events_of_figure
from hilum.synthesis.joint.identification import identification, linearised
from hilum.synthesis.joint.posterior import natural
from hilum.synthesis.joint.setting import new_setting
from hilum.trials.worth import median_draws, posterior, proportion_draws, restricted_mean
from hilum.trials.worth.information import conditional, worth_of
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.sheet.comparable import Body, Group
    from hilum.sheet.sheet_cells import StudyFigure
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint import JointFit, Studies
    from hilum.synthesis.joint.identification import Identification
    from hilum.synthesis.joint.setting import NewSetting
    from hilum.trials.worth import Posterior, Worth
    from hilum.trials.worth.rank import Decision
    from hilum.watch import Watch

    Fitting = Callable[[Studies, int, Watch], JointFit]

Model = Literal["joint", "pooled"]
Reason = Literal["asked", "extra", "studies", "treatments", "not_converged"]
# Consecutive parts of the chains whose means give Monte-Carlo errors: ten of each of four chains.
BATCHES = 40


@dataclass(frozen=True, eq=False)
class Drawn:
    """Draws of an outcome under each treatment, and the model they come from.

    Attributes
    ----------
    group : Group
    posterior : Posterior
        Proportions (harms with a minus sign), or mean months up to a limit.
    model : {"joint", "pooled"}
    bodies : tuple of Body
        The treatments, in the order of the posterior's columns, with the studies used.
    reason, detail : str or None
        Why the draws are pooled: ``asked``, ``extra`` (the extra joint is not installed),
        ``studies`` or ``treatments`` (too few for the joint model), ``not_converged``.
    beside : tuple of str
        Arms of the joint model that are no treatment of the board, combinations and controls;
        and treatments with a pooled figure that no study of the joint model holds.
    fit, setting : JointFit, NewSetting or None
        Of the joint model.
    """

    group: Group
    posterior: Posterior
    model: Model
    bodies: tuple[Body, ...]
    reason: Reason | None = None
    detail: str | None = None
    beside: tuple[str, ...] = ()
    fit: JointFit | None = None
    setting: NewSetting | None = None


def worth_draws(
    group: Group,
    draws: int,
    rng: np.random.Generator,
    *,
    model: Model = "joint",
    bias_sd: float = 0.35,
    restricted: float = 60.0,
    seed: int = 1,
    fitting: Fitting | None = None,
    watch: Watch = SILENT,
) -> Drawn:
    """Draws from the joint model, or from pooled series with the reason.

    Costs a fit of the joint model, some ten seconds.

    Parameters
    ----------
    group : Group
        From :func:`hilum.sheet.comparable.comparable`.
    draws : int
    rng : numpy.random.Generator
    model : {"joint", "pooled"}
        What is tried first.
    bias_sd : float
        Of pooled draws only: what series may hide, on log odds or log time. The joint model has
        biases of its own.
    restricted : float
        Months up to which survival counts.
    seed : int
        Of the fit.
    fitting : callable, optional
        Fits the joint model, or finds a fit that was kept; :func:`hilum.synthesis.joint.joint`
        when omitted.
    watch : Watch
        Of the fit.

    Raises
    ------
    NotEstimable
        Neither model has two treatments.
    Stopped
        When the watch says so.
    """
    reason: Reason | None = "asked" if model == "pooled" else None
    detail: str | None = None
    if reason is None and group.data is None:
        reason, detail = "studies", group.refusal
    elif reason is None and len(group.joint) < 2:
        reason = "treatments"
    elif reason is None and group.data is not None:
        try:
            fit = (fitting or _fitted)(group.data.studies, seed, watch)
            return _joint(group, fit, draws, rng, restricted)
        except Stopped:
            raise
        except MissingExtra as error:
            reason, detail = "extra", error.sentence
        except HilumError as error:
            reason, detail = "not_converged", error.sentence
    if len(group.pooled) < 2:
        message = phrased("{name}: fewer than two treatments with a pooled figure", name=group.name)
        if detail:
            message = phrased("{first}; joint model: {detail}", first=message, detail=detail)
        raise NotEstimable(message)
    known = pooled_draws(group, draws, rng, bias_sd=bias_sd, restricted=restricted)
    return Drawn(group, known, "pooled", group.pooled, reason, detail)


def _fitted(studies: Studies, seed: int, watch: Watch) -> JointFit:
    from hilum.synthesis import joint

    return joint.joint(studies, seed=seed, watch=watch)


def _joint(
    group: Group, fit: JointFit, draws: int, rng: np.random.Generator, restricted: float
) -> Drawn:
    setting = new_setting(fit, draws, rng)
    names = tuple(body.treatment for body in group.joint)
    columns = [fit.treatments.index(name) for name in names]
    parameters = natural(fit, setting.eta)[:, columns]
    known = posterior(
        _outcome(group, parameters, restricted), names, parameters, names, batches=BATCHES
    )
    beside = tuple(
        dict.fromkeys(
            name
            for name in (*fit.treatments, *(body.treatment for body in group.pooled))
            if name not in names
        )
    )
    return Drawn(
        group, known, "joint", group.joint, beside=beside, fit=fit, setting=setting
    )  # fmt: skip


def pooled_draws(
    group: Group, draws: int, rng: np.random.Generator, *, bias_sd: float, restricted: float
) -> Posterior:
    """Predictive draws of each treatment from its own series, independent of the others."""
    columns: list[Array] = []
    for body in group.pooled:
        rows = body.answer.studies if body.answer else []
        if group.months:
            ends = [_ends(row) for row in rows]
            columns.append(
                median_draws(
                    [row.value or 0.0 for row in rows],
                    [low for low, _ in ends],
                    [high for _, high in ends],
                    draws,
                    rng,
                    bias_sd=bias_sd,
                )
            )
            continue
        counts = [events_of_figure(row) for row in rows]
        sizes = [row.n or 0 for row in rows]
        columns.append(proportion_draws(counts, sizes, draws, rng, bias_sd=bias_sd))
    parameters = np.column_stack(columns)
    names = tuple(body.treatment for body in group.pooled)
    outcome = _outcome(group, parameters, restricted)
    return posterior(outcome, names, parameters, names, independent=True)


def _ends(row: StudyFigure) -> tuple[float, float]:
    """Interval of a median: as printed, else from its patients as the cells weight it."""
    if row.ci is not None and row.ci[0] and row.ci[1]:
        return row.ci[0], row.ci[1]
    value, half = row.value or 0.0, Z95 * SE_MEDIAN / math.sqrt(row.n or 1)
    return value * math.exp(-half), value * math.exp(half)


def _outcome(group: Group, parameters: Array, restricted: float) -> Array:
    outcome = restricted_mean(parameters, restricted) if group.months else parameters
    return -outcome if group.harm else outcome


def carried(drawn: Drawn, pairs: list[tuple[str, str]]) -> list[Identification | None]:
    """What carries each pair's difference in a typical setting; None for pooled draws."""
    if drawn.fit is None:
        return [None for _ in pairs]
    info = linearised(drawn.fit)
    return [identification(drawn.fit, first, second, info) for first, second in pairs]


def worth_knowing(
    drawn: Drawn, pair: tuple[str, str], decision: Decision = "pair"
) -> dict[str, Worth]:
    """Expected value, a patient, of knowing one part of the joint model for certain (EVPPI).

    ``difference`` of the pair in a typical setting; ``own``, by how much this setting departs
    from it; ``baseline``, how patients do in this setting under either; ``bias_single`` and
    ``bias_comparative``, the mean biases of designs; ``spread``, sigma and tau. They overlap, and
    do not add up. Empty for pooled draws. ``decision`` as in ``rank_comparisons``.
    """
    fit, setting = drawn.fit, drawn.setting
    if fit is None or setting is None:
        return {}
    a, b = (fit.treatments.index(name) for name in pair)
    parts: dict[str, list[Array]] = {
        "difference": [setting.level[:, b] - setting.level[:, a]],
        "own": [setting.own[:, b] - setting.own[:, a]],
        "baseline": [(setting.level[:, a] + setting.level[:, b]) / 2 + setting.baseline],
        "spread": [fit.flat(name)[setting.rows] for name in ("sigma", "tau")],
    }
    for name in ("bias_single", "bias_comparative"):
        values = fit.flat(name)[setting.rows] if name in fit.draws else np.zeros(1)
        if np.ptp(values) > 0:
            parts[name] = [values]
    choice = drawn.posterior.of(*pair) if decision == "pair" else drawn.posterior.draws
    batches = drawn.posterior.batches
    found = {name: conditional(choice, np.column_stack(values)) for name, values in parts.items()}
    return {name: worth_of(one.means, batches, one.off) for name, one in found.items()}

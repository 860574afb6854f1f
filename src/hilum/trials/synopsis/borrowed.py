"""Synopsis of a randomised trial whose controls borrow from published series."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.borrowing.effective_size import effective_size
from hilum.trials.borrowing.trial import VAGUE, BorrowedTrial, borrowed_trial
from hilum.trials.fixed.sizes import SampleSize
from hilum.trials.parameters import Requirements
from hilum.trials.synopsis.parts import given, one_analysis
from hilum.trials.synopsis.record import Basis, Operating, Step, Synopsis, TrueRate
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.watch import Watch

# True control rates of the table: how far the new controls may be from the old.
RATES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def borrowed_synopsis(
    basis: Basis,
    n1: int,
    n2: int,
    p1: float,
    control: BetaMixture,
    *,
    expected: float | None = None,
    threshold: float = 0.975,
    share: float | None = None,
    watch: Watch = SILENT,
) -> Synopsis:
    """Exact characteristics of a decision by posterior, its control's prior from studies.

    Parameters
    ----------
    control : BetaMixture
        A (robust) MAP prior, or a power prior.
    expected : float, optional
        Control rate at which power is stated: the mean before the prior was made robust; the
        prior's own when omitted.
    share : float, optional
        Share to which the historical likelihood was raised, of a power prior.
    watch : Watch
        Looked at for every pair of true rates.
    """
    check = Requirements()
    check.rate("p1", p1)
    check.done()
    trial = borrowed_trial(n1, n2, control, threshold=threshold, watch=watch)
    alone = borrowed_trial(n1, n2, VAGUE, threshold=threshold, watch=watch)
    p2 = control.mean if expected is None else expected
    rates = np.linspace(0.01, 0.99, 99)

    def chance(p1: float, p2: float) -> float:
        watch.done(0)
        return trial.chance(p1, p2)

    levels = [chance(float(p), float(p)) for p in rates]
    low, high = control.interval()
    inside = [level for p, level in zip(rates, levels, strict=True) if low <= p <= high]
    level, power = trial.chance(p2, p2), trial.chance(p1, p2)
    name = "robust MAP prior" if share is None else "power prior"
    size = SampleSize(
        n1 + n2, n1, n2, max(levels), power, 1, name, actual_alpha=level, actual_power=power
    )
    facts: dict[str, float | int | str] = {
        "mean": control.mean,
        "sd": control.sd,
        "worth": effective_size(control),
        "components": len(control.weights),
    }
    prior = Step("borrowed_prior", facts)
    if share is not None:
        old = sum(one.n or 0 for one in basis.found[0].studies) if basis.found else 0
        prior = Step("power_prior", {**facts, "share": share, "old": old, "taken": share * old})
    assurance = trial.assurance(VAGUE, control)
    shifts = np.linspace(0, min(0.95 - p2, 2 * max(p1 - p2, 0.1)), 31)
    made = one_analysis(
        basis, "borrowed", size, scale="proportion",
        steps=(
            Step("borrowed_sizes", {"n1": n1, "n2": n2}),
            prior,
            Step("borrowed_rule", {"threshold": threshold}),
            Step("borrowed_level", {"at": level, "inside": max(inside, default=0.0),
                                    "largest": max(levels)}),
            Step("borrowed_assurance", {"assurance": assurance}),
        ),
        analysis=(
            Step("borrowed_analysis" if share is None else "power_prior_analysis",
                 {"threshold": threshold}),
            Step("bayesian_report"),
        ),
        curve=tuple((float(d), chance(p2 + float(d), p2), None) for d in shifts),
        operating=(Operating("null", 0.0, level, n1 + n2),
                   Operating("alternative", p1 - p2, power, n1 + n2)),
        assumptions=(given("p1", p1, "proportion", basis.found),
                     given("p2", p2, "proportion", basis.found)),
        assurance=assurance,
    )  # fmt: skip
    return replace(
        made, true_rates=tuple(_at(trial, alone, rate, p1 - p2, watch) for rate in RATES)
    )


def _at(
    trial: BorrowedTrial, alone: BorrowedTrial, rate: float, shift: float, watch: Watch
) -> TrueRate:
    """With and without borrowing, at one true control rate."""
    watch.done(0)
    hoped = rate + shift if 0 < rate + shift < 1 else None
    return TrueRate(
        rate,
        trial.chance(rate, rate),
        None if hoped is None else trial.chance(hoped, rate),
        alone.chance(rate, rate),
        None if hoped is None else alone.chance(hoped, rate),
    )

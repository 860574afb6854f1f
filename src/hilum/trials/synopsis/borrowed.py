"""Synopsis of a randomised trial whose controls borrow from published series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import InputError, NotEstimable
from hilum.trials.borrowing.effective_size import effective_size
from hilum.trials.borrowing.trial import (
    VAGUE,
    BorrowedTrial,
    borrowed_size,
    borrowed_trial,
)
from hilum.trials.fixed.sizes import SampleSize
from hilum.trials.parameters import Requirements
from hilum.trials.synopsis.parts import given, one_analysis, short_of
from hilum.trials.synopsis.record import Basis, Operating, Step, Synopsis
from hilum.trials.synopsis.special import TrueRate
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.watch import Watch

# True control rates of the table: how far the new controls may be from the old.
RATES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
# Plausible rates named in the derivation, and points at which the largest error is looked for.
SHOWN, GRID = 5, 99


def borrowed_synopsis(
    basis: Basis,
    n1: int | None,
    n2: int | None,
    p1: float,
    control: BetaMixture,
    *,
    expected: float | None = None,
    plausible: tuple[float, float] | None = None,
    threshold: float = 0.975,
    share: float | None = None,
    power: float = 0.8,
    ratio: float = 2.0,
    watch: Watch = SILENT,
) -> Synopsis:
    """Exact characteristics of a decision by posterior, its control's prior from studies.

    A rate hoped for below the control's is better lower: the trial then counts the patients
    without the event.

    Parameters
    ----------
    n1, n2 : int or None
        Patients on treatment and new controls; the smallest trial of ``ratio`` that has the
        ``power`` where neither is given.
    control : BetaMixture
        A (robust) MAP prior, or a power prior.
    expected : float, optional
        Control rate at which power is stated: the mean before the prior was made robust; the
        prior's own when omitted.
    plausible : (float, float), optional
        Control rates over which the type I error is stated first, usually where a new study's
        rate would lie; the prior's own 95 % when omitted.
    share : float, optional
        Share to which the historical likelihood was raised, of a power prior.
    watch : Watch
        Looked at for every pair of true rates.
    """
    check = Requirements()
    check.rate("p1", p1)
    check.done()
    p2 = control.mean if expected is None else expected
    plan = _Plan(p1, p2, control, plausible, threshold, share, power, watch)
    if n1 is None or n2 is None:
        trial = plan.smallest(ratio)
        step = Step("borrowed_sized", {
            "ratio": ratio, "asked": power, "mean": p2, "n1": trial.n1, "n2": trial.n2,
            "reached": plan.chance(trial, p1, p2),
        })  # fmt: skip
    else:
        trial = plan.trial(n1, n2)
        step = plan.beside(trial)
    return plan.synopsis(basis, trial, step)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a trial with borrowed controls is asked for; rates as they are given."""

    p1: float
    p2: float
    control: BetaMixture
    plausible: tuple[float, float] | None
    threshold: float
    share: float | None
    power: float
    watch: Watch

    @property
    def lower(self) -> bool:
        """Whether a lower rate is hoped for."""
        return self.p1 < self.p2

    @property
    def counted(self) -> BetaMixture:
        """Prior of the rate of what is counted."""
        return self.control.mirrored() if self.lower else self.control

    def trial(self, n1: int, n2: int) -> BorrowedTrial:
        """With these sizes."""
        return borrowed_trial(n1, n2, self.counted, threshold=self.threshold, watch=self.watch)

    def chance(self, trial: BorrowedTrial, p1: float, p2: float) -> float:
        """Of success at these true rates of events (or responders)."""
        self.watch.done(0)
        return trial.chance(1 - p1, 1 - p2) if self.lower else trial.chance(p1, p2)

    def smallest(self, ratio: float) -> BorrowedTrial:
        """The smallest with the power."""
        p1, p2 = (1 - self.p1, 1 - self.p2) if self.lower else (self.p1, self.p2)
        return borrowed_size(
            p1, p2, self.counted, power=self.power, ratio=ratio, threshold=self.threshold,
            watch=self.watch,
        )  # fmt: skip

    def beside(self, trial: BorrowedTrial) -> Step:
        """The power of sizes that were given, and the sizes that would have the one asked for."""
        reached = self.chance(trial, self.p1, self.p2)
        facts: dict[str, float | int | str] = {
            "n1": trial.n1, "n2": trial.n2, "reached": reached, "asked": self.power,
        }  # fmt: skip
        try:
            other = self.smallest(trial.n1 / trial.n2)
        except (InputError, NotEstimable):
            return Step("borrowed_unreached", facts)
        facts |= {"other1": other.n1, "other2": other.n2}
        code = "borrowed_given" if reached < self.power else "borrowed_enough"
        return Step(code, facts)

    def levels(self, trial: BorrowedTrial) -> tuple[Step, float]:
        """Type I error over plausible control rates, and the largest there."""
        low, high = self.plausible or self.control.interval()
        shown = np.linspace(low, high, SHOWN)
        found = [self.chance(trial, float(p), float(p)) for p in shown]
        between = np.linspace(low, high, GRID)
        inside = max(*found, *(self.chance(trial, float(p), float(p)) for p in between))
        everywhere = [self.chance(trial, float(p), float(p)) for p in np.linspace(0.01, 0.99, GRID)]
        levels = ", ".join(
            f"{100 * level:.1f} % ({100 * float(p):.3g} %)"
            for p, level in zip(shown, found, strict=True)
        )
        return Step("borrowed_levels", {
            "low": f"{100 * low:.3g} %", "high": f"{100 * high:.3g} %", "levels": levels,
            "inside": f"{100 * inside:.1f} %", "largest": f"{100 * max(*everywhere, inside):.1f} %",
        }), inside  # fmt: skip

    def prior(self, basis: Basis) -> Step:
        """The prior in words."""
        facts: dict[str, float | int | str] = {
            "mean": self.control.mean,
            "sd": self.control.sd,
            "worth": effective_size(self.control),
            "components": len(self.control.weights),
        }
        if self.share is None:
            return Step("borrowed_prior", facts)
        old = sum(one.n or 0 for one in basis.found[0].studies) if basis.found else 0
        return Step("power_prior", {**facts, "share": self.share, "old": old,
                                    "taken": self.share * old})  # fmt: skip

    def synopsis(self, basis: Basis, trial: BorrowedTrial, sizes: Step) -> Synopsis:
        """Level over plausible rates first, then the size."""
        p1, p2, n = self.p1, self.p2, trial.n1 + trial.n2
        first, inside = self.levels(trial)
        level, power = self.chance(trial, p2, p2), self.chance(trial, p1, p2)
        name = "robust MAP prior" if self.share is None else "power prior"
        size = SampleSize(
            n, trial.n1, trial.n2, inside, self.power, 1, name, actual_alpha=level,
            actual_power=power,
        )  # fmt: skip
        assurance = trial.assurance(VAGUE, self.counted)
        room = p2 if self.lower else 1 - p2
        reach = min(room - 0.05, 2 * max(abs(p1 - p2), 0.1)) * (-1 if self.lower else 1)
        analysis = "borrowed_analysis" if self.share is None else "power_prior_analysis"
        alone = borrowed_trial(
            trial.n1, trial.n2, VAGUE, threshold=self.threshold, watch=self.watch
        )
        made = one_analysis(
            basis, "borrowed", size, scale="proportion",
            steps=(
                first, sizes, *((Step("lower_better"),) if self.lower else ()),
                self.prior(basis), Step("borrowed_rule", {"threshold": self.threshold}),
                Step("borrowed_assurance", {"assurance": assurance}),
                *short_of(self.power, power),
            ),
            analysis=(Step(analysis, {"threshold": self.threshold}), Step("bayesian_report")),
            curve=tuple((float(d), self.chance(trial, p2 + float(d), p2), None)
                        for d in np.linspace(0, reach, 31)),
            operating=(Operating("null", 0.0, level, n),
                       Operating("alternative", p1 - p2, power, n)),
            assumptions=(given("p1", p1, "proportion", basis.found),
                         given("p2", p2, "proportion", basis.found)),
            assurance=assurance,
        )  # fmt: skip
        rows = tuple(self.at(trial, alone, rate) for rate in RATES)
        return replace(made, true_rates=rows, better="lower" if self.lower else "higher")

    def at(self, trial: BorrowedTrial, alone: BorrowedTrial, rate: float) -> TrueRate:
        """With and without borrowing, at one true control rate."""
        hoped = rate + self.p1 - self.p2
        hoped = hoped if 0 < hoped < 1 else None
        return TrueRate(
            rate,
            self.chance(trial, rate, rate),
            None if hoped is None else self.chance(trial, hoped, rate),
            self.chance(alone, rate, rate),
            None if hoped is None else self.chance(alone, hoped, rate),
        )

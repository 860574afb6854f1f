"""Synopsis of a randomised trial of event rates, with one analysis or several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.fixed.counts import counts
from hilum.trials.fixed.few_events import FEW
from hilum.trials.fixed.sizes import whole
from hilum.trials.sequential.sizes import SequentialTrial
from hilum.trials.synopsis.parts import conventions, given, one_analysis
from hilum.trials.synopsis.record import Assumption, Basis, Operating, Step, Synopsis
from hilum.trials.synopsis.sequential import (
    bounds_steps,
    futility_step,
    patients_of_both,
    sequential_synopsis,
)

if TYPE_CHECKING:
    from hilum.trials.fixed.sizes import SampleSize
    from hilum.trials.sequential.design import GroupSequential


@dataclass(frozen=True, slots=True)
class Counted:
    """Event rates: what is hoped for, and against which ratio it is tested."""

    rate_ratio: float
    control_rate: float
    exposure: float
    dispersion: float = 0.0
    alpha: float = 0.025
    power: float = 0.8
    sided: int = 1
    ratio: float = 1.0
    null: float = 1.0

    def sized(self) -> SampleSize:
        """The trial with one analysis."""
        return counts(
            self.rate_ratio, self.control_rate, self.exposure, dispersion=self.dispersion,
            alpha=self.alpha, power=self.power, sided=self.sided, ratio=self.ratio, null=self.null,
        )  # fmt: skip

    @property
    def hypothesis(self) -> str:
        """Against 1, or against a margin."""
        return "superiority" if self.null == 1 else "noninferiority"

    def steps(self) -> tuple[Step, ...]:
        """The rates, and how they vary."""
        facts: dict[str, float | int | str] = {
            "rate": self.control_rate, "rate1": self.control_rate * self.rate_ratio,
            "ratio": self.rate_ratio, "exposure": self.exposure, "null": self.null,
            "dispersion": self.dispersion,
        }  # fmt: skip
        lower = self.rate_ratio < self.null
        return (
            Step("count_rates", facts),
            *(() if lower else (Step("count_good"),)),
            Step("count_dispersed" if self.dispersion else "count_poisson", facts),
        )

    def expected(self, n: float) -> tuple[Step, ...]:
        """Events that each group would have, and whether they are enough for a normal law."""
        n1, n2 = whole(n * self.ratio / (1 + self.ratio)), whole(n / (1 + self.ratio))
        events2 = n2 * self.control_rate * self.exposure
        events1 = n1 * self.control_rate * self.exposure * self.rate_ratio
        facts: dict[str, float | int | str] = {"events1": events1, "events2": events2}
        few = min(events1, events2) < FEW / 2
        return (Step("count_events", facts), *((Step("count_few"),) if few else ()))

    def assumptions(self, basis: Basis) -> tuple[Assumption, ...]:
        """What the design rests on."""
        found = basis.found
        return (
            given("rate_ratio", self.rate_ratio, "ratio", found),
            given("control_rate", self.control_rate, "number", found),
            given("exposure", self.exposure, "months", found),
            given("dispersion", self.dispersion, "number", found),
        )


def counts_synopsis(
    basis: Basis, asked: Counted, design: GroupSequential | None = None
) -> Synopsis:
    """Ratio of two negative binomial (or Poisson) rates.

    Parameters
    ----------
    design : GroupSequential, optional
        Several analyses with bounds; one when omitted.
    """
    size = asked.sized()
    better = "lower" if asked.rate_ratio < asked.null else "higher"
    analysis = Step("count_analysis" if asked.dispersion else "count_poisson_analysis")
    formula = Step("count_formula", {"n": size.patients, "z_alpha": size.critical or 0.0})
    ratio = Step("ratio", {"ratio": asked.ratio})
    if design is None:
        n = size.patients
        made = one_analysis(
            basis, "counts", size, scale="ratio", hypothesis=asked.hypothesis,
            steps=(*asked.steps(), formula, *asked.expected(size.n), ratio),
            analysis=(analysis, Step("count_report")),
            operating=(
                Operating("null", asked.null, asked.alpha / asked.sided, n),
                Operating("alternative", asked.rate_ratio, size.actual_power or asked.power, n),
            ),
            assumptions=(*asked.assumptions(basis), *conventions(asked.alpha, asked.power)),
        )  # fmt: skip
        return replace(made, better=better)
    trial = _in_stages(asked, size, design)
    both = patients_of_both(trial.n, asked.ratio)
    log = float(np.log(asked.rate_ratio / asked.null))
    effects = asked.null * np.exp(np.linspace(-0.3 * log, 1.6 * log, 25))
    made = sequential_synopsis(
        basis, "counts", trial, "ratio", asked.null, asked.rate_ratio,
        tuple((float(e), float(design.drift * np.log(e / asked.null) / log)) for e in effects),
        (*asked.steps(), Step("fixed_patients", {"n": size.patients}), *bounds_steps(design),
         Step("inflation_patients", {"inflation": design.inflation, "n": both}),
         *asked.expected(trial.n), ratio,
         Step("recruited_by_look", {"exposure": asked.exposure}),
         Step("count_information" if asked.dispersion else "count_information_poisson")),
        (analysis, futility_step(design), Step("count_report")), asked.assumptions(basis),
        asked.ratio,
    )  # fmt: skip
    return replace(made, better=better, hypothesis=asked.hypothesis)


def _in_stages(asked: Counted, size: SampleSize, design: GroupSequential) -> SequentialTrial:
    """The design's inflation put on the fixed size; looks where so many have been followed."""
    n = size.n * design.inflation
    log = float(np.log(asked.rate_ratio / asked.null))
    effects = tuple(
        asked.null * float(np.exp(z * log / (design.drift * t**0.5)))
        for z, t in zip(design.efficacy, design.information_rates, strict=True)
    )
    return SequentialTrial(
        design, size, n, tuple(t * n for t in design.information_rates), (), (),
        size.n * design.expected_size_h0, size.n * design.expected_size_h01,
        size.n * design.expected_size_h1, effects,
    )  # fmt: skip

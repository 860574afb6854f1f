"""Trials with one group whose survival or mean is held against a known one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import (
    Alpha,
    CourseAsked,
    HazardRatio,
    Median,
    Power,
    Sided,
    fault,
    fields_named,
)
from hilum.analyses.designs.direction import Better, hazard_side
from hilum.analyses.designs.simulated import (
    Delaying,
    LandmarkWays,
    OneCurveWays,
    OneMeanWays,
    OtherMedian,
    OtherRate,
    OtherSd,
    PacedAsked,
)
from hilum.errors import InputError, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.trials.failing.play import Playable
    from hilum.trials.synopsis.record import Synopsis


@dataclass(frozen=True, kw_only=True)
class LandmarkAsked(OtherRate, CourseAsked):
    """A share of patients at a time."""

    design: ClassVar[str] = "landmark"
    plays: ClassVar[str] = "landmark"

    scenarios: LandmarkWays = ()

    s1: Annotated[float, Option("Share hoped for at the landmark.", above=0, below=1)]
    time: Annotated[float, Option("Landmark, months.", above=0, unit="months")]
    s0: Annotated[
        float | None, Option("Uninteresting share; or from the evidence.", above=0, below=1)
    ] = None
    alpha: Alpha = 0.05
    power: Power = 0.8

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import critical, known
        from hilum.trials.failing.one_curve import Landmark

        del source
        shares = known(synopsis)
        return Landmark(
            shares["s0"], shares["s1"], self.time, self.course(), synopsis.patients,
            critical(synopsis),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class OneSampleLogrankAsked(Delaying, OtherMedian, CourseAsked):
    """A known curve."""

    design: ClassVar[str] = "one-sample-logrank"
    plays: ClassVar[str] = "one-curve"

    scenarios: OneCurveWays = ()

    hazard_ratio: HazardRatio
    control_median: Median = None
    alpha: Alpha = 0.05
    power: Power = 0.8
    better: Better = None

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import critical, known
        from hilum.trials.failing.one_curve import KnownCurve
        from hilum.trials.fixed.course import Hazard

        del source
        figures = known(synopsis)
        return KnownCurve(
            Hazard.from_median(figures["control_median"]), figures["hazard_ratio"], self.course(),
            synopsis.patients, critical(synopsis),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class OneMeanAsked(OtherSd, PacedAsked):
    """A mean, or a mean of paired differences."""

    design: ClassVar[str] = "one-mean"
    plays: ClassVar[str] = "one-mean"

    scenarios: OneMeanWays = ()

    difference: Annotated[float, Option("Mean, or mean difference, hoped for.")]
    sd: Annotated[float, Option("Standard deviation (paired: of the differences).", above=0)]
    alpha: Alpha = 0.025
    power: Power = 0.8
    sided: Sided = 1

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import two_means

        del source
        return two_means(synopsis, None, self.pace)


def landmark(asked: LandmarkAsked, source: Source) -> Synopsis:
    """Size a trial of survival at a landmark."""
    from hilum.trials.synopsis.one_group import landmark_synopsis

    value, basis = source.with_control("s0", asked.s0, "proportion", single=True)
    if asked.control_from_evidence and source.published.answer.time_months != asked.time:
        at = source.published.answer.time_months
        wanted = phrased("the time of the outcome ({at})", at="none" if at is None else f"{at:g}")
        raise InputError(fault("time", f"{asked.time:g}", wanted))
    return landmark_synopsis(
        basis, value, asked.s1, asked.time, asked.course(), alpha=asked.alpha, power=asked.power
    )


def one_sample_logrank(asked: OneSampleLogrankAsked, source: Source) -> Synopsis:
    """Size a trial of survival against a known curve."""
    from hilum.trials.synopsis.one_group import logrank_synopsis

    value, basis = source.with_control(
        "control_median", asked.control_median, "months", single=True
    )
    hazard_side(asked, asked.hazard_ratio)
    with fields_named(historical_median="control_median"):
        return logrank_synopsis(
            basis, asked.hazard_ratio, value, asked.course(), alpha=asked.alpha, power=asked.power
        )


def one_mean(asked: OneMeanAsked, source: Source) -> Synopsis:
    """Size a trial of one mean."""
    from hilum.trials.synopsis.one_group import one_mean_synopsis

    return one_mean_synopsis(
        source.basis(single=True),
        asked.difference,
        asked.sd,
        alpha=asked.alpha,
        power=asked.power,
        sided=asked.sided,
    )

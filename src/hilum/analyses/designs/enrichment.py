"""Enrichment trials: all patients or a subgroup of them, chosen at interim analyses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import (
    P2,
    Alpha,
    EitherAsked,
    Median,
    Power,
    Rate,
    Ratio,
    SurvivalRatio,
    fault,
)
from hilum.analyses.designs.direction import Better
from hilum.analyses.designs.growing import bounds
from hilum.analyses.designs.simulated import (
    AlwaysPlayed,
    Crossing,
    EnrichedWays,
    Misreading,
    OtherMedian,
    OtherSd,
)
from hilum.errors import InputError, Parameter, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.failing.play import Playable
    from hilum.trials.sequential.enrichment import Enrichment, Rule
    from hilum.trials.synopsis.enrichment import Sought
    from hilum.trials.synopsis.record import Synopsis

WHAT = ("either", "subgroup", "full")


def what() -> tuple[str, ...]:
    """What the power may be of."""
    return WHAT


def rules() -> tuple[str, ...]:
    """Rules of the interim analyses."""
    from hilum.trials.sequential.enrichment import RULES

    return tuple(RULES)


def tests() -> tuple[str, ...]:
    """Tests of the intersection."""
    from hilum.trials.sequential.subgroup_closed import INTERSECTIONS

    return tuple(INTERSECTIONS)


OF_RULES = {
    "epsilon": ("epsilon",),
    "threshold_full": ("threshold",),
    "threshold_subgroup": ("threshold",),
}
"""Values that a rule needs and no other takes."""
OF_ENDPOINT = {"rest_p1": "p1", "rest_p2": "p1", "rest_ratio": "hazard_ratio",
               "rest_median": "hazard_ratio", "control_median": "hazard_ratio",
               "p2": "p1", "rest_difference": "difference", "sd": "difference",
               "rest_sd": "difference"}  # fmt: skip
"""Values of one endpoint, by the field that asks for it."""


@dataclass(frozen=True, kw_only=True)
class EnrichmentAsked(AlwaysPlayed, Crossing, Misreading, OtherMedian, OtherSd, EitherAsked):
    """A full population and a subgroup, family-wise error kept by a closed test."""

    design: ClassVar[str] = "enrichment"
    plays: ClassVar[str] = "stages-followed"

    scenarios: EnrichedWays = ()
    other_effects: ClassVar[tuple[str, ...]] = ("p1", "difference")

    subgroup: Annotated[
        str, Option("The subgroup in words, as it is known before randomisation: SSTR-positive.")
    ]
    prevalence: Annotated[float, Option("Its share of the patients.", above=0, below=1)]
    hazard_ratio: SurvivalRatio = None
    control_median: Median = None
    p1: Rate = None
    p2: P2 = None
    difference: Annotated[
        float | None,
        Option("Difference of the means hoped for (means); below 0 where lower is better."),
    ] = None
    sd: Annotated[
        float | None, Option("Standard deviation within either group (means).", above=0)
    ] = None
    rest_ratio: Annotated[
        float | None,
        Option("Hazard ratio hoped for in the other patients; 1 if omitted.", above=0),
    ] = None
    rest_median: Annotated[
        float | None,
        Option("Control median of the others; as the subgroup's if omitted.", above=0,
               unit="months"),
    ] = None  # fmt: skip
    rest_p1: Annotated[
        float | None,
        Option("Rate hoped for in the other patients; their control's if omitted.", above=0,
               below=1),
    ] = None  # fmt: skip
    rest_p2: Annotated[
        float | None,
        Option("Control rate of the others; as the subgroup's if omitted.", above=0, below=1),
    ] = None
    rest_difference: Annotated[
        float | None,
        Option("Difference of the means hoped for in the other patients; 0 if omitted."),
    ] = None
    rest_sd: Annotated[
        float | None,
        Option("Standard deviation in the other patients (means); as the subgroup's if omitted.",
               above=0),
    ] = None  # fmt: skip
    better: Better = None
    select: Annotated[
        str,
        Option(
            "Who goes on after an interim analysis: by conditional power, by --epsilon between the "
            "effects in the subgroup and in all, by thresholds of the effects, the best, or both.",
            rules,
        ),
    ] = "power"
    conditional_power: Annotated[
        float | None,
        Option("From which a population goes on (--select power); 0.3 if omitted.", above=0,
               below=1),
    ] = None  # fmt: skip
    epsilon: Annotated[
        float | None,
        Option(
            "Difference of the effects (rates; means; log hazard ratios) up to which both go on "
            "(--select epsilon).",
            at_least=0,
        ),
    ] = None
    threshold_full: Annotated[
        float | None,
        Option("Effect in all (difference of rates or means; hazard ratio) from which all go on "
               "(--select threshold)."),
    ] = None  # fmt: skip
    threshold_subgroup: Annotated[
        float | None,
        Option("The same in the subgroup (--select threshold)."),
    ] = None
    futility: Annotated[
        float | None,
        Option("Interim z below which a population does not go on (not binding).", above=-10,
               below=10),
    ] = None  # fmt: skip
    enlarged: Annotated[
        float,
        Option("Patients of a stage of the subgroup alone over those planned for the stage.",
               above=0, at_most=10),
    ] = 1.0  # fmt: skip
    interim: Annotated[
        tuple[float, ...], Option("Shares of the patients at the interim analyses.", share=True)
    ] = (0.5,)
    weights: Annotated[
        tuple[float, ...],
        Option("Squared weights of the stages; their shares of patients (events) if omitted."),
    ] = ()
    kind: Annotated[
        str, Option("Efficacy bounds of the interim analyses (of survival: none).", bounds)
    ] = "none"
    test: Annotated[str, Option("Test of both populations at once.", tests)] = "spiessens-debois"
    alpha: Alpha = 0.025
    power: Power = 0.8
    power_of: Annotated[str, Option("What is to be declared effective with this power.", what)] = (
        "either"
    )
    ratio: Ratio = 1.0
    prevalences: Annotated[
        tuple[float, ...],
        Option("True shares of the subgroup to be simulated besides; a quarter less and more if "
               "omitted.", above=0, below=1),
    ] = ()  # fmt: skip
    simulate: Annotated[
        int, Option("Trials simulated of each truth.", at_least=1_000, at_most=1_000_000)
    ] = 5_000

    def together(self) -> list[Fault]:
        """Values of the rule and of the endpoint that have them; stages, weights, thresholds."""
        faults = super().together()
        if not self.subgroup.strip():
            faults.append(fault("subgroup", "", "the subgroup in words"))
        for name, owners in OF_RULES.items():
            value = getattr(self, name)
            if (value is None) == (self.select in owners):
                wanted = phrased(
                    "a value together with {other} {rule}, and only then",
                    other=Parameter("select"), rule=owners[0],
                )  # fmt: skip
                faults.append(fault(name, "" if value is None else f"{value:g}", wanted))
        if self.conditional_power is not None and self.select != "power":
            wanted = phrased(
                "only together with {other} {rule}", other=Parameter("select"), rule="power"
            )
            faults.append(fault("conditional_power", f"{self.conditional_power:g}", wanted))
        for name, owner in OF_ENDPOINT.items():
            value = getattr(self, name)
            if value is not None and getattr(self, owner) is None:
                wanted = phrased("only together with {other}", other=Parameter(owner))
                faults.append(fault(name, f"{value:g}", wanted))
        return [
            *faults, *self._thresholds(), *self._of_survival(), *self._of_means(),
            *self._of_stages(),
        ]  # fmt: skip

    def _thresholds(self) -> list[Fault]:
        """Differences between -1 and 1, or hazard ratios."""
        faults: list[Fault] = []
        for name in ("threshold_full", "threshold_subgroup"):
            value = getattr(self, name)
            if value is None:
                continue
            if self.hazard_ratio is not None and not 0 < value < math.inf:
                faults.append(fault(name, f"{value:g}", "a hazard ratio above 0"))
            if self.p1 is not None and not -1 < value < 1:
                faults.append(fault(name, f"{value:g}", "a difference above -1 and below 1"))
        return faults

    def _of_survival(self) -> list[Fault]:
        if self.hazard_ratio is None:
            return []
        faults: list[Fault] = []
        if self.kind != "none":
            wanted = (
                "none: the events of a stage go on after its analysis, so that only the last "
                "analysis can end with success"
            )
            faults.append(fault("kind", self.kind, wanted))
        if self.accrual is not None and not self.accrual > 0:
            wanted = "months above 0: the stages recruit one after the other"
            faults.append(fault("accrual", f"{self.accrual:g}", wanted))
        return faults

    def _of_means(self) -> list[Fault]:
        faults: list[Fault] = []
        if self.difference is None:
            return faults
        if self.difference == 0:
            faults.append(fault("difference", "0", "a difference other than 0"))
        if self.sd is None:
            faults.append(fault("sd", "", "a number above 0, for means"))
        if self.control_from_evidence is not None:
            wanted = "no treatment of the record for means: it holds rates and times"
            faults.append(fault("control_from_evidence", self.control_from_evidence, wanted))
        return faults

    def _of_stages(self) -> list[Fault]:
        """What the plan itself refuses, of what no option bounds."""
        try:
            self.plan(self.rule(1))
        except InputError as error:
            own = ("interim", "weights", "futility")
            return [one for one in error.faults if one.column in own]
        return []

    def rule(self, side: int) -> Rule:
        """The rule, thresholds in the direction hoped for (-1 where lower rates are)."""
        from hilum.trials.sequential.enrichment import Rule
        from hilum.trials.sequential.interim_rule import NONE

        given = [self.threshold_full or 0.0, self.threshold_subgroup or 0.0]
        if self.hazard_ratio is not None and self.select == "threshold":
            given = [-math.log(one) if one > 0 else 0.0 for one in given]
        return Rule(
            self.select, 0.1 if self.epsilon is None else self.epsilon,
            NONE if self.futility is None else self.futility,
            thresholds=(side * given[0], side * given[1]), power=self.conditional_power or 0.3,
            enlarged=self.enlarged,
        )  # fmt: skip

    def plan(self, rule: Rule, weights: tuple[float, ...] = ()) -> Enrichment:
        """The stages and their tests."""
        from hilum.trials.sequential.enrichment import enrichment as planned

        return planned(
            self.prevalence, rule, interim=self.interim, weights=self.weights or weights,
            kind=self.kind, test=self.test, alpha=self.alpha, ratio=self.ratio,
        )  # fmt: skip

    @property
    def kind_played(self) -> str:
        """Of the outcome whose effect was given."""
        if self.hazard_ratio is not None:
            return self.plays
        return "staged-rates" if self.p1 is not None else "staged-means"

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.analyses.designs.enriched import stages_of
        from hilum.trials.failing.designed import enriched_trial

        del source
        return enriched_trial(synopsis, stages_of(self, synopsis), self.power_of, self.pace)

    def sought(self) -> Sought:
        """What is sized and simulated."""
        from hilum.trials.synopsis.enrichment import Sought

        share = self.prevalence
        around = self.prevalences or (0.75 * share, min(1.25 * share, (1 + share) / 2))
        return Sought(
            self.subgroup.strip(), self.power_of, self.power, self.simulate, self.seed, around
        )

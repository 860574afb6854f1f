"""Randomised trials analysed within strata."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, ClassVar, cast

from hilum.analyses.asked import Option, without_percent
from hilum.analyses.designs.asked import Alpha, EffectSd, EitherAsked, Power, Ratio, Sided, fault
from hilum.analyses.designs.direction import Better, hazard_side, odds_side
from hilum.analyses.designs.simulated import EitherPlayed
from hilum.analyses.designs.survival import formulas
from hilum.errors import InputError, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.failing.play import Playable
    from hilum.trials.fixed.survival import Method
    from hilum.trials.synopsis.record import Basis, Synopsis
    from hilum.trials.synopsis.stratified import Planned


@dataclass(frozen=True, kw_only=True)
class StratifiedAsked(EitherPlayed, EitherAsked):
    """The same hazard or odds ratio in several strata."""

    design: ClassVar[str] = "stratified"
    other_effects: ClassVar[tuple[str, ...]] = ("odds_ratio",)

    stratum: Annotated[
        tuple[str, ...],
        Option(
            'Each stratum by itself, such as "0.4 30 high burden": its share of the patients, its '
            "control median in months (survival) or rate, its name. With --control-from-evidence "
            "the second is its control hazard (odds) against the other strata: 1 for one, 1.8 for "
            "another."
        ),
    ]
    hazard_ratio: Annotated[
        float | None, Option("Hazard ratio in every stratum (survival).", above=0)
    ] = None
    odds_ratio: Annotated[
        float | None, Option("Odds ratio in every stratum (proportions).", above=0)
    ] = None
    alpha: Alpha = 0.025
    power: Power = 0.8
    sided: Sided = 1
    ratio: Ratio = 1.0
    method: Annotated[str, Option("Formula for the events (survival).", formulas)] = "schoenfeld"
    effect_sd: EffectSd = None
    better: Better = None

    def together(self) -> list[Fault]:
        """Either ratio; strata that can be, which fill the trial."""
        faults = super().together()
        if self.odds_ratio is not None and self.effect_sd is not None:
            faults.append(fault("effect_sd", f"{self.effect_sd:g}", "none, but for survival"))
        try:
            found = planned(self.stratum)
        except InputError as error:
            return [*faults, *error.faults]
        shares = [one.share for one in found]
        if not abs(sum(shares) - 1) < 1e-6:
            shown = " + ".join(f"{share:g}" for share in shares)
            wanted = phrased("shares that sum to 1 (not {total:g})", total=sum(shares))
            faults.append(fault("stratum", shown, wanted))
        rates = self.odds_ratio is not None and self.control_from_evidence is None
        if rates and not all(one.control < 1 for one in found):
            shown = ", ".join(f"{one.control:g}" for one in found)
            wanted = "control rates above 0 and below 1"
            faults.append(fault("stratum", shown, wanted))
        return faults

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import strata_curves, strata_rates

        del source
        if self.odds_ratio is not None:
            return strata_rates(synopsis, self.pace)
        return strata_curves(synopsis, self.course())


def planned(given: tuple[str, ...]) -> list[Planned]:
    """Strata as they are typed: two numbers, then words; numbered where one has no name.

    Raises
    ------
    InputError
        Every stratum without two numbers.
    """
    from hilum.trials.synopsis.stratified import Planned

    found: list[Planned] = []
    faults: list[Fault] = []
    for number, text in enumerate(given, 1):
        parts = text.split(maxsplit=2)
        try:
            share, control = (float(without_percent(part)) for part in parts[:2])
        except ValueError:
            share = control = 0.0
        if not (0 < share <= 1 and 0 < control < float("inf")):
            wanted = 'a share above 0 and at most 1, a number above 0, words: "0.4 30 high burden"'
            faults.append(fault("stratum", text, wanted))
        found.append(Planned(parts[2] if len(parts) > 2 else str(number), share, control))
    if not given:
        faults.append(fault("stratum", "", "one stratum or more"))
    if faults:
        raise InputError(*faults)
    return found


def stratified(asked: StratifiedAsked, source: Source) -> Synopsis:
    """Size a trial analysed within strata."""
    from hilum.trials.synopsis.stratified import (
        stratified_proportions_synopsis,
        stratified_survival_synopsis,
    )

    if asked.odds_ratio is not None:
        odds_side(asked, asked.odds_ratio)
        strata, basis = _placed(asked, source, "proportion")
        return stratified_proportions_synopsis(
            basis,
            strata,
            asked.odds_ratio,
            alpha=asked.alpha,
            power=asked.power,
            sided=asked.sided,
            ratio=asked.ratio,
        )
    hazard_side(asked, asked.hazard_ratio or 1.0)
    strata, basis = _placed(asked, source, "months")
    return stratified_survival_synopsis(
        basis,
        strata,
        asked.hazard_ratio or 1.0,
        asked.course(),
        alpha=asked.alpha,
        power=asked.power,
        sided=asked.sided,
        ratio=asked.ratio,
        method=cast("Method", asked.method),
        effect_sd=asked.effect_sd,
    )


def _placed(asked: StratifiedAsked, source: Source, unit: str) -> tuple[list[Planned], Basis]:
    """Strata with their controls; around the published figure where that was asked for."""
    from hilum.trials.fixed.stratified import medians_from, rates_from

    found = planned(asked.stratum)
    if asked.control_from_evidence is None:
        return found, source.basis(single=False)
    name, place = {"months": ("control_median", medians_from), "proportion": ("p2", rates_from)}[
        unit
    ]
    figure, basis = source.with_control(name, None, unit, single=False)
    controls = place(figure, [one.control for one in found], [one.share for one in found])
    return [
        replace(one, control=control) for one, control in zip(found, controls, strict=True)
    ], basis

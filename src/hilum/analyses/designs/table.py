"""Every design by its code. A new one is a record here, its ``Asked`` and a function."""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from hilum.records import found
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hilum.watch import Watch


@dataclass(frozen=True, slots=True)
class Design:
    """A kind of trial that can be sized; also an analysis, ``design-CODE``.

    Parameters
    ----------
    code : str
        As it is asked for; the ``kind`` of its synopsis.
    asked : str or type
        Its ``Asked``: a class, or ``module:Class``, loaded when it is used.
    size : str or callable (asked, source) -> Synopsis
        Likewise.
    summary : str
        A sentence, the id of its translations.
    title : str
        What a trial of this kind is called where nobody named it; an id too.
    sentences : mapping of str to str
        Sentences of its own steps by their codes, beside those that designs share.
    """

    code: str
    asked: str | type[Any]
    size: str | Callable[[Any, Any], Any]
    summary: str
    title: str
    sentences: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        """Its name among the analyses."""
        return f"design-{self.code}"

    @property
    def Asked(self) -> type[Any]:  # noqa: N802
        """What can be asked."""
        return _loaded(self.asked)

    @property
    def Answered(self) -> type[Any]:  # noqa: N802
        """The synopsis, and what was asked."""
        return _answered(self.Asked)

    def sized(self, asked: Any, source: Any) -> Any:
        """The synopsis of what is asked, without sizes at other figures of the control."""
        return _loaded(self.size)(asked, source)

    def run(self, asked: Any, watch: Watch = SILENT) -> Any:
        """Size the trial."""
        from hilum.analyses.designs.run import run_design

        return run_design(self, asked, watch)


def _loaded(what: Any) -> Any:
    if not isinstance(what, str):
        return what
    module, _, name = what.partition(":")
    return getattr(import_module(f"hilum.analyses.designs.{module}"), name)


@cache
def _answered(asked: type[Any]) -> type[Any]:
    from hilum.analyses.designs.run import DesignAnswered

    name = asked.__name__.replace("Asked", "Answered")
    return make_dataclass(
        name,
        [("asked", asked, field(kw_only=True))],
        bases=(DesignAnswered,),
        frozen=True,
        namespace={"__doc__": "A synopsis and what was asked.", "__module__": asked.__module__},
    )


DESIGNS: Final[dict[str, Design]] = {
    one.code: one
    for one in (
        Design(
            "simon",
            "one_group:SimonAsked",
            "one_group:simon",
            "Two-stage single-arm trial: optimal, minimax and admissible (Simon 1989).",
            "Single-arm phase II trial in two stages (Simon)",
        ),
        Design(
            "single-stage",
            "one_group:SingleStageAsked",
            "one_group:single_stage",
            "Single-arm trial in one stage: exact (A'Hern 2001) or normal (Fleming 1982).",
            "Single-arm phase II trial in one stage",
        ),
        Design(
            "fleming",
            "one_group:FlemingAsked",
            "one_group:fleming",
            "Multi-stage single-arm trial stopping both ways (Fleming 1982).",
            "Single-arm phase II trial in several stages (Fleming)",
        ),
        Design(
            "bayesian",
            "one_group:BayesianAsked",
            "one_group:bayesian",
            "Single-arm trial monitored by predictive or posterior probability.",
            "Single-arm phase II trial with Bayesian monitoring",
        ),
        Design(
            "landmark",
            "one_group_followed:LandmarkAsked",
            "one_group_followed:landmark",
            "Single-arm trial of survival at a landmark (Kaplan-Meier).",
            "Single-arm trial of survival at a landmark",
        ),
        Design(
            "one-sample-logrank",
            "one_group_followed:OneSampleLogrankAsked",
            "one_group_followed:one_sample_logrank",
            "Single-arm trial of survival against a known curve (Wu 2015).",
            "Single-arm trial of survival against a known curve",
        ),
        Design(
            "one-mean",
            "one_group_followed:OneMeanAsked",
            "one_group_followed:one_mean",
            "Single-arm trial of a mean, or of paired differences (t test).",
            "Single-arm trial of a mean, or of paired differences",
        ),
        Design(
            "two-proportions",
            "two_groups:TwoProportionsAsked",
            "two_groups:two_proportions",
            "Randomised trial of two proportions.",
            "Randomised trial of two proportions",
        ),
        Design(
            "means",
            "two_groups:MeansAsked",
            "two_groups:means",
            "Randomised trial of two means (t test).",
            "Randomised trial of two means",
        ),
        Design(
            "survival",
            "survival:SurvivalAsked",
            "survival:survival",
            "Randomised trial of time to an event (log-rank test).",
            "Randomised trial of time to an event",
        ),
        Design(
            "non-proportional",
            "nonproportional:NonproportionalAsked",
            "nonproportional:nonproportional",
            "Randomised trial of a late, fading or crossing effect: MaxCombo or restricted means.",
            "Randomised trial of time to an event, hazards not proportional",
        ),
        Design(
            "counts",
            "counts:CountsAsked",
            "counts:counts",
            "Randomised trial of event rates (Poisson, negative binomial), one analysis or more.",
            "Randomised trial of event rates",
        ),
        Design(
            "stratified",
            "stratified:StratifiedAsked",
            "stratified:stratified",
            "Randomised trial analysed within strata: survival (--hazard-ratio) or proportions.",
            "Randomised trial with a stratified analysis",
        ),
        Design(
            "borrowed",
            "borrowed:BorrowedAsked",
            "borrowed:borrowed",
            "Randomised trial whose controls borrow from published series (MAP or power prior).",
            "Randomised trial with a borrowed control group",
        ),
        Design(
            "sequential",
            "stages:SequentialAsked",
            "stages:sequential",
            "Group sequential trial: survival (--hazard-ratio) or proportions (--p1).",
            "Randomised group sequential trial",
        ),
        Design(
            "multi-arm",
            "arms:MultiArmAsked",
            "arms:multi_arm",
            "Multi-arm multi-stage trial with a common control (Dunnett; Magirr, Jaki & "
            "Whitehead).",
            "Randomised multi-arm multi-stage trial with a common control",
        ),
        Design(
            "selection",
            "selection:SelectionAsked",
            "selection:selection",
            "Several treatments, the best or the promising ones selected at an interim analysis "
            "(closed test of two stages).",
            "Randomised two-stage trial of several treatments with selection",
        ),
        Design(
            "enrichment",
            "enrichment:EnrichmentAsked",
            "enriched:enrichment",
            "All patients or a subgroup of them: interim analyses may enrich (closed test of "
            "stages), survival, proportions or means.",
            "Randomised adaptive enrichment trial of a population and a subgroup",
        ),
        Design(
            "platform",
            "arms:PlatformAsked",
            "arms:platform",
            "Rules of a Bayesian platform trial; --simulate gives their error rates and power.",
            "Randomised Bayesian platform trial with response-adaptive allocation",
        ),
        Design(
            "multi-arm-survival",
            "arms_followed:MultiArmSurvivalAsked",
            "arms_followed:multi_arm_survival",
            "Multi-arm multi-stage trial with times to events (Royston, Parmar & Qian 2003).",
            "Randomised multi-arm multi-stage trial with times to events",
        ),
        Design(
            "reestimate",
            "growing:ReestimateAsked",
            "growing:reestimate",
            "Two stages, the second raised where the interim result is promising (Mehta & Pocock "
            "2011).",
            "Randomised two-stage trial with sample-size re-estimation",
        ),
    )
}
"""Designs by their code, in the order in which they are listed."""


def design_of(code: str) -> Design:
    """The record of a design; an unknown code lists the known ones."""
    return found(DESIGNS, code, "design")

"""Plans that treat every lesion, by the remnant they leave and the ablations they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.analyses.forms import number
from hilum.analyses.liver_asked import (
    BodyAsked,
    MapsAsked,
    PictureAsked,
    body_faults,
    body_of,
    faults_of,
    in_fields,
    maps_faults,
    maps_of,
)
from hilum.analyses.liver_rows import Measured, measured
from hilum.patient.liver.notices import GEOMETRY
from hilum.patient.liver.wanted import SEARCH_MARGIN_MM
from hilum.patient.liver_forms import filled, numerals
from hilum.watch import SILENT

if TYPE_CHECKING:
    from typing import Any

    from hilum.patient.liver.search import Candidate, Search
    from hilum.patient.volumetry import Needed
    from hilum.watch import Watch


def conditions() -> tuple[str, ...]:
    """Conditions of a liver that thresholds are published for."""
    from hilum.patient.tables import read_tables

    return read_tables().attributes["liver_condition"].allowed


@dataclass(frozen=True, kw_only=True)
class LiverSearchAsked(PictureAsked, BodyAsked, MapsAsked):
    """Label maps, and what plans may be made of."""

    margin: Annotated[
        float, Option("Margin in mm around wedged and ablated lesions.", unit="mm")
    ] = SEARCH_MARGIN_MM
    ablate_up_to: Annotated[
        float | None,
        Option("Largest lesion to ablate in mm; else the rules' limit.", at_least=0, unit="mm"),
    ] = None
    condition: Annotated[
        str | None, Option("The liver's condition, which selects thresholds.", conditions)
    ] = None

    def __post_init__(self) -> None:
        """Refuse what cannot be searched."""
        from hilum.patient.liver.tally import check_margin

        margin = faults_of(lambda: check_margin(self.margin))
        check(self, *maps_faults(self), *body_faults(self), *margin)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlan:
    """One plan that no other beats; shares as in a plan's answer."""

    name: str
    segments: tuple[str, ...]
    flr_ml: float
    flr_percent_ct: float
    sflr_percent: float | None
    lesions_resected: tuple[int, ...]
    lesions_wedged: tuple[int, ...]
    lesions_ablated: tuple[int, ...]
    lesions_left: tuple[int, ...]
    lesions_margin_short: tuple[int, ...]
    thresholds_reached: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededRow:
    """What growth the largest remnant would need to reach a threshold."""

    threshold: str
    percent_needed: float
    denominator: str
    units: str
    target_ml: float
    missing_ml: float
    growth_percent: float | None
    percentage_points: float
    weeks_at_2_percent_a_week: float
    days_at_mean_pve_rate: float
    days_at_mean_alpps_rate: float
    mean_growth_percent_pve: float
    mean_growth_percent_alpps: float
    source: str


@dataclass(frozen=True, kw_only=True)
class LiverSearchAnswered(Measured):
    """The liver, and the plans found."""

    what_this_is: str
    margin_mm: float
    ablation_limit_mm: float
    ablation_limit_rule: str
    ablation_preferred_mm: float | None
    liver_condition: str
    plans_tried: int
    one_stage: bool | None
    lesions_untreatable: tuple[int, ...]
    plans: tuple[FoundPlan, ...]
    growth_needed: tuple[NeededRow, ...]
    asked: LiverSearchAsked


def run(asked: LiverSearchAsked, watch: Watch = SILENT) -> LiverSearchAnswered:
    """Measure, and search plans.

    Raises
    ------
    InputError
        A label map is not what was expected.
    NotEstimable
        Without segments or lesions.
    MissingExtra
        When the readers are not installed.
    Stopped
        When the watch says so.
    """
    from hilum.patient.liver.conduct import conduct
    from hilum.patient.liver.wanted import SearchFor, Wanted

    wanted = Wanted(
        maps=maps_of(asked),
        body=body_of(asked),
        search=SearchFor(
            margin_mm=asked.margin,
            ablate_up_to_mm=asked.ablate_up_to,
            condition=asked.condition,
            needed=True,
        ),
        picture=asked.picture,
    )
    with in_fields():
        findings = conduct(wanted, watch)
    assert findings.search is not None
    return LiverSearchAnswered(**measured(findings), **_found(findings.search), asked=asked)


def _found(search: Search) -> dict[str, Any]:
    return {
        "what_this_is": GEOMETRY,
        "margin_mm": search.margin_mm,
        "ablation_limit_mm": search.limit.mm,
        "ablation_limit_rule": search.limit.rule_id,
        "ablation_preferred_mm": None if search.preferred is None else search.preferred.mm,
        "liver_condition": search.condition or "normal",
        "plans_tried": search.tried,
        "one_stage": search.one_stage,
        "lesions_untreatable": search.untreatable,
        "plans": tuple(_plan(one) for one in search.candidates),
        "growth_needed": tuple(_needed(one) for one in search.growth),
    }


def _plan(one: Candidate) -> FoundPlan:
    return filled(
        FoundPlan,
        one,
        name=one.plan.name,
        segments=numerals(one.plan.segments),
        thresholds_reached=one.enough,
    )


def _needed(one: Needed) -> NeededRow:
    return NeededRow(
        threshold=one.threshold.name,
        percent_needed=one.threshold.value,
        denominator=one.threshold.denominator,
        units=one.threshold.units,
        target_ml=one.target_ml,
        missing_ml=one.missing_ml,
        growth_percent=number(one.percent),
        percentage_points=one.points,
        weeks_at_2_percent_a_week=one.weeks,
        days_at_mean_pve_rate=one.days_pve,
        days_at_mean_alpps_rate=one.days_alpps,
        mean_growth_percent_pve=one.percent_pve,
        mean_growth_percent_alpps=one.percent_alpps,
        source=one.threshold.source,
    )

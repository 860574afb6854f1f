"""What a resection leaves: the remnant with its range, by three denominators, and its growth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.analyses.liver_asked import (
    BodyAsked,
    MapsAsked,
    PictureAsked,
    body_faults,
    body_of,
    faults_of,
    in_fields,
    lesions_of,
    maps_faults,
    maps_of,
    path_of,
    plane_of,
    spacing_of,
)
from hilum.analyses.liver_rows import Measured, NoticeRow, Range, measured, notice_rows
from hilum.errors import Fault, InputError, Parameter, phrased
from hilum.patient.liver_forms import filled, numerals
from hilum.patient.volumetry import STANDARD
from hilum.watch import SILENT

if TYPE_CHECKING:
    from typing import Any

    from hilum.patient.liver.anatomy import Notice
    from hilum.patient.liver.plan import Remnant
    from hilum.patient.liver.wanted import Earlier, Operation
    from hilum.patient.volumetry import Growth
    from hilum.patient.volumetry_shares import AtThreshold
    from hilum.watch import Watch


def formulas() -> tuple[str, ...]:
    """Codes of the standard liver volumes."""
    from hilum.patient.volumetry import FORMULAS

    return tuple(FORMULAS)


def sexes() -> tuple[str, ...]:
    """Sexes that a formula knows."""
    return ("male", "female")


@dataclass(frozen=True, kw_only=True)
class LiverPlanAsked(PictureAsked, BodyAsked, MapsAsked):
    """Label maps, what is taken out of them, and the patient's size."""

    resect: Annotated[
        str, Option("Segments or an operation: V,VI,VII,VIII or right, left_lateral ...")
    ] = ""
    wedge: Annotated[str, Option("Lesions to wedge, by number with commas, or 'all'.")] = ""
    ablate: Annotated[str, Option("Lesions to ablate, by number with commas, or 'all'.")] = ""
    margin: Annotated[
        float,
        Option("Margin in mm around wedged and ablated lesions, and to be kept.", unit="mm"),
    ] = 0.0
    plane: Annotated[
        str,
        Option("Cutting plane 'x,y,z;nx,ny,nz' in RAS mm; the side the direction points to goes."),
    ] = ""
    drawn_remnant: Annotated[
        bool, Option("Resect what lies outside the remnant label of the maps.")
    ] = False
    formula: Annotated[
        str, Option("Standard liver volume, which the remnant is a share of.", formulas)
    ] = STANDARD
    sex: Annotated[str | None, Option("For the formula of Chan.", sexes)] = None
    error: Annotated[
        float | None,
        Option("Mean error of a segmented volume in percent; else the published one."),
    ] = None
    before: Annotated[
        tuple[str, ...], Option("Label maps before embolisation or the first stage.")
    ] = ()
    before_lesions: Annotated[
        str | None,
        Option("Map of lesions at the earlier time; else that of now, where it fits."),
    ] = None
    before_series: Annotated[
        str | None, Option("Folder of the image series of an earlier RTSTRUCT.")
    ] = None
    before_spacing: Annotated[str, Option("Size of a voxel of the earlier maps, in mm.")] = ""
    weeks: Annotated[
        float | None, Option("Weeks between the earlier label maps and those of now.")
    ] = None

    def __post_init__(self) -> None:
        """Refuse what cannot be planned, all at once."""
        check(self, *maps_faults(self), *body_faults(self), *_faults(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """What is taken out."""

    name: str
    segments: tuple[str, ...]
    wedge: tuple[int, ...]
    ablate: tuple[int, ...]
    margin_mm: float
    plane: tuple[tuple[float, ...], tuple[float, ...]] | None
    drawn_remnant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdRow:
    """The remnant beside one published threshold, in the threshold's own units."""

    name: str
    threshold: float
    denominator: str
    units: str
    population: str
    source: str
    value: float | None
    p_below: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthRow:
    """Growth in points of standardised remnant; ``notices`` are of the earlier label maps."""

    sflr_before: float
    sflr_after: float
    degree_of_hypertrophy: float
    kinetic_growth_rate: float
    ml_per_day: float
    percent: float
    weeks: float
    notices: tuple[NoticeRow, ...]


@dataclass(frozen=True, kw_only=True)
class LiverPlanAnswered(Measured):
    """The liver, and what the plan leaves of it.

    ``flr_percent_ct`` is of the functional liver as measured, ``sflr_percent`` of the standard
    liver volume by ``sflr_formula``, ``flr_body_weight_ratio`` in percent of body weight.
    """

    plan: PlanRow
    flr_ml: float
    flr_ml_range: Range
    resected_ml: float
    remnant_with_lesions_ml: float
    flr_percent_ct: float
    flr_percent_ct_range: Range
    sflr_percent: float | None
    sflr_formula: str
    sflr_by_formula: dict[str, float]
    flr_body_weight_ratio: float | None
    lesions_resected: tuple[int, ...]
    lesions_ablated: tuple[int, ...]
    lesions_left: tuple[int, ...]
    lesions_margin_short: tuple[int, ...]
    tumour_resected_percent: float | None
    tumour_cleared_percent: float | None
    volume_sd_percent: float
    flr_percent_ct_p_below: dict[str, float]
    thresholds: tuple[ThresholdRow, ...]
    growth: GrowthRow | None
    asked: LiverPlanAsked


def run(asked: LiverPlanAsked, watch: Watch = SILENT) -> LiverPlanAnswered:
    """Measure, and plan a remnant.

    Raises
    ------
    InputError
        A label map or the plan is not what was expected.
    MissingExtra
        When the readers are not installed.
    Stopped
        When the watch says so.
    """
    from hilum.patient.liver.conduct import conduct
    from hilum.patient.liver.wanted import Wanted

    wanted = Wanted(
        maps=maps_of(asked),
        body=body_of(asked, asked.sex),
        operation=_operation(asked),
        formula=asked.formula,
        error_percent=asked.error,
        earlier=_earlier(asked),
        picture=asked.picture,
    )
    with in_fields():
        findings = conduct(wanted, watch)
    assert findings.remnant is not None
    return LiverPlanAnswered(
        **measured(findings),
        **_remnant(findings.remnant),
        growth=None
        if findings.growth is None
        else _growth(findings.growth, findings.earlier_notices),
        asked=asked,
    )


def _faults(asked: LiverPlanAsked) -> list[Fault]:
    from hilum.patient.liver.growth import check_earlier
    from hilum.patient.liver.plan import check_options, parse_segments
    from hilum.patient.liver.tally import check_margin

    faults = faults_of(
        lambda: parse_segments(asked.resect) if asked.resect else (),
        lambda: lesions_of("wedge", asked.wedge),
        lambda: lesions_of("ablate", asked.ablate),
        lambda: plane_of("plane", asked.plane),
        lambda: check_margin(asked.margin),
        lambda: check_options(STANDARD, asked.error),
        lambda: spacing_of("before_spacing", asked.before_spacing),
    )
    if faults:
        return faults
    if _operation(asked).empty:
        names = ("resect", "wedge", "ablate", "plane", "drawn_remnant")
        expected = phrased(
            "{resect}, {wedge}, {ablate}, {plane} or {drawn_remnant}",
            **{name: Parameter(name) for name in names},
        )
        faults.append(Fault("", None, "resect", "", expected))
    earlier = _earlier(asked)
    if earlier is not None:
        faults += faults_of(lambda: check_earlier(earlier), lambda: _sized(asked))
    return faults


def _sized(asked: LiverPlanAsked) -> None:
    if asked.height is None or asked.weight is None:
        expected = "height and weight: growth is measured in standardised remnant"
        raise InputError(Fault("", None, "height", "", expected))


def _operation(asked: LiverPlanAsked) -> Operation:
    from hilum.patient.liver.wanted import Operation

    return Operation(
        resect=asked.resect,
        wedge=lesions_of("wedge", asked.wedge),
        ablate=lesions_of("ablate", asked.ablate),
        margin_mm=asked.margin,
        plane=plane_of("plane", asked.plane),
        drawn_remnant=asked.drawn_remnant,
    )


def _earlier(asked: LiverPlanAsked) -> Earlier | None:
    """The earlier maps, read as those of now but for their own lesions, series and spacing."""
    from hilum.patient.liver.wanted import Earlier

    own = (asked.before, asked.before_lesions, asked.before_series, asked.before_spacing)
    if not any(own) and asked.weeks is None:
        return None
    maps = replace(
        maps_of(asked),
        labels=tuple(Path(one) for one in asked.before),
        lesions=path_of(asked.before_lesions),
        series=path_of(asked.before_series),
        spacing=spacing_of("before_spacing", asked.before_spacing),
    )
    return Earlier(maps, asked.weeks)


def _remnant(found: Remnant) -> dict[str, Any]:
    plan = found.plan
    return {
        "plan": filled(PlanRow, plan, segments=numerals(plan.segments)),
        "flr_ml": found.flr_ml,
        "flr_ml_range": found.flr_ml_range,
        "resected_ml": found.resected_ml,
        "remnant_with_lesions_ml": found.remnant_with_lesions_ml,
        "flr_percent_ct": found.flr_percent_ct,
        "flr_percent_ct_range": found.flr_percent_ct_range,
        "sflr_percent": found.sflr_percent,
        "sflr_formula": found.formula,
        "sflr_by_formula": dict(found.sflr_by_formula),
        "flr_body_weight_ratio": found.flr_body_weight_ratio,
        "lesions_resected": found.lesions_resected,
        "lesions_ablated": found.lesions_ablated,
        "lesions_left": found.lesions_left,
        "lesions_margin_short": found.lesions_margin_short,
        "tumour_resected_percent": found.tumour_resected_percent,
        "tumour_cleared_percent": found.tumour_cleared_percent,
        "volume_sd_percent": found.sd_percent,
        "flr_percent_ct_p_below": {f"{value:g}": p for value, p in found.flr_percent_ct_p_below},
        "thresholds": tuple(_threshold(one) for one in found.thresholds),
    }


def _threshold(one: AtThreshold) -> ThresholdRow:
    return filled(
        ThresholdRow,
        one.threshold,
        threshold=one.threshold.value,
        value=one.value,
        p_below=one.p_below,
    )


def _growth(found: Growth, earlier: tuple[Notice, ...]) -> GrowthRow:
    return filled(GrowthRow, found, notices=notice_rows(earlier))

"""A measured liver as it is answered: figures in mL and mm, notices as codes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from hilum.patient.liver.notices import sentence
from hilum.patient.liver_forms import filled, png_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.patient.liver.anatomy import Notice
    from hilum.patient.liver.conduct import LiverFindings

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """Something the reader must know: a code and its facts."""

    code: str
    facts: dict[str, str | int | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRow:
    """One of Couinaud's segments; ``lesions`` are the numbers of those that touch it."""

    ml: float
    ml_range: Range
    functional_ml: float
    tumour_ml: float
    burden_percent: float
    components: int
    components_6: int
    largest_component_ml: float
    lesions: tuple[int, ...]
    lesion_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionRow:
    """One lesion, as far as it lies in the liver."""

    id: int
    ml: float
    ml_range: Range
    longest_axial_mm: float
    feret_mm: float
    segments: tuple[str, ...]
    segment_ml: dict[str, float]
    centroid_mm_ras: tuple[float, float, float]
    components: int
    outside_ml: float
    surface_mm: float
    vein_mm: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRow:
    """One label of the input, used or not."""

    file: str
    label: int
    name: str
    role: str
    used: bool


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What the label maps say of the liver.

    ``distribution_basis`` is a code, as ``notices`` are; ``warnings`` say the notices in English.
    """

    liver_ml: float
    liver_ml_range: Range
    functional_liver_ml: float
    functional_liver_ml_range: Range
    tumour_ml: float
    tumour_ml_range: Range
    burden_percent: float
    lesion_count: int
    segments: dict[str, SegmentRow]
    lesions: tuple[LesionRow, ...]
    distribution: str | None
    distribution_basis: str
    sides: str | None
    largest_lesion_share: float | None
    lesions_outside_ml: float
    spacing_mm: tuple[float, ...]
    shape: tuple[int, ...]
    voxel_ml: float
    files: tuple[str, ...]
    labels: tuple[LabelRow, ...]
    labels_not_used: int
    notices: tuple[NoticeRow, ...]
    warnings: tuple[str, ...]
    picture_png: str | None = None


def measured(findings: LiverFindings) -> dict[str, Any]:
    """The fields of :class:`Measured`."""
    found, spread = findings.measurement, findings.measurement.distribution
    own = {
        "lesion_count": len(found.lesions),
        "segments": {
            one.name: filled(SegmentRow, one, lesion_count=len(one.lesions))
            for one in found.segments
        },
        "lesions": tuple(
            filled(LesionRow, one, segment_ml=dict(one.segment_ml), vein_mm=dict(one.vein_mm))
            for one in found.lesions
        ),
        "distribution": spread.type,
        "distribution_basis": spread.basis,
        "sides": spread.sides,
        "largest_lesion_share": spread.largest_share,
        "lesions_outside_ml": found.outside_ml,
        "labels": tuple(filled(LabelRow, one, role=one.words) for one in found.labels),
        "labels_not_used": sum(not one.used for one in found.labels),
        "notices": notice_rows(findings.notices),
        "warnings": tuple(sentence(one) for one in findings.notices),
        "picture_png": png_text(findings.picture),
    }
    same = [one.name for one in fields(Measured) if one.name not in own]
    return own | {name: getattr(found, name) for name in same}


def notice_rows(notices: Iterable[Notice]) -> tuple[NoticeRow, ...]:
    """Notices with their facts by name."""
    return tuple(filled(NoticeRow, one, facts=dict(one.facts)) for one in notices)

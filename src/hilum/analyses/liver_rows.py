"""A measured liver as it is answered: figures in mL and mm, notices as codes."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.patient.liver.anatomy import SEGMENTS
from hilum.patient.liver.notices import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    found = findings.measurement
    spread = found.distribution
    return {
        "liver_ml": found.liver_ml,
        "liver_ml_range": found.liver_ml_range,
        "functional_liver_ml": found.functional_liver_ml,
        "functional_liver_ml_range": found.functional_liver_ml_range,
        "tumour_ml": found.tumour_ml,
        "tumour_ml_range": found.tumour_ml_range,
        "burden_percent": found.burden_percent,
        "lesion_count": len(found.lesions),
        "segments": _segments(findings),
        "lesions": _lesions(findings),
        "distribution": spread.type,
        "distribution_basis": spread.basis,
        "sides": spread.sides,
        "largest_lesion_share": spread.largest_share,
        "lesions_outside_ml": found.outside_ml,
        "spacing_mm": found.spacing_mm,
        "shape": found.shape,
        "voxel_ml": found.voxel_ml,
        "files": found.files,
        "labels": tuple(
            LabelRow(file=one.file, label=one.label, name=one.name, role=one.words, used=one.used)
            for one in found.labels
        ),
        "labels_not_used": sum(not one.used for one in found.labels),
        "notices": notice_rows(findings.notices),
        "warnings": tuple(sentence(one) for one in findings.notices),
        "picture_png": None
        if findings.picture is None
        else b64encode(findings.picture).decode("ascii"),
    }


def _segments(findings: LiverFindings) -> dict[str, SegmentRow]:
    return {
        one.name: SegmentRow(
            ml=one.ml,
            ml_range=one.ml_range,
            functional_ml=one.functional_ml,
            tumour_ml=one.tumour_ml,
            burden_percent=one.burden_percent,
            components=one.components,
            components_6=one.components_6,
            largest_component_ml=one.largest_component_ml,
            lesions=one.lesions,
            lesion_count=len(one.lesions),
        )
        for one in findings.measurement.segments
    }


def _lesions(findings: LiverFindings) -> tuple[LesionRow, ...]:
    return tuple(
        LesionRow(
            id=one.id,
            ml=one.ml,
            ml_range=one.ml_range,
            longest_axial_mm=one.longest_axial_mm,
            feret_mm=one.feret_mm,
            segments=one.segments,
            segment_ml=dict(one.segment_ml),
            centroid_mm_ras=one.centroid_mm_ras,
            components=one.components,
            outside_ml=one.outside_ml,
            surface_mm=one.surface_mm,
            vein_mm=dict(one.vein_mm),
        )
        for one in findings.measurement.lesions
    )


def notice_rows(notices: Iterable[Notice]) -> tuple[NoticeRow, ...]:
    """Notices with their facts by name."""
    return tuple(NoticeRow(code=one.code, facts=dict(one.facts)) for one in notices)


def numerals(numbers: Sequence[int]) -> tuple[str, ...]:
    """Segments as they are written."""
    return tuple(SEGMENTS[number - 1] for number in numbers)

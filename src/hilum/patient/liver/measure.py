"""Measuring a liver: volumes, tumour burden, lesions, distribution, with the range of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.patient.liver.anatomy import LEFT, RIGHT, SEGMENTS, Anatomy, Labelled, Notice, box
from hilum.patient.liver.lesions import Lesion, measure_lesions
from hilum.patient.liver.shells import shells
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.watch import Watch

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Segment:
    """One of Couinaud's segments; ``lesions`` lists the numbers of those that touch it."""

    name: str
    ml: float
    ml_range: Range
    components: int
    components_6: int
    largest_component_ml: float
    tumour_ml: float
    lesions: tuple[int, ...]

    @property
    def functional_ml(self) -> float:
        """Volume without lesions."""
        return self.ml - self.tumour_ml

    @property
    def burden_percent(self) -> float:
        """Share of the segment that lesions take."""
        return 100 * self.tumour_ml / self.ml if self.ml else 0.0


@dataclass(frozen=True, slots=True)
class Distribution:
    """The class of spread, and the code of how it was derived.

    ``type`` is ``type_I``, ``type_II`` or ``type_III`` as Frilling (2009) describes them, or
    ``None`` where it cannot be told. ``largest_share`` is the largest lesion's part of the tumour.
    """

    type: str | None
    basis: str
    sides: str | None
    largest_share: float | None


@dataclass(frozen=True, slots=True)
class LiverMeasurement:
    """What a set of label maps says about one liver; volumes in mL, lengths in mm."""

    liver_ml: float
    liver_ml_range: Range
    functional_liver_ml: float
    functional_liver_ml_range: Range
    tumour_ml: float
    tumour_ml_range: Range
    segments: tuple[Segment, ...]
    lesions: tuple[Lesion, ...]
    distribution: Distribution
    spacing_mm: tuple[float, ...]
    shape: tuple[int, ...]
    voxel_ml: float
    outside_ml: float
    notices: tuple[Notice, ...]
    files: tuple[str, ...]
    labels: tuple[Labelled, ...] = ()

    @property
    def burden_percent(self) -> float:
        """Share of the liver that lesions take."""
        return 100 * self.tumour_ml / self.liver_ml

    @property
    def lesion_max_mm(self) -> float | None:
        """The longest axial diameter of any lesion; ``None`` without lesions."""
        return max((one.longest_axial_mm for one in self.lesions), default=None)


def measure_liver(anatomy: Anatomy, *, watch: Watch = SILENT) -> LiverMeasurement:
    """Measure everything at once.

    Volumes count voxels. Ranges move every outline by one voxel in and out (neighbours share a
    face): they say what the voxels' size alone leaves open, not how well the outline was drawn.
    """
    voxel_ml = anatomy.grid.voxel_ml
    lesions = measure_lesions(anatomy, watch=watch)
    tumour = anatomy.lesions > 0
    functional = anatomy.liver & ~tumour

    def with_range(mask: np.ndarray) -> tuple[int, Range]:
        voxels = int(np.count_nonzero(mask))
        lost, gained = shells(mask)
        return voxels, ((voxels - lost) * voxel_ml, (voxels + gained) * voxel_ml)

    liver, liver_range = with_range(anatomy.liver)
    spread, spread_range = with_range(tumour)
    rest, rest_range = with_range(functional)
    segments = _segments(anatomy, lesions)
    return LiverMeasurement(
        liver_ml=liver * voxel_ml,
        liver_ml_range=liver_range,
        functional_liver_ml=rest * voxel_ml,
        functional_liver_ml_range=rest_range,
        tumour_ml=spread * voxel_ml,
        tumour_ml_range=spread_range,
        segments=segments,
        lesions=lesions,
        distribution=distribution(lesions, has_segments=anatomy.segments is not None),
        spacing_mm=anatomy.image_spacing,
        shape=anatomy.image_shape,
        voxel_ml=voxel_ml,
        outside_ml=anatomy.outside_ml,
        notices=anatomy.notices,
        files=anatomy.files,
        labels=anatomy.labels,
    )


def _segments(anatomy: Anatomy, lesions: Sequence[Lesion]) -> tuple[Segment, ...]:
    if anatomy.segments is None:
        return ()
    import cc3d

    voxel_ml = anatomy.grid.voxel_ml
    numbers = anatomy.segments
    counts = np.bincount(numbers.ravel(), minlength=9)
    whole = np.flatnonzero(numbers.ravel())
    sizes: dict[int, dict[int, np.ndarray]] = {}
    for connectivity in (26, 6):
        parts, count = cc3d.connected_components(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType, reportGeneralTypeIssues]
            numbers, connectivity=connectivity, return_N=True
        )
        flat = parts.ravel()[whole]
        owner = np.zeros(count + 1, np.uint8)
        owner[flat] = numbers.ravel()[whole]
        volume = np.bincount(flat, minlength=count + 1)
        sizes[connectivity] = {n: volume[1:][owner[1:] == n] for n in range(1, 9)}
    found: list[Segment] = []
    for number in range(1, 9):
        if not counts[number]:
            continue
        name = SEGMENTS[number - 1]
        mask = numbers == number
        place = box(mask)
        lost, gained = shells(mask[place] if place else mask)
        inside = [(one.id, dict(one.segment_ml).get(name, 0.0)) for one in lesions]
        voxels = int(counts[number])
        found.append(
            Segment(
                name=name,
                ml=voxels * voxel_ml,
                ml_range=((voxels - lost) * voxel_ml, (voxels + gained) * voxel_ml),
                components=len(sizes[26][number]),
                components_6=len(sizes[6][number]),
                largest_component_ml=int(sizes[26][number].max()) * voxel_ml,
                tumour_ml=sum((ml for _, ml in inside), 0.0),
                lesions=tuple(one for one, ml in inside if ml),
            )
        )
    return tuple(found)


def distribution(lesions: Sequence[Lesion], *, has_segments: bool) -> Distribution:
    """Frilling's types as described: single; bulk with smaller deposits; disseminated.

    Type I is a single metastasis of any size. Types II and III involve both sides: II where one
    lesion is the bulk, that is, holds more than half of the tumour, III where none does. Several
    lesions on one side are in none of the three as first described; they are given type I, the
    class of disease that one operation on one side can clear, and the basis says so.
    """
    if not lesions:
        return Distribution(None, "no_lesion", None, None)
    share = max(one.ml for one in lesions) / sum(one.ml for one in lesions)
    sides: str | None = None
    if has_segments:
        touched = {name for one in lesions for name in one.segments}
        left = any(SEGMENTS[number - 1] in touched for number in LEFT)
        right = any(SEGMENTS[number - 1] in touched for number in RIGHT)
        sides = "bilobar" if left and right else "unilobar"
    if len(lesions) == 1:
        return Distribution("type_I", "single", sides, share)
    if sides is None:
        return Distribution(None, "no_segments", None, share)
    if sides == "unilobar":
        return Distribution("type_I", "one_side", sides, share)
    if share > 0.5:
        return Distribution("type_II", "bulk", sides, share)
    return Distribution("type_III", "disseminated", sides, share)

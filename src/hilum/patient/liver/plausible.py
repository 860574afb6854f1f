"""Whether a liver, its lesions and its segments can be what they are said to be.

The limits are hilum's own, set where labels or geometry are wrong rather than a liver unusual;
``docs/liver.md`` lists them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, Parameter, phrased
from hilum.patient.liver.anatomy import SEGMENTS, Notice, box, places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.patient.liver.anatomy import Grid

    Place = tuple[slice, slice, slice]
    Ends = tuple[tuple[bool, bool], ...]

# The limits of the issue: outside them a spacing or a label is wrong, not a liver unusual.
PLAUSIBLE_ML = (300.0, 5000.0)
# Lesions that fill more of a liver than this are the liver itself, labelled as lesion.
MAX_BURDEN = 0.90
# One lesion this large is said, one segment this large refused: a liver read as a segment.
LARGE_LESION = 0.50
MAX_SEGMENT = 0.80
# So many lesions of so few voxels are noise of a segmentation.
SPECK_VOXELS, MANY_SPECKS = 3, 20
# A lesion interrupted by more slices than this is of several parts.
LESION_GAP = 2
# Of a liver's slices, the share that may be without it.
MISSING = 0.1
# A slice this well filled, of the largest one, does not end an organ.
FILLED = 0.1


def check_liver(
    voxels: int, limits: tuple[float, float], files: tuple[str, ...], grid: Grid
) -> None:
    """Refuse a liver of an impossible volume.

    Raises
    ------
    InputError
        With the volume and the spacing it was measured with.
    """
    ml = voxels * grid.voxel_ml
    if voxels == 0:
        raise InputError(Fault(", ".join(files), None, "liver", "0 mL", "voxels of the liver"))
    # A determinant of 1000 may come out as 1000.0000000000002.
    if not limits[0] * (1 - 1e-9) <= ml <= limits[1] * (1 + 1e-9):
        spacing = " x ".join(f"{edge:.4g}" for edge in grid.spacing[::-1])
        expected = phrased(
            "a liver of {limits:g} to {limits_2:g} mL; with voxels of "
            "{spacing} mm the spacing, its unit or the labels are wrong",
            limits=limits[0],
            limits_2=limits[1],
            spacing=spacing,
        )
        raise InputError(Fault(", ".join(files), None, "liver", f"{ml:.1f} mL", expected))


def check_lesions(
    lesions: NDArray[np.uint16], liver: NDArray[np.bool_], files: tuple[str, ...], outside: int
) -> list[Notice]:
    """Refuse lesions that fill the liver or all lie outside it; say what is unusual.

    ``lesions`` are those inside; ``outside`` counts the voxels that lie elsewhere.

    Raises
    ------
    InputError
        With the share or the volume.
    """
    counts = np.bincount(lesions[liver])[1:]
    tumour, whole = int(counts.sum()), int(np.count_nonzero(liver))
    file = ", ".join(files)
    if tumour > MAX_BURDEN * whole:
        expected = phrased(
            "at most {value:g} % of the liver: is the liver itself labelled as "
            "a lesion? In {lesions} every label is a lesion; a map of liver "
            "and tumour is read with {preset} lits",
            value=100 * MAX_BURDEN,
            lesions=Parameter("lesions"),
            preset=Parameter("preset"),
        )
        seen = f"{100 * tumour / whole:.1f} %"
        raise InputError(Fault(file, None, "tumour burden", seen, expected))
    if outside and not tumour:
        expected = phrased(
            "lesions inside the liver; all of them lie outside ({outside} keep adds them)",
            outside=Parameter("outside"),
        )
        raise InputError(Fault(file, None, "lesions", "0 mL", expected))
    notices = [
        Notice("lesion_large", (("number", int(n) + 1), ("percent", 100 * int(counts[n]) / whole)))
        for n in np.flatnonzero(counts > LARGE_LESION * whole)
    ]
    specks = int(np.count_nonzero((counts > 0) & (counts <= SPECK_VOXELS)))
    if specks >= MANY_SPECKS:
        notices.append(Notice("lesion_specks", (("count", specks), ("voxels", SPECK_VOXELS))))
    return notices


def check_segments(segments: NDArray[np.uint8], files: tuple[str, ...]) -> None:
    """Refuse one segment that is nearly the whole liver.

    Raises
    ------
    InputError
        With the segment and its share.
    """
    counts = np.bincount(segments.ravel())[1:9]
    if not counts.any():
        return
    share = counts / counts.sum()
    large = int(share.argmax())
    if share[large] > MAX_SEGMENT:
        seen = f"{SEGMENTS[large]}: {100 * share[large]:.1f} %"
        expected = phrased(
            "no segment above {value:g} % of them all: is this label the whole liver?",
            value=100 * MAX_SEGMENT,
        )
        raise InputError(Fault(", ".join(files), None, "segments", seen, expected))


def border(liver: NDArray[np.bool_], place: Place, image: Place, unseen: Ends) -> list[Notice]:
    """Whether the liver reaches the border of what was imaged.

    ``unseen`` says for both ends of each axis whether the files leave open how far it was imaged.
    """
    sides = box(liver)
    assert sides is not None
    # The grid's first voxel is the empty one before the cut.
    ends = [
        (side.start + cut.start - 1 <= whole.start, side.stop + cut.start - 1 >= whole.stop)
        for side, cut, whole in zip(sides, place, image, strict=True)
    ]
    if all(all(one) for one in ends):
        return [Notice("liver_fills_image")]
    flat = [
        pair
        for one, other in zip(ends, unseen, strict=True)
        for pair in zip(one, other, strict=True)
    ]
    if any(reached and not hidden for reached, hidden in flat):
        return [Notice("liver_at_border")]
    return [Notice("ends_unseen")] if any(reached for reached, _ in flat) else []


def gaps(
    liver: NDArray[np.bool_], numbered: NDArray[np.uint16], files: tuple[str, ...]
) -> list[Notice]:
    """Slices without liver between slices with it, and the same for lesions that have a number.

    Raises
    ------
    InputError
        More than a tenth of the liver's slices: it was drawn on some of them only.
    """
    notices: list[Notice] = []
    missing, span = _missing(liver)
    if missing > max(1.0, MISSING * span):
        seen = f"none on {missing} of {span} slices"
        expected = "a liver on every slice between its ends"
        raise InputError(Fault(", ".join(files), None, "liver", seen, expected))
    if missing:
        notices.append(Notice("liver_gap", (("slices", missing),)))
    for number, place in places(numbered).items():
        mine: NDArray[np.bool_] = numbered[place] == number
        missing, _ = _missing(mine)
        if 0 < missing <= LESION_GAP:
            notices.append(Notice("lesion_gap", (("number", number), ("slices", missing))))
    return notices


def _missing(mask: NDArray[np.bool_]) -> tuple[int, int]:
    """The most planes of one axis that are empty between two that are well filled, and of how many.

    Beside a stray voxel the organ ends; between two large planes it was interrupted.
    """
    most, span = 0, 1
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        areas = np.asarray(mask.sum(axis=others))
        where = np.flatnonzero(areas)
        if not where.size:
            return 0, 1
        ahead, behind = where[:-1], where[1:]
        large = np.minimum(areas[ahead], areas[behind]) >= FILLED * int(areas.max())
        missing = int(((behind - ahead - 1) * large).sum())
        if missing > most:
            most, span = missing, int(where[-1] - where[0]) + 1
    return most, span

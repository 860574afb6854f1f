"""A liver for a screen: label maps cut to it and renumbered, each number with a name and a colour.

A label map of a whole abdomen has tens of millions of voxels, of which the liver is a few; a
program that draws it should be given no more. Nothing is resampled: the half resolution takes every
other voxel, so that each voxel of a view lies where it lay in the file.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.errors import Fault, InputError, MissingExtra, NotEstimable, phrased
from hilum.patient.liver.anatomy import SEGMENTS, VESSELS, Anatomy, box
from hilum.patient.liver.volumes import EXTRA

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN_MM: Final = 10.0
MOST_MARGIN_MM: Final = 100.0
# Okabe and Ito's colours for the blind to red or green, each with a name beside; grey is none of
# theirs and stands for the eighth segment, violet for a liver without segments.
SEGMENT_COLOURS: Final = (
    "#CC79A7", "#E69F00", "#F0E442", "#009E73", "#0072B2", "#D55E00", "#999999", "#56B4E9",
)  # fmt: skip
LIVER_COLOUR: Final = "#8C6BB1"
LESION_COLOUR: Final = "#000000"
VESSEL_COLOURS: Final = {"hepatic": "#7B8FA6", "portal": "#A8C0D8", "vessel": "#91A8BF"}
MOST_LABELS: Final = 255


@dataclass(frozen=True, slots=True)
class ViewLabel:
    """What one number of a view is.

    Parameters
    ----------
    number : int
        Its voxels in the view; 0 is what is not liver.
    kind : str
        ``segment``, ``liver`` (liver without a segment), ``lesion``, or a kind of vessel.
    of : int
        Number of the segment or of the lesion, 0 for none, and for lesions too many to tell apart.
    name : str
        As hilum names it in its tables, in English.
    colour : str
        ``#RRGGBB``.
    """

    number: int
    kind: str
    of: int
    name: str
    colour: str


@dataclass(frozen=True, slots=True, eq=False)
class LiverView:
    """A cut and renumbered label map.

    Parameters
    ----------
    voxels : ndarray of uint8, shape (right, anterior, superior)
        Index 0 is the voxel farthest to the left, posterior and inferior.
    affine : ndarray, shape (4, 4)
        From indices of ``voxels`` to millimetres right, anterior, superior.
    labels : tuple of ViewLabel
        Every number from 1; a lesion hides the segment that it lies in, as in the functional
        volumes, and a vessel is shown outside the liver alone, where no volume counts it.
    """

    voxels: NDArray[np.uint8]
    affine: NDArray[np.float64]
    labels: tuple[ViewLabel, ...]

    @property
    def voxel_ml(self) -> float:
        """Volume of a voxel in millilitres."""
        return float(abs(np.linalg.det(self.affine[:3, :3]))) / 1000.0

    def nifti(self) -> bytes:
        """The view as NIfTI-1, packed with gzip: position by sform, millimetres.

        Raises
        ------
        MissingExtra
            When nibabel is not installed.
        """
        try:
            import nibabel
        except ImportError as error:
            raise MissingExtra(EXTRA) from error
        made: Any = nibabel.Nifti1Image(self.voxels, self.affine)
        made.header.set_xyzt_units("mm")
        made.set_qform(self.affine, code=1)
        made.set_sform(self.affine, code=1)
        return gzip.compress(made.to_bytes(), compresslevel=4, mtime=0)


def liver_view(anatomy: Anatomy, margin_mm: float = MARGIN_MM, *, half: bool = False) -> LiverView:
    """A view of the liver with a margin around it.

    Parameters
    ----------
    anatomy : Anatomy
    margin_mm : float
        At least so much is kept on each side of the liver; beyond the image there is nothing.
    half : bool
        Every other voxel along each axis: an eighth of the size, for a first look.

    Raises
    ------
    InputError
        A margin that is negative or wider than a body.
    """
    if not 0 <= margin_mm <= MOST_MARGIN_MM:
        expected = phrased("a margin from 0 to {most:g} mm", most=MOST_MARGIN_MM)
        raise InputError(Fault("", None, "margin", f"{margin_mm:g}", expected))
    place = box(anatomy.liver)
    if place is None:
        raise NotEstimable("a view needs a liver: none is in the label maps")
    numbers, labels = _numbered(anatomy)
    more = [int(np.ceil(margin_mm / edge)) for edge in anatomy.grid.spacing]
    low = [side.start - by for side, by in zip(place, more, strict=True)]
    high = [side.stop + by for side, by in zip(place, more, strict=True)]
    inner = tuple(
        slice(max(0, a), min(n, b)) for a, b, n in zip(low, high, numbers.shape, strict=True)
    )
    # What lies beyond the array was not kept, since it holds nothing.
    beyond = [(side.start - a, b - side.stop) for side, a, b in zip(inner, low, high, strict=True)]
    cut = np.pad(numbers[inner], beyond)
    affine = anatomy.grid.affine.copy()
    affine[:3, 3] += affine[:3, :3] @ np.array(low, float)
    if half:
        cut = cut[::2, ::2, ::2]
        affine[:3, :3] *= 2
    # From superior, anterior, right to the order that NIfTI is read in.
    turned = affine[:, [2, 1, 0, 3]]
    return LiverView(np.ascontiguousarray(cut.transpose(2, 1, 0)), turned, labels)


def _numbered(anatomy: Anatomy) -> tuple[NDArray[np.uint8], tuple[ViewLabel, ...]]:
    """The anatomy as one map of consecutive numbers, and what they are."""
    found: list[ViewLabel] = []
    out = np.zeros(anatomy.grid.shape, np.uint8)

    def add(mask: NDArray[np.bool_], kind: str, of: int, name: str, colour: str) -> None:
        if mask.any():
            found.append(ViewLabel(len(found) + 1, kind, of, name, colour))
            out[mask] = len(found)

    segments = anatomy.segments
    healthy = anatomy.liver & (anatomy.lesions == 0)
    if segments is None:
        add(healthy, "liver", 0, "liver", LIVER_COLOUR)
    else:
        for number, (name, colour) in enumerate(zip(SEGMENTS, SEGMENT_COLOURS, strict=True), 1):
            add(healthy & (segments == number), "segment", number, name, colour)
        add(healthy & (segments == 0), "liver", 0, "liver without segment", LIVER_COLOUR)
    if anatomy.vessels is not None:
        for kind, code in VESSELS.items():
            mask = (anatomy.vessels == code) & ~anatomy.liver
            add(mask, kind, 0, f"{kind} vein" if kind != "vessel" else kind, VESSEL_COLOURS[kind])
    ids = [int(one) for one in np.flatnonzero(np.bincount(anatomy.lesions.ravel()))[1:]]
    if len(found) + len(ids) > MOST_LABELS:
        add(anatomy.lesions > 0, "lesion", 0, "lesions", LESION_COLOUR)
    else:
        numbers = np.zeros(int(anatomy.lesions.max(initial=0)) + 1, np.uint8)
        for one in ids:
            found.append(ViewLabel(len(found) + 1, "lesion", one, f"lesion {one}", LESION_COLOUR))
            numbers[one] = len(found)
        inside = anatomy.lesions > 0
        out[inside] = numbers[anatomy.lesions[inside]]
    return out, tuple(found)

"""The size of a voxel: stated by the header, or by the user; never assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.patient.liver.anatomy import Notice
from hilum.patient.liver.headers import or_stated, positive
from hilum.patient.liver.layers import EDGE_MM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Spacing = tuple[float, float, float]

# Two statements of one spacing may differ by the rounding of a float32 or of a few decimals.
SAME_SPACING = 1e-3
# The column of a fault about how values are scaled.
SCALE = "scl_slope, scl_inter"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Faults of a header; ``broken`` ones cannot be mended by stating a spacing."""

    broken: tuple[Fault, ...] = ()
    geometry: tuple[Fault, ...] = ()


def parse_spacing(values: Sequence[float], file: str, column: str) -> Spacing:
    """Three edges in millimetres.

    Raises
    ------
    InputError
        Another number of values, or one that no voxel has.
    """
    low, high = EDGE_MM
    fits = positive(list(values), 3) and all(low <= one <= high for one in values)
    if not fits:
        shown = ",".join(f"{one:g}" for one in values)
        expected = phrased(
            "three numbers in mm from {low:g} to {high:g}, in the order of the file's axes",
            low=low,
            high=high,
        )
        raise InputError(Fault(file, None, column, shown, expected))
    a, b, c = (float(one) for one in values)
    return a, b, c


def nifti_trouble(image: Any, file: str) -> Trouble:
    """What is missing or impossible in a NIfTI header's geometry and scaling."""
    header = image.header
    broken: list[Fault] = []
    # The reader moves the scaling from the header to the voxels' proxy.
    slope, inter = float(image.dataobj.slope), float(image.dataobj.inter)
    if (slope, inter) != (1.0, 0.0):
        expected = "labels stored as they are (scl_slope 1, scl_inter 0)"
        seen = f"{slope:g}, {inter:g}"
        broken.append(Fault(file, None, SCALE, seen, expected))
    if "sform_code" not in set(header.keys()):
        expected = or_stated("a NIfTI header: Analyze files do not say where left is")
        return Trouble(tuple(broken), (Fault(file, None, "magic", "", expected),))
    pixdim = [float(one) for one in header["pixdim"][1:4]]
    scode, qcode = int(header["sform_code"]), int(header["qform_code"])
    rows = np.array([header["srow_x"], header["srow_y"], header["srow_z"]], dtype=np.float64)
    shown = " x ".join(f"{one:g}" for one in pixdim)
    faults: list[Fault] = []

    def fault(field: str, seen: str, expected: str) -> None:
        faults.append(Fault(file, None, field, seen, or_stated(expected)))

    if scode > 0 and not np.isfinite(rows).all():
        fault("srow_x, srow_y, srow_z", "", "finite numbers")
    elif scode > 0:
        edges = np.sqrt((rows[:, :3] ** 2).sum(axis=0))
        stated = np.abs(np.array(pixdim))
        if not positive(list(edges), 3):
            fault("srow_x, srow_y, srow_z", "", "three axes with a spacing above 0")
        elif not np.allclose(edges, stated, rtol=SAME_SPACING, atol=0):
            other = " x ".join(f"{one:g}" for one in edges)
            wanted = phrased(
                "the spacing of the sform, {other} mm, or a header that agrees", other=other
            )
            fault("pixdim", shown, wanted)
    elif not positive(pixdim, 3):
        fault("pixdim", shown, "three finite numbers above 0")
    elif qcode <= 0 and pixdim == [1.0, 1.0, 1.0] and int(header["xyzt_units"]) & 7 == 0:
        fault("pixdim", shown, "a header that states its spacing (this one states nothing)")
    if qcode > 0:
        turn = [float(header[name]) for name in ("quatern_b", "quatern_c", "quatern_d")]
        length = sum(one * one for one in turn)
        if scode <= 0 and not length <= 1 + 1e-3:
            fault("quatern_b, quatern_c, quatern_d", f"{length:g}", "a unit quaternion")
    return Trouble(tuple(broken), tuple(faults))


def settle(
    file: str, affine: NDArray[np.float64], trouble: Trouble, given: Spacing | None
) -> tuple[NDArray[np.float64], tuple[Notice, ...]]:
    """The affine to measure with: the header's own, or with the spacing that the user states.

    Raises
    ------
    InputError
        A broken header, or one whose geometry is missing or impossible while none is given.
    """
    faults = (*trouble.broken, *(() if given else trouble.geometry))
    if faults:
        raise InputError(*faults)
    if given is None:
        return affine, ()
    axes = affine[:3, :3]
    edges = np.sqrt((axes**2).sum(axis=0))
    notices: list[Notice] = []
    sound = bool(np.isfinite(axes).all() and (edges > 0).all())
    turns = axes / edges if sound else np.eye(3)
    if not sound:
        notices.append(Notice("orientation_unset", (("file", file),)))
    found = np.eye(4)
    found[:3, :3] = turns * np.array(given)
    origin = affine[:3, 3]
    if np.isfinite(origin).all():
        found[:3, 3] = origin
    stated = " x ".join(f"{one:g}" for one in given)
    facts = (("file", file), ("mm", stated))
    if trouble.geometry or not sound:
        return found, (*notices, Notice("spacing_given", facts))
    header = " x ".join(f"{one:.6g}" for one in edges)
    return found, (*notices, Notice("spacing_overruled", (*facts, ("header", header))))

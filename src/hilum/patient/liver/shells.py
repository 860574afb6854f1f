"""One voxel more and one voxel less: how far a volume moves with its outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.patient.liver.anatomy import box, wider

if TYPE_CHECKING:
    from numpy.typing import NDArray


def shells(mask: NDArray[np.bool_]) -> tuple[int, int]:
    """Voxels that a mask loses when eroded by one voxel, and gains when dilated by one.

    Neighbours share a face. Beyond the array there is nothing.

    Parameters
    ----------
    mask : ndarray of bool, shape (a, b, c)

    Returns
    -------
    lost, gained : int
    """
    place = box(mask)
    if place is None:
        return 0, 0
    inside = np.pad(mask[wider(place, (0, 0, 0), mask.shape)], 1)
    kept = inside.copy()
    grown = inside.copy()
    for axis in range(3):
        ahead = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        behind = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        kept[ahead] &= inside[behind]
        kept[behind] &= inside[ahead]
        grown[ahead] |= inside[behind]
        grown[behind] |= inside[ahead]
    count = int(np.count_nonzero(inside))
    return count - int(np.count_nonzero(kept)), int(np.count_nonzero(grown)) - count

"""Lesions drawn as holes in the liver: their voxels are labelled lesion, not liver too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.patient.liver.anatomy import places, wider

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A lesion is a hole where the liver has less than this share of it and more than that of its rim.
HELD, AROUND = 0.1, 0.5


def fill_holes(liver: NDArray[np.bool_], lesions: NDArray[np.uint16]) -> int:
    """Add to the liver, in place, the lesions that it surrounds; the voxels added."""
    from scipy import ndimage

    added = 0
    for number, place in places(lesions).items():
        grown = wider(place, (1, 1, 1), liver.shape)
        mine: NDArray[np.bool_] = lesions[grown] == number
        inside = liver[grown]
        size = int(np.count_nonzero(mine))
        if int(np.count_nonzero(inside & mine)) > HELD * size:
            continue
        rim = np.asarray(ndimage.binary_dilation(mine), dtype=bool) & (lesions[grown] == 0)
        if int(np.count_nonzero(inside & rim)) > AROUND * int(np.count_nonzero(rim)):
            added += size - int(np.count_nonzero(inside & mine))
            inside |= mine
    return added

"""Where the outlines of remnants can run, counted once, so that a plan's range needs no voxel.

The remnant of any plan is a union of parts without their lesions. A voxel whose neighbours belong
to its own part never lies at an outline; the others are counted by what meets there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.patient.liver.anatomy import Anatomy
    from hilum.patient.liver.tally import Tally


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Voxels by what meets at them.

    Parameters
    ----------
    meets : ndarray, shape (kinds, 7)
        Part of a voxel and of its six neighbours that share a face, counted from 1; 0 is what no
        plan keeps: lesions, and what is not liver.
    voxels : ndarray of int64, shape (kinds,)
        How many voxels are so.
    parts : int
        Parts of the tally.
    """

    meets: NDArray[np.int32]
    voxels: NDArray[np.int64]
    parts: int

    def moved(self, removed: NDArray[np.bool_]) -> tuple[int, int]:
        """Voxels that the remnant loses and gains when its outline moves by one voxel.

        Parameters
        ----------
        removed : ndarray of bool, shape (parts,)

        Returns
        -------
        lost, gained : int
            As :func:`hilum.patient.liver.shells.shells` counts them.
        """
        kept = np.concatenate(([False], ~removed))[self.meets]
        own, near = kept[:, 0], kept[:, 1:]
        lost = self.voxels[own & ~near.all(axis=1)].sum()
        return int(lost), int(self.voxels[~own & near.any(axis=1)].sum())


def outline(anatomy: Anatomy, parts: Tally) -> Outline:
    """Count what meets where, once for all plans of a tally."""
    number = len(parts.segment)
    whole = np.zeros(anatomy.liver.size, np.int32)
    whole[parts.index] = parts.part + 1
    whole[anatomy.lesions.ravel() > 0] = 0
    # A rim on every side: beyond the array there is nothing.
    padded = np.pad(whole.reshape(anatomy.grid.shape), 2)
    inner = padded[1:-1, 1:-1, 1:-1]
    differs = np.zeros(inner.shape, bool)
    for axis in range(3):
        for step in (-1, 1):
            differs |= _beside(padded, axis, step) != inner
    rows = [inner[differs]]
    rows += [_beside(padded, axis, step)[differs] for axis in range(3) for step in (-1, 1)]
    found = np.stack(rows, axis=1)
    found[:, 1:].sort(axis=1)
    meets, voxels = np.unique(found, axis=0, return_counts=True)
    return Outline(meets, voxels.astype(np.int64), number)


def _beside(padded: NDArray[np.int32], axis: int, step: int) -> NDArray[np.int32]:
    """The neighbours of every inner voxel on one side."""
    ends = [slice(1, -1)] * 3
    ends[axis] = slice(2, None) if step > 0 else slice(None, -2)
    return padded[tuple(ends)]

"""Why columns of a design matrix say nothing of their own, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.errors import phrased

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array

# Singular values of columns of unit length below which they are collinear.
RANK: Final = 1e-10


def redundant(x: Array, unit: Array, labels: tuple[str, ...]) -> list[str]:
    """Why each column that follows from those before it does, and what to do.

    Parameters
    ----------
    x, unit : ndarray, shape (k, p)
        The columns, and the same of unit length (a column of zeros as it is).
    labels : tuple of str, length p
        Their names.
    """
    out: list[str] = []
    kept: list[int] = []
    for j, label in enumerate(labels):
        own = unit[:, j]
        if not x[:, j].any():
            message = phrased(
                "moderators are collinear: no study has {label} (it is 0 in all rows); join levels "
                "or leave it out",
                label=label,
            )
        elif np.linalg.matrix_rank(unit[:, [*kept, j]], tol=RANK) == len(kept) + 1:
            kept.append(j)
            continue
        elif bool(np.all(x[:, j] == x[0, j])):
            message = phrased(
                "moderators are collinear: {label} is {value} in all rows; leave it out",
                label=label,
                value=f"{x[0, j]:g}",
            )
        else:
            shares = np.linalg.lstsq(unit[:, kept], own, rcond=None)[0]
            others = [labels[i] for i, share in zip(kept, shares, strict=True) if abs(share) > 1e-8]
            message = phrased(
                "moderators are collinear: {label} follows from {others}; leave one of them out",
                label=label,
                others=", ".join(others),
            )
        out.append(message)
    return out

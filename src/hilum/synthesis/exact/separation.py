"""Where an exact likelihood rises without end: coefficients that studies at an end run away with.

Studies with no event (or nothing else) are fitted the better the further a coefficient goes, where
no other study holds it back: separation, of Albert & Anderson 1984, quasi-complete separation among
it. The direction is a cone's, found by linear programming (Konis 2007); the limit of the likelihood
is that of the other studies (Geyer 2009).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.errors import NotEstimable, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array, Mask

# Rounding of a direction whose largest step is 1.
NONE: Final = 1e-7


def running(design: Array, low: Mask, high: Mask) -> Mask:
    """Rows that are driven to their end, shape (k,); none where the maximum is finite.

    Parameters
    ----------
    design : ndarray, shape (k, p)
    low, high : ndarray of bool, shape (k,)
        The row's likelihood rises without end as its linear predictor falls, or rises.
    """
    left = np.ones(len(design), np.bool_)
    while bool((left & (low | high)).any()):
        own = _driven(design[left], low[left], high[left])
        if not own.any():
            break
        left[np.flatnonzero(left)[own]] = False
    return ~left


def _driven(design: Array, low: Mask, high: Mask) -> Mask:
    from scipy.optimize import linprog

    basis = _basis(design)
    if not basis.shape[1]:
        return np.zeros(len(design), np.bool_)
    rise = high.astype(np.float64) - low.astype(np.float64)
    held = ~(low | high)
    toward = basis[~held] * rise[~held, None]
    found = linprog(
        -toward.sum(0),
        A_ub=np.vstack([-toward, toward]),
        b_ub=np.repeat([0.0, 1.0], len(toward)),
        A_eq=basis[held] if held.any() else None,
        b_eq=np.zeros(int(held.sum())) if held.any() else None,
        bounds=(None, None),
    )
    if found.x is None:
        return np.zeros(len(design), np.bool_)
    return np.greater(np.abs(basis @ found.x), NONE)


def _basis(design: Array) -> Array:
    """Orthonormal columns of the design's space, each column first brought to unit length."""
    lengths = np.linalg.norm(design, axis=0)
    u, roots, _ = np.linalg.svd(design / np.where(lengths > 0, lengths, 1.0), full_matrices=False)
    return u[:, roots > 1e-10 * max(float(roots[0]), 1e-300)] if len(roots) else u


def undetermined(design: Array, left: Mask) -> Mask:
    """Coefficients that the rows ``left`` do not determine, shape (p,)."""
    p = design.shape[1]
    lengths = np.linalg.norm(design, axis=0)
    rows = design[left] / np.where(lengths > 0, lengths, 1.0)
    if not len(rows):
        return np.ones(p, np.bool_)
    _, roots, vectors = np.linalg.svd(rows)
    rank = int((roots > 1e-10 * float(roots[0])).sum())
    return np.greater((vectors[rank:] ** 2).sum(0), NONE)


def refuse_running(
    measure: str, names: Sequence[str], design: Array, low: Mask, high: Mask
) -> None:
    """Refuse a model whose coefficients have no finite estimate, naming them.

    Raises
    ------
    NotEstimable
        Some run away.
    """
    gone = running(design, low, high)
    if not gone.any():
        return
    which = undetermined(design, ~gone)
    message = phrased(
        "{measure}: no finite estimate of {names} by the exact likelihood, which rises without end "
        "as they do: {count} of {k} studies lie at an end of their range (no event, or nothing "
        "else), and no other holds these coefficients (separation); --method REML pools corrected "
        "counts, and --by with --same-tau2 tests groups by likelihood ratio",
        measure=measure,
        names=", ".join(name for name, one in zip(names, which, strict=True) if one),
        count=int(gone.sum()),
        k=len(design),
    )
    raise NotEstimable(message)

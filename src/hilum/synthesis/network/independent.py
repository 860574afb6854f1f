"""Multi-arm trials as independent rows: the one place where their correlation is dealt with.

The contrasts of a study with a arms are correlated: V_ij = Var(y_i - y_j) fixes the covariance of
the arms up to a constant, S = -1/2 J V J with J = I - 11'/a (Ruecker 2012, equation 8; the
Laplacian of his electrical network is its pseudo-inverse). Its a - 1 eigenvectors u with roots d
are contrasts without correlation: sqrt(2) u'y has variance 2 d, and 2 d + tau2 when every arm
varies by tau2 / 2 between studies, which is the usual heterogeneity of contrasts (variance tau2,
correlation 1/2; Higgins & Whitehead 1996). So a network of any studies is a weighted regression
on sum(a - 1) independent rows, equal to generalised least squares on all contrasts and to Ruecker
& Schwarzer's reduced weights (2014), and tau2 enters each row in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Numbers


@dataclass(frozen=True, slots=True)
class Independent:
    """Rows x'theta with variance v + tau2, each on few treatments (sparse).

    Attributes
    ----------
    place : ndarray of int, shape (K, A)
        Treatments of each row; A is the largest number of arms, rows of fewer repeat their first.
    coef : ndarray, shape (K, A)
        Their coefficients, which add up to 0; 0 where repeated.
    y, v : ndarray, shape (K,)
        Effects and sampling variances.
    study : ndarray of int, shape (K,)
    """

    place: Numbers
    coef: Array
    y: Array
    v: Array
    study: Numbers


def independent(
    study: Numbers, arms: Numbers, treat1: Numbers, treat2: Numbers, te: Array, se: Array
) -> Independent:
    """The rows of studies that are complete (:func:`contrasts` sees to that)."""
    two = arms[study] == 2
    if two.all():
        ones = np.ones(len(te))
        place = np.stack([treat1, treat2], 1)
        return Independent(place, np.stack([ones, -ones], 1), te, se * se, study)
    wide = int(arms.max())
    simple = np.flatnonzero(two)
    place = np.repeat(treat1[simple][:, None], wide, 1)
    place[:, 1] = treat2[simple]
    coef = np.zeros((len(simple), wide))
    coef[:, 0], coef[:, 1] = 1.0, -1.0
    places, coefs = [place], [coef]
    ys, vs, studies = [te[simple]], [se[simple] ** 2], [study[simple]]
    order = np.argsort(study, kind="stable")
    starts = np.searchsorted(study[order], np.arange(len(arms) + 1))
    for s in np.flatnonzero(arms > 2):
        own = order[starts[s] : starts[s + 1]]
        names, codes = np.unique(np.stack([treat1[own], treat2[own]]), return_inverse=True)
        i, j = codes.reshape(2, -1)
        a = len(names)
        variances, effects = np.zeros((a, a)), np.zeros((a, a))
        variances[i, j] = variances[j, i] = se[own] ** 2
        effects[i, j], effects[j, i] = te[own], -te[own]
        level = effects.mean(1)
        centre = np.eye(a) - 1 / a
        roots, vectors = np.linalg.eigh(-centre @ variances @ centre)
        # The first root is that of (1, ..., 1), 0.
        u = np.sqrt(2.0) * vectors[:, 1:].T
        padded = np.zeros((a - 1, wide))
        padded[:, :a] = u
        where = np.full((a - 1, wide), names[0])
        where[:, :a] = names
        places.append(where)
        coefs.append(padded)
        ys.append(u @ level)
        vs.append(roots[1:])
        studies.append(np.full(a - 1, s))
    return Independent(
        np.concatenate(places),
        np.concatenate(coefs),
        np.concatenate(ys),
        np.concatenate(vs),
        np.concatenate(studies),
    )

"""Weighted least squares on a network: everything goes through the treatments' Laplacian.

L = X'WX is assembled from the few treatments of each row; its inverse (n x n, the first treatment
of each component grounded) is needed in full, as a league table needs the variance of every pair.
Cost: linear in the number of studies, cubic in the number of treatments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable
from hilum.synthesis.arrays import sums

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Numbers
    from hilum.synthesis.network.independent import Independent


# Leaves at least four digits of the sixteen.
CONDITION = 1e12
TOO_FAR_APART = (
    "the standard errors lie too far apart: beside the smallest the largest carry nothing "
    "(one of them is probably wrong)"
)


@dataclass(frozen=True, slots=True)
class Solution:
    """Weighted least squares at given weights.

    Attributes
    ----------
    theta : ndarray, shape (n,)
        Effects; the grounded treatment is 0.
    inverse : ndarray, shape (n, n)
        Covariance of theta, rows and columns of the grounded treatment 0.
    w, residual : ndarray, shape (K,)
    rss : float
        Sum of w residual^2.
    """

    theta: Array
    inverse: Array
    w: Array
    residual: Array
    rss: float


class Geometry:
    """Where the rows of a network lie: indices for assembling and gathering, made once.

    Parameters
    ----------
    rows : Independent
        All rows; the network they span must be connected.
    n : int
        Number of treatments.
    """

    def __init__(self, rows: Independent, n: int) -> None:
        self.rows, self.n = rows, n
        place, coef = rows.place, rows.coef
        self.flat = (place[:, :, None] * n + place[:, None, :]).reshape(len(place), -1)
        self.products = (coef[:, :, None] * coef[:, None, :]).reshape(len(place), -1)
        self._index = self.flat.ravel()
        self._targets: Numbers = place.ravel()
        self.simple = place.shape[1] == 2

    def assemble(self, w: Array) -> Array:
        """X' diag(w) X, shape (n, n)."""
        n = self.n
        if self.simple:
            # One edge a row: off the diagonal the weights, on it their sums.
            place = self.rows.place
            edges = sums(place[:, 0] * n + place[:, 1], w, n * n).reshape(n, n)
            edges = edges + edges.T
            matrix = -edges
            np.einsum("ii->i", matrix)[...] = edges.sum(0)
            return matrix
        return sums(self._index, (w[:, None] * self.products).ravel(), n * n).reshape(n, n)

    def ground(self, matrix: Array) -> Array:
        """Inverse with the first treatment grounded, padded by zeros."""
        out = np.zeros_like(matrix)
        try:
            out[1:, 1:] = np.linalg.inv(matrix[1:, 1:])
        except np.linalg.LinAlgError:
            raise NotEstimable(TOO_FAR_APART) from None
        return out

    def accurate(self, solution: Solution) -> None:
        """Refuse a solution that rounding may have spoilt.

        Raises
        ------
        NotEstimable
            Weights so far apart that the Laplacian, scaled to a unit diagonal, has a condition
            number above :data:`CONDITION`.
        """
        matrix = self.assemble(solution.w)[1:, 1:]
        scale = np.sqrt(np.diagonal(matrix))
        one = np.abs(matrix / (scale[:, None] * scale)).sum(0).max()
        two = np.abs(solution.inverse[1:, 1:] * (scale[:, None] * scale)).sum(0).max()
        if not one * two < CONDITION:
            raise NotEstimable(TOO_FAR_APART)

    def project(self, values: Array) -> Array:
        """X' values, shape (n,)."""
        return sums(self._targets, (values[:, None] * self.rows.coef).ravel(), self.n)

    def fitted(self, theta: Array) -> Array:
        """X theta, shape (K,)."""
        if self.simple:
            place = self.rows.place
            return theta[place[:, 0]] - theta[place[:, 1]]
        return np.vecdot(theta[self.rows.place], self.rows.coef)

    def leverage(self, matrix: Array) -> Array:
        """X' matrix x of each row, shape (K,)."""
        return np.vecdot(matrix.ravel()[self.flat], self.products)

    def solve(self, w: Array) -> Solution:
        """Minimise sum w (y - X theta)^2."""
        inverse = self.ground(self.assemble(w))
        y = self.rows.y
        theta = inverse @ self.project(w * y)
        residual = y - self.fitted(theta)
        return Solution(theta, inverse, w, residual, float(np.dot(w * residual, residual)))

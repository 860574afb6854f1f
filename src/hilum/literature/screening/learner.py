"""A linear classifier that learns while records are read: a support vector machine.

It minimises ``|w|^2 / 2 + b^2 / 2 + sum c (1 - y (w x + b))_+^2``, the machine with L2 loss that
LIBLINEAR fits (Fan 2008, JMLR 9:1871). The optimum is unique, and is found by Newton steps over
the records inside the margin (Chapelle 2007, Neural Computation 19:1155), each by conjugate
gradients that begin where the last fit ended: one record more costs a few products with the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.literature.screening.products import Products, products_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLERANCE: Final = 1e-3
"""Residual, beside the labels' own length, at which a step is solved."""
STEPS, INNER = 40, 200


@dataclass(frozen=True, slots=True)
class Balance:
    """How much a relevant and an irrelevant record weigh, whatever was read so far.

    The form is that of ASReview's ELAS u4 (cost 0.11, ratio 9.8). Less cost and more weight for
    the relevant records found more of them in seven of nine sets made from two reviews (all
    relevant records, other decisions, 20 or 50 of them kept), and late ones above all.

    Parameters
    ----------
    cost : float
        Of a record on the wrong side, on average.
    ratio : float
        Weight of all relevant records together beside that of all irrelevant ones.
    """

    cost: float = 0.05
    ratio: float = 20.0

    def of(self, relevant: NDArray[Any]) -> NDArray[Any]:
        """The cost of each record read; ``cost`` on average."""
        n, many = len(relevant), int(relevant.sum())
        weights = np.where(relevant, 1.0, many / (self.ratio * max(n - many, 1)))
        return (self.cost * n / weights.sum() * weights).astype(np.float32)


class Machine:
    """Learns from the records read and scores all of them.

    Parameters
    ----------
    rows : sparse matrix
        One row a record, float32.
    balance : Balance
    """

    def __init__(self, rows: Any, balance: Balance | None = None) -> None:
        self._products: Products = products_of(rows)
        self._balance = balance or Balance()
        # The dual value of every record, of those not read zero; and the scores that follow.
        self._dual = np.zeros(rows.shape[0], dtype=np.float32)
        self._scores = self._dual.copy()

    def learn(self, read: NDArray[Any], relevant: NDArray[Any]) -> NDArray[Any]:
        """Scores of all records after those read; the higher the likelier relevant.

        Parameters
        ----------
        read : array of int
            Places of the records read, in the order of reading.
        relevant : array of bool
            What each of them is; both kinds have to be among them.
        """
        self._products.take(read)
        labels = np.where(relevant, 1, -1).astype(np.float32)
        dual, scores = self._dual[read], self._scores[read]
        self._dual[read] = 0
        if self._dual.any():
            # Records of the last fit were taken back.
            scores = self._products.within(dual)
            self._dual[:] = 0
        self._dual[read] = self._fitted(labels, self._balance.of(relevant), dual, scores)
        self._scores = self._products.scores(self._dual[read])
        return self._scores.copy()

    def _fitted(
        self,
        labels: NDArray[Any],
        costs: NDArray[Any],
        dual: NDArray[Any],
        scores: NDArray[Any],
    ) -> NDArray[Any]:
        """The dual values at the optimum, from those of the last fit and their scores."""
        ridge = (1 / (2 * costs)).astype(np.float32)
        inside = labels * scores < 1
        for _ in range(STEPS):
            dual, scores = self._step(labels, ridge, inside, dual, scores)
            now = labels * scores < 1
            if (now == inside).all():
                break
            inside = now
        return dual

    def _step(
        self,
        labels: NDArray[Any],
        ridge: NDArray[Any],
        inside: NDArray[Any],
        dual: NDArray[Any],
        scores: NDArray[Any],
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Solve ``(K + ridge) dual = labels`` over the records inside the margin; K dual too."""
        if dual[~inside].any():
            dual = np.where(inside, dual, 0).astype(np.float32)
            scores = self._products.within(dual)
        dual, scores = dual.copy(), scores.copy()
        rest = np.where(inside, labels - scores - ridge * dual, 0).astype(np.float32)
        scale = 1 / (self._products.diagonal + ridge)
        side = scale * rest
        way = side.copy()
        height = float(rest @ side)
        enough = TOLERANCE**2 * max(int(inside.sum()), 1)
        for _ in range(INNER):
            if float(rest @ rest) <= enough:
                break
            product = self._products.within(way)
            moved = np.where(inside, product + ridge * way, 0).astype(np.float32)
            length = height / float(way @ moved)
            dual += length * way
            scores += length * product
            rest -= length * moved
            side = scale * rest
            before, height = height, float(rest @ side)
            way = side + (height / before) * way
        return dual, scores

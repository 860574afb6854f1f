"""Draws of what each treatment would achieve: what the value of information starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array

FEWEST_DRAWS = 100


@dataclass(frozen=True)
class Posterior:
    """Joint draws of one outcome under several treatments; more is better.

    Any model can fill it: pooled predictive distributions, or a joint model of the whole evidence.

    Attributes
    ----------
    draws : ndarray, shape (s, treatments)
        Outcome for a patient, in the unit of the decision (months, responders per patient, net
        benefit). Harms enter with a minus sign.
    treatments : tuple of str
        One name a column.
    parameters : ndarray, shape (s, p)
        What the outcomes depend on and a study could learn, row by row with ``draws``; the
        outcomes themselves by default.
    names : tuple of str
        One name a parameter.
    independent : bool
        Whether the columns of ``draws`` are independent of each other, so that data on one
        treatment say nothing about another. A joint model leaves it False.
    batches : int or None
        Where rows come from Markov chains in their order: in how many consecutive batches
        Monte-Carlo errors are taken; None for independent rows.

    Raises
    ------
    NotEstimable
        Fewer than 100 draws, a value that is not finite, or shapes that do not fit.
    """

    draws: Array
    treatments: tuple[str, ...]
    parameters: Array
    names: tuple[str, ...]
    independent: bool = False
    batches: int | None = None

    def __post_init__(self) -> None:
        s, t = draws_checked("draws", self.draws).shape
        if t != len(self.treatments) or len(set(self.treatments)) != t:
            message = phrased(
                "draws have {t} columns, expected one for each of {treatments}",
                t=t,
                treatments=self.treatments,
            )
            raise NotEstimable(message)
        if draws_checked("parameters", self.parameters).shape != (s, len(self.names)):
            message = phrased(
                "parameters: shape {shape}, expected ({s}, {number})",
                shape=self.parameters.shape,
                s=s,
                number=len(self.names),
            )
            raise NotEstimable(message)

    def of(self, *treatments: str) -> Array:
        """Columns of some treatments, shape (s, len(treatments)).

        Raises
        ------
        NotEstimable
            For a treatment that is not there.
        """
        for name in treatments:
            if name not in self.treatments:
                message = phrased(
                    "treatment {name!r}: expected one of {treatments}",
                    name=name,
                    treatments=", ".join(self.treatments),
                )
                raise NotEstimable(message)
        return self.draws[:, [self.treatments.index(name) for name in treatments]]


def posterior(
    draws: ArrayLike,
    treatments: tuple[str, ...],
    parameters: ArrayLike | None = None,
    names: tuple[str, ...] = (),
    *,
    independent: bool = False,
    batches: int | None = None,
) -> Posterior:
    """Make a :class:`Posterior` of anything array-like; parameters default to the outcomes."""
    values = np.asarray(draws, np.float64)
    if parameters is None:
        return Posterior(values, treatments, values, treatments, independent, batches)
    known = np.asarray(parameters, np.float64)
    known = known[:, None] if known.ndim == 1 else known
    labels = names or tuple(f"parameter {i + 1}" for i in range(known.shape[1]))
    return Posterior(values, treatments, known, labels, independent, batches)


def draws_checked(name: str, values: Array) -> Array:
    """The array, when it is two-dimensional, finite and long enough.

    Raises
    ------
    NotEstimable
        Otherwise, with what was found.
    """
    if values.ndim != 2 or values.shape[1] < 1:
        message = phrased(
            "{name}: expected shape (draws, columns), found {shape}", name=name, shape=values.shape
        )
        raise NotEstimable(message)
    if len(values) < FEWEST_DRAWS:
        message = phrased(
            "{name}: expected {fewest_draws} draws or more, found {number}",
            name=name,
            fewest_draws=FEWEST_DRAWS,
            number=len(values),
        )
        raise NotEstimable(message)
    wrong = ~np.isfinite(values)
    if bool(wrong.any()):
        row, column = (int(i) for i in np.argwhere(wrong)[0])
        message = phrased(
            "{name}: row {row}, column {column}: {values:g}: not finite",
            name=name,
            row=row + 1,
            column=column + 1,
            values=values[row, column],
        )
        raise NotEstimable(message)
    return values

"""Contrasts of a network: treatments and studies as numbers, each study complete."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import columns
from hilum.synthesis.network.faults import TOLERANCE, RowFault, of_contrasts, refuse_all
from hilum.synthesis.network.independent import Independent, independent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array, Mask, Numbers


@dataclass(frozen=True)
class Contrasts:
    """Effects of ``treat1`` minus ``treat2`` within studies.

    Attributes
    ----------
    treatments, studies : tuple of str
        Names; treatments in alphabetical order whatever their case, studies as they came.
    study, treat1, treat2 : ndarray of int, shape (m,)
        Places in those.
    TE, seTE : ndarray, shape (m,)
        Effects and their standard errors on the measure's own scale; a study of a arms has all
        a (a - 1) / 2.
    left_out : tuple of (study, reason)
        Studies that carry no information.
    """

    treatments: tuple[str, ...]
    studies: tuple[str, ...]
    study: Numbers
    treat1: Numbers
    treat2: Numbers
    TE: Array
    seTE: Array  # noqa: N815
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def n(self) -> int:
        """Number of treatments."""
        return len(self.treatments)

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.studies)

    @property
    def m(self) -> int:
        """Number of pairwise contrasts."""
        return len(self.TE)

    @cached_property
    def arms(self) -> Numbers:
        """Arms of each study, shape (k,)."""
        pairs = np.bincount(self.study, minlength=self.k)
        return np.rint((1 + np.sqrt(1 + 8 * pairs)) / 2).astype(np.intp)

    @cached_property
    def rows(self) -> Independent:
        """The same evidence as independent rows (:func:`independent`)."""
        return independent(self.study, self.arms, self.treat1, self.treat2, self.TE, self.seTE)

    @cached_property
    def designs(self) -> tuple[tuple[int, ...], ...]:
        """Each study's set of treatments, in order."""
        members: list[set[int]] = [set() for _ in self.studies]
        for s, a, b in zip(
            self.study.tolist(), self.treat1.tolist(), self.treat2.tolist(), strict=True
        ):
            members[s] |= {a, b}
        return tuple(tuple(sorted(one)) for one in members)

    def part(self, keep: Mask) -> Contrasts:
        """Only the studies where ``keep`` (shape (k,)) holds, and the treatments they have."""
        chosen = keep[self.study]
        used = np.unique(np.concatenate([self.treat1[chosen], self.treat2[chosen]]))
        place = np.full(self.n, -1)
        place[used] = np.arange(len(used))
        order = np.cumsum(keep) - 1
        return Contrasts(
            tuple(self.treatments[i] for i in used),
            tuple(name for name, kept in zip(self.studies, keep.tolist(), strict=True) if kept),
            order[self.study[chosen]],
            place[self.treat1[chosen]],
            place[self.treat2[chosen]],
            self.TE[chosen],
            self.seTE[chosen],
            self.left_out,
        )


def contrasts(
    studlab: Sequence[object],
    treat1: Sequence[object],
    treat2: Sequence[object],
    TE: ArrayLike,  # noqa: N803
    seTE: ArrayLike,  # noqa: N803
    *,
    tolerance: float = TOLERANCE,
) -> Contrasts:
    """Contrast-level evidence.

    Parameters
    ----------
    studlab, treat1, treat2 : sequence of length m
        Study and its two treatments. Every pair of a multi-arm study has its row.
    TE, seTE : array_like, shape (m,)
        Effect of ``treat1`` minus ``treat2`` with its standard error. Studies without (NaN) are
        left out and listed in ``left_out``.
    tolerance : float
        How far the effects of a multi-arm study may be from adding up (rounding in print).

    Raises
    ------
    NotEstimable
        Every fault of every row (:func:`hilum.synthesis.network.faults.of_contrasts`), or no row.
    """
    labels, first, second = (list(map(str, one)) for one in (studlab, treat1, treat2))
    te, se = columns(TE=TE, seTE=seTE)
    sizes = {len(labels), len(first), len(second), len(te)}
    if len(sizes) > 1:
        message = phrased(
            "studlab, treat1, treat2, TE and seTE differ in length: {sizes}", sizes=sorted(sizes)
        )
        raise NotEstimable(message)
    refuse_all(of_contrasts(labels, first, second, te, se, tolerance))
    return assembled(labels, first, second, te, se)


def assembled(
    labels: list[str],
    first: list[str],
    second: list[str],
    te: Array,
    se: Array,
    left_out: tuple[tuple[str, str], ...] = (),
) -> Contrasts:
    """Rows that have been checked, those without information left out."""
    silent = ~(np.isfinite(te) & np.isfinite(se))
    if silent.any():
        gone = dict.fromkeys(labels[i] for i in np.flatnonzero(silent).tolist())
        left_out += tuple((label, "no_information") for label in gone)
        # All rows of such a study: without one contrast the others have no covariance.
        keep = [i for i, label in enumerate(labels) if label not in gone]
        labels, first, second = ([one[i] for i in keep] for one in (labels, first, second))
        te, se = te[keep], se[keep]
    if not labels:
        message = "no study with an effect and its standard error"
        raise NotEstimable(message)
    names = sorted({*first, *second}, key=lambda name: (name.casefold(), name))
    place = {name: i for i, name in enumerate(names)}
    studies = {label: i for i, label in enumerate(dict.fromkeys(labels))}
    return Contrasts(
        tuple(names),
        tuple(studies),
        np.array([studies[label] for label in labels], np.intp),
        np.array([place[name] for name in first], np.intp),
        np.array([place[name] for name in second], np.intp),
        te,
        se,
        left_out,
    )


__all__ = ["Contrasts", "RowFault", "assembled", "contrasts"]

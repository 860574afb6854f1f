"""Arms and contrasts of the studies, checked and laid out for the likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import Array

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

Design = Literal["randomised", "comparative", "single_arm"]
DESIGNS: tuple[Design, ...] = ("randomised", "comparative", "single_arm")
RANDOMISED, COMPARATIVE, SINGLE = range(3)
Integers = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Studies:
    """Rows sorted by study; what :func:`arms` and :func:`survival` make.

    Attributes
    ----------
    kind : {"binomial", "normal"}
        Likelihood of the arms: ``y`` events of ``n``, or ``y`` with standard error ``n``.
    study : ndarray of int, shape (A,)
        Index into ``studies``.
    treatment : ndarray of int, shape (A,)
        Index into ``treatments``.
    y, n : ndarray, shape (A,)
    favoured : ndarray, shape (A,)
        1 where a non-randomised study's bias is expected to favour the arm, else 0.
    design : ndarray of int, shape (S,)
        Place in :data:`DESIGNS`.
    contrast : ndarray of int, shape (C, 3)
        Study, treatment and comparator of contrast rows; ``effect`` (C, 3) yi, sei and favoured.
    x : ndarray, shape (S, J)
        Covariates as given, NaN where a study does not report one.
    """

    kind: Literal["binomial", "normal"]
    studies: tuple[str, ...]
    treatments: tuple[str, ...]
    study: Integers
    treatment: Integers
    y: Array
    n: Array
    favoured: Array
    design: Integers
    contrast: Integers
    effect: Array
    covariates: tuple[str, ...]
    x: Array

    @property
    def count(self) -> int:
        """Number of studies."""
        return len(self.studies)

    def standardised(self) -> tuple[Array, Array, Array]:
        """Covariates in observed standard deviations, with the means and deviations used."""
        if not self.covariates:
            return np.zeros((self.count, 0)), np.zeros(0), np.zeros(0)
        mean, sd = np.nanmean(self.x, 0), np.nanstd(self.x, 0)
        return (self.x - mean) / sd, mean, sd

    def arms_of(self, study: int) -> Integers:
        """Rows of a study."""
        return np.flatnonzero(self.study == study)

    def studies_of(self, treatment: int) -> list[int]:
        """Places of the studies that hold a treatment, in an arm or a contrast."""
        own = set(self.study[self.treatment == treatment].tolist())
        own |= {int(row[0]) for row in self.contrast if treatment in row[1:]}
        return sorted(own)


def arms(
    study: Sequence[str],
    treatment: Sequence[str],
    design: Sequence[str],
    events: ArrayLike,
    n: ArrayLike,
    *,
    covariates: Mapping[str, ArrayLike] | None = None,
    favoured: ArrayLike | None = None,
) -> Studies:
    """Binary outcomes, one row an arm.

    Parameters
    ----------
    study, treatment : sequence of str, length A
    design : sequence of {"randomised", "comparative", "single_arm"}, length A
        The same for every arm of a study.
    events, n : array_like, shape (A,)
        Whole numbers, ``0 <= events <= n``, ``n > 0``.
    covariates : mapping of str to array_like, shape (A,)
        NaN where not reported; a study's value is the mean over its arms weighted by ``n``.
    favoured : array_like, shape (A,), optional
        1 where confounding would favour the arm (the newer treatment, against a control).

    Raises
    ------
    NotEstimable
        With the row: counts out of range, an unknown design, a treatment twice in one study, a
        comparative study of one arm, a series of two; no row, one study only; a covariate
        that no two studies report differently.
    """
    y, size = np.asarray(events, np.float64), np.asarray(n, np.float64)
    _lengths(len(study), treatment=treatment, design=design, events=y, n=size)
    for row, (one, of) in enumerate(zip(y, size, strict=True)):
        fine = np.isfinite(one) and np.isfinite(of) and one == round(one) and of == round(of)
        if not (fine and 0 <= one <= of and of > 0):
            message = phrased(
                "row {row}: {study}, {treatment}: {one:g} of {of:g}: expected whole numbers, "
                "0 <= event <= n and n > 0",
                row=row + 1,
                study=study[row],
                treatment=treatment[row],
                one=one,
                of=of,
            )
            raise NotEstimable(message)
    empty = np.zeros((0, 3), np.int64), np.zeros((0, 3))
    return _layout("binomial", study, treatment, design, y, size, empty, covariates, favoured)


def survival(
    study: Sequence[str],
    treatment: Sequence[str],
    comparator: Sequence[str | None],
    design: Sequence[str],
    yi: ArrayLike,
    sei: ArrayLike,
    *,
    covariates: Mapping[str, ArrayLike] | None = None,
    favoured: ArrayLike | None = None,
) -> Studies:
    """Log hazards of arms and log hazard ratios of contrasts, with standard errors.

    Parameters
    ----------
    comparator : sequence of str or None, length A
        None for an arm's log hazard; else ``yi`` is the log hazard ratio of ``treatment``
        against it. A study gives its arms or one contrast, not both; a trial of three arms
        gives its arms, since contrasts that share an arm are correlated.
    yi, sei : array_like, shape (A,)
        Finite, ``sei > 0``.
    study, treatment, design, covariates, favoured
        As in :func:`arms`.

    Raises
    ------
    NotEstimable
        As in :func:`arms`.
    """
    y, se = np.asarray(yi, np.float64), np.asarray(sei, np.float64)
    _lengths(len(study), treatment=treatment, comparator=comparator, design=design, yi=y, sei=se)
    for row, (one, of) in enumerate(zip(y, se, strict=True)):
        if not (np.isfinite(one) and np.isfinite(of) and of > 0):
            message = phrased(
                "row {row}: {study}: yi {one:g}, sei {of:g}: expected finite yi and sei > 0",
                row=row + 1,
                study=study[row],
                one=one,
                of=of,
            )
            raise NotEstimable(message)
        if comparator[row] == treatment[row]:
            message = phrased(
                "row {row}: {study}: {treatment} against itself",
                row=row + 1,
                study=study[row],
                treatment=treatment[row],
            )
            raise NotEstimable(message)
    is_contrast = np.array([one is not None and one != "" for one in comparator], np.bool_)
    names = tuple(sorted({*treatment, *(one for one in comparator if one)}))
    order = {name: place for place, name in enumerate(dict.fromkeys(study))}
    place = {name: at for at, name in enumerate(names)}
    rows = [int(row) for row in np.flatnonzero(is_contrast)]
    seen = [study[row] for row in rows]
    with_arms = {study[int(row)] for row in np.flatnonzero(~is_contrast)}
    for name in seen:
        if seen.count(name) > 1 or name in with_arms:
            message = phrased("{name}: expected one contrast, or the study's arms", name=name)
            raise NotEstimable(message)
    contrast = np.array(
        [[order[study[r]], place[treatment[r]], place[comparator[r] or ""]] for r in rows], np.int64
    ).reshape(-1, 3)
    favour = np.zeros(len(y)) if favoured is None else np.asarray(favoured, np.float64)
    given = contrast, np.column_stack([y[rows], se[rows], favour[rows]])
    return _layout(
        "normal", study, treatment, design, y, se, given, covariates, favoured,
        ~is_contrast, names,
    )  # fmt: skip


def _lengths(length: int, **columns: Any) -> None:
    if length == 0:
        message = "no study to model"
        raise NotEstimable(message)
    for name, column in columns.items():
        if len(column) != length:
            message = phrased(
                "{name} has {number} values, study has {length}",
                name=name,
                number=len(column),
                length=length,
            )
            raise NotEstimable(message)


def _layout(
    kind: Literal["binomial", "normal"],
    study: Sequence[str],
    treatment: Sequence[str],
    design: Sequence[str],
    y: Array,
    n: Array,
    contrasts: tuple[Integers, Array],
    covariates: Mapping[str, ArrayLike] | None,
    favoured: ArrayLike | None,
    is_arm: NDArray[np.bool_] | None = None,
    names: tuple[str, ...] | None = None,
) -> Studies:
    studies = tuple(dict.fromkeys(study))
    if len(studies) == 1:
        message = phrased(
            "one study only ({studies}): a joint model needs at least two", studies=studies[0]
        )
        raise NotEstimable(message)
    keep = np.ones(len(y), np.bool_) if is_arm is None else is_arm
    known = names or tuple(sorted(set(treatment)))
    where = np.array([studies.index(one) for one in study], np.int64)
    which = np.array([known.index(one) for one in treatment], np.int64)
    favour = np.zeros(len(y)) if favoured is None else np.asarray(favoured, np.float64)
    if len(favour) != len(y) or not bool(np.isin(favour, (0.0, 1.0)).all()):
        message = "favoured: expected 0 or 1 in every row"
        raise NotEstimable(message)
    designs = _designs(studies, where, treatment, design, keep, contrasts[0])
    x, labels = _covariates(covariates, where, n if kind == "binomial" else np.ones(len(y)))
    if not bool((designs == SINGLE).any()) and not bool((designs != SINGLE).any()):
        message = "no study to model"
        raise NotEstimable(message)
    order = np.flatnonzero(keep)[np.argsort(where[keep], kind="stable")]
    return Studies(
        kind, studies, known, where[order], which[order], y[order], n[order], favour[order],
        designs, contrasts[0], contrasts[1], labels, x,
    )  # fmt: skip


def _designs(
    studies: tuple[str, ...],
    where: Integers,
    treatment: Sequence[str],
    design: Sequence[str],
    keep: NDArray[np.bool_],
    contrast: Integers,
) -> Integers:
    out = np.zeros(len(studies), np.int64)
    for place, name in enumerate(studies):
        rows = [int(row) for row in np.flatnonzero(where == place)]
        said = {design[row] for row in rows}
        for row in rows:
            if design[row] not in DESIGNS:
                message = phrased(
                    "row {row}: {name}: design {design!r}: expected one of {known}",
                    row=row + 1,
                    name=name,
                    design=design[row],
                    known=", ".join(DESIGNS),
                )
                raise NotEstimable(message)
        if len(said) > 1:
            message = phrased(
                "{name}: designs {said}: expected one for all its arms",
                name=name,
                said=", ".join(sorted(said)),
            )
            raise NotEstimable(message)
        given = [treatment[row] for row in rows if keep[row]]
        twice = sorted({one for one in given if given.count(one) > 1})
        if twice:
            message = phrased(
                "{name}: arm {twice} appears twice: expected each treatment once a study "
                "(add the arms' counts)",
                name=name,
                twice=twice[0],
            )
            raise NotEstimable(message)
        out[place] = DESIGNS.index(design[rows[0]])
        by_contrast = bool((contrast[:, 0] == place).any()) if len(contrast) else False
        many = len(given) > 1 or by_contrast
        if many and out[place] == SINGLE:
            message = phrased(
                "{name}: single_arm, but it compares treatments: expected one arm", name=name
            )
            raise NotEstimable(message)
        if not many and out[place] != SINGLE:
            message = phrased(
                "{name}: {designs}, but it has one arm ({given}): expected two, or design "
                "single_arm",
                name=name,
                designs=DESIGNS[out[place]],
                given=given[0],
            )
            raise NotEstimable(message)
    return out


def _covariates(
    covariates: Mapping[str, ArrayLike] | None, where: Integers, weight: Array
) -> tuple[Array, tuple[str, ...]]:
    count = int(where.max()) + 1
    if not covariates:
        return np.zeros((count, 0)), ()
    out = np.full((count, len(covariates)), np.nan)
    for j, (name, values) in enumerate(covariates.items()):
        column = np.asarray(values, np.float64)
        if column.shape != where.shape:
            message = phrased(
                "covariate {name}: {number} values for {number_2} rows",
                name=name,
                number=len(column),
                number_2=len(where),
            )
            raise NotEstimable(message)
        if bool(np.isinf(column).any()):
            message = phrased(
                "covariate {name}: expected finite values, or NaN where not reported", name=name
            )
            raise NotEstimable(message)
        for place in range(count):
            rows = (where == place) & ~np.isnan(column)
            if rows.any():
                out[place, j] = np.average(column[rows], weights=weight[rows])
        seen = out[~np.isnan(out[:, j]), j]
        if len(np.unique(seen)) < 2:
            message = phrased(
                "covariate {name}: {number} studies report it, with {different} different values: "
                "expected two",
                name=name,
                number=len(seen),
                different=len(np.unique(seen)),
            )
            raise NotEstimable(message)
    return out, tuple(covariates)

"""Coverage of what is shown of meta-regressions and of subgroups of one tau2, beside z.

The slope and a group's mean by the wider of Knapp and Hartung's and the normal interval, a new
study by t and the confidence distribution of tau: of effects with known variances, and of
proportions by their exact likelihood (scores).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import HilumError
from hilum.synthesis import fit, fit_batch, fit_exact
from hilum.synthesis.exact.lines import line_scores
from hilum.synthesis.few import FEWEST_NEW, half_at, half_new, spreads_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.synthesis.arrays import Array

SEED = 20261129
REPEATS = 2000
# Meta-analyses whose new study is looked at, and those of an exact likelihood.
NEW = 400
EXACT = 200
STUDIES = (4, 5, 8, 20)
SPREADS = (0.0, 0.3, 0.7)
TRUE = np.array([0.3, -0.2])
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class LineSeen:
    """Shares of one cell: ``new`` is None where no interval of a new study is shown."""

    what: str
    k: int
    tau: float
    shown: float
    z: float
    new: float | None
    repeats: int


def designs(k: int, what: str) -> tuple[Array, Array]:
    """The design matrix, and the row that is asked about: a slope, or the first group's mean."""
    if what == "subgroup":
        first = (np.arange(k) < k // 2) * 1.0
        return np.column_stack([first, 1 - first]), np.array([1.0, 0.0])
    return np.column_stack([np.ones(k), np.linspace(-1, 1, k)]), np.array([0.0, 1.0])


def cells() -> Iterator[LineSeen]:
    """Every cell of the grid."""
    for what in ("slope", "subgroup"):
        for k in STUDIES:
            for tau in SPREADS:
                yield _effects(what, k, tau)
    for k in (5, 8):
        yield _counts("slope, PLO", k, 0.5)


def _effects(what: str, k: int, tau: float) -> LineSeen:
    rng = np.random.default_rng([SEED, k, int(100 * tau), len(what)])
    x, row = designs(k, what)
    v = rng.uniform(0.05, 0.4, (REPEATS, k))
    y = x @ TRUE + rng.normal(0, np.sqrt(v + tau**2))
    found = fit_batch(y, v, mods=x)
    own = int(row.argmax())
    off = np.abs(found.beta[:, own] - TRUE[own])
    half = half_at(found.se[:, own], found.scale, k - 2)
    new = None
    if k - 2 + 1 >= FEWEST_NEW:
        at = np.array([1.0, 0.5]) if what == "slope" else row
        hits = [_new(y[i], v[i], x, at, at @ TRUE + tau * rng.normal()) for i in range(NEW)]
        new = float(np.mean(hits))
    shown, plain = float((off <= half).mean()), float((off <= Z * found.se[:, own]).mean())
    return LineSeen(what, k, tau, shown, plain, new, REPEATS)


def _new(y: Array, v: Array, x: Array, at: Array, truth: float) -> bool:
    one = fit(y, v, mods=x)
    df, w = one.k - one.p, 1 / (one.vi + one.tau2)
    se = np.sqrt(at @ np.linalg.inv((w[:, None] * x).T @ x) @ at)
    wide = float(half_new(se, np.asarray(one.scale), np.asarray(one.tau2), df + 1))
    share = float(spreads_at(one, at[None])[0].cdf(np.asarray(truth)))
    return abs(at @ one.beta - truth) <= wide or 0.025 <= share <= 0.975


def _counts(what: str, k: int, tau: float) -> LineSeen:
    rng = np.random.default_rng([SEED, k, int(100 * tau)])
    x, _ = designs(k, "slope")
    shown, plain = [], []
    while len(shown) < EXACT:
        n = rng.integers(8, 60, k)
        events = rng.binomial(n, special.expit(-1 + x[:, 1] * TRUE[1] + tau * rng.normal(size=k)))
        data = {"xi": events * 1.0, "ni": n * 1.0}
        try:
            one = fit_exact("PLO", data, mods=x)
            made = line_scores(one, "PLO", data, x)
            assert made is not None
            half = float(half_at(one.se[1:], np.asarray(made.q), k - 2)[0])
        except HilumError:
            continue
        off = abs(one.beta[1] - TRUE[1])
        shown.append(off <= half)
        plain.append(off <= Z * one.se[1])
    return LineSeen(what, k, tau, float(np.mean(shown)), float(np.mean(plain)), None, EXACT)

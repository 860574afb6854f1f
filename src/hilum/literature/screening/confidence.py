"""Whether further studies would change the pooled answer: a model's word, beside the promise.

The hypergeometric rule promises a recall. This asks another thing: given the answer that is pooled
from what was extracted, how likely is it that the studies still unread change it? Three parts:

1. How many relevant records the unread rest can still hold: the most that the random order does not
   rule out, at the same confidence and with the same price of looking often
   (:func:`hilum.literature.screening.stopping.level`). Without a random order it is all of them.
2. What a further study would show: a draw from the predictive distribution. Its spread comes from
   the confidence distribution of tau2 (the generalised Q, DerSimonian & Kacker 2007), its mean from
   the normal one given tau2, its sampling variance from a study that is there.
3. What it would change: the answer is pooled anew with it (REML, the modified Hartung-Knapp
   interval, never narrower than the normal one). It is another answer where the interval says
   another thing of a line (all below it, all above it, neither), or the figure leaves the present
   interval or moves by more than a margin.

It holds as far as further studies are like those found: not for a late great trial, nor where
studies were left unpublished for what they show. In simulated reviews of three to ten studies
(``tests/literature/screening/test_confidence.py``) of a hundred answers whose chance was said to be
5 % or less, up to eight changed. So it is a hunch with a number, and never a promise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import special

from hilum.errors import NotEstimable
from hilum.literature.screening.stopping import at_most, level
from hilum.synthesis.batch import fit_batch
from hilum.synthesis.heterogeneity import generalised_q_root
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from hilum.watch import Watch

    Array = NDArray[Any]

LEAST: Final = 3
"""Fewest studies of which a spread can be said."""
TEST: Final = "adhoc"
PIECE: Final = 250
TAIL: Final = 0.002
"""Draws of Q are cut at its outermost parts, where tau2 has no end."""


def most_left(found: int, rest: int, drawn: int, confidence: float) -> int:
    """The most relevant records that the unread part of a rest can hold.

    Parameters
    ----------
    found, drawn : int
        Relevant records and records read in random order.
    rest : int
        Records that were not read when it began.
    confidence : float
        A larger number would have shown more, but for the chance that this leaves.
    """
    low, high = 0, rest - drawn
    allowed = level(found, confidence)
    while low < high:
        middle = (low + high + 1) // 2
        chance = float(at_most(np.asarray(found), rest, found + middle, np.asarray(drawn)))
        if chance > allowed:
            low = middle
        else:
            high = middle - 1
    return low


@dataclass(frozen=True, slots=True)
class Change:
    """With so many further studies: chances of another verdict, of a moved figure, of either."""

    studies: int
    verdict: float
    figure: float
    either: float


@dataclass(frozen=True, slots=True)
class Plausible:
    """One further study at the ends of what is plausible, of the size of a study that is there."""

    changes: bool
    effect: float
    variance: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer as it stands, on the model's scale, with what an answer is judged by.

    ``line`` is on the scale of ``back``; ``margin`` too, None for the present interval's width.
    """

    yi: Array
    vi: Array
    beta: float
    low: float
    high: float
    tau2: float
    line: float | None
    margin: float | None
    back: Callable[[Array], Array]

    def changed(self, beta: Array, low: Array, high: Array) -> tuple[Array, Array]:
        """Whether answers say another thing of the line, and whether their figures moved."""
        back = self.back
        verdict = np.zeros(np.shape(beta), bool)
        if self.line is not None:
            now = _side(back(np.asarray(self.low)), back(np.asarray(self.high)), self.line)
            verdict = _side(back(low), back(high), self.line) != now
        if self.margin is None:
            moved = (beta < self.low) | (beta > self.high)
        else:
            moved = np.abs(back(beta) - back(np.asarray(self.beta))) > self.margin
        return verdict, moved


def _side(low: Array, high: Array, line: float) -> Array:
    return np.where(high < line, -1, np.where(low > line, 1, 0))


def answer_now(
    yi: Array, vi: Array, line: float | None, margin: float | None, back: Callable[[Array], Array]
) -> Answer:
    """The answer from the studies that are there.

    Raises
    ------
    NotEstimable
        Fewer than three of them.
    """
    if len(yi) < LEAST:
        message = "a prediction of further studies needs three studies or more"
        raise NotEstimable(message)
    fit = fit_batch(yi[None], vi[None], test=TEST)
    return Answer(
        yi=yi, vi=vi, beta=float(fit.beta[0, 0]), low=float(fit.ci_lb[0, 0]),
        high=float(fit.ci_ub[0, 0]), tau2=float(fit.tau2[0]), line=line, margin=margin, back=back,
    )  # fmt: skip


def further(
    answer: Answer, studies: int, draws: int, seed: int, variance: float | None = None
) -> tuple[Array, Array]:
    """Effects and variances of further studies, drawn from the predictive distribution.

    ``variance`` stands in place of those of the studies that are there.
    """
    dice = np.random.default_rng(seed)
    k = len(answer.yi)
    share = TAIL + (1 - 2 * TAIL) * dice.random(draws)
    tau2 = generalised_q_root(answer.yi, answer.vi, None, special.chdtri(k - 1, share))
    w = 1 / (answer.vi + tau2[:, None])
    mean = (w @ answer.yi) / w.sum(axis=1)
    mu = mean + dice.standard_normal(draws) / np.sqrt(w.sum(axis=1))
    v = answer.vi[dice.integers(0, k, (draws, studies))]
    if variance is not None:
        v = np.full((draws, studies), variance)
    spread = np.sqrt(tau2[:, None] + v)
    return mu[:, None] + spread * dice.standard_normal((draws, studies)), v


def chance_of_change(
    answer: Answer, studies: int, draws: int, seed: int, watch: Watch = SILENT
) -> Change:
    """Chance that so many further studies, taken together, change the answer."""
    if studies < 1:
        return Change(0, 0.0, 0.0, 0.0)
    y, v = further(answer, studies, draws, seed)
    k = len(answer.yi)
    verdicts: list[Array] = []
    figures: list[Array] = []
    for start in range(0, draws, PIECE):
        part = slice(start, start + PIECE)
        count = len(y[part])
        every_y = np.hstack([np.broadcast_to(answer.yi, (count, k)), y[part]])
        every_v = np.hstack([np.broadcast_to(answer.vi, (count, k)), v[part]])
        fit = fit_batch(every_y, every_v, test=TEST, near=answer.tau2)
        verdict, moved = answer.changed(fit.beta[:, 0], fit.ci_lb[:, 0], fit.ci_ub[:, 0])
        verdicts.append(verdict)
        figures.append(moved)
        watch.done(count)
    verdict, moved = np.concatenate(verdicts), np.concatenate(figures)
    return Change(
        studies, float(verdict.mean()), float(moved.mean()), float((verdict | moved).mean())
    )


def one_plausible(answer: Answer, confidence: float, draws: int, seed: int) -> Plausible:
    """Whether one further study within the predictive interval changes the answer, and which.

    Its effect is tried at the ends of the central ``confidence`` of what is predicted for the
    variance of each study that is there; of those that change the answer the nearest is told.
    """
    k = len(answer.yi)
    pairs: list[tuple[float, float]] = []
    share = (1 - confidence) / 2
    for variance in np.unique(answer.vi):
        mine, _ = further(answer, 1, draws, seed, float(variance))
        ends = np.quantile(mine[:, 0], (share, 1 - share))
        pairs += [(float(end), float(variance)) for end in ends]
    effects = np.array([one for one, _ in pairs])
    variances = np.array([one for _, one in pairs])
    every_y = np.hstack([np.broadcast_to(answer.yi, (len(pairs), k)), effects[:, None]])
    every_v = np.hstack([np.broadcast_to(answer.vi, (len(pairs), k)), variances[:, None]])
    fit = fit_batch(every_y, every_v, test=TEST, near=answer.tau2)
    verdict, moved = answer.changed(fit.beta[:, 0], fit.ci_lb[:, 0], fit.ci_ub[:, 0])
    hits = np.flatnonzero(verdict | moved)
    at = int(hits[np.argmin(np.abs(effects[hits] - answer.beta))]) if len(hits) else 0
    return Plausible(bool(len(hits)), float(effects[at]), float(variances[at]))

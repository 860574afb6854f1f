"""A screening replayed on records whose decisions are known.

It begins as ASReview's simulations with ``--n-prior-included 1 --n-prior-excluded 1`` begin: one
relevant and one irrelevant record, drawn by the seed as ASReview draws them, so that figures
compare. They are no discovery and are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.errors import NotEstimable
from hilum.literature.screening.stopping import still_to_read
from hilum.watch import SILENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.literature.screening.models import Learner
    from hilum.watch import Watch

BEGUN: Final = 2
AGAIN: Final = 0.01
"""Share of the records read after which the model learns again; always after the first hundred."""


@dataclass(frozen=True, slots=True)
class Replay:
    """One order of reading.

    Parameters
    ----------
    order : array of int
        Places of all records; the first :data:`BEGUN` are those begun with.
    fits : int
        How often the model learnt.
    """

    order: NDArray[Any]
    fits: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the rule stopped.

    Parameters
    ----------
    begun : int
        Records read in the model's order before the random order began.
    drawn : int
        Records read in random order.
    found : int
        Relevant records found in all.
    """

    begun: int
    drawn: int
    found: int


def begun_with(relevant: NDArray[Any], seed: int) -> tuple[int, int]:
    """The relevant and the irrelevant record that a replay begins with.

    Raises
    ------
    NotEstimable
        There are not two of either kind.
    """
    kinds = (np.flatnonzero(relevant), np.flatnonzero(~relevant))
    if min(map(len, kinds)) < BEGUN:
        raise NotEstimable("a replay needs two relevant and two irrelevant records at least")
    # The generator and the draw that ASReview uses for its prior knowledge.
    one, other = (
        int(np.random.RandomState(seed).choice(kind, 1, replace=False)[0]) for kind in kinds
    )
    return one, other


def replay(
    model: Learner,
    relevant: NDArray[Any],
    seed: int,
    doubles: dict[int, tuple[int, ...]] | None = None,
    watch: Watch = SILENT,
) -> Replay:
    """Read all records, the likeliest first, until every relevant one is found.

    Parameters
    ----------
    model : Learner
    relevant : array of bool
    seed : int
    doubles : dict of int to tuple of int
        Records that are read together with a record, by its place.
    watch : Watch
    """
    order = list(begun_with(relevant, seed))
    unread = np.ones(len(relevant), dtype=bool)
    unread[order] = False
    left = int(relevant[unread].sum())
    fits = 0
    scores = np.zeros(len(relevant), dtype=np.float32)
    while left:
        read = np.asarray(order)
        scores = np.where(unread, model.learn(read, relevant[read]), -np.inf)
        fits += 1
        watch.done(0)
        for one in _best(scores, max(int(AGAIN * len(order)), 1)):
            for place in (one, *(doubles or {}).get(one, ())):
                if unread[place]:
                    order.append(place)
                    unread[place] = False
                    left -= int(relevant[place])
    rest = np.flatnonzero(unread)
    return Replay(np.asarray([*order, *rest[np.argsort(-scores[rest], kind="stable")]]), fits)


def _best(scores: NDArray[Any], many: int) -> list[int]:
    """Places of the highest scores, the highest first; of equal ones the first in the file."""
    if many == 1:
        return [int(scores.argmax())]
    many = min(many, int(np.isfinite(scores).sum()))
    highest = np.sort(np.argpartition(-scores, many - 1)[:many])
    return [int(one) for one in highest[np.argsort(-scores[highest], kind="stable")]]


def stop_of(order: NDArray[Any], begun: int, recall: float, confidence: float, seed: int) -> Stop:
    """Where the hypergeometric rule stops a replay.

    Parameters
    ----------
    order : array of bool
        Whether each record is relevant, in the model's order.
    begun : int
        Records read in that order before the others are drawn at random.
    recall, confidence : float
    seed : int
        Of the random order.
    """
    before = int(order[:begun].sum())
    rest = len(order) - begun
    drawn_order = np.random.default_rng(seed).permutation(order[begun:].astype(bool))
    places = [*(np.flatnonzero(drawn_order) + 1).tolist(), rest + 1]
    drawn = 0
    for found, place in enumerate(places):
        stop = drawn + still_to_read(before, found, rest, drawn, recall, confidence)
        if stop < place:
            return Stop(begun, stop, before + found)
        drawn = place
    return Stop(begun, rest, before + len(places) - 1)

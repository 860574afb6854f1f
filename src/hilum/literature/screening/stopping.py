"""When to stop: the hypergeometric rule, with its promise kept however often one looks.

Callaghan & Müller-Hansen 2020 (Systematic Reviews 9:273): records are read in the model's order as
long as that pays; the rest is then read in random order. After ``drawn`` of ``rest`` records with
``found`` relevant ones among them, the recall is below the target only if the rest held at least
:func:`least_missed` relevant records; :func:`chance_missed` is the chance of having found as few
if it did. The paper looks at that chance after every record. Whoever looks often is wrong more
often than one look allows, so that the stop here has to pay for its looks: with ``k`` found it
takes the chance :func:`level`, and these add up to ``1 - confidence`` over all ``k`` (Bonferroni).
For each number found there is one first look that can stop, so the chance of stopping short of
the target is at most ``1 - confidence``, whatever the rest holds.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import gammaln

if TYPE_CHECKING:
    from numpy.typing import NDArray

NONE_FOUND: Final = 0.7
"""Share of the risk that is taken where the random order finds nothing."""


def least_missed(before: int, found: int, recall: float) -> int:
    """Fewest relevant records in the rest with which the recall would be below the target.

    Parameters
    ----------
    before, found : int
        Relevant records found before the random order began, and in it.
    recall : float
    """
    return math.floor((before + found) / Fraction(str(recall))) - before + 1


def chance_missed(before: int, found: int, rest: int, drawn: int, recall: float) -> float:
    """Chance of finding as few in the random order if the recall is below the target.

    Parameters
    ----------
    before : int
        Relevant records found before it began.
    found, drawn : int
        Relevant records and records read in it.
    rest : int
        Records that were not read when it began.
    recall : float
    """
    held = least_missed(before, found, recall)
    # As many cannot be there: what is not drawn is too little to hold them.
    if held - found > rest - drawn:
        return 0.0
    return float(at_most(np.asarray(found), rest, held, np.asarray(drawn)))


def level(found: int, confidence: float) -> float:
    """The chance at which a stop with as many found is allowed.

    Over all numbers these add up to ``1 - confidence``. Most of it is kept for none found: the
    random order begins when little is thought to be left.
    """
    share = NONE_FOUND if found == 0 else (1 - NONE_FOUND) / (found * (found + 1))
    return (1 - confidence) * share


def may_stop(
    before: int, found: int, rest: int, drawn: int, recall: float, confidence: float
) -> bool:
    """Whether the target is reached at the confidence asked for; parameters as above."""
    if drawn >= rest:
        return True
    return chance_missed(before, found, rest, drawn, recall) <= level(found, confidence)


def still_to_read(
    before: int, found: int, rest: int, drawn: int, recall: float, confidence: float
) -> int:
    """Records to read in random order until the stop, if none of them is relevant."""
    low, high = drawn, rest
    while low < high:
        middle = (low + high) // 2
        if may_stop(before, found, rest, middle, recall, confidence):
            high = middle
        else:
            low = middle + 1
    return low - drawn


def at_most(found: NDArray[Any], rest: Any, held: Any, drawn: NDArray[Any]) -> NDArray[Any]:
    """Chance of ``found`` relevant records or fewer among ``drawn`` of ``rest`` that hold ``held``.

    The distribution function of the hypergeometric distribution, elementwise.
    """
    found, rest, held, drawn = np.broadcast_arrays(found, rest, held, drawn)
    total = np.zeros(found.shape)
    for one in range(int(found.max(initial=-1)) + 1):
        total += np.where(one <= found, _exactly(one, rest, held, drawn), 0.0)
    return np.minimum(total, 1.0)


@cache
def _log_factorials(bits: int) -> NDArray[Any]:
    """Logarithms of n! for every n of as many bits; one look asks for thousands of them."""
    return gammaln(np.arange(1.0, 2**bits + 1))


def _exactly(found: int, rest: Any, held: Any, drawn: Any) -> NDArray[Any]:
    possible = (found <= held) & (found <= drawn) & (held - found <= rest - drawn)
    logs = _log_factorials(int(rest.max(initial=0)).bit_length())

    def ways(n: Any, k: Any) -> NDArray[Any]:
        n, k = np.where(possible, n, 0), np.where(possible, k, 0)
        return logs[n] - logs[k] - logs[n - k]

    log = ways(held, found) + ways(rest - held, drawn - found) - ways(rest, drawn)
    return np.where(possible, np.exp(log), 0.0)

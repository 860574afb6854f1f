"""A root of a function of one number, without the half second that an optimiser's import takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ITERATIONS: Final = 100
RTOL: Final = 4 * 2.0**-52


def brentq(
    f: Callable[[float], float], a: float, b: float, *, xtol: float = 2e-12, rtol: float = RTOL
) -> float:
    """Root of ``f`` between ``a`` and ``b``, where it changes its sign.

    Bisection, hurried by secants and inverse quadratic interpolation (Brent 1973, *Algorithms for
    Minimization without Derivatives*, chapter 4), step for step as SciPy's function of this name.

    Raises
    ------
    ValueError
        The ends have one sign, a value is not a number, or 100 steps do not suffice.
    """
    before, now = float(a), float(b)
    f_before, f_now = _value(f, before), _value(f, now)
    if f_before == 0:
        return before
    if f_now == 0:
        return now
    if (f_before < 0) == (f_now < 0):
        message = "f(a) and f(b) must have different signs"
        raise ValueError(message)
    other = f_other = step = last = 0.0
    for _ in range(ITERATIONS):
        if f_before != 0 and f_now != 0 and (f_before < 0) != (f_now < 0):
            other, f_other = before, f_before
            step = last = now - before
        if abs(f_other) < abs(f_now):
            before, now, other = now, other, now
            f_before, f_now, f_other = f_now, f_other, f_now
        least = (xtol + rtol * abs(now)) / 2
        half = (other - now) / 2
        if f_now == 0 or abs(half) < least:
            return now
        wanted = math.inf
        if abs(step) > least and abs(f_now) < abs(f_before):
            wanted = _leap(before, now, other, f_before, f_now, f_other)
        if 2 * abs(wanted) < min(abs(step), 3 * abs(half) - least):
            step, last = last, wanted
        else:
            step = last = half
        before, f_before = now, f_now
        now += last if abs(last) > least else math.copysign(least, half)
        f_now = _value(f, now)
    message = "the root was not reached in the steps allowed"
    raise ValueError(message)


def _leap(
    before: float, now: float, other: float, f_before: float, f_now: float, f_other: float
) -> float:
    """The step by the secant, or by inverse quadratic interpolation where there are three points.

    Infinite where rounding leaves nothing to divide by, so that the interval is halved instead.
    """
    if before == other:
        return -f_now * (now - before) / (f_now - f_before)
    one = (f_before - f_now) / (before - now)
    two = (f_other - f_now) / (other - now)
    below = two * one * (f_other - f_before)
    return -f_now * (f_other * two - f_before * one) / below if below else math.inf


def _value(f: Callable[[float], float], x: float) -> float:
    found = float(f(x))
    if math.isnan(found):
        message = "the function is not a number between its ends"
        raise ValueError(message)
    return found

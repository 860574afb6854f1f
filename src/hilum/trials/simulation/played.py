"""What the simulations of trials whose course depends on their results share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import NotEstimable, phrased
from hilum.trials.fixed.sizes import whole
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.trials.simulation.tally import Tally
    from hilum.watch import Watch

# Patients beyond which no trial is looked for, and how often the size found in the normal model
# is raised where played trials fall short.
MOST, RAISED = 1e6, 40


def check_rates(arms: int, rates: Sequence[float], trials: int) -> None:
    """A true rate of the control and of each treatment, and some trials to play.

    Raises
    ------
    InputError
        Rates that are no probabilities, or too few of them; no trials.
    """
    check = Requirements()
    count = phrased("{arms} rates, control first", arms=arms + 1)
    check.need(len(rates) == arms + 1, "rates", len(rates), count)
    for rate in rates:
        check.need(0 <= rate <= 1, "rates", rate, "a probability, 0 to 1")
    check.need(trials >= 1, "trials", trials, "1 or more")
    check.done()


def sized_in_play(
    normal: Callable[[float], float],
    played: Callable[[float], Tally],
    figure: str,
    power: float,
    alpha: float,
    never: Callable[[], NotEstimable],
    watch: Watch,
    most: float = MOST,
) -> tuple[float, Tally]:
    """The size at which played trials have the power, looked for in the normal model.

    Parameters
    ----------
    normal, played : callable
        By the size: the power in the normal model, and the figures of played trials.
    figure : str
        Which of them has to reach the power.
    never : callable
        The error where no size has it.
    most : float
        Beyond it no trial is looked for.

    Raises
    ------
    NotEstimable
        No trial of so many has it.
    """
    n = _smallest(normal, power, never, watch, most)
    found = played(n)
    # The normal model is a little off: the power looked for in it is moved by so much, once.
    aim = normal(n) + power - found[figure].mean
    n = _smallest(normal, min(max(aim, alpha), (1 + power) / 2), never, watch, most)
    for _ in range(RAISED):
        found = played(n)
        if found[figure].mean >= power:
            return n, found
        n += max(1.0, round(n * (power - found[figure].mean)))
    message = phrased("power {power:g} is not reached in simulated trials", power=power)
    raise NotEstimable(message)


def _smallest(
    reached: Callable[[float], float],
    power: float,
    never: Callable[[], NotEstimable],
    watch: Watch,
    most: float,
) -> float:
    """The size with this power, to a five-hundredth."""
    low, high = 4.0, 16.0
    while reached(high) < power:
        watch.done(0)
        low, high = high, 2 * high
        if high > most:
            raise never()
    while high - low > max(0.5, 0.002 * high):
        watch.done(0)
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) >= power else (middle, high)
    return float(whole(high))

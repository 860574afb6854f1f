"""What the simulations of trials with several treatments and one control share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import phrased
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Sequence


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

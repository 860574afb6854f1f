"""When a treatment's level is rather the prior's than the studies'; loads nothing."""

from typing import Final

HALF: Final = 50.0
"""Percent of the information on a level above which it is the prior's."""


def is_priors(percent: float | None) -> bool:
    """Whether over half of the information on a level is the prior's, given in percent."""
    return percent is not None and percent > HALF

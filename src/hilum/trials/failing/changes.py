"""What of a truth may be otherwise than planned, and by how much."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import phrased

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A truth beside the planned one; a field left as it is changes nothing.

    Attributes
    ----------
    delay : float
        Months without an effect.
    slower : float
        How many times as long the accrual takes.
    closed : bool
        Whether the trial ends in the planned month with the patients it then has.
    crossover : float
        Share of the controls who take up the treatment: within 12 months where patients are
        followed in time, of all of them otherwise.
    drop_out : float
        Share of all patients lost within 12 months, or whose outcome is missing.
    effect : float
        Share of the effect hoped for that is true (of ratios: of its logarithm; against a margin:
        of the distance from it).
    control_points : float
        Added to the control's (or the uninteresting) rate; the difference hoped for stays.
    control_times, control_events : float
        By which the control's median, or its rate of events, is multiplied; the ratio stays.
    sd : float
        By which the standard deviation is multiplied.
    dispersion : float
        Added to the dispersion of the counts.
    missed, overread : float
        Shares of the responses taken for none, and of none taken for a response.
    """

    delay: float = 0.0
    slower: float = 1.0
    closed: bool = False
    crossover: float = 0.0
    drop_out: float = 0.0
    effect: float = 1.0
    control_points: float = 0.0
    control_times: float = 1.0
    control_events: float = 1.0
    sd: float = 1.0
    dispersion: float = 0.0
    missed: float = 0.0
    overread: float = 0.0

    @property
    def made(self) -> dict[str, float]:
        """What is not as planned, by its name; yes is 1."""
        usual = Changes()
        return {
            one.name: float(getattr(self, one.name))
            for one in fields(self)
            if getattr(self, one.name) != getattr(usual, one.name)
        }


PLANNED: Final = Changes()
"""Everything as planned."""


WANTED: Final[dict[tuple[bool, bool], str]] = {
    (False, False): "a number from {low:g} to {high:g}",
    (False, True): "a number from {low:g} to below {high:g}",
    (True, False): "a number above {low:g}, at most {high:g}",
    (True, True): "a number above {low:g} and below {high:g}",
}
"""By whether the lower end and the upper one are refused themselves."""


@dataclass(frozen=True, slots=True)
class Range:
    """Values that a change may have; the ends belong to it unless they are ``open``."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def holds(self, value: float) -> bool:
        """Whether a value lies inside."""
        above = value > self.low if self.open_low else value >= self.low
        return above and (value < self.high if self.open_high else value <= self.high)

    @property
    def wanted(self) -> str:
        """In words."""
        return phrased(WANTED[self.open_low, self.open_high], low=self.low, high=self.high)


_SHARE = Range(0, 1, open_high=True)
_TIMES = Range(0.1, 10)
RANGES: Final[dict[str, Range]] = {
    "delay": Range(0, 1200),
    "slower": Range(0.1, 100),
    "crossover": _SHARE,
    "drop_out": _SHARE,
    "effect": Range(-1, 2),
    "control_points": Range(-1, 1, open_low=True, open_high=True),
    "control_times": _TIMES,
    "control_events": _TIMES,
    "sd": _TIMES,
    "dispersion": Range(0, 100),
    "missed": _SHARE,
    "overread": _SHARE,
}
"""By the name of the change; ``closed`` is yes or no."""


def changed(values: Mapping[str, Any]) -> tuple[Changes, dict[str, str]]:
    """The changes of a mapping, and what was expected of each value that cannot be."""
    wrong: dict[str, str] = {}
    fine: dict[str, Any] = {}
    for name, value in values.items():
        yes_or_no = isinstance(value, bool)
        if name == "closed":
            if not yes_or_no:
                wrong[name] = phrased("true or false")
        elif yes_or_no or not isinstance(value, int | float) or not RANGES[name].holds(value):
            wrong[name] = RANGES[name].wanted
        if name not in wrong:
            fine[name] = value if name == "closed" else float(value)
    return replace(PLANNED, **fine), wrong

"""The scale of a figure: places on a page or in an image, and the values they stand for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.tabular import number

if TYPE_CHECKING:
    from collections.abc import Sequence


# Clicked calibration points lie within this share of the axis of a straight line (and two pixels);
# a logarithmic axis is further away.
CROOKED, SLIP_OF_HAND = 0.008, 2.0
LOG = "log:"


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear or logarithmic scale.

    Attributes
    ----------
    origin, slope : float
        ``value = origin + slope * place``; of the logarithm (base 10) where ``log``.
    low, high : float
        Values at the ends that were seen (ticks or calibration points).
    error : float
        Standard error of a place against its value, in places.
    log : bool
        Whether the scale is logarithmic.
    bent : float
        Largest distance of a point from the scale, as a share of the axis that was seen.
    """

    origin: float
    slope: float
    low: float
    high: float
    error: float
    log: bool = False
    bent: float = 0.0

    def value(self, place: float) -> float:
        """What a place stands for."""
        found = self.origin + self.slope * place
        return 10.0 ** min(found, 300.0) if self.log else found

    def place(self, value: float) -> float:
        """Where a value stands; a value that a logarithmic scale lacks, at its lower end."""
        if self.log:
            value = math.log10(max(value, self.low))
        return (value - self.origin) / self.slope


def from_points(
    places: Sequence[float], values: Sequence[float], error: float, *, log: bool = False
) -> Axis:
    """Least-squares scale through two or more points; ``error`` in places is at least kept."""
    x, y = np.asarray(places, float), np.asarray(values, float)
    low, high = float(y.min()), float(y.max())
    if log:
        y = np.log10(y)
    across = float(np.sum((x - x.mean()) ** 2))
    slope = float(np.sum((x - x.mean()) * (y - y.mean()))) / across if across > 0 else 0.0
    origin = float(y.mean() - slope * x.mean())
    if slope == 0:
        return Axis(origin, 0.0, low, high, float("inf"), log, float("inf"))
    left = (y - origin - slope * x) / slope
    seen = float(np.sqrt(np.sum(left**2) / max(len(x) - 2, 1)))
    bent = float(np.abs(left).max() / (x.max() - x.min()))
    return Axis(origin, slope, low, high, max(error, seen), log, bent)


def parse_axis(text: str, name: str, error: float) -> Axis:
    """A scale from ``PLACE=VALUE,PLACE=VALUE``; ``name`` is the parameter, for the message.

    Three points or more that lie on a logarithmic scale and on no straight one make that; two do
    where ``log:`` stands before them.

    Raises
    ------
    InputError
        Fewer than two points, something that is not a number, one place or value twice, or points
        that lie on no scale.
    """
    wanted = "two points PLACE=VALUE,PLACE=VALUE, such as 93=0,540=60"
    log = text.strip().lower().startswith(LOG)
    given, text = text, text.strip()[len(LOG) :] if log else text
    places: list[float] = []
    values: list[float] = []
    for part in text.split(","):
        place, _, value = part.partition("=")
        try:
            places.append(number(place))
            values.append(number(value))
        except ValueError:
            raise InputError(Fault("", None, name, given, wanted)) from None
    if len(places) < 2 or len(set(places)) < len(places) or len(set(values)) < len(values):
        raise InputError(Fault("", None, name, given, wanted))
    return _scale(places, values, error, name, given, log=log)


def _scale(
    places: list[float], values: list[float], error: float, name: str, given: str, *, log: bool
) -> Axis:
    span = max(places) - min(places)
    allowed = max(CROOKED, min(SLIP_OF_HAND / span, 3 * CROOKED))
    positive = min(values) > 0
    if not log:
        straight = from_points(places, values, error)
        if straight.bent <= allowed:
            return straight
    if positive:
        curved = from_points(places, values, error, log=True)
        if curved.bent <= allowed:
            return curved
    if log and not positive:
        wanted = "values above 0 on a logarithmic axis"
        raise InputError(Fault("", None, name, given, wanted))
    off = 100 * from_points(places, values, error, log=log).bent
    wanted = phrased(
        "points on one scale, straight or logarithmic (one is {off:.1f} % of the axis away)",
        off=off,
    )
    raise InputError(Fault("", None, name, given, wanted))


def parse_box(text: str | None) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom of a part of a page or image.

    Raises
    ------
    InputError
        Not four numbers in that order.
    """
    if text is None:
        return None
    try:
        left, top, right, bottom = (number(part) for part in text.split(","))
    except ValueError:
        left = top = right = bottom = 0.0
    if not (left < right and top < bottom):
        wanted = "LEFT,TOP,RIGHT,BOTTOM"
        raise InputError(Fault("", None, "box", text, wanted))
    return left, top, right, bottom

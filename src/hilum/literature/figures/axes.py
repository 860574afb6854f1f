"""The scale of a figure: places on a page or in an image, and the values they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError
from hilum.tabular import number

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear scale.

    Attributes
    ----------
    origin, slope : float
        ``value = origin + slope * place``.
    low, high : float
        Values at the ends that were seen (ticks or calibration points).
    error : float
        Standard error of a place against its value, in places.
    """

    origin: float
    slope: float
    low: float
    high: float
    error: float

    def value(self, place: float) -> float:
        """What a place stands for."""
        return self.origin + self.slope * place

    def place(self, value: float) -> float:
        """Where a value stands."""
        return (value - self.origin) / self.slope


def from_points(places: Sequence[float], values: Sequence[float], error: float) -> Axis:
    """Least-squares scale through two or more points; ``error`` in places is at least kept."""
    x, y = np.asarray(places, float), np.asarray(values, float)
    slope = float(np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2))
    origin = float(y.mean() - slope * x.mean())
    left = (y - origin - slope * x) / slope
    seen = float(np.sqrt(np.sum(left**2) / max(len(x) - 2, 1)))
    return Axis(origin, slope, float(y.min()), float(y.max()), max(error, seen))


def parse_axis(text: str, name: str, error: float) -> Axis:
    """A scale from ``PLACE=VALUE,PLACE=VALUE``; ``name`` is the parameter, for the message.

    Raises
    ------
    InputError
        Fewer than two points, something that is not a number, or one place or value twice.
    """
    wanted = "two points PLACE=VALUE,PLACE=VALUE, such as 93=0,540=60"
    places: list[float] = []
    values: list[float] = []
    for part in text.split(","):
        place, _, value = part.partition("=")
        try:
            places.append(number(place))
            values.append(number(value))
        except ValueError:
            raise InputError(Fault("", None, name, text, wanted)) from None
    if len(places) < 2 or len(set(places)) < 2 or len(set(values)) < 2:
        raise InputError(Fault("", None, name, text, wanted))
    return from_points(places, values, error)


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

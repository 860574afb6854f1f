"""Axes of a forest: how each runs, where it ends and what its ticks say."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from hilum.plots.canvas import ticks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# An axis grows at most so much for the interval of a new study; beyond, the bar is cut.
FOR_NEW: Final = 1.6
RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Axis:
    """How an axis runs: its shape, where nothing differs, its ends and what its ticks say."""

    shape: Callable[[float], float]
    back: Callable[[float], float]
    null: float | None
    least: float
    most: float
    label: Callable[[float], str]
    scaled: Callable[[float, float], list[float]]

    @property
    def plain(self) -> bool:
        """Whether figures stand on it as they are."""
        return self.shape is _same


class Spanned(Protocol):
    """What the ends of an axis are found from."""

    @property
    def value(self) -> float | None: ...  # noqa: D102
    @property
    def ends(self) -> tuple[float, float] | None: ...  # noqa: D102
    @property
    def role(self) -> str: ...  # noqa: D102


def limits(lines: Sequence[Spanned], axis: Axis) -> tuple[float, float]:
    """Ends of the axis: every estimate and pooled interval, and nine of ten whiskers' ends.

    The interval of a new study widens it by a little alone: it would squeeze the studies.
    """
    # What is left out for a look moves no axis.
    drawn = [one for one in lines if one.role not in ("heading", "without")]
    kept = [end for one in drawn if one.role == "pooled" for end in (one.ends or ())]
    kept += [one.value for one in drawn if one.value is not None]
    if axis.null is not None:
        kept.append(axis.null)
    lows = sorted(one.ends[0] for one in drawn if one.ends and one.role == "study")
    highs = sorted(one.ends[1] for one in drawn if one.ends and one.role == "study")
    kept += [lows[len(lows) // 10], highs[-1 - len(highs) // 10]] if lows else []
    kept = [one for one in kept if axis.plain or one > axis.least]
    first = axis.shape(min(kept, default=axis.back(0.0)))
    last = axis.shape(max(kept, default=axis.back(1.0)))
    first, last = _for_new(drawn, axis, first, last)
    room = 0.04 * (last - first) or 0.5
    low = max(axis.back(first - room), axis.least)
    if axis.null is None and axis.least == 0.0 and first < 0.3 * last:
        low = axis.least
    return low, min(axis.back(last + room), axis.most)


def _for_new(
    drawn: Sequence[Spanned], axis: Axis, first: float, last: float
) -> tuple[float, float]:
    ends = [end for one in drawn if one.role == "prediction" for end in (one.ends or ())]
    ends = [axis.shape(end) for end in ends if axis.plain or end > axis.least]
    spare = (FOR_NEW - 1) * (last - first)
    low, high = min([*ends, first]), max([*ends, last])
    return max(low, first - spare), min(high, last + spare)


def _same(value: float) -> float:
    return value


def signed(text: str) -> str:
    """With the sign of minus that print has."""
    return text.replace("-", "−")


def _percent(tick: float) -> str:
    return f"{100 * tick:g}"


def plain(tick: float) -> str:
    """A tick in full; powers of ten far from 1 as such."""
    if tick and not 1e-4 <= abs(tick) < 1e6:
        power = math.floor(math.log10(abs(tick)) + 1e-9)
        first = f"{tick / 10.0**power:g}"
        raised = f"10{str(power).translate(RAISED)}"
        return signed(raised if first == "1" else f"{first}·{raised}")
    return signed(f"{tick:.10g}")


def _shares(low: float, high: float) -> list[float]:
    return [tick / 100 for tick in ticks(100 * low, 100 * high, 5)]


def _ratios(low: float, high: float) -> list[float]:
    """Powers of two where the axis is short, of ten where it is long."""
    octaves = math.log2(high / low)
    if octaves <= 9:
        step = max(1, round(octaves / 6))
        first = math.ceil(math.log2(low) / step - 1e-9)
        last = math.floor(math.log2(high) / step + 1e-9)
        found = [2.0 ** (step * place) for place in range(first, last + 1)]
        return found if len(found) > 1 else _near(low, high)
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    step = max(1, math.ceil((last - first) / 6))
    # 1 is one of them, whatever the step.
    first = -step * (-first // step)
    return [10.0**power for power in range(first, last + 1, step)]


def _near(low: float, high: float) -> list[float]:
    """Round values where not even two powers of two lie on the axis."""
    return [tick for tick in ticks(low, high, 4) if tick > 0]


AXES: Final[dict[str, Axis]] = {
    "proportion": Axis(_same, _same, None, 0.0, 1.0, _percent, _shares),
    "months": Axis(_same, _same, None, 0.0, math.inf, plain, ticks),
    "ratio": Axis(math.log, math.exp, 1.0, 0.0, math.inf, plain, _ratios),
    "linear": Axis(_same, _same, 0.0, -math.inf, math.inf, plain, ticks),
    # A figure of one group: nothing differs from anything.
    "single": Axis(_same, _same, None, -math.inf, math.inf, plain, ticks),
    "rate": Axis(_same, _same, None, 0.0, math.inf, plain, ticks),
}
"""Axes by the unit that people read; a new one is one record here."""

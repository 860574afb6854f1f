"""The likelihood of every study on a grid of its own location, for a family of one shape.

With the shape held, a study's survival moves along one axis. Its likelihood is therefore a row of
numbers, found once; variation between studies is a convolution of that row with a normal density,
and a pooled location is read off the product of the rows. Nothing is maximised, so that nothing
can fail to converge, and a likelihood that is flat is as good as any other.

The location here is the log time at which survival is one half (of a cure: of those not cured; of
a Gompertz and of promotion times: minus the log cumulative hazard at the crude mean), so that it
hardly depends on the shape. Times are relative to the crude mean survival.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.records import found
from hilum.synthesis.survival.families import CEILING, FLOOR, Family, closed_families
from hilum.synthesis.survival.likelihood import MarginalLikelihood, SurvivalData

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.arrays import Array

    OfTime = Callable[[Array, Array], Array]

LOG_2 = float(np.log(2.0))
# Families whose location multiplies time; of the others it multiplies the hazard.
OF_TIME = ("exponential", "weibull", "loglogistic", "lognormal", "gengamma", "cure")
# Table of the log cumulative hazard by log time over scale, of which all is interpolated.
TABLE_STEP = 0.02
# A study's likelihood counts down to exp(-DEEP) of its height.
DEEP = 10.0
WIDE, COARSE = 8.0, 0.08
MOST = 400
# Numbers held at once.
CELLS = 1_500_000
NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Shaped:
    """A family at one shape; ``centre`` as :func:`centre` has it."""

    family: Family
    shape: tuple[float, ...]
    centre: float


def shaped(family: Family, shape: Sequence[float]) -> Shaped:
    """The family at this shape."""
    own = np.array([shape], np.float64).reshape(1, -1)
    return Shaped(family, tuple(shape), float(centre(family, own)[0]))


def centre(family: Family, shapes: Array) -> Array:
    """What this module's location is where the family's own is 0, for shapes (N, parameters)."""
    return found(CENTRES, family.name, "family")(family, shapes)


def _half_of_weibull(_: Family, shapes: Array) -> Array:
    return np.log(LOG_2) / np.exp(shapes[:, 0])


def _half_of_gengamma(_: Family, shapes: Array) -> Array:
    q = np.where(np.abs(shapes[:, 1]) < 1e-3, 1e-3, shapes[:, 1])
    u = special.gammainccinv(q**-2.0, 0.5)
    return np.log(u * q**2) / q / np.exp(shapes[:, 0])


def _at_the_mean(family: Family, shapes: Array) -> Array:
    params = [np.zeros((1, 1)), *(one[None] for one in shapes.T)]
    total, _ = family.hazards(np.ones((1, len(shapes))), params)
    return -np.log(np.maximum(total[0], FLOOR))


CENTRES: Final[dict[str, Callable[[Family, Array], Array]]] = {
    "exponential": lambda _, shapes: np.full(len(shapes), np.log(LOG_2)),
    "weibull": _half_of_weibull,
    "cure": _half_of_weibull,
    "loglogistic": lambda _, shapes: np.zeros(len(shapes)),
    "lognormal": lambda _, shapes: np.zeros(len(shapes)),
    "gengamma": _half_of_gengamma,
    "gompertz": _at_the_mean,
    "promotion": _at_the_mean,
}
"""Where each family's location stands; a family is averaged where it has an entry."""


class StudyGrid:
    """Log-likelihood rows of all studies; keeps what does not depend on the shape."""

    def __init__(self, data: SurvivalData, look: Callable[[], None] = lambda: None) -> None:
        self.data, self._look = data, look
        self._log_time = np.log(data.point_time)
        self._likelihood = MarginalLikelihood(data, closed_families()["exponential"], (0,), 1)
        some = len(data.status) > 0 or bool(np.isin(data.kind, ("time", "log_time")).any())
        self._needs_hazard = some
        middle = [shaped(one, _usual(one)) for one in _two_of_them()]
        wide = np.arange(-WIDE, WIDE + COARSE / 2, COARSE)
        rows = [self.rows([one], wide)[0] for one in middle]
        self.locations = self._grid(wide, rows)

    def _grid(self, wide: Array, rows: Sequence[Array]) -> Array:
        """From below the lowest study to above the highest, as fine as the sharpest asks for."""
        low, high, fine = np.inf, -np.inf, COARSE * 2
        for row in rows:
            top = row.max(1, keepdims=True)
            inside = row > top - DEEP
            for i in range(len(row)):
                at = wide[inside[i]]
                # A median not reached has no upper end: its lower one is what it says.
                low = min(low, at[0])
                high = max(high, at[-1] if at[-1] < WIDE - COARSE else at[0])
            weight = np.exp(row - top)
            weight /= weight.sum(1, keepdims=True)
            mean = weight @ wide
            spread = np.sqrt(np.maximum(weight @ wide**2 - mean**2, 0.0))
            fine = min(fine, 0.7 * float(spread.min()))
        low, high = max(low - 1.5, -WIDE), min(high + 1.5, WIDE)
        count = int(np.clip(np.ceil((high - low) / max(fine, 1e-3)), 24, MOST))
        return np.linspace(low, high, count)

    def rows(self, shapes: Sequence[Shaped], locations: Array) -> Array:
        """Log-likelihood by shape, study and location; shapes of one family."""
        most = max(1, int(CELLS / (len(locations) * len(self.data.point_time))))
        parts: list[Array] = []
        for i in range(0, len(shapes), most):
            self._look()
            parts.append(self._some(shapes[i : i + most], locations))
        return np.concatenate(parts)

    def _some(self, shapes: Sequence[Shaped], locations: Array) -> Array:
        """All shapes side by side, as so many nodes of one effect."""
        data, wide = self.data, len(locations)
        likelihood = self._likelihood
        likelihood.family = self._side_by_side(shapes, locations)
        nodes = np.tile(locations, len(shapes))[None, :, None]
        u = np.broadcast_to(nodes, (data.k, len(shapes) * wide, 1))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            values, _ = likelihood.conditional(np.array([0.0, 1.0]), u)
        values = np.where(np.isfinite(values), values, NEVER)
        return np.moveaxis(values.reshape(data.k, len(shapes), wide), 1, 0)

    def _side_by_side(self, shapes: Sequence[Shaped], locations: Array) -> Family:
        """A family of one parameter, a block of columns a shape; nobody asks for its gradient."""
        made = [self._one_shape(one, locations) for one in shapes]
        wide, nothing = len(locations), np.zeros((1, 1))

        def blocks(t: Array, which: int) -> Array:
            # The same locations stand in every block.
            log_t = np.log(t)
            parts = [one[which](log_t, locations[None]) for one in made]
            return np.concatenate(parts, axis=1)

        def hazards(t: Array, p: Sequence[Array]) -> tuple[Array, list[Array]]:
            assert p[0].shape[1] == wide * len(made)
            return blocks(t, 0), [nothing + 0 * t]

        def log_hazard(t: Array, p: Sequence[Array]) -> tuple[Array, list[Array]]:
            assert p[0].shape[1] == wide * len(made)
            return blocks(t, 1), [nothing + 0 * t]

        return Family(shapes[0].family.name, ("location",), hazards, log_hazard, (0.0,))

    def _one_shape(self, one: Shaped, locations: Array) -> tuple[OfTime, OfTime]:
        """Cumulative hazard and log hazard by log time (rows) and location (columns)."""
        params = [np.array([[value]]) for value in (0.0, *one.shape)]
        if one.family.name not in OF_TIME:

            def risen(log_t: Array, at: Array) -> Array:
                total, _ = one.family.hazards(np.exp(log_t), params)
                return total * np.exp(one.centre - at)

            def log_risen(log_t: Array, at: Array) -> Array:
                return one.family.log_hazard(np.exp(log_t), params)[0] + one.centre - at

            return risen, log_risen
        x = self._table(locations) + one.centre
        with np.errstate(all="ignore"):
            total, log_hazard = one.family.curve(
                np.exp(x)[:, None], params, hazard=self._needs_hazard
            )
        log_total = np.log(np.maximum(total[:, 0], FLOOR))
        log_time_hazard = np.clip(np.nan_to_num(log_hazard[:, 0] + x, nan=-CEILING), -CEILING, None)

        def moved(log_t: Array, at: Array) -> Array:
            return np.exp(np.interp(log_t - at + one.centre, x, log_total))

        def log_moved(log_t: Array, at: Array) -> Array:
            return np.interp(log_t - at + one.centre, x, log_time_hazard) - log_t

        return moved, log_moved

    def _table(self, locations: Array) -> Array:
        low = float(self._log_time.min() - locations.max())
        high = float(self._log_time.max() - locations.min())
        return np.arange(low - TABLE_STEP, high + 2 * TABLE_STEP, TABLE_STEP)


def _two_of_them() -> tuple[Family, ...]:
    closed = closed_families()
    return closed["weibull"], closed["lognormal"]


def _usual(family: Family) -> tuple[float, ...]:
    return family.start[1:]

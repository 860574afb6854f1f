"""Parametric survival families: each is its cumulative hazard, its hazard and their gradients.

Every family has a location first, the parameter that differs between studies: larger means
longer survival. Times are relative to a reference time, so that parameters are of order one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.arrays import Array

# Hazards and cumulative hazards stay inside what exp and log can hold.
FLOOR, CEILING = 1e-300, 700.0
# Arrays of times of which a spline keeps its curves: a likelihood asks at three.
HELD = 4
HALF_LOG_2PI = 0.5 * float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Family:
    """One family; arrays broadcast: ``t`` (P, 1), parameters (P, Q) or (1, 1).

    Attributes
    ----------
    name : str
        As in the list of families.
    parameters : tuple of str
        Names, the location first.
    hazards : callable
        ``(t, params) -> H, dH``: cumulative hazard and its derivative in each parameter.
    log_hazard : callable
        ``(t, params) -> log h, dlogh``.
    start : tuple of float
        Where a fit begins; the location is that of an exponential with the crude rate.
    penalty : ndarray or None
        Matrix P of a quadratic penalty ``theta' P theta / 2`` (splines only).
    plain : callable or None
        ``(t, params) -> H, log h`` where gradients cost most of the time.
    """

    name: str
    parameters: tuple[str, ...]
    hazards: Callable[[Array, Sequence[Array]], tuple[Array, list[Array]]]
    log_hazard: Callable[[Array, Sequence[Array]], tuple[Array, list[Array]]]
    start: tuple[float, ...]
    penalty: Array | None = None
    knots: tuple[float, ...] = field(default=())
    plain: Callable[[Array, Sequence[Array]], tuple[Array, Array]] | None = None

    @property
    def random(self) -> tuple[int, ...]:
        """Parameters that may differ between studies: location, then shape where there is one."""
        return (0, 1) if len(self.parameters) > 1 and not self.knots else (0,)

    def curve(self, t: Array, params: Sequence[Array], *, hazard: bool) -> tuple[Array, Array]:
        """Cumulative hazard and log hazard (0 where it is not asked for), without gradients."""
        if self.plain is not None:
            return self.plain(t, params)
        total, _ = self.hazards(t, params)
        return total, self.log_hazard(t, params)[0] if hazard else np.zeros_like(total)


def _exponential_h(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    total = np.minimum(t * np.exp(-params[0]), CEILING)
    return total, [-total]


def _exponential_lh(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    out = -params[0] + 0 * t
    return out, [np.full_like(out, -1.0)]


def _scaled(t: Array, params: Sequence[Array]) -> tuple[Array, Array, Array]:
    """Shape, log t minus location, and their product."""
    shape = np.exp(params[1])
    away = np.log(t) - params[0]
    return shape, away, shape * away


def _weibull_h(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    shape, _, z = _scaled(t, params)
    total = np.exp(np.minimum(z, np.log(CEILING)))
    return total, [-shape * total, z * total]


def _weibull_lh(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    shape, _, z = _scaled(t, params)
    return params[1] + z - np.log(t), [-shape + 0 * z, 1 + z]


def _loglogistic_h(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    shape, _, z = _scaled(t, params)
    down = special.expit(z)
    return np.logaddexp(0, z), [-shape * down, z * down]


def _loglogistic_lh(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    shape, _, z = _scaled(t, params)
    up = special.expit(-z)
    # log h = log shape + z - log t - log(1 + exp z)
    return params[1] - np.log(t) - np.logaddexp(0, -z), [-shape * up, 1 + z * up]


def _mills(z: Array) -> tuple[Array, Array]:
    """-log of the normal upper tail at z, and the normal hazard there."""
    log_tail = special.log_ndtr(-z)
    return -log_tail, np.exp(-(z**2) / 2 - HALF_LOG_2PI - log_tail)


def _lognormal_h(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    shape, _, z = _scaled(t, params)
    total, hazard = _mills(z)
    return total, [-shape * hazard, z * hazard]


def _lognormal_lh(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    shape, _, z = _scaled(t, params)
    total, hazard = _mills(z)
    slope = hazard - z
    log_hazard = params[1] - np.log(t) - z**2 / 2 - HALF_LOG_2PI + total
    return log_hazard, [-shape * slope, 1 + z * slope]


def _gompertz_h(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    # h = exp(-location + rate t); a negative rate leaves long survivors.
    rate, rise = params[1], np.clip(params[1] * t, -CEILING, 200.0)
    small = np.abs(rise) < 1e-4
    safe = np.where(small, 1.0, rate)
    scale = np.exp(-params[0])
    area = np.where(small, t * (1 + rise / 2 + rise**2 / 6), np.expm1(rise) / safe)
    turn = np.where(small, t**2 * (0.5 + rise / 3 + rise**2 / 8), (t * np.exp(rise) - area) / safe)
    total = scale * area
    return total, [-total, scale * turn]


def _gompertz_lh(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    out = -params[0] + params[1] * t
    return out, [np.full_like(out, -1.0), t + 0 * out]


def _cure(t: Array, params: Sequence[Array]) -> tuple[Array, Array, Array, Array, Array]:
    """Cured share, survival of the others, of all, (t / scale) ** shape and its logarithm."""
    _, _, log_z = _scaled(t, params)
    z = np.exp(np.minimum(log_z, np.log(CEILING)))
    cured = special.expit(params[2])
    others = np.exp(-z)
    return cured, others, np.maximum(cured + (1 - cured) * others, FLOOR), z, log_z


def _cure_h(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    # A share is cured, the others' times are Weibull (Boag 1949; Farewell 1982).
    cured, others, survival, z, log_z = _cure(t, params)
    falls = (1 - cured) * others * z / survival
    return -np.log(survival), [
        -np.exp(params[1]) * falls,
        log_z * falls,
        -cured * (1 - cured) * (1 - others) / survival,
    ]


def _cure_lh(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    cured, _, survival, z, log_z = _cure(t, params)
    shape = np.exp(params[1])
    total, slopes = _cure_h(t, params)
    out = special.log_expit(-params[2]) + params[1] + log_z - np.log(t) - z - np.log(survival)
    return out, [
        -shape + shape * z + slopes[0],
        1 + log_z - z * log_z + slopes[1],
        -cured + slopes[2] + 0 * total,
    ]


def _promotion_h(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    # The cumulative hazard levels off, and with it survival: promotion time (Yakovlev & Tsodikov
    # 1996; Chen, Ibrahim & Sinha 1999), of Weibull times. The location is the level's, so that
    # studies differ in the share who are cured.
    shape, _, log_z = _scaled(t, (params[2], params[1]))
    z, level = np.exp(np.minimum(log_z, np.log(CEILING))), np.exp(-params[0])
    total = level * -np.expm1(-z)
    rising = level * z * np.exp(-z)
    return total, [-total, rising * log_z, -shape * rising]


def _promotion_lh(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    shape, _, log_z = _scaled(t, (params[2], params[1]))
    z = np.exp(np.minimum(log_z, np.log(CEILING)))
    out = -params[0] - z + params[1] + log_z - np.log(t)
    return out, [np.full_like(out, -1.0), 1 + log_z - z * log_z, -shape + shape * z]


def _gamma_tail(t: Array, location: Array, log_shape: Array, q: Array) -> tuple[Array, Array]:
    """Cumulative hazard and log density (of log t) of the generalised gamma (Prentice 1974)."""
    w = np.exp(log_shape) * (np.log(t) - location)
    small = np.abs(q) < 1e-3
    if np.all(small):
        total, _ = _mills(w)
        return total, -(w**2) / 2 - HALF_LOG_2PI + log_shape
    # Near 0 it is the log-normal to a thousandth; many q at once may hold both kinds.
    q = np.where(small, np.where(q < 0, -1e-3, 1e-3), q)
    k = q**-2.0
    inner = np.clip(q * w, -CEILING, CEILING)
    u = k * np.exp(inner)
    tail = np.where(q > 0, special.gammaincc(k, u), special.gammainc(k, u))
    # k log k - k - log Gamma(k) by differences loses digits for small q; its size is 1 / (12 k).
    logs = np.log(np.abs(q)) + k * (np.log(k) + inner) - u - special.gammaln(k) + log_shape
    return -np.log(np.maximum(tail, FLOOR)), logs


def _gengamma_h(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    location, log_shape, q = params
    total, logs = _gamma_tail(t, location, log_shape, q)
    hazard = np.exp(np.minimum(logs + total, CEILING))  # of log t
    away = np.log(t) - location
    step = 1e-4
    # The incomplete gamma function has no closed derivative in its shape: a central difference.
    up, _ = _gamma_tail(t, location, log_shape, q + step)
    down, _ = _gamma_tail(t, location, log_shape, q - step)
    return total, [-hazard, hazard * away, (up - down) / (2 * step)]


def _gengamma_lh(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
    location, log_shape, q = params

    def value(a: Array, b: Array, c: Array) -> Array:
        total, logs = _gamma_tail(t, a, b, c)
        return logs + total - np.log(t)

    total, logs = _gamma_tail(t, location, log_shape, q)
    hazard = np.exp(np.minimum(logs + total, CEILING))
    shape, away = np.exp(log_shape), np.log(t) - location
    w = shape * away
    qw = np.clip(q * w, -CEILING, CEILING)
    # d log f / d w is (1 - exp(q w)) / q, and -w at q = 0.
    slope = np.where(np.abs(q) < 1e-3, -w, -np.expm1(qw) / np.where(q == 0, 1.0, q))
    step = 1e-4
    up, down = value(location, log_shape, q + step), value(location, log_shape, q - step)
    return logs + total - np.log(t), [
        -shape * slope - hazard,
        1 + w * slope + hazard * away,
        (up - down) / (2 * step),
    ]


def _gengamma_plain(t: Array, params: Sequence[Array]) -> tuple[Array, Array]:
    total, logs = _gamma_tail(t, *params)
    return total, logs + total - np.log(t)


def _by_array(make: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Kept for the last arrays that were asked at and that nobody can change any more."""
    held: list[tuple[Array, Array]] = []

    def made(t: Array) -> Array:
        for at, value in held:
            if at is t:
                return value
        value = make(t)
        if not t.flags.writeable:
            held.append((t, value))
            del held[:-HELD]
        return value

    return made


def spline_family(name: str, knots: Sequence[float], degree: int) -> Family:
    """Hazard that is a positive combination of M-splines (Ramsay 1988); degree 0 is piecewise.

    Parameters
    ----------
    name : str
        ``piecewise`` or ``mspline``.
    knots : sequence of float
        Inner knots and the last time (relative); beyond it the hazard stays as it ended.
    degree : int
        Of the splines of the hazard.

    Notes
    -----
    The location is minus the log of the hazard's level; the other parameters are log ratios of
    the remaining coefficients to the first. Their steps carry a weak normal penalty (standard
    deviation 1), so that a stretch of time without information follows its neighbours.
    """
    from scipy.interpolate import BSpline

    inner, last = np.asarray(knots[:-1], np.float64), float(knots[-1])
    if np.any(np.diff(np.concatenate([[0.0], inner, [last]])) <= 0):
        message = phrased("knots {knots}: expected times above 0 that rise", knots=list(knots))
        raise NotEstimable(message)
    full = np.concatenate([np.zeros(degree + 1), inner, np.full(degree + 1, last)])
    count = len(full) - degree - 1
    basis = BSpline(full, np.eye(count), degree)
    integral = basis.antiderivative()
    at_end = np.asarray(basis(last - 1e-12 * last))
    whole = np.asarray(integral(last - 1e-12 * last))

    @_by_array
    def hazard_basis(t: Array) -> Array:
        inside = np.clip(t[:, 0], 0.0, last * (1 - 1e-12))
        return np.asarray(basis(inside))

    @_by_array
    def total_basis(t: Array) -> Array:
        inside = np.clip(t[:, 0], 0.0, last * (1 - 1e-12))
        beyond = np.maximum(t[:, 0] - last, 0.0)
        out = np.asarray(integral(inside))
        return np.where(beyond[:, None] > 0, whole + beyond[:, None] * at_end, out)

    def weights(params: Sequence[Array]) -> Array:
        ratios = [min(max(one.item(0), -50.0), 50.0) for one in params[1:]]
        return np.exp(np.array([0.0, *ratios]))

    def hazards(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
        parts = total_basis(t) * weights(params)
        level = np.exp(-params[0])
        total = parts.sum(1, keepdims=True) * level
        return total, [-total, *(parts[:, j : j + 1] * level for j in range(1, count))]

    def log_hazard(t: Array, params: Sequence[Array]) -> tuple[Array, list[Array]]:
        parts = hazard_basis(t) * weights(params)
        whole_hazard = np.maximum(parts.sum(1, keepdims=True), FLOOR)
        out = np.log(whole_hazard) - params[0]
        ones = np.ones_like(out)
        shares = parts / whole_hazard
        return out, [-ones, *(shares[:, j : j + 1] * ones for j in range(1, count))]

    steps = np.eye(count)[1:] - np.eye(count)[:-1]
    inside = steps[:, 1:]
    penalty = np.zeros((count, count))
    penalty[1:, 1:] = inside.T @ inside
    names = ("location", *(f"log_ratio_{j}" for j in range(1, count)))
    return Family(
        name, names, hazards, log_hazard, (0.0,) * count, penalty, tuple(float(k) for k in knots)
    )


LOG_LOG_2 = float(np.log(np.log(2.0)))


@cache
def closed_families() -> dict[str, Family]:
    """Families with a fixed number of parameters, by name."""
    two = ("location", "log_shape")
    return {
        one.name: one
        for one in (
            Family("exponential", ("location",), _exponential_h, _exponential_lh, (0.0,)),
            Family("weibull", two, _weibull_h, _weibull_lh, (0.0, 0.0)),
            Family("loglogistic", two, _loglogistic_h, _loglogistic_lh, (LOG_LOG_2, 0.2)),
            Family("lognormal", two, _lognormal_h, _lognormal_lh, (LOG_LOG_2, -0.2)),
            Family("gompertz", ("location", "rate"), _gompertz_h, _gompertz_lh, (0.0, 0.0)),
            Family(
                "gengamma",
                (*two, "q"),
                _gengamma_h,
                _gengamma_lh,
                (0.0, 0.0, 0.9),
                plain=_gengamma_plain,
            ),
            Family("cure", (*two, "logit_cured"), _cure_h, _cure_lh, (-0.3, 0.1, -2.0)),
            Family(
                "promotion",
                (*two, "log_scale"),
                _promotion_h,
                _promotion_lh,
                (-0.7, 0.1, 0.7),
            ),
        )
    }


FAMILIES = (
    "exponential",
    "weibull",
    "loglogistic",
    "lognormal",
    "gompertz",
    "gengamma",
    "cure",
    "promotion",
    "piecewise",
    "mspline",
)


def family(name: str, times: Array | None = None) -> Family:
    """A family by name; splines place their knots at thirds of ``times`` (relative).

    Raises
    ------
    NotEstimable
        An unknown name, or a spline over fewer than three different times.
    """
    closed = closed_families()
    if name in closed:
        return closed[name]
    if name not in FAMILIES:
        message = phrased(
            "family {name!r}: expected one of {families}", name=name, families=", ".join(FAMILIES)
        )
        raise NotEstimable(message)
    different = np.unique(np.asarray([] if times is None else times, np.float64))
    if len(different) < 3:
        message = phrased(
            "this family needs reports at three or more times, found {number}",
            number=len(different),
        )
        raise NotEstimable(message)
    inner = np.unique(np.quantile(different[:-1], (1 / 3, 2 / 3)))
    return spline_family(name, [*inner, different[-1]], 0 if name == "piecewise" else 3)

"""Coverage with few studies: what readers are shown, beside the defaults of others.

Each cell simulates one measure, number of studies and spread: how often the interval that is
shown without ``--test`` holds the true mean, and the interval of a new study its true effect;
beside them REML with z (metafor's default) and with Hartung-Knapp on the same studies. Where a
cell cannot lie between 0.93 and 0.98 its own bound, and why, stand in :func:`limits`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special
from validation.claims import Claims
from validation.few_lines import NEW
from validation.few_lines import cells as cells_of_lines

from hilum.synthesis import fit_batch
from hilum.synthesis.effects import effect_sizes
from hilum.synthesis.exact.models import exact_model
from hilum.synthesis.exact.scores import TAUS, profile
from hilum.synthesis.few import FEWEST_NEW, half_new, half_width, spread_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array

SEED = 20261128
REPEATS = 2000
EXACT = 400
# Meta-analyses of an exact likelihood at once.
PIECE = 50
STUDIES = (3, 4, 5, 8, 20)
SCALE = 0.5
MOST_PRIOR = 4
Z = 1.959963984540054
LOW, HIGH = 0.93, 0.98


@dataclass(frozen=True, slots=True)
class Setting:
    """One measure: true mean, spreads (none, moderate, large), and how studies are drawn."""

    measure: str
    mean: float
    spreads: tuple[float, float, float]
    draw: Callable[[np.random.Generator, Array], dict[str, Array]]
    ratio: bool = False


def _given(low: float, high: float) -> Callable[[np.random.Generator, Array], dict[str, Array]]:
    def draw(rng: np.random.Generator, theta: Array) -> dict[str, Array]:
        v = rng.uniform(low, high, theta.shape)
        return {"yi": rng.normal(theta, np.sqrt(v)), "vi": v}

    return draw


def _means(rng: np.random.Generator, theta: Array) -> dict[str, Array]:
    n = rng.integers(10, 50, theta.shape)
    sd = 2 * np.sqrt(rng.chisquare(n - 1) / (n - 1))
    return {"mi": rng.normal(theta, 2 / np.sqrt(n)), "sdi": sd, "ni": n.astype(float)}


def _trials(rng: np.random.Generator, theta: Array) -> dict[str, Array]:
    n = rng.integers(20, 150, theta.shape)
    base = rng.normal(-1, 0.3, theta.shape)
    a, c = rng.binomial(n, special.expit(base + theta)), rng.binomial(n, special.expit(base))
    return {"ai": a * 1.0, "n1i": n * 1.0, "ci": c * 1.0, "n2i": n * 1.0}


def _series(rng: np.random.Generator, theta: Array) -> dict[str, Array]:
    n = rng.integers(8, 60, theta.shape)
    return {"xi": rng.binomial(n, special.expit(theta)) * 1.0, "ni": n * 1.0}


def _rates(rng: np.random.Generator, theta: Array) -> dict[str, Array]:
    t = rng.uniform(20, 200, theta.shape)
    return {"xi": rng.poisson(t * np.exp(theta)) * 1.0, "ti": t}


SETTINGS = (
    Setting("PLO", -1.0, (0.0, 0.5, 1.0), _series),
    Setting("IRLN", -2.0, (0.0, 0.5, 1.0), _rates),
    Setting("OR", 0.3, (0.0, 0.3, 0.7), _trials, ratio=True),
    Setting("HR", 0.3, (0.0, 0.3, 0.7), _given(0.02, 0.2), ratio=True),
    Setting("GEN", 0.3, (0.0, 0.3, 0.7), _given(0.05, 0.4)),
    Setting("MN", 0.3, (0.0, 0.3, 0.7), _means),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Shares of one cell; ``new`` is None where no interval of a new study is shown."""

    shown: float
    new: float | None
    z: float
    new_z: float
    knha: float
    repeats: int


def cell(one: Setting, k: int, tau: float) -> Seen:
    """Simulate one cell."""
    code = [ord(letter) for letter in one.measure]
    rng = np.random.default_rng([SEED, *code, k, int(100 * tau)])
    exact = one.measure in ("PLO", "IRLN")
    shape = (EXACT if exact else REPEATS, k)
    theta, new = one.mean + tau * rng.normal(size=shape), one.mean + tau * rng.normal(size=shape[0])
    data = one.draw(rng, theta)
    if exact:
        # A table of no events, or of nothing else, has its exact interval of the totals.
        x = data["xi"]
        inside = (x > 0).any(1) & (x < data.get("ni", np.inf)).any(1)
        data, new = {name: value[inside] for name, value in data.items()}, new[inside]
    flat = {name: value.ravel() for name, value in data.items()}
    y, v = (part.reshape(-1, k) for part in effect_sizes(one.measure, flat))
    found = fit_batch(y, v)
    beta, se, tau2 = found.beta[:, 0], found.se[:, 0], found.tau2
    q = ((y - beta[:, None]) ** 2 / (v + tau2[:, None])).sum(1) / (k - 1)
    off, away = np.abs(beta - one.mean), np.abs(beta - new)
    t = float(special.stdtrit(k - 1, 0.975))
    if exact:
        hit, hit_new = _scores(one, k, data, new)
    elif one.ratio and k <= MOST_PRIOR:
        hit, hit_new = _prior(y, v, one.mean, new)
    else:
        hit = off <= half_width(se, q, k)
        inside = _inside(spread_of(y, v).cdf(new))
        hit_new = inside | (away <= half_new(se, q, tau2, k))
    return Seen(
        float(hit.mean()),
        float(hit_new.mean()) if k >= FEWEST_NEW else None,
        float((off <= Z * se).mean()),
        float((away <= Z * np.sqrt(se**2 + tau2)).mean()),
        float((off <= t * np.sqrt(q) * se).mean()),
        len(new),
    )


def _inside(share: Array) -> Array:
    return (share >= 0.025) & (share <= 0.975)


def _scores(one: Setting, k: int, data: dict[str, Array], new: Array) -> tuple[Array, Array]:
    hits: list[tuple[Array, Array]] = []
    record = exact_model(one.measure)
    for first in range(0, len(new), PIECE):
        part = {name: value[first : first + PIECE] for name, value in data.items()}
        x, size = part.values()
        share = (x.sum(1) + 0.5) / (size.sum(1) + 1)
        start = special.logit(share) if one.measure == "PLO" else np.log(share)
        assert record.likelihood is not None
        made = profile(record.likelihood((x.ravel(), size.ravel())), k, start)
        at = _highest(np.where(made.settled, made.loglik, -1e9))
        tau, mean, total, q = (
            _between(column, at)
            for column in (np.tile(TAUS, (len(x), 1)), made.mean, made.information, made.q)
        )
        se, q = 1 / np.sqrt(total), q / (k - 1)
        own = new[first : first + PIECE]
        wide = np.abs(mean - own) <= half_new(se, q, tau**2, k)
        inside = _inside(made.spread(k).cdf(own))
        hits.append((np.abs(mean - one.mean) <= half_width(se, q, k), inside | wide))
    return tuple(np.concatenate(part) for part in zip(*hits, strict=True))  # pyright: ignore[reportReturnType]


def _highest(loglik: Array) -> Array:
    """Place of the maximum among the profile's taus, by the parabola around it."""
    top = loglik.argmax(1)
    inner = np.clip(top, 1, loglik.shape[1] - 2)
    rows = np.arange(len(top))
    low, mid, high = (loglik[rows, inner + i] for i in (-1, 0, 1))
    bend = low - 2 * mid + high
    shift = np.where(bend < 0, (low - high) / (2 * np.minimum(bend, -1e-12)), 0.0)
    return np.where(top == inner, inner + np.clip(shift, -1, 1), top)


def _between(column: Array, at: Array) -> Array:
    low = np.minimum(np.floor(at).astype(int), column.shape[1] - 2)
    rows, part = np.arange(len(at)), at - low
    return (1 - part) * column[rows, low] + part * column[rows, low + 1]


def _prior(y: Array, v: Array, mean: float, new: Array) -> tuple[Array, Array]:
    """Half-normal prior of tau: distribution functions of the mean and of a new study."""
    nodes, weights = np.polynomial.legendre.leggauss(80)
    u = (nodes + 1) / 2
    tau, step = SCALE * u / (1 - u), weights / 2 * SCALE / (1 - u) ** 2
    w = 1 / (v[:, None] + tau[:, None] ** 2)
    total = w.sum(2)
    centre = (w * y[:, None]).sum(2) / total
    rss = (w * (y[:, None] - centre[..., None]) ** 2).sum(2)
    logs = (np.log(w).sum(2) - np.log(total) - rss - (tau / SCALE) ** 2) / 2
    mass = step * np.exp(logs - logs.max(1, keepdims=True))
    mass /= mass.sum(1, keepdims=True)
    below = (mass * special.ndtr((mean - centre) * np.sqrt(total))).sum(1)
    under = special.ndtr((new[:, None] - centre) / np.sqrt(1 / total + tau**2))
    return _inside(below), _inside((mass * under).sum(1))


def limits(one: Setting, k: int, tau: float) -> tuple[float, float | None, float]:
    """Least and most of what is shown, and the least of a new study's interval."""
    if tau == 0:
        # Never narrower than z, or with a prior of spread, where there is none.
        return LOW, None, LOW
    if one.ratio and k <= MOST_PRIOR and tau == one.spreads[2]:
        # More spread than the prior expects: five of six of its draws lie below 0.7.
        return 0.87, HIGH, 0.86
    return LOW, HIGH, LOW


def main() -> None:
    """Print the table; exit status 1 where a cell leaves its bounds."""
    claims = Claims("few")
    print("| measure | k | tau | shown | REML, z | REML, HK | new study, shown | REML, z |")
    print("|---|---|---|---|---|---|---|---|")
    for one in SETTINGS:
        for k in STUDIES:
            for tau in one.spreads:
                seen = cell(one, k, tau)
                low, high, low_new = limits(one, k, tau)
                error = 2 * (0.95 * 0.05 / seen.repeats) ** 0.5
                what = f"{one.measure}, k {k}, tau {tau}"
                fine = claims.say(
                    f"{what}, shown", seen.shown, low - error, high and min(1.0, high + error)
                )
                if seen.new is not None:
                    fine &= claims.say(f"{what}, new study", seen.new, low_new - error)
                new = "none" if seen.new is None else f"{seen.new:.3f}"
                print(
                    f"| {one.measure} | {k} | {tau:g} | {seen.shown:.3f} | {seen.z:.3f} | "
                    f"{seen.knha:.3f} | {new} | {seen.new_z:.3f} |{'' if fine else '  <-'}",
                    flush=True,
                )
    _lines(claims)
    sys.exit(claims.finish())


def _lines(claims: Claims) -> None:
    """Meta-regressions and subgroups of one tau2."""
    print("\n| of what | k | tau | shown | REML, z | new study, shown |")
    print("|---|---|---|---|---|---|")
    for one in cells_of_lines():
        error = 2 * (0.95 * 0.05 / one.repeats) ** 0.5
        what = f"{one.what}, k {one.k}, tau {one.tau}"
        # Never narrower than z, so that more than 0.98 where there is no spread.
        high = None if one.tau == 0 else min(1.0, HIGH + error)
        fine = claims.say(f"{what}, shown", one.shown, LOW - error, high)
        if one.new is not None:
            fine &= claims.say(f"{what}, new study", one.new, LOW - 2 * (0.95 * 0.05 / NEW) ** 0.5)
        new = "none" if one.new is None else f"{one.new:.3f}"
        row = f"| {one.what} | {one.k} | {one.tau:g} | {one.shown:.3f} | {one.z:.3f} | {new} |"
        print(f"{row}{'' if fine else '  <-'}", flush=True)


if __name__ == "__main__":
    main()

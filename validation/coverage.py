"""Coverage of intervals by simulation: ``make validate``.

Each line states its setting. Nominal coverage must lie within three Monte-Carlo standard errors
of what was seen, where the method promises it exactly (Q-profile, Hartung-Knapp with equal
variances); elsewhere the figure is shown and must stay within stated bounds.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy import special
from validation.claims import Claims

from hilum.errors import HilumError
from hilum.synthesis import fit_batch, fit_exact
from hilum.synthesis.heterogeneity import generalised_q_root

SEED = 20240502
REPEATS = 10_000


def pooled(k: int, tau2: float, test: str, equal: bool) -> float:
    """Coverage of the mean's 95 % interval, REML."""
    rng = np.random.default_rng([SEED, k, int(1000 * tau2), equal])
    v = np.full((REPEATS, k), 0.15) if equal else rng.uniform(0.05, 0.4, (REPEATS, k))
    y = rng.normal(0.3, np.sqrt(v + tau2))
    found = fit_batch(y, v, test=test)
    return float(((found.ci_lb[:, 0] <= 0.3) & (found.ci_ub[:, 0] >= 0.3)).mean())


def q_profile(k: int, tau2: float) -> float:
    """Coverage of the Q-profile interval of tau2."""
    rng = np.random.default_rng([SEED, 7, k, int(1000 * tau2)])
    v = rng.uniform(0.05, 0.4, (REPEATS, k))
    y = rng.normal(0.3, np.sqrt(v + tau2))
    ends = [
        generalised_q_root(y, v, None, np.full(REPEATS, special.chdtri(k - 1, p)))
        for p in (0.025, 0.975)
    ]
    # An interval whose both ends are 0 covers tau2 = 0 only.
    return float(((ends[0] <= tau2) & (tau2 <= ends[1])).mean())


def proportions(k: int, tau: float, repeats: int = 1000) -> tuple[float, float, int]:
    """Coverage of the binomial-normal interval by z and by t, and fits that were refused."""
    rng = np.random.default_rng([SEED, 9, k, int(100 * tau)])
    hits = np.zeros(2)
    refused = 0
    for _ in range(repeats):
        n = rng.integers(8, 60, k)
        x = rng.binomial(n, special.expit(-1.0 + tau * rng.normal(size=k)))
        try:
            found = fit_exact("PLO", {"xi": x, "ni": n})
        except HilumError:
            refused += 1
            continue
        for i, quantile in enumerate((1.959964, float(special.stdtrit(k - 1, 0.975)))):
            hits[i] += abs(found.beta[0] + 1.0) <= quantile * found.se[0]
    z, t = hits / (repeats - refused)
    return float(z), float(t), refused


def main() -> None:
    """Print every setting; exit status 1 when a promise is broken."""
    claims = Claims("coverage")
    error = (0.95 * 0.05 / REPEATS) ** 0.5
    print(f"{REPEATS} repetitions, Monte-Carlo error {100 * error:.2f} %")
    for k in (5, 20):
        for tau2 in (0.0, 0.2):
            for equal in (True, False):
                z, knha = (pooled(k, tau2, test, equal) for test in ("z", "knha"))
                promise = equal
                low = 0.95 - 3 * error if promise else 0.93
                high = 0.95 + 3 * error if promise else 0.985
                what = f"mean, REML, k {k:2}, tau2 {tau2}, {'equal' if equal else 'mixed'} vi"
                fine = claims.say(f"{what}, Hartung-Knapp", knha, low, high)
                print(
                    f"{what}: "
                    f"z {100 * z:.1f} %, Hartung-Knapp {100 * knha:.1f} %{'' if fine else '  <-'}"
                )
            seen = q_profile(k, tau2)
            high = 0.95 + 3 * error if tau2 else None
            what = f"tau2, Q-profile, k {k}, tau2 {tau2}"
            fine = claims.say(what, seen, 0.95 - 3 * error, high)
            print(
                f"tau2, Q-profile, k {k:2}, tau2 {tau2}: {100 * seen:.1f} %{'' if fine else '  <-'}"
            )
    for k in (6, 20):
        for tau in (0.0, 0.7):
            z, t, refused = proportions(k, tau)
            what = f"proportion, binomial-normal, k {k}, tau {tau}"
            fine = claims.say(f"{what}, t", t, 0.92)
            fine &= claims.say(f"{what}, refused of 1000", refused, None, 19)
            print(
                f"proportion, binomial-normal, k {k:2}, tau {tau}: z {100 * z:.1f} %, "
                f"t {100 * t:.1f} % (1000 repetitions, {refused} refused){'' if fine else '  <-'}"
            )
    sys.exit(claims.finish())


if __name__ == "__main__":
    main()

"""Simulate the level and power that formulas promise; exits non-zero when one is missed.

Exact designs are enumerated in the tests; here are those that rest on large samples. Asymptotic
methods are allowed 0.015 on the level and 0.03 on the power, exact ones three standard errors.
"""

from __future__ import annotations

import math
import sys

import numpy as np
from scipy import stats
from validation.claims import Claims

from hilum.trials import (
    Course,
    Hazard,
    changing_hazard,
    group_sequential,
    inverse_normal,
    lakatos,
    landmark,
    one_sample_logrank,
    reestimate,
    stratified_survival,
    survival,
)

SEED = 20260401
RUNS = 8000


def landmark_rejects(
    rng: np.random.Generator, s: float, s0: float, n: int, course: Course
) -> float:
    """Kaplan-Meier at 12 months on the arcsine scale, Greenwood's variance."""
    rate = -math.log(s) / 12
    hits = 0
    for _ in range(RUNS):
        t = rng.exponential(1 / rate, n)
        lost = rng.exponential(1 / course.drop_out_rate, n)
        seen = np.minimum(lost, course.total - rng.uniform(0, course.accrual, n))
        time, event = np.minimum(t, seen), t <= seen
        order = np.argsort(time)
        inside = event[order] & (time[order] <= 12)
        at_risk = np.arange(n, 0, -1)[inside]
        kept = np.prod(1 - 1 / at_risk)
        if not 0 < kept < 1:
            hits += kept == 1
            continue
        greenwood = (1 / (at_risk * np.maximum(at_risk - 1, 0.5))).sum()
        spread = greenwood * kept / (4 * (1 - kept))
        shift = math.asin(math.sqrt(kept)) - math.asin(math.sqrt(s0))
        hits += shift / math.sqrt(spread) >= stats.norm.isf(0.05)
    return hits / RUNS


def one_sample_rejects(rng: np.random.Generator, ratio: float, n: int, course: Course) -> float:
    """One-sample log-rank test against a median of 10 months."""
    rate = math.log(2) / 10
    t = rng.exponential(1 / rate / ratio, (RUNS, n))
    seen = course.total - rng.uniform(0, course.accrual, (RUNS, n))
    expected = (np.minimum(t, seen) * rate).sum(axis=1)
    z = (expected - (t <= seen).sum(axis=1)) / np.sqrt(expected)
    return float((z >= stats.norm.isf(0.05)).mean())


def log_rank_rejects(rng: np.random.Generator, ratio: float, n: int, course: Course) -> float:
    """Two-sample log-rank test, median 12 months in the control group."""
    hits = 0
    arm = np.arange(n) % 2
    rate = np.where(arm == 1, ratio, 1.0) * math.log(2) / 12
    for _ in range(RUNS // 2):
        t = rng.exponential(1 / rate)
        seen = np.minimum(
            course.total - rng.uniform(0, course.accrual, n),
            rng.exponential(1 / course.drop_out_rate, n),
        )
        order = np.argsort(np.minimum(t, seen))
        died, which = (t <= seen)[order], arm[order]
        share = which[::-1].cumsum()[::-1] / np.arange(n, 0, -1)
        z = (share - which)[died].sum() / math.sqrt((share * (1 - share))[died].sum())
        hits += z >= stats.norm.isf(0.025)
    return hits / (RUNS // 2)


def log_rank_of_all(
    rng: np.random.Generator,
    strata: list[tuple[float, Hazard, Hazard]],
    n: int,
    course: Course,
) -> float:
    """Log-rank test of patients of two strata that takes no notice of them."""
    hits, runs = 0, RUNS // 2
    arm = np.arange(n) % 2
    for _ in range(runs):
        gone = rng.exponential(1, n)
        second = rng.permutation(n) >= strata[0][0] * n
        t = np.empty(n)
        for k, (_, treated, control) in enumerate(strata):
            here = second == bool(k)
            t[here] = np.where(arm == 1, _inverse(treated, gone), _inverse(control, gone))[here]
        seen = np.minimum(
            course.total - rng.uniform(0, course.accrual, n),
            rng.exponential(1 / course.drop_out_rate, n),
        )
        order = np.argsort(np.minimum(t, seen))
        died, which = (t <= seen)[order], arm[order]
        share = which[::-1].cumsum()[::-1] / np.arange(n, 0, -1)
        z = (share - which)[died].sum() / math.sqrt((share * (1 - share))[died].sum())
        hits += z >= stats.norm.isf(0.025)
    return hits / runs


def weighted_rejects(
    rng: np.random.Generator,
    strata: list[tuple[float, Hazard, Hazard]],
    n: int,
    course: Course,
    weights: tuple[float, float] = (0, 0),
) -> float:
    """Stratified log-rank test with Fleming-Harrington weights; (share, treated, control) each."""
    hits, runs = 0, RUNS // 2
    for _ in range(runs):
        above, spread = 0.0, 0.0
        for share, treated, control in strata:
            size = round(share * n / 2) * 2
            arm = np.arange(size) % 2
            gone = rng.exponential(1, size)
            t = np.where(arm == 1, _inverse(treated, gone), _inverse(control, gone))
            seen = np.minimum(
                course.total - rng.uniform(0, course.accrual, size),
                rng.exponential(1 / course.drop_out_rate, size),
            )
            order = np.argsort(np.minimum(t, seen))
            died, which = (t <= seen)[order], arm[order]
            at_risk = np.arange(size, 0, -1)
            kept = np.cumprod(1 - died / at_risk)
            before = np.concatenate([[1.0], kept[:-1]])
            weight = before ** weights[0] * (1 - before) ** weights[1]
            mean = which[::-1].cumsum()[::-1] / at_risk
            above += float((weight * (mean - which))[died].sum())
            spread += float((weight**2 * mean * (1 - mean))[died].sum())
        hits += above / math.sqrt(spread) >= stats.norm.isf(0.025)
    return hits / runs


def _inverse(hazard: Hazard, gone: np.ndarray) -> np.ndarray:
    """Times by which this cumulative hazard is used up."""
    starts, rates = np.array(hazard.starts), np.array(hazard.rates)
    upto = np.concatenate([[0.0], np.cumsum(rates[:-1] * np.diff(starts))])
    piece = np.searchsorted(upto, gone, "right") - 1
    return starts[piece] + (gone - upto[piece]) / rates[piece]


def adaptive_rejects(rng: np.random.Generator, effect: float, cap: float) -> float:
    """Two stages of 100, the second raised in the promising zone, combined by inverse normal."""
    design = group_sequential(stages=2, kind="OF", power=0.8)
    hits = 0
    for z1 in rng.normal(effect * 10, 1, 4 * RUNS):
        if z1 >= design.efficacy[0]:
            hits += 1
            continue
        n2 = reestimate(z1, design.efficacy[1], 100, 100, cap, power=0.9).n2
        z2 = rng.normal(effect * math.sqrt(n2), 1)
        hits += inverse_normal([z1, z2], [100, 100]) >= design.efficacy[1]
    return hits / (4 * RUNS)


def main() -> int:
    """Print the table; 1 when a promise is missed."""
    rng = np.random.default_rng(SEED)
    course = Course(24, 12, 0.1, 12)
    short = Course(24, 6, 0.1, 12)
    whole = Course(24, 12)
    n_landmark = math.ceil(landmark(0.4, 0.6, 12, course).n)
    n_short = math.ceil(landmark(0.4, 0.6, 12, short).n)
    n_one = math.ceil(one_sample_logrank(0.6, 10, whole).n)
    sizes = {
        method: survival(0.6, 12, course, method=method).patients
        for method in ("schoenfeld", "freedman", "lakatos")
    }
    slow, fast = Hazard.from_median(30), Hazard.from_median(9)
    strata = [(0.4, slow.scaled(0.6), slow), (0.6, fast.scaled(0.6), fast)]
    none = [(share, control, control) for share, _, control in strata]
    n_strata = {
        method: stratified_survival(0.6, [slow, fast], [0.4, 0.6], course, method=method)
        for method in ("schoenfeld", "lakatos")
    }
    control = Hazard.from_median(12)
    late = changing_hazard(control, ((0, 1.0), (3, 0.6)))
    crossing = changing_hazard(control, ((0, 1.4), (4, 0.5), (30, 1.0)))
    patterns = [
        (name, treated, weights,
         lakatos(treated, control, course, rho=weights[0], gamma=weights[1]).patients)
        for name, treated, weights in (
            ("late effect", late, (0, 0)), ("late effect, weights (0, 1)", late, (0, 1)),
            ("crossing, weights (1, 1)", crossing, (1, 1)),
        )
    ]  # fmt: skip
    adaptive = 3 * math.sqrt(0.025 * 0.975 / (4 * RUNS))
    rows = [
        ("landmark, level", landmark_rejects(rng, 0.4, 0.4, n_landmark, course), 0.05, 0.02),
        ("landmark, power", landmark_rejects(rng, 0.6, 0.4, n_landmark, course), 0.8, 0.03),
        (
            "landmark, short follow-up, power",
            landmark_rejects(rng, 0.6, 0.4, n_short, short), 0.8, 0.03,
        ),
        ("one-sample log-rank, level", one_sample_rejects(rng, 1.0, n_one, whole), 0.05, 0.015),
        ("one-sample log-rank, power", one_sample_rejects(rng, 0.6, n_one, whole), 0.8, 0.03),
        *(
            (f"{method}, power", log_rank_rejects(rng, 0.6, n, course), 0.8, 0.03)
            for method, n in sizes.items()
        ),
        ("log-rank, level", log_rank_rejects(rng, 1.0, sizes["schoenfeld"], course), 0.025, 0.015),
        *(
            (f"strata, {method}, power",
             weighted_rejects(rng, strata, found.size.patients, course), 0.8, 0.03)
            for method, found in n_strata.items()
        ),
        (
            "strata, level",
            weighted_rejects(rng, none, n_strata["lakatos"].size.patients, course), 0.025, 0.015,
        ),
        (
            "strata ignored, power",
            log_rank_of_all(rng, strata, n_strata["lakatos"].unstratified.patients, course),
            0.8, 0.03,
        ),
        *(
            (f"{name}, power",
             weighted_rejects(rng, [(1.0, treated, control)], n, course, weights), 0.8, 0.03)
            for name, treated, weights, n in patterns
        ),
        ("re-estimated second stage, level", adaptive_rejects(rng, 0.0, 400), 0.025, adaptive),
    ]  # fmt: skip
    claims = Claims("trials")
    print(f"{'promise':36}{'promised':>10}{'found':>9}{'allowed':>9}")
    for name, found, promised, allowed in rows:
        missed = not claims.near(name, found, promised, allowed)
        print(f"{name:36}{promised:10.3f}{found:9.4f}{allowed:9.4f}{'  MISSED' if missed else ''}")
    return claims.finish()


if __name__ == "__main__":
    sys.exit(main())

"""Effects, tau2 and its interval line by line: against plain formulas, and step by step.

What the reference files cannot tell apart is told here: each measure with each correction from its
definition, each estimator and its error from dense matrices, and the rules by which a climb moves.
"""

import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import special, stats

from hilum.errors import NotConverged, NotEstimable, OutOfRange, UnknownCode
from hilum.synthesis import (
    exact_interval,
    fit,
    fit_batch,
    generalised_q,
    heterogeneity,
    likeliest,
    q_profile,
    tau2_interval,
)
from hilum.synthesis.effects import counts
from hilum.synthesis.effects.scales import SCALES, harmonic_mean
from hilum.synthesis.exact.interval import poisson_interval
from hilum.synthesis.heterogeneity import (
    ESTIMATORS,
    generalised_q_root,
    standard_error,
    tau2_of,
)
from hilum.synthesis.least_squares import orthonormal, score
from hilum.synthesis.likeliest import _climb, _climb_one, _higher, crude_variance
from hilum.synthesis.pooling import pool_medians, random_effects
from hilum.synthesis.tau2_interval import MANY, _crossing, _saddle, weighted_chi2_cdf

# Effects from counts


def one_group(x, r):
    """Each measure of one group, events and the rest raised already, from its definition."""
    n = x + r
    asin = lambda p: math.asin(math.sqrt(p))  # noqa: E731
    p = x / n
    return {
        "PR": (p, p * (1 - p) / n),
        "PLO": (math.log(x) - math.log(r), 1 / x + 1 / r) if x and r else None,
        "PLN": (math.log(p), (1 - p) / (n * p)) if x else None,
        "PAS": (asin(p), 0.25 / n),
        "PFT": (0.5 * asin(x / (n + 1)) + 0.5 * asin((x + 1) / (n + 1)), 1 / (4 * n + 2)),
    }


def two_groups(a, b, c, d):
    n1, n2 = a + b, c + d
    p, q, total = a / n1, c / n2, a + b + c + d
    asin = lambda p: math.asin(math.sqrt(p))  # noqa: E731
    # Observed less expected, over the hypergeometric variance.
    spread = (a + c) * (b + d) * n1 * n2 / (total * total * (total - 1))
    whole = a and b and c and d
    return {
        "OR": (math.log(a / b / (c / d)), 1 / a + 1 / b + 1 / c + 1 / d) if whole else None,
        "RR": (math.log(p / q), (1 - p) / a + (1 - q) / c) if a and c else None,
        "RD": (p - q, p * (1 - p) / n1 + q * (1 - q) / n2),
        "AS": (asin(p) - asin(q), 0.25 / n1 + 0.25 / n2),
        "PETO": ((a - n1 * (a + c) / total) / spread, 1 / spread) if spread else None,
    }


FORMULAS = {
    "PR": counts.proportion, "PLO": counts.logit_proportion, "PLN": counts.log_proportion,
    "PAS": counts.arcsine_proportion, "PFT": counts.double_arcsine_proportion,
    "OR": counts.odds_ratio, "RR": counts.risk_ratio, "RD": counts.risk_difference,
    "AS": counts.arcsine_difference, "PETO": counts.peto_odds_ratio,
}  # fmt: skip
GROUPS = ((3, 20), (0, 10), (12, 12), (7, 9), (1, 1), (1, 2))
PAIRS = (
    (3, 20, 6, 22), (0, 10, 2, 12), (2, 9, 0, 8), (5, 5, 1, 9), (4, 9, 7, 7), (0, 6, 5, 5),
    (1, 3, 2, 5),
)  # fmt: skip


def raised(empty, add, to):
    """What each row is raised by, as metafor says it."""
    return {
        "none": [0.0] * len(empty),
        "only0": [add if one else 0.0 for one in empty],
        "all": [add] * len(empty),
        "if0all": [add if any(empty) else 0.0] * len(empty),
    }[to]


@pytest.mark.parametrize("to", ["none", "only0", "all", "if0all"])
@pytest.mark.parametrize("add", [0.5, 0.25])
@pytest.mark.parametrize("rows", [slice(None), slice(0, 1), slice(3, 4)])
def test_every_measure_of_counts_with_every_correction(to, add, rows):
    for code, formula in FORMULAS.items():
        single = code.startswith("P") and code != "PETO"
        tables = (GROUPS if single else PAIRS)[rows]
        empty = [0 in (t[0], t[1] - t[0], *(() if single else (t[2], t[3] - t[2]))) for t in tables]
        more = raised(empty, add, to) if code not in ("PAS", "PFT", "AS") else [0.0] * len(tables)
        with np.errstate(all="ignore"):
            yi, vi = formula(tuple(zip(*tables, strict=True)), add, to)
        for i, (table, m) in enumerate(zip(tables, more, strict=True)):
            if single:
                wanted = one_group(table[0] + m, table[1] - table[0] + m)[code]
            else:
                a, n1, c, n2 = table
                wanted = two_groups(a + m, n1 - a + m, c + m, n2 - c + m)[code]
            if wanted is None:
                assert not (np.isfinite(yi[i]) and np.isfinite(vi[i])), (code, table)
            else:
                assert (yi[i], vi[i]) == pytest.approx(wanted, rel=1e-12, abs=1e-14), (code, table)


def test_an_unknown_correction_is_said_with_those_there_are():
    with pytest.raises(UnknownCode, match=r"only0.*all.*if0all.*none") as caught:
        counts.corrected(np.array([True]), 0.5, "most")
    assert "to" in str(caught.value)


@pytest.mark.parametrize(
    ("x", "n", "good"),
    [(0, 5, True), (-1e-9, 5, False), (5, 5, True), (5.001, 5, False), (0, 0, False),
     (0, 1e-9, True), (1, math.inf, False), (math.nan, 5, True), (2, math.nan, True)],
)  # fmt: skip
def test_what_one_group_can_be(x, n, good):
    columns = ([3, x], [9, n])
    if good:
        assert len(counts._one(columns)[0]) == 2
        return
    with pytest.raises(OutOfRange) as caught:
        counts._one(columns)
    assert str(caught.value).count("0 <= xi <= ni and ni > 0") == 1
    assert "xi" in str(caught.value)


@pytest.mark.parametrize(
    ("row", "good"),
    [((0, 5, 0, 5), True), ((-1, 5, 1, 5), False), ((1, 5, -1, 5), False), ((5, 5, 5, 5), True),
     ((5.1, 5, 1, 5), False), ((1, 5, 5.1, 5), False), ((1, math.inf, 1, 5), False),
     ((1, 5, 1, math.inf), False), ((1, 5, math.nan, 5), True)],
)  # fmt: skip
def test_what_two_groups_can_be(row, good):
    columns = tuple(zip((1, 5, 2, 6), row, strict=True))
    if good:
        assert [len(one) for one in counts._two(columns)] == [2, 2, 2, 2]
        return
    with pytest.raises(OutOfRange, match="0 <= ai <= n1i and 0 <= ci <= n2i") as caught:
        counts._two(columns)
    assert all(name in str(caught.value) for name in ("ai", "n1i", "ci", "n2i"))


# Scales and exact intervals


@pytest.mark.parametrize(
    ("code", "y", "expected"),
    [
        ("none", -2.5, -2.5), ("exp", 0.5, math.exp(0.5)), ("exp", 1000.0, math.inf),
        ("exp", -1000.0, 0.0), ("expit", 0.0, 0.5), ("expit", 2.0, 1 / (1 + math.exp(-2))),
        ("expit", -800.0, 0.0), ("arcsine", -0.1, 0.0), ("arcsine", 0.0, 0.0),
        ("arcsine", 0.6, math.sin(0.6) ** 2), ("arcsine", 1.5, math.sin(1.5) ** 2),
        ("arcsine", math.pi / 2, 1.0), ("arcsine", 1.7, 1.0),
    ],
)  # fmt: skip
def test_back_from_a_scale(code, y, expected):
    with np.errstate(all="raise", under="ignore"):
        assert float(SCALES[code].back(np.array(y), None)) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("n", [1.0, 2.5, 17.0, 300.0])
def test_the_double_arcsine_leads_back_to_any_share(n):
    x = n * np.linspace(0, 1, 41)
    y = (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))) / 2
    back = SCALES["double-arcsine"].back(y, np.full(41, n))
    assert back == pytest.approx(x / n, abs=1e-8)
    # Exactly none and all at the ends.
    assert (back[0], back[-1]) == (0.0, 1.0)


@pytest.mark.parametrize("n", [0.5, 1, 7, 33, 250, 1e5, 1e9])
def test_beyond_its_ends_the_double_arcsine_is_none_and_all(n):
    low = math.asin(math.sqrt(1 / (n + 1))) / 2
    y = np.array([-1.0, 0.0, low, math.pi / 2 - low, math.pi / 2, 4.0])
    assert SCALES["double-arcsine"].back(y, np.full(6, n)).tolist() == [0, 0, 0, 1, 1, 1]


def test_only_the_double_arcsine_asks_for_sizes():
    sized = {code for code, one in SCALES.items() if one.sized}
    assert sized == {"double-arcsine"}


def test_the_mean_of_sizes_is_harmonic():
    assert harmonic_mean([10, 40]) == pytest.approx(16.0, rel=1e-15)
    assert harmonic_mean([7]) == 7.0


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("n", [1, 2, 9, 240])
def test_clopper_and_pearsons_ends_leave_half_of_the_rest_outside(level, n):
    for x in sorted({0, 1, n // 2, n - 1, n}):
        low, high = exact_interval(x, n, level)
        half = (1 - level) / 2
        assert low == (0.0 if x == 0 else pytest.approx(stats.beta.ppf(half, x, n - x + 1)))
        assert high == (1.0 if x == n else pytest.approx(stats.beta.ppf(1 - half, x + 1, n - x)))
        assert 0 <= low <= x / n <= high <= 1
        if level == 0.95:
            assert exact_interval(x, n) == (low, high)


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("events", [0, 1, 2, 30])
def test_garwoods_ends_leave_half_of_the_rest_outside(level, events):
    half, time = (1 - level) / 2, 7.5
    low, high = poisson_interval(events, time, level)
    assert low == (0.0 if events == 0 else pytest.approx(stats.gamma.ppf(half, events) / time))
    assert high == pytest.approx(stats.gamma.ppf(1 - half, events + 1) / time)
    if level == 0.95:
        assert poisson_interval(events, time) == (low, high)


# Estimators of tau2, from dense matrices

Y = np.array([0.9, -0.4, 0.25, 1.6, 0.1, 0.55])
V = np.array([0.06, 0.11, 0.04, 0.3, 0.02, 0.15])
SLOPE = np.column_stack([np.ones(6), [0.0, 1.0, 2.0, 0.5, 4.0, 3.0]])
DESIGNS = {
    "mean": (np.ones((6, 1)), None),
    "slope": (SLOPE, orthonormal(SLOPE, np.ones(6, bool))[0]),
}


def projection(w, x):
    """P = W - W X (X'WX)^-1 X'W."""
    w = np.diag(w)
    return w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w


def q_at(tau2, y, v, x):
    return float(y @ projection(1 / (v + tau2), x) @ y)


def generic_moment(a, known, y, v, x):
    """The root of y'Ay = E(y'Ay) in tau2, A and the variances of the effects known."""
    del known
    return (y @ a @ y - np.trace(a @ np.diag(v))) / np.trace(a)


def by_hand(code, y, v, x):
    """The estimate and its large-sample error from the definitions."""
    k, p = x.shape
    df = k - p
    w = 1 / v
    flat, weighted = projection(np.ones(k), x), projection(w, x)
    crude = float(np.mean((y - y.mean()) ** 2))

    def error(a, tau2, scale):
        both = a @ np.diag(v + tau2)
        return math.sqrt(2 * np.trace(both @ both)) * scale

    if code == "DL":
        tau2 = max(0.0, generic_moment(weighted, None, y, v, x))
        return tau2, error(weighted, tau2, 1 / np.trace(weighted))
    if code == "HE":
        tau2 = max(0.0, generic_moment(flat, None, y, v, x))
        return tau2, error(flat, tau2, 1 / df)
    if code == "HS":
        tau2 = max(0.0, (q_at(0, y, v, x) - k) / w.sum())
        return tau2, error(weighted, tau2, 1 / w.sum())
    if code == "SJ":
        a = projection(1 / (v + crude), x)
        tau2 = crude * float(y @ a @ y) / df
        return tau2, error(a, tau2, crude / df)
    if code in ("PM", "EB", "PMM"):
        target = stats.chi2.median(df) if code == "PMM" else df
        tau2 = bisected(lambda t: q_at(t, y, v, x) - target)
        return tau2, math.sqrt(2 / df) * k / (1 / (v + tau2)).sum()

    def slope(t):
        a = projection(1 / (v + t), x)
        free = np.trace(a) if code == "REML" else (1 / (v + t)).sum()
        return float(y @ a @ a @ y) - free

    tau2 = bisected(slope)
    a = projection(1 / (v + tau2), x) if code == "REML" else np.diag(1 / (v + tau2))
    return tau2, math.sqrt(2 / np.trace(a @ a))


def bisected(falling):
    low, high = 0.0, 100.0
    if falling(0.0) <= 0:
        return 0.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("code", [one for one in ESTIMATORS if one != "EE"])
@pytest.mark.parametrize("scale", [1.0, 0.2])
def test_every_estimator_is_its_definition(code, design, scale):
    """Where effects differ, and where they differ less than their errors allow (tau2 of 0)."""
    x, basis = DESIGNS[design]
    y, p = Y * scale, x.shape[1]
    tau2, error = by_hand(code, y, V, x)
    assert bool(tau2 == 0) is (scale == 0.2 and code != "SJ")
    found = tau2_of(y, V, basis, p, code)
    assert float(found) == pytest.approx(tau2, rel=1e-9, abs=1e-9)
    said = standard_error(y, V, basis, p, code, np.asarray(tau2))
    assert float(said) == pytest.approx(error, rel=1e-9)
    # The same in a batch, beside another, with a study that takes no part.
    both_y = np.vstack([[*y, 9.0], [*(y[::-1]), 3.0]])
    both_v = np.vstack([[*V, np.inf], [*(V[::-1]), np.inf]])
    if basis is None:
        many = tau2_of(both_y, both_v, None, p, code)
        assert many == pytest.approx([tau2, tau2], rel=1e-8, abs=1e-9)
        errors = standard_error(both_y, both_v, None, p, code, np.full(2, tau2))
        assert errors == pytest.approx([error, error], rel=1e-9)


@pytest.mark.parametrize("code", [one for one in ESTIMATORS if one != "EE"])
def test_a_study_that_takes_no_part_changes_nothing(code):
    """A variance without end, in one meta-analysis as in a batch of them."""
    alone = float(tau2_of(Y, V, None, 1, code))
    found = float(tau2_of(np.array([*Y, 9.0]), np.array([*V, np.inf]), None, 1, code))
    assert found == pytest.approx(alone, rel=1e-7)


def test_equal_effects_have_no_tau2_and_no_error_of_it():
    assert tau2_of(Y, V, None, 1, "EE") == 0
    assert tau2_of(np.stack([Y, Y]), np.stack([V, V]), None, 1, "EE").tolist() == [0, 0]
    assert standard_error(Y, V, None, 1, "EE", np.asarray(0.0)) is None
    random = {code: one.random for code, one in ESTIMATORS.items()}
    assert random == {code: code != "EE" for code in ESTIMATORS}
    steps = {code for code, one in ESTIMATORS.items() if one.iterative}
    assert steps == {"ML", "REML", "EB", "PM", "PMM"}
    for code in ("EE", "XX"):
        if code == "XX":
            with pytest.raises(UnknownCode, match="method"):
                tau2_of(Y, V, None, 1, code)
            with pytest.raises(UnknownCode, match="method"):
                standard_error(Y, V, None, 1, code, np.asarray(0.0))


def test_the_crude_variance_is_that_of_the_studies_taking_part():
    assert float(crude_variance(Y, V)) == pytest.approx(Y.var(), rel=1e-14)
    y, v = np.array([[1.0, 3.0, 50.0]]), np.array([[1.0, 1.0, np.inf]])
    assert crude_variance(y, v).tolist() == [1.0]


def test_sidik_and_jonkman_of_equal_effects_is_nothing():
    assert float(tau2_of(np.full(4, 0.3), V[:4], None, 1, "SJ")) == 0.0


@pytest.mark.parametrize("part", [0.01, 0.5, 0.999, 1.0, 1.001])
def test_the_root_of_q_is_where_q_is_the_target(part):
    x = np.ones((6, 1))
    target = part * q_at(0, Y, V, x)
    found = float(generalised_q_root(Y, V, None, np.asarray(target)))
    if part >= 1:
        assert found == pytest.approx(0.0, abs=1e-12)
    else:
        assert found > 0
        assert q_at(found, Y, V, x) == pytest.approx(target, rel=1e-12)


def test_no_root_of_q_is_said_with_what_was_looked_for(monkeypatch):
    monkeypatch.setattr(heterogeneity, "MAX_ITERATIONS", 2)
    with pytest.raises(NotConverged) as caught:
        generalised_q_root(Y, V, None, np.array([0.5, 0.25]))
    assert str(caught.value) == "tau2: Q(tau2) = 0.5 not reached after 2 steps"
    # All effects alike: nothing to divide by, and nothing between them.
    assert generalised_q_root(np.full(3, 0.4), V[:3], None, np.asarray(2.0)) == 0


# A climb, step by step. Each answer of the slope is (score, observed, expected information), each
# place a number that floats hold exactly.

WALKS = {
    # A step of Newton's method, and the end where the score is 0.
    "a parabola": (2.0, 0.0, [(1, 2, 9), (0, 1, 1)], [2.0, 2.5], 2.5),
    # The expected information where the observed is not above 0, on both sides of it.
    "a hollow": (2.0, 0.0, [(1, -1, 4), (1, 0, 8), (1, 0.5, 64), (0, 1, 1)],
                 [2.0, 2.25, 2.375, 4.375], 4.375),
    # At 0 with a score that falls: the end.
    "down at 0": (0.0, 0.0, [(-1, 1, 1)], [0.0], 0.0),
    "flat at 0": (0.0, 0.0, [(0, 1, 1)], [0.0], 0.0),
    "up from 0": (0.0, 0.0, [(1, 4, 1), (0, 1, 1)], [0.0, 0.25], 0.25),
    # Ten times as far as it stands from 0, a thousand small variances added, is as far as it goes.
    "a leap": (1.0, 0.0, [(1e9, 1, 1), (0, 1, 1)], [1.0, 10 * (1 + 1000)], 10010.0),
    "a leap from 0": (0.0, 0.0, [(1e9, 1, 1), (0, 1, 1)], [0.0, 10000.0], 10000.0),
    # Below 0 it is 0 at first; where a lower place rose already, half way to it.
    "below 0": (2.0, 0.0, [(-4, 1, 1), (-1, 1, 1)], [2.0, 0.0], 0.0),
    "on 0": (2.0, 0.0, [(-2, 1, 1), (-1, 1, 1)], [2.0, 0.0], 0.0),
    "below a place that rose": (
        1.0, 0.0, [(1, 1, 1), (-4, 1, 1), (0, 1, 1)], [1.0, 2.0, 1.5], 1.5,
    ),
    "on a place that rose": (1.0, 0.0, [(1, 1, 1), (-1, 1, 1), (0, 1, 1)], [1.0, 2.0, 1.5], 1.5),
    "above a place that rose": (
        1.0, 0.0, [(1, 1, 1), (-0.5, 1, 1), (0, 1, 1)], [1.0, 2.0, 1.5], 1.5,
    ),
    "just above a place that rose": (
        1.0, 0.0, [(1, 1, 1), (-0.75, 1, 1), (0, 1, 1)], [1.0, 2.0, 1.25], 1.25,
    ),
    "below 0 that rose": (0.0, 0.0, [(2, 1, 1), (-4, 1, 1), (0, 1, 1)], [0.0, 2.0, 1.0], 1.0),
    # Above a place that fell: half way to it.
    "above a place that fell": (
        4.0, 0.0, [(-2, 1, 1), (9, 1, 1), (0, 1, 1)], [4.0, 2.0, 3.0], 3.0,
    ),
    "on a place that fell": (4.0, 0.0, [(-2, 1, 1), (2, 1, 1), (0, 1, 1)], [4.0, 2.0, 3.0], 3.0),
    "just below a place that fell": (
        4.0, 0.0, [(-2, 1, 1), (1.5, 1, 1), (0, 1, 1)], [4.0, 2.0, 3.5], 3.5,
    ),
    # Without leaps a step down keeps a share, until there is next to nothing.
    "half is kept": (8.0, 0.5, [(-7, 1, 1), (-3, 1, 1), (0, 1, 1)], [8.0, 4.0, 2.0], 2.0),
    "more than half is kept": (8.0, 0.5, [(-3, 1, 1), (0, 1, 1)], [8.0, 5.0], 5.0),
    "a quarter is kept": (8.0, 0.25, [(-7, 1, 1), (0, 1, 1)], [8.0, 2.0], 2.0),
    "next to nothing goes to 0": (1e-6, 0.5, [(-1, 1, 1)], [1e-6, 0.0], 0.0),
    "a little more does not": (1.5e-6, 0.5, [(-1, 1, 1)], [1.5e-6, 0.75e-6, 0.0], 0.0),
    # Between 0 and 1 a place that rose is where it is, not at 1.
    "below 1 above 0 that rose": (
        0.0, 0.0, [(2, 1, 1), (-1.5, 1, 1), (0, 1, 1)], [0.0, 2.0, 0.5], 0.5,
    ),
    # The end: a step of 1e-7 of the place and the small variance together.
    "a step on the end": (1.0, 0.0, [(2.1e-7, 1, 1), (0, 1, 1)], [1.0, 1.00000021], 1.00000021),
    "a step below the end": (1.0, 0.0, [(1.9e-7, 1, 1)], [1.0], 1.00000019),
}  # fmt: skip


@pytest.mark.parametrize("name", WALKS)
def test_how_a_climb_moves(name):
    start, least, answers, places, end = WALKS[name]
    seen = []

    def slope(t):
        seen.append(float(t))
        return answers[min(len(seen), len(answers)) - 1]

    found = float(_climb_one(slope, np.float64(start), np.float64(1.0), least))
    assert found == pytest.approx(end, rel=1e-12, abs=0)
    assert seen == pytest.approx(places, rel=1e-12, abs=0)


@pytest.mark.parametrize("least", [0.0, 0.25, 0.5])
def test_a_batch_moves_as_each_alone_and_leaves_what_has_settled(least):
    names = [name for name, walk in WALKS.items() if walk[1] == least]
    seen = {name: [] for name in names}

    def slope(t, going):
        assert len(t) == int(going.sum())
        out = []
        for place, row in zip(t, np.flatnonzero(going), strict=True):
            at = seen[names[row]]
            at.append(float(place))
            answers = WALKS[names[row]][2]
            out.append(answers[min(len(at), len(answers)) - 1])
        return tuple(np.array(one, float) for one in zip(*out, strict=True))

    start = np.array([WALKS[name][0] for name in names])
    found = _climb(slope, start, np.ones(len(names)), least)
    for name, one in zip(names, found, strict=True):
        assert float(one) == pytest.approx(WALKS[name][4], rel=1e-12, abs=0), name
        assert seen[name] == pytest.approx(WALKS[name][3], rel=1e-12, abs=0), name
    assert start.tolist() == [WALKS[name][0] for name in names], "what was given is not changed"


@pytest.mark.parametrize("step", [1.0, 1.25])
@pytest.mark.parametrize("batch", [False, True])
def test_a_step_of_just_the_allowance_is_the_last(step, batch):
    """1 of 10,000,000: the place and the small variance together, to the last digit."""
    small, seen = 1e7 - 1, []
    assert likeliest.STEP * (1.0 + small) == 1.0

    def slope(t, going=None):
        del going
        seen.append(float(np.ravel(t)[0]))
        score = step if len(seen) == 1 else 0.0
        return tuple(np.full(np.shape(t), one) for one in (score, 1.0, 1.0))

    if batch:
        _climb(slope, np.zeros(1), np.full(1, small), 0.0)
    else:
        _climb_one(slope, 0.0, small, 0.0)
    assert seen == ([0.0] if step == 1.0 else [0.0, 1.25])


def test_the_small_variance_of_each_row_is_its_own():
    def slope(t, going):
        return np.full(len(t), 1e9), np.ones(len(t)), np.ones(len(t))

    seen = []

    def once(t, going):
        seen.append(t.tolist())
        value = 1e9 if len(seen) == 1 else 0.0
        return np.full(len(t), value), np.ones(len(t)), np.ones(len(t))

    _climb(once, np.array([1.0, 1.0]), np.array([1.0, 2.0]), 0.0)
    assert seen[1] == [10010.0, 20010.0]
    with pytest.raises(NotConverged) as caught:
        _climb(slope, np.array([np.nan, 1.0]), np.ones(2), 0.0)
    assert str(caught.value).startswith("meta-analysis 2: tau2 ")


@pytest.mark.parametrize("batch", [False, True])
def test_after_a_hundred_steps_the_bracket_is_halved(batch):
    """A slope that says the curvature is a thousand times what it is; 4 fell, 2 rose."""
    seen = []

    def slope(t, going=None):
        del going
        t = np.asarray(t)
        seen.append(float(t.flat[0]))
        score = np.where(t < 3.0, 1.0, -1.0)
        return score, np.full(t.shape, 2.0**20), np.full(t.shape, 1.0)

    if batch:
        _climb(slope, np.array([3.5]), np.array([1e-3]), 0.0)
    else:
        _climb_one(slope, np.float64(3.5), np.float64(1e-3), 0.0)
    step = 2.0**-20
    # Steps 1 to 101 of the curvature, then halves of what lies between 0 and the last place.
    assert seen[:102] == [3.5 - step * n for n in range(102)]
    assert seen[102] == seen[101] / 2
    assert seen[103] == pytest.approx((seen[102] + seen[101]) / 2, rel=1e-12)
    assert likeliest.PATIENCE == 100


def test_a_climb_without_an_end_is_said():
    seen = []

    def slope(t):
        seen.append(float(t))
        return 1.0, 1.0, 1.0

    with pytest.raises(NotConverged) as caught:
        _climb_one(slope, np.float64(0.5), np.float64(1.0), 0.0)
    assert len(seen) == likeliest.MAX_ITERATIONS == 200
    assert str(caught.value) == "tau2 200.5: not settled after 200 steps"


# Where a climb begins, and when other hills are looked for


@pytest.fixture
def watched(monkeypatch):
    """Climbs and searches that only say where they were sent; a flat likelihood."""
    seen = {"begin": [], "higher": [], "lift": 0.0, "end": 1.0}

    def climb(slope, begin, small, least):
        seen["begin"].append((np.asarray(begin).copy(), np.asarray(small).copy(), least))
        return np.asarray(begin * seen["end"])

    def higher(y, v, basis, best, small, restricted):
        seen["higher"].append((np.asarray(best).copy(), restricted))
        return np.full_like(best, 77.0)

    monkeypatch.setattr(likeliest, "_climb", climb)
    monkeypatch.setattr(likeliest, "_climb_one", climb)
    monkeypatch.setattr(likeliest, "_higher", higher)
    monkeypatch.setattr(
        likeliest,
        "loglik",
        lambda y, v, t, basis, *, restricted: np.where(np.asarray(t) == 0, seen["lift"], 0.0),
    )
    monkeypatch.setattr(likeliest.Likelihood, "fall", lambda _, t: seen["lift"] if t else 0.0)
    return seen


def moments(y, v):
    x = np.ones((len(y), 1))
    return [generic_moment(projection(w, x), None, y, v, x) for w in (np.ones(len(y)), 1 / v)]


@pytest.mark.parametrize("code", ["ML", "REML"])
def test_a_climb_begins_at_the_larger_moment_estimate(watched, code):
    for y in (Y, Y[::-1], Y * np.array([1, 1, 1, 3, 1, 1]), Y * 0.1):
        watched["begin"].clear()
        tau2_of(y, V, None, 1, code)
        ((begin, small, least),) = watched["begin"]
        assert float(begin) == pytest.approx(max(0.0, *moments(y, V)), rel=1e-12, abs=1e-15)
        # A thousandth of the typical sampling variance.
        assert float(small) == pytest.approx(1e-3 * 6 / (1 / V).sum(), rel=1e-12)
        assert least == 0.0
    watched["begin"].clear()
    tau2_of(Y, V, None, 1, code, near=0.3)
    assert float(watched["begin"][0][0]) == 0.3
    # Each row of a batch as by itself: the one or the other moment estimate, or 0.
    several = np.stack([Y, Y[::-1], Y * np.array([1, 1, 1, 3, 1, 1]), Y * 0.1, np.sqrt(V)])
    larger = [int(np.argmax([0.0, *moments(y, V)])) for y in several]
    assert set(larger) == {0, 1, 2}
    both_v = np.stack([V] * 5)
    watched["begin"].clear()
    tau2_of(several, both_v, None, 1, code)
    ((begin, small, least),) = watched["begin"]
    wanted = [max(0.0, *moments(y, V)) for y in several]
    assert begin == pytest.approx(wanted, rel=1e-12, abs=1e-15)
    assert small == pytest.approx([1e-3 * 6 / (1 / V).sum()] * 5, rel=1e-12)
    assert least == 0.0
    watched["begin"].clear()
    tau2_of(several, both_v, None, 1, code, near=0.3)
    assert watched["begin"][0][0].tolist() == [0.3] * 5


@pytest.mark.parametrize(
    ("engine", "rows", "design", "device"),
    [("jax", 2, None, True), ("numpy", 2, None, False), ("jax", 2, "slope", False),
     ("jax", 1, "slope", False), ("jax", 0, "slope", False)],
)  # fmt: skip
def test_only_a_batch_without_moderators_goes_to_the_device(
    watched, monkeypatch, engine, rows, design, device
):
    sent = []

    def climb(y, v, begin, small, *, restricted):
        del v, small, restricted
        sent.append(y.shape)
        return begin.copy()

    fake = SimpleNamespace(climb=climb)
    monkeypatch.setitem(sys.modules, "hilum.synthesis.batch_jax", fake)
    y, v = (np.stack([one] * rows) if rows else one for one in (Y, V))
    basis = DESIGNS[design][1] if design else None
    tau2_of(y, v, basis, 2 if design else 1, "REML", engine=engine)
    assert sent == ([(2, 6)] if device else [])
    assert bool(watched["begin"]) is not device


def test_one_that_takes_part_in_no_batch_is_not_sent_to_the_device(watched, monkeypatch):
    monkeypatch.setitem(sys.modules, "hilum.synthesis.batch_jax", SimpleNamespace(climb=None))
    y, v = np.array([*Y, 9.0]), np.array([*V, np.inf])
    tau2_of(y, v, None, 1, "REML", engine="jax")
    assert len(watched["begin"]) == 1


@pytest.mark.parametrize("each", [False, True])
def test_rows_of_a_batch_have_their_own_moderators_or_share_them(each):
    """The score of some rows, and which of them are climbed again."""
    y, v = np.stack([Y, Y[::-1], Y * 0.5]), np.stack([V, V[::-1], V])
    own = [DESIGNS["slope"][1]] * 3
    if each:
        designs = [SLOPE, SLOPE[::-1], SLOPE[[1, 0, 2, 3, 5, 4]]]
        own = [orthonormal(one, np.ones(6, bool))[0] for one in designs]
    basis = np.stack(own) if each else own[0]
    rows = np.array([False, True, True])
    at = np.array([0.1, 0.3])
    found = likeliest._slope(y, v, basis, True)(at, rows)
    for place, row in enumerate((1, 2)):
        alone = score(y[row], v[row], at[place], own[row], restricted=True)
        for one, other in zip(found, alone, strict=True):
            assert float(one[place]) == pytest.approx(float(other), rel=1e-9)
    whole = likeliest._slope(y, v, basis, True)(np.array([0.2, 0.1, 0.3]))
    assert [len(one) for one in whole] == [3, 3, 3]
    for code in ("ML", "REML"):
        many = tau2_of(y, v, basis, 2, code)
        alone = [float(tau2_of(a, b, c, 2, code)) for a, b, c in zip(y, v, own, strict=True)]
        assert many == pytest.approx(alone, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize(
    ("end", "looked"),
    [
        (0.69, True),
        (0.7, False),
        (0.71, False),
        (1.0, False),
        (1.39, False),
        (1.4, False),
        (1.41, True),
        (0.0, True),
    ],
)
@pytest.mark.parametrize("code", ["ML", "REML"])
def test_higher_ground_is_looked_for_far_from_the_moments(watched, end, looked, code):
    watched["end"] = end
    found = float(tau2_of(Y, V, None, 1, code))
    begin = float(watched["begin"][0][0])
    assert [restricted for _, restricted in watched["higher"]] == [code == "REML"] * looked
    assert found == (77.0 if looked else pytest.approx(begin * end))
    # From moments of 0 wherever the climb ends, at 0 as well.
    assert float(tau2_of(Y * 0.1, V, None, 1, code)) == 77.0
    # Of a batch only the odd ones.
    watched["higher"].clear()
    far = np.stack([Y, Y * 0.1])
    several = tau2_of(far, np.stack([V, V]), None, 1, code)
    assert several[1] == 77.0, "moments of 0"
    assert several[0] == (77.0 if looked else pytest.approx(begin * end))
    assert [len(best) for best, _ in watched["higher"]] == [2 if looked else 1]


@pytest.mark.parametrize(
    ("lift", "looked"), [(1e-13, False), (1e-12, False), (1.5e-12, True), (-1.0, False)]
)
@pytest.mark.parametrize("batch", [False, True])
def test_higher_ground_is_looked_for_where_0_is_higher(watched, lift, looked, batch):
    watched["lift"] = lift
    tau2_of(*((np.stack([Y]), np.stack([V])) if batch else (Y, V)), None, 1, "REML")
    assert bool(watched["higher"]) is looked


def test_higher_ground_is_always_looked_for_with_moderators(watched):
    tau2_of(Y, V, DESIGNS["slope"][1], 2, "REML")
    assert len(watched["higher"]) == 1


# Other hills


class Hills:
    """A likelihood that is a table of heights at the places of the grid."""

    def __init__(self, monkeypatch, heights, reached, ends=None):
        self.grid, self.climbs, self.heights, self.reached = None, [], heights, reached
        self.ends = ends or {}
        monkeypatch.setattr(likeliest, "loglik", self.height)
        monkeypatch.setattr(likeliest, "_climb_one", self.climb)

    def height(self, y, v, t, basis, *, restricted):
        t = np.asarray(t)
        if t.ndim:
            self.grid = t.copy()
            return np.array([self.heights.get(n, -100.0) for n in range(len(t))])
        if float(t) == BEST:
            return np.asarray(self.reached)
        near = int(np.argmin(np.abs(self.grid - float(t))))
        return np.asarray(self.ends.get(near, self.heights.get(near, -100.0)))

    def climb(self, slope, start, small, least):
        near = int(np.argmin(np.abs(self.grid - float(start))))
        self.climbs.append(near)
        assert least == 0.5
        return np.asarray(start)


# Between the first and the second place of the grid above 0, at a small variance of 0.001.
BEST = 0.0101


def searched(monkeypatch, heights, reached, ends=None):
    hills = Hills(monkeypatch, heights, reached, ends)
    found = float(_higher(Y, V, None, np.asarray(BEST), np.asarray(1e-3), False))
    at = None if found == BEST else int(np.argmin(np.abs(hills.grid - found)))
    return hills, at


def test_hills_are_looked_for_between_a_hundredth_and_twice(monkeypatch):
    hills, at = searched(monkeypatch, {}, 0.0)
    assert (hills.climbs, at) == ([], None)
    low, high = 0.01, 2 * Y.var()
    assert hills.grid[0] == 0
    assert hills.grid[1:] == pytest.approx(np.geomspace(low, high, 25), rel=1e-12)
    # Of effects that hardly differ at least to ten times where it begins.
    hills = Hills(monkeypatch, {}, 0.0)
    _higher(Y * 1e-3, V, None, np.asarray(BEST), np.asarray(1e-3), False)
    assert hills.grid[1:] == pytest.approx(np.geomspace(low, 0.1, 25), rel=1e-12)


@pytest.mark.parametrize(
    ("heights", "ends", "climbed", "at"),
    [
        # One hill, higher than the place reached or not.
        ({10: 1.0}, {}, [10], 10),
        ({10: -0.49}, {}, [10], None),
        ({10: -0.5}, {}, [], None),
        ({10: -0.51}, {}, [], None),
        ({10: -0.49}, {10: 0.2}, [10], 10),
        ({10: -0.49}, {10: 1e-13}, [10], None),
        ({10: -0.49}, {10: 1e-12}, [10], None),
        ({10: -0.49}, {10: 2e-12}, [10], 10),
        # At 0 and at the far end too; places beside a hill are no hills.
        ({0: 1.0}, {}, [0], 0),
        ({25: 1.0}, {}, [25], 25),
        ({9: -0.3, 10: -0.2, 11: -0.4}, {}, [10], None),
        ({9: -0.2, 10: -0.2}, {}, [9, 10], None),
        # The highest first, three at most.
        ({5: 0.1, 10: 0.3, 15: 0.2}, {}, [10, 15, 5], 10),
        ({5: 0.1, 10: 0.3, 15: 0.2, 20: 0.15}, {}, [10, 15, 20], 10),
        ({5: -0.4, 10: -0.1, 15: -0.3}, {15: 0.4, 5: 0.3}, [10, 15, 5], 15),
        # The hill that was climbed is not climbed again, unless it stands higher than its top.
        ({1: -0.2}, {}, [], None),
        ({2: -0.2}, {}, [], None),
        ({3: -0.2}, {}, [3], None),
        ({1: 1e-13}, {}, [], None),
        ({1: 1e-12}, {}, [], None),
        ({1: 2e-12}, {}, [1], 1),
    ],
)
def test_which_hills_are_climbed(monkeypatch, heights, ends, climbed, at):
    hills, found = searched(monkeypatch, heights, 0.0, ends)
    assert hills.climbs == climbed
    assert found == at


def test_a_place_of_the_grid_itself_is_its_own_hill(monkeypatch):
    """Reached just where a place of the grid lies: it, and none beside it, is that hill."""
    global_best = 0.01
    hills = Hills(monkeypatch, {2: -0.2}, 0.0)
    hills.height = None
    monkeypatch.setattr(
        likeliest,
        "loglik",
        lambda y, v, t, basis, *, restricted: (
            np.where(np.arange(26) == 4, -0.2, -50.0) if np.ndim(t) else np.asarray(0.0)
        ),
    )
    climbs = []
    monkeypatch.setattr(
        likeliest, "_climb_one", lambda slope, start, small, least: climbs.append(start) or start
    )
    assert float(_higher(Y, V, None, np.asarray(global_best), np.asarray(1e-3), False)) == 0.01
    assert len(climbs) == 1


@pytest.mark.parametrize("hill", range(7))
def test_a_hill_beside_the_place_that_was_reached_is_its_own(monkeypatch, hill):
    """Reached on the third place of the grid: it and its neighbours are that hill."""
    hills = Hills(monkeypatch, {}, 0.0)
    _higher(Y, V, None, np.asarray(BEST), np.asarray(1e-3), False)
    third = hills.grid[3]
    hills = Hills(monkeypatch, {hill: -0.2}, 0.0)
    before = hills.height
    monkeypatch.setattr(
        likeliest,
        "loglik",
        lambda y, v, t, basis, *, restricted: (
            np.asarray(0.0)
            if np.ndim(t) == 0 and float(t) == third
            else before(y, v, t, basis, restricted=restricted)
        ),
    )
    _higher(Y, V, None, np.asarray(third), np.asarray(1e-3), False)
    assert hills.climbs == ([] if hill in (2, 3, 4) else [hill])


def test_a_row_with_more_hills_than_another_has_all_of_them_climbed(monkeypatch):
    """The second hill of the first row ends higher; the second row has one hill alone."""
    heights = np.full((26, 2), -100.0)
    heights[5], heights[10, 0] = -0.1, -0.3
    grid = None

    def height(y, v, t, basis, *, restricted):
        nonlocal grid
        if np.ndim(t) == 2:
            grid = np.asarray(t)
            return heights
        return np.where(np.isclose(t, grid[10]), 0.4, np.where(t == BEST, 0.0, -0.1))

    monkeypatch.setattr(likeliest, "loglik", height)
    monkeypatch.setattr(likeliest, "_climb", lambda slope, start, small, least: start.copy())
    y, v = np.stack([Y, Y]), np.stack([V, V])
    found = _higher(y, v, None, np.full(2, BEST), np.full(2, 1e-3), False)
    assert found.tolist() == [grid[10, 0], BEST]


@pytest.mark.parametrize("slope", [False, True])
def test_other_hills_of_a_batch_are_those_of_each_alone(slope):
    """Rows with and without a higher hill, each as by itself."""
    y = np.stack([np.array([0, 0, 0, 1, 1, 2.0]), Y, Y[::-1]])
    v = np.stack([np.array([0.375, 0.0625, 0.0312, 1, 1, 0.4062]), V, V[::-1]])
    basis = np.stack([DESIGNS["slope"][1]] * 3) if slope else None
    for restricted in (False, True):
        alone = [
            float(_higher(a, b, DESIGNS["slope"][1] if slope else None, np.asarray(1e-9),
                          np.asarray(1e-5), restricted))
            for a, b in zip(y, v, strict=True)
        ]  # fmt: skip
        many = _higher(y, v, basis, np.full(3, 1e-9), np.full(3, 1e-5), restricted)
        assert many == pytest.approx(alone, rel=1e-5, abs=1e-7)
        for a, b, t in zip(y, v, many, strict=True):
            if t > 1e-6:
                part = DESIGNS["slope"][1] if slope else None
                assert abs(float(score(a, b, t, part, restricted=restricted)[0])) < 1e-3


def test_where_other_hills_are_looked_for_is_written_down():
    assert (likeliest.HILLS, likeliest.BELOW, likeliest.STEP) == (3, 0.5, 1e-7)
    assert (likeliest.ALIKE, heterogeneity.STILL) == (1e-12, 1e-12)
    assert likeliest.GRID.tolist() == pytest.approx([n / 24 for n in range(25)], abs=1e-15)


# Intervals of tau2


@pytest.mark.parametrize("m", [1, 2, 9, MANY - 1, MANY, MANY + 1, 60])
@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
def test_equal_weights_are_a_chi_squared(m, scale):
    for part in (0.02, 0.3, 0.9, 0.9999):
        x = scale * stats.chi2.ppf(part, m)
        assert weighted_chi2_cdf(x, np.full(m, scale)) == pytest.approx(part, abs=1e-10)
    assert weighted_chi2_cdf(0.0, np.full(m, scale)) == 0.0
    assert weighted_chi2_cdf(-1.0, np.full(m, scale)) == 0.0
    assert weighted_chi2_cdf(1e-3 * scale, np.full(1, scale)) > 0
    assert weighted_chi2_cdf(1e3 * m * scale, np.full(m, scale)) == pytest.approx(1.0, abs=1e-10)


@pytest.mark.parametrize("m", [MANY - 2, MANY - 1, MANY, MANY + 1])
def test_from_24_weights_on_the_line_is_taken(monkeypatch, m):
    monkeypatch.setattr(tau2_interval, "_vertical", lambda _, weights: -float(len(weights)))
    found = weighted_chi2_cdf(5.0, np.ones(m))
    assert (found == -m) is (m >= 24)
    assert (tau2_interval.NODES, MANY) == (32, 24)
    line = tau2_interval.STRIDE, tau2_interval.STRIDES, tau2_interval.BEND
    assert line == (0.1, 2000, 1e-3)
    assert (tau2_interval.XTOL, tau2_interval.RTOL) == (1e-14, 1e-13)


@pytest.mark.parametrize("m", [1, 5, MANY])
def test_a_probability_is_never_beyond_1(m):
    """Far out the sums end within rounding of 1, on either side of it."""
    weights = np.linspace(0.5, 1.5, m)
    found = [weighted_chi2_cdf(float(x), weights) for x in weights.sum() * np.geomspace(50, 99, 8)]
    assert max(found) <= 1.0
    assert min(found) > 1 - 1e-11


@pytest.mark.parametrize("x", [0.02, 1.0, 35.0, 4000.0])
@pytest.mark.parametrize("weight", [1e-3, 0.7, 40.0])
@pytest.mark.parametrize("m", [1, 2, 30, 300])
def test_the_saddle_of_equal_weights_has_a_closed_form(x, weight, m):
    """x - m w / (1 + 2 w c) = 1 / c is quadratic in c; the width is that of the curvature."""
    a, b = 2 * weight * x, x - m * weight - 2 * weight
    wanted = (-b + math.sqrt(b * b + 4 * a)) / (2 * a)
    if b > 0:
        wanted = 2 / (b + math.sqrt(b * b + 4 * a))
    c, spread = _saddle(x, np.full(m, weight))
    assert c == pytest.approx(wanted, rel=1e-9)
    bent = m * 2 * weight**2 / (1 + 2 * weight * wanted) ** 2 + wanted**-2
    assert spread == pytest.approx(bent**-0.5, rel=1e-9)


def test_one_weight_may_outweigh_many_small_ones():
    """Against the integral over what the small ones come to, which are alike."""
    from scipy import integrate

    small, many = 1e-3, 30
    weights = np.array([1.0, *[small] * many])
    for x in (0.01, 0.05, 0.3, 1.0, 4.0, 40.0):
        wanted, _ = integrate.quad(
            lambda y, x=x: stats.chi2.cdf(x - small * y, 1) * stats.chi2.pdf(y, many),
            0, min(x / small, 200.0), epsabs=1e-12, limit=200,
        )  # fmt: skip
        assert weighted_chi2_cdf(x, weights) == pytest.approx(wanted, abs=1e-9), x


@pytest.mark.parametrize("weights", [[5.0, 1.0], [9.0, 4.0, 0.5], list(range(1, 15))])
def test_pairs_of_weights_are_a_sum_of_exponentials(weights):
    """Two chi-squared of one weight are an exponential: the sum of several has a closed form."""
    means = 2 * np.array(weights)
    shares = [np.prod([a / (a - b) for b in means if b != a]) for a in means]
    for x in np.quantile(means.sum() * np.array([0.2, 1.0, 2.5]), [0, 0.5, 1]):
        wanted = 1 - sum(share * math.exp(-x / a) for share, a in zip(shares, means, strict=True))
        found = weighted_chi2_cdf(float(x), np.repeat(np.array(weights, float), 2))
        assert found == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_the_profile_of_q_ends_where_q_is_a_quantile(level):
    found = q_profile(fit(Y, V, level=level))
    tail = (1 - level) / 2
    for end, part in zip(found.tau2[1:], (1 - tail, tail), strict=True):
        wanted = stats.chi2.ppf(part, 5)
        at = q_at(end, Y, V, np.ones((6, 1)))
        assert at == pytest.approx(wanted, rel=1e-9) if end else at <= wanted
    assert found.tau2[0] == fit(Y, V).tau2
    typical = fit(Y, V).typical
    for t, i2, h2 in zip(found.tau2, found.I2, found.H2, strict=True):
        assert i2 == pytest.approx(100 * t / (t + typical), rel=1e-12)
        assert h2 == pytest.approx((t + typical) / typical, rel=1e-12)
    # With a slope as many degrees of freedom less.
    sloped = q_profile(fit(Y, V, mods=SLOPE, level=level))
    assert q_at(sloped.tau2[2], Y, V, SLOPE) == pytest.approx(stats.chi2.ppf(tail, 4), rel=1e-9)


@pytest.mark.parametrize("level", [0.5, 0.95])
@pytest.mark.parametrize("apart", [0.1, 1.5, 4.0])
def test_the_generalised_q_of_two_studies_has_a_closed_form(level, apart):
    """Q is (y1 - y2)^2 over v1 + v2: a chi-squared times 1 + 2 tau2 over that sum."""
    v = np.array([0.1, 0.4])
    found = generalised_q(fit([0.0, apart], v, method="DL", level=level))
    q = apart**2 / v.sum()
    tail = (1 - level) / 2
    for end, part in zip(found.tau2[1:], (1 - tail, tail), strict=True):
        wanted = max(0.0, (q / stats.chi2.ppf(part, 1) - 1) * v.sum() / 2)
        assert end == pytest.approx(wanted, rel=1e-8, abs=1e-12)


@pytest.mark.parametrize(("k", "level"), [(5, 0.95), (25, 0.999)])
def test_the_generalised_q_of_studies_alike_in_precision_has_a_closed_form(level, k):
    """Q is a chi-squared times 1 + tau2 / v; here it lies at hundreds of times its mean."""
    v, y = 0.01, np.linspace(-3, 3, k)
    found = generalised_q(fit(y, np.full(k, v), method="DL", level=level))
    q = float(((y - y.mean()) ** 2).sum()) / v
    tail = (1 - level) / 2
    for end, part in zip(found.tau2[1:], (1 - tail, tail), strict=True):
        assert end == pytest.approx(v * (q / stats.chi2.ppf(part, k - 1) - 1), rel=1e-7)
    assert found.tau2[1] > 0


def test_an_interval_of_tau2_needs_a_study_to_spare():
    for run in (q_profile, generalised_q):
        with pytest.raises(NotEstimable) as caught:
            run(fit([0.5], [0.1]))
        assert str(caught.value) == "1 study, 1 coefficient: no interval of tau2"
        assert run(fit([0.5, 0.9], [0.1, 0.2])).tau2[2] > 0


def test_a_crossing_is_found_however_far_and_its_absence_is_said():
    for root in (0.3, 1.0, 700.0, 1e9):
        found = _crossing(lambda t, root=root: math.exp(-t / root), math.exp(-1), 5.0)
        assert found == pytest.approx(root, rel=1e-10)
    assert _crossing(lambda t: 0.5 - t, 0.5, 1.0) == 0.0
    assert _crossing(lambda t: 0.4 - t, 0.5, 1.0) == 0.0
    # What lies on the target at 0 is there already, wherever else it does.
    assert _crossing(lambda _: 0.5, 0.5, 1.0) == 0.0
    with pytest.raises(NotConverged) as caught:
        _crossing(lambda _: 1.0, 0.5, 3.25)
    # Two hundred times fourfold.
    assert str(caught.value) == f"tau2: no upper limit below {4.0**200:g} (Q 3.25)"


# Pooling


def test_what_is_pooled_says_all_of_itself():
    model = fit(Y, V, test="knha", level=0.9)
    found = random_effects(Y, V, list("abcdef"), level=0.9, n=321)
    about = model.predict()
    assert (found.value, found.beta, found.se) == (model.beta[0], model.beta[0], model.se[0])
    assert found.ci == (model.ci_lb[0], model.ci_ub[0])
    assert found.prediction == (about.pi_lb[0], about.pi_ub[0])
    assert (found.tau2, found.i2, found.q, found.q_p) == (
        model.tau2, model.I2, model.QE, model.QEp,
    )  # fmt: skip
    assert (found.k, found.n, found.labels) == (6, 321, tuple("abcdef"))
    assert found.method == "REML, Hartung-Knapp"
    scaled = random_effects(Y, V, list("abcdef"), level=0.9, back="exp")
    assert scaled.n is None
    assert (scaled.beta, scaled.se, scaled.tau2) == (found.beta, found.se, found.tau2)
    for one, other in (
        ((scaled.value,), (found.value,)), (scaled.ci, found.ci),
        (scaled.prediction, found.prediction),
    ):  # fmt: skip
        assert one == pytest.approx([math.exp(end) for end in other], rel=1e-14)


def test_by_default_intervals_are_of_95_percent():
    for run in (lambda **more: random_effects(Y, V, list("abcdef"), **more),):
        assert run() == run(level=0.95, method="REML", test="knha", back="none", n=None)
        assert run() != run(level=0.9)


def test_equal_effects_are_pooled_with_normal_quantiles_and_predict_nothing():
    for test in ("knha", "t", "z"):
        found = random_effects(Y, V, list("abcdef"), method="EE", test=test)
        assert found.method == "EE, z"
        assert found.prediction is None
        assert found.tau2 == 0
        assert found.ci == (fit(Y, V, method="EE").ci_lb[0], fit(Y, V, method="EE").ci_ub[0])


def test_one_study_is_itself():
    found = random_effects([0.4], [0.09], ["a"], n=12, back="exp")
    half = stats.norm.ppf(0.975) * 0.3
    assert found.value == pytest.approx(math.exp(0.4))
    assert found.ci == pytest.approx((math.exp(0.4 - half), math.exp(0.4 + half)))
    assert (found.k, found.n, found.method) == (1, 12, "single")
    assert [found.prediction, found.tau2, found.i2, found.q, found.q_p] == [None] * 5
    two = random_effects([0.4, 0.5], [0.09, 0.1], ["a", "b"])
    assert two.method != "single"
    assert None not in (two.prediction, two.tau2, two.i2, two.q, two.q_p)


@pytest.mark.parametrize(
    ("yi", "vi", "good"),
    [(math.nan, 0.1, False), (math.inf, 0.1, False), (0.2, math.nan, False),
     (0.2, math.inf, False), (0.2, 0.0, False), (0.2, -0.1, False), (0.2, 1e-12, True)],
)  # fmt: skip
def test_the_study_that_cannot_be_pooled_is_named(yi, vi, good):
    run = lambda: random_effects([0.1, yi, 0.3], [0.1, vi, 0.2], ["a", "b", "c"])  # noqa: E731
    if good:
        assert run().k == 3
        return
    with pytest.raises(NotEstimable) as caught:
        run()
    assert str(caught.value) == f"b: yi {yi:g}, vi {vi:g}: expected finite yi and vi > 0"


@pytest.mark.parametrize("labels", ["a", "abc"])
def test_labels_are_as_many_as_effects(labels):
    with pytest.raises(NotEstimable) as caught:
        random_effects([0.1, 0.2], [0.1, 0.1], list(labels))
    counted = "label" if len(labels) == 1 else "labels"
    assert str(caught.value) == f"{len(labels)} {counted} for 2 effects"


def test_what_does_not_belong_together_is_not_pooled():
    with pytest.raises(ValueError, match="zip"):
        random_effects([0.1, 0.2], [0.1], ["a", "b"])
    with pytest.raises(ValueError, match="zip"):
        pool_medians([20.0, 30.0], [15.0, 22.0], [28.0], ["a", "b"])


def test_medians_are_pooled_on_the_log_scale_and_one_stays_as_printed():
    median, low, high = [20.0, 30.0, 26.0], [15.0, 22.0, 20.0], [28.0, 41.0, 36.0]
    vi = [((math.log(h) - math.log(lo)) / (2 * stats.norm.ppf(0.975))) ** 2
          for lo, h in zip(low, high, strict=True)]  # fmt: skip
    found = pool_medians(median, low, high, list("abc"), n=99)
    wanted = random_effects(np.log(median), vi, list("abc"), n=99, back="exp")
    assert found.value == pytest.approx(wanted.value, rel=1e-12)
    assert found.ci == pytest.approx(wanted.ci, rel=1e-10)
    assert (found.k, found.n, found.method) == (3, 99, "REML, Hartung-Knapp")
    two = pool_medians(median[:2], low[:2], high[:2], list("ab"))
    assert (two.k, two.n) == (2, None)
    assert two.method == "REML, Hartung-Knapp"
    one = pool_medians([20.0], [15.0], [30.0], ["a"], n=40)
    assert (one.value, one.ci, one.prediction) == (20.0, (15.0, 30.0), None)
    assert one.beta == pytest.approx(math.log(20))
    assert one.se == pytest.approx(math.log(2) / (2 * stats.norm.ppf(0.975)))
    assert (one.tau2, one.i2, one.k, one.n, one.method, one.labels) == (
        None, None, 1, 40, "single", ("a",),
    )  # fmt: skip


def test_a_batch_is_each_by_itself():
    many = fit_batch(np.stack([Y, Y[::-1]]), np.stack([V, V[::-1]]), method="REML")
    alone = fit(Y, V).tau2
    assert many.tau2 == pytest.approx([alone, alone], rel=1e-7)
    assert special.chdtrc(5, 0.0) == 1.0

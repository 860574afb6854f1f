"""Widths of medians' intervals against samples drawn here, closed forms and another REML."""

import json
from importlib.resources import files

import numpy as np
import pytest
from scipy import optimize, stats

from hilum.answers.survival_fit import CurveReport, curve_arms
from hilum.evidence import read_evidence
from hilum.synthesis.survival import Report, SurvivalArm, average_survival, averaged_rate, group
from hilum.synthesis.survival.median_widths import FAR, FEWEST, unlikely_widths, width_of
from hilum.synthesis.survival.shapes import FILE, shape_priors, width_prior

Z = stats.norm.ppf(0.975)
BARE = (0.0, 0.0)
KEPT = json.loads((files("hilum.synthesis.survival") / FILE).read_text("utf-8"))


def printed(median, lower, upper, n, **others):
    return Report("median", None, median, lower, upper, n, **others)


def limits(time):
    """A median and its log-log limits (Brookmeyer & Crowley) of patients who all died."""
    time = np.sort(time)
    n = len(time)
    alive = 1 - np.arange(1, n) / n
    deep, se = np.log(-np.log(alive)), np.sqrt((1 - alive) / (alive * n)) / -np.log(alive)
    low, high = (np.exp(-np.exp(deep + z * se)) for z in (Z, -Z))
    at = [np.flatnonzero(one <= 0.5) for one in (low, alive, high)]
    return [time[one[0]] if len(one) else None for one in at]


@pytest.mark.parametrize("n", [25, 60, 150, 400])
@pytest.mark.parametrize("shape", [0.7, 1.0, 1.6])
def test_an_interval_is_as_wide_as_theory_says(n, shape):
    """Of a Weibull log H grows by its shape times the log ratio of the limits.

    2,000 samples: the mean within 0.08 (limits stand on deaths, and those of 25 patients are
    coarse), the spread within a tenth.
    """
    rng = np.random.default_rng([20261129, n])
    grown = []
    for _ in range(2000):
        low, _, high = limits(40 * rng.weibull(shape, n))
        if high is not None:
            grown.append(np.log(shape * np.log(high / low)))
    told = width_of(printed(40.0, 30.0, 50.0, n), BARE)
    assert np.mean(grown) == pytest.approx(told.log_growth, abs=0.08)
    assert np.std(grown) == pytest.approx(told.se, rel=0.1)


def test_half_of_an_interval_tells_half_as_much():
    whole = width_of(printed(30.0, 20.0, 45.0, 64), BARE)
    assert (whole.start, whole.end) == (20.0, 45.0)
    assert np.exp(whole.log_growth) == pytest.approx(2 * Z / (np.log(2) * 8))
    assert whole.se**2 == pytest.approx(1 / (Z * 8))
    for lower, upper, ends in ((20.0, None, (20.0, 30.0)), (None, 45.0, (30.0, 45.0))):
        half = width_of(printed(30.0, lower, upper, 64), BARE)
        assert (half.start, half.end) == ends
        assert half.log_growth == pytest.approx(whole.log_growth - np.log(2))
        assert half.se**2 == pytest.approx(2 * whole.se**2)
    mean, sd = width_prior()
    own = width_of(printed(30.0, 20.0, 45.0, 64))
    assert own.log_growth == pytest.approx(whole.log_growth + mean)
    assert own.se**2 == pytest.approx(whole.se**2 + sd**2)


@pytest.mark.parametrize(
    ("lower", "upper", "ends"),
    [
        (29.9, 30.0, (29.9, 30.0)),  # a limit on the median is none
        (30.0, 30.1, (30.0, 30.1)),
        (29.9, 30.1, (29.9, 30.1)),
        (0.0, 30.1, (30.0, 30.1)),  # no interval reaches 0
    ],
)
def test_which_halves_count(lower, upper, ends):
    found = width_of(printed(30.0, lower, upper, 50))
    assert (found.start, found.end) == ends


def test_only_a_printed_interval_of_a_known_number_tells_of_the_slope():
    def widths(*reports):
        return group([SurvivalArm("s", "", reports)])[0].widths

    assert len(widths(Report("median", None, 30.0, 20.0, 45.0, n=50))) == 1
    assert not widths(Report("median", None, 30.0, 20.0, 45.0))
    assert not widths(Report("median", None, 30.0, n=50))
    assert not widths(Report("median", None, 30.0, 20.0, 45.0, n=50, from_n=True))
    # After a rate the median is a time of its own piece; the rate tells of the slope.
    assert not widths(
        Report("rate", 12.0, 0.8, n=50), Report("median", None, 30.0, 20.0, 45.0, n=50)
    )


def test_what_is_no_interval_of_a_median_tells_nothing():
    for one in (
        printed(30.0, 20.0, 45.0, None),
        printed(30.0, 20.0, 45.0, FEWEST - 1),
        printed(30.0, None, None, 50),
        printed(30.0, 30.0, None, 50),
        printed(30.0, None, 30.0, 50),
        printed(30.0, 20.0, 45.0, 50, from_n=True),
        Report("rate", 12.0, 0.8, 0.7, 0.9, 50),
    ):
        assert width_of(one) is None


@pytest.mark.parametrize(("n", "tells"), [(24, False), (25, True), (26, True)])
def test_from_how_many_patients_an_interval_tells(n, tells):
    assert (width_of(printed(30.0, 20.0, 45.0, n)) is not None) is tells


@pytest.mark.parametrize("shape", [0.7, 1.0, 1.4])
@pytest.mark.parametrize("n", [25, 30, 60])
def test_honest_limits_of_another_kind_are_hardly_called_odd(n, shape):
    """R's default limits, of the log of survival: 400 samples, three in a hundred at most."""
    rng = np.random.default_rng([20261129, n])
    odd = 0
    for _ in range(400):
        time = np.sort(40 * rng.weibull(shape, n))
        alive = 1 - np.arange(1, n) / n
        se = np.sqrt((1 - alive) / (alive * n))
        low, high = alive * np.exp(-Z * se), alive * np.exp(Z * se)
        at = [np.flatnonzero(one <= 0.5) for one in (low, alive, high)]
        ends = [float(time[one[0]]) if len(one) else None for one in at]
        width = width_of(printed(ends[1], ends[0], ends[2], n))
        odd += width is not None and not width.likely
    assert odd <= 12


@pytest.mark.parametrize("side", [-1, 1])
def test_an_interval_that_so_many_patients_hardly_make_is_named_and_left_alone(side):
    """Three standard errors from what the next arm's shape makes likely; on the line it counts."""
    prior = shape_priors()["weibull"]
    told = width_of(printed(40.0, 30.0, 50.0, 50))
    sd = np.sqrt(told.se**2 + prior.sd[0] ** 2)
    for away, odd in ((FAR - 1e-6, ()), (FAR + 1e-6, ("s",))):
        ratio = np.exp(np.exp(told.log_growth - prior.mean[0] + side * away * sd))
        arm = SurvivalArm("s", "", (printed(40.0, 40 / ratio**0.5, 40 * ratio**0.5, 50),))
        assert unlikely_widths([arm]) == odd
        assert len(group([arm])[0].widths) == (not odd)


def test_limits_made_from_the_patients_on_the_sheet_tell_nothing():
    def report(low, high):
        return CurveReport("r", "s", "study:s", "a", "", None, 30.0, low, high, 50.0)

    arms, _ = curve_arms([report(None, None)])
    assert not group(arms)[0].widths
    arms, _ = curve_arms([report(20.0, None)])
    assert not group(arms)[0].widths
    arms, _ = curve_arms([report(20.0, 45.0)])
    assert len(group(arms)[0].widths) == 1


@pytest.mark.parametrize("ratios", [(2.0,), (1.5, 1.6, 1.4), (3.0, 3.5, 2.6, 3.2)])
def test_the_shape_is_that_of_a_conjugate_normal(ratios):
    """Weibull: a width is a normal figure of the log shape, whatever the location."""
    n = 60
    some = [
        SurvivalArm(
            f"s{i}", "", (Report("median", None, 40.0, 40 / ratio**0.5, 40 * ratio**0.5, n=n),)
        )
        for i, ratio in enumerate(ratios)
    ]
    fit = average_survival(some, families=("weibull",))
    prior = shape_priors()["weibull"]
    seen = [one.widths[0] for one in group(some)]
    precision = 1 / prior.sd[0] ** 2 + sum(1 / one.se**2 for one in seen)
    mean = prior.mean[0] / prior.sd[0] ** 2 + sum(
        (one.log_growth - np.log(np.log(one.end / one.start))) / one.se**2 for one in seen
    )
    shape = fit.parts[0].beta[:, 1]
    assert shape.mean() == pytest.approx(mean / precision, abs=0.01)
    assert shape.std() == pytest.approx(precision**-0.5, rel=0.05)


def test_a_wide_interval_makes_a_flat_curve():
    """Medians of 40 months with intervals as wide as a falling hazard's, and as a rising one's."""
    found = []
    for ratio in (1.45, 1.75, 2.8):
        some = [
            SurvivalArm(
                f"s{i}", "", (Report("median", None, m, m / ratio**0.5, m * ratio**0.5, n=60),)
            )
            for i, m in enumerate((36.0, 40.0, 44.0))
        ]
        found.append(averaged_rate(average_survival(some), 80.0).value)
    assert found[0] < found[1] - 0.03
    assert found[1] < found[2] - 0.05


def test_what_is_kept_is_what_the_printed_medians_teach():
    """The rows by their ids; REML written here, its maximum by a bounded search."""
    rows = {row.result_id: row for row in read_evidence().results}
    shape = KEPT["families"]["weibull"]
    ratio, n = [], []
    for one in KEPT["medians"]:
        row = rows[one]
        assert row.ci_low < row.value < row.ci_high
        ratio.append(row.ci_high / row.ci_low)
        n.append(row.n)
    root = np.sqrt(np.array(n))
    yi = np.log(np.log(ratio) * np.log(2) * root / (2 * Z)) + shape["mean"][0]
    vi = 1 / (Z * root) + shape["sd"][0] ** 2

    def loss(tau2):
        w = 1 / (vi + tau2)
        mean = (w * yi).sum() / w.sum()
        return -np.log(w).sum() + np.log(w.sum()) + (w * (yi - mean) ** 2).sum()

    tau2 = optimize.minimize_scalar(loss, bounds=(0, 1), method="bounded").x
    w = 1 / (vi + tau2)
    assert KEPT["widths"]["mean"] == pytest.approx((w * yi).sum() / w.sum(), abs=1e-3)
    assert KEPT["widths"]["sd"] == pytest.approx(np.sqrt(tau2), abs=1e-3)
    assert len(rows) > 2 * len(KEPT["medians"]) > 80

"""What printed figures amount to: life tables by hand."""

import numpy as np
import pytest
from scipy import special

from hilum.errors import NotEstimable
from hilum.synthesis.survival import Report, SurvivalArm, group, kaplan_meier
from hilum.synthesis.survival.reports import rescale


def _one(*reports):
    return group([SurvivalArm("s", "", reports)])[0]


def test_rates_with_n_are_a_life_table_without_censoring():
    """80 of 100 alive at 12, 60 at 36, 30 at 60: conditional 80/100, 60/80, 30/60."""
    found = _one(*(Report("rate", t, v, n=100) for t, v in ((12, 0.8), (60, 0.3), (36, 0.6))))
    np.testing.assert_allclose(
        [(p.start, p.end, p.m, p.p) for p in found.pieces],
        [(0, 12, 100, 0.8), (12, 36, 80, 0.75), (36, 60, 60, 0.5)],
    )


def test_intervals_give_back_greenwoods_numbers():
    """Kaplan-Meier limits of uncensored patients return the numbers at risk they came from."""
    rng = np.random.default_rng(5)
    time = rng.exponential(30, 200)
    curve = kaplan_meier(time, np.ones(200))
    reports = []
    for t in (10.0, 25.0, 50.0):
        i = int(np.searchsorted(curve.time, t, side="right")) - 1
        reports.append(
            Report("rate", t, *(float(x[i]) for x in (curve.survival, curve.lower, curve.upper)))
        )
    found = _one(*reports)
    alive = [float((time > t).sum()) for t in (0, 10.0, 25.0)]
    np.testing.assert_allclose([p.m for p in found.pieces], alive, rtol=1e-6)


def test_numbers_at_risk_count_half_of_the_censored():
    """Cutler & Ederer 1958: 100 start, 50 left, p = 0.8: deaths / (100 - censored / 2) = 0.2."""
    found = _one(Report("rate", 24, 0.8), Report("at_risk", 0, n=100), Report("at_risk", 24, n=50))
    m = found.pieces[0].m
    deaths = 0.2 * m
    assert m == pytest.approx(100 - (100 - 50 - deaths) / 2)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.99])
def test_printed_limits_have_the_level_they_were_printed_at(level):
    z = float(special.ndtri(0.5 + level / 2))
    ends = [30 * float(np.exp(side * z * 0.1)) for side in (-1, 1)]
    found = _one(Report("median", None, 30.0, *ends, level=level))
    assert found.pieces[0].log_se == pytest.approx(0.1)
    deep = float(np.log(-np.log(0.6)))
    ends = [float(np.exp(-np.exp(deep + side * z * 0.1))) for side in (1, -1)]
    found = _one(Report("rate", 12.0, 0.6, *ends, level=level))
    # Greenwood on the log-log scale: (log S * 0.1)^2 = (1 - S) / (S m).
    assert found.pieces[0].m == pytest.approx(0.4 / 0.6 / (np.log(0.6) * 0.1) ** 2)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_limits_of_no_level_are_refused(level):
    with pytest.raises(NotEstimable, match="level"):
        _one(Report("median", None, 30.0, 20.0, 40.0, level=level))


def test_a_median_is_survival_one_half():
    found = _one(Report("median", value=30.0, n=40))
    assert [(p.end, p.p, p.m) for p in found.pieces] == [(30.0, 0.5, 40.0)]
    # se(log median) 0.1
    ends = 30 * np.exp(np.array([-1, 1]) * 1.959963984540054 * 0.1)
    found = _one(Report("median", None, 30.0, *map(float, ends)))
    assert found.pieces[0].kind == "log_time"
    assert found.pieces[0].log_se == pytest.approx(0.1)
    # with the upper end not reached, the lower half of the interval serves
    half = _one(Report("median", None, 30.0, lower=float(ends[0])))
    assert half.pieces[0].log_se == pytest.approx(0.1)


def test_median_not_reached_follows_the_last_rate():
    found = _one(Report("rate", 24, 0.7, n=50), Report("not_reached", 48, n=50))
    last = found.pieces[-1]
    assert last.kind == "floor"
    assert (last.start, last.end, last.p, last.m) == pytest.approx((24, 48, 0.5 / 0.7, 35))


@pytest.mark.parametrize(
    ("reports", "reason"),
    [
        ((Report("rate", 24, 0.4, n=30), Report("median", None, 30.0, n=30)), "contradicts"),
        ((Report("rate", 24, 0.5, n=30), Report("median", None, 24.0, n=30)), "same_time"),
        ((Report("rate", 24, 0.4, n=30), Report("not_reached", 20, n=30)), "median_reached_later"),
        ((Report("rate", 24, 0.7, n=30), Report("not_reached", 20, n=30)), "no_information"),
        (
            (
                Report("curve", times=(1.0, 2.0), status=(1, 0)),
                Report("rate", 1.0, 0.5, n=2),
            ),
            "patients_given",
        ),
    ],
)
def test_what_gives_way(reports, reason):
    found = _one(*reports)
    assert [left.reason for left in found.unused] == [reason]
    assert len(found.used) == 1


# Limits of 0.37 and 0.63 about one half: a standard error below and above it is 0.0663 away.
@pytest.mark.parametrize(
    ("rate", "median", "goes"),
    [
        # Survival is one half at 36: the limits must hold 36.
        (Report("rate", 36, 0.5, n=50), Report("median", None, 80.0, 60.0, 100.0), True),
        (Report("rate", 36, 0.5, n=50), Report("median", None, 38.0, 36.0, 100.0), False),
        (Report("rate", 36, 0.5, n=50), Report("median", None, 38.0, 36.01, 100.0), True),
        (Report("rate", 36, 0.5, n=50), Report("median", None, 30.0, 20.0, 36.0), False),
        (Report("rate", 36, 0.5, n=50), Report("median", None, 30.0, 20.0, 35.99), True),
        (Report("rate", 36, 0.5, n=50), Report("median", None, 80.0, 30.0), False),
        (Report("rate", 36, 0.5, n=50), Report("median", None, 80.0, None, 100.0), False),
        # Within one standard error of one half by its own interval, and a little further off.
        (Report("rate", 36, 0.56, 0.44, 0.68), Report("median", None, 80.0, 60.0), True),
        (Report("rate", 36, 0.57, 0.44, 0.68), Report("median", None, 80.0, 60.0), False),
        (Report("rate", 36, 0.44, 0.32, 0.56), Report("median", None, 30.0, 20.0, 34.0), True),
        (Report("rate", 36, 0.43, 0.32, 0.56), Report("median", None, 30.0, 20.0, 34.0), False),
        # Without an interval only one half itself is one.
        (Report("rate", 36, 0.51, n=50), Report("median", None, 80.0, 60.0), False),
    ],
)  # fmt: skip
def test_limits_of_a_median_hold_the_time_at_which_survival_is_one_half(rate, median, goes):
    found = _one(rate, median)
    assert [left.reason for left in found.unused] == (["contradicts"] if goes else [])


@pytest.mark.parametrize(
    ("reports", "words"),
    [
        ((Report("rate", 12, 0.5, n=9), Report("rate", 24, 0.6, n=9)), "does not rise"),
        ((Report("rate", 12, 0.5, n=9), Report("rate", 12, 0.4, n=9)), "one rate at time 12"),
        ((Report("rate", 12, 50.0, n=9),), "share from 0 to 1"),
        ((Report("rate", 12, 0.5, 0.6, 0.7),), "lower <= value"),
        ((Report("rate", None, 0.5, n=9),), "a time above 0"),
        ((Report("rate", 12, 0.5, n=-9),), "n above 0"),
        ((Report("rate", 12, 0.5),), r"no usable report: no number of patients, .*1\)"),
        ((Report("median", None, -3.0, n=9),), "median above 0"),
        ((Report("at_risk", 12, n=9),), r"numbers at risk say nothing .*1\)"),
        ((Report("curve", times=(1.0,), status=(2,)),), "status of 0 or 1"),
        ((), "no usable report"),
    ],
)
def test_refusals_name_the_study(reports, words):
    with pytest.raises(NotEstimable, match=words):
        _one(*reports)


def test_order_of_reports_does_not_matter():
    reports = [
        Report("rate", 12, 0.8, n=50),
        Report("median", None, 30.0, n=50),
        Report("rate", 60, 0.2, n=50),
    ]
    assert _one(*reports).pieces == _one(*reports[::-1]).pieces


def test_rescaling_turns_years_into_months():
    arm = SurvivalArm("s", "", (Report("rate", 5, 0.4, n=9), Report("median", None, 3.0, 2.0, 4.0)))
    (months,) = rescale([arm], 12)
    assert months.reports[0].time == 60
    assert months.reports[0].value == 0.4
    assert (months.reports[1].value, months.reports[1].lower) == (36.0, 24.0)

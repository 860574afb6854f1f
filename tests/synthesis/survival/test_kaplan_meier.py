"""Against R survival 3.5-3 (tests/reference/survival_*.json); lifelines does the estimating."""

import numpy as np
import pytest

from hilum.errors import NotEstimable
from hilum.synthesis.survival import (
    cox,
    kaplan_meier,
    log_rank,
    restricted_mean_contrast,
    restricted_mean_time,
)
from tests.synthesis.reference import FILES, agree

NAMES = ("survival_colon", "survival_lung", "survival_ovarian")
REL, FLOOR = 1e-9, 1e-12  # both are exact formulas
FITTED = 1e-7  # Cox: R stops at a relative change of 1e-9 in the likelihood


@pytest.fixture(params=NAMES)
def case(request):
    data = FILES[request.param]
    time, status, group = (np.array(data["input"][key]) for key in ("time", "status", "group"))
    strata = list(dict.fromkeys(data["strata"]))
    members = [group == one.removeprefix("group=") for one in strata]
    return data, time, status, group, strata, members


def test_the_reference_grid_is_complete():
    assert sorted(name for name in FILES if name.startswith("survival_")) == sorted(NAMES)


def test_curves_and_medians(case):
    data, time, status, _, strata, members = case
    for stratum, member in zip(strata, members, strict=True):
        found = kaplan_meier(time[member], status[member])
        rows = [i for i, one in enumerate(data["strata"]) if one == stratum]
        pairs = {
            "t": found.time,
            "n_risk": found.n_risk,
            "n_event": found.n_event,
            "surv": found.survival,
            "std_err": found.std_err,
            "lower": found.lower,
            "upper": found.upper,
        }
        for key, value in pairs.items():
            assert len(value) == len(rows)
            agree(value, [data[key][i] for i in rows], REL, FLOOR, (stratum, key))
        median = next(one for one in data["median"] if one["_row"] == stratum)
        assert (found.median, *found.median_ci) == (
            median["X50"],
            median["X50.1"],
            median["X50.2"],
        )


def test_restricted_means_to_the_common_end(case):
    data, time, status, _, strata, members = case
    end = min(float(time[member].max()) for member in members)
    for stratum, member in zip(strata, members, strict=True):
        mean, se = restricted_mean_time(kaplan_meier(time[member], status[member]), end)
        expected = next(one for one in data["rmean"] if one["_row"] == stratum)
        agree([mean, se], [expected["rmean"], expected["se(rmean)"]], REL, FLOOR, stratum)


def test_restricted_mean_contrast_by_hand():
    """Difference and delta-method ratio of the lung arms, from the reference's own means."""
    data = FILES["survival_lung"]
    time, status, group = (np.array(data["input"][key]) for key in ("time", "status", "group"))
    first, second = (kaplan_meier(time[group == g], status[group == g]) for g in ("2", "1"))
    difference, ratio = restricted_mean_contrast(first, second, 965)
    b, a = data["rmean"]
    agree(difference.value, [a["rmean"] - b["rmean"]], REL, 0, "difference")
    agree(difference.se, [np.hypot(a["se(rmean)"], b["se(rmean)"])], REL, 0, "se")
    agree(ratio.value, [a["rmean"] / b["rmean"]], REL, 0, "ratio")
    log_se = np.hypot(a["se(rmean)"] / a["rmean"], b["se(rmean)"] / b["rmean"])
    agree(np.log(ratio.ci[1] / ratio.ci[0]), [2 * 1.959963984540054 * log_se], REL, 0, "width")


def test_cox_log_rank_and_proportionality(case):
    data, time, status, group, strata, members = case
    indicators = np.column_stack(members[1:]).astype(float)
    found = cox(time, status, indicators)
    agree(found.beta, data["cox"]["coef"], FITTED, 0, "coef")
    agree(found.se, data["cox"]["se"], FITTED, 0, "se")
    chi2, df, _ = log_rank(time, status, group)
    agree(chi2, data["logrank"]["chisq"], REL, 0, "log-rank")
    assert df == len(strata) - 1
    overall = next(one for one in data["zph"] if one["_row"] == "GLOBAL")
    agree(found.zph_global, [overall["chisq"], overall["p"]], FITTED, 0, "zph")


@pytest.mark.parametrize(
    ("time", "status", "words"),
    [
        ([], [], "for every patient"),
        ([1, 2], [1], "for every patient"),
        ([1, -2], [1, 0], "patient 2: time -2"),
        ([1, np.nan], [1, 0], "patient 2"),
        ([1, 2], [1, 2], "status of 0"),
    ],
)
def test_patients_that_cannot_be(time, status, words):
    with pytest.raises(NotEstimable, match=words):
        kaplan_meier(time, status)


def test_what_cox_refuses():
    time, status = np.arange(1.0, 11), np.ones(10)
    with pytest.raises(NotEstimable, match="does not vary"):
        cox(time, status, np.ones(10))
    with pytest.raises(NotEstimable, match=r"separate|no finite estimate"):
        cox(time, status, (time <= 5).astype(float))
    with pytest.raises(NotEstimable, match="at most"):
        restricted_mean_time(kaplan_meier([1, 2, 3], [1, 0, 0]), 4)


def test_nobody_dies():
    found = kaplan_meier([3.0, 5.0], [0, 0])
    assert len(found.time) == 0
    assert found.median is None
    assert restricted_mean_time(found, 5.0) == (5.0, 0.0)

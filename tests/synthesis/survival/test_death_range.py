"""The range of deaths: closed forms of one interval, and patients whose deaths are known."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from hilum.cli.main import app
from hilum.rendering.reconstruct import CENSORING
from hilum.synthesis.survival import (
    Report,
    SurvivalArm,
    average_survival,
    averaged_curve,
    fit_survival,
    pooled_survival,
    reconstruct,
)
from hilum.synthesis.survival.death_range import SEEN, death_range, information_share
from tests.synthesis.survival.trials import at, corners, kaplan_meier, patients


def test_one_interval_between_two_columns():
    """100 at risk, one fall to 0.8, 40 left: 20 deaths if all are censored after it; 10 if before.

    Before it: the 40 who are left are 0.8 of those at risk, 50, of whom 10 die.
    """
    found = death_range([5.0], [0.8], [0.0, 10.0], [100, 40], None, 1e-4)
    # Behind the last column nothing falls.
    assert found == (10, 20)


def test_without_a_table_every_step_is_a_death_and_all_later_ones_were_at_risk():
    """Falls to 0.8 and 0.4 with somebody left: 1 left, so 1 of 2 at the last, 0.5 so 1 before."""
    assert death_range([1.0, 2.0], [0.8, 0.4], [0.0], [100], None, 1e-4) == (2, 60)
    # To 0: the last one dies, of whom nobody is left.
    assert death_range([1.0, 2.0], [0.8, 0.0], [0.0], [100], None, 1e-4) == (2, 100)
    # A step of the height of a slip of the pixel is none.
    assert death_range([1.0], [0.999], [0.0], [100], None, 0.002) == (0, 0)


@pytest.mark.parametrize(("more", "fewest"), [(-(2**-20), 0), (0.0, 0), (2**-20, 1)])
def test_a_step_of_more_than_three_errors_is_a_death(more, fewest):
    """Of a level read to 1/512; of a thousand patients all but one may have left before it."""
    assert SEEN == 3.0
    level = 1 - 3 / 512 - more
    assert death_range([1.0], [level], [0.0], [1000], None, 1 / 512).fewest == fewest


def test_ticks_are_patients_who_left():
    """Ten ticks before the only fall: 90 at risk at it, and 10 % of them die."""
    ticks = [0.5] * 10
    assert death_range([1.0], [0.9], [0.0], [100], ticks, 1e-4).most == 9


@pytest.mark.parametrize("seed", range(8))
def test_the_true_deaths_are_in_the_range(seed):
    rng = np.random.default_rng([5, seed])
    time, status = patients(rng, 120, 20.0, 1.1)
    x, y = corners(time, status)
    columns = np.arange(0, 60, 12.0)
    for table in (None, [(time >= c).sum() for c in columns]):
        found = reconstruct(
            x, y, None if table is None else columns, table, patients=len(time), precision=1e-3
        )
        assert found.deaths.fewest <= status.sum() <= found.deaths.most
        assert found.deaths.fewest <= found.events <= found.deaths.most


def test_without_numbers_nobody_is_censored_before_the_end():
    """Guyot 2012: 100 patients, survival 0.4 at the end: 60 deaths, 40 followed to the end."""
    found = reconstruct([0, 5, 10, 20], [1, 0.7, 0.4, 0.4], patients=100)
    assert (found.events, found.censoring) == (60, "none_before_end")
    assert set(found.time[found.status == 0]) == {20.0}
    assert found.deaths.most == 60 > found.deaths.fewest


def test_exact_steps_say_who_was_at_risk():
    """Steps of 1 in 10 and 1 in 5: five left between them, which an exact reading shows."""
    level = [1, 0.9, 0.72, 0.54]
    found = reconstruct([0, 1, 2, 3], level, patients=10, precision=1e-5)
    assert (found.censoring, found.events) == ("steps", 3)
    assert found.at_risk([1, 2, 3]).tolist() == [10, 5, 4]
    rough = reconstruct([0, 1, 2, 3], level, patients=10, precision=0.002)
    assert rough.censoring == "none_before_end"


@pytest.mark.parametrize(
    ("deaths", "fewest", "most", "share"),
    [
        (60, 60, 60, 1.0),  # known
        (60, 30, 60, 2 / 3),  # (1/30 + 1/60) / 2 = 1/40
        (60, 20, 100, 5 / 9),  # (1/20 + 1/100) / 2 = 3/100
        (30, 30, 90, 1.0),  # never more than the patients themselves say
        (0, 0, 5, 1.0),
        (5, 0, 5, 1 / 3),  # no fewer than one death: (1 + 1/5) / 2 = 0.6
    ],
)
def test_the_information_of_a_range_is_that_of_the_mean_variance_of_its_ends(
    deaths, fewest, most, share
):
    assert information_share(deaths, fewest, most) == pytest.approx(share, abs=1e-12)


def _arm(time, status, deaths=None):
    curve = Report("curve", times=tuple(time), status=tuple(status), deaths=deaths)
    return SurvivalArm("A", "", (curve,))


def test_an_exponential_of_a_range_has_the_mean_variance_of_both_ends():
    """Log hazard of D deaths has the variance 1/D; Rubin's over both ends is their mean."""
    time, status = patients(np.random.default_rng(7), 100, 20.0, 1.1)
    died = int(np.sum(status))
    low, high = died // 3, died

    def variance(deaths):
        fit = fit_survival([_arm(time, status, deaths)], family="exponential", random="none")
        return float(fit.beta[0]), float(fit.vb[0, 0])

    known, ranged = variance(None), variance((low, high))
    assert ranged[0] == pytest.approx(known[0], abs=1e-6)
    assert known[1] == pytest.approx(1 / died, rel=1e-4)
    assert ranged[1] == pytest.approx((1 / low + 1 / high) / 2, rel=1e-4)


def test_families_averaged_are_less_sure_of_a_range():
    time, status = patients(np.random.default_rng(8), 100, 20.0, 1.1)
    died = int(np.sum(status))
    width = []
    for deaths in (None, (died // 2, died), (died // 6, died)):
        curve = averaged_curve(average_survival([_arm(time, status, deaths)]), [12.0])
        width.append(float(curve.ci_ub[0] - curve.ci_lb[0]))
    assert width[0] * 1.1 < width[1] < width[2] / 1.2
    one = pooled_survival(fit_survival([_arm(time, status)], family="weibull"), [12.0])
    assert one.ci_ub[0] - one.ci_lb[0] == pytest.approx(width[0], rel=0.25)


def _printed(seed, *, ticks, precision):
    """A curve of known patients, and the answer to it with their number alone."""
    rng = np.random.default_rng([6, seed])
    n = int(rng.integers(40, 300))
    time, status = patients(rng, n, float(rng.uniform(8, 60)), float(rng.uniform(0.7, 1.5)))
    x, y = corners(time, status)
    out = np.unique(time[status == 0])
    left = at(kaplan_meier(time, status), out)
    rows = [f"{a},{b},curve,months,{precision}" for a, b in zip(x, y, strict=True)]
    rows += [f"{a},{b},censor,months,{precision}" for a, b in zip(out, left, strict=True)] * ticks
    return n, status, y[-1], "\n".join(["time,survival,kind,unit,precision", *rows])


@pytest.mark.parametrize("given", ["patients", "time 0"])
@pytest.mark.parametrize(
    ("ticks", "precision", "taken"),
    [(False, 0.002, "none_before_end"), (True, 0.002, "ticks"), (False, 1e-5, "steps"),
     (True, 1e-5, "ticks")],
)  # fmt: skip
@pytest.mark.parametrize("seed", range(10))
def test_without_numbers_at_risk_none_are_said_to_be_met(
    tmp_path, seed, ticks, precision, taken, given
):
    """What stands in for them is said, and the true deaths are in the range.

    Where nothing shows who was censored (Guyot 2012), deaths are n (1 - S) at the end, the most
    that a curve allows, and nobody is censored before it.
    """
    n, status, last, content = _printed(seed, ticks=ticks, precision=precision)
    (tmp_path / "c.csv").write_text(content)
    (tmp_path / "r.csv").write_text(f"time,n\n0,{n}\n")
    more = ["--patients", str(n)] if given == "patients" else ["--at-risk", str(tmp_path / "r.csv")]
    out = tmp_path / "p.csv"
    asked = ["curve", "reconstruct", str(tmp_path / "c.csv"), *more, "--out", str(out)]
    answer = CliRunner().invoke(app, asked)
    assert answer.exit_code == 0, answer.output
    assert "numbers at risk met" not in answer.output
    assert "numbers at risk NOT met" not in answer.output
    assert CENSORING[taken] in " ".join(answer.output.split())
    (arm,) = json.loads(CliRunner().invoke(app, [*asked[:-2], "--json"]).stdout)["arms"]
    assert arm["censoring"] == taken
    assert arm["n"] == n
    assert arm["events_low"] <= status.sum() <= arm["events_high"]
    assert arm["fidelity"]["rmse"] < (0.01 if precision > 1e-4 else 1e-4)
    if taken == "none_before_end":
        assert arm["events"] == arm["events_high"]
        assert arm["events"] == pytest.approx(n * (1 - last), abs=1.5)
        pairs = zip(arm["patients"]["time"], arm["patients"]["status"], strict=True)
        assert len({time for time, died in pairs if not died}) <= 1
    elif precision < 1e-4:
        assert arm["events"] == status.sum()

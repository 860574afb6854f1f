"""Numbers at risk in another unit of time than the curve: converted, refused or warned of."""

import json

import pytest
from typer.testing import CliRunner

from hilum.cli.main import app
from hilum.errors import InputError
from hilum.literature.figures import Coordinates, check_against_curve, checked, read_risk_table
from hilum.literature.figures.check import LONG_AFTER
from hilum.literature.figures.risk import DAYS
from tests.literature.figures import trial
from tests.synthesis.survival.trials import corners

MONTHS = (0, 12, 24, 36, 48)
TIME, STATUS = trial(4)[0]
NUMBERS = [int((TIME >= t).sum()) for t in MONTHS]


def table(folder, times, head="time,n", more=""):
    rows = [f"{t},{n}{more}" for t, n in zip(times, NUMBERS, strict=True)]
    (folder / "r.csv").write_text("\n".join([head, *rows]))
    return folder / "r.csv"


def curve(unit="months", scale=1.0, precision=None):
    time, level = corners(TIME * scale, STATUS)
    read = Coordinates("c.csv", "", tuple(time.tolist()), tuple(level.tolist()),
                       (0,) * len(time), precision=precision)  # fmt: skip
    return checked(read, unit)


def reconstructed(folder, risk, unit="months", scale=1.0):
    time, level = corners(TIME * scale, STATUS)
    rows = [f"{t},{s},{unit},0.002" for t, s in zip(time, level, strict=True)]
    (folder / "c.csv").write_text("\n".join(["time,survival,unit,precision", *rows]))
    asked = ["curve", "reconstruct", str(folder / "c.csv"), "--at-risk", str(risk)]
    return CliRunner().invoke(app, [*asked, "--json"])


@pytest.mark.parametrize(
    ("head", "more", "per"),
    [
        ("years,n", "", 12), ("year,n", "", 12), ("time,n,unit", ",years", 12),
        ("Time,N,Unit", ",Year", 12), ("months,n", "", 1), ("time,n", "", 1),
        ("weeks,n", "", 12 * 7 / 365.25), ("days,n", "", 12 / 365.25),
    ],
)  # fmt: skip
def test_a_unit_that_is_said_is_converted(tmp_path, head, more, per):
    """A year has 12 months of 365.25/12 days."""
    risk = table(tmp_path, [t / per for t in MONTHS], head, more)
    found = read_risk_table(risk)[""].within("months")
    assert found.time == pytest.approx(MONTHS, abs=1e-9)
    assert found.n == tuple(NUMBERS)
    answer = reconstructed(tmp_path, risk)
    assert answer.exit_code == 0, answer.output
    (arm,) = json.loads(answer.stdout)["arms"]
    assert arm["risk_table"]["time"] == pytest.approx(MONTHS, abs=1e-9)
    assert arm["risk_table"]["reconstructed"] == NUMBERS


@pytest.mark.parametrize(
    ("head", "more", "wanted"),
    [
        ("time,n,unit", ",cycles", "one of days, weeks, months, years"),
        ("years,n,unit", ",months", "years as above"),
        ("years,months,n", "", "a header time,n"),
    ],
)
def test_a_unit_that_is_none_or_another_is_refused(tmp_path, head, more, wanted):
    with pytest.raises(InputError, match=wanted):
        read_risk_table(table(tmp_path, MONTHS, head, more))


def test_a_unit_is_said_once_or_on_every_row(tmp_path):
    (tmp_path / "r.csv").write_text("time,n,unit\n0,80,years\n1,60,\n2,40,years\n")
    assert read_risk_table(tmp_path / "r.csv")[""].unit == "years"
    (tmp_path / "r.csv").write_text("time,n,unit\n0,80,years\n1,60,months\n")
    with pytest.raises(InputError, match="r.csv:3: unit: 'months': expected years as above"):
        read_risk_table(tmp_path / "r.csv")


@pytest.mark.parametrize("unit", [one for one in DAYS if one != "years"])
def test_numbers_long_after_the_curve_are_refused_and_their_unit_named(tmp_path, unit):
    """A curve in years with a table in a shorter unit."""
    times = [t * DAYS["months"] / DAYS[unit] for t in MONTHS]
    risk = read_risk_table(table(tmp_path, times))[""]
    with pytest.raises(InputError) as error:
        check_against_curve(risk, curve("years", 1 / 12))
    told = str(error.value)
    assert "as the curve: it contradicts them so, and fits them in" in told
    assert unit in told.rpartition("fits them in ")[2]
    assert "say which in a column unit" in told
    check_against_curve(
        read_risk_table(table(tmp_path, times, f"{unit},n"))[""].within("years"),
        curve("years", 1 / 12),
    )


@pytest.mark.parametrize(("last", "refused"), [(29.9, False), (30.0, False), (30.1, True)])
def test_how_long_after_a_curve_patients_may_be_at_risk(tmp_path, last, refused):
    """Three times its length: the smallest ratio of two units is 4.3 weeks a month."""
    assert LONG_AFTER == 3.0
    assert DAYS["months"] / DAYS["weeks"] > LONG_AFTER
    (tmp_path / "r.csv").write_text(f"time,n\n0,80\n{last},20\n")
    risk = read_risk_table(tmp_path / "r.csv")[""]
    read = Coordinates("c.csv", "", (0.0, 5.0, 10.0), (1.0, 0.9, 0.8), (2, 3, 4))
    if not refused:
        check_against_curve(risk, checked(read, "months"))
        return
    with pytest.raises(InputError, match=r"r.csv:3: time: '30\.1'"):
        check_against_curve(risk, checked(read, "months"))


def test_nobody_at_risk_long_after_the_end_contradicts_nothing(tmp_path):
    (tmp_path / "r.csv").write_text("time,n\n0,80\n10,20\n40,0\n")
    read = Coordinates("c.csv", "", (0.0, 5.0, 10.0), (1.0, 0.9, 0.8), (2, 3, 4))
    check_against_curve(read_risk_table(tmp_path / "r.csv")[""], checked(read, "months"))


def test_years_under_months_are_refused_where_exact_steps_contradict_them(tmp_path):
    risk = read_risk_table(table(tmp_path, [t / 12 for t in MONTHS]))[""]
    with pytest.raises(InputError, match="fits them in years"):
        check_against_curve(risk, curve(precision=1e-5))
    # The same said: no contradiction; and clicks do not tell, so that both can be.
    check_against_curve(read_risk_table(table(tmp_path, MONTHS))[""], curve(precision=1e-5))
    check_against_curve(risk, curve())


def test_years_under_clicked_months_warn_and_say_what_to_do(tmp_path):
    risk = table(tmp_path, [t / 12 for t in MONTHS])
    answer = reconstructed(tmp_path, risk)
    assert answer.exit_code == 0, answer.output
    (arm,) = json.loads(answer.stdout)["arms"]
    checks = {one["code"]: one["outcome"] for one in arm["checks"]}
    assert checks["at_risk_reaches"] == "warn"


@pytest.mark.parametrize(("n", "outcome"), [(3, "ok"), (4, "ok"), (5, "warn")])
def test_patients_at_risk_after_the_end_of_the_curve_warn(tmp_path, n, outcome):
    """Five of a hundred in eighty patients are four."""
    (tmp_path / "c.csv").write_text("time,survival\n0,1\n5,0.9\n10,0.8\n")
    (tmp_path / "r.csv").write_text(f"time,n\n0,80\n8,40\n12,{n}\n")
    asked = ["curve", "reconstruct", str(tmp_path / "c.csv"), "--at-risk", str(tmp_path / "r.csv")]
    answer = CliRunner().invoke(app, [*asked, "--json"])
    assert answer.exit_code == 0, answer.output
    (arm,) = json.loads(answer.stdout)["arms"]
    assert {c["code"]: c["outcome"] for c in arm["checks"]}["at_risk_beyond"] == outcome

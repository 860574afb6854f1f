"""``hilum survival pool`` as a stranger uses it: every kind of report, and every bad one."""

import json

import numpy as np
import pytest

from hilum.cli import main
from hilum.synthesis.survival import Report, SurvivalArm, fit_survival, rate_at

HEADER = "study,arm,kind,time,value,lower,upper,n\n"
WITH_UNIT = "study,arm,kind,time,value,lower,upper,n,unit\n"
GOOD = (
    HEADER
    + """Smith 2001,,rate,12,82,,,50
Smith 2001,,rate,36,55,,,50
Smith 2001,,rate,60,40,,,50
Jones 2005,,median,,41,30,60,
Jones 2005,,rate,60,30,18,43,
Lee 2010,,median,,36,,,80
Wu 2015,,not_reached,48,,,,33
Kim 2018,a,rate,24,75,,,40
Kim 2018,a,rate,60,45,,,40
Kim 2018,a,at_risk,0,,,,40
Kim 2018,a,at_risk,24,,,,22
"""
)


def _write(folder, text, name="t.csv"):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def inside(monkeypatch, capsys):
    """The entry point in this process: its exit status and both streams."""

    def run(*words):
        monkeypatch.setattr("sys.argv", ["hilum", "survival", "pool", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            main.run()
        out, err = capsys.readouterr()
        return stop.value.code or 0, out, err

    return run


@pytest.fixture
def answer(inside):
    """The JSON object of a run that succeeds."""

    def run(*words):
        status, out, err = inside(*words, "--json")
        assert status == 0, err
        return json.loads(out)

    return run


def test_every_kind_goes_in_and_the_api_agrees(tmp_path, answer):
    found = answer(_write(tmp_path, GOOD), "--unit", "months", "--family", "weibull")
    assert found["reports"] == {"rate": 6, "median": 2, "not_reached": 1, "at_risk": 2}
    assert found["k"] == 5
    assert [one["time"] for one in found["rates"]] == [12, 36, 60, 120]
    assert [one["extrapolated"] for one in found["rates"]] == [False, False, False, True]

    def rate(t, v, n=None, low=None, high=None):
        return Report("rate", t, v, low, high, n)

    arms = [
        SurvivalArm("Smith", "", (rate(12, 0.82, 50), rate(36, 0.55, 50), rate(60, 0.4, 50))),
        SurvivalArm(
            "Jones", "", (Report("median", None, 41, 30, 60), rate(60, 0.3, None, 0.18, 0.43))
        ),
        SurvivalArm("Lee", "", (Report("median", None, 36, n=80),)),
        SurvivalArm("Wu", "", (Report("not_reached", 48, n=33),)),
        SurvivalArm(
            "Kim",
            "a",
            (
                rate(24, 0.75, 40),
                rate(60, 0.45, 40),
                Report("at_risk", 0, n=40),
                Report("at_risk", 24, n=22),
            ),
        ),
    ]
    fit = fit_survival(arms, family="weibull")
    assert found["rates"][2]["survival"] == pytest.approx(rate_at(fit, 60).value, rel=1e-6)
    assert found["loglik"] == pytest.approx(fit.loglik, rel=1e-9)


def test_families_are_shown_and_the_best_is_used(tmp_path, answer, inside):
    found = answer(_write(tmp_path, GOOD), "--family", "best")
    known = [one for one in found["families"] if one["aic"] is not None]
    assert found["aic"] == min(one["aic"] for one in known)
    assert len(known) >= 6
    out = inside(str(_write(tmp_path, GOOD)), "--unit", "months", "--family", "best")[1]
    assert "lognormal" in out
    assert "alive at 60 months" in out
    assert "median" in out


def test_patients_by_reference_and_curve_points(tmp_path, answer):
    rng = np.random.default_rng(2)
    time = rng.exponential(40, 80).round(2) + 0.01
    rows = "".join(f"{t},{int(t < 60)}\n" for t in time)
    (tmp_path / "ipd").mkdir()
    _write(tmp_path / "ipd", "time,status\n" + rows, "a.csv")
    points = [(0, 1.0), (10, 0.8), (20, 0.8), (40, 0.5)]
    text = HEADER.replace(",n\n", ",n,file\n") + "A,,curve,,,,,,ipd/a.csv\n"
    text += "".join(f"B,,curve,{t},{s},,,{60 if t else ''},\n" for t, s in points)
    found = answer(_write(tmp_path, text), "--unit", "months", "--plot", tmp_path / "p.svg")
    assert found["reports"] == {"curve": 1, "rate": 3}
    assert found["n"] == 140
    picture = (tmp_path / "p.svg").read_text("utf-8")
    assert picture.count("polygon") >= 1
    assert "studies" in picture
    assert "patients" in picture
    # the path may stand in the column value where there is no column file
    plain = answer(_write(tmp_path, HEADER + "A,,curve,,ipd/a.csv,,,\n"), "--unit", "months")
    assert plain["reports"] == {"curve": 1}


@pytest.mark.slow
def test_a_spline_has_its_posterior_by_weighted_draws(tmp_path, answer):
    text = HEADER + "".join(
        f"S{i},,rate,{t},{v},,,{40 + i}\n"
        for i in range(5)
        for t, v in ((12, 80 + i), (36, 60 - 2 * i), (60, 40 - 3 * i))
    )
    path = _write(tmp_path, text)
    found = answer(path, "--unit", "months", "--method", "bayes", "--family", "piecewise")
    assert found["effective_draws"] > 200


@pytest.mark.parametrize("method", ["bayes", "combescure", "combescure-fixed"])
def test_other_methods(tmp_path, method, answer, inside):
    text = HEADER + "".join(
        f"S{i},,rate,{t},{v},,,{40 + i}\n"
        for i in range(5)
        for t, v in ((12, 80 + i), (36, 60 - 2 * i), (60, 40 - 3 * i))
    )
    path = _write(tmp_path, text)
    found = answer(path, "--unit", "months", "--method", method, "--plot", tmp_path / "p.svg")
    other = answer(path, "--unit", "months")
    for one, joint in zip(found["rates"], other["rates"], strict=False):
        if one["time"] <= 60:
            assert one["survival"] == pytest.approx(joint["survival"], abs=0.08)
            assert one["ci"][0] < one["survival"] < one["ci"][1]
    if method == "bayes":
        # Families averaged have a posterior, by whatever name it is asked for.
        assert found["rates"] == other["rates"]
        assert sum(one["weight"] for one in found["families"]) == pytest.approx(1)
    else:
        assert found["k"] == 5
        assert {"Q", "I2", "H2", "median"} <= set(found)
    status, out, err = inside(path, "--method", method)
    assert (status, err) == (0, "")
    assert "alive at" in out


def test_years_and_months_say_the_same(tmp_path, answer):
    months = answer(
        _write(tmp_path, HEADER + "A,,rate,12,80,,,50\nA,,rate,60,40,,,50\n"), "--unit", "months"
    )
    years = WITH_UNIT + "A,,rate,1,0.8,,,50,years\nA,,rate,5,.4,,,50,years\n"
    other = answer(_write(tmp_path, years))
    assert other["unit"] == "years"
    assert other["rates_read_as"] == "share"
    for one, two in zip(months["rates"], other["rates"], strict=True):
        assert one["time"] == pytest.approx(12 * two["time"])
        assert one["survival"] == pytest.approx(two["survival"], rel=1e-6)


def test_rows_of_several_units_are_converted(tmp_path, answer, inside):
    """Rates, medians with their limits, numbers at risk, follow-ups and files of patients."""
    (tmp_path / "p.csv").write_text("time,status\n1,1\n2.5,1\n4,0\n5,1\n6,0\n")
    (tmp_path / "q.csv").write_text("time,status\n12,1\n30,1\n48,0\n60,1\n72,0\n")
    head = HEADER.replace(",n\n", ",n,file,unit\n")
    rest = "C,,median,,40,30,60,,,months\nD,,rate,36,60,,,40,,months\n"
    mixed = head + (
        "A,,rate,1,80,,,50,,years\nA,,rate,5,40,,,50,,Year\nA,,at_risk,2,,,,30,,years\n"
        "B,,median,,4,3,6,,,years\nB,,not_reached,1,,,,20,,years\nP,,curve,,,,,,p.csv,years\n"
    )
    same = head + (
        "A,,rate,12,80,,,50,,months\nA,,rate,60,40,,,50,,months\nA,,at_risk,24,,,,30,,months\n"
        "B,,median,,48,36,72,,,months\nB,,not_reached,12,,,,20,,months\n"
        "P,,curve,,,,,,q.csv,months\n"
    )
    one = answer(_write(tmp_path, mixed + rest), "--unit", "months")
    two = answer(_write(tmp_path, same + rest))
    assert (one["unit"], two["unit"]) == ("months", "months")
    assert one["rates"] == two["rates"]
    assert one["median"] == two["median"]
    assert "units_converted" in one["notes"]
    assert "units_converted" not in two["notes"]
    # Without --unit the one that most rows state.
    assert answer(_write(tmp_path, mixed + rest))["unit"] == "years"
    # A unit that no row states is one that all are converted to.
    out = inside(str(_write(tmp_path, mixed + rest)), "--unit", "weeks")[1]
    assert "rows state several units of time: all are converted to weeks" in out


def test_a_table_of_one_unit_is_in_no_other(tmp_path, inside):
    table = WITH_UNIT + "A,,rate,1,0.8,,,50,years\nA,,rate,5,.4,,,50,years\n"
    status, _out, err = inside(str(_write(tmp_path, table)), "--unit", "months")
    assert status == 1
    assert "the unit of the table's own column (years)" in err


@pytest.mark.parametrize("family", ["average", "best"])
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("A,,not_reached,24,,,,30\nB,,not_reached,36,,,,40\n", "no figure tells of a death"),
        ("A,,rate,12,100,,,30\nB,,rate,24,100,,,40\n", "no figure tells of a death"),
        ("A,,rate,12,0,,,30\nB,,rate,24,0,,,40\n", "no figure tells of anybody alive"),
    ],
)
def test_what_has_no_finite_estimate_says_what_is_missing(tmp_path, rows, words, family, inside):
    path = str(_write(tmp_path, HEADER + rows))
    status, out, err = inside(path, "--unit", "months", "--rates", "percent", "--family", family)
    assert (status, out) == (1, "")
    assert words in err


def test_one_earlier_figure_makes_the_fall_to_nobody_finite(tmp_path, answer):
    rows = "A,,rate,6,40,,,30\nA,,rate,12,0,,,30\nB,,rate,24,0,,,40\n"
    found = answer(_write(tmp_path, HEADER + rows), "--unit", "months")
    assert 0 < found["median"]["ci"][0] < found["median"]["value"] < 24


def test_a_curve_without_a_distribution_ends_where_its_grid_does(tmp_path, answer, inside):
    """Later reports of arms that are on no two neighbouring times of the grid reach nothing."""
    rows = "A,,rate,12,90,,,30\nA,,rate,24,70,,,30\nB,,rate,36,60,,,40\nB,,rate,60,40,,,40\n"
    path = _write(tmp_path, HEADER + rows)
    found = answer(path, "--unit", "months", "--method", "combescure")
    assert found["last"] == 24
    out = inside(path, "--unit", "months", "--method", "combescure")[1]
    assert "median not reached by 24 months" in out


BAD = {
    "percent mixed with shares": (
        "A,,rate,12,82,,,50\nB,,rate,12,0.6,,,50\n",
        "t.csv:3: value: '0.6'",
    ),
    "lower above value": ("A,,rate,12,50,60,70,\n", "t.csv:2: lower: '60'"),
    "upper below value": ("A,,median,,30,20,25,\n", "t.csv:2: upper: '25'"),
    "survival that rises": ("A,,rate,12,50,,,9\nA,,rate,36,60,,,9\n", "t.csv:3: value: '60'"),
    "two rates at one time": ("A,,rate,12,50,,,9\nA,,rate,12,40,,,9\n", "t.csv:3: time: '12'"),
    "no n and no interval": ("A,,rate,12,50,,,\n", "t.csv:2: n: ''"),
    "median without n": ("A,,median,,30,,,\n", "t.csv:2: n: ''"),
    "unknown kind": ("A,,rates,12,50,,,9\n", "nearest: 'rate'"),
    "rate without time": ("A,,rate,,50,,,9\n", "t.csv:2: time: ''"),
    "median not reached by when": ("A,,median,,NR,,,40\n", "t.csv:2: time: ''"),
    "follow-up of one not reached": ("A,,not_reached,,,,,40\n", "the median follow-up"),
    "rate at time 0": ("A,,rate,0,50,,,9\n", "t.csv:2: time: '0'"),
    "negative time": ("A,,rate,-12,50,,,9\n", "t.csv:2: time: '-12'"),
    "rate above 100": ("A,,rate,12,150,,,9\n", "t.csv:2: value: '150'"),
    "rate without value": ("A,,rate,12,,,,9\n", "t.csv:2: value: ''"),
    "words": ("A,,rate,12,eighty,,,9\n", "t.csv:2: value: 'eighty'"),
    "percent sign of a median": ("A,,median,,30%,,,9\n", "t.csv:2: value: '30%'"),
    "infinity": ("A,,rate,12,inf,,,9\n", "t.csv:2: value: 'inf'"),
    "n of 0": ("A,,rate,12,50,,,0\n", "t.csv:2: n: '0'"),
    "median of 0": ("A,,median,,0,,,9\n", "t.csv:2: value: '0'"),
    "two medians": ("A,,median,,30,,,9\nA,,median,,40,,,9\n", "t.csv:3: kind: 'median'"),
    "risk numbers that rise": (
        "A,,rate,12,50,,,9\nA,,at_risk,0,,,,9\nA,,at_risk,12,,,,10\n",
        "t.csv:4: n: '10'",
    ),
    "risk numbers alone": ("A,,at_risk,12,,,,9\n", "no usable report"),
    "no study": (",,rate,12,50,,,9\n", "t.csv:2: study"),
    "no such file of patients": ("A,,curve,,gone.csv,,,\n", "gone.csv"),
    "row of another length": ("A,,rate,12,50,,9\n", "7 cells"),
    "not a number of rows": ("", "at least one row"),
}


@pytest.mark.parametrize(("rows", "words"), BAD.values(), ids=BAD)
def test_bad_input_says_where(tmp_path, rows, words, inside):
    path, plot = _write(tmp_path, HEADER + rows), tmp_path / "p.svg"
    plot.write_text("kept")
    status, _out, err = inside(str(path), "--unit", "months", "--plot", str(plot))
    assert status == 1
    assert words in err
    assert "Traceback" not in err
    assert plot.read_text() == "kept"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["p.svg", "t.csv"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a header and at least one row"),
        ("study,kind\nA,rate\n", "value"),
        ("study,type,value\nA,rate,3\n", "kind"),
        (
            WITH_UNIT + "A,,rate,1,0.8,,,50,years\nB,,rate,9,.4,,,50,months\nC,,rate,9,.4,,,50,\n",
            "t.csv:4: unit: ''",
        ),
        (WITH_UNIT + "A,,rate,1,0.8,,,50,years\nB,,rate,9,.4,,,50,moons\n", "t.csv:3: unit"),
        (WITH_UNIT + "A,,rate,1,0.8,,,50,fortnights\n", "one of days"),
    ],
)
def test_bad_tables(tmp_path, text, words, inside):
    status, _out, err = inside(str(_write(tmp_path, text)))
    assert status == 1
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize("method", ["joint", "combescure", "combescure-fixed"])
@pytest.mark.parametrize(("rate", "words"), [("100", "of a death"), ("0", "anybody alive")])
def test_without_a_death_or_a_survivor_no_method_answers(tmp_path, inside, method, rate, words):
    """One death of forty-three, or one alive, is something."""
    rows = [f"A,,rate,12,{rate},,,20", f"B,,rate,24,{rate},,,15", f"C,,rate,12,{rate},,,8"]
    path = _write(tmp_path, HEADER + "\n".join(rows) + "\n")
    status, _out, err = inside(path, "--method", method, "--rates", "percent")
    assert status == 1
    assert words in err
    one = "A,,rate,12,95,,,20" if rate == "100" else "A,,rate,12,5,,,20"
    path = _write(tmp_path, HEADER + "\n".join([one, *rows[1:]]) + "\n")
    status, _out, err = inside(path, "--method", method, "--rates", "percent")
    assert status == 0, err


def test_families_without_a_shape_are_fitted_without_it(tmp_path, inside, answer):
    """No arm reports two times apart: exponential alone, whose location varies; that is said."""
    flat = HEADER + "A,,rate,60,70,,,80\nB,,rate,60,45,,,60\nC,,rate,60,40,,,50\n"
    path = str(_write(tmp_path, flat))
    more = ("--family", "best", "--random", "location+shape")
    found = answer(path, *more)
    assert (found["family"], found["random"]) == ("exponential", ["location"])
    assert "no_shape" in found["notes"]
    assert "exponential has no shape that could vary" in inside(path, *more)[1]
    status, _out, err = inside(path, "--family", "exponential", "--random", "location+shape")
    assert status == 1
    assert err.count("no shape") == 1
    assert "exponential: exponential" not in err
    full = answer(str(_write(tmp_path, GOOD)), *more)
    varies = {one["family"]: one["random"] for one in full["families"] if one["aic"] is not None}
    assert varies["exponential"] == "location"
    assert varies["weibull"] == "location+shape"
    assert "no_shape" not in full["notes"] or full["random"] == ["location"]


@pytest.mark.parametrize(
    ("rate", "said"), [("1", "alive at 1 year:"), ("2", "alive at 2 years"), ("0.5", "0.5 years")]
)
def test_one_year_is_one(tmp_path, inside, rate, said):
    path = _write(tmp_path, HEADER + "A,,rate,2,70,,,80\nA,,rate,5,45,,,80\n")
    _status, out, _err = inside(path, "--unit", "years", "--times", rate)
    assert said in out


@pytest.mark.parametrize(("second", "below"), [("60", True), ("20", False)])
def test_h2_below_one_is_explained(tmp_path, inside, second, below):
    """H2 is Q / df, as R's metaSurvival has it: it may be below 1, I2 is then 0."""
    text = f"A,,rate,12,61,,,50\nB,,rate,12,{second},,,50\n"
    _status, out, _err = inside(_write(tmp_path, HEADER + text), "--method", "combescure")
    assert ("(below 1: studies differ less than chance" in out) is below


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("A,,rate,12,61,,,50\n", "Filled dots: rates."),
        ("A,,median,,12,,,50\n", "Open dots: medians."),
        ("A,,rate,12,61,,,50\nB,,median,,12,,,50\n", "Filled dots: rates; open dots: medians."),
        ("A,,curve,,ipd.csv,,,\n", "Thin steps: patients."),
    ],
)
def test_the_picture_explains_what_is_drawn(tmp_path, inside, rows, said):
    _write(tmp_path, "time,status\n3,1\n5,1\n9,0\n12,1\n20,0\n", "ipd.csv")
    picture = tmp_path / "p.svg"
    status, _out, err = inside(_write(tmp_path, HEADER + rows), "--plot", picture)
    assert status == 0, err
    assert said in picture.read_text("utf-8")


def test_a_level_asked_for_leaves_the_printed_limits_what_they_are(tmp_path, answer):
    """Of 90 % the same curve and spread, narrower; limits printed at 90 % say less than at 95 %."""
    path = str(_write(tmp_path, HEADER + "A,,median,,41,30,60,\nB,,median,,30,22,45,\n"))
    usual, asked = answer(path), answer(path, "--level", "0.9")
    for name in ("tau2", "families", "Q"):
        assert usual[name] == asked[name]
    for one, other in zip(usual["rates"], asked["rates"], strict=True):
        assert one["survival"] == other["survival"]
        assert one["ci"][0] < other["ci"][0] < other["ci"][1] < one["ci"][1]
    printed = answer(path, "--printed-level", "0.9")
    low, high = usual["median"]["ci"]
    assert printed["median"]["ci"][1] / printed["median"]["ci"][0] > high / low
    freely = [answer(path, "--method", "combescure", *more) for more in ((), ("--level", "0.9"))]
    assert [freely[0][name] for name in ("Q", "tau2_steps")] == [
        freely[1][name] for name in ("Q", "tau2_steps")
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--family", "gamma"), "--family"),
        (("--method", "loess"), "--method"),
        (("--random", "slope"), "--random"),
        (("--unit", "moons"), "one of days"),
        (("--rates", "permille"), "--rates"),
        (("--times", "12,x"), "--times"),
        (("--horizon", "-3"), "--horizon"),
        (("--level", "95"), "--level"),
        (("--printed-level", "95"), "--printed-level"),
        (("--plot", "x.bmp"), "ends in .svg"),
        (("--plot", "t.csv/x.svg"), "can be written"),
    ],
)
def test_bad_options(tmp_path, options, words, inside, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _out, err = inside(str(_write(tmp_path, GOOD)), *options)
    assert status == 1
    assert words in err
    assert "Traceback" not in err


def test_patients_file_with_faults(tmp_path, inside):
    _write(tmp_path, "time,status\n3,1\n-2,0\n4,2\n", "ipd.csv")
    status, _out, err = inside(str(_write(tmp_path, HEADER + "A,,curve,,ipd.csv,,,\n")))
    assert status == 1
    assert "ipd.csv:3: time: '-2'" in err
    assert "ipd.csv:4: status: '2'" in err


def test_what_the_shape_rests_on_is_said(tmp_path, answer):
    """Medians alone: on the evidence, and on the widths where an interval of so many is printed."""

    def notes(*rows):
        found = answer(_write(tmp_path, HEADER + "\n".join(rows) + "\n"))["notes"]
        return [one for one in found if one.startswith("shape")]

    bare, half = "B,,median,,34,,,50", "B,,median,,34,22,,50"
    assert notes("A,,median,,30,20,45,50", bare) == ["shape_from_widths"]
    assert notes("A,,median,,30,,,50", half) == ["shape_from_widths"]
    assert notes("A,,median,,30,20,45,", bare) == ["shape_from_evidence"]
    assert notes("A,,rate,12,80,,,50", "A,,rate,36,50,,,50") == []


def test_an_interval_that_its_patients_hardly_make_is_named(tmp_path, answer, inside):
    """25 to 36 months of 120 patients, and of 40,000."""
    rows = HEADER + "A,,median,,30,25,36,{}\nB,,median,,34,24,46,50\n"
    fits, odd = (_write(tmp_path, rows.format(n), f"{n}.csv") for n in (120, 40000))
    assert "odd_widths" not in answer(fits)["notes"]
    found = answer(odd)
    assert "odd_widths" in found["notes"]
    assert found["odd_widths"] == ["A"]
    _, out, _ = inside(str(odd))
    assert "A: the interval of a median is far narrower, or wider, than so many" in out


def test_documented_degenerate_answers(tmp_path, answer):
    """One study, no unit, and medians only: answered, and said so."""
    single = _write(tmp_path, HEADER + "A,,rate,36,60,,,50\n")
    weighed = answer(single)
    assert weighed["notes"] == [
        "no_unit",
        "one_study",
        "shape_from_evidence",
        "extrapolated",
    ]
    assert weighed["rates"][0]["survival"] == pytest.approx(0.6, abs=0.01)
    found = answer(single, "--family", "best")
    assert found["k"] == 1
    assert found["heterogeneity"] is None
    assert found["rates"][0]["survival"] == pytest.approx(0.6, rel=1e-5)
    assert found["notes"] == ["no_unit", "one_study", "exponential_assumed", "extrapolated"]
    mixed = HEADER + "A,,rate,12,82,,,50\nB,,rate,12,0.6,,,50\n"
    settled = answer(_write(tmp_path, mixed), "--rates", "percent", "--unit", "months")
    assert settled["rates_read_as"] == "percent"


def test_notes_and_reasons_are_said(tmp_path, inside):
    rows = "A,,rate,24,40,,,30\nA,,median,,30,,,30\n"
    out = inside(str(_write(tmp_path, HEADER + rows)))[1]
    assert "no unit of time" in out
    assert "one study" in out
    assert "how the curve bends is taken from the arms of the shipped evidence" in out
    assert "contradict one another" in out
    assert "row 3 (A, median): the arm's own rates contradict it" in out
    nothing = "A,,rate,60,100,0,100,\nB,,rate,60,45,,,60\n"
    told = inside(str(_write(tmp_path, HEADER + nothing)), "--unit", "months")[1]
    assert "row 2 (A, rate): no number of patients, and no interval that says anything" in told
    out = inside(str(_write(tmp_path, HEADER + rows)), "--language", "zh")[1]
    assert "与该组自身的生存率相矛盾" in out


def test_what_did_not_enter_is_listed(tmp_path, answer):
    rows = "A,,rate,24,40,,,30\nA,,median,,30,,,30\nB,,rate,24,60,,,30\nB,,rate,48,35,,,30\n"
    found = answer(_write(tmp_path, HEADER + rows), "--unit", "months")
    assert [(one["row"], one["reason"]) for one in found["left_out"]] == [("3", "contradicts")]

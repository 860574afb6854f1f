"""Pooled hazard ratios against Parmar's arithmetic (1998), lifelines' Cox and Knapp's variance."""

import json

import numpy as np
import pytest
from scipy import special

from hilum.analyses import analysis
from hilum.analyses.forms import from_json, to_json
from hilum.analyses.hazard_ratios import read_ratio_patients
from hilum.analyses.tables import read_table
from hilum.errors import InputError
from hilum.language import words
from hilum.rendering.hazard_ratios import hazard_ratio_lines

RECORD = analysis("hazard_ratios")
Z = special.ndtri(0.975)


def patients(seed, n=80, ratio=0.6):
    rng = np.random.default_rng(seed)
    arm = np.arange(n) % 2
    died = rng.exponential(1 / (0.05 * ratio**arm))
    end = rng.uniform(10, 60, n)
    return np.minimum(died, end).round(2), (died < end).astype(int), arm


def asked(folder, rows, files=(), **options):
    for name, (time, status, arm) in files:
        lines = "".join(f"{t},{d},{a}\n" for t, d, a in zip(time, status, arm, strict=True))
        (folder / name).write_text("time,status,arm\n" + lines, "utf-8")
    path = folder / "t.csv"
    path.write_text("study,hazard_ratio,lower,upper,p,events,file\n" + rows, "utf-8")
    table = read_table(path)
    return RECORD.Asked(table=table, patients=read_ratio_patients(path, table), **options)


def test_printed_and_patients_are_pooled_together(tmp_path):
    from lifelines import CoxPHFitter
    from pandas import DataFrame

    rows = "A,0.6,0.4,0.9,,,\nB,0.7,,,0.04,,\nC,,,,,,c.csv\n"
    one = patients(1)
    found = RECORD.run(asked(tmp_path, rows, [("c.csv", one)]))
    a, b, c = found.studies
    assert (a.derived_from, b.derived_from, c.derived_from) == ("interval", "p value", "patients")
    cox = CoxPHFitter().fit(DataFrame({"t": one[0], "d": one[1], "arm": one[2]}), "t", "d")
    assert c.hazard_ratio == pytest.approx(float(np.exp(cox.params_["arm"])), rel=1e-6)
    assert (c.n, c.events) == (80, int(one[1].sum()))
    # Without variation the common effect is the weighted mean; Knapp's variance, modified, beside.
    log = np.log([0.6, 0.7, c.hazard_ratio])
    se = [
        np.log(0.9 / 0.4) / (2 * Z),
        abs(np.log(0.7)) / special.ndtri(0.98),
        float(cox.standard_errors_["arm"]),
    ]
    weight = 1 / np.array(se) ** 2
    assert found.tau2 == pytest.approx(0, abs=1e-8)
    assert np.log(found.common[0]) == pytest.approx((weight @ log) / weight.sum(), abs=1e-6)
    q = weight @ (log - (weight @ log) / weight.sum()) ** 2
    half = special.stdtrit(2, 0.975) * np.sqrt(max(q / 2, 1) / weight.sum())
    assert np.log(found.adhoc[2] / found.adhoc[1]) == pytest.approx(2 * half, rel=1e-5)
    assert (found.way, found.prediction) == ("prior", None)
    assert from_json(RECORD.Answered, to_json(found)) == found
    told = hazard_ratio_lines(found, words("en"))
    assert any("its patients: 80" in line for line in told)


CIRSE = (
    "T1,0.79,0.41,1.53\nT2,1.32,0.85,2.07\nT3,1.05,0.53,2.09\nT4,0.73,0.52,1.02\n"
    "T5,0.92,0.52,1.61\nT6,0.82,0.54,1.24\n"
)


# metafor 3.8-1, rma(yi, sei, method = "REML", test = "knha"), limits and tau; sei from the printed
# limits at qnorm((1 + printed) / 2).
@pytest.mark.parametrize(
    ("options", "figure", "tau"),
    [
        ({"level": 0.9}, (0.89643531, 0.73888206, 1.08758394), 0.10801227),
        ({"printed_level": 0.9}, (0.88836022, 0.69343410, 1.13808060), 0.0),
    ],
)
def test_the_level_asked_for_is_not_that_of_the_printed_limits(tmp_path, options, figure, tau):
    path = tmp_path / "t.csv"
    path.write_text("study,hazard_ratio,lower,upper\n" + CIRSE, "utf-8")
    found = RECORD.run(RECORD.Asked(table=read_table(path), **options))
    if tau:
        assert (found.hazard_ratio, *found.ci) == pytest.approx(figure, rel=1e-5)
    else:
        # hilum never narrows below the common effect's own variance (as Knapp and Hartung's may).
        assert found.hazard_ratio == pytest.approx(figure[0], rel=1e-6)
    assert found.tau2**0.5 == pytest.approx(tau, abs=1e-5)
    first = found.studies[0]
    z = special.ndtri(0.5 + options.get("level", 0.95) / 2)
    printed = special.ndtri(0.5 + options.get("printed_level", 0.95) / 2)
    assert np.log(first.ci[1] / first.ci[0]) == pytest.approx(
        np.log(1.53 / 0.41) * z / printed, rel=1e-9
    )


PRINTED = "A,0.7,0.5,0.98\nB,0.8,0.6,1.07\nC,0.9,0.6,1.35\nD,0.62,0.4,0.96\nE,1.1,0.7,1.73\n"


@pytest.mark.parametrize(
    ("k", "way", "new"),
    [(1, "study", False), (2, "prior", False), (3, "prior", False), (4, "prior", True),
     (5, "hybrid", True)],
)  # fmt: skip
def test_few_trials_are_shown_as_hilum_pool_shows_ratios(tmp_path, k, way, new):
    """The prior up to four, a new trial's interval from four; the figures are ``hilum pool``'s."""
    path = tmp_path / "t.csv"
    rows = "".join(f"{line}\n" for line in PRINTED.splitlines()[:k])
    path.write_text("study,hazard_ratio,lower,upper\n" + rows, "utf-8")
    found = RECORD.run(RECORD.Asked(table=read_table(path)))
    assert (found.way, found.prediction is not None) == (way, new)
    assert ("few" in found.notes) is (1 < k < 4)
    if k == 1:
        assert found.ci == pytest.approx((0.5, 0.98), rel=1e-3)
        return
    # The generic table wants each limit's own column: the same logs and variances.
    log = [np.log([float(x) for x in line.split(",")[1:]]) for line in rows.splitlines()]
    path.write_text(
        "study,yi,vi\n"
        + "".join(f"{i},{y},{((b - a) / (2 * Z)) ** 2}\n" for i, (y, a, b) in enumerate(log)),
        "utf-8",
    )
    pool = analysis("pool")
    same = pool.run(pool.Asked(table=read_table(path), measure="HR")).shown
    assert same.way == way
    ours = (found.hazard_ratio, *found.ci)
    assert ours == pytest.approx((same.pred, same.ci_lb, same.ci_ub), rel=1e-9)
    if new:
        ends = same.new_study.lower, same.new_study.upper
        assert found.prediction == pytest.approx(ends, rel=1e-9)
    if way == "prior":
        assert found.tau == pytest.approx(same.tau, rel=1e-9)
        assert found.common[0] == pytest.approx(same.common.pred, rel=1e-9)


def test_hazards_that_are_not_proportional_are_marked(tmp_path):
    rng = np.random.default_rng(2)
    arm = np.repeat([0, 1], 150)
    # Half of one arm dies at once, the other arm late: the curves cross.
    time = np.where(arm == 1, np.where(rng.uniform(size=300) < 0.5, 2, 90), 30)
    time = (time * rng.exponential(size=300)).clip(0.01)
    files = [("x.csv", (time.round(2) + 0.01, np.ones(300, int), arm))]
    found = RECORD.run(asked(tmp_path, "X,,,,,,x.csv\n", files))
    assert found.notes == ("one_study", "not_proportional", "own_unit")
    assert found.studies[0].zph_p < 0.05
    assert found.prediction is None
    assert found.tau2 is None
    assert any("?" in line for line in hazard_ratio_lines(found, words("en")))


def test_the_comparator_is_named_or_asked_for(tmp_path):
    time, status, arm = patients(3)
    named = np.where(arm == 1, "new", "old")
    files = [("c.csv", (time, status, named))]
    files.append(("d.csv", (time, status, named)))
    with pytest.raises(InputError, match="is new or old here: type reference new, or") as refused:
        RECORD.run(asked(tmp_path, "C,,,,,,c.csv\nD,,,,,,d.csv\n", files))
    assert len(refused.value.faults) == 1
    three = [("c.csv", (time[:3], status[:3], np.array(["a", "b", "c"])))]
    with pytest.raises(InputError, match="two arms; there are: a, b, c"):
        RECORD.run(asked(tmp_path, "C,,,,,,c.csv\n", three))
    one = RECORD.run(asked(tmp_path, "C,,,,,,c.csv\n", files, reference="old"))
    other = RECORD.run(asked(tmp_path, "C,,,,,,c.csv\n", files, reference="new"))
    assert one.hazard_ratio == pytest.approx(1 / other.hazard_ratio, rel=1e-6)


def test_every_fault_is_told_with_its_row(tmp_path):
    bad = (np.array([-1.0, 3.0]), np.array([1, 2]), np.array([0, 1]))
    with pytest.raises(InputError) as refused:
        RECORD.run(asked(tmp_path, "A,0.6,,,,,\nB,,,,,,b.csv\n", [("b.csv", bad)]))
    places = {(one.file.rsplit("/", 1)[-1], one.row, one.column) for one in refused.value.faults}
    assert places == {("t.csv", 2, "study"), ("b.csv", 2, "time"), ("b.csv", 3, "status")}


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("A,0.7,0.8,0.98,,,,,", "hazard_ratio, lower, upper", "0.7, 0.8, 0.98"),
        ("A,-0.7,,,,,0.03,,", "hazard_ratio, p", "-0.7, 0.03"),
        ("A,0.7,,,,,1.2,,", "hazard_ratio, p", "0.7, 1.2"),
        ("A,0.7,,,,,,30,0", "hazard_ratio, events, comparator_events", "0.7, 30, 0"),
        ("A,,,,3,0,,,", "observed_minus_expected, variance", "3, 0"),
        # Of a p value and deaths alone nobody knows which arm did better.
        ("A,,,,,,0.03,40,50", "study", "A"),
        ("A,,,,,,,,", "study", "A"),
    ],
)
def test_a_row_that_tells_of_no_ratio_names_its_numbers(tmp_path, row, column, value):
    path = tmp_path / "t.csv"
    head = "study,hazard_ratio,lower,upper,observed_minus_expected,variance,p,events"
    path.write_text(f"{head},comparator_events\n{row}\n", "utf-8")
    with pytest.raises(InputError) as refused:
        RECORD.run(RECORD.Asked(table=read_table(path, ("study",))))
    (fault,) = refused.value.faults
    assert (fault.row, fault.column, fault.value) == (2, column, value)
    assert str(refused.value).count("expected") == 1 + str(refused.value).count("_expected")


def test_the_command(tmp_path, capsys, monkeypatch):
    from hilum.cli import main

    path = tmp_path / "t.csv"
    path.write_text("study,hazard_ratio,lower,upper\nA,0.6,0.4,0.9\nB,0.8,0.5,1.28\n", "utf-8")
    monkeypatch.setattr("sys.argv", ["hilum", "survival", "hazard-ratio", str(path), "--json"])
    with pytest.raises(SystemExit) as stop:
        main.run()
    assert not stop.value.code
    assert json.loads(capsys.readouterr().out)["k"] == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,0.60,0.40,0.90,-0.51,0.2", ""),
        # The ratio is rounded to 0.01: its logarithm lies within -0.519 and -0.502.
        ("A,0.60,0.40,0.90,-0.520,0.2", "whose logarithm is -0.511, and yi is -0.520"),
        ("A,0.60,0.40,0.90,-0.519,0.2", ""),
        ("A,0.60,0.40,0.90,0.51,0.2", "0.60 is pooled"),
        ("A,0.80,,,-0.60,0.2", "0.55 is pooled"),
        ("A,0,,,-0.60,0.2", "hazard_ratio is 0, whose logarithm is –"),
        ("A,,,,-0.60,0.2", ""),
        ("A,0.60,0.40,0.90,,", ""),
    ],
)
def test_a_ratio_and_its_logarithm_that_contradict_each_other_are_said_by_row(tmp_path, row, said):
    path = tmp_path / "t.csv"
    head = "study,hazard_ratio,lower,upper,yi,sei\nZ,0.70,0.50,0.98,-0.36,0.17\n"
    path.write_text(head + row + "\n", "utf-8")
    found = RECORD.run(RECORD.Asked(table=read_table(path)))
    remarks = [str(one) for one in found.remarks]
    assert len(remarks) == bool(said)
    if said:
        assert "row 3 (A)" in remarks[0]
        assert said in remarks[0]


def test_a_trial_that_stands_twice_is_said(tmp_path):
    rows = "A,0.60,0.45,0.80,,,\n{again},0.62,0.45,0.82,,,\nB,0.72,0.50,1.04,,,\n"
    (one,) = (
        text for text in RECORD.run(asked(tmp_path, rows.format(again="A"))).remarks
        if "stands in rows" in text
    )  # fmt: skip
    assert one.startswith("A stands in rows 2, 3, which are pooled as trials of their own")
    other = RECORD.run(asked(tmp_path, rows.format(again="C"))).remarks
    assert not any("stands in rows" in text for text in other)

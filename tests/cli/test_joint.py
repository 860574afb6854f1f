"""``hilum joint`` as a stranger uses it."""

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from hilum.analyses.joint import answer
from hilum.analyses.joint_asked import JointAsked
from hilum.analyses.joint_fitted import Fitted, fitted
from hilum.analyses.joint_read import better_of, outcome_of
from hilum.analyses.joint_table import read_studies
from hilum.analyses.tables import read_table
from hilum.cli.main import application
from hilum.errors import HilumError, InputError, NotConverged
from hilum.language import words
from hilum.rendering.joint import joint_lines
from hilum.rendering.joint_apart import conflict_lines
from hilum.rendering.joint_plots import outcome_picture
from hilum.synthesis.joint.posterior import Target
from tests.cli.test_cli import hilum
from tests.made_fit import made_fit
from tests.synthesis.joint.conftest import ROWS, made_dial

HEADER = "study,treatment,design,event,n,pct\n"


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("joint") / "arms.csv"
    lines = [",".join("" if cell != cell else f"{cell}" for cell in row) for row in ROWS]
    path.write_text(HEADER + "\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def turned():
    """The same batch as the model's own tests fit."""
    return made_dial()


@pytest.fixture
def run(monkeypatch, turned, table):
    """The command with its fit already made: what is tested is everything around it."""
    asked = {}

    def ready(kind):
        def call(studies, priors, **given):
            asked.update(given, kind=kind, studies=studies, priors=priors)
            return turned if kind == "dial" else turned.fits[-1]

        return call

    monkeypatch.setattr("hilum.synthesis.joint.dial", ready("dial"))
    monkeypatch.setattr("hilum.synthesis.joint.joint", ready("joint"))

    def run(*words):
        done = invoked(table, *words)
        if done.exception is not None:
            raise done.exception
        return done.stdout, asked

    return run


def invoked(*words):
    return CliRunner().invoke(application("joint"), ["joint", *map(str, words)])


def test_one_json_object(run):
    out, asked = run("--json", "--weight-single", "0.5")
    found = json.loads(out)
    assert asked["weights"] == (0.5, 1.0)
    assert found["studies"] == {"randomised": 3, "comparative": 1, "single_arm": 4}
    assert found["components"] == [["A", "B", "C"], ["D"]]
    assert found["reference"] == "A"
    assert [one["treatment"] for one in found["absolute"]] == ["A", "B", "C", "D"]
    pairs = [(one["treatment"], one["comparator"]) for one in found["differences"]]
    assert pairs == [("B", "A"), ("C", "A"), ("D", "A")]
    for report in found["identification"]:
        assert sum(report["percent"].values()) == pytest.approx(100)
    # No bare ranking: every rank has an interval and the kinds of evidence behind it.
    for rank in found["ranks"]:
        assert 1 <= rank["ci"][0] <= rank["ci"][1] <= 3
        assert sum(rank["information"].values()) == pytest.approx(100)
    # D is in series alone: nothing compares it, and it has no rank.
    assert [rank["treatment"] for rank in found["ranks"]] == ["A", "B", "C"]
    assert all(rank["among"] == ["A", "B", "C"] for rank in found["ranks"])
    assert found["identification"][2]["percent"]["randomised"] == 0
    assert found["convergence"]["ess_per_second"] > 0
    for one in found["differences"]:
        assert all(error > 0 for error in one["ratio_ci_error"])
    assert found["warnings"][0] == "no_favoured"
    assert found["posterior_predictive"]["outside"] == []


def test_ranks_count_from_the_better_side(run):
    """Nobody said which is better: from the highest, and that stands above the column."""
    plain, high, low = (
        json.loads(run("--json", *more)[0])
        for more in ((), ("--better", "higher"), ("--better", "lower"))
    )
    assert [one["better"] for one in (plain, high, low)] == [None, "higher", "lower"]
    assert plain["ranks"] == high["ranks"]
    for first, last in zip(high["ranks"], low["ranks"], strict=True):
        assert first["mean"] + last["mean"] == pytest.approx(4)
        assert first["p_first"] == last["p_last"]
    for more, said in (
        ((), "rank 1 is the highest: whether that is better was not said"),
        (("--better", "higher"), "rank 1 is the highest, which is better"),
        (("--better", "lower"), "rank 1 is the lowest, which is better"),
    ):
        assert said in run(*more)[0].splitlines()[4]


@pytest.mark.parametrize(
    ("outcome", "better", "known"),
    [
        ("objective_response", None, "higher"),
        ("major_complication", None, "lower"),
        ("a scale of my own", None, None),
        ("a scale of my own", "lower", "lower"),
    ],
)
def test_the_side_of_an_outcome_is_known_or_said(table, tmp_path, outcome, better, known):
    path = tmp_path / "named.csv"
    first, *rows = table.read_text().splitlines()
    path.write_text("\n".join([f"{first},outcome", *(f"{one},{outcome}" for one in rows)]))
    asked = JointAsked(table=read_table(path), outcome=outcome, better=better)
    assert better_of(asked) == known
    assert outcome_of(asked) == outcome
    assert better_of(JointAsked(table=read_table(table))) is None


def test_a_side_that_the_outcome_does_not_have_is_refused():
    with pytest.raises(InputError, match="higher, as the outcome is"):
        better_of(JointAsked(better="lower"))


@pytest.mark.parametrize("word", ["RCT", "Randomised", "randomized", "随机对照"])
def test_designs_in_the_words_of_papers(table, tmp_path, word):
    path = tmp_path / "words.csv"
    path.write_text(table.read_text().replace(",randomised,", f",{word},").replace(
        ",single_arm,", ",Single-arm,"))  # fmt: skip
    found = read_studies(read_table(path), "", ())
    assert found.design.tolist() == read_studies(read_table(table), "", ()).design.tolist()


@pytest.mark.parametrize(("high", "said"), [(0.50, False), (0.60, False), (0.61, True)])
def test_a_share_s_interval_over_forty_points_is_said(turned, high, said):
    one = answer(Fitted(JointAsked(), None, Target(), turned.fits[-1], None))
    first = replace(one.absolute[0], ci=(0.2, high), ci_error=(0.001, 0.001))
    told = "\n".join(joint_lines(replace(one, absolute=(first, *one.absolute[1:])), words("en")))
    line = next(x for x in told.splitlines() if x.strip().startswith("A  "))
    assert ("its interval spans more than 40 points" in line) is said


def test_the_plot_prints_what_the_text_prints(turned):
    """Both to the digits that another seed would keep."""
    one = answer(Fitted(JointAsked(), None, Target(), turned.fits[-1], None))
    rough = replace(one.absolute[0], value=0.2849, value_error=0.004, ci=(0.1234, 0.5678),
                    ci_error=(0.02, 0.02))  # fmt: skip
    one = replace(one, absolute=(rough, *one.absolute[1:]))
    line = next(x for x in joint_lines(one, words("en")) if x.strip().startswith("A  "))
    figure = re.search(r"(\d+) % \((\d+ to \d+);", line)
    assert figure is not None
    assert f"{figure[1]} ({figure[2]})" in outcome_picture(one, words("en"))
    assert "95 % interval" in outcome_picture(one, words("en"))


def test_orientation_of_a_pair_is_the_one_asked(run):
    one = json.loads(run("--json", "--treatment", "A", "--versus", "D")[0])["differences"][0]
    other = json.loads(run("--json", "--treatment", "D", "--versus", "A")[0])["differences"][0]
    assert one["difference"] == pytest.approx(-other["difference"])
    assert one["ratio"] == pytest.approx(1 / other["ratio"])
    assert one["p_relevant"] == pytest.approx(other["p_relevant_lower"])


def test_words_say_what_carries_and_what_is_left(run, tmp_path):
    out, _ = run("--plot", tmp_path / "forest.svg")
    assert "3 randomised, 1 comparative and 4 single-arm studies" in out
    assert "no comparison: exchangeable baselines only" in out
    assert "without exchangeable baselines nothing is left" in out
    assert "rank" in out
    assert "no rank: no comparison" in out
    assert "Monte-Carlo error of the limits" in out
    assert "apart, C v. A: randomised alone" in out
    assert len(re.findall(r"conflict of kinds of evidence: 0 gross of \d+ looked at", out)) == 1
    assert "no arm is marked favoured" in out
    svg = (tmp_path / "forest.svg").read_text("utf-8")
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert "a new study" in svg


def test_the_dial_is_a_curve(run, tmp_path):
    out, asked = run("--dial", "--on", "single", "--plot", tmp_path / "dial.svg", "--json")
    assert asked["on"] == "single"
    found = json.loads(out)["dial"]
    assert [p["weight"] for p in found["differences"][0]["curve"]] == [0.0, 0.5, 1.0]
    assert found["refused"] == {}
    svg = (tmp_path / "dial.svg").read_text("utf-8")
    assert svg.count("v. A") == 3
    words, _ = run("--dial")
    assert "dial on single-arm and non-randomised evidence, 3 weights" in words


def test_arviz_file(run, turned, tmp_path, monkeypatch):
    """Made in memory and written at once: HDF5 on a full disk ends the process."""
    import warnings

    made, path = {}, tmp_path / "fit.nc"
    monkeypatch.setattr(
        "hilum.cli.writing.write", lambda content, place: made.update({place: content})
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out, _ = run("--arviz", path)
        assert "fit.nc" in out
        assert not any(tmp_path.iterdir())
        path.write_bytes(made[path])
        import arviz

        found = arviz.from_netcdf(path)
    draws = turned.fits[-1].draws["sigma"]
    assert found.posterior["sigma"].to_numpy() == pytest.approx(draws, rel=0, abs=0)
    assert found.attrs["weight_single_arm"] == turned.fits[-1].weights[0]
    assert set(found.groups()) == {"posterior", "posterior_predictive", "observed_data"}


def test_the_answer_goes_through_json_and_back(run):
    from hilum.analyses import analysis
    from hilum.analyses.forms import from_json, to_json

    answered = analysis("joint").Answered
    for given in (("--json",), ("--json", "--dial", "--on", "single", "--anchor", "A=0.1")):
        out, _ = run(*given)
        found = from_json(answered, out)
        assert json.loads(to_json(found)) == json.loads(out)
        assert from_json(answered, to_json(found)) == found
        assert len(found.arms) == len(ROWS)
        assert sum(one.design == "single_arm" for one in found.arms) == 4


def test_words_and_plots_in_chinese(run, tmp_path):
    for more in ((), ("--dial",)):
        out, _ = run("--language", "zh", "--plot", tmp_path / "plot.svg", *more)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in out)
        drawn = (tmp_path / "plot.svg").read_text("utf-8")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in drawn)


def test_priors_and_covariates_reach_the_model(run, tmp_path):
    path = tmp_path / "priors.toml"
    path.write_text("tau = {fixed = 0.2}\nbias_single = [0.3, 0.2]\n")
    _, asked = run("--priors", path, "--covariates", "all", "--json")
    assert asked["priors"].tau.fixed
    assert asked["studies"].covariates == ("pct",)


def test_a_gross_conflict_is_the_first_thing_said(turned):
    """Trials of C and A, and series, five standard errors apart by construction."""
    part = turned.fits[-1].parts["single_arm"]
    alpha = part.draws["alpha"] - np.array([0, 0, 20.0, 0])
    parts = {**turned.fits[-1].parts, "single_arm": replace(part, draws={"alpha": alpha})}
    fit = replace(turned.fits[-1], parts=parts)
    answered = answer(Fitted(JointAsked(), None, Target(), fit, None))
    assert answered.warnings[0] == "gross_conflict"
    found = next(one for one in answered.conflicts if one.comparator == "A")
    assert (found.treatment, found.gross, found.threshold) == ("C", True, 2.0)
    lines = joint_lines(answered, words("en"))
    assert "2 standard errors apart or more on C v. A; C" in lines[1]
    [said] = [line for line in lines if "conflict of kinds of evidence" in line]
    z = max(abs(one.z) for one in answered.conflicts)
    gross = sum(one.gross for one in answered.conflicts)
    assert f"{gross} gross of {len(answered.conflicts)} looked at; furthest C" in said
    assert f"{z:.1f} standard errors apart (gross from 2)" in said


def test_no_conflict_is_said_of_what_was_not_looked_at(turned):
    """Kinds that could not be fitted alone are named; without two kinds there is nothing."""
    fit = replace(turned.fits[-1], parts={})
    bare = answer(Fitted(JointAsked(), None, Target(), fit, None))
    assert bare.conflicts == ()
    [said] = conflict_lines(bare, words("en"))
    assert "not known of A, B, C" in said
    series = tuple(one for one in bare.arms if one.design == "single_arm")
    [said] = conflict_lines(replace(bare, arms=series), words("en"))
    assert said == "conflict of kinds of evidence: no treatment has arms of two kinds to compare"


def test_a_refused_fit_gives_its_reason(table, monkeypatch):
    def refused(*_, **__):
        raise NotConverged("R-hat 2")

    monkeypatch.setattr("hilum.synthesis.joint.joint", refused)
    done = invoked(table, "--json")
    assert isinstance(done.exception, NotConverged)
    assert json.loads(done.stdout) == {"model": "joint", "refused": "R-hat 2"}
    assert invoked(table).stdout == ""


def test_a_patient_s_facts_are_used_or_named(table, tmp_path, run, monkeypatch):
    path = tmp_path / "facts.csv"
    path.write_text(table.read_text().replace("pct\n", "pct_pancreatic\n"))
    asked = JointAsked(
        table=read_table(path), patient={"pct_pancreatic": 20.0, "pct_later_line": 100.0}
    )

    def fit(studies, *_, **__):
        made = made_fit(studies, slopes=True)
        flat = {"nu": np.zeros((4, 250, 1)), "spread": np.ones((4, 250, 1))}
        return replace(made, draws=made.draws | flat)

    monkeypatch.setattr("hilum.synthesis.joint.joint", fit)
    answered = answer(fitted(asked))
    assert answered.target.values == {"pct_pancreatic": 20.0}
    assert answered.target.unused == ("pct_later_line",)
    told = "\n".join(joint_lines(answered, words("en")))
    assert "in no column of the model: pct_later_line" in told
    # D is of studies with 80 % alone.
    assert "pct_pancreatic outside this treatment's studies" in told


def test_a_bias_prior_asks_for_the_arm_it_favours(table, tmp_path, run):
    path, marked = tmp_path / "priors.toml", tmp_path / "marked.csv"
    path.write_text("bias_comparative = [0.3, 0.2]\n")
    done = invoked(table, "--priors", path)
    assert isinstance(done.exception, InputError)
    assert "--priors: 'bias_comparative': expected a column favoured" in str(done.exception)
    lines = table.read_text().splitlines()
    flags = ["favoured"] + [str(int("n1,C" in line)) for line in lines[1:]]
    marked.write_text("\n".join(f"{a},{b}" for a, b in zip(lines, flags, strict=True)) + "\n")
    assert invoked(marked, "--priors", path, "--json").exception is None


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("t1,A,randomised,70,60,\nt1,B,randomised,2,60,\n", "bad.csv:2: event: '70': expected at"),
        ("t1,A,randomised,-1,60,\nt1,B,randomised,2,60,\n", "bad.csv:2: event: '-1'"),
        ("t1,A,randomised,1.5,60,\nt1,B,randomised,2,60,\n", "'1.5': expected a whole"),
        ("t1,A,randomised,x,60,\nt1,B,randomised,2,60,\n", "event: 'x': expected a number"),
        ("t1,A,randomised,,60,\nt1,B,randomised,2,60,\n", "bad.csv:2: event: ''"),
        ("t1,A,randomised,1,0,\nt1,B,randomised,2,60,\n", "bad.csv:2: n: '0'"),
        ("t1,A,trial,1,60,\nt1,B,trial,2,60,\n", "design: 'trial': expected one of randomised"),
        ("t1,,randomised,1,60,\nt1,B,randomised,2,60,\n", "treatment: '': expected a name"),
        ("t1,A,randomised,1,9,\nt1,A,randomised,2,9,\n", "bad.csv:3: treatment: 'A'"),
        ("t1,A,randomised,1,9,\nt1,B,comparative,2,9,\n", "bad.csv:3: design: 'comparative'"),
        ("t1,A,randomised,1,9,\nt1,B,randomised,2,9,\n", "one study only (t1)"),
        ("t1,A,randomised,1,9,\ns,B,single_arm,2,9,\n", "t1: randomised, but it has one arm"),
        ("", "at least one row below the header"),
    ],
)
def test_bad_tables_are_named(tmp_path, lines, words):
    path = tmp_path / "bad.csv"
    path.write_text(HEADER + lines)
    done = invoked(path)
    assert isinstance(done.exception, HilumError)
    assert words in str(done.exception)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--treatment", "E"), "--treatment: 'E': expected a treatment of the studies"),
        (("--treatment", "A", "--versus", "A"), "another treatment"),
        (("--at", "pct=3"), "expected a covariate: none"),
        (("--at", "pct"), "name=number"),
        (("--anchor", "E=0.1"), "'E'"),
        (("--anchor", "A=0.1,B=0.2"), "one treatment=value"),
        (("--anchor", "A=0"), "--anchor: 'A=0': expected a proportion above 0 and below 1"),
        (("--anchor", "A=1"), "expected a proportion above 0 and below 1"),
        (("--covariates", "age"), "there are: study"),
        (("--on", "all"), "--on: 'all': expected one of both, single, comparative"),
        (("--weight-single", "1.01"), "--weight-single: '1.01'"),
        (("--weight-comparative", "-0.01"), "a number from 0 to 1"),
        (("--chains", "1"), "--chains"),
        (("--draws", "99"), "--draws"),
    ],
)
def test_bad_options_are_named(table, given, words):
    done = invoked(table, *given)
    assert isinstance(done.exception, HilumError)
    assert words in str(done.exception)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--outcome", "objective_respons"), "nearest: 'objective_response'"),
        (("--population", "everyone"), "one of netlm"),
        (("no-such.csv",), "an existing CSV or XLSX file"),
        (("--outcome", "liver_metastases"), "expected two"),
        (("--priors", "no-such.toml"), "an existing file"),
    ],
)
def test_errors_are_one_message_without_traceback(words, said):
    done = hilum("joint", *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""

"""One record is enough: made-up ones go from the command line to what is printed or drawn."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from hilum.cli.main import app
from hilum.rendering.pool_plots import PLOT_KINDS, PlotKind
from hilum.synthesis.effects import MEASURES, Measure
from hilum.synthesis.exact import EXACT_MODELS, ExactModel, exact_model
from hilum.synthesis.heterogeneity import ESTIMATORS, Estimator
from hilum.synthesis.models import POOLERS, Pooler
from hilum.synthesis.wald import INFERENCES, Inference


@pytest.fixture
def said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HILUM_LANGUAGE", raising=False)

    def run(content, *arguments):
        (tmp_path / "t.csv").write_text(content)
        done = CliRunner().invoke(app, ["pool", "t.csv", *arguments])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    return run


EFFECTS = "yi,vi\n1,0.5\n2,0.5\n4,0.5\n"
COUNTS = "xi,ni\n3,20\n8,22\n5,40\n"


def test_a_measure(said, monkeypatch):
    def third(values, add, to):
        x, n = np.asarray(values[0]), np.asarray(values[1])
        return x / n / 3, 1 / n

    monkeypatch.setitem(
        MEASURES, "THIRD", Measure("THIRD", ("zi", "ni"), third, "exp", "ratio", notes=())
    )
    text = said("zi,ni\n3,10\n6,20\n", "--measure", "THIRD", "--method", "EE")
    # Both are 0.1 on the model's own scale, 1.96 / sqrt(30) around: exp(0.1 -+ 0.3578).
    assert text.splitlines()[:2] == [
        "THIRD, equal effects, 95 % interval: 2 studies (THIRD, EE, z)",
        "  1.11 (0.77 to 1.58)",
    ]
    assert "--zi" in CliRunner().invoke(app, ["pool", "--help"]).output
    assert "<svg" in _drawn(said, "zi,ni\n3,10\n6,20\n", "--measure", "THIRD")


def _drawn(said, content, *arguments):
    from pathlib import Path

    said(content, *arguments, "--plot", "p.svg")
    return Path("p.svg").read_text("utf-8")


def test_an_estimator_of_tau2(said, monkeypatch):
    def nine(y, v, basis, p, start):
        return np.full(y.shape[:-1], 9.0)

    monkeypatch.setitem(
        ESTIMATORS, "NINE", Estimator("NINE", nine, None, iterative=False, source="a test")
    )
    text = said(EFFECTS, "--method", "NINE")
    assert "random effects, 95 % interval by Hartung-Knapp or z, the wider: 3 studies" in text
    assert "(GEN, NINE, hybrid)" in text
    assert "tau2 9 (" in text


def test_a_test(said, monkeypatch):
    monkeypatch.setitem(
        INFERENCES, "wide", Inference("wide", "wide", student=False, scale=lambda q, df: 100.0)
    )
    plain = json.loads(said(EFFECTS, "--method", "EE", "--json"))
    wide = json.loads(said(EFFECTS, "--method", "EE", "--test", "wide", "--json"))
    assert wide["se"][0] == pytest.approx(10 * plain["se"][0], rel=1e-12)


def test_an_exact_likelihood(said, monkeypatch):
    binomial = exact_model("PLO")
    mine = ExactModel(
        "PR",
        "MINE",
        "made up",
        True,
        binomial.informative,
        binomial.ends,
        binomial.maximise,
        binomial.ceiling,
    )
    EXACT_MODELS.append(mine)
    try:
        text = said(COUNTS, "--measure", "PR", "--method", "GLMM", "--model", "MINE")
    finally:
        EXACT_MODELS.remove(mine)
    assert text.startswith("proportion, random effects, exact made up likelihood, 95 % interval")
    assert "interval by t: 3" in text


def test_a_way_to_pool(said, monkeypatch):
    from hilum.synthesis import fit

    def median(asked):
        middle = float(np.median(asked.yi))
        return fit([middle], [1.0], method="EE", level=asked.level)

    monkeypatch.setitem(POOLERS, "MEDIAN", Pooler("MEDIAN", median, weighted=True))
    text = said(EFFECTS, "--method", "MEDIAN")
    assert text.splitlines()[1].startswith("  2.0 (")


def test_a_kind_of_plot(said, monkeypatch):
    def draw(answer, words, look):
        return f"<svg>{answer.k} {words('study')}</svg>"

    monkeypatch.setitem(PLOT_KINDS, "mine", PlotKind(draw))
    assert _drawn(said, EFFECTS, "--kind", "mine") == "<svg>3 study</svg>"
    assert _drawn(said, EFFECTS, "--kind", "mine", "--language", "zh") == "<svg>3 研究</svg>"


def test_an_analysis(monkeypatch):
    from hilum.analyses import ANALYSES, Analysis

    made = Analysis("twice", "hilum.analyses.pool", "PoolAsked", "PoolAnswered", "Pool again.")
    monkeypatch.setitem(ANALYSES, "twice", made)
    done = CliRunner().invoke(app, ["schema", "twice"])
    assert json.loads(done.output)["title"] == "PoolAnswered"
    assert "twice: Pool again." in CliRunner().invoke(app, ["schema"]).output

"""``hilum trials rank`` as a stranger uses it."""

import json
import re
import sys
from xml.etree import ElementTree

import pytest

from hilum import derived
from hilum.analyses.rank import RankAsked
from hilum.analyses.rank import run as run_ranking
from hilum.cli.main import run
from hilum.errors import NotEstimable, Stopped
from hilum.sheet import comparable
from tests.cli.test_cli import hilum
from tests.made_fit import made_fit

JOINT = ("--outcome", "objective_response", "--population", "netlm", "--draws", "1000")
QUICK = (*JOINT, "--model", "pooled")


@pytest.fixture
def fitted(monkeypatch):
    """The joint model with its posterior already made: what is tested is everything around it."""
    asked = []

    def joint_each(data, *, seed, ready, watch):
        asked.extend(data)
        watch.done()
        fits = [made_fit(studies, seed=seed) for studies in data]
        for place, fit in enumerate(fits):
            ready(place, fit)
        return fits

    monkeypatch.setattr("hilum.synthesis.joint.joint_each", joint_each)
    return asked


def _said(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["hilum", "trials", "rank", *words])
    with pytest.raises(SystemExit) as ended:
        run()
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def _json(monkeypatch, capsys, *words):
    code, out, err = _said(monkeypatch, capsys, *words, "--json")
    assert not code, err
    return json.loads(out)


def test_ranking_of_the_shipped_evidence(monkeypatch, capsys, evidence):
    found = _json(monkeypatch, capsys, *QUICK)
    assert found["asked"]["patients_per_year"] == 100
    [group] = found["outcomes"]
    names = list(group["treatments"])
    # Pairs that nobody would randomise are listed apart; the two lists are all pairs.
    pairs = [frozenset(one["treatments"]) for one in (*group["candidates"], *found["left_out"])]
    assert len(set(pairs)) == len(pairs) == len(names) * (len(names) - 1) // 2
    totals = [one["best"]["total"] for one in group["candidates"]]
    assert totals == sorted(totals, reverse=True)
    known = {study.study_id for study in evidence.studies}
    for body in group["treatments"].values():
        assert set(body["studies"]) <= known
        assert len(body["studies"]) == body["k"]
    for one in group["candidates"]:
        for point in one["designs"]:
            assert 0 <= point["evsi"] <= one["evpi"] + 4 * one["evpi_mcse"]
            assert point["patients"] <= 150
            assert point["years_to_result"] == pytest.approx(point["patients"] / 30 + 1)


def test_the_joint_posterior_is_the_default(monkeypatch, capsys, fitted):
    words = ("--outcome", "disease_control", "--draws", "1000")
    found = _json(monkeypatch, capsys, *words)
    assert [one["model"]["name"] for one in found["outcomes"]] == ["joint", "joint"]
    assert len(fitted) == 2
    group = next(one for one in found["outcomes"] if one["population"] == "mixed_net")
    assert group["model"]["reason"] is None
    assert any(name.startswith("everolimus+") for name in group["model"]["not_ranked"])
    assert set(group["knowing"]) >= {"difference", "own", "baseline", "bias_single"}
    for one in group["candidates"]:
        assert sum(one["information_percent"].values()) == pytest.approx(100)
        for point in one["designs"]:
            assert 0 <= point["evsi"] <= one["evpi"] + 4 * one["evpi_mcse"]
    # One population alone has the figures it has among all, and only its model is fitted.
    alone = _json(monkeypatch, capsys, *words, "--population", "mixed_net")
    assert alone["outcomes"] == [group]
    assert len(fitted) == 3


def test_a_second_ranking_fits_nothing(monkeypatch, capsys, fitted, tmp_path):
    """Fits are kept by what they depend on: other costs and pairs find them, another seed not."""
    monkeypatch.setenv(derived.VARIABLE, str(tmp_path))
    words = ("--outcome", "disease_control", "--draws", "1000")
    first = _json(monkeypatch, capsys, *words)["outcomes"]
    assert len(fitted) == len(list((tmp_path / "joint").iterdir())) == 2
    assert _json(monkeypatch, capsys, *words)["outcomes"] == first
    _json(monkeypatch, capsys, *words, "--patients-per-year", "50", "--population", "netlm")
    assert len(fitted) == 2
    _json(monkeypatch, capsys, *words, "--population", "netlm", "--seed", "2")
    assert len(fitted) == 3


def test_what_was_fitted_before_a_stop_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv(derived.VARIABLE, str(tmp_path))
    asked = []

    def joint_each(data, *, seed, ready, watch):
        asked.append(len(data))
        ready(0, made_fit(data[0], seed=seed))
        if len(data) > 1:
            raise Stopped
        return [made_fit(data[0], seed=seed)]

    monkeypatch.setattr("hilum.synthesis.joint.joint_each", joint_each)
    question = RankAsked(outcome="disease_control", draws=1000)
    with pytest.raises(Stopped):
        run_ranking(question)
    assert [one.model.name for one in run_ranking(question).outcomes] == ["joint", "joint"]
    assert asked == [2, 1]


def test_too_few_studies_for_the_joint_model_are_pooled_and_said(monkeypatch, capsys):
    def none(*_, **__):
        raise NotEstimable("one study")

    monkeypatch.setattr(comparable, "joint_evidence", none)
    words = ("--outcome", "overall_survival_rate_36m", "--population", "mixed_net")
    [group] = _json(monkeypatch, capsys, *words)["outcomes"]
    assert group["population"] == "mixed_net"
    assert (group["model"]["name"], group["model"]["reason"]) == ("pooled", "studies")


def test_only_models_that_hold_the_treatments_are_fitted(monkeypatch, capsys, fitted):
    words = ("--outcome", "objective_response", "--draws", "1000", "--treatment")
    found = _json(monkeypatch, capsys, *words, "tace", "--treatment", "tae")
    assert [one["population"] for one in found["outcomes"]] == ["netlm"]
    assert len(fitted) == 1


@pytest.mark.parametrize("model", ["joint", "pooled"])
def test_a_pair_has_the_same_figures_alone_and_a_seed_repeats_them(
    monkeypatch, capsys, fitted, model
):
    given = (*JOINT, "--model", model)
    every = _json(monkeypatch, capsys, *given)["outcomes"][0]["candidates"]
    words = (*given, "--treatment", "tace", "--treatment", "tare")
    [one] = _json(monkeypatch, capsys, *words)["outcomes"][0]["candidates"]
    same = next(c for c in every if set(c["treatments"]) == {"tace", "tare"})
    assert {**same, "rank": 1} == one
    assert _json(monkeypatch, capsys, *words, "--seed", "2")["outcomes"][0]["candidates"] != [one]


def test_wider_doubt_about_series_is_worth_more(monkeypatch, capsys):
    words = (*QUICK, "--treatment", "tace", "--treatment", "tare", "--draws", "10000")
    values = [
        _json(monkeypatch, capsys, *words, "--bias-sd", sd)["outcomes"][0]["candidates"][0]["evpi"]
        for sd in ("0", "0.35", "1")
    ]
    assert values == sorted(values)


def test_survival_is_in_months_and_late_rates_wait(monkeypatch, capsys):
    words = ("--model", "pooled", "--population", "mixed_net", "--draws", "1000", "--outcome")
    [group] = _json(monkeypatch, capsys, *words, "overall_survival")["outcomes"]
    assert group["unit"] == "months of survival"
    assert all(0 < m <= 60 for one in group["candidates"] for m in one["expected"])
    words = ("--model", "pooled", "--population", "netlm", "--draws", "1000", "--outcome")
    [group] = _json(monkeypatch, capsys, *words, "overall_survival_rate_60m")["outcomes"]
    point = group["candidates"][0]["best"]
    assert point["years_to_result"] == pytest.approx(point["patients"] / 30 + 5)


def test_money_and_the_picture(monkeypatch, capsys, tmp_path):
    path = tmp_path / "worth.svg"
    words = ("--per-unit", "50000", "--cost-per-patient", "20000", "--plot", str(path))
    found = _json(monkeypatch, capsys, *QUICK, *words)
    for one in found["outcomes"][0]["candidates"]:
        for point in one["designs"]:
            expected = 50_000 * point["total"] - 20_000 * point["patients"]
            assert point["net"] == pytest.approx(expected)
    drawn = ElementTree.fromstring(path.read_text("utf-8"))
    texts = [node.text for node in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "Objective response, NET liver metastases" in texts
    assert any("TACE" in (text or "") for text in texts)
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}polyline"))) >= 5


def test_words_state_the_assumptions():
    done = hilum("trials", "rank", *QUICK, "--top", "2")
    assert done.returncode == 0, done.stderr
    assert "not a comparison" in done.stdout
    assert "3 more comparisons" in done.stdout
    assert "standard deviation 0.35" in done.stdout


def test_words_of_the_joint_model_in_both_languages(monkeypatch, capsys, fitted, tmp_path):
    from hilum.cli import trials_rank

    spoken = []
    original = trials_rank.words_of

    def words_of(said):
        spoken.append(original(said))
        return spoken[-1]

    monkeypatch.setattr(trials_rank, "words_of", words_of)
    path = tmp_path / "worth.svg"
    words = ("--outcome", "mortality_30d", "--draws", "1000", "--plot", str(path))
    _, out, _ = _said(monkeypatch, capsys, *words)
    assert f"draws: joint model of {fitted[0].count} studies" in out
    assert "information on the difference:" in out
    assert "worth knowing" in out
    assert "Pooled draws" not in out
    _, out, _ = _said(monkeypatch, capsys, *words, "--language", "zh-Hans")
    assert f"抽样：{fitted[-1].count} 项研究的联合模型" in out
    drawn = path.read_text("utf-8")
    assert "试验患者数" in drawn
    assert "避免的 30 天内死亡" in drawn
    assert [one.language for one in spoken] == ["en", "zh-Hans"]
    assert spoken[-1].missing == set()
    # Nothing English is left but names, abbreviations, options and ids of studies.
    left = {word for word in re.findall(r"[a-z]{4,}", out) if word not in str(path)}
    codes = {"debulking", "octreotide", "isolated", "perfusion"}
    assert left <= codes | {"docs", "joint", "fiore", "json"}


def test_the_reason_for_pooled_draws_is_said(monkeypatch, capsys):
    from hilum.errors import MissingExtra, NotConverged

    for error, said in (
        (MissingExtra("pip install"), "the extra joint is not installed (pip install)"),
        (NotConverged("R-hat 1.2"), "its fit failed its checks (R-hat 1.2)"),
    ):

        def joint_each(*_, error=error, **__):
            raise error

        monkeypatch.setattr("hilum.synthesis.joint.joint_each", joint_each)
        code, out, _ = _said(monkeypatch, capsys, *JOINT)
        assert not code
        assert said in out
        assert "not a comparison" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--outcome", "cure"), "--outcome: 'cure': expected one of objective_response"),
        (("--population", "all"), "--population: 'all'"),
        (("--treatment", "magic"), "--treatment: 'magic'"),
        ((*QUICK, "--treatment", "cabozantinib"), "no study gives a figure"),
        (("--decision", "both"), "--decision: 'both'"),
        (("--model", "mixed"), "--model: 'mixed': expected one of joint, pooled"),
        (("--language", "fr"), "--language: 'fr': expected one of en, zh-Hans"),
        (("--patients-per-year", "0"), "--patients-per-year: '0'"),
        (("--recruit-per-year", "-4"), "--recruit-per-year: '-4'"),
        (("--recruit-per-year", "2"), "enough for 20 patients in 5 years"),
        (("--horizon", "-1"), "--horizon: '-1'"),
        (("--discount", "3"), "discount: '3'"),
        (("--follow-up", "-1"), "--follow-up: '-1'"),
        (("--draws", "10"), "--draws: '10'"),
        (("--seed", "-1"), "--seed: '-1'"),
        (("--bias-sd", "-1"), "--bias-sd: '-1'"),
        (("--restricted-months", "0"), "--restricted-months: '0'"),
        (("--per-unit", "5"), "--outcome: 'none'"),
        (("--outcome", "overall_survival", "--fixed-cost", "5"), "--per-unit: 'none'"),
        ((*QUICK, "--per-unit", "-5"), "--per-unit: '-5'"),
        (("--plot", "x.bmp"), "--plot: 'x.bmp'"),
        ((*QUICK, "--plot", "/dev/null/x.svg"), "/dev/null/x.svg"),
        (("/nowhere",), "nowhere"),
    ],
)
def test_bad_input_is_one_message(monkeypatch, capsys, words, message):
    code, out, err = _said(monkeypatch, capsys, *words)
    assert code == 1
    assert err.startswith("hilum: ")
    assert message in err
    assert not out

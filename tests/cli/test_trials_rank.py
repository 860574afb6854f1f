"""``hilum trials rank`` as a stranger uses it."""

import json
import sys
from xml.etree import ElementTree

import pytest

from hilum.cli.main import run
from tests.cli.test_cli import hilum

QUICK = ("--outcome", "objective_response", "--population", "netlm", "--draws", "2000")


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
    assert len(group["candidates"]) == len(names) * (len(names) - 1) // 2
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


def test_a_pair_has_the_same_figures_alone_and_a_seed_repeats_them(monkeypatch, capsys):
    every = _json(monkeypatch, capsys, *QUICK)["outcomes"][0]["candidates"]
    words = (*QUICK, "--treatment", "tace", "--treatment", "tare")
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
    words = ("--population", "mixed_net", "--draws", "1000", "--outcome")
    [group] = _json(monkeypatch, capsys, *words, "overall_survival")["outcomes"]
    assert group["unit"] == "months of survival"
    assert all(0 < m <= 60 for one in group["candidates"] for m in one["expected"])
    words = ("--population", "netlm", "--draws", "1000", "--outcome")
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
    assert "Objective response, NETLM" in texts
    assert any("TACE" in (text or "") for text in texts)
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}polyline"))) >= 5


def test_words_state_the_assumptions():
    done = hilum("trials", "rank", *QUICK, "--top", "2")
    assert done.returncode == 0, done.stderr
    assert "not a comparison" in done.stdout
    assert "13 more comparisons" in done.stdout
    assert "standard deviation 0.35" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--outcome", "cure"), "--outcome: outcome: 'cure': expected one of objective_response"),
        (("--population", "all"), "--population: population: 'all'"),
        (("--treatment", "magic"), "--treatment: treatment: 'magic'"),
        ((*QUICK, "--treatment", "cabozantinib"), "no study gives a figure"),
        (("--decision", "both"), "--decision: decision: 'both'"),
        (("--patients-per-year", "0"), "--patients-per-year: patients-per-year: '0'"),
        (("--recruit-per-year", "-4"), "--recruit-per-year: recruit-per-year: '-4'"),
        (("--recruit-per-year", "2"), "enough for 20 patients in 5 years"),
        (("--horizon", "-1"), "--horizon: horizon: '-1'"),
        (("--discount", "3"), "discount: '3'"),
        (("--follow-up", "-1"), "--follow-up: follow-up: '-1'"),
        (("--draws", "10"), "--draws: draws: '10'"),
        (("--seed", "-1"), "--seed: seed: '-1'"),
        (("--bias-sd", "-1"), "--bias-sd: bias-sd: '-1'"),
        (("--restricted-months", "0"), "--restricted-months: restricted-months: '0'"),
        (("--per-unit", "5"), "--outcome: outcome: 'none'"),
        (("--outcome", "overall_survival", "--fixed-cost", "5"), "--per-unit: per_unit: 'none'"),
        ((*QUICK, "--per-unit", "-5"), "--per-unit: per-unit: '-5'"),
        (("--plot", "x.png"), "--plot: plot: 'x.png'"),
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

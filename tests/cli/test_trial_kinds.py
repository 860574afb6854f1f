"""The kinds that came later say what their functions say, in every form."""

import json
import math
from io import BytesIO

import numpy as np
import pytest
from typer.testing import CliRunner

import hilum
from hilum.cli.main import app
from hilum.sheet.assumptions import answer_for, events_of_figure, predictive_prior
from hilum.trials import (
    BetaMixture,
    Course,
    Hazard,
    assurance_survival,
    borrowed_trial,
    effective_size,
    fit_mixture,
    group_sequential,
    power_prior,
    promising_zone,
    stratified_survival,
    survival,
)
from hilum.trials.borrowing.assurance import assurance_of_proportions, proportions_power
from hilum.trials.fixed.course import expected_events
from hilum.trials.fixed.stratified import Mixture
from tests.spaces import tight

SURVIVAL = ("--accrual", "30", "--follow-up", "18")
COURSE = Course(30, 18)
PRRT = ("--control-from-evidence", "prrt_lu177", "--outcome", "progression_free_survival")
TEMOZOLOMIDE = ("--control-from-evidence", "chemo_temozolomide", "--outcome", "objective_response")


def run(*arguments):
    result = CliRunner().invoke(app, ["trials", "design", *arguments])
    assert result.exit_code == 0, result.exception
    return result.stdout


def as_json(*arguments):
    return json.loads(run(*arguments, "--json"))


def facts(found, code):
    (step,) = [one for one in found["steps"] if one["code"] == code]
    return step["facts"]


def test_strata_as_typed():
    found = as_json("stratified", "--hazard-ratio", ".65", *SURVIVAL, "--stratum",
                    "0.4 30 low burden", "--stratum", "0.6 14")  # fmt: skip
    plan = stratified_survival(0.65, [30, 14], [0.4, 0.6], COURSE)
    assert found["patients"] == plan.size.patients
    assert [one["name"] for one in found["strata"]] == ["low burden", "2"]
    assert [one["events"] for one in found["strata"]] == pytest.approx(plan.events)
    assert [one["treatment"] for one in found["strata"]] == pytest.approx([30 / 0.65, 14 / 0.65])
    assert found["alternatives"][-1]["n"] == plan.unstratified.patients > found["patients"]
    assert "low burden" in run("stratified", "--odds-ratio", "2", "--stratum", "1 .3 low burden")


def test_strata_around_the_published_median():
    found = as_json("stratified", "--hazard-ratio", ".65", *SURVIVAL, *PRRT, "--stratum",
                    "0.4 1 low", "--stratum", "0.6 1.8 high")  # fmt: skip
    answer = answer_for(hilum.read_evidence(), "prrt_lu177", "progression_free_survival")
    medians = [one["control"] for one in found["strata"]]
    assert medians[0] / medians[1] == pytest.approx(1.8)
    mixed = Mixture((0.4, 0.6), tuple(Hazard.from_median(one) for one in medians))
    assert mixed.survival(np.array([answer.value]))[0] == pytest.approx(0.5, abs=1e-10)
    low, high = (one["patients"] for one in found["sensitivity"])
    assert low < found["patients"] < high


def test_a_growing_second_stage():
    found = as_json("reestimate", "--hazard-ratio", ".65", "--control-median", "16", *SURVIVAL,
                    "--interim-z", "1.6", "--most", "1.5")  # fmt: skip
    events = math.ceil(survival(0.65, 16, COURSE).events)
    design = group_sequential([0.5, 1], power=0.8, kind="asUser", user_alpha_spent=(0, 0.025))
    plan = promising_zone(design, events, math.floor(1.5 * events), power=0.9)
    decided = facts(found, "decided_promising")
    assert decided["n"] == math.ceil(plan.n1 + plan.at(1.6).n2)
    assert decided["needed"] == pytest.approx(2**0.5 * design.efficacy[1] - 1.6)
    under = plan.under(design.drift)
    assert found["growth"][2]["success"] == pytest.approx(under.success)
    assert found["growth"][2]["success_planned"] == pytest.approx(0.8)
    assert found["growth"][0]["success"] == pytest.approx(0.025)
    assert found["expected_n1"] == pytest.approx(under.expected)
    assert found["events"] == math.floor(1.5 * events)
    for one in found["interim"]:
        assert events - 1e-9 <= one["size"] <= 1.5 * events + 1e-9
        # With z observed and needed the combined statistic is at its bound.
        combined = (one["z"] + one["needed"]) / 2**0.5
        assert combined == pytest.approx(design.efficacy[1])
        assert one["effect"] == pytest.approx(math.exp(-2 * one["z"] / (events / 2) ** 0.5),
                                              rel=5e-3)  # fmt: skip
    zones = list(dict.fromkeys(one["zone"] for one in found["interim"]))
    assert zones == ["unfavourable", "capped", "promising", "favourable"]


def test_a_single_bound_is_no_picture(tmp_path):
    path = tmp_path / "x.html"
    shared = ("reestimate", "--p1", ".45", "--p2", ".25", "--out", str(path))
    run(*shared)
    assert "Stopping bounds" not in path.read_text("utf-8")
    run(*shared, "--kind", "asOF")
    assert "Stopping bounds" in path.read_text("utf-8")


def test_a_power_prior():
    found = as_json("borrowed", "--n1", "30", "--n2", "15", "--p1", ".6", *TEMOZOLOMIDE,
                    "--power-prior", ".2")  # fmt: skip
    answer = answer_for(hilum.read_evidence(), "chemo_temozolomide", "objective_response")
    counted = [one for one in answer.studies if one.n]
    prior = power_prior([events_of_figure(one) for one in counted], [one.n for one in counted], 0.2)
    step = facts(found, "power_prior")
    assert step["old"] == sum(one.n for one in counted)
    assert step["worth"] == pytest.approx(effective_size(prior))
    trial = borrowed_trial(30, 15, prior)
    alone = borrowed_trial(30, 15, BetaMixture((1.0,), (1.0,), (1.0,)))
    shift = 0.6 - answer.value
    for one in found["true_rates"]:
        p = one["control"]
        assert one["level"] == pytest.approx(trial.chance(p, p))
        assert one["level_alone"] == pytest.approx(alone.chance(p, p))
        if p + shift < 1:
            assert one["power"] == pytest.approx(trial.chance(p + shift, p))
        else:
            assert one["power"] is None
    nothing = as_json("borrowed", "--n1", "30", "--n2", "15", "--p1", ".6", *TEMOZOLOMIDE,
                      "--power-prior", "0")  # fmt: skip
    assert [one["level"] for one in nothing["true_rates"]] == pytest.approx(
        [one["level_alone"] for one in nothing["true_rates"]]
    )


def test_assurance_of_survival():
    control = ("--control-from-evidence", "everolimus", "--outcome", "progression_free_survival")
    arguments = ("survival", "--hazard-ratio", ".6", *SURVIVAL, *control)
    found = as_json(*arguments, "--effect-sd", ".2", "--assurance", ".8")
    answer = answer_for(hilum.read_evidence(), "everolimus", "progression_free_survival")
    size = survival(0.6, answer.value, COURSE, power=found["power"])
    assert found["patients"] == size.patients
    assert found["assurance"] == pytest.approx(assurance_survival(size.events, 0.6, 0.2))
    assert 0.8 <= found["assurance"] < 0.801
    assert facts(found, "sized_on_assurance")["power"] == found["power"] > 0.8
    # Without an opinion on the effect, the median alone is open: simulated, 3 standard errors.
    plain = as_json(*arguments)
    size = survival(0.6, answer.value, COURSE)
    rng = np.random.default_rng(20261128)
    low, high = answer.prediction
    logs = rng.normal(math.log(answer.value), math.log(high / low) / (2 * 1.959963985), 4000)
    powers = []
    for median in np.exp(logs):
        control = Hazard.from_median(float(median))
        events = expected_events(size.n, control.scaled(0.6), control, COURSE, 1.0, 48)
        powers.append(assurance_survival(events, 0.6, 0))
    error = 3 * np.std(powers) / len(powers) ** 0.5
    assert plain["assurance"] == pytest.approx(np.mean(powers), abs=error)


def test_assurance_of_staged_and_stratified_trials():
    """One stage is the closed form; strata by Schoenfeld are the events alone."""
    closed = assurance_survival(survival(0.65, 16, COURSE).events, 0.65, 0.25)
    common = ("--hazard-ratio", ".65", *SURVIVAL, "--effect-sd", ".25")
    one = as_json("sequential", *common, "--control-median", "16", "--stages", "1", "--kind", "P")
    assert one["assurance"] == pytest.approx(closed, abs=1e-7)
    strata = as_json("stratified", *common, "--stratum", "0.5 10", "--stratum", "0.5 30")
    assert strata["assurance"] == pytest.approx(closed, abs=1e-9)
    # Three stages: power at each hazard ratio of the prior, by the trapezoid rule.
    found = as_json("sequential", *common, "--control-median", "16")
    design = group_sequential(power=0.8)
    x = np.linspace(-8, 8, 401)
    mass = np.exp(-(x**2) / 2)
    power = [design.power_at(design.drift * (1 + 0.25 * z / math.log(0.65))) for z in x]
    expected = float(np.array(power) @ mass / mass.sum())
    assert found["assurance"] == pytest.approx(expected, abs=1e-7)


@pytest.mark.slow
def test_assurance_of_proportions():
    found = as_json("two-proportions", "--p1", ".8", *TEMOZOLOMIDE, "--effect-sd", ".4",
                    "--assurance", ".7")  # fmt: skip
    answer = answer_for(hilum.read_evidence(), "chemo_temozolomide", "objective_response")
    made = predictive_prior(answer)
    prior = fit_mixture(made.rates, made.mass).mixture
    (_, n1), (_, n2) = found["per_arm"]
    from hilum.trials import SampleSize

    for n, right in ((0, True), (-1, False)):
        size = SampleSize(n1 + n2 + 2 * n, n1 + n, n2 + n, 0.025, 0.8, 1, "boschloo")
        power = proportions_power(size, "boschloo")
        reached = assurance_of_proportions(power, 0.8, answer.value, effect_sd=0.4, control=prior)
        if right:
            assert found["assurance"] == pytest.approx(reached, abs=1e-9)
        assert (reached >= 0.7) is right


@pytest.mark.parametrize(
    "arguments",
    [
        (
            "stratified",
            "--odds-ratio",
            "2.5",
            "--stratum",
            "0.4 .1 胰腺",
            "--stratum",
            "0.6 .3 小肠",
        ),
        ("reestimate", "--p1", ".45", "--p2", ".25"),
        (
            "borrowed",
            "--n1",
            "30",
            "--n2",
            "15",
            "--p1",
            ".6",
            *TEMOZOLOMIDE,
            "--power-prior",
            ".2",
        ),
    ],
)
def test_documents_hold_the_tables(arguments, tmp_path):
    from docx import Document
    from pypdf import PdfReader

    found = as_json(*arguments)
    wanted = {
        "stratified": "胰腺", "reestimate": "有希望", "borrowed": "95.0 %",
    }[arguments[0]]  # fmt: skip
    for form in ("docx", "pdf"):
        path = tmp_path / f"x.{form}"
        run(*arguments, "--language", "zh-Hans", "--out", str(path))
        if form == "docx":
            document = Document(BytesIO(path.read_bytes()))
            text = [cell.text for table in document.tables for row in table.rows
                    for cell in row.cells]  # fmt: skip
            assert tight(wanted) in [tight(one) for one in text]
        else:
            pages = PdfReader(BytesIO(path.read_bytes())).pages
            assert tight(wanted) in tight("".join(page.extract_text() for page in pages))
    assert tight(wanted) in tight(run(*arguments, "--language", "zh-Hans"))
    assert found["patients"] > 0

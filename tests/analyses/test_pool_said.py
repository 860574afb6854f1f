"""What text, forest and page say of a pooled answer beside its figures."""

import json
from pathlib import Path

import numpy as np
import pytest

from hilum.analyses.hazard_ratio_remarks import FAR, SURE, far_off
from hilum.analyses.hazard_ratios import HazardRatiosAsked
from hilum.analyses.hazard_ratios import run as ratios
from hilum.analyses.pool import run
from hilum.analyses.pool_asked import PoolAsked, wanted_columns
from hilum.analyses.sensitivity import SensitivityAsked
from hilum.analyses.sensitivity import run as shake
from hilum.analyses.tables import table_of
from hilum.errors import InputError
from hilum.language import words as words_in
from hilum.rendering.forest_words import foot_of, heads_of
from hilum.rendering.hazard_ratios import hazard_ratio_lines
from hilum.rendering.pool import pool_lines, signed
from hilum.rendering.pool_code import code_of
from hilum.rendering.pool_forest import pool_forest
from hilum.rendering.pool_page import pool_page
from hilum.rendering.pool_studies import study_lines
from hilum.rendering.printed_figures import Printed
from hilum.rendering.sensitivity import sensitivity_lines
from hilum.synthesis.bayes import bayes
from hilum.synthesis.survival import LogHazard
from hilum.tabular import sheet_of

EN = words_in("en")
BCG = Path(__file__).parents[1] / "reference" / "bcg.json"


def table(text, wanted):
    return table_of(sheet_of(text.encode(), "f.csv"), wanted, lambda _: None)


def answer(text, measure, **more):
    return run(PoolAsked(table=table(text, wanted_columns(measure, ())), measure=measure, **more))


SHARES = "study,xi,ni,g\nA,0,10,x\nB,3,5,x\nC,2,15,y\nD,1,20,y\nE,3,25,y\n"
FOUR = "study,ai,bi,ci,di,g\nA,12,48,20,38,x\nB,15,95,25,83,x\nC,30,171,41,157,y\nD,10,90,21,80,y\n"
FOUR += "E,9,50,11,52,y\n"


def test_weights_are_those_of_the_model_that_is_shown():
    # bayesmeta 3.5's rule by enumeration over tau (R): 55.5 and 44.5 % of two log ratios.
    text = "study,hr,ci_lb,ci_ub\nR,0.48,0.35,0.67\nS,0.62,0.41,0.94\n"
    found = answer(text, "HR")
    assert found.shown.weights == pytest.approx([55.5, 44.5], abs=0.1)
    assert [one.weight for one in found.studies] == pytest.approx([62.0, 38.0], abs=0.1)
    assert [one[-2:] for one in study_lines(found, EN)[1:]] == [" %", " %"]
    assert "55.5 %" in study_lines(found, EN)[1]
    assert ">55.5<" in pool_forest(found, EN)
    assert pool_page(found, (), EN)["rows"][0].weight == "55.5 %"
    plain = answer(text, "HR", method="REML", test="z")
    assert plain.shown.weights == ()
    assert [one.weight for one in plain.studies] == pytest.approx([62.0, 38.0], abs=0.1)


def test_weights_of_a_prior_agree_with_a_sum_over_tau():
    y, v = np.array([-0.7, -0.2, 0.1]), np.array([0.05, 0.1, 0.02])
    tau = np.arange(0.0005, 4, 0.001)
    w = 1 / (v + tau[:, None] ** 2)
    centre = (w @ y) / w.sum(1)
    logs = 0.5 * (np.log(w).sum(1) - np.log(w.sum(1)) - (w * (y - centre[:, None]) ** 2).sum(1))
    mass = np.exp(logs - (tau / 0.5) ** 2 / 2)
    mass /= mass.sum()
    assert bayes(y, v).weights == pytest.approx(100 * mass @ (w / w.sum(1)[:, None]), abs=1e-3)
    assert bayes(y, v).weights.sum() == pytest.approx(100)


def test_a_subgroup_too_wide_to_be_read_says_so():
    found = answer(SHARES, "PLO", by="g")
    (line,) = [one for one in pool_lines(found, EN) if one.startswith("  x (k 2)")]
    assert "0.0–60.0 % (k = 2)" in line
    assert "more than 40 points" in line
    assert not any("more than 40" in one for one in pool_lines(found, EN) if "  y (k 3)" in one)
    assert any("interval of x spans" in one for one in heads_of(found, [], [], EN).foot)


def test_the_footer_names_every_way_of_an_interval():
    (model, *_) = foot_of(answer(FOUR, "OR", by="g"), EN)
    assert "Hartung-Knapp or z, the wider" in model
    assert "x, y: interval by a prior of tau" in model
    assert "a prior" not in foot_of(answer(FOUR, "OR", by="g", test="z"), EN)[0]


def test_subgroups_with_moderators_have_their_coefficients():
    text = "study,yi,vi,g,age\n" + "".join(
        f"S{i},{0.1 * i:.2f},0.04,{'x' if i < 5 else 'y'},{50 + i * i % 7}\n" for i in range(10)
    )
    lines = pool_lines(answer(text, "GEN", by="g", mods="~ age"), EN)
    assert [one.strip() for one in lines if one.endswith("(k 5):")] == ["x (k 5):", "y (k 5):"]
    assert sum("age" in one and "se" in one for one in lines) == 3
    assert any("no test between subgroups: with moderators beside" in one for one in lines)
    assert any('--mods "~ age*g"' in one for one in lines)
    assert not any("between subgroups: Q" in one for one in lines)


def test_a_forest_of_four_cells_has_patients():
    drawn = pool_forest(answer(FOUR, "OR"), EN)
    assert ">60<" in drawn
    assert ">58<" in drawn


def test_the_page_has_no_options_and_begins_with_the_model():
    found = pool_page(answer(FOUR, "OR", by="g"), (), EN)
    assert not any("--" in one for one in found["lines"])
    assert found["codes"].startswith("odds ratio, random effects, 95 % interval by")


def test_equal_refits_are_told_apart_by_their_limits():
    # Clopper and Pearson of 0 of 35 and of 0 of 25: 1 - 0.025^(1/n).
    asked = SensitivityAsked(
        table=table("study,xi,ni\nA,0,10\nB,0,20\nC,0,15\n", wanted_columns("PLO", ())),
        measure="PLO",
    )
    lines = sensitivity_lines(shake(asked), EN)
    (line,) = [one for one in lines if "without one study" in one]
    assert f"{100 * (1 - 0.025 ** (1 / 35)):.1f} %) (without A)" in line
    assert f"{100 * (1 - 0.025 ** (1 / 25)):.1f} %) (without B)" in line


@pytest.mark.parametrize(("sign", "side"), [(1, "less"), (-1, "greater")])
def test_selection_is_looked_for_on_the_side_of_the_effect(sign, side):
    block = json.loads(BCG.read_text("utf-8"))["effects"]["RR"]
    rows = "".join(
        f"S{i},{sign * y!r},{v!r}\n"
        for i, (y, v) in enumerate(zip(block["yi"], block["vi"], strict=True))
    )
    asked = SensitivityAsked(table=table("study,yi,vi\n" + rows, ("yi", "vi")), permutations=10)
    found = shake(asked)
    assert found.selmodel.side == side
    assert found.selmodel.delta == pytest.approx(0.6355, abs=2e-3)
    word = "below" if side == "less" else "above"
    assert any(f"small p values {word} no effect" in one for one in sensitivity_lines(found, EN))


@pytest.mark.parametrize(
    ("unit", "ends", "said"),
    [
        ("ratio", (0.5, 0.996), ("0.50", "0.996")), ("ratio", (1.004, 2), ("1.004", "2.00")),
        ("ratio", (0.5, 0.99), ("0.50", "0.99")), ("ratio", (0.5, 1.0), ("0.50", "1.00")),
        ("ratio", (0.5, 0.9996), ("0.50", "0.9996")), ("ratio", (0.5, 1.004), ("0.50", "1.00")),
        ("ratio", (0.5, 0.9951), ("0.50", "0.995")), ("ratio", (0.5, 0.9949), ("0.50", "0.99")),
        ("linear", (-1, -0.004), ("−1.00", "−0.004")), ("linear", (0.004, 1), ("0.004", "1.00")),
        ("linear", (-1, 0.004), ("−1.00", "0.00")), ("linear", (-1, 0.0), ("−1.00", "0.00")),
        ("linear", (-1, -0.01), ("−1.00", "−0.01")), ("proportion", (0.0001, 1), ("0.0", "100.0")),
    ],
)  # fmt: skip
def test_an_end_is_not_rounded_onto_no_effect(unit, ends, said):
    assert Printed(unit, 2).ends(*ends) == said


@pytest.mark.parametrize(("value", "said"), [(0.4, "0"), (-0.4, "0"), (0.6, "+1"), (-0.6, "-1")])
def test_no_difference_has_no_sign(value, said):
    assert signed(value) == said


def test_clusters_that_are_too_alike_are_named():
    alike = "study,yi,vi\n" + "".join(f"S{i},{-0.5 + 0.001 * i},0.04\n" for i in range(6))
    apart = "study,yi,vi\n" + "".join(f"S{i},{-0.9 + 0.4 * i},0.04\n" for i in range(6))
    assert answer(alike, "GEN", robust="CR2").notes == ("narrower_clusters",)
    assert answer(apart, "GEN", robust="CR2").notes == ()


@pytest.mark.parametrize(
    ("method", "control"),
    [("REML", "threshold=1e-12"), ("ML", "threshold=1e-12"), ("PM", "tol=1e-12"), ("DL", None)],
)
def test_r_reproduces_every_digit(method, control):
    text = "study,yi,vi\nA,0.1,0.04\nB,0.9,0.05\nC,0.4,0.03\n"
    lines = code_of(answer(text, "GEN", test="z", method=method), "R", Path("f.csv"))
    assert (f"control=list({control}" in lines) if control else ("control" not in lines)


def trials(text):
    wanted = ("study", "hazard_ratio", "lower", "upper", "p", "events", "comparator_events")
    return ratios(HazardRatiosAsked(table=table(text, wanted)))


def test_pooled_hazard_ratios_say_what_does_not_fit():
    found = trials("study,hazard_ratio,lower,upper\nA,0.7,0.5,0.98\nB,0.9,0.6,3.0\n")
    assert any("row 3 (B): 0.9 (0.6 to 3.0)" in one for one in hazard_ratio_lines(found, EN))
    assert trials("study,hazard_ratio,lower,upper\nA,0.7,0.5,0.98\n").remarks == ()
    bound = trials("study,hazard_ratio,p\nA,0.5,<0.001\nB,0.8,0.2\n")
    assert any("is a bound" in one for one in bound.remarks)
    with pytest.raises(InputError, match="do not say which arm did better"):
        trials("study,p,events,comparator_events\nA,0.03,40,52\n")


@pytest.mark.parametrize(("ratio", "far"), [(0.99 * FAR, ()), (1.01 * FAR, ("E",))])
def test_a_trial_far_off_the_others_is_named(ratio, far):
    others = [LogHazard(name, 0.0, 0.01, "interval") for name in "ABCD"]
    assert far_off([*others, LogHazard("E", float(np.log(ratio)), 0.01, "interval")]) == far
    # Of a wide interval it may be chance.
    away = float(np.log(1.01 * FAR))
    wide = (away / SURE) ** 2
    assert far_off([*others, LogHazard("E", away, 1.01 * wide, "interval")]) == ()
    assert far_off([*others, LogHazard("E", away, 0.99 * wide, "interval")]) == ("E",)
    assert far_off([others[0], LogHazard("E", 9.0, 0.01, "interval")]) == ()


def test_a_folder_that_is_made_is_said(tmp_path, capsys):
    from hilum.cli.drawing import missing_folder, say_made

    assert missing_folder(tmp_path / "q.svg") is None
    assert missing_folder(tmp_path / "a" / "b" / "q.svg") == tmp_path / "a"
    say_made(None)
    assert capsys.readouterr().err == ""
    say_made(tmp_path / "a")
    assert "made the folder" in capsys.readouterr().err


def test_what_is_pooled_and_shaken_leaves_out_the_same():
    text = "study,ai,n1i,ci,n2i\nA,0,30,0,31\nB,3,40,5,39\nC,1,50,4,52\nD,2,22,5,20\n"
    asked = SensitivityAsked(
        table=table(text, wanted_columns("OR", ())), measure="OR", drop00=True, permutations=10
    )
    assert shake(asked).k == 3

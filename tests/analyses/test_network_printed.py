"""Hazard ratios of a network as printed: rounding of three arms, limits off the middle."""

import math

import numpy as np
import pytest

from hilum.analyses.forms import to_json
from hilum.analyses.network import NetworkAsked, run
from hilum.analyses.pool import run as pool
from hilum.analyses.pool_asked import PoolAsked, wanted_columns
from hilum.analyses.tables import read_table
from hilum.errors import InputError
from hilum.language import words
from hilum.rendering.network import network_lines
from hilum.synthesis.effects.printed import rounding_of
from hilum.synthesis.network.faults import of_contrasts

COLUMNS = ("studlab", "treat1", "treat2", "TE", "seTE", "hr", "ci_lb", "ci_ub", "pval")
HEAD = "studlab,treat1,treat2,hr,ci_lb,ci_ub"
PAIRS = (("A", "P"), ("B", "P"), ("A", "B"))
OTHERS = ("Adams,A,P,0.70,0.50,0.98", "Bruno,B,P,0.55,0.35,0.86")


def asked(tmp_path, *rows, **more):
    path = tmp_path / "n.csv"
    path.write_text("\n".join([HEAD, *OTHERS, *rows]) + "\n", encoding="utf-8")
    return NetworkAsked(table=read_table(path, COLUMNS, say=lambda one: None), **more)


def printed(ratios, places=2, events=(60, 50, 70)):
    spread = {name: 1 / n for name, n in zip("ABP", events, strict=True)}
    for (a, b), ratio in zip(PAIRS, ratios, strict=True):
        half = 1.96 * math.sqrt(spread[a] + spread[b])
        low, high = ratio * math.exp(-half), ratio * math.exp(half)
        yield f"Tri,{a},{b},{ratio:.{places}f},{low:.{places}f},{high:.{places}f}"


@pytest.mark.parametrize("places", [1, 2, 3])
def test_what_rounding_makes_of_ratios_that_add_up_is_taken(tmp_path, places):
    draw = np.random.default_rng(20261129)
    refused = 0
    for _ in range(60):
        a, b = np.exp(draw.uniform(-1, 0.5, 2))
        ratios = [round(one, places) for one in (a, b, a / b)]
        te = np.log(ratios)
        room = np.array([rounding_of(one, places) for one in ratios])
        names = ([pair[side] for pair in PAIRS] for side in (0, 1))
        se = np.sqrt([1 / 60 + 1 / 70, 1 / 50 + 1 / 70, 1 / 60 + 1 / 50])
        first, second = names
        assert of_contrasts(["T"] * 3, first, second, te, se, 1e-3, room) == []
        refused += bool(of_contrasts(["T"] * 3, first, second, te, se, 1e-3))
    # The tolerance of three decimals refuses those of fewer.
    assert refused > 40 or places == 3


def test_a_triangle_closes_to_the_sum_of_its_roundings_and_no_further():
    ratios = (0.70, 0.58, 1.21)
    room = np.array([rounding_of(one, 2) for one in ratios])
    se = np.full(3, 0.2)
    base = np.array([math.log(0.70), math.log(0.58), math.log(0.70 / 0.58)])
    for by, faults in ((-1e-6, 0), (0.0, 0), (1e-6, 1)):
        te = base.copy()
        te[0] += room.sum() + by
        found = of_contrasts(["T"] * 3, ["A", "B", "A"], ["P", "P", "B"], te, se, 1e-3, room)
        assert len(found) == faults


def test_four_arms_close_to_the_roundings_of_both_triangles():
    names = "ABCP"
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    level = dict(zip(names, (0.3, -0.2, 0.1, 0.0), strict=True))
    room = np.full(6, 0.01)
    base = np.array([level[a] - level[b] for a, b in pairs])
    for by, faults in ((-1e-6, 0), (1e-6, 1)):
        te = base.copy()
        # The pair's own rounding in two triangles, and those of the four other sides.
        te[0] += (0.06 + by) / 2
        first, second = zip(*pairs, strict=True)
        found = of_contrasts(["T"] * 6, first, second, te, np.full(6, 0.2), 1e-3, room)
        assert len(found) == faults


def test_printed_to_two_decimals_it_needs_no_tolerance(tmp_path):
    answer = run(asked(tmp_path, *printed((0.70, 0.58, 1.21))))
    assert answer.k == 3


def test_ratios_that_do_not_add_up_are_refused_and_the_tolerance_named_is_enough(tmp_path):
    rows = list(printed((0.70, 0.58, 1.30)))
    with pytest.raises(InputError) as error:
        run(asked(tmp_path, *rows))
    said = str(error.value)
    enough = float(said.rpartition("tolerance of ")[2])
    assert run(asked(tmp_path, *rows, tolerance=enough)).k == 3


def test_a_workbooks_short_ratio_is_rounded_as_the_others_of_its_study(tmp_path):
    # 0.7 beside 0.58 is 0.70: 1.30 would pass if it were 0.65 to 0.75.
    rows = [one.replace("0.70,", "0.7,", 1) for one in printed((0.70, 0.58, 1.30))]
    with pytest.raises(InputError, match="must add up"):
        run(asked(tmp_path, *rows))


def test_logarithms_keep_the_tolerance(tmp_path):
    path = tmp_path / "n.csv"
    logs = [
        f"Tri,{a},{b},{math.log(r):.4f},0.2"
        for (a, b), r in zip(PAIRS, (0.70, 0.58, 1.21), strict=True)
    ]
    path.write_text("\n".join(["studlab,treat1,treat2,TE,seTE", *logs]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="must add up"):
        run(NetworkAsked(table=read_table(path, COLUMNS, say=lambda one: None)))


def test_a_ratio_off_the_middle_of_its_limits_is_named(tmp_path):
    answer = run(asked(tmp_path, "Costa,A,B,1.30,0.60,1.70"))
    (said,) = answer.remarks
    assert "row 4 (Costa)" in said
    assert said in network_lines(answer, words("en"))[-1]
    assert said in to_json(answer)
    assert any("第 4 行" in one for one in network_lines(answer, words("zh-Hans")))


def test_fitting_figures_are_not_remarked(tmp_path):
    assert run(asked(tmp_path, "Costa,A,B,1.30,0.85,1.99")).remarks == ()


@pytest.mark.parametrize("missing", ["", "NA", "n/a"])
def test_limits_that_are_missing_are_no_limits(tmp_path, missing):
    path = tmp_path / "n.csv"
    rows = [f"A,x,y,0.70,{missing},{missing},0.03", f"B,y,z,0.60,0.40,0.90,{missing}"]
    path.write_text("\n".join([f"{HEAD},pval", *rows]) + "\n", encoding="utf-8")
    assert run(NetworkAsked(table=read_table(path, COLUMNS, lambda one: None))).remarks == ()


@pytest.mark.parametrize("missing", ["", "NA"])
def test_pooled_ratios_without_limits_are_read(tmp_path, missing):
    path = tmp_path / "p.csv"
    rows = [f"A,0.70,{missing},{missing},0.03", f"B,0.60,0.40,0.90,{missing}"]
    path.write_text("\n".join(["study,hr,ci_lb,ci_ub,pval", *rows]) + "\n", encoding="utf-8")
    table = read_table(path, wanted_columns("HR"), lambda one: None)
    assert pool(PoolAsked(table=table, measure="HR")).k == 2

"""The level that a table states of its limits, and the one that is asked for, must agree."""

import numpy as np
import pytest
from scipy import special

from hilum.analyses import analysis
from hilum.analyses.hazard_ratios import COLUMNS
from hilum.analyses.survival_table import COLUMNS as REPORTS
from hilum.analyses.survival_table import survival_arms
from hilum.analyses.tables import read_table
from hilum.errors import InputError

RATIOS = analysis("hazard_ratios")
ONE = {
    "{} CI in one column": "study,HR ({} CI)\nA,0.70 (0.50-0.98)\nB,0.85 (0.62-1.17)\n",
    "limits apart": "study,HR,{} CI lower,{} CI upper\nA,0.70,0.50,0.98\nB,0.85,0.62,1.17\n",
    "limits before": "study,HR,lower {} CI,upper {} CI\nA,0.70,0.50,0.98\nB,0.85,0.62,1.17\n",
    "Chinese": "study,HR,{}置信区间下限,{}置信区间上限\nA,0.70,0.50,0.98\nB,0.85,0.62,1.17\n",
    "in the cells": "study,hazard_ratio\nA,0.70 ({} CI 0.50-0.98)\nB,0.85 ({} CI: 0.62-1.17)\n",
}
REPORT = {
    "limits apart": "study,kind,time,value,{0} CI lower,{0} CI upper,n\nA,median,,40,30,55,60\n",
    "one column": "study,kind,time,value ({} CI),n\nA,median,,40 (30-55),60\n",
    "in the cell": "study,kind,time,value,n\nA,median,,40 ({} CI 30-55),60\n",
}


def _ratios(tmp_path, text, level=None):
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    table = read_table(path, COLUMNS, lambda _: None, level=level)
    return RATIOS.run(RATIOS.Asked(table=table, printed_level=level))


def _reports(tmp_path, text, level=None):
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    table = read_table(path, REPORTS, lambda _: None, level=level)
    found = survival_arms(table, {}, unit="months", printed_level=level)
    return [one.level for arm in found.arms for one in arm.reports], found.remarks


def _stated(text, percent):
    return text.replace("{0}", percent).replace("{}", percent)


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("stated", ["90%", "95%", "99 %", "90.0%"])
def test_ratios_are_read_at_the_level_that_their_table_states(tmp_path, name, stated):
    """Oracle: the stated limits span 2 z standard errors (scipy.special.ndtri)."""
    text = _stated(ONE[name], stated)
    level = float(stated.rstrip("% ")) / 100
    found = _ratios(tmp_path, text)
    told = [one for one in found.remarks if "limits are read" in one]
    assert bool(told) is (level != 0.95)
    z = special.ndtri(0.5 + level / 2), special.ndtri(0.975)
    low, high = found.studies[0].ci
    assert np.log(high / low) == pytest.approx(np.log(0.98 / 0.5) * z[1] / z[0], rel=1e-9)
    assert _ratios(tmp_path, text, level).ci == found.ci
    other = 0.9 if level != 0.9 else 0.95
    with pytest.raises(InputError, match=f"limits of {100 * other:g} %") as error:
        _ratios(tmp_path, text, other)
    assert f"'{100 * level:g} %'" in str(error.value)


@pytest.mark.parametrize("name", REPORT)
@pytest.mark.parametrize("stated", ["90%", "95%"])
def test_reports_of_survival_are_read_at_the_level_they_state(tmp_path, name, stated):
    text, level = _stated(REPORT[name], stated), float(stated[:-1]) / 100
    levels, told = _reports(tmp_path, text)
    assert levels == [level]
    assert bool(told) is (level != 0.95)
    assert _reports(tmp_path, text, level) == ([level], ())
    other = 1.85 - level
    with pytest.raises(InputError, match=f"limits of {100 * other:g} %"):
        _reports(tmp_path, text, other)


def test_of_columns_of_two_levels_the_one_asked_for_is_read(tmp_path):
    both = (
        "study,HR,95% CI lower,95% CI upper,90% CI lower,90% CI upper\nA,0.7,0.5,0.98,0.53,0.93\n"
    )
    assert _ratios(tmp_path, both).studies[0].ci == pytest.approx((0.5, 0.98), rel=1e-6)
    at_ninety = _ratios(tmp_path, both, 0.9).studies[0].ci
    ratio = (0.93 / 0.53) ** (special.ndtri(0.975) / special.ndtri(0.95))
    assert at_ninety[1] / at_ninety[0] == pytest.approx(ratio, rel=1e-9)
    heads = "study,HR (95% CI),HR (90% CI)\nA,0.7 (0.5-0.98),0.7 (0.53-0.93)\n"
    assert _ratios(tmp_path, heads).studies[0].ci[1] == pytest.approx(0.98, rel=1e-3)
    assert _ratios(tmp_path, heads, 0.9).studies[0].ci == pytest.approx(at_ninety, rel=1e-3)
    neither = "study,HR,90% CI lower,90% CI upper,99% CI lower,99% CI upper\nA,0.7,.5,.9,.4,1\n"
    with pytest.raises(InputError, match="say which"):
        _ratios(tmp_path, neither)
    mixed = "study,HR,95% CI lower,90% CI upper\nA,0.7,0.5,0.98\n"
    with pytest.raises(InputError):
        _ratios(tmp_path, mixed)


def test_a_level_that_only_some_cells_state(tmp_path):
    """Those of 95 % are as the others; of another level it is not known what the others are."""
    some = "study,hazard_ratio\nA,0.70 ({} CI 0.50-0.98)\nB,0.85 (0.62-1.17)\n"
    assert _ratios(tmp_path, some.replace("{}", "95%")).k == 2
    with pytest.raises(InputError, match="an interval of 90 %"):
        _ratios(tmp_path, some.replace("{}", "90%"))
    assert _ratios(tmp_path, some.replace("{}", "90%"), 0.9).k == 2
    head = "study,HR (95% CI)\nA,0.70 (90% CI 0.50-0.98)\nB,0.85 (0.62-1.17)\n"
    with pytest.raises(InputError, match="an interval of 95 %"):
        _ratios(tmp_path, head)
    rows = "study,kind,time,value,n\nA,median,,40 (90% CI 30-55),60\nB,median,,45 (30-70),50\n"
    levels, told = _reports(tmp_path, rows)
    assert levels == [0.9, 0.95]
    assert "rows 2: limits are read as those of 90 %" in told[0]
    assert _reports(tmp_path, rows, 0.9) == ([0.9, 0.9], ())


@pytest.mark.parametrize("stated", ["90%", "95%"])
def test_a_table_of_effects_is_read_at_95_alone(tmp_path, stated):
    path = tmp_path / "t.csv"
    path.write_text(f"study,RR ({stated} CI)\nA,0.70 (0.50-0.98)\nB,0.85 (0.62-1.17)\n", "utf-8")
    table = read_table(path, ("studlab", "yi", "ci_lb", "ci_ub"), lambda _: None)
    assert ({"ci_lb", "ci_ub"} <= set(table.header)) is (stated == "95%")
    path.write_text(f"study,hr\nA,0.70 ({stated} CI 0.50-0.98)\n", "utf-8")
    if stated == "95%":
        read_table(path, ("studlab", "hr", "ci_lb", "ci_ub"), lambda _: None)
    else:
        with pytest.raises(InputError, match="an interval of 95 %"):
            read_table(path, ("studlab", "hr", "ci_lb", "ci_ub"), lambda _: None)

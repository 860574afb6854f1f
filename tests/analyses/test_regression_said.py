"""What is said of moderators, subgroups and scales: figures of metafor 3.8 (R 4.2) beside."""

import csv
import io
import json

import numpy as np
import pytest

from hilum.analyses.forms import to_json
from hilum.analyses.network import NetworkAsked
from hilum.analyses.network import run as compare
from hilum.analyses.pool import run
from hilum.analyses.pool_asked import PoolAsked, wanted_columns
from hilum.analyses.tables import table_of
from hilum.errors import InputError, NotEstimable
from hilum.language import words as words_in
from hilum.rendering.network import network_lines
from hilum.rendering.network_league import league_rows
from hilum.rendering.pool import pool_lines
from hilum.rendering.pool_forest import pool_forest
from hilum.rendering.printed_figures import coefficient, powered, printed
from hilum.tabular import sheet_of

EN = words_in("en")
GEN = """study,yi,vi,year
A,0.5,0.04,2001
B,0.1,0.09,2005
C,-0.2,0.02,2010
D,0.3,0.05,2015
E,0.4,0.03,2019
"""
SHARES = """study,xi,ni,age,region
A,0,23,50,EU
B,3,41,55,EU
C,12,60,61,US
D,5,19,63,US
E,0,11,58,AS
F,22,88,70,AS
G,7,7,66,EU
H,31,104,72,US
"""
APART = """study,xi,ni,g
A,0,30,u
B,0,25,u
C,0,40,u
D,8,30,v
E,10,35,v
F,9,30,v
"""
TWO = """study,ai,n1i,ci,n2i,year,arm,z
T1,0,40,4,42,2001,a,1.2
T2,5,80,9,78,2004,a,0.3
T3,12,150,20,149,2008,b,2.2
T4,0,30,0,31,2010,b,1.0
T5,3,60,3,62,2012,b,0.7
T6,20,200,33,205,2016,a,1.9
T7,8,95,10,90,2019,b,2.5
"""
NESTED = """study,yi,vi,type
S1,0.12,0.04,x
S1,0.30,0.05,y
S2,0.55,0.02,x
S2,0.62,0.03,y
S2,0.41,0.06,x
S3,-0.10,0.08,y
S4,0.22,0.02,x
S4,0.15,0.02,x
S5,0.80,0.10,y
S5,0.71,0.09,x
S6,0.05,0.03,x
"""


def asked_of(text, measure="GEN", **more):
    table = table_of(sheet_of(text.encode(), "t.csv"), wanted_columns(measure))
    return PoolAsked(table=table, measure=measure, **more)


def answer(text, measure="GEN", **more):
    return run(asked_of(text, measure, **more))


def said(text, measure="GEN", **more):
    return "\n".join(pool_lines(answer(text, measure, **more), EN))


def test_a_slope_through_nothing_is_no_mean():
    one = answer(GEN, mods="~ year - 1", test="knha")
    assert one.predict is one.transformed is one.shown is one.new_study is None
    assert (one.beta[0], one.se[0], one.ci_lb[0], one.ci_ub[0], one.pval[0]) == pytest.approx(
        (1.043676641e-04, 6.609856187e-05, -7.915136447e-05, 2.878866926e-04, 0.1894874654),
        rel=1e-4,
    )
    lines = said(GEN, mods="~ year - 1")
    assert "no intercept: no mean" in lines
    assert "a new study" not in lines
    assert "year  0.0001044 (se 0.0000661" in lines
    assert "All studies" not in pool_forest(answer(GEN, mods="0 + year"), EN)


def test_the_same_of_every_model():
    assert answer(SHARES, "PLO", mods="~ age - 1").shown is None
    nested = answer(NESTED, mods="~ vi - 1", multilevel="study")
    assert nested.shown is nested.transformed is None
    robust = answer(NESTED, mods="~ vi - 1", robust="CR2")
    assert robust.shown is robust.transformed is None
    assert len(robust.beta) == 1


def test_the_constant_alone_is_a_mean():
    plain, same = answer(GEN), answer(GEN, mods="~ 1")
    for name in ("pred", "ci_lb", "ci_ub"):
        for part in ("shown", "predict"):
            wanted = getattr(getattr(plain, part), name)
            assert getattr(getattr(same, part), name) == pytest.approx(wanted, rel=1e-9)


def test_means_of_groups_without_an_intercept():
    lines = said(TWO, "OR", mods="~ arm - 1", test="knha")
    assert "each coefficient is the mean of its group" in lines
    # metafor: -0.6243744951, -0.4082375850;
    # anova(res, X=c(1,-1)): F 0.864782668425, p 0.395086308128
    assert "arm[a]  -0.6244" in lines
    assert "arm[b]  -0.4082" in lines
    assert "test of the moderators: F 0.86, df 1 and 5, p 0.40" in lines
    made = answer(TWO, "OR", mods="~ arm - 1", test="knha").moderators
    assert (made.statistic, made.pval) == pytest.approx((0.864782668425, 0.395086308128), rel=1e-6)


def test_all_moderators_are_tested_as_metafor_tests_them():
    z = answer(TWO, "OR", mods="~ year + z + arm", test="z").moderators
    assert (z.kind, z.df, z.dfs) == ("chi2", 3, None)
    assert (z.statistic, z.pval) == pytest.approx((1.4351197193, 0.6973235143), rel=1e-6)
    f = answer(TWO, "OR", mods="~ year + z + arm", test="knha").moderators
    assert (f.kind, f.df, f.dfs) == ("F", 3, 3)
    assert (f.statistic, f.pval) == pytest.approx((2.1370579032, 0.2744079126), rel=1e-6)
    # By default the less sure of both, as of each coefficient.
    shown = answer(TWO, "OR", mods="~ year + z + arm").moderators
    assert shown.pval == pytest.approx(max(z.pval, f.pval), rel=1e-6)
    assert "test of the moderators: QM 1.44, df 3, p 0.70" in said(TWO, "OR", mods="~ year+z+arm")
    # One slope is tested by its own line.
    assert "test of the moderators" not in said(TWO, "OR", mods="~ year")
    assert "test of the moderators" in said(TWO, "OR", mods="~ arm")


def test_moderators_of_nested_groups_are_tested_as_metafor_tests_them():
    types = iter("yzxyzxyzxyz")
    doses = iter("12132142123")
    lines = [",".join(one.split(",")[:3]) for one in NESTED.splitlines()[1:]]
    text = "study,yi,vi,type,dose\n" + "".join(
        f"{one},{next(types)},{next(doses)}\n" for one in lines
    )
    # rma.mv(mods=~dose+type, random=~1|study/id, test="t", dfs="contain")
    for test in ("t", None):
        one = answer(text, mods="~ dose + type", multilevel="study", test=test).moderators
        assert (one.kind, one.df, one.dfs) == ("F", 3, 7)
        assert (one.statistic, one.pval) == pytest.approx((0.2077572564, 0.8879004249), rel=1e-5)


def test_a_likelihood_is_tested_by_its_ratio():
    one = answer(SHARES, "PLO", mods="~ region")
    assert one.moderators.kind == "LRT"
    assert one.moderators.df == 2
    alone = answer(SHARES, "PLO")
    assert one.moderators.statistic == pytest.approx(2 * (one.loglik - alone.loglik), abs=1e-8)


def test_the_error_beside_an_interval_is_its_own():
    one = answer(SHARES, "PLO", method="REML", mods="~ age")
    t = 2.446911851144969  # qt(0.975, 6)
    for se, low, high in zip(
        one.coefficients.se, one.coefficients.ci_lb, one.coefficients.ci_ub, strict=True
    ):
        assert (high - low) / 2 == pytest.approx(t * se, rel=1e-9)
    assert f"age      {one.beta[1]:.4f} (se {one.coefficients.se[1]:.4f}" in said(
        SHARES, "PLO", method="REML", mods="~ age"
    )


def test_groups_at_an_end():
    apart = answer(APART, "PLO", by="g", same_tau2=True)
    assert apart.between.ratio
    assert apart.between.QMp < 1e-4
    assert apart.subgroups["u"].transformed.ci_ub == pytest.approx(0.0381, abs=1e-4)
    lines = said(APART, "PLO", by="g", same_tau2=True)
    assert "between subgroups: likelihood ratio 18.97, df 1, p < 0.001" in lines
    assert "--test knha" not in lines
    each = answer(APART, "PLO", by="g")
    assert each.between is None
    assert (each.untested.reason, each.untested.names) == ("ends", ("u",))
    assert "--same-tau2 tests by likelihood ratio" in said(APART, "PLO", by="g")


def test_studies_that_say_nothing_are_in_no_ratio():
    one = answer(TWO, "OR", method="GLMM", by="arm", same_tau2=True)
    assert {name: group.k for name, group in one.subgroups.items()} == {"a": 3, "b": 3}
    both = answer(TWO, "OR", method="GLMM", mods="~ arm")
    assert abs(one.between.QM - both.moderators.statistic) < 1e-8


def test_a_group_of_one_study_is_not_said_to_lie_at_an_end():
    text = "study,ai,n1i,ci,n2i,g\nA,0,30,5,30,u\nB,0,25,6,25,u\nC,4,40,3,42,v\n"
    one = answer(text, "OR", method="GLMM", by="g", same_tau2=True)
    assert "end of its range" in str(one.subgroups["u"].reason)
    assert "at least two" in str(one.subgroups["v"].reason)
    assert one.between.ratio
    assert one.between.df == 1


@pytest.mark.parametrize("mods", ["~ age*region", "~ age + region + age:region"])
def test_runaway_coefficients_are_refused(mods):
    with pytest.raises(NotEstimable, match=r"age:region\[T\.EU\].*separation.*--method REML"):
        answer(SHARES, "PLO", mods=mods)


def test_subgroups_of_dependent_effects():
    for how in ({"robust": "CR2"}, {"multilevel": "study"}):
        one = answer(NESTED, by="type", **how)
        assert one.between is None
        assert one.untested.reason == "dependent"
        assert one.untested.names == ("S1", "S2", "S5")
        assert '--mods "~ type" with --robust CR2' in said(NESTED, by="type", **how)
        # What it points to is accepted.
        assert answer(NESTED, mods="~ type", **{**how, "robust": "CR2"}).moderators.kind == "HTZ"
    apart = NESTED.replace("S1,0.30,0.05,y", "S7,0.30,0.05,y").replace("S2,0.62", "S8,0.62")
    apart = apart.replace("S5,0.80", "S9,0.80")
    one = answer(apart, by="type", robust="CR2")
    assert one.between is not None
    assert '--mods "~ type"' in said(apart, by="type", robust="CR2")
    assert "--same-tau2" not in said(apart, by="type", robust="CR2")


def test_equal_effects_have_no_new_study():
    one = answer(NESTED, robust="CR2", method="EE")
    assert one.shown.new_study is None
    assert one.shown.no_new_study == "alike"


def test_rows_without_a_subgroup_are_named():
    text = GEN.replace("year", "g").replace("2001", "x").replace("2005", "x")
    text = text.replace(",2010", ",").replace("2015", "y").replace("2019", "y")
    one = answer(text, by="g")
    assert one.ungrouped == (4,)
    assert json.loads(to_json(one))["ungrouped"] == [4]
    assert "in no subgroup, as g is empty there: row" in said(text, by="g")
    assert "4 (C)" in said(text, by="g")


def test_intercepts_of_subgroups_are_not_compared():
    one = answer(TWO, "OR", mods="~ year", by="arm")
    assert one.between is None
    assert one.untested.reason == "intercepts"
    assert '--mods "~ year*arm"' in said(TWO, "OR", mods="~ year", by="arm")


@pytest.mark.parametrize(("factor", "narrower"), [(1.0, False), (0.999, False), (0.05, True)])
def test_narrower_is_said_of_narrower_intervals(factor, narrower):
    """With four effects t is 3.18 and z 1.96: a factor q below (z / t) ** 2 = 0.38 is narrower."""
    spread = np.array([-1.0, -1.0, 1.0, 1.0]) * (0.03 * factor) ** 0.5
    text = "study,yi,vi\n" + "".join(f"S{i},{one:.12f},0.04\n" for i, one in enumerate(spread))
    one = answer(text, test="knha")
    assert ("narrower" in one.notes) == narrower
    t, z = 3.182446305284263, 1.959963984540054
    q = 4 * 0.03 * factor / 0.04 / 3
    assert narrower == (t * q**0.5 < z)


def test_predictions_beyond_the_studies_say_so():
    lines = said(GEN, mods="~ year", at=("year=2010,year=2030,year=2001,year=2019",))
    assert lines.count("beyond the studies, which have year from 2001 to 2019") == 1
    assert "at year 2030" in next(one for one in lines.splitlines() if "beyond" in one)


def test_functions_of_a_formula():
    # scale() centres and divides: the intercept is the mean at the mean year.
    one = answer(GEN, mods="~ scale(year)", at=("year=2010",))
    slope = answer(GEN, mods="~ year")
    years = np.array([2001, 2005, 2010, 2015, 2019.0])
    assert one.beta[1] == pytest.approx(slope.beta[1] * years.std(ddof=1), rel=1e-6)
    assert answer(SHARES, "PLO", method="REML", mods="~ poly(age, 2)").p == 3
    with pytest.raises(InputError, match=r"written as C\(column\)"):
        answer(GEN, mods="~ factor(year)")
    with pytest.raises(InputError, match="an intercept or a moderator"):
        answer(GEN, mods="~ 0")
    with pytest.raises(NotEstimable, match="more studies than coefficients"):
        answer("study,yi,vi\nA,0.5,0.04\n", mods="~ vi - 1")


def test_priors_are_called_what_they_are():
    pair = "study,hr,ci_lb,ci_ub\nA,0.5,0.3,0.9\nB,0.8,0.6,1.07\n"
    flat = said(pair, "HR", bayes=True, prior="uniform")
    assert "weakly informative" not in flat
    assert "as none was asked for" in flat
    assert "scale 0.5 as asked for" in said(pair, "HR", bayes=True, prior="uniform", scale=0.5)
    alone = answer("study,yi,vi\nA,0.5,0.04\n", bayes=True, scale=0.5)
    assert alone.shown.way == "prior"
    assert "one_study" not in alone.notes
    # A posterior is wider than the study's own interval by the spread it allows for.
    assert alone.shown.ci_lb < 0.5 - 1.96 * 0.2


def test_studies_beside_the_figure_of_few():
    text = "\n".join(TWO.splitlines()[:5]) + "\n"
    weighted = said(text, "OR")
    assert "T4 1.03 (0.02 to 53.71), with corrected counts" in weighted
    exact = said(text, "OR", method="GLMM")
    assert "T4" in exact
    assert "left out of the average" in exact


def test_tiny_and_huge_figures():
    tiny = GEN.replace("0.04", "4e-26").replace("0.09", "9e-26").replace("0.02", "2e-26")
    tiny = tiny.replace("0.05", "5e-26").replace("0.03", "3e-26")
    for a in ("0.5", "0.1", "0.2", "0.3", "0.4"):
        tiny = tiny.replace(f",{a},", f",{a}e-11,").replace(f",-{a},", f",-{a}e-11,")
    line = said(tiny).splitlines()[1]
    assert "·10⁻¹²" in line
    assert "0.00000" not in line
    fine = printed("linear", [4e-13])
    assert fine.figure(3.8e-12) == "3.80·10⁻¹²"
    assert fine.figure(0.0) == "0"
    assert fine.figure(9.9999e-12) == "1.000·10⁻¹¹"
    assert printed("linear", [0.02]).figure(1.0) == "1.000"
    assert coefficient(1.0436e-4, 6.61e-5) == "0.0001044"
    assert coefficient(0.5, 0.2) == "0.5000"
    assert coefficient(3.2e-13, 1e-13) == "3.20·10⁻¹³".replace("−", "-")
    assert powered(float("inf")) == "∞"
    assert powered(float("nan")) == "-"
    steep = TWO.replace("1.2\n", "1.2e-05\n").replace("0.3\n", "3e-06\n").replace("2.2\n", "2e-5\n")
    steep = steep.replace("1.0\n", "1e-05\n").replace("0.7\n", "7e-06\n").replace("1.9\n", "2e-5\n")
    assert "ratio per unit" in said(steep.replace("2.5\n", "2.5e-5\n"), "OR", mods="~ z")


def network(text, **more):
    sheet = sheet_of(text.encode(), "n.csv")
    return compare(NetworkAsked(table=table_of(sheet), **more))


LOOP = """studlab,treat1,treat2,TE,seTE
1,A,B,0.9,0.1
2,A,C,0.2,0.1
3,B,C,0.5,0.1
4,A,D,0.3,0.2
"""


def test_a_network_of_single_designs_says_what_its_test_is_of():
    one = network(LOOP, important=0.2, certainty=True)
    lines = "\n".join(network_lines(one, EN))
    assert "of common effects: no design has a second study" in lines
    assert "design by treatment, random effects" not in lines
    assert "incoherence: major concerns (by the test of common effects alone)" in lines
    assert "whether a small effect is desirable" in lines
    # The same statistic as Q between designs.
    q = {row.row: row.Q for row in one.decomp.Q_decomp}
    assert abs(one.decomp.interaction_wald.Q - q["Between designs"]) < 1e-9
    more = network(LOOP + "5,A,B,0.7,0.2\n", important=0.2, certainty=True)
    lines = "\n".join(network_lines(more, EN))
    assert "design by treatment, random effects" in lines
    assert "common effects" not in lines


def test_a_league_has_no_limit_of_nothing():
    text = "studlab,treat,event,n\n" + "".join(
        f"{s},{t},{e},{n}\n"
        for s, t, e, n in [(1, "A", 1, 9), (1, "B", 9, 10), (2, "A", 1, 8), (2, "C", 5, 9)]
    )
    rows = league_rows(network(text, measure="OR"), EN)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    assert "(0.00 " not in out.getvalue()

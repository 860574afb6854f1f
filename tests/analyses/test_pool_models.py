"""Models beyond one mean of independent effects, against metafor (reference/pool_models.R)."""

import csv
from collections import defaultdict
from math import exp
from pathlib import Path

import pytest

from hilum.analyses.forms import from_json, to_json
from hilum.analyses.pool import PoolAnswered, run
from hilum.analyses.pool_asked import PoolAsked
from hilum.errors import InputError
from hilum.language import words
from hilum.rendering.pool import pool_lines
from hilum.synthesis.henmi_copas import henmi_copas
from tests.analyses.tables import BCG, table
from tests.synthesis.reference import FILES

BERKEY = table(
    "trial outcome yi vi v1i v2i",
    # Berkey 1998, table I.
    ("Pihlstrom", "PD", 0.47, 0.0075, 0.0075, 0.0030),
    ("Pihlstrom", "AL", -0.32, 0.0077, 0.0030, 0.0077),
    ("Lindhe", "PD", 0.20, 0.0057, 0.0057, 0.0009),
    ("Lindhe", "AL", -0.60, 0.0008, 0.0009, 0.0008),
    ("Knowles", "PD", 0.40, 0.0021, 0.0021, 0.0007),
    ("Knowles", "AL", -0.12, 0.0014, 0.0007, 0.0014),
    ("Ramfjord", "PD", 0.26, 0.0029, 0.0029, 0.0009),
    ("Ramfjord", "AL", -0.31, 0.0015, 0.0009, 0.0015),
    ("Becker", "PD", 0.56, 0.0148, 0.0148, 0.0072),
    ("Becker", "AL", -0.39, 0.0304, 0.0072, 0.0304),
)
NAMES = ("beta", "se", "pval", "ci.lb", "ci.ub")


def _reference():
    out = defaultdict(lambda: defaultdict(list))
    path = Path(__file__).parents[1] / "reference" / "pool_models.csv"
    for row in csv.DictReader(path.read_text().splitlines()):
        if row["job"] != "versions":
            out[row["job"]][row["name"]].append(float(row["value"]))
    return out


R = _reference()


def pooled(measure="RR", of=BCG, **asked):
    return run(PoolAsked(table=of, measure=measure, **asked))


def agrees(found, job, rel):
    for name in NAMES:
        assert getattr(found, name.replace(".", "_")) == pytest.approx(
            R[job][name], rel=rel, abs=2e-6
        ), name


@pytest.mark.parametrize(("job", "mods"), [("multilevel", None), ("multilevel_mods", "ablat")])
def test_nested_groups(job, mods):
    found = pooled(multilevel="alloc", mods=mods)
    # metafor's nlminb stops at 1e-10 in the likelihood.
    agrees(found, job, 2e-5)
    sigma2 = [one.sigma2 for one in found.levels]
    assert sigma2 == pytest.approx(R[job]["sigma2"], rel=1e-4, abs=1e-8)
    assert [(one.column, one.groups) for one in found.levels] == [("alloc", 3), ("", 13)]


@pytest.mark.parametrize(
    ("job", "how"),
    [("multivariate", {"covariances": "v1i,v2i"}), ("multivariate_rho", {"rho": 0.5})],
)
def test_several_outcomes(job, how):
    found = pooled("GEN", BERKEY, multivariate="outcome", **how)
    agrees(found, job, 5e-5)
    assert [one.tau2 for one in found.outcomes] == pytest.approx(R[job]["tau2"], rel=5e-5)
    assert found.rho_between[0][1] == pytest.approx(R[job]["rho"][0], rel=5e-5)
    # Five studies an outcome: t with 4 is what is shown.
    first = found.outcomes[0].shown
    assert first.ci_ub - first.pred == pytest.approx(2.776445105 * found.se[0], rel=1e-8)


@pytest.mark.parametrize(
    ("job", "asked"),
    [
        ("at", {"mods": "ablat", "at": ("ablat=10,ablat=50",)}),
        ("at_knha", {"mods": "ablat+alloc", "test": "knha", "at": ("ablat=10", "alloc=random")}),
        ("multilevel_mods", {"mods": "ablat", "multilevel": "alloc", "at": ("ablat=10,ablat=50",)}),
    ],
)
def test_predictions_at_values_of_moderators(job, asked):
    found = pooled(**asked).predictions
    prefix = "at." if job == "multilevel_mods" else ""
    for name in ("pred", "ci.lb", "ci.ub", "pi.lb", "pi.ub"):
        own = [getattr(one.predict, name.replace(".", "_")) for one in found]
        assert own == pytest.approx(R[job][prefix + name][: len(own)], rel=2e-5), name
    assert [one.se for one in found] == pytest.approx(R[job][prefix + "se"][: len(found)], rel=2e-5)


def test_an_exact_likelihood_with_moderators():
    rates = table(
        "study xi ti ablat",
        *zip(*(BCG.text(name) for name in ("study", "ai", "n1i", "ablat")), strict=True),
    )
    found = pooled("IRLN", rates, mods="ablat", at=("ablat=10,ablat=50",), beside=("line",))
    agrees(found, "glmm", 1e-4)
    for name in ("pred", "ci.lb", "ci.ub"):
        own = [getattr(one.predict, name.replace(".", "_")) for one in found.predictions]
        assert own == pytest.approx(R["glmm"]["at." + name], rel=1e-4, abs=2e-6)
    # The bubble's line is the exact likelihood's own, and its band the one that is shown.
    line = found.beside.line
    last = found.predictions[-1].predict.pred
    assert line.fitted[0] == pytest.approx(found.beta[0] + found.beta[1] * line.at[0], rel=1e-9)
    assert found.coefficients.way == "scores"
    assert found.coefficients.ci_ub[1] >= found.ci_ub[1]
    assert last == pytest.approx(found.beta[0] + 50 * found.beta[1], rel=1e-9)


def test_henmi_and_copas():
    found = pooled(method="HC")
    own = (found.beta[0], found.se[0], found.ci_lb[0], found.ci_ub[0], found.tau2)
    # metafor's root stops at 1.2e-4 (R's uniroot).
    assert own == pytest.approx(R["henmi_copas"]["ends"], rel=2e-4)
    assert found.shown.way == "asked"
    assert pooled(method="DL", test="z").tau2 == pytest.approx(found.tau2, rel=1e-12)


@pytest.mark.parametrize("name", ["bangertdrowns2004", "konstantopoulos2011", "assink2016"])
def test_henmi_and_copas_on_other_tables(name):
    inputs, expected = FILES[name]["input"], FILES[name]["fits"]["hc_henmi_copas"]
    found = henmi_copas(inputs["yi"], inputs["vi"])
    assert (found.ci_lb[0], found.ci_ub[0]) == pytest.approx(
        (expected["ci_lb"], expected["ci_ub"]), abs=2e-4
    )


@pytest.mark.parametrize("measure", ["PLN", "PAS", "AS", "IRSD"])
def test_measures_that_few_ask_for(measure):
    columns = {
        "AS": {},
        "IRSD": {"x1i": "ai", "t1i": "n1i", "x2i": "ci", "t2i": "n2i"},
    }.get(measure, {"xi": "ai", "ni": "n1i"})
    found = pooled(measure, columns=columns, test="z")
    agrees(found, measure, 1e-6)
    assert found.tau2 == pytest.approx(R[measure]["tau2"][0], rel=1e-6)


def test_a_posterior_under_a_prior_that_was_asked_for():
    found = pooled(bayes=True)
    for name, expected in (("mu", R["bayes"]["mu"]), ("tau", R["bayes"]["tau"])):
        one = getattr(found.posterior, name)
        own = (one.mean, one.sd, one.median, one.ci_lb, one.ci_ub)
        assert own == pytest.approx(expected, rel=1e-6), name
    new = found.posterior.prediction
    assert (new.ci_lb, new.ci_ub) == pytest.approx(R["bayes"]["new"], rel=1e-6)
    assert (found.shown.way, found.shown.prior.scale) == ("prior", 0.5)
    assert pooled(bayes=True, scale=0.1).shown.prior.source == ""


def test_errors_by_cluster():
    data = FILES["assink2016"]
    rows = zip(data["input"]["yi"], data["input"]["vi"], data["cluster"], strict=True)
    whole = table("yi vi who", *((*one[:2], f"s{one[2]}") for one in rows))
    for kind, key in (("CR1", "robust_CR1"), ("CR2", "robust_CR2")):
        found = pooled("GEN", whole, multilevel="who", robust=kind)
        plain = pooled("GEN", whole, robust=kind, cluster="who", method="REML")
        expected = data[key]
        near = min((found, plain), key=lambda one, key=key: abs(one.se[0] - data[key]["se"]))
        assert near.se[0] == pytest.approx(expected["se"], rel=1e-5)
        assert near.robust.dfs[0] == pytest.approx(expected["dfs"], rel=1e-4)
        ends = (near.ci_lb[0], near.ci_ub[0])
        assert ends == pytest.approx((expected["ci_lb"], expected["ci_ub"]), rel=1e-4)
        assert (near.shown.ci_lb, near.shown.ci_ub) == pytest.approx(ends, rel=1e-9)
        assert near.shown.way == "robust"


def test_a_prediction_with_errors_by_cluster_is_a_coefficient_of_the_same_model():
    found = pooled(mods="ablat", robust="CR2", at=("ablat=0",))
    (one,) = found.predictions
    ends = (one.shown.ci_lb, one.shown.ci_ub)
    expected = pooled(mods="ablat", robust="CR2")
    assert ends == pytest.approx((exp(expected.ci_lb[0]), exp(expected.ci_ub[0])), rel=1e-9)


REFUSED = [
    ({"multilevel": "alloc", "measure": "OR", "method": "GLMM"}, "method"),
    ({"multilevel": "alloc", "test": "knha"}, "test"),
    ({"multivariate": "alloc"}, "rho"),
    ({"multivariate": "alloc", "rho": 0.5, "mods": "ablat"}, "mods"),
    ({"rho": 0.5}, "rho"),
    ({"robust": "CR2", "test": "knha"}, "test"),
    ({"robust": "CR2", "measure": "OR", "method": "MH"}, "method"),
    ({"cluster": "alloc"}, "cluster"),
    ({"bayes": True, "measure": "RD"}, "scale"),
    ({"bayes": True, "method": "EE"}, "method"),
    ({"bayes": True, "mods": "ablat"}, "mods"),
    ({"scale": 0.5}, "scale"),
    ({"method": "HC", "test": "t"}, "test"),
    ({"method": "HC", "robust": "CR2"}, "method"),
    ({"at": ("ablat=1",)}, "at"),
    ({"at": ("ablat",), "mods": "ablat"}, "at"),
    ({"multilevel": "alloc", "beside": ("baujat",)}, "beside"),
]


@pytest.mark.parametrize(("asked", "column"), REFUSED, ids=str)
def test_what_does_not_go_together_is_refused_with_what_to_do(asked, column):
    with pytest.raises(InputError) as caught:
        PoolAsked(table=BCG, **{"measure": "RR", **asked})
    assert column in [fault.column for fault in caught.value.faults]
    assert all(fault.expected for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("at", "said"),
    [("ablat=x", "a number"), ("year=1", "ablat"), ("alloc=odd,ablat=1", "random")],
)
def test_values_that_a_moderator_cannot_have(at, said):
    mods = "ablat+alloc" if "alloc" in at else "ablat"
    with pytest.raises(InputError, match=said):
        pooled(mods=mods, at=(at,))


def test_a_study_that_reports_an_outcome_twice_is_refused():
    twice = table("trial outcome yi vi", ("a", "x", 1, 1), ("a", "x", 2, 1), ("b", "x", 1, 1))
    with pytest.raises(InputError, match="stands in row 2"):
        pooled("GEN", twice, multivariate="outcome", rho=0.5)


EVERY = [
    {"multilevel": "alloc", "mods": "ablat", "at": ("ablat=10",)},
    {"robust": "CR2", "cluster": "alloc"},
    {"bayes": True, "by": "alloc"},
    {"method": "HC"},
    {"by": "alloc", "same_tau2": True},
]


@pytest.mark.parametrize("asked", EVERY, ids=str)
def test_an_answer_goes_through_json_and_is_told(asked):
    found = pooled(**asked)
    assert from_json(PoolAnswered, to_json(found)) == found
    for language in ("en", "zh-Hans"):
        lines = pool_lines(found, words(language))
        assert not [line for line in lines if "{" in line]
        assert len(lines) > 2

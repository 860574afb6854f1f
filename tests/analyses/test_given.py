"""What a design says was given by its designers was given, whatever the design."""

import pytest

from hilum.analyses.designs import DESIGNS
from hilum.analyses.designs.run import planned
from hilum.analyses.protocol_parts import accrual_of, recruitment_of
from hilum.language import words
from hilum.rendering.sheet.synopsis import text
from hilum.watch import SILENT
from tests.analyses.test_ways import ASKED, FOLLOWED, run

SURVIVAL = {"hazard_ratio": 0.6, "control_median": 12.0}
OTHERS = [
    ("sequential", {**SURVIVAL, **FOLLOWED}),
    ("reestimate", {**SURVIVAL, **FOLLOWED}),
    ("stratified", {"hazard_ratio": 0.6, "stratum": ("0.4 10", "0.6 14"), **FOLLOWED}),
    ("enrichment", {"subgroup": "x", "prevalence": 0.4, "simulate": 1000, **SURVIVAL, **FOLLOWED}),
    ("enrichment", {"subgroup": "x", "prevalence": 0.4, "simulate": 1000, "difference": 5.0,
                    "sd": 10.0}),
    ("multi-arm-survival", {**ASKED["multi-arm-survival"], "intermediate_ratio": 0.6,
                            "intermediate_median": 6.0}),
    ("multi-arm-survival", {"arms": 2, "accrual": 20.0, **SURVIVAL}),
]  # fmt: skip
ALIASES = {"rate": ("accrual", "patients_a_month"), "alpha": ("alphas",), "power": ("powers",)}


def rows(kind, asked):
    design = DESIGNS[kind]
    made, _ = planned(design, design.Asked(**asked), SILENT)
    return {one.parameter: one for one in made.assumptions}


def is_in(name, asked):
    return name in asked or any(one in asked for one in ALIASES.get(name, ()))


@pytest.mark.parametrize(("kind", "asked"), [*((k, ASKED[k]) for k in DESIGNS), *OTHERS])
def test_what_was_not_given_is_not_said_to_be(kind, asked):
    for name, one in rows(kind, asked).items():
        if one.source == "given":
            assert is_in(name, asked), name
        if one.source == "default":
            assert not is_in(name, asked), name


@pytest.mark.parametrize("kind", [k for k in DESIGNS if k not in ("platform", "borrowed")])
def test_another_level_power_or_loss_is_given(kind):
    asked = dict(ASKED[kind])
    if kind == "multi-arm-survival":
        asked |= {"alphas": (0.25, 0.02), "powers": (0.95, 0.86)}
    else:
        asked |= {"alpha": 0.07, "power": 0.77}
        asked |= {"drop_out": 0.03} if "accrual" in asked else {}
    found = rows(kind, asked)
    for name in ("alpha", "power", "drop_out"):
        if name in found:
            assert found[name].source == ("given" if is_in(name, asked) else "default")


def test_a_level_that_is_the_design_s_own_says_so():
    made = run("bayesian")
    assert {x.parameter: x.source for x in made.assumptions}["alpha"] == "default"
    said = text(made, words("en")).splitlines()
    assert any("0.1 · default of this design" in one for one in said)


def test_patients_a_month_of_the_scenarios_are_those_of_the_recruitment():
    made = run("two-proportions", patients_a_month=5.0)
    assert {x.parameter: (x.value, x.source) for x in made.assumptions}["rate"] == (5.0, "given")
    given = {"accrual": None, "centres": 4, "eligible": 120.0, "source": "x"}
    found = recruitment_of(made, {}, None, **given)
    assert found.a_month == pytest.approx(5)
    assert found.accrual == accrual_of(made) == pytest.approx(made.patients / 5)
    assert found.each == pytest.approx(1.25)
    assert found.share == pytest.approx(0.5)
    assert recruitment_of(run("two-proportions"), {}, None, **given).a_month is None
    # Followed in time: the accrual that was planned decides.
    followed = {**SURVIVAL, **FOLLOWED, "patients_a_month": 5.0, "p1": None, "p2": None}
    assert "rate" not in {x.parameter for x in run("sequential", **followed).assumptions}

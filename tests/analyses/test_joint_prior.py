"""Where a level is the prior's: no outcome and no difference; the ratio stands."""

import json

import numpy as np
import pytest

from hilum.analyses.forms import to_json
from hilum.analyses.joint import answer
from hilum.analyses.joint_asked import JointAsked
from hilum.analyses.joint_fitted import Fitted, wanted_of
from hilum.analyses.joint_read import check_named
from hilum.errors import InputError
from hilum.language import words
from hilum.rendering.joint import joint_lines
from hilum.rendering.joint_plots import outcome_picture
from hilum.synthesis.joint import Priors, survival
from hilum.synthesis.joint.identification import share_of_prior
from hilum.synthesis.joint.linear import guessed, information
from hilum.synthesis.joint.of_prior import is_priors
from hilum.synthesis.joint.posterior import Target
from tests.made_fit import made_fit
from tests.synthesis.joint.conftest import rows

YI, SEI = [-0.5, -0.1, -0.8, 0.1, -0.35], [0.2, 0.15, 0.3, 0.25, 0.22]


@pytest.fixture(scope="module")
def ratios():
    """Five hazard ratios of X against Y, no arm."""
    names = [f"T{i}" for i in range(5)]
    return survival(names, ["X"] * 5, ["Y"] * 5, ["randomised"] * 5, YI, SEI)


def answered(studies, target=Target()):  # noqa: B008 - frozen
    return answer(Fitted(JointAsked(), None, target, made_fit(studies), None))


@pytest.mark.parametrize(
    ("percent", "held"), [(None, False), (49.99, False), (50.0, False), (50.01, True), (100, True)]
)
def test_over_half_of_the_information_is_the_prior_s(percent, held):
    assert is_priors(percent) is held


def test_shares_are_the_closed_form(ratios):
    """Of a contrast: prior precision 1 / (2 effect_sd^2), trials' 1 / (sei^2 + tau^2)."""
    priors = Priors.log_hazard()
    info = information(ratios, priors, guessed(priors), (1.0, 1.0))
    prior = 1 / (2 * priors.effect_sd**2)
    seen = (1 / (np.array(SEI) ** 2 + guessed(priors)["tau"] ** 2)).sum()
    share = dict(zip(ratios.treatments, share_of_prior(ratios, info, Target((), ("Y", 20.0))),
                     strict=True))  # fmt: skip
    assert share["Y"] == 0
    assert share["X"] == pytest.approx(100 * prior / (prior + seen))
    assert min(share_of_prior(ratios, info, Target())) > 99


def test_a_difference_of_levels_that_are_the_prior_s_is_withheld(ratios):
    one = answered(ratios)
    (pair,) = one.differences
    assert pair.withheld == "level_of_prior"
    assert (pair.difference, pair.difference_ci, pair.p_relevant, pair.p_relevant_lower) == (
        None, (None, None), None, None,
    )  # fmt: skip
    assert pair.ratio is not None
    told = json.loads(to_json(one))["differences"][0]
    assert told["difference"] is None
    assert told["withheld"] == "level_of_prior"
    # What the page does not tell is not told elsewhere either.
    for level in json.loads(to_json(one))["absolute"]:
        assert level["withheld"] == "level_of_prior"
        assert level["prior_percent"] > 50
        assert (level["value"], level["value_error"]) == (None, None)
        for name in ("ci", "ci_error", "prediction", "prediction_error"):
            assert level[name] == [None, None]
    text = "\n".join(joint_lines(one, words("en")))
    assert "0 unlinked" not in text
    assert "studies, all treatments are linked" in text.splitlines()[0]
    assert "Y v. X: hazard ratio" in text or "X v. Y: hazard ratio" in text
    assert "no difference is told: over half of the information on the outcome of X, Y is" in text
    assert "P(above" not in text
    assert " months" not in text
    picture = outcome_picture(one, words("en"))
    assert picture.count("outcome not known") == 2
    assert "a new study" not in picture


def test_a_known_outcome_gives_levels_and_a_difference(ratios):
    one = answered(ratios, Target((), ("Y", 20.0)))
    (pair,) = one.differences
    assert pair.withheld is None
    assert pair.difference is not None
    assert all(level.withheld is None and level.value is not None for level in one.absolute)
    assert "P(above 3 months)" in "\n".join(joint_lines(one, words("en")))


def test_no_draws_are_made_for_what_is_withheld(ratios):
    priors = Priors.log_hazard()
    made = wanted_of(ratios, JointAsked(), Target(), priors, (1.0, 1.0))
    assert (made.levels, len(made.pairs)) == ((), 1)
    made = wanted_of(ratios, JointAsked(), Target((), ("Y", 20.0)), priors, (1.0, 1.0))
    assert made.levels == (0, 1)


def test_arms_give_every_level(ratios):
    one = answered(rows())
    assert not any(pair.withheld for pair in one.differences)
    text = "\n".join(joint_lines(one, words("en")))
    assert "2 unlinked groups of treatments" in text.splitlines()[0]


def test_a_new_study_has_its_figures_at_the_right():
    one = answered(rows())
    figures = outcome_picture(one, words("en")).count(" to ")
    assert figures == 2 * len(one.absolute)


@pytest.mark.parametrize(("margin", "taken"), [(0, True), (1, True), (1.001, False), (10, False)])
def test_a_margin_of_proportions_is_one(margin, taken):
    asked = JointAsked(margin=float(margin))
    if taken:
        check_named(rows(), asked)
        return
    with pytest.raises(InputError, match=r"from 0 to 1: 0\.1 is 10 %") as error:
        check_named(rows(), asked)
    assert error.value.faults[0].column == "margin"


@pytest.mark.parametrize("margin", [0.0, 1.0, 10.0])
def test_a_margin_of_months_is_any(ratios, margin):
    check_named(ratios, JointAsked(margin=margin))

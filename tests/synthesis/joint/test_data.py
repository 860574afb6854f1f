import math

import pytest

from hilum.errors import InputError, NotEstimable
from hilum.synthesis.joint import Normal, Priors, Scale, arms, survival

GOOD = {
    "study": ["a", "a", "b"],
    "treatment": ["X", "Y", "X"],
    "design": ["randomised", "randomised", "single_arm"],
    "events": [1, 2, 3],
    "n": [10, 10, 10],
}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"events": [1, 12, 3]}, "row 2: a, Y: 12 of 10"),
        ({"events": [1, -2, 3]}, "-2 of 10"),
        ({"events": [1.5, 2, 3]}, "whole numbers"),
        ({"events": [1, math.nan, 3]}, "nan of 10"),
        ({"n": [10, 0, 10]}, "n > 0"),
        ({"design": ["rct", "rct", "single_arm"]}, "design 'rct'"),
        ({"design": ["randomised", "comparative", "single_arm"]}, "one for all its arms"),
        ({"design": ["single_arm", "single_arm", "single_arm"]}, "compares treatments"),
        ({"design": ["randomised", "randomised", "randomised"]}, "it has one arm"),
        ({"treatment": ["X", "X", "X"]}, "arm X appears twice"),
        ({"study": ["a", "a", "a"], "treatment": ["X", "Y", "Z"]}, "one study only"),
        ({"n": [10, 10]}, "n has 2 values"),
    ],
)
def test_bad_arms_are_named(changed, words):
    with pytest.raises(NotEstimable, match=words):
        arms(**(GOOD | changed))


def test_nothing_is_no_model():
    with pytest.raises(NotEstimable, match="no study"):
        arms([], [], [], [], [])


def test_covariates_are_weighted_by_patients_and_must_vary():
    given = GOOD | {"n": [10, 30, 10]}
    found = arms(**given, covariates={"pct": [0.0, 100.0, 20.0]})
    assert found.x[:, 0].tolist() == [75.0, 20.0]
    for column, words in (([1.0, 1.0, math.nan], "1 study reports"), ([5.0] * 3, "different")):
        with pytest.raises(NotEstimable, match=words):
            arms(**given, covariates={"pct": column})
    with pytest.raises(NotEstimable, match="finite"):
        arms(**given, covariates={"pct": [1.0, math.inf, 2.0]})


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", "X", "Y", 0.1, -0.2), ("b", "X", None, 0.1, 0.2)], "sei > 0"),
        ([("a", "X", "X", 0.1, 0.2), ("b", "X", None, 0.1, 0.2)], "against itself"),
        ([("a", "X", "Y", 0.1, 0.2), ("a", "Z", "Y", 0.1, 0.2)], "one contrast"),
        ([("a", "X", "Y", 0.1, 0.2), ("a", "Z", None, 0.1, 0.2)], "one contrast"),
    ],
)
def test_bad_contrasts_are_named(rows, words):
    study, treatment, comparator, yi, sei = zip(*rows, strict=True)
    design = ["single_arm" if c is None and s != "a" else "randomised"
              for s, c in zip(study, comparator, strict=True)]  # fmt: skip
    with pytest.raises(NotEstimable, match=words):
        survival(study, treatment, comparator, design, yi, sei)


def test_priors_are_read_and_written_as_plain_values():
    given = {"tau": {"fixed": 0.2}, "bias_single": [0.3, 0.1], "sigma": 2, "effect_sd": 1.5}
    priors = Priors.from_mapping(given)
    assert priors.tau == Scale(0.2, fixed=True)
    assert priors.bias_single == Normal(0.3, 0.1)
    assert Priors.from_mapping(priors.as_mapping()) == priors


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tua": 1}, "tua: '1': expected one of centre"),
        ({"tau": -1}, "at least 0"),
        ({"tau": "wide"}, "a number"),
        ({"tau": {"fix": 1}}, "fixed"),
        ({"bias_single": 0.3}, "mean, sd"),
        ({"bias_single": [0.3, -1]}, "mean, sd"),
        ({"effect_sd": 0}, "above 0"),
        ({"sigma": True}, "a number"),
    ],
)
def test_bad_priors_are_named(given, words):
    with pytest.raises(InputError, match=words):
        Priors.from_mapping(given)

"""CINeMA drafts: the crossings of its documentation, and every threshold."""

import math
from dataclasses import replace

import pytest

from hilum.errors import InputError
from hilum.synthesis.certainty import (
    REASONS,
    SOURCES,
    NetworkBody,
    Thresholds,
    cinema,
    rate_network,
)
from hilum.synthesis.certainty.cinema import areas

BODY = NetworkBody(
    "ratio",
    (0.5, 0.7),
    {"a": 60.0, "b": 30.0, "c": 10.0},
    prediction=(0.45, 0.75),
    direct=(0.5, 0.7),
    indirect=(0.4, 0.75),
    bias={"a": "low", "b": "some_concerns", "c": "high"},
    indirectness={"a": "low", "b": "low", "c": "low"},
    side_p=0.5,
    reporting="undetected",
)


def judged(body, domain, **given):
    return cinema(body, **given).domains[domain].judgement


def test_six_domains_and_a_start():
    found = cinema(BODY)
    assert list(found.domains) == [
        "start",
        *("within_study_bias", "reporting_bias", "indirectness"),
        *("imprecision", "heterogeneity", "incoherence"),
    ]
    assert (found.level, found.framework) == ("high", "cinema")
    for one in found.domains.values():
        assert one.source in SOURCES
        assert one.code in REASONS
        assert "{" not in one.reason


# Documentation of the CINeMA software, clinically important odds ratio 0.8 (limits 0.8 and 1.25).
@pytest.mark.parametrize(
    ("ci", "expected"),
    [
        ((0.5, 0.8), "no_concerns"),
        ((0.85, 1.2), "no_concerns"),
        ((1.25, 2.0), "no_concerns"),
        ((0.5, 0.81), "some_concerns"),
        ((0.9, 1.26), "some_concerns"),
        ((0.79, 1.26), "major_concerns"),
    ],
)
def test_imprecision_counts_limits_crossed(ci, expected):
    assert judged(replace(BODY, ci=ci), "imprecision") == expected


# The table of crossings of the confidence and the prediction interval, all its cells.
CROSSING = {0: (0.85, 1.2), 1: (0.7, 1.2), 2: (0.7, 1.4)}


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        (0, 0, "no_concerns"),
        (0, 1, "some_concerns"),
        (0, 2, "major_concerns"),
        (1, 1, "no_concerns"),
        (1, 2, "some_concerns"),
        (2, 2, "no_concerns"),
    ],
)
def test_heterogeneity_compares_the_two_intervals(inner, outer, expected):
    body = replace(BODY, ci=CROSSING[inner], prediction=CROSSING[outer])
    assert judged(body, "heterogeneity") == expected
    assert judged(replace(body, prediction=None), "heterogeneity") == "not_assessed"


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.11, "no_concerns"),
        (0.10, "some_concerns"),
        (0.01, "some_concerns"),
        (0.0099, "major_concerns"),
        (None, "not_assessed"),
    ],
)
def test_incoherence_of_indirect_evidence_only(p, expected):
    body = replace(BODY, direct=None, interaction_p=p, side_p=None)
    assert judged(body, "incoherence") == expected


@pytest.mark.parametrize(
    ("direct", "indirect", "expected"),
    [
        ((0.5, 0.7), (0.4, 0.75), "no_concerns"),  # both below only
        ((0.5, 0.7), (0.5, 0.9), "some_concerns"),  # one reaches between
        ((0.5, 0.7), (0.9, 1.2), "major_concerns"),  # below against between
        ((0.5, 0.7), (1.3, 2.0), "major_concerns"),
        ((0.5, 0.7), (0.5, 1.3), "major_concerns"),
        ((0.5, 1.3), (0.6, 1.5), "no_concerns"),
    ],
)
def test_incoherence_by_areas_where_the_sides_differ(direct, indirect, expected):
    body = replace(BODY, direct=direct, indirect=indirect, side_p=0.1)
    assert judged(body, "incoherence") == expected
    # A difference that its own test does not show is no concern.
    assert judged(replace(body, side_p=0.11), "incoherence") == "no_concerns"
    assert judged(replace(body, side_p=None), "incoherence") == expected


def test_direct_evidence_only_cannot_be_incoherent():
    body = replace(BODY, indirect=None, side_p=None)
    assert judged(body, "incoherence") == "no_concerns"
    neither = replace(body, direct=None)
    assert judged(neither, "incoherence") == "not_assessed"


def test_areas():
    edges = (0.8, 1.25)
    assert areas((0.5, 0.8), edges) == (True, False, False)
    assert areas((0.5, 2.0), edges) == (True, True, True)
    assert areas((1.25, 2.0), edges) == (False, False, True)


@pytest.mark.parametrize(
    ("weights", "rule", "expected"),
    [
        ((60, 30, 10), "majority", "no_concerns"),
        ((40, 40, 20), "majority", "some_concerns"),  # a tie goes to the worse
        ((20, 30, 50), "majority", "major_concerns"),
        ((60, 30, 10), "average", "some_concerns"),  # 1.5 points, halves up
        ((61, 29, 10), "average", "no_concerns"),
        ((20, 10, 70), "average", "major_concerns"),
        ((60, 30, 10), "highest", "major_concerns"),
        ((60, 40, 0), "highest", "some_concerns"),
    ],
)
def test_within_study_bias_by_contribution(weights, rule, expected):
    body = replace(BODY, contributions=dict(zip("abc", map(float, weights), strict=True)))
    assert judged(body, "within_study_bias", rule=rule) == expected


def test_judgements_of_half_the_contribution_are_needed():
    body = replace(BODY, contributions={"a": 50.0, "d": 50.0})
    assert judged(body, "within_study_bias") == "no_concerns"
    body = replace(BODY, contributions={"a": 49.0, "d": 51.0})
    assert judged(body, "within_study_bias") == "not_assessed"
    assert judged(replace(BODY, bias=None), "within_study_bias") == "not_assessed"
    assert judged(replace(BODY, indirectness={"a": "high"}), "indirectness") == "major_concerns"


def test_reporting_bias_is_a_persons():
    assert judged(replace(BODY, reporting=None), "reporting_bias") == "not_assessed"
    assert judged(replace(BODY, reporting="suspected"), "reporting_bias") == "some_concerns"


@pytest.mark.parametrize(
    ("designs", "start"),
    [
        ({}, "high"),
        ({"a": "nonrandomised"}, "low"),
        ({"b": "nonrandomised", "c": "single_arm"}, "high"),
        ({"a": "single_arm"}, "very_low"),
        ({"a": "single_arm_prospective", "b": "single_arm"}, "low"),
    ],
)
def test_the_start_follows_what_holds_half_the_contribution(designs, start):
    assert cinema(replace(BODY, designs=designs)).domains["start"].judgement == start
    half = replace(BODY, contributions={"a": 50.0, "b": 50.0}, designs={"a": "single_arm"})
    assert cinema(half).domains["start"].judgement == "high"


def test_imprecision_heterogeneity_and_incoherence_count_once():
    body = replace(
        BODY,
        ci=(0.7, 1.2),
        prediction=(0.6, 1.4),
        direct=(0.5, 0.7),
        indirect=(0.6, 1.2),
        side_p=0.05,
    )
    found = cinema(body)
    steps = [found.domains[one].steps for one in ("imprecision", "heterogeneity", "incoherence")]
    assert steps == [-1, -1, -1]
    assert found.level == "moderate"
    assert cinema(replace(body, reporting="suspected")).level == "low"


def test_differences_need_the_smallest_important_one():
    body = NetworkBody("difference", (-4.0, -1.0), {"a": 1.0}, prediction=(-6.0, 1.0))
    with pytest.raises(InputError, match="important_difference"):
        cinema(body)
    found = cinema(body, Thresholds(important_difference=2.0))
    assert found.domains["imprecision"].judgement == "some_concerns"
    assert found.domains["heterogeneity"].judgement == "no_concerns"


@pytest.mark.parametrize(
    "wrong",
    [
        {"contributions": {}},
        {"contributions": {"a": 0.0}},
        {"contributions": {"a": -1.0, "b": 2.0}},
        {"contributions": {"a": math.nan}},
        {"bias": {"a": "bad"}},
        {"indirectness": {"a": "serious"}},
        {"designs": {"a": "cohort"}},
        {"ci": (0.7, 0.5)},
        {"prediction": (math.nan, 1.0)},
        {"side_p": 1.2},
        {"interaction_p": -0.1},
        {"reporting": "perhaps"},
        {"scale": "months"},
    ],
)
def test_a_comparison_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(InputError):
        replace(BODY, **wrong)


def test_an_unknown_rule_is_refused():
    with pytest.raises(InputError, match="rule"):
        cinema(BODY, rule="worst")


NAN = math.nan
ARRAYS = {
    "comparisons": ["a:b", "a:c"],
    "studies": ["s", "t", "u"],
    "scale": "ratio",
    "ci": [(0.5, 0.7), (0.7, 1.4)],
    "contributions": [(0.7, 0.3, 0.0), (0.2, 0.2, 0.6)],
    "prediction": [(0.45, 0.75), (NAN, NAN)],
    "direct": [(0.5, 0.7), (NAN, NAN)],
    "indirect": [(0.4, 0.75), (0.7, 1.4)],
    "side_p": [0.5, NAN],
    "interaction_p": 0.05,
    "bias": {"s": "low", "t": "high", "u": "high"},
    "indirectness": {"s": "low", "t": "low", "u": "some"},
    "designs": {"u": "nonrandomised"},
    "reporting": {"a:b": "undetected"},
}


def test_a_whole_network_is_its_comparisons_one_by_one():
    found = rate_network(**ARRAYS)
    assert list(found) == ["a:b", "a:c"]
    each = {key: ARRAYS[key] for key in ("bias", "indirectness", "designs", "interaction_p")}
    assert found["a:b"] == cinema(
        NetworkBody(
            "ratio",
            (0.5, 0.7),
            {"s": 0.7, "t": 0.3, "u": 0.0},
            prediction=(0.45, 0.75),
            direct=(0.5, 0.7),
            indirect=(0.4, 0.75),
            side_p=0.5,
            reporting="undetected",
            **each,
        )
    )
    other = {name: one.judgement for name, one in found["a:c"].domains.items()}
    assert other == {
        "start": "low",
        "within_study_bias": "major_concerns",
        "reporting_bias": "not_assessed",
        "indirectness": "some_concerns",
        "imprecision": "major_concerns",
        "heterogeneity": "not_assessed",
        "incoherence": "some_concerns",
    }
    assert found["a:c"].level == "very_low"


@pytest.mark.parametrize(
    "wrong",
    [
        {"comparisons": ["a:b", "a:b"]},
        {"studies": ["s", "s", "u"]},
        {"ci": [(0.5, 0.7)]},
        {"ci": [(0.5, 0.7), (NAN, NAN)]},
        {"contributions": [(0.7, 0.3), (0.2, 0.8)]},
        {"side_p": [0.5]},
        {"bias": {"x": "low"}},
        {"reporting": {"b:c": "suspected"}},
    ],
)
def test_arrays_that_do_not_fit_are_refused(wrong):
    with pytest.raises(InputError):
        rate_network(**ARRAYS | wrong)

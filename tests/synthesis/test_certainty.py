"""GRADE drafts: every rule on both sides of its threshold."""

import math
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hilum.errors import InputError
from hilum.synthesis.certainty import (
    JUDGEMENTS,
    LEVELS,
    REASONS,
    SOURCES,
    Body,
    Thresholds,
    circles,
    grade,
    silent,
)

LIMITS = Thresholds()


def ratio(**changes):
    """Ten randomised studies of 100 patients, all at low risk: nothing to lower."""
    k = changes.pop("k", 10)
    given = {
        "kind": "randomised",
        "scale": "ratio",
        "weights": [1.0] * k,
        "prospective": [True] * k,
        "bias": ["low"] * k,
        "tools": ["rob2"] * k,
        "directness": ["direct"] * k,
        "value": 0.6,
        "ci": (0.5, 0.7),
        "prediction": (0.45, 0.74),
        "i2": 0.0,
        "events": 400,
        "n": 1000,
        "funnel_p": 0.5,
    }
    return Body(**given | changes)


def single(**changes):
    given = {
        "kind": "single_arm",
        "scale": "proportion",
        "prospective": [True] * 3,
        "k": 3,
        "bias": [None] * 3,
        "tools": [None] * 3,
        "value": 0.4,
        "ci": (0.35, 0.45),
        "prediction": (0.3, 0.5),
    }
    return ratio(**given | changes)


def judged(body, domain):
    one = grade(body).domains[domain]
    return one.judgement, one.steps


def test_a_body_without_fault_is_high_and_says_why_in_every_domain():
    found = grade(ratio())
    assert found.level == "high"
    assert next(iter(found.domains)) == "start"
    assert len(found.domains) == 9
    for one in found.domains.values():
        assert one.judgement in JUDGEMENTS
        assert one.source in SOURCES
        assert "{" not in one.reason
        assert one.reason


@pytest.mark.parametrize(
    ("body", "level", "code"),
    [
        (ratio(), "high", "start_randomised"),
        (ratio(kind="nonrandomised"), "low", "start_nonrandomised"),
        (ratio(kind="nonrandomised", tools=["robins_i"] * 10), "high", "start_robins_i"),
        (
            ratio(
                kind="nonrandomised",
                tools=["robins_i"] * 9 + [None],
                bias=["low"] * 9 + [None],
            ),
            "low",
            "start_nonrandomised",
        ),
        (single(), "low", "start_series"),
        (single(prospective=[True, True, False]), "very_low", "start_series_retrospective"),
    ],
)
def test_start(body, level, code):
    one = grade(body).domains["start"]
    assert (one.judgement, one.code, one.steps) == (level, code, 0)


@pytest.mark.parametrize(
    ("low", "some", "high", "expected"),
    [
        (10, 0, 0, ("not_serious", 0)),
        (6, 4, 0, ("not_serious", 0)),
        (5, 5, 0, ("serious", -1)),  # half is not most
        (15, 0, 5, ("not_serious", 0)),  # 25 % at high is not beyond 25 %
        (7, 0, 3, ("serious", -1)),
        (5, 0, 5, ("serious", -1)),  # 50 % is not beyond 50 %
        (4, 0, 6, ("very_serious", -2)),
    ],
)
def test_risk_of_bias_by_share(low, some, high, expected):
    bias = ["low"] * low + ["some_concerns"] * some + ["high"] * high
    k = len(bias)
    assert judged(ratio(k=k, bias=bias, tools=["rob2"] * k), "risk_of_bias") == expected


def test_risk_of_bias_weighs_information_not_heads():
    body = ratio(k=2, weights=[1, 9], bias=["low", "high"], tools=["rob2"] * 2)
    assert judged(body, "risk_of_bias") == ("very_serious", -2)


def test_risk_of_bias_not_appraised_says_so_and_lowers_nothing():
    body = ratio(bias=[None] * 10, tools=[None] * 10)
    one = grade(body).domains["risk_of_bias"]
    assert (one.judgement, one.steps) == ("not_assessed", 0)
    assert one.reason == "studies appraised: none of 10"
    body = ratio(bias=["high"] * 4 + [None] * 6, tools=["rob2"] * 4 + [None] * 6)
    one = grade(body).domains["risk_of_bias"]
    assert one.reason.startswith("studies with 40 % of the information appraised")
    body = ratio(bias=["high"] * 5 + [None] * 5, tools=["rob2"] * 5 + [None] * 5)
    assert judged(body, "risk_of_bias") == ("very_serious", -2)


@pytest.mark.parametrize(
    ("bias", "level", "steps"),
    [
        (["low"] * 6 + ["critical"] * 4, "high", 0),
        (["moderate"] * 10, "moderate", -1),
        (["low"] * 3 + ["moderate"] * 3 + ["serious"] * 4, "moderate", -1),
        (["low"] * 5 + ["serious"] * 5, "low", -2),
        (["serious"] * 10, "low", -2),
        (["critical"] * 10, "very_low", -3),
        (["no_information"] * 10, "low", -2),
    ],
)
def test_robins_i_starts_high_and_goes_down_by_its_levels(bias, level, steps):
    body = ratio(kind="nonrandomised", bias=bias, tools=["robins_i"] * 10)
    found = grade(body)
    assert found.domains["risk_of_bias"].steps == steps
    assert found.level == level


@pytest.mark.parametrize(
    ("i2", "prediction", "expected"),
    [
        (49.9, (0.45, 0.74), ("not_serious", 0)),
        (50.0, (0.45, 0.74), ("serious", -1)),
        (80.0, (0.45, 0.74), ("serious", -1)),  # large I2, yet no other conclusion
        (0.0, (0.4, 0.76), ("serious", -1)),  # prediction crosses 0.75, interval does not
        (74.9, (0.4, 0.76), ("serious", -1)),
        (75.0, (0.4, 0.76), ("very_serious", -2)),
        (0.0, (0.3, 1.26), ("very_serious", -2)),  # crosses two more
        (None, None, ("not_assessed", 0)),
        (60.0, None, ("serious", -1)),
    ],
)
def test_inconsistency_of_ratios(i2, prediction, expected):
    assert judged(ratio(i2=i2, prediction=prediction), "inconsistency") == expected


@pytest.mark.parametrize(
    ("i2", "prediction", "expected"),
    [
        (49.9, (0.3, 0.5999), ("not_serious", 0)),
        (0.0, (0.3, 0.6), ("serious", -1)),  # 30 points wide
        (50.0, (0.4, 0.5), ("serious", -1)),
        (74.9, (0.2, 0.8), ("serious", -1)),
        (75.0, (0.2, 0.8), ("very_serious", -2)),
        (75.0, (0.2, 0.7999), ("serious", -1)),
    ],
)
def test_inconsistency_of_proportions(i2, prediction, expected):
    assert judged(single(i2=i2, prediction=prediction), "inconsistency") == expected


@pytest.mark.parametrize(
    ("prediction", "i2", "expected"),
    [
        ((10.0, 19.9), 0.0, ("not_serious", 0)),
        ((10.0, 20.0), 0.0, ("serious", -1)),
        ((10.0, 40.0), 80.0, ("very_serious", -2)),
        ((0.0, 40.0), 80.0, ("very_serious", -2)),
    ],
)
def test_inconsistency_of_months(prediction, i2, expected):
    body = single(scale="months", value=20, ci=(18, 22), prediction=prediction, i2=i2)
    assert judged(body, "inconsistency") == expected


def test_one_study_has_nothing_to_be_consistent_with():
    assert judged(ratio(k=1, prediction=None, i2=None), "inconsistency") == ("not_assessed", 0)


@pytest.mark.parametrize(
    ("direct", "partly", "other", "expected"),
    [
        (10, 0, 0, ("not_serious", 0)),
        (5, 5, 0, ("not_serious", 0)),
        (4, 6, 0, ("serious", -1)),
        (4, 3, 3, ("serious", -1)),
        (0, 5, 5, ("serious", -1)),
        (0, 4, 6, ("very_serious", -2)),
    ],
)
def test_indirectness(direct, partly, other, expected):
    words = ["direct"] * direct + ["partly"] * partly + ["other"] * other
    assert judged(ratio(directness=words), "indirectness") == expected


@pytest.mark.parametrize(
    ("ci", "events", "n", "expected", "code"),
    [
        ((0.5, 0.7), 300, None, ("not_serious", 0), "ratio_precise_events"),
        ((0.5, 0.7), 299, 10000, ("serious", -1), "ratio_small_events"),
        ((0.5, 0.7), None, 400, ("not_serious", 0), "ratio_precise_patients"),
        ((0.5, 0.7), None, 399, ("serious", -1), "ratio_small_patients"),
        ((0.5, 0.7), None, None, ("serious", -1), "ratio_unknown_size"),
        ((0.75, 1.25), 300, None, ("not_serious", 0), "ratio_precise_events"),
        ((0.74, 1.2), 300, None, ("serious", -1), "ratio_null"),
        ((0.8, 1.26), 300, None, ("serious", -1), "ratio_null"),
        ((0.6, 1.0), 300, None, ("serious", -1), "ratio_null"),
        ((0.74, 1.26), 3000, None, ("very_serious", -2), "ratio_both"),
        (None, 300, 400, ("serious", -1), "no_interval"),
    ],
)
def test_imprecision_of_ratios(ci, events, n, expected, code):
    one = grade(ratio(ci=ci, events=events, n=n)).domains["imprecision"]
    assert (one.judgement, one.steps) == expected
    assert one.code == code


@pytest.mark.parametrize(
    ("ci", "expected"),
    [
        ((0.4, 0.5999), ("not_serious", 0)),
        ((0.4, 0.6), ("serious", -1)),
        ((0.3, 0.6999), ("serious", -1)),
        ((0.3, 0.7), ("very_serious", -2)),
    ],
)
def test_imprecision_of_proportions(ci, expected):
    assert judged(single(ci=ci), "imprecision") == expected


@pytest.mark.parametrize(
    ("ci", "expected"),
    [
        ((20.0, 29.9), ("not_serious", 0)),
        ((20.0, 30.0), ("serious", -1)),
        ((20.0, 45.0), ("very_serious", -2)),
        ((0.0, 45.0), ("very_serious", -2)),
    ],
)
def test_imprecision_of_months(ci, expected):
    assert judged(single(scale="months", value=25, ci=ci), "imprecision") == expected


@pytest.mark.parametrize(
    ("body", "expected", "code"),
    [
        (ratio(funnel_p=0.10), ("not_serious", 0), "funnel"),
        (ratio(funnel_p=0.099), ("serious", -1), "funnel"),
        (ratio(k=9, funnel_p=0.01), ("not_assessed", 0), "funnel_few"),
        (ratio(funnel_p=None), ("not_assessed", 0), "funnel_no_test"),
        (single(), ("not_assessed", 0), "funnel_single_arm"),
    ],
)
def test_publication_bias(body, expected, code):
    one = grade(body).domains["publication_bias"]
    assert (one.judgement, one.steps, one.code) == (*expected, code)


@pytest.mark.parametrize(
    ("value", "ci", "steps", "code"),
    [
        (2.0, (1.5, 2.6), 0, "up_not_large"),
        (2.01, (1.5, 2.6), 1, "up_large"),
        (0.49, (0.4, 0.6), 1, "up_large"),
        (5.0, (4.0, 6.0), 1, "up_large"),
        (5.01, (4.0, 6.0), 2, "up_large"),
        (0.19, (0.1, 0.3), 2, "up_large"),
    ],
)
def test_a_large_effect_rates_up_comparisons_without_randomisation(value, ci, steps, code):
    body = ratio(kind="nonrandomised", value=value, ci=ci, prediction=ci)
    found = grade(body)
    assert found.domains["large_effect"].steps == steps
    assert found.domains["large_effect"].code == code
    assert found.level == LEVELS[1 + steps]


def test_nothing_else_is_rated_up():
    large = {"value": 6.0, "ci": (4.0, 9.0), "prediction": (4.0, 9.0)}
    assert grade(ratio(**large)).domains["large_effect"].code == "up_not_randomised"
    assert grade(single()).domains["large_effect"].code == "up_not_single_arm"
    low = ratio(kind="nonrandomised", **large, directness=["partly"] * 10)
    assert grade(low).domains["large_effect"].code == "up_downgraded"
    for domain in ("dose_response", "opposing_confounding"):
        assert judged(ratio(kind="nonrandomised"), domain) == ("none", 0)


def test_the_level_is_the_start_and_the_steps_kept_on_the_scale():
    body = ratio(directness=["partly"] * 10)
    assert grade(body).level == "moderate"
    body = replace(body, events=10)
    assert grade(body).level == "low"
    body = replace(body, bias=["high"] * 10, i2=90.0)
    assert grade(body).level == "very_low"
    assert circles("very_low") == "⊕◯◯◯"
    assert circles("high") == "⊕⊕⊕⊕"


def test_the_order_of_studies_changes_nothing():
    bias = ["low", "some_concerns", "high", None]
    body = ratio(k=4, weights=[5, 3, 2, 1], bias=bias, tools=["rob2"] * 3 + [None])
    back = replace(body, weights=body.weights[::-1], bias=bias[::-1], tools=[None] + ["rob2"] * 3)
    assert grade(body) == grade(back)


SEVERITY = ("low", "some_concerns", "high")
ENDS = st.floats(0.05, 1.0)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.1, 100), st.integers(0, 2)), min_size=1, max_size=8),
    st.data(),
)
def test_a_worse_study_never_raises_the_certainty(studies, data):
    place = data.draw(st.integers(0, len(studies) - 1))

    def level(levels):
        k = len(levels)
        bias = [SEVERITY[one] for one in levels]
        weights = [weight for weight, _ in studies]
        body = ratio(k=k, weights=weights, bias=bias, tools=["rob2"] * k)
        return LEVELS.index(grade(body).level)

    levels = [one for _, one in studies]
    worse = [min(one + (i == place), 2) for i, one in enumerate(levels)]
    assert level(worse) <= level(levels)


@settings(max_examples=200, deadline=None)
@given(ENDS, st.floats(1.0, 8.0), st.floats(1.0, 3.0), st.booleans())
def test_a_wider_interval_never_raises_the_certainty(low, spread, more, months):
    high = low * spread
    assert _imprecise(low, high * more, months) <= _imprecise(low, high, months)


def _imprecise(low, high, months):
    body = ratio(
        scale="months" if months else "ratio",
        kind="single_arm" if months else "randomised",
        ci=(low, high),
    )
    return grade(body).domains["imprecision"].steps


def test_thresholds_are_the_callers_to_change():
    strict = Thresholds(optimal_events=1000)
    assert grade(ratio(), strict).domains["imprecision"].judgement == "serious"
    assert grade(ratio()).domains["imprecision"].judgement == "not_serious"


@pytest.mark.parametrize("name", [one.name for one in fields(Thresholds)])
def test_a_threshold_below_zero_is_refused(name):
    for value in (-1, 0, math.nan):
        with pytest.raises(InputError, match=name):
            Thresholds(**{name: value})


@pytest.mark.parametrize(
    "wrong",
    [
        {"weights": []},
        {"weights": [0.0] * 10},
        {"weights": [-1.0] + [1.0] * 9},
        {"weights": [math.nan] * 10},
        {"bias": ["low"]},
        {"bias": ["bad"] * 10},
        {"directness": ["near"] * 10},
        {"ci": (0.7, 0.5)},
        {"ci": (math.nan, 0.5)},
        {"value": -1.0},
        {"value": math.nan},
        {"kind": "trial"},
        {"scale": "difference"},
        {"i2": 101.0},
        {"funnel_p": 2.0},
    ],
)
def test_a_body_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(InputError):
        ratio(**wrong)


def test_every_reason_can_be_said():
    for text in REASONS.values():
        assert text.count("{") == text.count("}")


def test_silence_on_the_risk_of_bias_gives_nothing_above_low():
    unread = {"bias": [None] * 10, "tools": [None] * 10}
    assert grade(ratio(**unread)).level == "low"
    assert silent(grade(ratio(**unread)).domains)
    assert grade(ratio()).level == "high"
    assert not silent(grade(ratio()).domains)
    # Half of the information appraised is enough to judge; less is silence.
    half = {"bias": ["low"] * 5 + [None] * 5, "tools": ["rob2"] * 5 + [None] * 5}
    assert grade(ratio(**half)).level == "high"
    less = {"bias": ["low"] * 4 + [None] * 6, "tools": ["rob2"] * 4 + [None] * 6}
    assert grade(ratio(**less)).level == "low"
    # What is low or lower without it is not held down.
    down = ratio(**unread, events=10, directness=["partly"] * 10)
    assert grade(down).level == "low"
    assert not silent(grade(down).domains)


def test_imprecision_is_judged_by_sampling_error_where_it_is_given():
    wide = ratio(ci=(0.27, 1.59), value=0.66)
    assert judged(wide, "imprecision") == ("very_serious", -2)
    assert judged(replace(wide, sampling_ci=(0.49, 0.91)), "imprecision") == ("not_serious", 0)
    assert judged(replace(wide, sampling_ci=(0.49, 1.1)), "imprecision") == ("serious", -1)
    with pytest.raises(InputError, match="sampling_ci"):
        replace(wide, sampling_ci=(0.9, 0.5))
    months = single(scale="months", value=10.0, ci=(5.0, 20.0), prediction=None)
    assert judged(months, "imprecision") == ("very_serious", -2)
    assert judged(replace(months, sampling_ci=(9.0, 11.0)), "imprecision") == ("not_serious", 0)

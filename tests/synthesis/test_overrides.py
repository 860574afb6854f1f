"""A person's changes: kept with their reason, or refused with theirs."""

from dataclasses import replace

import pytest

from hilum.errors import InputError
from hilum.synthesis.certainty import Body, NetworkBody, Override, apply_overrides, cinema, grade

BODY = Body(
    kind="nonrandomised",
    scale="ratio",
    weights=[1.0],
    prospective=[True],
    bias=[None],
    tools=[None],
    directness=["direct"],
    value=0.6,
    ci=(0.5, 0.7),
    n=1000,
)
DRAFTS = {
    "tace/tae": grade(BODY),
    "a:b": cinema(NetworkBody("ratio", (0.5, 0.7), {"s": 1.0}, direct=(0.5, 0.7))),
}
GOOD = Override(
    "tace/tae", "risk_of_bias", "not_assessed", "serious", "read in full", "AB", "2026-01-31"
)


def refused(*overrides):
    with pytest.raises(InputError) as error:
        apply_overrides(DRAFTS, overrides)
    return error.value.faults


def test_a_change_moves_the_level_and_keeps_its_reason():
    found = apply_overrides(DRAFTS, [GOOD])
    assert DRAFTS["tace/tae"].level == "low"
    assert found["tace/tae"].level == "very_low"
    one = found["tace/tae"].domains["risk_of_bias"]
    assert (one.judgement, one.steps, one.reason) == ("serious", -1, "read in full")
    assert (one.edit.who, one.edit.when, one.edit.before) == ("AB", "2026-01-31", "not_assessed")
    assert one.code == "bias_not_appraised"  # what the rule had said stays beside it
    assert found["a:b"] == DRAFTS["a:b"]


def test_rating_up_by_a_person():
    up = replace(GOOD, domain="dose_response", before="none", after="upgrade")
    # Nobody assessed the risk of bias: silence gives no moderate.
    assert apply_overrides(DRAFTS, [up])["tace/tae"].level == "low"
    assessed = replace(GOOD, after="not_serious")
    assert apply_overrides(DRAFTS, [up, assessed])["tace/tae"].level == "moderate"


def test_the_start_and_the_level_itself_may_be_changed():
    start = replace(GOOD, domain="start", before="low", after="high")
    assessed = replace(GOOD, after="not_serious")
    level = replace(GOOD, domain="level", before="high", after="moderate", reason="not so high")
    # The level last, in any order.
    found = apply_overrides(DRAFTS, [level, start, assessed])["tace/tae"]
    assert found.domains["start"].judgement == "high"
    assert (found.level, found.edit.reason) == ("moderate", "not so high")


def test_a_network_keeps_its_own_sum():
    change = Override(
        "a:b", "imprecision", "no_concerns", "major_concerns", "few events", "AB", "2026-01-31"
    )
    found = apply_overrides(DRAFTS, [change])["a:b"]
    assert (DRAFTS["a:b"].level, found.level) == ("high", "low")
    also = replace(change, domain="heterogeneity", before="not_assessed")
    assert apply_overrides(DRAFTS, [change, also])["a:b"].level == "low"  # counted once


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"reason": " "}, "reason"),
        ({"who": ""}, "who"),
        ({"when": "last week"}, "when"),
        ({"subject": "tace/tea"}, "subject"),
        ({"domain": "risk_of_bios"}, "domain"),
        ({"domain": "heterogeneity"}, "domain"),
        ({"after": "grave"}, "to"),
        ({"after": "upgrade"}, "to"),
        ({"after": "not_assessed"}, "to"),
        ({"before": "serious"}, "from"),
        ({"domain": "level", "before": "low", "after": "middling"}, "to"),
        ({"domain": "level", "before": "middling", "after": "low"}, "from"),
        ({"domain": "level", "before": "high", "after": "moderate"}, "from"),
        ({"domain": "start", "before": "low", "after": "serious"}, "to"),
    ],
)
def test_each_fault_names_its_key(change, column):
    found = refused(replace(GOOD, file="o.toml", row=3, **change))
    assert column in [one.column for one in found]
    assert {(one.file, one.row) for one in found} == {("o.toml", 3)}


def test_a_near_name_is_suggested_and_all_faults_come_at_once():
    found = refused(replace(GOOD, subject="tace/tea"), replace(GOOD, reason=""), GOOD)
    assert "tace/tae" in found[0].expected
    assert [one.column for one in found] == ["subject", "reason", "domain"]

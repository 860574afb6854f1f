"""Pairs that nobody would randomise are left out with the rules, others kept with theirs."""

from __future__ import annotations

import pytest

from hilum.analyses.rank import BEST_SIZE, RankAsked, run
from hilum.errors import NotEstimable
from hilum.language import words
from hilum.rendering.rank import rank_lines
from hilum.rendering.rank_page import rank_page

ASKED = {"outcome": "objective_response", "population": "netlm", "model": "pooled", "draws": 1000}


def _pairs(found):
    return {frozenset(each.treatments): each for each in found}


@pytest.fixture(scope="module")
def every_outcome():
    return run(RankAsked(model="pooled", draws=1000))


def test_kept_and_left_out_are_all_pairs_with_the_same_figures():
    answer, every = run(RankAsked(**ASKED)), run(RankAsked(**ASKED, every_pair=True))
    (one,), (other,) = answer.outcomes, every.outcomes
    kept, dropped = _pairs(one.candidates), _pairs(answer.left_out)
    assert dropped
    assert kept.keys() | dropped.keys() == _pairs(other.candidates).keys()
    assert not kept.keys() & dropped.keys()
    assert not every.left_out
    for pair, found in _pairs(other.candidates).items():
        assert found.randomisable is None
        if pair in kept:
            ours = kept[pair]
            assert ours.randomisable is not None
            assert (ours.expected, ours.evpi, ours.designs) == (
                found.expected, found.evpi, found.designs,
            )  # fmt: skip
    with pytest.raises(NotEstimable, match="nobody would be randomised"):
        run(RankAsked(**ASKED, treatment=("tare", "deb_tace")))


@pytest.mark.parametrize(
    ("outcome", "population", "pair", "reason"),
    [
        ("progression_free_survival", "netlm", ("resection", "chemo_temozolomide"), "aim"),
        ("progression_free_survival", "netlm", ("tae", "rfa"), "aim"),
        ("progression_free_survival", "netlm", ("tare", "rfa"), "aim"),
        ("objective_response", "mixed_net", ("cabozantinib", "ssa"), "line"),
        ("progression_free_survival", "mixed_net", ("ssa", "everolimus"), "line"),
        ("objective_response", "mixed_net", ("chemo_temozolomide", "interferon"), "symptoms"),
    ],
)
def test_pairs_that_a_statistician_found_absurd(every_outcome, outcome, population, pair, reason):
    [found] = [
        one
        for one in every_outcome.left_out
        if (one.outcome, one.population) == (outcome, population)
        and set(one.treatments) == set(pair)
    ]
    assert found.reason == reason
    assert all(found.rules[name] for name in pair)


def test_a_trial_keeps_a_pair_and_an_addition_does_not(every_outcome, evidence):
    """RETNET's arms, with what closed one of them; RADIANT-2 added everolimus to octreotide."""
    [response] = [
        one
        for one in every_outcome.outcomes
        if (one.outcome, one.population) == ("objective_response", "netlm")
    ]
    found = _pairs(response.candidates)[frozenset({"deb_tace", "tae"})].randomisable
    assert found.by == "registered"
    assert found.otherwise == "advised_against"
    assert found.advised_against == {"deb_tace": ("DEBT-13", "DEBT-16")}
    assert found.registered[0].rules == ("ART-25", "DEBT-18")
    added = {one.added_in for one in every_outcome.left_out if "everolimus" in one.treatments}
    assert ("pavel2011",) in added
    kept = [
        each
        for one in every_outcome.outcomes
        for each in one.candidates
        if each.randomisable.randomised_in
    ]
    assert {frozenset(one.treatments) for one in kept} >= {
        frozenset({"everolimus", "prrt_lu177"}),
        frozenset({"sunitinib", "prrt_lu177"}),
    }
    for one in kept:
        assert all(evidence.study[name].design == "rct" for name in one.randomisable.randomised_in)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_text_and_page_say_why(language):
    answer = run(RankAsked(**ASKED))
    tongue = words(language)
    said = rank_lines(answer, 9, tongue)
    page = rank_page(answer, tongue, {}, 9)
    for rule in ("DEBT-13", "DEBT-16", "DEBT-18", "ART-25", "IFN-01", "ART-21"):
        assert any(rule in line for line in said), rule
    kept = len(answer.outcomes[0].candidates)
    assert sum(tongue(BEST_SIZE) in line for line in said) == kept
    assert sum(len(pairs) for _, pairs in page["left_out"]) == len(answer.left_out)
    for heading, pairs in page["left_out"]:
        assert heading in said
        assert all(f"  {line}" in said for line in pairs)
    told = "\n".join(line for _, lines in page["outcomes"][0]["comparisons"] for line in lines)
    assert "RETNET" in told
    assert tongue(BEST_SIZE) in told
    assert answer.best_size == BEST_SIZE

"""Pairs that nobody would randomise are left out with the reason, the others are ranked."""

from __future__ import annotations

import pytest

from hilum.analyses.rank import LeftOut, RankAsked, run
from hilum.errors import NotEstimable
from hilum.language import words
from hilum.rendering.rank import rank_lines
from hilum.sheet import randomisable
from hilum.sheet.randomisable import why_not


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        (("chemo_platinum", "everolimus"), "net_nec"),
        (("chemo_platinum", "ssa"), "net_nec"),
        (("chemo_irinotecan", "chemo_platinum"), "line"),
        (("resection", "tae"), "never_both"),
        (("deb_tace", "tace"), "no_patient"),
        (("everolimus", "prrt_lu177"), None),
        (("tace", "tae"), None),
        (("tae", "tare"), None),
        (("chemo_temozolomide", "everolimus"), None),
        (("surufatinib", "everolimus"), None),
    ],
)
def test_why_nobody_would_randomise(pair, reason):
    assert why_not(*pair) == why_not(*pair[::-1]) == reason


def test_what_is_left_out_is_said():
    asked = {"outcome": "objective_response", "population": "netlm", "model": "pooled",
             "draws": 1000}  # fmt: skip
    answer = run(RankAsked(**asked))
    every = run(RankAsked(**asked, every_pair=True))
    (one,), (other,) = answer.outcomes, every.outcomes
    kept = {frozenset(each.treatments) for each in one.candidates}
    dropped = {frozenset(each.treatments) for each in answer.left_out}
    assert dropped
    assert kept | dropped == {frozenset(each.treatments) for each in other.candidates}
    assert not kept & dropped
    assert not every.left_out
    # The figures of a pair do not depend on the others.
    figures = {each.treatments: each.expected for each in other.candidates}
    assert all(figures[each.treatments] == each.expected for each in one.candidates)
    assert LeftOut(treatments=("tace", "deb_tace"), reason="no_patient") in answer.left_out
    said = "\n".join(rank_lines(answer, 3, words("en")))
    assert "Nobody would randomise (one of them has an indication in no patient" in said
    assert "Drug-eluting bead" in said
    with pytest.raises(NotEstimable, match="nobody would be randomised"):
        run(RankAsked(**asked, treatment=("tace", "deb_tace")))


def test_what_is_open_at_best_is_what_the_verdicts_say():
    """Every eleventh patient, all treatments; the verdicts have the reasons too."""
    from hilum.patient.judge import OPEN
    from hilum.patient.tables import read_tables
    from hilum.patient.verdict import open_at_best, verdicts

    tables = read_tables()
    undecided = 0
    for *_, facts in randomisable._patients()[::11]:
        options = verdicts(facts, tables).options
        found = {one.treatment for one in options if one.status in OPEN or one.best in OPEN}
        assert open_at_best(facts, tables) == found
        undecided += sum(one.best in OPEN and one.status not in OPEN for one in options)
    assert undecided > 100

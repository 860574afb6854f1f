"""Every comparison of the shipped tables on its threshold, just below it and just above it.

Thresholds are entered twice: in the tables, and in ``thresholds.csv`` beside this file, which is
not read by hilum. A changed sign or number fails here until it is changed in both places.
"""

from __future__ import annotations

import operator
from collections import Counter

import pytest

from hilum.patient.compile import compiled
from hilum.patient.conditions import parse
from hilum.patient.values import Range
from tests.patient.reference import modules, ours
from tests.patient.threshold_table import Threshold, shipped, written

WRITTEN = written()
# What each sign means, said here again.
SIGNS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
NEAR = 1e-6
PLAIN = [one for one in WRITTEN if one.left.isidentifier()]


def test_the_tables_hold_the_comparisons_that_were_written_down() -> None:
    assert Counter(shipped()) == Counter(WRITTEN)
    assert len(WRITTEN) > 250


@pytest.mark.parametrize("one", PLAIN, ids=lambda one: f"{one.row}-{one.column}-{one.place}")
def test_a_threshold_parts_what_lies_beside_it(one: Threshold) -> None:
    test = compiled(parse(f"{one.left} {one.sign} {one.value}", frozenset({one.left})))
    cut = float(one.value)
    for value in (cut - 1, cut - NEAR, cut, cut + NEAR, cut + 1):
        assert test({one.left: value}) is SIGNS[one.sign](value, cut)
    assert test({}) is None
    # A range that the threshold parts is undecided; one on a side is not.
    inside = test({one.left: Range(cut - 1, cut + 1)})
    assert inside is None
    for low, high in ((cut - 2, cut - 1), (cut + 1, cut + 2)):
        assert test({one.left: Range(low, high)}) is SIGNS[one.sign](low, cut)


def test_whole_conditions_turn_where_the_reference_turns() -> None:
    """Facts at every threshold of a condition, one at a time, the others at theirs."""
    _, _, language = modules()
    from hilum.patient.tables import raw_tables, read_tables

    names = frozenset(read_tables().attributes)
    turned = 0
    for row in raw_tables(None)["rules"]:
        for column in ("when", "holds"):
            text = row[column]
            own = {o for o in PLAIN if (o.row, o.column) == (row["rule_id"], column)}
            if not own:
                continue
            tree, reference = compiled(parse(text, names)), language.parse(text, set(names))
            middle = {o.left: float(o.value) for o in own}
            for o in own:
                seen = set()
                for value in (float(o.value) - NEAR, float(o.value), float(o.value) + NEAR):
                    facts = middle | {o.left: value}
                    wanted = language.evaluate(reference, facts)
                    assert tree(ours(facts)) is wanted, (row["rule_id"], column, facts)
                    seen.add(wanted)
                turned += len(seen) > 1
    assert turned > 100

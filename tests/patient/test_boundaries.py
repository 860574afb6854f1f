"""Comparisons of two ranges: certain, impossible or open, by every pair of whole numbers."""

import operator
import random
from dataclasses import replace
from itertools import product

import pytest

from hilum.patient.compile import RANGES
from hilum.patient.judge import (
    NOT_FOR_HIM,
    OPEN,
    Answer,
    Gates,
    Status,
    judge,
    stays_open,
)
from hilum.patient.tables import read_tables
from hilum.patient.values import Range

SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
         "==": operator.eq, "!=": operator.ne}  # fmt: skip
ENDS = [(low, high) for low, high in product(range(4), repeat=2) if low <= high]


@pytest.mark.parametrize("sign", SIGNS)
def test_a_comparison_of_ranges_holds_where_it_holds_for_every_pair(sign):
    assert set(RANGES) == set(SIGNS)
    for one, other in product(ENDS, ENDS):
        # Quarters, so that ranges hold more than their ends.
        pairs = product(*([low + n / 4 for n in range(4 * (high - low) + 1)]
                          for low, high in (one, other)))  # fmt: skip
        found = {SIGNS[sign](a, b) for a, b in pairs}
        certain, never = RANGES[sign](Range(*one), Range(*other))
        assert (certain, never) == (found == {True}, found == {False}), (one, other)


def opinion(*rows):
    """The verdict on made rows; each is a role, its strength and its answer."""
    plain = read_tables().rules[0]
    rules = [
        replace(
            plain, number=number, rule_id=f"R{number}", region="", alternatives="",
            tested=True, ground="harm",
            **{"role": "indicates", "authority": "guideline", "decisive": False} | one,
        )
        for number, (one, _) in enumerate(rows)
    ]  # fmt: skip
    answers = {number: Answer(True, fires) for number, (_, fires) in enumerate(rows)}
    found = judge(rules, answers, None)
    return found.status, [rule.rule_id for rule in found.unknown]


INDICATED = ({}, True)
WEAK = "centre"


@pytest.mark.parametrize("role", ["cautions", "requires", "forbids"])
@pytest.mark.parametrize(("decisive", "asked"), [(True, ["R1"]), (False, [])])
def test_a_decisive_row_without_an_answer_is_asked_for_once(role, decisive, asked):
    """Strong rows, decisive rows and indications are: no other caution, no other weak row."""
    row = {"role": role, "decisive": decisive, "authority": WEAK}
    assert opinion(INDICATED, (row, None))[1] == asked
    # Strong and decisive: asked for both ways, and once.
    strong = row | {"authority": "guideline"}
    wanted = ["R1"] if role != "cautions" or decisive else []
    assert opinion(INDICATED, (strong, None))[1] == wanted
    # Answered, it is no question any more.
    assert opinion(INDICATED, (row, False))[1] == []
    assert opinion(INDICATED, (row, True))[1] == []


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([INDICATED], Status.SUPPORTED),
        ([({"authority": WEAK}, True)], Status.POSSIBLE),
        ([({}, False)], Status.NO_INDICATION),
        ([INDICATED, ({"role": "forbids"}, True)], Status.EXCLUDED),
        ([INDICATED, ({"role": "requires"}, True)], Status.EXCLUDED),
        # A weak one sets a condition where a strong indication stands, else advises against.
        ([INDICATED, ({"role": "forbids", "authority": WEAK}, True)], Status.CONDITIONAL),
        ([({"authority": WEAK}, True), ({"role": "forbids", "authority": WEAK}, True)],
         Status.ADVISED_AGAINST),
        ([INDICATED, ({"role": "forbids", "authority": WEAK, "decisive": True}, True)],
         Status.ADVISED_AGAINST),
        # A caution advises against where it is decisive and strong.
        ([INDICATED, ({"role": "cautions"}, True)], Status.CONDITIONAL),
        ([INDICATED, ({"role": "cautions", "decisive": True}, True)], Status.ADVISED_AGAINST),
        ([INDICATED, ({"role": "cautions", "decisive": True, "authority": WEAK}, True)],
         Status.CONDITIONAL),
    ],
)  # fmt: skip
def test_how_rows_combine(rows, status):
    """``docs/verdict.md``: each kind of row on an indication."""
    assert opinion(*rows)[0] is status


ROLES = ("indicates", "cautions", "requires", "forbids")


def drawn_rows(rng):
    """Two to five rows of any role, strength and answer, some of them alternatives."""
    plain = read_tables().rules[0]
    rows = [
        replace(
            plain, number=number, rule_id=f"R{number}", region=rng.choice(("", "", "cn", "eu")),
            alternatives=rng.choice(("", "", "either")), tested=True, ground="harm",
            role=rng.choice(ROLES), authority=rng.choice(("guideline", WEAK)),
            decisive=rng.random() < 0.4,
        )
        for number in range(rng.randint(2, 5))
    ]  # fmt: skip
    answers = {
        one.number: rng.choice((NOT_FOR_HIM, *(Answer(when, fires) for when in (True, None)
                                               for fires in (True, False, None))))
        for one in rows
    }  # fmt: skip
    return rows, answers


def test_a_treatment_stays_open_exactly_where_the_verdict_is_open():
    """The short way that asks many patients agrees with the verdict, rows and answers drawn."""
    rng = random.Random(21)
    seen = set()
    for _ in range(6000):
        rows, answers = drawn_rows(rng)
        changes = {number: drawn_rows(rng)[1][0] for number in answers if rng.random() < 0.3}
        verdict = judge(rows, {**answers, **changes}, "cn").status
        found = stays_open(Gates.of(rows), answers, changes, "cn")
        assert found is (verdict in OPEN), (rows, answers, changes)
        seen.add(verdict)
    assert seen == set(Status) - {Status.UNDECIDED}

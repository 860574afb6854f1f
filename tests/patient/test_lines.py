"""The language, the verdict and the completing of a patient, rule by rule with made rows.

Each is asked as a function and its whole answer looked at; what the shipped tables never ask stands
here too. Comparisons on their thresholds are in ``test_thresholds.py``.
"""

import itertools
import random
from dataclasses import replace
from types import SimpleNamespace

import pytest

from hilum.patient import complete as completing
from hilum.patient.compile import ASSUMED, compiled
from hilum.patient.complete import Completed, _Absent, _absent, _derive, changed, complete
from hilum.patient.conditions import (
    ALWAYS,
    CONSTANTS,
    ConditionError,
    asks_known,
    names,
    outcomes,
    parse,
)
from hilum.patient.conditions import tests as constants
from hilum.patient.judge import NOT_FOR_HIM, SAID, Answer, Status, answer, judge
from hilum.patient.tables import read_tables
from hilum.patient.values import Range

FACTS = frozenset({"x", "y", "flag", "other", "site", "items"})


def read(text):
    return parse(text, FACTS)


def value(text, **facts):
    return compiled(read(text))(facts)


# The language


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x < 5", [("x", 5.0)]),
        ("site != lung", [("site", "lung")]),
        ("flag == TRUE", [("flag", True)]),
        ("site in b|a", [("site", "a"), ("site", "b")]),
        ("count(items, b|a) >= 2", [("items", "a"), ("items", "b")]),
        # A comparison of facts, of sums, or turned round tells of no constant of a fact.
        ("x < y", []), ("x + 1 < 5", []), ("5 < x", []), ("1 < 5", []), ("lung in a|b", []),
        ("known(x)", []), ("x", []), ("min(x, 5)", []), ("x * 5", []), ("x .. 5", []),
        ("NOT x == 1", [("x", 1.0)]),
        ("x == 1 AND y == 2 OR flag", [("x", 1.0), ("y", 2.0)]),
        ("CASE WHEN x == 1 THEN y WHEN site == a THEN 3 ELSE min(x, 4) END",
         [("x", 1.0), ("site", "a")]),
    ],
)  # fmt: skip
def test_which_constants_a_fact_is_held_against(text, found):
    assert constants(read(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x", "x"), ("known(x)", "x"), ("count(items, a)", "items"), ("NOT flag", "flag"),
        ("flag AND other", "flag other"), ("flag OR other", "flag other"), ("5", ""),
        ("site in a|b", "site"), ("x < y", "x y"), ("x .. y", "x y"), ("x ^ y", "x y"),
        ("min(x, y)", "x y"), ("sqrt(x)", "x"), ("-x", "x"), ("lung", ""), ("x == lung", "x"),
        ("CASE WHEN flag THEN x ELSE y END", "flag x y"), ("CASE WHEN flag THEN 1 END", "flag"),
    ],
)  # fmt: skip
def test_which_facts_a_tree_reads(text, found):
    assert names(read(text)) == set(found.split())


@pytest.mark.parametrize(
    ("text", "asks"),
    [("known(x)", True), ("NOT known(x)", True), ("flag OR known(x)", True), ("x", False),
     ("known(y)", False), ("known(y) AND known(x)", True), ("x == 1", False), ("5", False),
     ("CASE WHEN known(x) THEN 1 ELSE 2 END", True), ("CASE WHEN flag THEN 1 END", False)],
)  # fmt: skip
def test_whether_a_tree_asks_if_a_fact_is_known(text, asks):
    assert asks_known(read(text), "x") is asks


@pytest.mark.parametrize(
    ("text", "found"),
    [("5", {5.0}), ("low", {"low"}), ("UNKNOWN", set()), ("x", set()), ("x + 1", set()),
     ("CASE WHEN flag THEN a WHEN other THEN CASE WHEN x THEN b END ELSE x END", {"a", "b"}),
     ("CASE WHEN flag THEN a ELSE c END", {"a", "c"})],
)  # fmt: skip
def test_which_constants_a_formula_can_give(text, found):
    assert outcomes(read(text)) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x # 5", "cannot read ' # 5'"),
        ("#" + "2" * 40, "cannot read '#" + "2" * 19 + "'"),
        ("x 5", "'5' left over in 'x 5'"),
        ("x (5)", "'(' left over in 'x (5)'"),
        ("x <", "'x <' ends too early"),
        ("WHEN", "WHEN out of place in 'WHEN'"),
        ("* 5", "'*' out of place in '* 5'"),
        ("known(lung)", "unknown attribute 'lung' in 'known(lung)'"),
        ("CASE END", "CASE without WHEN in 'CASE END'"),
        ("(x < 5 |", "expected ), not '|', in '(x < 5 |'"),
        ("CASE WHEN x ELSE", "expected THEN, not 'ELSE', in 'CASE WHEN x ELSE'"),
    ],
)
def test_what_cannot_be_read_is_said_word_by_word(text, said):
    with pytest.raises(ConditionError) as caught:
        read(text)
    assert str(caught.value.sentence) == said


@pytest.mark.parametrize("name", ["known", "min", "max", "sqrt", "count"])
def test_the_name_of_a_function_is_a_word_where_nothing_is_called(name):
    assert read(f"site == {name}") == ("compare", "==", ("fact", "site"), ("value", name))
    assert read(name) == ("value", name)


def test_words_of_the_language_are_words_in_any_case():
    assert read("true") == read("TRUE") == ("value", True)
    assert read("flag and not other") == read("flag AND NOT other")
    assert CONSTANTS == {"TRUE": True, "FALSE": False, "UNKNOWN": None}
    assert read("") == read(" always ") == ALWAYS == ("value", True)
    assert read("-(2)") == ("arith", "-", ("value", 0.0), ("value", 2.0))


@pytest.mark.parametrize(("sign", "wanted"), [("==", True), ("!=", False)])
def test_a_list_is_held_against_another_fact_as_against_a_word(sign, wanted):
    items = frozenset({"a", "b"})
    assert value(f"items {sign} site", items=items, site="a") is wanted
    assert value(f"items {sign} site", items=items, site="c") is not wanted
    assert value(f"items {sign} site", items=items) is None
    assert value(f"items {sign} a", items=items) is wanted
    # Against what is never known nothing holds.
    assert value(f"x {sign} UNKNOWN", x=1.0) is None


# One rule


@pytest.mark.parametrize("role", ["indicates", "requires", "forbids", "cautions", "before", "note"])
@pytest.mark.parametrize("tested", [True, False])
def test_when_a_rule_fires(role, tested):
    """A requirement, or a tested step before, speaks where it does not hold."""
    turned = role == "requires" or (role == "before" and tested)
    for when, holds in itertools.product((True, False, None), repeat=2):
        rule = SimpleNamespace(
            role=role, tested=tested, when_test=lambda _, a=when: a, holds_test=lambda _, b=holds: b
        )
        fires = holds if holds is None or not turned else not holds
        if when is False or fires is False:
            fires = False
        elif when is None:
            fires = None
        found = answer(rule, {})
        assert found == Answer(when, fires), (when, holds)
        assert found is SAID[when, fires]
    assert Answer(False, False) == NOT_FOR_HIM
    assert len(SAID) == 9


# The verdict

GUIDE, WEAK = "guideline", "centre"
YES = ({}, True)


def opinion(*rows, region="cn"):
    """The verdict on made rows; each is what differs of it, and whether it fires."""
    plain = read_tables().rules[0]
    rules = [
        replace(
            plain, number=number, rule_id=f"R{number}",
            **{"role": "indicates", "authority": GUIDE, "decisive": False, "region": "",
               "alternatives": "", "tested": True, "ground": "harm"} | one,
        )
        for number, (one, _) in enumerate(rows)
    ]  # fmt: skip
    answers = {
        number: said if isinstance(said, Answer) else Answer(True, said)
        for number, (_, said) in enumerate(rows)
    }
    found = judge(rules, answers, region)
    return found.status, {
        name: [rule.rule_id for rule in getattr(found, name)]
        for name in ("reasons", "indications", "unknown", "before", "notes", "softened")
        if getattr(found, name)
    }


def row(role, said, authority=GUIDE, **more):
    return {"role": role, "authority": authority, **more}, said


@pytest.mark.parametrize(
    ("rows", "status", "parts"),
    [
        ([], Status.NO_INDICATION, {}),
        ([YES], Status.SUPPORTED, {"reasons": ["R0"], "indications": ["R0"]}),
        # Strong by one of several.
        ([row("indicates", True, WEAK), YES], Status.SUPPORTED, None),
        ([row("indicates", True, WEAK)] * 2, Status.POSSIBLE, None),
        # Not yet known: no reason, but a question; none where another indication stands.
        ([({}, None)], Status.POSSIBLE, {"unknown": ["R0"]}),
        ([YES, ({}, None)], Status.SUPPORTED, {"reasons": ["R0"], "indications": ["R0"]}),
        # Rows of another region are notes, where they might speak.
        ([YES, row("forbids", True, region="eu"), row("forbids", None, region="eu"),
          row("forbids", False, region="eu")], Status.SUPPORTED,
         {"reasons": ["R0"], "indications": ["R0"], "notes": ["R1", "R2"]}),
        ([YES, row("forbids", True, region="cn")], Status.EXCLUDED, {"reasons": ["R1"]}),
        ([({"region": "eu"}, True)], Status.NO_INDICATION, {"notes": ["R0"]}),
        ([YES, row("note", True), row("note", None), row("note", False)], Status.SUPPORTED,
         {"reasons": ["R0"], "indications": ["R0"], "notes": ["R1"]}),
        # What is to be done before: a condition where it was tested and is not done.
        ([YES, row("before", True)], Status.CONDITIONAL,
         {"reasons": ["R1"], "indications": ["R0"], "before": ["R1"]}),
        ([YES, row("before", None), row("before", True, tested=False), row("before", False)],
         Status.SUPPORTED, {"reasons": ["R0"], "indications": ["R0"], "before": ["R2", "R1"]}),
        # Weak rows advise against where no strong indication stands or may stand.
        ([row("indicates", True, WEAK), row("forbids", True, WEAK)], Status.ADVISED_AGAINST,
         {"reasons": ["R1"], "indications": ["R0"]}),
        ([row("indicates", True, WEAK), row("requires", True, WEAK), ({}, None)],
         Status.CONDITIONAL, {"reasons": ["R1"], "indications": ["R0"]}),
        ([YES, row("forbids", True, WEAK, decisive=True), row("requires", True, WEAK)],
         Status.ADVISED_AGAINST, {"reasons": ["R1"], "indications": ["R0"]}),
        ([YES, row("cautions", True, decisive=True), row("cautions", True)],
         Status.ADVISED_AGAINST, {"reasons": ["R1"], "indications": ["R0"]}),
        # Doubts from the strongest source down.
        ([YES, row("cautions", True, WEAK), row("forbids", True, WEAK), row("cautions", True)],
         Status.CONDITIONAL, {"reasons": ["R3", "R1", "R2"], "indications": ["R0"]}),
        # Excluded: what excludes, then whatever else speaks against.
        ([YES, row("cautions", True), row("forbids", True), row("requires", True, WEAK)],
         Status.EXCLUDED, {"reasons": ["R2", "R1", "R3"]}),
        # Of alternatives one that lets pass is enough; one that may is asked for.
        *(
            ([YES, *(row("requires", said, alternatives="a") for said in many)], status, parts)
            for many, status, parts in (
                ((True, True), Status.EXCLUDED, {"reasons": ["R1", "R2"]}),
                ((True, False), Status.CONDITIONAL,
                 {"reasons": ["R1"], "indications": ["R0"], "softened": ["R1"]}),
                ((True, None), Status.CONDITIONAL,
                 {"reasons": ["R1"], "indications": ["R0"], "softened": ["R1"],
                  "unknown": ["R2"]}),
                ((True, None, False), Status.CONDITIONAL,
                 {"reasons": ["R1"], "indications": ["R0"], "softened": ["R1"]}),
                ((None, None), Status.SUPPORTED,
                 {"reasons": ["R0"], "indications": ["R0"], "unknown": ["R1", "R2"]}),
                ((None, False), Status.SUPPORTED, {"reasons": ["R0"], "indications": ["R0"]}),
                # One that is not for this patient is no way out; one that may be for him is.
                ((True, NOT_FOR_HIM), Status.EXCLUDED, {"reasons": ["R1"]}),
                ((True, Answer(None, None)), Status.CONDITIONAL,
                 {"reasons": ["R1"], "indications": ["R0"], "softened": ["R1"],
                  "unknown": ["R2"]}),
                ((True, Answer(None, False)), Status.CONDITIONAL,
                 {"reasons": ["R1"], "indications": ["R0"], "softened": ["R1"]}),
            )
        ),
        # Requirements and prohibitions may be alternatives of each other; a weak one is none.
        ([YES, row("requires", True, alternatives="a"), row("forbids", False, alternatives="a")],
         Status.CONDITIONAL, None),
        ([YES, row("requires", True, alternatives="a"),
          row("forbids", False, WEAK, alternatives="a")], Status.EXCLUDED, {"reasons": ["R1"]}),
        ([YES, row("requires", True), row("forbids", False)], Status.EXCLUDED,
         {"reasons": ["R1"]}),
    ],
)  # fmt: skip
def test_the_whole_verdict(rows, status, parts):
    found, said = opinion(*rows)
    assert found is status
    assert parts is None or said == parts


# Completing a patient


def absent(screen, applies, value="no"):
    return _Absent("a", value, screen, lambda _: applies)


@pytest.mark.parametrize(
    ("screen", "applies", "only", "unread", "filled", "assumed"),
    [
        # What does not apply is absent and no assumption; what nobody mentioned is one.
        (False, False, None, (), True, False), (True, False, None, (), True, False),
        (True, True, None, (), True, True), (True, None, None, (), True, True),
        (False, True, None, (), False, False), (False, None, None, (), False, False),
        # What was written and not read was mentioned.
        (True, True, None, ("a",), False, False), (True, False, None, ("a",), True, False),
        (True, True, None, ("b",), True, True),
        # Of some facts only.
        (True, True, {"a"}, (), True, True), (True, True, {"b"}, (), False, False),
        (True, True, set(), (), False, False),
    ],
)  # fmt: skip
def test_what_is_taken_as_absent(screen, applies, only, unread, filled, assumed):
    facts, seen = {}, set()
    _absent([absent(screen, applies)], facts, seen, only, frozenset(unread))
    assert facts == ({"a": "no"} if filled else {})
    assert seen == ({"a"} if assumed else set())
    stated = {"a": "yes"}
    _absent([absent(screen, applies)], stated, seen, only, frozenset(unread))
    assert stated == {"a": "yes"}, "what is stated stays"


def derivation(fact, *needs, gives=1.0):
    def compute(facts):
        return gives if all(one in facts for one in needs) else None

    return SimpleNamespace(fact=fact, compute=compute)


def test_what_follows_follows_in_any_order_and_once():
    last, middle, first = derivation("c", "b"), derivation("b", "a"), derivation("a")
    facts, origin = {}, {}
    _derive([last, middle, first], facts, origin, None)
    assert facts == {"a": 1.0, "b": 1.0, "c": 1.0}
    assert origin == {"a": first, "b": middle, "c": last}
    # The first that gives something; nothing stated is replaced; of some facts only.
    one, other = derivation("a", "z", gives=7.0), derivation("a", gives=2.0)
    facts, origin = {"b": 5.0}, {}
    _derive([one, other, derivation("a", gives=3.0), middle, last], facts, origin, None)
    assert facts == {"a": 2.0, "b": 5.0, "c": 1.0}
    assert origin == {"a": other, "c": last}
    facts, origin = {}, {}
    _derive([last, middle, first], facts, origin, {"a", "c"})
    assert facts == {"a": 1.0}
    _derive([], facts, origin, None)
    assert facts == {"a": 1.0}


def test_an_open_fact_is_not_known_or_a_range():
    found = Completed({}, {"a": 1.0, "b": Range(1, 2), "c": False}, frozenset(), {})
    assert [found.is_open(name) for name in "abcd"] == [False, True, False, True]


def test_a_changed_patient_is_one_completed_anew():
    """Facts of the given tables at random, some of them stated otherwise afterwards."""
    tables, rng = read_tables(), random.Random(12)
    kinds = {
        name: ([True, False] if one.type == "boolean" else [1.0, 7.0, 40.0, 300.0])
        for name, one in tables.attributes.items()
        if one.type in ("boolean", "number")
    }
    derived = {one.fact for one in tables.derivations}
    moved = 0
    for _ in range(40):
        given = {name: rng.choice(kinds[name]) for name in rng.sample(sorted(kinds), 9)}
        changes = {name: rng.choice(kinds[name]) for name in rng.sample(sorted(kinds), 3)}
        unread = frozenset(rng.sample(sorted(kinds), 4))
        base = complete(given, tables, unread)
        found, anew = changed(base, changes, tables), complete(given | changes, tables, unread)
        for name in ("given", "facts", "assumed", "origin", "unread"):
            assert getattr(found, name) == getattr(anew, name), name
        assert found.facts[ASSUMED] == found.assumed
        moved += found.origin != base.origin
        assert not set(found.origin) & changes.keys()
        assert set(found.origin) <= derived
    assert moved > 10
    assert completing.dependents("no such fact", tables) == frozenset()

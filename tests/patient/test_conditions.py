"""The language of the tables: grammar, three values, ranges; and agreement with the reference."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hilum.patient.compile import ASSUMED, COMPILERS, compiled
from hilum.patient.conditions import ConditionError, asks_known, names, outcomes, parse
from hilum.patient.conditions import tests as constants
from hilum.patient.values import Range, span
from tests.patient.reference import modules, ours

FACTS = frozenset({"x", "y", "flag", "other", "site", "items"})
TRUTHS = (True, False, None)


def value(text: str, **facts: Any) -> Any:
    return compiled(parse(text, FACTS))(facts)


@pytest.mark.parametrize("a", TRUTHS)
@pytest.mark.parametrize("b", TRUTHS)
def test_three_valued_logic(a: bool | None, b: bool | None) -> None:
    facts = {name: one for name, one in (("flag", a), ("other", b)) if one is not None}
    both = False if False in (a, b) else None if None in (a, b) else True
    either = True if True in (a, b) else None if None in (a, b) else False
    assert value("flag AND other", **facts) is both
    assert value("flag OR other", **facts) is either
    assert value("NOT flag", **facts) is (None if a is None else not a)
    assert value("not (flag and other)", **facts) is (None if both is None else not both)


@pytest.mark.parametrize(
    ("text", "at", "below", "above"),
    [
        ("x < 5", False, True, False),
        ("x <= 5", True, True, False),
        ("x > 5", False, False, True),
        ("x >= 5", True, False, True),
        ("x == 5", True, False, False),
        ("x != 5", False, True, True),
        ("5 > x", False, True, False),
    ],
)
def test_comparisons_at_and_beside_the_cut_off(
    text: str, at: bool, below: bool, above: bool
) -> None:
    assert value(text, x=5.0) is at
    assert value(text, x=4.999) is below
    assert value(text, x=5.001) is above
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "low", "high", "expected"),
    [
        ("x < 5", 1, 4.9, True),
        ("x < 5", 1, 5, None),
        ("x < 5", 5, 9, False),
        ("x <= 5", 1, 5, True),
        ("x <= 5", 5, 6, None),
        ("x <= 5", 5.1, 6, False),
        ("x > 5", 5, 6, None),
        ("x > 5", 5.1, 6, True),
        ("x > 5", 1, 5, False),
        ("x >= 5", 5, 6, True),
        ("x >= 5", 4, 5, None),
        ("x >= 5", 4, 4.9, False),
        ("x == 5", 4, 6, None),
        ("x == 5", 6, 7, False),
        ("x != 5", 6, 7, True),
        ("x != 5", 4, 6, None),
    ],
)
def test_a_range_answers_when_all_its_numbers_do(
    text: str, low: float, high: float, expected: bool | None
) -> None:
    assert value(text, x=Range(low, high)) is expected


def test_words_and_lists() -> None:
    assert value("site == pancreas", site="pancreas") is True
    assert value("site in pancreas|lung", site="lung") is True
    assert value("site IN pancreas|lung", site="colon") is False
    assert value("site in pancreas|lung") is None
    items = frozenset({"ssa", "tae"})
    assert value("items == ssa", items=items) is True
    assert value("items != ssa", items=items) is False
    assert value("items in tace|tae", items=items) is True
    assert value("items in tace|deb_tace", items=items) is False
    assert value("count(items, ssa|tae|tace) == 2", items=items) is True
    assert value("count(items, ssa)") is None
    assert value("count(items, ssa) == 0", items=frozenset()) is True
    assert value("flag == TRUE", flag=True) is True
    assert value("flag in TRUE|FALSE", flag=False) is True


def test_known_is_false_for_what_was_only_assumed() -> None:
    assert value("known(x)", x=1.0) is True
    assert value("known(x)") is False
    assert value("NOT known(x)") is True
    assert compiled(parse("known(x)", FACTS))({"x": 1.0, ASSUMED: frozenset({"x"})}) is False


def test_arithmetic() -> None:
    assert value("1 + 2 * 3 ^ 2 - 4 / 2") == 17
    assert value("-(2) + 5") == 3
    assert value("(1 + 2) * 3") == 9
    assert value("min(x, 4) + max(x, 4)", x=7.0) == 11
    assert value("sqrt(x)", x=16.0) == 4
    assert value("1 / x", x=0.0) == math.inf
    assert value("x ^ (-0.5)", x=0.0) == math.inf
    assert value("x ^ 2", x=0.0) == 0
    assert value("x ^ 0.5", x=0.0) == 0
    assert value("x ^ 0", x=0.0) == 1
    assert value("x + y", x=1.0) is None
    assert value("x .. y", x=1.0, y=3.0) == Range(1, 3)
    assert value("x .. y", x=1.0) is None
    assert value("0..2.9") == Range(0, 2.9)
    assert value("x - y", x=Range(1, 3), y=Range(1, 2)) == Range(-1, 2)
    assert value("x * y", x=Range(-1, 2), y=3.0) == Range(-3, 6)
    assert value("sqrt(x)", x=Range(4, 9)) == Range(2, 3)
    assert value("min(x, 2)", x=Range(1, 3)) == Range(1, 2)
    assert value("x + 1", x=Range(2, 2)) == 3.0


def test_case_takes_the_first_arm_that_holds() -> None:
    text = "CASE WHEN x < 2 THEN low WHEN x < 5 THEN middle ELSE high END"
    assert value(text, x=1.0) == "low"
    assert value(text, x=2.0) == "middle"
    assert value(text, x=5.0) == "high"
    assert value("CASE WHEN x < 2 THEN low END", x=3.0) is None
    assert value("CASE WHEN flag THEN UNKNOWN ELSE 1 END", flag=True) is None


def test_under_an_unknown_condition_every_arm_left_must_agree() -> None:
    assert value("CASE WHEN flag THEN a WHEN x < 2 THEN a ELSE b END", x=1.0) == "a"
    assert value("CASE WHEN flag THEN a ELSE b END") is None
    assert value("CASE WHEN flag THEN 1 WHEN other THEN 2 ELSE 5 END") == Range(1, 5)
    assert value("CASE WHEN flag THEN 1 WHEN x < 2 THEN 2 ELSE 5 END", x=1.0) == Range(1, 2)
    assert value("CASE WHEN flag THEN 1 ELSE UNKNOWN END") is None


@pytest.mark.parametrize("text", ["", "  ", "always"])
def test_an_empty_condition_holds_for_everybody(text: str) -> None:
    assert value(text) is True


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x <", "ends too early"),
        ("x < 5 )", "left over"),
        ("(x < 5", "ends too early"),
        ("x # 5", "cannot read"),
        ("known(weight)", "unknown attribute 'weight'"),
        ("count(weight, a)", "unknown attribute 'weight'"),
        ("CASE ELSE 1 END", "without WHEN"),
        ("CASE WHEN x THEN 1", "ends too early"),
        ("WHEN", "out of place"),
        ("x = 5", "cannot read"),
        ("min(x)", "expected ,"),
        ("* 5", "out of place"),
    ],
)
def test_what_is_not_of_the_grammar_says_where(text: str, says: str) -> None:
    with pytest.raises(ConditionError, match=says.replace("(", r"\(").replace(")", r"\)")):
        parse(text, FACTS)


def test_a_name_that_is_no_attribute_is_a_word() -> None:
    assert parse("x == y", FACTS)[3] == ("fact", "y")
    assert parse("site == pancreas", FACTS)[3] == ("value", "pancreas")


def test_what_a_tree_reads_tests_and_gives() -> None:
    text = "CASE WHEN x < 2 AND known(y) THEN low WHEN count(items, a|b) >= 1 THEN high ELSE x END"
    tree = parse(text, FACTS)
    assert names(tree) == {"x", "y", "items"}
    assert ("x", 2.0) in constants(tree)
    assert {("items", "a"), ("items", "b")} <= set(constants(tree))
    assert outcomes(tree) == {"low", "high"}
    assert asks_known(tree, "y")
    assert not asks_known(tree, "x")


def test_every_kind_of_node_has_a_meaning_and_no_other() -> None:
    with pytest.raises(ValueError, match=r"no meaning for 'xor'; known: .*and"):
        compiled(("xor", ("value", True), ("value", False)))
    assert set(COMPILERS) == {
        *("value", "fact", "known", "count", "not", "and", "or", "in", "compare", "case"),
        *("range", "arith", "min", "max", "sqrt"),
    }


numbers = st.integers(0, 9).map(str)
number_facts = st.sampled_from(["x", "y"])
sums = st.recursive(
    numbers | number_facts,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda p: f"{p[0]}({p[1]}, {p[2]})"
        ),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} .. {p[1]})"),
    ),
    max_leaves=4,
)
words = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("|".join)
comparisons = st.one_of(
    st.tuples(sums, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), sums).map(" ".join),
    st.tuples(st.sampled_from(["site", "items"]), words).map(lambda p: f"{p[0]} in {p[1]}"),
    st.tuples(
        st.sampled_from(["site", "items"]), st.sampled_from(["==", "!="]), st.sampled_from("abc")
    ).map(" ".join),
    st.sampled_from(["flag", "flag == TRUE", "other != TRUE", "TRUE", "FALSE", "UNKNOWN"]),
    st.sampled_from(sorted(FACTS)).map(lambda name: f"known({name})"),
    st.tuples(words, numbers).map(lambda p: f"count(items, {p[0]}) >= {p[1]}"),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
            lambda p: f"({p[0]} {p[1]} {p[2]})"
        ),
        inner.map(lambda text: f"NOT ({text})"),
    ),
    max_leaves=6,
)
cases = st.tuples(conditions, sums, conditions, sums, sums).map(
    lambda p: f"CASE WHEN {p[0]} THEN {p[1]} WHEN {p[2]} THEN {p[3]} ELSE {p[4]} END"
)
whole = st.integers(-3, 12).map(float)
spans = st.tuples(whole, whole).map(lambda p: ("range", min(p), max(p)))
facts = st.fixed_dictionaries(
    {},
    optional={
        "x": whole | spans,
        "y": whole | spans,
        "flag": st.booleans(),
        "other": st.booleans(),
        "site": st.sampled_from("abc"),
        "items": st.frozensets(st.sampled_from("abcd")),
    },
)


@settings(max_examples=600, deadline=None)
@given(conditions | cases | sums, facts)
def test_the_reference_reads_and_answers_alike(text: str, known: dict[str, Any]) -> None:
    language = modules()[2]
    theirs = {
        name: language.Range(*one[1:]) if isinstance(one, tuple) else one
        for name, one in known.items()
    }
    wanted = language.evaluate(language.parse(text, set(FACTS)), theirs)
    found = compiled(parse(text, FACTS))(ours(theirs))
    if type(wanted).__name__ == "Range":
        wanted = Range(*wanted)
    assert type(found) is type(wanted)
    if isinstance(wanted, float | Range):
        # Where infinity is taken by nothing, no number comes out: of ends as of numbers.
        assert span(found) == pytest.approx(span(wanted), rel=0, abs=0, nan_ok=True), text
    else:
        assert found == wanted, text


def test_more_facts_never_turn_a_certain_answer() -> None:
    """Without ``known``, an answer that is certain with a fact unknown is that of every value."""
    text = "(x < 5 AND flag) OR NOT (y >= 2 OR other)"
    run = compiled(parse(text, FACTS))
    domains = {"x": (4.0, 5.0), "y": (1.0, 2.0), "flag": (True, False), "other": (True, False)}
    for size in range(4):
        for left in itertools.combinations(domains, size):
            for values in itertools.product(*(domains[name] for name in left)):
                given_facts = dict(zip(left, values, strict=True))
                certain = run(given_facts)
                rest = [name for name in domains if name not in left]
                every = {
                    run({**given_facts, **dict(zip(rest, more, strict=True))})
                    for more in itertools.product(*(domains[name] for name in rest))
                }
                if certain is not None:
                    assert every == {certain}
                assert None not in every

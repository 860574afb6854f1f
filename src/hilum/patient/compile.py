"""Conditions as functions of the facts, with three-valued logic over values and ranges.

Every tree becomes nested closures once, so that one patient's 400 rules are answered many times a
second while facts are varied.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

from hilum.errors import phrased
from hilum.patient.conditions import Node
from hilum.patient.values import Range, hull, span, word_of

# Facts by name; a name left out is unknown. ``ASSUMED`` holds the names that were only assumed.
Facts = Mapping[str, Any]
Test = Callable[[Facts], Any]
ASSUMED = "assumed"

ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else math.inf,
    "^": lambda a, b: math.inf if a == 0 and b < 0 else a**b,
}
PLAIN: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# For two ranges: when the comparison holds for every pair of numbers, and when for none.
RANGES: dict[str, Callable[[Range, Range], tuple[bool, bool]]] = {
    "<": lambda a, b: (a.high < b.low, a.low >= b.high),
    "<=": lambda a, b: (a.high <= b.low, a.low > b.high),
    ">": lambda a, b: (a.low > b.high, a.high <= b.low),
    ">=": lambda a, b: (a.low >= b.high, a.high < b.low),
    "==": lambda a, b: (a == b and a.low == a.high, a.high < b.low or b.high < a.low),
    "!=": lambda a, b: (a.high < b.low or b.high < a.low, a == b and a.low == a.high),
}


def compiled(node: Node) -> Test:
    """The function of a tree; gives a value, or ``None`` where it cannot be told.

    Raises
    ------
    ValueError
        A kind of node that has no meaning.
    """
    kind = node[0]
    if kind not in COMPILERS:
        message = phrased(
            "no meaning for {kind!r}; known: {compilers}",
            kind=kind,
            compilers=", ".join(sorted(COMPILERS)),
        )
        raise ValueError(message)
    return COMPILERS[kind](node)


def _value(node: Node) -> Test:
    constant = node[1]
    return lambda facts: constant


def _fact(node: Node) -> Test:
    name = node[1]
    return lambda facts: facts.get(name)


def _known(node: Node) -> Test:
    name = node[1]
    return lambda facts: facts.get(name) is not None and name not in facts.get(ASSUMED, ())


def _count(node: Node) -> Test:
    name, words = node[1], node[2]

    def run(facts: Facts) -> float | None:
        items = facts.get(name)
        return None if items is None else float(len(items & words))

    return run


def _not(node: Node) -> Test:
    inner = compiled(node[1])

    def run(facts: Facts) -> bool | None:
        found = inner(facts)
        return None if found is None else not found

    return run


def _joined(node: Node, *, settles: bool) -> Test:
    """Two conditions; one that is ``settles`` settles the whole: false of AND, true of OR."""
    left, right = compiled(node[1]), compiled(node[2])
    otherwise = not settles

    def run(facts: Facts) -> bool | None:
        first = left(facts)
        if first is settles:
            return settles
        second = right(facts)
        if second is settles:
            return settles
        return None if first is None or second is None else otherwise

    return run


def _and(node: Node) -> Test:
    return _joined(node, settles=False)


def _or(node: Node) -> Test:
    return _joined(node, settles=True)


def _in(node: Node) -> Test:
    inner, words = compiled(node[1]), node[2]

    def run(facts: Facts) -> bool | None:
        value = inner(facts)
        if value is None:
            return None
        if isinstance(value, frozenset):
            return bool(value & words)
        return (value if isinstance(value, str) else word_of(value)) in words

    return run


def _fact_compare(name: str, sign: str, constant: Any) -> Test:
    """A fact against a constant: nearly every test of the tables."""
    plain, ranges, alone = PLAIN[sign], RANGES[sign], word_of(constant)
    wanted = sign == "=="

    def run(facts: Facts) -> bool | None:
        a = facts.get(name)
        if a is None:
            return None
        if isinstance(a, frozenset):
            return (alone in a) == wanted
        if isinstance(a, Range):
            yes, no = ranges(a, span(constant))
            return True if yes else False if no else None
        return plain(a, constant)

    return run


def _compare(node: Node) -> Test:
    _, sign, first, second = node
    match first, second:
        case ("fact", name), ("value", constant) if constant is not None:
            return _fact_compare(name, sign, constant)
        case _:
            pass
    left, right, plain, ranges = compiled(first), compiled(second), PLAIN[sign], RANGES[sign]

    def run(facts: Facts) -> bool | None:
        a = left(facts)
        if a is None:
            return None
        b = right(facts)
        if b is None:
            return None
        if isinstance(a, frozenset):
            return (word_of(b) in a) == (sign == "==")
        if isinstance(a, Range) or isinstance(b, Range):
            yes, no = ranges(span(a), span(b))
            return True if yes else False if no else None
        return plain(a, b)

    return run


def _case(node: Node) -> Test:
    arms = [(compiled(condition), compiled(result)) for condition, result in node[1]]
    otherwise = compiled(node[2])

    def run(facts: Facts) -> Any:
        found: list[Any] = []
        for condition, result in arms:
            truth = condition(facts)
            if truth is False:
                continue
            found.append(result(facts))
            if truth is True:
                break
        else:
            found.append(otherwise(facts))
        return _agreed(found)

    return run


def _agreed(found: list[Any]) -> Any:
    """The one answer of every arm that is still possible; for numbers the range they span."""
    first = found[0]
    if all(one == first for one in found):
        return first
    if all(isinstance(one, float | Range) for one in found):
        return hull(*found)
    return None


def _range(node: Node) -> Test:
    left, right = compiled(node[1]), compiled(node[2])

    def run(facts: Facts) -> float | Range | None:
        low, high = left(facts), right(facts)
        return None if low is None or high is None else hull(low, high)

    return run


def _arith(node: Node) -> Test:
    return _pairwise(ARITHMETIC[node[1]], node[2], node[3])


def _least(node: Node) -> Test:
    return _pairwise(min, node[1], node[2])


def _most(node: Node) -> Test:
    return _pairwise(max, node[1], node[2])


def _pairwise(operation: Callable[[float, float], float], first: Node, second: Node) -> Test:
    left, right = compiled(first), compiled(second)

    def run(facts: Facts) -> float | Range | None:
        a, b = left(facts), right(facts)
        if a is None or b is None:
            return None
        if not isinstance(a, Range) and not isinstance(b, Range):
            return operation(a, b)
        # Each operation is monotone in each argument, so that the corners hold the extremes.
        return hull(*(operation(x, y) for x, y in product(span(a), span(b))))

    return run


def _sqrt(node: Node) -> Test:
    inner = compiled(node[1])

    def run(facts: Facts) -> float | Range | None:
        value = inner(facts)
        if value is None:
            return None
        return (
            hull(*(math.sqrt(end) for end in span(value)))
            if isinstance(value, Range)
            else math.sqrt(value)
        )

    return run


COMPILERS: dict[str, Callable[[Node], Test]] = {
    "value": _value,
    "fact": _fact,
    "known": _known,
    "count": _count,
    "not": _not,
    "and": _and,
    "or": _or,
    "in": _in,
    "compare": _compare,
    "case": _case,
    "range": _range,
    "arith": _arith,
    "min": _least,
    "max": _most,
    "sqrt": _sqrt,
}

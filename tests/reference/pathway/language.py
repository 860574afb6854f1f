"""The little language of the pathway tables: conditions (rules) and formulas (derivations).

A value is a number, a Range of numbers, True/False, a text, a frozenset of texts, or None (unknown).
Logic has three values: an unknown fact never makes a condition true or false unless every value it
could have gives the same answer. README.md states the grammar.
"""

from __future__ import annotations

import math
import re
from itertools import product
from typing import NamedTuple

TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)(?=\.\.|[^\d.]|$)|([A-Za-z_][A-Za-z0-9_]*)|(\.\.|==|!=|<=|>=|[<>()+\-*/^|,]))")
WORDS = {"AND", "OR", "NOT", "IN", "CASE", "WHEN", "THEN", "ELSE", "END", "TRUE", "FALSE", "UNKNOWN"}
FUNCTIONS = {"known", "min", "max", "sqrt", "count"}
COMPARISONS = {"==", "!=", "<", "<=", ">", ">="}


class Range(NamedTuple):
    """All numbers from low to high."""

    low: float
    high: float


class LanguageError(ValueError):
    """A condition or formula that cannot be read."""


def tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if not match:
            raise LanguageError(f"cannot read {text[at:at + 20]!r}")
        number, word, sign = match.groups()
        if number:
            found.append(("number", number))
        elif word:
            upper = word.upper()
            found.append(("word", upper) if upper in WORDS else ("name", word))
        else:
            found.append(("sign", sign))
        at = match.end()
    return found


class Parser:
    """Recursive descent; a name that is an attribute is read as one, any other name is a text."""

    def __init__(self, text: str, attributes: set[str]):
        self.list, self.at, self.attributes, self.text = tokens(text), 0, attributes, text

    def peek(self, *wanted: str) -> bool:
        return self.at < len(self.list) and self.list[self.at][1] in wanted

    def take(self, *wanted: str) -> str:
        if self.at >= len(self.list) or (wanted and self.list[self.at][1] not in wanted):
            raise LanguageError(f"expected {' or '.join(wanted) or 'more'} in {self.text!r}")
        self.at += 1
        return self.list[self.at - 1][1]

    def whole(self):
        node = self.either()
        if self.at != len(self.list):
            raise LanguageError(f"{self.list[self.at][1]!r} left over in {self.text!r}")
        return node

    def either(self):
        node = self.both()
        while self.peek("OR"):
            self.take()
            node = ("or", node, self.both())
        return node

    def both(self):
        node = self.negated()
        while self.peek("AND"):
            self.take()
            node = ("and", node, self.negated())
        return node

    def negated(self):
        if self.peek("NOT"):
            self.take()
            return ("not", self.negated())
        return self.comparison()

    def comparison(self):
        left = self.sum()
        if self.peek(*COMPARISONS):
            sign = self.take()
            return ("compare", sign, left, self.literal_or_sum())
        if self.peek("IN"):
            self.take()
            return ("in", left, self.literals())
        return left

    def literal_or_sum(self):
        kind, word = self.list[self.at] if self.at < len(self.list) else ("", "")
        if kind == "name" and word not in self.attributes and word not in FUNCTIONS:
            self.at += 1
            return ("value", word)
        return self.sum()

    def literals(self) -> frozenset[str]:
        found = {self.take()}
        while self.peek("|"):
            self.take()
            found.add(self.take())
        return frozenset(found)

    def sum(self):
        node = self.term()
        while self.peek("+", "-"):
            node = ("arith", self.take(), node, self.term())
        if self.peek(".."):
            self.take()
            node = ("range", node, self.term())
        return node

    def term(self):
        node = self.power()
        while self.peek("*", "/"):
            node = ("arith", self.take(), node, self.power())
        return node

    def power(self):
        node = self.atom()
        if self.peek("^"):
            self.take()
            node = ("arith", "^", node, self.atom())
        return node

    def atom(self):
        if self.peek("-"):
            self.take()
            return ("arith", "-", ("value", 0.0), self.atom())
        if self.peek("("):
            self.take()
            node = self.either()
            self.take(")")
            return node
        if self.peek("CASE"):
            return self.case()
        word = self.take()
        kind = self.list[self.at - 1][0]
        if kind == "number":
            return ("value", float(word))
        if kind == "word":
            constants = {"TRUE": True, "FALSE": False, "UNKNOWN": None}
            if word not in constants:
                raise LanguageError(f"{word} out of place in {self.text!r}")
            return ("value", constants[word])
        if word in FUNCTIONS and self.peek("("):
            return self.call(word)
        return ("fact", word) if word in self.attributes else ("value", word)

    def call(self, name: str):
        self.take("(")
        first = self.take() if name in ("known", "count") else self.sum()
        if name == "count":
            self.take(",")
            rest = self.literals()
        else:
            rest = None
            if self.peek(","):
                self.take()
                rest = self.sum()
        self.take(")")
        if name in ("known", "count") and first not in self.attributes:
            raise LanguageError(f"unknown attribute {first!r} in {self.text!r}")
        return (name, first, rest)

    def case(self):
        self.take("CASE")
        arms = []
        while self.peek("WHEN"):
            self.take()
            condition = self.either()
            self.take("THEN")
            arms.append((condition, self.sum()))
        otherwise = ("value", None)
        if self.peek("ELSE"):
            self.take()
            otherwise = self.sum()
        self.take("END")
        return ("case", tuple(arms), otherwise)


def parse(text: str, attributes: set[str]):
    """The tree of a condition or formula; an empty condition holds for everybody."""
    if text.strip() in ("", "always"):
        return ("value", True)
    return Parser(text, attributes).whole()


def names(node) -> set[str]:
    """Every attribute a tree refers to."""
    if not isinstance(node, tuple):
        return set()
    if node[0] == "fact":
        return {node[1]}
    if node[0] in ("known", "count"):
        return {node[1]}
    return set().union(*(names(part) for part in node)) if node else set()


def tests(node) -> list[tuple[str, object]]:
    """(attribute, literal) for every comparison of an attribute with a constant in a tree."""
    if not isinstance(node, tuple) or not node:
        return []
    found = []
    if node[0] == "compare" and node[2][0] == "fact" and node[3][0] == "value":
        found = [(node[2][1], node[3][1])]
    elif node[0] == "in" and node[1][0] == "fact":
        found = [(node[1][1], item) for item in node[2]]
    elif node[0] == "count":
        found = [(node[1], item) for item in node[2]]
    return found + [item for part in node for item in tests(part)]


def evaluate(node, facts: dict):
    """The value of a tree; ``facts`` maps names to values, a name left out is unknown.

    The entry ``"assumed"`` of facts lists the names whose value was only assumed; ``known`` is false
    for them.
    """
    kind = node[0]
    if kind == "value":
        return node[1]
    if kind == "fact":
        return facts.get(node[1])
    if kind == "known":
        return facts.get(node[1]) is not None and node[1] not in facts.get("assumed", ())
    if kind == "count":
        items = facts.get(node[1])
        return None if items is None else float(len(items & node[2]))
    if kind == "not":
        inner = evaluate(node[1], facts)
        return None if inner is None else not inner
    if kind == "and":
        parts = [evaluate(part, facts) for part in node[1:]]
        return False if False in parts else None if None in parts else True
    if kind == "or":
        parts = [evaluate(part, facts) for part in node[1:]]
        return True if True in parts else None if None in parts else False
    if kind == "in":
        return _in(evaluate(node[1], facts), node[2])
    if kind == "compare":
        return _compare(node[1], evaluate(node[2], facts), evaluate(node[3], facts))
    if kind == "case":
        return _case(node[1], node[2], facts)
    if kind == "range":
        low, high = evaluate(node[1], facts), evaluate(node[2], facts)
        return None if low is None or high is None else _hull([low, high])
    if kind == "arith":
        return _arith(node[1], evaluate(node[2], facts), evaluate(node[3], facts))
    if kind in ("min", "max"):
        pair = [evaluate(node[1], facts), evaluate(node[2], facts)]
        return None if None in pair else _corners(min if kind == "min" else max, *pair)
    if kind == "sqrt":
        value = evaluate(node[1], facts)
        return None if value is None else _corners(lambda x, _: math.sqrt(x), value, 0.0)
    raise LanguageError(f"no meaning for {kind}")


def _in(value, options: frozenset[str]):
    if value is None:
        return None
    if isinstance(value, frozenset):
        return bool(value & options)
    return _text(value) in options


def _compare(sign: str, left, right):
    if left is None or right is None:
        return None
    if isinstance(left, frozenset):
        inside = _text(right) in left
        return inside if sign == "==" else not inside
    if isinstance(left, Range) or isinstance(right, Range):
        a, b = _range(left), _range(right)
        if sign in ("<", "<="):
            yes, no = (a.high < b.low, a.low >= b.high) if sign == "<" else (a.high <= b.low, a.low > b.high)
        elif sign in (">", ">="):
            yes, no = (a.low > b.high, a.high <= b.low) if sign == ">" else (a.low >= b.high, a.high < b.low)
        else:
            same, apart = a == b and a.low == a.high, a.high < b.low or b.high < a.low
            yes, no = (same, apart) if sign == "==" else (apart, same)
        return True if yes else False if no else None
    if sign in ("==", "!="):
        return (left == right) == (sign == "==")
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]


def _case(arms, otherwise, facts):
    """First arm whose condition holds; under an unknown condition every outcome left must agree."""
    outcomes = []
    for condition, result in arms:
        truth = evaluate(condition, facts)
        if truth is False:
            continue
        outcomes.append(evaluate(result, facts))
        if truth is True:
            break
    else:
        outcomes.append(evaluate(otherwise, facts))
    if all(outcome == outcomes[0] for outcome in outcomes):
        return outcomes[0]
    if all(isinstance(outcome, (float, Range)) for outcome in outcomes):
        return _hull(outcomes)
    return None


def _arith(sign: str, left, right):
    if left is None or right is None:
        return None
    operation = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
                 "/": lambda a, b: a / b if b else math.inf, "^": lambda a, b: a**b if a or b >= 0 else math.inf}[sign]
    return _corners(operation, left, right)


def _corners(operation, left, right):
    if not isinstance(left, Range) and not isinstance(right, Range):
        return operation(left, right)
    return _hull([operation(a, b) for a, b in product(_range(left), _range(right))])


def _hull(values):
    ends = [end for value in values for end in _range(value)]
    return float(min(ends)) if min(ends) == max(ends) else Range(min(ends), max(ends))


def _range(value) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _text(value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:g}" if isinstance(value, float) else str(value)

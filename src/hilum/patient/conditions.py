"""The language of the pathway's tables: conditions of rules and formulas of derivations.

A condition is read once into a tree and compiled into a function of the facts. Logic has three
values: an unknown fact makes a condition unknown unless every value it could have gives the same
answer. The grammar stands in ``pathway/README.md``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hilum.errors import phrased

WORDS = frozenset(
    {"AND", "OR", "NOT", "IN", "CASE", "WHEN", "THEN", "ELSE", "END", "TRUE", "FALSE", "UNKNOWN"}
)
FUNCTIONS = frozenset({"known", "min", "max", "sqrt", "count"})
COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
CONSTANTS: dict[str, bool | None] = {"TRUE": True, "FALSE": False, "UNKNOWN": None}
TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)(?=\.\.|[^\d.]|$)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\.\.|==|!=|<=|>=|[<>()+\-*/^|,]))"
)

# A node: its kind, then its parts. ``("fact", name)``, ``("value", constant)``,
# ``("known", name)``, ``("count", name, words)``, ``("not", node)``,
# ``("and" | "or", left, right)``, ``("in", node, words)``, ``("compare", sign, left, right)``,
# ``("case", arms, otherwise)``, ``("range", low, high)``, ``("arith", sign, left, right)``,
# ``("min" | "max", left, right)``, ``("sqrt", node)``.
Node = tuple[Any, ...]
ALWAYS: Node = ("value", True)


class ConditionError(ValueError):
    """A condition or formula that cannot be read; the message says where."""

    @property
    def sentence(self) -> str:
        """What it says, a phrase."""
        return self.args[0]


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign of a condition."""

    kind: str
    text: str


def parse(text: str, attributes: frozenset[str]) -> Node:
    """The tree of a condition or formula; an empty condition holds for everybody.

    Parameters
    ----------
    text : str
        As written in a table.
    attributes : frozenset of str
        Names that are read as facts; any other name is a word.

    Raises
    ------
    ConditionError
        When the text is not of the grammar.
    """
    if text.strip() in ("", "always"):
        return ALWAYS
    return _Parser(text, attributes).whole()


def names(node: Node) -> frozenset[str]:
    """Every attribute that a tree refers to."""
    if node[0] in ("fact", "known", "count"):
        return frozenset({node[1]})
    found: set[str] = set()
    for part in _children(node):
        found |= names(part)
    return frozenset(found)


def tests(node: Node) -> list[tuple[str, object]]:
    """``(attribute, constant)`` of every comparison of an attribute with a constant."""
    found: list[tuple[str, object]] = []
    match node:
        case ("compare", _, ("fact", name), ("value", constant)):
            found.append((name, constant))
        case ("in", ("fact", name), words) | ("count", name, words):
            found += [(str(name), word) for word in sorted(words)]
        case _:
            pass
    for part in _children(node):
        found += tests(part)
    return found


def comparisons(node: Node) -> list[tuple[str, str, float]]:
    """``(attribute, sign, cut-off)`` of every comparison of a number by size."""
    found: list[tuple[str, str, float]] = []
    match node:
        case ("compare", str(sign), ("fact", str(name)), ("value", float(cut))) if sign[0] in "<>":
            found.append((name, sign, cut))
        case _:
            pass
    for part in _children(node):
        found += comparisons(part)
    return found


def asks_known(node: Node, name: str) -> bool:
    """Whether a tree asks if a fact is known."""
    return node == ("known", name) or any(asks_known(part, name) for part in _children(node))


def outcomes(node: Node) -> set[object]:
    """Every constant that a formula can give."""
    if node[0] == "case":
        found: set[object] = outcomes(node[2])
        for _, result in node[1]:
            found |= outcomes(result)
        return found
    return {node[1]} - {None} if node[0] == "value" else set()


def _children(node: Node) -> list[Node]:
    if node[0] == "case":
        return [part for arm in node[1] for part in arm] + [node[2]]
    return [part for part in node[1:] if isinstance(part, tuple)]


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            raise ConditionError(phrased("cannot read {text!r}", text=text[at : at + 20]))
        kind = str(match.lastgroup)
        word = match[kind]
        if kind == "name" and word.upper() in WORDS:
            found.append(Token("word", word.upper()))
        else:
            found.append(Token(kind, word))
        at = match.end()
    return found


class _Parser:
    """Recursive descent over one text."""

    def __init__(self, text: str, attributes: frozenset[str]) -> None:
        self.text, self.attributes = text, attributes
        self.tokens, self.at = _tokens(text), 0

    def whole(self) -> Node:
        node = self.either()
        if self.at != len(self.tokens):
            raise ConditionError(
                phrased(
                    "{text!r} left over in {text_2!r}",
                    text=self.tokens[self.at].text,
                    text_2=self.text,
                )
            )
        return node

    def either(self) -> Node:
        node = self.both()
        while self._next_is("OR"):
            self._take()
            node = ("or", node, self.both())
        return node

    def both(self) -> Node:
        node = self.negated()
        while self._next_is("AND"):
            self._take()
            node = ("and", node, self.negated())
        return node

    def negated(self) -> Node:
        if self._next_is("NOT"):
            self._take()
            return ("not", self.negated())
        return self.comparison()

    def comparison(self) -> Node:
        left = self.sum()
        if self._next_is(*COMPARISONS):
            sign = self._take().text
            return ("compare", sign, left, self.word_or_sum())
        if self._next_is("IN"):
            self._take()
            return ("in", left, self.words())
        return left

    def word_or_sum(self) -> Node:
        token = self._peek()
        if (
            token is not None
            and token.kind == "name"
            and token.text not in self.attributes | FUNCTIONS
        ):
            self.at += 1
            return ("value", token.text)
        return self.sum()

    def words(self) -> frozenset[str]:
        found = {self._take().text}
        while self._next_is("|"):
            self._take()
            found.add(self._take().text)
        return frozenset(found)

    def sum(self) -> Node:
        node = self.term()
        while self._next_is("+", "-"):
            node = ("arith", self._take().text, node, self.term())
        if self._next_is(".."):
            self._take()
            node = ("range", node, self.term())
        return node

    def term(self) -> Node:
        node = self.power()
        while self._next_is("*", "/"):
            node = ("arith", self._take().text, node, self.power())
        return node

    def power(self) -> Node:
        node = self.atom()
        if self._next_is("^"):
            self._take()
            node = ("arith", "^", node, self.atom())
        return node

    def atom(self) -> Node:
        if self._next_is("-"):
            self._take()
            return ("arith", "-", ("value", 0.0), self.atom())
        if self._next_is("("):
            self._take()
            node = self.either()
            self._take(")")
            return node
        if self._next_is("CASE"):
            return self.case()
        token = self._take()
        if token.kind == "number":
            return ("value", float(token.text))
        if token.kind == "word":
            if token.text not in CONSTANTS:
                raise ConditionError(
                    phrased("{text} out of place in {text_2!r}", text=token.text, text_2=self.text)
                )
            return ("value", CONSTANTS[token.text])
        if token.kind != "name":
            raise ConditionError(
                phrased("{text!r} out of place in {text_2!r}", text=token.text, text_2=self.text)
            )
        if token.text in FUNCTIONS and self._next_is("("):
            return self.call(token.text)
        return ("fact" if token.text in self.attributes else "value", token.text)

    def call(self, name: str) -> Node:
        self._take("(")
        if name in ("known", "count"):
            fact = self._take().text
            if fact not in self.attributes:
                raise ConditionError(
                    phrased("unknown attribute {fact!r} in {text!r}", fact=fact, text=self.text)
                )
            if name == "known":
                self._take(")")
                return ("known", fact)
            self._take(",")
            words = self.words()
            self._take(")")
            return ("count", fact, words)
        first = self.sum()
        if name == "sqrt":
            self._take(")")
            return ("sqrt", first)
        self._take(",")
        second = self.sum()
        self._take(")")
        return (name, first, second)

    def case(self) -> Node:
        self._take("CASE")
        arms: list[tuple[Node, Node]] = []
        while self._next_is("WHEN"):
            self._take()
            condition = self.either()
            self._take("THEN")
            arms.append((condition, self.sum()))
        if not arms:
            raise ConditionError(phrased("CASE without WHEN in {text!r}", text=self.text))
        otherwise: Node = ("value", None)
        if self._next_is("ELSE"):
            self._take()
            otherwise = self.sum()
        self._take("END")
        return ("case", tuple(arms), otherwise)

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _next_is(self, *wanted: str) -> bool:
        token = self._peek()
        return token is not None and token.text in wanted

    def _take(self, *wanted: str) -> Token:
        token = self._peek()
        if token is None or (wanted and token.text not in wanted):
            if token is None:
                raise ConditionError(phrased("{text!r} ends too early", text=self.text))
            raise ConditionError(
                phrased(
                    "expected {signs}, not {seen!r}, in {text!r}",
                    signs=" / ".join(wanted),
                    seen=token.text,
                    text=self.text,
                )
            )
        self.at += 1
        return token

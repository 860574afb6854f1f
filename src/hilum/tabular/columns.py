"""Which column of a file holds what is asked for: one vocabulary for every table of a user."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


VARIANCES = frozenset(("variance", "var", "v", "方差"))
"""Bare names of a column that beside O - E, where no effect stands, holds the variance of O - E."""


def renamed(file: str, header: Sequence[str], wanted: Iterable[str]) -> dict[str, str]:
    """Columns of ``header`` that hold a wanted one under another name, by the wanted name.

    A column of the wanted name itself always wins; then one that differs in case, spaces and
    marks alone; then one of the names in ``columns.csv``. A header that is itself wanted is
    never taken for another.

    Raises
    ------
    InputError
        Two columns that may both be the wanted one, or one that may be two wanted ones.
    """
    names = [name for name in header if name]
    wanted = tuple(wanted)
    asked = [name for name in dict.fromkeys(wanted) if name not in names]
    free = [name for name in names if name not in set(wanted)]
    found: dict[str, str] = {}
    faults: list[Fault] = []
    more = {"oev": VARIANCES, "vi": frozenset[str]()} if _of_log_rank(names, asked, free) else {}
    if {"kind", "time"} <= set(wanted):
        # Reports of survival: a column of months holds their times, elsewhere it may be any.
        more["time"] = synonyms()["time"] | synonyms()["reported time"]
    for column in asked:
        like = [name for name in free if bare(name) == bare(column)]
        called = more.get(column, synonyms().get(column, frozenset()))
        own = like or [name for name in free if bare(name) in called]
        if len(own) > 1:
            expected = phrased("one column that holds {column}: say which", column=column)
            faults.append(Fault(file, 1, column, ", ".join(own), expected))
        elif own:
            found[column] = own[0]
    for name in sorted({one for one in found.values() if list(found.values()).count(one) > 1}):
        both = ", ".join(column for column, own in found.items() if own == name)
        expected = phrased("a column of one meaning, not of {both}: say which", both=both)
        faults.append(Fault(file, 1, name, name, expected))
    if faults:
        raise InputError(*faults)
    return found


def _of_log_rank(names: Sequence[str], asked: Sequence[str], free: Sequence[str]) -> bool:
    """Whether a table holds O - E and neither effects nor a variance that says it is of O - E."""
    if not {"yi", "oev"} <= set(asked):
        return False
    held = {column: {column, *synonyms()[column]} for column in ("yi", "oe", "oev")}
    other = {bare(name) for name in free}
    return (
        bool(held["oe"] & {bare(name) for name in names})
        and not held["yi"] & other
        and not held["oev"] & other
    )


def given_names(
    file: str, header: Sequence[str], wanted: Iterable[str], named: Mapping[str, str]
) -> dict[str, str]:
    """Columns that a user named, by the wanted name; either may differ in case and marks.

    A wanted name may also be said by one of its synonyms (``lower`` for ``ci_lb``).

    Raises
    ------
    InputError
        A name that nothing asks for, or a column that is not there.
    """
    known, found, faults = tuple(dict.fromkeys(wanted)), dict[str, str](), list[Fault]()
    for name, column in named.items():
        asked = _one(name, known) or next(
            (one for one in known if bare(name) in synonyms().get(one, ())), None
        )
        own = _one(column, header)
        if asked is None:
            expected = phrased("one of {known}", known=", ".join(known))
            faults.append(Fault("--columns", None, "columns", name, expected))
        elif own is None:
            hint = nearest(column, tuple(header), 3)
            message = "a column that holds {column}; there are: {header}{hint}"
            there = ", ".join(header)
            expected = phrased(message, column=asked, header=there, hint=hint)
            faults.append(Fault(file, 1, column, "", expected))
        else:
            found[asked] = own
    if faults:
        raise InputError(*faults)
    return found


def _one(name: str, known: Iterable[str]) -> str | None:
    """The name itself, or the only one that differs in case, spaces and marks alone."""
    like = [one for one in known if one == name] or [
        one for one in known if one and bare(one) == bare(name)
    ]
    return like[0] if len(like) == 1 else None


def bare(name: str) -> str:
    """A column's name without case, spaces and marks."""
    return re.sub(r"[\W_]+", "", name).casefold()


@cache
def synonyms() -> Mapping[str, frozenset[str]]:
    """What programs and people call each column, bare; the table is ``columns.csv``."""
    text = files("hilum.tabular").joinpath("columns.csv").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["column"], set()).add(bare(row["name"]))
    return {column: frozenset(names) for column, names in found.items()}

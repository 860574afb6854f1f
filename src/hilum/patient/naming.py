"""What the keys and values of a case file are called, and how they are quoted."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from hilum.patient.records import Alias
from hilum.patient.spoken import key, printable, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.tables import Tables

LONGEST_TEXT = 200
DEEPEST = 8
LONGEST_NUMBER = 10**15


def attribute_of(name: str, tables: Tables) -> Alias | None:
    """The attribute that a key means: its name, an alias, its label, or a word of letters."""
    return tables.aliases.get(name) or _labels(tables).get(key(name))


@cache
def _labels(tables: Tables) -> Mapping[str, Alias]:
    found: dict[str, Alias] = {}
    for one in tables.attributes.values():
        for word in (one.label_en, one.label_zh, *spoken().names.get(one.name, ())):
            found.setdefault(key(word), Alias(one.name))
    for name, alias in tables.aliases.items():
        found[key(name)] = alias
    return found


def nearest_attribute(name: str, tables: Tables) -> str:
    """The nearest name of an attribute, empty where none is near."""
    near = difflib.get_close_matches(name, tables.aliases, 1)
    return near[0] if near else ""


def as_written(raw: object, deep: int = DEEPEST) -> str:
    """A value as the file has it, on one line; what lies deeper than any fact only as dots."""
    if isinstance(raw, dict):
        found = cast("dict[str, Any]", raw)
        text = " ".join(as_written(one, deep - 1) for one in found.values()) if deep else "{...}"
    elif isinstance(raw, list | tuple | set | frozenset):
        given = cast("list[object]", raw)
        text = ", ".join(
            "[...]" if isinstance(one, list) or not deep else as_written(one, deep - 1)
            for one in given
        )
    elif isinstance(raw, bool):
        text = str(raw).lower()
    elif isinstance(raw, int) and abs(raw) > LONGEST_NUMBER:
        text = "a very long number"
    else:
        text = "" if raw is None else printable(str(raw))
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}..."

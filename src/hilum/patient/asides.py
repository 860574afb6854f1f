"""A word with something behind it: *yes, 20 weeks*, *G2 (Ki-67 6 %)*.

What stands behind the word is not read, so the value is used and shown to be confirmed. Nothing is
taken from a *no* with something behind it, nor where the rest names another of the fact's words or
asks a question: *no (not looked for)*, *G1, G2 in the liver*, *yes?*.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hilum.patient.numbers import ValueNotRead
from hilum.patient.reading import read_value
from hilum.patient.spoken import clean
from hilum.patient.vocabulary import NONE

if TYPE_CHECKING:
    from hilum.patient.records import Attribute
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

WORDED = frozenset({"boolean", "enum"})
BEHIND = re.compile(r"[,;:(\[]")
DOUBT = re.compile(r"\?")
BETWEEN = re.compile(r"[\s,;:()\[\]/+&]+")


def before_aside(
    raw: object, attribute: Attribute, tables: Tables, unit: str = ""
) -> tuple[Value, str] | None:
    """The value of the word before an aside and that word; nothing where it cannot be taken."""
    if not isinstance(raw, str) or attribute.type not in WORDED:
        return None
    text = clean(raw)
    found = BEHIND.search(text)
    if found is None or DOUBT.search(text):
        return None
    head, rest = text[: found.start()].strip(), text[found.end() :]
    value = _read(head, attribute, tables, unit)
    if value is None or value is False or value == NONE:
        return None
    for word in filter(None, BETWEEN.split(rest)):
        other = None if word.isdigit() else _read(word, attribute, tables, unit)
        if other is not None and other != value:
            return None
    return value, head


def _read(text: str, attribute: Attribute, tables: Tables, unit: str) -> Value | None:
    try:
        return read_value(text, attribute, tables, unit) if text else None
    except ValueNotRead:
        return None

"""One value as it is written in a letter, read as its attribute's type and in its unit."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from hilum.errors import phrased
from hilum.patient.dates import day_of, time_since
from hilum.patient.expected import DAY_BEFORE, TRUTH, Expected
from hilum.patient.lists import allowed_words, nearest_item, words_of_list
from hilum.patient.numbers import ValueNotRead, read_number
from hilum.patient.spoken import Spoken, clean, key, spoken
from hilum.patient.values import Range, span
from hilum.patient.vocabulary import NONE, nearest, word_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.patient.records import Attribute
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

CHILD_CLASSES = {"a": Range(5.0, 6.0), "b": Range(7.0, 9.0), "c": Range(10.0, 15.0)}


def read_value(
    raw: object,
    attribute: Attribute,
    tables: Tables,
    unit: str = "",
    *,
    today: dt.date | None = None,
) -> Value:
    """A value as its attribute's type, in the attribute's unit.

    Parameters
    ----------
    raw : object
        A text, number, truth, list, date or ``{value, unit}``, as a case file holds it.
    unit : str
        The unit that a name or table gives; one written with the value goes before it.
    today : date, optional
        The day that dates are counted back from; the day of reading when omitted.

    Raises
    ------
    ValueNotRead
        With a code of :mod:`hilum.patient.remarks`, what was expected and the nearest word.
    """
    if isinstance(raw, dict):
        raw, unit = _of_table(cast("dict[str, Any]", raw), attribute, unit)
    if isinstance(raw, dt.datetime):
        raw = raw.date()
    if not isinstance(raw, str):
        return READERS[attribute.type](raw, attribute, tables, unit, today)
    text = clean(raw)
    try:
        return READERS[attribute.type](text, attribute, tables, unit, today)
    except ValueNotRead:
        shorter = _without_name(text, attribute)
        if shorter == text:
            raise
        return READERS[attribute.type](shorter, attribute, tables, unit, today)


def _of_table(raw: dict[str, Any], attribute: Attribute, unit: str) -> tuple[object, str]:
    if (
        "value" not in raw
        or set(raw) - {"value", "unit"}
        or not isinstance(raw.get("unit", ""), str)
    ):
        raise ValueNotRead(
            "not_understood", phrased("{{value = ..., unit = {unit!r}}}", unit=attribute.unit)
        )
    return raw["value"], str(raw.get("unit") or unit)


def _without_name(text: str, attribute: Attribute) -> str:
    """A text without the attribute's name before the value: *Ki-67 5 %*, *Child-Pugh B7*."""
    names = (
        *(alias.replace("_", " ") for alias in attribute.aliases),
        *(attribute.label_en, attribute.label_zh, attribute.name),
        *spoken().names.get(attribute.name, ()),
    )
    plain = text.casefold()
    for name in sorted({clean(one).casefold() for one in names}, key=len, reverse=True):
        rest = plain.removeprefix(name)
        if (
            rest != plain
            and rest
            and not (rest[0].isalpha() and name[-1].isascii() and rest[0].isascii())
        ):
            return text[len(text) - len(rest) :].lstrip(" :=").removeprefix("of ").strip()
    return text


def _boolean(raw: object, attribute: Attribute, tables: Tables, unit: str, today: object) -> bool:
    del tables, unit, today
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        word = key(raw)
        for alias in attribute.aliases.values():
            for old, new in alias.words.items():
                if key(old) == word:
                    word = key(new)
        said = spoken().words.get(attribute.name, {}).get(word)
        if said is not None:
            return said == "true"
        if word in spoken().truths:
            return spoken().truths[word]
    raise ValueNotRead("not_understood", Expected(TRUTH))


def _enum(raw: object, attribute: Attribute, tables: Tables, unit: str, today: object) -> str:
    del tables, unit, today
    expected = ", ".join(attribute.allowed)
    if isinstance(raw, bool):
        raw = str(raw).lower()
    elif isinstance(raw, int | float):
        raw = f"{raw:g}"
    if not isinstance(raw, str):
        raise ValueNotRead("not_understood", expected)
    found = word_in(raw, attribute)
    if found is None:
        words = {key(one): one for one in attribute.allowed}
        words |= spoken().words.get(attribute.name, {})
        raise ValueNotRead("unknown_word", expected, nearest(key(raw), words))
    return found


def _list(
    raw: object, attribute: Attribute, tables: Tables, unit: str, today: object
) -> frozenset[str]:
    del unit, today
    known, unknown = words_of_list(raw, attribute, tables)
    for one in unknown:
        near = nearest_item(one, attribute, tables)
        raise ValueNotRead("unknown_word", allowed_words(attribute, tables), near)
    return known


def _points(
    raw: object, attribute: Attribute, tables: Tables, unit: str, today: object
) -> float | Range:
    """Child-Pugh as *B7*, *7*, *B*, *A5-6*, *none* (no liver disease)."""
    expected = "7, B7, B, none"
    if isinstance(raw, bool):
        if raw:
            raise ValueNotRead("not_understood", expected)
        return attribute.low
    if isinstance(raw, int | float):
        return read_number(raw, attribute, unit)
    if not isinstance(raw, str):
        raise ValueNotRead("not_understood", expected)
    word = key(raw)
    if word == NONE or spoken().truths.get(word) is False:
        return attribute.low
    word = word.removeprefix("class").removesuffix("级")
    if word in CHILD_CLASSES:
        return CHILD_CLASSES[word]
    letter = raw.strip().casefold()[:1]
    rest = raw.strip()[1:].strip(" -") if letter in CHILD_CLASSES else raw
    try:
        found = read_number(rest, attribute, unit)
    except ValueNotRead as error:
        raise ValueNotRead(error.code, expected, error.nearest) from error
    if letter in CHILD_CLASSES:
        low, high = CHILD_CLASSES[letter]
        ends = span(found)
        if ends.low < low or ends.high > high:
            expected = ", ".join(
                f"{name.upper()} {one.low:g}-{one.high:g}" for name, one in CHILD_CLASSES.items()
            )
            raise ValueNotRead("not_understood", expected)
    return found


def _number(
    raw: object, attribute: Attribute, tables: Tables, unit: str, today: dt.date | None
) -> float | Range:
    del tables
    words: Spoken = spoken()
    if attribute.name in words.dated and (found := _from_date(raw, attribute, today)) is not None:
        return found
    if isinstance(raw, str) and (count := words.counts.get(attribute.name, {}).get(key(raw))):
        low, open_end, _ = count.partition("..")
        return Range(float(low), attribute.high) if open_end else float(low)
    return read_number(raw, attribute, unit)


def _from_date(raw: object, attribute: Attribute, today: dt.date | None) -> float | Range | None:
    """Time gone since a date, in the attribute's unit; nothing where no date is written."""
    when = day_of(raw)
    if when is None:
        return None
    found = time_since(when, today or dt.date.today(), attribute.unit)
    ends = span(found)
    if ends.low < attribute.low or ends.high > attribute.high:
        raise ValueNotRead("out_of_range", Expected(DAY_BEFORE))
    return found


READERS: dict[str, Callable[[Any, Attribute, Tables, str, dt.date | None], Value]] = {
    "boolean": _boolean,
    "enum": _enum,
    "list": _list,
    "points": _points,
    "number": _number,
    "integer": _number,
}

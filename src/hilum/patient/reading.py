"""One value as it is written in a letter, read as its attribute's type and in its unit."""

from __future__ import annotations

import datetime as dt
import difflib
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from hilum.patient.dates import day_of, time_since
from hilum.patient.labels import word_labels
from hilum.patient.numbers import ValueNotRead, read_number
from hilum.patient.spoken import Spoken, TreatmentWord, clean, key, spoken, treatment_words
from hilum.patient.values import Range, span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hilum.patient.records import Attribute
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

__all__ = ["ValueNotRead", "is_unknown", "items", "read_value", "word_in"]

SEPARATORS = ",;|、，；\n"
NONE = "none"
SHORTEST = 3
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


def is_unknown(raw: object, attribute: Attribute) -> bool:
    """Whether a value says that nothing is known: *unknown*, *not done*, *n/a*, nothing."""
    if raw is None:
        return True
    if isinstance(raw, dict):
        found = cast("dict[str, Any]", raw)
        return is_unknown(found.get("value", ""), attribute) if "value" in found else False
    if isinstance(raw, list):
        given = cast("list[object]", raw)
        return bool(given) and all(
            isinstance(one, str) and is_unknown(one, attribute) for one in given
        )
    if not isinstance(raw, str):
        return False
    word = key(raw)
    return word in spoken().unknown and word not in {key(one) for one in attribute.allowed}


def word_in(text: str, attribute: Attribute) -> str | None:
    """The allowed word that a text stands for, through aliases and the words of letters."""
    word = key(text)
    for one in attribute.allowed:
        if key(one) == word:
            return one
    for alias in attribute.aliases.values():
        for old, new in alias.words.items():
            if key(old) == word:
                return new
    found = spoken().words.get(attribute.name, {}).get(word) or _labelled(attribute.name).get(word)
    if found is None and spoken().truths.get(word) is False and NONE in attribute.allowed:
        return NONE
    return found


@cache
def _labelled(attribute: str) -> Mapping[str, str]:
    """Words of an attribute by their labels in both languages."""
    return {
        key(label): word
        for (kind, word), labels in word_labels().items()
        if kind == attribute
        for label in labels
    }


def items(raw: object) -> list[object]:
    """The items of a list, or of a text with separators."""
    if isinstance(raw, str):
        text = raw
        for sign in SEPARATORS:
            text = text.replace(sign, SEPARATORS[0])
        return [one.strip() for one in text.split(SEPARATORS[0]) if one.strip()]
    return (
        list(cast("list[object]", raw))
        if isinstance(raw, list | tuple | set | frozenset)
        else [raw]
    )


def _of_table(raw: dict[str, Any], attribute: Attribute, unit: str) -> tuple[object, str]:
    if (
        "value" not in raw
        or set(raw) - {"value", "unit"}
        or not isinstance(raw.get("unit", ""), str)
    ):
        raise ValueNotRead("not_understood", f"{{value = ..., unit = {attribute.unit!r}}}")
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
        if word in spoken().truths:
            return spoken().truths[word]
    raise ValueNotRead("not_understood", "true, false")


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


def words_of_list(
    raw: object, attribute: Attribute, tables: Tables
) -> tuple[frozenset[str], tuple[object, ...]]:
    """The words of a list, and the items that are none."""
    if says_empty(raw, attribute):
        return frozenset(), ()
    found: set[str] = set()
    unknown: list[object] = []
    for one in items(raw):
        text = clean(one) if isinstance(one, str) else one
        words = [item_of(part, attribute, tables) for part in (text, *parts(text))]
        if words[0] is None and len(words) > 1 and None not in words[1:]:
            found.update(word for word in words[1:] if word)
        elif words[0] is None:
            unknown.append(one)
        else:
            found.add(words[0])
    return frozenset(found - {""}), tuple(unknown)


def says_empty(raw: object, attribute: Attribute) -> bool:
    """Whether a value says that a list has no items: *untreated*, *liver only*."""
    if isinstance(raw, list):
        listed = cast("list[object]", raw)
        raw = listed[0] if len(listed) == 1 else None
    return isinstance(raw, str) and key(raw) in spoken().empty.get(attribute.name, {})


def parts(text: object) -> list[str]:
    """What a text joins by *and*, *then*, ``+`` or ``/``; nothing where it joins nothing."""
    if not isinstance(text, str):
        return []
    found = [one.strip() for one in spoken().joints.split(text) if one and one.strip()]
    return found if len(found) > 1 else []


def item_of(text: object, attribute: Attribute, tables: Tables) -> str | None:
    """The word of an item of a list; empty for *none* and drugs that are no treatment here."""
    if text is False:
        return ""
    if isinstance(text, bool) or not isinstance(text, str | int):
        return None
    word = str(text)
    if key(word) == NONE or spoken().truths.get(key(word)) is False:
        return ""
    if not takes_treatments(attribute):
        return word_in(word, attribute)
    meant = treatment_words(tables).get(key(word))
    return None if meant is None else meant.treatment


def takes_treatments(attribute: Attribute) -> bool:
    """Whether a list names treatments rather than words of its own."""
    return attribute.type == "list" and attribute.allowed == ("*",)


def allowed_words(attribute: Attribute, tables: Tables) -> str:
    """What a list may hold."""
    return ", ".join(tables.treatments if takes_treatments(attribute) else attribute.allowed)


def nearest_item(text: object, attribute: Attribute, tables: Tables) -> str:
    """The nearest word that a list may hold, empty where none is near."""
    words: Mapping[str, str] = {key(one): one for one in attribute.allowed}
    if takes_treatments(attribute):
        meant: Mapping[str, TreatmentWord] = treatment_words(tables)
        words = {word: one.treatment for word, one in meant.items() if one.treatment}
    return nearest(key(str(text)), words)


def nearest(word: str, words: Mapping[str, str], cutoff: float = 0.5) -> str:
    """What the nearest of some words stands for, empty where none is near.

    Of a word of one or two letters no other is near: *G4* is not nearer to *G3* than to *G1*.
    """
    if len(word) < SHORTEST:
        return ""
    found = difflib.get_close_matches(word, words, 1, cutoff)
    return words[found[0]] if found else ""


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
        raise ValueNotRead("out_of_range", "a day before the date of the case")
    return found


READERS: dict[str, Callable[[Any, Attribute, Tables, str, dt.date | None], Value]] = {
    "boolean": _boolean,
    "enum": _enum,
    "list": _list,
    "points": _points,
    "number": _number,
    "integer": _number,
}

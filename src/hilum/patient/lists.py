"""Facts that hold several words: their items, and which of them are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from hilum.patient.spoken import TreatmentWord, clean, key, spoken, treatment_words
from hilum.patient.vocabulary import NONE, nearest, word_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.records import Attribute
    from hilum.patient.tables import Tables

SEPARATORS = ",;|、，；\n"


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

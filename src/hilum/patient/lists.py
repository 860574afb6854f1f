"""Facts that hold several words: their items, and which of them are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from hilum.patient.spoken import TreatmentWord, clean, key, spoken, treatment_words
from hilum.patient.treatment_text import said_in
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
    """The words of a list, and the parts of it that are none; a part is known or not by itself."""
    if says_empty(raw, attribute):
        return frozenset(), ()
    if takes_treatments(attribute):
        said, unread = said_in("\n".join(str(one) for one in items(raw)), tables)
        words = frozenset(one.word.treatment for one in said)
        return words - {""}, tuple(one.text for one in unread)
    found: set[str] = set()
    unknown: list[object] = []
    for one in items(raw):
        whole = item_of(clean(one) if isinstance(one, str) else one, attribute)
        if whole is not None:
            found.add(whole)
            continue
        for part in _parts(one):
            word = item_of(part, attribute)
            if word is None:
                unknown.append(part)
            else:
                found.add(word)
    return frozenset(found - {""}), tuple(unknown)


def says_empty(raw: object, attribute: Attribute) -> bool:
    """Whether a value says that a list has no items: *untreated*, *liver only*."""
    if isinstance(raw, list):
        listed = cast("list[object]", raw)
        raw = listed[0] if len(listed) == 1 else None
    return isinstance(raw, str) and key(raw) in spoken().empty.get(attribute.name, {})


def _parts(item: object) -> list[object]:
    """An item cut at separators and at *and*, *then*, ``+`` or ``/``; whole where it has none."""
    if not isinstance(item, str):
        return [item]
    cut = [spoken().joints.split(clean(str(one))) for one in items(item)]
    return [one.strip() for several in cut for one in several if one and one.strip()]


def item_of(text: object, attribute: Attribute) -> str | None:
    """The word of an item of a list; empty for *none*."""
    if text is False:
        return ""
    if isinstance(text, bool) or not isinstance(text, str | int):
        return None
    word = str(text)
    if key(word) == NONE or spoken().truths.get(key(word)) is False:
        return ""
    return word_in(word, attribute)


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

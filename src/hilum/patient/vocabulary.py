"""Which of an attribute's words a text stands for."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from hilum.patient.labels import word_labels
from hilum.patient.spoken import key, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.records import Attribute

NONE = "none"
SHORTEST = 3


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
    truth = spoken().truths.get(word)
    if truth is not None:
        own = attribute.aliases[attribute.name].words.get(str(truth).lower())
        return own or (NONE if truth is False and NONE in attribute.allowed else None)
    for alias in attribute.aliases.values():
        for old, new in alias.words.items():
            if key(old) == word:
                return new
    found = spoken().words.get(attribute.name, {}).get(word)
    return found or _labelled(attribute.name).get(word)


@cache
def _labelled(attribute: str) -> Mapping[str, str]:
    """Words of an attribute by their labels in both languages."""
    return {
        key(label): word
        for (kind, word), labels in word_labels().items()
        if kind == attribute
        for label in labels
    }


def nearest(word: str, words: Mapping[str, str], cutoff: float = 0.5) -> str:
    """What the nearest of some words stands for, empty where none is near.

    Of a word of one or two letters no other is near: *G4* is not nearer to *G3* than to *G1*.
    """
    if len(word) < SHORTEST:
        return ""
    found = difflib.get_close_matches(word, words, 1, cutoff)
    return words[found[0]] if found else ""

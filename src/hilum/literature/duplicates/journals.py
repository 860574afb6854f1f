"""Names of journals: full, abbreviated, with their translation, as an acronym."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from hilum.literature.bibliography.scripts import latin, unspaced
from hilum.literature.duplicates.folding import listed, words

SMALL: Final = listed(
    "of the and for in on a an to de la le les du des et der die das und fur für di del della dei "
    "e el los las y en von official"
)
AGREE, UNSURE, DIFFER = 2, 1, 0


@dataclass(frozen=True, slots=True)
class Journal:
    """One name in its forms, each the words that carry it.

    ``unspaced`` where it is written in Chinese letters alone: a Latin name says nothing of it.
    """

    forms: tuple[tuple[str, ...], ...]
    unspaced: bool = False


@lru_cache(32768)
def journal_of(name: str) -> Journal:
    """A journal from its name as printed; "A = B", "A: B" and "A (B)" are forms of one."""
    parts = re.split(r"\s*=\s*|\s*[:;/|]\s+|\s+-\s+|[()\[\]]|\.\s+(?=[A-Z][a-z]{3,}\s)", name)
    whole = _carrying(re.sub(r"\([^)]*\)", " ", name)) or _carrying(name)
    forms = [whole, *(_carrying(one) for one in parts)]
    alone = unspaced(name) > 0 and not latin(name)
    return Journal(tuple(dict.fromkeys(form for form in forms if form)), alone)


def _carrying(name: str) -> tuple[str, ...]:
    return tuple(one for one in words(name.replace("'", "")) if one not in SMALL)


@lru_cache(65536)
def agreement(a: Journal, b: Journal) -> int:
    """Whether two names can be of one journal."""
    best = DIFFER
    for one in a.forms:
        for two in b.forms:
            best = max(best, _compared(one, two))
            if best == AGREE:
                return AGREE
    return best


def _compared(one: tuple[str, ...], two: tuple[str, ...]) -> int:
    if one == two or "".join(one) == "".join(two):
        return AGREE
    short, long = (one, two) if len(one) <= len(two) else (two, one)
    if len(short) == len(long):
        if all(_abbreviates(x, y) for x, y in zip(short, long, strict=True)):
            return AGREE
    elif len(short) > 1 and _within(short, long):
        return AGREE if len(long) - len(short) <= 2 or len(short) >= 3 else UNSURE
    if len(short) == 1 and len(long) > 2:
        initials = "".join(x[:1] for x in long)
        if short[0] == initials:
            return AGREE
        if len(short[0]) > 2 and (initials.startswith(short[0]) or short[0] in long):
            return UNSURE
    if len(short) == 1 and len(short[0]) > 4 and "".join(long[:1]).startswith(short[0]):
        return UNSURE
    shared = len(set(one) & set(two))
    if shared >= 3 and shared * 3 >= 2 * len(short):
        return UNSURE
    return DIFFER


def _abbreviates(x: str, y: str) -> bool:
    """Whether one word shortens the other: "clin" for "clinical", "natl" for "national"."""
    if x == y:
        return True
    short, long = (x, y) if len(x) <= len(y) else (y, x)
    if long.startswith(short):
        return True
    if len(short) < 2 or short[0] != long[0]:
        return False
    if len(short) >= 3 and short[:3] == long[:3] and len(short) < len(long):
        at = 0
        for letter in long:
            if at < len(short) and letter == short[at]:
                at += 1
        return at == len(short)
    at = 0
    for letter in long:
        if at < len(short) and letter == short[at]:
            at += 1
    return at == len(short) and len(short) <= 5 and len(long) - len(short) >= 3


def _within(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether the words of one stand in the other in their order, shortened or not."""
    at = 0
    for one in long:
        if at < len(short) and _abbreviates(short[at], one):
            at += 1
    return at == len(short)

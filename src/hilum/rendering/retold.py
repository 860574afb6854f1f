"""Sentences that the tables of a review keep in English, said again in the reader's language."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from hilum.language.telling import SPEAKING

if TYPE_CHECKING:
    from hilum.language import Words

_PLACE: Final = re.compile(r"\{(\w+)(?:![rs])?(?::[^{}]*)?\}")
_DEEP: Final = 6
"""How often a sentence may quote another."""
SEVERAL: Final = "{first}; {second}"


class _Printed(str):
    """A fact as it was printed: whatever form a sentence asks of it."""

    __slots__ = ()

    def __format__(self, _: str) -> str:
        return str(self)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Sentences with places, those first that say the most themselves."""
    from hilum.rendering.references import messages

    placed = [one for one in messages() if _PLACE.search(one)]
    placed.sort(key=lambda one: -len(_PLACE.sub("", one)))
    return tuple((one, _pattern(one)) for one in (*placed, SEVERAL))


def _pattern(message: str) -> re.Pattern[str]:
    parts: list[str] = []
    at = 0
    seen: set[str] = set()
    for place in _PLACE.finditer(message):
        parts.append(re.escape(message[at : place.start()]))
        parts.append(f"(?P={place[1]})" if place[1] in seen else f"(?P<{place[1]}>.*?)")
        seen.add(place[1])
        at = place.end()
    return re.compile("".join((*parts, re.escape(message[at:]))), re.DOTALL)


def retold(said: str, words: Words, deep: int = 0) -> str:
    """A sentence as it was kept, in the reader's language; as it stands where none is known."""
    if words.language == "en" or not said:
        return said
    # What is no sentence of ours is no missing translation either.
    missing = set(words.missing)
    own = words(said)
    if own != said or deep > _DEEP:
        return own
    words.missing.clear()
    words.missing.update(missing)
    for message, pattern in _patterns():
        found = pattern.fullmatch(said)
        if found is not None:
            facts = {
                name: _Printed(retold(fact, words, deep + 1) if name in SPEAKING else fact)
                for name, fact in found.groupdict().items()
            }
            return words(message, **facts)
    return said

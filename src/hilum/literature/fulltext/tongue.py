"""Which language a text is in: only English sentences are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.fulltext.sentences import Sentence

ENGLISH, CHINESE, ANOTHER_TONGUE = "english", "chinese", "another"
_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA_OR_HANGUL: Final = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_OTHER_LETTERS: Final = re.compile(r"[\u0370-\u052f\u0590-\u06ff\u0e00-\u0e7f]")
_LATIN: Final = re.compile(r"[A-Za-z]")
# Small words that stand in every second line of their language, and in no other of these.
_SMALL_ENGLISH: Final = re.compile(
    r"\b(?:the|of|and|with|was|were|for|from|after|had|by|at|this|that|which)\b"
)
_SMALL_OTHERS: Final = re.compile(
    r"\b(?:der|die|das|und|mit|wurden?|bei|nach|von|eine[rnms]?|les|des|une|dans|avec|chez|était"
    r"|étaient|après|sont|los|las|del|pacientes|fue|fueron|después|para|nei|della|delle|dei|sono"
    r"|stato|dopo|con|nell|het|een|van|waren|werd|werden|med|och|efter|hos|w|dla|oraz|przez)\b"
)
# So many small words of other languages must be seen before a text is said not to be English.
LEAST: Final = 8


def tongue_of(texts: Iterable[str]) -> str:
    """Code of the language in which most of a text stands: ``english`` where nothing else shows.

    A Chinese character counts as two letters, for it is about half a word.
    """
    text = " ".join(texts)
    han, syllables = len(_HAN.findall(text)), len(_KANA_OR_HANGUL.findall(text))
    strange, latin = len(_OTHER_LETTERS.findall(text)), len(_LATIN.findall(text))
    if 2 * (han + syllables) > latin:
        # Japanese has its syllables between the characters.
        return ANOTHER_TONGUE if 10 * syllables > han else CHINESE
    if strange > latin:
        return ANOTHER_TONGUE
    others = len(_SMALL_OTHERS.findall(text.lower()))
    if others >= LEAST and others > len(_SMALL_ENGLISH.findall(text.lower())):
        return ANOTHER_TONGUE
    return ENGLISH


def read_in_english(read: Iterable[Sentence]) -> list[Sentence]:
    """The sentences without those that stand in Chinese, Japanese or Korean."""
    return [
        one for one in read
        if 2 * len(_HAN.findall(one.plain)) + 2 * len(_KANA_OR_HANGUL.findall(one.plain))
        <= len(_LATIN.findall(one.plain))
        or not (_HAN.search(one.plain) or _KANA_OR_HANGUL.search(one.plain))
    ]  # fmt: skip

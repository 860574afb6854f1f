"""The language that an option names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.language import Words


def words_of(language: str) -> Words:
    """Words of a language.

    Raises
    ------
    InputError
        When there are none; names those there are.
    """
    from hilum.language import LANGUAGES, words

    if language not in LANGUAGES:
        expected = f"one of {', '.join(LANGUAGES)}"
        raise InputError(Fault("--language", None, "language", language, expected))
    return words(language)

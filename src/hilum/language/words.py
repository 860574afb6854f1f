"""Translating message ids through the gettext catalogues; English is the id itself.

Two catalogues: ``data`` (the words of the tables: rules, labels, notes) and ``interface`` (the
words of the sheet). The ``.mo`` files are made from the ``.po`` files by ``make messages``.
"""

from __future__ import annotations

import gettext
from functools import cache
from importlib.resources import as_file, files
from typing import Final

LANGUAGES: Final = ("en", "zh-Hans")
DOMAINS: Final = ("interface", "data")


class Words:
    """Turns an English message id into the words of one language.

    ``missing`` collects the ids that had no translation, for the test that keeps both complete.
    """

    def __init__(self, language: str, catalogues: tuple[gettext.NullTranslations, ...]) -> None:
        self.language = language
        self.missing: set[str] = set()
        self._catalogues = catalogues

    def __call__(self, message: str | None, **values: object) -> str:
        """Translate a message and fill its ``{named}`` places; empty for ``None``."""
        if not message:
            return ""
        text = self._translate(message)
        return text.format(**values) if values else text

    def _translate(self, message: str) -> str:
        if self.language == "en":
            return message
        for catalogue in self._catalogues:
            text = catalogue.gettext(message)
            if text != message:
                return text
        self.missing.add(message)
        return message


@cache
def _catalogues(language: str) -> tuple[gettext.NullTranslations, ...]:
    if language == "en":
        return ()
    with as_file(files("hilum.language") / "locale") as folder:
        return tuple(
            gettext.translation(domain, folder, [language.replace("-", "_")]) for domain in DOMAINS
        )


def words(language: str) -> Words:
    """Words of a language.

    Raises
    ------
    ValueError
        When the language is not one of :data:`LANGUAGES`.
    """
    if language not in LANGUAGES:
        message = f"language {language!r}: expected one of {', '.join(LANGUAGES)}"
        raise ValueError(message)
    return Words(language, _catalogues(language))

"""Translating message ids through the gettext catalogues; English is the id itself.

The ``.mo`` file is made from the ``.po`` file by ``make messages``. What is quoted from a table
(titles, arm descriptions, criteria, notes) stays in the words of its source.
"""

from __future__ import annotations

import gettext
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Final, Literal

from hilum.counted import filled
from hilum.errors import phrased
from hilum.language.typeset import typeset, typeset_page, typeset_parts

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# A folder a language, named by its code with an underscore, as gettext has it.
LOCALE: Final = files("hilum.language") / "locale"
# Between a context and its message, as gettext has it.
CONTEXT: Final = "\x04"
# Catalogues of a language: of the sheet, of the analyses with their commands and plots, of errors,
# of the other commands' help.
DOMAINS: Final = ("hilum", "analyses", "errors", "help")


# Which laboratory units stand first; empty: as the language has it.
UnitsFirst = Literal["", "si", "conventional"]
UNITS_FIRST: Final[tuple[UnitsFirst, ...]] = ("si", "conventional")


class _Untranslated(str):
    """A message id that no catalogue holds."""

    __slots__ = ()


class _Fallback(gettext.NullTranslations):
    """Marks what the catalogue does not hold."""

    def gettext(self, message: str) -> str:
        return _Untranslated(message)

    def pgettext(self, context: str, message: str) -> str:
        return _Untranslated(message)


class Words:
    """Turns an English message id into the words of one language.

    ``missing`` collects the ids that had no translation, for the test that keeps both complete;
    ``units`` is ``si`` or ``conventional`` where somebody asked which stand first, else empty: the
    language says.
    """

    def __init__(self, language: str, catalogue: gettext.NullTranslations | None) -> None:
        self.language = language
        self.missing: set[str] = set()
        self.units: UnitsFirst = ""
        self._catalogue = catalogue

    def __call__(self, message: str | None, /, **values: object) -> str:
        """Translate a message and fill its ``{named}`` places; empty for ``None``."""
        if not message:
            return ""
        text = self._translate(message)
        if not values:
            return str(text)
        english = self._catalogue is None or isinstance(text, _Untranslated)
        return filled(text, values) if english else text.format(**values)

    def within(self, context: str, message: str) -> str:
        """Translate a word that means something else elsewhere: ``years`` of ``time``, not age."""
        if self._catalogue is None:
            return message
        text = self._catalogue.pgettext(context, message)
        if isinstance(text, _Untranslated):
            self.missing.add(f"{context}{CONTEXT}{message}")
        return str(text)

    def line(self, text: str) -> str:
        """A line put together from parts, with the punctuation of the language."""
        return typeset(text, self.language)

    def parts(self, context: dict[str, Any]) -> dict[str, Any]:
        """Everything a page or a document is set from, with the punctuation of the language."""
        return typeset_parts(context, self.language)

    def page(self, html: str) -> str:
        """A page put together from parts, with the punctuation of the language."""
        return typeset_page(html, self.language)

    def _translate(self, message: str) -> str:
        if self._catalogue is None:
            return message
        # An untranslated id comes back through the fallback, an id translated alike does not.
        text = self._catalogue.gettext(message)
        if isinstance(text, _Untranslated):
            self.missing.add(message)
        return text


def languages() -> tuple[str, ...]:
    """English, and every language that has a folder of catalogues."""
    there = (one.name for one in LOCALE.iterdir() if one.joinpath("LC_MESSAGES").is_dir())
    return ("en", *sorted(name.replace("_", "-") for name in there))


LANGUAGES: Final = languages()
"""Those there are when the program starts."""


@cache
def _catalogue(language: str, locale: Traversable) -> gettext.NullTranslations | None:
    if language == "en":
        return None
    found: gettext.NullTranslations | None = None
    with as_file(locale) as folder:
        for domain in DOMAINS:
            # A language may have some of the catalogues; the rest stays English.
            one = gettext.translation(domain, folder, [language.replace("-", "_")], fallback=True)
            if type(one) is gettext.NullTranslations:
                continue
            if found is None:
                found = one
            else:
                found.add_fallback(one)
    if found is None:
        return _Fallback()
    found.add_fallback(_Fallback())
    return found


def words(language: str) -> Words:
    """Words of a language.

    Raises
    ------
    ValueError
        When the language is not one of :func:`languages`.
    """
    # The folder is looked at again only for a language that was not there.
    if language not in LANGUAGES and language not in (known := languages()):
        message = phrased(
            "language {language!r}: expected one of {languages}",
            language=language,
            languages=", ".join(known),
        )
        raise ValueError(message)
    return Words(language, _catalogue(language, LOCALE))

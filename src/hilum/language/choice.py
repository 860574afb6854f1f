"""Which language is meant: what was said, else the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.errors import UnknownCode
from hilum.language.words import languages

if TYPE_CHECKING:
    from collections.abc import Mapping

# Other names of a language, as people and systems write them.
ALIASES: Final = {
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-hans": "zh-Hans",
    "zh-hans-cn": "zh-Hans",
    "c": "en",
    "posix": "en",
}
# Where a system says it, the first that is set.
VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def understood(said: str) -> str | None:
    """The language that a name means, such as ``zh_CN.UTF-8``; None where there is none."""
    name = said.split(".")[0].split("@")[0].replace("_", "-").lower()
    known = {language.lower(): language for language in languages()} | ALIASES
    # A region of a language that is one without: en-GB is en, but zh-TW is not zh-Hans.
    base = name.split("-")[0]
    return known.get(name) or (known.get(base) if known.get(base) == base else None)


def chosen(said: str | None, environ: Mapping[str, str]) -> str:
    """The language said, else that of ``HILUM_LANGUAGE``, else of the locale, else English.

    Raises
    ------
    UnknownCode
        A language said, or named by ``HILUM_LANGUAGE``, that there is none of. The locale of a
        system may be any.
    """
    asked = said or environ.get("HILUM_LANGUAGE")
    if asked:
        found = understood(asked)
        if found is None:
            raise UnknownCode("language", asked, languages())
        return found
    system = next((environ[name] for name in VARIABLES if environ.get(name)), "")
    return understood(system) or "en"

"""The option ``--language``, and the words of the language that it or the environment names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.errors import Fault, InputError, UnknownCode, phrased

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.errors import Phrase
    from hilum.language import Words
    from hilum.language.words import UnitsFirst

HELP = "en or zh (also zh-Hans, zh-CN, zh_CN); else as HILUM_LANGUAGE or the locale says."
Language = Annotated[str | None, typer.Option(help=HELP)]
FIRST = "Laboratory units that stand first: si or conventional; else as the language has it."
Units = Annotated[str | None, typer.Option(help=FIRST)]


def words_of(said: str | None, units: str | None = None) -> Words:
    """Words in the language said, or that of the environment, with the units that stand first.

    Raises
    ------
    InputError
        When there are none; names those there are.
    """
    from hilum.language import words

    found = words(language_of(said))
    if units is not None:
        found.units = _units(units)
    return found


def _units(asked: str) -> UnitsFirst:
    from hilum.language.words import UNITS_FIRST

    for one in UNITS_FIRST:
        if one == asked:
            return one
    expected = phrased("one of {known}", known=", ".join(UNITS_FIRST))
    raise InputError(Fault("--units", None, "units", asked, expected))


def language_of(said: str | None) -> str:
    """The code of the language said, or of that of the environment.

    Raises
    ------
    InputError
        An unknown language.
    """
    from hilum.language import chosen

    try:
        return chosen(said, os.environ)
    except UnknownCode as error:
        expected = phrased("one of {known}", known=", ".join(error.known))
        option = "--language" if said else "HILUM_LANGUAGE"
        raise InputError(Fault(option, None, "language", error.code, expected)) from None


def aside(words: Words) -> Callable[[Phrase], None]:
    """What takes sentences on how a file was read: a line each on standard error."""
    from hilum.language.telling import sentence
    from hilum.tabular import visible

    return lambda said: typer.echo(f"hilum: {visible(sentence(said, words))}", err=True)


def tell(fault: Fault) -> None:
    """One fault on standard error, in the language of the environment or the arguments."""
    import sys

    from hilum.cli.asking import said_language
    from hilum.language import told

    typer.echo(told(InputError(fault), words_of(said_language(sys.argv[1:]))), err=True)

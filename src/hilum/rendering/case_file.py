"""The case file that a bundle gives: facts, then what has to be asked, as comments."""

from __future__ import annotations

import json
from textwrap import wrap
from typing import TYPE_CHECKING, Any, cast

from hilum.patient.fhir.lines import CARRIED, Line, Place, said
from hilum.patient.labels import attribute_label
from hilum.patient.naming import attribute_of
from hilum.patient.spoken import printable
from hilum.patient.tables import read_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.analyses.from_fhir import FromFhirAnswered, SaidLine
    from hilum.language import Words
    from hilum.patient.tables import Tables

WIDTH = 96
HEAD = "Read from a FHIR file. Check it: what is asked below was not used, or is to be confirmed."
ASKED = "To ask or to confirm"
STAGING = "Carried from the file; no rule reads it"


def messages() -> set[str]:
    """Ids that stand in the tables."""
    return {HEAD, ASKED, STAGING}


def case_file(answer: FromFhirAnswered, words: Words) -> str:
    """TOML that ``hilum case check`` and ``hilum board`` read."""
    return "\n".join(_lines(answer, words, read_tables())) + "\n"


def labels(words: Words, tables: Tables) -> dict[str, str]:
    """Names of the facts in a language."""
    return {name: attribute_label(one, words.language) for name, one in tables.attributes.items()}


def _lines(found: FromFhirAnswered, words: Words, tables: Tables) -> Iterator[str]:
    names = labels(words, tables)
    yield from _comment(words(HEAD))
    data = found.case
    yield from (f"{key} = {_toml(value)}" for key, value in data.items() if key != "patient")
    yield "\n[patient]"
    for key, value in cast("dict[str, Any]", data["patient"]).items():
        alias = attribute_of(key, tables)
        yield f"# {names[alias.name] if alias else key}"
        yield f"{key} = {_toml(value)}"
    if found.carried:
        yield ""
        yield from _comment(words(STAGING))
        for one in found.carried:
            dated = f" ({one.date})" if one.date else ""
            yield from _comment(f"- {words(CARRIED[one.what])} {one.value}{dated}")
    questions = [one for one in found.lines if one.state == "question"]
    if questions:
        yield ""
        yield from _comment(words(ASKED))
        for one in questions:
            where = " ".join(part for part in (one.resource, one.id) if part)
            yield from _comment(f"- {sentence(one, words, names)} ({where})")


def sentence(one: SaidLine, words: Words, names: dict[str, str]) -> str:
    """A line in a language, facts by their names."""
    line = Line(one.code, Place(one.resource, one.id, one.element), one.fact, one.date, one.places)
    return said(line, words, names)


def _comment(text: str) -> Iterator[str]:
    plain = " ".join(printable(text).split())
    for line in wrap(plain, WIDTH, break_long_words=False, break_on_hyphens=False):
        yield f"# {line}"


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in cast('list[object]', value))}]"
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        return f"{{{', '.join(f'{key} = {_toml(one)}' for key, one in table.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(printable(str(value)), ensure_ascii=False)

"""The form of a trial's design and its answer as a page shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.designs import DESIGNS
from hilum.analyses.designs.asked import DesignAsked
from hilum.analyses.typed import typed_fields
from hilum.errors import InputError, renamed
from hilum.language import told
from hilum.rendering.choices import choice_words
from hilum.rendering.sheet.synopsis_page import SynopsisPage, treatments
from hilum.sheet.present import OUTCOME_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.analyses.typed import Typed
    from hilum.errors import HilumError
    from hilum.language import Words

WITHOUT: Final = frozenset({"evidence"})
"""Fields that name files: a page opens none."""
STOP: Final = re.compile(r"[:;(（：；。]|\.(?=\s|$)")
"""Where a field's sentence has said what it is called."""
BETWEEN: Final = re.compile(r"(?<=[\u3400-\u9fff]) (?=“)|(?<=”) (?=[\u3400-\u9fff])")
"""Blanks that Chinese has not between its words and its quotation marks."""
TREATED: Final = ("treatment", "control", "control_from_evidence")
OPTION: Final = re.compile(r"--([a-z0-9]+(?:-[a-z0-9]+)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One field.

    ``help`` is a whole sentence; ``said`` has the words of ``choices``, ``listed`` is a list's id.
    """

    name: str
    help: str
    unit: str
    value: str
    needed: bool
    tick: bool
    choices: tuple[str, ...]
    said: Mapping[str, str]
    lines: bool
    listed: str = ""


def design_list(words: Words) -> list[dict[str, str]]:
    """Every design: its code, what such a trial is called, what it is for."""
    return [
        {
            "code": one.code,
            "title": words(one.title),
            "summary": as_labels(words(one.summary), one.Asked, words),
        }
        for one in DESIGNS.values()
    ]


NAMED: Final = {
    "reference": "the field of the reference",
    "small-values": "the field of small values",
    "unit": "the field of the unit",
}
"""Fields that answers point to, in words; the others by the name that stands at the field."""


def in_words(text: str, words: Words) -> str:
    """An answer that names options of the command, with words for the fields of the form."""
    return as_fields(OPTION.sub(
        lambda found: words(NAMED[found[1]]) if found[1] in NAMED else found[0], text
    ))  # fmt: skip


def messages() -> set[str]:
    """Ids that stand in the table."""
    return set(NAMED.values())


def as_labels(text: str, form: type, words: Words) -> str:
    """A sentence that names options of the command, with what the form's fields are called.

    An option that the form has no field of (a page opens no file) is named as a field.
    """
    called = labels_of(form, words)

    def label(found: re.Match[str]) -> str:
        name = found[1].replace("-", "_")
        return f"“{called[name]}”" if name in called else name

    return BETWEEN.sub("", OPTION.sub(label, text))


def labels_of(form: type, words: Words) -> dict[str, str]:
    """What fields of an ``Asked`` are called for short: their sentences up to the first stop."""
    return {
        one.name: as_fields(STOP.split(words(one.said.help), maxsplit=1)[0].strip())
        for one in typed_fields(form, WITHOUT)
    }


def fault_lines(error: HilumError, form: type, words: Words) -> list[str]:
    """What is wrong with a form, a line a fault, its fields by code and by what they are called."""
    called = labels_of(form, words)

    def label(name: str) -> str:
        return f"{name} (“{called[name]}”)" if name in called else name

    if isinstance(error, InputError):
        faults = [
            replace(one, column=label(one.column), expected=renamed(one.expected, label))
            if not one.file
            else one
            for one in error.faults
        ]
        error = InputError(*faults)
    return as_fields(told(error, words)).splitlines()


def as_ids(form: type, texts: Mapping[str, str], words: Words) -> dict[str, str]:
    """Texts of a form in which a treatment or an outcome said by its name stands by its id."""
    known = {one.name for one in typed_fields(form, WITHOUT)}
    found = dict(texts)
    for name, listed in offered(words).items():
        text = texts.get(name, "").strip().casefold()
        ids = [code for code, label in listed if text in (code.casefold(), label.casefold())]
        if text and name in known and ids:
            found[name] = ids[0]
    return found


def offered(words: Words) -> dict[str, list[tuple[str, str]]]:
    """Ids and names of the board by the field that takes them."""
    named = [(one.treatment, words(one.label)) for one in treatments()]
    outcomes = [(code, words(label)) for code, label in OUTCOME_LABELS.items()]
    return {**dict.fromkeys(TREATED, named), "outcome": outcomes}


def as_fields(text: str) -> str:
    """A sentence that names options of the command, with the names of the form's fields."""
    return OPTION.sub(lambda found: found[1].replace("-", "_"), text)


def design_form(code: str, texts: Mapping[str, str] | None, words: Words) -> dict[str, Any]:
    """Variables of a design's form; ``texts`` is what was typed."""
    record = DESIGNS[code]
    shared = {one.name for one in fields(DesignAsked)}
    every = asked_form(record.Asked, texts, words)
    return {
        "code": code,
        "title": words(record.title),
        "summary": as_labels(words(record.summary), record.Asked, words),
        "own": [one for one in every if one.name not in shared],
        "shared": [one for one in every if one.name in shared],
        "offered": offered(words),
    }


def asked_form(form: type, texts: Mapping[str, str] | None, words: Words) -> list[Shown]:
    """The fields of an ``Asked`` as a page shows them; ``texts`` is what was typed."""
    return [_shown(one, form, texts, words) for one in typed_fields(form, WITHOUT)]


def design_answer(answer: Any, words: Words) -> dict[str, Any]:
    """Variables of a synopsis beside its form."""
    page = SynopsisPage(answer, words).context()
    return {
        "name": page["title"],
        "rows": [*page["pico"], *page["design"]],  # pyright: ignore[reportGeneralTypeIssues]
        "steps": page["steps"],
        "assumptions": page["assumptions"],
    }


def _shown(one: Typed, form: type, texts: Mapping[str, str] | None, words: Words) -> Shown:
    choices = () if one.said.choices is None else one.said.choices()
    tick = one.kind is bool
    value = one.usual if texts is None else texts.get(one.name, "" if tick else one.usual)
    return Shown(
        name=one.name,
        help=as_labels(words(one.said.help), form, words),
        unit=words(one.said.unit) if one.said.unit else "",
        value=value,
        needed=one.needed,
        tick=tick,
        lines=one.kind == tuple[str, ...],
        said={code: choice_words(one.name, code, words) for code in choices},
        listed="treatments" if one.name in TREATED else "outcomes" if one.name == "outcome" else "",
        choices=(*([] if one.needed or one.usual else [""]), *choices) if choices else (),
    )

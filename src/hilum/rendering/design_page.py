"""The form of a trial's design and its answer as a page shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.designs import DESIGNS
from hilum.analyses.designs.asked import DesignAsked
from hilum.analyses.typed import typed_fields
from hilum.rendering.choices import choice_words
from hilum.rendering.sheet.synopsis_page import SynopsisPage, treatments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.analyses.typed import Typed
    from hilum.language import Words

WITHOUT: Final = frozenset({"evidence"})
"""Fields that name files: a page opens none."""
OPTION: Final = re.compile(r"--([a-z0-9]+(?:-[a-z0-9]+)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One field: ``help`` is a whole sentence; ``said`` has the words of ``choices``, if any."""

    name: str
    help: str
    unit: str
    value: str
    needed: bool
    tick: bool
    choices: tuple[str, ...]
    said: Mapping[str, str]
    lines: bool


def design_list(words: Words) -> list[dict[str, str]]:
    """Every design: its code, what such a trial is called, what it is for."""
    return [
        {"code": one.code, "title": words(one.title), "summary": words(one.summary)}
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
        "summary": words(record.summary),
        "own": [one for one in every if one.name not in shared],
        "shared": [one for one in every if one.name in shared],
        "treatments": [(one.treatment, words(one.label)) for one in treatments()],
    }


def asked_form(form: type, texts: Mapping[str, str] | None, words: Words) -> list[Shown]:
    """The fields of an ``Asked`` as a page shows them; ``texts`` is what was typed."""
    return [_shown(one, texts, words) for one in typed_fields(form, WITHOUT)]


def design_answer(answer: Any, words: Words) -> dict[str, Any]:
    """Variables of a synopsis beside its form."""
    page = SynopsisPage(answer, words).context()
    return {
        "name": page["title"],
        "rows": [*page["pico"], *page["design"]],  # pyright: ignore[reportGeneralTypeIssues]
        "steps": page["steps"],
        "assumptions": page["assumptions"],
    }


def _shown(one: Typed, texts: Mapping[str, str] | None, words: Words) -> Shown:
    choices = () if one.said.choices is None else one.said.choices()
    tick = one.kind is bool
    value = one.usual if texts is None else texts.get(one.name, "" if tick else one.usual)
    return Shown(
        name=one.name,
        help=as_fields(words(one.said.help)),
        unit=words(one.said.unit) if one.said.unit else "",
        value=value,
        needed=one.needed,
        tick=tick,
        lines=one.kind == tuple[str, ...],
        said={code: choice_words(one.name, code, words) for code in choices},
        choices=(*([] if one.needed or one.usual else [""]), *choices) if choices else (),
    )

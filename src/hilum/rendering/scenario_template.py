"""A scenario file to start a simulation from, its comments in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.analyses.scenario_templates import TEMPLATES
from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.language import Words

# Where the comments begin; a longer line has its own one space after it.
COMMENTS: Final = 31


def messages() -> set[str]:
    """Ids of the comments."""
    return {line.said for lines in TEMPLATES.values() for line in lines if line.said}


def scenario_template(kind: str, words: Words) -> str:
    """The file of a kind of trial (TOML); an unknown kind lists the known ones."""
    lines: list[str] = []
    for line in found(TEMPLATES, kind, "kind"):
        said = f"# {words(line.said)}" if line.said else ""
        code = f"{line.code} " if line.code and said else line.code
        lines.append(f"{code:<{COMMENTS}}{said}" if code and said else code + said)
    return "\n".join(lines) + "\n"


def in_words(text: str, words: Words, others: Iterable[Words]) -> str:
    """A scenario, in the reader's language where nobody has changed what it was started from."""
    # As a form sends it, lines end by both signs.
    started = text.replace("\r\n", "\n")
    for other in others:
        for kind in TEMPLATES:
            if started == scenario_template(kind, other):
                return scenario_template(kind, words)
    return text

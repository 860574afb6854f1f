"""What changed in the answers of a user's own table, in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.records import found
from hilum.rendering.confidence import SIDES
from hilum.rendering.search import day_of
from hilum.tabular.encoding import visible

if TYPE_CHECKING:
    from hilum.analyses.living import TriggerMove
    from hilum.analyses.living_table import LivingTableAnswered, TableFigure, TableMove
    from hilum.language import Words

CHANGED: Final = {
    "none": "none: only what is behind it",
    "interval": "interval",
    "certainty": "certainty",
    "verdict": "verdict",
}


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*CHANGED.values()}


def table_title(answer: LivingTableAnswered, words: Words) -> str:
    """Which table, when, and the most that changed."""
    return words(
        "What changed in {file}, {day}: {change}",
        file=visible(answer.file),
        day=day_of(answer.date),
        change=words(found(CHANGED, answer.change, "change"))
        if answer.answers
        else words("nothing"),
    )


def table_lines(answer: LivingTableAnswered, words: Words, *, promised: bool = True) -> list[str]:
    """Every answer that moved: before, after, class; what was ``promised`` last."""
    lines = [
        table_title(answer, words),
        words("answers computed again: {some} of {all}", some=answer.recomputed,
              all=answer.answers_all),
    ]  # fmt: skip
    if not answer.answers:
        lines.append(words("No answer is other than before."))
    for one in answer.answers:
        lines += _move(one, answer.line, words)
    if promised:
        for one in answer.triggers:
            said = called_words(one, words)
            lines.append(f"{said}: {one.name} ({one.written})" + (f": {one.action}" if one.fired
                                                                  else ""))  # fmt: skip
    return lines


def called_words(one: TriggerMove, words: Words) -> str:
    """Whether a promise is called, and whether it was one."""
    if not one.fired:
        return words("not called")
    return words("called, but written after the change") if one.written_after else words("called")


def _move(one: TableMove, line: float | None, words: Words) -> list[str]:
    name = visible(one.name) or words("pooled answer")
    change = words(found(CHANGED, one.change, "change"))
    lines = [
        f"{name}: {change}",
        words("  before: {figure}", figure=_figure(one.before, line, words)),
        words("  after: {figure}", figure=_figure(one.after, line, words)),
    ]
    studies = [
        *(f"+ {visible(name)}" for name in one.studies_added),
        *(f"− {visible(name)}" for name in one.studies_removed),
        *(f"~ {visible(name)}" for name in one.studies_changed),
    ]
    return [*lines, f"  {words('; ').join(studies)}"] if studies else lines


def _figure(one: TableFigure | None, line: float | None, words: Words) -> str:
    if one is None:
        return words("not there")
    if one.value is None or one.low is None or one.high is None:
        return words("no figure (k = {k})", k=one.k)
    said = words("{value:.3g} ({low:.3g} to {high:.3g}; k = {k})", value=one.value, low=one.low,
                 high=one.high, k=one.k)  # fmt: skip
    if one.side and line is not None:
        side = words(found(SIDES, one.side, "side"))
        said += words(", {side} of {line:g}", side=side, line=line)
    return said

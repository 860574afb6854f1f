"""The evidence map as a page's table: one row a treatment, each cell in words and small marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from hilum.answers import treatments
from hilum.plots.evidence_map import LEVELS, mark_svg
from hilum.rendering.cell import figure_of, notes_of, title_of
from hilum.rendering.evidence_map import (
    COUNTED,
    certainty_text,
    counts_text,
    empty_text,
    figure_text,
    kind_text,
    outcome_name,
)
from hilum.rendering.evidence_map_plot import SIGNS, below, empty_lines, short_counts
from hilum.sheet.present import headline
from hilum.sheet.rating import certainty_reasons, certainty_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.evidence_map import MapAnswered, MapCell
    from hilum.language import Words
    from hilum.rendering.cell import Row


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of the table: words on it, words for whoever does not see it, and small marks."""

    treatment: str
    outcome: str
    empty: bool
    figure: str
    counts: str
    sign: str
    said: str
    mark: Markup
    dots: Markup


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A treatment and its cells."""

    treatment: str
    label: str
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """One line of a cell's studies, with the study's id."""

    study: str
    row: Row


@dataclass(frozen=True, slots=True)
class OpenCell:
    """One cell whole: title, facts in lines, its studies, those left out, and its certainty."""

    title: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    inside: tuple[ShownFigure, ...]
    left_out: tuple[ShownFigure, ...]
    certainty: str
    reasons: Sequence[dict[str, str]]
    empty: str


def table_of(answer: MapAnswered, words: Words, least: str = "") -> tuple[ShownRow, ...]:
    """The rows of the table; a figure less certain than ``least`` is said to be, and not shown."""
    largest = max([1, *(one.patients for one in answer.cells)])
    return tuple(
        ShownRow(
            treatment,
            words(treatments()[treatment].label),
            tuple(
                _shown(answer.at(treatment, key), largest, words, least) for key in answer.outcomes
            ),
        )
        for treatment in answer.treatments
    )


def heads_of(answer: MapAnswered, words: Words) -> list[str]:
    """The columns in words."""
    return [outcome_name(one, words) for one in answer.outcomes]


def _shown(one: MapCell, largest: int, words: Words, least: str) -> ShownCell:
    if one.answer.form == "none":
        first, *more = empty_lines(one, words)
        return ShownCell(
            one.treatment, one.outcome, True, first, " ".join(more), "", empty_text(one, words),
            Markup(""), Markup(""),
        )  # fmt: skip
    if below(one, least):
        said = words("less certain")
        whole = f"{said}: {certainty_text(one, words)}"
        return ShownCell(
            one.treatment, one.outcome, True, said, short_counts(one, words), "", whole,
            Markup(""), Markup(""),
        )  # fmt: skip
    return ShownCell(
        one.treatment,
        one.outcome,
        False,
        headline(one.answer, words),
        short_counts(one, words),
        "" if one.kind is None else SIGNS[one.kind],
        words(
            "{kind}; {certainty}", kind=kind_text(one, words), certainty=certainty_text(one, words)
        ),
        Markup(mark_svg(one.patients, one.level, largest)),
        dots(one.level),
    )


def dots(level: str | None) -> Markup:
    """Four dots in the colour of the text, as many filled as the level has; none where unrated."""
    if level is None:
        return Markup("")
    filled = tuple(LEVELS).index(level) + 1
    inside = "".join(
        f'<circle cx="{5 + 9 * i}" cy="5" r="3" stroke="currentColor" '
        f'fill="{"currentColor" if i < filled else "none"}"/>'
        for i in range(len(LEVELS))
    )
    return Markup(
        f'<svg class="dots" viewBox="0 0 37 10" width="37" height="10" aria-hidden="true">'
        f"{inside}</svg>"
    )


def key_of(words: Words) -> list[tuple[Markup, Markup, str]]:
    """Mark, dots and word of each level, then of what is not rated."""
    from hilum.synthesis.certainty import JUDGEMENTS

    levels = [
        (Markup(mark_svg(1, level, 1, side=16)), dots(level), words(JUDGEMENTS[level]))
        for level in LEVELS
    ]
    return [
        *levels,
        (Markup(mark_svg(1, None, 1, side=16)), Markup(""), words("not averaged, so not rated")),
    ]


def open_cell(answer: MapAnswered, one: MapCell, words: Words) -> OpenCell:
    """One cell with its studies and everything left out."""
    found = one.answer
    left = sorted(found.left_out, key=lambda x: (x.left_out or "", x.kept or "", x.name))
    kinds = words(", ").join(words(COUNTED[kind], count=count) for kind, count in one.kinds.items())
    facts = [
        (words("Figure"), figure_text(one, words)),
        (words("Studies and patients"), counts_text(one, words)),
        (words("Kind of evidence"), kinds),
        (words("Certainty"), certainty_text(one, words)),
    ]
    return OpenCell(
        title=title_of(one.treatment, one.outcome, found, words),
        facts=tuple(facts) if found.form != "none" else (),
        notes=tuple(notes_of(found, answer.names, words)),
        inside=tuple(
            ShownFigure(x.study_id, figure_of(x, found, answer.names, words)) for x in found.studies
        ),
        left_out=tuple(
            ShownFigure(x.study_id, figure_of(x, found, answer.names, words)) for x in left
        ),
        certainty=certainty_sentence(found.certainty, words),
        reasons=certainty_reasons(found.certainty, words),
        empty=empty_text(one, words) if found.form == "none" else "",
    )

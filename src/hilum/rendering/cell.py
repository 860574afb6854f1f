"""One cell of the evidence: its lines, and the table of the studies in it and left out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.answers import treatments
from hilum.sheet.present import (
    OUTCOME_LABELS,
    beside_line,
    cell_interval,
    counts,
    figure_unit,
    figure_when,
    form_line,
    headline,
    interval,
    number,
    reason,
    sign,
    told_lines,
)

if TYPE_CHECKING:
    from hilum.analyses.cell import CellAnswered
    from hilum.language import Words
    from hilum.sheet.sheet_cells import Answer, StudyFigure

Row = tuple[str, str, str, str, str]


def cell_title(answer: CellAnswered, words: Words) -> str:
    """Treatment, outcome and the figure with its intervals."""
    return title_of(answer.treatment, answer.outcome, answer.cell, words)


def title_of(treatment: str, outcome: str, found: Answer, words: Words) -> str:
    """Treatment, outcome and the figure with its intervals."""
    figure = headline(found, words)
    if found.ci is not None:
        figure += f" ({cell_interval(found, found.ci)})"
    if found.prediction is not None:
        figure += f"; {words('prediction interval')} {cell_interval(found, found.prediction)}"
    return words(
        "{treatment} · {outcome}: {figure}",
        treatment=words(treatments()[treatment].label),
        outcome=words(OUTCOME_LABELS.get(outcome, outcome)),
        figure=figure,
    )


def cell_lines(answer: CellAnswered, words: Words) -> list[str]:
    """What kind of figure it is, whose, and what stands beside it."""
    return notes_of(answer.cell, answer.names, words)


def notes_of(found: Answer, names: dict[str, str], words: Words) -> list[str]:
    """What kind of figure it is, whose, and what stands beside it; ``names`` of studies."""
    kind = form_line(found, words)
    lines = [*([kind] if kind else []), *told_lines(found, words)]
    for figure in found.randomised:
        shown = f"{number(figure.value, found.unit)} {interval(figure.ci, found.unit)}".rstrip()
        lines.append(
            f"{words('Randomised arms as printed:')} {figure.name} {shown} {counts(figure)}"
        )
    for group in (*found.beside, *([found.wider] if found.wider else [])):
        told = beside_line(group, found, words, names)
        lines.append(f"{words('Beside it, not in it:')} {told}")
    return lines


def cell_table(answer: CellAnswered, words: Words) -> tuple[Row, list[Row]]:
    """Head and rows: every study in the cell, then every one left out, with its reason."""
    head = (
        words("Study"), words("Arm"), words("Figure"), words("Where read"),
        words("In the answer?"),
    )  # fmt: skip
    found = answer.cell
    left = sorted(found.left_out, key=lambda one: (one.left_out or "", one.kept or "", one.name))
    return head, [figure_of(one, found, answer.names, words) for one in (*found.studies, *left)]


def figure_of(one: StudyFigure, found: Answer, names: dict[str, str], words: Words) -> Row:
    """Study, arm, figure, where it was read, and whether it is in the cell or why not."""
    unit = figure_unit(one, found.unit)
    parts = (
        figure_when(one, found, words),
        number(one.value, unit) if one.value is not None else "",
        sign(unit, words).strip() if unit != found.unit else "",
        interval(one.ci, unit),
        counts(one),
    )
    said = words("yes")
    if one.left_out:
        said = f"{words('no')}: {reason(one, words, names)}"
    return (
        one.name,
        one.arm + (f" ({one.subgroup})" if one.subgroup else ""),
        " ".join(part for part in parts if part),
        f"{one.locator or ''} {one.result_id}",
        said,
    )


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*OUTCOME_LABELS.values(), *(one.label for one in treatments().values())}

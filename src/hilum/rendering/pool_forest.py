"""A pooled answer as the table and plot that a journal prints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.analyses.ordering import size_of
from hilum.analyses.pool import Pooled
from hilum.analyses.studies import as_shown
from hilum.rendering.forest_words import axis_code, cell_of, columns_of, foot_of, heads_of
from hilum.rendering.pool import shown
from hilum.rendering.pool_look import USUAL, Look, cells_of, in_order
from hilum.rendering.printed_figures import Printed, printed
from hilum.synthesis.effects import measure as measure_of
from hilum.tabular import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.pool import Limits, PoolAnswered, StudyRow
    from hilum.analyses.without_one import Without
    from hilum.language import Words
    from hilum.plots.forest_table import Line

NEGATIVE: Final = re.compile(r"^-(?=[.\d])")


@dataclass(frozen=True, slots=True)
class _Print:
    """What every line is written with: figures, cells of the table by row, words and look."""

    figures: Printed
    columns: tuple[str, ...]
    cells: dict[int, tuple[str, ...]]
    beside: dict[int, tuple[str, ...]]
    words: Words
    look: Look


def pool_forest(answer: PoolAnswered, words: Words, look: Look = USUAL) -> str:
    """The forest plot: counts, figures and weights of every study, model and spread below."""
    from hilum.plots.forest_table import forest_table_svg

    lines = _lines(answer, words, look)
    heads = heads_of(answer, lines, foot_of(answer, words), words, look)
    return forest_table_svg(lines, heads, scale=axis_code(answer.measure))


def forest_without(
    answer: PoolAnswered, left: Without | None, words: Words, look: Look = USUAL
) -> str:
    """The same with a last line for all studies but one; the line is empty where none is left out.

    Its place is always there, so that nothing moves when another study is left out.
    """
    from hilum.plots.forest_table import Line, forest_table_svg

    lines = _lines(answer, words, look)
    heads = heads_of(answer, lines, foot_of(answer, words), words, look)
    limits = None if left is None else left.figure
    said, value, ends = "", None, None
    if limits and limits.pred is not None and limits.ci_lb is not None and limits.ci_ub is not None:
        value, ends = limits.pred, (limits.ci_lb, limits.ci_ub)
        said = figures_of(answer, words).said(value, *ends)
    name = words("without the study in focus")
    if left is not None and heads.cells:
        name = words("without {name}", name=left.label)
    last = Line(label=name, value=value, ends=ends, figure=said, role="without")
    return forest_table_svg([*lines, last], heads, scale=axis_code(answer.measure))


def figures_of(answer: PoolAnswered, words: Words) -> Printed:
    """How the figures of an answer's column are printed."""
    widths = [
        one.high - one.low for one in answer.studies if one.low is not None and one.high is not None
    ]
    return printed(measure_of(answer.measure).unit, widths, words)


def _lines(answer: PoolAnswered, words: Words, look: Look) -> list[Line]:
    from hilum.plots.forest_table import Line

    answer = as_shown(answer)
    columns, table = columns_of(answer.measure), answer.asked.table
    given = [answer.asked.columns.get(name, name) for name in columns]
    how = _Print(
        figures_of(answer, words), columns, _signed(_cells(answer, given)),
        _signed(cells_of(table, look.beside)), words,
        look,
    )  # fmt: skip
    studies, lines = in_order(answer, look), list[Line]()
    if answer.by is None:
        lines += [_study(one, how) for one in studies]
    else:
        for name in dict.fromkeys(one.group for one in answer.studies):
            own = [one for one in studies if one.group == name]
            title = name or words("(none)")
            lines.append(Line(label=title, role="heading"))
            lines += [_study(one, how) for one in own]
            group = answer.subgroups.get(name)
            if isinstance(group, Pooled):
                said = words("{name}: pooled", name=name)
                lines += _pooled(shown(group), own, said, how)
    title = words("All studies ({k})", k=len(answer.studies))
    return [*lines, *_pooled(shown(answer), answer.studies, title, how, overall=True)]


def _cells(answer: PoolAnswered, given: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """Counts as they stand in the table; worked out where it has them as events and the rest."""
    table = answer.asked.table
    if set(given) <= {*table.header, *(own for _, own in table.renamed)}:
        return cells_of(table, given)
    counts = ((one.row, (one.events, one.n, one.events2, one.n2)) for one in answer.studies)
    return {row: tuple("" if n is None else str(n) for n in cells) for row, cells in counts}


def _signed(cells: dict[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    """Numbers below 0 with the sign of print."""
    return {line: tuple(NEGATIVE.sub("−", one) for one in row) for line, row in cells.items()}


def _study(one: StudyRow, how: _Print) -> Line:
    from hilum.plots.forest_table import Line

    cells, beside = how.cells.get(one.row, ()), how.beside.get(one.row, ())
    if one.value is None or one.low is None or one.high is None:
        said = how.words("no information")
        return Line(label=one.label, beside=beside, cells=cells, figure=said)
    weighed = one.weight is not None and how.look.weights
    return Line(
        label=one.label,
        beside=beside,
        cells=cells,
        value=one.value,
        ends=(one.low, one.high),
        figure=how.figures.said(one.value, one.low, one.high),
        weight=f"{one.weight:.1f}" if weighed else "",
        size=size_of(one),
        hollow=one.events == 0 and one.n2 is None,
        bias=one.bias or None,
        source=one.source,
        href=_link(one.source),
    )


def _sums(studies: Sequence[StudyRow], how: _Print) -> tuple[str, ...]:
    """Events, patients and time of several studies; a mean of means says nothing."""
    out: list[str] = []
    for place, column in enumerate(how.columns):
        cells = [how.cells[one.row][place] for one in studies]
        out.append(f"{sum(number(one) for one in cells):.12g}" if cell_of(column).summed else "")
    return tuple(out)


def _pooled(
    limits: Limits | None,
    studies: Sequence[StudyRow],
    name: str,
    how: _Print,
    *,
    overall: bool = False,
) -> list[Line]:
    from hilum.plots.forest_table import Line

    if limits is None or limits.pred is None or limits.ci_lb is None or limits.ci_ub is None:
        return []
    ends = limits.ci_lb, limits.ci_ub
    weights = [one.weight for one in studies if one.weight is not None]
    total = "100" if overall else f"{sum(weights):.1f}"
    lines = [
        Line(
            label=name,
            cells=_sums(studies, how),
            value=limits.pred,
            ends=ends,
            figure=how.figures.said(limits.pred, *ends),
            weight=total if weights and how.look.weights else "",
            role="pooled",
            overall=overall,
        )
    ]
    if limits.pi_lb is not None and limits.pi_ub is not None:
        wide = limits.pi_lb, limits.pi_ub
        lines.append(
            Line(
                label=how.words("a new study"),
                ends=wide,
                figure=how.figures.between(*wide),
                role="prediction",
                overall=overall,
            )
        )
    return lines


def _link(source: str) -> str | None:
    if source.startswith(("https://", "http://")):
        return source
    return f"https://doi.org/{source}" if source.startswith("10.") and "/" in source else None

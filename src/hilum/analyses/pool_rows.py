"""A table's complete rows as arrays, and why others were left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from hilum.analyses.column_words import rule_said
from hilum.analyses.moderators import design_of, ends_of
from hilum.analyses.reported import effects
from hilum.errors import Fault, InputError, NotEstimable, OutOfRange, phrased
from hilum.synthesis.effects import effect_sizes
from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.effects.measures import GIVEN, TWO_GROUPS
from hilum.tabular import bare, count_faults

if TYPE_CHECKING:
    from hilum.analyses.predictions import MadeDesign
    from hilum.analyses.tables import Table
    from hilum.errors import Phrase
    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.effects import Measure
    from hilum.synthesis.effects.counts import Correct

# Columns that name the studies where nothing is said.
LABELS = (
    "slab", "studlab", "study", "trial", "author", "studyorsubgroup", "studyid", "studie", "étude",
    "estudio", "研究", "研究名称",
)  # fmt: skip


REST: Final[dict[tuple[str, ...], tuple[str, ...]]] = {TWO_GROUPS: ("bi", "di")}
"""Columns of those without an event, by the columns of a measure that may stand for patients."""


class RowsAsked(Protocol):
    """What says which rows of a table are effects of what."""

    @property
    def table(self) -> Table: ...  # noqa: D102
    @property
    def measure(self) -> str: ...  # noqa: D102
    @property
    def columns(self) -> dict[str, str]: ...  # noqa: D102
    @property
    def mods(self) -> str | None: ...  # noqa: D102
    @property
    def add(self) -> float: ...  # noqa: D102
    @property
    def to(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row of the file that is not used: ``missing`` (``column``), ``no_moderator``,
    ``no_information`` (an effect or variance that is not finite), ``says_nothing`` (counts that
    the model has no use for).
    """  # noqa: D205

    row: int
    reason: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Complete rows; ``values`` holds the measure's columns, ``lines`` the file's row numbers."""

    values: dict[str, Array]
    yi: Array
    vi: Array
    labels: tuple[str, ...]
    lines: tuple[int, ...]
    design: Array | None
    names: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    made: MadeDesign | None = None
    said: tuple[Phrase, ...] = ()

    @property
    def mean(self) -> bool:
        """Whether the model's one coefficient is a mean: no moderators, or the constant alone."""
        return self.design is None or (self.design.shape[1] == 1 and bool((self.design == 1).all()))


def complete_rows(asked: RowsAsked, *, weighted: bool, only: set[int] | None = None) -> Rows:
    """Columns, effect sizes and moderators of the rows that are complete.

    Parameters
    ----------
    weighted : bool
        Leave out rows without a finite effect and variance; exact models keep them.
    only : set of int, optional
        These lines of the file alone.

    Raises
    ------
    InputError
        A column that is absent or not numeric, or a count out of range (file, row and values).
    NotEstimable
        No row left.
    """
    table, measure = asked.table, measure_of(asked.measure)
    if measure.columns == GIVEN:
        values = effects(table, measure, asked.columns)
    else:
        values = _counted(asked, measure)
    lines = np.array(table.lines)
    chosen = np.ones(len(lines), bool) if only is None else np.isin(lines, list(only))
    left: dict[int, LeftOut] = {}
    for name, column in values.items():
        for line in lines[chosen & np.isnan(column)].tolist():
            left.setdefault(line, LeftOut(line, "missing", asked.columns.get(name, name)))
    complete = chosen & ~np.any([np.isnan(column) for column in values.values()], axis=0)
    to: Correct = asked.to  # pyright: ignore[reportAssignmentType]
    try:
        yi, vi = effect_sizes(
            measure.code,
            {name: np.where(complete, column, np.nan) for name, column in values.items()},
            add=asked.add,
            to=to,
        )
    except OutOfRange as error:
        raise _placed(asked, error) from None
    design, names, known, made, said = design_of(table, asked.mods, complete)
    for line in lines[complete & ~known].tolist():
        left.setdefault(line, LeftOut(line, "no_moderator"))
    keep = complete & known
    mute = silent(measure, values)
    if weighted and keep.any() and bool(mute[keep].all()):
        message = phrased(
            "{file}: no study has an event in one group and a patient without in the other: such "
            "counts say nothing of a ratio (pool the risk difference, RD)",
            file=table.file,
        )
        raise NotEstimable(message)
    if getattr(asked, "drop00", False):
        for line in lines[keep & mute].tolist():
            left.setdefault(line, LeftOut(line, "says_nothing"))
        keep &= ~mute
    if weighted:
        for line in lines[keep & np.isnan(yi)].tolist():
            left.setdefault(line, LeftOut(line, "no_information"))
        keep &= np.isfinite(yi)
    if not keep.any():
        message = phrased("{file}: no complete row for {code}", file=table.file, code=measure.code)
        raise NotEstimable(message)
    label = asked.label or _names_studies(table)
    texts = table.text(label) if label else [f"row {line}" for line in lines]
    if made is not None:
        made = replace(made, ends=ends_of(made, keep))
    return Rows(
        {name: column[keep] for name, column in values.items()},
        yi[keep],
        vi[keep],
        tuple(text for text, kept in zip(texts, keep, strict=True) if kept),
        tuple(lines[keep].tolist()),
        None if design is None else design[keep],
        names,
        tuple(left[line] for line in sorted(left)),
        made,
        said,
    )


def _counted(asked: RowsAsked, measure: Measure) -> dict[str, Array]:
    """The columns of a measure; patients from events and the rest (``bi``, ``di``) without them."""
    table = asked.table
    whole = {"n1i": ("ai", "bi"), "n2i": ("ci", "di")} if measure.columns == TWO_GROUPS else {}
    own = {name: asked.columns.get(name, name) for name in (*measure.columns, "bi", "di")}
    known = set(table.header) | {name for _, name in table.renamed}
    given = {name: parts for name, parts in whole.items() if own[parts[1]] in known}
    summed = {name: parts for name, parts in given.items() if own[name] not in known}
    read = [name for name in measure.columns if name not in summed]
    read += [rest for _, rest in given.values()]
    cells = {name: np.array(table.numbers(own[name])) for name in read}
    faults = count_faults(
        table.file,
        {
            name: (own[name], zip(table.lines, column, strict=True))
            for name, column in cells.items()
        },
    )
    said = {name: dict(table.renamed).get(one, one) for name, one in own.items()}
    for name, (one, rest) in given.items():
        if name not in summed:
            faults += _sum_faults(table, [(said[of], cells[of]) for of in (one, rest, name)])
    if faults:
        raise InputError(*sorted(faults, key=lambda fault: fault.row or 0))
    made = {name: cells[one] + cells[rest] for name, (one, rest) in summed.items()}
    return {name: cells[name] if name in cells else made[name] for name in measure.columns}


def _sum_faults(table: Table, columns: list[tuple[str, Array]]) -> list[Fault]:
    """Rows whose patients are not those with an event and those without one."""
    (event, x), (rest, y), (whole, n) = columns
    faults: list[Fault] = []
    for i in np.flatnonzero(np.isfinite(x + y + n) & (x + y != n)).tolist():
        wanted = phrased(
            "{whole} the sum of {event} and {rest}, {sum:g} (leave out the column that is wrong)",
            whole=whole, event=event, rest=rest, sum=x[i] + y[i],
        )  # fmt: skip
        seen = f"{x[i]:g}, {y[i]:g}, {n[i]:g}"
        faults.append(Fault(table.file, table.lines[i], f"{event}, {rest}, {whole}", seen, wanted))
    return faults


def silent(measure: Measure, values: dict[str, Array]) -> Mask:
    """Rows that say nothing of a ratio: no event in either group, or nothing else in both."""
    columns = list(values.values())
    if not measure.needs_events or len(columns) != 4:
        return np.zeros(len(columns[0]), bool)
    first, n1, second, n2 = columns
    none = (first == 0) & (second == 0)
    return none | ((first == n1) & (second == n2)) if measure.columns == TWO_GROUPS else none


def _names_studies(table: Table) -> str | None:
    """The column that names the studies, in any case; the first of LABELS that there is."""
    known = {bare(name): name for name in reversed(table.header)}
    return next((known[name] for name in LABELS if name in known), None)


def _placed(asked: RowsAsked, error: OutOfRange) -> InputError:
    """A row of an array becomes the file's own line, its columns the file's own."""
    found = dict(asked.table.renamed)
    own = {
        name: found.get(said, said)
        for name in error.values
        for said in (asked.columns.get(name, name),)
    }
    seen = ", ".join(f"{own[name]} {value:g}" for name, value in error.values.items())
    line, wanted = asked.table.lines[error.row], rule_said(error.expected, own)
    return InputError(Fault(asked.table.file, line, ", ".join(own.values()), seen, wanted))

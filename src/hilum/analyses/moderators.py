"""Moderators of a regression: the cells of their columns, and the design matrix of a formula."""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.analyses.predictions import MadeDesign
from hilum.errors import Fault, InputError, MissingExtra, NotEstimable, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.tables import Table
    from hilum.errors import Phrase
    from hilum.synthesis.arrays import Array, Mask

QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
UNKNOWN: Final = re.compile(r"name '([^']+)' is not defined")
FUNCTIONS: Final = ("C", "I", "center", "exp", "log", "poly", "scale")
"""Functions of a formula that are named where another stands in it."""

# Rows that an error names.
MOST: Final = 8
UNKNOWN_CELLS: Final = ("nr", "-", "–", "—", "?", "not reported", "unknown")
"""Cells of a moderator, in small letters, that are missing beside the empty ones."""
EMPTY_CELLS: Final = ("", "na", "nan", "n/a")
COMMA: Final = re.compile(r"[+-]?\d+,\d+")


@dataclass(frozen=True, slots=True)
class Read:
    """A moderator's cells (k,): numbers, or texts of categories; which are there; what is said."""

    values: list[Any]
    present: Mask
    said: tuple[Phrase, ...] = ()


def read_moderator(table: Table, name: str, *, factor: bool) -> Read:
    """Numbers where every cell that is there is one, else categories.

    Raises
    ------
    InputError
        Half of the cells or more are numbers and no factor is meant, by row.
    """
    cells = [cell.strip() for cell in table.text(name)]
    own = dict(table.renamed).get(name, name)
    present = np.array([cell.lower() not in (*EMPTY_CELLS, *UNKNOWN_CELLS) for cell in cells])
    said: list[Phrase] = []
    unknown = [i for i, cell in enumerate(cells) if cell.lower() in UNKNOWN_CELLS]
    if unknown:
        said.append(
            phrased(
                "{column}: {cells} in rows {rows} are taken as missing",
                column=own,
                cells=", ".join(dict.fromkeys(f"'{cells[i]}'" for i in unknown)),
                rows=", ".join(str(table.lines[i]) for i in unknown),
            )
        )
    there = np.flatnonzero(present).tolist()
    odd = [i for i in there if not _is_number(cells[i])]
    if not odd:
        numbers = [
            float(cell) if is_there else math.nan
            for cell, is_there in zip(cells, present, strict=True)
        ]
        return Read(numbers, present, tuple(said))
    like = [i for i in there if _is_number(cells[i]) or COMMA.fullmatch(cells[i])]
    if not factor and 2 * len(like) >= len(there):
        raise InputError(
            *[
                Fault(
                    table.file, table.lines[i], own, cells[i],
                    phrased(
                        "a number, as most of its cells are (a dot before decimals; an empty cell "
                        "where it is unknown; C({column}) if a factor is meant)",
                        column=name,
                    ),
                )
                for i in odd[:MOST]
            ]
        )  # fmt: skip
    first: dict[str, str] = {}
    merged: dict[str, list[int]] = {}
    for i in there:
        key = " ".join(cells[i].lower().split())
        if first.setdefault(key, cells[i]) != cells[i]:
            merged.setdefault(key, []).append(i)
    values = [first.get(" ".join(cell.lower().split()), cell) for cell in cells]
    said += [
        phrased(
            "{column}: {cells} in rows {rows} are taken as {level}",
            column=own,
            cells=", ".join(dict.fromkeys(f"'{cells[i]}'" for i in places)),
            rows=", ".join(str(table.lines[i]) for i in places),
            level=first[key],
        )
        for key, places in merged.items()
    ]
    return Read(values, present, tuple(said))


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def design_of(
    table: Table, formula: str | None, complete: Mask
) -> tuple[Array | None, tuple[str, ...], Mask, MadeDesign | None, tuple[Phrase, ...]]:
    """Design matrix of a formula such as ``~ year``; NaN rows where a cell is missing.

    Returns
    -------
    tuple
        The matrix (k, p), its names (p,), the rows (k,) whose moderators are known, how it was
        made, and what is to be said of cells that were not taken as they stand.

    Raises
    ------
    InputError
        A formula that is none, or cells that it cannot be made of.
    NotEstimable
        No row has all moderators.
    """
    if formula is None:
        return None, (), np.ones(len(table.lines), bool), None, ()
    try:
        import pandas as pd
        from formulaic import Formula
    except ImportError:
        message = "moderators need the extra tables: pip install 'hilum[tables]'"
        raise MissingExtra(message) from None
    if re.search(r"I\([^()]*\^[^()]*\)", QUOTED.sub(" ", formula)):
        raise _refused(formula, "a power written with **, such as I(x**2)")
    if re.search(r"\bfactor\s*\(", QUOTED.sub(" ", formula)):
        raise _refused(formula, "a factor written as C(column)")
    try:
        made: Any = Formula
        parsed = made(formula if formula.strip().startswith("~") else f"~ {formula}")
        named = {str(name) for name in parsed.required_variables}
        wanted = sorted(named | _inside(formula, table.header))
    except Exception as error:  # the parser has errors of its own
        raise _refused(
            formula, phrased("a formula such as '~ year' ({error})", error=_bare(error))
        ) from None
    calls = {
        name
        for name in named - set(table.header)
        if re.search(rf"\b{re.escape(name)}\s*\(", formula)
    }
    if calls:
        raise _refused(formula, _no_function(min(calls)))
    frame: dict[str, Any] = {}
    known = np.array(complete)
    factors = _factors(formula, wanted)
    said: list[Phrase] = []
    for name in wanted:
        read = read_moderator(table, name, factor=name in factors)
        known &= read.present
        frame[name] = read.values
        said += read.said
    if not known.any():
        message = phrased(
            "{file}: no row has all of {wanted}", file=table.file, wanted=", ".join(wanted)
        )
        raise NotEstimable(message)
    rows = pd.DataFrame(frame, index=range(len(known)))[known]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            matrix: Any = parsed.get_model_matrix(rows, na_action="ignore")
        names = [str(name) for name in matrix.model_spec.column_names]
        inside = np.asarray(matrix, dtype=float)
    except Exception as error:  # as above
        unknown = UNKNOWN.search(str(error))
        fits = phrased("a formula that these columns fit ({error})", error=_bare(error))
        raise _refused(formula, _no_function(unknown[1]) if unknown else fits) from None
    if not inside.shape[1]:
        raise _refused(formula, "an intercept or a moderator")
    names = [_plain(name) for name in names]
    _finite(table, formula, np.flatnonzero(known), inside, names, rows)
    design = np.full((len(known), inside.shape[1]), math.nan)
    design[known] = inside
    labels = tuple("intrcpt" if name == "Intercept" else name for name in names)
    levels = tuple((name, _levels(frame[name], known)) for name in wanted)
    numbers = tuple((name, _numbers(frame[name])) for name, own in levels if not own)
    of = tuple((name, tuple(sorted(set(rows[name])))) for name, _ in numbers if name in factors)
    spec = MadeDesign(matrix.model_spec, labels, levels, factors=of, numbers=numbers)
    return design, labels, known | ~np.array(complete), spec, tuple(said)


def _numbers(cells: list[Any]) -> tuple[float, ...]:
    return tuple(float(cell) for cell in cells)


def _factors(formula: str, names: Sequence[str]) -> set[str]:
    """Columns that C() makes factors of."""
    inside = re.findall(r"\bC\(\s*(?:`([^`]+)`|(\w+))", formula)
    return {one or other for one, other in inside} & set(names)


def _plain(name: str) -> str:
    """A coefficient of a level that is a whole number, without its decimals."""
    return re.sub(r"\[(T\.)?(-?\d+)\.0\]", r"[\1\2]", name)


def _finite(
    table: Table, formula: str, places: Array, inside: Array, names: Sequence[str], rows: Any
) -> None:
    """Refuse values of a function that are no number, such as the logarithm of 0."""
    faults: list[Fault] = []
    for place, row, (_, cells) in zip(places.tolist(), inside, rows.iterrows(), strict=True):
        bad = [name for name, value in zip(names, row, strict=True) if not math.isfinite(value)]
        if bad:
            seen = ", ".join(f"{name} {cells[name]}" for name in rows.columns)
            wanted = phrased(
                "values of which {terms} is a number, such as above 0 for log (leave the row out, "
                "or leave its cell empty)",
                terms=", ".join(bad),
            )
            line = table.lines[place]
            faults.append(Fault(table.file, line, ", ".join(rows.columns), seen, wanted))
    if faults:
        raise InputError(*faults[:MOST])


def _bare(error: Exception) -> str:
    """The words of an error on one line, without codes of a terminal."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", str(error)).split())


def _no_function(name: str) -> str:
    known = ", ".join(FUNCTIONS)
    return phrased(
        "columns of the table and the functions {known}; {name} is neither", known=known, name=name
    )


def _inside(formula: str, header: Sequence[str]) -> set[str]:
    """Columns that stand within a function, such as year of scale(year): the parser misses some."""
    bare_names = re.findall(r"[^\W\d]\w*(?!\w*\s*[(=])", QUOTED.sub(" ", formula))
    return set(bare_names) & set(header)


def ends_of(made: MadeDesign, keep: Mask) -> tuple[tuple[str, float, float], ...]:
    """The least and the greatest value of each moderator that is a number."""
    out: list[tuple[str, float, float]] = []
    for name, cells in made.numbers:
        values = [cell for cell, kept in zip(cells, keep, strict=True) if kept]
        out.append((name, min(values), max(values)))
    return tuple(out)


def _levels(cells: list[Any], known: Mask) -> tuple[str, ...]:
    """Categories of a moderator in the rows that are used; none of one that is a number."""
    used = [cell for cell, here in zip(cells, known, strict=True) if here]
    return tuple(dict.fromkeys(used)) if used and isinstance(used[0], str) else ()


def _refused(formula: str, expected: str) -> InputError:
    return InputError(Fault("", None, "mods", formula, expected))

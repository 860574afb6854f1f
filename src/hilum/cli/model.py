"""From a table and options to the model asked for: shared by ``pool`` and ``sensitivity``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.errors import Fault, InputError, MissingExtra, NotEstimable, OutOfRange, UnknownCode

if TYPE_CHECKING:
    from hilum.cli.table import Table
    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.exact import ExactFit
    from hilum.synthesis.stratified import StratifiedFit
    from hilum.synthesis.two_stage import Fit

# Columns that name the studies where --label says nothing.
LABELS = ("slab", "studlab", "study", "trial", "author")


@dataclass(frozen=True)
class Options:
    """What the command line said; ``columns`` maps a measure's column to the file's."""

    measure: str
    columns: dict[str, str]
    method: str
    test: str
    level: float
    mods: str | None
    add: float
    to: str
    model: str
    label: str | None


@dataclass(frozen=True)
class Data:
    """Complete rows of the table, as arrays, and why others were left out."""

    values: dict[str, Array]
    yi: Array
    vi: Array
    labels: tuple[str, ...]
    lines: tuple[int, ...]
    design: Array | None
    names: tuple[str, ...]
    left_out: tuple[tuple[int, str], ...]


def default_method(measure: str) -> str:
    """GLMM where one group's counts are pooled, else REML."""
    from hilum.synthesis.effects import MEASURES

    known = MEASURES.get(measure)
    return "REML" if known is None else known.default_model


def load(table: Table, options: Options, rows: set[int] | None = None) -> Data:
    """Columns, effect sizes and moderators of the rows that are complete.

    ``rows`` restricts to these file lines. Exact models keep rows without information on the
    contrast; two-stage ones leave them out.

    Raises
    ------
    InputError
        A column that is absent or not numeric, or a count out of range (file, row and values).
    NotEstimable
        No row left.
    """
    import numpy as np

    from hilum.cli.reported import effects
    from hilum.synthesis.effects import MEASURES, effect_sizes
    from hilum.synthesis.effects.measures import GIVEN
    from hilum.synthesis.models import pooler

    if options.measure not in MEASURES:
        wanted = f"one of {', '.join(MEASURES)}"
        raise InputError(Fault("--measure", None, "measure", options.measure, wanted))
    record = MEASURES[options.measure]
    if record.columns == GIVEN:
        values = effects(table, record, options.columns)
    else:
        values = {
            name: np.array(table.numbers(options.columns.get(name, name)))
            for name in record.columns
        }
    lines = np.array(table.lines)
    chosen = np.ones(len(lines), bool) if rows is None else np.isin(lines, list(rows))
    left: dict[int, str] = {}
    for name, column in values.items():
        for line in lines[chosen & np.isnan(column)]:
            left.setdefault(int(line), f"{options.columns.get(name, name)} is missing")
    complete = chosen & ~np.any([np.isnan(column) for column in values.values()], axis=0)
    try:
        yi, vi = effect_sizes(
            options.measure,
            {name: np.where(complete, column, np.nan) for name, column in values.items()},
            add=options.add,
            to=options.to,  # pyright: ignore[reportArgumentType]
        )
    except OutOfRange as error:
        raise _placed(table, options, error) from None
    design, names, known = _design(table, options.mods, complete)
    for line in lines[complete & ~known]:
        left.setdefault(int(line), "a moderator is missing")
    keep = complete & known
    try:
        weighted = pooler(options.method).weighted
    except UnknownCode as error:
        raise _refused("method", error.code, f"one of {', '.join(error.known)}") from None
    if weighted:
        for line in lines[keep & np.isnan(yi)]:
            left.setdefault(int(line), "no information: an effect or variance is not finite")
        keep &= np.isfinite(yi)
    if not keep.any():
        message = f"{table.file}: no complete row for {options.measure}"
        raise NotEstimable(message)
    label = options.label or next((name for name in LABELS if name in table.header), None)
    texts = table.text(label) if label else [f"row {line}" for line in lines]
    return Data(
        {name: column[keep] for name, column in values.items()},
        yi[keep],
        vi[keep],
        tuple(text for text, kept in zip(texts, keep, strict=True) if kept),
        tuple(int(line) for line in lines[keep]),
        None if design is None else design[keep],
        names,
        tuple(sorted(left.items())),
    )


def run(data: Data, options: Options) -> Fit | ExactFit | StratifiedFit:
    """Fit the model the options name.

    Raises
    ------
    InputError
        A method that the measure does not have.
    NotEstimable, NotConverged
        From the model.
    """
    from hilum.synthesis.models import Request, pooler
    from hilum.synthesis.wald import inference

    try:
        way = pooler(options.method)
        scales = inference(options.test).scale is not None
    except UnknownCode as error:
        raise _refused(error.name, error.code, f"one of {', '.join(error.known)}") from None
    if options.mods and not way.moderators:
        raise _refused("method", options.method, "a model that takes moderators")
    known = None if way.measures is None else way.measures()
    if known is not None and options.measure not in known:
        wanted = f"{', '.join(known)} as --measure"
        raise _refused("method", options.method, wanted)
    if scales and not way.weighted:
        raise _refused("test", options.test, f"z or t with {options.method} (or --method REML)")
    return way.run(
        Request(
            options.measure,
            data.values,
            data.yi,
            data.vi,
            options.method,
            options.test,
            options.level,
            options.model if options.measure in ("OR", "IRR") else None,
            data.design,
            data.names,
        )
    )


def plain(value: Any) -> Any:
    """Arrays to lists, one-element arrays to numbers, what is not finite to null."""
    import numpy as np

    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        out = [plain(one) for one in value]
        return out[0] if len(out) == 1 and not isinstance(out[0], list) else out
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _refused(option: str, value: str, expected: str) -> InputError:
    return InputError(Fault(f"--{option}", None, option, value, expected))


def _placed(table: Table, options: Options, error: OutOfRange) -> InputError:
    """A row of an array becomes the file's own line, its columns the file's own."""
    names = ", ".join(options.columns.get(name, name) for name in error.values)
    seen = ", ".join(f"{name} {value:g}" for name, value in error.values.items())
    line = table.lines[error.row]
    return InputError(Fault(table.file, line, names, seen, error.expected))


def _design(
    table: Table, formula: str | None, complete: Mask
) -> tuple[Array | None, tuple[str, ...], Mask]:
    """Design matrix of a formula such as ``~ year``; NaN rows where a cell is missing."""
    import numpy as np

    if formula is None:
        return None, (), np.ones(len(table.lines), bool)
    try:
        import pandas as pd
        from formulaic import Formula
    except ImportError:
        message = "moderators need the extra tables: pip install 'hilum[tables]'"
        raise MissingExtra(message) from None
    try:
        made: Any = Formula
        parsed = made(formula if formula.strip().startswith("~") else f"~ {formula}")
        wanted = sorted(str(name) for name in parsed.required_variables)
    except Exception as error:  # the parser has errors of its own
        raise _refused("mods", formula, f"a formula such as '~ year' ({error})") from None
    frame: dict[str, Any] = {}
    known = np.array(complete)
    for name in wanted:
        cells = table.text(name)
        present = np.array([cell.lower() not in {"", "na", "nan", "n/a"} for cell in cells])
        known &= present
        try:
            frame[name] = [
                float(cell) if here else math.nan for cell, here in zip(cells, present, strict=True)
            ]
        except ValueError:
            frame[name] = cells
    if not known.any():
        message = f"{table.file}: no row has all of {', '.join(wanted)}"
        raise NotEstimable(message)
    rows = pd.DataFrame(frame, index=range(len(known)))[known]
    try:
        matrix: Any = parsed.get_model_matrix(rows)
        names = [str(name) for name in matrix.model_spec.column_names]
        inside = np.asarray(matrix, dtype=float)
    except Exception as error:  # as above
        raise _refused("mods", formula, f"a formula that these columns fit ({error})") from None
    design = np.full((len(known), inside.shape[1]), math.nan)
    design[known] = inside
    labels = tuple("intrcpt" if name == "Intercept" else name for name in names)
    return design, labels, known | ~np.array(complete)

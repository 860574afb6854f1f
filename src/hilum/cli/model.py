"""From a table and options to the model asked for: shared by ``pool`` and ``sensitivity``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.errors import Fault, InputError, MissingExtra, NotEstimable
from hilum.tabular import count_faults

if TYPE_CHECKING:
    from hilum.cli.table import Table
    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.exact import ExactFit
    from hilum.synthesis.stratified import StratifiedFit
    from hilum.synthesis.two_stage import Fit

EXACT = ("PLO", "IRLN")
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
    return "GLMM" if measure in EXACT else "REML"


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
    from hilum.synthesis.effects import COLUMNS, effect_sizes

    if options.measure not in COLUMNS:
        wanted = f"one of {', '.join(COLUMNS)}"
        raise InputError(Fault("--measure", None, "measure", options.measure, wanted))
    if COLUMNS[options.measure] == ("yi", "vi"):
        values = effects(table, options.measure, options.columns)
    else:
        values = {
            name: np.array(table.numbers(options.columns.get(name, name)))
            for name in COLUMNS[options.measure]
        }
        columns = {
            name: (options.columns.get(name, name), zip(table.lines, column, strict=True))
            for name, column in values.items()
        }
        faults = count_faults(table.file, columns)
        if faults:
            raise InputError(*faults)
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
    except NotEstimable as error:
        raise _placed(table, str(error)) from None
    design, names, known = _design(table, options.mods, complete)
    for line in lines[complete & ~known]:
        left.setdefault(int(line), "a moderator is missing")
    keep = complete & known
    if options.method not in ("GLMM", "MH", "Peto"):
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
    from hilum.synthesis import fit, fit_exact, mantel_haenszel, peto
    from hilum.synthesis.heterogeneity import METHODS

    measure, method = options.measure, options.method
    counts = tuple(data.values.values())
    if method == "MH":
        if options.mods:
            raise _refused("method", method, "a model that takes moderators")
        if measure not in ("OR", "RR", "RD", "IRR", "IRD"):
            raise _refused("method", method, "OR, RR, RD, IRR or IRD as --measure")
        return mantel_haenszel(measure, *counts, level=options.level)
    if method == "Peto":
        if measure not in ("OR", "PETO") or options.mods:
            raise _refused("method", method, "OR or PETO as --measure, and no moderators")
        return peto(*counts, level=options.level)
    if method == "GLMM":
        if measure not in ("PLO", "IRLN", "OR", "IRR"):
            raise _refused("method", method, "PLO, IRLN, OR or IRR as --measure")
        if options.test == "knha":
            raise _refused("test", "knha", "z or t with GLMM (or --method REML)")
        return fit_exact(
            measure,
            data.values,
            model=options.model,  # pyright: ignore[reportArgumentType]
            mods=data.design,
            names=data.names,
            test=options.test,  # pyright: ignore[reportArgumentType]
            level=options.level,
        )
    if method not in METHODS:
        raise _refused("method", method, f"GLMM, MH, Peto or one of {', '.join(METHODS)}")
    return fit(
        data.yi,
        data.vi,
        method=method,
        test=options.test,  # pyright: ignore[reportArgumentType]
        mods=data.design,
        names=data.names,
        level=options.level,
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


def _placed(table: Table, message: str) -> Exception:
    """``row 3: ...`` of an array becomes the file's own line."""
    head, _, rest = message.partition(": ")
    if head.startswith("row ") and head[4:].isdigit():
        line = table.lines[int(head[4:]) - 1]
        found, _, expected = rest.partition(": expected ")
        names = ", ".join(part.split(" ")[0] for part in found.split(", "))
        return InputError(Fault(table.file, line, names, found, expected))
    return NotEstimable(f"{table.file}: {message}")


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

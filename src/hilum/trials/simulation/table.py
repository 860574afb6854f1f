"""Results as a tidy table: one row a cell and characteristic."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from hilum.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.trials.simulation.scenario import Cell
    from hilum.trials.simulation.tally import Tally

IDENTITY = ("cell", "kind", "engine", "trials", "seed")
FIXED = (*IDENTITY, "characteristic", "value", "mcse", "count", "scenario")


def rows_of(
    cell: Cell, trials: int, seed: int, result: Tally, engine: str = "numpy"
) -> list[dict[str, Any]]:
    """Rows of one finished cell; varied parameters are columns named ``param_NAME``."""
    # JSON has no infinity; as text it is "inf", which float() reads.
    scenario = json.dumps(_told(cell.parameters), sort_keys=True)
    varied = {f"param_{name}": _plain(value) for name, value in cell.varied.items()}
    return [
        {
            "cell": cell.key,
            "kind": cell.kind,
            "engine": engine,
            "trials": trials,
            "seed": seed,
            **varied,
            "characteristic": name,
            "value": moments.mean,
            "mcse": moments.mcse,
            "count": moments.count,
            "scenario": scenario,
        }
        for name, moments in result.items()
    ]


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _told(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_told(one) for one in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if isinstance(value, str) else json.dumps(value)
    return float(value)


def rows_by_cell(
    rows: list[dict[str, Any]], trials: int, seed: int, engine: str = "numpy"
) -> dict[str, list[dict[str, Any]]]:
    """Rows of each cell that these hold for this number of trials, seed and engine."""
    out: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if (row["trials"], row["seed"], row["engine"]) == (trials, seed, engine):
            out.setdefault(row["cell"], []).append(row)
    return out


def characteristics(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Value, Monte-Carlo error and count of each characteristic of one cell's rows."""
    return {
        row["characteristic"]: {key: _finite(row[key]) for key in ("value", "mcse", "count")}
        for row in rows
    }


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def to_arrow(rows: list[dict[str, Any]]) -> Any:
    """A pyarrow table; a parameter with numbers in some rows and text in others is text.

    Raises
    ------
    MissingExtra
        Without pyarrow.
    """
    try:
        import pyarrow as pa
    except ImportError:
        message = "Parquet needs the extra trials: pip install 'hilum[trials]'"
        raise MissingExtra(message) from None
    names = list(dict.fromkeys(name for row in rows for name in row))
    varied = [name for name in names if name not in FIXED]
    order = [*IDENTITY, *varied, *FIXED[len(IDENTITY) :]]
    columns: dict[str, Any] = {}
    for name in order:
        values = [row.get(name) for row in rows]
        columns[name] = pa.array(_one_kind(values), type=_type(pa, name, values))
    return pa.table(columns)


def _type(pa: Any, name: str, values: list[Any]) -> Any:
    if name in ("trials", "seed", "count"):
        return pa.int64()
    if name in ("value", "mcse"):
        return pa.float64()
    text = any(isinstance(one, str) for one in values)
    return pa.string() if text else pa.float64()


def _one_kind(values: list[Any]) -> list[Any]:
    if not any(isinstance(one, str) for one in values):
        return values
    return [f"{one:g}" if isinstance(one, float) else one for one in values]


def from_arrow(table: Any) -> list[dict[str, Any]] | None:
    """Rows of a table that :func:`to_arrow` made; None where it is another."""
    if not set(FIXED) <= set(table.column_names):
        return None
    found: list[Mapping[str, Any]] = table.to_pylist()
    # A parameter that a row's cell did not vary is null in the table and absent in the row.
    return [
        {key: value for key, value in row.items() if value is not None or key in FIXED}
        for row in found
    ]

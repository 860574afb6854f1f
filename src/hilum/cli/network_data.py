"""From a table to the contrasts of a network: every fault with its row and column."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError
from hilum.tabular import count_faults

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.analyses.tables import Table
    from hilum.synthesis.network import Contrasts, RowFault

CONTRAST = ("studlab", "treat1", "treat2", "TE", "seTE")
DEFAULTS = {("event", "n"): "OR", ("event", "time"): "IRR", ("mean", "sd", "n"): "MD"}


@dataclass(frozen=True)
class NetworkOptions:
    """What the command line said; ``measure`` is filled in by :func:`read_network`."""

    measure: str | None
    columns: dict[str, str]
    method: str
    reference: str | None
    small_values: str
    level: float
    add: float
    to: str
    tolerance: float
    separate: bool
    additive: bool
    separator: str
    inactive: str | None
    interactions: tuple[str, ...]
    contributions: bool
    seed: int
    draws: int
    order: str | None


def make_network_options(**said: object) -> NetworkOptions:
    """Options with what has a closed list of values or a range checked."""
    from hilum.synthesis.network import NETWORK_ESTIMATORS

    options = NetworkOptions(**said)  # pyright: ignore[reportArgumentType]
    closed = (
        ("method", options.method, tuple(NETWORK_ESTIMATORS)),
        ("small-values", options.small_values, ("desirable", "undesirable")),
        ("to", options.to, ("only0", "all", "if0all", "none")),
    )
    faults = [
        Fault(f"--{name}", None, name, value, f"one of {', '.join(known)}")
        for name, value, known in closed
        if value not in known
    ]
    ranges = (
        ("level", options.level, 0 < options.level < 1, "a number between 0 and 1"),
        ("add", options.add, 0 <= options.add < float("inf"), "a number, 0 or more"),
        ("tolerance", options.tolerance, options.tolerance >= 0, "a number, 0 or more"),
        ("draws", options.draws, options.draws >= 1, "at least 1"),
        ("seed", options.seed, options.seed >= 0, "0 or more"),
    )
    faults += [
        Fault(f"--{name}", None, name, f"{value:g}", wanted)
        for name, value, fine, wanted in ranges
        if not fine
    ]
    alone = {"inactive": options.inactive or "", "interaction": ", ".join(options.interactions)}
    faults += [
        Fault(f"--{name}", None, name, value, "--additive beside it")
        for name, value in alone.items()
        if value and not options.additive
    ]
    if not options.separator:
        faults.append(Fault("--separator", None, "separator", "", "at least one character"))
    if faults:
        raise InputError(*faults)
    return options


def read_network(table: Table, options: NetworkOptions) -> tuple[Contrasts, NetworkOptions]:
    """The contrasts of a table and the options with the measure filled in.

    Raises
    ------
    InputError
        Columns that are neither contrasts nor arms, and every fault of every row.
    NotEstimable
        No study with information.
    """
    named = options.columns
    has = {name for name, column in named.items() if column in table.header}
    if {"treat1", "treat2"} & has:
        evidence, measure = _contrasts(table, options)
    elif "treat" in has:
        evidence, measure = _arms(table, options, has)
    else:
        wanted = "columns studlab treat1 treat2 TE seTE, or studlab treat and event n"
        raise InputError(Fault(table.file, 1, "header", ", ".join(table.header), wanted))
    if options.reference is not None:
        check_treatment("--reference", options.reference, evidence.treatments)
    return evidence, replace(options, measure=measure)


def check_treatment(option: str, name: str, known: tuple[str, ...]) -> None:
    """Refuse a treatment that the network does not have."""
    if name not in known:
        near = difflib.get_close_matches(name, known, 3)
        hint = f"; nearest: {', '.join(near)}" if near else ""
        wanted = f"one of {', '.join(known)}{hint}"
        raise InputError(Fault(option, None, option.lstrip("-"), name, wanted))


def _numbers(table: Table, columns: dict[str, str], names: Iterable[str]) -> dict[str, list[float]]:
    """Several columns, the faults of all of them in one error."""
    out: dict[str, list[float]] = {}
    faults: list[Fault] = []
    for name in names:
        try:
            out[name] = table.numbers(columns[name])
        except InputError as error:
            faults += error.faults
    cells = {name: (columns[name], zip(table.lines, out[name], strict=True)) for name in out}
    faults += count_faults(table.file, cells)
    if faults:
        raise InputError(*sorted(faults, key=lambda fault: fault.row or 0))
    return out


def _refuse(table: Table, columns: dict[str, str], found: list[RowFault]) -> None:
    if not found:
        return
    faults: list[Fault] = []
    for one in found:
        also = "" if one.other is None else f" (row {table.lines[one.other]})"
        line, column = table.lines[one.row], columns.get(one.column, one.column)
        faults.append(Fault(table.file, line, column, one.value, one.expected + also))
    raise InputError(*faults)


def _contrasts(table: Table, options: NetworkOptions) -> tuple[Contrasts, str]:
    import numpy as np

    from hilum.synthesis.effects import MEASURES
    from hilum.synthesis.network.contrasts import assembled
    from hilum.synthesis.network.faults import of_contrasts

    named = options.columns
    measure = options.measure or "GEN"
    known = [one.code for one in MEASURES.values() if one.groups == 2]
    if measure not in known:
        wanted = f"one of {', '.join(known)}"
        raise InputError(Fault("--measure", None, "measure", measure, wanted))
    labels, first, second = (table.text(named[name]) for name in CONTRAST[:3])
    values = _numbers(table, named, CONTRAST[3:])
    te, se = np.array(values["TE"]), np.array(values["seTE"])
    _refuse(table, named, of_contrasts(labels, first, second, te, se, options.tolerance))
    return assembled(labels, first, second, te, se), measure


def _arms(table: Table, options: NetworkOptions, has: set[str]) -> tuple[Contrasts, str]:
    import numpy as np

    from hilum.synthesis.network import arm_columns, arm_faults, contrasts_from_arms

    named = options.columns
    measure = options.measure
    if measure is None:
        measure = next((m for need, m in DEFAULTS.items() if has.issuperset(need)), None)
        if measure is None:
            wanted = "event and n, event and time, or mean, sd and n beside treat"
            raise InputError(Fault(table.file, 1, "header", ", ".join(table.header), wanted))
    known = arm_columns()
    if measure not in known:
        wanted = f"one of {', '.join(known)} for arm rows"
        raise InputError(Fault("--measure", None, "measure", measure, wanted))
    labels, treat = table.text(named["studlab"]), table.text(named["treat"])
    values = {
        name: np.array(column) for name, column in _numbers(table, named, known[measure]).items()
    }
    _refuse(table, named, arm_faults(measure, labels, treat, values))
    return (
        contrasts_from_arms(
            measure,
            labels,
            treat,
            values,
            add=options.add,
            to=options.to,  # pyright: ignore[reportArgumentType]
        ),
        measure,
    )

"""From a table to the contrasts of a network: every fault with its row and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest
from hilum.tabular import count_faults

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.analyses.network import NetworkAsked
    from hilum.analyses.tables import Table
    from hilum.errors import Phrase
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.network import Contrasts, RowFault

COLUMNS = (
    "studlab", "treat1", "treat2", "TE", "seTE", "treat", "event", "n", "time", "mean", "sd",
    "hr", "ci_lb", "ci_ub", "pval",
)  # fmt: skip
CONTRAST = ("studlab", "treat1", "treat2", "TE", "seTE")
PRINTED = ("hr", "ci_lb", "ci_ub", "pval")
"""Of contrasts as papers print them, in place of TE and seTE."""
DEFAULTS = {("event", "n"): "OR", ("event", "time"): "IRR", ("mean", "sd", "n"): "MD"}


def read_network(asked: NetworkAsked) -> tuple[Contrasts, str]:
    """The contrasts of a table, and what they measure.

    Raises
    ------
    InputError
        Columns that are neither contrasts nor arms, and every fault of every row.
    NotEstimable
        No study with information.
    """
    table = asked.table
    named = {name: asked.columns.get(name, name) for name in COLUMNS}
    has = {name for name, column in named.items() if column in table.header}
    if {"treat1", "treat2"} & has:
        evidence, measure = _contrasts(asked, named)
    elif "treat" in has:
        evidence, measure = _arms(asked, named, has)
    else:
        wanted = (
            "columns studlab treat1 treat2 and TE seTE or hr ci_lb ci_ub, or studlab treat and "
            "event n, event time, or mean sd n"
        )
        raise InputError(Fault(table.file, 1, "header", ", ".join(table.header), wanted))
    if asked.reference is not None:
        check_treatment("reference", asked.reference, evidence.treatments)
    return evidence, measure


def joining(
    asked: NetworkAsked, parts: tuple[tuple[str, ...], ...], left_out: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """Studies left out, each with its reason, that with others left out join parts of a network."""
    table = asked.table
    names = [asked.columns.get(name, name) for name in ("treat", "treat1", "treat2")]
    columns = [table.text(name) for name in names if name in table.header]
    studies = table.text(asked.columns.get("studlab", "studlab"))
    arms: dict[str, set[str]] = {study: set() for study, _ in left_out}
    for study, *compared in zip(studies, *columns, strict=True):
        if study in arms:
            arms[study].update(compared)
    groups = [set(part) for part in parts]
    for compared in arms.values():
        met = [group for group in groups if group & compared]
        groups = [group for group in groups if not group & compared]
        groups.append(compared.union(*met))
    kept = [set(part) for part in parts]
    whole = [group for group in groups if sum(part <= group for part in kept) > 1]
    return tuple(
        (study, why)
        for study, why in left_out
        if any(arms[study] <= group for group in whole)
        and not any(arms[study] <= part for part in kept)
    )


def check_treatment(field: str, name: str, known: tuple[str, ...]) -> None:
    """Refuse a treatment that the network does not have."""
    if name not in known:
        hint = nearest(name, known, 3)
        wanted = phrased("one of {known}{hint}", known=", ".join(known), hint=hint)
        raise InputError(Fault("", None, field, name, wanted))


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
        expected = one.wanted(None if one.other is None else table.lines[one.other])
        line, column = table.lines[one.row], columns.get(one.column, one.column)
        faults.append(Fault(table.file, line, column, one.value, expected))
    raise InputError(*faults)


def _contrasts(asked: NetworkAsked, named: dict[str, str]) -> tuple[Contrasts, str]:
    import numpy as np

    from hilum.synthesis.effects import MEASURES
    from hilum.synthesis.network.contrasts import assembled
    from hilum.synthesis.network.faults import of_contrasts

    table = asked.table
    as_printed = _is_printed(table, named)
    measure = asked.measure or ("HR" if as_printed else "GEN")
    known = [one.code for one in MEASURES.values() if one.groups == 2]
    if measure not in known:
        wanted = phrased("one of {known}", known=", ".join(known))
        raise InputError(Fault("", None, "measure", measure, wanted))
    labels, first, second = (table.text(named[name]) for name in CONTRAST[:3])
    rounding = None
    if as_printed:
        te, se = _as_printed(table, measure)
        rounding = _rounding(table, labels)
    else:
        values = _numbers(table, named, CONTRAST[3:])
        te, se = np.array(values["TE"]), np.array(values["seTE"])
    found = of_contrasts(labels, first, second, te, se, asked.tolerance, rounding)
    _refuse(table, named, found)
    return assembled(labels, first, second, te, se), measure


def network_remarks(asked: NetworkAsked) -> tuple[Phrase, ...]:
    """Rows of hazard ratios whose printed figures do not fit one another."""
    from hilum.analyses.row_remarks import printed_remarks

    table = asked.table
    named = {name: asked.columns.get(name, name) for name in COLUMNS}
    if not {named["treat1"], named["treat2"]} & set(table.header) or not _is_printed(table, named):
        return ()
    studies = dict(zip(table.lines, table.text(named["studlab"]), strict=True))
    return tuple(printed_remarks(table, "hr", studies))


def _is_printed(table: Table, named: dict[str, str]) -> bool:
    return named["TE"] not in table.header and named["hr"] in table.header


def _rounding(table: Table, labels: list[str]) -> Array:
    """How far each log hazard ratio may be off by its rounding, to the decimals of its study.

    A workbook keeps no zeros at the end, so that a study's longest ratio says how it was rounded.
    """
    import numpy as np

    from hilum.synthesis.effects.printed import decimals, rounding_of

    places: dict[str, int] = {}
    for label, text in zip(labels, table.text("hr"), strict=True):
        places[label] = max(places.get(label, 0), decimals(text))
    ratios = zip(labels, table.numbers("hr"), strict=True)
    return np.array([rounding_of(ratio, places[label]) for label, ratio in ratios])


def _as_printed(table: Table, measure: str) -> tuple[Array, Array]:
    """Log hazard ratios and their standard errors from ratios with limits, or p values."""
    import numpy as np

    from hilum.analyses.reported import effects
    from hilum.synthesis.effects import measure as measure_of

    ratio = measure_of("HR")
    if measure != ratio.code:
        wanted = phrased("{code}, as the column hr holds", code=ratio.code)
        raise InputError(Fault("", None, "measure", measure, wanted))
    found = effects(table, ratio, {})
    empty = np.isnan(found["yi"])
    if empty.any():
        wanted = "a hazard ratio with both limits, or with its p value"
        rows = [line for line, one in zip(table.lines, empty, strict=True) if one]
        raise InputError(*(Fault(table.file, line, "hr", "", wanted) for line in rows))
    return found["yi"], np.sqrt(found["vi"])


def _arms(asked: NetworkAsked, named: dict[str, str], has: set[str]) -> tuple[Contrasts, str]:
    import numpy as np

    from hilum.synthesis.network import arm_columns, arm_faults, contrasts_from_arms

    table, measure = asked.table, asked.measure
    if measure is None:
        measure = next((m for need, m in DEFAULTS.items() if has.issuperset(need)), None)
        if measure is None:
            wanted = "event and n, event and time, or mean, sd and n beside treat"
            raise InputError(Fault(table.file, 1, "header", ", ".join(table.header), wanted))
    known = arm_columns()
    if measure not in known:
        wanted = phrased("one of {known} for arm rows", known=", ".join(known))
        raise InputError(Fault("", None, "measure", measure, wanted))
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
            add=asked.add,
            to=asked.to,  # pyright: ignore[reportArgumentType]
        ),
        measure,
    )

"""yi and vi of ratios and effects from what a paper prints: vi, sei, an interval or a p value."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, NotEstimable, phrased
from hilum.tabular import MISSING, names_intervals, number, renamed

if TYPE_CHECKING:
    from hilum.analyses.tables import Table
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.effects import Measure

INTERVAL = ("ci_lb", "ci_ub")
# What may stand beside or instead of yi and vi.
EFFECTS = ("sei", *INTERVAL, "pval", "oe", "oev")
BOUND = re.compile(r"^p?\s*[=]?\s*(<|≤|<=|＜|>|≥|>=|＞)\s*(.+)$", re.IGNORECASE)


def effects(table: Table, measure: Measure, columns: dict[str, str]) -> dict[str, Array]:
    """``yi`` and ``vi``, NaN where a row does not give them.

    Columns ``yi`` with ``vi`` or ``sei``; for HR also ``hr`` with ``ci_lb`` and ``ci_ub`` (95 %),
    and where a row has no interval, with ``pval`` (Parmar 1998).

    Raises
    ------
    InputError
        None of these columns, or a row whose figures cannot be (names row and values).
    """
    import numpy as np

    own = {name: columns.get(name, name) for name in ("yi", "vi")}
    printed = printed_column(table, measure, columns)
    if printed:
        yi, vi = _ratios(table, printed)
    elif own["yi"] not in table.header and {"oe", "oev"} <= set(table.header):
        yi, vi = _of_log_rank(table)
    elif own["yi"] not in table.header and "yi" not in columns and fitting(table):
        wanted = phrased(
            "a column that holds yi; these columns fit other measures, which one is to be said: "
            "{measures}",
            measures=", ".join(fitting(table)),
        )
        raise InputError(Fault(table.file, 1, "yi", "", wanted))
    elif "sei" in table.header and not _filled(table, own["vi"]):
        yi = table.numbers(own["yi"])
        errors = table.numbers("sei")
        faults = [
            Fault(table.file, line, "sei", f"{value:g}", "a standard error above 0")
            for line, value in zip(table.lines, errors, strict=True)
            if value <= 0
        ]
        if faults:
            raise InputError(*faults)
        vi = [value**2 for value in errors]
    else:
        yi, vi = table.numbers(own["yi"]), table.numbers(own["vi"])
    return {"yi": np.array(yi), "vi": np.array(vi)}


def _filled(table: Table, column: str) -> bool:
    return column in table.header and any(
        cell.lower() not in MISSING for cell in table.text(column)
    )


def fitting(table: Table) -> list[str]:
    """Codes of the measures whose columns a table has, under whatever names it has them."""
    from hilum.synthesis.effects import MEASURES
    from hilum.synthesis.effects.measures import GIVEN, TWO_GROUPS

    before = dict(table.renamed)
    header = [before.get(name, name) for name in table.header]
    # One column of intervals is parted into them where a measure asks for limits.
    limits = INTERVAL if any(names_intervals(name) for name in header) else ()
    found: list[str] = []
    for code, one in MEASURES.items():
        ways = [one.columns]
        if one.columns == TWO_GROUPS:
            ways.append(("ai", "bi", "ci", "di"))
        if one.columns == GIVEN:
            ways = [] if one.printed is None else [(one.printed, *INTERVAL)]
        for columns in ways:
            try:
                known = {*header, *limits, *renamed(table.file, header, columns)}
            except InputError:
                continue
            if set(columns) <= known and code not in found:
                found.append(code)
    return found


def _of_log_rank(table: Table) -> tuple[list[float], list[float]]:
    """(O - E) / V and 1 / V of a log-rank table (Yusuf 1985)."""
    from hilum.synthesis.effects.reported import log_hazard_from_oe

    yi: list[float] = []
    vi: list[float] = []
    faults: list[Fault] = []
    rows = zip(table.lines, table.numbers("oe"), table.numbers("oev"), strict=True)
    for line, oe, variance in rows:
        if math.isnan(oe) or math.isnan(variance):
            found = (math.nan, math.nan)
        else:
            try:
                found = log_hazard_from_oe(oe, variance)
            except NotEstimable:
                names = ", ".join(dict(table.renamed).get(one, one) for one in ("oe", "oev"))
                seen = f"{oe:g}, {variance:g}"
                faults.append(Fault(table.file, line, names, seen, "a variance above 0"))
                continue
        yi.append(found[0])
        vi.append(found[1])
    if faults:
        raise InputError(*faults)
    return yi, vi


def printed_column(table: Table, measure: Measure, columns: dict[str, str]) -> str | None:
    """The column of printed ratios where they are what is pooled; None where yi is."""
    if measure.printed and columns.get("yi", "yi") not in table.header:
        return measure.printed if measure.printed in table.header else None
    return None


def limits_as_printed(table: Table) -> list[tuple[str, str]] | None:
    """Both limits of each row as they are written, empty where missing; None without any.

    One column of intervals was parted when the table was read (:mod:`hilum.tabular.intervals`).
    """
    if set(INTERVAL) <= set(table.header):
        low, high = (
            ["" if cell.lower() in MISSING else cell for cell in table.text(name)]
            for name in INTERVAL
        )
        return list(zip(low, high, strict=True))
    return None


def pointed(text: str) -> str:
    """A number with a point before its decimals, where it has a comma there."""
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def p_values(table: Table, column: str) -> tuple[list[float], dict[int, str]]:
    """Two-sided p values, NaN where there is none; and the rows that print a bound, by line.

    ``< 0.001`` is taken as 0.001, which makes the row's variance larger than it is, never smaller;
    of ``> 0.05`` nothing follows.

    Raises
    ------
    InputError
        Every cell that is neither.
    """
    own = dict(table.renamed).get(column, column)
    values: list[float] = []
    bounds: dict[int, str] = {}
    faults: list[Fault] = []
    for line, cell in zip(table.lines, table.text(column), strict=True):
        text = cell
        sign = BOUND.match(cell)
        if sign is not None:
            text = sign[2].strip()
            if sign[1] in (">", "≥", ">=", "＞"):
                expected = (
                    "a p value: of one that is above a bound no variance follows (leave it empty)"
                )
                faults.append(Fault(table.file, line, own, cell, expected))
                continue
            bounds[line] = cell
        try:
            values.append(math.nan if text.lower() in MISSING else number(pointed(text)))
        except ValueError:
            expected = "a p value such as 0.03, or a bound such as <0.001"
            faults.append(Fault(table.file, line, own, cell, expected))
    if faults:
        raise InputError(*faults)
    return values, bounds


def _limits(table: Table) -> tuple[list[float], list[float]] | None:
    if set(INTERVAL) <= set(table.header):
        return table.numbers(INTERVAL[0]), table.numbers(INTERVAL[1])
    both = limits_as_printed(table)
    if both is None:
        return None
    low, high = zip(*both, strict=True)
    return [_number(one) for one in low], [_number(one) for one in high]


def _number(text: str) -> float:
    return number(text) if text else math.nan


def _ratios(table: Table, printed: str) -> tuple[list[float], list[float]]:
    from hilum.synthesis import log_effect_from_interval, log_effect_from_p

    missing = [math.nan] * len(table.lines)
    ends = _limits(table)
    low, high = (missing, missing) if ends is None else ends
    pvals = p_values(table, "pval")[0] if "pval" in table.header else missing
    if ends is None and "pval" not in table.header:
        wanted = phrased("columns ci_lb and ci_ub, or pval, beside {column}", column=printed)
        raise InputError(Fault(table.file, 1, "ci_lb", "", wanted))
    yi, vi, faults = list(missing), list(missing), list[Fault]()
    rows = zip(table.lines, table.numbers(printed), low, high, pvals, strict=True)
    for place, (line, value, lower, upper, p) in enumerate(rows):
        bounded = not (math.isnan(lower) or math.isnan(upper))
        if math.isnan(value) or not (bounded or not math.isnan(p)):
            continue
        try:
            yi[place], vi[place] = (
                log_effect_from_interval(value, lower, upper)
                if bounded
                else log_effect_from_p(value, p)
            )
        except NotEstimable:
            if bounded:
                found, expected = f"{value:g} ({lower:g} - {upper:g})", "0 < low <= value <= high"
                if value < 0:
                    expected = (
                        "0 < low <= value <= high; a logarithm stands as yi, with its sei or vi"
                    )
            else:
                found = f"{value:g}, p {p:g}"
                expected = "a ratio above 0 other than 1 and 0 < p < 1"
            name = ", ".join((printed, *INTERVAL) if bounded else (printed, "pval"))
            faults.append(Fault(table.file, line, name, found, expected))
    if faults:
        raise InputError(*faults)
    return yi, vi

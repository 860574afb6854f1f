"""yi and vi of ratios and effects from what a paper prints: vi, sei, an interval or a p value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, NotEstimable, phrased

if TYPE_CHECKING:
    from hilum.analyses.tables import Table
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.effects import Measure

INTERVAL = ("ci_lb", "ci_ub")
# What may stand beside or instead of yi and vi.
EFFECTS = ("sei", *INTERVAL, "pval")


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
    printed = measure.printed
    if printed and own["yi"] not in table.header and printed in table.header:
        yi, vi = _ratios(table, printed)
    elif own["vi"] not in table.header and "sei" in table.header:
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


def _ratios(table: Table, printed: str) -> tuple[list[float], list[float]]:
    from hilum.synthesis import log_effect_from_interval, log_effect_from_p

    missing = [math.nan] * len(table.lines)
    ends = INTERVAL if set(INTERVAL) <= set(table.header) else None
    low, high = (missing, missing) if ends is None else (table.numbers(name) for name in ends)
    pvals = table.numbers("pval") if "pval" in table.header else missing
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
            else:
                found = f"{value:g}, p {p:g}"
                expected = "a ratio above 0 other than 1 and 0 < p < 1"
            name = f"{printed}, {ends[0]}, {ends[1]}" if bounded and ends else f"{printed}, pval"
            faults.append(Fault(table.file, line, name, found, expected))
    if faults:
        raise InputError(*faults)
    return yi, vi

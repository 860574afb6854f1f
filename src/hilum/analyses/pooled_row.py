"""Rows of printed ratios that are the pool of those above them: asked about, not refused."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from hilum.errors import HilumError, InputError, Phrase, phrased
from hilum.tabular import studies_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.tables import Table

RATIOS: Final = ("hr", "or", "rr", "irr", "hazard_ratio")
LIMITS: Final = (("ci_lb", "ci_ub"), ("lower", "upper"))
METHODS: Final = ("EE", "DL", "REML")
"""Fixed, and random as programs that draw forests do by default."""
UNIT: Final = 2.0
"""Half units of the last printed digit: the rows above are themselves rounded."""
# Half a 95 % interval in standard errors.
Z: Final = 1.959963984540054
Printed = tuple[str, float, float, float]
"""A ratio as it is written, its value, its limits."""


def pooled_doubts(table: Table) -> list[Phrase]:
    """Rows whose ratio is the inverse-variance pool of those above, each wider than they are.

    Of all rows above that are no such row themselves, or of those since the last such row; two
    studies or more.
    """
    rows, place = _printed(table), studies_at(table.header)
    if place is None or len(rows) < 3:
        return []
    out: list[Phrase] = []
    found: set[int] = set()
    for i in sorted(rows):
        above = [n for n in rows if n < i and n not in found]
        block = [n for n in above if n > max(found, default=-1)]
        own = next(
            (one for one in (block, above) if _is_pool(rows[i], [rows[n] for n in one])), None
        )
        if own is None:
            continue
        found.add(i)
        out.append(
            phrased(
                "row {line} ({label}) has the pooled ratio of rows {first} to {last} and a "
                "narrower interval than each of them: if it is a row of totals, leave it out, "
                "since it counts every study twice",
                line=table.lines[i],
                label=table.rows[i][place].strip(),
                first=table.lines[own[0]],
                last=table.lines[own[-1]],
            )
        )
    return out


def _printed(table: Table) -> dict[int, Printed]:
    """Rows with a ratio above 0 between two limits, by their place."""
    from hilum.analyses.reported import limits_as_printed

    name = next((one for one in RATIOS if one in table.header), None)
    if name is None:
        return {}
    pair = next((one for one in LIMITS if set(one) <= set(table.header)), None)
    try:
        both = (
            limits_as_printed(table)
            if pair is None
            else list(zip(*(table.text(one) for one in pair), strict=True))
        )
    except InputError:  # said where the column is read
        return {}
    out: dict[int, Printed] = {}
    for i, (text, ends) in enumerate(zip(table.text(name), both or [], strict=False)):
        try:
            value, low, high = (float(one) for one in (text, *ends))
        except ValueError:
            continue
        if 0 < low <= value <= high < math.inf and low < high:
            out[i] = text, value, low, high
    return out


def _is_pool(row: Printed, above: Sequence[Printed]) -> bool:
    import numpy as np

    from hilum.synthesis.effects.printed import room
    from hilum.synthesis.two_stage import fit

    text, value, low, high = row
    if len(above) < 2 or any(high / low >= top / bottom for _, _, bottom, top in above):
        return False
    yi = np.log([one for _, one, _, _ in above])
    vi = np.array([(math.log(top / bottom) / (2 * Z)) ** 2 for _, _, bottom, top in above])
    for method in METHODS:
        try:
            pool = math.exp(float(fit(yi, vi, method=method, test="z", level=0.95).beta[0]))
        except HilumError:  # another estimator may do
            continue
        if abs(pool - value) <= UNIT * room(text) + 1e-9:
            return True
    return False

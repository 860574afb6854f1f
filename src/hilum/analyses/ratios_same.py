"""Trials of a table of hazard ratios that are probably one trial under two names."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Final

from hilum.analyses.reported import p_values
from hilum.errors import Phrase, phrased
from hilum.tabular.totals import plain_label

if TYPE_CHECKING:
    from hilum.analyses.tables import Table

TELLING: Final = (
    ("hazard_ratio", "lower", "upper"),
    ("hazard_ratio", "events", "comparator_events"),
    ("hazard_ratio", "p", "events"),
    ("observed_minus_expected", "variance"),
    ("yi", "sei"),
)
"""Figures that two trials hardly print alike, all of a tuple together."""
PRINTED: Final = tuple(dict.fromkeys(name for way in TELLING for name in way))


def same_trials(table: Table) -> list[Phrase]:
    """Name rows of two trials, each with the first like it, whose figures are the same.

    All figures of one of :data:`TELLING`, and no figure that both print differs; or both have one
    file of patients.
    """
    columns = {
        name: p_values(table, name)[0] if name == "p" else table.numbers(name)
        for name in PRINTED
        if name in table.header
    }
    names = table.text("study")
    files = table.text("file") if "file" in table.header else [""] * len(names)
    out: list[Phrase] = []
    told: set[int] = set()
    for i, j in combinations(range(len(names)), 2):
        if j in told or plain_label(names[i]) == plain_label(names[j]):
            continue
        known = {name: (own[i], own[j]) for name, own in columns.items()}
        figures = files[i] if files[i] == files[j] else ""
        if not (files[i] or files[j]):
            figures = _figures(known)
        if figures:
            told.add(j)
            message = (
                "rows {first} ({one}) and {second} ({other}) print the same figures ({figures}), "
                "which chance hardly does: probably one trial, published twice, and both are "
                "counted (leave out one of the rows)"
            )
            out.append(
                phrased(
                    message,
                    first=table.lines[i],
                    one=names[i],
                    second=table.lines[j],
                    other=names[j],
                    figures=figures,
                )
            )
    return out


def _figures(known: dict[str, tuple[float, float]]) -> str:
    """Figures that both print alike; none where one differs, or too few are the same."""
    both = {name: own for name, own in known.items() if not any(map(math.isnan, own))}
    if any(first != second for first, second in both.values()):
        return ""
    if not any(set(way) <= set(both) for way in TELLING):
        return ""
    return ", ".join(f"{first:g}" for first, _ in both.values())

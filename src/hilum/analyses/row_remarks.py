"""What a reader must know of the rows that were pooled, in sentences: nothing is changed by it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.analyses.reported import limits_as_printed, p_values, printed_column
from hilum.errors import Phrase, phrased
from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.effects.counts import corrected
from hilum.synthesis.effects.measures import (
    GIVEN,
    ONE_GROUP,
    ONE_RATE,
    TWO_GROUPS,
    TWO_RATES,
)
from hilum.synthesis.effects.printed import against_limits, off_log, off_middle
from hilum.tabular import MISSING, bare
from hilum.tabular.columns import synonyms
from hilum.tabular.totals import plain_label

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.analyses.tables import Table
    from hilum.synthesis.arrays import Mask

# Studies that a sentence names; of more it counts the rest.
MOST: Final = 8
# Half a 95 % interval in standard errors.
Z: Final = 1.959963984540054


def remarks(asked: PoolAsked, rows: Rows) -> tuple[Phrase, ...]:
    """Corrected counts, figures that do not fit one another, studies that may stand there twice."""
    return (
        *_corrections(asked, rows),
        *_printed(asked, rows),
        *_passed_over(asked),
        *rows.said,
        *_twice(asked, rows),
    )


def listed(names: Sequence[str]) -> str:
    """Names with commas between; of many the first."""
    more = len(names) - MOST
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:MOST])}, … (+{more})"


def _corrections(asked: PoolAsked, rows: Rows) -> list[Phrase]:
    """Which rows' counts were raised, and by how much."""
    from hilum.synthesis.models import pooler

    if not pooler(asked.way).weighted:
        return []
    more = corrected_rows(asked, rows)
    names = [label for label, one in zip(rows.labels, more, strict=True) if one]
    if not names:
        return []
    return [
        phrased(
            "counts corrected by {add} each, for the sake of empty cells: {names}",
            add=f"{asked.add:g}",
            names=listed(names),
        )
    ]


def corrected_rows(asked: PoolAsked, rows: Rows) -> list[bool]:
    """Of each row, whether its effect is of counts that were raised."""
    measure = measure_of(asked.measure)
    zero = EMPTY.get(measure.columns)
    if not measure.corrects or not asked.add or zero is None:
        return [False] * len(rows.lines)
    to: Any = asked.to
    more = corrected(zero(*rows.values.values()), asked.add, to)
    return [bool(one > 0) for one in more]


EMPTY: Final[dict[tuple[str, ...], Callable[..., Mask]]] = {
    ONE_GROUP: lambda x, n: (x == 0) | (x == n),
    ONE_RATE: lambda x, t: (x == 0) & (t > 0),
    TWO_GROUPS: lambda a, n1, c, n2: (a == 0) | (c == 0) | (a == n1) | (c == n2),
    TWO_RATES: lambda a, t1, c, t2: ((a == 0) | (c == 0)) & (t1 > 0) & (t2 > 0),
}
"""Which rows have an empty cell, by the columns of their measure."""


def _printed(asked: PoolAsked, rows: Rows) -> list[Phrase]:
    measure = measure_of(asked.measure)
    if measure.columns != GIVEN:
        return []
    table = asked.table
    used = dict(zip(rows.lines, rows.labels, strict=True))
    column = printed_column(table, measure, asked.columns)
    if column is not None:
        return printed_remarks(table, column, used)
    own = asked.columns.get("yi", "yi")
    if measure.printed and own in table.header:
        return _beside(asked, used, own, measure.printed)
    return []


def _passed_over(asked: PoolAsked) -> list[Phrase]:
    """O - E of a log-rank table beside the counts that are pooled."""
    if measure_of(asked.measure).columns != TWO_GROUPS:
        return []
    table = asked.table
    known = {name: dict(table.renamed).get(name, name) for name in table.header}
    for name, own in known.items():
        filled = any(cell.lower() not in MISSING for cell in table.text(name))
        if bare(own) in {"oe", *synonyms()["oe"]} and filled:
            return [
                phrased(
                    "{column} is not used: {measure} is of the counts (measure HR pools O - E of a "
                    "log-rank table with its variance)",
                    column=own,
                    measure=asked.measure,
                )
            ]
    return []


def printed_remarks(table: Table, column: str, used: dict[int, str]) -> list[Phrase]:
    """Of the ratios of a column with their 95 % limits or p values, by the lines that are used.

    ``used`` names the study of each line.
    """
    limits = limits_as_printed(table)
    pvals, bounds = p_values(table, "pval") if "pval" in table.header else ([], {})
    out: list[Phrase] = []
    for i, (line, text) in enumerate(zip(table.lines, table.text(column), strict=True)):
        if line in used:
            low, high = ("", "") if limits is None else limits[i]
            p = pvals[i] if pvals else math.nan
            place = {"row": line, "study": used[line]}
            out += ratio_remarks(place, (text, low, high), p, bounds.get(line, ""))
    return out


def ratio_remarks(
    place: dict[str, Any], printed: tuple[str, str, str], p: float, bound: str, level: float = 0.95
) -> list[Phrase]:
    """Of one printed ratio, its limits (empty where there are none) and its p value.

    ``place`` has the ``row`` and the ``study``; ``bound`` is the p value as printed where it is
    one.
    """
    from scipy import special

    value, low, high = printed
    out: list[Phrase] = []
    if not (low and high):
        if bound:
            out.append(
                phrased(
                    "row {row} ({study}): p {p} is a bound, taken as the p value: the row weighs "
                    "less than it could",
                    **place,
                    p=bound,
                )
            )
        return out
    z = float(special.ndtri(0.5 + level / 2))
    if off_middle(value, low, high):
        middle = math.sqrt(float(low) * float(high))
        half = math.sqrt(float(high) / float(low))
        out.append(
            phrased(
                "row {row} ({study}): {value} ({low} to {high}) is not in the middle of its limits "
                "on the log scale, which is {middle}: pooled is {value} with the width of the "
                "limits ({own_low} to {own_high}); look whether a figure is misprinted",
                **place,
                value=value,
                low=low,
                high=high,
                middle=f"{middle:.2f}",
                own_low=f"{float(value) / half:.2f}",
                own_high=f"{float(value) * half:.2f}",
            )
        )
    sign = "<" if bound else ""
    if not math.isnan(p) and level == 0.95 and against_limits(p, low, high, sign):
        se = math.log(float(high) / float(low)) / (2 * z)
        of = 2 * float(special.ndtr(-abs(math.log(float(value))) / se))
        out.append(
            phrased(
                "row {row} ({study}): p {p} and the limits {low} to {high}, of which p {of} "
                "follows, contradict each other: the limits are pooled",
                **place,
                p=bound or f"{p:g}",
                low=low,
                high=high,
                of=f"{of:.2g}",
            )
        )
    return out


def _beside(asked: PoolAsked, used: dict[int, str], own: str, printed: str) -> list[Phrase]:
    """A ratio beside its logarithm, and logarithms that look like ratios."""
    table = asked.table
    cells = {n: t for n, t in zip(table.lines, table.text(own), strict=True) if n in used}
    values = {line: float(text) for line, text in cells.items()}
    if printed in table.header:
        named = dict(table.renamed).get(printed, printed)
        ratios = dict(zip(table.lines, table.text(printed), strict=True))
        known = {line: ratios[line] for line in used if _above_nothing(ratios[line])}
        out = [
            phrased(
                "row {row} ({study}): {column} is {ratio}, whose logarithm is {log}, and yi is "
                "{yi}: yi is pooled",
                row=line,
                study=used[line],
                column=named,
                ratio=ratio,
                log=f"{math.log(float(ratio)):.3g}",
                yi=cells[line],
            )
            for line, ratio in known.items()
            if off_log(cells[line], ratio)
        ]
        if known and not out:
            return [phrased("{column} is not used beside yi, its logarithm", column=named)]
        return out
    return like_ratios(own, list(values.values()))


def like_ratios(column: str, values: Sequence[float]) -> list[Phrase]:
    """Logarithms that look like ratios: all above 0, some below 1."""
    if len(values) < 2 or not 0 < min(values) < 1:
        return []
    return [
        phrased(
            "every {column} is above 0: of a ratio it must be the logarithm (of {ratio} it is "
            "{log}); ratios stand in a column hr",
            column=column,
            ratio=f"{min(values):g}",
            log=f"{math.log(min(values)):.3g}",
        )
    ]


def _above_nothing(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False


def named_again(
    labels: Sequence[str], lines: Sequence[int], within: Sequence[Hashable] | None = None
) -> list[tuple[str, str]]:
    """Studies that several rows name, each as it stands first, and their rows.

    ``within`` says of each row where a study may stand once.
    """
    places: dict[Hashable, list[int]] = {}
    for i, label in enumerate(labels):
        key = plain_label(label), None if within is None else within[i]
        places.setdefault(key, []).append(i)
    return [
        (labels[own[0]], ", ".join(str(lines[i]) for i in own))
        for own in places.values()
        if len(own) > 1
    ]


def _places(asked: PoolAsked, rows: Rows) -> list[Hashable]:
    """Of each row its subgroup and its moderators: a study may stand once at each."""
    groups = _groups(asked)
    mods: list[Hashable] = [None] * len(rows.lines)
    if rows.design is not None:
        mods = [tuple(row) for row in rows.design.tolist()]
    return [(groups.get(line), own) for line, own in zip(rows.lines, mods, strict=True)]


def _groups(asked: PoolAsked) -> dict[int, str]:
    if asked.by is None:
        return {}
    return dict(zip(asked.table.lines, asked.table.text(asked.by), strict=True))


def _across(asked: PoolAsked, rows: Rows) -> list[Phrase]:
    """Studies whose effects stand in several subgroups, where these are compared."""
    if asked.by is None or asked.mods:
        return []
    groups = _groups(asked)
    seen: dict[str, dict[str, str]] = {}
    for line, label in zip(rows.lines, rows.labels, strict=True):
        if groups[line]:
            seen.setdefault(plain_label(label), {}).setdefault(groups[line], label)
    names = [next(iter(own.values())) for own in seen.values() if len(own) > 1]
    if not names:
        return []
    return [
        phrased(
            "{studies}: effects in several subgroups, which the test between subgroups takes as "
            "independent: mods ~ {by} with multilevel or robust keeps them together",
            studies=listed(names),
            by=asked.by,
        )
    ]


def _twice(asked: PoolAsked, rows: Rows) -> list[Phrase]:
    """The same name with other figures, and the same figures under two names."""
    if asked.multilevel or asked.multivariate or asked.robust:
        return []
    names = [plain_label(label) for label in rows.labels]
    again = named_again(rows.labels, rows.lines, _places(asked, rows))
    out = [
        phrased(
            "{study} stands in rows {rows}, which are pooled as studies of their own: "
            "effects of one study go together (multilevel)",
            study=study,
            rows=lines,
        )
        for study, lines in again
    ] + _across(asked, rows)
    figures = np.column_stack([*rows.values.values()])
    seen: dict[tuple[float, ...], int] = {}
    for i, row in enumerate(figures):
        key = tuple(float(one) for one in row)
        first = seen.setdefault(key, i)
        if first != i and names[first] != names[i] and _telling(key, names[first], names[i]):
            out.append(
                phrased(
                    "rows {first} ({one}) and {second} ({other}) have the same figures: leave one "
                    "out if they are one study",
                    first=rows.lines[first],
                    one=rows.labels[first],
                    second=rows.lines[i],
                    other=rows.labels[i],
                )
            )
    return out


def _telling(figures: tuple[float, ...], one: str, other: str) -> bool:
    """Whether equal figures are more than chance: of two groups, with decimals, like names."""
    like = one.startswith(other) or other.startswith(one)
    events = sum(1 for value in figures if value > 0)
    return like or (len(figures) > 2 and events > 2) or any(v != int(v) for v in figures)

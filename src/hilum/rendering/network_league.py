"""The league table of a network as a table: CSV, or a workbook with its figures and shares."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.network_answer import Contributed
from hilum.errors import Fault, InputError, Parameter, phrased
from hilum.records import found
from hilum.rendering.network import scale
from hilum.rendering.pool_studies import as_csv
from hilum.rendering.printed_figures import printed
from hilum.rendering.workbooks import workbook
from hilum.synthesis.effects import back_transform
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.analyses.network import NetworkAnswered
    from hilum.analyses.network_answer import NetworkFigures, SplitRow
    from hilum.language import Words

Rows = list[list[Any]]
COMPARISONS: Final = (
    "treatment", "compared with", "{measure}", "lower limit", "upper limit", "p",
    "new study, lower limit", "new study, upper limit", "direct studies", "direct evidence alone",
    "direct, lower limit", "direct, upper limit", "indirect evidence alone",
    "indirect, lower limit", "indirect, upper limit", "p, direct against indirect",
)  # fmt: skip
"""Heads of the comparisons; every figure is of the first treatment against the second."""
READ: Final = (
    "{measure} of the row's treatment against the column's, with its interval: below the diagonal "
    "by the whole network (random effects), above it by direct studies alone."
)
BETTER: Final = {
    "desirable": "A small {measure} is desirable: treatments stand from the best to the worst.",
    "undesirable": "A small {measure} is undesirable: treatments stand from the best to the worst.",
    "": "Whether a small {measure} is desirable was not said: no treatment is ranked.",
}
"""What stands under the league table, by what was said of small values."""


def league_rows(out: NetworkFigures, words: Words) -> Rows:
    """Rows against columns, treatments on the diagonal, the best first where they are ranked.

    Below the diagonal the network's estimate, above it that of direct studies alone; every cell is
    row against column.
    """
    order = sorted(range(len(out.trts)), key=lambda i: -out.pscore_random.get(out.trts[i], 0.0))
    te, lower, upper, *_ = scale(out)
    direct = {}
    for pair, k, part in zip(out.split.pairs, out.split.k, out.split.direct, strict=True):  # pyright: ignore[reportOptionalMemberAccess]
        if k:
            direct[pair] = part
    unit = "ratio" if measure_of(out.measure).unit == "ratio" else "linear"
    rows: Rows = []
    for i, a in enumerate(order):
        row: list[Any] = []
        for j, b in enumerate(order):
            if i == j:
                row.append(out.trts[a])
            elif i > j:
                row.append(_said((te[a][b], lower[a][b], upper[a][b]), unit, words))
            else:
                ends = _turned(direct, a, b, _back(out))
                row.append("" if ends is None else _said(ends, unit, words))
        rows.append(row)
    return rows


def comparison_rows(out: NetworkFigures) -> Rows:
    """A row a comparison, in figures: network, new study, direct and indirect evidence."""
    te, lower, upper, new_low, new_high = scale(out)
    back, split, rows = _back(out), out.split, list[list[Any]]()
    assert split is not None, "a connected network"
    for place, (a, b) in enumerate(split.pairs):
        row: list[Any] = [out.trts[a], out.trts[b], te[a][b], lower[a][b], upper[a][b]]
        row += [out.pval_random[a][b], new_low[a][b], new_high[a][b], split.k[place]]
        row += _ends(split.direct[place], back) + _ends(split.indirect[place], back)
        rows.append([*row, split.compare[place].p])
    return rows


def contribution_rows(out: NetworkFigures) -> Rows:
    """A row a study: its percent of the evidence of each comparison; none where not computed."""
    shares = out.contribution
    if not isinstance(shares, Contributed):
        return []
    return [
        [study, *(None if row[i] is None else 100 * (row[i] or 0.0) for row in shares.study_share)]
        for i, study in enumerate(shares.studies)
    ]


def league_file(answer: NetworkAnswered, ending: str, words: Words) -> bytes:
    """The league table as CSV, or with all figures as a workbook.

    Raises
    ------
    InputError
        Another ending; or a network in several parts that were not analysed.
    """
    if ending not in WRITERS:
        expected = phrased("a file name that ends in {known}", known=", ".join(WRITERS))
        raise InputError(Fault("--league", None, "league", ending, expected))
    return WRITERS[ending](answer, words)


def _csv(answer: NetworkAnswered, words: Words) -> bytes:
    """The table; of several parts a block each, an empty line between."""
    rows: Rows = []
    for part in _tables(answer):
        rows += [*([[]] if rows else []), *league_rows(part, words)]
    return as_csv(rows[0], rows[1:])


def _workbook(answer: NetworkAnswered, words: Words) -> bytes:
    """Sheets of the network, or of each of its parts, numbered as the answer numbers them."""
    parts, sheets = _tables(answer), dict[str, Rows]()
    for i, part in enumerate(parts, start=1):
        number = f" {i}" if len(parts) > 1 else ""
        sheets |= {f"{name}{number}": rows for name, rows in _sheets(part, words).items()}
    return workbook(sheets)


def _sheets(out: NetworkFigures, words: Words) -> dict[str, Rows]:
    notes = (READ, found(BETTER, out.small_values or "", "small values"))
    league = league_rows(out, words)
    name = words("effect") if out.measure == "GEN" else out.measure
    league += [[], *([words(one, measure=name)] for one in notes)]
    heads = [words(one, measure=name) for one in COMPARISONS]
    sheets: dict[str, Rows] = {
        words("league"): league,
        words("comparisons"): [heads, *comparison_rows(out)],
    }
    shares = out.contribution
    if isinstance(shares, Contributed):
        head = [words("study, percent of each comparison"), *shares.comparison]
        sheets[words("contributions")] = [head, *contribution_rows(out)]
    return sheets


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {READ, *COMPARISONS, *BETTER.values()}


WRITERS: Final[dict[str, Callable[[NetworkAnswered, Words], bytes]]] = {
    ".csv": _csv,
    ".xlsx": _workbook,
}
"""How a league table is written, by the ending of the file's name."""


def _tables(answer: NetworkAnswered) -> tuple[NetworkFigures, ...]:
    if not answer.answered:
        wanted = phrased(
            "a connected network, or {separate} for a table of each part",
            separate=Parameter("separate"),
        )
        raise InputError(Fault("", None, "league", f"{len(answer.parts)} parts", wanted))
    return answer.answered


def _back(out: NetworkFigures) -> Callable[[float], float]:
    return lambda value: float(back_transform(value, out.measure))


def _ends(part: SplitRow, back: Callable[[float], float]) -> list[float | None]:
    return [
        None if value is None or not math.isfinite(value) else back(value)
        for value in (part.TE, part.lower, part.upper)
    ]


def _turned(
    direct: dict[tuple[int, int], SplitRow], a: int, b: int, back: Callable[[float], float]
) -> Sequence[float | None] | None:
    """Direct evidence of a against b, whichever way round the split has it."""
    if (a, b) in direct:
        return _ends(direct[a, b], back)
    part = direct.get((b, a))
    if part is None or part.TE is None or part.lower is None or part.upper is None:
        return None
    return [back(-part.TE), back(-part.upper), back(-part.lower)]


def _said(figures: Sequence[float | None], unit: str, words: Words) -> str:
    """A figure with its limits: two decimals, more digits where these would say 0."""
    value, low, high = figures
    if value is None or low is None or high is None:
        return ""
    fine = printed(unit, (high - low,))
    fine = replace(fine, decimals=max(2, fine.decimals))
    told = {
        name: fine.figure(one).replace("−", "-")
        for name, one in (("value", value), ("low", low), ("high", high))
    }
    return words("{value} ({low} to {high})", **told)

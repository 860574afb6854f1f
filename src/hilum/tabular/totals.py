"""Rows that are no study: of totals, by what they are called or by what they add up to."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from hilum.errors import Phrase, phrased
from hilum.tabular.values import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What a row of totals is called; no study is.
TOTALS = frozenset(
    (
        "total", "totals", "grand total", "subtotal", "sub total", "sum", "overall", "pooled",
        "all studies", "summary", "mean", "average", "combined",
        "gesamt", "summe", "insgesamt", "zwischensumme", "mittelwert",
        "total general", "somme", "moyenne", "suma", "total global", "promedio",
        "合计", "总计", "总和", "小计", "合計", "總計", "小計", "平均", "汇总",
    )
)  # fmt: skip
BEGINNINGS: Final = (
    "total", "totals", "grand total", "subtotal", "subtotals", "sub total", "overall", "pooled",
    "summary", "all studies", "all trials", "random effect", "random effects",
    "fixed effect", "fixed effects", "common effect", "common effects", "heterogeneity",
    "test for overall effect", "test for subgroup differences",
    "prediction interval",
    "gesamteffekt", "gesamt", "summe", "insgesamt", "zwischensumme", "somme", "sous total", "suma",
    "modelo de efectos", "modele a effets", "i2", "i squared", "tau2",
    "re model", "fe model", "ee model", "ce model", "inverse variance", "mantel haenszel",
    "meta analysis", "metaanalysis", "meta analyse", "metaanalyse", "meta analisis",
    "predictive interval", "with estimated predictive interval", "effet global", "effet combine",
    "efecto global", "efecto combinado", "reml", "hksj", "dersimonian",
)  # fmt: skip
"""How the rows begin that programs write below their studies."""
WRITTEN_TOGETHER: Final = (
    "合计", "总计", "总和", "小计", "合計", "總計", "小計", "汇总", "合并", "合併", "总体",
    "随机效应", "固定效应", "异质性", "总效应", "总估计", "荟萃分析", "meta分析", "meta 分析",
)  # fmt: skip
"""The same where no space ends a word."""
ENDS_TOGETHER: Final = (
    "合计",
    "总计",
    "总和",
    "小计",
    "合計",
    "總計",
    "小計",
    "汇总",
    "总效应",
    "总效应量",
)
"""How such a row ends there, after the name of a figure or a group."""
METHODS: Final = frozenset(
    (
        "dl", "iv", "mh", "reml", "ml", "pm", "hk", "hksj", "sj", "ee", "fe",
        "re", "dersimonian", "laird", "mantel", "haenszel", "hartung", "knapp", "sidik", "jonkman",
        "peto", "mixed", "random", "fixed", "common", "effect", "effects", "inverse", "variance",
    )
)  # fmt: skip
ANSWERS: Final = frozenset(
    (
        "overall", "pooled", "combined", "total", "subtotal", "summary", "average", "mean",
        "weighted", "estimate", "effect", "model", "meta", "analysis",
        "rr", "or", "hr", "rd", "md", "smd", "irr", "odds", "risk", "rate", "hazard", "ratio",
        "difference", "hksj", "reml",
    )
)  # fmt: skip
"""Words of a row that is called by how it was pooled: all of it is of these two lists."""
STUDIES: Final = re.compile(
    r"\b(?:1[89]|20)\d\d[a-z]?\b|\b(?:et al|and colleagues)\b"
    r"|\b(?:trial|study|studie|group|registry)$"
    r"|\b(?:trial|study) (?:group|investigators|collaborators)$"
    r"|试验|研究组"
)
"""What a study is called and a total is not: a year, a group of authors, a trial at its end."""
# From so many columns that add up no chance is left; fewer are asked about.
SURE: Final = 3
# The longest block above a row that is added up.
LONGEST: Final = 500
# Digits of a number that may count people: a double holds every one of so many.
MOST_DIGITS: Final = 15


def plain_label(text: str) -> str:
    """A label without case, marks and width of its letters."""
    flat = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", flat).split())


def begins_as_total(label: str) -> bool:
    """Whether a plain label begins as a row of totals does, and not as a study is called."""
    if STUDIES.search(label):
        return False
    return (
        label.startswith(WRITTEN_TOGETHER)
        or label.endswith(ENDS_TOGETHER)
        or any(label == one or label.startswith(f"{one} ") for one in BEGINNINGS)
        or _says_how(label)
    )


def _says_how(label: str) -> bool:
    """Whether nothing but a way of pooling and what it gives stands there."""
    words = re.sub(r"\b([dim]) ([lvh])\b", r"\1\2", label).split()
    return (
        len(words) > 1
        and all(word in METHODS or word in ANSWERS for word in words)
        and any(word in ANSWERS for word in words)
    )


def is_sum(row: tuple[str, ...], above: Sequence[tuple[str, ...]], place: int) -> bool:
    """Whether every number of a row without a name is the sum of those above it."""
    if len(above) < 2:
        return False
    summed = False
    for column, cell in enumerate(row):
        if column == place or not cell.strip():
            continue
        try:
            total = number(cell)
            parts = [number(one[column]) for one in above if one[column].strip()]
        except ValueError:
            return False
        if abs(total - sum(parts)) > 1e-9 * max(abs(total), 1.0):
            return False
        summed = True
    return summed


def added_up(
    rows: Sequence[tuple[int, tuple[str, ...]]], place: int
) -> Iterator[tuple[int, tuple[int, int], int]]:
    """Rows with a name whose counts are the sums of other rows: place, lines, columns.

    Of all other rows, or of a block of two or more directly above. Looked for where each row is a
    study of its own, in columns that hold whole numbers from 0 alone; two of them or more must add
    up, with something in them, and none may not.
    """
    labels = [plain_label(row[place]) for _, row in rows]
    if len(rows) < 3 or len(set(labels)) < len(labels):
        return
    counts = _counts([row for _, row in rows], place)
    sums = {c: sum(one for one in column if one) for c, column in counts.items()}
    for i in range(len(rows)):
        own = {c: column[i] for c, column in counts.items() if column[i] is not None}
        if not labels[i] or sum(1 for one in own.values() if one) < 2:
            continue
        if all(sums[c] == 2 * (one or 0) for c, one in own.items()):
            other = [line for n, (line, _) in enumerate(rows) if n != i]
            yield i, (other[0], other[-1]), sum(1 for one in own.values() if one)
            continue
        first = _block(counts, own, i)
        if first is not None:
            yield i, (rows[first][0], rows[i - 1][0]), sum(1 for one in own.values() if one)


def _block(counts: dict[int, list[int | None]], own: dict[int, int | None], i: int) -> int | None:
    """Where the block above a row begins that adds up to it."""
    found = dict.fromkeys(own, 0)
    for first in range(i - 1, max(i - 1 - LONGEST, -1), -1):
        for c in own:
            found[c] += counts[c][first] or 0
        if any(found[c] > (own[c] or 0) for c in own):
            return None
        if first < i - 1 and all(found[c] == (own[c] or 0) for c in own):
            return first
    return None


def _counts(rows: Sequence[tuple[str, ...]], place: int) -> dict[int, list[int | None]]:
    """Columns of whole numbers from 0, by their place; None where a cell is empty."""
    out: dict[int, list[int | None]] = {}
    for column in range(len(rows[0])):
        cells = [row[column].strip() for row in rows]
        if column != place and any(cells) and all(not one or _is_count(one) for one in cells):
            out[column] = [int(one) if one else None for one in cells]
    return out


def _is_count(cell: str) -> bool:
    return cell.isdecimal() and len(cell) <= MOST_DIGITS


def doubt_of(line: int, label: str, lines: tuple[int, int]) -> Phrase:
    """A row whose few counts add up is asked about."""
    return phrased(
        "row {line} ({label}) has the sums of rows {first} to {last}: if it is a row of totals, "
        "leave it out, since it counts every study twice",
        line=line, label=label, first=lines[0], last=lines[1],
    )  # fmt: skip

"""Figures in the rows of a table, where its heads name the arms and a row its outcome."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.mentions import mentions
from hilum.literature.fulltext.numerals import COUNT, NUMBER, decimals, number, printed_p
from hilum.literature.fulltext.proposal import Proposal
from hilum.literature.fulltext.tokens import NOT_REACHED, Token, times_of, tokens, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.fulltext.mentions import Mention
    from hilum.literature.fulltext.sentences import Sentence

_CELLS: Final = re.compile(r"\s*\t\s*|\s*\|\s*| {2,}")
_N: Final = re.compile(rf"\(?\s*\bn\s*[=:]\s*(?P<n>{COUNT})\s*\)?", re.IGNORECASE)
_N_END: Final = re.compile(r"(\(\s*n\s*=\s*\d+\s*\)) (?=\w)", re.IGNORECASE)
_P_HEAD: Final = re.compile(r"p(?:[- ]?values?)?\b", re.IGNORECASE)
_P: Final = re.compile(rf"(?:p\s*)?(?P<p>[=<>≤≥]?\s*{NUMBER})", re.IGNORECASE)
_RATIO_HEAD: Final = re.compile(
    r"(?P<name>(?:hazard|odds|risk) ratio|relative risk|\bHR\b|\bOR\b|\bRR\b)"
)
_RATIOS: Final = {"h": "hazard_ratio", "o": "odds_ratio", "r": "risk_ratio"}
_KINDS: Final = (("iqr", r"IQR|interquartile|Q1"), ("range", r"range|min"), ("ci", r"C\.?I\b|conf"))
_SHARE: Final = re.compile(
    rf"(?P<events>{COUNT})(?:\s*(?:/|of)\s*(?P<n>{COUNT}))?\s*[(\[]\s*(?P<percent>{NUMBER})\s*%?"
    r"\s*[)\]]"
)
_PERCENT: Final = re.compile(
    rf"(?P<percent>{NUMBER})\s*%?(?:\s*[(\[]\s*(?P<low>{NUMBER})\s*(?:-|to|,|;)\s*(?P<high>{NUMBER})"
    r"\s*%?\s*[)\]])?"
)
_LIMITED: Final = re.compile(
    rf"(?P<value>{NUMBER}|NR|NE|not reached)(?:\s*(?P<unit>months?|mo|years?|weeks?|days?))?"
    rf"(?:\s*[(\[]\s*(?:95\s*%\s*CI:?\s*)?(?P<low>{NUMBER}|NR|NE)\s*(?:-|to|,|;)\s*"
    rf"(?P<high>{NUMBER}|NR|NE|not reached)\s*[)\]])?",
    re.IGNORECASE,
)
_UNIT: Final = re.compile(r"\b(months?|mos?|years?|yrs?|weeks?|days?)\b", re.IGNORECASE)
_FIGURE: Final = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Column:
    """A head of a table: the arm's name, its patients, and what else it says."""

    name: str
    n: int | None
    text: str


def of_rows(read: list[Sentence]) -> list[Proposal]:
    """The figures of every table."""
    out: list[Proposal] = []
    for line, cells, columns in _lines(read):
        out += _of_row(line, cells, columns)
    return out


def shares_in_tables(
    read: Sequence[Sentence],
) -> Iterator[tuple[Sentence, re.Match[str], float | None]]:
    """Every cell that is events and a percentage, with its line and its column's patients."""
    for line, cells, columns in _lines(read):
        for cell, head in zip(cells[1:], _heads(columns, len(cells) - 1), strict=True):
            found = _SHARE.fullmatch(cell)
            if found:
                yield line, found, None if head is None else head.n


def limits_in_tables(
    read: Sequence[Sentence],
) -> Iterator[tuple[Sentence, re.Match[str], str]]:
    """Every figure with its limits in a column of their own, and what the heads say."""
    for line, cells, columns in _lines(read):
        heads = _heads(columns, len(cells) - 1)
        for (value, limits), (of, ci) in zip(pairwise(cells[1:]), pairwise(heads), strict=True):
            named = ci is not None and re.search(r"\bCI\b|conf|\bIC\b", ci.text)
            found = _LIMITED.fullmatch(f"{value} ({limits.strip('()[]')})") if named else None
            if found and found["low"] and of is not None:
                yield line, found, of.text


def _tables(read: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    kept: list[Sentence] = []
    for one in read:
        if kept and (not one.row or one.page != kept[-1].page):
            yield kept
            kept = []
        if one.row and one.section != "references":
            kept.append(one)
    if kept:
        yield kept


def _split(text: str) -> list[str]:
    parted = _N_END.sub(r"\1   ", text.strip().strip("|"))
    return [cell for cell in _CELLS.split(parted) if cell.strip()]


def _lines(read: Sequence[Sentence]) -> Iterator[tuple[Sentence, list[str], list[Column]]]:
    """Every row of every table that is no head: its line, its cells and the heads above it."""
    for table in _tables(read):
        columns: list[Column] = []
        for line in table:
            cells = _split(line.plain)
            if columns and all(_N.fullmatch(cell) for cell in cells):
                columns = _with_patients(columns, cells)
            elif _is_head(cells, first=not columns):
                # Two arms in one cell: where one ends nobody can tell.
                clear = all(len(_N.findall(cell)) < 2 for cell in cells)
                columns = [_column(cell) for cell in cells] if clear else []
            elif len(cells) > 1:
                yield line, cells, columns


def _is_head(cells: list[str], *, first: bool) -> bool:
    """A row whose cells name arms: with their patients, or (the first row) without any figure."""
    behind = cells[1:] if len(cells) > 1 else cells
    if any(_N.search(cell) for cell in cells):
        return not any(_SHARE.fullmatch(cell) for cell in behind)
    bare = [_FIGURE.search(re.sub(r"95 ?%", "", cell)) for cell in behind]
    return first and len(cells) > 1 and not any(bare)


def _with_patients(columns: list[Column], cells: list[str]) -> list[Column]:
    """Heads whose patients stand in a line of their own, under the arms."""
    arms = [i for i, one in enumerate(columns) if not _P_HEAD.match(one.text)]
    arms = arms[-len(cells) :]
    out = list(columns)
    for at, cell in zip(arms, cells, strict=False):
        out[at] = replace(out[at], n=_column(cell).n, text=f"{out[at].text} {cell}")
    return out


def _column(cell: str) -> Column:
    n = _N.search(cell)
    name = _N.sub("", cell).strip(" ,;:()") if n else cell
    name = re.sub(r"[,;]?\s*(?:n|no\.)\s*\(?%\)?$", "", name).strip(" ,;:")
    return Column(name, int(number(n["n"])) if n else None, cell)


def _of_row(line: Sentence, cells: list[str], columns: list[Column]) -> list[Proposal]:
    label, figures = cells[0], cells[1:]
    named = mentions(label)
    if len({one.outcome for one in named}) != 1 or not named[0].outcome:
        return []
    heads = _heads(columns, len(figures))
    if len(figures) > 1 and None in heads:
        # Which arm, or whether a cell is a p value, nobody can tell.
        return []
    p = next(
        (_P.fullmatch(cell) for cell, head in zip(figures, heads, strict=True)
         if head and _P_HEAD.match(head.text)),
        None,
    )  # fmt: skip
    arms = [h for h in heads if h and not _P_HEAD.match(h.text) and not _RATIO_HEAD.search(h.text)]
    out: list[Proposal] = []
    for cell, head in zip(figures, heads, strict=True):
        if head and _P_HEAD.match(head.text):
            continue
        made = _cell(line, cell, label, head, named[0])
        if made is not None:
            printed = printed_p(p["p"]) if p else ""
            out.append(replace(made, p=printed if len(arms) != 1 else made.p or printed))
    return out


def _heads(columns: list[Column], count: int) -> list[Column | None]:
    """The heads of the cells behind a label: as many, or one more (the label's own)."""
    if len(columns) in (count, count + 1):
        return list(columns[-count:])
    if len(columns) == 1 and count == 1:
        return [columns[0]]
    return [None] * count


def _cell(
    line: Sentence, cell: str, label: str, head: Column | None, mention: Mention
) -> Proposal | None:
    said = f"{label} {_N.sub('', head.text) if head else ''}"
    start = line.plain.find(cell)
    group = head.name if head and not _RATIO_HEAD.search(head.text) else ""
    base = Proposal(
        measure="", outcome=mention.outcome, page=line.page, sentence=line.text, row=True,
        span=(max(start, 0), max(start, 0) + len(cell)), group=group,
        arm_n=head.n if head else None,
    )  # fmt: skip
    ratio = _RATIO_HEAD.search(head.text if head else "") or _RATIO_HEAD.search(label)
    if ratio:
        found = _LIMITED.fullmatch(cell)
        if found is None or not found["low"]:
            return None
        code = _RATIOS[ratio["name"][0].lower()]
        return replace(base, measure=code, **_limits(found, "ci"))
    if "median" in said.lower() or re.match(r"h?m[A-Z]", mention.text):
        return _centre(base, cell, said, mention, "median")
    if "rate_at" in mention.measures:
        months = _months(label)
        found = _PERCENT.fullmatch(cell)
        if months is None or found is None or not ("%" in cell or "%" in said):
            return None
        limits = {"low": found["low"], "high": found["high"]} if found["low"] else {}
        kind = _kind(said) or "ci" if limits else ""
        return replace(base, measure="rate_at", value=found["percent"], unit="percent",
                       time_months=months, interval=kind, **limits)  # fmt: skip
    if "proportion" not in mention.measures:
        return None
    return _share(base, cell, said, head)


def _share(base: Proposal, cell: str, said: str, head: Column | None) -> Proposal | None:
    found = _SHARE.fullmatch(cell)
    base = replace(base, measure="proportion", unit="percent")
    if found is None:
        if "%" not in cell and "%" not in said:
            return None
        bare = _PERCENT.fullmatch(cell)
        if bare is None or (re.search(r"\bn\b|\bno\.", said) and "%" not in cell):
            return None
        limits = {"low": bare["low"], "high": bare["high"]} if bare["low"] else {}
        kind = _kind(said) or "ci" if limits else ""
        return replace(base, value=bare["percent"], interval=kind, **limits)
    events = int(number(found["events"]))
    n = int(number(found["n"])) if found["n"] else None
    whole = n or (head.n if head else None)
    percent = found["percent"]
    if "%" not in cell and "%" not in said and not _fits(events, whole, percent):
        return None
    return replace(base, events=events, n=n, value=percent)


def _fits(events: int, n: int | None, percent: str) -> bool:
    if not n:
        return False
    return abs(100 * events / n - number(percent)) <= 0.5 * 10 ** -decimals(percent) + 1e-9


def _centre(
    base: Proposal, cell: str, said: str, mention: Mention, measure: str
) -> Proposal | None:
    found = _LIMITED.fullmatch(cell)
    if found is None or "median" not in mention.measures:
        return None
    unit = found["unit"] or next(iter(_UNIT.findall(said)), "")
    if not unit:
        return None
    if mention.outcome == "follow_up":
        base, measure = replace(base, outcome="other"), "follow_up"
    return replace(base, measure=measure, unit=unit_of(unit), **_limits(found, _kind(said)))


def _limits(found: re.Match[str], kind: str) -> dict[str, str]:
    words = {
        part: NOT_REACHED if not found[part][0].isdigit() and found[part][0] != "." else found[part]
        for part in ("value", "low", "high")
        if found[part]
    }
    return words | ({"interval": kind} if found["low"] else {})


def _kind(said: str) -> str:
    return next((code for code, words in _KINDS if re.search(words, said, re.IGNORECASE)), "")


def _months(label: str) -> float | None:
    times: list[Token] = [one for one in tokens(label) if one.kind == "times"]
    return times_of(times[0])[0] if len(times) == 1 and len(times_of(times[0])) == 1 else None

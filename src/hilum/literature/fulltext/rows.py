"""Figures in the rows of a table, where its heads name the arms and a row its outcome."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.grade import held
from hilum.literature.fulltext.links import SUSPECT, modified, unknown
from hilum.literature.fulltext.mentions import mentions, plainly
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
_VALUE: Final = re.compile(r"[\d.,%()<>=/ -]+")
# A line between rows that says what the next ones are of, no figure in it.
_LONE_P: Final = re.compile(r"[<>=≤≥]?\s*0?\.\d+|n\.?s\.?|-+", re.I)
_CHANGE: Final = re.compile(r"differen|change|Δ|delta|baseline|before|pre-|expected", re.I)
# What labels say of how a figure is printed.
_UNITS_OF: Final = re.compile(r"\bno\.|\bn\b|\bNo\b|\bnumber\b|≥|>|\bmo\b|\bKaplan-Meier\b")
_HEADING: Final = re.compile(
    r"(?!(?:Table|Fig|Suppl|Data|Abbrev))[^\d.;]{3,60}(?:1\.[01])?[^\d.;]{0,20}", re.I
)
# No arm of a study.
_NO_ARM: Final = re.compile(
    r"p\b.*|(?:HR|OR|RR|hazard|odds|risk|relative|difference|change|delta|Δ|ratio|total n|n|no\.?)\b.*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Column:
    """A head of a table: the arm's name, its patients, and what else it says."""

    name: str
    n: int | None
    text: str


def of_rows(read: list[Sentence]) -> list[Proposal]:
    """The figures of every table."""
    out: list[Proposal] = []
    for line, cells, columns, above in _lines(read):
        out += _of_row(line, cells, columns, above)
    return out


def shares_in_tables(
    read: Sequence[Sentence],
) -> Iterator[tuple[Sentence, re.Match[str], float | None]]:
    """Every cell that is events and a percentage, with its line and its column's patients."""
    for line, cells, columns, _ in _lines(read):
        for cell, head in zip(cells[1:], _heads(columns, cells[1:]), strict=True):
            found = _SHARE.fullmatch(cell)
            if found:
                yield line, found, None if head is None else head.n


def limits_in_tables(
    read: Sequence[Sentence],
) -> Iterator[tuple[Sentence, re.Match[str], str]]:
    """Every figure with its limits in a column of their own, and what the heads say."""
    for line, cells, columns, _ in _lines(read):
        heads = _heads(columns, cells[1:])
        for (value, limits), (of, ci) in zip(pairwise(cells[1:]), pairwise(heads), strict=True):
            named = ci is not None and re.search(r"\bCI\b|conf|\bIC\b", ci.text)
            found = _LIMITED.fullmatch(f"{value} ({limits.strip('()[]')})") if named else None
            if found and found["low"] and of is not None:
                yield line, found, of.text


def _tables(read: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Rows that follow each other, short headings between them (no rows themselves) included."""
    kept: list[Sentence] = []
    for one in read:
        heading = bool(kept) and not one.row and _HEADING.fullmatch(one.plain.strip()) is not None
        ends = not (one.row or heading) or one.section == "references"
        if kept and (ends or one.page != kept[-1].page):
            yield kept
            kept = []
        if not ends:
            kept.append(one)
    if kept:
        yield kept


def _split(text: str) -> list[str]:
    parted = _N_END.sub(r"\1   ", text.strip().strip("|"))
    return [cell for cell in _CELLS.split(parted) if cell.strip()]


def _lines(
    read: Sequence[Sentence],
) -> Iterator[tuple[Sentence, list[str], list[Column], str]]:
    """Every row of a table that is no head: its line, its cells, the heads and heading above."""
    for table in _tables(read):
        columns: list[Column] = []
        above = ""
        for line in table:
            if not line.row:
                above = line.plain.strip()
                continue
            cells = _split(line.plain)
            if columns and all(_N.fullmatch(cell) for cell in cells):
                columns = _with_patients(columns, cells)
            elif _is_head(cells, first=not columns):
                # Two arms in one cell: where one ends nobody can tell.
                clear = all(len(_N.findall(cell)) < 2 for cell in cells)
                columns = [_column(cell) for cell in cells] if clear else []
                above = ""
            elif len(cells) > 1:
                yield line, cells, columns, above


def _is_head(cells: list[str], *, first: bool) -> bool:
    """A row whose cells name arms: with their patients, or (the first row) without any figure."""
    behind = cells[1:] if len(cells) > 1 else cells
    if any(_N.search(cell) for cell in cells):
        return not any(_SHARE.fullmatch(cell) for cell in behind)
    outcomes = [cell for cell in behind if mentions(cell)]
    if first and len(outcomes) > 1 and len(outcomes) >= len(behind) - 2:
        return not any(_VALUE.fullmatch(cell) for cell in behind)
    bare = [_FIGURE.search(re.sub(r"95 ?%", "", cell)) for cell in behind]
    missing = [re.fullmatch(r"N[RE]A?|-+|not \w+|n/?a|none", cell, re.I) for cell in behind]
    return len(cells) > 1 and not any(bare) and (first or not any(missing))


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


def _of_row(line: Sentence, cells: list[str], columns: list[Column], above: str) -> list[Proposal]:
    label, figures = cells[0], cells[1:]
    named = mentions(label)
    if not named and above and not unknown(label):
        # "Median, months" under "Overall survival".
        label = f"{label} {above}"
        named = mentions(label)
    if not named:
        return _of_arm(line, cells, columns)
    if len({one.outcome for one in named}) != 1 or not named[0].outcome:
        return []
    heads = _heads(columns, figures)
    if len(figures) > 1 and None in heads:
        # Which arm, or whether a cell is a p value, nobody can tell.
        return []
    p = next(
        (_P.fullmatch(cell) for cell, head in zip(figures, heads, strict=True)
         if head and _P_HEAD.match(head.text)),
        None,
    )  # fmt: skip
    arms = [h for h in heads if h and not _P_HEAD.match(h.text) and not _RATIO_HEAD.search(h.text)]
    why = _doubt(label, named, above)
    out: list[Proposal] = []
    for cell, head in zip(figures, heads, strict=True):
        if head and (_P_HEAD.match(head.text) or _CHANGE.search(head.text)):
            continue
        made = _cell(line, cell, label, head, named[0])
        if made is not None:
            printed = printed_p(p["p"]) if p and len(arms) <= 2 else ""
            p_of = printed if len(arms) != 1 else made.p or printed
            out.append(replace(made, p=p_of, doubt=why or _unheld(made)))
    return out


def _of_arm(line: Sentence, cells: list[str], columns: list[Column]) -> list[Proposal]:
    """The figures of a row that is an arm, under heads that name outcomes."""
    if len(cells) == len(columns) + 1 and len(columns) > 2 and not _FIGURE.search(cells[1]):
        cells = [f"{cells[0]} {cells[1]}", *cells[2:]]
    heads = columns[-(len(cells) - 1) :] if len(columns) in (len(cells), len(cells) - 1) else []
    if len(heads) < 2 or _NO_ARM.fullmatch(cells[0]) or mentions(cells[0]):
        return []
    n = next(
        (int(number(cell)) for cell, head in zip(cells[1:], heads, strict=True)
         if re.fullmatch(r"n|no\.?|patients", head.text, re.I) and re.fullmatch(COUNT, cell)),
        None,
    )  # fmt: skip
    arm = Column(cells[0], n, "")
    out: list[Proposal] = []
    for cell, head in zip(cells[1:], heads, strict=True):
        named = mentions(head.text)
        if len({one.outcome for one in named}) != 1 or not named[0].outcome:
            continue
        made = _cell(line, cell, head.text, arm, named[0])
        if made is not None:
            why = _doubt(head.text, named, "") or _unheld(made)
            out.append(replace(made, doubt=why))
    return out


def _doubt(label: str, named: list[Mention], above: str) -> str:
    """Words of a row's name, or of the heading above it, that may change the outcome."""
    rest = label
    for one in named:
        rest = rest.replace(one.text, " ")
    if not all(plainly(one) for one in named) or modified(label[: named[0].start]):
        return "named"
    wrong = unknown(_UNITS_OF.sub(" ", rest))
    return "words" if wrong or SUSPECT.search(above) else ""


def _unheld(made: Proposal) -> str:
    return "" if not made.low or held(made.value, made.low, made.high) else "limits"


def _heads(columns: list[Column], figures: list[str]) -> list[Column | None]:
    """The heads of the cells behind a label: as many, one more (the label's own), or the arms'."""
    count = len(figures)
    if len(columns) in (count, count + 1):
        return list(columns[-count:])
    if len(columns) == 1 and count == 1:
        return [columns[0]]
    arms = [one for one in columns if not _P_HEAD.match(one.text)]
    if len(arms) == count and len(arms) < len(columns) and not _LONE_P.fullmatch(figures[-1]):
        return list(arms)
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

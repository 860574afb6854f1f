"""Figures in the rows of a table, where its heads name the arms and a row its outcome."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.doubts import ANOTHER, held
from hilum.literature.fulltext.links import SUSPECT, modified, unknown
from hilum.literature.fulltext.mentions import mentions, plainly
from hilum.literature.fulltext.numerals import COUNT, NUMBER, decimals, number, printed_p
from hilum.literature.fulltext.proposal import Proposal
from hilum.literature.fulltext.tables import FIGURE, P_HEAD, SHARE, Column, N, heads_of, lines_of
from hilum.literature.fulltext.tokens import NOT_REACHED, Token, times_of, tokens, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.fulltext.mentions import Mention
    from hilum.literature.fulltext.sentences import Sentence

_P: Final = re.compile(rf"(?:p\s*)?(?P<p>[=<>≤≥]?\s*{NUMBER})", re.IGNORECASE)
_RATIO_HEAD: Final = re.compile(
    r"(?P<name>(?:hazard|odds|risk) ratio|relative risk|\bHR\b|\bOR\b|\bRR\b)"
)
_RATIOS: Final = {"h": "hazard_ratio", "o": "odds_ratio", "r": "risk_ratio"}
_KINDS: Final = (("iqr", r"IQR|interquartile|Q1"), ("range", r"range|min"), ("ci", r"C\.?I\b|conf"))
_PERCENT: Final = re.compile(
    rf"(?P<percent>{NUMBER})\s*%?(?:\s*[(\[]\s*(?P<low>{NUMBER})\s*(?:-|to|,"
    rf"|;)\s*(?P<high>{NUMBER})"
    r"\s*%?\s*[)\]])?"
)
_LIMITED: Final = re.compile(
    rf"(?P<value>{NUMBER}|NR|NE|not reached)(?:\s*(?P<unit>months?|mo|years?|weeks?|days?))?"
    rf"(?:\s*[(\[]\s*(?:95\s*%\s*CI:?\s*)?(?P<low>{NUMBER}|NR|NE)\s*(?:-|to|,|;)\s*"
    rf"(?P<high>{NUMBER}|NR|NE|not reached)\s*[)\]])?",
    re.IGNORECASE,
)
_UNIT: Final = re.compile(r"\b(months?|mos?|years?|yrs?|weeks?|days?)\b", re.IGNORECASE)
_CHANGE: Final = re.compile(r"differen|change|Δ|delta|baseline|before|pre-|expected", re.I)
# What labels say of how a figure is printed.
_UNITS_OF: Final = re.compile(r"\bno\.|\bn\b|\bNo\b|\bnumber\b|≥|>|\bmo\b|\bKaplan-Meier\b")
_STABLE: Final = re.compile(r"SD(?:, n \(%\)|, %)?$")
# Heads of columns that are no group of patients.
_NO_GROUP: Final = re.compile(r"(?:median|mean|value|estimate|rate|result|%|months|n)\b", re.I)
# No arm of a study.
_NO_ARM: Final = re.compile(
    r"p\b.*|(?:HR|OR|RR|hazard|odds|risk|relative|difference|change|delta|Δ|ratio|total n|n"
    r"|no\.?)\b.*",
    re.I,
)


# A table of what others have published: a row, or a column, a study.
_STUDIES: Final = re.compile(
    r"(?:first )?authors?\b.*|stud(?:y|ies)|series|trial|refs?\.?|references?"
    r"|year(?: of publication)?"
    r"|publication|source|centre|center",
    re.IGNORECASE,
)
_CITED: Final = re.compile(r"\bet al\b|^[A-Z][\w-]+,? \(?(?:19|20)\d\d\b|\[\d+\]")
_THIS: Final = re.compile(r"\b(?:present|this|our|current|ours)\b", re.IGNORECASE)


def of_rows(read: list[Sentence]) -> list[Proposal]:
    """The figures of every table."""
    out: list[Proposal] = []
    for line, cells, columns, above in lines_of(read):
        of_others = any(_STUDIES.fullmatch(one.text) for one in columns) and not any(
            _THIS.search(cell) for cell in cells
        )
        for one in _of_row(line, cells, columns, above):
            cited = of_others or _CITED.search(one.group) or _CITED.search(cells[0])
            out.append(replace(one, doubt=ANOTHER) if cited else one)
    return out


def shares_in_tables(
    read: Sequence[Sentence],
) -> Iterator[tuple[Sentence, re.Match[str], float | None]]:
    """Every cell that is events and a percentage, with its line and its column's patients."""
    for line, cells, columns, _ in lines_of(read):
        for cell, head in zip(cells[1:], heads_of(columns, cells[1:]), strict=True):
            found = SHARE.fullmatch(cell)
            if found:
                yield line, found, None if head is None else head.n


def limits_in_tables(
    read: Sequence[Sentence],
) -> Iterator[tuple[Sentence, re.Match[str], str]]:
    """Every figure with its limits in a column of their own, and what the heads say."""
    for line, cells, columns, _ in lines_of(read):
        heads = heads_of(columns, cells[1:])
        for (value, limits), (of, ci) in zip(pairwise(cells[1:]), pairwise(heads), strict=True):
            named = ci is not None and re.search(r"\bCI\b|conf|\bIC\b", ci.text)
            found = _LIMITED.fullmatch(f"{value} ({limits.strip('()[]')})") if named else None
            if found and found["low"] and of is not None:
                yield line, found, of.text


def _of_row(line: Sentence, cells: list[str], columns: list[Column], above: str) -> list[Proposal]:
    label, figures = cells[0], cells[1:]
    named = mentions(label)
    if not named and _STABLE.match(label):
        # Between rows of responses it is no standard deviation: its cells must be shares.
        named = mentions(f"{label} PD")[:1]
    if not named and above and not unknown(label):
        # "Median, months" under "Overall survival".
        label = f"{label} {above}"
        named = mentions(label)
    if not named:
        return _of_arm(line, cells, columns)
    if len({one.outcome for one in named}) != 1 or not named[0].outcome:
        return []
    heads = heads_of(columns, figures)
    if len(figures) > 1 and None in heads:
        # Which arm, or whether a cell is a p value, nobody can tell.
        return []
    p = next(
        (_P.fullmatch(cell) for cell, head in zip(figures, heads, strict=True)
         if head and P_HEAD.match(head.text)),
        None,
    )  # fmt: skip
    arms = [h for h in heads if h and not P_HEAD.match(h.text) and not _RATIO_HEAD.search(h.text)]
    why = _doubt(label, named, above)
    counted = any(SHARE.fullmatch(cell) for cell in figures)
    out: list[Proposal] = []
    for cell, head in zip(figures, heads, strict=True):
        if head and (P_HEAD.match(head.text) or _CHANGE.search(head.text)):
            continue
        made = _cell(line, cell, label, head, named[0])
        share = made is not None and made.measure == "proportion" and not made.low
        if counted and share and "%" not in cell and not SHARE.fullmatch(cell):
            # Beside cells of counts and percentages a bare 0 is a count.
            continue
        if made is not None:
            printed = printed_p(p["p"]) if p and len(arms) <= 2 else ""
            p_of = printed if len(arms) != 1 else made.p or printed
            out.append(replace(made, p=p_of, doubt=why or _unheld(made)))
    return out


def _of_arm(line: Sentence, cells: list[str], columns: list[Column]) -> list[Proposal]:
    """The figures of a row that is an arm, under heads that name outcomes."""
    if len(cells) == len(columns) + 1 and len(columns) > 2 and not FIGURE.search(cells[1]):
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


def _cell(
    line: Sentence, cell: str, label: str, head: Column | None, mention: Mention
) -> Proposal | None:
    said = f"{label} {N.sub('', head.text) if head else ''}"
    start = line.plain.find(cell)
    named = (
        head is not None and not _RATIO_HEAD.search(head.text) and not _NO_GROUP.match(head.name)
    )
    group = head.name if head and named else ""
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
    found = SHARE.fullmatch(cell)
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

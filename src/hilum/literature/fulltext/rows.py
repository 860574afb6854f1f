"""Figures in the rows of a table, where its heads name the arms and a row its outcome."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.doubts import ANOTHER, held
from hilum.literature.fulltext.event_rows import any_event, event_of
from hilum.literature.fulltext.links import BEFORE, SUSPECT, modified, unknown
from hilum.literature.fulltext.mentions import mentions, plainly
from hilum.literature.fulltext.numerals import COUNT, NUMBER, decimals, number, printed_p
from hilum.literature.fulltext.proposal import Proposal
from hilum.literature.fulltext.ratio_rows import EFFECT_HEAD, RATIO_HEAD, ratios_of
from hilum.literature.fulltext.tables import FIGURE, P_HEAD, SHARE, Column, N, heads_of, lines_of
from hilum.literature.fulltext.tokens import NOT_REACHED, Token, times_of, tokens, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.fulltext.mentions import Mention
    from hilum.literature.fulltext.sentences import Sentence
    from hilum.literature.fulltext.tables import Line

_P: Final = re.compile(rf"(?:p\s*)?(?P<p>[=<>≤≥]?\s*{NUMBER})", re.IGNORECASE)
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
_NOT_AFTER: Final = re.compile(r"\bbaseline\b|\bpublished\b|\bliterature\b", re.IGNORECASE)
_UNIT: Final = re.compile(r"\b(months?|mos?|years?|yrs?|weeks?|days?)\b", re.IGNORECASE)
_CHANGE: Final = re.compile(r"differen|change|Δ|delta|baseline|before|pre-|expected", re.I)
# What labels say of how a figure is printed.
_UNITS_OF: Final = re.compile(r"\bno\.|\b[nN]\b|\bNo\b|\bnumber\b|≥|>|\bmo\b|\bKaplan-Meier\b")
_STABLE: Final = re.compile(r"SD(?:, n \(%\)|, %)?$")
# Heads of columns that are no group of patients.
_NO_GROUP: Final = re.compile(r"(?:median|mean|value|estimate|rate|result|%|months|n)\b", re.I)
# No arm of a study.
_NO_ARM: Final = re.compile(
    r"p\b.*|(?:HR|OR|RR|hazard|odds|risk|relative|difference|change|delta|Δ|ratio|total n|n"
    r"|no\.?)\b.*",
    re.I,
)


_CATEGORY: Final = re.compile(
    r"(complete|partial|stable|progressive)(?:,? ?n ?\(%\))?", re.IGNORECASE
)
_RATED: Final = re.compile(r"[Rr]espon|RECIST|EASL|WHO criteria")
_EASED: Final = re.compile(r"symptom|relief|hormon|biochem|clinical|marker|CgA|chromogranin", re.I)
_PATIENTS: Final = re.compile(r"n|no\.?|patients|number", re.I)
_PERCENTS: Final = re.compile(r"(?:%|per ?cent)\W*$", re.I)
_TIME: Final = re.compile(
    r"(?P<at>\d+[- ](?:y(?:ea)?r|y|month|mo))s?\.?(?P<rest>(?:,? ?\(?%\)?)?)", re.IGNORECASE
)
_FOUR: Final = {"CR": "complete response", "PR": "partial response", "SD": "stable disease",
                "PD": "progressive disease"}  # fmt: skip
_OF: Final = re.compile(r"(?P<events>\d+)/(?P<n>\d+)")
_COUNTED: Final = re.compile(rf"(?P<events>\d+)(?: ?\((?P<percent>{NUMBER}) ?%?\))?")


# A table of what others have published: a row, or a column, a study.
_STUDIES: Final = re.compile(
    r"(?:first )?authors?\b.*|stud(?:y|ies)|series|trial|refs?\.?|references?"
    r"|year(?: of publication)?"
    r"|publication|source|centre|center",
    re.IGNORECASE,
)
_CITED: Final = re.compile(r"\bet al\b|^[A-Z][\w-]+,? \(?(?:19|20)\d\d\b|\[\d+\]")
_THIS: Final = re.compile(r"\b(?:present|this|our|current|ours)\b", re.IGNORECASE)


# A table of why something was done or stopped, or of what patients had before: no outcomes.
_WHY: Final = re.compile(
    r"\b(?:reasons?|causes?(?= of|$)|cause-specific|indications? for"
    r"|(?:status|disease) at (?:entry|inclusion|enrol\w+|baseline|random\w+|presentation))\b",
    re.IGNORECASE,
)


def of_rows(read: list[Sentence]) -> list[Proposal]:
    """The figures of every table."""
    out: list[Proposal] = []
    for line in lines_of(read):
        of_others = any(_STUDIES.fullmatch(one.text) for one in line.columns) and not any(
            _THIS.search(cell) for cell in line.cells
        )
        over = " ".join((line.title, line.above, *(one.text for one in line.columns)))
        for one in (*_of_row(line), *ratios_of(line)):
            cited = of_others or _CITED.search(one.group) or _CITED.search(line.cells[0])
            whose = ANOTHER if cited else "named" if _WHY.search(over) else one.doubt
            out.append(replace(one, doubt=whose))
    return out


def shares_in_tables(
    read: Sequence[Sentence],
) -> Iterator[tuple[Sentence, re.Match[str], float | None]]:
    """Every cell that is events and a percentage, with its line and its column's patients."""
    for line in lines_of(read):
        figures = line.cells[1:]
        for cell, head in zip(figures, heads_of(line.columns, figures), strict=True):
            found = SHARE.fullmatch(cell)
            if found:
                yield line.sentence, found, None if head is None else head.n


def limits_in_tables(
    read: Sequence[Sentence],
) -> Iterator[tuple[Sentence, re.Match[str], str]]:
    """Every figure with its limits in a column of their own, and what the heads say."""
    for line in lines_of(read):
        cells = line.cells
        heads = heads_of(line.columns, cells[1:])
        for (value, limits), (of, ci) in zip(pairwise(cells[1:]), pairwise(heads), strict=True):
            named = ci is not None and re.search(r"\bCI\b|conf|\bIC\b", ci.text)
            found = _LIMITED.fullmatch(f"{value} ({limits.strip('()[]')})") if named else None
            if found and found["low"] and of is not None:
                yield line.sentence, found, of.text


def _of_row(row: Line) -> list[Proposal]:
    line, cells, columns, above = row.sentence, row.cells, row.columns, row.above
    label, figures = cells[0], cells[1:]
    named = mentions(label)
    event = event_of(row)
    if event is not None:
        # Of whatever kind or place: it is one of the table's events.
        named = [event]
    elif not named:
        named = _category(row)
        label = f"{label}{' n (%)' if named and '(%)' in f'{above}{row.title}' else ''}"
    if not named and _STABLE.match(label):
        # Between rows of responses it is no standard deviation: its cells must be shares.
        named = mentions(f"{label} PD")[:1]
    if not named and above and not unknown(label):
        # "Median, months" under "Overall survival".
        label = f"{label} {above}"
        named = mentions(label)
    if not named:
        return [*_of_any(row), *_of_arm(row)]
    if len({one.outcome for one in named}) != 1 or not named[0].outcome:
        return []
    if named[0].outcome == "other" and _NOT_AFTER.search(row.title):
        # Events before the treatment, or of others.
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
    arms = [h for h in heads if h and not P_HEAD.match(h.text) and not _of_effect(h)]
    why = "" if event is not None or named[0].text not in label else _doubt(label, named, above)
    counted = any(SHARE.fullmatch(cell) for cell in figures)
    out: list[Proposal] = []
    for cell, head in zip(figures, heads, strict=True):
        if head and (P_HEAD.match(head.text) or _CHANGE.search(head.text) or _of_effect(head)):
            continue
        if counted and cell == "0" and "proportion" in named[0].measures:
            # Beside cells of counts and percentages a bare 0 is a count.
            out.append(replace(_bare(line, cell, head, named[0].outcome), measure="proportion",
                               events=0, unit="percent", doubt=why))  # fmt: skip
            continue
        made = _cell(line, cell, label, head, named[0])
        share = made is not None and made.measure == "proportion" and not made.low
        if counted and share and "%" not in cell and not SHARE.fullmatch(cell):
            # Beside cells of counts and percentages a bare number is a count.
            continue
        if made is not None:
            printed = printed_p(p["p"]) if p and len(arms) <= 2 else ""
            p_of = printed if len(arms) != 1 else made.p or printed
            out.append(replace(made, p=p_of, doubt=why or _unheld(made)))
    return out


def _of_any(row: Line) -> list[Proposal]:
    """The cells of a row of any events, each by the grade that its head says."""
    figures = row.cells[1:]
    out: list[Proposal] = []
    for cell, head in zip(figures, heads_of(row.columns, figures), strict=True):
        outcome = any_event(row, head.text) if head else ""
        if outcome and head and SHARE.fullmatch(cell):
            base = _bare(row.sentence, cell, head, outcome)
            made = _share(base, cell, f"{row.cells[0]} {head.text} %", head)
            out += [made] if made else []
    return out


def _category(row: Line) -> list[Mention]:
    """The response that a row named by one word is of, under a heading that says responses."""
    word = _CATEGORY.fullmatch(row.cells[0].strip())
    over = row.above or row.title
    if word is None or not _RATED.search(over) or _EASED.search(over):
        return []
    noun = "response" if word[1].lower() in ("complete", "partial") else "disease"
    return mentions(f"{word[1]} {noun}")


def _of_arm(row: Line) -> list[Proposal]:
    """The figures of a row that is an arm, under heads that name outcomes."""
    line, cells, columns = row.sentence, row.cells, row.columns
    if len(cells) == len(columns) + 1 and len(columns) > 2 and not FIGURE.search(cells[1]):
        cells = [f"{cells[0]} {cells[1]}", *cells[2:]]
    heads = columns[-(len(cells) - 1) :] if len(columns) in (len(cells), len(cells) - 1) else []
    if len(heads) < 2 or _NO_ARM.fullmatch(cells[0]) or mentions(cells[0]):
        return []
    n = next(
        (int(number(cell)) for cell, head in zip(cells[1:], heads, strict=True)
         if _PATIENTS.fullmatch(head.text) and re.fullmatch(COUNT, cell)),
        None,
    )  # fmt: skip
    arm = Column(cells[0], n, "")
    out = _responses(row.sentence, arm, cells, heads)
    taken = {one.outcome for one in out}
    percent = " %" if _PERCENTS.search(row.title) else ""
    for cell, head in zip(cells[1:], heads, strict=True):
        time = _TIME.fullmatch(head.text)
        label = f"{time['at']} {_curve(row, heads)}{time['rest']}" if time else head.text
        named = mentions(label)
        if len({one.outcome for one in named}) != 1 or not named[0].outcome:
            continue
        if named[0].outcome in taken:
            continue
        made = _cell(line, cell, f"{label}{percent}", arm, named[0])
        if made is not None:
            why = _doubt(label, named, "") or _unheld(made)
            out.append(replace(made, doubt=why))
    return out


def _curve(row: Line, heads: list[Column]) -> str:
    """The one outcome whose rates stand under heads that are times; empty where it is not sure."""
    named = [
        one for text in (row.title, *(head.text for head in heads)) for one in mentions(text)
        if "rate_at" in one.measures
    ]  # fmt: skip
    return named[0].text if len({one.outcome for one in named}) == 1 else ""


def _responses(
    line: Sentence, arm: Column, cells: list[str], heads: list[Column]
) -> list[Proposal]:
    """Counts of all four responses that add up to the arm's patients, or to their percentages."""
    at = {head.text.strip(): i for i, head in enumerate(heads, 1) if head.text.strip() in _FOUR}
    found = {name: _COUNTED.fullmatch(cells[i]) for name, i in at.items()}
    if set(found) != set(_FOUR) or not all(found.values()):
        return []
    events = {name: int(one["events"]) for name, one in found.items() if one}
    n = sum(events.values())
    wholes = [
        int(number(cell)) for cell, head in zip(cells[1:], heads, strict=True)
        if (_PATIENTS.fullmatch(head.text) or re.fullmatch("evaluable", head.text, re.I))
        and re.fullmatch(COUNT, cell)
    ]  # fmt: skip
    shares = {name: one["percent"] for name, one in found.items() if one and one["percent"]}
    fit = bool(shares) and all(_fits(events[name], n, one) for name, one in shares.items())
    if not n or not (fit or n in wholes):
        return []
    return [
        replace(_bare(line, cells[at[name]], arm, outcome), measure="proportion", events=many,
                value=shares.get(name, ""), unit="percent", group=arm.name)
        for name, many in events.items()
        for outcome in [mentions(_FOUR[name])[0].outcome]
    ]  # fmt: skip


def _doubt(label: str, named: list[Mention], above: str) -> str:
    """Words of a row's name, or of the heading above it, that may change the outcome."""
    first = named[0].start
    # Words in front of the name that leave it the same outcome are known by ``modified``.
    rest = " ".join(w for w in label[:first].split() if w.lower().strip(",") not in BEFORE)
    rest += f" {label[first:]}"
    for one in named:
        rest = rest.replace(one.text, " ")
    if not all(plainly(one) for one in named) or modified(label[: named[0].start]):
        return "named"
    wrong = unknown(_UNITS_OF.sub(" ", rest))
    for one in mentions(above):
        above = above.replace(one.text, " ")
    return "words" if wrong or SUSPECT.search(above) else ""


def _of_effect(head: Column) -> bool:
    """Whether a column holds ratios of two others, or of a model, and no arm."""
    return RATIO_HEAD.search(head.text) is not None or (
        EFFECT_HEAD.search(head.text) is not None and head.n is None
    )


def _unheld(made: Proposal) -> str:
    return "" if not made.low or held(made.value, made.low, made.high) else "limits"


def _cell(
    line: Sentence, cell: str, label: str, head: Column | None, mention: Mention
) -> Proposal | None:
    said = f"{label} {N.sub('', head.text) if head else ''}"
    base = _bare(line, cell, head, mention.outcome)
    if RATIO_HEAD.search(label):
        return None
    if "median" in said.lower() or re.match(r"h?m[A-Z]", mention.text):
        return _centre(base, cell, said, mention, "median")
    if "rate_at" in mention.measures:
        months = _months(label)
        found = _PERCENT.fullmatch(cell)
        if months is None and "proportion" in mention.measures and SHARE.fullmatch(cell):
            return _share(base, cell, said, head)
        if months is None or found is None or not ("%" in cell or "%" in said):
            return None
        limits = {"low": found["low"], "high": found["high"]} if found["low"] else {}
        kind = _kind(said) or "ci" if limits else ""
        return replace(base, measure="rate_at", value=found["percent"], unit="percent",
                       time_months=months, interval=kind, **limits)  # fmt: skip
    if "proportion" not in mention.measures:
        return None
    return _share(base, cell, said, head)


def _bare(line: Sentence, cell: str, head: Column | None, outcome: str) -> Proposal:
    """A figure of which only its place is known."""
    start = max(line.plain.find(cell), 0)
    return Proposal(
        measure="", outcome=outcome, page=line.page, sentence=line.text, row=True,
        span=(start, start + len(cell)), arm_n=head.n if head else None,
        group=head.name if head and not _NO_GROUP.match(head.name) else "",
    )  # fmt: skip


def _share(base: Proposal, cell: str, said: str, head: Column | None) -> Proposal | None:
    found = SHARE.fullmatch(cell)
    base = replace(base, measure="proportion", unit="percent")
    counts = _OF.fullmatch(cell)
    if counts and int(counts["events"]) <= int(counts["n"]):
        # "4/5" where the label says that it is so printed, or of the column's patients.
        known = re.search(r"\bn ?/ ?N\b", said) or (head and head.n == int(counts["n"]))
        return replace(base, events=int(counts["events"]), n=int(counts["n"])) if known else None
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

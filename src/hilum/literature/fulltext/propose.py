"""Figures that a paper seems to print, each with its page and sentence: proposed, never accepted.

A figure is proposed where its outcome, its measure and its owner (this study) are all certain by
the words around it; one that is not is kept with its doubt and left to the reader.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.beside import beside, centre, made
from hilum.literature.fulltext.clause import owned
from hilum.literature.fulltext.doubts import ANOTHER, NOBODY, Clause, whole_numbers
from hilum.literature.fulltext.grade import doubt, side_of
from hilum.literature.fulltext.mentions import mentions
from hilum.literature.fulltext.numerals import is_share, number
from hilum.literature.fulltext.own import Paper, is_advice, is_letter, own_part, paper_of
from hilum.literature.fulltext.rates import times_of_rates
from hilum.literature.fulltext.ratios import ratios
from hilum.literature.fulltext.response_counts import response_counts
from hilum.literature.fulltext.rows import of_rows
from hilum.literature.fulltext.sentences import sentences
from hilum.literature.fulltext.tokens import NOT_REACHED, tokens
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.fulltext.clause import Owned
    from hilum.literature.fulltext.mentions import Mention
    from hilum.literature.fulltext.pages import Page
    from hilum.literature.fulltext.proposal import Proposal
    from hilum.literature.fulltext.sentences import Sentence
    from hilum.literature.fulltext.tokens import Token
    from hilum.watch import Watch

# Bounds, changes and thresholds are no shares of patients.
_BOUND: Final = re.compile(
    r"(?:[<>≤≥~]|\b(?:at least|at most|more than|less than|over|under|up to|above|below|exceed\w*"
    r"|(?:de|in)creas\w+ (?:of|by|from)|reduc\w+ (?:of|by|from)|fell (?:by|from)|rose (?:by|from)"
    r"|difference of|(?<!reported )(?<!experienced )by|lower by|higher by|about|nearly|almost"
    r"|roughly|around"
    r"|approximately)|\b(?:by|of) (?:a |an )?(?:mean|median|average)(?: of)?)\s*$",
    re.IGNORECASE,
)
# "80 % liver replacement": how much of an organ, not how many patients.
_REPLACED: Final = re.compile(
    r"\s*(?:of (?:the |his |her )?)?(?:liver|hepatic|tumou?r|parenchyma\w*)(?: \w+)? ?-?"
    r"(?:replacement|involvement|burden|load|volume|infiltration|remnant|replaced|necrosis)\b",
    re.IGNORECASE,
)
_FIGURES: Final = ("share", "number", "missing")
# Counts told once more in brackets behind their percentages.
_COUNTS: Final = re.compile(r"\(\d+/\d+(?:[,;] ?(?:and )?\d+/\d+)+\)")
_AGAINST: Final = re.compile(
    r"\b(?:vs|v|versus|against|and|than|compared (?:with|to)|whereas|while)\b", re.IGNORECASE
)
_NEXT: Final = re.compile(r"[\s%)\]]*(?:months?|mo|years?|days?)?[\s)\]]*,\s*", re.IGNORECASE)
# Figures told of something named before are nobody's to assign.
_OTHER_FIGURES: Final = re.compile(
    r"\b(?:corresponding|respective|same) (?:figures|values|rates|numbers|percentages)\b", re.I
)


def proposals(pages: Iterable[Page]) -> list[Proposal]:
    """:func:`proposals_of` the sentences of a paper."""
    return proposals_of(sentences(pages))


def proposals_of(read: list[Sentence], watch: Watch = SILENT) -> list[Proposal]:
    """The figures of a paper, in order, also those printed twice or of no known outcome.

    What a reader is asked about is :func:`once` of them; the others are for the arithmetic.

    Raises
    ------
    Stopped
        When the watch says so.
    """
    if is_letter(" ".join(one.plain for one in read[:3])) or is_advice([one.plain for one in read]):
        return []
    found: list[Proposal] = []
    known = whole_numbers(one.plain for one in read)
    paper = paper_of(read)
    for one in read:
        watch.done()
        if not one.row:
            found += of_sentence(one, known, paper)
    rows = of_rows(read)
    found += [replace(one, doubt=ANOTHER) for one in rows] if paper.ownerless else rows
    return found


def once(found: Iterable[Proposal]) -> list[Proposal]:
    """One proposal a figure of a known outcome: of those printed twice the one that says more."""
    kept: dict[tuple[object, ...], list[Proposal]] = {}
    for one in found:
        if not one.outcome or one.doubt:
            continue
        like = kept.setdefault(one.figure, [])
        same = [k for k in like if not (k.group and one.group and _folded(k) != _folded(one))]
        if not same:
            like.append(one)
        elif _says(one) > _says(same[0]):
            like[like.index(same[0])] = one
    one_each = [one for like in kept.values() for one in like]
    fuller = {(one.outcome, one.events) for one in one_each if one.value or one.n is not None}
    return [
        one for one in one_each
        if one.value or one.n is not None or (one.outcome, one.events) not in fuller
    ]  # fmt: skip


def left_out(found: Iterable[Proposal]) -> list[Proposal]:
    """What was seen of a known outcome and is not proposed, each with its doubt."""
    found = list(found)
    kept = {one.figure for one in once(found)}
    out: dict[tuple[object, ...], Proposal] = {}
    for one in found:
        known = one.figure in kept and one.doubt != NOBODY
        if one.doubt and (one.outcome or one.doubt == NOBODY) and not known:
            out.setdefault((one.sentence, one.span), one)
    return list(out.values())


def _folded(one: Proposal) -> str:
    return one.group.casefold()


def _says(one: Proposal) -> int:
    return sum(map(bool, (one.low, one.p, one.events, one.n, one.group)))


def of_sentence(sentence: Sentence, known: frozenset[int], paper: Paper) -> list[Proposal]:
    """The figures of one sentence of running text."""
    first, last = own_part(sentence, paper)
    text = sentence.plain
    read = [t for t in tokens(text) if t.kind != "citation"]
    named = mentions(text)
    if not any(one.outcome for one in named):
        return []
    own = [t for t in read if first <= t.start < last]
    strange = [t for t in read if not first <= t.start < last]
    told = _of_tokens(sentence, own, named, known)
    counts = response_counts(sentence, (first, last), known)
    at = {one.span[0] for one in counts}
    return [
        *(one for one in told if not (one.doubt and one.span[0] in at)),
        *counts,
        *(replace(one, doubt=ANOTHER) for one in _of_tokens(sentence, strange, named, known)),
    ]


def _of_tokens(
    sentence: Sentence, found: list[Token], named: list[Mention], known: frozenset[int]
) -> list[Proposal]:
    of_ratios, spent = ratios(sentence, found, named, known)
    rest = [t for t in found if t.start not in spent]
    return [*of_ratios, *_others(sentence, rest, found, named, known)]


def _others(
    sentence: Sentence,
    rest: list[Token],
    found: list[Token],
    named: list[Mention],
    known: frozenset[int],
) -> list[Proposal]:
    text = sentence.plain
    figures = [t for t in rest if t.kind in _FIGURES and (t.kind != "number" or "unit" in t.texts)]
    times = [t for t in found if t.kind == "times"]
    listed = _COUNTS.search(text)
    if listed:
        figures = [t for t in figures if not listed.start() <= t.start < listed.end()]
    stop = _OTHER_FIGURES.search(text)
    figures = [
        t for t in figures if not _bounded(t, text) and not (stop and t.start > stop.start())
    ]
    out: list[Proposal] = []
    pairs = owned(_blanked(text, found), figures, named)
    rates = [
        one for one in pairs if one.token.kind == "share" and "rate_at" in one.mention.measures
    ]
    at = times_of_rates(text, [one.token for one in rates], times)
    clause = Clause(text, found, named, pairs, known, at)
    for one in pairs:
        token, mention = one.token, one.mention
        if mention.measures == frozenset({"ratio"}) or not _fits(token):
            continue
        interval, p = beside(text, token, found)
        if token.kind == "share":
            month = at.get(token.start)
            if month is not None and "rate_at" in mention.measures:
                percent = token.texts.get("percent", "")
                new = made(sentence, token, "rate_at", mention.outcome, interval, p, percent)
                if new.value and not new.events:
                    out.append(_graded(clause, one, replace(new, time_months=month)))
            elif "proportion" in mention.measures and not times_apply(mention, times, token, named):
                percent = token.texts.get("percent", "")
                new = made(sentence, token, "proportion", mention.outcome, interval, p, percent)
                out.append(_graded(clause, one, new))
            continue
        middle = centre(text, token, mention)
        if middle is None or "median" not in mention.measures:
            continue
        measure = "follow_up" if mention.outcome == "follow_up" else middle
        value = NOT_REACHED if token.kind == "missing" else token.texts["value"]
        outcome = "other" if mention.outcome == "follow_up" else mention.outcome
        new = made(sentence, token, measure, outcome, interval, p, value)
        out.append(_graded(clause, one, new))
    out = _sharing(text, out)
    seen = {one.span[0] for one in out}
    owners = {one.token.start: one.mention for one in pairs}
    return out + [
        replace(made(sentence, t, "", "", None, "", t.texts.get("percent", "")), doubt=NOBODY)
        for t in rest
        if t.kind == "share" and t.start not in seen
        and (t.start not in owners or owners[t.start].outcome)
    ]  # fmt: skip


def _sharing(text: str, told: list[Proposal]) -> list[Proposal]:
    """The figures of arms that are told against each other share the p value behind them."""
    out = list(told)
    for i in range(len(out) - 2, -1, -1):
        one, other = out[i], out[i + 1]
        same = (one.measure, one.outcome, one.time_months) == (
            other.measure, other.outcome, other.time_months
        )  # fmt: skip
        between = text[one.span[1] : other.span[0]]
        alone = _AGAINST.search(between) and not re.search(r";|\d|\boverall\b", between)
        # "12 %, 18 % and 31 % (p = 0.02)": the first of three as well.
        alone = alone or _NEXT.fullmatch(between)
        if same and other.p and not one.p and alone:
            out[i] = replace(one, p=other.p)
    return out


def _graded(clause: Clause, one: Owned, new: Proposal) -> Proposal:
    limits = (new.value, new.low, new.high) if new.low else ("", "", "")
    said = doubt(clause, one, new.measure, limits)
    return replace(new, doubt=said, side="" if new.group else side_of(clause, one))


def _fits(token: Token) -> bool:
    """Whether a share's percentage is that of its counts: of a list of two shares it is not."""
    parts = token.texts
    if token.kind != "share" or not {"events", "n", "percent"} <= set(parts):
        return True
    return is_share(number(parts["events"]), number(parts["n"]), parts["percent"])


def _blanked(text: str, found: list[Token]) -> str:
    """The sentence without intervals, p values and numbers of patients."""
    out = text
    for one in found:
        if one.kind in ("interval", "p", "count"):
            out = out[: one.start] + " " * (one.end - one.start) + out[one.end :]
    return out


def times_apply(mention: Mention, times: list[Token], token: Token, named: list[Mention]) -> bool:
    """Whether a share of a survival outcome would need a time that could not be told."""
    near = [t for t in times if abs(t.start - token.start) < 60]
    # "Recurrence in 79 (70.5 %), and the 5-year survival was": the time is of what follows.
    apart = [
        t for t in near
        if "events" in token.texts and t.start > token.end and mention.end <= token.start
        and any(t.end <= m.start <= t.end + 30 for m in named if m != mention)
    ]  # fmt: skip
    return "rate_at" in mention.measures and len(near) > len(apart)


def _bounded(token: Token, text: str) -> bool:
    """Not a share of patients but a bound, a change, or the end of a range."""
    if token.kind != "share":
        return False
    before, behind = text[: token.start], text[token.end :]
    return bool(
        _BOUND.search(before)
        or _REPLACED.match(behind)
        or re.match(r" or (?:greater|more|less|higher|larger|better|above|over)\b", behind)
        or re.search(r"\d-$", before)
        or re.match(r" ?(?:to|-) ?\d[\d.]* ?%", behind)
        or re.search(r"\d ?% ?(?:to|-) ?$", before)
    )

"""How sure it is that a figure is the outcome's: why it is not proposed, where it is not sure.

Each check is evidence of its own from the figure's clause: one that fails is enough to leave the
figure to the reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.clause import LEADS, LIST, VERB
from hilum.literature.fulltext.links import modified, unknown
from hilum.literature.fulltext.mentions import plainly
from hilum.literature.fulltext.numerals import COUNT, is_share, number
from hilum.literature.fulltext.tokens import times_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.literature.fulltext.clause import Owned
    from hilum.literature.fulltext.mentions import Mention
    from hilum.literature.fulltext.tokens import Token

REASONS: Final = {
    "words": "words between the outcome and the figure that may change what it is",
    "named": "the outcome's name goes on, or begins, with words that may change it",
    "two": "two outcomes stand beside the figure",
    "list": "it is not certain how the figures of the list belong together",
    "bracket": "other figures stand in the same brackets",
    "counts": "no number of patients is printed of which the events are that percentage",
    "limits": "its limits do not hold it",
    "time": "the words before it tell of a time, not of the outcome",
    "centre": "whether it is a median or a mean is not said beside it",
    "baseline": "it may tell of the patients before their treatment",
    "chosen": "the outcome chooses the patients: the figure may be of something else",
}
"""Codes of why a figure is seen and not proposed."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence and what was read in it; ``known``: the whole numbers of the paper."""

    text: str
    found: Sequence[Token]
    named: Sequence[Mention]
    pairs: Sequence[Owned]
    known: frozenset[int]
    months: dict[int, float]


_FIGURES: Final = ("share", "number", "missing")
# Words behind the name of an outcome that end it, where its figure stands before it.
_GOES_ON: Final = re.compile(
    r"\s*(?:$|[.,;:()\[\]/#•|=<>≥≤+-]|(?:rates? )?(?:and|or|in|at|by|with|after|according|on|as|per|using"
    r"|for|but|while|whereas|compared|versus|vs|v|from|during|within|following|respectively|only|to"
    r"|under|of (?:the )?(?:disease|tumou?r|liver)|events?|syndrome)\b|\d)",
    re.IGNORECASE,
)
_EDGE: Final = re.compile(
    r"(?:^|[.,;:(\[=•#|>-]|\b(?:and|or|in|with|while|whereas|but|only|of|an?|the|vs|versus|was|were|to|at"
    r"|for|against|had|showed|found|observed|noted|saw|that|by|also|including|comprised|additional"
    r"|further|another|respectively|results?|findings|patients?))\s*$",
    re.IGNORECASE,
)
_APART: Final = re.compile(
    r"\b(?:vs|v|versus|against|compared|whereas|while|than|but|respectively|in|for|with|among|after)\b",
    re.IGNORECASE,
)
# Behind the last figure of a list: it ends, or says whose it is.
_CLOSED: Final = re.compile(
    r"\s*(?:[)\]]\s*)*(?:$|[.;:]|,?\s*(?:and\b\s*)?\(?(?:log-?rank |Fisher\S* )?[pP]\b|[,;]?\s*(?:resp\b|respectively)"
    r"|,?\s*(?:and\s+)?\d|(?:\w+\s+){0,1}(?:in|for|with|among|after|patients|months|years)\b|\()",
)
_TIME_BEFORE: Final = re.compile(
    r"\b(?:(?<!amounted )(?<!came )(?<!compared )(?<!equal )(?<!equalled )(?<!OS )(?<!PFS )to|(?<!stood )at|after|within"
    r"|beyond|every|until|over|by|from|last|first|next|least|most|than|for|additional|further|another"
    r"|under|up to|before|cutoff|past|about|approximately)\s*$",
    re.IGNORECASE,
)
_NOUN_BEFORE: Final = re.compile(
    r"\b(?:grade|stage|arm|class|score|type|level|day|week|month|year|cycle|cycles|line|the|all|these|those"
    r"|other|remaining|first|last|next|number|table|figure|phase|centre|center)\s*$",
    re.IGNORECASE,
)
_BASELINE: Final = re.compile(
    r"\b(?:at (?:baseline|inclusion|entry|study entry|enrol\w+|presentation|referral|screening|diagnosis)|on entry"
    r"|baseline|history of|previous(?:ly)?|prior|pre-?treatment|eligible|inclusion criteria|before (?:the "
    r"|starting |study )?(?:treatment|therapy|enrol\w+|inclusion|random\w+|PRRT|TACE|TARE|surgery|resection)"
    r"|indications?|reasons? for|(?:documented|radiological) progression (?:within|in) the)\b",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(
    r"\b(?:after|following|before|until|despite|since|without|predict\w*(?: \w+)?|risk factors? (?:for|of)"
    r"|associated with|related to|because of|due to|on account of|owing to|upon|towards?|no|not"
    r"|criteria for|candidates? for|definition of|assessment of|analysis of|patients (?:with|without|in)"
    r"|those (?:with|without|in)|who (?:had|achieved|showed)|responders|time (?:to|of))\s+"
    r"(?:an? |the |first |initial |subsequent )?$",
    re.IGNORECASE,
)
_CENTRE: Final = re.compile(r"\b(?:median|mean|average)s?\b|中位", re.IGNORECASE)


def doubt(clause: Clause, one: Owned, measure: str, limits: tuple[str, str, str]) -> str:
    """A code of ``REASONS``, or nothing where every check is passed.

    ``limits``: the figure and its two limits as printed, empty where they are not.
    """
    checks = (
        ("chosen", _chosen), ("named", _named), ("words", _words), ("two", _two), ("list", _list),
        ("bracket", _bracket), ("counts", _counts),
    )  # fmt: skip
    if measure == "proportion" and _BASELINE.search(clause.text):
        return "baseline"
    failed = next((code for code, check in checks if check(clause, one)), "")
    if failed:
        return failed
    if measure == "rate_at" and not _timed(clause, one):
        return "time"
    before = clause.text[: one.token.start]
    if measure in ("median", "mean", "follow_up") and _TIME_BEFORE.search(before):
        return "time"
    if measure in ("median", "mean", "follow_up") and _NOUN_BEFORE.search(before):
        return "words"
    if measure in ("median", "mean", "follow_up") and not _centred(clause, one):
        return "centre"
    return "" if held(*limits) else "limits"


def held(value: str, low: str, high: str) -> bool:
    """Whether an estimate lies within its limits, as far as they are numbers."""
    try:
        below = not low or number(low) <= number(value)
    except ValueError:
        return True
    try:
        return below and (not high or number(value) <= number(high))
    except ValueError:
        return below


def hidden(clause: Clause, start: int, end: int) -> str:
    """The text from one place to another, every figure as ``#``."""
    out, at = [], start
    for one in clause.found:
        if start <= one.start and one.end <= end and one.start >= at:
            out += [clause.text[at : one.start], " # "]
            at = one.end
    return "".join([*out, clause.text[at:end]])


def _before(one: Owned) -> bool:
    return one.mention.end <= one.token.start


def _after(one: Owned) -> bool:
    return one.mention.start >= one.token.end


def _carrier(clause: Clause, one: Owned) -> Owned | None:
    """The figure of the same outcome before this one."""
    earlier = [
        p for p in clause.pairs
        if p.mention == one.mention and p.token.start < one.token.start
        and p.token.start >= p.mention.end
    ]  # fmt: skip
    return earlier[-1] if earlier else None


def _words(clause: Clause, one: Owned) -> bool:
    if not _before(one):
        return False
    last = _carrier(clause, one)
    gap = hidden(clause, last.token.end if last else one.mention.end, one.token.start)
    return bool(unknown(gap))


def _named(clause: Clause, one: Owned) -> bool:
    if not plainly(one.mention):
        return True
    if modified(clause.text[: one.mention.start]):
        return True
    return _after(one) and not _GOES_ON.match(clause.text, one.mention.end)


def _chosen(clause: Clause, one: Owned) -> bool:
    return _before(one) and bool(_SUBJECT.search(clause.text[: one.mention.start]))


def _two(clause: Clause, one: Owned) -> bool:
    """Another outcome as near as the figure's own, which has no figure itself."""
    text, token = clause.text, one.token
    owners = [p.mention for p in clause.pairs if p.token != token]
    if _before(one):
        behind = next((m for m in clause.named if m.start >= token.end), None)
        if behind is None or behind in owners or _carried_over(clause, one, behind):
            return False
        return LEADS.fullmatch(text, token.end, behind.start) is not None
    if _after(one):
        front = next((m for m in reversed(clause.named) if m.end <= token.start), None)
        if front is None or front in owners or VERB.search(text, token.end, one.mention.start):
            return False
        gap = hidden(clause, front.end, token.start)
        return "#" not in gap and len(gap) < 40 and not re.search(r"[;.]", gap)
    return False


def _carried_over(clause: Clause, one: Owned, behind: Mention) -> bool:
    """A name that only says more of the figure's own outcome: "35 % (CR + PR)"."""
    same = behind.outcome == one.mention.outcome
    return same or not behind.outcome and clause.text[one.token.end : behind.start].strip() != ""


def _list(clause: Clause, one: Owned) -> bool:
    text, token = clause.text, one.token
    if _after(one):
        lead = text[token.end : one.mention.start]
        following = next((t for t in clause.found if t.start >= one.mention.end), None)
        loose = not re.search(r"[^\W\d_]", lead) and re.search(r"[,;]", lead)
        close = following is not None and following.kind in _FIGURES and not re.search(
            r"[,;.]|\band\b", text[one.mention.end : following.start]
        )  # fmt: skip
        if loose and close:
            return True
        return not _EDGE.search(hidden(clause, 0, token.start))
    last = _carrier(clause, one)
    if last is None:
        return False
    between = text[last.token.end : token.start]
    if token.kind == "share" and ("percent" in token.texts) != ("percent" in last.token.texts):
        return True
    after = text[token.end :]
    if re.search(r"[/-]\s*$", between):
        return True
    month = clause.months.get(token.start)
    if month is not None and month != clause.months.get(last.token.start):
        listed = any(t.kind == "times" and len(times_of(t)) > 1 for t in clause.found)
        return not listed and not any(
            t.kind == "times" and last.token.end <= t.start <= token.end + 30 for t in clause.found
        )
    return not (_APART.search(between) or _CLOSED.match(after))


def _bracket(clause: Clause, one: Owned) -> bool:
    """Whether a figure in brackets stands there beside others that belong to nobody."""
    text, token = clause.text, one.token
    opened = text.rfind("(", 0, token.start + 1)
    if opened < 0 or text.find(")", opened, token.start) >= 0:
        return False
    closed = text.find(")", token.start)
    closed = len(text) if closed < 0 else closed
    owned = {p.token.start for p in clause.pairs}
    return any(
        opened < t.start < closed and t.kind == "number" and "unit" not in t.texts
        and t.start not in owned
        and not text[min(t.end, token.end) : max(t.start, token.start)].strip(" ;,")
        for t in clause.found
        if t is not token
    )  # fmt: skip


def _counts(clause: Clause, one: Owned) -> bool:
    """Whether events with their percentage, but without n, are of no number of the paper."""
    parts = one.token.texts
    if one.token.kind != "share" or not {"events", "percent"} <= set(parts):
        return False
    events, percent = number(parts["events"]), parts["percent"]
    if number(percent) > 100:
        return True
    if "n" in parts:
        return not is_share(events, number(parts["n"]), percent)
    return events > 0 and not any(
        n >= events and n > 1 and is_share(events, n, percent) for n in clause.known
    )


def _timed(clause: Clause, one: Owned) -> bool:
    """Whether the time of a rate stands beside its outcome or its figure."""
    month = clause.months.get(one.token.start)
    last = _carrier(clause, one)
    since = last.token.end if last else one.mention.start
    between = [t for t in clause.found if t.kind == "times" and since <= t.start < one.token.start]
    if len(between) > 1:
        return False
    for t in clause.found:
        if t.kind != "times" or month not in times_of(t):
            continue
        if one.mention.start <= t.start <= one.token.end + 60:
            return True
        if not unknown(hidden(clause, t.end, min(one.mention.start, one.token.start))):
            return True
    return False


def _centred(clause: Clause, one: Owned) -> bool:
    """Whether the last median or mean before the figure is of the figure's outcome."""
    if re.match(r"h?m[A-Z]", one.mention.text):
        return True
    said = [m for m in _CENTRE.finditer(clause.text, 0, one.token.start)]
    if not said or said[-1].start() >= one.mention.start:
        return True
    own = {p.token.start for p in clause.pairs
           if "median" in p.mention.measures and p.mention.outcome not in ("", "follow_up")}  # fmt: skip
    at = said[-1].end()
    strange = [
        t for t in clause.found
        if at <= t.start < min(one.mention.start, one.token.start)
        and t.kind in _FIGURES and t.start not in own
    ]  # fmt: skip
    between = [m for m in clause.named if at <= m.start < one.mention.start and not m.outcome]
    return not strange and not between


# Words about ratios that leave them the outcome's.
_OF_RISK: Final = re.compile(
    r"\b(?:predict\w*|independently|adjusted|unadjusted|stratified|crude|pooled|risk|hazard|odds|longer|shorter|lower|higher)\s+$"
)
_OF_RATIOS: Final = re.compile(
    r"\b(?:improv|reduc|prolong|increas|decreas|adjust|stratif|unadjust|univaria|multivaria|propensity|regress"
    r"|favou?r)\w*|\b(?:Cox|models?|analys[ie]s|linked|associated|once|scores? (?:was|were)? ?applied|nearly|doubled)\b",
    re.IGNORECASE,
)


def doubt_of_ratio(
    clause: Clause, name: tuple[int, int], value: Token, mention: Mention | None
) -> str:
    """As :func:`doubt`, of a ratio named from ``name[0]`` to ``name[1]``."""
    if mention is None:
        return ""
    if not plainly(mention) or modified(_OF_RISK.sub("", clause.text[: mention.start])):
        return "named"
    if mention.end <= name[0]:
        gap = hidden(clause, mention.end, name[0])
        front = next((m for m in reversed(clause.named) if m.end <= mention.start), None)
        listed = (
            front is not None and front.outcome != mention.outcome and "ratio" in front.measures
        )
        if listed and front and LIST.fullmatch(clause.text, front.end, mention.start):
            return "two"
    else:
        gap = hidden(clause, name[1], min(mention.start, value.start))
    rest = (
        hidden(clause, max(name[1], mention.end), value.start) if mention.end < value.start else ""
    )
    wrong = unknown(_OF_RATIOS.sub(" ", gap))
    return "words" if wrong or unknown(rest) else ""


def whole_numbers(texts: Iterable[str]) -> frozenset[int]:
    """The whole numbers of a paper above one, in figures or words."""
    pattern = re.compile(rf"(?<![\d.,·]){COUNT}(?![\d]|[.,]\d)(?!\s*%)", re.IGNORECASE)
    return frozenset(int(number(m[0])) for text in texts for m in pattern.finditer(text)) - {0, 1}

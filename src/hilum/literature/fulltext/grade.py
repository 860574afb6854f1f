"""How sure it is that a figure is the outcome's: why it is not proposed, where it is not sure.

Each check is evidence of its own from the figure's clause: one that fails is enough to leave the
figure to the reader.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.clause import LEADS, VERB
from hilum.literature.fulltext.doubts import Clause, carrier, held, hidden
from hilum.literature.fulltext.grade_figure import (
    centred,
    in_bracket,
    of_other_counts,
    other_time,
    timed,
)
from hilum.literature.fulltext.links import LINKS, modified, unknown
from hilum.literature.fulltext.mentions import plainly
from hilum.literature.fulltext.tokens import times_of

if TYPE_CHECKING:
    from hilum.literature.fulltext.clause import Owned
    from hilum.literature.fulltext.mentions import Mention


_FIGURES: Final = ("share", "number", "missing")
# Words behind the name of an outcome that end it, where its figure stands before it.
_GOES_ON: Final = re.compile(
    r"\s*(?:$|[.,;:()\[\]/#•|=<>≥≤+-]|(?:rates? )?(?:and|or|in|at|by|with|after|according|on|as"
    r"|per|using"
    r"|for|but|while|whereas|compared|versus|vs|v|from|during|within|following|respectively|only|to"
    r"|under|of (?:the )?(?:disease|tumou?r|liver|treatment|procedure|surgery|operation)|events?"
    r"|syndrome)\b|\d)",
    re.IGNORECASE,
)
_EDGE: Final = re.compile(
    r"(?:^|[.,;:(\[=•#|>-]|\b(?:and|or|in|with|while|whereas|but|only|of|an?|the|vs|versus|was"
    r"|were|to|at"
    r"|for|against|had|showed|found|observed|noted|saw|that|by|also|including|comprised|additional"
    r"|further|another|respectively|results?|findings|patients?))\s*$",
    re.IGNORECASE,
)
_APART: Final = re.compile(
    r"\b(?:vs|v|versus|against|compared|whereas|while|than|but|respectively|in|for|with|among"
    r"|after)\b",
    re.IGNORECASE,
)
# Behind the last figure of a list: it ends, or says whose it is.
_CLOSED: Final = re.compile(
    r"\s*(?:[)\]]\s*)*(?:$|[.;:]|,?\s*(?:and\b\s*)?\(?(?:log-?rank |Fisher\S* )?[pP]\b"
    r"|[,;]?\s*(?:resp\b|respectively)"
    r"|\s*(?:at|by|after) \w+ (?:years?|months?)\b|,?\s*(?:and\s+)?\d|(?:\w+\s+){0,1}(?:in|for"
    r"|with|among|after|patients|months|years)\b|\()",
)
_TIME_BEFORE: Final = re.compile(
    r"\b(?:(?<!amounted )(?<!came )(?<!compared )(?<!equal )(?<!equalled )(?<!OS )(?<!PFS )to"
    r"|(?<!stood )at|after|within"
    r"|beyond|every|until|over|by|from|last|first|next|least|most|than|for|additional|further"
    r"|another"
    r"|under|up to|before|cutoff|past|about|approximately)\s*$",
    re.IGNORECASE,
)
_NOUN_BEFORE: Final = re.compile(
    r"\b(?:grade|stage|arm|class|score|type|level|day|week|month|year|cycle|cycles|line|the|all"
    r"|these|those"
    r"|other|remaining|first|last|next|number|table|figure|phase|centre|center)\s*$",
    re.IGNORECASE,
)
BASELINE: Final = re.compile(
    r"\b(?:at (?:baseline|inclusion|entry|study entry|enrol\w+|presentation|referral|screening"
    r"|diagnosis)|on entry"
    r"|baseline|history of|previous(?:ly)?|prior|pre-?treatment|eligible|inclusion criteria"
    r"|before (?:the "
    r"|starting |study )?(?:treatment|therapy|enrol\w+|inclusion|random\w+|PRRT|TACE|TARE|surgery"
    r"|resection|procedure|operation|intervention|emboli[sz]ation|ablation)"
    r"|indications?|reasons? for|comorbid\w*|(?:pre-?|co-?)existing|(?:documented"
    r"|radiological) progression (?:within|in) the)\b",
    re.IGNORECASE,
)
_EVENTS: Final = ("progressive_disease", "recurrence", "local_recurrence")
_AT_EVENT: Final = re.compile(r"\b(?:at|on|upon|who(?: had)?)\s+(?:the |first |disease )?$", re.I)
_SUBJECT: Final = re.compile(
    r"\b(?:against|prophyla\w+ (?:of|for|against)|prevent\w*(?: of)?"
    r"|(?:treat\w+|manag\w+|therapy|drugs?) (?:of|for)|after|following|before|until"
    r"|despite|since|without|predict\w*(?: \w+)?"
    r"|risk factors? (?:for|of)"
    r"|associated with|related to|led to|leading to|because of|due to|died\b[^.;,()]{0,20} of"
    r"|deaths? from"
    r"|on account of|owing to"
    r"|upon|towards?|no|not"
    r"|criteria for|candidates? for|definition of|assessment of|analysis of|(?:patients|tumou?rs"
    r"|lesions"
    r"|cases|people) (?:with|without|in)"
    r"|those (?:with|without|in)|who (?:had|achieved|showed)|responders|time (?:to|of)"
    r"|(?:differen\w+|gains?|increases?|improvements?|changes?|reductions?|benefits?|loss"
    r"|declines?|excess)"
    r" (?:in|of))\s+(?:[\w-]+ ){0,2}$"
    r"|\b(?:no|none|neither|nobody|nor)\b(?!\s(?:\w+ )?differen)[^.;,:]{0,40}$",
    re.IGNORECASE,
)
# "20 of 24 (83 %) had a response or stable disease": patients of whom something else is told.
_ACTS: Final = re.compile(
    r"[\s)\],]*(?:of (?:all |the |these )?)?(?:(?:evaluable |treated )?(?:patients|cases|subjects"
    r"|women|men|individuals|participants|them|these)\s+)?(?:had|have|achiev\w+|show\w+"
    r"|experienc\w+|develop\w+|attain\w+|reach\w+|suffer\w+|died|survived|progressed|responded"
    r"|remained|met|underwent|received|required)\b",
    re.IGNORECASE,
)
# The rest of a bracket in which the figure stands.
_CLOSES: Final = re.compile(r"[^()]{0,80}\)")


_BY_DAY: Final = frozenset({"mortality_30d", "mortality_90d"})
# "30- and 90-day mortality": one name of two outcomes.
_TWO_DAYS: Final = re.compile(
    r"\b(?:\d+|thirty|ninety)-?(?: ?days?)? ?(?:and|or|/|,|to) ?$", re.IGNORECASE
)
# "A further 1.6 % died within 90 days": not all that had died by then.
_ONLY_LATER: Final = re.compile(r"\b(?:further|additional|another|other)\s+$", re.IGNORECASE)


def doubt(clause: Clause, one: Owned, measure: str, limits: tuple[str, str, str]) -> str:
    """A code of ``REASONS``, or nothing where every check is passed.

    ``limits``: the figure and its two limits as printed, empty where they are not.
    """
    checks = (
        ("chosen", _chosen), ("named", _named), ("words", _words), ("two", _two), ("list", _list),
        ("bracket", in_bracket), ("counts", of_other_counts),
    )  # fmt: skip
    if one.mention.outcome in _BY_DAY:
        if _TWO_DAYS.search(clause.text[: one.mention.start]):
            return "two"
        if _ONLY_LATER.search(clause.text[: one.token.start]):
            return "words"
    if measure == "proportion" and BASELINE.search(clause.text):
        return "baseline"
    failed = next((code for code, check in checks if check(clause, one)), "")
    if failed:
        return failed
    if measure == "rate_at" and not timed(clause, one):
        return "time"
    if other_time(clause, one):
        return "time"
    before = clause.text[: one.token.start]
    if measure in ("median", "mean", "follow_up") and _TIME_BEFORE.search(before):
        return "time"
    if measure in ("median", "mean", "follow_up") and _NOUN_BEFORE.search(before):
        return "words"
    if measure in ("median", "mean", "follow_up") and not centred(clause, one):
        return "centre"
    return "" if held(*limits) else "limits"


def _before(one: Owned) -> bool:
    return one.mention.end <= one.token.start


def _after(one: Owned) -> bool:
    return one.mention.start >= one.token.end


_DONE: Final = re.compile(
    r"\b(?:was|were|be|been)\s+(?:\w+ly\s+)?(?:evaluable|assessable|assessed|evaluated|treated"
    r"|measured|calculated|computed|reviewed|given|administered|prescribed)\b",
    re.IGNORECASE,
)
# "Response, stabilisation and [progression]": a list of which not all is known.
_LISTED: Final = re.compile(r"(?<![\w-])([^\W\d_]+) (?:and|or) (?:the )?$")
# A complaint that went is no adverse event.
_EASED: Final = re.compile(
    r"\b(?:better|improv\w+|resolv\w+|disappear\w+|reliev\w+|ceased|settled|subsided|gone|free of"
    r"|controlled)\b",
    re.IGNORECASE,
)
GRADED: Final = re.compile(
    r"\bgrades? ?(?:[≥>]=? ?)?[345]\b|\bsevere\b|\bserious\b|\bmajor\b", re.I
)
# "Weight loss was 10 %": how much, not how many.
_AMOUNT: Final = re.compile(r"dose (?:reduction|delay)\b|weight (?:loss|gain)", re.IGNORECASE)
_TURNS: Final = re.compile(
    r"(?:[\s()\[\],#]|log-?rank)*(?:and|but|or|while|whereas|of whom|of which)\b", re.I
)


def _words(clause: Clause, one: Owned) -> bool:
    if not _before(one):
        return False
    last = carrier(clause, one)
    if last is not None and _words(clause, last):
        # What is not certain of one figure is not of the next that is told like it.
        return True
    if last is None:
        first = hidden(clause, one.mention.end, one.token.start)
        if ";" in first:
            return True
        other = any(one.mention.end <= m.start < one.token.start for m in clause.named)
        if _TURNS.match(first) and not other:
            return True
    share = one.token.kind == "share" and one.token.start not in clause.months
    if share and "events" not in one.token.texts and _AMOUNT.match(one.mention.text):
        return True
    if share and _DONE.search(clause.text, one.mention.end, one.token.start):
        return True
    since = last.token.end if last else one.mention.end
    if share and _VALUE_OF.search(clause.text[since : one.token.start]):
        return True
    if share and any(
        t.kind == "missing" and since <= t.start < one.token.start for t in clause.found
    ):
        # "PD in 3 and 15; not evaluable in 2".
        return True
    if one.mention.outcome == "any_complication" and GRADED.search(
        clause.text, since, max(since, one.token.start)
    ):
        # "Of any grade in all 41, of grade 3 or higher in 28".
        return True
    if one.mention.outcome == "other" and _EASED.search(clause.text, since, one.token.end + 20):
        return True
    return bool(unknown(_AFTER.sub(" ", hidden(clause, since, one.token.start))))


# "71 % of the first recurrences (98 of 138)": what a share is of, not what it is.
_SHARE_OF: Final = re.compile(r"(?:%|per ?cent) of (?:the |all |these )?(?:[\w-]+ ){0,2}$", re.I)

_WERE: Final = re.compile(
    r"\b(?:patients|recipients|people|women|men) (?:were|are|remained) $", re.I
)
_EVENT: Final = frozenset({"proportion"})
# "Grade 3 or 4 skin complications": not those of any grade.
_GRADE_FIRST: Final = re.compile(
    r"\b(?<!any.)(?<!all.)(?:grades?|Gr|G|Clavien|Dindo)\b[^.;,]{0,30}$|(?:\b3|\bIII"
    r"|\bIV)\w? [^.;,]{0,20}$",
    re.I,
)
_OF_BLOOD: Final = re.compile(r"ha?ematologic(?:al)? toxicit", re.IGNORECASE)
_GRADE_OF: Final = re.compile(r"\s*of grade", re.I)
# "In a patient with a shunt of 14 %": what one patient had.
_VALUE_OF: Final = re.compile(r"\bwith an? (?:[\w-]+ ){1,3}of\s*$", re.I)
# "After 16 procedures", "after 1 and 3 years": what is counted, and when.
_AFTER: Final = re.compile(r"\b(?:after|following|followed)\s+(?=#|$)", re.I)


def _named(clause: Clause, one: Owned) -> bool:
    before = clause.text[: one.mention.start]
    if _SHARE_OF.search(before) and not _WERE.search(before):
        return True
    event = one.mention.outcome == "other" and one.mention.measures == _EVENT
    of_all = one.mention.outcome == "any_complication" or _OF_BLOOD.match(one.mention.text)
    if of_all and _GRADE_FIRST.search(before):
        return True
    # An event of whatever kind is one that no table of the evidence knows.
    if not event and (not plainly(one.mention) or modified(before)):
        return True
    if event and _GRADE_OF.match(clause.text, one.mention.end):
        return False
    return _after(one) and not _GOES_ON.match(clause.text, one.mention.end)


def _chosen(clause: Clause, one: Owned) -> bool:
    if not _before(one) and not _after(one):
        # "23 of 84 relapsed patients": named in the denominator.
        return True
    if not _before(one) or one.mention.outcome == "follow_up":
        return False
    front = clause.text[: one.mention.start]
    if one.mention.outcome in _EVENTS and _AT_EVENT.search(front):
        return True
    return _SUBJECT.search(front) is not None


# "Overall and recurrence-free survival": the first is told by its first word alone.
_BOTH: Final = re.compile(
    r"\b(?:overall|hepatic|patient|graft|disease|progression) and (?:the )?$", re.I
)


def _two(clause: Clause, one: Owned) -> bool:
    """Another outcome as near as the figure's own, which has no figure itself."""
    text, token = clause.text, one.token
    if _BOTH.search(text[: one.mention.start]):
        return True
    if len(clause.pairs) > 1 and any(" and " in m.text.lower() for m in clause.named):
        # "Complete and partial responses": one figure, or two.
        return True
    owners = [p.mention for p in clause.pairs if p.token != token]
    listed = _LISTED.search(text[: one.mention.start])
    strange = listed is not None and listed[1].lower() not in LINKS
    if listed and strange and _before(one):
        known = any(m.start <= listed.start() < m.end for m in clause.named)
        if not known:
            return True
    if _before(one):
        closed = _CLOSES.match(text, token.end)
        if token.kind == "share" and _ACTS.match(text, closed.end() if closed else token.end):
            return True
        behind = next((m for m in clause.named if m.start >= token.end), None)
        if behind is None or behind in owners or _carried_over(clause, one, behind):
            return False
        return LEADS.fullmatch(text, token.end, behind.start) is not None
    if _after(one):
        front = next((m for m in reversed(clause.named) if m.end <= token.start), None)
        lead = text[token.end : one.mention.start]
        if front is not None and re.match(r"\s*[)\]]?\s*[,;]\s*with\b", lead):
            return True
        if front is None or front in owners or VERB.search(text, token.end, one.mention.start):
            return False
        gap = hidden(clause, front.end, token.start)
        return "#" not in gap and len(gap) < 40 and not re.search(r"[;.]", gap)
    return False


def _carried_over(clause: Clause, one: Owned, behind: Mention) -> bool:
    """A name that only says more of the figure's own outcome: "35 % (CR + PR)"."""
    same = behind.outcome == one.mention.outcome
    return same or (not behind.outcome and clause.text[one.token.end : behind.start].strip() != "")


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
    if any(p.mention == one.mention and _after(p) for p in clause.pairs):
        # Its figure stood before it.
        return True
    last = carrier(clause, one)
    if last is None:
        return re.match(r"\s*/\s*\d", text[token.end :]) is not None and not _many(clause)
    between = text[last.token.end : token.start]
    if token.kind == "share" and ("percent" in token.texts) != ("percent" in last.token.texts):
        return True
    after = text[token.end :]
    if re.search(r"[/-]\s*$", between) and not _many(clause):
        return True
    month = clause.months.get(token.start)
    if month is not None and month != clause.months.get(last.token.start):
        return not _many(clause) and not any(
            t.kind == "times" and last.token.end <= t.start <= token.end + 30 for t in clause.found
        )
    return not (_APART.search(between) or _CLOSED.match(after))


def side_of(clause: Clause, one: Owned) -> str:
    """Which of several figures of one outcome and time it is whose arms stand elsewhere: "1/2"."""
    month = clause.months.get(one.token.start)
    same = [
        p for p in clause.pairs
        if p.mention == one.mention and p.token.kind == one.token.kind
        and clause.months.get(p.token.start) == month
    ]  # fmt: skip
    if len(same) < 2:
        return ""
    first, last = same[0].token, same[-1].token
    named = (
        re.search(rf"\b{_WITH}", clause.text[first.end : last.start])
        or re.match(rf"[\s)\],]*{_WITH}", clause.text[last.end :])
        or _ARMS_NAMED.search(clause.text[: first.start])
    )
    return "" if named else f"{same.index(one) + 1}/{len(same)}"


_WITH: Final = r"(?:with|in|for|after|under|on|of|among)\s+\w"
# "for TACE and TAE", "(TACE v TAE)": whose the figures of a list are.
_ARMS_NAMED: Final = re.compile(
    r"\b[A-Z][\w+/-]*[A-Z\d][\w+/-]*(?: (?:group|arm))?,? (?:and|vs?\.?|versus|or) "
    r"(?:the )?[A-Z][\w+/-]*[A-Z\d]"
)


def _many(clause: Clause) -> bool:
    """Whether times are listed in one: "the 1-, 3- and 5-year"."""
    return any(t.kind == "times" and len(times_of(t)) > 1 for t in clause.found)

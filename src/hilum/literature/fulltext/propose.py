"""Figures that a paper seems to print, each with its page and sentence: proposed, never accepted.

A figure is proposed where its outcome, its measure and its owner (this study) are all certain by
the words around it; one that is not is left to the reader.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.clause import owned
from hilum.literature.fulltext.grade import Clause, doubt, doubt_of_ratio, held, whole_numbers
from hilum.literature.fulltext.mentions import mentions
from hilum.literature.fulltext.numerals import NUMBER, is_share, number, printed_p
from hilum.literature.fulltext.own import is_letter, own_part
from hilum.literature.fulltext.proposal import Proposal
from hilum.literature.fulltext.rows import of_rows
from hilum.literature.fulltext.sentences import sentences
from hilum.literature.fulltext.tokens import NOT_REACHED, Token, times_of, tokens, unit_of
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.fulltext.clause import Owned
    from hilum.literature.fulltext.mentions import Mention
    from hilum.literature.fulltext.pages import Page
    from hilum.literature.fulltext.sentences import Sentence
    from hilum.watch import Watch

_RATIO: Final = re.compile(
    r"(?i:(?:hazards?|odds|risk|rate) ratios?|relative risks?)(?: ?\([A-Za-z]{2,3}\))?"
    r"|\ba?(?:HR|OR|RR)s?\b(?! ?%)"
)
_RATIOS: Final = {"h": "hazard_ratio", "o": "odds_ratio", "r": "risk_ratio"}
# Between the name of a ratio and its value.
_TO_VALUE: Final = re.compile(
    r"[\s,:;=(\[]*(?:\(?(?:with )?(?:a )?\d\d ?% ?(?:CI|confidence interval)\)?[\s,:;=]*)?"
    r"(?:(?:for|of) [^.;\d]{2,60}? )?(?:was|were|is|of|=|estimated at|:)?[\s(\[]*",
    re.IGNORECASE,
)
_CRITERIA: Final = re.compile(
    r"m?RECIST(?: ?(?:version |v\.? ?)?1\.[01])?|modified RECIST|\bEASL\b|\bWHO\b(?: criteria)?"
    r"|\bSWOG\b|\bChoi\b|PERCIST|CTCAE(?: ?(?:version |v\.? ?)?\d(?:\.\d+)?)?|Clavien-Dindo"
)
_CENTRE: Final = re.compile(r"\b(?:median|mean|average)s?\b|中位", re.IGNORECASE)
# Bounds, changes and thresholds are no shares of patients.
_BOUND: Final = re.compile(
    r"(?:[<>≤≥~]|\b(?:at least|at most|more than|less than|over|under|up to|above|below|exceed\w*"
    r"|(?:de|in)creas\w+ (?:of|by|from)|reduc\w+ (?:of|by|from)|fell (?:by|from)|rose (?:by|from)"
    r"|difference of|by|lower by|higher by|about|nearly|almost|roughly|around"
    r"|approximately)|\b(?:by|of) (?:a |an )?(?:mean|median|average)(?: of)?)\s*$",
    re.IGNORECASE,
)
_GROUP: Final = re.compile(
    r"[\s)\],]*(?:\b(?:in|with|for|after|among)\s+)(?:the\s+)?(?P<group>[A-Za-z][\w +/-]{1,40}?)"
    r"(?:\s+(?:group|arm|cohort|patients))?(?=\s*(?:[,;.()]|\band\b|\bvs\b|\bversus\b"
    r"|\bcompared\b|$))"
)
_NO_GROUP: Final = re.compile(
    r"^(?:an?|all|total|our|this)\b|\b(?:rate|response|survival|years?|months?|disease)\b", re.I
)
_FIGURES: Final = ("share", "number", "missing")
_BESIDE: Final = re.compile(r"[\s,;:()\[\]]*(?:%|months?|years?|weeks?|days?)?[\s,;:()\[\]]*", re.I)
_P_BESIDE: Final = 40
# Counts told once more in brackets behind their percentages.
_COUNTS: Final = re.compile(r"\(\d+/\d+(?:[,;] ?(?:and )?\d+/\d+)+\)")
# Figures told of something named before are nobody's to assign.
_OTHER_FIGURES: Final = re.compile(
    r"\b(?:corresponding|respective|same) (?:figures|values|rates|numbers|percentages)\b", re.I
)
# Between a rate and its time behind it: "48 % [were alive] at 5 years".
_TO_TIME: Final = re.compile(
    r"[\s,(\[]*(?:of (?:the )?patients )?(?:\(?95 ?% ?CI[^)]*\)?)?\s*(?:were |was )?"
    r"(?:still )?(?:alive |progression-free |free of [\w-]+ )?(?:overall survival |survival )?",
    re.IGNORECASE,
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
    if is_letter(" ".join(one.plain for one in read[:3])):
        return []
    found: list[Proposal] = []
    known = whole_numbers(one.plain for one in read)
    for one in read:
        watch.done()
        if not one.row:
            found += of_sentence(one, known)
    found += of_rows(read)
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
    return [one for like in kept.values() for one in like]


def left_out(found: Iterable[Proposal]) -> list[Proposal]:
    """What was seen of a known outcome and is not proposed, each with its doubt."""
    found = list(found)
    kept = {one.figure for one in once(found)}
    out: dict[tuple[object, ...], Proposal] = {}
    for one in found:
        if one.doubt and one.outcome and one.figure not in kept:
            out.setdefault((one.figure, one.sentence, one.span), one)
    return list(out.values())


def _folded(one: Proposal) -> str:
    return one.group.casefold()


def _says(one: Proposal) -> int:
    return sum(map(bool, (one.low, one.p, one.events, one.n, one.group)))


def of_sentence(sentence: Sentence, known: frozenset[int]) -> list[Proposal]:
    """The figures of one sentence of running text."""
    first, last = own_part(sentence)
    if not last:
        return []
    text = sentence.plain
    found = [t for t in tokens(text) if t.kind != "citation" and first <= t.start < last]
    named = mentions(text)
    ratios, spent = _ratios(sentence, found, named, known)
    rest = [t for t in found if t.start not in spent]
    return [*ratios, *_others(sentence, rest, found, named, known)]


def _ratios(
    sentence: Sentence, found: list[Token], named: list[Mention], known: frozenset[int]
) -> tuple[list[Proposal], set[int]]:
    out: list[Proposal] = []
    spent: set[int] = set()
    text = sentence.plain
    for name in _RATIO.finditer(text):
        value = next((t for t in found if t.start >= name.end()), None)
        if value is not None and value.kind == "interval" and "kind" in value.texts:
            value = None
        if value is None or value.kind != "number" or "unit" in value.texts:
            continue
        between = text[name.end() : value.start]
        if not _TO_VALUE.fullmatch(between) or text[value.end : value.end + 1] == "%":
            continue
        interval, p = _beside(text, value, found)
        if interval is None and not p:
            continue
        spent.add(value.start)
        code = _RATIOS[name[0].lstrip("a").lower()[0]]
        mention = _outcome_of_ratio(name.start(), named, code)
        outcome = mention.outcome if mention else ""
        made = _made(sentence, value, code, outcome, interval, p, value.texts["value"])
        clause = Clause(text, found, named, (), known, {})
        why = doubt_of_ratio(clause, name.span(), value, mention)
        if not why and made.low and not held(made.value, made.low, made.high):
            why = "limits"
        out.append(replace(made, doubt=why))
    return out, spent


def _outcome_of_ratio(at: int, named: list[Mention], code: str) -> Mention | None:
    kinds = {"ratio"} if code == "hazard_ratio" else {"ratio", "proportion"}
    fit = [m for m in named if kinds & m.measures]
    before = [m for m in fit if m.end <= at]
    after = [m for m in fit if m.start >= at and m.start - at <= 60]
    named_behind = [m for m in after if m.start - at <= 30]
    chosen = named_behind[0] if named_behind else (before[-1] if before else None)
    return chosen or (after[0] if after else None)


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
    at = _times(text, [one.token for one in rates], times)
    clause = Clause(text, found, named, pairs, known, at)
    for one in pairs:
        token, mention = one.token, one.mention
        if mention.measures == frozenset({"ratio"}) or not _fits(token):
            continue
        interval, p = _beside(text, token, found)
        if token.kind == "share":
            month = at.get(token.start)
            if month is not None and "rate_at" in mention.measures:
                made = _made(sentence, token, "rate_at", mention.outcome, interval, p,
                             token.texts.get("percent", ""))  # fmt: skip
                if made.value and not made.events:
                    out.append(_graded(clause, one, replace(made, time_months=month)))
            elif "proportion" in mention.measures and not times_apply(mention, times, token):
                made = _made(sentence, token, "proportion", mention.outcome, interval, p,
                             token.texts.get("percent", ""))  # fmt: skip
                out.append(_graded(clause, one, made))
            continue
        centre = _centre(text, token, mention)
        if centre is None or "median" not in mention.measures:
            continue
        measure = "follow_up" if mention.outcome == "follow_up" else centre
        value = NOT_REACHED if token.kind == "missing" else token.texts["value"]
        outcome = "other" if mention.outcome == "follow_up" else mention.outcome
        made = _made(sentence, token, measure, outcome, interval, p, value)
        out.append(_graded(clause, one, made))
    return out


def _graded(clause: Clause, one: Owned, made: Proposal) -> Proposal:
    limits = (made.value, made.low, made.high) if made.low else ("", "", "")
    return replace(made, doubt=doubt(clause, one, made.measure, limits))


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


def times_apply(mention: Mention, times: list[Token], token: Token) -> bool:
    """Whether a share of a survival outcome would need a time that could not be told."""
    return "rate_at" in mention.measures and any(abs(t.start - token.start) < 60 for t in times)


def _bounded(token: Token, text: str) -> bool:
    """Not a share of patients but a bound, a change, or the end of a range."""
    if token.kind != "share":
        return False
    before, behind = text[: token.start], text[token.end :]
    return bool(
        _BOUND.search(before)
        or re.match(r" or (?:greater|more|less|higher|larger|better|above|over)\b", behind)
        or re.search(r"\d-$", before)
    )


def _centre(text: str, token: Token, mention: Mention) -> str | None:
    """Median or mean, by the last such word before the figure, or the letters of the outcome."""
    behind = re.match(r"\s*\((median|mean)\b", text[token.end :])
    if behind:
        return behind[1]
    said = list(_CENTRE.finditer(text, 0, token.start))
    if said:
        word = said[-1][0].lower()
        return "median" if word in ("median", "medians", "中位") else "mean"
    return "median" if re.match(r"h?m[A-Z]", mention.text) else None


def _beside(text: str, token: Token, found: list[Token]) -> tuple[Token | None, str]:
    """The interval that stands right behind a figure, and the p value behind either."""
    interval: Token | None = None
    p = ""
    end = token.end
    for one in (t for t in found if t.start >= token.end):
        gap = text[end : one.start]
        if one.kind == "interval" and interval is None and _BESIDE.fullmatch(gap):
            interval, end = one, one.end
        elif one.kind == "p" and len(gap) <= _P_BESIDE:
            p = printed_p(one.texts["p"])
            break
        elif one.kind in ("share", "number", "missing", "interval"):
            break
    return interval, p


def _times(text: str, rates: list[Token], times: list[Token]) -> dict[int, float]:
    """The time of each rate: lists one by one, else the time before it unless that is used."""
    out: dict[int, float] = {}
    if len(times) > 1 and len(times) == len(rates) and times[-1].end <= rates[0].start:
        return {rate.start: times_of(one)[0] for rate, one in zip(rates, times, strict=True)}
    for listed in times:
        months = times_of(listed)
        if len(months) < 2:
            continue
        behind = [t for t in rates if t.start > listed.end]
        if behind and len(behind) % len(months) == 0:
            for i, token in enumerate(behind):
                out[token.start] = months[i % len(months)]
        return out
    used: set[int] = set()
    for i, token in enumerate(rates):
        before = next((t for t in reversed(times) if t.end <= token.start), None)
        following = rates[i + 1].start if i + 1 < len(rates) else len(text)
        after = next((t for t in times if t.start >= token.end and t.end <= following), None)
        between = any(before.end <= r.start < token.start for r in rates) if before else False
        behind = after is not None and _TO_TIME.fullmatch(text[token.end : after.start])
        parted = before is not None and re.search(r"[,;]|\band\b", text[before.end : token.start])
        if after is not None and behind and parted and not between:
            chosen = after
        elif before and before.start not in used and not between:
            chosen = before
        elif after and _TO_TIME.fullmatch(text[token.end : after.start]):
            chosen = after
        elif re.match(r" at \w", text[token.end :]):
            # A time in words that was not understood.
            chosen = None
        else:
            chosen = before
        if chosen is not None:
            used.add(chosen.start)
            out[token.start] = times_of(chosen)[0]
    return out


def _made(
    sentence: Sentence,
    token: Token,
    measure: str,
    outcome: str,
    interval: Token | None,
    p: str,
    value: str,
) -> Proposal:
    texts = token.texts
    limits = interval.texts if interval else {}
    level = limits.get("level") or limits.get("level2")
    kind = _interval_kind(limits)
    criteria = _CRITERIA.findall(sentence.plain)
    unit = unit_of(texts["unit"]) if "unit" in texts else ""
    if not unit and limits.get("unit"):
        unit = unit_of(limits["unit"])
    if measure in ("proportion", "rate_at"):
        unit = "percent"
    group = _GROUP.match(sentence.plain, interval.end if interval else token.end)
    named = group["group"].strip() if group else ""
    high = limits.get("high", "")
    return Proposal(
        measure=measure,
        outcome=outcome,
        events=int(number(texts["events"])) if "events" in texts else None,
        n=int(number(texts["n"])) if "n" in texts else None,
        value=f"0{value}" if value.startswith(".") else value.replace(",", ""),
        low=limits.get("low", ""),
        high=high if not high or re.fullmatch(rf"-?{NUMBER}", high) else NOT_REACHED,
        interval=kind if interval else "",
        level=float(level) if level else None,
        unit=unit,
        p=p,
        criteria=criteria[0] if len(set(criteria)) == 1 else "",
        group="" if _NO_GROUP.search(named) else named,
        page=sentence.page,
        sentence=sentence.text,
        span=(token.start, interval.end if interval else token.end),
        row=sentence.row,
    )


def _interval_kind(limits: dict[str, str]) -> str:
    said = limits.get("kind", "").lower()
    if said.startswith(("range", "范围", "min")):
        return "range"
    if said.startswith(("iqr", "interq", "q1")):
        return "iqr"
    return "ci" if said or limits.get("level") else ""

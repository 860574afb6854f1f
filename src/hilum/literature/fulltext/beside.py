"""What stands beside a figure: limits, p, criteria, the group; and the proposal of it all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.links import ARM_FIRST
from hilum.literature.fulltext.mentions import mentions
from hilum.literature.fulltext.numerals import NUMBER, number, printed_p
from hilum.literature.fulltext.proposal import Proposal
from hilum.literature.fulltext.tokens import NOT_REACHED, unit_of

if TYPE_CHECKING:
    from hilum.literature.fulltext.mentions import Mention
    from hilum.literature.fulltext.sentences import Sentence
    from hilum.literature.fulltext.tokens import Token

_CRITERIA: Final = re.compile(
    r"m?RECIST(?: ?(?:version |v\.? ?)?1\.[01])?|modified RECIST|\bEASL\b|\bWHO\b(?: criteria)?"
    r"|\bSWOG\b|\bChoi\b|PERCIST|CTCAE(?: ?(?:version |v\.? ?)?\d(?:\.\d+)?)?|Clavien-Dindo"
)
_CENTRE: Final = re.compile(r"\b(?:median|mean|average)s?\b|中位", re.IGNORECASE)
_GROUP: Final = re.compile(
    r"[\s)\],]*(?:\b(?:in|with|for|after|among)\s+)(?:the\s+)?(?P<group>[A-Za-z][\w +/-]{1,40}?)"
    r"(?:\s+(?:group|arm|cohort|patients))?(?=\s*(?:[,;.()]|\band\b|\bvs\b|\bversus\b"
    r"|\bcompared\b|$))"
)
_NO_GROUP: Final = re.compile(
    r"^(?:an?|all|total|our|this|these|those|no|others?)\b|\b(?:rate|response|survival|years?"
    r"|months?|disease)\b",
    re.I,
)
_BESIDE: Final = re.compile(r"[\s,;:()\[\]]*(?:%|months?|years?|weeks?|days?)?[\s,;:()\[\]]*", re.I)
_P_BESIDE: Final = 40
_PARTED: Final = re.compile(r"\b(?:while|whereas|but)\b", re.I)


def centre(text: str, token: Token, mention: Mention) -> str | None:
    """Median or mean, by the last such word before the figure, or the letters of the outcome."""
    # "51 months (median)", but "3.8 days (median 3)" is another figure.
    behind = re.match(r"\s*\((median|mean)\b(?![\s,:=]*\d)", text[token.end :])
    if behind:
        return behind[1]
    said = list(_CENTRE.finditer(text, 0, token.start))
    if said:
        word = said[-1][0].lower()
        return "median" if word in ("median", "medians", "中位") else "mean"
    return "median" if re.match(r"h?m[A-Z]", mention.text) else None


def beside(text: str, token: Token, found: list[Token]) -> tuple[Token | None, str]:
    """The interval that stands right behind a figure, and the p value behind either."""
    interval: Token | None = None
    p = ""
    end = token.end
    for one in (t for t in found if t.start >= token.end):
        gap = text[end : one.start]
        if one.kind == "interval" and text[one.end : one.end + 1] == "+":
            # "Range 2-22+": its end was not seen, which no limit says.
            break
        if one.kind == "interval" and interval is None and _BESIDE.fullmatch(gap):
            interval, end = one, one.end
        elif one.kind == "p" and len(gap) <= _P_BESIDE and not _PARTED.search(gap):
            p = printed_p(one.texts["p"])
            break
        elif one.kind in ("share", "number", "missing", "interval"):
            break
    return interval, p


# "In patients with R0 resection, ...", "in the 29 recipients with a hindgut primary": some of them.
_SOME: Final = re.compile(
    r"(?:^|(?<=[;.] )|\b(?:in|among|for|of)\s+)(?:the\s+)?(?:\d+\s+)?"
    r"(?P<group>(?:other\s+|remaining\s+)?(?:patients|those|recipients|cases|people|men|women)\s+"
    r"(?:with(?:out)?|who|whose|aged|younger|older|undergoing|receiving)\b"
    r"(?! (?:neuroendocrine|liver metasta|NETLM|NETs?\b))[^,;:.()]{2,60}?)"
    r"(?=\s*(?:[,;:.()]|\d+-(?:year|month)|\b(?:was|were|had|the|median|overall|objective)\b|$))",
    re.IGNORECASE,
)


# A figure told against the one of the patients that were named: it is of the others.
_OTHER_SIDE: Final = re.compile(
    r"\d[^;]*\b(?:vs?|versus|against|than|compared (?:with|to)|whereas|while|as opposed to)\b"
    r"|\b(?:vs?|versus|against|than|compared (?:with|to)|whereas|while|as opposed to)\b[^;]*\d",
    re.IGNORECASE,
)
_CUT: Final = re.compile(
    r"\b(?:with|without|who|whose|aged|receiving|undergoing) (?:and|or|than|versus|vs|against)\b"
    r"|\b(?:and|or|in|of) \d+$|\b(?:below|above|over|under|younger|older|with|without|up to)$",
    re.IGNORECASE,
)


# "32 % and 41 % in the first [and second readings]": the groups of both figures, behind the last.
_BOTH_GROUPS: Final = re.compile(
    r"(?:\s*,\s*(?!\d)[\w/+-]+(?:\s+[\w/+-]+)?)*\s*,?\s+(?:and|or|vs?\.?"
    r"|versus)\s+(?:the\s+)?(?!\d)[\w/+-]+(?:\s+(?!was|were|had|the|median|in\b)"
    r"[\w/+-]+){0,2}?\s*(?:groups?|arms?|cohorts?|patients|readings?|readers?|respectively"
    r"|[,;.(]|$)",
    re.IGNORECASE,
)


def _some(text: str, token: Token, interval: Token | None) -> str:
    """The patients that a figure's clause tells of, where they are some: behind it, else before."""
    end = interval.end if interval else token.end
    while text[end : end + 1] in (" ", ")", "]", ","):
        end += 1
    behind = _SOME.match(text, end)
    if behind:
        return _whole(behind["group"].strip())
    start = max(text.rfind(one, 0, token.start) for one in ("; ", ". ")) + 1
    before = list(_SOME.finditer(text, start, token.start))
    if not before or _OTHER_SIDE.search(text, before[-1].end(), token.start):
        return ""
    return _whole(before[-1]["group"].strip())


def _whole(group: str) -> str:
    """A group as named; nothing where its name is cut short: "those with [and 90.0 % in those]"."""
    return "" if _CUT.search(group) else group


def made(
    sentence: Sentence,
    token: Token,
    measure: str,
    outcome: str,
    interval: Token | None,
    p: str,
    value: str,
) -> Proposal:
    """A figure of a sentence with all that stands beside it."""
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
    named = _whole(group["group"].strip()) if group else ""
    if group and _BOTH_GROUPS.match(sentence.plain, group.end()):
        named = ""
    if not named or _NO_GROUP.search(named):
        named = _some(sentence.plain, token, interval)
    first = ARM_FIRST.search(sentence.plain, max(token.start - 30, 0), token.start)
    if first and not mentions(first["arm"]):
        named = first["arm"]
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
        group=named,
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

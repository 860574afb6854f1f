"""Figures of one sentence: what is printed together, each with its span.

Kinds are tried in the order of ``_KINDS``; what one takes no other sees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.numerals import COUNT, NUMBER, number

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_REACHED: Final = "not reached"
_NR: Final = (
    r"(?:not (?:yet )?(?:been )?(?:reached|estimable|evaluable|attained|calculable)|\bN[RE]\b"
    r"|\bNA\b|infinity|∞|未达到)"
)
_UNIT: Final = (
    r"(?P<unit>months?\b|mos?\b\.?|m(?=[\s,;.)\]]|$)|years?\b|yrs?\b\.?|y(?=[\s,;.)\]]|$)|weeks?\b"
    r"|wks?\b\.?|days?\b|d(?=[\s,;.)\]]|$)|个月|年|周|天)"
)
_TO: Final = r"\s*(?:%|months?|mo\.?|years?)?\s*(?:-|to|,|;|and|/|~|至)\s*"
_KIND: Final = (
    r"(?P<kind>C\.?I\.?(?![A-Za-z])|\bIC\b|CrI|confidence (?:intervals?|limits)|credible intervals?"
    r"|confidence bounds|置信区间|interquartile range|IQR|Q1-Q3|range|范围|min-max)"
)
_LEVEL: Final = r"(?P<level>\d{2}(?:\.\d+)?)\s*(?:%|per ?cent\b)[\s-]*"
_LIMITS: Final = rf"(?P<low>-?{NUMBER}){_TO}(?P<high>-?{NUMBER}|{_NR})\s*%?"
UNITS: Final = {"m": "months", "个": "months", "y": "years", "年": "years", "w": "weeks",
                "周": "weeks", "d": "days", "天": "days"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A figure, or what belongs to one.

    ``kind``: number, share (events of n, a percentage, or both), interval, p, times, missing,
    ratio; ``texts`` are the printed parts by name, ``span`` the place in the plain sentence.
    """

    kind: str
    start: int
    end: int
    texts: dict[str, str]


def _spans(kind: str, pattern: str, flags: int = re.IGNORECASE) -> Callable[[str], list[Token]]:
    compiled = re.compile(pattern, flags)

    def of(text: str) -> list[Token]:
        return [
            Token(kind, m.start(), m.end(), {k: v for k, v in m.groupdict().items() if v})
            for m in compiled.finditer(text)
        ]

    return of


_KINDS: Final = (
    _spans("count", rf"\bn\s*=\s*{COUNT}(?!\s*(?:of|/|\())"),
    _spans("citation", r"\[\s*\d{1,3}(?:\s*[-,]\s*\d{1,3})*\s*\]|\(refs?\.? [^)]*\)"),
    _spans(
        "p",
        r"(?<![A-Za-z])(?:log-?rank |Wilcoxon |adjusted |two-sided |one-sided )?"
        r"P(?:[- ]?values?|\s*for (?:trend|interaction|difference))?\s*(?:was |of )?\s*"
        rf"(?P<p>(?:[=<>≤≥]\s*|:\s*|\s)?{NUMBER})(?!\s*%)(?![-\w])",
    ),
    _spans(
        "interval",
        rf"[(\[]?\s*(?:{_LEVEL})?\s*{_KIND}(?:\s*\(?\s*{_LEVEL.replace('level', 'level2')}\)?)?"
        rf"[\s,:;=(\[]*(?:of |from |was |were )?[\s(\[]*{_LIMITS}\s*(?:{_UNIT})?\s*[)\]]*",
    ),
    _spans("interval", rf"[(\[]\s*{_LEVEL}(?:,|;|:)?\s*{_LIMITS}\s*(?:{_UNIT})?\s*[)\]]"),
    _spans(
        "times",
        rf"(?P<list>(?:{COUNT}(?:-?\s*(?:,\s*and|,|and|&|or|/)\s*|-\s*,?\s*)+)*{COUNT})-"
        r"(?P<unit>years?|yrs?|yr|months?|mo|weeks?|days?|y)\b-?(?=[^.;]{0,60}?(?:surviv|alive|OS\b"
        r"|PFS|DFS|RFS|TTP|free|mortality|recurrence|rate|probabilit|estimate|control)"
        r"|\s*(?:was |of )?\d+(?:\.\d+)?\s*%)",
    ),
    _spans(
        "times",
        rf"(?P<list>(?:{COUNT}\s*(?:,\s*and|,|and|&|or)\s*)*{COUNT}) "
        r"(?P<unit>years?|yrs?|yr|months?|mo)\b(?=[ ](?:(?!among|in|of"
        r"|for)[a-z-]+ ){0,2}(?:survival|OS\b|PFS|DFS|"
        r"rates?\b)"
        r"|\s*(?:was |of )?\d+(?:\.\d+)?\s*%)",
    ),
    _spans(
        "times",
        rf"\b(?:at|after|within|by|to)\s+(?P<list>(?:{COUNT}(?: ?(?:months?|mo|years?|yrs?))?"
        rf"(?:\s*(?:,\s*and|,|and|&|or)\s*))*{COUNT})"
        r"[- ](?P<unit>years?|yrs?|months?|mo|weeks?|days?|y)\b",
    ),
    _spans(
        "share",
        rf"(?<![\w/.,])(?P<events>{COUNT}) \(\s*(?P<percent>{NUMBER})\s*%[^()]{{0,40}}\)"
        rf" of (?P<n>{COUNT})(?: [\w-]+)? (?:patients|pts|cases|procedures)",
    ),
    _spans(
        "share",
        rf"(?P<percent>{NUMBER})\s*(?:%|per ?cent\b)\s*(?:of (?:the )?(?:patients|cases|procedures"
        rf"|lesions|sessions))?\s*[(\[,;]*\s*(?:n\s*=\s*)?(?P<events>{COUNT})\s*"
        rf"(?:of|/|out of|in|among)\s*(?:the\s+)?(?P<n>{COUNT})(?![\d.]*\s*%)(?:\s*(?:evaluable |"
        r"treated |assessable )?(?:patients|pts|cases|procedures|lesions|sessions))?\s*[)\]]?",
    ),
    _spans(
        "share",
        rf"(?<![\w/.,])(?:n\s*=\s*)?(?P<events>{COUNT})\s*(?:(?:patients|cases|pts)\s*)?"
        r"(?:of|/|out of|among)"
        rf"\s*(?:the |all |these |our )?(?P<n>{COUNT})(?!\d|\.\d)(?P<of>\s*(?:[a-z-]+ ){{0,2}}"
        r"(?:patients|pts|cases|procedures|lesions|sessions|tumou?rs|recipients|people|adults"
        r"|participants|individuals|courses|perfusions|metastases|subjects|men|women)"
        r"(?: (?:with|who had) (?:[\w-]+ ){0,3}[\w-]+)?)?"
        rf"\s*[,;(\[]+\s*(?P<percent>{NUMBER})\s*(?:%|per ?cent\b)[)\]]?",
    ),
    _spans(
        "share",
        rf"(?<![\w/.,])(?:n\s*=\s*)?(?P<events>{COUNT})"
        r"(?P<of>\s*(?:[a-z-]+ ){0,2}(?:patients|pts|cases|recipients|people|adults|participants"
        r"|individuals|courses|perfusions|metastases|"
        rf"procedures|lesions|sessions|subjects|deaths|men|women|responses?"
        rf"|remissions?))?\s*[(\[]\s*"
        rf"(?P<percent>{NUMBER})\s*(?:%|per ?cent\b)(?!\s*C)\s*[)\]]?",
    ),
    _spans(
        "share",
        rf"(?P<percent>{NUMBER})\s*(?:%|per ?cent\b)\s*[(\[,]\s*(?:n\s*=\s*)?(?P<events>{COUNT})"
        r"(?:\s*(?:patients|cases|pts))?\s*[)\]]",
    ),
    _spans(
        "share",
        rf"\(\s*(?:n\s*=\s*)?(?P<events>{COUNT})\s*[;,]\s*(?P<percent>{NUMBER})\s*"
        r"(?:%|per ?cent\b)\s*\)",
    ),
    _spans("share", rf"(?P<percent>{NUMBER})\s*(?:%|per ?cent\b)"),
    _spans(
        "share",
        rf"(?<![\w/.,])(?P<events>{COUNT})\s*(?:of|/|out of)\s*"
        rf"(?:the |all |these |our )?(?P<n>{COUNT})"
        r"(?!\d|[./]\d)(?P<of>\s*(?:[a-z-]+ ){0,2}(?:patients|pts|cases|procedures|lesions|sessions"
        r"|tumou?rs))?(?!\s*(?:months|mg|GBq|years|mm|cm))",
    ),
    _spans("interval", rf"[(\[]\s*{_LIMITS}\s*(?:{_UNIT})?\s*[)\]]"),
    _spans("interval", r"(?<=\d),\s*(?P<low>\d*\.\d+)\s*(?:-|to)\s*(?P<high>\d*\.\d+)(?![\d%])"),
    _spans("ignored", rf"(?:lower|upper) (?:limit|bound)s?:?\s*(?:of )?{NUMBER}\s*(?:{_UNIT})?"),
    _spans("missing", _NR, 0),
    _spans("missing", r"not (?:yet )?(?:been )?(?:reached|estimable|attained)|未达到"),
    _spans(
        "number",
        rf"(?<![\w.])(?P<value>{NUMBER})\s*(?:{_UNIT}\s*)?(?:±|\+/-)\s*{NUMBER}"
        rf"(?:\s*{_UNIT.replace('unit', 'unit2')})?",
    ),
    _spans("number", rf"(?<![\w.])(?P<value>{NUMBER})\s*{_UNIT}"),
    _spans("number", rf"(?<![\w.])(?P<value>{NUMBER})(?![\w]|\.\d)"),
)


# "grade 3/4" is no share.
_GRADE: Final = re.compile(r"(?:\bgrades?|\bG|\bCTCAE|\bstage|Dindo)\s*(?:[≥>]\s*)?$", re.I)


# 90Y is yttrium and no 90 years.
_ISOTOPE: Final = re.compile(r"(?:90 ?Y|177 ?Lu|166 ?Ho|111 ?In|131 ?I|68 ?Ga|99m ?Tc)\b")


def tokens(text: str) -> list[Token]:
    """The figures of a plain sentence, from left to right."""
    taken = bytearray(len(text))
    out: list[Token] = []
    for kind in _KINDS:
        for one in kind(text):
            if _ISOTOPE.match(text, one.start):
                continue
            if (
                one.kind == "share"
                and "percent" not in one.texts
                and _GRADE.search(text[: one.start])
            ):
                continue
            if not any(taken[one.start : one.end]):
                taken[one.start : one.end] = b"\x01" * (one.end - one.start)
                out.append(one)
    out.sort(key=lambda one: one.start)
    out = [_with_spread(one) for one in out]
    return _with_units(out, text)


def _with_spread(one: Token) -> Token:
    """The unit of a number that stands behind its spread."""
    if "unit2" not in one.texts:
        return one
    texts = {name: part for name, part in one.texts.items() if name != "unit2"}
    return replace(one, texts={"unit": one.texts["unit2"]} | texts)


_BETWEEN: Final = re.compile(
    r"[\s,;]*(?:vs?\.?|versus|against|and|or|compared (?:with|to)|,\s*and)?\s*"
)


def _with_units(found: list[Token], text: str) -> list[Token]:
    """A number takes the unit of the next one where only a list word stands between."""
    out = list(found)
    for i in range(len(out) - 2, -1, -1):
        one = out[i]
        if one.kind != "number" or "unit" in one.texts:
            continue
        behind = out[i + 1] if i + 1 < len(out) else None
        if behind is not None and behind.kind == "interval":
            unit = re.match(rf"\s*{_UNIT}", text[behind.end :])
            if unit and not text[one.end : behind.start].strip(" ,;("):
                out[i] = replace(one, texts=one.texts | {"unit": unit["unit"]})
                continue
        if (
            behind is not None
            and behind.kind == "share"
            and set(behind.texts) == {"percent"}
            and _BETWEEN.fullmatch(text[one.end : behind.start])
            and text[one.end : behind.start].strip()
        ):
            out[i] = replace(one, kind="share", texts={"percent": one.texts["value"]})
            continue
        after = [o for o in out[i + 1 :] if o.kind not in ("interval", "p")]
        if not after or "unit" not in after[0].texts or after[0].kind not in ("number",):
            continue
        between = text[one.end : after[0].start]
        for skipped in out[i + 1 :]:
            if skipped.start < after[0].start:
                between = between.replace(text[skipped.start : skipped.end], " ")
        if _BETWEEN.fullmatch(between) or re.fullmatch(
            r"[\s,;()]*(?:(?:in|with|for|after) [\w\s-]{2,30} )?(?:vs\.?|versus|and|or|,)\s*",
            between,
        ):
            out[i] = replace(one, texts=one.texts | {"unit": after[0].texts["unit"]})
    return out


def unit_of(printed: str) -> str:
    """Months, years, weeks or days."""
    return UNITS[printed[0].lower()]


def times_of(token: Token) -> list[float]:
    """The times of a token of times, in months."""
    per = {"months": 1.0, "years": 12.0, "weeks": 12 / 52.1775, "days": 12 / 365.2425}
    scale = per[unit_of(token.texts["unit"])]
    return [
        round(number(one) * scale, 4)
        for one in re.findall(COUNT, token.texts["list"], re.IGNORECASE)
    ]

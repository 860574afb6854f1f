"""Effects, rates and limits that do not follow from the figures beside them."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.finding import Finding, finding, printed
from hilum.literature.fulltext.numerals import NUMBER, decimals, number
from hilum.literature.fulltext.repeat_checks import of_some
from hilum.literature.fulltext.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.fulltext.proposal import Proposal
    from hilum.literature.fulltext.sentences import Sentence
    from hilum.literature.fulltext.tokens import Token

_RATIO: Final = re.compile(
    rf"\b(?P<name>odds ratio|OR|relative risk|risk ratio|RR)\b[ ,:=(]*(?:of |was )?"
    rf"(?P<value>{NUMBER})(?![\d%])"
)
# A ratio of a model, of matched or weighted patients is not that of the counts.
_MODELLED: Final = re.compile(
    r"adjust|multivaria|regression|model|weight|match|propensity|stratif|\baOR\b|mixed|GEE"
    r"|reference|versus other|per ",
    re.IGNORECASE,
)
# A ratio may be the other way round, and a digit be cut: so far apart no rounding brings them.
FAR: Final = 1.25
_DIFFERENCE: Final = re.compile(
    rf"\b(?P<of>absolute |risk )*(?:difference|increase|gain|reduction|decrease)(?: of|,|:)? "
    rf"(?P<value>{NUMBER}) ?(?P<points>percentage points?|per ?cent points?|%-points?|%)",
    re.IGNORECASE,
)
_NNT: Final = re.compile(
    rf"difference of (?P<value>{NUMBER}) ?(?:percentage points?|%)[^.;\d]{{0,10}}number needed to "
    rf"(?:treat|harm)(?: of| was|,|:| =)? (?P<nnt>{NUMBER})",
    re.IGNORECASE,
)
_CUMULATIVE: Final = re.compile(
    rf"\b[Cc]umulative (?:incidence|risk|rate|recurrence)s?\b"
    r"(?:(?!\band\b|\bor\b)[^.;\d]){0,60}? "
    rf"(?P<rates>{NUMBER} ?%(?: ?\([^()]*\))? (?:at|after) (?:1|one) years?"
    rf"(?:,? (?:and )?{NUMBER} ?%(?: ?\([^()]*\))? (?:at|after) (?:\d+|[a-z]+) years)+"
    rf"|{NUMBER} ?%(?:, {NUMBER} ?%)*,? and {NUMBER} ?% (?:at|after) (?:1|one)(?:, [\w]+)*,? and"
    r" \w+ years\b)"
)
_BRACKET: Final = re.compile(r"\([^()]*\)")
_QUARTILES: Final = re.compile(
    rf"\b(?:IQR|interquartile range)[,:]? (?P<q1>{NUMBER}) ?(?:-|to) ?(?P<q3>{NUMBER})(?: \w+)?"
    rf"[;,] (?:full )?range[,:]? (?P<low>{NUMBER}) ?(?:-|to) ?(?P<high>{NUMBER})"
    rf"|(?<!interquartile )\brange[,:]? (?P<low2>{NUMBER}) ?(?:-|to) ?(?P<high2>{NUMBER})(?: \w+)?"
    rf"[;,] (?:IQR|interquartile range)[,:]? (?P<q12>{NUMBER}) ?(?:-|to) ?(?P<q32>{NUMBER})"
)
_ABOVE: Final = re.compile(
    rf"(?<![\d.]){NUMBER} ?% ?[(\[]95 ?% ?CI:?,? (?P<low>-?{NUMBER}) ?%?(?: ?- ?| to )"
    rf"(?P<high>{NUMBER}) ?%?[)\]]"
)
# What may be more than 100 %.
_NO_SHARE: Final = re.compile(
    r"volume|baseline|predicted|chang|ratio|relative|standard|normal|dose|recover|growth|hypertroph"
    r"|increas|expected",
    re.IGNORECASE,
)
_UNITS: Final = {"mm": 1.0, "cm": 10.0, "MBq": 1.0, "GBq": 1000.0, "mCi": 37.0}
_TWO_UNITS: Final = re.compile(
    rf"(?<![\d.])(?P<one>{NUMBER}) ?(?P<unit>cm|GBq|MBq|mm|mCi) ?\((?P<two>{NUMBER}) ?"
    r"(?P<other>mm|mCi|MBq|cm|GBq)\)"
)
_KINDS: Final = ({"mm", "cm"}, {"MBq", "GBq", "mCi"})


# "Survival with TACE was": an arm between the outcome and its figure.
_OF_AN_ARM: Final = re.compile(
    r"(?:surviv\w+|OS|PFS)\b(?:(?!surviv|\bOS\b|\bPFS\b)[^.;])*?"
    r"\b(?:with|in|for|after|under|on|among|of) (?:the )?(?!whole|entire|all\b)[A-Za-z]"
    r"(?:(?!surviv|\bOS\b|\bPFS\b)[^.;])*$"
)


# From another day on, or of the liver alone.
_ANOTHER_CLOCK: Final = re.compile(
    r"\b(?:from|since|counted)\b|\b(?:hepatic|intrahepatic|liver|local)[- ](?:specific )?"
    r"(?:PFS|progression)"
)


def effects_told(one: Sentence) -> Iterator[Finding]:
    """Ratios and differences that are not those of the two arms of their sentence."""
    text = one.plain
    for m in _RATIO.finditer(text):
        arms = _before(text, m.start())
        both = len(arms) == 2 and all({"events", "n"} <= set(t.texts) for t in arms)
        if both and not _MODELLED.search(text):
            yield from _ratio(one, m, arms)
    for m in _DIFFERENCE.finditer(text):
        shares = [t.texts["percent"] for t in _before(text, m.start()) if "percent" in t.texts]
        absolute = m["of"] or m["points"] != "%"
        if len(shares) != 2 or not absolute or "," in text[m.start() : m.start("value") - 2]:
            continue
        room = sum(0.5 * 10 ** -decimals(part) for part in (*shares, m["value"])) + 1e-9
        if abs(abs(number(shares[0]) - number(shares[1])) - number(m["value"])) > room:
            yield _found("effect", one, m, *(f"{share} %" for share in shares))
    for m in _NNT.finditer(text):
        value, half = number(m["value"]), 0.5 * 10 ** -decimals(m["value"])
        nnt = number(m["nnt"])
        # Rounded, or up to the next whole patient.
        if value > half and not 100 / (value + half) - 1 < nnt < 100 / (value - half) + 1:
            yield _found("effect", one, m)


def _before(text: str, end: int) -> list[Token]:
    return [t for t in tokens(text) if t.kind == "share" and t.end <= end]


def _ratio(one: Sentence, m: re.Match[str], arms: list[Token]) -> Iterator[Finding]:
    (a, n), (c, k) = ((number(t.texts["events"]), number(t.texts["n"])) for t in arms)
    value = number(m["value"])
    if not (0 < a < n and 0 < c < k and value > 0):
        return
    odds = m["name"] in ("odds ratio", "OR")
    exact = a * (k - c) / (c * (n - a)) if odds else a * k / (c * n)
    # A risk ratio of those without the event is another one.
    others = (exact,) if odds else (exact, (n - a) * k / ((k - c) * n))
    near = min(abs(math.log(value) - sign * math.log(x)) for x in others for sign in (1, -1))
    if near > math.log(FAR):
        yield _found("effect", one, m, *(one.text[t.start : t.end].strip() for t in arms))


def limits_told(one: Sentence) -> Iterator[Finding]:
    """Quartiles beyond a range, limits of a share over 100 %, one size or activity in two units."""
    for m in _QUARTILES.finditer(one.plain):
        low, high, q1, q3 = (
            number(m[name] or m[f"{name}2"]) for name in ("low", "high", "q1", "q3")
        )
        if q1 < low or q3 > high:
            yield _found("quartiles", one, m)
    for m in _ABOVE.finditer(one.plain):
        if number(m["high"]) > 100 and not _NO_SHARE.search(one.plain):
            yield _found("percent", one, m)
    for m in _CUMULATIVE.finditer(one.plain):
        rates = [number(one) for one in re.findall(rf"({NUMBER}) ?%", _BRACKET.sub("", m["rates"]))]
        if any(later < first for first, later in pairwise(rates)):
            yield _found("falls", one, m)
    for m in _TWO_UNITS.finditer(one.plain):
        units = {m["unit"], m["other"]}
        if len(units) < 2 or not any(units <= kind for kind in _KINDS):
            continue
        first, second = (
            number(m[x]) * _UNITS[m[y]] for x, y in (("one", "unit"), ("two", "other"))
        )
        room = sum(
            0.5 * 10 ** -decimals(m[x]) * _UNITS[m[y]]
            for x, y in (("one", "unit"), ("two", "other"))
        )
        # Activities are often told in round numbers of the older unit.
        room += 0.03 * first if "mCi" in units else 0.0
        if abs(first - second) > room + 1e-9:
            yield _found("units", one, m)


def rates_and_medians(found: Sequence[Proposal]) -> Iterator[Finding]:
    """Survival rates that the median, or overall survival at the same time, does not allow.

    Only of the whole text's patients: figures without a group, each the only one of its kind.
    """
    whole = [
        one for one in found
        if not (one.doubt or one.group or one.side or one.row or of_some(one.sentence))
        and not _OF_AN_ARM.search(one.sentence[: one.span[0]])
        and not _ANOTHER_CLOCK.search(one.sentence)
    ]  # fmt: skip
    medians = {
        outcome: [one for one in found if one.measure == "median" and one.outcome == outcome]
        for outcome in ("overall_survival", "progression_free_survival")
    }
    rates = [one for one in whole if one.measure == "rate_at" and one.time_months]
    for outcome, of in medians.items():
        if len({one.value for one in of}) != 1 or of[0] not in whole or of[0].unit != "months":
            continue
        at = re.fullmatch(NUMBER, of[0].value)
        own = [one for one in rates if one.outcome == outcome]
        if at is None or len({one.time_months for one in own}) < len(own):
            continue
        for one in own:
            room = 0.5 * 10 ** -decimals(one.value)
            late = (one.time_months or 0) > number(at[0]) + 0.5 * 10 ** -decimals(at[0])
            early = (one.time_months or 0) < number(at[0]) - 0.5 * 10 ** -decimals(at[0])
            rate = number(one.value)
            if (late and rate - room > 50) or (early and rate + room < 50):
                yield finding("median_rate", one, printed(of[0]))
    for one in rates:
        other = [
            x for x in rates
            if x.outcome == "overall_survival" and x.time_months == one.time_months
        ]  # fmt: skip
        same = [x for x in rates if (x.outcome, x.time_months) == (one.outcome, one.time_months)]
        if one.outcome != "progression_free_survival" or len(other) != 1 or len(same) != 1:
            continue
        if number(one.value) > number(other[0].value):
            yield finding("progression_rate", one, printed(other[0]))


def _found(code: str, one: Sentence, m: re.Match[str], *more: str) -> Finding:
    return Finding(code, one.page, one.text, (one.text[m.start() : m.end()].strip(), *more))

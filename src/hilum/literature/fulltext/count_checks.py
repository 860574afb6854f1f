"""Counts that one sentence tells as a whole and its parts, and that do not add up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.finding import Finding
from hilum.literature.fulltext.numerals import COUNT, NUMBER, decimals, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.literature.fulltext.sentences import Sentence

_SEX: Final = r"(?:men|women|males?|females?)"
_PEOPLE: Final = r"(?:patients|participants|subjects|recipients|cases|people|individuals|adults)"
# "64 patients in two hospitals (Lyon, 38; Gent, 27)".
_CENTRES: Final = re.compile(
    rf"(?P<all>{COUNT}) (?:[\w-]+ ){{0,3}}?{_PEOPLE}\b[^.;:()]{{0,80}}?\b(?:centres?|centers?"
    rf"|hospitals?|institutions?|sites|units|cities|clinics|countries)\b[^.;:()]{{0,20}}"
    r"\((?P<list>[A-Z][\w .'-]{1,30},? (?:n ?= ?)?\d+(?:[;,] (?:and )?[A-Z][\w .'-]{1,30},? "
    r"(?:n ?= ?)?\d+)+)\)"
)
_IN_LIST: Final = re.compile(r"[A-Za-z.'-],? (?:n ?= ?)?(\d+)(?=[;,]|$)")
# Each with the whole and all of its parts: they must add up.
_SUMS: Final = tuple(
    re.compile(one)
    for one in (
        # "82 patients, 45 men and 39 women".
        rf"(?<![\w.,/-])(?P<all>{COUNT}) (?:[\w-]+ ){{0,3}}?{_PEOPLE}(?:,| \(| were included,)? ?"
        rf"(?P<a>{COUNT}) (?:were )?{_SEX},? (?:and |/ ?)?(?P<b>{COUNT}) (?:were )?{_SEX}\b",
        # "31 of 50 patients (62 %) responded and 21 did not".
        rf"(?<![\w.,/-])(?P<a>{COUNT}) of (?:the |these |our )?(?P<all>{COUNT})"
        rf"(?: (?:[\w-]+ )?{_PEOPLE})?"
        rf"(?: \([\d.]+ ?%\))? [a-z]+ed,? (?:and|whereas|while) (?P<b>{COUNT}) did not\b",
        # "Of the 18 deaths, 12 were due to tumour, 5 to liver failure and 2 to other causes".
        rf"\b[Oo]f (?:the |these )?(?P<all>{COUNT}) deaths,? (?P<a>{COUNT}) (?:\([^()]*\) )?"
        rf"(?:were|was) (?:due to|caused by|from) [^.;,()\d]{{3,40}}, (?P<b>{COUNT}) "
        rf"(?:(?:were|was) )?(?:due )?(?:to|from|by) [^.;,()\d]{{3,40}},? and (?P<c>{COUNT}) "
        r"(?:(?:were|was) )?(?:due )?(?:to|from|by|of) ",
    )
)
# "Of 120 patients screened, 34 were excluded for another disease, leaving 88".
_LEFT: Final = re.compile(
    rf"\b[Oo]f (?:the |these )?(?P<all>{COUNT}) [^.;()\d]{{0,40}}?,? (?P<out>{COUNT}) (?:\([^()]*\)"
    rf" )?(?:patients )?were (?:excluded|withdrawn|lost)[^.;()\d]{{0,60}}?,? leaving (?P<left>{COUNT})"
    r"(?!\d|[.,]\d|\s*%)"
)
# "41 of 70 patients had died and 35 were alive": fewer may be, for some are lost.
_DEAD: Final = re.compile(
    rf"(?<![\w.,/-])(?P<a>{COUNT}) of (?:the |these |our )?(?P<all>{COUNT}) (?:[\w-]+ )?{_PEOPLE}"
    rf"(?: \([\d.]+ ?%\))? (?:had |have )?died(?: \([\d.]+ ?%\))?,? (?:and|while|whereas) "
    rf"(?P<b>{COUNT}) (?:were|are|remained) (?:still )?alive"
)
_COMPLICATIONS: Final = re.compile(
    rf"(?<![\w.,/-])(?P<all>{COUNT}) (?:post-?operative )?complications\b[^.;:()\d]{{0,40}}: "
    rf"(?P<list>(?:Clavien-Dindo )?grade I in {COUNT}[^.;]{{0,200}})"
)
_BY_GRADE: Final = re.compile(rf"grade (?:I{{1,3}}|IV|V)[ab]? in ({COUNT})")
_EACH: Final = re.compile(
    rf"(?<![\w.,/-])(?P<n>{COUNT}) {_PEOPLE} (?:underwent|had|received) (?P<all>{COUNT}) "
    rf"(?P<what>(?:[\w-]+ ){{0,3}}[a-z]+s) ?\((?:mean|average)(?: of|,|:)? ?(?P<mean>{NUMBER})"
    r" (?:[\w-]+ )?(?:per|for each|a|each) (?:patient|person)"
)
_SHARES_OF: Final = {"half": (1, 2), "one third": (1, 3), "a third": (1, 3), "two thirds": (2, 3),
                     "one quarter": (1, 4), "a quarter": (1, 4), "three quarters": (3, 4)}  # fmt: skip
_FRACTION: Final = re.compile(
    rf"\b(?P<side>more than|over|less than|fewer than|under) (?P<part>{'|'.join(_SHARES_OF)})"
    rf"(?: (?:of )?[^.;,()\d]{{0,40}})? ?\((?P<events>{COUNT}) of (?:the )?(?P<n>{COUNT})\b",
    re.IGNORECASE,
)


def counts_told(one: Sentence) -> Iterator[Finding]:
    """Wholes and parts of one sentence that do not add up."""
    text = one.plain
    for m in _CENTRES.finditer(text):
        parts = _IN_LIST.findall(m["list"])
        if len(parts) > 1 and sum(map(int, parts)) != number(m["all"]):
            yield Finding("arms", one.page, one.text, (m["all"], *parts))
    for form in _SUMS:
        for m in form.finditer(text):
            if number(m["all"]) != sum(_parts(m)):
                yield _finding("sum", one, m)
    for m in _LEFT.finditer(text):
        if number(m["all"]) - number(m["out"]) != number(m["left"]):
            yield _finding("sum", one, m)
    for m in _DEAD.finditer(text):
        if sum(_parts(m)) > number(m["all"]):
            yield _finding("sum", one, m)
    for m in _COMPLICATIONS.finditer(text):
        parts = [number(count) for count in _BY_GRADE.findall(m["list"])]
        if len(parts) > 2 and sum(parts) != number(m["all"]):
            yield _finding("sum", one, m)


def counts_per_patient(one: Sentence) -> Iterator[Finding]:
    """A mean number a patient, or a fraction in words, that is not that of the counts."""
    for m in _EACH.finditer(one.plain):
        n, whole = number(m["n"]), number(m["all"])
        # Half a digit for rounding, a whole one for cutting.
        if n and abs(whole / n - number(m["mean"])) > 10 ** -decimals(m["mean"]) + 1e-9:
            yield _finding("each", one, m)
    for m in _FRACTION.finditer(one.plain):
        top, bottom = _SHARES_OF[m["part"].lower()]
        said, printed = top * number(m["n"]), bottom * number(m["events"])
        more = m["side"].lower() in ("more than", "over")
        if (more and printed <= said) or (not more and printed >= said):
            yield _finding("fraction", one, m)


def _parts(m: re.Match[str]) -> list[float]:
    return [number(m[name]) for name in ("a", "b", "c") if m.groupdict().get(name)]


def _finding(code: str, one: Sentence, m: re.Match[str]) -> Finding:
    return Finding(code, one.page, one.text, (one.text[m.start() : m.end()].strip(),))

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
_FILL: Final = rf"(?:(?!{COUNT}\b)[\w-]+ ){{0,3}}?"
_WHOLE: Final = rf"(?<![\w.,/-])(?P<all>{COUNT}) {_FILL}{_PEOPLE}\b"
_ALL_PEOPLE: Final = re.compile(_WHOLE, re.IGNORECASE)
_PLACES: Final = re.compile(
    r"\b(?:centres|centers|hospitals|institutions|sites|units|cities|clinics|countries)\b"
    r"|\b(?:recruited|enrolled|treated|operated on|included|registered) (?:at|in|from)\b",
    re.IGNORECASE,
)
_PLACE: Final = r"[A-Z][a-z][\w.'-]*(?: [A-Z][\w.'-]+)?"
# "(Lyon, 38; Gent, 27)"; "at Uppsala (n = 41), Bergen (n = 22) and Kiel (n = 19)".
_LISTS: Final = (
    (re.compile(rf"\({_PLACE}[,:]? (?:n ?= ?)?\d+(?:[;,] (?:and )?{_PLACE}[,:]? (?:n ?= ?)?\d+)+"
                r"\)"),
     re.compile(rf"{_PLACE}[,:]? (?:n ?= ?)?(\d+)(?=[;,)])")),
    (re.compile(rf"{_PLACE} \((?:n ?= ?)?\d+\)(?:,? (?:and )?{_PLACE} \((?:n ?= ?)?\d+\))+"),
     re.compile(r"\((?:n ?= ?)?(\d+)\)")),
)  # fmt: skip
# Numbers that are years, and no patients.
_YEARS: Final = (1900, 2100)
_ANY_COUNT: Final = re.compile(COUNT, re.IGNORECASE)
# Each with the whole and all of its parts: they must add up.
_RATE: Final = r"(?: \([\d.]+ ?%\))?"
_SUMS: Final = tuple(
    re.compile(one)
    for one in (
        # "82 patients, 45 men and 39 women".
        rf"{_WHOLE}(?:,| \(|:| were included,)? ?"
        rf"(?P<a>{COUNT}) (?:were )?{_SEX}{_RATE},? (?:and |/ ?)?(?P<b>{COUNT}) (?:were )?{_SEX}\b",
        # "31 of 50 patients (62 %) responded and 21 did not".
        rf"(?<![\w.,/-])(?P<a>{COUNT}) of (?:the |these |our )?(?P<all>{COUNT})"
        rf"(?: (?:[\w-]+ )?{_PEOPLE})?{_RATE} [a-z]+ed{_RATE},? (?:and|but|whereas|while) "
        rf"(?P<b>{COUNT}) did not\b",
        rf"\b[Oo]f (?:the |these |our )?(?P<all>{COUNT}) {_FILL}{_PEOPLE},? (?P<a>{COUNT}){_RATE} "
        rf"[a-z]+ed{_RATE},? (?:and|but|whereas|while) (?P<b>{COUNT}) did not\b",
        # "Of the 18 deaths, 12 were due to tumour, 5 to liver failure and 2 to other causes".
        rf"\b[Oo]f (?:the |these )?(?P<all>{COUNT}) deaths,? (?P<a>{COUNT}) (?:\([^()]*\) )?"
        rf"(?:were|was) (?:due to|caused by|from) [^.;,()\d]{{3,40}}, (?P<b>{COUNT}) "
        rf"(?:(?:were|was) )?(?:due )?(?:to|from|by) [^.;,()\d]{{3,40}},? and (?P<c>{COUNT}) "
        r"(?:(?:were|was) )?(?:due )?(?:to|from|by|of) ",
        rf"{_WHOLE} died: (?P<a>{COUNT}) (?:of|from) [^.;,()\d]{{3,40}}, (?P<b>{COUNT}) (?:of"
        rf"|from) [^.;,()\d]{{3,40}},? and (?P<c>{COUNT}) (?:of|from) ",
    )
)
# "Of 120 patients screened, 34 were excluded for another disease, leaving 88".
_LEFT: Final = tuple(
    re.compile(one)
    for one in (
        rf"\b[Oo]f (?:the |these )?(?P<all>{COUNT}) [^.;()\d]{{0,40}}?,? (?P<out>{COUNT}) "
        rf"(?:\([^()]*\) )?(?:patients )?were (?:excluded|withdrawn|lost)[^.;()\d]{{0,60}}?,? "
        rf"(?:leaving|and the (?:remaining|other)) (?P<left>{COUNT})(?!\d|[.,]\d|\s*%)",
        rf"\b[Aa]fter (?:the )?exclu(?:sion of|ding) (?P<out>{COUNT}) of (?:the )?(?P<all>{COUNT}) "
        rf"[^.;()\d]{{0,40}}?,? (?P<left>{COUNT}) (?:{_PEOPLE} )?(?:remained|were left)\b",
    )
)
# "41 of 70 patients had died and 35 were alive": fewer may be, for some are lost.
_ALIVE: Final = (
    rf"{_RATE} (?:had |have )?died{_RATE},? (?:and|while|whereas) (?P<b>{COUNT}) (?:were|are"
    r"|remained) (?:still )?alive"
)
_DEAD: Final = tuple(
    re.compile(one)
    for one in (
        rf"(?<![\w.,/-])(?P<a>{COUNT}) of (?:the |these |our )?(?P<all>{COUNT}) (?:[\w-]+ )?"
        rf"{_PEOPLE}{_ALIVE}",
        rf"\b[Oo]f (?:the |these |our )?(?P<all>{COUNT}) {_FILL}{_PEOPLE},? (?P<a>{COUNT}){_ALIVE}",
    )
)
_COMPLICATIONS: Final = re.compile(
    rf"(?<![\w.,/-])(?P<all>{COUNT}) (?:post-?operative )?complications\b[^.;:()\d]{{0,40}}"
    rf"(?:: |\()(?P<list>(?:Clavien-Dindo )?[Gg]rade I(?: in|,|:) {COUNT}[^.()]{{0,200}})"
)
_BY_GRADE: Final = re.compile(rf"[Gg]rade (?:I{{1,3}}|IV|V)[ab]?(?: in|,|:) ({COUNT})")
_TIMES: Final = r"(?:sessions|procedures|treatments|cycles|emboli[sz]ations|operations|courses)"
_MEAN: Final = (
    rf"(?:,? a(?:n)? (?:mean|average) of |\((?:mean|average)?(?: of|,|:)? ?)(?P<mean>{NUMBER})"
    r" (?:[\w-]+ )?(?:per|for each|a|each) (?:patient|person)"
)
_EACH: Final = tuple(
    re.compile(one)
    for one in (
        rf"(?<![\w.,/-])(?P<n>{COUNT}) {_PEOPLE} (?:underwent|had|received) (?P<all>{COUNT}) "
        rf"(?:[\w-]+ ){{0,3}}?{_TIMES} ?{_MEAN}",
        rf"\b[Ii]n (?P<n>{COUNT}) {_PEOPLE},? (?:a total of )?(?P<all>{COUNT}) (?:[\w-]+ ){{0,3}}?"
        rf"{_TIMES} were [a-z]+ ?{_MEAN}",
        rf"(?<![\w.,/-])(?P<all>{COUNT}) (?:[\w-]+ ){{0,3}}?{_TIMES} were [a-z]+ (?:to|in|for) "
        rf"(?:the )?(?P<n>{COUNT}) {_PEOPLE} ?{_MEAN}",
    )
)
_PARTS_OF: Final = {
    "half": (1, 2), "one third": (1, 3), "a third": (1, 3), "two thirds": (2, 3),
    "one quarter": (1, 4), "a quarter": (1, 4), "three quarters": (3, 4),
}  # fmt: skip
_FRACTION: Final = re.compile(
    rf"(?P<near>\b(?:about|almost|nearly|roughly|some|approximately|around|just|slightly"
    rf"|not quite) )?(?:\b(?P<side>more than|over|less than|fewer than|under) )?"
    rf"\b(?P<part>{'|'.join(_PARTS_OF)})"
    rf"(?: (?:of )?(?:the |our |all |these )*(?:[\w-]+ ){{0,2}}{_PEOPLE})? ?"
    rf"\((?P<events>{COUNT}) of (?:the )?(?P<n>{COUNT})(?: {_PEOPLE})?(?:[,;] ?[\d.]+ ?%)?\)",
    re.IGNORECASE,
)
# So far a plain "half" or "two thirds" may be from its counts.
NEARLY: Final = 0.06


def counts_told(one: Sentence) -> Iterator[Finding]:
    """Wholes and parts of one sentence that do not add up."""
    text = one.plain
    yield from _centres(one)
    for form in _SUMS:
        for m in form.finditer(text):
            whole, parts = number(m["all"]), sum(_parts(m))
            # Of the rest that are missing the sentence may go on to tell.
            if parts > whole or (parts < whole and not _ANY_COUNT.search(text, m.end())):
                yield _finding("sum", one, m)
    for form in _LEFT:
        for m in form.finditer(text):
            if number(m["all"]) - number(m["out"]) != number(m["left"]):
                yield _finding("sum", one, m)
    for form in _DEAD:
        for m in form.finditer(text):
            if sum(_parts(m)) > number(m["all"]):
                yield _finding("sum", one, m)
    for m in _COMPLICATIONS.finditer(text):
        parts = [number(count) for count in _BY_GRADE.findall(m["list"])]
        if len(parts) > 2 and sum(parts) != number(m["all"]):
            yield _finding("sum", one, m)


def _centres(one: Sentence) -> Iterator[Finding]:
    """Patients of places that are listed in brackets, against the one number of all."""
    if not _PLACES.search(one.plain) or re.search(r"\bboth\b", one.plain):
        return
    for listed, each in _LISTS:
        for m in listed.finditer(one.plain):
            around = f"{one.plain[: m.start()]} {one.plain[m.end() :]}"
            wholes = {number(found["all"]) for found in _ALL_PEOPLE.finditer(around)}
            parts = each.findall(m[0])
            years = any(_YEARS[0] <= int(part) <= _YEARS[1] for part in parts)
            if len(wholes) == 1 and not years and sum(map(int, parts)) not in wholes:
                yield Finding("arms", one.page, one.text, (f"{wholes.pop():g}", *parts))


def counts_per_patient(one: Sentence) -> Iterator[Finding]:
    """A mean number a patient, or a fraction in words, that is not that of the counts."""
    for form in _EACH:
        for m in form.finditer(one.plain):
            n, whole = number(m["n"]), number(m["all"])
            # Half a digit for rounding, a whole one for cutting.
            if n and abs(whole / n - number(m["mean"])) > 10 ** -decimals(m["mean"]) + 1e-9:
                yield _finding("each", one, m)
    for m in _FRACTION.finditer(one.plain):
        top, bottom = _PARTS_OF[m["part"].lower()]
        said, share = top / bottom, number(m["events"]) / max(number(m["n"]), 1.0)
        side = (m["side"] or "").lower()
        if m["near"] or (side in ("more than", "over") and share > said):
            continue
        if (side in ("less than", "fewer than", "under") and share < said) or (
            not side and abs(share - said) <= NEARLY
        ):
            continue
        yield _finding("fraction", one, m)


def _parts(m: re.Match[str]) -> list[float]:
    return [number(m[name]) for name in ("a", "b", "c") if m.groupdict().get(name)]


def _finding(code: str, one: Sentence, m: re.Match[str]) -> Finding:
    return Finding(code, one.page, one.text, (one.text[m.start() : m.end()].strip(),))

"""Responses told as counts alone: "CR 0, PR 11, SD 9, PD 2", "1 CR, 20 PR and 14 SD".

Counts are taken where at least three of the four stand in a row and, with those not evaluable, add
up to a number of patients that the paper prints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.beside import made
from hilum.literature.fulltext.grade import BASELINE
from hilum.literature.fulltext.numerals import COUNT, number
from hilum.literature.fulltext.tokens import Token

if TYPE_CHECKING:
    from hilum.literature.fulltext.proposal import Proposal
    from hilum.literature.fulltext.sentences import Sentence

_NAMES: Final = {
    "complete_response": r"CRs?\b|(?i:complete(?: (?:response|remission)s?)?)\b",
    "partial_response": r"PRs?\b|(?i:partial(?: (?:response|remission)s?)?)\b",
    "stable_disease": r"SDs?\b|(?i:stable(?: disease)?|stabili[sz]ation)\b",
    "progressive_disease": r"PDs?\b|(?i:progressive(?: disease)?|progression)\b",
    "": r"NE\b|MR\b|(?i:not (?:evaluable|assessed|assessable)|n\.e\.|minor(?: response)?)",
}
_NAME: Final = "|".join(f"(?P<{code or 'none'}>{words})" for code, words in _NAMES.items())
_COUNT: Final = rf"(?<![\d.,/]){COUNT}(?![\d%]|[.,]\d|[-/]\d|\s*%)"
_SHARE: Final = r"(?:\s*\(\d[\d.]*\s*%\))?"
# A name and its count: "PR in 17", "SD: 9", "PR, 4"; a count and its name: "20 PR", "five had PR".
_AFTER: Final = re.compile(
    rf"(?:{_NAME})\s*(?:[:=,]|(?:was |were )?(?:seen |noted |found )?in)?\s*(?:n\s*=\s*)?"
    rf"(?P<count>{_COUNT})(?P<share>{_SHARE})"
)
_BEFORE: Final = re.compile(
    rf"(?P<count>{_COUNT})(?: patients?| pts)?(?: had| showed| achieved)?(?: an?)? (?:{_NAME})"
    r"(?P<share>)"
)
_BETWEEN: Final = re.compile(r"\s*(?:[,;/]\s*(?:and\s+)?|\band\b)\s*")
# "CR/PR/SD/PD: 6/31/22/9".
_SLASHED: Final = re.compile(
    r"\bCR ?/ ?PR ?/ ?SD ?/ ?PD\b(?: (?:was|were))?:? (?P<counts>\d+(?: ?/ ?\d+){3})(?![\d/.%])"
)
_ORDER: Final = ("complete_response", "partial_response", "stable_disease", "progressive_disease")
# Of symptoms and markers these are no responses of the tumour.
_EASED: Final = re.compile(
    r"symptom|relief|hormon|biochem|marker|flush|diarrh|5-HIAA|CgA|chromogranin|metaboli|necros",
    re.I,
)


_LESIONS: Final = re.compile(
    r" (?:of (?:the )?\d+ )?(?:lesions|nodules|metastases|tumou?rs)\b", re.IGNORECASE
)
# "Of 100 lesions 10 CR, 50 PR": before the counts, in their clause.
_OF_LESIONS: Final = re.compile(
    r"\b(?:of|per|by|among) (?:the |all |these )?(?:\d+ )?(?:\w+ )?"
    r"(?:lesions?|nodules?|metastas[ei]s|tumou?rs?)\b[^;.]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Item:
    outcome: str
    count: int
    start: int
    end: int
    alone: bool


def response_counts(
    sentence: Sentence, own: tuple[int, int], known: frozenset[int]
) -> list[Proposal]:
    """The counts of a sentence's responses that stand without a percentage."""
    text = sentence.plain
    if _EASED.search(text) or BASELINE.search(text):
        return []
    chains = [*_chains(text, _AFTER), *_chains(text, _BEFORE), *_slashed(text)]
    taken: list[_Item] = []
    for chain in chains:
        told = [one.outcome for one in chain if one.outcome]
        whole = sum(one.count for one in chain)
        apart = all(a.end <= chain[0].start or chain[-1].end <= a.start for a in taken)
        of_lesions = (
            _LESIONS.match(text, chain[-1].end) is not None
            or _OF_LESIONS.search(text, 0, chain[0].start) is not None
        )
        inside = own[0] <= chain[0].start and chain[-1].end <= own[1]
        if (
            len(told) == len(set(told)) > 2
            and whole in known
            and inside
            and apart
            and not of_lesions
        ):
            taken += chain
    return [
        made(sentence, Token("share", one.start, one.end, {"events": str(one.count)}),
             "proportion", one.outcome, None, "", "")
        for one in taken if one.outcome and one.alone
    ]  # fmt: skip


def _chains(text: str, form: re.Pattern[str]) -> list[list[_Item]]:
    """Items that follow each other with nothing but a comma or "and" between."""
    items = [
        _Item(
            next((code for code in _ORDER if m[code]), ""),
            int(number(m["count"])), m.start(), m.end(), not m["share"],
        )
        for m in form.finditer(text)
    ]  # fmt: skip
    chains: list[list[_Item]] = [items[:1]] if items else []
    for last, one in pairwise(items):
        if _BETWEEN.fullmatch(text, last.end, one.start):
            chains[-1].append(one)
        else:
            chains.append([one])
    return chains


def _slashed(text: str) -> list[list[_Item]]:
    return [
        [
            _Item(code, int(m[0]), m.start(), m.end(), True)
            for code, m in zip(
                _ORDER, re.compile(r"\d+").finditer(text, found.start("counts"), found.end()),
                strict=True,
            )
        ]
        for found in _SLASHED.finditer(text)
    ]  # fmt: skip

"""Outcomes named in a sentence: one row of outcomes.csv an outcome.

``words`` are matched in any case, ``letters`` (abbreviations) as they are. A row without an outcome
is of what is no outcome here (age, doses, durations): a figure that belongs to it is not proposed.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from hilum.literature.fulltext.links import BEFORE

_TABLE: Final = Path(__file__).with_name("outcomes.csv")
# SD is also a standard deviation: it is stable disease only beside another word of response.
_NEEDS_COMPANY: Final = {"SD": re.compile(r"\b(?:CR|PR|PD|ORR)\b|respon[sd]|disease control")}
# A symptom of the tumour is not an adverse event.
_SYMPTOM: Final = re.compile(r"diarrh|flush", re.IGNORECASE)
_SYNDROME: Final = re.compile(r"flushing|carcinoid|symptom|stool", re.IGNORECASE)
# Words of response alone, where a sentence rates images and not symptoms.
_BARE: Final = ("complete", "partial", "stable")
# Of these another response has to stand beside them: images are not always rated by a name.
_CHANGE: Final = re.compile(
    r"(?:(?:remained|were|was) )?(?:stable|unchanged|stabili[sz]ation|progressive|progressed"
    r"|progression)",
    re.IGNORECASE,
)
_BESIDE: Final = re.compile(
    r"\b(?:partial(?:ly)?|complete(?:ly)?|objective|minor) (?:\w+ )?(?:responses?|remissions?"
    r"|regressions?|responded)\b|\bstable disease\b|\bPR\b|\bSD\b|\bCR\b|\bpartial in\b",
)
_RESPONSES: Final = ("stable_disease", "progressive_disease")
_RATED: Final = re.compile(
    r"RECIST|WHO|EASL|SWOG|Choi|[Rr]adiolog|[Rr]adiograph|[Tt]umou?r response"
)
# Who responded to what: of symptoms and markers it is no response of the tumour.
_NOT_IMAGED: Final = re.compile(
    r"symptom|relief|hormon|flush|diarrh|biochemical|marker|5-HIAA|chromogranin|CgA|gastrin|insulin"
    r"|glyc|pain|pressure|octreotide scan|question|survey|invited|centres|clinicians",
    re.IGNORECASE,
)
_EASED: Final = re.compile(r"symptom|relief|hormon|flush|biochemical", re.IGNORECASE)
# Patients chosen by an outcome are a subgroup, not a result.
_CHOSEN: Final = re.compile(
    r"(?:\b(?:among|of|in) (?:the )?(?:\S+ )?(?:patients|those) (?:with|who (?:had|achieved)) "
    r"(?:an? |the )?|(?<!\bratio )(?<!\bratios )(?<!HR )(?<!HRs )(?<!OR )(?<!\brisk )(?<!\bmodel )"
    r"\bfor )$",
    re.IGNORECASE,
)


# "Median PFS from the first dose": the day from which a time counts.
_SINCE: Final = re.compile(
    r"\b(?:from|since) (?:the )?(?:start of )?(?:first |last |initial )?$", re.I
)
# "Survival of biochemical [responders]": of whom, not what.
_OF: Final = re.compile(r"\b(?:of|in|among|for|from|between|than) (?:the )?(?:\w+ )?$", re.I)
# Without the event: "local recurrence-free rate" is of those who had none.
_FREE: Final = re.compile(r"[\s-]+free\b(?:[\s-]+(?:survivals?|intervals?|rates?|status))*", re.I)
# The end of a longer word: "extra[hepatic recurrence]".
_INSIDE: Final = re.compile(r"^[A-Za-z]{2}$")


@dataclass(frozen=True, slots=True)
class Mention:
    """An outcome (empty: something else), the measures it is reported in, and its place."""

    outcome: str
    measures: frozenset[str]
    start: int
    end: int
    text: str


@cache
def _patterns() -> tuple[tuple[str, frozenset[str], re.Pattern[str]], ...]:
    out: list[tuple[str, frozenset[str], re.Pattern[str]]] = []
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            parts = [f"(?i:{row['words']})"] if row["words"] else []
            parts += [f"(?:{row['letters']})"] if row["letters"] else []
            measures = frozenset(row["measures"].split(";"))
            out.append((row["outcome"], measures, re.compile("|".join(parts))))
    return tuple(out)


def mentions(text: str) -> list[Mention]:
    """The outcomes named in a plain sentence, left to right; of two that overlap the longer."""
    found = [
        Mention(outcome, measures, m.start(), m.end(), m[0])
        for outcome, measures, pattern in _patterns()
        for m in pattern.finditer(text)
        if not _INSIDE.search(text[max(m.start() - 1, 0) : m.start() + 1])
    ]
    found.sort(key=lambda one: (one.start - one.end, one.start))
    kept: list[Mention] = []
    for one in found:
        company = _NEEDS_COMPANY.get(one.text)
        if company and not company.search(text[: one.start] + text[one.end :]):
            continue
        if not one.outcome and _SINCE.search(text[: one.start]):
            continue
        if one.outcome == "other" and _SYMPTOM.match(one.text) and _SYNDROME.search(text):
            continue
        if one.text.lower() == "responded" and (
            not _RATED.search(text) or _NOT_IMAGED.search(text)
        ):
            continue
        if _CHANGE.fullmatch(one.text) and one.outcome in _RESPONSES:
            rest = text[: one.start] + text[one.end :]
            if _BESIDE.search(rest) is None or _EASED.search(text):
                continue
        elif one.text.lower() in _BARE:
            rated = _RATED.search(text) or _CHANGE.search(text)
            if rated is None or _EASED.search(text):
                continue
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(_without(one, text))
    kept = [
        one for one in kept
        if not _CHOSEN.search(text[: one.start])
        and not (one.text.endswith(("responder", "responders")) and _OF.search(text[: one.start]))
    ]  # fmt: skip
    return _joined(sorted(kept, key=lambda one: one.start), text)


def _without(one: Mention, text: str) -> Mention:
    """An event that patients are free of is no outcome of which a figure is taken."""
    free = _FREE.match(text, one.end)
    if free is None:
        return one
    end = free.end()
    return Mention("", frozenset({"median", "mean", "proportion", "rate_at"}), one.start, end,
                   text[one.start : end])  # fmt: skip


@cache
def _stems() -> dict[str, frozenset[str]]:
    """The literal words of an outcome's patterns."""
    out: dict[str, set[str]] = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            bare = re.sub(r"\\[a-zA-Z]", " ", row["words"].lower())
            spelt = re.sub(r"\(\?:|\)?\?", "", bare)
            out.setdefault(row["outcome"], set()).update(re.findall(r"[a-z]+", f"{bare} {spelt}"))
    return {outcome: frozenset(words) for outcome, words in out.items()}


def plainly(one: Mention) -> bool:
    """Whether every word of a name is one of the outcome's own, or leaves it the same."""
    stems = _stems()[one.outcome]
    return all(
        word.lower() in BEFORE
        or any(s.startswith(word.lower()) or _longer(word.lower(), s) for s in stems)
        for word in re.findall(r"\b[A-Z]?[a-z]{2,}\b", one.text)
    )


def _longer(word: str, stem: str) -> bool:
    return len(stem) > 2 and word.startswith(stem)


def _joined(found: list[Mention], text: str) -> list[Mention]:
    """A name and its abbreviation in brackets are one mention."""
    out: list[Mention] = []
    for one in found:
        last = out[-1] if out else None
        if last and last.outcome == one.outcome and text[last.end : one.start].strip() == "(":
            end = one.end + (text[one.end : one.end + 1] == ")")
            out[-1] = replace(last, end=end, text=text[last.start : end])
        else:
            out.append(one)
    return out

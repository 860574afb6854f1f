"""Figures proposed from full texts, in words and as a table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from hilum.evidence import labels
from hilum.literature.fulltext.doubts import REASONS
from hilum.literature.fulltext.finding import KINDS
from hilum.literature.fulltext.tokens import NOT_REACHED
from hilum.records import found
from hilum.tabular.encoding import visible
from hilum.tabular.safe import safe_cell

if TYPE_CHECKING:
    from hilum.analyses.proposals import Doubt, LeftOut, Paper, ProposalsAnswered, Proposed
    from hilum.language import Words

MEASURES: Final = {
    "proportion": "proportion", "rate_at": "rate at a time", "median": "median", "mean": "mean",
    "follow_up": "median follow-up", "hazard_ratio": "hazard ratio", "odds_ratio": "odds ratio",
    "risk_ratio": "risk ratio",
}  # fmt: skip
INTERVALS: Final = {
    "ci": "confidence interval", "range": "range", "iqr": "interquartile range",
    "": "limits (of what, the text does not say)",
}  # fmt: skip
UNITS: Final = {"months": "months", "years": "years", "weeks": "weeks", "days": "days"}
TONGUES: Final = {
    "chinese": "English texts are read; this one is in Chinese: nothing that it prints in Chinese"
    " was proposed, and the form stays to be filled in by hand",
    "another": "English texts are read; this one seems to be in another language: what is not"
    " English was not proposed, and the form stays to be filled in by hand",
}
"""Of a text that is not in English; it is one where its code is not here."""
OTHER: Final = "another outcome"
COLUMNS: Final = (
    "file", "page", "measure", "outcome", "group", "side", "events", "n", "arm_n", "value", "low",
    "high", "interval", "level", "unit", "time_months", "p", "criteria", "words", "sentence",
)  # fmt: skip


def messages() -> set[str]:
    """Words looked up by their codes."""
    return {
        *MEASURES.values(), *INTERVALS.values(), *UNITS.values(), *KINDS.values(),
        *REASONS.values(), *TONGUES.values(), OTHER, NOT_REACHED,
    }  # fmt: skip


def proposals_lines(answer: ProposalsAnswered, words: Words) -> list[str]:
    """Each paper's figures by page, then what cannot fit."""
    lines: list[str] = []
    for paper in answer.papers:
        lines += _paper(paper, words)
    lines.append(
        words(
            "proposals only: read each sentence before you take its figure; what is not here may"
            " still be printed"
        )
    )
    return lines


def _paper(paper: Paper, words: Words) -> list[str]:
    lines = [
        words(
            "{file}: {pages} pages, {count} figures proposed",
            file=visible(paper.file),
            pages=paper.pages,
            count=len(paper.figures),
        )
    ]
    if paper.tongue in TONGUES:
        lines.append("  " + words(TONGUES[paper.tongue]))
    if paper.pages_without_text:
        listed = ", ".join(map(str, paper.pages_without_text))
        lines.append("  " + words("pages without text (pictures?): {listed}", listed=listed))
    for one in paper.figures:
        lines += _figure(one, words)
    if paper.left_out:
        count = len(paper.left_out)
        lines.append("  " + words("seen, not proposed ({count}):", count=count))
        lines += [_left_out(one, words) for one in paper.left_out]
    if paper.doubts:
        lines.append("  " + words("does not fit ({count}):", count=len(paper.doubts)))
    for doubt in paper.doubts:
        lines += _doubt(doubt, words)
    return lines


def _figure(one: Proposed, words: Words) -> list[str]:
    parts = [said(one, words)]
    if one.p:
        parts.append(f"p {one.p if one.p[0] in '<>≤≥' else f'= {one.p}'}")
    if one.criteria:
        parts.append(visible(one.criteria))
    what = outcome_words(one.outcome, words)
    if one.time_months is not None:
        what = words("{outcome} at {time} months", outcome=what, time=f"{one.time_months:g}")
    name = words(found(MEASURES, one.measure, "measure"))
    if one.measure != "follow_up":
        group = f" [{visible(one.group)}]" if one.group else ""
        group = f" [{side_words(one.side, words)}]" if one.side and not group else group
        name = f"{what}{group}: {name}"
    line = f"  {words('p. {page}', page=one.page)}  {name} {', '.join(parts)}"
    return [line, f"      “{visible(_short(one.sentence, one.words))}”"]


def said(one: Proposed, words: Words) -> str:
    """The figure as printed."""
    value = words(NOT_REACHED) if one.value == NOT_REACHED else one.value
    if one.unit in UNITS and value != words(NOT_REACHED):
        unit = words.within("time", UNITS[one.unit])
        value = f"{value} {unit}"
    elif one.unit == "percent" and value:
        value = f"{value} %"
    counts = ""
    if one.events is not None:
        counts = f"{one.events}/{one.n}" if one.n else f"{one.events}"
    text = f"{value} ({counts})" if value and counts else value or counts
    if one.low or one.high:
        kind = words(INTERVALS[one.interval])
        level = f"{one.level:g} % " if one.level else ""
        high = words(NOT_REACHED) if one.high == NOT_REACHED else one.high
        low = words(NOT_REACHED) if one.low == NOT_REACHED else one.low
        text = f"{text} ({level}{kind} {low}–{high})"
    return text


def side_words(side: str, words: Words) -> str:
    """Which of several figures side by side one is, whose arms its sentence does not name."""
    place, _, count = side.partition("/")
    return words("{place} of {count} side by side", place=place, count=count)


def outcome_words(code: str, words: Words) -> str:
    """The label of an outcome of the evidence."""
    return words(labels().get(("outcome", code), OTHER))


def _left_out(one: LeftOut, words: Words) -> str:
    why = words(found(REASONS, one.code, "reason"))
    what = f" ({outcome_words(one.outcome, words)})" if one.outcome else ""
    head = words("p. {page}", page=one.page)
    return f"  {head}  “{visible(_short(one.words, one.words))}”{what}: {why}"


def _doubt(one: Doubt, words: Words) -> list[str]:
    printed = " | ".join(visible(part) for part in one.printed)
    head = words("p. {page}", page=one.page)
    return [
        f"  {head}  {words(found(KINDS, one.code, 'finding'))}: {printed}",
        f"      “{visible(_short(one.sentence, one.printed[0]))}”",
    ]


_SHOWN: Final = 160


def _short(sentence: str, around: str) -> str:
    """The part of a long sentence around the figure."""
    if len(sentence) <= _SHOWN:
        return sentence
    at = max(sentence.find(around), 0)
    start = max(0, min(at - _SHOWN // 2, len(sentence) - _SHOWN))
    cut = sentence[start : start + _SHOWN]
    return ("… " if start else "") + cut + (" …" if start + _SHOWN < len(sentence) else "")


def proposals_csv(answer: ProposalsAnswered) -> str:
    """Every proposal, one a row."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for paper in answer.papers:
        for one in paper.figures:
            cells = [paper.file, *(getattr(one, name) for name in COLUMNS[1:])]
            table.writerow(["" if cell is None else safe_cell(cell) for cell in cells])
    return out.getvalue()

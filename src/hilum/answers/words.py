"""A cell in words, from codes and counts alone; any language."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hilum.answers.tables import treatments
from hilum.answers.thresholds import MIN_SERIES
from hilum.evidence.codes import selections

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.answers.cell import Told
    from hilum.language import Words

MOST = 4
"""Codes named in one part of the sentence; the rest are in the list that opens."""
MOST_REASONS = 7
"""Reasons named; all are counted where the figures are listed."""


@cache
def labels() -> dict[tuple[str, str], str]:
    """English label of each code, keyed by (kind, code)."""
    text = files("hilum.answers").joinpath("labels.csv").read_text("utf-8")
    found = {(row["kind"], row["key"]): row["label"] for row in csv.DictReader(text.splitlines())}
    return found | {("selection", one.code): one.label for one in selections().values()}


def label(kind: str, code: str, words: Words) -> str:
    """A code in words."""
    return words(labels()[kind, code])


def reason_label(coded: str, words: Words) -> str:
    """A reason in words; ``special:milan`` and ``criteria:other`` name what they stand for."""
    reason, _, detail = coded.partition(":")
    if not detail:
        return label("reason", reason, words)
    kind = {"special": "selection", "criteria": "criteria"}[reason]
    return words(
        "{reason} ({detail})",
        reason=label("reason", reason, words),
        detail=label(kind, detail, words),
    )


def flag_line(code: str, detail: str | None, words: Words, other: str = "") -> str:
    """A flag of a cell in words; a flag whose detail names a reason says it.

    ``other`` is the outcome that the detail is the key of, in words.
    """
    known = labels()
    detailed = ("flag", f"{code}:{detail}")
    return words(known[detailed] if detailed in known else known["flag", code], other=other)


def curve_label(selection: str, words: Words) -> str:
    """Whom a survival curve beside the main one speaks of."""
    known = labels()
    kind = "curve" if ("curve", selection) in known else "selection"
    return words(known[kind, selection])


def sentence(told: Told, k: int, words: Words) -> str:
    """Whom the figure speaks of, how it was counted, and what was left out and why.

    Parameters
    ----------
    told : Told
        Of a cell.
    k : int
        Its studies.
    words : Words
        Of a language.
    """
    return words("{said}.", said=words("; ").join(_parts(told, k, words))) + _left_out(told, words)


def _parts(told: Told, k: int, words: Words) -> Iterable[str]:
    if k == 0:
        yield words("No study of this patient's kind")
        return
    whom = [
        _tally("scope", told.scope, words),
        _tally("selection", told.selection, words),
        words("line: {counts}", counts=_tally("line", told.line, words)),
    ]
    if told.criteria:
        whom.append(words("criteria: {counts}", counts=_tally("criteria", told.criteria, words)))
    about = words("; ").join(whom)
    width = label("width", told.width, words)
    if k == 1:
        yield words("1 study of {width} ({about})", width=width, about=about)
    else:
        yield words("{k} studies of {width} ({about})", k=k, width=width, about=about)
    if told.later_line:
        yield words("no study of this line, so a later line speaks")
    if told.n_of_arm:
        yield words("n of {count} taken from the arm", count=told.n_of_arm)
    if told.range_only:
        yield words(
            "{count} in the range only (n not printed, or fewer than {least} patients)",
            count=told.range_only,
            least=MIN_SERIES,
        )


def _left_out(told: Told, words: Words) -> str:
    if not told.left_out:
        return ""
    named = [_counted(count, reason_label(coded, words), words) for coded, count in told.left_out]
    more = sum(count for _, count in told.left_out[MOST_REASONS:])
    shown = words(", ").join(named[:MOST_REASONS])
    if more:
        shown = words(", ").join((shown, words("{count} for other reasons", count=more)))
    return words(" Left out: {reasons}.", reasons=shown)


def _tally(kind: str, counts: tuple[tuple[str, int], ...], words: Words) -> str:
    return words(", ").join(
        _counted(count, label(kind, code, words), words) for code, count in counts[:MOST]
    )


def _counted(count: int, what: str, words: Words) -> str:
    return words("{count} {what}", count=count, what=what)


def messages() -> set[str]:
    """Every message id that comes from a table, for the catalogue's extraction."""
    return set(labels().values()) | {one.label for one in treatments().values()}

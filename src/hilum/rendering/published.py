"""Cells beside published syntheses, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.answers import outcomes, treatments
from hilum.answers.printed import as_printed
from hilum.answers.published import CODES
from hilum.answers.words import label
from hilum.evidence import labels
from hilum.records import found

if TYPE_CHECKING:
    from hilum.analyses.published import HeldAgainst, PublishedAnswered
    from hilum.answers.published import Reason
    from hilum.language import Words

SITES: Final = {
    "mixed": "mixed primary sites",
    "pancreas": "pancreas",
    "small_bowel": "small bowel",
    "NEC": "carcinoma (NEC)",
}
"""Patients of a synthesis."""


def published_lines(answer: PublishedAnswered, words: Words) -> list[str]:
    """Every comparison, and how many touch."""
    lines = [line for one in answer.comparisons for line in _lines(one, words)]
    compared = answer.compared
    share = f"{100 * answer.touching / compared:.0f} %" if compared else words("none")
    lines.append(
        words(
            "{touching} of {compared} touch ({share}); {silent} without a reason",
            touching=answer.touching,
            compared=compared,
            share=share,
            silent=answer.without_reason,
        )
    )
    return lines


def _lines(one: HeldAgainst, words: Words) -> list[str]:
    theirs = one.published
    named = {
        "id": theirs.published_id,
        "what": _what(one, words),
        "value": theirs.value,
        "low": f"{theirs.ends[0]:g}",
        "high": f"{theirs.ends[1]:g}",
        "cell": _ours(one, words),
    }
    if one.touches:
        return [
            words("{id} touches: {what}: published {value} ({low}-{high}), cell {cell}", **named)
        ]
    first = words("{id} DIFFERS: {what}: published {value} ({low}-{high}), cell {cell}", **named)
    return [first, f"    {_reason(one.reason, words)}"]


def _what(one: HeldAgainst, words: Words) -> str:
    theirs = one.published
    known = treatments()
    other = labels().get(("modality", theirs.treatment), theirs.treatment)
    treatment = known[theirs.treatment].label if theirs.treatment in known else other
    named = {
        "treatment": words(treatment),
        "outcome": words(labels().get(("outcome", theirs.outcome), theirs.outcome)),
        "site": words(found(SITES, theirs.site, "site")),
    }
    if theirs.time_months:
        return words(
            "{treatment}, {outcome} at {time} months, {site}",
            time=f"{theirs.time_months:g}",
            **named,
        )
    return words("{treatment}, {outcome}, {site}", **named)


def _ours(one: HeldAgainst, words: Words) -> str:
    if one.form is None:
        return words("no cell")
    named = {"form": label("form", one.form, words), "k": one.k}
    if one.ours is None:
        return words("{form}, k = {k}", **named)
    low, high = (as_printed(end, months=one.months, n=one.n) for end in one.ours)
    return words("{low}-{high} ({form}, k = {k})", low=low, high=high, **named)


def _reason(reason: Reason | None, words: Words) -> str:
    if reason is None:
        return words("no reason given")
    named = {"reason": words(found(CODES, reason.code, "reason")), "note": reason.note}
    if reason.reviewed_by:
        return words("{reason} (reviewed by {who}): {note}", who=reason.reviewed_by, **named)
    return words("{reason} (drafted): {note}", **named)


def messages() -> set[str]:
    """Ids that stand in tables."""
    from hilum.answers.words import labels as answer_labels

    kinds = {text for (kind, _), text in answer_labels().items() if kind == "form"}
    of_outcomes = {str(one.outcome) for one in outcomes().values()}
    said = {labels()["outcome", one] for one in of_outcomes if ("outcome", one) in labels()}
    named = {one.label for one in treatments().values()}
    said |= {text for (kind, _), text in labels().items() if kind == "modality"}
    return {*SITES.values(), *CODES.values(), *kinds, *said, *named}

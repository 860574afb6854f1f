"""What does not fit in a paper, and its kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hilum.literature.fulltext.proposal import Proposal


@dataclass(frozen=True, slots=True)
class Finding:
    """Figures that do not fit each other.

    ``code`` of ``KINDS``; ``printed`` the figures as the paper has them; ``page`` and ``sentence``
    of the last of them.
    """

    code: str
    page: int
    sentence: str
    printed: tuple[str, ...]


KINDS: Final = {
    "share": "the percentage is not that of the counts",
    "events": "more events than patients",
    "percent": "over 100 %",
    "share_of_none": "the percentage belongs to another number of patients than those beside it",
    "limits": "the lower limit is above the upper one",
    "outside": "the estimate lies outside its limits",
    "middle": "the ratio is far from the middle of its limits on the log scale",
    "p_and_limits": "p and the limits disagree on whether there is a difference",
    "parts": "complete and partial responses are not the objective responses",
    "control": "complete and partial responses and stable disease are not the disease control",
    "subgroups": "the subgroups do not add up to all patients",
    "whole": "the parts are more than the whole",
    "order": "a later survival rate above an earlier one",
    "deaths": "fewer deaths by a later day than by an earlier one",
    "progression": "a median progression-free survival above the median overall survival",
    "twice": "the same figure printed differently",
    "swapped": "the figures of two arms changed places",
    "arms": "the arms do not add up to the patients",
    "grades": "more events of grade 3 or more than of any grade",
    "units": "one figure in two units is not the same",
    "change": "the change is not that between the two values",
    "period": "the length of the period is not that between its dates",
    "sum": "the parts do not add up to the whole",
    "each": "the mean number a patient is not that of the counts",
    "fraction": "the fraction in words is not that of the counts",
    "effect": "the ratio or the difference is not that of the two arms",
    "quartiles": "the interquartile range reaches beyond the range",
    "falls": "a cumulative incidence that falls with time",
    "median_rate": "the survival rate at a time and the median contradict each other",
    "progression_rate": "a progression-free survival rate above the overall survival at that time",
}


def finding(code: str, one: Proposal, *more: str) -> Finding:
    """A finding on a proposal; ``more``: what else was compared with it."""
    return Finding(code, one.page, one.sentence, (printed(one), *more))


def printed(one: Proposal) -> str:
    """A proposal's figures as the paper has them."""
    return " ".join(one.sentence[slice(*one.span)].split())

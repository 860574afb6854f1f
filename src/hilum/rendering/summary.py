"""What the tables hold, in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.evidence import labels
from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.rendering.joint_figures import listed
from hilum.sheet.present import DESIGN_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.analyses.summary import SummaryAnswered
    from hilum.language import Words
    from hilum.sheet.summary import End, RangeLine


def summary_lines(answer: SummaryAnswered, words: Words) -> list[str]:
    """Counts, then the range of each outcome beside the review's."""
    return [
        words(
            "{studies} studies, {arms} arms, {results} figures",
            studies=answer.studies,
            arms=answer.arms,
            results=answer.results,
        ),
        words("design: {counts}", counts=_counts(answer.designs, DESIGN_LABELS, words)),
        words("population: {counts}", counts=_counts(answer.populations, POPULATION_LABELS, words)),
        "",
        words("Embolisation series (TAE, TACE) published up to {year}:", year=answer.last_year),
        *(f"  {_range(one, words)}" for one in answer.ranges),
    ]


def _counts(counts: Mapping[str, int], known: Mapping[str, str], words: Words) -> str:
    parts = [
        words("{name} {count}", name=words(known.get(name, name)), count=count)
        for name, count in counts.items()
    ]
    return listed(parts, words)


def _range(line: RangeLine, words: Words) -> str:
    name = words(labels().get(("outcome", line.outcome), line.outcome))
    review = words("no review")
    if line.review is not None:
        low, high = (f"{end:g}" for end in line.review)
        review = words("the review's {low}-{high} %", low=low, high=high)
    if line.low is None or line.high is None:
        return words("{outcome}: no figure in the tables; {review}", outcome=name, review=review)
    return words(
        "{outcome}: {low}-{high} % in {k} studies (lowest {lowest}, highest {highest}); {review}",
        outcome=name,
        low=f"{line.low.percent:.0f}",
        high=f"{line.high.percent:.0f}",
        k=line.k,
        lowest=_end(line.low),
        highest=_end(line.high),
        review=review,
    )


def _end(one: End) -> str:
    return f"{one.name} [{one.study_id}] {one.figure}"


def messages() -> set[str]:
    """Ids that stand in tables."""
    outcomes = {text for (kind, _), text in labels().items() if kind == "outcome"}
    return {*DESIGN_LABELS.values(), *POPULATION_LABELS.values(), *outcomes}

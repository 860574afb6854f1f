"""A ranking as a page shows it: outcome by outcome, what it rests on, what could not be ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.language.telling import sentence
from hilum.rendering.rank import (
    assumed_lines,
    comparison_lines,
    knowing_line,
    model_line,
    title_of,
)
from hilum.rendering.rank_pairs import left_out_groups

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.analyses.rank import RankAnswered
    from hilum.language import Words

TOP: Final = 5


def rank_page(
    answer: RankAnswered, words: Words, studies: Mapping[str, str], top: int = TOP
) -> dict[str, Any]:
    """Variables of the page of a ranking; ``studies`` are short citations by id."""
    models = {one.model.name for one in answer.outcomes}
    outcomes: list[dict[str, Any]] = []
    for one in answer.outcomes:
        told = [
            [line.strip() for line in comparison_lines(one, each, words, studies)]
            for each in one.candidates[:top]
        ]
        outcomes.append({
            "title": title_of(one, words),
            "gain": words(one.unit),
            "model": model_line(one, words),
            "comparisons": [
                (lines[0].partition(". ")[2], lines[1:]) for lines in told
            ],
            "knowing": knowing_line(one, words) if one.knowing else "",
            "more": max(len(one.candidates) - top, 0),
        })  # fmt: skip
    return {
        "outcomes": outcomes,
        "assumed": assumed_lines(models, answer.asked, words)[1:],
        "not_ranked": [sentence(one, words) for one in answer.not_ranked],
        "left_out": left_out_groups(answer, words),
    }

"""A pooled answer in a few lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.analyses.pool import Pooled
from hilum.analyses.pooled import Limits
from hilum.language.telling import sentence
from hilum.records import found
from hilum.rendering.figures import figure, said
from hilum.rendering.measures import WAYS, asked_as
from hilum.rendering.pool_models import coefficient_lines, limits_of, model_lines, prior_line
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from hilum.analyses.pool import Absolute, Between, PoolAnswered, Refused
    from hilum.analyses.pool_rows import LeftOut
    from hilum.language import Words

NOTES: Final = {
    "freeman_tukey": "back-transformed with the harmonic mean of n (Miller 1978), which can "
    "mislead where n differ widely (Schwarzer 2019): prefer PLO",
    "totals": "one study, or studies with no events or nothing else: Clopper-Pearson interval of "
    "the totals, no heterogeneity",
    "totals_rate": "one study, or no event in any: Garwood interval of the totals, no "
    "heterogeneity",
    "no_finite_estimate": "studies with no events beside studies with nothing else: no finite "
    "estimate",
    "one_study": "one study: its own interval, no heterogeneity",
    "narrower": "the effects are more alike than their errors allow, so that the Hartung-Knapp "
    "interval is narrower than its model (Röver 2015): adhoc as test keeps it from that",
    "all_alike": "all effects are equal, and say nothing of their own spread: t quantiles with the "
    "model's own errors",
    "cut": "the normal interval reaches beyond what can be and is cut there: prefer {instead}",
}
REASONS: Final = {
    "missing": "row {row}: {column} is missing",
    "no_moderator": "row {row}: a moderator is missing",
    "says_nothing": "row {row}: its counts say nothing of the contrast: no event in either group, "
    "or nothing else",
    "no_information": "row {row}: no information: an effect or variance is not finite",
}
NO_NEW_STUDY: Final = {
    "few": "no interval of a new study: fewer than 4 studies",
    "alike": "no interval of a new study: the model has one effect for all",
}
# Rows left out that are named one by one.
MOST = 10


def pool_lines(answer: PoolAnswered, words: Words) -> list[str]:
    """What was pooled, the answer with its intervals, heterogeneity, what was left out."""
    lines = [asked_as(answer, answer.asked.level, words), *coefficient_lines(answer, words)]
    limits = shown(answer)
    if limits is not None:
        lines.append(f"  {figure(limits, answer.measure, words)}")
        lines += [f"  {line}" for line in few_lines(answer, words)]
        lines += [f"  {line}" for line in absolute_lines(answer.absolute, words)]
    lines += [f"  {line}" for line in model_lines(answer, words)]
    lines += _spread(answer, words)
    lines += [
        "  " + _subgroup(name, one, answer, words)
        for name, one in answer.subgroups.items()
        if not isinstance(one, Pooled) or one.transformed is not None
    ]
    lines += [f"  {line}" for line in group_priors(answer, words)]
    lines += _between(answer.between, words)
    instead = measure_of(answer.measure).instead or ""
    lines += [f"  {words(found(NOTES, code, 'note'), instead=instead)}" for code in answer.notes]
    lines += _left_out(answer.left_out, words)
    return lines



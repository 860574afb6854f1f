"""What is said where a treatment's level is the prior's: no outcome, and no difference from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.records import found
from hilum.rendering.joint_figures import listed, ratio, versus

if TYPE_CHECKING:
    from hilum.analyses.joint import JointAnswered
    from hilum.analyses.joint_answer import Absolute, Difference, Rank
    from hilum.language import Words

WITHHELD: Final = {
    "level_of_prior": "no difference is told: over half of the information on the outcome of "
    "{treatments} is the prior's",
}


def outcome_of_prior(one: Absolute, rank: Rank | None, words: Words) -> str:
    """A treatment without an outcome; its rank is of comparisons."""
    if rank is None:
        return words("outcome not known, k={k}, no rank: no comparison", k=one.studies)
    return words(
        "outcome not known, k={k}, rank {rank} ({first} to {last}) of {count} compared",
        k=one.studies,
        rank=f"{rank.mean:.1f}",
        first=rank.ci[0],
        last=rank.ci[1],
        count=len(rank.among),
    )


def ratio_alone(one: Difference, percent: bool, words: Words) -> str:
    """A comparison by its ratio."""
    named = {
        "pair": versus(one, words),
        "ratio": ratio(one.ratio, one.ratio_error),
        "low": ratio(one.ratio_ci[0], one.ratio_ci_error[0]),
        "high": ratio(one.ratio_ci[1], one.ratio_ci_error[1]),
    }
    if percent:
        return words("{pair}: odds ratio {ratio} ({low} to {high})", **named)
    return words("{pair}: hazard ratio {ratio} ({low} to {high})", **named)


def why_withheld(one: Difference, answer: JointAnswered, words: Words) -> str:
    """Why a comparison has no difference."""
    unknown = [
        known.treatment
        for known in answer.absolute
        if known.treatment in (one.treatment, one.comparator) and known.withheld is not None
    ]
    reason = found(WITHHELD, one.withheld or "", "reason")
    return words(reason, treatments=listed(unknown, words))

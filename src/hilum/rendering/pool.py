"""A pooled answer in a few lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.analyses.pool import Pooled
from hilum.analyses.pooled import Limits
from hilum.analyses.row_remarks import listed
from hilum.language.telling import sentence
from hilum.records import found
from hilum.rendering.figures import figure, said
from hilum.rendering.measures import WAYS, asked_as
from hilum.rendering.observed import observed, too_wide, too_wide_line, widest
from hilum.rendering.pool_between import between_lines
from hilum.rendering.pool_models import coefficient_lines, limits_of, model_lines, prior_line
from hilum.rendering.printed_figures import probable, short
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from hilum.analyses.pool import Absolute, PoolAnswered, Refused, StudyRow
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
    "narrower_clusters": "the clusters are more alike than the errors of their effects allow, so "
    "that the interval by cluster is narrower than the model's own, and so is that of a new study",
    "all_alike": "all effects are equal, and say nothing of their own spread: t quantiles with the "
    "model's own errors",
    "no_intercept": "no intercept: no mean of all studies, and coefficients of a line through 0 on "
    "the model's scale",
    "group_means": "no intercept: each coefficient is the mean of its group, on the model's scale",
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
BEYOND_ALL: Final = (
    "no events of 1,000: the risk ratio times this baseline is above 1, which no risk is; it does "
    "not hold of such patients (pool the odds ratio, OR, which stays inside)"
)
BEYOND_END: Final = (
    "the limit of the risk ratio times this baseline is above 1, which no risk is: cut at 1,000 of "
    "1,000 (the odds ratio, OR, stays inside)"
)
# Rows left out that are named one by one.
MOST = 10


def pool_lines(answer: PoolAnswered, words: Words) -> list[str]:
    """What was pooled, the answer with its intervals, heterogeneity, what was left out."""
    lines = [asked_as(answer, answer.asked.level, words), *coefficient_lines(answer, words)]
    limits = shown(answer)
    if limits is not None:
        if too_wide(limits, answer.measure):
            seen = words("the studies: {range}", range=observed(answer, words))
            lines += ["  " + words("{line}. {more}", line=seen, more=too_wide_line(words))]
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
    for name, one in answer.subgroups.items():
        if isinstance(one, Pooled) and one.transformed is None and one.beta:
            lines.append("  " + words("{name} (k {k}):", name=name, k=one.k))
            lines += [f"  {line}" for line in coefficient_lines(one, words)]
    lines += [f"  {line}" for line in group_priors(answer, words)]
    lines += [f"  {line}" for line in between_lines(answer, words)]
    instead = measure_of(answer.measure).instead or ""
    lines += [f"  {words(found(NOTES, code, 'note'), instead=instead)}" for code in answer.notes]
    lines += [f"  {line}" for line in remark_lines(answer, words)]
    lines += _left_out(answer.left_out, words)
    return lines


def remark_lines(answer: PoolAnswered, words: Words) -> list[str]:
    """What must be known of the rows: corrections, figures that do not fit, studies of no event."""
    lines = [sentence(one, words) for one in answer.remarks]
    heard = answer.heard
    if heard is not None:
        named = {"names": listed(heard.silent), "count": len(heard.silent)}
        told = words(
            "no event in either group, or nothing else, in {count} of the studies: {names}; they "
            "say nothing of a ratio and stand here by their correction alone (drop00: without)",
            **named,
        )
        if heard.figure is not None:
            own = figure(heard.figure, answer.measure, words)
            alone = words("without them (k {k}): {figure}", k=heard.k, figure=own)
            told = words("{line}; {more}", line=told, more=alone)
        lines.append(told)
    return lines


def shown(one: Pooled) -> Limits | None:
    """The figure that readers see, on their scale, with the interval of a new study."""
    if one.transformed is None:
        return None
    if one.shown is None:
        new = one.new_study
        low, high = (None, None) if new is None else (new.lower, new.upper)
        return replace(one.transformed, pi_lb=low, pi_ub=high)
    return limits_of(one.shown)


def few_lines(answer: PoolAnswered, words: Words) -> list[str]:
    """What stands beside the figure of few studies: prior, common effect, each study, why not."""
    seen, code = answer.shown, answer.measure
    if seen is None:
        return []
    out: list[str] = []
    if seen.prior is not None:
        out.append(prior_line(seen.prior, words))
    if seen.tau is not None:
        tau, low, high = map(short, seen.tau)
        out.append(words("tau {tau} ({low} to {high}) with its prior", tau=tau, low=low, high=high))
    if seen.common is not None:
        out.append(words("common effect: {figure}", figure=figure(seen.common, code, words)))
        each = [_each(one, answer, words) for one in answer.studies if one.value is not None]
        out.append(words("each study: {studies}", studies=words("; ").join(each)))
    if seen.adhoc is not None:
        adhoc = figure(seen.adhoc, code, words)
        out.append(words("Hartung-Knapp, modified (--test adhoc): {figure}", figure=adhoc))
    if seen.no_new_study is not None:
        out.append(words(found(NO_NEW_STUDY, seen.no_new_study, "reason")))
    return out


def _each(one: StudyRow, answer: PoolAnswered, words: Words) -> str:
    """One study beside the figure of few: its own, and what of it is not as it stands."""
    limits = Limits(pred=one.value, ci_lb=one.low, ci_ub=one.high)
    told = f"{one.label} {figure(limits, answer.measure, words)}"
    if one.corrected:
        told = words("{line}, with corrected counts", line=told)
    if any(one.row == left.row for left in answer.left_out):
        told = words("{line}, left out of the average", line=told)
    return told


def absolute_lines(events: Absolute | None, words: Words) -> list[str]:
    """Events of 1,000 without and with the treatment, and how many fewer or more."""
    if events is None:
        return []
    ends = signed(events.difference_low), signed(events.difference_high)
    told = [
        words(
            "of 1,000 patients: {without} events without it, {with_it} with it ({low} to {high}), "
            "a difference of {difference} ({difference_low} to {difference_high})",
            without=f"{events.without:.0f}",
            with_it=f"{events.with_it:.0f}",
            low=f"{events.low:.0f}",
            high=f"{events.high:.0f}",
            difference=signed(events.difference),
            difference_low=ends[0],
            difference_high=ends[1],
        )
    ]
    if "with_it" in events.beyond:
        return [words(BEYOND_ALL)]
    return [*told, *([words(BEYOND_END)] if events.beyond else [])]


def signed(value: float) -> str:
    """A whole number with its sign; none of 0."""
    return f"{round(value):+d}" if round(value) else "0"


def _spread(answer: Pooled, words: Words) -> list[str]:
    lines: list[str] = []
    if answer.tau2 is not None and answer.I2 is not None:
        named = {"tau2": short(answer.tau2), "i2": f"{answer.I2:.1f}"}
        ends = tau2_ends(answer)
        if ends is None:
            said = words("tau2 {tau2}, I2 {i2} %", **named)
        elif ends[1] is None:
            said = words("tau2 {tau2} ({low} or more), I2 {i2} %", **named, low=ends[0])
        else:
            low, high = ends
            said = words("tau2 {tau2} ({low} to {high}), I2 {i2} %", **named, low=low, high=high)
        lines.append("  " + unprior(answer, said, words))
    if answer.QE is not None and answer.QEp is not None:
        lines.append("  " + words("Q {q}, p {p}", q=f"{answer.QE:.2f}", p=probable(answer.QEp)))
    return lines


def tau2_ends(answer: Pooled) -> tuple[str, str | None] | None:
    """Both ends of the interval of tau2; the upper None where the counts set none."""
    if answer.confint is None:
        return None
    _, low, high = answer.confint.tau2
    return short(low or 0.0), None if high is None else short(high)


def unprior(answer: Pooled, said: str, words: Words) -> str:
    """A spread, named as the one without the prior where what is shown has one."""
    if answer.shown is None or answer.shown.prior is None:
        return said
    return words("without the prior: {said}", said=said)


def group_priors(answer: PoolAnswered, words: Words) -> list[str]:
    """The prior of subgroups, where the answer of all has none."""
    own = [one.shown for one in answer.subgroups.values() if isinstance(one, Pooled)]
    known = {one.prior for one in own if one is not None and one.prior is not None}
    if answer.shown is not None and answer.shown.prior is not None:
        known.discard(answer.shown.prior)
    return [prior_line(one, words) for one in known]


def _subgroup(name: str, one: Pooled | Refused, answer: PoolAnswered, words: Words) -> str:
    if isinstance(one, Pooled):
        told = _group(name, one, answer, words)
        way = None if one.shown is None else one.shown.way
        if answer.shown is None or way is None or way in ("asked", answer.shown.way):
            return told
        return words("{line}, by {way}", line=told, way=words(found(WAYS, way, "way")))
    return f"{name}: {sentence(one.reason, words)}"


def _group(name: str, one: Pooled, answer: PoolAnswered, words: Words) -> str:
    limits = shown(one)
    assert limits is not None
    if too_wide(limits, one.measure):
        return words(
            "{name} (k {k}): the studies {range}; {figure}, which spans more than {points} points",
            name=name,
            k=one.k,
            range=observed(answer, words, group=name),
            figure=figure(limits, one.measure, words),
            points=widest(),
        )
    return words(
        "{name} (k {k}): {figure}",
        name=name,
        k=one.k,
        figure=figure(limits, one.measure, words),
    )


def _left_out(left: tuple[LeftOut, ...], words: Words) -> list[str]:
    if not left:
        return []
    lines = ["  " + words("left out: {count}", count=len(left))]
    lines += [
        "    " + words(found(REASONS, one.reason, "reason"), row=one.row, column=one.column or "")
        for one in left[:MOST]
    ]
    return lines


def messages() -> set[str]:
    """Ids that stand in tables."""
    from hilum.synthesis.exact import EXACT_MODELS

    own = (
        *NOTES.values(),
        *REASONS.values(),
        *NO_NEW_STUDY.values(),
        BEYOND_ALL,
        BEYOND_END,
    )
    return {*own, *(one.name for one in EXACT_MODELS)}


__all__ = [
    "absolute_lines",
    "few_lines",
    "figure",
    "group_priors",
    "messages",
    "pool_lines",
    "prior_line",
    "said",
    "shown",
]

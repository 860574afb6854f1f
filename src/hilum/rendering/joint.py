"""The joint model's answer in lines: outcomes, comparisons with what carries them, checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.evidence import labels
from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.records import found
from hilum.rendering.joint_apart import apart_lines, first_lines
from hilum.rendering.joint_apart import messages as apart_messages
from hilum.rendering.joint_figures import (
    listed,
    months_or_percent,
    ratio,
    ratio_of,
    stepped,
    versus,
)
from hilum.rendering.joint_prior import WITHHELD, outcome_of_prior, ratio_alone, why_withheld
from hilum.rendering.printed_figures import probable
from hilum.synthesis.widest import WIDEST_SHARE

if TYPE_CHECKING:
    from hilum.analyses.joint import JointAnswered
    from hilum.analyses.joint_answer import Absolute, Carried, Difference, Ends, Figure, Rank
    from hilum.language import Words

BASIS: Final = {
    "randomisation": "randomised comparisons",
    "non_randomised_comparison": "comparisons, not all randomised",
    "exchangeable_baselines": "no comparison: exchangeable baselines only",
    "prior": "nothing but the prior at this weight",
}
REACHES: Final = {
    "outside_all": "{covariate} outside every study",
    "outside_treatment": "{covariate} outside this treatment's studies",
    "not_reported": "{covariate} not reported by this treatment's studies",
}
SHARES: Final = {
    "randomised": "{percent} % randomised",
    "comparative": "{percent} % comparative",
    "single_arm": "{percent} % single-arm",
    "baselines": "{percent} % levels between studies",
    "prior": "{percent} % prior",
}
CONCLUSIONS: Final = {"higher": "higher", "lower": "lower", "undecided": "undecided"}
TURNS: Final = {
    "both": "single-arm and non-randomised evidence",
    "single": "single-arm evidence",
    "comparative": "non-randomised comparisons",
}
# Studies that are named as those which carry a comparison.
NAMED = 3


def joint_lines(answer: JointAnswered, words: Words) -> list[str]:
    """The model, each treatment, each comparison with what carries it, and the checks."""
    percent = answer.kind == "binomial"
    lines = [*_head(answer, words), *first_lines(answer, words)]
    width = max(len(name) for name in answer.treatments)
    lines.append(f"  {'':<{width}}  " + _columns(answer, words))
    ranks = {one.treatment: one for one in answer.ranks}
    lines += [
        f"  {one.treatment:<{width}}  " + _outcome(one, ranks.get(one.treatment), percent, words)
        for one in answer.absolute
    ]
    lines += _largest_error(answer, percent, words)
    for one, report in zip(answer.differences, answer.identification, strict=True):
        lines.append("  " + _difference(one, percent, words))
        if one.withheld is not None:
            lines.append("    " + why_withheld(one, answer, words))
        lines.append("    " + _errors(one, percent, words))
        lines.append("    " + _carried(report, words))
        pair = one.treatment, one.comparator
        lines += [f"    {line}" for line in apart_lines(answer, pair, words)]
    for name in answer.treatments:
        lines += [f"  {line}" for line in apart_lines(answer, (name, None), words)]
    return lines + _dial(answer, words) + _checks(answer, words)


RANKED: Final = {
    "higher": "outcome (95 % interval; a new study); rank 1 is the highest, which is better",
    "lower": "outcome (95 % interval; a new study); rank 1 is the lowest, which is better",
    "": "outcome (95 % interval; a new study); rank 1 is the highest: whether that is better "
    "was not said",
}


def _columns(answer: JointAnswered, words: Words) -> str:
    """What stands on each treatment's line, and from which side ranks count."""
    if not answer.ranks:
        return words("outcome (95 % interval; a new study)")
    return words(found(RANKED, answer.better or "", "side"))


def _head(answer: JointAnswered, words: Words) -> list[str]:
    counted: dict[str, str | int] = {**answer.studies, "linked": _linked(answer, words)}
    if answer.outcome is not None:
        counted["outcome"] = words(labels().get(("outcome", answer.outcome), answer.outcome))
    if answer.outcome is not None and answer.population is None:
        first = words(
            "joint model of {outcome}: {randomised} randomised, {comparative} comparative and "
            "{single_arm} single-arm studies, {linked}",
            **counted,
        )
    elif answer.outcome is None or answer.population is None:
        first = words(
            "joint model: {randomised} randomised, {comparative} comparative and {single_arm} "
            "single-arm studies, {linked}",
            **counted,
        )
    else:
        first = words(
            "joint model of {outcome}, {population}: {randomised} randomised, {comparative} "
            "comparative and {single_arm} single-arm studies, {linked}",
            population=words(found(POPULATION_LABELS, answer.population, "population")),
            **counted,
        )
    lines = [first]
    if answer.target.values:
        said = listed([f"{name} {value:g}" for name, value in answer.target.values.items()], words)
        lines.append("  " + words("for patients with {covariates}", covariates=said))
    if answer.target.unused:
        unused = listed(list(answer.target.unused), words)
        lines.append(
            "  "
            + words("known of the patient, but in no column of the model: {facts}", facts=unused)
        )
    return lines


def _linked(answer: JointAnswered, words: Words) -> str:
    parts = len(answer.components)
    if parts == 1:
        return words("all treatments are linked")
    return words("{parts} unlinked groups of treatments", parts=parts)


def _outcome(one: Absolute, rank: Rank | None, percent: bool, words: Words) -> str:
    if one.withheld is not None:
        said = words(
            "{percent} % of the information is the prior's", percent=f"{one.prior_percent or 0:.0f}"
        )
        return _doubted(outcome_of_prior(one, rank, words), [said, *_reaches(one, words)], words)
    named = {
        "value": _value(one.value, one.value_error, percent, words),
        "interval": _ends(one.ci, one.ci_error, percent, words),
        "new": _ends(one.prediction, one.prediction_error, percent, words),
        "k": one.studies,
    }
    if rank is None:
        line = words("{value} ({interval}; {new}), k={k}, no rank: no comparison", **named)
    else:
        line = words(
            "{value} ({interval}; {new}), k={k}, rank {rank} ({first} to {last}) of {count} "
            "compared",
            **named,
            rank=f"{rank.mean:.1f}",
            first=rank.ci[0],
            last=rank.ci[1],
            count=len(rank.among),
        )
    doubts = _reaches(one, words)
    if percent and _says_nothing(one.ci):
        said = words("its interval spans more than {points} points", points=f"{WIDEST_SHARE:g}")
        doubts.insert(0, said)
    return _doubted(line, doubts, words)


def _reaches(one: Absolute, words: Words) -> list[str]:
    """Where the patient lies beyond the studies."""
    return [
        words(found(REACHES, far.flag, "flag"), covariate=far.covariate) for far in one.extrapolated
    ]


def _doubted(line: str, doubts: list[str], words: Words) -> str:
    return f"{line}  [{words('; ').join(doubts)}]" if doubts else line


def _says_nothing(ci: Ends) -> bool:
    """Whether a share's interval excludes next to nothing, as on the sheet."""
    return ci[0] is not None and ci[1] is not None and 100 * (ci[1] - ci[0]) > WIDEST_SHARE


def _difference(one: Difference, percent: bool, words: Words) -> str:
    if one.p_relevant is None or one.p_relevant_lower is None:
        return ratio_alone(one, percent, words)
    scale = 100 if percent else 1
    low, high = one.difference_ci_error
    named = {
        "pair": versus(one, words),
        "difference": _signed(one.difference, one.difference_error, scale),
        "low": _signed(one.difference_ci[0], low, scale),
        "high": _signed(one.difference_ci[1], high, scale),
        "ratio": ratio(one.ratio, one.ratio_error),
        "ratio_low": ratio(one.ratio_ci[0], one.ratio_ci_error[0]),
        "ratio_high": ratio(one.ratio_ci[1], one.ratio_ci_error[1]),
        "margin": f"{scale * one.margin:g}",
        "above": f"{one.p_relevant:.2f}",
        "below": f"{one.p_relevant_lower:.2f}",
    }
    if percent:
        return words(
            "{pair}: {difference} points ({low} to {high}), odds ratio {ratio} ({ratio_low} to "
            "{ratio_high}); P(above {margin} points) {above}, P(below -{margin}) {below}",
            **named,
        )
    return words(
        "{pair}: {difference} months ({low} to {high}), hazard ratio {ratio} ({ratio_low} to "
        "{ratio_high}); P(above {margin} months) {above}, P(below -{margin}) {below}",
        **named,
    )


def _errors(one: Difference, percent: bool, words: Words) -> str:
    scale = 100 if percent else 1
    low, high = (_error(x, scale) for x in one.difference_ci_error)
    first, last = (_error(x, 1) for x in one.ratio_ci_error)
    if one.withheld is not None:
        return words(
            "Monte-Carlo error of the ratio's limits: {low} and {high}", low=first, high=last
        )
    named = {"low": low, "high": high, "ratio_low": first, "ratio_high": last}
    if percent:
        return words(
            "Monte-Carlo error of the limits: {low} and {high} points; of the ratio's {ratio_low} "
            "and {ratio_high}",
            **named,
        )
    return words(
        "Monte-Carlo error of the limits: {low} and {high} months; of the ratio's {ratio_low} and "
        "{ratio_high}",
        **named,
    )


def _largest_error(answer: JointAnswered, percent: bool, words: Words) -> list[str]:
    """Of the outcomes that are told; nothing where none is."""
    told = [one for one in answer.absolute if one.withheld is None]
    errors = [x for one in told for x in one.ci_error if x is not None]
    if not told:
        return []
    said = _error(max(errors, default=None), 100 if percent else 1)
    if percent:
        text = words("Monte-Carlo error of an outcome's limit: at most {error} points", error=said)
    else:
        text = words("Monte-Carlo error of an outcome's limit: at most {error} months", error=said)
    return [f"  {text}"]


def _error(value: Figure, scale: int) -> str:
    return "-" if value is None else f"{scale * value:.2g}"


def _carried(report: Carried, words: Words) -> str:
    shares = [
        words(text, percent=f"{report.percent[kind]:.0f}")
        for kind, text in SHARES.items()
        if report.percent[kind] >= 0.5
    ]
    studies = [
        words("{study} {percent} %", study=one.study, percent=f"{one.percent:.0f}")
        for one in report.shares[:NAMED]
    ]
    named = {
        "basis": words(found(BASIS, report.basis, "basis")),
        "shares": listed(shares, words),
        "studies": listed(studies, words),
    }
    text = (
        words("carried by {basis}: {shares} ({studies})", **named)
        if studies
        else words("carried by {basis}: {shares}", **named)
    )
    if not report.without:
        return text
    left = report.without[0]
    if left.silent:
        rest = words("without exchangeable baselines nothing is left")
    elif left.ratio is None:
        rest = words("without exchangeable baselines: not fitted")
    else:
        rest = words(
            "without exchangeable baselines {ratio} ({low} to {high}), the standard error "
            "{fold}-fold",
            fold=f"{left.ratio:.1f}",
            ratio=ratio_of(left.log_ratio, left.log_ratio_error),
            low=ratio_of(left.ci[0], left.ci_error[0]),
            high=ratio_of(left.ci[1], left.ci_error[1]),
        )
    return words("{first}; {second}", first=text, second=rest)


def conclusion(code: str, words: Words) -> str:
    """Which way an interval points."""
    return words.within("conclusion", found(CONCLUSIONS, code, "conclusion"))


def _dial(answer: JointAnswered, words: Words) -> list[str]:
    turned = answer.dial
    if turned is None:
        return []
    on = words(found(TURNS, turned.on, "dial"))
    lines = ["  " + words("dial on {evidence}, {count} weights", evidence=on,
                          count=len(turned.weights))]  # fmt: skip
    for one in turned.differences:
        changes = [
            words(
                "{below} to {above} at weight {weight}",
                below=conclusion(change.below, words),
                above=conclusion(change.above, words),
                weight=f"{change.weight:.2f}",
            )
            for change in one.changes
        ]
        last = conclusion(one.curve[-1].conclusion, words)
        said = words("; ").join(changes) or words("{conclusion} at every weight", conclusion=last)
        lines.append("    " + words("{name}: {text}", name=versus(one, words), text=said))
    lines += [
        "    " + words("weight {weight} refused: {reason}", weight=weight, reason=text)
        for weight, text in turned.refused.items()
    ]
    return lines


def _checks(answer: JointAnswered, words: Words) -> list[str]:
    chains = answer.convergence
    lines = [
        "  "
        + words(
            "R-hat {r_hat}, effective draws {bulk} bulk, {tail} tail, {divergences} divergences; "
            "{seconds} s",
            r_hat=f"{chains.r_hat:.3f}",
            bulk=f"{chains.ess_bulk:.0f}",
            tail=f"{chains.ess_tail:.0f}",
            divergences=chains.divergences,
            seconds=f"{chains.seconds:.1f}",
        )
    ]
    if chains.kept:
        lines.append("  " + words("drawn for an earlier question of the same studies, and kept"))
    check = answer.posterior_predictive
    if check is not None:
        outside = [f"{one.study} {one.treatment}" for one in check.outside]
        lines.append(
            "  "
            + words(
                "posterior predictive p {p}; arms outside their 95 % interval: {arms}",
                p=probable(check.p),
                arms=listed(outside, words) or words("none"),
            )
        )
    if answer.left_out:
        lines.append(
            "  "
            + words("left out: {count} figures (--json lists them)", count=len(answer.left_out))
        )
    return lines


def outcome_figure(one: Absolute, percent: bool, words: Words) -> str:
    """A treatment's outcome with its interval, to the digits that stand; no unit."""
    if one.withheld is not None:
        return words("outcome not known")
    scale = 100 if percent else 1
    return words(
        "{value} ({interval})",
        value="-"
        if one.value is None
        else stepped(scale * one.value, scale * (one.value_error or 0.0), 1.0 if percent else 0.1),
        interval=_ends(one.ci, one.ci_error, percent, words),
    )


def new_study_figure(one: Absolute, percent: bool, words: Words) -> str:
    """The interval of a new study; nothing where the outcome is not known."""
    if one.withheld is not None:
        return ""
    return _ends(one.prediction, one.prediction_error, percent, words)


def _value(value: Figure, error: Figure, percent: bool, words: Words) -> str:
    return months_or_percent(value, error, percent=percent, words=words)


def _ends(pair: Ends, errors: Ends, percent: bool, words: Words) -> str:
    scale = 100 if percent else 1
    low, high = (
        "-" if x is None else stepped(scale * x, scale * (error or 0.0), 1.0)
        for x, error in zip(pair, errors, strict=True)
    )
    return words("{low} to {high}", low=low, high=high)


def _signed(value: Figure, error: Figure, scale: int) -> str:
    if value is None:
        return "-"
    return stepped(scale * value, scale * (error or 0.0), 0.1, sign="+")


def messages() -> set[str]:
    """Ids that stand in tables."""
    from hilum.language.words import CONTEXT

    return {
        *BASIS.values(),
        *RANKED.values(),
        *REACHES.values(),
        *SHARES.values(),
        *TURNS.values(),
        *WITHHELD.values(),
        *apart_messages(),
        *(f"conclusion{CONTEXT}{one}" for one in CONCLUSIONS.values()),
        *POPULATION_LABELS.values(),
        *(text for (kind, _), text in labels().items() if kind == "outcome"),
    }

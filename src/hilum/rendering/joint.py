"""The joint model's answer in lines: outcomes, comparisons with what carries them, checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.evidence import labels
from hilum.records import found
from hilum.sheet.present import POPULATION_LABELS

if TYPE_CHECKING:
    from hilum.analyses.joint import JointAnswered
    from hilum.analyses.joint_answer import Absolute, Along, Carried, Difference, Ends, Figure, Rank
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
HALF = 50.0


def joint_lines(answer: JointAnswered, words: Words) -> list[str]:
    """The model, each treatment, each comparison with what carries it, and the checks."""
    percent = answer.kind == "binomial"
    lines = _head(answer, words)
    width = max(len(name) for name in answer.treatments)
    lines.append(f"  {'':<{width}}  " + words("outcome (95 % interval; a new study)"))
    ranks = {one.treatment: one for one in answer.ranks}
    lines += [
        f"  {one.treatment:<{width}}  " + _outcome(one, ranks[one.treatment], percent, words)
        for one in answer.absolute
    ]
    for one, report in zip(answer.differences, answer.identification, strict=True):
        lines.append("  " + _difference(one, percent, words))
        lines.append("    " + _carried(report, words))
    return lines + _dial(answer, words) + _checks(answer, words)


def _head(answer: JointAnswered, words: Words) -> list[str]:
    counted = {**answer.studies, "parts": len(answer.components)}
    if answer.outcome is None or answer.population is None:
        first = words(
            "joint model: {randomised} randomised, {comparative} comparative and {single_arm} "
            "single-arm studies, {parts} unlinked groups of treatments",
            **counted,
        )
    else:
        first = words(
            "joint model of {outcome}, {population}: {randomised} randomised, {comparative} "
            "comparative and {single_arm} single-arm studies, {parts} unlinked groups of "
            "treatments",
            outcome=words(labels().get(("outcome", answer.outcome), answer.outcome)),
            population=words(found(POPULATION_LABELS, answer.population, "population")),
            **counted,
        )
    if not answer.target.values:
        return [first]
    said = listed([f"{name} {value:g}" for name, value in answer.target.values.items()], words)
    return [first, "  " + words("for patients with {covariates}", covariates=said)]


def listed(parts: list[str], words: Words) -> str:
    """Parts of a list, as the language joins them."""
    out = parts[0] if parts else ""
    for one in parts[1:]:
        out = words("{first}, {second}", first=out, second=one)
    return out


def _outcome(one: Absolute, rank: Rank, percent: bool, words: Words) -> str:
    line = words(
        "{value} ({interval}; {new}), k={k}, rank {rank} ({first} to {last})",
        value=_value(one.value, percent, words),
        interval=_ends(one.ci, percent, words),
        new=_ends(one.prediction, percent, words),
        k=one.studies,
        rank=f"{rank.mean:.1f}",
        first=rank.ci[0],
        last=rank.ci[1],
    )
    doubts = [
        words(found(REACHES, far.flag, "flag"), covariate=far.covariate) for far in one.extrapolated
    ]
    if (one.prior_percent or 0.0) > HALF:
        said = words(
            "{percent} % of the information is the prior's", percent=f"{one.prior_percent:.0f}"
        )
        doubts.insert(0, said)
    return f"{line}  [{'; '.join(doubts)}]" if doubts else line


def _difference(one: Difference, percent: bool, words: Words) -> str:
    scale = 100 if percent else 1
    named = {
        "pair": versus(one, words),
        "difference": _signed(one.difference, scale),
        "low": _signed(one.difference_ci[0], scale),
        "high": _signed(one.difference_ci[1], scale),
        "ratio": fixed(one.ratio),
        "ratio_low": fixed(one.ratio_ci[0]),
        "ratio_high": fixed(one.ratio_ci[1]),
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


def versus(one: Difference | Along, words: Words) -> str:
    """A comparison by its two treatments."""
    return words("{first} v. {second}", first=one.treatment, second=one.comparator)


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
    left = report.without[0]
    rest = (
        words("without exchangeable baselines nothing is left")
        if left.silent
        else words(
            "without exchangeable baselines the standard error grows {ratio}-fold",
            ratio="-" if left.ratio is None else f"{left.ratio:.1f}",
        )
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
        said = "; ".join(changes) or words("{conclusion} at every weight", conclusion=last)
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
    check = answer.posterior_predictive
    if check is not None:
        outside = [f"{one.study} {one.treatment}" for one in check.outside]
        lines.append(
            "  "
            + words(
                "posterior predictive p {p}; arms outside their 95 % interval: {arms}",
                p=f"{check.p:.2f}",
                arms=listed(outside, words) or words("none"),
            )
        )
    if answer.left_out:
        lines.append(
            "  "
            + words("left out: {count} figures (--json lists them)", count=len(answer.left_out))
        )
    return lines


def _value(value: Figure, percent: bool, words: Words) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.0f} %" if percent else words("{value} months", value=f"{value:.1f}")


def _ends(pair: Ends, percent: bool, words: Words) -> str:
    low, high = ("-" if x is None else f"{100 * x if percent else x:.0f}" for x in pair)
    return words("{low} to {high}", low=low, high=high)


def _signed(value: Figure, scale: int) -> str:
    return "-" if value is None else f"{scale * value:+.1f}"


def fixed(value: Figure) -> str:
    """A ratio."""
    return "-" if value is None else f"{value:.2f}"


def messages() -> set[str]:
    """Ids that stand in tables."""
    from hilum.language.words import CONTEXT

    return {
        *BASIS.values(),
        *REACHES.values(),
        *SHARES.values(),
        *TURNS.values(),
        *(f"conclusion{CONTEXT}{one}" for one in CONCLUSIONS.values()),
        *POPULATION_LABELS.values(),
        *(text for (kind, _), text in labels().items() if kind == "outcome"),
    }

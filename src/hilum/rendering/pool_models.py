"""Lines of models beyond one mean: moderators, predictions, nested groups, outcomes, clusters."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from hilum.analyses.pooled import Limits
from hilum.records import found
from hilum.rendering.figures import figure, plain, said
from hilum.rendering.printed_figures import coefficient, probable, short
from hilum.synthesis.effects import SCALES
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.pool import PoolAnswered
    from hilum.analyses.pooled import Omnibus, Pooled, PosteriorFigures, Shown, TauPrior
    from hilum.analyses.predictions import PredictionAt
    from hilum.language import Words

PRIORS: Final = {
    "half-normal": "half-normal",
    "half-cauchy": "half-Cauchy",
    "uniform": "uniform",
}
SCALES_OF: Final = {
    False: "prior of tau: {kind}, scale {scale} as asked for",
    True: "prior of tau: {kind} as asked for, scale {scale} on the log scale, as none was asked "
    "for",
}
"""By whether the scale is that of the measure, as none was asked for."""
# Correlations beyond are at the end of what can be.
AT_BOUND: Final = 0.999
BOUND: Final = "at the bound of what can be, so that the studies do not say how large it is"
MODERATORS: Final = "test of the moderators"
ALL_ZERO: Final = "test that all coefficients are 0"
OMNIBUS: Final = {
    "chi2": "QM {q}, df {df}, p {p}",
    "F": "F {q}, df {df} and {dfs}, p {p}",
    "HTZ": "F {q}, df {df} and {dfs}, p {p} (cluster-robust, HTZ)",
    "LRT": "likelihood ratio {q}, df {df}, p {p}",
}
# The logarithm of the largest number.
LARGEST_LOG: Final = 709.0


def limits_of(seen: Shown) -> Limits:
    """A shown figure with the interval of a new study, where it has one."""
    new = seen.new_study
    return Limits(
        pred=seen.pred,
        ci_lb=seen.ci_lb,
        ci_ub=seen.ci_ub,
        pi_lb=None if new is None else new.lower,
        pi_ub=None if new is None else new.upper,
    )


def prior_line(prior: TauPrior, words: Words) -> str:
    """The prior of tau with its scale and source."""
    named = {"kind": words(found(PRIORS, prior.kind, "prior")), "scale": f"{prior.scale:g}"}
    if not prior.source:
        return words(SCALES_OF[prior.usual], **named)
    return words(
        "prior of tau: {kind}, scale {scale}, on the log scale ({source})",
        **named,
        source=prior.source,
    )


def coefficient_lines(answer: Pooled, words: Words) -> list[str]:
    """One line a coefficient of moderators, with the ratio per unit on log scales; then R2."""
    if not answer.coef_names or answer.transformed is not None or answer.outcomes:
        return []
    seen = answer.coefficients
    width = max(len(name) for name in answer.coef_names)
    own = (answer.pval, answer.ci_lb, answer.ci_ub)
    ends = own if seen is None else (seen.pval, seen.ci_lb, seen.ci_ub)
    columns = (answer.beta, answer.se if seen is None else seen.se, *ends)
    lines: list[str] = []
    ratio = SCALES[measure_of(answer.measure).scale].code == "exp"
    for name, *row in zip(answer.coef_names, *columns, strict=True):
        beta, se, p, low, high = (float("nan") if value is None else value for value in row)
        told = words(
            "{name}  {beta} (se {se}, p {p}; {low} to {high})",
            name=f"{name:<{width}}",
            beta=coefficient(beta, se),
            se=coefficient(se, se),
            p=probable(p),
            low=coefficient(low, se),
            high=coefficient(high, se),
        )
        if ratio and name != "intrcpt":
            told = words(
                ratio_kind(name),
                line=told,
                base=base_of(answer, name),
                ratio=plain(_exp(beta)),
                low=plain(_exp(low)),
                high=plain(_exp(high)),
            )
        lines.append(f"  {told}")
    if answer.R2 is not None:
        lines.append("  " + words("R2 {percent} %", percent=f"{answer.R2:.1f}"))
    return [*lines, *omnibus_lines(answer.moderators, words)]


PER_UNIT: Final = "{line}, ratio per unit {ratio} ({low} to {high})"
TO_BASE: Final = "{line}, ratio to {base} {ratio} ({low} to {high})"
OWN: Final = "{line}, its own {ratio} ({low} to {high})"
OF_RATIOS: Final = "{line}, ratio of ratios {ratio} ({low} to {high})"
LEVEL: Final = re.compile(r"^(?P<term>.+)\[(?P<contrast>T\.)?(?P<level>.+)\]$")


def ratio_kind(name: str) -> str:
    """What a coefficient's ratio is: per unit, to a reference, a level's own, or an interaction's.

    A level without ``T.`` is one of a model without intercept.
    """
    if re.search(r":(?![^\[]*\])", name):
        return OF_RATIOS if "[" in name else PER_UNIT
    level = LEVEL.match(name)
    if level is None or not re.fullmatch(r"[^(]+|C\(.+\)", level["term"]):
        return PER_UNIT
    return TO_BASE if level["contrast"] else OWN


def base_of(answer: Pooled, name: str) -> str:
    """The column and level that a coefficient of a level is compared with, where one is left."""
    from hilum.analyses.moderators import read_moderator

    level, asked = LEVEL.match(name), getattr(answer, "asked", None)
    if level is None:
        return ""
    term = level["term"]
    column = re.sub(r"^C\((\w+).*\)$", r"\1", term).strip("`")
    if asked is None or column not in asked.table.header:
        return column
    read = read_moderator(asked.table, column, factor=True)
    cells = [cell for cell, there in zip(read.values, read.present, strict=True) if there]
    texts = {f"{cell:g}" if isinstance(cell, float) else cell for cell in cells}
    left = texts - {one[len(term) + 3 : -1] for one in answer.coef_names if f"{term}[T." in one}
    return f"{column} {left.pop()}" if len(left) == 1 else column


def omnibus_lines(one: Omnibus | None, words: Words) -> list[str]:
    """The test of all moderators, where they are several or levels of a factor."""
    if one is None or (one.df < 2 and not one.categories):
        return []
    head = words(MODERATORS if one.intercept or one.kind == "LRT" else ALL_ZERO)
    if one.pval is None or one.statistic is None:
        told = words("too few clusters to be tested at once")
    else:
        told = words(
            found(OMNIBUS, one.kind, "kind"),
            q=f"{one.statistic:.2f}",
            df=one.df,
            dfs="" if one.dfs is None else f"{one.dfs:.3g}",
            p=probable(one.pval),
        )
    return ["  " + words("{head}: {figures}", head=head, figures=told)]


def _exp(value: float) -> float:
    return math.exp(value) if value < LARGEST_LOG else math.inf


def prediction_lines(made: Sequence[PredictionAt], measure: str, words: Words) -> list[str]:
    """The mean, and where a new study lies, at each asked value of the moderators."""
    return [
        words(
            "at {values}: {figure}",
            values=words(", ").join(f"{name} {value}" for name, value in one.at.items()),
            figure=_beyond(one, figure(limits_of(one.shown), measure, words), words),
        )
        for one in made
    ]


def _beyond(one: PredictionAt, told: str, words: Words) -> str:
    """With a remark where a moderator lies outside what the studies have."""
    ends = [
        words("{name} from {low} to {high}", name=name, low=f"{low:g}", high=f"{high:g}")
        for name, (low, high) in one.beyond.items()
    ]
    if not ends:
        return told
    more = words("beyond the studies, which have {ranges}", ranges=words(", ").join(ends))
    return words("{line}; {more}", line=told, more=more)


def level_lines(answer: Pooled, words: Words) -> list[str]:
    """The variance of each level of nested groups, with its profile interval."""
    out: list[str] = []
    for one in answer.levels:
        named = {
            "groups": one.groups,
            "sigma2": short(one.sigma2),
            "low": "-" if one.ci_lb is None else short(one.ci_lb),
            "high": "-" if one.ci_ub is None else short(one.ci_ub),
        }
        if one.column:
            told = words(
                "between {column} ({groups}): sigma2 {sigma2} ({low} to {high})",
                column=one.column,
                **named,
            )
        else:
            told = words(
                "between effects within them ({groups}): sigma2 {sigma2} ({low} to {high})",
                **named,
            )
        out.append(told)
    return out


def outcome_lines(answer: Pooled, words: Words) -> list[str]:
    """One mean an outcome, and how the outcomes' effects go together between studies."""
    out = [
        words(
            "{name} (k {k}): {figure}, tau2 {tau2}",
            name=one.name,
            k=one.k,
            figure=figure(limits_of(one.shown), answer.measure, words),
            tau2="-" if one.tau2 is None else short(one.tau2),
        )
        for one in answer.outcomes
    ]
    names = [one.name for one in answer.outcomes]
    for i, row in enumerate(answer.rho_between):
        for j in range(i):
            rho = row[j]
            if rho is None:
                continue
            told = words(
                "correlation between studies, {one} and {two}: {rho}",
                one=names[j],
                two=names[i],
                rho=f"{rho:.2f}",
            )
            if abs(rho) > AT_BOUND:
                told = words("{line}; {more}", line=told, more=words(BOUND))
            out.append(told)
    return out


def robust_line(answer: Pooled, words: Words) -> list[str]:
    """Kind of cluster-robust errors, clusters, degrees of freedom."""
    one = answer.robust
    if one is None:
        return []
    return [
        words(
            "errors by cluster, {kind}: {clusters} clusters ({column}), degrees of freedom {dfs}",
            kind=one.kind,
            clusters=one.clusters,
            column=one.column or words("studies"),
            dfs=words(", ").join("-" if df is None else f"{df:.1f}" for df in one.dfs),
        )
    ]


def posterior_lines(one: PosteriorFigures | None, words: Words) -> list[str]:
    """Mean and standard deviation of the posterior on the model's scale."""
    if one is None:
        return []
    return [
        words(
            "posterior on the model's scale: mean {mean} (sd {sd}), tau {tau} (sd {tau_sd})",
            mean=short(one.mu.mean),
            sd=short(one.mu.sd),
            tau=short(one.tau.mean),
            tau_sd=short(one.tau.sd),
        )
    ]


def model_lines(answer: PoolAnswered, words: Words) -> list[str]:
    """Everything above that an answer has, in its order, behind its figure."""
    return [
        *prediction_lines(answer.predictions, answer.measure, words),
        *outcome_lines(answer, words),
        *robust_line(answer, words),
        *level_lines(answer, words),
        *posterior_lines(answer.posterior, words),
    ]


def messages() -> set[str]:
    """Ids that stand in tables."""
    ratios = {PER_UNIT, TO_BASE, OWN, OF_RATIOS}
    tests = {MODERATORS, ALL_ZERO, *OMNIBUS.values()}
    return {*PRIORS.values(), BOUND, *SCALES_OF.values(), *ratios, *tests}


__all__ = ["messages", "model_lines", "prior_line", "said"]

"""Pooled survival in a few lines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from hilum.analyses.survival_answer import Alive
from hilum.analyses.survival_notes import (
    another_unit,
    arms_that_differ,
    beyond_new_study,
    outside_reports,
)
from hilum.language.columns import padded, width_of
from hilum.language.telling import sentence
from hilum.language.words import CONTEXT
from hilum.records import found
from hilum.rendering.curve_models import family_name, varies_name
from hilum.rendering.printed_figures import probable
from hilum.rendering.reconstruct import between
from hilum.synthesis.survival.left_out import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.analyses.survival import SurvivalAnswered
    from hilum.analyses.survival_answer import Lasting, Mean
    from hilum.language import Words

NOTES: Final = {
    "no_unit": "no unit of time is stated: figures are in the file's own, and rates at the "
    "reported times (state --unit months or a column unit for 1, 3, 5 and 10 years)",
    "one_study": "one study: its own curve, which says nothing of other studies",
    "no_shape": "{model} has no shape that could vary between studies: only how long patients live "
    "does",
    "exponential_assumed": "no arm reports two times well apart: the curve is exponential by "
    "assumption, and can be relied on near the reported times only",
    "shape_from_evidence": "no arm reports two times well apart: how the curve bends is taken from "
    "the arms of the shipped evidence, and the intervals hold how much those differ",
    "shape_from_widths": "no arm reports two times well apart: how the curve bends is taken from "
    "how wide the medians' intervals are for so many patients, and from the arms of the shipped "
    "evidence, and the intervals hold what both leave open",
    "contradicting": "figures of one arm contradict one another: those left out are named above",
    "units_converted": "rows state several units of time: all are converted to {unit}",
    "arms_together": "all arms of {files} count as one series, since their rows name no arm: name "
    "one in the column arm, and write a row for each",
    "arms_differ": "one curve is made of all arms, also of those of one study: {arms} (leave out "
    "the rows of those that are not meant)",
    "by_limit": "{limited}: a median that was not reached was not reached by its lower limit "
    "either, which is later than the follow-up, or stands for it",
    "odd_widths": "{odd}: the interval of a median is far narrower, or wider, than so many "
    "patients make it (are n and both limits those of this median?); it weighs as printed, but "
    "says nothing of how the curve bends",
    "another_unit": "patients of {studies} live more than seven times longer, or shorter, than "
    "those of other studies here: are times in another unit, or rates on another scale?",
    "beyond_new_study": "{beyond} lie beyond the interval of a new study, more of them than "
    "chance puts there: studies differ otherwise than this model says, so its intervals are too "
    "narrow; families averaged hold that more or fewer are cured, a curve without a distribution "
    "(combescure), or one family whose shape varies too, more than that",
    "outside_reports": "at {times} {unit} the pooled figure lies outside what every arm reports "
    "there: the reports do not fit one curve, look at them before using it",
    "undetermined": "figures with ? have an interval that holds nearly everything (of a median, "
    "that of survival at it or at its limits): the reports do not determine them",
    "far_points": "patients read back from points far apart have times of death that nobody read, "
    "spread evenly between the points: read more of them, or give the levels as rows of kind curve "
    "with time and value",
    "deaths_in_range": "patients read back from a printed curve whose deaths are a range count "
    "less than patients who are known: the variance is the mean of those of the fewest and the "
    "most deaths (Rubin), which makes the intervals wider",
    "extrapolated": "figures marked * lie beyond every study's last report: the family's guess",
}
METHODS: Final = {
    "joint": "maximum likelihood",
    "bayes": "posterior",
    "combescure": "random effects (Combescure 2014)",
    "combescure-fixed": "fixed effects (Combescure 2014)",
}
# One and several of each kind of report.
KINDS: Final = {
    "rate": ("{count} rate", "{count} rates"),
    "median": ("{count} median", "{count} medians"),
    "not_reached": ("{count} median not reached", "{count} medians not reached"),
    "at_risk": ("{count} number at risk", "{count} numbers at risk"),
    "curve": ("{count} arm's patients", "{count} arms' patients"),
}
UNITS: Final = ("days", "weeks", "months", "years", "units")
ONE: Final = {unit: unit.removesuffix("s") for unit in UNITS}
# H2 is Q over its degrees of freedom, as in R's metaSurvival; chance alone makes it 1 on average.
LESS: Final = (
    "Q {q} (df {df}, p {p}), I2 {i2} %, H2 {h2} (below 1: studies differ less than chance alone "
    "makes them on average)"
)
# Left-out reports that are named one by one.
MOST = 10


def survival_lines(answer: SurvivalAnswered, words: Words) -> list[str]:
    """What was pooled from what, survival, median, mean, heterogeneity, what was left out."""
    unit = words.within("time", answer.unit or "units")
    lines = [_head(answer, words), f"  {_from(answer, words)}"]
    lines += [f"  {_alive(one, answer, words)}" for one in answer.rates]
    if answer.median is None:
        lines.append(
            "  "
            + words(
                "median not reached by {last} {unit}, the last report",
                last=f"{answer.last:.4g}",
                unit=_one_or_more(answer.last, answer, words),
            )
        )
    else:
        time = _time(answer.median, _marked(unit, answer.median), words)
        lines.append("  " + words("median {time}", time=time))
    if answer.rmst is not None and answer.rmst.value is not None:
        horizon = f"{answer.rmst.horizon:.4g}"
        time = _time(answer.rmst, unit, words)
        marked = _marked(_one_or_more(answer.rmst.horizon, answer, words), answer.rmst)
        lines.append(
            "  "
            + words("mean to {horizon} {unit}: {time}", horizon=horizon, unit=marked, time=time)
        )
    lines += [f"  {one}" for one in _spread(answer, words)]
    lines += [f"  {one}" for one in _ranges(answer, words)]
    lines += _families(answer, words)
    lines += _left_out(answer, words)
    outside = [one for one in answer.rates if outside_reports(one, answer.studies)]
    named = {
        "unit": unit,
        "model": model_name(answer, words),
        "times": ", ".join(f"{one.time:.4g}" for one in outside),
        "studies": ", ".join(another_unit(answer.studies)),
        "files": ", ".join(answer.together),
        "limited": ", ".join(answer.by_limit),
        "odd": ", ".join(answer.odd_widths),
        "arms": ", ".join(arms_that_differ(answer.studies)),
        "beyond": ", ".join(beyond_new_study(answer.curve, answer.studies, answer.level)),
    }
    lines += [f"  {words(found(NOTES, code, 'note'), **named)}" for code in answer.notes]
    return [*lines, *(f"  {sentence(one, words)}" for one in answer.remarks)]


def model_name(answer: SurvivalAnswered, words: Words) -> str:
    """The family of curves, by its own name, that all are averaged, or that there is none."""
    if answer.family == "average":
        return words("families averaged")
    return family_name(answer.family, words) if answer.family else words("distribution-free")


def kinds_in_words(kinds: Mapping[str, int], words: Words) -> str:
    """For example ``12 rates, 1 median``."""
    told = [words(found(KINDS, kind, "kind")[n != 1], count=n) for kind, n in kinds.items()]
    out = told[0] if told else ""
    for one in told[1:]:
        out = words("{first}, {second}", first=out, second=one)
    return out


def _head(answer: SurvivalAnswered, words: Words) -> str:
    named = {
        "model": model_name(answer, words),
        "method": words(found(METHODS, _method(answer), "method")),
        "k": answer.k,
    }
    if answer.n is None:
        return words("Survival, {model} by {method}: studies {k}", **named)
    return words(
        "Survival, {model} by {method}: studies {k}, patients {n}", **named, n=f"{answer.n:g}"
    )


def _method(answer: SurvivalAnswered) -> str:
    """Families averaged have a posterior, by whatever name they were asked for."""
    return "bayes" if answer.method == "joint" and answer.family == "average" else answer.method


def _from(answer: SurvivalAnswered, words: Words) -> str:
    return words("from {reports}", reports=kinds_in_words(answer.reports, words))


def _marked(unit: str, one: Alive | Lasting | Mean) -> str:
    """The unit, with the marks of what lies beyond every report, and of what says nothing."""
    return unit + ("*" if one.extrapolated else "") + ("?" if one.undetermined else "")


def _one_or_more(time: float, answer: SurvivalAnswered, words: Words) -> str:
    """The unit of a time as it is printed: of one year, or of several."""
    unit = answer.unit or "units"
    return words.within("time", found(ONE, unit, "unit") if f"{time:.4g}" == "1" else unit)


def _alive(one: Alive, answer: SurvivalAnswered, words: Words) -> str:
    named = {
        "time": f"{one.time:.4g}",
        "unit": _marked(_one_or_more(one.time, answer, words), one),
        "share": _percent(one.survival),
        "low": _percent(one.ci[0]),
        "high": _percent(one.ci[1]),
        "k": one.k,
    }
    if one.prediction is None:
        return words(
            "alive at {time} {unit}: {share} ({low} to {high}); studies that reach it: {k}",
            **named,
        )
    return words(
        "alive at {time} {unit}: {share} ({low} to {high}), a new study {new_low} to {new_high}; "
        "studies that reach it: {k}",
        **named,
        new_low=_percent(one.prediction[0]),
        new_high=_percent(one.prediction[1]),
    )


def _spread(answer: SurvivalAnswered, words: Words) -> list[str]:
    lines: list[str] = []
    if answer.heterogeneity is not None and answer.tau2 is not None:
        lines.append(
            words(
                "between studies: tau {tau}, no variation has p {p}",
                tau=f"{math.sqrt(answer.tau2):.3f}",
                p=probable(answer.heterogeneity.p),
            )
        )
    if answer.tau is not None:
        middle, low, high = (f"{value or 0.0:.3f}" for value in answer.tau)
        lines.append(
            words("between studies: tau {tau} ({low} to {high})", tau=middle, low=low, high=high)
        )
    if answer.H2 is not None and answer.Q is not None:
        lines.append(
            words(
                LESS if answer.H2 < 1 else "Q {q} (df {df}, p {p}), I2 {i2} %, H2 {h2}",
                q=f"{answer.Q:.2f}",
                df=answer.df,
                p=probable(answer.Qp),
                i2="-" if answer.I2 is None else f"{answer.I2:.1f}",
                h2=f"{answer.H2:.2f}",
            )
        )
    return lines


def _ranges(answer: SurvivalAnswered, words: Words) -> list[str]:
    """Arms whose deaths are a range, and what their patients count; whose points are far apart."""
    far = [
        words(
            "{study}: between the points read at {start} and {stop} its survival falls by {fall}",
            study=f"{one.study} {one.arm or ''}".strip(),
            **between(one.far[1], one.far[2], one.far[0]),
        )
        for one in answer.studies
        if one.far is not None
    ]
    return far + [
        words(
            "{study}: {low} to {high} deaths fit its printed curve; its patients count {share}",
            study=f"{one.study} {one.arm or ''}".strip(),
            low=one.deaths[0],
            high=one.deaths[1],
            share=f"{100 * one.information:.0f} %",
        )
        for one in answer.studies
        if one.deaths is not None and one.information < 1
    ]


def _families(answer: SurvivalAnswered, words: Words) -> list[str]:
    if len(answer.families) < 2:
        return []
    if answer.families[0].weight is not None:
        told = [
            f"{family_name(one.family, words)} {100 * (one.weight or 0.0):.0f} %"
            for one in answer.families
        ]
        weights = words(", ").join(told)
        return ["  " + words("weights of the families: {weights}", weights=weights)]
    rows = [(words("family"), words("varies"), "AIC")]
    for one in answer.families:
        figure = f"{one.aic:.1f}" if one.aic is not None else sentence(one.reason or "", words)
        name = family_name(one.family, words)
        name = name if name == one.family else f"{name} ({one.family})"
        rows.append((f"  {name}", varies_name(one.random, words), figure))
    wide, wider = (max(width_of(row[i]) for row in rows) for i in (0, 1))
    return [f"  {padded(a, wide)}  {padded(b, wider)}  {figure}" for a, b, figure in rows]


def _left_out(answer: SurvivalAnswered, words: Words) -> list[str]:
    if not answer.left_out:
        return []
    lines = ["  " + words("left out: {count}", count=len(answer.left_out))]
    lines += [
        "    "
        + words(
            "row {row} ({study}, {kind}): {reason}",
            row=one.row,
            study=one.study,
            kind=one.kind,
            reason=words(found(REASONS, one.reason, "reason")),
        )
        for one in answer.left_out[:MOST]
    ]
    return lines


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _time(one: Lasting | Mean, unit: str, words: Words) -> str:
    def said(x: float | None) -> str:
        return words("not reached") if x is None else f"{x:.1f}"

    low, high = one.ci or (None, None)
    named = {"value": said(one.value), "unit": unit, "low": said(low), "high": said(high)}
    if one.prediction is None:
        return words("{value} {unit} ({low} to {high})", **named)
    return words(
        "{value} {unit} ({low} to {high}), a new study {new_low} to {new_high}",
        **named,
        new_low=said(one.prediction[0]),
        new_high=said(one.prediction[1]),
    )


def messages() -> set[str]:
    """Ids that stand in tables."""
    kinds = {one for pair in KINDS.values() for one in pair}
    return {
        *REASONS.values(),
        *NOTES.values(),
        *METHODS.values(),
        LESS,
        *kinds,
        *(f"time{CONTEXT}{unit}" for unit in (*UNITS, *ONE.values())),
    }

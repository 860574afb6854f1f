"""A draft of GRADE for one body of evidence: five domains down, three up, by stated rules.

The rules follow the GRADE guidelines (J Clin Epidemiol 2011, parts 3 to 9; part 18, 2019); the
numbers are in :class:`~hilum.synthesis.certainty.thresholds.Thresholds`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hilum.synthesis.certainty.body import SHARE
from hilum.synthesis.certainty.certainty import LEVELS, Certainty, Judgement, level_from
from hilum.synthesis.certainty.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.synthesis.certainty.body import Body, Interval

RISK_OF_ROBINS = {"low": 0, "moderate": 1, "serious": 2, "critical": 3}
DOWN = ("not_serious", "serious", "very_serious", "extremely_serious")
HIGHEST_IN_SILENCE = "low"


def grade(body: Body, thresholds: Thresholds | None = None) -> Certainty:
    """Draft of the certainty of one body of evidence.

    The level is the start, less the steps of the five domains that lower it, plus those that
    raise it, kept between very low and high; at most low where the risk of bias was not assessed
    (:func:`total`). Rating up needs a comparison without randomisation in which no domain is
    serious (GRADE 9).

    Parameters
    ----------
    body : Body
    thresholds : Thresholds, optional
        The numbers of the rules.
    """
    limits = thresholds or Thresholds()
    domains = {
        "start": start(body),
        "risk_of_bias": risk_of_bias(body, limits),
        "inconsistency": inconsistency(body, limits),
        "indirectness": indirectness(body, limits),
        "imprecision": imprecision(body, limits),
        "publication_bias": publication_bias(body, limits),
    }
    lowered = any(one.steps < 0 for one in domains.values())
    domains["large_effect"] = large_effect(body, limits, lowered=lowered)
    by_hand = Judgement("none", 0, "up_by_a_person", source="GRADE 9")
    domains |= {"dose_response": by_hand, "opposing_confounding": by_hand}
    return Certainty(total(domains), domains, "grade")


def total(domains: Mapping[str, Judgement]) -> str:
    """The level that the start and the steps of the domains give.

    Risk of bias that nobody assessed takes no step, and then nothing above low is given: a level
    of moderate or high would rest on silence.
    """
    level = _summed(domains)
    return level if not silent(domains) else HIGHEST_IN_SILENCE


def silent(domains: Mapping[str, Judgement]) -> bool:
    """Whether the level is held down because the risk of bias was not assessed."""
    unassessed = domains["risk_of_bias"].judgement == "not_assessed"
    return unassessed and LEVELS.index(_summed(domains)) > LEVELS.index(HIGHEST_IN_SILENCE)


def _summed(domains: Mapping[str, Judgement]) -> str:
    steps = sum(one.steps for name, one in domains.items() if name != "start")
    return level_from(domains["start"].judgement, steps)


def start(body: Body) -> Judgement:
    """Where the rating starts.

    Randomised comparisons high, others low (GRADE 3); others high when every study was appraised
    with ROBINS-I, which then carries confounding and selection (GRADE 18). Single arms are
    observational and lack a control group: low where every study was prospective, else very low
    (GRADE handbook 5.1: case series usually end very low).
    """
    if body.kind == "randomised":
        return Judgement("high", 0, "start_randomised", source="GRADE 3")
    if body.kind == "nonrandomised":
        if _by_robins(body):
            return Judgement("high", 0, "start_robins_i", source="GRADE 18")
        return Judgement("low", 0, "start_nonrandomised", source="GRADE 3")
    if all(body.prospective):
        return Judgement("low", 0, "start_series", source="GRADE handbook")
    return Judgement("very_low", 0, "start_series_retrospective", source="GRADE handbook")


def _by_robins(body: Body) -> bool:
    pairs = zip(body.bias, body.tools, strict=True)
    return all(judged is not None and tool == "robins_i" for judged, tool in pairs)


def risk_of_bias(body: Body, limits: Thresholds) -> Judgement:
    """Whether most information comes from studies at low risk (Cochrane Handbook table 14.2.a).

    Where the start is high by ROBINS-I, the best level of risk that, with the better ones, holds
    more than half of the information gives the steps: moderate 1, serious 2, critical 3.
    """
    appraised = [one is not None for one in body.bias]
    if not any(appraised):
        return Judgement("not_assessed", 0, "bias_not_appraised", {"k": body.k}, source="GRADE 4")
    share = body.share(appraised)
    if share < limits.appraised_share:
        facts = {"share": 100 * share, "least": 100 * limits.appraised_share}
        return Judgement("not_assessed", 0, "bias_too_few_appraised", facts, source="GRADE 4")
    if body.kind == "nonrandomised" and _by_robins(body):
        return _robins(body)
    parts = {
        part: body.share([one is not None and SHARE[one] == part for one in body.bias]) / share
        for part in ("low", "some", "high")
    }
    tools = sorted({tool for tool in body.tools if tool is not None})
    facts = {name: 100 * one for name, one in parts.items()} | {"tools": ", ".join(tools)}
    if parts["high"] > limits.high_share_very_serious:
        steps = 2
    elif parts["high"] > limits.high_share_serious or parts["low"] <= 0.5:
        steps = 1
    else:
        steps = 0
    return Judgement(DOWN[steps], -steps, "bias_share", facts, source="GRADE 4")


def _robins(body: Body) -> Judgement:
    for level, steps in RISK_OF_ROBINS.items():
        inside = [RISK_OF_ROBINS.get(one or "", 9) <= steps for one in body.bias]
        if body.share(inside) > 0.5:
            return Judgement(
                DOWN[steps], -steps, "bias_robins_i", {"level": level}, source="GRADE 18"
            )
    # Without information for most of the evidence the higher start is not earned.
    return Judgement("very_serious", -2, "bias_no_information", source="GRADE 18")


def inconsistency(body: Body, limits: Thresholds) -> Judgement:
    """I2, and how much further the prediction interval reaches than the confidence interval.

    Ratios: serious from I2 50 % or when the prediction interval crosses one more of the limits of
    appreciable benefit and harm than the confidence interval; very serious when I2 is 75 % or
    more and it crosses any more, or when it crosses two more. Single arms: I2 alone grows with
    the size of the studies, so very serious also needs a wide prediction interval.
    """
    if body.k == 1:
        return Judgement("not_assessed", 0, "one_study", source="GRADE 7")
    if body.i2 is None and body.prediction is None:
        return Judgement("not_assessed", 0, "no_spread", source="GRADE 7")
    i2 = body.i2 or 0.0
    facts: dict[str, str | int | float] = {
        "i2": "–" if body.i2 is None else f"{body.i2:.0f}",
        "pi": "–" if body.prediction is None else said(body.prediction, body.scale),
    }
    if body.scale == "ratio":
        edges = (limits.appreciable_benefit, limits.appreciable_harm)
        extra = 0
        if body.prediction is not None and body.ci is not None:
            extra = max(crossings(body.prediction, edges) - crossings(body.ci, edges), 0)
        facts |= {"extra": extra, "limits": said(edges, "ratio")}
        steps = int(i2 >= limits.i2_serious or extra > 0)
        steps += int(extra > 1 or (i2 >= limits.i2_very_serious and extra > 0))
        return Judgement(DOWN[steps], -steps, "spread_ratio", facts, source="GRADE 7")
    wide = _width_class(
        body,
        body.prediction,
        (limits.prediction_width_serious, limits.prediction_width_very_serious),
        (limits.prediction_ratio_serious, limits.prediction_ratio_very_serious),
    )
    steps = int(i2 >= limits.i2_serious or wide > 0)
    steps += int(wide > 1 and i2 >= limits.i2_very_serious)
    return Judgement(DOWN[steps], -steps, "spread_single", facts, source="GRADE 7")


def indirectness(body: Body, limits: Thresholds) -> Judgement:
    """Whether most information is about the patients asked about (GRADE 8)."""
    partly = body.share([one == "partly" for one in body.directness])
    other = body.share([one == "other" for one in body.directness])
    facts = {"partly": 100 * partly, "other": 100 * other}
    if other > limits.indirect_share:
        return Judgement("very_serious", -2, "indirect", facts, source="GRADE 8")
    if partly + other > limits.indirect_share:
        return Judgement("serious", -1, "indirect", facts, source="GRADE 8")
    if partly + other > 0:
        return Judgement("not_serious", 0, "indirect", facts, source="GRADE 8")
    return Judgement("not_serious", 0, "direct", source="GRADE 8")


def imprecision(body: Body, limits: Thresholds) -> Judgement:
    """The confidence interval against what matters, and the optimal information size (GRADE 6).

    Ratios: very serious when the interval includes appreciable benefit and appreciable harm;
    serious when it includes no effect and either, or when fewer than 300 events (400 patients
    where events are not known) stand behind it. The interval is that by sampling error alone where
    the method adds to it (``sampling_ci``). Single arms: by the width of the interval, in
    percentage points, or the ratio of its ends for months.
    """
    ci = body.sampling_ci or body.ci
    if ci is None:
        return Judgement("serious", -1, "no_interval", source="GRADE 6")
    if body.scale != "ratio":
        steps = _width_class(
            body,
            ci,
            (limits.interval_width_serious, limits.interval_width_very_serious),
            (limits.interval_ratio_serious, limits.interval_ratio_very_serious),
        )
        facts = {"ci": said(ci, body.scale), "width": _width(ci, body.scale)}
        return Judgement(DOWN[steps], -steps, "single_width", facts, source="hilum")
    low, high = ci
    benefit, harm = limits.appreciable_benefit, limits.appreciable_harm
    facts: dict[str, str | int | float] = {"ci": said(ci, "ratio")}
    edges: dict[str, str | int | float] = {"benefit": benefit, "harm": harm}
    if low < benefit and high > harm:
        return Judgement("very_serious", -2, "ratio_both", facts | edges, source="GRADE 6")
    if low <= 1 <= high and (low < benefit or high > harm):
        return Judgement("serious", -1, "ratio_null", facts | edges, source="GRADE 6")
    size, needed, unit = body.events, limits.optimal_events, "events"
    if size is None:
        size, needed, unit = body.n, limits.optimal_patients, "patients"
    facts["needed"] = needed
    if size is None:
        return Judgement("serious", -1, "ratio_unknown_size", facts, source="GRADE 6")
    facts["size"] = size
    if size < needed:
        return Judgement("serious", -1, f"ratio_small_{unit}", facts, source="GRADE 6")
    return Judgement("not_serious", 0, f"ratio_precise_{unit}", facts, source="GRADE 6")


def publication_bias(body: Body, limits: Thresholds) -> Judgement:
    """A test of small-study effects, where there are enough comparisons for one (GRADE 5)."""
    if body.kind == "single_arm":
        return Judgement("not_assessed", 0, "funnel_single_arm", source="GRADE 5")
    if body.k < limits.funnel_studies:
        facts = {"k": body.k, "least": limits.funnel_studies}
        return Judgement("not_assessed", 0, "funnel_few", facts, source="GRADE 5")
    if body.funnel_p is None:
        return Judgement("not_assessed", 0, "funnel_no_test", source="GRADE 5")
    steps = int(body.funnel_p < limits.funnel_p)
    return Judgement(DOWN[steps], -steps, "funnel", {"p": body.funnel_p}, source="GRADE 5")


def large_effect(body: Body, limits: Thresholds, *, lowered: bool) -> Judgement:
    """A ratio beyond 2 (or 1/2) rates up once, beyond 5 (or 1/5) twice (GRADE 9)."""
    if body.kind == "single_arm" or body.scale != "ratio":
        return Judgement("none", 0, "up_not_single_arm", source="GRADE 9")
    if body.kind == "randomised":
        return Judgement("none", 0, "up_not_randomised", source="GRADE 9")
    if lowered:
        return Judgement("none", 0, "up_downgraded", source="GRADE 9")
    size = max(body.value, 1 / body.value)
    limit = limits.very_large_effect if size > limits.very_large_effect else limits.large_effect
    facts: dict[str, str | int | float] = {
        "value": body.value,
        "limit": limit,
        "inverse": round(1 / limit, 3),
    }
    if size <= limits.large_effect:
        return Judgement("none", 0, "up_not_large", facts, source="GRADE 9")
    if body.ci is None or body.ci[0] <= 1 <= body.ci[1]:
        shown = "–" if body.ci is None else said(body.ci, "ratio")
        return Judgement("none", 0, "up_interval", facts | {"ci": shown}, source="GRADE 9")
    steps = 2 if size > limits.very_large_effect else 1
    word = "strong_upgrade" if steps == 2 else "upgrade"
    return Judgement(word, steps, "up_large", facts, source="GRADE 9")


def crossings(ends: Interval, edges: Interval) -> int:
    """How many of two limits lie inside an interval (0, 1 or 2)."""
    return sum(ends[0] < edge < ends[1] for edge in edges)


def said(ends: Interval, scale: str) -> str:
    """An interval in figures, without a unit: percent, months or a ratio."""
    if scale == "proportion":
        return f"{100 * ends[0]:.0f}–{100 * ends[1]:.0f} %"
    return f"{ends[0]:.2f}–{ends[1]:.2f}" if scale == "ratio" else f"{ends[0]:.1f}–{ends[1]:.1f}"


def _width(ends: Interval, scale: str) -> str:
    if scale == "proportion":
        return f"{100 * (ends[1] - ends[0]):.0f} %"
    return f"× {ends[1] / ends[0]:.2f}" if ends[0] > 0 else "× ∞"


def _width_class(body: Body, ends: Interval | None, widths: Interval, ratios: Interval) -> int:
    """0, 1 or 2: narrow, wide, very wide; by difference for proportions, by ratio for months."""
    if ends is None:
        return 0
    # Rounded, so that an interval exactly on a limit is on it whatever its last bit.
    if body.scale == "proportion":
        measure, edges = round(ends[1] - ends[0], 9), widths
    else:
        measure = round(ends[1] / ends[0], 9) if ends[0] > 0 else math.inf
        edges = ratios
    return sum(measure >= edge for edge in edges)

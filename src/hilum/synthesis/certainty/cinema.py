"""A draft of CINeMA for one comparison of a network: six domains by stated rules.

Framework: Nikolakopoulou 2020; the rules of imprecision, heterogeneity and incoherence count
crossings of the limits of important effects as the documentation of its software describes
(Papakonstantinou 2020). CINeMA leaves the sum of the domains to the reviewer: the sum drafted
here is hilum's, and takes imprecision, heterogeneity and incoherence together, as the authors
ask, so that one wide interval does not count three times.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hilum.errors import Fault, InputError, phrased
from hilum.synthesis.certainty.body import SHARE, Interval
from hilum.synthesis.certainty.certainty import LEVELS, Certainty, Judgement, level_from
from hilum.synthesis.certainty.grade import crossings, said
from hilum.synthesis.certainty.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Mapping

CONCERNS = ("no_concerns", "some_concerns", "major_concerns")
REPORTING = ("undetected", "suspected")
RULES = ("majority", "average", "highest")
JOINT = ("imprecision", "heterogeneity", "incoherence")
START = {
    "randomised": "high",
    "nonrandomised": "low",
    "single_arm_prospective": "low",
    "single_arm": "very_low",
}
Rule = Literal["majority", "average", "highest"]
Suspicion = Literal["undetected", "suspected"]


@dataclass(frozen=True, slots=True)
class NetworkBody:
    """One comparison of a network as the rules see it; ratios and differences on natural scale.

    Parameters
    ----------
    scale : str
        ``ratio`` (no effect is 1) or ``difference`` (no effect is 0).
    ci, prediction : (low, high) or None
        Of the network estimate.
    direct, indirect : (low, high) or None
        Confidence intervals of the direct and of the indirect estimate; ``None`` where the
        network holds no such evidence.
    contributions : mapping of study to float
        The comparison's row of the contribution matrix, any unit (percent or shares).
    bias : mapping of study to str or None
        Overall risk of bias of each study; a study that is absent was not appraised.
    indirectness : mapping of study to str
        ``low``, ``some`` or ``high``; absent means not judged.
    designs : mapping of study to str
        ``randomised``, ``nonrandomised``, ``single_arm_prospective`` or ``single_arm``;
        absent means randomised.
    side_p : float or None
        p of the difference between direct and indirect (node splitting, SIDE).
    interaction_p : float or None
        p of the design-by-treatment interaction, for comparisons with indirect evidence only.
    interaction_common : bool
        That test is of common effects, as no design has a second study to tell their spread.
    reporting : str or None
        ``undetected`` or ``suspected``; ``None`` where nobody has judged.

    Raises
    ------
    InputError
        No contribution, one below 0, an unknown word, an interval upside down, a p outside 0 to 1.
    """

    scale: Literal["ratio", "difference"]
    ci: Interval
    contributions: Mapping[str, float]
    prediction: Interval | None = None
    direct: Interval | None = None
    indirect: Interval | None = None
    bias: Mapping[str, str | None] | None = None
    indirectness: Mapping[str, str] | None = None
    designs: Mapping[str, str] | None = None
    side_p: float | None = None
    interaction_p: float | None = None
    interaction_common: bool = False
    reporting: Suspicion | None = None

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        shares = list(self.contributions.values())
        if not shares or min(shares) < 0 or not sum(shares) > 0:
            expected = "one contribution a study, none below 0 and one above"
            faults.append(Fault("network", None, "contributions", str(shares), expected))
        words = (
            ("bias", self.bias, tuple(SHARE)),
            ("indirectness", self.indirectness, ("low", "some", "high")),
            ("designs", self.designs, tuple(START)),
        )
        for name, given, known in words:
            faults += [
                Fault(
                    "network",
                    None,
                    f"{name}[{study}]",
                    str(one),
                    phrased("one of {known}", known=", ".join(known)),
                )
                for study, one in (given or {}).items()
                if one is not None and one not in known
            ]
        for name in ("ci", "prediction", "direct", "indirect"):
            ends: Interval | None = getattr(self, name)
            if ends is not None and not ends[0] <= ends[1]:
                faults.append(Fault("network", None, name, str(ends), "its lower end first"))
        for name in ("side_p", "interaction_p"):
            p: float | None = getattr(self, name)
            if p is not None and not 0 <= p <= 1:
                faults.append(Fault("network", None, name, str(p), "a p value from 0 to 1"))
        choices = (
            ("scale", self.scale, ("ratio", "difference")),
            ("reporting", self.reporting, (None, *REPORTING)),
        )
        for name, word, known in choices:
            if word not in known:
                expected = phrased("one of {known}", known=", ".join(str(one) for one in known))
                faults.append(Fault("network", None, name, str(word), expected))
        if faults:
            raise InputError(*faults)


def cinema(
    body: NetworkBody, thresholds: Thresholds | None = None, *, rule: Rule = "majority"
) -> Certainty:
    """Draft of the confidence in one network estimate.

    Parameters
    ----------
    body : NetworkBody
    thresholds : Thresholds, optional
        ``important_ratio`` or ``important_difference`` sets the limits of important effects.
    rule : str
        How studies' judgements are put together by contribution: the level holding most, the
        average, or the highest present.

    Raises
    ------
    InputError
        An unknown rule, or a difference without ``important_difference``, which has no natural
        default.
    """
    if rule not in RULES:
        raise InputError(
            Fault("cinema", None, "rule", rule, phrased("one of {known}", known=", ".join(RULES)))
        )
    limits = thresholds or Thresholds()
    edges = important(body, limits)
    domains = {
        "start": network_start(body),
        "within_study_bias": _by_contribution(
            body,
            {study: SHARE[one] for study, one in (body.bias or {}).items() if one is not None},
            limits,
            rule,
        ),
        "reporting_bias": reporting_bias(body),
        "indirectness": _by_contribution(body, body.indirectness or {}, limits, rule),
        "imprecision": imprecision(body, edges),
        "heterogeneity": heterogeneity(body, edges),
        "incoherence": incoherence(body, edges, limits),
    }
    return Certainty(network_total(domains), domains, "cinema")


def network_total(domains: Mapping[str, Judgement]) -> str:
    """Level of the start less the steps: of the three joint domains only the worst counts."""
    joint = min(domains[name].steps for name in JOINT)
    rest = sum(one.steps for name, one in domains.items() if name not in JOINT and name != "start")
    return level_from(domains["start"].judgement, rest + joint)


def important(body: NetworkBody, limits: Thresholds) -> Interval:
    """The two limits of important effects: (1 / ratio, ratio) or (-difference, difference)."""
    if body.scale == "ratio":
        return 1 / limits.important_ratio, limits.important_ratio
    if limits.important_difference is None:
        expected = "the smallest important difference, in the unit of the outcome"
        raise InputError(Fault("thresholds", None, "important_difference", "None", expected))
    return -limits.important_difference, limits.important_difference


def network_start(body: NetworkBody) -> Judgement:
    """The highest level at which designs that start there or above hold half the contribution."""
    designs = body.designs or {}
    whole = sum(body.contributions.values())
    for level in reversed(LEVELS):
        place = LEVELS.index(level)
        share = sum(
            weight
            for study, weight in body.contributions.items()
            if LEVELS.index(START[designs.get(study, "randomised")]) >= place
        )
        if share >= 0.5 * whole:
            return Judgement(level, 0, "start_network", source="hilum")
    raise AssertionError  # the lowest level holds everything


def _by_contribution(
    body: NetworkBody, judged: Mapping[str, str], limits: Thresholds, rule: Rule
) -> Judgement:
    """Judgements of studies put together by their contribution (Papakonstantinou 2020).

    The average gives low 1, some 2, high 3 points, rounded to the nearest, halves up.
    """
    whole = sum(body.contributions.values())
    held: dict[str, float] = {"low": 0.0, "some": 0.0, "high": 0.0}
    for study, weight in body.contributions.items():
        if study in judged:
            held[judged[study]] += weight
    known = sum(held.values())
    if known <= 0 or known < limits.appraised_share * whole:
        facts = {"share": 100 * known / whole, "least": 100 * limits.appraised_share}
        return Judgement("not_assessed", 0, "contributions_unknown", facts, source="CINeMA")
    parts = {level: one / known for level, one in held.items()}
    if rule == "highest":
        place = max(i for i, one in enumerate(parts.values()) if one > 0)
    elif rule == "average":
        place = math.floor(sum(i * one for i, one in enumerate(parts.values())) + 0.5)
    else:
        # Ties go to the worse level.
        place = max(range(3), key=lambda i: (list(parts.values())[i], i))
    facts = {level: 100 * one for level, one in parts.items()}
    return Judgement(CONCERNS[place], -place, "contributions", facts, source="CINeMA")


def reporting_bias(body: NetworkBody) -> Judgement:
    """Undetected or suspected, by a person: CINeMA has no rule for it."""
    if body.reporting is None:
        return Judgement("not_assessed", 0, "reporting_unknown", source="CINeMA")
    place = int(body.reporting == "suspected")
    return Judgement(CONCERNS[place], -place, "person", source="CINeMA")


def imprecision(body: NetworkBody, edges: Interval) -> Judgement:
    """Concerns by the number of limits of important effects inside the confidence interval."""
    crossed = crossings(body.ci, edges)
    facts = {"ci": _said(body.ci, body), "crossed": crossed, "limits": _said(edges, body)}
    return Judgement(CONCERNS[crossed], -crossed, "crossings", facts, source="CINeMA software")


def heterogeneity(body: NetworkBody, edges: Interval) -> Judgement:
    """Concerns by how many more limits the prediction interval crosses than the confidence one."""
    if body.prediction is None:
        return Judgement("not_assessed", 0, "no_prediction", source="CINeMA software")
    inner, outer = crossings(body.ci, edges), crossings(body.prediction, edges)
    extra = max(outer - inner, 0)
    facts = {"ci": inner, "pi": outer, "limits": _said(edges, body)}
    return Judgement(CONCERNS[extra], -extra, "crossings_two", facts, source="CINeMA software")


def incoherence(body: NetworkBody, edges: Interval, limits: Thresholds) -> Judgement:
    """Whether direct and indirect evidence lead to the same conclusion.

    Direct only: no concerns. Indirect only: by the design-by-treatment interaction (p above 0.10
    none, 0.01 to 0.10 some, below 0.01 major). Both: no concerns when their difference has
    p above 0.10 (hilum's guard against intervals that differ in width alone); else by the areas
    (below, between and above the limits) that both or neither reach: 3 none, 2 some, fewer major.
    """
    source = "CINeMA software"
    if body.direct is not None and body.indirect is None:
        return Judgement("no_concerns", 0, "direct_only", source=source)
    if body.direct is None:
        if body.indirect is None and body.interaction_p is None:
            return Judgement("not_assessed", 0, "no_test", source=source)
        if body.interaction_p is None:
            return Judgement("not_assessed", 0, "indirect_only_no_test", source=source)
        p = body.interaction_p
        place = int(p <= limits.incoherence_p_some) + int(p < limits.incoherence_p_major)
        code = "indirect_only_common" if body.interaction_common else "indirect_only"
        return Judgement(CONCERNS[place], -place, code, {"p": p}, source=source)
    if body.side_p is not None and body.side_p > limits.incoherence_p_some:
        return Judgement("no_concerns", 0, "sides_agree", {"p": body.side_p}, source=source)
    one, other = areas(body.direct, edges), areas(body.indirect or body.direct, edges)
    common = sum(a == b for a, b in zip(one, other, strict=True))
    place = 2 if common < 2 else 3 - common
    facts = {
        "direct": _said(body.direct, body),
        "indirect": _said(body.indirect or body.direct, body),
        "common": common,
        "limits": _said(edges, body),
    }
    return Judgement(CONCERNS[place], -place, "sides", facts, source=source)


def areas(ends: Interval, edges: Interval) -> tuple[bool, bool, bool]:
    """Whether an interval reaches below, between and above two limits."""
    return ends[0] < edges[0], ends[0] < edges[1] and ends[1] > edges[0], ends[1] > edges[1]


def _said(ends: Interval, body: NetworkBody) -> str:
    if body.scale == "ratio":
        return said(ends, "ratio")
    return f"{ends[0]:.3g} to {ends[1]:.3g}"

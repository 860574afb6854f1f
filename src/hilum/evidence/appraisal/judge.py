"""From answers to judgements: published algorithms where there is one, else a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.evidence.appraisal.tools import Domain, Rule, Tool

RISKS = ("low", "moderate", "some_concerns", "serious", "high", "critical", "no_information")
"""Every judgement of any tool, mildest first where they can be ordered."""
CLASS = {"Y": "Y", "PY": "Y", "N": "N", "PN": "N", "NI": "NI"}
ORDER = {"low": 0, "moderate": 1, "some_concerns": 1, "serious": 2, "high": 2, "critical": 3}


@dataclass(frozen=True)
class Appraisal:
    """One study appraised with one tool: answers, judgements, reasons and who gave them.

    ``judgement`` is the overall one; ``None`` where the answers do not suffice. ``by`` tells
    who judged each domain and the whole: ``rule`` or the rater's name. ``outcome`` is ``None``
    when the appraisal counts for every outcome of the study. ``missing`` names the questions
    that an answer is still needed for.
    """

    study: str
    tool: str
    outcome: str | None
    answers: Mapping[str, str]
    domains: Mapping[str, str | None]
    judgement: str | None
    by: Mapping[str, str]
    reasons: Mapping[str, str] = field(default_factory=dict[str, str])
    raters: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def domain_judgement(domain: Domain, answers: Mapping[str, str]) -> str | None:
    """Judgement of one domain by its published algorithm (Sterne 2019, guidance of 22 Aug 2019).

    ``None`` where the domain has no algorithm or an answer it needs is missing.
    """
    parts = sorted({rule.part for rule in domain.rules})
    found = [
        _first((rule for rule in domain.rules if rule.part == part), answers) for part in parts
    ]
    if not found or None in found:
        return None
    return worst(one for one in found if one is not None)


def overall_judgement(
    tool: Tool, design: str, answers: Mapping[str, str], domains: Mapping[str, str | None]
) -> str | None:
    """Overall judgement of a study, or ``None`` where something needed is missing.

    RoB 2: high when a domain is high, low when all are low, else some concerns. ROBINS-I: the
    worst domain, and no information when a domain has none and none is serious or critical.
    JBI and MINORS publish no overall judgement: hilum's convention is in the tool's file.
    """
    rule = tool.overall["rule"]
    if rule in ("share_of_yes", "share_of_score"):
        return _share(tool, design, answers)
    given = [domains.get(domain.id) for domain in tool.domains]
    known = [one for one in given if one is not None]
    if "high" in known or "critical" in known:
        return worst(known)
    if None in given:
        return None
    if rule == "robins_i" and "no_information" in known and "serious" not in known:
        return "no_information"
    return worst(one for one in known if one != "no_information")


def worst(judgements: Iterable[str]) -> str:
    """The most severe of some judgements."""
    return max(judgements, key=lambda one: ORDER.get(one, -1))


def _first(rules: Iterable[Rule], answers: Mapping[str, str]) -> str | None:
    """The judgement of the first rule that the answers fit."""
    for rule in rules:
        if all(
            question in answers and ("*" in classes or CLASS.get(answers[question]) in classes)
            for question, classes in rule.answers.items()
        ):
            return rule.judgement
    return None


def _share(tool: Tool, design: str, answers: Mapping[str, str]) -> str | None:
    asked = tool.asked_of(design)
    if any(item.id not in answers for item in asked):
        return None
    given = [answers[item.id] for item in asked]
    if tool.overall["rule"] == "share_of_score":
        share = sum(int(one) for one in given) / (2 * len(given))
    else:
        applicable = [one for one in given if one != "na"]
        if not applicable:
            return None
        share = applicable.count("yes") / len(applicable)
    needed: list[str] = tool.overall.get("needed_for_low", [])
    if share < tool.overall["high_below"]:
        return "high"
    enough = all(answers[question] in ("yes", "na") for question in needed)
    return "low" if share >= tool.overall["low_from"] and enough else "some_concerns"

"""Which treatments the published rules leave open for a patient, and why.

Three-valued: a rule holds, does not hold, or cannot be told. How rules combine is written in
``pathway/README.md``: an unknown never excludes; only guidelines, labels and consensus criteria
exclude; sources that disagree make a condition, never a silent exclusion.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from hilum.patient.rules import Rule, holds, value_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.patient.attributes import Value
    from hilum.patient.case import Case

EXCLUDING = ("guideline", "label", "consensus_criteria")
TREATMENTS = (
    "resection",
    "debulking",
    "transplantation",
    "pve_two_stage",
    "tae",
    "tace",
    "deb_tace",
    "tare",
    "rfa",
    "mwa",
    "cryoablation",
    "ethanol_injection",
    "phenol_injection",
    "ssa",
    "interferon",
    "prrt_lu177",
    "everolimus",
    "sunitinib",
    "cabozantinib",
    "chemo_streptozocin",
    "chemo_temozolomide",
    "chemo_platinum",
)


class Status(StrEnum):
    """The verdict on one treatment."""

    OPEN = "open"
    OPEN_WITH_CONDITIONS = "open_with_conditions"
    EXCLUDED = "excluded"
    CANNOT_BE_JUDGED = "cannot_be_judged"


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that bears on the patient.

    ``effect``: ``excludes``, ``condition``, ``favours``, ``before``, ``note`` or ``met``.
    """

    rule_id: str
    kind: str
    effect: str
    statement: str
    attribute: str
    operator: str
    threshold: str
    unit: str
    patient_value: Value | None
    basis: str
    strength: str
    seen: str
    conflict_group: str
    source: str
    notes: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One treatment's status, the rules behind it and what is not known.

    ``missing`` lists attributes without which the status cannot be told or a condition may be
    overlooked; ``would_help`` those that only speak for the treatment.
    """

    treatment: str
    status: Status
    fired: tuple[RuleHit, ...]
    met: tuple[RuleHit, ...]
    conflicts: tuple[tuple[RuleHit, ...], ...]
    missing: tuple[str, ...]
    would_help: tuple[str, ...]
    note: str | None = None


def eligibility(case: Case, rules: Iterable[Rule]) -> tuple[Verdict, ...]:
    """Judge every treatment; the order of the rules never changes a verdict."""
    groups: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        groups[rule.treatment].append(rule)
    return tuple(
        judge(case, treatment, sorted(groups[treatment], key=lambda rule: rule.rule_id))
        for treatment in TREATMENTS
    )


def judge(case: Case, treatment: str, rules: Iterable[Rule]) -> Verdict:
    """Judge one treatment by its rules."""
    fired: list[RuleHit] = []
    met: list[RuleHit] = []
    unknown: set[str] = set()
    overlooked: set[str] = set()
    helpful: set[str] = set()
    silent: dict[str, set[str]] = defaultdict(set)
    known = False
    for rule in rules:
        known = True
        applies, asked = _applies(case, rule)
        if applies is False:
            continue
        truth = holds(case, rule.condition)
        if applies is None or truth is None:
            if truth is None:
                asked.add(rule.patient_attribute)
            elif truth is (rule.kind == "required"):
                continue  # whatever is unknown, this rule would not stand in the way
            target = unknown if rule.kind in ("required", "contraindicated") else overlooked
            if rule.kind in ("preferred_if", "needs_before") or _only_note(rule):
                target = helpful
            target |= asked
            continue
        effect = _effect(rule, truth)
        if effect == "met":
            met.append(_hit(case, rule, effect))
            if rule.conflict_group:
                silent[rule.conflict_group].add(rule.source)
        elif effect is not None:
            fired.append(_hit(case, rule, effect))
        elif rule.kind == "contraindicated" and rule.conflict_group:
            silent[rule.conflict_group].add(rule.source)
    fired, conflicts = _settle(fired, met, silent)
    effects = {hit.effect for hit in fired}
    if not known:
        status = Status.CANNOT_BE_JUDGED
    elif "excludes" in effects:
        status = Status.EXCLUDED
    elif unknown:
        status = Status.CANNOT_BE_JUDGED
    else:
        status = Status.OPEN_WITH_CONDITIONS if "condition" in effects else Status.OPEN
    missing = tuple(sorted(unknown | overlooked))
    return Verdict(
        treatment,
        status,
        tuple(fired),
        tuple(met),
        conflicts,
        missing,
        tuple(sorted(helpful - set(missing))),
        None if known else "no_published_rule",
    )


def _applies(case: Case, rule: Rule) -> tuple[bool | None, set[str]]:
    """Whether a rule speaks of this patient, and the attributes that leave it open."""
    answers = [(holds(case, when), when.attribute) for when in rule.applies_when]
    if any(answer is False for answer, _ in answers):
        return False, set()
    asked = {name for answer, name in answers if answer is None}
    return (None if asked else True), asked


def _only_note(rule: Rule) -> bool:
    """Rules that report tolerance: they say of themselves that they do not exclude."""
    return (
        rule.statement.startswith("Not an exclusion") or "without major toxicity" in rule.statement
    )


def _effect(rule: Rule, truth: bool) -> str | None:
    """What a rule does when its condition is known; ``None`` when it does nothing."""
    if rule.kind == "required":
        if truth:
            return "met"
        return "excludes" if rule.basis in EXCLUDING else "condition"
    if not truth:
        return None
    if _only_note(rule):
        return "note"
    return {
        "contraindicated": "excludes" if rule.basis in EXCLUDING else "condition",
        "relative_contraindication": "condition",
        "preferred_if": "favours",
        "needs_before": "before",
    }[rule.kind]


def _settle(
    fired: list[RuleHit], met: list[RuleHit], silent: dict[str, set[str]]
) -> tuple[list[RuleHit], tuple[tuple[RuleHit, ...], ...]]:
    """Within a conflict group, sources are alternatives: a disputed exclusion is a condition."""
    groups: dict[str, list[RuleHit]] = defaultdict(list)
    for hit in (*fired, *met):
        if hit.conflict_group:
            groups[hit.conflict_group].append(hit)
    disputed: set[str] = set()
    conflicts: list[tuple[RuleHit, ...]] = []
    for name in sorted(groups):
        hits = groups[name]
        against = {hit.source for hit in hits if hit.effect in ("excludes", "condition")}
        excluding = [hit for hit in hits if hit.effect == "excludes"]
        barred = {hit.source for hit in excluding}
        soft = {hit.source for hit in hits if any(_softer(hit, one) for one in excluding)}
        # With nothing excluded there is nothing to dispute: one source's own condition stands.
        if excluding and (soft | silent[name]) - barred:
            disputed.add(name)
        if against and (name in disputed or len({hit.source for hit in hits} | silent[name]) > 1):
            conflicts.append(tuple(hits))
    settled = [
        hit
        if hit.effect != "excludes" or hit.conflict_group not in disputed
        else replace(hit, effect="condition")
        for hit in fired
    ]
    return settled, tuple(conflicts)


def _softer(hit: RuleHit, excluding: RuleHit) -> bool:
    """Whether a rule lets this patient through where another would exclude.

    A relative contraindication does so only on the same attribute and with a limit that is no
    stricter: a trial that stops at 100 does not soften a label that stops at 75.
    """
    if hit.effect in ("met", "favours", "note"):
        return True
    if hit.effect != "condition" or hit.attribute != excluding.attribute:
        return False
    try:
        mine, other = float(hit.threshold), float(excluding.threshold)
    except ValueError:
        return True
    return mine <= other if hit.operator in ("<", "<=") else mine >= other


def _hit(case: Case, rule: Rule, effect: str) -> RuleHit:
    return RuleHit(
        rule.rule_id,
        rule.kind,
        effect,
        rule.statement,
        rule.patient_attribute,
        rule.operator,
        rule.threshold,
        rule.unit,
        value_for(case, rule.condition),
        rule.basis,
        rule.strength,
        rule.seen,
        rule.conflict_group,
        rule.source,
        rule.notes,
    )

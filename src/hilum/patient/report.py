"""The verdicts of one patient as plain data: what the command prints and what the sheet holds.

Everything is ready for JSON: codes, names of attributes, values in the attribute's unit. Statements
come in both languages from the tables.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from hilum.patient.judge import OPEN, Status
from hilum.patient.values import Range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.patient.case import Case
    from hilum.patient.openings import Opening
    from hilum.patient.records import Rule
    from hilum.patient.remarks import Remark
    from hilum.patient.resectability import Obstacle
    from hilum.patient.values import Value
    from hilum.patient.verdict import Fired, Verdict, Verdicts

ASKED_NEXT = 3  # facts that the sheet names as the next to ask for


def report(case: Case, found: Verdicts) -> dict[str, Any]:
    """Everything a board hears of one patient's options.

    ``options`` stand in the order of the sheet; ``would_change`` in the order of how many verdicts
    a fact decides; ``before`` are the steps before the options that are open. ``unread`` are the
    facts of which something was written that could not be read: not known, nor taken as absent.
    """
    return {
        "case": case.name,
        "resectability": _resectability(found),
        "options": [_option(one, found) for one in found.options],
        "nobody_open": nobody_open(found),
        "would_change": [
            {"fact": one.fact, "decides": len(one.treatments), "treatments": list(one.treatments)}
            for one in found.would_change
        ],
        "before": _before(found),
        "contradictions": [
            {
                "code": one.code,
                "facts": list(one.facts),
                "stated": plain(one.stated),
                "other": plain(one.other),
            }
            for one in found.contradictions
        ],
        "not_used": [remark_line(one) for one in case.not_used],
        "to_confirm": [remark_line(one) for one in case.to_confirm],
        "facts": [
            {
                "name": one.name,
                "value": plain(one.value),
                "unit": one.unit or None,
                "written": one.text or None,
                "origin": list(one.origin),
            }
            for one in case.facts
        ],
        "derived": [
            {
                "fact": fact,
                "value": plain(found.patient.facts[fact]),
                "unit": found.tables.attributes[fact].unit or None,
                "from": sorted(
                    name
                    for name in row.needs
                    if found.patient.get(name) is not None and name not in found.patient.assumed
                ),
                "kind": row.kind,
                "source": row.source,
                "rests_on": rests_on(found, fact),
            }
            for fact, row in found.patient.origin.items()
        ],
        "assumed": sorted(found.patient.assumed),
        "unread": sorted(found.patient.unread),
        "switched_off": [
            {"rule_id": rule.rule_id, "statement": rule.statement_en, "reason": rule.off}
            for rule in found.tables.switched_off
        ],
        "laid_over": {name: list(ids) for name, ids in found.tables.laid_over.items()},
        "rules_folder": found.tables.folder or None,
    }


def nobody_open(found: Verdicts) -> bool:
    """Whether no treatment directed at the tumour is open or could be."""
    return not any(
        one.status in OPEN | {Status.UNDECIDED} and cancer_directed(one, found)
        for one in found.options
    )


def cancer_directed(option: Verdict, found: Verdicts) -> bool:
    """Whether an option is directed at the tumour: it belongs to a class beside *any*."""
    return set(found.tables.treatments[option.treatment].classes) != {"any"}


def plain(value: Value | None) -> Any:
    """A value for JSON: a range as ``[low, high]``, a set as a sorted list."""
    if isinstance(value, Range):
        return [plain(value.low), plain(value.high)]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, float) and not isfinite(value):
        return None  # a formula without a limit: a creatinine of 0
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def remark_line(one: Remark) -> dict[str, Any]:
    """What was not used, or is to be confirmed: as written, why, and where."""
    return {
        "key": one.key,
        "text": one.text,
        "code": one.code,
        "expected": one.expected or None,
        "nearest": one.nearest or None,
        "line": one.line,
        "fact": one.name or None,
    }


def rule_line(rule: Rule) -> dict[str, Any]:
    """A rule as a reason: who says what, and where it can be read."""
    return {
        "rule_id": rule.rule_id,
        "ground": rule.ground or None,
        "statement": rule.statement_en,
        "statement_zh": rule.statement_zh,
        "source": rule.source,
        "url_or_id": rule.url_or_id,
        "authority": rule.authority,
        "strength": rule.strength or None,
        "seen": rule.seen,
        "decisive": rule.decisive,
        "region": rule.region or None,
        "origin": rule.origin or None,
    }


def _option(one: Verdict, found: Verdicts) -> dict[str, Any]:
    return {
        "treatment": one.treatment,
        "status": one.status.value,
        "best": None if one.best is None else one.best.value,
        "line": one.line or None,
        "ground": one.ground or None,
        "reason": rule_line(one.reasons[0]) if one.reasons else None,
        "reasons": [[rule_line(rule) for rule in reason.rules] for reason in one.said],
        "indications": [rule.rule_id for rule in one.indications],
        "fired": [_fired(hit, found) for hit in one.fired],
        "before": [rule.statement_en for rule in one.before],
        "to_check": list(one.to_check),
        "decided_by": list(one.decided_by),
        "opens_if": [_opening(opening) for opening in one.openings],
        "contradicted": list(one.contradicted),
    }


def _opening(one: Opening) -> dict[str, Any]:
    """What a deciding fact would have to be; nothing but the name where no stretch of it opens."""
    low, high = one.low, one.high
    return {
        "fact": one.fact,
        "through": one.through or None,
        "at_least": plain(low) if one.low_will_do else None,
        "above": None if one.low_will_do else plain(low),
        "at_most": plain(high) if one.high_will_do else None,
        "below": None if one.high_will_do else plain(high),
        "one_of": [plain(word) for word in one.words],
    }


def _fired(hit: Fired, found: Verdicts) -> dict[str, Any]:
    return {
        **rule_line(hit.rule),
        "kind": hit.rule.kind,
        "effect": hit.effect,
        "patient_value": {name: plain(value) for name, value in hit.values},
        "rests_on": rests_of(found, (name for name, _ in hit.values)),
    }


def _before(found: Verdicts) -> list[dict[str, Any]]:
    """Steps before the open and undecided options, those for most of them first."""
    steps: dict[str, tuple[Rule, list[str]]] = {}
    for one in found.options:
        if one.status in OPEN or one.status is Status.UNDECIDED:
            for rule in one.before:
                steps.setdefault(rule.rule_id, (rule, []))[1].append(one.treatment)
    ranked = sorted(steps.values(), key=lambda step: (-len(step[1]), step[0].number))
    return [{**rule_line(rule), "treatments": treatments} for rule, treatments in ranked]


def rests_on(found: Verdicts, fact: str) -> dict[str, Any] | None:
    """What a derived fact rests on that was not given; ``None`` where all of it was."""
    one = found.resting.get(fact)
    if one is None:
        return None
    return {
        "facts": list(one.facts),
        "assumed": list(one.assumed),
        "unread": list(one.unread),
        "bound": one.bound or None,
    }


def rests_of(found: Verdicts, facts: Iterable[str]) -> dict[str, Any]:
    """:func:`rests_on` of those of some facts that rest on anything not given."""
    return {fact: rests_on(found, fact) for fact in facts if fact in found.resting}


def _resectability(judged: Verdicts) -> dict[str, Any]:
    found = judged.resectability
    return {
        "verdict": found.verdict.value,
        "stated": found.stated,
        "derived": found.derived or None,
        "in_the_way": [_obstacle(one, judged) for one in found.in_the_way],
        "decided_by": list(found.decided_by),
    }


def _obstacle(one: Obstacle, judged: Verdicts) -> dict[str, Any]:
    return {
        "facts": {name: plain(value) for name, value in one.facts},
        "makes": one.makes,
        "rules": [rule_line(rule) for rule in one.rules],
        "rests_on": rests_of(judged, (name for name, _ in one.facts)),
    }

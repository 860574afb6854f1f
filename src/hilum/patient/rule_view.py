"""Rules as a reader asks for them: by treatment, kind, fact, ground or authority; one row whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.errors import Fault, InputError, phrased
from hilum.patient.records import AUTHORITIES, GROUNDS
from hilum.patient.rule_kinds import KINDS
from hilum.records import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

    from hilum.patient.records import Rule
    from hilum.patient.tables import Tables


def chosen(
    tables: Tables,
    *,
    treatment: str | None = None,
    kind: str | None = None,
    fact: str | None = None,
    ground: str | None = None,
    authority: str | None = None,
) -> tuple[Rule, ...]:
    """The rules that meet every wish, in the order of the table.

    ``treatment`` is an id, a class or a modality of the evidence; ``fact`` an attribute that a rule
    reads, under any of its names.

    Raises
    ------
    InputError
        For every wish that nothing is called, with the nearest names.
    """
    classes = {one for row in tables.treatments.values() for one in row.classes}
    asked: dict[str, tuple[str | None, Collection[str]]] = {
        "treatment": (treatment, {*tables.modality_of, *classes}),
        "kind": (kind, KINDS),
        "fact": (fact, tables.aliases),
        "ground": (ground, GROUNDS),
        "authority": (authority, AUTHORITIES),
    }
    faults = [
        Fault("", None, name, value, _known(value, known))
        for name, (value, known) in asked.items()
        if value is not None and value not in known
    ]
    if faults:
        raise InputError(*faults)
    wanted = _of_treatment(treatment, tables) if treatment else tables.rules
    name = tables.aliases[fact].name if fact else None
    return tuple(
        rule
        for rule in wanted
        if (kind is None or rule.kind == kind)
        and (name is None or name in rule.needs)
        and (ground is None or rule.ground == ground)
        and (authority is None or rule.authority == authority)
    )


def treatments_of(rule: Rule, tables: Tables) -> tuple[str, ...]:
    """The treatments that a rule is about, in the order of the table."""
    targets = set(rule.applies_to)
    return tuple(one.id for one in tables.treatments.values() if targets & {one.id, *one.classes})


def others_of_question(rule: Rule, tables: Tables) -> tuple[Rule, ...]:
    """The rows that answer the same question of a treatment in common."""
    mine = set(treatments_of(rule, tables))
    return tuple(
        other
        for other in tables.rules
        if rule.alternatives
        and other.alternatives == rule.alternatives
        and other.rule_id != rule.rule_id
        and mine & set(treatments_of(other, tables))
    )


def rule_record(rule: Rule, tables: Tables) -> dict[str, Any]:
    """A row whole, as plain data."""
    return {
        "rule_id": rule.rule_id,
        "kind": rule.kind,
        "treatments": list(treatments_of(rule, tables)),
        "applies_to": list(rule.applies_to),
        "when": rule.when_text,
        "holds": rule.holds_text,
        "facts": sorted(rule.needs),
        "strong": rule.strong,
        "decisive": rule.decisive,
        "ground": rule.ground or None,
        "line": rule.line or None,
        "place": rule.place or None,
        "authority": rule.authority,
        "strength": rule.strength or None,
        "region": rule.region or None,
        "alternatives": rule.alternatives or None,
        "alternative_rules": [one.rule_id for one in others_of_question(rule, tables)],
        "statement": rule.statement_en,
        "statement_zh": rule.statement_zh,
        "source": rule.source,
        "url_or_id": rule.url_or_id,
        "seen": rule.seen,
        "replaces": rule.replaces or None,
        "notes": rule.notes or None,
        "origin": rule.origin or None,
        "switched_off": rule.off or None,
    }


def _of_treatment(name: str, tables: Tables) -> tuple[Rule, ...]:
    if name in tables.modality_of:
        return tables.rules_of[tables.modality_of[name]]
    wanted = {one.id for one in tables.treatments.values() if name in one.classes}
    return tuple(rule for rule in tables.rules if wanted & set(treatments_of(rule, tables)))


def _known(value: str, known: Collection[str]) -> str:
    hint = nearest(value, known, 5, 0.5)
    if hint:
        return phrased("a known name{hint}", hint=hint)
    return phrased("one of {known}", known=", ".join(known))

"""How a case was read, as plain data: facts, what follows, what is doubtful, what decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.patient.report import plain, report

if TYPE_CHECKING:
    from hilum.patient.case import Case
    from hilum.patient.contradictions import Contradiction
    from hilum.patient.courses import Course
    from hilum.patient.dates import Period
    from hilum.patient.remarks import Remark
    from hilum.patient.verdict import Verdicts

SHARED = ("facts", "derived", "assumed", "would_change")


def checked(case: Case, found: Verdicts) -> dict[str, Any]:
    """Everything that ``hilum case check`` says, without the verdicts."""
    whole = report(case, found)
    return {
        "case": case.name,
        "date": case.date.isoformat() if case.date else None,
        **{key: whole[key] for key in SHARED},
        "contradictions": [_contradiction(one) for one in found.contradictions],
        "to_confirm": [_remark(one) for one in case.to_confirm],
        "not_used": [_remark(one) for one in case.not_used],
        "courses": [_course(one) for one in case.courses],
    }


def _contradiction(one: Contradiction) -> dict[str, Any]:
    return {
        "code": one.code,
        "facts": list(one.facts),
        "stated": plain(one.stated),
        "other": plain(one.other),
        "alternative": {name: plain(value) for name, value in one.alternative.items()},
        "notes": list(one.notes),
        "statement": one.statement_en or None,
        "statement_zh": one.statement_zh or None,
    }


def _remark(one: Remark) -> dict[str, Any]:
    return {
        "key": one.key,
        "text": one.text,
        "code": one.code,
        "expected": one.expected or None,
        "nearest": one.nearest or None,
        "line": one.line,
        "fact": one.name or None,
    }


def _course(one: Course) -> dict[str, Any]:
    return {
        "treatment": one.treatment or None,
        "written": one.text,
        "from": _period(one.start),
        "to": _period(one.end),
        "ongoing": one.ongoing,
        "best_response": one.best_response or None,
        "stopped_for": one.stopped_for or None,
    }


def _period(one: Period | None) -> list[str] | None:
    return None if one is None else [one.first.isoformat(), one.last.isoformat()]

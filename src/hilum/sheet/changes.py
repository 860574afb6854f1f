"""What changed since an older sheet, and why.

The older patient is judged again by the rules of today: where that gives the older verdict, the
facts moved it; where it gives the new one, the rules did. No cause is guessed from the two sheets
alone.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from hilum.patient.report import plain
from hilum.patient.verdict import Verdicts, verdicts
from hilum.sheet.changes_part import (
    Cause,
    ChangesPart,
    FactMove,
    FigureMove,
    ResectabilityMove,
    RuleMove,
    Shown,
    Stamp,
    StudyMove,
    VerdictMove,
)
from hilum.sheet.older import OlderSheet, dicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hilum.patient.case import Case
    from hilum.patient.tables import Tables
    from hilum.sheet.sheet import Answer, Sheet

# What of a row is its text: the table changed where one of these did.
COLUMNS: Final = (
    *("kind", "ground", "statement", "statement_zh", "source", "url_or_id", "authority"),
    *("strength", "decisive", "region"),
)
ASKED: Final = ("site", "grade", "line")


def changes_since(older: OlderSheet, sheet: Sheet, case: Case, tables: Tables) -> ChangesPart:
    """What is not as in an older sheet; ``case`` and ``tables`` are those of ``sheet``."""
    judged = _Judged.of(older, case, tables)
    asked = _asked(older, sheet)
    return ChangesPart(
        older=older.stamp,
        newer=Stamp(
            date=sheet.made.date,
            hilum_version=sheet.hilum_version,
            evidence_hash=sheet.made.evidence_hash,
            rules_hash=sheet.made.rules_hash,
            case_hash=sheet.made.case_hash,
        ),
        same_patient=_same_patient(older, case),
        verdicts=[] if "verdicts" in older.gaps else list(_verdicts(older, sheet, judged)),
        resectability=_resectability(older, sheet, judged),
        facts=judged.moves,
        rules=[] if "rules" in older.gaps else _rules(older, sheet, judged),
        asked=asked,
        figures=[] if "figures" in older.gaps else list(_figures(older, sheet, asked)),
        studies=_studies(older, sheet),
        not_compared=list(older.gaps),
        unknown_facts=list(older.unknown),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """The older and the newer patient by the rules of today; ``between`` is the older one.

    ``between`` is nothing where the older sheet does not hold its facts.
    """

    case: Case
    older: Case
    tables: Tables
    between: Verdicts | None
    now: Verdicts
    moves: list[FactMove]
    kept: dict[str, Verdicts] = field(default_factory=dict[str, Verdicts])

    @classmethod
    def of(cls, older: OlderSheet, case: Case, tables: Tables) -> _Judged:
        known = "facts" not in older.gaps and not older.unknown
        past = replace(older.case, date=case.date)
        return cls(
            case,
            past,
            tables,
            verdicts(past, tables) if known else None,
            verdicts(case, tables),
            [] if "facts" in older.gaps else _facts(past, case),
        )

    def reverted(self, fact: str) -> Verdicts:
        """The patient of today with one fact as it was."""
        if fact not in self.kept:
            rest = tuple(one for one in self.case.facts if one.name != fact)
            past = tuple(one for one in self.older.facts if one.name == fact)
            unread = tuple(one for one in self.case.not_used if one.name != fact)
            case = replace(self.case, facts=rest + past, not_used=unread)
            self.kept[fact] = verdicts(case, self.tables)
        return self.kept[fact]


def _facts(older: Case, newer: Case) -> list[FactMove]:
    units = {one.name: one.unit for one in (*older.facts, *newer.facts)}
    before, after = older.given, newer.given
    return [
        FactMove(
            fact=name,
            before=plain(before.get(name)),
            after=plain(after.get(name)),
            unit=units[name] or None,
        )
        for name in units
        if plain(before.get(name)) != plain(after.get(name))
    ]


def _verdicts(older: OlderSheet, sheet: Sheet, judged: _Judged) -> Iterator[VerdictMove]:
    past = older.options()
    now = {one.treatment: one for one in sheet.options}
    for name in (*now, *(one for one in past if one not in now)):
        old, new = past.get(name), now.get(name)
        before = (old["status"], _text(old.get("best"))) if old else (None, None)
        after = (new.status, new.best) if new else (None, None)
        if before == after:
            continue
        cause, facts = _cause(name, before, after, judged)
        yield VerdictMove(
            treatment=name,
            before=before[0],
            before_best=before[1],
            after=after[0],
            after_best=after[1],
            cause=cause,
            facts=facts if cause in ("facts", "both") else [],
            rules=_moved_rules(old, new, name, judged) if cause in ("rules", "both") else [],
            reason=new.reason if new else None,
        )


def _said(found: Verdicts | None, name: str) -> tuple[str, str | None] | None:
    if found is None or name not in {one.treatment for one in found.options}:
        return None
    one = found.option(name)
    return one.status.value, None if one.best is None else one.best.value


def _cause(
    name: str, before: tuple[str | None, str | None], after: tuple[str | None, str | None],
    judged: _Judged,
) -> tuple[Cause, list[str]]:  # fmt: skip
    """Why a verdict moved, and the facts that did it."""
    if before[0] is None or after[0] is None:
        return "rules", []
    between = _said(judged.between, name)
    if between is None:
        return "unknown", []
    if between == after:
        return "rules", []
    facts = [one.fact for one in judged.moves if _said(judged.reverted(one.fact), name) == between]
    facts = facts or [one.fact for one in judged.moves if _bears(one.fact, name, judged)]
    facts = facts or [one.fact for one in judged.moves]
    return ("facts" if between == before else "both"), facts


def _bears(fact: str, name: str, judged: _Judged) -> bool:
    """Whether a rule of a treatment reads a fact, itself or by what follows from it."""
    fired = [
        *judged.now.option(name).fired,
        *(judged.between.option(name).fired if judged.between else ()),
    ]
    read = {one for hit in fired for one in hit.rule.needs}
    derived = {row.fact for row in judged.tables.derivations if fact in row.needs}
    return fact in read or bool(derived & read)


def _moved_rules(old: Mapping[str, Any] | None, new: Any, name: str, judged: _Judged) -> list[str]:
    """Rows of the older sheet that the rules of today no longer say alike of the older patient."""
    if old is None or new is None or judged.between is None:
        return []
    past = {str(one.get("rule_id")): one for one in dicts(old.get("fired"))}
    between = {hit.rule.rule_id: hit.effect for hit in judged.between.option(name).fired}
    return [
        rule_id
        for rule_id in dict.fromkeys((*past, *between))
        if past.get(rule_id, {}).get("effect") != between.get(rule_id)
    ]


def _resectability(older: OlderSheet, sheet: Sheet, judged: _Judged) -> ResectabilityMove | None:
    if "resectability" in older.gaps:
        return None
    before, after = older.data["resectability"]["verdict"], sheet.resectability.verdict
    if before == after:
        return None
    if judged.between is None:
        return ResectabilityMove(before=before, after=after, cause="unknown", facts=[])
    between = judged.between.resectability.verdict.value
    if between == after:
        return ResectabilityMove(before=before, after=after, cause="rules", facts=[])
    facts = [
        one.fact
        for one in judged.moves
        if judged.reverted(one.fact).resectability.verdict.value == between
    ]
    facts = facts or [one.fact for one in judged.moves]
    cause: Cause = "facts" if between == before else "both"
    return ResectabilityMove(before=before, after=after, cause=cause, facts=facts)


def _rules(older: OlderSheet, sheet: Sheet, judged: _Judged) -> list[RuleMove]:
    """Rows that speak of the patient otherwise: of the table first, then of the patient."""
    past = _fired(older.options().items())
    now = _fired((one.treatment, {"fired": [hit.model_dump() for hit in one.fired]})
                 for one in sheet.options)  # fmt: skip
    shipped = {rule.rule_id: rule for rule in judged.tables.rules if not rule.off}
    between: set[str] | None = None
    if judged.between is not None:
        between = {hit.rule.rule_id for one in judged.between.options for hit in one.fired}
    found: list[RuleMove] = []
    for rule_id in dict.fromkeys((*past, *now)):
        old, new = past.get(rule_id), now.get(rule_id)
        kind, columns = _kind(rule_id, old, new, between, known=rule_id in shipped)
        if kind:
            said = new or old or (("", {}),)
            row = said[0][1]
            found.append(
                RuleMove(
                    rule_id=rule_id,
                    kind=kind,
                    columns=columns,
                    statement=str(row.get("statement") or ""),
                    statement_zh=str(row.get("statement_zh") or ""),
                    treatments=[name for name, _ in said],
                )
            )
    order = ("changed", "added", "removed", "fires", "silent")
    return sorted(found, key=lambda one: order.index(one.kind))


Rows = tuple[tuple[str, dict[str, Any]], ...]


def _fired(options: Any) -> dict[str, Rows]:
    """Rows that fired, by id, with the treatments they spoke of."""
    found: dict[str, Rows] = {}
    for name, option in options:
        for hit in dicts(option.get("fired")):
            rule_id = str(hit.get("rule_id"))
            found[rule_id] = (*found.get(rule_id, ()), (name, hit))
    return found


def _kind(
    rule_id: str, old: Rows | None, new: Rows | None, between: set[str] | None, *, known: bool
) -> tuple[Any, list[str]]:
    if old is not None and new is not None:
        one, other = old[0][1], new[0][1]
        columns = [name for name in COLUMNS if name in one and one[name] != other.get(name)]
        return ("changed" if columns else ""), columns
    if new is not None:
        # The older patient by the rules of today: were they silent too, the facts brought it in.
        return ("added" if between is not None and rule_id in between else "fires"), []
    if not known:
        return "removed", []
    return ("changed" if between is not None and rule_id not in between else "silent"), []


def _asked(older: OlderSheet, sheet: Sheet) -> list[str]:
    """Parts of the question to the record that are not as before."""
    if "question" in older.gaps:
        return []
    past = older.data["asked"]
    return [name for name in ASKED if name in past and past[name] != getattr(sheet.asked, name)]


def _figures(older: OlderSheet, sheet: Sheet, asked: list[str]) -> Iterator[FigureMove]:
    past = older.options()
    hashes = older.stamp.evidence_hash, sheet.made.evidence_hash
    cause: Cause = "question" if asked else "evidence"
    if asked and hashes[0] != hashes[1]:
        cause = "both" if hashes[0] is not None else "unknown"
    elif not asked and hashes[0] == hashes[1]:
        # Nothing of the record and nothing asked changed: another version computes it otherwise.
        cause = "unknown"
    for option in sheet.options:
        before = past.get(option.treatment)
        if before is None:
            continue
        for outcome, answer in option.outcomes.items():
            old = _old(before["outcomes"].get(outcome))
            new = _new(answer)
            if old != new:
                yield FigureMove(
                    treatment=option.treatment,
                    outcome=outcome,
                    unit=answer.unit,
                    before=old,
                    after=new,
                    cause=cause,
                )


def _old(raw: Any) -> Shown | None:
    if not isinstance(raw, dict):
        return None
    one: dict[str, Any] = raw
    ends = one.get("ci")
    pair = ends if isinstance(ends, list) else None
    return _shown(one.get("form"), one.get("value"), pair, one.get("k"), one.get("n"))


def _new(one: Answer) -> Shown:
    return _shown(one.form, one.value, list(one.ci) if one.ci else None, one.k, one.n)


def _shown(form: Any, value: Any, ci: Any, k: Any, n: Any) -> Shown:
    """A figure with the digits that two computers agree on."""
    ends = [None if one is None else _rounded(one) for one in ci] if ci else None
    return Shown(form=form, value=None if value is None else _rounded(value), ci=ends, k=k, n=n)


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _studies(older: OlderSheet, sheet: Sheet) -> list[StudyMove]:
    listed = older.data.get("sources")
    if not isinstance(listed, list):
        return []
    past = {str(one.get("study_id")): str(one.get("name") or "") for one in dicts(listed)}
    now = {one.study_id: one.name for one in sheet.sources}
    return [
        *(StudyMove(study_id=one, name=now[one], kind="added") for one in now if one not in past),
        *(
            StudyMove(study_id=one, name=past[one], kind="removed")
            for one in past
            if one not in now
        ),
    ]


def _same_patient(older: OlderSheet, case: Case) -> bool:
    """Whether number, else name, and sex agree; what one of them does not say tells nothing."""
    if older.case.id and case.id:
        return _plain(older.case.id) == _plain(case.id)
    if older.case.name and _plain(older.case.name) != _plain(case.name):
        return False
    sexes = [one.value for a in (older.case, case) for one in a.facts if one.name == "sex"]
    return len(set(sexes)) < 2


def _plain(name: str) -> str:
    """A name without what spelling alone changes: case, spaces, forms of a character."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) else None

"""What published advice supports for one patient, what forbids it, and what would decide it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hilum.patient.because import because
from hilum.patient.complete import Completed, complete, stated_only
from hilum.patient.contradictions import Contradiction, contradictions
from hilum.patient.judge import OPEN, Opinion, Status, answer
from hilum.patient.merging import Reason, merged
from hilum.patient.openings import Opening, opening
from hilum.patient.records import GROUNDS, LINES
from hilum.patient.resectability import Resectability, resectability
from hilum.patient.tables import read_tables
from hilum.patient.taken import Rests, resting
from hilum.patient.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.case import Case
    from hilum.patient.records import Rule
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

ORDER = list(Status)
NAMED = 3  # facts of a contradiction that an option names; the contradiction itself names all
LAST_LINE = 9  # after every line there is


@dataclass(frozen=True, slots=True, eq=False)
class Fired:
    """A rule that speaks of this patient and what it does to the verdict.

    ``effect``: ``excludes``, ``advises_against``, ``condition``, ``softened``, ``indicates``,
    ``before`` or ``note``. ``values`` are the patient's facts it was read on.
    """

    rule: Rule
    effect: str
    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """One treatment: where it stands, the strongest reason first, and what is still to be known.

    ``best`` is what an undecided option would be if every open fact turned out well; ``line`` the
    earliest line its indications name; ``contradicted`` the facts whose other reading closes it.
    ``said`` are the reasons with those that say the same of one fact as one, ``openings`` what each
    deciding fact would have to be.
    """

    treatment: str
    status: Status
    best: Status | None
    line: str
    ground: str
    reasons: tuple[Rule, ...]
    indications: tuple[Rule, ...]
    fired: tuple[Fired, ...]
    before: tuple[Rule, ...]
    to_check: tuple[str, ...]
    decided_by: tuple[str, ...]
    contradicted: tuple[str, ...] = ()
    said: tuple[Reason, ...] = ()
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True)
class WouldChange:
    """A missing fact and the treatments that it decides."""

    fact: str
    treatments: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """Everything that the rules say of one patient; options stand in the order of the sheet."""

    patient: Completed
    resectability: Resectability
    options: tuple[Verdict, ...]
    would_change: tuple[WouldChange, ...]
    contradictions: tuple[Contradiction, ...]
    tables: Tables
    resting: Mapping[str, Rests]

    def option(self, treatment: str) -> Verdict:
        """The verdict on one treatment."""
        return next(one for one in self.options if one.treatment == treatment)


def verdicts(case: Case | Mapping[str, Value], tables: Tables | None = None) -> Verdicts:
    """Judge every treatment for one patient.

    Parameters
    ----------
    case : Case or mapping
        The patient, or the stated facts by name in the attribute's unit.
    tables : Tables, optional
        The rules; the shipped ones when omitted.
    """
    from hilum.patient.case import Case

    tables = tables or read_tables()
    given = case.given if isinstance(case, Case) else case
    twice = case.other_readings if isinstance(case, Case) else ()
    patient = complete(given, tables, case.unread if isinstance(case, Case) else frozenset())
    worlds = Worlds.of(patient, tables)
    found = contradictions(given, tables, twice)
    other = [(one, worlds_of_other(worlds, one)) for one in found if one.alternative]
    stated = stated_only(given, tables)
    options = [_verdict(worlds, name, stated, other) for name in tables.treatments]
    decides = Counter(fact for one in options for fact in one.decided_by)
    ranked = sorted(decides, key=lambda fact: (-decides[fact], _first(options, fact)))
    options = [_sorted(one, decides) for one in options]
    return Verdicts(
        patient,
        resectability(worlds),
        tuple(sorted(options, key=lambda one: _place(one, tables))),
        tuple(
            WouldChange(fact, tuple(one.treatment for one in options if fact in one.decided_by))
            for fact in ranked
        ),
        found,
        tables,
        resting(worlds, case.unread if isinstance(case, Case) else frozenset()),
    )


@dataclass(frozen=True, slots=True, eq=False)
class AtBest:
    """A treatment that is indicated for a patient, or would be if every open fact turned out well.

    ``open`` says whether it is open then; ``indications`` are the rules that indicate it or may,
    ``against`` those that advise against it or rule it out where it is not open.
    """

    open: bool
    indications: tuple[Rule, ...]
    against: tuple[Rule, ...]


def at_best(given: Mapping[str, Value], tables: Tables) -> dict[str, AtBest]:
    """Treatments that are indicated for a patient, with what opens and what closes them.

    Open are those of :func:`verdicts` whose ``status`` or ``best`` is: what a fact decides, or
    another reading of it would close, is open at its best either way.
    """
    worlds = Worlds.of(complete(given, tables), tables)
    region = worlds.patient.get("region")
    found: dict[str, AtBest] = {}
    for name in tables.treatments:
        one = worlds.opinions[name]
        indications = tuple(
            rule
            for rule in tables.rules_of[name]
            if rule.role == "indicates"
            and rule.region in ("", region)
            and worlds.answers[rule.number].fires is not False
        )
        if not indications:
            continue
        is_open = one.status in OPEN and bool(
            one.indications or (one.unknown and worlds.deciding(name))
        )
        closing = () if one.status in OPEN else one.reasons
        found[name] = AtBest(is_open, indications, closing)
    return found


def _sorted(option: Verdict, decides: Counter[str]) -> Verdict:
    """The facts that decide most other options too stand first."""
    if not option.decided_by:
        return option
    facts = sorted(option.decided_by, key=lambda fact: (-decides[fact], fact))
    openings = sorted(option.openings, key=lambda one: facts.index(one.fact))
    return replace(option, decided_by=tuple(facts), openings=tuple(openings))


def _first(options: list[Verdict], fact: str) -> tuple[int, str]:
    return next(i for i, one in enumerate(options) if fact in one.decided_by), fact


def worlds_of_other(worlds: Worlds, contradiction: Contradiction) -> dict[str, Opinion]:
    """Every opinion under the other reading of facts that contradict each other."""
    changes = tuple(sorted(contradiction.alternative.items()))
    return {name: worlds.opinion(name, changes) for name in worlds.tables.treatments}


def _verdict(
    worlds: Worlds,
    name: str,
    stated: Mapping[str, Any],
    other: list[tuple[Contradiction, dict[str, Opinion]]],
) -> Verdict:
    opinion = worlds.opinions[name]
    status, best, reasons = opinion.status, None, opinion.reasons
    deciding: list[str] = []
    contradicted: list[str] = []
    if status in OPEN and opinion.unknown:
        deciding = worlds.deciding(name)
    if deciding:
        best, status = status, Status.UNDECIDED
        reasons = tuple(rule for rule in opinion.unknown if worlds.questions(rule) & set(deciding))
        reasons = reasons or opinion.unknown
    elif status in OPEN and not opinion.indications:
        status, reasons = Status.NO_INDICATION, ()
    if status in OPEN:
        # Two readings of one fact: what the other reading would close is not open.
        for contradiction, opinions in other:
            if opinions[name].status not in OPEN:
                contradicted += [f for f in contradiction.facts[:NAMED] if f not in contradicted]
                if not best:
                    best, reasons = status, opinions[name].reasons or reasons
        if contradicted:
            status, deciding = Status.UNDECIDED, contradicted
    shown = status in OPEN or status is Status.UNDECIDED
    return Verdict(
        treatment=name,
        status=status,
        best=best,
        line=next((rule.line for rule in opinion.indications), ""),
        ground=next((rule.ground for rule in reasons if rule.ground), ""),
        reasons=reasons,
        indications=opinion.indications,
        fired=_fired(worlds, name, opinion),
        before=opinion.before,
        to_check=tuple(_to_check(worlds, name, stated)) if shown else (),
        decided_by=tuple(deciding),
        contradicted=tuple(contradicted),
        said=_said(worlds, name, reasons),
        openings=tuple(
            opening(worlds, name, fact) for fact in deciding if fact not in contradicted
        ),
    )


def _said(worlds: Worlds, name: str, reasons: tuple[Rule, ...]) -> tuple[Reason, ...]:
    asked = (r for r in worlds.tables.rules_of[name] if worlds.answers[r.number].when is True)
    return merged(reasons, worlds.patient.facts, asked)


def _place(option: Verdict, tables: Tables) -> tuple[int, int, bool, int]:
    """Verdict, then line, then strong before weak, then the order of the table."""
    line = min((LINES[rule.line] for rule in option.indications), default=LAST_LINE)
    weak = not any(rule.strong for rule in option.indications)
    return ORDER.index(option.status), line, weak, list(tables.treatments).index(option.treatment)


def _fired(worlds: Worlds, name: str, opinion: Opinion) -> tuple[Fired, ...]:
    region = worlds.patient.get("region")
    found: list[Fired] = []
    for rule in worlds.tables.rules_of[name]:
        said = worlds.answers[rule.number].fires
        local = not rule.region or rule.region == region
        if said is False or (said is None and (local and rule.role != "before")):
            continue
        effect = _effect(rule, opinion) if local else "note"
        behind = rule.tested_facts or rule.needs
        if said is True:
            behind = because(rule.holds if rule.tested_facts else rule.when, worlds.patient.facts)
        values = tuple(
            (fact, value)
            for fact in sorted(behind)
            if (value := worlds.patient.get(fact)) is not None
        )
        found.append(Fired(rule, effect, values))
    return tuple(found)


def _effect(rule: Rule, opinion: Opinion) -> str:
    if not rule.against:
        return {"indicates": "indicates", "before": "before", "note": "note"}[rule.role]
    if rule in opinion.softened:
        return "softened"
    if opinion.status is Status.EXCLUDED:
        strict = rule.strong and rule.strict
        return "excludes" if strict else "condition"
    if opinion.status is Status.ADVISED_AGAINST and rule in opinion.reasons:
        return "advises_against"
    return "condition"


def _to_check(worlds: Worlds, name: str, stated: Mapping[str, Any]) -> list[str]:
    """What could still speak against: work-up, open cautions, what was only assumed absent.

    A fact computed from assumed ones (Child-Pugh without albumin) counts where its rule could rule
    the treatment out.
    """
    patient, tables = worlds.patient, worlds.tables
    found: set[str] = set()
    for rule in tables.rules_of[name]:
        said = worlds.answers[rule.number]
        if not rule.against or said.when is False:
            continue
        grave = rule.decisive or (rule.role != "cautions" and rule.strong)
        hidden = grave and said.fires is False and answer(rule, stated).fires is None
        for fact in rule.tested_facts:
            attribute = tables.attributes[fact]
            computed = hidden and not attribute.asked and _is_open(stated.get(fact))
            if (
                fact in patient.assumed
                or computed
                or (said.fires is None and patient.is_open(fact))
            ):
                found.add(fact)
    return sorted(fact for fact in found if tables.attributes[fact].known != "policy")


def _is_open(value: Any) -> bool:
    from hilum.patient.values import Range

    return value is None or isinstance(value, Range)


__all__ = [
    "GROUNDS",
    "AtBest",
    "Fired",
    "Verdict",
    "Verdicts",
    "WouldChange",
    "at_best",
    "verdicts",
]

"""What a protocol takes from the record: the endpoint, published rules, how others recruited."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from hilum.answers.tables import outcomes
from hilum.evidence import Design
from hilum.trials.protocol.record import Conflict, Criterion, Recruited, Recruitment
from hilum.trials.protocol.tables import by_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.trials.synopsis.record import Synopsis

ROLES = {
    "indicates": "inclusion",
    "requires": "required",
    "forbids": "exclusion",
    "cautions": "caution",
    "before": "before",
}
"""What a published rule drafts, by its role; notes draft nothing."""
TRUTH = re.compile(r"(?<!NOT )\b(\w+) == (TRUE|FALSE)")
"""What a rule asks of a fact that is true or false."""
UNSAID = frozenset({"under_study", "standard"})
"""What stands for a treatment that the design does not name."""
MOST_STUDIES = 8
PROSPECTIVE = frozenset({Design.RCT, Design.CASE_SERIES_PROSPECTIVE})
"""Designs whose years of enrolment are those of their recruitment."""


def primary_of(synopsis: Synopsis) -> tuple[str | None, float | None]:
    """Code of the primary endpoint and its fixed time; None where it is in the team's words."""
    known = outcomes().get(synopsis.question.outcome)
    steps = (step.facts.get("time") for step in synopsis.steps)
    stated = next((float(one) for one in steps if isinstance(one, int | float)), None)
    if known is None:
        return None, stated
    return str(known.outcome), known.time_months if known.time_months is not None else stated


def read_names(synopsis: Synopsis, evidence: str | None = None) -> dict[str, tuple[str, ...]]:
    """Treatments that patients of the trial receive: each as it was named, and what it is read as.

    The reading is that of the comparisons of "why now"; of a combination all its treatments. A name
    that nobody knows is read as itself.
    """
    from hilum.patient.tables import read_tables

    known = read_tables().treatments
    question = synopsis.question
    given = (question.intervention, question.comparator)
    return {
        name: (name,) if name in known or name in UNSAID else _read(name, evidence)
        for name in given
        if name != "fixed_rate"
    }


def _read(name: str, evidence: str | None) -> tuple[str, ...]:
    from hilum.evidence import read_evidence
    from hilum.patient.spoken import key, treatment_words
    from hilum.patient.tables import read_tables
    from hilum.sheet.named import named

    # The record is read only for words that no table of names holds.
    found = named(name) or named(name, read_evidence(evidence))
    if found is None:
        return (name,)
    tables = read_tables()
    spoken = treatment_words(tables)
    read: list[str] = []
    for one in found.ids:
        word = None if one in tables.treatments else spoken.get(key(one))
        read.append((word.treatment if word else "") or one)
    return tuple(dict.fromkeys(read))


def treatments_of(names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Every treatment of the trial once, by what its names are read as."""
    return tuple(dict.fromkeys(one for ids in names.values() for one in ids))


def criteria_of(
    names: Mapping[str, tuple[str, ...]],
) -> tuple[tuple[Criterion, ...], tuple[str, ...], frozenset[str]]:
    """Criteria drafted from rules, treatments that have none, and the classes of treatments."""
    from hilum.patient.tables import read_tables

    tables = read_tables()
    found: dict[str, Criterion] = {}
    without: list[str] = []
    classes: set[str] = set()
    for name in treatments_of(names):
        if name not in tables.treatments:
            without.append(name)
            continue
        classes |= set(tables.treatments[name].classes)
        for rule in tables.rules_of[name]:
            if rule.role not in ROLES:
                continue
            before = found.get(rule.rule_id)
            found[rule.rule_id] = Criterion(
                rule.rule_id,
                name if before is None else f"{before.treatment} {name}",
                by_code("rule_roles").get(rule.rule_id, {"role": ROLES[rule.role]})["role"],
                rule.statement_en,
                rule.statement_zh,
                rule.authority,
                rule.region,
                rule.alternatives,
                rule.source,
                rule.url_or_id,
                rule.seen,
            )
    return tuple(found.values()), tuple(without), frozenset(classes)


def conflicts_of(names: Mapping[str, tuple[str, ...]]) -> tuple[Conflict, ...]:
    """Facts that the rules of one treatment ask to be true and those of another to be false.

    Rules that indicate a treatment, or ask for something, are read; one without the fact does not
    count.
    """
    from hilum.patient.tables import read_tables

    tables = read_tables()
    sides: list[tuple[str, dict[tuple[str, str], list[str]]]] = []
    for name in treatments_of(names):
        asked: dict[tuple[str, str], list[str]] = {}
        for rule in tables.rules_of.get(name, ()):
            if rule.role not in ("indicates", "requires"):
                continue
            for fact, value in TRUTH.findall(f"{rule.when_text} AND {rule.holds_text}"):
                asked.setdefault((fact, value), []).append(rule.rule_id)
        sides.append((name, asked))
    found: list[Conflict] = []
    for (one, has), (other, wants) in combinations(sides, 2):
        for (fact, value), rules in has.items():
            against = wants.get((fact, "FALSE" if value == "TRUE" else "TRUE"))
            if against:
                pair = (tuple(rules), tuple(against))
                found.append(Conflict(fact, (one, other), pair))
    return tuple(found)


def accrual_of(synopsis: Synopsis) -> float | None:
    """Months of accrual that the design states, or that its patients a month give."""
    known = {one.parameter: one.value for one in synopsis.assumptions}
    rate = known.get("rate")
    return known.get("accrual") or (synopsis.patients / rate if rate else None)


def recruitment_of(
    synopsis: Synopsis,
    names: Mapping[str, tuple[str, ...]],
    evidence: str | None,
    *,
    accrual: float | None,
    centres: int | None,
    eligible: float | None,
    source: str | None,
) -> Recruitment:
    """What the size asks of the centres, beside what published studies recruited."""
    accrual = accrual_of(synopsis) or accrual
    a_month = synopsis.patients / accrual if accrual else None
    return Recruitment(
        synopsis.patients,
        synopsis.events,
        accrual,
        a_month,
        centres,
        None if a_month is None or centres is None else a_month / centres,
        eligible,
        source,
        None if a_month is None or eligible is None else 12 * a_month / eligible,
        _published(names, evidence),
    )


def _published(names: Mapping[str, tuple[str, ...]], evidence: str | None) -> tuple[Recruited, ...]:
    """Prospective studies of a treatment of the trial whose years and centres are known."""
    from hilum.evidence import read_evidence
    from hilum.patient.tables import read_tables

    known = read_tables().treatments
    named = [known[one] for one in treatments_of(names) if one in known]
    wanted = {modality for one in named for modality in one.modalities}
    if not wanted:
        return ()
    record = read_evidence(evidence)
    having = {arm.study_id for arm in record.arms if str(arm.modality) in wanted}
    rows: list[tuple[int, Recruited]] = []
    for study in record.studies:
        start, end = study.enrol_start, study.enrol_end
        if study.study_id not in having or study.design not in PROSPECTIVE:
            continue
        if study.centres is None or study.n_patients is None or start is None or end is None:
            continue
        # Only calendar years are printed: each counts whole, so that the rate is the least.
        years = end - start + 1
        rows.append(
            (
                end,
                Recruited(
                    study.name, study.centres, years, study.n_patients,
                    study.n_patients / (12 * years * study.centres), study.source,
                ),
            )
        )  # fmt: skip
    rows.sort(key=lambda one: (-one[0], one[1].study))
    return tuple(one for _, one in rows[:MOST_STUDIES])

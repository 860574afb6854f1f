"""hilum and the reference say the same of every patient; and what must hold for every verdict."""

from __future__ import annotations

import random
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hilum.patient.complete import complete, dependents
from hilum.patient.judge import OPEN, Status, answer
from hilum.patient.records import AGAINST
from hilum.patient.tables import Tables, read_tables
from hilum.patient.values import Range
from hilum.patient.verdict import Verdicts, verdicts
from hilum.patient.whatif import moves, otherwise
from tests.patient.reference import differences, given_cases, ours, random_patient, read

EXAMPLES = Path(__file__).parents[2] / "examples"
QUICK = 3
CLOSED_BY_HARM = (Status.EXCLUDED, Status.ADVISED_AGAINST)


def patients(count: int, seed: int) -> list[dict[str, Any]]:
    rng = random.Random(seed)
    return [ours(random_patient(rng)) for _ in range(count)]


@pytest.mark.parametrize("name", sorted(given_cases()))
def test_given_cases_agree(name: str) -> None:
    assert differences(given_cases()[name]) == []


@pytest.mark.parametrize("name", ["midgut-multifocal", "pancreas-few", "sparse"])
def test_examples_agree(name: str) -> None:
    case = tomllib.loads((EXAMPLES / f"{name}.toml").read_text("utf-8"))
    assert differences(read(case["patient"])) == []


# Thousands more: python -m validation --only verdict.
@pytest.mark.parametrize(
    "seed", [pytest.param(one, marks=() if one < QUICK else pytest.mark.slow) for one in range(10)]
)
def test_random_patients_agree(seed: int) -> None:
    rng = random.Random(1000 + seed)
    for _ in range(25):
        given = random_patient(rng)
        assert differences(given) == [], given


def test_nothing_known_agrees_and_supports_nothing() -> None:
    assert differences({}) == []
    found = verdicts({})
    assert not [one.treatment for one in found.options if one.status in OPEN]


def with_rules(tables: Tables, rules: list[Any]) -> Tables:
    """The same tables with the rules in another order, or worded otherwise."""
    numbered = tuple(replace(rule, number=number) for number, rule in enumerate(rules))
    of = {
        one.id: tuple(r for r in numbered if {one.id, *one.classes} & set(r.applies_to))
        for one in tables.treatments.values()
    }
    return replace(tables, rules=numbered, rules_of=of)


def outline(found: Verdicts) -> list[tuple[object, ...]]:
    return sorted(
        (
            one.treatment,
            one.status,
            one.best,
            frozenset(one.decided_by),
            frozenset(one.to_check),
            frozenset(rule.rule_id for rule in one.reasons),
            "" if one.status is Status.UNDECIDED else one.ground,
        )
        for one in found.options
    )


def test_the_order_of_rows_never_matters() -> None:
    tables, rng = read_tables(), random.Random(3)
    rules = list(tables.rules)
    rng.shuffle(rules)
    shuffled = with_rules(tables, rules)
    for given in patients(40, 4):
        assert outline(verdicts(given, shuffled)) == outline(verdicts(given, tables)), given


def test_wording_never_matters() -> None:
    tables = read_tables()
    reworded = with_rules(
        tables,
        [
            replace(
                rule, statement_en="excluded: not, never", statement_zh="禁用", notes="", source="x"
            )
            for rule in tables.rules
        ],
    )
    for given in patients(30, 5):
        one, other = verdicts(given, tables), verdicts(given, reworded)
        assert outline(one) == outline(other)
        assert [o.treatment for o in one.options] == [o.treatment for o in other.options]


def fired_against(found: Verdicts) -> dict[str, set[str]]:
    """Strong rows that exclude, by treatment."""
    return {
        one.treatment: {hit.rule.rule_id for hit in one.fired if hit.effect == "excludes"}
        for one in found.options
    }


def test_a_fact_added_never_hides_a_contraindication() -> None:
    """What excluded before one more fact was known excludes still, or the fact answers it.

    The added fact may answer the row itself (a stated Child-Pugh score against one computed from
    what was assumed), or open a more permissive strong alternative; then the row is still shown.
    """
    tables, rng, tried = read_tables(), random.Random(6), 0
    for given in patients(60, 7):
        before = verdicts(given, tables)
        known = before.patient.facts
        missing = sorted(
            name
            for name in tables.attributes
            if name not in known and tables.attributes[name].known == "board"
        )
        if not missing:
            continue
        name = rng.choice(missing)
        attribute = tables.attributes[name]
        value: Any = {
            "boolean": True,
            "enum": attribute.allowed[-1] if attribute.allowed else "",
            "list": frozenset(),
        }.get(attribute.type, attribute.high)
        after = verdicts({**given, name: value}, tables)
        for treatment, rules in fired_against(before).items():
            shown = {hit.rule.rule_id for hit in after.option(treatment).fired}
            assert rules <= shown, (given, name, value, treatment, rules - shown)
            tried += len(rules)
    assert tried > 100


def test_a_dropped_board_fact_never_supports_what_was_closed() -> None:
    """But where it only goes into a screen fact, which then stands under *to check*.

    Creatinine behind the clearance: nearly every published case is silent on it (semantics, 7).
    """
    tables, rng, tried = read_tables(), random.Random(8), 0
    for case in given_cases().values():
        given = ours(case)
        full = verdicts(given, tables)
        for name in rng.sample(sorted(given), min(8, len(given))):
            if tables.attributes[name].known != "board":
                continue
            less = verdicts({k: v for k, v in given.items() if k != name}, tables)
            for one in full.options:
                now = less.option(one.treatment)
                if one.status in CLOSED_BY_HARM and now.status is Status.SUPPORTED:
                    behind = dependents(name, tables)
                    screen = {fact for fact in behind if tables.attributes[fact].known == "screen"}
                    assert screen & set(now.to_check), (name, one.treatment)
                tried += one.status in CLOSED_BY_HARM
    assert tried > 200


def test_a_dropped_screen_fact_stands_under_to_check() -> None:
    """Where it, or the score that it goes into, had closed the option."""
    tables, tried = read_tables(), 0
    for case in given_cases().values():
        given = ours(case)
        for name in sorted(given):
            if tables.attributes[name].known != "screen":
                continue
            full = verdicts(given, tables)
            less = verdicts({k: v for k, v in given.items() if k != name}, tables)
            for one in less.options:
                was = full.option(one.treatment)
                if one.status not in OPEN or was.status not in CLOSED_BY_HARM:
                    continue
                tested = {fact for rule in was.reasons for fact in rule.tested_facts}
                assert tested & set(one.to_check), (name, one.treatment)
                tried += 1
    assert tried >= 1


def test_every_excluded_option_has_a_strong_reason_first() -> None:
    for given in patients(60, 9):
        for one in verdicts(given).options:
            if one.status is Status.EXCLUDED:
                assert one.reasons[0].strong
                assert one.reasons[0].kind in ("requires", "forbids")


def test_every_supported_option_rests_on_a_strong_indication() -> None:
    for given in patients(60, 10):
        for one in verdicts(given).options:
            if one.status is Status.SUPPORTED:
                assert any(rule.strong for rule in one.indications)
                assert not [hit for hit in one.fired if hit.effect in ("excludes", "condition")]


def test_a_man_is_never_asked_of_pregnancy() -> None:
    for given in patients(60, 11):
        found = verdicts({**{k: v for k, v in given.items() if k != "pregnancy"}, "sex": "male"})
        assert found.patient.get("pregnancy") is False
        for one in found.options:
            assert "pregnancy" not in {*one.to_check, *one.decided_by}
        assert "pregnancy" not in {one.fact for one in found.would_change}


def test_a_young_woman_is_asked_of_pregnancy() -> None:
    found = verdicts({"sex": "female", "age": 40.0})
    assert "pregnancy" in found.option("prrt_lu177").to_check
    at_56 = verdicts({"sex": "female", "age": 56.0})
    assert "pregnancy" not in at_56.option("prrt_lu177").to_check


def test_no_more_than_a_tenth_is_undecided_for_whole_patients() -> None:
    options = [one for case in given_cases().values() for one in verdicts(ours(case)).options]
    undecided = [one for one in options if one.status is Status.UNDECIDED]
    assert len(undecided) <= 0.1 * len(options)


def test_units_do_not_matter() -> None:
    from hilum.patient.case import read_case

    american = {
        "bilirubin": "2.4 mg/dL",
        "albumin": "3.1 g/dL",
        "creatinine": "1.4 mg/dL",
        "hemoglobin": "9.4 g/dL",
        "platelets": "90 10^9/L",
        "age": 60,
        "sex": "female",
    }
    metric = {
        "bilirubin": f"{2.4 / 0.058467:.6f} umol/L",
        "albumin": "31 g/L",
        "creatinine": f"{1.4 / 0.01131:.6f} umol/L",
        "hemoglobin": f"{9.4 / 1.6114:.6f} mmol/L",
        "platelets": "90000 /uL",
        "age": 60,
        "sex": "female",
    }
    rest = {"grade": "G2", "primary_site": "pancreas", "ecog": 1}
    one, other = (read_case({"patient": {**rest, **labs}}) for labs in (american, metric))
    assert not one.not_used
    assert not other.not_used
    assert outline(verdicts(one)) == outline(verdicts(other))


def test_a_change_moves_what_the_changed_patient_would_be() -> None:
    from hilum.patient.case import read_case

    tables = read_tables()
    case = read_case(EXAMPLES / "midgut-multifocal.toml")
    other = otherwise(case, {"egfr": "25"}, tables)
    found = moves(verdicts(case), verdicts(other))
    assert other.get("egfr") == 25
    moved = {one.after.treatment: (one.before.status, one.after.status) for one in found.treatments}
    assert moved["prrt_lu177"] == (Status.SUPPORTED, Status.EXCLUDED)
    assert moved["chemo_temozolomide"] == (Status.CONDITIONAL, Status.EXCLUDED)
    assert "ssa" not in moved
    assert found.liver is None
    assert otherwise(case, {"egfr": "unknown"}, tables).get("egfr") is None


def test_a_range_is_answered_when_all_its_numbers_answer_alike() -> None:
    rule = read_tables().rule("ONC-01")
    for value, fires in (
        (Range(3.0, 4.0), True),
        (Range(0.0, 2.0), False),
        (Range(2.0, 3.0), None),
    ):
        facts = complete({"ecog": value}, read_tables()).facts
        assert answer(rule, facts).fires is fires


def test_only_rows_against_a_treatment_have_a_ground() -> None:
    for rule in read_tables().rules:
        assert bool(rule.ground) == (rule.kind in AGAINST)

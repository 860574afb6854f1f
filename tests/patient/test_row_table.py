"""The table of patients written from the rules holds together, whoever judges it."""

from __future__ import annotations

from collections import defaultdict

from tests.patient.row_table import (
    CODES,
    SIDES,
    changed,
    misses,
    mutate,
    noticed_by,
    read_rows,
)

ROWS = read_rows()


def test_every_rule_has_a_patient_on_both_sides() -> None:
    sides: dict[str, set[str]] = defaultdict(set)
    for row in ROWS:
        sides[row.rule_id].add(row.side)
    assert len(sides) == 425
    assert not {rule for rule, found in sides.items() if not {"fires", "silent"} <= found}


def test_the_columns_hold_known_words() -> None:
    assert {row.side for row in ROWS} == set(SIDES)
    assert {row.verdict for row in ROWS} - {""} <= set(CODES)
    wanted = {"fires": True, "silent": False, "elsewhere": None}
    assert not [row.number for row in ROWS if row.fires is not wanted[row.side]]


def test_no_patient_is_asked_twice_of_one_rule() -> None:
    asked = [(row.rule_id, row.treatment, str(sorted(row.patient.items()))) for row in ROWS]
    assert len(asked) == len(set(asked))


def test_facts_are_put_in_changed_and_taken_out() -> None:
    patient = changed({"ecog": 0, "age": 61}, "ecog=; platelets=74; hemoglobin_g_dl=5.4 mmol/L")
    assert patient == {"age": 61, "platelets": 74, "hemoglobin_g_dl": "5.4 mmol/L"}
    assert changed({}, "prior_treatments=[ssa|tare]; extrahepatic_sites=[]; pregnancy=true") == {
        "prior_treatments": ["ssa", "tare"],
        "extrahepatic_sites": [],
        "pregnancy": True,
    }


def test_a_judge_that_is_always_right_is_caught_when_a_rule_is_left_out() -> None:
    """Without its rule the judge says *supported* and lets nothing fire."""
    right = {str(row.patient) + row.treatment + row.rule_id: row for row in ROWS}
    one = [row for row in ROWS if row.rule_id == "PRRT-15"]

    def judge(
        patient: dict[str, object], without: str | None
    ) -> dict[str, tuple[str, frozenset[str]]]:
        row = right[str(patient) + "prrt_lu177" + "PRRT-15"]
        fired = frozenset({"PRRT-15"}) if row.fires and without is None else frozenset[str]()
        return {"prrt_lu177": ("conditional" if without else row.verdict, fired)}

    assert misses(one, judge) == []
    assert len(misses(one, judge, "PRRT-15")) == 1
    assert noticed_by("PRRT-15", one, judge) == "verdict"
    assert mutate(one, ["PRRT-16"], judge) == {"PRRT-16": ""}

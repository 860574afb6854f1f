"""The tables as shipped, and a hospital's own rows laid over them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from hilum.errors import InputError
from hilum.patient.complete import complete
from hilum.patient.judge import Status
from hilum.patient.report import report
from hilum.patient.tables import read_tables
from hilum.patient.values import Range
from hilum.patient.verdict import verdicts
from tests.patient.overlay import new_treatment, shipped, write


def faults_of(folder: Path) -> list[tuple[str, int | None, str, str]]:
    with pytest.raises(InputError) as raised:
        read_tables(folder)
    return [(one.file, one.row, one.column, one.expected) for one in raised.value.faults]


def test_the_shipped_tables_are_read_once_and_whole() -> None:
    tables = read_tables()
    assert read_tables() is tables
    assert len(tables.treatments) == 27
    assert len(tables.attributes) == 123
    assert len(tables.derivations) == 42
    assert len(tables.rules) == 425
    assert [rule.number for rule in tables.rules] == list(range(425))
    assert not tables.switched_off
    assert not tables.laid_over
    of_tace = {rule.rule_id for rule in tables.rules_of["tace"]}
    assert {"TACE-16", "ART-04", "ONC-01"} <= of_tace  # its own, of its class, of every class
    assert tables.modality_of["lanreotide"] == "ssa"
    assert 3.0 in tables.cuts["ecog"]


def test_a_rule_is_found_by_its_id_or_the_nearest_are_named() -> None:
    tables = read_tables()
    assert tables.rule("prrt-15").rule_id == "PRRT-15"
    with pytest.raises(InputError, match=r"nearest: .*PRRT-1"):
        tables.rule("PRTT-15")


def test_a_row_with_a_known_id_replaces_the_shipped_one_at_its_place(tmp_path: Path) -> None:
    row = shipped("rules", "rule_id", "PRRT-15") | {"holds": "platelets < 60"}
    tables = read_tables(write(tmp_path, "rules", row))
    rule = tables.rule("PRRT-15")
    assert rule.holds_text == "platelets < 60"
    assert rule.number == read_tables().rule("PRRT-15").number
    assert rule.origin == tmp_path.name
    assert len(tables.rules) == 425
    assert tables.laid_over == {"rules": ("PRRT-15",)}


def test_a_row_with_a_new_id_is_added_at_the_end(tmp_path: Path) -> None:
    row = {
        "rule_id": "OWN-01",
        "applies_to": "prrt",
        "kind": "forbids",
        "holds": "age > 85",
        "ground": "harm",
    }
    tables = read_tables(write(tmp_path, "rules", row))
    assert tables.rules[-1].rule_id == "OWN-01"
    assert tables.rules[-1] in tables.rules_of["prrt_lu177"]
    old = verdicts({"age": 86.0}, tables).option("prrt_lu177")
    assert old.status is Status.EXCLUDED
    assert old.reasons[0].rule_id == "OWN-01"
    assert verdicts({"age": 85.0}, tables).option("prrt_lu177").status is not Status.EXCLUDED
    assert verdicts({"age": 86.0}).option("prrt_lu177").status is not Status.EXCLUDED


def test_a_row_switched_off_moves_nothing_and_is_named_with_its_reason(tmp_path: Path) -> None:
    write(tmp_path, "switched_off", {"rule_id": "PRRT-15", "reason": "ours starts at 60"})
    tables = read_tables(tmp_path)
    assert [rule.rule_id for rule in tables.switched_off] == ["PRRT-15"]
    assert tables.switched_off[0].off == "ours starts at 60"
    assert "PRRT-15" not in {rule.rule_id for rule in tables.rules}
    assert tables.rule("PRRT-15").off
    given: dict[str, Any] = {"platelets": 70.0}
    assert verdicts(given).option("prrt_lu177").status is Status.EXCLUDED
    found = verdicts(given, tables)
    assert found.option("prrt_lu177").status is not Status.EXCLUDED
    from hilum.patient.case import Case

    said = report(Case("", ()), found)
    assert said["switched_off"] == [
        {
            "rule_id": "PRRT-15",
            "statement": read_tables().rule("PRRT-15").statement_en,
            "reason": "ours starts at 60",
        }
    ]
    assert said["rules_folder"] == tmp_path.name


def test_a_new_treatment_is_rows_alone(tmp_path: Path) -> None:
    tables = read_tables(new_treatment(tmp_path))
    assert list(tables.treatments)[-1] == "histotripsy"
    near = verdicts({"lesion_count": 2.0, "skin_distance_mm": 60.0}, tables).option("histotripsy")
    far = verdicts({"lesion_count": 2.0, "skin_distance_mm": 60.1}, tables).option("histotripsy")
    open_ = verdicts({"lesion_count": 2.0}, tables).option("histotripsy")
    many = verdicts({"lesion_count": 4.0, "skin_distance_mm": 10.0}, tables).option("histotripsy")
    assert far.status is Status.EXCLUDED
    assert far.ground == "feasibility"
    assert many.status is Status.NO_INDICATION
    # The rules on every liver-directed treatment hold for it too: bilirubin and the like are open.
    assert near.reasons
    assert "HIS-01" in {rule.rule_id for rule in near.indications}
    assert "skin_distance_mm" in open_.decided_by
    opening = next(one for one in open_.openings if one.fact == "skin_distance_mm")
    assert (opening.high, opening.high_will_do) == (60.0, True)
    assert tables.laid_over == {
        "treatments": ("histotripsy",),
        "attributes": ("skin_distance_mm", "reachable"),
        "derivations": ("reachable",),
        "rules": ("HIS-01", "HIS-02"),
    }


def test_derivations_of_one_fact_are_replaced_together(tmp_path: Path) -> None:
    row = {"fact": "flr_percent_slv", "from": "flr_percent", "formula": "flr_percent"}
    tables = read_tables(write(tmp_path, "derivations", row))
    assert len([one for one in tables.derivations if one.fact == "flr_percent_slv"]) == 1
    assert len([one for one in read_tables().derivations if one.fact == "flr_percent_slv"]) == 2


def test_a_byte_order_mark_is_no_part_of_a_column(tmp_path: Path) -> None:
    row = shipped("rules", "rule_id", "PRRT-15")
    tables = read_tables(write(tmp_path, "rules", row, encoding="utf-8-sig"))
    assert tables.rule("PRRT-15").origin


def test_a_missing_folder_an_empty_one_and_an_unknown_file_are_named(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path / "nowhere")
    assert fault[2] == "rules"
    assert "folder with rules.csv" in fault[3]
    (fault,) = faults_of(tmp_path)
    assert "at least one of" in fault[3]
    (tmp_path / "rule.csv").write_text("rule_id\n")
    found = faults_of(tmp_path)
    assert found[0][:3] == ("rule.csv", None, "file")
    assert "rules.csv" in found[0][3]


def test_a_column_that_is_not_there_and_a_row_of_another_length(tmp_path: Path) -> None:
    write(tmp_path, "rules", shipped("rules", "rule_id", "PRRT-15"), leave_out="ground")
    assert faults_of(tmp_path) == [("rules.csv", 1, "ground", "this column")]
    (tmp_path / "rules.csv").unlink()
    (tmp_path / "switched_off.csv").write_text("rule_id,reason\nPRRT-15\nPRRT-30,a,b\n")
    assert [(one[1], one[3]) for one in faults_of(tmp_path)] == [
        (2, "2 cells as in the header"),
        (3, "2 cells as in the header"),
    ]


def test_what_is_no_text_in_utf8(tmp_path: Path) -> None:
    (tmp_path / "rules.csv").write_bytes(b"rule_id,\xff\xfe\n")
    assert faults_of(tmp_path) == [("rules.csv", None, "file", "a readable CSV file in UTF-8")]


def test_an_id_twice_is_a_fault(tmp_path: Path) -> None:
    row = {
        "rule_id": "OWN-01",
        "applies_to": "prrt",
        "kind": "forbids",
        "holds": "age > 85",
        "ground": "harm",
    }
    assert faults_of(write(tmp_path, "rules", row, row)) == [
        ("rules.csv", 3, "rule_id", "a name not used before")
    ]
    again = shipped("rules", "rule_id", "PRRT-15")
    assert faults_of(write(tmp_path, "rules", again, again)) == [
        ("rules.csv", 3, "rule_id", "a name not used before")
    ]


def test_switching_off_needs_a_known_rule_and_a_reason(tmp_path: Path) -> None:
    write(
        tmp_path,
        "switched_off",
        {"rule_id": "NONE-01", "reason": "x"},
        {"rule_id": "PRRT-15", "reason": " "},
    )
    assert [one[:3] for one in faults_of(tmp_path)] == [
        ("switched_off.csv", 2, "rule_id"),
        ("switched_off.csv", 3, "reason"),
    ]


GOOD = {
    "rule_id": "OWN-01",
    "applies_to": "prrt",
    "kind": "forbids",
    "holds": "age > 85",
    "ground": "harm",
}


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        ({"kind": "forbid"}, "kind", "one of indicates"),
        ({"authority": "expert"}, "authority", "one of label"),
        ({"ground": ""}, "ground", "one of harm"),
        ({"kind": "note"}, "ground", "nothing: only for requires"),
        ({"decisive": "true"}, "decisive", "one of (empty), yes"),
        ({"holds": ""}, "holds", "what is tested"),
        ({"holds": "age >"}, "holds", "a condition ("),
        ({"when": "(age > 3"}, "when", "a condition ("),
        ({"seen": ""}, "seen", "one of full_text"),
        ({"source": ""}, "source", "a text"),
        ({"statement_zh": ""}, "statement_zh", "a text"),
        ({"rule_id": "OWN 01"}, "rule_id", "a name of letters"),
        ({"kind": "indicates", "ground": "", "line": ""}, "line", "a line of therapy"),
        ({"kind": "indicates", "ground": "", "line": "third"}, "line", "one of first"),
    ],
)
def test_a_cell_of_a_rule_that_is_not_what_it_must_be(
    tmp_path: Path, change: dict[str, str], column: str, expected: str
) -> None:
    found = faults_of(write(tmp_path, "rules", GOOD | change))
    assert [(one[0], one[1], one[2]) for one in found] == [("rules.csv", 2, column)]
    assert expected in found[0][3]


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        ({"type": "float"}, "type", "one of number"),
        ({"known": "later"}, "known", "one of board"),
        ({"asked": "maybe"}, "asked", "one of yes, no"),
        ({"allowed": "many"}, "allowed", "two numbers"),
        ({"allowed": "9..1"}, "allowed", "a lower and a higher"),
        ({"other_units": "cm=ten"}, "other_units", "unit=factor"),
        ({"absent": "none"}, "absent", "a number"),
        ({"label_en": ""}, "label_en", "a text"),
        ({"applies_to_patient": "sex =="}, "applies_to_patient", "a condition"),
        ({"aliases": "age"}, "aliases", "names that are no attribute"),
        ({"type": "boolean", "allowed": "true|false", "absent": "0"}, "absent", "true or false"),
        ({"type": "enum", "allowed": "a|b", "absent": "c"}, "absent", "one of a|b"),
    ],
)
def test_a_cell_of_an_attribute_that_is_not_what_it_must_be(
    tmp_path: Path, change: dict[str, str], column: str, expected: str
) -> None:
    found = faults_of(write(tmp_path, "attributes", {"name": "new_fact"} | change))
    assert [(one[0], one[1], one[2]) for one in found] == [("attributes.csv", 2, column)]
    assert expected in found[0][3]


def test_a_derivation_names_the_facts_it_reads(tmp_path: Path) -> None:
    row = {"fact": "bsa_m2", "from": "height_cm", "formula": "height_cm * weight_kg"}
    (fault,) = faults_of(write(tmp_path, "derivations", row))
    assert fault == ("derivations.csv", 2, "from", "the facts of the formula: height_cm weight_kg")


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    write(tmp_path, "rules", GOOD | {"kind": "x", "seen": ""}, GOOD | {"authority": ""})
    write(tmp_path, "treatments", {"id": "new", "name_zh": ""})
    found = faults_of(tmp_path)
    assert len(found) >= 5
    assert {one[0] for one in found} == {"rules.csv", "treatments.csv"}


@pytest.mark.parametrize(
    ("count", "largest_mm", "percent"),
    [(1, 20, None), (5, 40, None), (3, 86, None), (3, 87, 100.0), (10, 60, 100.0)],
)
def test_the_burden_is_at_most_spheres_of_the_largest_diameter(
    count: int, largest_mm: float, percent: float | None
) -> None:
    """In a liver of one litre, and never more than all of it: 3 of 86 mm just fit."""
    facts = complete({"lesion_count": count, "lesion_max_mm": largest_mm}, read_tables()).facts
    litres = count * 4 / 3 * math.pi * (largest_mm / 200) ** 3  # Decimetres.
    found = facts["liver_burden_percent"]
    assert isinstance(found, Range)
    assert found.low == 0
    assert found.high == pytest.approx(percent or 100 * litres, rel=1e-5)

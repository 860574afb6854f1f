"""The shipped tables hold together, and every way in which rows can fail to is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from hilum.patient.conditions import names, parse
from hilum.patient.table_check import check_tables, unused_attributes
from hilum.patient.table_reach import reaches
from hilum.patient.table_volumetry import volumetry_faults
from hilum.patient.tables import csv_rows, raw_tables, read_tables
from tests.patient.overlay import new_treatment, shipped, write

RULE = {
    "rule_id": "OWN-01",
    "applies_to": "prrt",
    "kind": "forbids",
    "holds": "age > 85",
    "ground": "harm",
}
# Rules that speak of the treatment itself, to everybody: cautions without any condition.
FOR_EVERYBODY = {"DEBT-13", "DEBT-16"}


def found(folder: Path) -> list[tuple[str, int | None, str, str]]:
    return [(one.file, one.row, one.column, one.expected) for one in check_tables(folder)]


def test_the_shipped_tables_hold_together() -> None:
    assert check_tables() == []


def test_a_hospital_s_whole_new_treatment_holds_together(tmp_path: Path) -> None:
    assert found(new_treatment(tmp_path)) == []


def test_attributes_that_nothing_reads_are_named() -> None:
    unused = unused_attributes(read_tables())
    assert "chromogranin_a" in unused
    assert "patient_wish" in unused
    assert "region" not in unused
    assert "ecog" not in unused


def test_every_rule_can_fire_and_can_stay_silent() -> None:
    tables = read_tables()
    always = {rule.rule_id for rule in tables.rules if reaches(rule, tables) == {True}}
    never = {rule.rule_id for rule in tables.rules if True not in reaches(rule, tables)}
    assert never == set()
    routine = {
        rule.rule_id
        for rule in tables.rules
        if rule.kind in ("before", "note") and not rule.when_text and not rule.holds_text
    }
    assert always == routine | FOR_EVERYBODY


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        ({"applies_to": "prrt|prt"}, "applies_to", "'prt' is neither"),
        ({"region": "FR"}, "region", "one of US"),
        ({"region": "US|GB"}, "region", "one of US"),
        ({"line": "first"}, "line", "only for an indication"),
        ({"decisive": "yes"}, "decisive", "only for a strong caution"),
        (
            {"kind": "cautions", "authority": "review", "decisive": "yes"},
            "decisive",
            "only for a strong caution",
        ),
        ({"holds": "age > 130"}, "holds", "age compared with a number from 0 to 120"),
        ({"holds": "grade == G4"}, "holds", "a word of grade (G1, G2, G3, NEC), not 'G4'"),
        ({"when": "pregnancy == maybe"}, "when", "a word of pregnancy"),
        ({"holds": "prior_treatments == taxol"}, "holds", "a word of prior_treatments"),
        ({"holds": "age > 85 AND age < 80"}, "holds", "it can never fire"),
        ({"when": "sex == male", "holds": "sex == female"}, "holds", "it can never fire"),
        ({"holds": "age >= 0"}, "holds", "it fires for everybody"),
        ({"kind": "requires", "holds": "age <= 120"}, "holds", "it can never fire"),
        ({"kind": "cautions", "holds": "age >= 0"}, "holds", "it fires for everybody"),
        (
            {"kind": "indicates", "holds": "", "ground": "", "line": "any"},
            "holds",
            "it fires for everybody",
        ),
        ({"alternatives": "OWN"}, "alternatives", "another row of the treatment"),
        ({"alternatives": "FLR_NORMAL"}, "alternatives", "another row of the treatment"),
    ],
)
def test_a_rule_that_does_not_fit_the_other_rows(
    tmp_path: Path, change: dict[str, str], column: str, expected: str
) -> None:
    faults = found(write(tmp_path, "rules", RULE | change))
    assert column in {one[2] for one in faults}
    assert {one[:2] for one in faults} == {("rules.csv", 2)}
    assert any(one[2] == column and expected in one[3] for one in faults)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "cautions", "decisive": "yes"},
        {"authority": "review", "decisive": "yes"},
        {"kind": "cautions", "holds": ""},
        {"kind": "before", "holds": "", "ground": ""},
        {"holds": "NOT known(dpd_deficiency)"},
        {"holds": "known(ecog)"},
        {"when": "count(prior_treatments, ssa|tae) == 2", "holds": "age > 85"},
        {"region": "GB"},
    ],
)
def test_a_rule_that_fits(tmp_path: Path, change: dict[str, str]) -> None:
    assert found(write(tmp_path, "rules", RULE | change)) == []


def test_two_alternatives_of_one_treatment_are_a_question(tmp_path: Path) -> None:
    write(
        tmp_path,
        "rules",
        RULE | {"alternatives": "OWN"},
        RULE | {"rule_id": "OWN-02", "holds": "age > 80", "alternatives": "OWN"},
    )
    assert found(tmp_path) == []
    write(tmp_path, "switched_off", {"rule_id": "OWN-02", "reason": "for a while"})
    assert found(tmp_path) == []  # the other is only switched off


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"aliases": "old_name;bilirubin_old"}, ""),
        ({"type": "enum", "allowed": "none|ecog"}, "ecog is one"),
        ({"type": "enum", "allowed": "a|b|a"}, "every word once"),
        ({"aliases": "egfr_ml_min"}, ""),
        ({"aliases": "old{furlong}"}, "a unit of the attribute"),
        ({"type": "enum", "allowed": "a|b", "aliases": "old[x=c]"}, "words of a|b"),
        ({"asked": "no"}, "yes: nothing derives it"),
        ({"absent": "200"}, "a number of 0..100"),
        ({"applies_to_patient": "sex == unknown_sex"}, "a word of sex"),
    ],
)
def test_an_attribute_that_does_not_fit(
    tmp_path: Path, change: dict[str, str], expected: str
) -> None:
    faults = found(write(tmp_path, "attributes", {"name": "new_fact"} | change))
    assert bool(faults) == bool(expected)
    if expected:
        assert any(expected in one[3] for one in faults), faults


def test_an_alias_of_two_attributes_is_reported_at_the_second(tmp_path: Path) -> None:
    write(
        tmp_path,
        "attributes",
        {"name": "one_fact", "aliases": "shared_name"},
        {"name": "two_fact", "aliases": "shared_name"},
    )
    faults = found(tmp_path)
    assert [one[:3] for one in faults] == [("attributes.csv", 3, "aliases")]
    assert "'shared_name' is one_fact's" in faults[0][3]


def derived(folder: Path, *rows: tuple[str, str], **attribute: str) -> list[str]:
    """Faults of a derived fact of ours with these formulas."""
    base = {"name": "ours", "type": "enum", "allowed": "a|b", "asked": "no"}
    write(folder, "attributes", base | attribute, {"name": "other_fact"})
    attributes = frozenset(read_tables().attributes) | {"ours", "other_fact"}
    write(
        folder,
        "derivations",
        *(
            {"fact": fact, "formula": formula, "from": " ".join(sorted(needs(formula, attributes)))}
            for fact, formula in rows
        ),
    )
    return [one[3] for one in found(folder)]


def needs(formula: str, attributes: frozenset[str]) -> frozenset[str]:
    return names(parse(formula, attributes))


def test_a_derivation_gives_what_is_allowed_and_all_of_it(tmp_path: Path) -> None:
    good = "CASE WHEN ecog < 2 THEN a ELSE b END"
    assert derived(tmp_path, ("ours", good)) == []
    assert derived(tmp_path, ("ours", "CASE WHEN ecog < 2 THEN a ELSE c END")) == [
        "words that a derivation gives; none gives b",
        "a formula that gives words of ours, not 'c'",
    ]
    number = {"type": "number", "allowed": "0..100"}
    assert derived(tmp_path, ("ours", "CASE WHEN ecog < 2 THEN 50 END"), **number) == []
    assert derived(tmp_path, ("ours", "CASE WHEN ecog < 2 THEN 101 END"), **number) == [
        "a formula that gives 0 to 100, not 101.0"
    ]
    truth = {"type": "boolean", "allowed": "true|false"}
    assert derived(tmp_path, ("ours", "CASE WHEN ecog < 2 THEN TRUE END"), **truth) == []
    assert derived(tmp_path, ("ours", "CASE WHEN ecog < 2 THEN yes END"), **truth) == [
        "a formula that gives TRUE or FALSE, not 'yes'"
    ]


def test_a_way_from_a_fact_back_to_itself(tmp_path: Path) -> None:
    number = {"type": "number", "allowed": "0..100"}
    assert derived(tmp_path, ("ours", "ours + 1"), **number) == ["facts other than ours itself"]
    # Two that define each other are allowed: whichever is stated gives the other.
    mutual = (("ours", "other_fact"), ("other_fact", "ours"))
    assert derived(tmp_path, *mutual, **number) == []
    long_way = (
        ("ours", "other_fact"),
        ("other_fact", "burden_percent"),
        ("burden_percent", "ours"),
    )
    write(tmp_path, "attributes", {"name": "x"})
    base = {"name": "ours", "asked": "no"} | number
    write(tmp_path, "attributes", base, {"name": "other_fact"}, {"name": "burden_percent"})
    write(
        tmp_path,
        "derivations",
        *({"fact": fact, "formula": formula, "from": formula} for fact, formula in long_way),
    )
    assert [one[3] for one in found(tmp_path)] == [
        "facts that do not follow from ours (other_fact does)",
        "facts that do not follow from other_fact (burden_percent does)",
        "facts that do not follow from burden_percent (ours does)",
    ]


def test_a_fact_that_counts_as_absent_follows_from_stated_facts_only(tmp_path: Path) -> None:
    row = {
        "fact": "ascites",
        "from": "burden_category",
        "formula": "CASE WHEN burden_category == high THEN TRUE END",
    }
    assert [one[2:] for one in found(write(tmp_path, "derivations", row))] == [
        ("from", "stated facts (burden_category is derived itself)")
    ]


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        ({"classes": "liver_direct any"}, "classes", "'liver_direct' is none"),
        ({"id": "surgery"}, "id", "no class and no attribute"),
        ({"id": "ecog"}, "id", "no class and no attribute"),
        ({"modalities": "lanreotide"}, "modalities", "'lanreotide' is ssa's"),
        ({}, "id", "a row that indicates it"),
        ({"classes": "telepathy any"}, "id", "a floor of harm"),
    ],
)
def test_a_treatment_that_does_not_fit(
    tmp_path: Path, change: dict[str, str], column: str, expected: str
) -> None:
    row = {"id": "new_way", "classes": "radioembolisation any"} | change
    faults = found(write(tmp_path, "treatments", row))
    assert any(one[2] == column and expected in one[3] for one in faults), faults


def test_what_cannot_be_read_is_reported_with_everything_else(tmp_path: Path) -> None:
    write(tmp_path, "rules", RULE | {"holds": "age >"}, RULE | {"rule_id": "O-2", "region": "X"})
    assert [one[1:3] for one in found(tmp_path)] == [(2, "holds"), (3, "region")]
    (tmp_path / "rules.csv").write_text("rule_id\nA\n")
    assert all(one[1] == 1 for one in found(tmp_path))


def volumetry(name: str, /, **change: str) -> list[tuple[str, str]]:
    """Faults of the shipped table with one row changed."""
    tables, derivations = read_tables(), raw_tables(None)["derivations"]
    from importlib.resources import files

    text = (files("hilum.patient") / "pathway" / "volumetry.csv").read_text("utf-8")
    rows = csv_rows("volumetry.csv", text, (), [])
    for row in rows:
        if row["name"] == name:
            row |= change
    return [
        (column, expected) for _, column, expected in volumetry_faults(tables, rows, derivations)
    ]


@pytest.mark.parametrize(
    ("name", "change", "column", "expected"),
    [
        ("threshold_kgr", {"kind": "limit"}, "kind", "one of formula, cut_off, measure"),
        ("threshold_kgr", {"comparator": "<"}, "comparator", "one of >=, >"),
        ("threshold_kgr", {"value": "two"}, "value", "a number"),
        ("threshold_kgr", {"denominator": "liver"}, "denominator", "one of slv"),
        ("threshold_kgr", {"liver_condition": "fatty"}, "liver_condition", "one of any, normal"),
        ("threshold_kgr", {"rule_id": "RES-99"}, "rule_id", "the id of a rule"),
        ("threshold_kgr", {"rule_id": "RES-16", "value": "3"}, "value", "RES-16 tests"),
        ("threshold_kgr", {"when": "pve_done =="}, "when", "a condition or formula"),
        ("threshold_kgr", {"name": "threshold_dh"}, "name", "a name not used before"),
        ("threshold_flr_normal_kishi", {"value": "21"}, "value", "RES-06 tests flr_percent_slv"),
        ("slv_vauthey", {"formula": "-794 + 1267.3 * bsa_m2"}, "formula", "volumetry.csv for"),
        ("slv_vauthey", {"value": "3"}, "value", "a formula has no figure"),
        ("threshold_dh", {"value": "8"}, "formula", "degree_of_hypertrophy_percent compared with"),
    ],
)
def test_a_row_of_volumetry_that_does_not_fit(
    name: str, change: dict[str, str], column: str, expected: str
) -> None:
    assert any(one == column and expected in said for one, said in volumetry(name, **change))


def test_volumetry_as_shipped_fits() -> None:
    assert volumetry("") == []


def test_the_row_helper_gives_shipped_rows() -> None:
    assert shipped("rules", "rule_id", "PRRT-15")["holds"] == "platelets < 75"

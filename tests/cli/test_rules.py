"""``hilum rules``: listing, showing and checking the rows that verdicts rest on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hilum.cli.lines import width_of
from hilum.cli.main import application
from hilum.errors import InputError
from hilum.patient.tables import read_tables
from tests.patient.overlay import new_treatment, write


def run(*arguments: object, code: int = 0) -> str:
    found = CliRunner().invoke(application("rules"), ["rules", *map(str, arguments)])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == code, found.output
    return found.output


def ids(*options: object) -> set[str]:
    return {one["rule_id"] for one in json.loads(run("list", "--json", *options))}


def test_every_rule_is_listed_on_one_line() -> None:
    lines = run("list").splitlines()
    assert len(lines) == 426
    assert lines[-1] == "425 rules"
    assert all(width_of(line) <= 100 for line in lines)
    assert run("list", "--language", "zh-Hans").splitlines()[0].startswith("RES-17")


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (
            ("--treatment", "tace"),
            lambda rule: {"tace", "arterial", "liver_directed", "any"} & set(rule.applies_to),
        ),
        (
            ("--treatment", "arterial"),
            lambda rule: (
                {"tae", "tace", "deb_tace", "arterial", "liver_directed", "any"}
                & set(rule.applies_to)
            ),
        ),
        (("--kind", "forbids"), lambda rule: rule.kind == "forbids"),
        (("--fact", "egfr"), lambda rule: "egfr" in rule.needs),
        (("--ground", "licence"), lambda rule: rule.ground == "licence"),
        (("--authority", "payer"), lambda rule: rule.authority == "payer"),
    ],
)
def test_a_filter_keeps_what_it_names_and_nothing_else(options, wanted) -> None:
    expected = {rule.rule_id for rule in read_tables().rules if wanted(rule)}
    assert expected
    assert ids(*options) == expected


def test_filters_are_joined() -> None:
    both = ids("--treatment", "prrt_lu177", "--kind", "forbids")
    assert both == ids("--treatment", "prrt_lu177") & ids("--kind", "forbids")
    assert "PRRT-15" in both
    assert ids("--treatment", "lanreotide") == ids("--treatment", "ssa")


def test_a_filter_that_names_nothing_says_what_there_is() -> None:
    with pytest.raises(InputError) as raised:
        run("list", "--treatment", "tac", "--kind", "forbid", "--fact", "egf", "--ground", "cost")
    said = {fault.file: fault.expected for fault in raised.value.faults}
    assert "nearest: 'tace'" in said["--treatment"]
    assert "forbids" in said["--kind"]
    assert "egfr" in said["--fact"]
    assert said["--ground"] == "one of harm, futility, feasibility, licence"


def test_a_rule_is_shown_whole() -> None:
    text = run("show", "STZ-07")
    rule = read_tables().rule("STZ-07")
    for part in (
        "egfr <= 30",
        "forbids",
        "dangerous",
        "label (strong)",
        "Zanosar SmPC, UK",
        "STZ-09",
        "STZ-08",
        "Streptozocin-based chemotherapy",
        "read in full",
    ):
        assert part in text
    assert rule.statement_en in text
    assert rule.statement_zh in text.replace("\n", "").replace(" " * 16, "")
    assert all(width_of(line) <= 80 for line in text.splitlines())


def test_a_weak_decisive_row_says_what_it_can_do() -> None:
    text = run("show", "art-14")
    assert text.startswith("ART-14")
    assert "weak: it never excludes" in text
    assert "it advises against by itself" in text


def test_a_rule_as_json_has_every_column() -> None:
    found = json.loads(run("show", "RES-08", "--json"))
    assert found["treatments"] == ["resection"]
    assert found["holds"] == "flr_percent_ct >= 25"
    assert found["facts"] == ["flr_percent_ct", "liver_condition"]
    assert found["strong"] is False
    assert set(found["alternative_rules"]) == {"RES-06", "RES-07", "RES-09", "RES-13"}
    assert found["switched_off"] is None


def test_a_rule_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"nearest: .*RES-0"):
        run("show", "REZ-08")


def test_the_check_counts_what_it_read() -> None:
    text = run("check")
    assert "27 treatments, 123 attributes, 42 derivations, 425 rules: no fault" in text
    assert "chromogranin_a" in text


def test_the_check_names_what_is_laid_over_and_switched_off(tmp_path: Path) -> None:
    folder = new_treatment(tmp_path / "ours")
    write(folder, "switched_off", {"rule_id": "PRRT-15", "reason": "starts at 60 here"})
    text = run("check", folder)
    assert "28 treatments, 125 attributes, 43 derivations, 426 rules: no fault" in text
    assert "Rows of ours laid over: histotripsy" in text
    assert "Switched off: PRRT-15 (starts at 60 here)" in text
    assert "HIS-02" in run("list", "--treatment", "histotripsy", "--rules", folder)
    assert "starts at 60 here" in run("show", "PRRT-15", "--rules", folder)


def test_the_check_names_every_fault_and_exits_with_1(tmp_path: Path) -> None:
    base = {"applies_to": "prrt", "kind": "forbids", "ground": "harm"}
    write(
        tmp_path,
        "rules",
        base | {"rule_id": "A-1", "holds": "age >"},
        base | {"rule_id": "A-2", "holds": "age > 85", "applies_to": "prt"},
        base | {"rule_id": "A-3", "holds": "age > 85 AND age < 5"},
    )
    text = run("check", tmp_path, code=1)
    for part in ("rules.csv:2: holds", "rules.csv:3: applies_to", "rules.csv:4: holds", "3 faults"):
        assert part in text

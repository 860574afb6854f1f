"""Kinds of rules are records: a new one is one record, seen through to the sheet's page."""

import csv
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

import hilum
from hilum.errors import InputError, UnknownCode
from hilum.patient import rule_kinds
from hilum.patient.rule_kinds import KINDS, RuleKind, kind_of

CASE = Path(__file__).parents[2] / "examples" / "midgut-multifocal.toml"
SHIPPED = files("hilum.patient") / "pathway"


def rows(name):
    return list(csv.DictReader((SHIPPED / f"{name}.csv").read_text("utf-8").splitlines()))


def write(folder, name, *found):
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)


def own_rule(**changed):
    blank = dict.fromkeys(rows("rules")[0], "")
    return blank | {
        "rule_id": "OWN-1",
        "applies_to": "tace",
        "authority": "guideline",
        "seen": "full_text",
        "statement_en": "Our own sentence.",
        "statement_zh": "本院规定。",
        "source": "Hospital",
        "url_or_id": "local",
        **changed,
    }


def page(sheet, language="en"):
    return " ".join(hilum.render(sheet, "html", hilum.words(language)).decode().split())


def option(sheet, treatment):
    return next(one for one in sheet.options if one.treatment == treatment)


def test_a_kind_of_its_own_is_one_record(monkeypatch, tmp_path):
    fake = RuleKind("house_custom", "cautions", "asks us to think twice")
    monkeypatch.setitem(rule_kinds.KINDS, fake.code, fake)
    when = "ecog >= 0"
    write(tmp_path, "rules", own_rule(kind="house_custom", when=when, ground="futility"))
    before = option(hilum.board(CASE), "tace")
    sheet = hilum.board(CASE, rules=tmp_path)
    after = option(sheet, "tace")
    assert (before.status, after.status) == ("supported", "conditional")
    assert after.reason.statement == "Our own sentence."
    assert "asks us to think twice" in page(sheet)


def test_a_treatment_of_its_own_is_one_row_and_its_rules(tmp_path):
    row = next(one for one in rows("treatments") if one["id"] == "tace")
    own = {
        **row,
        "id": "own_beads",
        "name_en": "Own beads",
        "name_zh": "自有微球",
        "modalities": "",
    }
    write(tmp_path, "treatments", own)
    indicates = own_rule(
        applies_to="own_beads", kind="indicates", line="any", when="liver_dominant == TRUE"
    )
    write(tmp_path, "rules", indicates)
    sheet = hilum.board(CASE, rules=tmp_path)
    assert option(sheet, "own_beads").status == "supported"
    assert all(one.k == 0 for one in option(sheet, "own_beads").outcomes.values())
    assert "Own beads" in page(sheet)
    assert "自有微球" in page(sheet, "zh-Hans")
    # The classes of the new treatment bring the shared rules with them.
    shared = {one.rule_id for one in hilum.read_tables(tmp_path).rules_of["own_beads"]}
    assert shared - {"OWN-1"}


def test_an_unknown_kind_lists_the_known_ones(tmp_path):
    with pytest.raises(UnknownCode, match="indicates, requires, forbids, cautions, before, note"):
        kind_of("hopes")
    write(tmp_path, "rules", own_rule(kind="hopes", when="ecog >= 0"))
    with pytest.raises(InputError, match=r"hopes.*indicates"):
        hilum.read_tables(tmp_path)


def test_roles_not_codes_decide():
    tables = hilum.read_tables()
    assert {rule.role for rule in tables.rules} == {one.role for one in KINDS.values()}
    forbids = next(rule for rule in tables.rules if rule.kind == "forbids")
    assert (forbids.against, forbids.strict) == (True, True)
    milder = replace(forbids, role="cautions")
    assert (milder.against, milder.strict) == (True, False)


def test_a_fact_of_its_own_has_its_name_on_the_page(tmp_path):
    row = next(one for one in rows("attributes") if one["name"] == "ecog")
    labels = {"label_en": "Our own score", "label_zh": "本院评分", "aliases": "", "concept": ""}
    write(tmp_path, "attributes", {**row, "name": "own_score", **labels})
    rule = own_rule(kind="requires", when="ecog >= 0", holds="own_score <= 2", ground="harm")
    write(tmp_path, "rules", rule)
    sheet = hilum.board(CASE, rules=tmp_path)
    assert "own_score" in {one.fact for one in sheet.would_change}
    assert "Our own score" in page(sheet)
    assert "本院评分" in page(sheet, "zh-Hans")

"""A sheet says when and from what it was made; what it rests on is kept by content."""

import datetime as dt
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

import hilum
from hilum.evidence import Evidence
from hilum.fingerprint import fingerprint
from hilum.sheet import figures_part
from hilum.sheet.kept import Store

ROOT = Path(__file__).parents[2]
CASE = ROOT / "examples" / "midgut-multifocal.toml"
NETLM = Path(str(files("hilum.evidence") / "netlm"))


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return hilum.read_evidence()


@pytest.fixture(scope="module")
def sheet(evidence):
    return hilum.board(CASE, evidence, today=dt.date(2026, 11, 28))


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(NETLM, tmp_path / "own"))


def test_the_same_content_has_the_same_hashes(sheet, folder):
    again = hilum.board(str(CASE), folder, today=dt.date(2026, 11, 28))
    assert again.made == sheet.made
    assert sheet.made.date == "2026-11-28"
    assert all(
        len(one) == 16
        for one in (sheet.made.evidence_hash, sheet.made.rules_hash, sheet.made.case_hash)
    )


def test_rows_that_move_change_no_hash_and_one_cell_does(evidence, folder):
    table = folder / "results.csv"
    head, *rows = table.read_text("utf-8").splitlines()
    table.write_text("\n".join([head, *rows[::-1]]) + "\n", "utf-8")
    moved = hilum.read_evidence(folder)
    assert moved.content_hash == evidence.content_hash
    studies = folder / "studies.csv"
    text = studies.read_text("utf-8")
    title = evidence.studies[0].title
    studies.write_text(text.replace(title, title + ".", 1), "utf-8")
    assert hilum.read_evidence(folder).content_hash != evidence.content_hash


def test_a_changed_fact_changes_the_case_alone(sheet, evidence):
    case = hilum.read_case(CASE)
    other = {"patient": {**case.given, "egfr": 25}}
    changed = hilum.board(other, evidence)
    assert changed.made.case_hash != sheet.made.case_hash
    assert changed.made.evidence_hash == sheet.made.evidence_hash
    assert changed.made.rules_hash == sheet.made.rules_hash


def test_a_hospitals_own_row_changes_the_rules_alone(sheet, evidence, tmp_path):
    (tmp_path / "switched_off.csv").write_text("rule_id,reason\nPRRT-13,tried\n", "utf-8")
    changed = hilum.board(CASE, evidence, rules=tmp_path)
    assert changed.made.rules_hash != sheet.made.rules_hash
    assert changed.made.case_hash == sheet.made.case_hash


def test_a_record_read_from_a_folder_keeps_its_appraisals(evidence, folder):
    study = next(
        figure.study_id
        for option in hilum.board(CASE, evidence).options
        for figure in option.outcomes["objective_response"].studies
    )
    (folder / "appraisals.csv").write_text(
        "study,tool,question,answer,judgement,reason,rater\n"
        f"{study},jbi_case_series,overall,,high,read twice,ab\n",
        "utf-8",
    )
    by_path = hilum.board(CASE, folder, today=dt.date(2026, 1, 1))
    by_object = hilum.board(CASE, hilum.read_evidence(folder), today=dt.date(2026, 1, 1))
    assert by_path.appraisals.appraised == 1
    assert by_object == by_path
    assert by_path.made.evidence_hash != evidence.content_hash


def test_a_second_question_computes_no_answer_again(monkeypatch):
    # What other tests asked of the same evidence is kept too, and is no answer to this one.
    monkeypatch.setattr(figures_part, "_KEPT", Store(128))
    evidence = hilum.read_evidence()
    hilum.board(CASE, evidence)

    def refuse(*_, **__):
        raise AssertionError

    monkeypatch.setattr(figures_part, "answers_of", refuse)
    case = hilum.read_case(CASE)
    assert hilum.board({"patient": {**case.given, "egfr": 25}}, evidence).options
    with pytest.raises(AssertionError):
        hilum.board(CASE, evidence, include_derived=False)


def test_a_store_keeps_the_latest():
    store: Store[int] = Store(2)
    made: list[int] = []

    def make(n: int) -> int:
        made.append(n)
        return n

    for n in (1, 2, 1, 3, 1, 2):
        assert store.get(n, lambda n=n: make(n)) == n
    assert made == [1, 2, 3, 2]
    assert len(store) == 2


def test_the_order_of_rows_is_no_part_of_their_fingerprint():
    assert fingerprint([("a", 1), ("b", 2)]) == fingerprint([("b", 2), ("a", 1)])
    assert fingerprint([("a", 1), ("a", 1)]) != fingerprint([("a", 1)])

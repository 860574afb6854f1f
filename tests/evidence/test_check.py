"""Every kind of fault is reported, all at once, with file, row, column, value and expectation."""

import csv
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hilum.errors import InputError
from hilum.evidence import check_tables, read_evidence

SHIPPED = Path(str(files("hilum.evidence"))) / "netlm"


@pytest.fixture
def folder(tmp_path):
    for name in ("studies.csv", "arms.csv", "results.csv"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


def edit(folder, name, line, /, **cells):
    with (folder / name).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows[line - 2].update(cells)
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_the_shipped_tables_are_sound():
    assert check_tables() == []


@pytest.mark.parametrize(
    ("name", "cells", "column", "expected"),
    [
        ("results.csv", {"study_id": "nobody1999"}, "study_id", "studies.csv"),
        ("results.csv", {"outcome": "objective_respons"}, "outcome", "'objective_response'"),
        ("results.csv", {"events": "30", "n": "20"}, "events", "at most n (20)"),
        (
            "results.csv",
            {"measure": "proportion", "events": "5", "n": "10", "value": "20"},
            "value",
            "about 50.0 percent",
        ),
        ("results.csv", {"value": "8.5", "ci_low": "9", "ci_high": "10"}, "value", "at least"),
        ("results.csv", {"value": "twelve"}, "value", "number"),
        ("studies.csv", {"year": "3012"}, "year", "a number of at most"),
        ("studies.csv", {"design": "rtc"}, "design", "nearest: 'rct'"),
        ("arms.csv", {"modality": "taec"}, "modality", "nearest: 'tae'"),
        ("arms.csv", {"modality": "tace+octreotide+everolimus"}, "modality", "alphabetical"),
    ],
)
def test_a_fault_names_its_place(folder, name, cells, column, expected):
    edit(folder, name, 2, **cells)
    faults = [fault for fault in check_tables(folder) if fault.file == name]
    assert any(
        fault.row == 2 and fault.column == column and expected in fault.expected for fault in faults
    ), faults


def test_all_faults_are_reported_together(folder):
    edit(folder, "results.csv", 2, outcome="x")
    edit(folder, "results.csv", 5, measure="y")
    edit(folder, "studies.csv", 3, design="z")
    with pytest.raises(InputError) as raised:
        read_evidence(folder)
    assert {("results.csv", 2), ("results.csv", 5), ("studies.csv", 3)} <= {
        (fault.file, fault.row) for fault in raised.value.faults
    }


def test_a_duplicate_row_and_a_missing_table(folder):
    text = (folder / "results.csv").read_text("utf-8")
    last = text.rstrip("\n").splitlines()[-1]
    (folder / "results.csv").write_text(text.rstrip("\n") + "\n" + last + "\n", "utf-8")
    assert any("not entered before" in fault.expected for fault in check_tables(folder))
    (folder / "arms.csv").unlink()
    assert any(fault.file == "arms.csv" for fault in check_tables(folder))


@settings(max_examples=40, deadline=None)
@given(cell=st.text(max_size=12), column=st.sampled_from(["n", "value", "events", "measure"]))
def test_no_cell_breaks_the_reader(cell, column):
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table in ("studies.csv", "arms.csv"):
            shutil.copy(SHIPPED / table, folder / table)
        with (SHIPPED / "results.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))[:3]
        rows[0][column] = cell.replace("\x00", "").encode("utf-8", "ignore").decode()
        with (folder / "results.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        assert isinstance(check_tables(folder), list)


def test_what_refers_to_a_faulty_row_is_not_at_fault(folder):
    edit(folder, "studies.csv", 5, year="twenty")
    edit(folder, "arms.csv", 4, modality="chemo_magic")
    found = [(one.file, one.row, one.column) for one in check_tables(folder)]
    assert found == [("studies.csv", 5, "year"), ("arms.csv", 4, "modality")]


@pytest.mark.parametrize("name", ["studies.csv", "arms.csv"])
def test_a_missing_table_is_one_fault(folder, name):
    (folder / name).unlink()
    assert [(one.file, one.column) for one in check_tables(folder)] == [(name, "file")]


def test_an_id_that_no_row_has_is_at_fault_beside_a_faulty_row(folder):
    edit(folder, "studies.csv", 5, year="twenty")
    edit(folder, "arms.csv", 10, study_id="ghost")
    found = [(one.file, one.row, one.column, one.value) for one in check_tables(folder)]
    assert ("arms.csv", 10, "study_id", "ghost") in found

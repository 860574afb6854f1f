"""Every fault that the plain check of the tables finds, hilum finds in the same row."""

import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hilum.evidence import check_tables
from tests.evidence.test_check import SHIPPED
from tests.evidence.test_codes import rows, write

CHECK = Path(__file__).parents[1] / "reference" / "evidence" / "check.py"
TABLES = ("studies.csv", "arms.csv", "results.csv")
# What a cell may be changed to: words of other columns, numbers out of range, nothing, spaces.
CELLS = ("", "x", "-3", "0", "7", "99", "250", "yes", "first", "not_stated", "any", "a  b", "G1-2")
# The plain check stops at a number of patients that is none.
NUMBERS = ("", "7", "99", "250")
COUNTS = {"n", "n_patients"}
KEEP = {
    "study_id",
    "time_months",
    "arm_id",
    "result_id",
    "p_value",
    "description",
    "notes",
    "pmcid",
    "countries",
}


def reference(folder):
    """Rows with a fault, as (table, words that name the row) of the plain check."""
    done = subprocess.run(
        [sys.executable, str(CHECK), str(folder)], capture_output=True, text=True, check=False
    )
    assert "fault(s)" in done.stdout, done.stderr
    found = set()
    for line in done.stdout.splitlines()[:-1]:
        table, key = re.match(r"(\w+\.csv) (line \d+|[^:]+)", line).groups()
        found.add((table, key))
    return found


def names(table, line, row):
    """How the plain check names a row."""
    if table == "studies.csv":
        return [row["study_id"]]
    if table == "arms.csv":
        return [f"{row['study_id']}/{row['arm_id']}"]
    key = "/".join(row[name] for name in ("study_id", "arm_id", "subgroup", "outcome"))
    return [f"line {line}", key]


@pytest.mark.parametrize("seed", range(4))
def test_hilum_finds_what_the_plain_check_finds(tmp_path, seed):
    order = random.Random(seed)
    for name in TABLES:
        shutil.copy(SHIPPED / name, tmp_path / name)
    for name in TABLES:
        table = rows(tmp_path, name)
        columns = [column for column in table[0] if column not in KEEP]
        for _ in range(60):
            column = order.choice(columns)
            order.choice(table)[column] = order.choice(NUMBERS if column in COUNTS else CELLS)
        write(tmp_path, name, table)
    table = {name: rows(tmp_path, name) for name in TABLES}
    ours = {
        (fault.file, name)
        for fault in check_tables(tmp_path)
        if fault.row is not None
        for name in names(fault.file, fault.row, table[fault.file][fault.row - 2])
    }
    # A row that cannot be read is a fault; what hangs on it is judged once it can be.
    unread = {name for file, name in ours if file != "results.csv"}
    theirs = reference(tmp_path)
    assert len(theirs) > 50
    hanging = {
        ("results.csv", name)
        for line, row in enumerate(table["results.csv"], 2)
        if {row["study_id"], f"{row['study_id']}/{row['arm_id']}"} & unread
        for name in names("results.csv", line, row)
    } | {
        ("arms.csv", f"{row['study_id']}/{row['arm_id']}")
        for row in table["arms.csv"]
        if row["study_id"] in unread
    }
    assert theirs - ours - hanging == set()


def test_the_plain_check_finds_nothing_in_the_shipped_tables():
    assert reference(SHIPPED) == set()

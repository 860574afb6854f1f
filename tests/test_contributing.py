"""What CONTRIBUTING says of where a thing is added is where the code has it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "hilum"
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| addition")
]
SAID = re.compile(r"`([^`]+)`")


def place(name, beside):
    """A path of the repository, or of a folder that the row has named before."""
    for base in (PACKAGE, ROOT, *beside):
        if (base / name).exists():
            return base / name
    return None


def test_the_table_is_read():
    assert len(ROWS) > 20
    assert all(len(row) >= 3 for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_files_and_names_of_a_row_are_there(row):
    names, held, beside = [], "", []
    for word in SAID.findall(" ".join(row[1:])):
        path, _, test = word.partition("::")
        if "/" in path or path.endswith((".py", ".csv", ".md", ".po")):
            found = place(path.replace("CODE", "zh_Hans"), beside)
            assert found is not None, word
            beside.append(found if found.is_dir() else found.parent)
            held += found.read_text("utf-8") if found.is_file() else ""
            assert not test or f"def {test}(" in found.read_text("utf-8"), word
        elif not word.startswith(("hilum ", "make ")):
            names.append(word)
    if any(one.is_dir() and one.name == "analyses" for one in beside):
        held += "".join(one.read_text("utf-8") for one in (PACKAGE / "cli").glob("*.py"))
        held += (PACKAGE / "analyses" / "pool.py").read_text("utf-8")
    assert [one for one in names if one.replace('"name")', '"pool"') not in held] == []


def test_every_row_names_a_test():
    assert [row[0] for row in ROWS if "tests/" not in row[-1]] == []

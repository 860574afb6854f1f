"""Cells of a CSV that a spreadsheet would compute, and figures that it would not."""

import csv
import io

import pytest

from hilum.rendering.pool_studies import as_csv
from hilum.tabular.safe import plain_cell, safe_cell

FIGURES = (
    "-0.5", "-5", "-1.2e-05", "-12 %", "-1,234", "-0.12 (-0.30 to 0.05)", "-1.00 (-2.00 to -0.50)",
    "-0.12（-0.30 至 0.05）", "-0.3 to 0.05", "-0.3, 0.05", "-1 [-2; 3]",
)  # fmt: skip
COMPUTED = (
    "-cmd", "=1+1", "+1", "+0.5", "@SUM(A1)", "\t1", "\r-1", "-1+1", "-2+3+cmd|' /C calc'!A0",
    "-1-1", "-A1", "-1*A1", "-(1)", "--1", "-0.5\n=1", "-1 (=1 to 2)", "-1 (2 to 3)+1", "-",
    "'-0.5", "-1.", "-\u0661", "-1!",
)  # fmt: skip


@pytest.mark.parametrize("cell", FIGURES)
def test_a_figure_with_a_minus_stays_a_figure(cell):
    assert safe_cell(cell) == cell
    assert plain_cell(cell) == cell


@pytest.mark.parametrize("cell", COMPUTED)
def test_what_would_be_computed_is_text(cell):
    assert safe_cell(cell) == f"'{cell}"
    assert plain_cell(safe_cell(cell)) == cell


def test_a_table_guards_its_names_as_its_cells():
    text = as_csv(["=A", "B"], [["-0.5", "-cmd"], [-0.25, None]]).decode()
    assert list(csv.reader(io.StringIO(text))) == [["'=A", "B"], ["-0.5", "'-cmd"], ["-0.25", ""]]

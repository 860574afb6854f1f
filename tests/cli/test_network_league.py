"""The league table as files: the same figures as the answer, both ways round."""

import csv
import io
import json
import re

import pytest
from openpyxl import load_workbook
from proofs.face import called

SMOKING = "examples/smoking.csv"


@pytest.fixture(scope="module")
def league(tmp_path_factory):
    folder = tmp_path_factory.mktemp("league")
    asked = ("network", SMOKING, "--contributions", "--draws", "100", "--small-values",
             "undesirable")  # fmt: skip
    book, text = folder / "league.xlsx", folder / "league.csv"
    first = called(*asked, "--json", "--league", str(book))
    second = called(*asked, "--league", str(text))
    assert (first.returncode, second.returncode) == (0, 0), (first.stderr, second.stderr)
    return json.loads(first.stdout), load_workbook(book), text.read_text("utf-8"), second.stdout


def table_and_notes(book):
    """The rows of the league table, and the sentences under it."""
    rows = [list(row) for row in book["league"].iter_rows(values_only=True)]
    size = len(rows[0])
    assert not any(rows[size])
    return rows[:size], [row[0] for row in rows[size + 1 :]]


def test_each_cell_is_row_against_column(league):
    answer, book, text, _ = league
    rows, notes = table_and_notes(book)
    assert rows == [list(row) for row in csv.reader(io.StringIO(text))]
    assert notes[1] == ("A small OR is undesirable: treatments stand from the best to the worst.")
    names = [rows[i][i] for i in range(len(rows))]
    assert sorted(names) == sorted(answer["trts"])
    scores = [answer["pscore_random"][name] for name in names]
    assert scores == sorted(scores, reverse=True)
    te = answer["transformed"]["TE"]
    for i, row in enumerate(names):
        for j, column in enumerate(names[:i]):
            a, b = answer["trts"].index(row), answer["trts"].index(column)
            assert float(rows[i][j].partition(" ")[0]) == pytest.approx(te[a][b], abs=0.005)


def test_above_the_diagonal_stand_direct_studies_turned_the_right_way(league):
    answer, book, *_ = league
    rows, _ = table_and_notes(book)
    names, split = [rows[i][i] for i in range(len(rows))], answer["split"]
    from math import exp

    for (a, b), part in zip(split["pairs"], split["direct"], strict=True):
        first, second = answer["trts"][a], answer["trts"][b]
        i, j = names.index(first), names.index(second)
        sign = 1 if i < j else -1
        said = rows[min(i, j)][max(i, j)]
        value, low, high = map(float, re.findall(r"[\d.]+", said))
        ends = sorted(exp(sign * part[name]) for name in ("lower", "upper"))
        assert (value, low, high) == pytest.approx((exp(sign * part["TE"]), *ends), abs=0.005)


def test_the_shares_of_each_comparison_sum_to_all(league):
    answer, book, _, told = league
    head, *rows = book["contributions"].iter_rows(values_only=True)
    assert len(rows) == answer["k"]
    assert len(head) == 1 + len(answer["contribution"]["comparison"])
    for column in range(1, len(head)):
        assert sum(row[column] for row in rows) == pytest.approx(100, abs=1e-6)
    assert "what each comparison rests on" in told


def test_a_comparison_is_read_by_its_heads(league):
    answer, book, *_ = league
    head, *rows = book["comparisons"].iter_rows(values_only=True)
    assert head[:5] == ("treatment", "compared with", "OR", "lower limit", "upper limit")
    assert not any("_" in one for one in head)
    assert len(rows) == len(answer["split"]["pairs"])


def test_another_file_is_refused(tmp_path):
    done = called("network", SMOKING, "--draws", "100", "--league", str(tmp_path / "x.txt"))
    assert (done.returncode, ".csv, .xlsx" in done.stderr) == (1, True)

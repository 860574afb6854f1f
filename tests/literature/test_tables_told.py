"""Tables that are half right: columns seen and wanted, rows of a workbook that cannot be read."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from hilum.errors import InputError
from hilum.literature.bibliography.columns import named_columns
from hilum.literature.bibliography.reading import NO_RECORD, read
from hilum.rendering.workbooks import workbook
from tests.literature.reviews import hilum

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "Titel;Verfasser;Jahr\nEins;Ek A;2001\nZwei;Berg B;2002\n"
NAMED = "title=Titel,authors=verfasser,year=Jahr"


def refused(folder: Path, content: str | bytes, **more: Any) -> str:
    path = folder / "x.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        read(path, **more)
    return str(caught.value)


def test_columns_seen_and_wanted_are_named(tmp_path: Path) -> None:
    said = refused(tmp_path, TABLE)
    assert "x.csv:1" in said
    assert "Titel, Verfasser, Jahr" in said
    assert "a column title and others of title, authors, year, journal" in said
    assert "--columns title=COLUMN,authors=COLUMN" in said
    wrong = refused(tmp_path, TABLE, columns={"title": "Titl"})
    assert "there are: Titel, Verfasser, Jahr" in wrong
    assert "nearest: 'Titel'" in wrong


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('"Title,Authors,Year"\n"One,Ek A,2001"\n', "stand in one cell"),
        ('"Title;Authors;Year"\n"One;Ek A;2001"\n', "stand in one cell"),
        ("TitleAuthorsYear\nOneEk2001\n", "none stands between the names"),
        ("Title Authors Year\nOne Ek 2001\n", "none stands between the names"),
        (workbook({"r": [["Title;Authors;Year"], ["One;Ek;2001"]]}), "stand in one cell"),
        (workbook({"r": [["Titel", "Jahr"], ["Eins", "2001"]]}), "Titel, Jahr"),
    ],
)
def test_what_separates_the_columns_is_missing(content: Any, said: str, tmp_path: Path) -> None:
    assert said in refused(tmp_path, content)


def test_columns_are_named_from_import_to_export(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, "utf-8")
    hilum("new", tmp_path / "review", "--title", "Imagined")
    assert "2 kept" in hilum("check", path, "--columns", NAMED)
    assert "mine.csv: 2 records" in hilum("dedupe", path, "--columns", NAMED)
    hilum("import", tmp_path / "review", path, "--columns", NAMED)
    # The file is read again by what follows.
    hilum("dedupe", tmp_path / "review")
    hilum("export", tmp_path / "review", "--out", tmp_path / "out.ris")
    assert [(one.title, one.authors, one.year) for one in read(tmp_path / "out.ris").records] == [
        ("Eins", ("Ek A",), 2001), ("Zwei", ("Berg B",), 2002),
    ]  # fmt: skip
    assert "mine.csv (n = 2)" in hilum("flow", tmp_path / "review", "--reviewers", "1")


@pytest.mark.parametrize("typed", ["Titel", "title=", "title=A,title=B", "headline=A"])
def test_columns_of_no_field_are_refused(typed: str) -> None:
    with pytest.raises(InputError, match="--columns"):
        named_columns(typed)


@pytest.mark.parametrize(("head", "told"), [("Title,Authors,Jahr", True), ("Title,Jahr", True),
                                            ("Title,Authors,Year,Jahr", False),
                                            ("Title,Authors", False)])  # fmt: skip
def test_where_few_columns_are_known_the_others_are_named(
    head: str, told: bool, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"{head}\n{','.join('x' for _ in head.split(','))}\n", "utf-8")
    said = [str(one.said) for one in read(path).notes if not one.position]
    assert any("Jahr" in one and "--columns" in one for one in said) is told


def test_a_file_without_a_record_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    for text in ("Title,Authors,Year\n", "Title,Authors,Year"):
        path.write_text(text, "utf-8")
        found = read(path)
        assert (found.counted, [one.said for one in found.notes]) == (0, [NO_RECORD])


def book(rows: list[list[Any]], merged: str = "") -> bytes:
    """A workbook as openpyxl writes it: no formula has a value."""
    openpyxl = pytest.importorskip("openpyxl")
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if merged:
        made.active.merge_cells(merged)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


HEAD = ["Title", "Authors", "Year", "Link"]
ENDS = ["Work 1", "Work 3"]
ROWS = [[f"Work {n}", "Ek, A; Berg, B", 2000 + n, "x"] for n in range(1, 4)]


@pytest.mark.parametrize(
    ("rows", "merged", "kept", "bad"),
    [
        (
            [ROWS[0], ["=A1", *ROWS[1][1:]], ROWS[2]],
            "",
            ENDS,
            {3: "A3: a stored value"},
        ),
        ([ROWS[0], ["=A1"], ROWS[2]], "", ENDS, {3: "A3"}),
        ([ROWS[0], ["=A1", "=B1"], ROWS[2]], "", ENDS, {3: "B3"}),
        (ROWS, "B3:B4", ["Work 1"], {3: "B3:B4", 4: "B3:B4"}),
        ([ROWS[0], [*ROWS[1], "more"], ROWS[2]], "", ENDS, {3: "E3: cells below"}),
    ],
)
def test_a_row_of_a_workbook_spoils_no_other(
    rows: list[list[Any]], merged: str, kept: list[str], bad: dict[int, str], tmp_path: Path
) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(book([HEAD, *rows], merged))
    found = read(path)
    assert (found.counted, found.whole) == (3, True)
    assert [one.title for one in found.records] == kept
    assert [one.line for one in found.bad] == list(bad)
    for one in found.bad:
        assert bad[one.line or 0] in one.expected


def test_a_column_of_formulas_alone_is_said_and_its_rows_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(book([HEAD, *([*row[:3], "=A1"] for row in ROWS)]))
    found = read(path)
    assert (len(found.records), found.bad) == (3, ())
    (said,) = [str(one.said) for one in found.notes]
    assert said.startswith("column D (Link): none of its formulas (3) was ever computed")
    # One formula of two rows is a row, not a column.
    path.write_bytes(book([HEAD, ROWS[0], [*ROWS[1][:3], "=A1"]]))
    assert [one.line for one in read(path).bad] == [3]


def test_a_head_that_cannot_be_read_refuses_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    for content in (book([["=A2", *HEAD[1:]], *ROWS]), book([HEAD, *ROWS], "A1:B1")):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"A1|merged"):
            read(path)

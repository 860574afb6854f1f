"""Quotation marks that nobody closed: a generator breaks one, at random, and both readers tell.

What is asked of the answer comes from how the file was made, not from the readers.
"""

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from hilum.errors import Phrase
from hilum.literature.bibliography import table, table_count
from hilum.literature.bibliography.reading import read
from hilum.literature.figures.risk import read_risk_table
from hilum.literature.screening.labelled import read_labelled
from hilum.patient.tables import csv_rows
from hilum.tabular import read_sheet
from hilum.tabular.quoting import BEHIND, DOUBTFUL, quote_faults, rows_in
from tests.faults import told

HEAD = ("Title", "Authors", "Year", "Journal", "Abstract")
WORDS = ("liver", "动脉栓塞", "5 mm", "phase II", "a, b; c", 'so-called "best"', '"all" of them',
         "line one\nline two", "tab\there", "", "50 %", "Müller")  # fmt: skip
SEPARATORS, ENDS = (",", ";", "\t"), ("\n", "\r\n")
KINDS = ("start", "closing", "last", "file_end")


@dataclass
class Made:
    """A file and what is true of it."""

    text: str
    rows: list[tuple[str, ...]]
    broken: int
    line: int


def quoted(cell, between, everything, rng):
    plain = not any(one in cell for one in (between, '"', "\n"))
    if plain and not everything and rng.random() < 0.8:
        return cell
    return '"' + cell.replace('"', '""') + '"'


def made(seed):
    """Rows, one of which has a quotation mark that opens and none that closes it."""
    rng = random.Random(seed)
    between, end = rng.choice(SEPARATORS), rng.choice(ENDS)
    everything, kind = rng.random() < 0.3, rng.choice(KINDS)
    n = rng.randint(3, 30)
    broken = n - 1 if kind == "file_end" else rng.randrange(n)
    lines, rows, opened = [between.join(HEAD)], [], 0
    for at in range(n):
        row = (f"Work {at} {rng.choice(WORDS)}", f"Author {at}", str(1990 + at),
               rng.choice(WORDS), rng.choice(WORDS) + str(at))  # fmt: skip
        cells = [quoted(one, between, everything, rng) for one in row]
        rows.append(row)
        if at == broken:
            place = len(HEAD) - 1 if kind in ("last", "file_end") else rng.randrange(len(HEAD))
            cells[place] = '"' + row[place].replace('"', '""')
            before = between.join([*cells[:place], ""])
            opened = sum(one.count("\n") + 1 for one in lines) + before.count("\n") + 1
        lines.append(between.join(cells))
    text = end.join(one.replace("\n", end) for one in lines) + (end if rng.random() < 0.8 else "")
    return Made(text, rows, broken, opened)


CODECS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")


def written(tmp_path: Path, one: Made, seed: int) -> Path:
    path = tmp_path / f"{seed}.csv"
    path.write_bytes(one.text.encode(CODECS[seed % len(CODECS)]))
    return path


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_every_record_is_kept_or_listed_wherever_a_mark_is_open(first, tmp_path):
    for seed in range(first, first + 50):
        one = made(seed)
        found = read(written(tmp_path, one, seed))
        kept = {record.title: record for record in found.records}
        assert found.counted == len(found.records) + len(found.bad) == len(one.rows), seed
        # Rows before it are kept, and none that is kept is another than the file's.
        titles = [" ".join(row[0].split()) for row in one.rows]
        assert titles[: one.broken] == [record.title for record in found.records][: one.broken]
        for title, record in kept.items():
            row = one.rows[titles.index(title)]
            cells = [" ".join(field.value.split()) for field in record.fields]
            assert cells == [" ".join(cell.split()) for cell in row if cell], seed
        # The line where it opens is named.
        said = [bad.expected for bad in found.bad if isinstance(bad.expected, Phrase)]
        lines = [bad.line for bad in found.bad] + [one.facts["line"] for one in said]
        assert one.line in lines, seed


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_a_table_names_the_line_where_it_opens(first, tmp_path):
    for seed in range(first, first + 50):
        one = made(seed)
        path = written(tmp_path, one, seed)
        faults = told(read_sheet, path)
        if not faults:  # a mark closed on its own line: its row has too few cells
            rows = dict(read_sheet(path).rows)
            assert len(rows[one.line]) != len(HEAD), seed
            continue
        assert one.line in [fault[1] for fault in faults], seed


@pytest.mark.parametrize("first", range(0, 4000, 1000))
def test_the_sum_holds_of_any_text(first):
    """Signs of the format in any order, which nobody meant: no record is lost or counted twice."""
    heads = (
        "Title,Authors,Year",
        "Title;Abstract",
        "Title",
        '"Title","DOI"',
        'Title,"Authors,Year',
    )
    for seed in range(first, first + 1000):
        rng = random.Random(seed)
        head = rng.choice(heads)
        between = table.separator(head)
        signs = ("a ", '"', between, "\n", '""', f'{between}"', f'"{between}', " ", '"\n')
        body = "".join(rng.choices(signs, (5, 3, 4, 3, 1, 2, 2, 1, 1), k=rng.randrange(40)))
        lines = list(enumerate(f"{head}\n{body}".splitlines(), 1))
        assert table_count.count(lines) == len([*table.read(lines, "f", "")]), (seed, body)


NONE = "a closing quotation mark: this one has none"
HERE = "a closing quotation mark: this one swallows all lines to {}"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        # To the end of the file, at the start of a cell, in the last cell, in the last row.
        ('a,b,c\n1,2,3\n"4,5,6\n7,8,9\n', [("a", 3, '"4,5,6', HERE.format(4))]),
        ('a,b,c\n1,2,"3\n4,5,6\n', [("c", 2, '1,2,"3', HERE.format(3))]),
        ('a,b,c\n1,2,3\n4,5,"6', [("c", 3, '4,5,"6', NONE)]),
        # To the next mark; two at once; in the head.
        ('a,b,c\r\n"1,2,3\r\n4,"5",6\r\n7,8,9\r\n', [("a", 2, '"1,2,3', HERE.format(3))]),
        ('a;b;c\n"1;2;3\n4;"5";6\n7;"8;9\n', [("a", 2, '"1;2;3', HERE.format(3)),
                                             ("b", 4, '7;"8;9', NONE)]),
        ('"a,b,c\n1,2,3\n', [("row", 1, '"a,b,c', HERE.format(2))]),
        # The mark of an inch closes it, so that the row has too few cells.
        ('a,b,c\n"1,2,3\n4,5",6\n', [("a", 2, '"1,2,3', HERE.format(3))]),
        ('a,b,c\n"1,2,3\n4,x,5",6\n', []),  # no line in it is a row: only its cells are too few
        ('a,b\n"x" y,1\n', [("row", 2, "x y, 1", BEHIND)]),
    ],
)  # fmt: skip
def test_a_mark_of_a_table_is_named_where_it_stands(text, faults, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(text, newline="")
    found = [(column, row, value, said) for _, row, column, value, said in told(read_sheet, path)]
    assert found == faults


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,b\n5" wire,1\n', [("5\" wire", "1")]),  # in the middle of a cell it is one of the text
        ('a,b\n"say ""no""",1\n', [('say "no"', "1")]),
        ('a,b\n"one\ntwo",1\n', [("one\ntwo", "1")]),
        ('a,b\n"x" ,1\n', [("x ", "1")]),
        ('a,b\n"",1\n', [("", "1")]),
    ],
)  # fmt: skip
def test_what_is_no_fault_is_read(text, rows, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(text)
    assert [row for _, row in read_sheet(path).rows[1:]] == rows


def test_a_cell_that_holds_what_may_be_rows_is_read_and_said(tmp_path):
    text = 'Title,Year,Abstract\nOne,2001,"a\nTwo,2002,b"\n'
    path = tmp_path / "t.csv"
    path.write_text(text)
    assert read_sheet(path).asides == (f"line 2: {DOUBTFUL}",)
    found = read(path)
    assert (len(found.records), found.whole) == (1, True)
    assert [note.said for note in found.notes if note.said == DOUBTFUL]
    # Two columns, or a line of another number of cells: a text may have that.
    for plain in ('Title,Abstract\nOne,"a\nb, c"\n', 'Title,Year,Abstract\nOne,1,"a\nb, c"\n'):
        path.write_text(plain)
        assert read_sheet(path).asides == ()


def test_other_readers_name_the_line_too(tmp_path):
    risk = tmp_path / "risk.csv"
    risk.write_text('time,n\n0,40\n"6,30\n12,20\n')
    assert [fault[1] for fault in told(read_risk_table, risk)] == [3]
    labelled = tmp_path / "labelled.csv"
    labelled.write_text('title,label\nOne,1\nTwo,0\n"Three,1\nFour,0\n')
    found = read_labelled(labelled)
    assert (found.titles, [fault.row for fault in found.faults]) == (("One", "Two"), [4, 5])
    faults = []
    assert csv_rows("rules.csv", 'a,b\n1,"2\n3,4\n', ("a", "b"), faults) == []
    assert [fault.row for fault in faults] == [2]


def test_a_mark_that_is_never_closed_takes_no_longer_than_the_file():
    """Forty thousand rows behind it are each told once."""
    text = 'a,b,c\n"1,2,3\n' + "4,5,6\n" * 40_000
    rows = list(rows_in(text, ","))
    assert (len(rows), sum(one.swallowed for one in rows)) == (40_002, 40_000)
    assert [fault.row for fault in quote_faults(text, "f")] == [2]

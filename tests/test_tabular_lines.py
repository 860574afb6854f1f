"""What the readers of tables decide, line by line: which column, which row, what is said of it.

Each rule is asked as a function, with the whole answer and not a part of it, so that a wrong
column, line, order or word of a fault is seen. Bounds are in ``test_tabular_boundaries.py``.
"""

import errno
import json
import tomllib
from types import SimpleNamespace

import pytest

from hilum.errors import Fault
from hilum.literature.bibliography.reading import items
from hilum.tabular import columns, hidden, rows, small
from hilum.tabular.columns import bare, given_names, renamed, synonyms
from hilum.tabular.hidden import MOST_NAMED, Hidden, sheets_said
from hilum.tabular.rows import (
    COMMA,
    DECIMAL_COMMAS,
    POINT,
    STUDY_COLUMNS,
    TOTALS,
    Sheet,
    read_sheet,
    sheet_of,
    study_faults,
    with_points,
)
from hilum.tabular.values import COUNTS, MISSING, count_faults, number
from tests.faults import told

# Which column


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Event.E", "evente"), ("n_1 (i)", "n1i"), ("STRASSE", "strasse"), ("Straße", "strasse"),
     ("研究", "研究"), ("-_ .", ""), ("", ""), ("CI lower", "cilower")],
)  # fmt: skip
def test_a_name_without_case_spaces_and_marks(name, plain):
    assert bare(name) == plain


def test_every_synonym_is_kept_bare_under_its_column():
    found = synonyms()
    assert found["ni"] >= {"n", "total", "patients", "samplesize"}
    assert all(name == bare(name) and name for names in found.values() for name in names)
    assert synonyms() is found, "read once"


@pytest.mark.parametrize(
    ("header", "wanted", "expected"),
    [
        # A name that is itself wanted is never taken for another, nor is one without letters.
        (["n", "events"], ["ni", "n"], {}),
        (["", "n"], ["ni"], {"ni": "n"}),
        (["", "", "age"], ["xi", "ni"], {}),
        # Like the name before one of its synonyms, in any order of the header.
        (["events", "X I"], ["xi"], {"xi": "X I"}),
        (["X I", "events"], ["xi"], {"xi": "X I"}),
        # In the order of what is wanted, each once.
        (["Total", "Events"], ["xi", "ni", "xi"], {"xi": "Events", "ni": "Total"}),
        (["xi", "Xi"], ["xi"], {}),
    ],
)
def test_which_column_is_meant(header, wanted, expected):
    found = renamed("t.csv", header, wanted)
    assert found == expected
    assert list(found) == list(expected)


def test_every_column_that_is_not_clear_is_named_once():
    header = ["Events", "cases", "N", "total"]
    assert told(renamed, "t.csv", header, ["xi", "ni", "xi"]) == [
        ("t.csv", 1, "xi", "Events, cases", "one column that holds xi: say which"),
        ("t.csv", 1, "ni", "N, total", "one column that holds ni: say which"),
    ]


def test_columns_of_two_meanings_are_named_in_the_order_of_their_names():
    header = ["event.e", "event.c", "n.e"]
    said = told(renamed, "t.csv", header, ["x2i", "ci", "ai", "x1i", "n1i"])
    assert said == [
        ("t.csv", 1, "event.c", "event.c", "a column of one meaning, not of x2i, ci: say which"),
        ("t.csv", 1, "event.e", "event.e", "a column of one meaning, not of ai, x1i: say which"),
    ]


@pytest.mark.parametrize(
    ("header", "wanted", "named", "expected"),
    [
        (["A", "B"], ["xi", "ni"], {"xi": "B", "ni": "A"}, {"xi": "B", "ni": "A"}),
        # Either may differ in case and marks; the very name comes first.
        (["Number Of"], ["xi"], {"X-I": "number_of"}, {"xi": "Number Of"}),
        (["number of", "Number Of"], ["xi"], {"xi": "Number Of"}, {"xi": "Number Of"}),
        (["a"], ["X_I", "xi"], {"xi": "a"}, {"xi": "a"}),
        # A synonym says the wanted name; the first wanted that has it.
        (["a"], ["ni", "xi"], {"Events": "a"}, {"xi": "a"}),
        (["a"], ["x1i", "ai"], {"event.e": "a"}, {"x1i": "a"}),
        (["", "a"], ["xi"], {"xi": "a"}, {"xi": "a"}),
        (["a"], ["xi"], {}, {}),
    ],
)
def test_columns_that_a_user_names(header, wanted, named, expected):
    found = given_names("t.csv", header, wanted, named)
    assert found == expected
    assert list(found) == list(expected)


def test_what_nothing_asks_for_and_what_is_not_there_are_named_together():
    header = ["age", "agee", "aged", "ages", "zz", ""]
    said = told(given_names, "t.csv", header, ["xi", "ni", "xi"], {"kk": "age", "Cases": "agex"})
    assert said[0] == ("--columns", None, "columns", "kk", "one of xi, ni")
    file, line, column, value, expected = said[1]
    assert (file, line, column, value) == ("t.csv", 1, "agex", "")
    assert expected.startswith("a column that holds xi; there are: age, agee, aged, ages, zz, ; ")
    # The three nearest, and no more.
    hint = expected.partition("nearest: ")[2]
    assert len(hint.split(", ")) == 3
    assert set(hint.split(", ")) <= {"'age'", "'agee'", "'aged'", "'ages'"}
    assert len(said) == 2


def test_a_column_that_two_are_like_is_not_guessed():
    assert told(given_names, "t.csv", ["A-1", "a1", "a_1"], ["xi"], {"xi": "A 1"}) == [
        ("t.csv", 1, "A 1", "", "a column that holds xi; there are: A-1, a1, a_1"
         "; nearest: 'A-1'"),
    ]  # fmt: skip
    assert told(given_names, "t.csv", ["b"], ["X I", "x_i"], {"X-I": "b"}) == [
        ("--columns", None, "columns", "X-I", "one of X I, x_i")
    ]
    assert columns._one("", ["", "a"]) == ""
    assert columns._one("-", ["", "a"]) is None


# Which rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", ("a", "b")),
        ("a;b\n1;2\n", ("a", "b")),
        ("a\tb\n1\t2\n", ("a", "b")),
        # The one that is commonest in the head; of two alike comma, semicolon, tab.
        ("a,b;c;d\n", ("a,b", "c", "d")),
        ("a,b;c\n", ("a", "b;c")),
        ("a;b\tc\n", ("a", "b\tc")),
        ("a,b;c\n1;2;3;4\n", ("a", "b;c")),
        # Empty lines stand before it.
        ("\r\n\n\r\na;b\n1,2,3,4\n", ("a", "b")),
        ("a", ("a",)),
    ],
)
def test_what_stands_between_the_cells(text, expected):
    assert rows._csv(text, "f")[0][1] == expected


def test_lines_that_hold_nothing_are_left_out_and_counted():
    assert rows._csv("\n\na,b\n , \n;;\n\n1,2\n", "f") == (
        (3, ("a", "b")),
        (5, (";;",)),
        (7, ("1", "2")),
    )
    assert rows._csv("", "f") == ()


def test_how_long_a_cell_may_be_does_not_rest_on_what_was_read_before(tmp_path):
    """Abstracts may be long, a cell of figures not: it lacks a closing quotation mark."""
    records = tmp_path / "records.csv"
    records.write_text("title,abstract\nx," + "y" * 200_000)
    (one,) = items(records)
    assert len(one.record.fields[-1].value) == 200_000
    most = 2**17
    assert rows._csv("a,b\n1,2\n" + "x" * most + ",1\n", "f")[2][1] == ("x" * most, "1")
    (fault,) = told(rows._csv, "a,b\n1,2\n" + "x" * (most + 1) + "\n", "f")
    assert fault[:4] == ("f", 3, "cell", "131,073")
    assert fault[4] == "at most 131,072 characters in a cell"


def test_a_line_that_is_no_csv_is_told_with_its_place():
    (fault,) = told(rows._csv, "a,b\n1,2\n" + "x" * (2**24 + 1) + "\n", "f")
    assert fault[:4] == ("f", 3, "row", "")
    assert fault[4] == "readable CSV (field larger than field limit (16777216))"


def test_too_many_cells_are_told_at_the_line_where_they_begin(monkeypatch):
    monkeypatch.setattr(rows, "MAX_CELLS", 1200)
    text = "\n".join(["a,b,c"] * 400)
    assert told(rows._csv, text, "f") == []
    assert told(rows._csv, text + "\nx\ny\n", "f") == [
        ("f", 401, "cells", "over 1,200", "fewer cells")
    ]


def test_what_no_table_is_says_what_it_is():
    old = rows.OLD_OFFICE + b"x" * 600
    said = "CSV or XLSX (an old or encrypted workbook: save it as XLSX without a password)"
    for name in ("a.xls", "a.csv", "a.xlsx"):
        assert told(sheet_of, old, name) == [(name, None, "file", name, said)]
    said = "a readable XLSX file (this is no workbook)"
    for name in ("a.xlsx", "a.XLSM", "a.xlsm"):
        assert told(sheet_of, b"a,b\n1,2\n", name) == [(name, None, "file", name, said)]
    assert told(sheet_of, b"a,b\n1,2\n", "a.csv", "1.2") == [
        ("a.csv", None, "analysis", "1.2", "a file of RevMan: no other has several analyses")
    ]
    assert told(sheet_of, b"a,b\n1,2\n", "xlsx") == []


def test_a_sheet_says_its_file_its_encoding_and_what_was_changed():
    plain = sheet_of(b"a,b\n1,0.5\n", "f.csv")
    assert plain == Sheet("f.csv", ((1, ("a", "b")), (2, ("1", "0.5"))), "UTF-8", ())
    pointed = sheet_of("ä;b\n1;0,5\n".encode("cp1252"), "f.csv")
    assert pointed.rows == ((1, ("ä", "b")), (2, ("1", "0.5")))
    assert (pointed.encoding, pointed.asides) == ("Windows-1252", (DECIMAL_COMMAS,))
    assert DECIMAL_COMMAS == "numbers have decimal commas: 0,5 is read as 0.5"
    empty = sheet_of(b"", "f.csv")
    assert (empty.rows, empty.asides) == ((), ())


WEB = (
    "Analysis group,Analysis number,Study,Experimental N,Control N\n"
    "1,1,A,10,11\n1,2,B,20,21\n1,2,C,30,31\n"
)


def test_one_analysis_of_a_review_is_named_behind_its_file(tmp_path):
    review = tmp_path / "x.csv"
    review.write_text(WEB)
    found = read_sheet(tmp_path / "x.csv#1.2")
    assert found.file == "x.csv"
    assert [(line, row[2]) for line, row in found.rows] == [(1, "Study"), (3, "B"), (4, "C")]
    # A file of that very name is itself.
    (tmp_path / "x.csv#1.1").write_text("a,b\n1,2\n")
    assert read_sheet(tmp_path / "x.csv#1.1").rows[0] == (1, ("a", "b"))
    (tmp_path / "y.CSV").write_text(WEB)
    assert len(read_sheet(tmp_path / "y.CSV#1.1").rows) == 2
    # Of no other ending, and of none that is not there.
    (tmp_path / "x.txt").write_text(WEB)
    for name in ("x.txt#1.2", "none.csv#1.2", "none.csv"):
        path = tmp_path / name
        expected = "an existing CSV or XLSX file"
        assert told(read_sheet, path) == [(path.name, None, "file", str(path), expected)]
    assert told(read_sheet, tmp_path) == [
        (tmp_path.name, None, "file", str(tmp_path), "an existing CSV or XLSX file")
    ]
    (fault,) = told(read_sheet, tmp_path / "x.csv#")
    assert fault[2] == "file", "no analysis is named"


RM5 = (
    b'<?xml version="1.0" encoding="UTF-8"?><COCHRANE_REVIEW><ANALYSES_AND_DATA><COMPARISON NO="1">'
)


def test_a_review_is_read_as_one_whatever_its_name(tmp_path):
    for name in ("x.rm5", "x.csv", "x.xlsx"):
        (fault,) = told(sheet_of, RM5, name)
        assert "this is no workbook" not in fault[4]
        assert fault[0] == name
    path = tmp_path / "x.rm5"
    path.write_bytes(RM5)
    (fault,) = told(read_sheet, tmp_path / "x.RM5#1.1".replace("RM5", "rm5"))
    assert fault[0] == "x.rm5"


@pytest.mark.parametrize(
    ("text", "comma", "point"),
    [("0,5", True, False), ("-0,5", True, False), ("+12,25", True, False), ("1,5e-3", True, False),
     ("1,5E+3", True, False), (",5", False, False), ("1,", False, False), ("1,2,3", False, False),
     ("0.5", False, True), (".5", False, True), ("-1.5e3", False, True), ("1.", False, False),
     ("1", False, False), ("a,5", False, False), ("1,5 m", False, False), ("٣,٤", False, False),
     ("٣.٤", False, False), ("1.5E-3", False, True)],
)  # fmt: skip
def test_numbers_with_a_comma_and_with_a_point(text, comma, point):
    assert (bool(COMMA.fullmatch(text)), bool(POINT.fullmatch(text))) == (comma, point)


def test_only_numbers_get_points_and_spaces_around_them_stay():
    lines = ((1, ("a", "b")), (4, (" 0,5 ", "x, y")), (9, ("1,25", "1,5 m")))
    assert with_points(lines) == ((1, ("a", "b")), (4, (" 0.5 ", "x, y")), (9, ("1.25", "1,5 m")))
    assert with_points(()) is None


# Which study


@pytest.mark.parametrize("label", sorted(TOTALS))
def test_every_word_of_totals_is_known_however_it_is_written(label):
    lines = [(2, ("A", "1")), (5, ("B", "2"))]
    for written in (label, label.upper(), f" {label}: ", f"({label})", label.replace(" ", "-")):
        assert told_studies(("study", "xi"), [*lines, (7, (written, "9"))]) == [
            ("f", 7, "study", written,
             "a study: a row of totals counts every study twice (leave it out)")
        ]  # fmt: skip
    assert told_studies(("study", "xi"), [*lines, (7, (f"{label} et al", "9"))]) == []


def told_studies(header, lines):
    return [
        (f.file, f.row, f.column, f.value, str(f.expected))
        for f in study_faults("f", header, lines)
    ]


def test_totals_in_wide_letters_are_totals():
    lines = [(2, ("A", "1")), (3, ("ＴＯＴＡＬ", "9"))]
    assert [one[1] for one in told_studies(("study", "xi"), lines)] == [3]


@pytest.mark.parametrize("name", STUDY_COLUMNS)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_whatever_names_the_study_is_looked_at(name, place):
    """Wherever it stands; written in any case and with spaces, and told as the table has it."""
    header = ["x", "y", "z"]
    header[place] = f" {name.upper()} "
    whole, total = ["1", "2", "3"], ["1", "2", "3"]
    whole[place], total[place] = "A", "Total"
    said = told_studies(header, [(2, tuple(whole)), (3, tuple(total))])
    assert [one[1:4] for one in said] == [(3, name.upper(), "Total")]


def test_the_first_word_for_a_study_wins():
    """`study` before `studlab`, whatever the order of the columns."""
    lines = [(2, ("Total", "A", "1")), (3, ("B", "Total", "2"))]
    said = told_studies(("studlab", "study", "xi"), lines)
    assert [one[1:4] for one in said] == [(3, "study", "Total")]


def test_a_row_that_is_there_again_is_told_with_the_first_that_is_the_same():
    lines = [(2, ("A", " 1")), (3, ("B", "1")), (5, ("a.", "1 ")), (8, ("A", "1")), (9, ("A", "2"))]
    said = "each row once (line 2 is the same)"
    assert told_studies(("study", "xi"), lines) == [
        ("f", 5, "study", "a.", said),
        ("f", 8, "study", "A", said),
    ]
    # The place of the study is no part of what differs; every other column is.
    turned = [(n, row[::-1]) for n, row in lines]
    assert [one[1] for one in told_studies(("xi", "study"), turned)] == [5, 8]
    # Rows without a name are no study twice.
    assert told_studies(("study", "xi"), [(2, ("", "x")), (3, ("", "x"))]) == []


@pytest.mark.parametrize(
    ("above", "last", "fault"),
    [
        # What is empty above counts nothing; a word above is no number.
        ([("A", "1", ""), ("B", "2", "5")], ("", "3", "5"), True),
        ([("A", "1", "x"), ("B", "2", "5")], ("", "3", "5"), False),
        ([("A", "1", "x"), ("B", "2", "5")], ("", "3", ""), True),
        ([("A", "-1", "0"), ("B", "1", "0")], ("", "0", "0"), True),
        ([("A", "-5", "0"), ("B", "-6", "0")], ("", "-11", "0"), True),
        ([("A", "-5", "0"), ("B", "-6", "0")], ("", "-11.0001", "0"), False),
        # A sum of thousands may be off by a thousand-millionth of itself.
        ([("A", "1e9", "1"), ("B", "1e9", "1")], ("", "2000000001", "2"), True),
        ([("A", "1e9", "1"), ("B", "1e9", "1")], ("", "2000000003", "2"), False),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_row_without_a_name_that_sums(above, last, fault, place):
    def turn(row):
        name, *others = row
        return (*others[:place], name, *others[place:])

    header = turn(("study", "xi", "ni"))
    lines = [(n, turn(row)) for n, row in enumerate([*above, last], 2)]
    assert [one[1] for one in told_studies(header, lines)] == [4] * fault


# Numbers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1e999", "a finite number"), ("-1e999", "a finite number"), ("inf", "a finite number"),
        ("+INF", "a finite number"), ("-infinity", "a finite number"),
        ("1,000", "a number without signs between thousands, or empty"),
        ("1 000 000", "a number without signs between thousands, or empty"),
        ("1.000,5", "a number without signs between thousands, or empty"),
        ("1,000.5", "a number without signs between thousands, or empty"),
        ("1\u00a0000", "a number without signs between thousands, or empty"),
        ("1\u202f000", "a number without signs between thousands, or empty"),
        ("-1_000", "a number without signs between thousands, or empty"),
        ("1,00", "a number with a point before its decimals, or empty"),
        ("-1234,5", "a number with a point before its decimals, or empty"),
        ("1000,000", "a number with a point before its decimals, or empty"),
        ("", "a number, or empty"), ("x", "a number, or empty"), ("infx", "a number, or empty"),
        ("1 00", "a number, or empty"), ("1,0,0", "a number, or empty"),
        (".", "a number, or empty"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_told_in_its_own_words(text, said):
    with pytest.raises(ValueError, match=r".") as raised:
        number(text)
    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("-0.5", -0.5), ("1e-400", 0), ("1e308", 1e308)]
)
def test_numbers_at_the_ends_of_what_can_be_stored(text, value):
    assert number(f"\t{text} ") == value


def test_what_counts_people_and_what_is_missing():
    assert {"ai", "bi", "ci", "di", "n1i", "n2i", "x1i", "x2i", "xi", "ni", "event", "n", "event1",
            "event2", "n1", "n2"} == COUNTS  # fmt: skip
    assert {"", "na", "nan", "n/a", "null", ".", "-"} == MISSING


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_every_fraction_of_a_patient_is_named_in_its_line(name):
    cells = [(2, 3.0), (3, 3.25), (4, -1.0), (5, float("nan")), (6, 0.0), (7, 1e-3), (8, 123456.5)]
    said = "a whole number of patients or events, from 0"
    faults = count_faults("f", {"mean": ("m", cells), name: ("head", cells)})
    assert faults == [
        Fault("f", 3, "head", "3.25", said),
        Fault("f", 4, "head", "-1", said),
        Fault("f", 7, "head", "0.001", said),
        Fault("f", 8, "head", "123456", said),
    ]


# What is hidden


def test_hidden_rows_and_columns_that_hold_something_are_named():
    met = Hidden(rows=[3, 5, 9], spans=[(2, 3), (5, 5), (27, 99)])
    assert [str(one) for one in met.said([1, 3, 9, 12], 28)] == [
        "read although hidden: row 3, 9",
        "read although hidden: column B, C, E, AA, AB",
    ]
    assert [str(one) for one in met.said([1, 2], 4)] == ["read although hidden: column B, C"]
    assert [str(one) for one in met.said([5], 1)] == ["read although hidden: row 5"]
    assert met.said([1], 1) == ()
    assert Hidden().said([1, 2, 3], 9) == ()
    assert [str(one) for one in Hidden(spans=[(1, 1)]).said([], 1)] == [
        "read although hidden: column A"
    ]


def sheets(**states):
    return [
        {"name": name} if state is None else {"name": name, "state": state}
        for name, state in states.items()
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (sheets(a=None), []),
        (sheets(a="visible"), []),
        (sheets(a="hidden"), ["read although hidden: sheet 'a'"]),
        (sheets(a="veryHidden"), ["read although hidden: sheet 'a'"]),
        (sheets(a=None, b=None), ["sheet 'a' read, not 'b'"]),
        (sheets(a=None, b="hidden"), ["sheet 'a' read, not 'b' (hidden)"]),
        (
            sheets(a=None, b=None, c="veryHidden", d="visible", e="hidden"),
            ["sheet 'a' read, not 'b', 'd'", "sheet 'a' read, not 'c', 'e' (hidden)"],
        ),
        (
            sheets(a="hidden", b=None),
            ["sheet 'a' read, not 'b'", "read although hidden: sheet 'a'"],
        ),
        ([{}, {"name": "b"}], ["sheet '' read, not 'b'"]),
    ],
)
def test_which_sheet_was_read_and_which_were_not(given, said):
    assert [str(one) for one in sheets_said(given)] == said


@pytest.mark.parametrize(("count", "more"), [(19, ""), (20, ""), (21, ", ...")])
def test_twenty_are_named_and_the_rest_is_said_to_be_there(count, more):
    assert MOST_NAMED == 20
    names = [f"s{n}" for n in range(count)]
    assert hidden._named(names) == ", ".join(names[:20]) + more
    assert hidden._quoted(names[:2]) == "'s0', 's1'"


def test_what_a_workbook_calls_true():
    assert hidden.TRUE == ("1", "true")


# Small files


def test_a_small_file_is_bounded_unless_told_otherwise(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"x" * 1234)
    with pytest.raises(OSError, match="over 1,233 bytes") as raised:
        small.small_text(path, 1233)
    assert raised.value.errno == errno.EFBIG
    assert small.small_text(path, 1234) == "x" * 1234
    assert small.MAX_BYTES == 10_000_000
    assert small.small_bytes.__defaults__ == small.small_text.__defaults__ == (small.MAX_BYTES,)
    path.write_bytes(b"\xef\xbb\xbfa\xef\xbb\xbf")
    assert small.small_text(path) == "a\ufeff", "a mark at the head alone is none of the text"
    path.write_bytes("é".encode("latin-1"))
    with pytest.raises(UnicodeDecodeError):
        small.small_text(path)


def test_no_more_is_read_than_shows_that_it_is_too_much():
    asked = []

    class Endless:
        """A file that has whatever is asked for."""

        def open(self, mode):
            assert mode == "rb"
            return self

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def read(self, size):
            asked.append(size)
            return b"x" * size

    with pytest.raises(OSError, match="over 7 bytes"):
        small.small_bytes(Endless(), 7)
    assert asked == [8]


DEEP = small.DEEPEST


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"a = {'[' * DEEP}{']' * DEEP}", "too many lists in lists"),
        (f"a = {'[' * 5000}{']' * 5000}", "too many lists in lists"),
        (".".join("a" * (DEEP + 2)) + " = 1", "too many lists in lists"),
        ("a = " + "9" * 5000, "a number of that length"),
    ],
)
def test_why_toml_is_not_read(text, said):
    with pytest.raises(tomllib.TOMLDecodeError, match=f"^{said}$"):
        small.parse_toml(text)


def test_what_toml_itself_says_stays():
    with pytest.raises(tomllib.TOMLDecodeError, match="at line 2"):
        small.parse_toml("a = 1\nb = \n")
    assert small.parse_toml("a = [1, {b = 2}]\n[c]\nd = 'x'\n") == {
        "a": [1, {"b": 2}],
        "c": {"d": "x"},
    }


@pytest.mark.parametrize(
    ("text", "dots"), [("{}", 100), ('"{}"', 100), ("'{}'", 100), (" {} ", 100), ("{}\t", 100)]
)
def test_a_key_has_a_hundred_dots_at_most(text, dots):
    part = text.format("a-b_9")
    assert not small.has_endless_key(".".join([part] * (dots + 1)) + " = 1")
    assert small.has_endless_key(".".join([part] * (dots + 2)) + " = 1")
    # Anywhere in a text; and dots in a quoted part are no dots of the key.
    assert small.has_endless_key("x = 1\n[" + ".".join([part] * (dots + 2)) + "]\n")
    assert not small.has_endless_key('"' + "." * 99 + '" = 1')


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[NaN]", "NaN is no number"), (b"[Infinity]", "Infinity is no number"),
        (b"[-Infinity]", "-Infinity is no number"),
        (b"[" * 101 + b"]" * 101, "too many lists in lists"),
        (b"[" * 100_000 + b"]" * 100_000, "too many lists in lists"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "too many lists in lists"),
    ],
)  # fmt: skip
def test_why_json_is_not_read(data, said):
    with pytest.raises(ValueError, match=r".") as raised:
        small.parse_json(data)
    assert str(raised.value) == said


@pytest.mark.parametrize(
    "data", [{"a": [1, None, "x", True, 0.5]}, [], "x", 3, [{"b": {"c": [{}]}}], {"é": "中"}]
)
def test_json_is_read_as_it_is(data):
    text = json.dumps(data, ensure_ascii=False).encode()
    assert small.parse_json(text) == small.parse_json(b"\xef\xbb\xbf" + text) == data


@pytest.mark.parametrize(
    "made",
    [
        lambda inner: [inner],
        lambda inner: {"a": inner},
        lambda inner: [1, "x", inner],
        lambda inner: {"a": 1, "b": inner},
    ],
)
def test_lists_and_tables_are_counted_alike(made):
    data = 1
    for _ in range(DEEP):
        data = made(data)
    assert not small._is_deep(data)
    assert small._is_deep(made(data))
    assert small._is_deep([0, made(data)])
    assert not small._is_deep(SimpleNamespace())

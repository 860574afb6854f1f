"""Users' tables: encodings, workbooks, totals, doubles, numbers; each fault with its place."""

import random
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest

from hilum.errors import InputError
from hilum.tabular import column_name, count_faults, decode, number, read_sheet, study_faults
from hilum.tabular import encoding as encodings
from hilum.tabular import workbook as workbooks

CSV = "study,xi,ni\nA,1,10\nB,2,20\n"
ROWS = (("study", "xi", "ni"), ("A", "1", "10"), ("B", "2", "20"))


def cells(path):
    return tuple(row for _, row in read_sheet(path).rows)


def refused(match, path):
    with pytest.raises(InputError, match=match) as raised:
        read_sheet(path)
    return str(raised.value)


@pytest.mark.parametrize(
    ("codec", "mark", "name"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", b"\xef\xbb\xbf", "UTF-8"),
        ("utf-16-le", b"\xff\xfe", "UTF-16"),
        ("utf-16-be", b"\xfe\xff", "UTF-16"),
        ("utf-16-le", b"", "UTF-16"),
        ("utf-16-be", b"", "UTF-16"),
        ("utf-32-le", b"\xff\xfe\0\0", "UTF-32"),
        ("gb18030", b"", "GB18030"),
    ],
)
def test_text_in_every_encoding_is_read_and_named(tmp_path, codec, mark, name):
    text = CSV if name in ("UTF-16", "UTF-32") else CSV.replace("A,", "北京协和医院 2019,")
    path = tmp_path / "x.csv"
    path.write_bytes(mark + text.encode(codec))
    sheet = read_sheet(path)
    assert sheet.encoding == name
    assert [row[0] for _, row in sheet.rows][1] == text.split("\n")[1].split(",")[0]


@pytest.mark.parametrize(
    "word", ["Müller", "Préfontaine", "Ångström", "Núñez", "“Groß”", "Gößl 2010 – B", "façade é"]
)
def test_western_text_is_not_taken_for_chinese(word):
    assert decode(f"study,x\n{word},1\n".encode("cp1252"), "f") == (
        f"study,x\n{word},1\n",
        "Windows-1252",
    )


@pytest.mark.parametrize("word", ["王", "李明", "上海交通大学", "张三2019", "复旦 (a)"])
def test_chinese_text_is_not_taken_for_western(word):
    assert decode(f"study,x\n{word},1\n".encode("gb18030"), "f")[1] == "GB18030"


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"\xff\xfe\x00\xd8a\x00", "UTF-16"),
        (b"a\x00\x00\x00b", "zero bytes"),
        (b"a,b\n1,\x1b[31m2\n", r"f:2: text: 'U\+001B'"),
        (b"a,b\n1,\x9b31m\n".replace(b"\x9b", "\x9b".encode()), r"U\+009B"),
        (b"\x81\xff\x8d\x00\n"[:3] + b"\x8d\n", "GB18030 or Windows-1252"),
    ],
)
def test_what_is_no_text_is_refused(data, match):
    with pytest.raises(InputError, match=match):
        decode(data, "f")


def test_line_numbers_are_the_files(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('study,x\n\n"A\nB",1\n,,\nC\u2028D,2\n', "utf-8")
    assert read_sheet(path).rows == (
        (1, ("study", "x")),
        (4, ("A\nB", "1")),
        (6, ("C\u2028D", "2")),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-1.5", -1.5), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("+2E-2", 0.02), (" 7 ", 7)],
)
def test_numbers(text, value):
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("1_041", "thousands"), ("1,041", "thousands"), ("1 041", "thousands"),
        ("1'041", "thousands"), ("1.041.000", "thousands"), ("0,5", "point"), ("12,5", "point"),
        ("inf", "finite"), ("-Infinity", "finite"), ("1e999", "finite"), ("１２", "a number"),
        ("0x10", "a number"), ("12%", "a number"), ("<5", "a number"), ("3/20", "a number"),
        ("nan", "a number"), ("1e", "a number"), ("--1", "a number"), ("٣", "a number"),
    ],
)  # fmt: skip
def test_what_is_no_number(text, match):
    with pytest.raises(ValueError, match=match):
        number(text)


def book(path, rows, **sheet):
    """A workbook by openpyxl."""
    from openpyxl import Workbook

    made = Workbook()
    page = made.active
    for row in rows:
        page.append(row)
    for key, value in sheet.items():
        getattr(page, key)(value)
    made.save(path)
    return path


def test_a_workbook_is_read_whatever_its_name(tmp_path):
    path = book(tmp_path / "x.xlsx", [("study", "xi", "ni"), ("A", 1, 10), (None,), ("B", 2.5, 20)])
    assert read_sheet(path).rows == (
        (1, ("study", "xi", "ni")), (2, ("A", "1", "10")), (4, ("B", "2.5", "20")),
    )  # fmt: skip
    other = tmp_path / "x.csv"
    other.write_bytes(path.read_bytes())
    assert read_sheet(other).rows == read_sheet(path).rows


def test_values_of_every_kind(tmp_path):
    import datetime

    day = datetime.datetime(2019, 3, 7)
    rows = [
        ("a", "b", "c", "d", "e"),
        (True, 0.1, 1e300, day, "x\ny"),
        (12345678, -3.0, day.replace(hour=6), "", None),
    ]
    path = book(tmp_path / "x.xlsx", rows)
    assert cells(path)[1:] == (
        ("True", "0.1", "1e+300", "2019-03-07", "x y"),
        ("12345678", "-3", "2019-03-07 06:00:00", "", ""),
    )


def test_the_reader_agrees_with_openpyxl(tmp_path):
    from openpyxl import load_workbook

    rng = random.Random(4)
    rows = [tuple(f"c{n}" for n in range(8))]
    for _ in range(60):
        kinds = (
            rng.random() * 10 ** rng.randint(-8, 8),
            rng.randint(-99999, 99999),
            "té<&>xt",
            None,
        )
        rows.append(tuple(rng.choice(kinds) for _ in range(8)))
    path = book(tmp_path / "x.xlsx", rows)
    page = load_workbook(path, data_only=True).active
    for line, row in read_sheet(path).rows:
        for place, cell in enumerate(row, start=1):
            value = page.cell(line, place).value
            if isinstance(value, float):
                assert float(cell) == value
            else:
                assert cell == ("" if value is None else str(value))


def test_formulas_without_a_value_and_merged_cells_are_named(tmp_path):
    path = book(tmp_path / "x.xlsx", [("study", "xi"), ("A", "=1+2"), ("B", 3), ("C", None)])
    assert "x.xlsx:2: B2: 'formula'" in refused("never computed", path)
    path = book(tmp_path / "m.xlsx", [("study", "xi"), ("A", 1), ("B", None)], merge_cells="B2:B3")
    assert "'B2:B3'" in refused("merged cells", path)


def stray(path, where):
    """A workbook with one cell far out."""
    from openpyxl import Workbook

    made = Workbook()
    for row in ROWS:
        made.active.append(row)
    made.active[where] = "x"
    made.save(path)
    return path


def test_a_cell_beyond_the_header_is_named(tmp_path):
    assert "A to C" in refused("XFD1048576", stray(tmp_path / "x.xlsx", "XFD1048576"))
    # Below the table it is a row like any other.
    assert read_sheet(stray(tmp_path / "y.xlsx", "A1048576")).rows[-1] == (
        1048576,
        ("x", "", ""),
    )


def test_a_stray_cell_takes_no_memory(tmp_path):
    path = stray(tmp_path / "x.xlsx", "C1048576")
    code = (
        "import sys; from pathlib import Path; from hilum.tabular import read_sheet; "
        "print(len(read_sheet(Path(sys.argv[1])).rows))"
    )

    # By a shell's limit: a function run between fork and exec may meet another thread's lock.
    done = subprocess.run(
        ["bash", "-c", 'ulimit -v 524288; exec "$@"', "-", sys.executable, "-c", code, str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "4"), done.stderr


def changed(source, path, name, change):
    """A copy of a workbook with one part of it changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for one in old.namelist():
            data = old.read(one)
            new.writestr(one, change(data) if one == name else data)
    return path


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:300],
        lambda data: b"",
        lambda data: data.replace(b"</row>", b"", 1),
        lambda data: data.replace(b'r="A2"', b'r="2A"'),
        lambda data: b'<!DOCTYPE x [<!ENTITY a "b">]>' + data,
        lambda data: data.replace(b"<v>1</v>", b"<v>one</v>"),
    ],
)
def test_a_damaged_sheet_in_a_sound_archive_is_refused(tmp_path, change):
    source = book(tmp_path / "x.xlsx", [ROWS[0], ("A", 1, 10), ("B", 2, 20)])
    refused("damaged", changed(source, tmp_path / "y.xlsx", SHEET, change))


def test_every_cut_and_flipped_byte_of_a_workbook_is_read_or_refused(tmp_path):
    data = book(tmp_path / "x.xlsx", [ROWS[0], ("A", 1, 10), ("B", 2, 20)]).read_bytes()
    rng = random.Random(7)
    refusals = 0
    path = tmp_path / "y.xlsx"
    for _ in range(150):
        spoiled = bytearray(data)
        if rng.random() < 0.3:
            del spoiled[rng.randrange(len(data)) :]
        for _ in range(rng.randint(1, 8)):
            if spoiled:
                spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
        path.write_bytes(spoiled)
        try:
            read_sheet(path)
        except InputError:
            refusals += 1
    assert refusals > 75


def test_bounds_are_in_the_message(tmp_path, monkeypatch):
    path = book(tmp_path / "x.xlsx", [ROWS[0], ("A", 1, 10), ("B", 2, 20)])
    monkeypatch.setattr(workbooks, "MAX_CELLS", 8)
    refused("over 8", path)
    monkeypatch.setattr(workbooks, "MAX_CELLS", 9)
    assert len(read_sheet(path).rows) == 3
    monkeypatch.setattr(workbooks, "MAX_PART", 1000)
    refused("over 1,000 bytes once unpacked", path)
    text = tmp_path / "x.csv"
    text.write_text(CSV)
    monkeypatch.setattr(encodings, "MAX_BYTES", 10)
    assert encodings.read_bytes(text, len(CSV)) == CSV.encode()
    with pytest.raises(InputError, match=f"at most {len(CSV) - 1} bytes"):
        encodings.read_bytes(text, len(CSV) - 1)


def test_an_archive_that_lies_about_its_size_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_PART", 10_000)
    source = book(tmp_path / "x.xlsx", [ROWS[0], ("A", 1, 10)])
    grown = changed(
        source, tmp_path / "y.xlsx", SHEET, lambda d: d.replace(b"</sheetData>", b" " * 20_000)
    )
    data = grown.read_bytes()
    with zipfile.ZipFile(BytesIO(data)) as archive:
        size = archive.getinfo(SHEET).file_size
    lying = data.replace(size.to_bytes(4, "little"), (900).to_bytes(4, "little"))
    grown.write_bytes(lying)
    refused("damaged", grown)


@pytest.mark.parametrize(
    "label",
    [
        "Total",
        "TOTAL:",
        "Overall",
        "Pooled",
        "Gesamt",
        "Summe",
        "Suma",
        "合计",
        "总计",
        "Sub-total",
    ],
)
def test_a_row_of_totals_is_named(label):
    rows = [(2, ("A", "1", "10")), (3, ("B", "2", "20")), (4, (label, "5", "30"))]
    (fault,) = study_faults("f", ROWS[0], rows)
    assert (fault.row, fault.value) == (4, label)


@pytest.mark.parametrize(("last", "found"), [(("", "3", "30"), 1), (("", "3", "31"), 0)])
def test_a_row_without_a_name_that_sums_is_one_of_totals(last, found):
    rows = [(2, ("A", "1", "10")), (3, ("B", "2", "20")), (4, last)]
    assert len(study_faults("f", ROWS[0], rows)) == found


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("A", "1", "10"), 1), (("a ", "1", "10"), 1), (("A.", " 1", "10"), 1),
        (("A", "2", "10"), 0), (("C", "1", "10"), 0),
    ],
)  # fmt: skip
def test_a_row_that_stands_there_twice_is_named(row, found):
    rows = [(2, ("A", "1", "10")), (3, ("B", "2", "20")), (4, row)]
    assert len(study_faults("f", ROWS[0], rows)) == found


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [("xi", 3.5, 1), ("xi", 3.0, 0), ("xi", -1.0, 1), ("n1i", 20.4, 1), ("ti", 3.5, 0),
     ("m1i", -3.5, 0), ("n", float("nan"), 0)],
)  # fmt: skip
def test_people_are_counted_in_whole_numbers(name, value, found):
    faults = count_faults("f", {name: ("column", [(7, value)])})
    assert len(faults) == found
    assert all((one.row, one.column) == (7, "column") for one in faults)


def test_patients_are_no_studies():
    rows = [(2, ("1", "0")), (3, ("1", "0"))]
    assert study_faults("f", ("time", "status"), rows) == []


def test_names_of_columns():
    assert [column_name(n) for n in (1, 26, 27, 702, 703, 16384)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip

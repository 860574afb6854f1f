"""Bounds of the readers of tables: at the bound read, one beyond it refused, with the bound named.

The bounds themselves are large; each is made small here, so that both sides of it are files of a
few bytes. What each stands for in use is in ``test_bounds.py``.
"""

import io
import zipfile

import pytest
from openpyxl import Workbook

from hilum.errors import InputError
from hilum.tabular import encoding, hidden, read_sheet, renamed, rows, workbook
from hilum.tabular.encoding import decode, read_bytes
from hilum.tabular.rows import study_faults
from hilum.tabular.values import count_faults


def refused(run, *args):
    """The columns and values of the faults of a call; empty where it went through."""
    try:
        run(*args)
    except InputError as error:
        return [(one.column, one.value) for one in error.faults]
    return []


def book(path, lines):
    made = Workbook()
    for line in lines:
        made.active.append(line)
    made.save(path)
    return path


@pytest.mark.parametrize(("size", "fault"), [(11, []), (12, []), (13, [("file", "over 12 bytes")])])
def test_bytes_of_a_file(tmp_path, size, fault):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a" * size)
    assert refused(read_bytes, path, 12) == fault
    if not fault:
        assert read_bytes(path, 12) == b"a" * size


@pytest.mark.parametrize(("cells", "fits"), [(5, True), (6, True), (7, False)])
def test_cells_of_a_csv(tmp_path, monkeypatch, cells, fits):
    monkeypatch.setattr(rows, "MAX_CELLS", 6)
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n" + ",".join("3" * (cells - 4)) + "\n")
    assert refused(read_sheet, path) == ([] if fits else [("cells", "over 6")])
    if fits:
        assert [line for line, _ in read_sheet(path).rows] == [1, 2, 3]


@pytest.mark.parametrize(("cells", "fits"), [(5, True), (6, True), (7, False)])
def test_cells_of_a_workbook(tmp_path, monkeypatch, cells, fits):
    monkeypatch.setattr(workbook, "MAX_CELLS", 6)
    path = book(tmp_path / "x.xlsx", [[1, 2, 3, 4], list(range(1, cells - 3))])
    assert refused(read_sheet, path) == ([] if fits else [("cells", "over 6")])


@pytest.mark.parametrize(("texts", "fits"), [(5, True), (6, True), (7, False)])
def test_texts_of_a_workbook(monkeypatch, texts, fits):
    monkeypatch.setattr(workbook, "MAX_CELLS", 6)
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        shared = "".join(f"<si><t>t{n}</t></si>" for n in range(texts))
        archive.writestr("xl/sharedStrings.xml", f"<sst>{shared}</sst>")
        if fits:
            assert workbook._strings(archive) == [f"t{n}" for n in range(texts)]
        else:
            with pytest.raises(ValueError, match="over 6 texts"):
                workbook._strings(archive)


@pytest.mark.parametrize(("beyond", "fits"), [(-1, True), (0, True), (1, False)])
def test_bytes_of_a_part_whatever_the_archive_says(monkeypatch, beyond, fits):
    monkeypatch.setattr(workbook, "MAX_PART", 40)
    text = b"<a>" + b" " * (33 + beyond) + b"</a>"
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("part", text)
    with zipfile.ZipFile(stored) as archive:
        if fits:
            assert workbook._part(archive, "part").read() == text
        else:
            with pytest.raises(ValueError, match="over 40 bytes"):
                workbook._part(archive, "part")
    # A size that is told too small in the archive does not let more through.
    bounded = workbook._Bounded(io.BytesIO(text), "part")
    if fits:
        assert bounded.read() == text
    else:
        with pytest.raises(ValueError, match="over 40 bytes"):
            bounded.read()


def test_a_cell_beyond_the_header_is_refused(tmp_path):
    assert refused(read_sheet, book(tmp_path / "a.xlsx", [["a", "b"], [1]])) == []
    assert refused(read_sheet, book(tmp_path / "b.xlsx", [["a", "b"], [1, 2]])) == []
    assert refused(read_sheet, book(tmp_path / "c.xlsx", [["a", "b"], [1, 2, 3]])) == [("C2", "3")]


@pytest.mark.parametrize(("size", "kept"), [(4, 4), (5, 5), (6, 5)])
def test_characters_of_a_cell(tmp_path, monkeypatch, size, kept):
    monkeypatch.setattr(workbook, "MAX_TEXT", 5)
    path = book(tmp_path / "x.xlsx", [["x" * size]])
    assert read_sheet(path).rows == ((1, ("x" * kept,)),)


@pytest.mark.parametrize(("count", "more"), [(19, False), (20, False), (21, True)])
def test_twenty_hidden_rows_are_named(count, more):
    (said,) = hidden.Hidden(rows=list(range(2, 2 + count))).said(range(1, 40), 3)
    assert str(said).endswith(", ...") is more


@pytest.mark.parametrize(("common", "name"), [(3, "Windows-1252"), (4, "GB18030"), (5, "GB18030")])
def test_four_of_five_characters_are_common_chinese(common, name):
    # The bytes 82 40 are a character of GB18030 that GB 2312 has not; Windows-1252 has them too.
    text = "中" * common + b"\x82\x40".decode("gb18030") * (5 - common)
    assert decode(text.encode("gb18030"), "f")[1] == name


@pytest.mark.parametrize(("wide", "good"), [(7, False), (8, True), (9, True)])
def test_utf_16_without_its_mark_has_eight_zero_bytes_to_one(wide, good):
    # One character whose low byte is 0 (U+0100) beside so many of Western text.
    data = ("a" * wide + "\u0100").encode("utf-16-le")
    assert (refused(encoding.decode, data, "f") == []) is good
    if good:
        assert decode(data, "f") == ("a" * wide + "\u0100", "UTF-16")


def total(cell, above=("1", "2")):
    """Whether a row without a name counts as the total of those above it."""
    lines = [(n, (f"s{n}", one)) for n, one in enumerate(above, 2)]
    return bool(study_faults("f", ("study", "xi"), [*lines, (9, ("", cell))]))


@pytest.mark.parametrize(
    ("cell", "fault"),
    [("3", True), ("3.000000002", True), ("3.000000004", False), ("2.999999996", False),
     ("4", False), ("", False)],
)  # fmt: skip
def test_a_row_without_a_name_that_sums_those_above(cell, fault):
    # A thousand-millionth of the total is rounding.
    assert total(cell) is fault


@pytest.mark.parametrize(
    ("cell", "fault"), [("0.5000000005", True), ("0.5000000015", False), ("0.4999999985", False)]
)
def test_below_one_the_rounding_is_that_of_one(cell, fault):
    assert total(cell, ("0.25", "0.25")) is fault


@pytest.mark.parametrize(("cell", "fault"), [("0.9e-9", True), ("1e-9", True), ("1.1e-9", False)])
def test_a_difference_of_just_the_rounding_is_none(cell, fault):
    assert total(cell, ("0", "0")) is fault


@pytest.mark.parametrize(
    ("last", "fault"),
    [(("", "3", "30"), True), (("", "3", ""), True), (("", "", "30"), True), (("", "", ""), False),
     (("", "3", "31"), False), (("", "3", "both"), False), (("", "all", "30"), False)],
)  # fmt: skip
def test_a_row_of_totals_sums_every_number_it_has_and_holds_no_word(last, fault):
    lines = [(2, ("a", "1", "10")), (3, ("b", "2", "20")), (9, last)]
    assert bool(study_faults("f", ("study", "xi", "ni"), lines)) is fault


def test_one_row_above_is_no_sum():
    assert not total("1", ("1",))
    assert total("2", ("1", "1"))


@pytest.mark.parametrize(
    ("value", "fault"),
    [(-1.0, True), (-0.001, True), (0.0, False), (0.5, True), (1.0, False), (1.001, True),
     (float("nan"), False)],
)  # fmt: skip
def test_people_are_counted_whole_from_0(value, fault):
    assert bool(count_faults("f", {"xi": ("events", [(2, value)])})) is fault
    # Means may be anything.
    assert count_faults("f", {"m1i": ("mean", [(2, value)])}) == []


@pytest.mark.parametrize(("before", "review"), [(4079, True), (4080, True), (4081, False)])
def test_a_review_says_so_in_its_first_four_thousand_and_96_bytes(before, review):
    """The 16 bytes that say it lie inside the first 4096, or it is read as plain text."""
    head = b"<!--" + b"x" * (before - 7) + b"-->"
    assert len(head) == before
    data = head + b"<COCHRANE_REVIEW></COCHRANE_REVIEW>"
    said = [one.expected for one in faults_of(rows.sheet_of, data, "x.txt")]
    assert any("analys" in str(one) for one in said) is review
    assert bool(said) is review


def faults_of(run, *args):
    try:
        run(*args)
    except InputError as error:
        return error.faults
    return ()


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        # 3 digits may be thousands, 2 or 4 may not.
        (["1,234"], None), (["1,23"], ["1.23"]), (["1,2345"], ["1.2345"]), (["0,5"], ["0.5"]),
        (["1,234", "2,5"], ["1.234", "2.5"]), (["1,234", "2,345"], None),
        (["2,5", "a, b", "7"], ["2.5", "a, b", "7"]), (["1,5", "0.25"], None), ([], None),
    ],
)  # fmt: skip
def test_commas_before_decimals_in_every_row_but_the_first(cells, read):
    """A head keeps its commas; the first row of figures is one like the others."""
    lines = ((1, ("y 1,5",)), *((n, (cell,)) for n, cell in enumerate(cells, 2)))
    wanted = read and ((1, ("y 1,5",)), *((n, (cell,)) for n, cell in enumerate(read, 2)))
    assert rows.with_points(lines) == wanted


def test_a_head_of_numbers_with_commas_stays_as_it_is():
    assert rows.with_points(((1, ("0,5",)), (2, ("0,5",)))) == ((1, ("0,5",)), (2, ("0.5",)))


def columns_refused(header, wanted):
    faults = faults_of(renamed, "t.csv", header, wanted)
    return [(one.row, one.column, one.value, str(one.expected)) for one in faults]


@pytest.mark.parametrize("many", [1, 2, 3])
def test_one_column_alike_is_taken_and_two_are_not(many):
    header = ["X-I", "x_i", "X I"][:many]
    if many == 1:
        assert renamed("t.csv", header, ["xi"]) == {"xi": "X-I"}
    else:
        (fault,) = columns_refused(header, ["xi"])
        assert fault[:3] == (1, "xi", ", ".join(header)), "line 1 is the head"
        assert "say which" in fault[3]


def test_what_one_column_may_be_is_named_and_nothing_else():
    """`cases` may be `event` or `xi`; `n` is `ni` and has no part in it."""
    ((line, column, value, said),) = columns_refused(["cases", "n"], ["event", "xi", "ni"])
    assert (line, column, value) == (1, "cases", "cases")
    assert "not of event, xi: say which" in said

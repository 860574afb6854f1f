"""Tables of references: tags as heads, heads in their middle, one field a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from proofs.face import called

from hilum.errors import InputError
from hilum.literature.bibliography.reading import read
from hilum.literature.bibliography.writing import written
from hilum.rendering.workbooks import workbook

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.bibliography.kept import Reading


def _read(folder: Path, text: str, name: str = "x.csv") -> Reading:
    path = folder / name
    path.write_text(text, "utf-8")
    found = read(path)
    assert found.whole
    return found


HEADS = "PT\tAU\tAF\tTI\tSO\tID\tSP\tPY\tVL\tIS\tBP\tEP\tAR\tDI\tSN\tEI\tPG\tUT\tPM\n"
ROW = (
    "J\tEk, A; Berg, B\tEk, Ann; Berg, Bo\tA title\tJ IMAGINED\tLIVER; NET\tA sponsor\t2020\t3\t2"
    "\t5\t9\t\t10.5555/z.1\t1234-5678\t1234-5686\t5\tWOS:0001\t31000001{}\n"
)


@pytest.mark.parametrize("tail", ["", "\t"])
def test_tags_of_web_of_science_as_heads(tail: str, tmp_path: Path) -> None:
    found = _read(tmp_path, "\ufeff" + HEADS + ROW.format(tail), "savedrecs.txt")
    (one,) = found.records
    assert (one.record_id, one.journal, one.volume, one.issue, one.pages, one.year) == (
        "WOS:0001", "J IMAGINED", "3", "2", "5-9", 2020,
    )  # fmt: skip
    assert one.authors == ("Ek, Ann", "Berg, Bo")
    assert one.keywords == ("LIVER", "NET")
    assert one.identifiers == (("doi", "10.5555/z.1"), ("pmid", "31000001"),
                               ("issn", "1234-5678"), ("issn", "1234-5686"))  # fmt: skip
    assert found.notes == ()
    path = tmp_path / "back.ris"
    path.write_text(written([one], "ris"), "utf-8")
    (again,) = read(path).records
    assert (again.title, again.authors, again.pages) == (one.title, one.authors, one.pages)


def test_quotation_marks_of_a_title_are_letters(tmp_path: Path) -> None:
    rows = [ROW.format("").replace("A title", one) for one in ('"Cold" ones', '"Open', "A title")]
    found = _read(tmp_path, HEADS + "".join(rows))
    assert [one.title for one in found.records] == ["Cold ones", '"Open', "A title"]


def test_other_tags_as_heads(tmp_path: Path) -> None:
    ris = _read(tmp_path, 'TY,A1,TI,JF,SP,EP,DO,PY\nJOUR,"Ek, A;Berg, B",T,J,1,9,10.5555/a,2001\n')
    (one,) = ris.records
    assert (one.journal, one.pages, one.authors) == ("J", "1-9", ("Ek, A", "Berg, B"))
    nbib = _read(tmp_path, 'PMID,TI,FAU,JT,DP,PG\n7,T,"Ek, A;Berg, B",J,2001 May,12-5\n')
    (one,) = nbib.records
    assert (one.journal, one.pages, one.year, one.identifier("pmid")) == ("J", "12-15", 2001, "7")


def test_words_as_heads_stay_words(tmp_path: Path) -> None:
    (one,) = _read(tmp_path, "Title,AU,Year,SP,UT\nT,Ek A,2001,5,x\n").records
    assert (one.title, one.year, one.pages) == ("T", 2001, "5")


def test_a_table_glued_on_another(tmp_path: Path) -> None:
    first = "Title,Authors,Year\nOne,Ek A,2001\n"
    found = _read(tmp_path, first + first.replace("One", "Two"))
    assert [one.title for one in found.records] == ["One", "Two"]
    assert len(found.loose) == 1
    other = _read(tmp_path, first + 'Year,"Title",Authors\n2002,Two,Berg B\nTitle,of a work,Ek\n')
    assert [(one.title, one.year) for one in other.records] == [
        ("One", 2001), ("Two", 2002), ("of a work", None),
    ]  # fmt: skip


def test_issn_and_isbn_of_two_columns(tmp_path: Path) -> None:
    (one,) = _read(tmp_path, "title,isbn,issn\nT,9781300000001,1234-5678\n").records
    assert set(one.identifiers) == {("isbn", "9781300000001"), ("issn", "1234-5678")}


BY_ROW = (
    '"TITLE","One, of two"\n"AUTHOR NAMES","Ek A.","Berg B."\n'
    '"SOURCE","Imagined Oncology (2019) 26:4 (1201-1209)"\n"ABSTRACT","Aim.\n\nTitle, of a part"\n'
    '"MEDLINE PMID","31000001"\n"PUI","L626"\n\n'
    '"TITLE","Two"\n"AUTHOR NAMES","Lund C."\n"PUBLICATION YEAR","2020"\n\n'
    '"AUTHOR NAMES","Nobody N."\n"PUBLICATION YEAR","2021"\n'
)


@pytest.mark.parametrize("quoted", [True, False])
def test_one_field_a_row(quoted: bool, tmp_path: Path) -> None:
    text = BY_ROW
    if not quoted:
        names = ("TITLE", "AUTHOR NAMES", "SOURCE", "ABSTRACT", "MEDLINE PMID", "PUI",
                 "PUBLICATION YEAR")  # fmt: skip
        for one in names:
            text = text.replace(f'"{one}"', one.title())
    found = _read(tmp_path, text)
    assert (found.format, found.counted) == ("field_rows", 3)
    one, two, three = found.records
    assert (one.title, one.authors) == ("One, of two", ("Ek A.", "Berg B."))
    assert (one.journal, one.year, one.volume, one.issue, one.pages) == (
        "Imagined Oncology", 2019, "26", "4", "1201-1209",
    )  # fmt: skip
    assert one.abstract == "Aim.\nTitle, of a part"
    assert (one.record_id, one.identifier("pmid")) == ("L626", "31000001")
    assert (two.title, two.year) == ("Two", 2020)
    assert (three.title, three.authors) == ("", ("Nobody N.",))


def test_a_mark_that_is_never_closed_spoils_one_record(tmp_path: Path) -> None:
    for text in (BY_ROW, BY_ROW.replace("\n\n", "\n")):
        found = _read(tmp_path, text.replace('"One, of two"', '"One'))
        assert [one.line for one in found.bad] == [1]
        assert found.records[0].title == "Two"


TURNED = "title,Ek,Berg\nauthor,A,B\nyear,2001,2002\nnote,x,y\n"


@pytest.mark.parametrize(
    "text",
    [
        TURNED, "field,value\ntitle,One\nauthor,Ek\n",
        "id,title,value\n1,Title,One\n1,Author,Ek\n1,Year,2001\n",
        # Three of five rows and three of six.
        "title,authors\nTitle,x\nAuthor,y\nYear,z\nA work,u\nAnother,v\n",
    ],
)  # fmt: skip
def test_fields_in_place_of_records_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match="fields by column"):
        read(path)


@pytest.mark.parametrize(
    "text",
    [
        "title,authors\nTitle,x\nAuthor,y\nYear,z\nA work,u\nAnother,v\nThird,w\n",
        "title,authors\nAbstract,x\nAbstract,y\n", "title,some_column\na,lorem\n",
    ],
)  # fmt: skip
def test_a_few_odd_titles_are_none(text: str, tmp_path: Path) -> None:
    assert _read(tmp_path, text).format == "csv"


def test_a_workbook(tmp_path: Path) -> None:
    rows = [["Title", "Authors", "Year", "PMID", "Abstract"],
            ['A "quoted", title; of it', "Le Treut, Y. P.", 2001, 31000001, "x"],
            ["Two", "Ek, A; Berg, B", "2002", "", "y" * 32_767]]  # fmt: skip
    path = tmp_path / "x.data"
    path.write_bytes(workbook({"records": rows, "more": [["a"]]}))
    found = read(path)
    assert (found.format, found.counted, found.whole) == ("xlsx", 2, True)
    one, two = found.records
    assert (one.title, one.authors) == ('A "quoted", title; of it', ("Le Treut, Y. P.",))
    assert (one.year, one.identifier("pmid"), two.authors) == (2001, "31000001",
                                                               ("Ek, A", "Berg, B"))  # fmt: skip
    said = [str(one.said) for one in found.notes if not one.position]
    assert len(said) == 2
    assert any("row 3: a cell has 32,767 characters" in one for one in said)


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    for rows, way in (
        ([["a", "b"], ["1", "2"]], "names a column title"), ([[]], "empty"),
        ([line.split(",") for line in TURNED.split("\n")], "fields by column"),
    ):  # fmt: skip
        path.write_bytes(workbook({"records": rows}))
        with pytest.raises(InputError, match=way):
            read(path)
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(InputError, match="readable XLSX"):
        read(path)


@pytest.mark.parametrize("form", ["ris", "bib", "nbib", "csv", "xlsx"])
def test_what_is_exported_is_read_again(form: str, tmp_path: Path) -> None:
    source = tmp_path / "x.csv"
    source.write_text(
        "Title,Authors,Year,Journal,Volume,Pages,DOI,PMID,Abstract\n"
        '"=One, ""of"" 2","Le Treut, Y. P.; Ek, A",2001,J,3,1-9,10.5555/a.1,31000001,Aim\n'
    )
    review = tmp_path / "review"
    called("literature", "new", review)
    called("literature", "import", review, source)
    out = tmp_path / f"out.{form}"
    assert called("literature", "export", review, "--out", out).returncode == 0
    found = read(out)
    assert found.whole
    (one,) = found.records
    assert (one.title, one.authors, one.year) == (
        '=One, "of" 2',
        ("Le Treut, Y. P.", "Ek, A"),
        2001,
    )
    assert (one.journal, one.volume, one.pages, one.abstract) == ("J", "3", "1-9", "Aim")
    assert (one.identifier("doi"), one.identifier("pmid")) == ("10.5555/a.1", "31000001")
    again = tmp_path / "again"
    called("literature", "new", again)
    assert called("literature", "import", again, out).returncode == 0

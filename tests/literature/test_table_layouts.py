"""Tables of references: tags as heads, heads in their middle, one field a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hilum.literature.bibliography.reading import read
from hilum.literature.bibliography.writing import written

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

"""What BibTeX and NBIB are written with is read back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hilum.literature.bibliography.latex import latex_of, text_of
from hilum.literature.bibliography.reading import read
from hilum.literature.bibliography.record import Place, Record
from hilum.literature.bibliography.withdrawn import CONCERN, RETRACTED
from hilum.literature.bibliography.writing import WRITERS, bibtex, nbib
from hilum.literature.duplicates.merging import merged
from tests.literature.test_named_beside import nbib as nbib_text
from tests.literature.test_named_beside import xml

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "text",
    [
        r"Set {A} and C:\temp of net", r"a \ b", r"\alpha", "open { alone", "} before {", r"\{x\}",
        "$5 and $6", "50% of x_y & #1 ~ z", r"\\{", "(n<30; p>0.05) {ok} = 3 \\ 4",
    ],
)  # fmt: skip
def test_text_comes_back_from_bibtex(tmp_path: Path, text: str) -> None:
    assert text_of(latex_of(text)) == text
    one = Record("1", Place("x", 1), title=text, year=2020, authors=("Doe, J",))
    (tmp_path / "a.bib").write_text(written := bibtex([one]), "utf-8")
    # BibTeX counts braces whatever stands before them.
    assert written.count("{") == written.count("}")
    assert read(tmp_path / "a.bib").records[0].title == text


def test_braces_are_escaped() -> None:
    assert latex_of(r"{A} \b") == r"\{A\} \textbackslash{}b"


def test_names_come_back_from_bibtex(tmp_path: Path) -> None:
    names = ("Smith, John, Jr.", "de la Cruz, María", "NETTER Study Group", "Group {A}, B", "Wu")
    one = Record("1", Place("x", 1), title="T", year=2020, authors=names)
    (tmp_path / "a.bib").write_text(written := bibtex([one]), "utf-8")
    assert "Smith, Jr., John and" in written
    assert read(tmp_path / "a.bib").records[0].authors == names


def test_a_merged_record_of_nbib_holds_no_tags_of_ris(tmp_path: Path) -> None:
    (tmp_path / "a.nbib").write_text(
        "PMID- 31000001\nTI  - Imagined bowel.\nDP  - 2021\nAB  - Long.\nMH  - Humans\nOT  - net\n",
        "utf-8",
    )
    (tmp_path / "b.ris").write_text(
        "TY  - JOUR\nTI  - Imagined bowel\nPY  - 2021\nKW  - net\nKW  - liver\nDO  - 10.5555/1\n"
        "N1  - a note\nUR  - https://example.org/1\nDB  - Embase\nDP  - Ovid\nER  - \n",
        "utf-8",
    )
    both = [read(tmp_path / name).records[0] for name in ("a.nbib", "b.ris")]
    text = nbib([merged(both, ["a:1", "b:1"])])
    tags = [line[:4].strip() for line in text.splitlines() if line]
    assert not {"KW", "DO", "N1", "UR", "DB", "TY"} & set(tags)
    assert tags.count("DP") == 1
    (tmp_path / "c.nbib").write_text(text, "utf-8")
    again = read(tmp_path / "c.nbib").records[0]
    assert sorted(again.keywords) == ["Humans", "liver", "net"]
    assert again.identifier("doi") == "10.5555/1"


@pytest.mark.parametrize("form", ["ris", "bib", "nbib", "csv"])
@pytest.mark.parametrize("source", ["nbib", "xml"])
def test_an_expression_of_concern_is_named_again_from_every_export(
    tmp_path: Path, form: str, source: str
) -> None:
    made = nbib_text("ECI", ["Journal Article"]), xml("ExpressionOfConcernIn", ["Journal Article"])
    (tmp_path / f"a.{source}").write_text(made[source == "xml"], "utf-8")
    one = read(tmp_path / f"a.{source}")
    assert CONCERN in [note.said for note in one.notes]
    (tmp_path / f"b.{form}").write_text(WRITERS[form](one.records), "utf-8")
    again = read(tmp_path / f"b.{form}")
    assert CONCERN in [note.said for note in again.notes]
    assert RETRACTED not in [note.said for note in again.notes]
    (tmp_path / f"c.{form}").write_text(WRITERS[form](again.records), "utf-8")
    assert CONCERN in [note.said for note in read(tmp_path / f"c.{form}").notes]


@pytest.mark.parametrize("form", ["ris", "bib", "nbib", "csv"])
def test_no_concern_is_made_up(tmp_path: Path, form: str) -> None:
    one = Record("1", Place("x", 1), title="Concerns of patients", year=2020, abstract="A concern.")
    (tmp_path / f"a.{form}").write_text(WRITERS[form]([one]), "utf-8")
    assert CONCERN not in [note.said for note in read(tmp_path / f"a.{form}").notes]

"""Authors of one cell: several, or one with a comma in the name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hilum.literature.bibliography import cleaning, glued
from hilum.literature.bibliography.reading import read
from hilum.literature.bibliography.writing import written

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Le Treut, Y. P.", ["Le Treut, Y. P."]),
        ("Le Treut, Y. P., Smith, J. A., Jr., Ek, B", ["Le Treut, Y. P.", "Smith, J. A., Jr.",
                                                      "Ek, B"]),
        ("World Health Organization, Office", ["World Health Organization, Office"]),
        ("Imagined Organization, Regional Office", ["Imagined Organization, Regional Office"]),
        ("Department of Health and Human Services", ["Department of Health and Human Services"]),
        ("Liu R., Adler D.G.", ["Liu R.", "Adler D.G."]),
        ("M\u00fcller JH, O'Brien S, SIRT-NET Study Group", ["M\u00fcller JH", "O'Brien S",
                                                           "SIRT-NET Study Group"]),
        ("Smith J, Jones K and Lee M", ["Smith J", "Jones K", "Lee M"]),
        ("Smith, John and Jones, Mary", ["Smith, John", "Jones, Mary"]),
        ("X, Y; Z, W", ["X, Y", "Z, W"]),
        ("X, Y|Z, W", ["X, Y", "Z, W"]),
        ("Smith, J., & Jones, K.", ["Smith, J.", "Jones, K."]),
        ("Smith, J. A., Ek, B., & Jones, K.", ["Smith, J. A.", "Ek, B.", "Jones, K."]),
        ("\u738b\u4f1f,\u674e\u5a1c", ["\u738b\u4f1f", "\u674e\u5a1c"]),
        ("Ann Ek, Ola Berg, Bo Lund", ["Ann Ek", "Ola Berg", "Bo Lund"]),
        ("Ek A, et al.", ["Ek A", "et al."]),
    ],
)  # fmt: skip
def test_authors_of_one_cell(text: str, names: list[str]) -> None:
    assert glued.split(text) == names
    assert not glued.in_doubt(text, names)


@pytest.mark.parametrize("text", ["Le Treut, Yves Patrice", "Wang Wei, Li Na", "Ek, Berg, Lund"])
def test_what_may_be_one_or_several_is_said(text: str) -> None:
    assert glued.split(text) == [text]
    assert glued.in_doubt(text, [text])


CELLS = ["Wang Wei, Li Na", "Ann Ek, Ola Berg, Bo Lund"]


def test_the_column_decides() -> None:
    assert glued.between_authors(CELLS) == glued.COMMAS
    assert not glued.between_authors(CELLS[:1])
    assert glued.between_authors([*CELLS, "Ek, A; Berg, B"]) == glued.SEMICOLONS
    assert glued.split(CELLS[0], commas=True) == ["Wang Wei", "Li Na"]


def test_authors_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = ["Title,Authors,Year", *(f'T{n},"{one}",2001' for n, one in enumerate(CELLS))]
    path.write_text("\n".join(rows), "utf-8")
    assert read(path).records[0].authors == ("Wang Wei", "Li Na")
    path.write_text("\n".join([*rows[:2], 'T,"Ek, A; Berg, B",2002', 'U,"Ek A; et al.",2003']))
    found = read(path)
    assert found.records[0].authors == (CELLS[0],)
    said = [(one.position, one.said) for one in found.notes]
    assert said == [(1, glued.IN_DOUBT), (3, cleaning.CUT)]


def test_others_of_bibtex_are_nobody(tmp_path: Path) -> None:
    path = tmp_path / "x.bib"
    path.write_text(
        "@article{a, title={A}, year=2001, author={Ek, A and others}}\n"
        "@article{b, title={B}, year=2001, author={Ek, A and {others}}}\n"
        "@article{c, title={C}, year=2001, author={Others, A and Ek, B}}\n"
    )
    found = read(path)
    assert [one.authors for one in found.records] == [
        ("Ek, A",), ("Ek, A", "others"), ("Others, A", "Ek, B"),
    ]  # fmt: skip
    assert [(one.position, one.said) for one in found.notes] == [(1, cleaning.CUT)]


def test_names_and_abbreviations_come_back_from_bibtex(tmp_path: Path) -> None:
    path = tmp_path / "x.ris"
    names = ("M\u00fcller J.H.", "NET Study Group", "Ek, A", "WHO", "others")
    lines = [
        "TY  - JOUR",
        "TI  - T",
        "PY  - 2001",
        *(f"AU  - {one}" for one in names),
        "ER  - ",
        "",
    ]
    path.write_text("\n".join(lines), "utf-8")
    bib = tmp_path / "x.bib"
    bib.write_text(written(read(path).records, "bib"), "utf-8")
    assert read(bib).records[0].authors == names
    bib.write_text(
        '@string{jx = "J {X}"}\n@string{mar = "own"}\n@article{a, title="T of jx", year=2001, '
        'series = jx, month = mar # "~3", journal = jx # " (suppl)", author={Ek, A and others}}\n'
    )
    (one,) = read(bib).records
    bib.write_text(written([one], "bib"), "utf-8")
    (again,) = read(bib).records
    assert (again.journal, again.title, again.authors) == ("J X (suppl)", "T of jx", ("Ek, A",))
    assert [field.value for field in again.fields if field.tag == "series"] == ["J X"]

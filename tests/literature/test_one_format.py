"""Exports of two formats glued into one file: refused, with the line and both formats."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from hilum.errors import InputError
from hilum.literature.bibliography.formats import FORMATS, opened_as
from hilum.literature.bibliography.reading import databases_of, items, read

if TYPE_CHECKING:
    from pathlib import Path

ONE = {
    "ris": "TY  - JOUR\nTI  - Imagined liver\nAU  - Ek, A.\nPY  - 2020\nER  - \n",
    "nbib": "PMID- 31000001\nOWN - NLM\nTI  - Imagined bowel.\nDP  - 2021\nFAU - Berg, Ola\n",
    "central": "Record #1 of 1\nID: CN-00000001\nAU: Ek A\nTI: Imagined arm\nYR: 2019\n",
    "wos": "FN Clarivate\nVR 1.0\nPT J\nAU Ek, A\nTI Imagined node\nPY 2018\nER\n\nEF\n",
    "refer": "%0 Journal Article\n%A Ek, A.\n%T Imagined duct\n%D 2017\n",
    "bibtex": "@article{ek2016,\n  title = {Imagined vein},\n  year = {2016}\n}\n",
    "pubmed_xml": (
        '<?xml version="1.0"?>\n<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID>'
        "<Article><ArticleTitle>Imagined cell</ArticleTitle></Article></MedlineCitation>"
        "</PubmedArticle></PubmedArticleSet>\n"
    ),
    "endnote_xml": (
        '<?xml version="1.0"?><xml><records><record><database name="a">a</database><titles><title>'
        "Imagined gland</title></titles></record></records></xml>\n"
    ),
    "trials_json": (
        '[{"protocolSection": {"identificationModule": {"nctId": "NCT01234567", '
        '"briefTitle": "Imagined"}}}]\n'
    ),
    "csv": "Title,Authors,Year,DOI\nImagined graft,Ek A,2015,10.1000/x\n",
    "field_rows": '"TITLE","Imagined stent"\n"AUTHOR NAMES","Ek A.","Berg O."\n"DATE","2014"\n',
}


@pytest.mark.parametrize("code", ONE)
def test_one_format_is_read(tmp_path: Path, code: str) -> None:
    path = tmp_path / "one.txt"
    path.write_text(ONE[code] * 2 if code != "trials_json" else ONE[code], "utf-8")
    assert opened_as(path).code == code


@pytest.mark.parametrize("between", ["", "\n", "\ufeff", "\r\n\ufeff"])
@pytest.mark.parametrize(("first", "second"), [*permutations(ONE, 2)])
def test_two_formats_are_refused(tmp_path: Path, first: str, second: str, between: str) -> None:
    path = tmp_path / "two.txt"
    path.write_text(f"{ONE[first]}{between}{ONE[second]}", "utf-8")
    with pytest.raises(InputError, match="a file of its own") as caught:
        read(path)
    said = str(caught.value)
    assert f"{FORMATS[first].name} stands before this line, {FORMATS[second].name} from" in said
    begins = caught.value.faults[0].row or 0
    printed = path.read_text("utf-8").split("\n")[begins - 1]
    start = ONE[first].count("\n") + 1
    assert start <= begins <= start + 4, printed
    for reader in (lambda: list(items(path)), lambda: databases_of(path)):
        with pytest.raises(InputError, match="a file of its own"):
            reader()


@pytest.mark.parametrize("second", ["ris", "nbib", "refer", "bibtex", "pubmed_xml", "endnote_xml"])
@pytest.mark.parametrize("first", ["ris", "nbib", "bibtex", "endnote_xml"])
def test_a_last_line_without_its_end(tmp_path: Path, first: str, second: str) -> None:
    if first == second:
        return
    path = tmp_path / "two.txt"
    path.write_text(ONE[first].rstrip("\n") + ONE[second], "utf-8")
    with pytest.raises(InputError, match="a file of its own"):
        read(path)


def test_the_second_may_stand_far_below_the_lines_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "two.txt"
    path.write_text(ONE["ris"] * 60_000 + ONE["nbib"], "utf-8")
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.faults[0].row == 5 * 60_000 + 1


@pytest.mark.parametrize(
    "text",
    [
        "Title, authors, year and abstract of each were read by two of us,\nand a third decided.",
        "PMID- was the mark\nthat we looked for, as TY  - is of the other.",
        "PMID- 123\nis of another paper.",
        "%T is a mark\nof a form that nobody uses; e-mail: ek@article{x}.",
    ],
)
def test_prose_that_looks_like_a_mark_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "one.ris"
    path.write_text(ONE["ris"].replace("AU  - ", f"AB  - Aim.\n{text}\nAU  - "), "utf-8")
    assert len(read(path).records) == 1

"""What an import says of retractions, authors and sources, whichever database wrote the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hilum.analyses.flow import FlowAsked
from hilum.analyses.flow import run as flow
from hilum.literature.bibliography import glued
from hilum.literature.bibliography.reading import databases_of, read
from hilum.literature.bibliography.withdrawn import RETRACTED, retracted
from tests.literature.reviews import hilum

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.bibliography.kept import Reading

T = "An imagined cohort of the liver"
HEAD_WOS = "PT\tAU\tTI\tSO\tPY\tDT\tUT\n"


def given(folder: Path, name: str, text: str) -> Reading:
    path = folder / name
    path.write_text(text, "utf-8")
    found = read(path)
    assert found.whole
    return found


RIS = "TY  - JOUR\nTI  - {}\nPY  - 2020\n{}ER  - \n"
# By database and format: a record with what says it, and the same with something like it.
SAID = {
    "wos.txt": ("PT J\nTI {}\nPY 2020\nDT {}\nER\n", "Article; Retracted Publication", "Article"),
    "wos-title.txt": ("PT J\nTI {}{}\nPY 2020\nER\n",
                      " (Retracted article. See vol. 10, pg. 1, 2022)", " of vol. 10"),
    "wos.tab": (HEAD_WOS + "J\tEk, A\t{}\tJ\t2020\t{}\tWOS:1\n", "Retracted Publication",
                "Article"),
    "wos.csv": ("Article Title,Publication Year,Document Type\n{},2020,{}\n",
                "Article; Retracted Publication", "Article"),
    "wos.bib": ("@article{{k, title = {{{}}}, year = {{2020}}, type = {{{}}} }}\n",
                "Article; Retracted Publication", "Article"),
    "scopus.ris": (RIS, "M3  - Retracted\n", "M3  - Article\n"),
    "scopus-title.csv": ("Title,Year,EID\n{1}{0},2020,2-s2.0-1\n", "RETRACTED: ", ""),
    "scopus.csv": ("Title,Year,Document Type\n{},2020,{}\n", "Retracted", "Article"),
    "scopus.bib": ("@ARTICLE{{k, title={{{}}}, year={{2020}}, type={{{}}} }}\n", "Retracted",
                   "Review"),
    "embase.ris": (RIS, "M3  - Tombstone\n", "M3  - Conference Abstract\n"),
    "embase-term.ris": (RIS, "KW  - retracted article\n", "KW  - retraction pocket\n"),
    "embase.csv": ("Title,Publication Year,Publication Type\n{},2020,{}\n", "Tombstone", "Article"),
    "embase-terms.csv": ("Title,Year,Emtree Medical Index Terms\n{},2020,{}\n",
                         "liver; retracted article; human", "liver; human"),
    "ovid.ris": (RIS, "PT  - Journal Article. Retracted Publication\n", "PT  - Journal Article\n"),
    "publisher.ris": (RIS, "AB  - This article has been retracted at the request of its editors.\n",
                      "AB  - The lobe has been retracted.\n"),
    "note.ris": (RIS, "N1  - Retraction in: J Again. 2022;9:1\n", "N1  - Retraction of a lobe\n"),
    "endnote.xml": ("<xml><records><record><titles><title>{}</title></titles><dates><year>2020"
                    "</year></dates><work-type>{}</work-type></record></records></xml>",
                    "Retracted Publication", "Journal Article"),
    "cnki.txt": ("%0 Journal Article\n%T {}\n%D 2020\n%9 {}\n", "Retracted", "Article"),
    "pubmed.nbib": ("PMID- 31000001\nTI  - {}\nDP  - 2020\n{}\n", "RIN - J. 2022;9:1", "VI  - 3"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_a_retraction_is_noted_and_shown(name: str, tmp_path: Path) -> None:
    form, says, like = SAID[name]
    for said, expected in ((says, True), (like, False)):
        found = given(tmp_path, name, form.format(T, said))
        (one,) = found.records
        assert (RETRACTED in [note.said for note in found.notes]) is expected, said
        assert retracted(one.title, one.kind) is expected


@pytest.mark.parametrize(
    ("title", "told"),
    [("WITHDRAWN: A series", True), ("Withdrawal notice to: A series", True), ("[Withdrawn]", True),
     ("Withdrawal of octreotide in stable disease", False), ("Withdrawn consent in trials", False),
     ("A series (Withdrawn article)", True)],
)  # fmt: skip
def test_a_drug_may_be_withdrawn_without_its_paper(title: str, told: bool) -> None:
    assert retracted(title) is told


# By file: the form, what stands there, the authors, whether they are in doubt.
AUTHORS = (
    ("a.csv", 'Title,Authors,Year\nT,"{}",2001\n', "Smith, Jones", ["Smith, Jones"], True),
    ("a.csv", 'Title,Authors,Year\nT,"{}",2001\nU,"Ek, A; Berg, B",2002\n', "Smith, Jones",
     ["Smith, Jones"], False),
    ("a.csv", 'Key,Item Type,Title,Author\nK,journalArticle,T,"{}"\n', "Smith, Jones",
     ["Smith, Jones"], False),
    ("a.csv", 'Title,Authors,Year\nT,"{}",2001\n', "Smith J, Jones K", ["Smith J", "Jones K"],
     False),
    ("a.csv", 'Title,Authors,Year\nT,"{}",2001\n', "Smith, Jones and Brown",
     ["Smith, Jones", "Brown"], True),
    ("a.csv", 'Title,Authors,Year\nT,"{}",2001\n', "Ek, Ann and Berg, Bo", ["Ek, Ann", "Berg, Bo"],
     False),
    ("a.csv", "Title,Authors,Year\nT,{},2001\n", "王伟、李娜；张敏", ["王伟", "李娜", "张敏"],
     False),
    ("a.ris", "TY  - JOUR\nTI  - T\nAU  - {}\nPY  - 2001\nER  - \n", "Smith, Jones",
     ["Smith, Jones"], False),
    ("a.ris", "TY  - JOUR\nTI  - T\nAU  - {}\nPY  - 2001\nER  - \n", "Smith J, Jones K",
     ["Smith J", "Jones K"], False),
    ("a.ris", "TY  - JOUR\nTI  - T\nAU  - {}\nPY  - 2001\nER  - \n", "Smith, J., Jones, K.",
     ["Smith, J.", "Jones, K."], False),
    ("a.ris", "TY  - JOUR\nTI  - T\nAU  - {}\nPY  - 2001\nER  - \n", "M&uuml;ller, A; Ek, B",
     ["Müller, A", "Ek, B"], False),
    ("a.ris", "TY  - JOUR\nTI  - T\nAU  - {}\nPY  - 2001\nER  - \n", "Smith, Jones and Brown",
     ["Smith, Jones and Brown"], True),
    ("a.ris", "TY  - JOUR\nTI  - T\nAU  - {}\nPY  - 2001\nER  - \n", "Smith, John K",
     ["Smith, John K"], False),
    ("a.ris", "TY  - JOUR\nTI  - T\nAU  - {}\nPY  - 2001\nER  - \n", "Smith J, Jones",
     ["Smith J, Jones"], True),
    ("a.csv", 'Title,Authors,Year\nT,"{}",2001\n', "Smith, John K", ["Smith, John K"], False),
    ("a.nbib", "PMID- 31000001\nTI  - T\nFAU - {}\nDP  - 2001\n", "Smith, John K",
     ["Smith, John K"], False),
    ("a.ris", "TY  - JOUR\nTI  - T\nAU  - {}\nPY  - 2001\nER  - \n", "Smith, John, Jr.",
     ["Smith, John, Jr."], False),
    ("a.txt", "PT J\nTI T\nAU {}\nPY 2001\nER\n", "Smith, Jones", ["Smith, Jones"], False),
    ("a.txt", "%0 Journal Article\n%T T\n%A {}\n%D 2001\n", "Smith, Jones", ["Smith, Jones"],
     False),
    ("a.bib", "@article{{k, title={{T}}, year=2001, author={{{}}}}}\n", "Smith, Jones",
     ["Smith, Jones"], False),
    ("a.bib", "@article{{k, title={{T}}, year=2001, author={{{}}}}}\n", "Smith J, Jones K",
     ["Smith J", "Jones K"], False),
    ("a.xml", "<xml><records><record><contributors><authors><author>{}</author></authors>"
     "</contributors><titles><title>T</title></titles></record></records></xml>",
     "Smith J, Jones K", ["Smith J", "Jones K"], False),
)  # fmt: skip


@pytest.mark.parametrize(("name", "form", "text", "names", "doubt"), AUTHORS)
def test_authors_are_told_apart_or_in_doubt(
    name: str, form: str, text: str, names: list[str], doubt: bool, tmp_path: Path
) -> None:
    found = given(tmp_path, name, form.format(text))
    assert list(found.records[0].authors) == names
    assert (glued.IN_DOUBT in [note.said for note in found.notes if note.position == 1]) is doubt


SOURCES = {
    "Embase": ('"TITLE","T"\n"AUTHOR NAMES","Ek A."\n"PUI","L1"\n',
               "Title,Embase Accession ID\nT,1\n",
               "Title,Source,Emtree Drug Index Terms\nT,J,x\n",
               "TY  - JOUR\nT1  - T\nU2  - L601234567\nER  - \n"),
    "Web of Science": (HEAD_WOS + "J\tEk, A\tT\tJ\t2020\tArticle\tWOS:0000000001\n",
                       "Article Title,UT (Unique WOS ID)\nT,WOS:0000000001\n",
                       "TY  - JOUR\nTI  - T\nAN  - WOS:0000000001\nER  - \n",
                       "@article{WOS:0000000001,\nTitle = {T},\nUnique-ID = {WOS:0000000001} }"),
    "Scopus": ("Title,Source title,EID,Source\nT,J,2-s2.0-1,Scopus\n",
               "TY  - JOUR\nTI  - T\nUR  - https://www.scopus.com/inward/1\nER  - \n",
               "@article{k, title={T}, source={Scopus}}\n"),
    "CNKI": ("%0 Journal Article\n%T 肝转移\n%W CNKI\n",
             "SrcDatabase-来源库,Title-题名\n期刊,肝转移\n",
             "TY  - JOUR\nTI  - 肝转移\nUR  - https://kns.cnki.net/kcms/detail/1.html\nER  - \n"),
    "PubMed": ("PMID,Title,Authors,Citation,First Author,Journal/Book\n1,T,Ek A,C,Ek A,J\n",),
    "ClinicalTrials.gov": ("NCT Number,Study Title,Study Status\nNCT00000001,T,DONE\n",),
}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "text"), [(name, one) for name, texts in SOURCES.items() for one in texts]
)
def test_a_format_that_says_its_origin_names_it(source: str, text: str, tmp_path: Path) -> None:
    found = given(tmp_path, "export.dat", text)
    assert found.databases == (source,)
    assert set(databases_of(tmp_path / "export.dat").values()) == {source}


def test_the_flow_names_the_database(tmp_path: Path) -> None:
    hilum("new", tmp_path / "review", "--title", "Imagined")
    for number, texts in enumerate(SOURCES.values()):
        path = tmp_path / f"{number}.dat"
        path.write_text(texts[0], "utf-8")
        hilum("import", tmp_path / "review", path)
    found = flow(FlowAsked(folder=str(tmp_path / "review"), reviewers=1))
    (box,) = [one for one in found.boxes if one.code == "identified"]
    assert {part.code for part in box.parts} == set(SOURCES)
    assert not any(part.guessed for part in box.parts)
    assert [part.kind for part in box.parts if part.code == "ClinicalTrials.gov"] == ["register"]
    assert "file_names" not in [one.code for one in found.remarks]

"""What hilum exports it reads again: every format of import, through every format of export."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hilum.errors import InputError
from hilum.literature.bibliography.formats import FORMATS
from hilum.literature.bibliography.reading import read
from hilum.literature.bibliography.withdrawn import retracted
from hilum.literature.bibliography.writing import WRITERS
from hilum.literature.duplicates.merging import merged

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.bibliography.record import Record

SOME = "A line that looks like a tag.\nTY  - JOUR\nPMID- 99\nRecord #1 of 2\nAB: none\n%0 Book"
ABSTRACT = "METHODS: 12 imagined patients & 50% more; see Record #1 of 1"
GIVEN = {
    "ris": "TY  - JOUR\nID  - r1\nTI  - Imagined liver: a study\nAU  - Ek, Anna\nAU  - Berg, Ola\n"
    "PY  - 2020\nJF  - Journal of Imagined Livers\nVL  - 12\nIS  - 3\nSP  - 100\nEP  - 109\n"
    "LA  - eng\nDO  - 10.1000/a.1\nSN  - 1234-5679\nKW  - liver\nKW  - bowel\nC2  - PMC1234567\n"
    f"AB  - {ABSTRACT}\nN1  - Record #1 of 1\nN1  - PT J\nDB  - Embase\nER  - \n\n"
    "TY  - JOUR\nTI  - RETRACTED: Imagined duct\nPY  - 2019\nAN  - 31000002\nDB  - PubMed\n"
    "ER  - \n",
    "nbib": "PMID- 31000001\nOWN - NLM\nTI  - Imagined bowel: a study.\nDP  - 2021 Mar\n"
    "FAU - Berg, Ola\nAU  - Berg O\nFAU - Ek, Anna\nAU  - Ek A\nJT  - Journal of imagined bowels\n"
    "VI  - 4\nIP  - 2\nPG  - 120-9\nLA  - eng\nLID - 10.1000/b.1 [doi]\nPMC - PMC7654321\n"
    "IS  - 1234-5679 (Print)\nSI  - ClinicalTrials.gov/NCT01234567\nPT  - Journal Article\n"
    "PT  - Randomized Controlled Trial\nRIN - J Imag. 2022;1:1. PMID: 31000009\nMH  - *Liver\n"
    f"OT  - bowel\nAB  - {ABSTRACT}\n\n"
    "PMID- 31000003\nTI  - Imagined twin.\nDP  - 2018\n",
    "central": "Record #1 of 2\nID: CN-00000001\nAU: Ek A\nAU: Berg O\nTI: Imagined arm: a trial\n"
    "SO: Journal of imagined arms\nYR: 2019\nVL: 3\nNO: 4\nPG: 10-19\nPM: PUBMED 31000004\n"
    f"DOI: 10.1000/c.1\nKY: arm; bowel\nAB: {ABSTRACT}\nPT: Journal article\n\n"
    "Record #2 of 2\nID: CN-00000002\nAU: Ek A\nTI: Imagined leg\nYR: 2018\nAB: Short\n",
    "wos": "FN Clarivate\nVR 1.0\nPT J\nAU Ek, A\n   Berg, O\nAF Ek, Anna\n   Berg, Ola\n"
    "TI Imagined node: a study\nSO JOURNAL OF IMAGINED NODES\nLA English\nDT Article; Retracted "
    "Publication\nDE node; bowel\n"
    f"AB {ABSTRACT}\nSN 1234-5679\nPY 2018\nVL 9\nIS 1\nBP 1\nEP 9\nDI 10.1000/d.1\nUT WOS:1\n"
    "PM 31000005\nER\n\nPT J\nAU Ek, A\nTI Imagined edge\nPY 2017\nUT WOS:2\nER\n\nEF\n",
    "refer": "%0 Journal Article\n%A Ek, Anna\n%A Berg, Ola\n%T Imagined duct: a study\n%D 2017\n"
    "%J Journal of imagined ducts\n%V 5\n%N 6\n%P 50-59\n%@ 1234-5679\n%R 10.1000/e.1\n%G eng\n"
    f"%K duct\nbowel\n%X {ABSTRACT}\n\n%0 Journal Article\n%A Ek, Anna\n%T Imagined wall\n"
    "%D 2016\n",
    "bibtex": "@article{ek2016,\n  title = {Imagined vein: a study},\n  author = {Ek, Anna and "
    "Berg, Ola},\n  year = {2016},\n  journal = {Journal of Imagined Veins},\n  volume = {2},\n  "
    "number = {3},\n  pages = {5--9},\n  doi = {10.1000/f.1},\n  "
    "pmid = {31000006},\n  issn = {1234-5679},\n"
    "  language = {eng},\n  keywords = {vein; bowel},\n  abstract = {METHODS: 12 imagined patients "
    "\\& 50\\% more; see Record \\#1 of 1}\n}\n"
    "@article{ek2015,\n  title = {RETRACTED: Imagined knot},\n  year = {2015}\n}\n",
    "pubmed_xml": '<?xml version="1.0"?>\n<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>'
    "31000007</PMID><Article><Journal><ISSN>1234-5679</ISSN><JournalIssue><Volume>1</Volume><Issue>"
    "2</Issue><PubDate><Year>2014</Year></PubDate></JournalIssue><Title>Journal of imagined cells"
    "</Title></Journal><ArticleTitle>Imagined cell: a study</ArticleTitle><Pagination><MedlinePgn>"
    "11-9</MedlinePgn></Pagination><ELocationID EIdType=\"doi\">10.1000/g.1</ELocationID><Abstract>"
    f"<AbstractText>{ABSTRACT.replace('&', '&amp;')}</AbstractText></Abstract><AuthorList><Author>"
    "<LastName>Ek</LastName><ForeName>Anna</ForeName></Author><Author><LastName>Berg</LastName>"
    "<ForeName>Ola</ForeName></Author></AuthorList><Language>eng</Language><PublicationTypeList>"
    "<PublicationType>Journal Article</PublicationType></PublicationTypeList></Article>"
    '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><PMID>31000010</PMID>'
    "</CommentsCorrections></CommentsCorrectionsList><KeywordList><Keyword>cell</Keyword><Keyword>"
    "bowel</Keyword></KeywordList></MedlineCitation></PubmedArticle></PubmedArticleSet>\n",
    "endnote_xml": '<?xml version="1.0"?><xml><records><record><database name="a">a</database>'
    '<ref-type name="Journal Article">17</ref-type><contributors><authors><author>Ek, Anna</author>'
    "<author>Berg, Ola</author></authors></contributors><titles><title>Imagined gland: a study"
    "</title><secondary-title>Journal of imagined glands</secondary-title></titles><pages>1-9"
    "</pages><volume>7</volume><number>8</number><keywords><keyword>gland</keyword><keyword>bowel"
    "</keyword></keywords><dates><year>2013</year></dates><isbn>1234-5679</isbn><abstract>"
    f"{ABSTRACT.replace('&', '&amp;')}</abstract><electronic-resource-num>10.1000/h.1"
    "</electronic-resource-num><language>eng</language></record></records></xml>\n",
    "trials_json": '[{"protocolSection": {"identificationModule": {"nctId": "NCT01234567", '
    '"briefTitle": "Imagined", "officialTitle": "Imagined trial: a study"}, "statusModule": '
    '{"startDateStruct": {"date": "2012-01"}}, "descriptionModule": {"briefSummary": "METHODS: 12 '
    'imagined patients"}, "conditionsModule": {"conditions": ["Liver", "Bowel"]}, '
    '"sponsorCollaboratorsModule": {"leadSponsor": {"name": "Imagined Hospital"}}, '
    '"referencesModule": {"references": [{"pmid": "31000012", "citation": "A paper."}]}}}]\n',
    "csv": "Title,Authors,Year,Journal,Volume,Issue,Pages,DOI,PMID,Language,Keywords,Abstract"
    ",Notes\n"
    f'Imagined graft: a study,"Ek, Anna; Berg, Ola",2015,Journal of imagined grafts,3,4,5-9,'
    f'10.1000/x,31000008,eng,graft; bowel,"{ABSTRACT}","{SOME}"\n'
    "RETRACTED: Imagined stone,\"Ek, Anna\",2014,,,,,,,,,,\n",
    "field_rows": '"TITLE","Imagined stent: a study"\n"AUTHOR NAMES","Ek A.","Berg O."\n'
    '"SOURCE","Imagined Stents (2014) 1:2 (3-9)"\n"DATE","2014"\n'
    '"DOI","10.1000/i.1"\n"MEDLINE PMID","31000011"\n"LANGUAGE OF ARTICLE","English"\n'
    f'"ABSTRACT","{ABSTRACT}"\n',
}  # fmt: skip
PARTS = ("title", "authors", "year", "journal", "volume", "issue", "pages", "language", "abstract",
         "keywords")  # fmt: skip


def same(one: Record, other: Record, form: str) -> list[str]:
    """The parts that are not as they were."""
    wrong = [
        f"{part}: {getattr(one, part)!r} is {getattr(other, part)!r}"
        for part in PARTS
        if getattr(one, part) != getattr(other, part)
    ]
    lost = set(one.identifiers) ^ set(other.identifiers)
    wrong += [f"identifiers: {lost}"] if lost else []
    if retracted(one.title, one.kind) != retracted(other.title, other.kind):
        wrong.append(f"kind: {one.kind!r} is {other.kind!r}")
    return wrong


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Record]]:
    place = tmp_path_factory.mktemp("given")
    found: dict[str, list[Record]] = {}
    for code, text in GIVEN.items():
        path = place / f"{code}.txt"
        path.write_text(text, "utf-8")
        reading = read(path)
        assert reading.format == code
        assert reading.whole
        found[code] = [one.named(f"i001:{one.record_id}") for one in reading.records]
    assert set(found) == set(FORMATS) - {"xlsx"}
    return found


def back(records: list[Record], form: str, place: Path) -> list[Record]:
    path = place / f"out.{form}"
    path.write_text(WRITERS[form](records), "utf-8")
    found = read(path)
    assert (found.whole, found.loose, found.bad) == (True, (), ())
    assert len(found.records) == len(records)
    return list(found.records)


def test_an_inch_hides_no_second_format(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text(f'Title,Year,DOI\nA 5" lesion,2020,10.1000/z\n{GIVEN["ris"]}', "utf-8")
    with pytest.raises(InputError, match="a file of its own"):
        read(path)


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("code", GIVEN)
def test_every_export_of_every_import(code, form, given, tmp_path) -> None:
    again = back(given[code], form, tmp_path)
    wrong = [same(one, other, form) for one, other in zip(given[code], again, strict=True)]
    assert not any(wrong), wrong
    # And what was read again goes the same way.
    third = back(again, form, tmp_path)
    assert not any(same(one, other, form) for one, other in zip(again, third, strict=True))


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("code", ["ris", "nbib", "bibtex", "wos"])
@pytest.mark.parametrize("other", ["central", "pubmed_xml", "nbib", "ris"])
def test_a_record_and_its_copy_lose_nothing(code, other, form, given, tmp_path) -> None:
    bare = replace(given[code][0], abstract="", keywords=(), volume="")
    fields = [one for one in bare.fields if one.tag not in ("AB", "KW", "VL", "VI", "OT", "raw")]
    one = merged([replace(bare, fields=tuple(fields)), given[other][0]], ["i001", "i002"])
    (again,) = back([one], form, tmp_path)
    missing = [part for part in PARTS if getattr(one, part) != getattr(again, part)]
    assert not missing, [(getattr(one, part), getattr(again, part)) for part in missing]
    # A form with one place for each kind of number keeps the first.
    kinds = {scheme for scheme, _ in one.identifiers}
    assert {one.identifier(kind) for kind in kinds} <= {value for _, value in again.identifiers}
    assert retracted(one.title, one.kind) == retracted(again.title, again.kind)
    if form == "nbib":
        text = (tmp_path / "out.nbib").read_text("utf-8")
        assert all(NBIB_LINE.match(line) for line in text.splitlines() if line.strip())
        assert "GN  - merged from: i002" in text


NBIB_LINE = re.compile(r"[A-Z][A-Z0-9 ]{3}- \S")

"""Small tags of the Cochrane Library's RIS and of EndNote's %-format, by their documented lists.

The records are invented. EndNote's list: %M accession number, %R electronic resource number,
%X abstract, %& section (start page), %Z notes, %2 custom 2 (PMCID, where it comes from PubMed).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hilum.literature.bibliography import cleaning
from hilum.literature.bibliography.reading import read
from hilum.literature.bibliography.ris import NO_DOI

EXPORTS = Path(__file__).parent / "exports"


def test_the_cochrane_library_as_ris() -> None:
    found = read(EXPORTS / "cochrane_library.ris")
    one, two = found.records
    assert (one.identifier("doi"), one.identifier("pmid")) == ("10.5555/ijt.2019.301", "31000101")
    assert (one.year, one.pages, one.volume, one.issue) == (2019, "301-309", "12", "3")
    assert one.abstract.startswith("Imagined background")
    assert one.journal == "Imagined Journal of Trials"
    assert ("AN", "CN-09000001") in {(field.tag, field.value) for field in one.fields}
    assert (two.identifier("doi"), two.identifier("nct")) == ("", "NCT09000002")
    assert found.databases == ("CENTRAL",)
    assert sum(note.said == NO_DOI for note in found.notes) == 2


def test_endnote_s_small_tags() -> None:
    one, two = read(EXPORTS / "endnote_tags.enw").records
    assert dict(one.identifiers) == {
        "doi": "10.5555/ij.2018.12", "pmid": "31000201", "pmcid": "PMC9000201", "issn": "1234-5679",
    }  # fmt: skip
    assert (one.year, one.pages, one.abstract) == (2018, "12-19", "An imagined abstract.")
    assert (two.identifier("doi"), two.identifier("pmid")) == ("10.5555/ij.2016.e17", "31000202")
    assert (two.year, two.pages) == (2016, "e17")
    assert two.abstract == "Another imagined abstract\nover two lines."


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1002/central/CN-09000001", ""),
        ("https://doi.org/10.1002/CENTRAL/CN-09000001", ""),
        ("10.1002/14651858.CD012116.pub2", "10.1002/14651858.cd012116.pub2"),
        ("10.1002/centralised.1", "10.1002/centralised.1"),
    ],
)
def test_a_number_of_central_is_no_doi(text: str, doi: str) -> None:
    assert cleaning.doi(text) == doi


@pytest.mark.parametrize(
    ("tag", "value", "pmid"),
    [
        ("C3", "PUBMED 31000101", "31000101"),
        ("XR", "PUBMED 31000101", "31000101"),
        ("C3", "PUBMED 31000101,PUBMED 31000102", ""),
        ("C3", "EMBASE 31000101", ""),
        ("C3", "Meeting at PubMed House", ""),
    ],
)
def test_numbers_of_other_databases(tag: str, value: str, pmid: str, tmp_path: Path) -> None:
    path = tmp_path / "one.ris"
    path.write_text(f"TY  - JOUR\nTI  - Imagined\nPY  - 2019\n{tag}  - {value}\nER  - \n", "utf-8")
    (one,) = read(path).records
    assert one.identifier("pmid") == pmid

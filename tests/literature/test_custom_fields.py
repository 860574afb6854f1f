"""PMIDs in fields of the user's own: C2 of Scopus, C5 of Embase.

The demo exports of both (``exports/``) hold PMIDs there; that C5 is Embase's "MEDLINE PMID" and U2
its "PUI" is reported in github.com/nealhaddaway/bibfix, issue 25.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hilum.literature.bibliography.reading import read

EXPORTS = Path(__file__).parent / "exports"


def _pmids(folder: Path, *tags: str) -> list[str]:
    path = folder / "x.ris"
    title = [] if any(tag.startswith("T1") for tag in tags) else ["TI  - T"]
    path.write_text("\n".join(["TY  - JOUR", *title, *tags, "ER  - ", ""]), "utf-8")
    (one,) = read(path).records
    return [value for scheme, value in one.identifiers if scheme == "pmid"]


def test_the_demo_exports() -> None:
    for name, pmids in (
        ("embase.ris", ["", "15368318", "", "30396417", "21218094", ""]),
        ("scopus.ris", ["", "31421429", "31627144", "31574429", "30704343", "31175206"]),
    ):
        assert [one.identifier("pmid") for one in read(EXPORTS / name).records] == pmids


@pytest.mark.parametrize(
    "tags",
    [
        ("DB  - Scopus", "C2  - 31000001"), ("UR  - https://www.scopus.com/x", "C2  - 31000001"),
        ("U2  - L2001108924", "C5  - 31000001"),
        ("DB  - Embase", "DB  - Medline", "C5  - 31000001"),
        ("UR  - https://www.embase.com/x", "C5  - 31000001"),
        ("T1  - T", "A1  - Ek A.", "Y1  - 2019//", "C5  - 31000001"),
        ("C4  - PMID: 31000001",), ("U3  - https://pubmed.ncbi.nlm.nih.gov/31000001/",),
        ("DB  - Scopus", "C2  - 31000001", "N1  - PMID: 31000001"),
    ],
)  # fmt: skip
def test_of_a_known_provider(tags: tuple[str, ...], tmp_path: Path) -> None:
    assert _pmids(tmp_path, *tags) == ["31000001"]


@pytest.mark.parametrize(
    "tags",
    [
        ("C2  - 31000001",), ("C5  - 31000001",), ("DB  - Scopus", "C5  - 31000001"),
        ("DB  - Embase", "C2  - 31000001"), ("DB  - Embase <1974 to 2026>", "C5  - 31000001"),
        ("T1  - T", "A1  - Ek A.", "Y1  - 2019//", "DB  - APA PsycInfo", "C5  - 31000001"),
        ("T1  - T", "AU  - Ek A.", "Y1  - 2019//", "C5  - 31000001"),
        ("DB  - Scopus", "C2  - 31000001 (1)"), ("DB  - Scopus", "C2  - 123456789"),
        ("DB  - Scopus", "C2  - 31000001", "C2  - 31000002"),
    ],
)  # fmt: skip
def test_of_nobody_known(tags: tuple[str, ...], tmp_path: Path) -> None:
    assert _pmids(tmp_path, *tags) == []


def test_what_another_pmid_contradicts(tmp_path: Path) -> None:
    assert _pmids(tmp_path, "DB  - Scopus", "C2  - 31000001", "N1  - PMID: 31000002") == [
        "31000002"
    ]


def test_of_endnote_xml(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    text = (
        "<records><record><database>x</database><titles><title>T</title></titles><custom2>31000001"
        "</custom2><remote-database-name>{}</remote-database-name></record></records>"
    )
    path.write_text(text.format("Scopus"))
    assert read(path).records[0].identifier("pmid") == "31000001"
    path.write_text(text.format("Embase"))
    assert read(path).records[0].identifier("pmid") == ""

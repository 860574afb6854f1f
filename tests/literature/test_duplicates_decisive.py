"""What parts two reports of nearly one title: a word, its opposite, issue, kind, authors.

``data/field_pairs.json`` has 60 invented pairs of one field, made before the rules: 30 copies as
exports spoil them, 30 papers of one group. Without the rules 46 of them came out right (all copies,
16 of the others); each is given with ``a`` and what differs in ``b``.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.duplicates.decisive import (
    ADDED,
    NEGATING,
    NEGATION,
    OPPOSITE,
    SORTS,
    WORD,
    difference,
    known,
    opposites,
)
from hilum.literature.duplicates.grouping import Found, grouped
from hilum.literature.duplicates.kinds import sort_of, uncited
from hilum.literature.duplicates.levels import levelled
from hilum.literature.duplicates.side import side_of
from hilum.literature.duplicates.weights import WEEKS, weighed
from tests.literature.scores import DATA

PAIRS = json.loads((DATA / "field_pairs.json").read_text("utf-8"))


def _record(one: dict[str, Any], position: int) -> Record:
    return Record(
        str(position),
        Place("pairs", position),
        kind=one.get("kind") or "Journal Article",
        title=one["title"],
        authors=tuple(one["authors"].split("; ")),
        year=one.get("year") or None,
        journal=one.get("journal", ""),
        volume=one.get("volume", ""),
        issue=one.get("issue", ""),
        pages=one.get("pages", ""),
        abstract=one.get("abstract", ""),
        identifiers=tuple((name, one[name]) for name in ("doi", "pmid") if one.get(name)),
        fields=tuple(Field(tag, value) for tag, value in one.get("fields", {}).items()),
    )


def _found(a: dict[str, Any], b: dict[str, Any]) -> Found:
    return grouped([side_of(_record(one, n)) for n, one in enumerate((a, {**a, **b}), 1)])


@pytest.mark.parametrize("pair", PAIRS, ids=[one["id"] for one in PAIRS])
def test_pairs_of_one_field(pair: dict[str, Any]) -> None:
    assert bool(_found(pair["a"], pair["b"]).merges) is pair["same"]


@pytest.mark.parametrize(
    ("one", "two", "wanted"),
    [
        ("Liver metastases in men", "Liver metastases in women", OPPOSITE),
        ("Resectable liver metastases", "Unresectable liver metastases", OPPOSITE),
        ("Pre-operative PET of metastases", "Postoperative PET of metastases", OPPOSITE),
        ("Non-functioning tumours", "Functioning tumours", OPPOSITE),
        ("Nonfunctioning tumours", "Non functioning tumours", ""),
        ("Chemo-embolization of metastases", "Embolization of metastases", OPPOSITE),
        ("Chemoembolization of metastases", "Radioembolization of metastases", OPPOSITE),
        ("Neuro-endocrine tumours of the gut", "Neuroendocrine tumors of the gut", ""),
        ("Hypervascular metastases", "Hypovascular metastases", OPPOSITE),
        ("Surgery with carcinoid syndrome", "Surgery without carcinoid syndrome", OPPOSITE),
        ("Drugs with or without surgery of metastases", "Drugs +/- surgery of metastases", ""),
        ("Metastases of hepatitis B patients", "Metastases of hepatitis C patients", OPPOSITE),
        ("A trial of drugs in carcinoids", "Z trial of drugs in carcinoids", ""),
        ("CT of carcinoid metastases", "MRI of carcinoid metastases", WORD),
        ("Diagnosis of metastases", "Prognosis of metastases", WORD),
        ("Embolisation of livre metastases", "Embolisation of liver metastases", ""),
        ("Embolisation in nmn-small tumours", "Embolisation in non-small tumours", ""),
        ("Surgical resection of tumours", "Surgical rejection of tumours", WORD),
        ("Non-small-cell lung cancer", "NSCLC", ""),
        ("Leucocytes and ageing in sulphur workers", "Leukocytes and aging in sulfur workers", ""),
        ("Outcome in children", "Outcome in the child", ""),
        ("In men and women with metastases", "In women and men with metastases", ""),
        ("Metastases of the liver: a co", "Metastases of the liver: a cohort study", ""),
        ("Behandlung mit Zirrhose", "Behandlung ohne Zirrhose", OPPOSITE),
        ("功能性肿瘤肝转移", "无功能性肿瘤肝转移", OPPOSITE),
        ("可切除肿瘤肝转移", "不可切除肿瘤肝转移", OPPOSITE),
        ("肿瘤肝转移术前评估", "肿瘤肝转移术后评估", OPPOSITE),
        ("TACE治疗肿瘤肝转移", "TAE治疗肿瘤肝转移", OPPOSITE),
        ("奥曲肽治疗肿瘤肝转移", "兰瑞肽治疗肿瘤肝转移", WORD),
        ("肿瘤肝转移的疗效", "肿瘤肝转移的疗效分析", ""),
        ("肿瘤肝转移:单中心研究", "肿瘤肝转移：单中心研究", ""),
    ],
)
def test_what_two_titles_differ_in(one: str, two: str, wanted: str) -> None:
    a, b = (side_of(Record("1", Place("made", 1), title=title)) for title in (one, two))
    assert difference(a, b) == difference(b, a) == wanted


def test_the_table_of_opposites_is_whole() -> None:
    assert set(opposites()) == set(SORTS)
    for sort, families in opposites().items():
        assert families
        for family in families:
            members = [one for forms in family for one in forms.split("/")]
            assert len(set(members)) == len(members), family
            assert len(family) > 1 or sort in (ADDED, NEGATION, NEGATING), family
    assert len(known()) > 6000
    assert {"functioning", "resectable", "liver"} <= known()


REPORT = {
    "title": "Embolisation of carcinoid liver metastases: the invented study",
    "authors": "Berg, Anders; Dahl, Britta", "journal": "Br J Surg", "year": 2014,
    "volume": "101", "issue": "5", "pages": "500-507",
}  # fmt: skip
ELSE = {"authors": "Other, Olga"}
CITED = {"title": f"{REPORT['title']} (Br J Surg 2014; 101: 500-507)", "issue": "10",
         "pages": "1200"}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"issue": "10", "pages": "1200"}, "report"),
        ({"issue": "5", "pages": "501-507"}, "copy"),
        # A number that runs on over years, or of a program, is no issue.
        ({"issue": str(WEEKS), "pages": "1200-1209"}, "report"),
        ({"issue": str(WEEKS + 1), "pages": "1200-1209"}, "copy"),
        ({"issue": "10", "pages": "1200", "kind": "Erratum"}, "erratum"),
        ({"issue": "10", "pages": "1200", "fields": {"M3": "Erratum"}}, "erratum"),
        ({"fields": {"M3": "Erratum"}}, "copy"),
        ({**CITED, "fields": {"M3": "Erratum"}}, "erratum"),
        ({**CITED, "fields": {"DT": "Letter"}, **ELSE}, "comment"),
        (CITED, "about"),
        ({**ELSE, "pages": "508", "fields": {"M3": "Editorial"}}, "comment"),
        ({**ELSE, "pages": "508"}, "possible"),
        ({"fields": {"M3": "Letter"}}, "copy"),
        ({"issue": "Suppl 3", "pages": "88"}, "report"),
        ({"issue": "5", "pages": "S12", "fields": {"M3": "Conference Abstract"}}, "report"),
        ({"issue": "", "pages": "", "kind": "Journal article"}, "copy"),
    ],
)
def test_another_report_under_one_title(change: dict[str, Any], outcome: str) -> None:
    found = _found(REPORT, change)
    said = "copy" if found.merges else "possible" if found.possible else ""
    assert (said or ",".join(one.link for one in found.links)) == outcome
    study = bool(levelled(found, 2, "study"))
    assert study is (outcome not in ("possible", ""))
    assert bool(levelled(found, 2, "report")) is (outcome == "copy")


@pytest.mark.parametrize(
    ("title", "pages", "merged"),
    [
        ("Endocrine liver metastases in the registry", "1-9", False),
        ("Endocrine liver metastases in the registry", "411-419", True),
        ("Annual report on endocrine liver metastases", "411-419", False),
    ],
)
def test_another_year_and_volume(title: str, pages: str, merged: bool) -> None:
    """On page one many papers begin, and an annual report comes again each year."""
    one = {**REPORT, "title": title, "pages": pages}
    assert bool(_found(one, {"year": 2015, "volume": "102"}).merges) is merged
    assert _found(one, {"issue": "4"}).merges


@pytest.mark.parametrize(
    ("title", "merged"), [("(Br J Surg 2014; 101: 500-507)", True), ("(Gut 2013; 62: 90-7)", False)]
)
def test_a_title_that_cites_its_own_place_is_no_notice(title: str, merged: bool) -> None:
    found = _found(REPORT, {"title": f"{REPORT['title']} {title}"})
    assert bool(found.merges) is merged


@pytest.mark.parametrize(
    ("change", "merged"),
    [
        ({"volume": "", "issue": "", "pages": ""}, True),
        ({"volume": "", "pages": "", "abstract": "", "fields": {"DT": "Meeting Abstract"}}, False),
        ({"volume": "", "issue": "Suppl 1", "pages": "", "abstract": "Cats. " * 30}, False),
    ],
)
def test_a_paper_ahead_of_print_and_an_abstract(change: dict[str, Any], merged: bool) -> None:
    paper = {**REPORT, "abstract": "A long enough account of patients and of what came of it. " * 4}
    assert bool(_found(paper, change).merges) is merged


@pytest.mark.parametrize(
    ("figures", "merged"), [("12 of 41; 2 died", True), ("47 of 88; 9 died", False)]
)
def test_other_figures_in_the_abstract_on_other_pages(figures: str, merged: bool) -> None:
    text = "Hepatic embolization is offered to patients with metastases. A response was seen in {}."
    a = {**REPORT, "issue": "", "abstract": text.format("12 of 41; 2 died")}
    assert bool(_found(a, {"pages": "900", "abstract": text.format(figures)}).merges) is merged


def test_abstracts_of_one_page_of_a_supplement() -> None:
    """Where a paper is alone on its pages, one word that is the opposite may be a slip."""
    for issue, merged in (("Suppl 1", False), ("5", True)):
        a = {**REPORT, "title": "Prognosis of carcinoid liver metastases in men", "issue": issue}
        b = {"title": "Prognosis of carcinoid liver metastases in women"}
        assert bool(_found(a, b).merges) is merged


@pytest.mark.parametrize(
    ("kind", "tags", "sort"),
    [
        ("JOUR", {"M3": "Erratum"}, "erratum"), ("Published Erratum", {}, "erratum"),
        ("Journal Article", {"PT": "Comment"}, "comment"), ("JOUR", {"M3": "10.1/x"}, ""),
        ("J", {"DT": "Meeting Abstract"}, "abstract"), ("Review", {}, ""),
        ("Corrected and Republished Article", {}, ""),
    ],
)  # fmt: skip
def test_kinds(kind: str, tags: dict[str, str], sort: str) -> None:
    assert sort_of(_record({**REPORT, "kind": kind, "fields": tags}, 1)) == sort


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("Portal vein embolisation of metastases (Br J Surg 2014; 101: 500-507)",
         "Portal vein embolisation of metastases"),
        ("Portal vein embolisation of metastases [J Hepatol 60 (2014) 500–507]",
         "Portal vein embolisation of metastases"),
        ("Portal vein embolisation of metastases (DOI: 10.1002/bjs.9405)",
         "Portal vein embolisation of metastases"),
        ("Portal vein embolisation of metastases [Ann Oncol 2014;25(3):50-7].",
         "Portal vein embolisation of metastases"),
        ("Portal vein embolisation of metastases (2014 to 2019)", ""),
        ("Portal vein embolisation of metastases (the ALFA trial)", ""),
    ],
)  # fmt: skip
def test_the_place_of_another_paper_in_a_title(title: str, left: str) -> None:
    assert uncited(title) == (left or title)


def test_an_opposite_weighs_alike_from_both_sides() -> None:
    a, b = (side_of(_record({**REPORT, "title": f"{REPORT['title']} in {who}"}, 1))
            for who in ("men", "women"))  # fmt: skip
    assert weighed(a, b).score == weighed(b, a).score

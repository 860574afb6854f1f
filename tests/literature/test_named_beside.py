"""What PubMed names beside a record, in NBIB and in XML: one rule, one note, one kind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hilum.language import words
from hilum.literature.bibliography.reading import read
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.bibliography.withdrawn import (
    CONCERN,
    KIND,
    NOTICE,
    PARTLY,
    PARTLY_KIND,
    PARTLY_NOTICE,
    RETRACTED,
    in_part,
)
from hilum.literature.screening.review_records import screened
from hilum.literature.searches.came import _item as item_of
from hilum.literature.searches.came import is_retracted
from hilum.literature.searches.changes import moved
from hilum.literature.searches.seen import compare
from hilum.literature.services.fault import Passing
from hilum.literature.services.pubmed import read as pubmed_read
from hilum.literature.services.pubmed_xml import articles
from hilum.rendering.screening import withdrawn_said
from hilum.rendering.search import item_line, item_lines

if TYPE_CHECKING:
    from pathlib import Path


def nbib(tag: str, kinds: list[str]) -> str:
    told = "".join(f"PT  - {one}\n" for one in kinds)
    link = f"{tag:<4}- J Imag. 2022;1:1. PMID: 31000009\n" if tag else ""
    return f"PMID- 31000001\nTI  - Imagined bowel.\nDP  - 2021\n{link}{told}"


def xml(word: str, kinds: list[str]) -> str:
    told = "".join(f"<PublicationType>{one}</PublicationType>" for one in kinds)
    link = f'<CommentsCorrections RefType="{word}"><RefSource>J Imag. 2022;1:1</RefSource><PMID>'
    link = f"<CommentsCorrectionsList>{link}31000009</PMID></CommentsCorrections>"
    link = f"{link}</CommentsCorrectionsList>" if word else ""
    return (
        '<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>31000001'
        "</PMID><Article><Journal><JournalIssue><PubDate><Year>2021</Year></PubDate></JournalIssue>"
        "</Journal><ArticleTitle>Imagined bowel.</ArticleTitle><PublicationTypeList>"
        f"{told}</PublicationTypeList></Article>{link}</MedlineCitation></PubmedArticle>"
        "</PubmedArticleSet>"
    )


@pytest.mark.parametrize(
    ("tag", "word", "kinds", "adds", "note"),
    [
        ("RIN", "RetractionIn", ["Journal Article"], KIND, RETRACTED),
        ("RIN", "RetractionIn", ["Journal Article", KIND], "", RETRACTED),
        ("RRI", "RetractedandRepublishedIn", ["Journal Article"], KIND, RETRACTED),
        ("PRIN", "PartialRetractionIn", ["Journal Article"], PARTLY_KIND, PARTLY),
        ("PROF", "PartialRetractionOf", ["Journal Article"], PARTLY_NOTICE, PARTLY),
        ("ROF", "RetractionOf", ["Journal Article"], NOTICE, RETRACTED),
        ("", "", ["Retraction Notice"], "", RETRACTED),
        ("", "", ["Retraction of Publication"], "", RETRACTED),
        ("ECI", "ExpressionOfConcernIn", ["Journal Article"], "", CONCERN),
        ("", "", ["Expression of Concern"], "", CONCERN),
        ("EIN", "ErratumIn", ["Journal Article"], "", ""),
        ("CIN", "CommentIn", ["Journal Article"], "", ""),
    ],
)
def test_both_formats_say_the_same(tmp_path: Path, tag, word, kinds, adds, note) -> None:
    found = []
    for name, text in (("a.nbib", nbib(tag, kinds)), ("a.xml", xml(word, kinds))):
        (tmp_path / name).write_text(text, "utf-8")
        reading = read(tmp_path / name)
        assert reading.records[0].identifiers == (("pmid", "31000001"),)
        found.append((reading.records[0].kind.split("; "), [one.said for one in reading.notes]))
    (one, first), (other, second) = found
    assert first == second == ([note] if note else [])
    assert set(other) == {*kinds, *([adds] if adds else [])}
    assert (adds in one) == (adds in other)


def test_a_retraction_of_a_later_run_is_a_change() -> None:
    before, _ = articles(xml("", ["Journal Article"]).encode(), "net", 0)
    after, _ = articles(xml("RetractionIn", ["Journal Article"]).encode(), "net", 0)
    table, new, changed = compare({}, {"pubmed": before}, "1")
    assert (len(new), len(changed)) == (1, 0)
    _, new, changed = compare(table, {"pubmed": after}, "2")
    assert (len(new), len(changed)) == (0, 1)
    assert not is_retracted(item_of("pubmed", before[0]))
    assert is_retracted(item_of("pubmed", after[0]))


@pytest.mark.parametrize(
    ("title", "kind", "further", "part"),
    [
        ("A series", "Journal Article; Partially Retracted Publication", (), True),
        ("A series", "Partially Retracted Publication; Retracted Publication", (), False),
        ("Partial retraction: A series", "Journal Article", (), True),
        ("RETRACTED: A series", "Partially Retracted Publication", (), False),
        ("A series", "journal-article", ("partial_retraction",), True),
        ("A series", "journal-article", ("partial_retraction", "true"), False),
        ("A series", "Journal Article", (), False),
    ],
)
def test_what_is_retracted_in_part_alone(title, kind, further, part) -> None:
    assert in_part(title, kind, further) is part


def test_a_partial_retraction_is_named_so_where_it_is_shown() -> None:
    found, _ = articles(xml("PartialRetractionIn", ["Journal Article"]).encode(), "net", 0)
    one = item_of("pubmed", found[0])
    assert (one.retracted, one.partly) == (True, True)
    assert item_lines([one], words("en"))[0].startswith("RETRACTED IN PART: pubmed 31000001")
    (shown,) = screened(found)
    assert withdrawn_said(shown, words("en")) == PARTLY


def test_an_answer_without_any_record_is_not_the_end() -> None:
    state = {"days": [], "ids": ["1", "2"], "place": 0, "total": 2}
    with pytest.raises(Passing, match="none of the 2 records"):
        pubmed_read(state, None, b"<PubmedArticleSet></PubmedArticleSet>", "net")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("ErratumIn", "erratum"),
        ("ExpressionOfConcernIn", "expression of concern"),
        ("CommentIn", ""),
    ],
)
def test_a_notice_that_comes_later_is_a_change_and_told(word: str, said: str) -> None:
    before, _ = articles(xml("", ["Journal Article"]).encode(), "net", 0)
    after, _ = articles(xml(word, ["Journal Article"]).encode(), "net", 0)
    table, _, _ = compare({}, {"pubmed": before}, "1")
    _, _, changed = compare(table, {"pubmed": after}, "2")
    assert bool(changed) is bool(said)
    one = replace(item_of("pubmed", after[0]), moved=moved("pubmed", before[0], after[0]))
    line = item_line(one, words("en"))
    assert line.endswith(f"; changed: {said}") if said else "changed" not in line


def test_what_a_trial_changed_is_told() -> None:
    tag = "protocolSection.statusModule.overallStatus"
    old, new = (
        Record("NCT1", Place("net", 1), title="T", fields=(Field(tag, status),))
        for status in ("RECRUITING", "WITHDRAWN")
    )
    one = replace(item_of("ctgov", new), moved=moved("ctgov", old, new))
    assert item_line(one, words("en")).endswith("; changed: status RECRUITING -> WITHDRAWN")
    long = replace(new, abstract="A" * 200)
    assert [(x.part, x.before) for x in moved("ctgov", new, long)] == [("abstract", "")]
